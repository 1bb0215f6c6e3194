"""Logistic regression with a ridge, signs that may be fixed, and an intercept for every cut.

The intercepts (one a cut, themselves shrunken to their mean) take out that a whole catalog fires
more in one quarter than in another, so that the weights learn what tells items apart. Signs make
the fitted chance a monotone function of its features: the laws of `predict` rest on them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from auditor.usage.history import Bools, Floats, Ints

STEPS = 40
LONGEST_STEP = 3.0
TOLERANCE = 1e-7


class Ridge(NamedTuple):
    """A fit: weights[p] on raw features, and the intercept of each cut, shape [cuts]."""

    weights: Floats
    intercepts: Floats


def fit_ridge(
    rows: Floats,
    fired: Bools,
    cut: Ints,
    signed: Bools,
    ridge: float,
    spread: float,
    start: Ridge | None = None,
    worth: Floats | None = None,
) -> Ridge:
    """Fit by Newton steps; each solves its bounded quadratic exactly (active set).

    `rows[n, p]` features, `fired[n]`, `cut[n]` ascending numbers from 0; columns where `signed`
    get a weight of at least 0. `ridge` is the penalty on weights of standardised columns,
    `spread` the one on intercepts around their mean; `worth[n]` weighs the rows (1 each when
    None). Convex: `start` changes only the time.
    """
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    # A column that never varies (but for rounding) carries nothing: its weight stays 0.
    scale = np.where(scale > 1e-9 * (1 + np.abs(centre)), scale, np.inf)
    x, y = (rows - centre) / scale, fired.astype(np.float64)
    each = np.ones(len(y)) if worth is None else worth
    cuts = int(cut[-1]) + 1
    lowest = np.where(signed, 0.0, -np.inf)
    weights, intercepts = _begin(start, centre, scale, y, cuts)
    edges = np.searchsorted(cut, np.arange(cuts))
    for _ in range(STEPS):
        p = expit(x @ weights + intercepts[cut])
        miss, curve = each * (p - y), each * np.maximum(p * (1 - p), 1e-6)
        step, shift = _newton(
            x, miss, curve, cut, edges, weights, intercepts, ridge, spread, lowest
        )
        longest = float(np.abs(step).max(initial=0.0))
        share = min(1.0, LONGEST_STEP / (longest + 1e-12))
        weights = weights + share * step
        intercepts = intercepts + np.clip(share * shift, -LONGEST_STEP, LONGEST_STEP)
        if max(longest, float(np.abs(shift).max())) < TOLERANCE:
            break
    raw = weights / scale
    return Ridge(raw, intercepts - float(centre @ raw))


def _begin(
    start: Ridge | None, centre: Floats, scale: Floats, y: Floats, cuts: int
) -> tuple[Floats, Floats]:
    rate = (y.sum() + 0.5) / (len(y) + 1)
    level = np.full(cuts, np.log(rate / (1 - rate)))
    if start is None:
        return np.zeros(len(centre)), level
    known = start.intercepts[:cuts] + float(centre @ start.weights)
    level[: len(known)] = known
    level[len(known) :] = known.mean()
    return start.weights * np.where(np.isfinite(scale), scale, 0.0), level


def _newton(
    x: Floats,
    miss: Floats,
    curve: Floats,
    cut: Ints,
    edges: NDArray[np.intp],
    weights: Floats,
    intercepts: Floats,
    ridge: float,
    spread: float,
    lowest: Floats,
) -> tuple[Floats, Floats]:
    """One Newton step for weights and intercepts, the intercepts eliminated block by block."""
    cuts = len(edges)
    heavy = x * curve[:, None]
    across = np.add.reduceat(heavy, edges, axis=0)
    own = np.bincount(cut, curve, cuts) + spread + 1e-3
    slope = x.T @ miss + ridge * weights
    slope_own = np.bincount(cut, miss, cuts) + spread * (intercepts - intercepts.mean())
    hessian = heavy.T @ x + ridge * np.eye(x.shape[1]) - (across / own[:, None]).T @ across
    step = bounded_minimum(hessian, slope - across.T @ (slope_own / own), weights, lowest) - weights
    return step, -(slope_own + across @ step) / own


def bounded_minimum(hessian: Floats, slope: Floats, at: Floats, lowest: Floats) -> Floats:
    """Minimum over w >= `lowest` of slope'(w - at) + (w - at)'H(w - at)/2, by active sets."""
    rest = slope - hessian @ at
    free = np.ones(len(at), dtype=bool)
    w = at.copy()
    for _ in range(6 * len(at) + 6):
        w = np.where(free, w, lowest)
        fixed = ~free
        if free.any():
            target = -(rest[free] + hessian[np.ix_(free, fixed)] @ w[fixed])
            w[free] = np.linalg.solve(hessian[np.ix_(free, free)], target)
        below = free & (w < lowest)
        if below.any():
            free &= ~below
            continue
        gradient = hessian @ w + rest
        wanted = fixed & (gradient < -1e-10)
        if not wanted.any():
            return w
        free[int(np.where(wanted, gradient, 0.0).argmin())] = True
    return np.maximum(w, lowest)
