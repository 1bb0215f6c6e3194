"""Event logs: what is a birth, a hit, a retirement, traffic; and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.decide.events import BadEventsError, events_history, parse_events
from auditor.usage.history import History

DAY = 86_400
T0 = 1_600_000_200
"""2020-09-13T12:30:00Z: a day of the axis begins at 12:30, a UTC day at midnight."""


def log(*rows: tuple[float, str, str]) -> History:
    """A history of rows (days after the first row, op, item)."""
    lines = [f"{T0 + round(day * DAY)}\t{op}\t{item}" for day, op, item in rows]
    return events_history(parse_events(lines, "log"))


def hits(history: History, item: str) -> list[int]:
    return history.day[history.item == history.ids.index(item)].tolist()


def test_the_first_row_is_the_birth_and_a_row_on_a_later_day_a_hit() -> None:
    history = log((0, "A", "a"), (0.1, "M", "a"), (3, "M", "a"), (3.1, "M", "a"), (9, "M", "b"))
    assert history.birth.tolist() == [0, 9]
    assert hits(history, "a") == [3]


def test_a_day_is_a_utc_day() -> None:
    # 12:30 and 11:30 the next morning: one day of the axis, two of the calendar.
    history = log((0, "A", "a"), (23 / 24, "M", "a"), (2, "M", "a"))
    assert hits(history, "a") == [0, 2]


def test_any_op_but_d_is_a_hit_and_may_be_a_birth() -> None:
    history = log((0, "M", "a"), (1, "rename", "a"), (2, "A", "a"), (3, "D", "a"))
    assert (history.birth.tolist(), hits(history, "a")) == ([0], [1, 2])


def test_a_retired_item_leaves_the_catalog_until_it_is_seen_again() -> None:
    history = log((0, "A", "a"), (2, "D", "a"), (5, "A", "a"), (8, "D", "a"), (9, "A", "b"))
    there = [0 in history.catalog(day) for day in range(10)]
    assert there == [True, True, False, False, False, True, True, True, False, False]
    assert hits(history, "a") == [5]


def test_a_d_alone_is_no_birth() -> None:
    history = log((0, "D", "a"), (1, "A", "b"), (2, "D", "c"))
    assert list(history.ids) == ["b"]


def test_all_rows_are_the_traffic_of_every_item() -> None:
    history = log((0, "A", "a"), (1, "D", "x"), (1, "M", "b"), (4, "M", "a"))
    assert history.exposure.tolist() == [[1, 2, 0, 0, 1]]
    assert history.clock.tolist() == [0, 0]


@given(st.permutations(range(40)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    ops = "AMMDMX"
    lines = [f"{T0 + n * 7 * 3600}\t{ops[n * n % 6]}\titem{n * 5 % 7}" for n in range(40)]
    one, other = (
        events_history(parse_events(rows, "log")) for rows in (lines, [lines[n] for n in order])
    )
    assert one.ids == other.ids
    for field in ("birth", "item", "day", "exposure", "gone"):
        assert np.array_equal(getattr(one, field), getattr(other, field))


def test_every_fault_is_named_with_its_line() -> None:
    lines = ["1600000000\tA\ta", "soon\tM\ta", "", "1600000000 M a", "1600000000\tM\t"]
    with pytest.raises(BadEventsError) as error:
        parse_events(lines, "past.tsv")
    assert str(error.value).splitlines() == [
        "past.tsv:2: expected whole unix seconds, found 'soon'",
        "past.tsv:4: expected unix_seconds<TAB>op<TAB>item, found 0 tabs",
        "past.tsv:5: the item is empty",
    ]


def test_an_empty_log_and_one_in_milliseconds_are_faults() -> None:
    with pytest.raises(BadEventsError, match="no rows"):
        parse_events([], "past.tsv")
    with pytest.raises(BadEventsError, match="are its times in seconds"):
        parse_events(["1600000000000\tA\ta", "1700000000000\tM\ta"], "past.tsv")


def test_a_log_of_deletions_alone_is_a_fault() -> None:
    with pytest.raises(BadEventsError, match="no item is ever born"):
        parse_events(["1600000000\tD\ta"], "past.tsv")
