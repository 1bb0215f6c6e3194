"""How likely is each item to fire within the horizon, learnt from the project's own past.

The score of `learn` becomes a probability in `recalibrate`. With fewer than 200 completed
predictions (one per item and horizon) the chance is the plain gamma-Poisson one.

Laws, for a given `Model` (tests/usage/test_predict.py): one more occurrence in the last 90 days
never lowers `p_fire`; more exposure since the last occurrence, at the same expected exposure,
never raises it; nothing after `as_of` is read. They hold because every weight that an occurrence
or an exposure can reach has a fixed sign (`hazard`, `ridge`, `recalibrate`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from auditor.usage import gamma_poisson
from auditor.usage.hazard import NAMES, Evidence, Forms, Frame, frame
from auditor.usage.history import Floats, History, Ints
from auditor.usage.learn import (
    CUT_EVERY,
    Memory,
    Weights,
    completed_predictions,
    foretold,
    learn,
    score,
)
from auditor.usage.recalibrate import Recalibration, recalibrate

HORIZON_DAYS = 90


class Model(NamedTuple):
    """What was learnt as of a day. Without `learnt` and `recalibration` only the prior speaks:
    `completed` is below 200, or all past outcomes were alike."""

    as_of: int
    horizon: int
    completed: int
    forms: Forms
    learnt: Weights | None
    recalibration: Recalibration | None


class Prediction(NamedTuple):
    """Per item of `items`, arrays of one shape; NaN where nothing can be said (E = 0).

    `p_fire` chance of at least one occurrence in the horizon; `p_up` its upper bound; `n_fire`
    95% quantile of the occurrences given that it fires; `n_up` = p_up x n_fire.
    """

    items: Ints
    p_fire: Floats
    p_up: Floats
    n_fire: Floats
    n_up: Floats


class Contributions(NamedTuple):
    """Why a chance is what it is, in logits: `base` + the row's sum = logit(p_fire).

    `base` is the catalog's average item; `parts[items, names]` what each kind of evidence moved.
    """

    items: Ints
    base: float
    names: tuple[str, ...]
    parts: Floats


def fit(
    past: History,
    as_of: int,
    horizon: int = HORIZON_DAYS,
    *,
    memory: Memory | None = None,
    start: Model | None = None,
) -> Model:
    """Learn from every cut whose horizon had ended at the end of day `as_of`.

    `memory` may be kept between calls on one history and horizon; `start` is a neighbouring
    model. The problem is convex, so both change the time and not the result.
    """
    kept = Memory() if memory is None else memory
    now = kept.frame(past, as_of, horizon)
    completed = completed_predictions(past, as_of, horizon)
    learnt = learn(past, as_of, horizon, kept, None if start is None else start.learnt)
    if learnt is None:
        return Model(as_of, horizon, completed, now.forms, None, None)
    outcome = foretold(past, as_of, horizon, kept, learnt)
    terms = recalibrate(outcome, max(1.0, horizon / CUT_EVERY))
    return Model(as_of, horizon, completed, now.forms, learnt, terms)


def predict(
    model: Model,
    past: History,
    as_of: int,
    *,
    feared: Floats | None = None,
    memory: Memory | None = None,
) -> Prediction:
    """Chances and bounds of the catalog at the end of day `as_of`, in the order of `items`.

    `feared[catalog]` is the exposure to fear over the horizon, for the bounds (the expected one
    when None).
    """
    seen = _seen(model, past, as_of, memory)
    return _predicted(model, seen, seen.evidence.expected if feared is None else feared)


def explain(model: Model, past: History, as_of: int) -> Contributions:
    """Which evidence moved the chance of each item of the catalog, and by how many logits.

    Parts are named as in `hazard.NAMES`, measured from the catalog's mean. Without a fit there is
    one part, `gamma_poisson`.
    """
    seen = _seen(model, past, as_of, None)
    if model.learnt is None or model.recalibration is None:
        p = np.clip(_plain(model, seen.evidence), 1e-12, 1 - 1e-12)
        logit = np.log(p / (1 - p))
        base = float(np.nanmean(logit)) if np.isfinite(logit).any() else 0.0
        return Contributions(seen.items, base, ("gamma_poisson",), (logit - base)[:, None])
    level, slope, discount = model.recalibration.terms
    weights = slope * model.learnt.weights
    weights[NAMES.index("fired")] += discount
    centre = seen.features.mean(axis=0) if len(seen.items) else np.zeros(len(NAMES))
    base = float(level + slope * model.learnt.level + centre @ weights)
    return Contributions(seen.items, base, NAMES, (seen.features - centre) * weights)


def _seen(model: Model, past: History, as_of: int, memory: Memory | None) -> Frame:
    """The catalog through the model's closed forms; what a memory holds of its own day is that."""
    if memory is not None and as_of == model.as_of and as_of in memory.frames:
        return memory.frames[as_of]
    return frame(past, as_of, model.horizon, model.forms)


def _predicted(model: Model, seen: Frame, feared: Floats) -> Prediction:
    known = seen.evidence
    n_fire = gamma_poisson.fired_quantile(known.occurrences, known.exposure, feared)
    if model.learnt is None or model.recalibration is None:
        n_up = gamma_poisson.upper_occurrences(known.occurrences, known.exposure, feared)
        p_fire = _plain(model, known)
        p_up = np.maximum(-np.expm1(-n_up), p_fire)
        return Prediction(seen.items, p_fire, p_up, n_fire, n_up)
    unknown = known.exposure <= 0
    scores, never = score(model.learnt, seen), known.occurrences == 0
    p_fire = np.where(unknown, np.nan, expit(model.recalibration.logit(scores, never)))
    upper = np.maximum(model.recalibration.upper(scores, never), 1 / (model.completed + 2))
    p_up = np.where(unknown, np.nan, np.maximum(upper, p_fire))
    return Prediction(seen.items, p_fire, p_up, n_fire, p_up * n_fire)


def _plain(model: Model, known: Evidence) -> Floats:
    """Gamma-Poisson chance, with the prior that was learnt; NaN without exposure."""
    p = gamma_poisson.chance(model.forms.prior, known.occurrences, known.exposure, known.expected)
    return np.where(known.exposure > 0, p, np.nan)
