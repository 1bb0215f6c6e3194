"""What would dropping have cost on an event log's own past? The claim, on data that is not ours.

At each cut every predictor ranks the catalog with what was known then; the horizon after it says
which of the least likely items fired after all (regret). Cuts lie on a grid in days from the
first row of the log; the first ones only train. Beside the model stand the rules that a team
would otherwise use, at the same number of drops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from auditor.decide.figures import LEAST_CUTS, Scored, as_json, mean, scored
from auditor.errors import BadInputError
from auditor.usage import gamma_poisson
from auditor.usage.hazard import Frame
from auditor.usage.history import Bools, Floats, History, chosen
from auditor.usage.learn import Memory
from auditor.usage.predict import Model, fit, predict

SCHEMA = "auditor.backtest/1"
DECAY_HALF_LIFE_DAYS = 90.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Which cuts to make and what to ask at each; lengths in days."""

    first_cut_days: int = 1095
    every_days: int = 120
    horizon_days: int = 90
    phase_days: int = 0
    train_cuts: int = 6
    drop_rates: tuple[float, ...] = (0.4, 0.6)


class TooFewCutsError(BadInputError):
    """A log is too short for the plan: fewer than three cuts have a complete horizon."""

    def __init__(self, found: int, plan: Plan, days: int) -> None:
        super().__init__(
            f"only {found} cuts with a complete horizon after {plan.train_cuts} that train, and no "
            f"figure is given on fewer than {LEAST_CUTS}: the log spans {days} days, the first cut "
            f"is at day {plan.first_cut_days + plan.phase_days}, one every {plan.every_days} days; "
            "lower --first-cut, --every, --train or --horizon"
        )


@dataclass(frozen=True, slots=True)
class EventBacktest:
    """All predictors on the same cuts: `cuts` are days since the first row, `sizes` catalogs."""

    plan: Plan
    cuts: tuple[int, ...]
    sizes: tuple[int, ...]
    fired_share: Floats
    predictors: Mapping[str, Scored]

    def as_json(self) -> dict[str, object]:
        """The `backtest` answer of DESIGN section 11; figures that cannot be given are null."""
        return {
            "schema": SCHEMA,
            "cuts": len(self.cuts),
            "item_cuts": sum(self.sizes),
            "horizon_days": self.plan.horizon_days,
            "fired_share": mean(self.fired_share),
            "predictors": {
                name: as_json(found, self.plan.drop_rates)
                for name, found in self.predictors.items()
            },
        }


class View(NamedTuple):
    """What a predictor may read at a cut: nothing after day `as_of`."""

    past: History
    as_of: int
    seen: Frame
    model: Model
    memory: Memory


Score = Callable[[View], Floats]
"""A score per item of the catalog, higher for the likelier to fire."""


def backtest_events(past: History, plan: Plan, *, memory: Memory | None = None) -> EventBacktest:
    """Replay `plan` on `past`. `memory` may be shared by plans of one log and one horizon.

    Raises `TooFewCutsError` when fewer than three cuts besides the training ones are complete.
    """
    kept = Memory() if memory is None else memory
    days = cut_days(plan, past.days)
    if len(days) < LEAST_CUTS:
        raise TooFewCutsError(len(days), plan, past.days)
    outcomes: list[Bools] = []
    scores: dict[str, list[Floats]] = {name: [] for name in PREDICTORS}
    model: Model | None = None
    for day in days:
        model = fit(past, day, plan.horizon_days, memory=kept, start=model)
        view = View(past, day, kept.frames[day], model, kept)
        outcomes.append(past.fired(day, plan.horizon_days)[view.seen.items])
        for name, (score, _) in PREDICTORS.items():
            scores[name].append(score(view))
    return EventBacktest(
        plan,
        tuple(day + 1 for day in days),
        tuple(len(fired) for fired in outcomes),
        np.array([fired.mean() if len(fired) else np.nan for fired in outcomes]),
        {
            name: scored(scores[name], outcomes, plan.drop_rates, chance=chance)
            for name, (_, chance) in PREDICTORS.items()
        },
    )


def cut_days(plan: Plan, days: int) -> list[int]:
    """Last known day of each cut that is judged, given a log of `days` positions.

    A cut at n days after the first row knows positions 0 .. n - 1; its horizon must have ended
    before the last row, whose own day is not over.
    """
    first = plan.first_cut_days + plan.phase_days - 1
    cuts = list(range(first, days - 1 - plan.horizon_days, plan.every_days))
    return [day for day in cuts[plan.train_cuts :] if day >= 0]


def _auditor(view: View) -> Floats:
    found = predict(view.model, view.past, view.as_of, memory=view.memory)
    return np.nan_to_num(found.p_fire, nan=0.0)


def _gamma_poisson(view: View) -> Floats:
    known = view.seen.evidence
    p = gamma_poisson.chance(
        view.seen.forms.prior, known.occurrences, known.exposure, known.expected
    )
    return np.nan_to_num(p, nan=0.0)


def _hit_in(window_days: int) -> Score:
    def score(view: View) -> Floats:
        known = view.seen.evidence
        hit = (known.occurrences > 0) & (known.silent_days < window_days)
        return hit.astype(np.float64)

    return score


def _days_since_hit(view: View) -> Floats:
    return -view.seen.evidence.silent_days


def _decay(view: View) -> Floats:
    found = chosen(view.past, view.seen.items, view.as_of)
    worth = 0.5 ** ((view.as_of - found.day) / DECAY_HALF_LIFE_DAYS)
    return np.bincount(found.row, worth, len(view.seen.items)).astype(np.float64)


def _count(view: View) -> Floats:
    return view.seen.evidence.occurrences


PREDICTORS: Mapping[str, tuple[Score, bool]] = {
    "auditor": (_auditor, True),
    "hit-in-2d": (_hit_in(2), False),
    "hit-in-14d": (_hit_in(14), False),
    "hit-in-30d": (_hit_in(30), False),
    "hit-in-90d": (_hit_in(90), False),
    "days-since-hit": (_days_since_hit, False),
    "decay-90d": (_decay, False),
    "hits": (_count, False),
    "gamma-poisson": (_gamma_poisson, True),
}
"""Each predictor by name, and whether its score is a probability."""
OURS = ("auditor", "gamma-poisson")
"""The predictors that are no naive rule."""
