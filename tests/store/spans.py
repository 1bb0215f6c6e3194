"""Spans for tests, built in a line."""

from __future__ import annotations

from typing import Any

from auditor.model import DAY_NS, Kind, Source, Span, ToolList

DAY = 20_500 * DAY_NS
"""Midnight of 2026-02-16, in nanoseconds."""
HOUR = 3_600_000_000_000
SECOND = 1_000_000_000


def tools(*names: str, whole: bool = True) -> ToolList:
    return ToolList(tuple(sorted(names)), (100,) * len(names), whole)


def call(
    span: int,
    at: int = 0,
    *,
    trace: int = 1,
    parent: int = 0,
    called: tuple[str, ...] | None = (),
    offered: ToolList | None = None,
    kind: Kind = Kind.CALL,
    **facts: Any,
) -> Span:
    """A span `at` nanoseconds after the first day's midnight."""
    made = Span(
        trace_id=f"{trace:032x}",
        span_id=f"{span:016x}",
        parent_id=f"{parent:016x}" if parent else "",
        start_ns=DAY + at,
        end_ns=DAY + at + SECOND,
        kind=kind,
        service=facts.pop("service", "app"),
        environment=facts.pop("environment", "production"),
        tools_called=called,
        tools_offered=offered,
        **facts,
    )
    hits = [(f"tool.{name}", Source.TOOL) for name in called or ()]
    hits += [(tag, Source.TAG) for tag in made.tags]
    if made.steps is not None and kind is Kind.CALL:
        hits.append((f"steps.{min(made.steps, 6)}", Source.STEPS))
    made.hits = tuple(hits)
    return made


def agent(span: int, at: int = 0, **facts: Any) -> Span:
    return call(span, at, kind=Kind.AGENT, called=None, **facts)


def other(span: int, at: int = 0, **facts: Any) -> Span:
    return call(span, at, kind=Kind.OTHER, called=None, **facts)


def tool_run(span: int, name: str, at: int = 0, **facts: Any) -> Span:
    return call(span, at, kind=Kind.TOOL, called=None, tool=name, **facts)
