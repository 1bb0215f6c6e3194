"""Groups of spans in, each once; what fails leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.store import Appended, Writer, open_reader
from tests.store.spans import HOUR, call, other, tools


def test_what_came_before_is_a_duplicate(tmp_path: Path) -> None:
    spans = [call(1), call(2, 1), other(3)]
    with Writer(tmp_path / "s.duckdb") as writer:
        assert writer.append(spans) == Appended(3, 0, 2, 0)
        assert writer.append([*spans, call(4, 2), call(4, 2)]) == Appended(1, 4, 1, 3)


def test_a_second_opening_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    for number in (1, 2):
        with Writer(path) as writer:
            writer.append([call(number, called=("pay",), offered=tools("pay"))])
    reader = open_reader(path)
    assert reader.frames.counters["hits"].sum() == 2
    assert reader.frames.definitions.select("service", "tool", "chars").rows() == [
        ("app", "pay", 100)
    ]


def test_a_group_that_fails_leaves_nothing_and_the_next_one_counts(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    unknown_list = tools("new")
    with Writer(path) as writer:
        bad = call(1, offered=unknown_list)
        bad.trace_id = "no hex at all"
        with pytest.raises(ValueError, match=r"hex|literal"):
            writer.append([call(2, offered=unknown_list), bad])
        assert writer.append([call(3, offered=unknown_list)]).spans == 1
    reader = open_reader(path)
    assert reader.status()["calls"] == 1
    assert reader.frames.counters["observed"].sum() == 1


def test_times_are_whole_nanoseconds_from_end_to_end(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Writer(path) as writer:
        writer.append([call(1, HOUR + 1, called=("a",)), call(1, HOUR + 2, called=("a",))])
    counters = open_reader(path).frames.counters
    assert counters["last_ns"].item() - counters["first_ns"].item() == 1


def test_names_from_strangers_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Writer(path) as writer:
        writer.append([call(1, service="s" * 5000, called=("t" * 5000,))])
    counters = open_reader(path).frames.counters
    assert len(counters["service"].item()) == len(counters["capability"].item()) == 256
