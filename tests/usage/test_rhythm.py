"""Rhythms: found after four periods, due within the horizon, and not undone by a stray."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from auditor.usage.history import chosen
from auditor.usage.rhythm import rhythms
from tests.usage.past import by_hand

START = date(1970, 1, 1) + timedelta(days=20_000)


def found(days: list[int], as_of: int, cadence: float | None = None, horizon: int = 90) -> float:
    past = by_hand({"a": days}, as_of + 1, cadence=cadence)
    items = np.array([0])
    return float(rhythms(past, items, chosen(past, items, as_of), as_of, horizon)[0])


def ends(months: list[int], year: int = 2025) -> list[int]:
    """Days of the axis of the last days of months counted from January of `year`."""
    firsts = [date(year + (m + 1) // 12, (m + 1) % 12 + 1, 1) for m in months]
    return [(first - timedelta(days=1) - START).days for first in firsts]


@pytest.mark.parametrize("period", [7, 30, 60, 90])
def test_four_periods_make_a_rhythm_and_three_do_not(period: int) -> None:
    days = [10 + period * n for n in range(5)]
    assert found(days, days[-1] + 3) == 1
    assert found(days[1:], days[-1] + 3) == 0


def test_month_ends_and_quarter_ends_are_rhythms() -> None:
    monthly, quarterly = ends([0, 1, 2, 3, 4]), ends([2, 5, 8, 11, 14])
    assert found(monthly, monthly[-1] + 20) == 1
    assert found(quarterly, quarterly[-1] + 60) == 1


def test_a_rhythm_that_missed_its_beat_has_ended() -> None:
    days = [10 + 30 * n for n in range(6)]
    assert found(days, days[-1] + 45) == 0


def test_a_stray_after_the_beat_does_not_undo_it() -> None:
    days = [10 + 30 * n for n in range(6)]
    assert found([*days, days[-1] + 9], days[-1] + 10) == 1


def test_a_declared_cadence_counts_when_it_is_due_within_the_horizon() -> None:
    days = [10 + 180 * n for n in range(5)]
    assert found(days, days[-1] + 100) == 0
    assert found(days, days[-1] + 100, cadence=180.0) == 1
    assert found(days, days[-1] + 10, cadence=180.0) == 0
