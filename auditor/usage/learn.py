"""Weights from the past, and what earlier weights would have foretold.

Three ridge fits (closed forms and age; with hazard features; with what the older past says too)
are trained on past cuts, one every `CUT_EVERY` days, of which the horizon had ended; the score is
a mean of their logits. Items near the edge of what would be dropped weigh most in the fits.
For the recalibration every completed cut is scored by weights that were learnt *before* it, at
the last of the checkpoints, one every `CHECKPOINT_EVERY` days: in-sample scores would look too
sure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from auditor.usage import hazard
from auditor.usage.hazard import BENDS, CLOSED, FREE, NAMES, OLD, Frame
from auditor.usage.history import Bools, Floats, History, Ints
from auditor.usage.recalibrate import Completed
from auditor.usage.ridge import Ridge, fit_ridge

CUT_EVERY = 30
FIRST_CUT = 100
"""Days of past that a training cut needs behind it."""
CHECKPOINT_EVERY = 360
LEAST_COMPLETED = 200
"""Completed predictions (one per item and horizon) below which nothing is learnt."""
MOST_ROWS = 120_000
"""Training rows at most; a larger past is thinned evenly by item."""
RIDGE, SPREAD = 20.0, 15.0
"""Penalty on standardised weights, and on how far the cuts' intercepts may spread."""
LEVEL_HALF_LIFE_DAYS = 365.0
EDGE, EDGE_WIDTH, EDGE_FLOOR = 0.6, 0.25, 0.15
"""Where in a catalog's ranking an order matters: training rows weigh most at `EDGE` of it."""
RANKED_BY = NAMES.index("gamma_poisson_187d")

CLOSED_FORMS = (*CLOSED, "fired", "fired_by_age", "age", *BENDS)
YOUNG = tuple(name for name in NAMES if name not in OLD)
MEMBERS = (CLOSED_FORMS, YOUNG, NAMES)
"""The features that each of the three fits reads."""
SHARES = np.array([0.25, 0.25, 0.5])
"""What each of them counts for in the mean of their logits."""


class Weights(NamedTuple):
    """score = `level` + features @ `weights[len(NAMES)]`; `members` start a neighbouring fit."""

    weights: Floats
    level: float
    members: tuple[Ridge, ...]


@dataclass(slots=True)
class Memory:
    """Frames by day and weights by checkpoint of one history and horizon, kept between fits.

    Neither depends on who asks, so keeping them changes the time and not the result.
    """

    frames: dict[int, Frame] = field(default_factory=dict)
    checkpoints: dict[int, Weights | None] = field(default_factory=dict)

    def frame(self, past: History, day: int, horizon: int) -> Frame:
        """The frame of the end of day `day`, made on first use."""
        if day not in self.frames:
            self.frames[day] = hazard.frame(past, day, horizon)
        return self.frames[day]


def completed_predictions(past: History, as_of: int, horizon: int) -> int:
    """Predictions whose horizon had ended by `as_of`, at most one per item and horizon."""
    days = range(as_of - horizon, FIRST_CUT - 1, -horizon)
    return sum(len(past.catalog(day)) for day in days)


def learn(
    past: History, as_of: int, horizon: int, memory: Memory, start: Weights | None = None
) -> Weights | None:
    """Weights from the cuts whose horizon had ended by `as_of`; None where there is nothing in it.

    Nothing: fewer than `LEAST_COMPLETED` completed predictions, or all alike.
    """
    if completed_predictions(past, as_of, horizon) < LEAST_COMPLETED:
        return None
    rows, fired, cut = _training(past, _cuts(as_of, horizon), horizon, memory)
    if fired.all() or not fired.any():
        return None
    members = _members(rows, fired, cut, _worth(rows, cut), start)
    weights = SHARES @ np.array([member.weights for member in members])
    levels = SHARES @ np.array([member.intercepts for member in members])
    worth = 0.5 ** (CUT_EVERY * np.arange(len(levels))[::-1] / LEVEL_HALF_LIFE_DAYS)
    return Weights(weights, float(levels @ worth / worth.sum()), members)


def foretold(past: History, as_of: int, horizon: int, memory: Memory, latest: Weights) -> Completed:
    """The completed cuts, each scored by the last checkpoint before it.

    Cuts before the first checkpoint are left out; where that leaves fewer than `LEAST_COMPLETED`
    predictions (a short past), all cuts are scored by `latest`, in-sample.
    """
    cuts = [day for day in _cuts(as_of, horizon) if len(memory.frame(past, day, horizon).items)]
    known = [(day, _checkpoint(past, day, horizon, memory)) for day in cuts]
    scored = [(day, weights) for day, weights in known if weights is not None]
    distinct = [memory.frames[day] for day, _ in scored[:: max(1, horizon // CUT_EVERY)]]
    if sum(len(seen.items) for seen in distinct) < LEAST_COMPLETED:
        scored = [(day, latest) for day in cuts]
    frames = [memory.frames[day] for day, _ in scored]
    sizes = [len(seen.items) for seen in frames]
    return Completed(
        np.concatenate([score(w, seen) for (_, w), seen in zip(scored, frames, strict=True)]),
        np.concatenate([seen.evidence.occurrences == 0 for seen in frames]),
        np.concatenate(
            [
                past.fired(day, horizon)[seen.items]
                for (day, _), seen in zip(scored, frames, strict=True)
            ]
        ),
        np.repeat(np.arange(len(scored)), sizes),
        np.repeat([float(as_of - horizon - day) for day, _ in scored], sizes),
    )


def score(weights: Weights, seen: Frame) -> Floats:
    """Mean logit of the members for each item of a frame, before recalibration."""
    return weights.level + seen.features @ weights.weights


def _cuts(as_of: int, horizon: int) -> list[int]:
    return list(range(as_of - horizon, FIRST_CUT - 1, -CUT_EVERY))[::-1]


def _checkpoint(past: History, day: int, horizon: int, memory: Memory) -> Weights | None:
    """Weights of the last checkpoint up to `day`; checkpoints keep the phase of the cuts."""
    phase = day % CUT_EVERY
    at = day - (day - phase) % CHECKPOINT_EVERY
    if at not in memory.checkpoints:
        before = memory.checkpoints.get(at - CHECKPOINT_EVERY)
        memory.checkpoints[at] = learn(past, at, horizon, memory, before)
    return memory.checkpoints[at]


def _training(
    past: History, days: list[int], horizon: int, memory: Memory
) -> tuple[Floats, Bools, Ints]:
    """Features, outcomes and cut numbers of the completed past predictions."""
    seen = [(day, memory.frame(past, day, horizon)) for day in days]
    step = max(1, -(-sum(len(frame.items) for _, frame in seen) // MOST_ROWS))
    thin = [(day, frame, np.flatnonzero(frame.items % step == 0)) for day, frame in seen]
    thin = [part for part in thin if len(part[2])]
    rows = np.concatenate([frame.features[where] for _, frame, where in thin])
    fired = np.concatenate(
        [past.fired(day, horizon)[frame.items[where]] for day, frame, where in thin]
    )
    return rows, fired, np.repeat(np.arange(len(thin)), [len(where) for *_, where in thin])


def _worth(rows: Floats, cut: Ints) -> Floats:
    """Weight of each training row by its place in its own cut's ranking, 1 on average.

    The place is known before the outcome, so the weights bias no chance; ties share one.
    """
    place = np.concatenate([_places(one) for one in np.split(rows[:, RANKED_BY], _starts(cut))])
    worth: Floats = np.exp(-(((place - EDGE) / EDGE_WIDTH) ** 2)) + EDGE_FLOOR
    worth /= worth.mean()
    return worth


def _starts(cut: Ints) -> Ints:
    """Where each cut but the first begins."""
    return np.flatnonzero(np.diff(cut)) + 1


def _places(values: Floats) -> Floats:
    """Place of each value among all, in (0, 1); ties share their middle."""
    ascending = np.sort(values)
    below = np.searchsorted(ascending, values, "left")
    upto = np.searchsorted(ascending, values, "right")
    middle: Floats = (below + upto) / (2.0 * len(values))
    return middle


def _members(
    rows: Floats, fired: Bools, cut: Ints, worth: Floats, start: Weights | None
) -> tuple[Ridge, ...]:
    """One ridge fit for each of `MEMBERS`, its weights spread over all of `NAMES`."""
    fits = []
    for number, names in enumerate(MEMBERS):
        columns = np.array([NAMES.index(name) for name in names])
        signed = np.array([name not in FREE for name in names])
        begin = None
        if start is not None:
            before = start.members[number]
            begin = Ridge(before.weights[columns], before.intercepts)
        found = fit_ridge(rows[:, columns], fired, cut, signed, RIDGE, SPREAD, begin, worth)
        weights = np.zeros(len(NAMES))
        weights[columns] = found.weights
        fits.append(Ridge(weights, found.intercepts))
    return tuple(fits)
