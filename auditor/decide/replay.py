"""What dropping would have cost: a replay in which a decision holds until the next cut.

Each occurrence of a then-dropped capability is charged once, at its first hit. A call that needed
several dropped capabilities is charged for the dearest of them alone: an occurrence whose first
hit is such a call's cheaper one is covered by that charge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import polars as pl

from auditor.decide.cuts import Cut, Past
from auditor.decide.timeline import Timeline
from auditor.model import Decision, Verdict

_OCCURRENCE = ("capability", "service", "environment", "conversation", "hour")
_CALL = ("trace", "span", "start_ns")
_PRICES = {"cut": pl.Date, "capability": pl.String, "cost": pl.Float64}


@dataclass(frozen=True, slots=True)
class Charge:
    """One occurrence of a capability that was dropped then."""

    capability: str
    cut: date
    """The cut whose decision was in force."""
    day: date
    cost: float
    trace: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A capability that was dropped and fired: one unbroken time of being dropped."""

    capability: str
    dropped_on: date
    """The first of the cuts in a row that dropped it."""
    charges: tuple[Charge, ...]
    """In order of time; never empty."""
    weekly: tuple[int, ...]
    """Occurrences of the 26 weeks up to that of the last charge."""
    seen: tuple[bool, ...]
    """Which of those weeks have a covered day."""

    @property
    def cost(self) -> float:
        """The sum of its charges."""
        return sum(charge.cost for charge in self.charges)

    @property
    def fired_on(self) -> date:
        """The day of the first charge."""
        return self.charges[0].day

    @property
    def trace(self) -> str:
        """The trace of the first charge."""
        return self.charges[0].trace


def charges(past: Past, rule: str, hits: pl.DataFrame) -> list[Charge]:
    """Charge what a rule's drops would have missed, in order of time.

    `hits` has the columns of `store.read_hits`; hits of capabilities that the rule kept are
    passed over.
    """
    if not past.cuts or hits.is_empty():
        return []
    missed = _in_force(hits, past.cuts).join(_prices(past.cuts, rule), on=["cut", "capability"])
    by_call = missed.sort(*_CALL, -pl.col("cost"), "capability").with_columns(
        dearest=pl.int_range(pl.len()).over(_CALL) == 0
    )
    by_time = by_call.sort("start_ns", "span", "capability").with_columns(
        first=pl.int_range(pl.len()).over(_OCCURRENCE) == 0
    )
    charged = by_time.filter("dearest", "first")
    columns = ("capability", "cut", "day", "cost", "trace")
    return [Charge(*row) for row in charged.select(columns).iter_rows()]


def mistakes(past: Past, rule: str, charged: Sequence[Charge]) -> list[Mistake]:
    """Gather the charges of each time that a capability was dropped, the dearest first."""
    since = _dropped_since(past.cuts, rule)

    def when(charge: Charge) -> tuple[str, date]:
        return charge.capability, since[charge.cut, charge.capability]

    found = [
        _mistake(past.timeline, name, dropped_on, tuple(group))
        for (name, dropped_on), group in groupby(sorted(charged, key=when), key=when)
    ]
    return sorted(found, key=lambda mistake: (-mistake.cost, mistake.fired_on, mistake.capability))


def kept_by(past: Past, charged: Sequence[Charge]) -> Mapping[Decision, list[Charge]]:
    """Sort a rule's charges by what our decision was then: all but `drop` were saved."""
    verdicts: Mapping[date, Mapping[str, Verdict]] = {cut.day: cut.verdicts for cut in past.cuts}
    found: dict[Decision, list[Charge]] = {decision: [] for decision in Decision}
    for charge in charged:
        found[verdicts[charge.cut][charge.capability].decision].append(charge)
    return found


def _in_force(hits: pl.DataFrame, cuts: Sequence[Cut]) -> pl.DataFrame:
    """Add the cut whose decisions hold on the day of each hit; hits on other days are left out."""
    held = pl.DataFrame(
        [(cut.day, cut.day + timedelta(days=1), cut.until) for cut in cuts],
        schema={"cut": pl.Date, "holds_from": pl.Date, "until": pl.Date},
        orient="row",
    ).sort("holds_from")
    dated = hits.sort("day").join_asof(held, left_on="day", right_on="holds_from")
    return dated.filter(pl.col("day") <= pl.col("until"))


def _prices(cuts: Sequence[Cut], rule: str) -> pl.DataFrame:
    """What a miss of each dropped capability costs, guards counted in, at each cut."""
    rows = [
        (cut.day, name, _price(cut.verdicts[name]))
        for cut in cuts
        for name in cut.names_dropped(rule)
    ]
    return pl.DataFrame(rows, schema=_PRICES, orient="row")


def _price(verdict: Verdict) -> float:
    return verdict.cost * (1 - verdict.priced_by.detect_rate)


def _dropped_since(cuts: Sequence[Cut], rule: str) -> Mapping[tuple[date, str], date]:
    """Of each drop, the first of the cuts in a row that made it."""
    since: dict[tuple[date, str], date] = {}
    running: dict[str, date] = {}
    for cut in cuts:
        running = {name: running.get(name, cut.day) for name in cut.names_dropped(rule)}
        since |= {(cut.day, name): day for name, day in running.items()}
    return since


def _mistake(
    timeline: Timeline, name: str, dropped_on: date, charged: tuple[Charge, ...]
) -> Mistake:
    last = charged[-1].day
    weekly, seen = timeline.weekly(name, last - timedelta(days=last.weekday()))
    return Mistake(name, dropped_on, charged, weekly, seen)
