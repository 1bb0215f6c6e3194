"""How often a capability will be asked for: a chance, and an upper bound.

The chance comes from a gamma-Poisson model on the exposure clock: each capability has a rate
of occurrences per observed offer, the rates of a project are gamma-distributed, and what is
left out of the data is not time but offers. Assumptions: (1) occurrences are Poisson given the
rate; (2) the rate does not change within the evidence window; (3) capabilities are independent
draws from one gamma distribution. The bound makes no use of (3): it is Jeffreys' always,
because the prior fitted to capabilities that never fired says that nothing ever fires.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaincinv, gammaln

MIN_FIRED = 20
"""Below that many capabilities that have fired there is nothing to fit a prior to."""
BOUND_LEVEL = 0.95

Floats = NDArray[np.float64]


class Prior(NamedTuple):
    """A gamma distribution of rates: `shape` in occurrences, `rate` in observed offers."""

    shape: float
    rate: float


JEFFREYS = Prior(0.5, 0.0)


def fit_prior(occurrences: Floats, offers: Floats) -> Prior:
    """Fit the gamma prior by maximum marginal likelihood over the capabilities with offers.

    Falls back to Jeffreys when fewer than 20 have fired, or when the fitted rate exceeds the
    median exposure, which would let the prior outweigh what was observed.
    """
    k, e = occurrences[offers > 0], offers[offers > 0]
    if np.count_nonzero(k > 0) < MIN_FIRED:
        return JEFFREYS
    scale = float(np.median(e))
    found = minimize(
        _negative_log_likelihood,
        x0=np.log([0.5, 0.05]),
        args=(k, e / scale),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-12.0, 12.0), (-24.0, 6.0)],
    )
    shape, rate = np.exp(found.x)
    if not np.all(np.isfinite([shape, rate])) or rate > 1:
        return JEFFREYS
    return Prior(float(shape), float(rate) * scale)


def _negative_log_likelihood(log_prior: Floats, k: Floats, e: Floats) -> tuple[float, Floats]:
    """Negative binomial marginal of the gamma-Poisson, and its gradient in the logarithms."""
    a, b = np.exp(log_prior)
    n = len(k)
    total = np.sum(gammaln(a + k) - (a + k) * np.log(b + e)) + n * (a * np.log(b) - gammaln(a))
    by_shape = np.sum(digamma(a + k) - np.log(b + e)) + n * (np.log(b) - digamma(a))
    by_rate = n * a / b - np.sum((a + k) / (b + e))
    return -float(total), -np.array([a * by_shape, b * by_rate])


def chance_of_firing(
    prior: Prior, occurrences: Floats, offers: Floats, expected_offers: Floats
) -> Floats:
    """Posterior chance of at least one occurrence in `expected_offers` more offers.

    1 - ((b + E) / (b + E + E_P)) ** (a + k); nan where nothing was observed or nothing is
    expected to be offered.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        held = np.log1p(expected_offers / (prior.rate + offers))
        chance = -np.expm1(-(prior.shape + occurrences) * held)
    return np.where((offers > 0) & (expected_offers > 0), chance, np.nan)


def most_occurrences(
    occurrences: Floats, offers: Floats, feared_offers: Floats, scheduled: Floats
) -> Floats:
    """Upper 95% bound on occurrences in `feared_offers` more offers, nan without evidence.

    The quantile of Gamma(0.5 + k, E) times the exposure, plus the runs that a declared cadence
    announces (`scheduled`).

    >>> most_occurrences(*(np.array([x]) for x in (0.0, 1000.0, 1000.0, 0.0))).round(2)
    array([1.92])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = rate_bound(occurrences) / offers * feared_offers + scheduled
    return np.where((offers > 0) & (feared_offers > 0), bound, np.nan)


def rate_bound(occurrences: Floats) -> Floats:
    """Upper 95% bound on the rate after `occurrences`, as a multiple of 1 / observed offers."""
    bound: Floats = gammaincinv(0.5 + occurrences, BOUND_LEVEL)
    return bound


def scheduled_runs(horizon_days: int, cadence_days: int | None) -> int:
    """Runs within the horizon that a declared cadence announces."""
    return math.ceil(horizon_days / cadence_days) if cadence_days else 0
