"""Opening a store that is missing, foreign, newer, broken or held."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from auditor.errors import ExitCode, StoreBusyError, StoreError, StoreTooNewError
from auditor.store import Writer, connect, open_reader
from tests.store.spans import call


def test_a_missing_store_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="auditor import FILE"):
        open_reader(tmp_path / "none.duckdb")
    assert not (tmp_path / "none.duckdb").exists()


def test_a_newer_store_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Writer(path).close()
    with duckdb.connect(path) as con:
        con.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreTooNewError, match="schema 99, and this version knows up to 1"):
        Writer(path)
    assert StoreTooNewError.exit_code == ExitCode.STORE


@pytest.mark.parametrize("content", [b"not a database at all, but text" * 200, b"x"])
def test_a_file_that_is_no_database_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "s.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"s\.duckdb cannot be opened as a store"):
        open_reader(path)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(StoreError, match="no store of this tool"):
        open_reader(path)


HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held'); sys.stdin.read()"


def test_a_held_store_names_its_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "PATIENCE_SECONDS", 0.2)
    path = tmp_path / "s.duckdb"
    Writer(path).close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusyError, match=f"process {holder.pid}"):
            open_reader(path)
        holder.communicate()
    assert open_reader(path).status()["calls"] == 0


def test_reading_settles_what_has_come(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Writer(path) as writer:
        writer.append([call(1, called=("pay",))])
        assert writer.unsettled
    assert open_reader(path).frames.counters["hits"].sum() == 1
    with Writer(path) as writer:
        assert not writer.unsettled


def test_status_tells_services_apart_and_counts_every_origin(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Writer(path) as writer:
        writer.append([call(1, environment="ci", error=True), call(2, 1, service="web")], 3)
        writer.append([call(1, environment="ci", error=True)])
    status = open_reader(path).status()
    assert (status["calls"], status["duplicates"], status["rejected"]) == (2, 1, 3)
    assert [(s["service"], s["errors"]) for s in status["services"]] == [("app", 1), ("web", 0)]
    assert status["first_call"] == "2026-02-16T00:00:00Z"
