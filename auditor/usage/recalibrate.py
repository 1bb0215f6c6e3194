"""A score becomes a probability by what happened after the project's own completed predictions.

The chance is expit(level + slope x score - discount x never), slope > 0 and discount >= 0: items
that never fired have a level of their own, and by its sign a first occurrence cannot lower the
chance. Later outcomes weigh more (`HALF_LIFE_DAYS`). The bound rests on cuts as the sampling
unit, since items of one cut share its weather.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from auditor.usage.history import Bools, Floats, Ints
from auditor.usage.ridge import bounded_minimum

HALF_LIFE_DAYS = 365.0
LEAST_SLOPE = 0.05
CAUTION = 0.95
"""Share of the fitted slope that is kept: the horizon to come differs more from the past than its
cuts from each other. The level is fitted again, so the mean stays."""
NORMAL_95 = 1.6448536269514722
"""One-sided 95% point of the normal."""
PULL = np.array([1e-3, 3.0, 3000.0])
"""Ridge of level, slope (around 1) and discount (around 0). The members know of `never` already:
a discount that a few quiet cuts suggest costs ranking (docs/decisions/decay-model.md)."""


class Completed(NamedTuple):
    """Past predictions whose horizon has ended: score, never fired until then, fired after,
    the number of their cut (ascending from 0), and that cut's age in days."""

    score: Floats
    never: Bools
    fired: Bools
    cut: Ints
    age_days: Floats


class Recalibration(NamedTuple):
    """(level, slope, discount) and their covariance, clustered by cut."""

    terms: Floats
    covariance: Floats

    def logit(self, score: Floats, never: Bools) -> Floats:
        """Recalibrated logit, shape of the inputs."""
        level, slope, discount = self.terms
        logit: Floats = level + slope * score - discount * never
        return logit

    def upper(self, score: Floats, never: Bools) -> Floats:
        """Upper 95% bound of the recalibrated probability (normal, in logits)."""
        rows = _rows(score, never)
        error = np.sqrt(np.maximum(((rows @ self.covariance) * rows).sum(axis=1), 0.0))
        bound: Floats = expit(self.logit(score, never) + NORMAL_95 * error)
        return bound


def recalibrate(past: Completed, overlap: float) -> Recalibration:
    """Fit the three terms; `overlap` is how many cuts lie in one horizon (they are not new data).

    Maximum weighted likelihood with the priors of `PULL`, by Newton steps.
    """
    rows, y = _rows(past.score, past.never), past.fired.astype(np.float64)
    weight = 0.5 ** (past.age_days / HALF_LIFE_DAYS)
    aim, lowest = np.array([0.0, 1.0, 0.0]), np.array([-np.inf, LEAST_SLOPE, 0.0])
    terms = aim.copy()
    hessian = np.eye(3)
    for _ in range(60):
        p = expit(rows @ terms)
        slope = rows.T @ (weight * (p - y)) + PULL * (terms - aim)
        hessian = (rows * (weight * np.maximum(p * (1 - p), 1e-9))[:, None]).T @ rows
        hessian += np.diag(PULL)
        step = bounded_minimum(hessian, slope, terms, lowest) - terms
        terms = terms + step * min(1.0, 2.0 / (float(np.abs(step).max()) + 1e-12))
        if float(np.abs(step).max()) < 1e-9:
            break
    terms = _cautious(terms, rows, y, weight)
    residual = rows * (weight * (y - expit(rows @ terms)))[:, None]
    scores = np.zeros((int(past.cut[-1]) + 1, 3))
    np.add.at(scores, past.cut, residual)
    inverse = np.linalg.inv(hessian)
    # Never less than what as many independent items would leave (one cut tells no spread).
    return Recalibration(terms, inverse @ (scores.T @ scores * overlap) @ inverse + inverse)


def _cautious(terms: Floats, rows: Floats, y: Floats, weight: Floats) -> Floats:
    """The terms with `CAUTION` of their slope, and the level that keeps the weighted mean."""
    terms = terms * np.array([1.0, CAUTION, 1.0])
    for _ in range(25):
        p = expit(rows @ terms)
        step = float((weight * (y - p)).sum() / ((weight * p * (1 - p)).sum() + 1e-9))
        terms[0] += np.clip(step, -1.0, 1.0)
    return terms


def _rows(score: Floats, never: Bools) -> Floats:
    return np.column_stack((np.ones(len(score)), score, -1.0 * never))
