"""The gamma-Poisson chance, its fit, and the bound."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from auditor.usage.expected import (
    JEFFREYS,
    Prior,
    chance_of_firing,
    fit_prior,
    most_occurrences,
    scheduled_runs,
)


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_the_bound_without_hits_is_1_92_times_the_share_of_exposure_to_come():
    assert most_occurrences(array(0), array(2454), array(3681), array(0))[0] == pytest.approx(
        1.9207 * 1.5, abs=1e-3
    )


@pytest.mark.parametrize(("k", "upper"), [(0, 1.9207), (2, 5.5352), (8, 13.7935)])
def test_the_bound_is_half_the_quantile_of_a_chi_square(k, upper):
    """2 x Gamma(0.5 + k, 1) is chi-square with 1 + 2k degrees: 3.841, 11.070, 27.587."""
    assert most_occurrences(array(k), array(1), array(1), array(0))[0] == pytest.approx(
        upper, abs=1e-4
    )
    assert stats.chi2.ppf(0.95, 1 + 2 * k) / 2 == pytest.approx(upper, abs=1e-4)


def test_the_chance_under_jeffreys_by_hand():
    """k = 0, E = E_P: 1 - (1/2) ** 0.5; k = 1: 1 - (1/2) ** 1.5."""
    chances = chance_of_firing(JEFFREYS, array(0, 1), array(50, 50), array(50, 50))
    assert chances == pytest.approx([0.29289, 0.64645], abs=1e-5)


def test_the_chance_integrates_the_posterior():
    prior, k, offers, expected = Prior(0.7, 300.0), 3, 2000.0, 1500.0
    posterior = stats.gamma(prior.shape + k, scale=1 / (prior.rate + offers))
    silent, _ = integrate.quad(lambda r: posterior.pdf(r) * np.exp(-r * expected), 0, 0.05)
    found = chance_of_firing(prior, array(k), array(offers), array(expected))[0]
    assert found == pytest.approx(1 - silent, abs=1e-6)


def test_without_evidence_or_without_offers_to_come_nothing_is_said():
    assert np.isnan(chance_of_firing(JEFFREYS, array(0, 0), array(0, 9), array(9, 0))).all()
    assert np.isnan(most_occurrences(array(0, 0), array(0, 9), array(9, 0), array(0, 0))).all()


def test_the_fit_finds_the_prior_that_made_the_data():
    random = np.random.default_rng(1)
    rates = random.gamma(0.8, 1 / 400, 3000)
    offers = random.uniform(500, 5000, 3000)
    fitted = fit_prior(random.poisson(rates * offers).astype(float), offers)
    assert fitted.shape == pytest.approx(0.8, rel=0.1)
    assert fitted.rate == pytest.approx(400, rel=0.1)


def test_25_tools_that_never_fired_leave_jeffreys():
    assert fit_prior(np.zeros(25), np.full(25, 1000.0)) == JEFFREYS


def test_a_prior_that_would_outweigh_the_evidence_is_not_used():
    assert fit_prior(np.full(40, 1.0), np.full(40, 100.0)) == JEFFREYS


@pytest.mark.parametrize(("cadence", "runs"), [(None, 0), (90, 1), (91, 1), (89, 2), (7, 13)])
def test_a_cadence_announces_its_runs(cadence, runs):
    assert scheduled_runs(90, cadence) == runs
