"""Named queries over the store: the only way in which anything is read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from auditor.errors import StoreError
from auditor.store.connect import open_store
from auditor.store.writer import Writer

COUNTED = ("counters", "calls", "coverage")


class Frames(NamedTuple):
    """What an audit reads, as polars frames with the columns of `schema.SCHEMA`."""

    counters: pl.DataFrame
    calls: pl.DataFrame
    coverage: pl.DataFrame
    together: pl.DataFrame
    definitions: pl.DataFrame
    """day, service, tool, chars: the first day of each size of a tool's definition."""


class Reader:
    """Copies of what one store held at the moment it was opened; the file is let go at once."""

    def __init__(self, frames: Frames, status: dict[str, Any]) -> None:
        self.frames = frames
        self._status = status

    def status(self) -> dict[str, Any]:
        """What the store holds, as the JSON of `auditor status` has it."""
        return self._status

    def digest(self) -> str:
        """Names the counts: the same for every delivery of the same spans."""
        return digest(self.frames)


def digest(frames: Frames) -> str:
    """A name for the counts in some frames, whatever the order of their rows."""
    sha = hashlib.sha256()
    for table in COUNTED:
        frame: pl.DataFrame = getattr(frames, table)
        ordered = frame.select(sorted(frame.columns)).sort(sorted(frame.columns))
        sha.update(ordered.write_csv().encode())
    return sha.hexdigest()[:16]


def open_reader(path: Path) -> Reader:
    """Read the store at `path`, settling first what has come since it was last read.

    Raises:
        StoreError: there is no store, it is held by another process, or it cannot be read.
    """
    if not path.exists():
        raise StoreError(f"{path} does not exist yet: `auditor import FILE...` makes it")
    con = open_store(path, read_only=True)
    try:
        behind = con.execute(
            "SELECT (SELECT coalesce(max(number), 0) FROM groups) >"
            " (SELECT value::BIGINT FROM meta WHERE key = 'settled')"
        ).fetchall()[0][0]
        if not behind:
            return _copy(con, path)
    finally:
        con.close()
    with Writer(path) as writer:
        writer.settle()
    return open_reader(path)


def _copy(con: Any, path: Path) -> Reader:
    def table(name: str) -> pl.DataFrame:
        return pl.DataFrame(con.sql(f"SELECT * FROM {name}"))

    definitions = pl.DataFrame(
        con.sql(
            "SELECT min(day) AS day, service, tool, chars FROM lists JOIN ("
            "  SELECT toolset, unnest(names) AS tool, unnest(sizes) AS chars FROM toolsets"
            ") USING (toolset) GROUP BY service, tool, chars"
        )
    )
    frames = Frames(
        table("counters"),
        table("calls"),
        table("coverage"),
        table("together"),
        definitions,
    )
    spans, duplicates, rejected = con.execute(
        "SELECT coalesce(sum(spans), 0), coalesce(sum(duplicates), 0),"
        " coalesce(sum(rejected), 0) FROM groups"
    ).fetchall()[0]
    status = _status(frames, path)
    status.update(spans=int(spans), duplicates=int(duplicates), rejected=int(rejected))
    status.update(digest=digest(frames))
    return Reader(frames, status)


def _status(frames: Frames, path: Path) -> dict[str, Any]:
    calls = frames.calls
    services = (
        calls.group_by("service")
        .agg(
            pl.col("calls", "errors").sum(),
            pl.col("list_known").sum().alias("calls_with_known_offers"),
            pl.col("input_tokens", "output_tokens").sum(),
        )
        .sort("calls", "service", descending=[True, False])
    )
    return {
        "calls": int(calls["calls"].sum()),
        "first_call": _when(calls["first_call_ns"].min()),
        "last_call": _when(calls["last_call_ns"].max()),
        "size_bytes": path.stat().st_size,
        "covered_days": frames.coverage["day"].n_unique(),
        "services": services.to_dicts(),
    }


def _when(ns: Any) -> str | None:
    if ns is None:
        return None
    return datetime.fromtimestamp(ns // 1_000_000_000, UTC).isoformat().replace("+00:00", "Z")
