"""Appending spans: one transaction a group, each span once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import polars as pl

from auditor.model import Kind, Span
from auditor.store.connect import open_store
from auditor.store.interned import labelsets, mixes, toolsets
from auditor.store.rows import Arrow, conversation_hasher, span_frame
from auditor.store.settle import settle

GROUP_SPANS: Final = 8192
"""The most spans that one transaction takes."""

KEY: Final = ["trace_hi", "trace_lo", "span", "start_ns"]


class Appended(NamedTuple):
    """What became of the spans of one group."""

    spans: int
    duplicates: int
    calls: int
    duplicate_calls: int


class Writer:
    """The store's one owner: appends groups of spans and settles the counters."""

    def __init__(self, path: Path) -> None:
        self._con = open_store(path)
        meta = dict(self._con.execute("SELECT key, value FROM meta").fetchall())
        self._hashed = conversation_hasher(bytes.fromhex(meta["key"]))
        self._settled = int(meta["settled"])
        self._group: int = self._con.execute(
            "SELECT coalesce(max(number), 0) FROM groups"
        ).fetchall()[0][0]
        self._toolsets = toolsets(self._con)
        self._mixes = mixes(self._con)
        self._labelsets = labelsets(self._con)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()

    @property
    def unsettled(self) -> bool:
        """Whether rows have come that the counters do not hold yet."""
        return self._group > self._settled

    def append(self, spans: Sequence[Span], rejected: int = 0) -> Appended:
        """Append what is new of at most `GROUP_SPANS` spans, all of them or none.

        A span that the store holds already, by trace id, span id and start, is counted as a
        duplicate and changes nothing.
        """
        self._con.execute("BEGIN")
        try:
            rows = span_frame(spans, self._hashed, self._toolsets, self._mixes, self._labelsets)
            number = self._group + 1
            new = self._fresh(rows).with_columns(pl.lit(number, pl.Int64).alias("group_number"))
            self._insert("spans", new)
            duplicates = len(rows) - len(new)
            self._con.execute(
                "INSERT INTO groups VALUES (?, ?, ?, ?)", [number, len(new), duplicates, rejected]
            )
            self._con.execute("COMMIT")
        except BaseException:
            self._con.execute("ROLLBACK")
            for table in (self._toolsets, self._mixes, self._labelsets):
                table.forget()
            raise
        self._group = number
        calls, new_calls = (int((f["kind"] == Kind.CALL).sum()) for f in (rows, new))
        return Appended(len(new), duplicates, new_calls, calls - new_calls)

    def settle(self) -> None:
        """Bring the counters up to the last group."""
        if self.unsettled:
            settle(self._con, self._settled, self._group)
            self._settled = self._group

    def _fresh(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows whose key is neither twice in the group nor in the store."""
        rows = rows.unique(KEY, keep="first", maintain_order=True)
        if not self._group or not len(rows):
            return rows
        starts = rows["start_ns"].sort()
        self._con.register("incoming", Arrow(rows.select(KEY)))
        # The range as literals lets DuckDB skip what lies outside it.
        known = pl.DataFrame(
            self._con.sql(
                "SELECT trace_hi, trace_lo, span, start_ns FROM spans"
                " SEMI JOIN incoming USING (trace_hi, trace_lo, span, start_ns)"
                f" WHERE start_ns BETWEEN {starts[0]} AND {starts[-1]}"
            )
        )
        self._con.unregister("incoming")
        return rows.join(known, on=KEY, how="anti", maintain_order="left")

    def _insert(self, table: str, frame: pl.DataFrame) -> None:
        if len(frame):
            self._con.register("incoming", Arrow(frame))
            self._con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
            self._con.unregister("incoming")
