"""The bounded ridge fit against a general optimiser of the same loss."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

from auditor.usage.ridge import bounded_minimum, fit_ridge


def outcomes(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(300, 4))
    cut = np.sort(chance.integers(0, 5, 300))
    cut[:5] = 0
    cut = np.unique(cut, return_inverse=True)[1]
    weather = chance.normal(size=5)[cut]
    return rows, chance.random(300) < expit(rows @ [1.0, -0.7, 0.2, 0.0] + weather - 0.5), cut


def test_it_finds_the_minimum_that_a_general_optimiser_finds() -> None:
    rows, fired, cut = outcomes(3)
    signed = np.array([True, True, False, True])
    found = fit_ridge(rows, fired, cut, signed, ridge=5.0, spread=2.0)
    x = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    cuts = int(cut[-1]) + 1

    def loss(at: np.ndarray) -> float:
        weights, level = at[:4], at[4:]
        z = x @ weights + level[cut]
        own = 1.0 * ((level - level.mean()) ** 2).sum()
        return float((np.logaddexp(0, z) - fired * z).sum() + 2.5 * weights @ weights + own)

    bounds = [(0 if sign else None, None) for sign in signed] + [(None, None)] * cuts
    plain = minimize(loss, np.zeros(4 + cuts), bounds=bounds, options={"ftol": 1e-14})
    assert np.allclose(found.weights * rows.std(axis=0), plain.x[:4], atol=2e-3)
    assert found.weights[1] == 0


def test_a_row_that_weighs_two_counts_as_two_rows() -> None:
    rows, fired, cut = outcomes(7)
    signed = np.array([True, True, False, True])
    times = np.random.default_rng(7).integers(1, 4, len(rows))
    once = fit_ridge(rows, fired, cut, signed, 5.0, 2.0, worth=times.astype(np.float64))
    scale = rows.std(axis=0) / np.repeat(rows, times, axis=0).std(axis=0)
    # The penalty is on standardised columns: here they are given the same scale first.
    again = fit_ridge(*(np.repeat(part, times, axis=0) for part in (rows, fired, cut)),
                      signed, 5.0, 2.0)  # fmt: skip
    assert np.allclose(scale, 1, atol=0.1)
    assert np.allclose(once.weights, again.weights, atol=0.01)


def test_a_warm_start_finds_the_same() -> None:
    rows, fired, cut = outcomes(4)
    signed = np.ones(4, bool)
    cold = fit_ridge(rows, fired, cut, signed, 5.0, 2.0)
    other = fit_ridge(*outcomes(5), signed, 5.0, 2.0)
    warm = fit_ridge(rows, fired, cut, signed, 5.0, 2.0, other)
    assert np.allclose(cold.weights, warm.weights, atol=1e-6)


def test_a_column_that_never_varies_gets_no_weight() -> None:
    rows, fired, cut = outcomes(6)
    rows[:, 2] = 0.1
    assert fit_ridge(rows, fired, cut, np.ones(4, bool), 5.0, 2.0).weights[2] == 0


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_a_bounded_quadratic_meets_its_conditions(seed: int) -> None:
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(6, 6))
    hessian, slope = root @ root.T + 0.1 * np.eye(6), chance.normal(size=6) * 3
    lowest = np.where(chance.random(6) < 0.7, 0.0, -np.inf)
    w = bounded_minimum(hessian, slope, np.zeros(6), lowest)
    gradient = hessian @ w + slope
    assert (w >= lowest).all()
    assert np.allclose(gradient[w > lowest], 0, atol=1e-6)
    assert (gradient[w == lowest] >= -1e-6).all()
