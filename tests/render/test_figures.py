"""How figures are written: short, and never more certain than they are."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime
from types import ModuleType

import pytest

from auditor.render import names, numbers, sparkline
from auditor.render.numbers import count, day, money, number, share


@pytest.mark.parametrize("module", [names, numbers, sparkline])
def test_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_what_cannot_be_said_is_a_dash_and_never_a_zero() -> None:
    assert {count(None), share(None), money(None, "USD"), day(None)} == {"-"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.0999, "10.0%"), (0.5, "50%"), (0.994, "99.4%"), (0.9991, ">99.9%")],
)
def test_a_share_that_is_not_all_is_not_written_as_all(value: float, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "$0"), (0.004, "<$0.01"), (99.5, "$99.50"), (96_036.4, "$96,036"), (1.14e6, "$1.14M")],
)
def test_money_is_written_to_the_cent_while_it_is_small(value: float, text: str) -> None:
    assert money(value, "USD") == text


def test_a_formula_shows_counts_whole_and_measures_with_four_digits() -> None:
    assert [number(n) for n in (101_234, 50_617.4, 2.76773, 0.31)] == [
        "101,234",
        "50,617",
        "2.768",
        "0.31",
    ]


def test_a_time_is_shown_as_its_day() -> None:
    assert day(datetime(2026, 11, 24, 23, 59, tzinfo=UTC)) == day(date(2026, 11, 24))


def test_one_call_among_thousands_is_not_drawn_as_none() -> None:
    assert sparkline.sparkline([0, 1, 100_000], [True] * 3) == "·▁█"
