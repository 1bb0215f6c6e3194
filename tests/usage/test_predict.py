"""The chance that reaches decisions: its laws, its honesty with little data, its reasons."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.usage.gamma_poisson import JEFFREYS, chance
from auditor.usage.history import History, history
from auditor.usage.learn import LEAST_COMPLETED, Memory
from auditor.usage.predict import Model, Prediction, explain, fit, predict
from tests.usage.past import by_hand, made, with_exposure, with_occurrence

TODAY = 650
RECENT = st.integers(TODAY - 89, TODAY)


@cache
def learnt() -> tuple[History, Model, Prediction]:
    past = made()
    model = fit(past, TODAY)
    assert model.learnt is not None
    return past, model, predict(model, past, TODAY)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 79), RECENT)
def test_one_more_recent_occurrence_never_lowers_the_chance(item: int, day: int) -> None:
    past, model, before = learnt()
    after = predict(model, with_occurrence(past, item, day), TODAY)
    assert after.p_fire[item] >= before.p_fire[item] - 1e-12


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 79), st.lists(RECENT, min_size=1, max_size=8))
def test_occurrences_added_one_by_one_raise_the_chance_step_by_step(
    item: int, days: list[int]
) -> None:
    past, model, before = learnt()
    last = before.p_fire[item]
    for day in days:
        past = with_occurrence(past, item, day)
        now = predict(model, past, TODAY).p_fire[item]
        assert now >= last - 1e-12
        last = now


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 79), st.integers(0, 400), st.floats(1, 1e5))
def test_more_silent_exposure_never_raises_the_chance(item: int, back: int, offers: float) -> None:
    past, model, _ = learnt()
    days = past.day[(past.item == item) & (past.day <= TODAY)]
    first = max([int(past.birth[item]), *days.tolist()]) + 1
    day = max(first, TODAY - back)
    if day > TODAY:
        return
    # Compared with the same expected exposure, as the law says.
    before = predict(model, with_exposure(past, item, day, 0), TODAY).p_fire[item]
    after = predict(model, with_exposure(past, item, day, offers), TODAY).p_fire[item]
    assert after <= before + 1e-12


def test_nothing_after_today_is_seen() -> None:
    past, model, before = learnt()
    later = history(
        past.ids,
        past.birth,
        (past.item, np.where(past.day > TODAY, TODAY + 1, past.day), past.count),
        np.where(np.arange(past.days) > TODAY, 7.0 * past.exposure, past.exposure),
        epoch_day=past.epoch_day,
    )
    again = fit(later, TODAY)
    assert np.array_equal(again.learnt.weights, model.learnt.weights)
    assert np.array_equal(predict(again, later, TODAY).p_fire, before.p_fire)
    cut = past.up_to(TODAY)
    assert np.array_equal(predict(fit(cut, TODAY), cut, TODAY).p_fire, before.p_fire)


def test_the_order_of_occurrences_and_of_items_does_not_matter() -> None:
    past, _, before = learnt()
    turned = history(
        past.ids[::-1],
        past.birth[::-1],
        (len(past) - 1 - past.item[::-1], past.day[::-1], past.count[::-1]),
        past.exposure[::-1],
        epoch_day=past.epoch_day,
    )
    after = predict(fit(turned, TODAY), turned, TODAY)
    assert np.allclose(after.p_fire[::-1], before.p_fire, rtol=1e-4)


def test_what_is_kept_between_fits_does_not_change_them() -> None:
    past, _, before = learnt()
    memory = Memory()
    start = fit(past, TODAY - 30, memory=memory)
    warm = predict(fit(past, TODAY, memory=memory, start=start), past, TODAY)
    assert np.allclose(warm.p_fire, before.p_fire, atol=1e-5)


def test_a_model_that_learnt_foretells_better_than_gamma_poisson() -> None:
    past = made(seed=8, items=300, days=800)
    model = fit(past, 700)
    found = predict(model, past, 700)
    fired = past.fired(700, 90)[found.items]
    plain = predict(model._replace(learnt=None), past, 700).p_fire

    def surprise(p: np.ndarray) -> float:
        return float(-np.log(np.where(fired, p, 1 - p)).mean())

    assert surprise(found.p_fire) < surprise(plain)


def test_below_200_completed_predictions_the_chance_is_plain_gamma_poisson() -> None:
    past = by_hand({"a": [5, 9, 80], "b": [], "c": [150]}, 200)
    model = fit(past, 199)
    found = predict(model, past, 199)
    assert (model.completed, model.learnt) == (3, None)
    assert model.completed < LEAST_COMPLETED
    k, e = np.array([3.0, 0.0, 1.0]), np.full(3, 2000.0)
    assert np.allclose(found.p_fire, chance(JEFFREYS, k, e, np.full(3, 900.0)))


@pytest.mark.parametrize("days", [1, 2, 50])
def test_a_day_of_traffic_is_enough_to_answer(days: int) -> None:
    past = by_hand({"a": [0], "b": [], "c": []}, days)
    found = predict(fit(past, days - 1), past, days - 1)
    assert np.isfinite(found.p_fire).all()
    assert (found.p_up >= found.p_fire).all()


def test_without_exposure_nothing_is_said() -> None:
    past = by_hand({"a": [], "b": []}, 50, offers=0.0)
    found = predict(fit(past, 49), past, 49)
    for figures in found[1:]:
        assert np.isnan(figures).all()


def test_a_catalog_that_never_fired_learns_nothing() -> None:
    past = by_hand({f"i{n}": [] for n in range(90)}, 600)
    model = fit(past, 599)
    assert model.completed > LEAST_COMPLETED
    assert model.learnt is None


def test_bounds_hold_the_chance_and_never_fall_below_what_the_past_can_show() -> None:
    _, model, found = learnt()
    assert (found.p_up >= found.p_fire).all()
    assert (found.p_up >= 1 / (model.completed + 2)).all()
    assert (found.n_fire >= 1).all()
    assert np.allclose(found.n_up, found.p_up * found.n_fire)


def test_contributions_add_up_to_the_chance() -> None:
    past, model, found = learnt()
    why = explain(model, past, TODAY)
    logit = why.base + why.parts.sum(axis=1)
    assert np.allclose(1 / (1 + np.exp(-logit)), found.p_fire)
    plain = explain(model._replace(learnt=None), past, TODAY)
    assert plain.names == ("gamma_poisson",)


def test_a_thousand_clocks_and_one_shared_clock_agree() -> None:
    past = by_hand({"a": [5, 9, 80], "b": [], "c": [150]}, 200)
    shared = history(
        past.ids,
        past.birth,
        (past.item, past.day, past.count),
        past.exposure[:1],
        epoch_day=past.epoch_day,
    )
    one, other = (predict(fit(h, 199), h, 199) for h in (past, shared))
    assert np.allclose(one.p_fire, other.p_fire)
