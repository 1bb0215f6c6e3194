"""Gamma-Poisson: values by hand, scipy.stats as the slow plain version, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import chi2, gamma, nbinom

from auditor.usage.gamma_poisson import (
    JEFFREYS,
    Prior,
    chance,
    fired_quantile,
    fit_prior,
    rate_bound,
    upper_occurrences,
)

counts = st.integers(0, 400)
exposures = st.floats(1, 1e7)


def one(value: float) -> np.ndarray:
    return np.array([float(value)])


def test_the_chance_by_hand() -> None:
    # 1 - (100 / 150) ^ 2.5
    assert np.isclose(chance(JEFFREYS, one(2), one(100), one(50))[0], 0.6371127)
    # 1 - (30 / 40) ^ 2
    assert np.isclose(chance(Prior(1, 20), one(1), one(10), one(10))[0], 0.4375)


def test_without_exposure_nothing_can_be_said() -> None:
    assert np.isnan(chance(JEFFREYS, one(0), one(0), one(50))[0])
    assert np.isnan(upper_occurrences(one(0), one(0), one(50))[0])
    assert np.isnan(fired_quantile(one(0), one(0), one(50))[0])


def test_never_fired_is_bounded_by_1_92_over_its_exposure() -> None:
    assert np.isclose(upper_occurrences(one(0), one(1000), one(1000))[0], 1.92, atol=0.001)


@given(counts, exposures, exposures)
def test_the_bound_is_a_quantile_of_the_jeffreys_posterior(k: int, e: float, ahead: float) -> None:
    plain = gamma(0.5 + k, scale=1 / e).ppf(0.95) * ahead
    assert np.isclose(upper_occurrences(one(k), one(e), one(ahead))[0], plain, rtol=1e-9)


@given(st.integers(0, 30), st.floats(10, 1e4), st.floats(1, 1e4))
def test_occurrences_given_that_it_fires_are_a_truncated_negative_binomial(
    k: int, e: float, ahead: float
) -> None:
    law = nbinom(0.5 + k, e / (e + ahead))
    found = fired_quantile(one(k), one(e), one(ahead))[0]
    fires = 1 - law.pmf(0)
    assert (law.cdf(found) - law.pmf(0)) / fires >= 0.95 - 1e-9
    assert found == 1 or (law.cdf(found - 1) - law.pmf(0)) / fires < 0.95 + 1e-9


def test_a_prior_is_found_again_in_what_it_made() -> None:
    made = np.random.default_rng(4)
    exposure = made.uniform(500, 5000, 4000)
    occurrences = made.poisson(made.gamma(0.8, 1 / 400, 4000) * exposure).astype(float)
    prior = fit_prior(occurrences, exposure)
    assert np.isclose(prior.alpha, 0.8, rtol=0.06)
    assert np.isclose(prior.beta, 400, rtol=0.08)


def test_too_few_that_fired_leave_jeffreys() -> None:
    occurrences = np.array([3.0] * 19 + [0.0] * 100)
    assert fit_prior(occurrences, np.full(119, 50.0)) == JEFFREYS


def test_a_catalog_that_hardly_varies_leaves_jeffreys() -> None:
    # Equal rates fit an endless beta.
    occurrences = np.random.default_rng(1).poisson(3, 300).astype(float)
    assert fit_prior(occurrences, np.full(300, 50.0)) == JEFFREYS


@given(counts, exposures, exposures)
def test_more_occurrences_raise_the_chance_and_more_exposure_lowers_it(
    k: int, e: float, ahead: float
) -> None:
    p = chance(Prior(0.7, 30), one(k), one(e), one(ahead))[0]
    assert chance(Prior(0.7, 30), one(k + 1), one(e), one(ahead))[0] >= p
    assert chance(Prior(0.7, 30), one(k), one(e * 1.5), one(ahead))[0] <= p


@pytest.mark.parametrize(("k", "upper"), [(0, 1.9207), (2, 5.5352), (8, 13.7935)])
def test_the_bound_is_half_the_quantile_of_a_chi_square(k: int, upper: float) -> None:
    """2 x Gamma(0.5 + k, 1) is chi-square with 1 + 2k degrees: 3.841, 11.070, 27.587."""
    assert rate_bound(one(k))[0] == pytest.approx(upper, abs=1e-4)
    assert chi2.ppf(0.95, 1 + 2 * k) / 2 == pytest.approx(upper, abs=1e-4)


def test_the_chance_integrates_the_posterior() -> None:
    prior, k, offers, ahead = Prior(0.7, 300.0), 3, 2000.0, 1500.0
    posterior = gamma(prior.alpha + k, scale=1 / (prior.beta + offers))
    silent, _ = quad(lambda rate: posterior.pdf(rate) * np.exp(-rate * ahead), 0, 0.05)
    assert chance(prior, one(k), one(offers), one(ahead))[0] == pytest.approx(1 - silent, abs=1e-6)
