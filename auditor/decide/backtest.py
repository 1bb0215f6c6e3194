"""What would these decisions have cost? The team's own past, judged by its own rules.

Two figures, never mixed. The *regret rate*: over the cuts with a complete horizon, the share of
capabilities dropped at a cut that fired within the horizon after it. The *cost*: a replay in
which a decision holds until the next cut, so that each occurrence is charged once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from auditor.decide.cuts import OURS, Cut, Past
from auditor.decide.figures import LEAST_CUTS, Bin, Regret, Scored, bins, regret, scored
from auditor.decide.naive import naive_rules
from auditor.decide.replay import Charge, Mistake, charges, kept_by, mistakes
from auditor.decide.scores import regret_at
from auditor.model import Decision
from auditor.usage.history import Bools, Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule would have dropped, and what became of it."""

    regret: Regret
    """Over the complete cuts."""
    drops: int
    """Capabilities dropped, summed over all cuts."""
    charges: tuple[Charge, ...]
    mistakes: tuple[Mistake, ...]
    """The same charges by capability, the dearest first."""

    @property
    def cost(self) -> float:
        """What the replay charges."""
        return sum(charge.cost for charge in self.charges)

    @property
    def misses(self) -> int:
        """Occurrences that were charged."""
        return len(self.charges)


@dataclass(frozen=True, slots=True)
class Backtest:
    """All that a look back at one project found."""

    past: Past
    complete: int
    """Cuts whose horizon is on record."""
    item_cuts: int
    """(capability, cut) pairs with a forecast, over the complete cuts."""
    outcomes: Mapping[str, Outcome]
    """Our decisions first, then each window as a team would use it."""
    same_drops: Mapping[str, Regret]
    """Each naive rule dropping as many as ours at every cut."""
    predictors: Mapping[str, Scored]
    """Our forecast and each naive score; empty on fewer than three complete cuts."""
    reliability: tuple[Bin, ...]
    saved: Mapping[Decision, tuple[Charge, ...]]
    """Charges of the plan's usual rule by our decision of then: all but `drop` were saved."""

    @property
    def first(self) -> date | None:
        """The first cut."""
        return self.past.cuts[0].day if self.past.cuts else None

    @property
    def replayed_days(self) -> int:
        """Days from the first cut to the last on which a decision holds."""
        cuts = self.past.cuts
        return (cuts[-1].until - cuts[0].day).days if cuts else 0


def judge(past: Past, hits: pl.DataFrame) -> Backtest:
    """Look at what happened after each cut.

    `hits` are those of `past.ever_dropped()`, with the columns of `store.read_hits`.
    """
    complete = past.complete
    outcomes = {rule: _outcome(past, rule, hits) for rule in past.rules}
    enough = len(complete) >= LEAST_CUTS
    known = [np.isfinite(cut.chance) for cut in complete]
    usual = kept_by(past, outcomes[past.plan.usual].charges)
    return Backtest(
        past=past,
        complete=len(complete),
        item_cuts=int(sum(rows.sum() for rows in known)),
        outcomes=outcomes,
        same_drops={name: _same_drops(name, complete) for name in naive_rules(past.plan.windows)},
        predictors=rank(past, past.plan.drop_rates) if enough else {},
        reliability=tuple(bins(*forecasts(past, OURS))) if enough else (),
        saved={decision: tuple(kept) for decision, kept in usual.items()},
    )


def forecasts(past: Past, name: str) -> tuple[list[Floats], list[Bools]]:
    """A predictor's scores at the complete cuts, and what fired.

    All predictors are asked about the same capabilities: those of which ours can say something.
    """
    rows = [(cut, np.isfinite(cut.chance)) for cut in past.complete]
    return (
        [(cut.chance if name == OURS else cut.scores[name])[known] for cut, known in rows],
        [cut.fired[known] for cut, known in rows],
    )


def rank(past: Past, rates: Sequence[float]) -> Mapping[str, Scored]:
    """Every predictor at some drop rates, ours first."""
    names = (OURS, *naive_rules(past.plan.windows))
    return {name: scored(*forecasts(past, name), rates, chance=name == OURS) for name in names}


def _outcome(past: Past, rule: str, hits: pl.DataFrame) -> Outcome:
    dropped = [(cut.dropped(rule), cut.fired) for cut in past.complete]
    charged = charges(past, rule, hits)
    return Outcome(
        regret=regret(
            [float(out.sum()) for out, _ in dropped],
            [float((out & fired).sum()) for out, fired in dropped],
        ),
        drops=int(sum(cut.dropped(rule).sum() for cut in past.cuts)),
        charges=tuple(charged),
        mistakes=tuple(mistakes(past, rule, charged)),
    )


def _same_drops(name: str, complete: Sequence[Cut]) -> Regret:
    """A naive rule that drops as many at each cut as ours; ties by expectation."""
    counts = [float(cut.dropped(OURS).sum()) for cut in complete]
    return regret(
        counts,
        [
            count * regret_at(cut.scores[name], cut.fired, count / len(cut.fired)) if count else 0.0
            for cut, count in zip(complete, counts, strict=True)
        ],
    )
