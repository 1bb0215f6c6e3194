"""BG/NBD: items fire at their own rate until, after some occurrence, they die for good.

Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005).
Assumptions:
1. While alive, an item's occurrences are Poisson in time; here time is exposure, or days.
2. Rates are Gamma(r, alpha) over the catalog.
3. After each occurrence an item dies with its own probability.
4. Those probabilities are Beta(a, b) over the catalog, independent of the rates.
So an item that never fired cannot have died: P(alive) is 1 for it, and is never shown.
Per item: `frequency` occurrences, the `recency` (time from birth to the last of them, 0 if none)
and the `age` (time from birth to now), arrays of one shape.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, gammaln, hyp2f1

from auditor.usage.history import Floats


class BgNbd(NamedTuple):
    """Parameters: rates are Gamma(r, alpha), dying after an occurrence is Beta(a, b)."""

    r: float
    alpha: float
    a: float
    b: float


def fit_bgnbd(frequency: Floats, recency: Floats, age: Floats, ridge: float = 0.0) -> BgNbd:
    """Parameters by maximum likelihood; `ridge` pulls their logs to 0 (mean loss per item).

    On CDNOW the paper's 0.243, 4.414, 0.793, 2.426. Time is scaled by its median first, so the
    pull of a ridge does not depend on the unit. Raises `ValueError` when no item has an age.
    """
    known = age > 0
    if not known.any():
        raise ValueError("no item has an age: there is nothing to fit")
    unit = float(np.median(age[known]))
    x, t_x, t = frequency[known], recency[known] / unit, age[known] / unit

    def loss(logs: Floats) -> float:
        likelihood = log_likelihood(BgNbd(*np.exp(logs)), x, t_x, t)
        return -float(likelihood.mean()) + ridge * float((logs**2).mean())

    best = minimize(
        loss,
        np.zeros(4),
        method="L-BFGS-B",
        bounds=[(-14, 14)] * 4,
        options={"ftol": 1e-12, "gtol": 1e-8, "maxiter": 500},
    )
    r, alpha, a, b = (float(value) for value in np.exp(best.x))
    return BgNbd(r, alpha * unit, a, b)


def log_likelihood(model: BgNbd, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    """Log-likelihood of each item, equation 6 of the paper."""
    r, alpha, a, b = model
    x = frequency
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    alive = betaln(a, b + x) - (r + x) * np.log(alpha + age)
    # An item that has not fired has no last occurrence to die after.
    once = np.maximum(x, 1)
    died = betaln(a + 1, b + once - 1) - (r + x) * np.log(alpha + recency)
    each: Floats = common + np.where(x > 0, np.logaddexp(alive, died), alive)
    return each


def p_alive(model: BgNbd, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    """Probability that an item is still alive; 1 for one that never fired (do not show it)."""
    r, alpha, a, b = model
    once = np.maximum(frequency, 1)
    silence = np.log((alpha + age) / (alpha + recency))
    log_odds_dead = np.log(a) - np.log(b + once - 1) + (r + frequency) * silence
    return np.where(frequency > 0, expit(-log_odds_dead), 1.0)


def chance(
    model: BgNbd, ahead: Floats | float, frequency: Floats, recency: Floats, age: Floats
) -> Floats:
    """Probability of at least one occurrence in the next `ahead` units of time.

    Alive, times the chance that a Gamma(r + x, alpha + age) rate fires: the first occurrence
    ahead needs no survival of an earlier one.
    """
    behind = model.alpha + age
    none = -(model.r + frequency) * np.log1p(ahead / behind)
    return p_alive(model, frequency, recency, age) * -np.expm1(none)


def expected_purchases(
    model: BgNbd, ahead: Floats | float, frequency: Floats, recency: Floats, age: Floats
) -> Floats:
    """Expected occurrences in the next `ahead` units of time, equation 10 of the paper."""
    r, alpha, a, b = model
    x = frequency
    series = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + age + ahead))
    fraction = ((alpha + age) / (alpha + age + ahead)) ** (r + x)
    alive = (a + b + x - 1) / (a - 1) * (1 - fraction * series)
    expected: Floats = alive * p_alive(model, frequency, recency, age)
    return expected
