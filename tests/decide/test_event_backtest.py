"""The backtest of an event log: figures by hand, cuts, and nothing from the future."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.decide.event_backtest import (
    Plan,
    TooFewCutsError,
    backtest_events,
    cut_days,
)
from auditor.decide.events import events_history, parse_events
from auditor.decide.scores import auc, calibration_error, regret_at, reliability
from auditor.usage.history import History

DAY = 86_400
SMALL = Plan(first_cut_days=300, every_days=60, horizon_days=30, train_cuts=2)


def stream(seed: int = 5, items: int = 40, days: int = 1000, until: int | None = None) -> History:
    """Items that fire at their own rates; from day `until` on, at quite other ones."""
    chance = np.random.default_rng(seed)
    rates = chance.gamma(0.5, 0.04, items)
    other = np.random.default_rng(seed + 1).permutation(rates) * 5
    rows = [(n % 50 * DAY + n, "A" if n % 3 else "M", f"i{n}") for n in range(items)]
    for day in range(50, days):
        fires = chance.random(items) < (rates if until is None or day < until else other)
        rows += [(day * DAY + int(n), "change", f"i{n}") for n in np.flatnonzero(fires)]
        rows.append((day * DAY + items, "M", "i0"))
    return history_of(rows)


def history_of(rows: Sequence[tuple[int, str, str]]) -> History:
    return events_history(parse_events((f"{t}\t{op}\t{item}\n" for t, op, item in rows), "log"))


def test_regret_by_hand() -> None:
    score, fired = np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.array([1, 0, 0, 1, 1], bool)
    assert regret_at(score, fired, 0.4) == 0.5
    assert regret_at(score, fired, 0.6) == pytest.approx(1 / 3)
    # 2.5 items: the third counts a half.
    assert regret_at(score, fired, 0.5) == pytest.approx(1 / 2.5)


def test_ties_are_broken_by_expectation() -> None:
    fired = np.array([1, 0, 0, 0, 1], bool)
    assert regret_at(np.zeros(5), fired, 0.4) == pytest.approx(0.4)
    assert auc(np.zeros(5), fired) == 0.5


def test_auc_by_hand() -> None:
    # Pairs (fired, not): 0.9 beats both, 0.4 beats 0.2 and ties 0.4.
    score, fired = np.array([0.9, 0.4, 0.4, 0.2]), np.array([1, 1, 0, 0], bool)
    assert auc(score, fired) == pytest.approx((2 + 1.5) / 4)
    assert np.isnan(auc(score, np.ones(4, bool)))


def test_calibration_by_hand() -> None:
    chance, fired = np.repeat([0.1, 0.7], 10), np.arange(20) % 2 == 0
    assert reliability(chance, fired, 2) == [(pytest.approx(0.1), 0.5, 10), (0.7, 0.5, 10)]
    assert calibration_error(chance, fired, 2) == pytest.approx((0.4 + 0.2) / 2)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1), st.randoms())
def test_the_order_of_items_changes_no_figure(rows: list[tuple[int, bool]], chance: Any) -> None:
    turned = rows.copy()
    chance.shuffle(turned)
    figures = []
    for each in (rows, turned):
        score, fired = np.array([s / 5 for s, _ in each]), np.array([f for _, f in each])
        figures.append(
            (regret_at(score, fired, 0.4), auc(score, fired), calibration_error(score, fired))
        )
    assert np.allclose(*figures, equal_nan=True)


def test_cuts_lie_on_a_grid_from_the_first_row_and_have_a_complete_horizon() -> None:
    # The first cut knows days 0 to 299; the last horizon ends before day 900, the log's last.
    assert cut_days(SMALL, 901) == [419, 479, 539, 599, 659, 719, 779, 839]
    assert cut_days(SMALL, 870) == [419, 479, 539, 599, 659, 719, 779]
    phased = Plan(300, 60, 30, phase_days=7, train_cuts=2)
    assert cut_days(phased, 870)[0] == 426


def test_fewer_than_three_cuts_give_no_figure() -> None:
    with pytest.raises(TooFewCutsError, match="only 2 cuts with a complete horizon"):
        backtest_events(stream(days=520), SMALL)


def test_what_scripts_read() -> None:
    past = stream()
    answer = json.loads(json.dumps(backtest_events(past, SMALL).as_json(), allow_nan=False))
    assert answer["schema"] == "auditor.backtest/1"
    assert (answer["cuts"], answer["item_cuts"]) == (10, 10 * 40)
    assert {"auditor", "hit-in-30d", "hit-in-90d", "days-since-hit", "decay-90d"} <= set(
        answer["predictors"]
    )
    ours, naive = answer["predictors"]["auditor"], answer["predictors"]["days-since-hit"]
    assert set(ours["regret"]) == {"0.4", "0.6"} == set(ours["standard_error"]["regret"])
    assert 0.5 < ours["auc"] <= 1
    assert naive["calibration_error"] is None


def test_the_future_changes_no_earlier_score() -> None:
    # Another future from day 660 on: the cuts whose horizon ended by then are judged the same.
    one, other = (backtest_events(stream(until=until), SMALL) for until in (None, 660))
    early = [day <= 630 for day in one.cuts]
    assert sum(early) == 4
    for name, scored in one.predictors.items():
        again = other.predictors[name]
        assert np.array_equal(scored.regret[early], again.regret[early])
        assert not np.array_equal(scored.regret, again.regret) or name == "hit-in-2d"


def test_the_names_of_items_are_not_read() -> None:
    rows = [(n * DAY, "M", f"i{n * n % 23}") for n in range(700)]
    renamed = [(t, op, f"{(int(item[1:]) * 7) % 23:02d}-z") for t, op, item in rows]
    one, other = (backtest_events(history_of(r), SMALL) for r in (rows, renamed))
    for name, scored in one.predictors.items():
        assert np.allclose(scored.regret, other.predictors[name].regret)


def test_half_the_catalog_touched_in_one_day_is_no_trouble() -> None:
    rows = [(n * DAY // 3, "x", f"i{n * n % 61}") for n in range(2400)]
    rows += [(500 * DAY + 7, "sweep", f"i{n}") for n in range(0, 61, 2)]
    found = backtest_events(history_of(rows), SMALL).predictors["auditor"]
    assert np.isfinite(found.regret).all()
