"""The rules that a team would otherwise use: no hit for so long, a decaying count.

A score is higher for what is likelier to fire. Days are covered days, as everywhere: a rule that
took a collector's outage for silence would drop everything, and would be too easy to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from auditor.decide.timeline import Timeline
from auditor.usage.history import Floats, Ints

HALF_LIFE_DAYS = 90

Score = Callable[[Timeline, int, Ints, Ints], Floats]
"""Of a timeline, the covered day as of which it is asked, the items, and their births."""


def window_rule(days: int) -> str:
    """What the rule "no hit in so many days" is called.

    >>> window_rule(30)
    'hit-in-30d'
    """
    return f"hit-in-{days}d"


def naive_rules(windows: Sequence[int]) -> Mapping[str, Score]:
    """The scores of every naive rule, by name."""
    return {
        **{window_rule(days): _hit_in(days) for days in windows},
        "days-since-hit": _days_since_hit,
        f"decay-{HALF_LIFE_DAYS}d": _decay,
    }


def _hit_in(days: int) -> Score:
    def score(past: Timeline, as_of: int, items: Ints, births: Ints) -> Floats:  # noqa: ARG001
        last = past.last_hit(as_of)[items]
        hit = (last >= 0) & (as_of - last < days)
        return hit.astype(float)

    return score


def _days_since_hit(past: Timeline, as_of: int, items: Ints, births: Ints) -> Floats:
    last = past.last_hit(as_of)[items]
    since = births.copy()
    since[last >= 0] = last[last >= 0]
    return (since - as_of).astype(float)


def _decay(past: Timeline, as_of: int, items: Ints, births: Ints) -> Floats:  # noqa: ARG001
    return past.decayed(as_of, HALF_LIFE_DAYS)[items]
