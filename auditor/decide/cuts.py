"""Cuts through the past: at each, every decision as it would have been made with what was known.

Today's rules, catalog and settings judge the traffic of then; nothing after the cut is read but
to say what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from auditor.decide.decide import decide
from auditor.decide.naive import naive_rules, window_rule
from auditor.decide.timeline import Timeline
from auditor.model import Capability, CostFile, Decision, Thresholds, Usage, Verdict
from auditor.usage.assess import assess
from auditor.usage.daily import Daily
from auditor.usage.foresight import Foresight
from auditor.usage.history import Bools, Floats

EARLIER = (0, 7, 14)
"""Covered days before the cut as of which a decision looks at usage."""
RUN_UP_DAYS = 28
"""Days from the first covered one to the first cut, where no flag says another."""
USUAL_DAYS = 30
OURS = "auditor"

OnCut = Callable[[int, int], None]
"""Hears how many cuts are made, and of how many."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cuts to make and what to hold the decisions against; None: what the store has."""

    first: date | None = None
    last: date | None = None
    every_days: int = 7
    horizon_days: int | None = None
    """None: the rule file's. Another one is that of the decisions too, not of the outcome alone."""
    windows: tuple[int, ...] = (2, 14, 30, 90)
    """Days of the rules "no hit in so many days"."""
    drop_rates: tuple[float, ...] = (0.4, 0.6)

    @property
    def usual(self) -> str:
        """The window rule that ours is held against in one line."""
        return window_rule(USUAL_DAYS if USUAL_DAYS in self.windows else self.windows[0])


@dataclass(frozen=True)
class Cut:
    """The decisions as of one day, and what happened to the same capabilities later."""

    day: date
    until: date
    """The last day on which its decisions hold."""
    complete: bool
    """Whether the whole horizon after it is on record."""
    verdicts: Mapping[str, Verdict]
    chance: Floats
    """Each capability's p_fire in the order of `verdicts`, NaN where none can be said."""
    scores: Mapping[str, Floats]
    """The naive rules' scores, in the same order."""
    fired: Bools
    """Whether it was hit within the horizon, as far as that is on record."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The capabilities that were in the audit."""
        return tuple(self.verdicts)

    def dropped(self, rule: str) -> Bools:
        """Which of them a rule drops: our decisions, or those of a window rule."""
        if rule != OURS:
            return np.equal(self.scores[rule], 0.0)
        drops = [verdict.decision is Decision.DROP for verdict in self.verdicts.values()]
        return np.array(drops, np.bool_)

    def names_dropped(self, rule: str) -> list[str]:
        """The same as names."""
        return [name for name, out in zip(self.names, self.dropped(rule), strict=True) if out]


@dataclass(frozen=True, slots=True)
class Past:
    """All cuts of one plan."""

    plan: Plan
    costs: CostFile
    """The rule file whose decisions these are, with the horizon that was asked for."""
    timeline: Timeline
    cuts: tuple[Cut, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """What drops by itself, by name: our decisions, and each window."""
        return (OURS, *(window_rule(days) for days in self.plan.windows))

    @property
    def complete(self) -> list[Cut]:
        """The cuts whose whole horizon is on record."""
        return [cut for cut in self.cuts if cut.complete]

    def ever_dropped(self) -> list[str]:
        """Capabilities that any rule drops at any cut."""
        return sorted(
            {n for cut in self.cuts for rule in self.rules for n in cut.names_dropped(rule)}
        )


def cut_through(
    daily: Daily,
    catalog: Sequence[Capability],
    costs: CostFile,
    thresholds: Thresholds,
    plan: Plan,
    *,
    on_cut: OnCut | None = None,
) -> Past:
    """Make every decision of the plan; `on_cut` hears after each how many of all are made."""
    timeline = Timeline.of(daily)
    asked = replace(costs, horizon_days=plan.horizon_days or costs.horizon_days)
    foresight = Foresight(daily, catalog, asked.horizon_days)
    days = list(cut_days(plan, timeline))
    cuts = []
    for number, day in enumerate(days, 1):
        known = daily.up_to(day)
        decided = _decide(known, _born(catalog, day), asked, thresholds, day, foresight)
        cuts.append(_cut(day, plan, asked.horizon_days, timeline, *decided))
        if on_cut:
            on_cut(number, len(days))
    return Past(plan, asked, timeline, tuple(cuts))


def cut_days(plan: Plan, timeline: Timeline) -> Iterator[date]:
    """The days of the plan's cuts, none before the first covered day nor after the last."""
    if not len(timeline.days):
        return
    opened, ended = (day.item() for day in timeline.days[[0, -1]])
    day: date = plan.first or opened + timedelta(days=RUN_UP_DAYS)
    while day <= min(plan.last or ended, ended):
        if day >= opened:
            yield day
        day += timedelta(days=plan.every_days)


def _born(catalog: Sequence[Capability], day: date) -> list[Capability]:
    """Leave out what was born later, as an audit of that day does.

    An entry with earlier ids stays: the traffic of those ids is its own, whenever it was renamed.
    """
    return [entry for entry in catalog if entry.birth is None or entry.birth <= day or entry.was]


def _decide(
    known: Daily,
    catalog: Sequence[Capability],
    costs: CostFile,
    thresholds: Thresholds,
    day: date,
    foresight: Foresight,
) -> tuple[Mapping[str, Usage], Mapping[str, Verdict]]:
    now, *before = (
        assess(
            known,
            catalog,
            thresholds,
            costs.horizon_days,
            day,
            earlier_covered_days=earlier,
            foresight=foresight,
        ).by_capability
        for earlier in EARLIER
    )
    found = decide(now, before[0], before[1], catalog, costs, thresholds, day)
    return now, {verdict.capability: verdict for verdict in found}


def _cut(
    day: date,
    plan: Plan,
    horizon_days: int,
    timeline: Timeline,
    usages: Mapping[str, Usage],
    verdicts: Mapping[str, Verdict],
) -> Cut:
    as_of, last = timeline.rank_of(day), len(timeline.days) - 1
    items = timeline.items(list(verdicts))
    births = [usages[name].birth or day for name in verdicts]
    born = np.array([timeline.rank_of(birth) for birth in births], np.int64)
    chances = [usages[name].p_fire for name in verdicts]
    return Cut(
        day,
        min(day + timedelta(days=plan.every_days), timeline.days[last].item()),
        as_of + horizon_days <= last,
        verdicts,
        np.array([np.nan if p is None else p for p in chances], np.float64),
        {
            name: score(timeline, as_of, items, born)
            for name, score in naive_rules(plan.windows).items()
        },
        timeline.fired(as_of, as_of + horizon_days)[items],
    )
