"""Gamma-Poisson: each item fires at its own constant rate per offer, rates vary over the catalog.

Assumptions, numbered for the formulas below:
1. Given its rate, an item's occurrences are Poisson in its exposure.
2. Rates are Gamma(alpha, beta) over the catalog.
3. A rate does not change with time: an item cannot die (`bgnbd` lets it).
Counts and exposures are arrays of one shape; exposure is in observed offers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import betainc, gammaincinv, gammaln

from auditor.usage.history import Floats

MOST_SUMMED = 64
LEAST_SUMMED = 1e-200
"""Where the chance of none is smaller its terms are too, and are not summed."""
LEAST_FIRED = 20
"""Items that must have fired before a prior is fitted to them."""


class Prior(NamedTuple):
    """Gamma(alpha, beta) over the rates of a catalog; beta in offers."""

    alpha: float
    beta: float


JEFFREYS = Prior(0.5, 0.0)


def fit_prior(occurrences: Floats, exposure: Floats) -> Prior:
    """Prior by maximum marginal likelihood (assumptions 1 to 3) over items with exposure.

    `JEFFREYS` when fewer than `LEAST_FIRED` items have fired, or when the fitted beta exceeds the
    median exposure: then the data say next to nothing on how rates vary.
    """
    k, e = occurrences[exposure > 0], exposure[exposure > 0]
    if (k > 0).sum() < LEAST_FIRED:
        return JEFFREYS
    prior = _most_likely(k, e)
    return JEFFREYS if prior.beta > np.median(e) else prior


def chance(prior: Prior, occurrences: Floats, exposure: Floats, ahead: Floats) -> Floats:
    """Probability of at least one occurrence in the next `ahead` offers, shape of the inputs.

    1 - ((beta + E) / (beta + E + ahead)) ^ (alpha + k): a negative binomial's chance of not being
    zero. NaN where there is neither exposure nor prior.
    """
    return -np.expm1(-hazard(prior, occurrences, exposure, ahead))


def hazard(prior: Prior, occurrences: Floats, exposure: Floats, ahead: Floats) -> Floats:
    """-log of the probability of no occurrence in the next `ahead` offers."""
    behind = np.asarray(prior.beta + exposure, float)
    ratio = np.divide(ahead, behind, out=np.full(behind.shape, np.nan), where=behind > 0)
    total: Floats = (prior.alpha + occurrences) * np.log1p(ratio)
    return total


def upper_occurrences(
    occurrences: Floats, exposure: Floats, ahead: Floats, level: float = 0.95
) -> Floats:
    """Upper bound on the mean occurrences of the next `ahead` offers: quantile of Gamma(0.5+k, E).

    Always Jeffreys, never a fitted prior: a catalog that never fired would fit every bound to 0.
    NaN where E = 0.
    """
    ratio = np.divide(ahead, exposure, out=np.full(exposure.shape, np.nan), where=exposure > 0)
    bound: Floats = rate_bound(occurrences, level) * ratio
    return bound


def rate_bound(occurrences: Floats, level: float = 0.95) -> Floats:
    """Upper bound on the rate after `occurrences`, as a multiple of 1 / exposure.

    >>> rate_bound(np.array([0.0, 2.0])).round(3)
    array([1.921, 5.535])
    """
    bound: Floats = gammaincinv(JEFFREYS.alpha + occurrences, level)
    return bound


def fired_quantile(
    occurrences: Floats, exposure: Floats, ahead: Floats, level: float = 0.95
) -> Floats:
    """Quantile of the occurrences in `ahead` offers *given at least one*, whole numbers >= 1.

    The predictive is negative binomial (Jeffreys, assumption 1). Its first terms are summed up;
    beyond them its distribution function, a regularised incomplete beta, is searched by halving.
    NaN where E = 0.
    """
    shape = JEFFREYS.alpha + occurrences
    stay = np.divide(
        exposure, exposure + ahead, out=np.full(exposure.shape, np.nan), where=exposure > 0
    )
    none = stay**shape
    target = none + level * (1 - none)
    found = np.full(exposure.shape, np.nan)
    left = np.flatnonzero(none > LEAST_SUMMED)
    term, total = none[left], none[left]
    for n in range(1, MOST_SUMMED + 1):
        term = term * (shape[left] + n - 1) / n * (1 - stay[left])
        total = total + term
        enough = total >= target[left]
        found[left[enough]] = n
        left, term, total = left[~enough], term[~enough], total[~enough]
    far = np.flatnonzero(np.isnan(found) & ~np.isnan(stay))
    found[far] = _smallest(shape[far], stay[far], target[far])
    return found


def _smallest(shape: Floats, stay: Floats, target: Floats) -> Floats:
    """Smallest whole n with a negative binomial distribution function of at least `target`."""
    low, high = np.ones(len(shape)), np.full(len(shape), 2.0)
    rising = np.arange(len(shape))
    while len(rising) and high[rising[0]] < 1e15:
        short = betainc(shape[rising], high[rising] + 1, stay[rising]) < target[rising]
        rising = rising[short]
        low[rising] = high[rising]
        high[rising] *= 2
    open_ = np.flatnonzero(high - low > 1)
    while len(open_):
        middle = np.floor((low[open_] + high[open_]) / 2)
        short = betainc(shape[open_], middle + 1, stay[open_]) < target[open_]
        low[open_[short]], high[open_[~short]] = middle[short], middle[~short]
        open_ = open_[high[open_] - low[open_] > 1]
    return high


def _most_likely(k: Floats, e: Floats) -> Prior:
    unit = float(np.median(e))
    scaled = e / unit

    def minus_log_likelihood(logs: Floats) -> float:
        alpha, beta = np.exp(logs)
        terms = gammaln(alpha + k) - gammaln(alpha) + alpha * np.log(beta)
        return -float((terms - (alpha + k) * np.log(beta + scaled)).mean())

    best = minimize(
        minus_log_likelihood, np.array([-0.7, -0.7]), method="L-BFGS-B", bounds=[(-12, 12)] * 2
    )
    alpha, beta = np.exp(best.x)
    return Prior(float(alpha), float(beta * unit))
