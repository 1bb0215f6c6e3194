"""BG/NBD against its paper (CDNOW) and against the lifetimes package."""

from __future__ import annotations

import csv
import gzip
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.usage.bgnbd import (
    BgNbd,
    chance,
    expected_purchases,
    fit_bgnbd,
    log_likelihood,
    p_alive,
)

with warnings.catch_warnings():
    # lifetimes is from 2020: it warns about itself under pandas 3.
    warnings.simplefilter("ignore")
    from lifetimes import BetaGeoFitter

CDNOW = BgNbd(0.243, 4.414, 0.793, 2.426)


def peer(model: BgNbd) -> BetaGeoFitter:
    fitter = BetaGeoFitter()
    fitter.params_ = model._asdict()
    return fitter


@pytest.mark.realdata
def test_cdnow_gives_the_parameters_of_the_paper(real_data: Path) -> None:
    with gzip.open(real_data / "decay" / "cdnow.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    x, t_x, t = (np.array([float(r[c]) for r in rows]) for c in ("frequency", "recency", "T"))
    found = fit_bgnbd(x, t_x, t)
    assert tuple(round(value, 3) for value in found) == CDNOW
    assert abs(log_likelihood(found, x, t_x, t).sum() - -9582.4) < 0.1


def test_alive_by_hand() -> None:
    # 1 / (1 + a / (b + x - 1) x ((alpha + T) / (alpha + t_x)) ^ (r + x)), all parameters 1, x = 1.
    model = BgNbd(1, 1, 1, 1)
    ones = np.ones(1)
    assert np.isclose(p_alive(model, ones, ones, 3 * ones)[0], 1 / (1 + (4 / 2) ** 2))
    # 0.2 x (1 - (4 / 8) ^ 2)
    assert np.isclose(chance(model, 4.0, ones, ones, 3 * ones)[0], 0.2 * 0.75)


def test_an_item_that_never_fired_cannot_have_died() -> None:
    assert p_alive(CDNOW, np.zeros(1), np.zeros(1), np.full(1, 1e6))[0] == 1


def test_an_item_that_died_young_is_told_from_one_that_is_still_going() -> None:
    x, t = np.array([20.0, 20.0]), np.array([40.0, 40.0])
    gone, going = chance(CDNOW, 10.0, x, np.array([10.0, 39.0]), t)
    assert gone < 0.01 < 0.8 < going


@settings(deadline=None)
@given(
    st.tuples(st.floats(0.1, 3), st.floats(1, 20), st.floats(0.2, 0.9), st.floats(1.1, 5)),
    st.integers(0, 40),
    st.floats(0.05, 1),
    st.floats(1, 100),
    st.floats(0.5, 100),
)
def test_it_agrees_with_lifetimes(
    parameters: tuple[float, float, float, float],
    frequency: int,
    share: float,
    age: float,
    ahead: float,
) -> None:
    model = BgNbd(*parameters)
    x, t = np.array([float(frequency)]), np.array([age])
    t_x = np.where(x > 0, share * t, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alive = peer(model).conditional_probability_alive(x, t_x, t)
        ahead_of_peer = peer(model).conditional_expected_number_of_purchases_up_to_time(
            ahead, x, t_x, t
        )
    assert np.allclose(p_alive(model, x, t_x, t), alive, rtol=1e-6, atol=1e-9)
    expected = expected_purchases(model, ahead, x, t_x, t)
    assert np.allclose(expected, ahead_of_peer, rtol=1e-6, atol=1e-9)


def test_nothing_to_fit_is_said() -> None:
    with pytest.raises(ValueError, match="no item has an age"):
        fit_bgnbd(np.zeros(2), np.zeros(2), np.zeros(2))
