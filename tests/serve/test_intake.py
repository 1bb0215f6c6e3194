"""Files into the store: the good lines of a bad file count, and nothing counts twice."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.model import Capability, Matcher, Place
from auditor.serve.intake import import_files
from auditor.store import open_reader


def conversation(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "id": f"c{number}",
        "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
        "created": 1_770_000_000 + number,
        **facts,
    }


def lines(*rows: object) -> str:
    return "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows)


def test_good_lines_of_a_bad_file_count(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(lines(conversation(1), '{"messages": [', conversation(2)))
    imported = import_files([log], tmp_path / "s.duckdb", ())
    assert (imported.new_calls, imported.rejected) == (2, 1)
    assert "log.jsonl:2" in imported.faults[0]


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(lines(*(conversation(n) for n in range(10))))
    import_files([log], tmp_path / "s.duckdb", ())
    copy = tmp_path / "copy.jsonl"
    copy.write_text(log.read_text())
    again = import_files([log, copy], tmp_path / "s.duckdb", ())
    assert (again.calls, again.new_calls, again.duplicate_calls) == (20, 0, 20)


def test_an_interrupted_import_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.serve.intake.GROUP_SPANS", 4)
    log, store = tmp_path / "log.jsonl", tmp_path / "s.duckdb"
    log.write_text(lines(*(conversation(n) for n in range(40))))
    seen = []

    def interrupt(read: int) -> None:
        seen.append(read)
        if len(seen) > 1:
            raise KeyboardInterrupt

    log2 = tmp_path / "more.jsonl"
    log2.write_text(lines(conversation(99)))
    with pytest.raises(KeyboardInterrupt):
        import_files([log, log2], store, (), on_progress=interrupt)
    resumed = import_files([log, log2], store, ())
    assert resumed.calls == 41
    assert 0 < resumed.new_calls < 41
    assert open_reader(store).status()["calls"] == 41


def test_a_truncated_gzip_keeps_what_was_whole(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    whole = gzip.compress(lines(*(conversation(n) for n in range(2000))).encode())
    log.write_bytes(whole[: len(whole) // 2])
    imported = import_files([log], tmp_path / "s.duckdb", ())
    assert 0 < imported.new_calls < 2000
    assert imported.rejected == 1
    assert "log.jsonl.gz" in imported.faults[0]


def test_progress_is_told_in_bytes_of_the_files(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(lines(*(conversation(n) for n in range(5000))))
    told: list[int] = []
    import_files([log], tmp_path / "s.duckdb", (), on_progress=told.append)
    assert sum(told) == log.stat().st_size


def digest(tmp_path: Path, name: str, *imports: list[dict[str, Any]]) -> str:
    """Of a new store after one import for each list of conversations."""
    store = tmp_path / f"{name}.duckdb"
    for number, conversations in enumerate(imports):
        log = tmp_path / f"{name}-{number}.jsonl"
        log.write_text(lines(*conversations))
        import_files([log], store, ())
    return open_reader(store).digest()


def test_last_years_file_twice_and_a_second_service_give_one_digest(tmp_path: Path) -> None:
    last_year = [conversation(n, created=1_740_000_000 + n * 40_000) for n in range(30)]
    second = [conversation(n, created=1_740_000_000 + n * 50_000, service="b") for n in range(30)]
    one_way = digest(tmp_path, "one", last_year, last_year, second)
    assert digest(tmp_path, "other", second, last_year) == one_way
    assert (
        digest(tmp_path, "pieces", second[20:], last_year[::2], second[:20], last_year) == one_way
    )
    assert digest(tmp_path, "half", last_year) != one_way


def test_a_catalog_edit_starts_a_new_exposure_clock_for_what_it_touches(tmp_path: Path) -> None:
    store = tmp_path / "s.duckdb"
    for number, pattern in enumerate(("chat", "chat", "other")):
        catalog = [
            Capability(
                "feature", Place("c", 1), match=Matcher("gen_ai.operation.name", equals=pattern)
            )
        ]
        traces = tmp_path / f"{number}.jsonl"
        traces.write_text(lines(otlp_call(number)))
        import_files([traces], store, catalog)
    counters = open_reader(store).frames.counters
    told = sorted(counters.select("hits", "accounted").iter_rows())
    assert told == [(0, 1), (2, 2)]


def otlp_call(number: int) -> dict[str, Any]:
    span = {
        "traceId": f"{number + 1:032x}",
        "spanId": f"{number + 1:016x}",
        "name": "chat",
        "startTimeUnixNano": str(1_770_000_000 * 10**9),
        "endTimeUnixNano": str(1_770_000_001 * 10**9),
        "attributes": [{"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}],
    }
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
