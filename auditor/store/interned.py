"""What many spans share, stored once: tool lists, sets of capabilities, matchers read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

import duckdb

from auditor.model import Span, ToolList
from auditor.store.rows import labels

REMEMBERED: Final = 100_000
"""Entries kept in memory of each table. A forgotten one is stored again under a new number."""


class Interned:
    """One table of shared values: gives each span the number of its own, storing it once."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        key: Callable[[Span], Hashable],
        row: Callable[[Span], list[Any]],
    ) -> None:
        self._con, self._table, self._key, self._row = con, table, key, row
        self._known: dict[Hashable, int] = {}
        self._column = {"mixes": "mix", "toolsets": "toolset", "labelsets": "labelset"}[table]
        self.forget()

    def forget(self) -> None:
        """After a rollback: numbers given since the last commit are not in the store."""
        self._known.clear()
        self._next: int = (
            self._con.execute(
                f"SELECT coalesce(max({self._column}), 0) FROM {self._table}"
            ).fetchall()[0][0]
            + 1
        )

    def __call__(self, span: Span) -> int | None:
        """The number of what `span` carries, None where it carries nothing."""
        key = self._key(span)
        if not key:
            return None
        number = self._known.get(key)
        if number is None:
            number = self._store(key, span)
        return number

    def _store(self, key: Hashable, span: Span) -> int:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        number = self._known[key] = self._next
        self._next += 1
        row = [number, *self._row(span)]
        self._con.execute(f"INSERT INTO {self._table} VALUES ({', '.join('?' for _ in row)})", row)
        return number


def toolsets(con: duckdb.DuckDBPyConnection) -> Interned:
    """The lists of offered tools; a list that is known and empty is a list."""

    def row(span: Span) -> list[Any]:
        tools = span.tools_offered or ToolList((), ())
        return [tools.whole, list(tools.names), list(tools.sizes)]

    return Interned(con, "toolsets", lambda span: span.tools_offered, row)


def mixes(con: duckdb.DuckDBPyConnection) -> Interned:
    """The sets of capabilities that spans name."""

    def row(span: Span) -> list[Any]:
        return [list(part) for part in zip(*labels(span), strict=True)]

    return Interned(con, "mixes", lambda span: span.hits and (span.hits, span.labelset), row)


def labelsets(con: duckdb.DuckDBPyConnection) -> Interned:
    """Which matchers read a call, and for which it was in scope."""

    def row(span: Span) -> list[Any]:
        read = span.labelset.read if span.labelset else ()
        return [list(part) for part in zip(*read, strict=True)]

    return Interned(con, "labelsets", lambda span: span.labelset, row)
