"""Spans as the rows that the store appends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Final

import polars as pl

from auditor.model import DAY_NS, Source, Span

MAX_NAME: Final = 256
"""Characters kept of a name that a stranger chose."""

SPAN_COLUMNS: Final[dict[str, Any]] = {
    "trace_hi": pl.UInt64,
    "trace_lo": pl.UInt64,
    "span": pl.UInt64,
    "parent": pl.UInt64,
    "start_ns": pl.Int64,
    "end_ns": pl.Int64,
    "day": pl.Int32,
    "kind": pl.UInt8,
    "service": pl.String,
    "model": pl.String,
    "environment": pl.String,
    "agent": pl.String,
    "conversation": pl.UInt64,
    "tool": pl.String,
    "error": pl.Boolean,
    "weight": pl.Int64,
    "input_tokens": pl.Int64,
    "output_tokens": pl.Int64,
    "intact": pl.Boolean,
    "output_known": pl.Boolean,
    "input_known": pl.Boolean,
    "toolset": pl.Int32,
    "mix": pl.Int32,
    "labelset": pl.Int32,
}

Intern = Callable[[Span], "int | None"]
"""The number that the store gave to something that many spans share; None: nothing there."""


class Arrow:
    """A polars frame for DuckDB to read by the Arrow C stream, which needs no pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


def conversation_hasher(key: bytes) -> Callable[[str], int | None]:
    """A keyed hash of conversation ids, 64 bits; '' has none. Remembers the recent ones."""
    known: dict[str, int] = {}

    def hashed(name: str) -> int | None:
        if not name:
            return None
        found = known.get(name)
        if found is None:
            if len(known) > 100_000:
                known.clear()
            digest = hashlib.blake2b(name.encode(), key=key, digest_size=8).digest()
            found = known[name] = int.from_bytes(digest, "big")
        return found

    return hashed


def span_frame(
    spans: Sequence[Span],
    hashed: Callable[[str], int | None],
    toolset: Intern,
    mix: Intern,
    labelset: Intern,
) -> pl.DataFrame:
    """One row a span, in the order given, with the columns of `spans`."""
    columns: dict[str, list[Any]] = {
        "trace_hi": [int(s.trace_id[:16], 16) for s in spans],
        "trace_lo": [int(s.trace_id[16:], 16) for s in spans],
        "span": [int(s.span_id, 16) for s in spans],
        "parent": [int(s.parent_id, 16) if s.parent_id else 0 for s in spans],
        "start_ns": [s.start_ns for s in spans],
        "end_ns": [s.end_ns for s in spans],
        "day": [s.start_ns // DAY_NS for s in spans],
        "kind": [int(s.kind) for s in spans],
        "service": [s.service[:MAX_NAME] for s in spans],
        "model": [s.model[:MAX_NAME] for s in spans],
        "environment": [s.environment[:MAX_NAME] for s in spans],
        "agent": [s.agent[:MAX_NAME] for s in spans],
        "conversation": [hashed(s.conversation) for s in spans],
        "tool": [s.tool[:MAX_NAME] for s in spans],
        "error": [s.error for s in spans],
        "weight": [s.weight_micros for s in spans],
        "input_tokens": [s.input_tokens for s in spans],
        "output_tokens": [s.output_tokens for s in spans],
        "intact": [s.intact for s in spans],
        "output_known": [s.tools_called is not None and s.output_whole for s in spans],
        "input_known": [s.steps is not None for s in spans],
        "toolset": [toolset(s) for s in spans],
        "mix": [mix(s) for s in spans],
        "labelset": [labelset(s) for s in spans],
    }
    frame = pl.DataFrame(columns, schema=SPAN_COLUMNS)
    return frame.with_columns(pl.col("day").cast(pl.Date))


def labels(span: Span) -> tuple[tuple[str, str, str], ...]:
    """(capability, source, matcher digest) of a span, each capability once; a tag comes first."""
    named: dict[str, tuple[str, str, str]] = {}
    for capability, source in sorted(span.hits, key=_tags_first):
        name = capability[:MAX_NAME]
        matcher = _digest(span, capability) if source is Source.MATCHER else ""
        named.setdefault(name, (name, source.value, matcher))
    return tuple(sorted(named.values()))


def _tags_first(hit: tuple[str, Source]) -> bool:
    return hit[1] is not Source.TAG


def _digest(span: Span, capability: str) -> str:
    read = span.labelset.read if span.labelset else ()
    return next((digest for name, digest, _ in read if name == capability), "")
