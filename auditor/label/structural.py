"""Labels that the shape of a call gives, one function a family of `model.STRUCTURAL`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from auditor.model import LONG_CONTEXT_TOKENS, Source, Span

Hit = tuple[str, Source]

_STEPS = ((1, "steps.1"), (3, "steps.2-3"), (5, "steps.4-5"))
_MANY_STEPS: Hit = ("steps.6+", Source.STEPS)
_FORMAT: Hit = ("format.json-schema", Source.FORMAT)
_PARALLEL: Hit = ("calls.parallel", Source.PARALLEL)
_LONG: Hit = ("context.long", Source.CONTEXT)


@lru_cache(maxsize=4096)
def _tool_hit(name: str) -> Hit:
    return (f"tool.{name}", Source.TOOL)


@lru_cache(maxsize=64)
def _step_hit(steps: int) -> Hit:
    for last, name in _STEPS:
        if steps <= last:
            return (name, Source.STEPS)
    return _MANY_STEPS


def _tools(span: Span) -> Iterable[Hit]:
    return map(_tool_hit, span.tools_called or ())


def _prompt(span: Span) -> Iterable[Hit]:
    return ((f"prompt.{span.prompt}", Source.PROMPT),) if span.prompt else ()


def _format(span: Span) -> Iterable[Hit]:
    return (_FORMAT,) if span.json_output else ()


def _parallel(span: Span) -> Iterable[Hit]:
    return (_PARALLEL,) if span.tool_calls > 1 else ()


def _steps(span: Span) -> Iterable[Hit]:
    return (_step_hit(span.steps),) if span.steps is not None else ()


def _context(span: Span) -> Iterable[Hit]:
    return (_LONG,) if (span.input_tokens or 0) >= LONG_CONTEXT_TOKENS else ()


FAMILIES: Mapping[Source, Callable[[Span], Iterable[Hit]]] = {
    Source.TOOL: _tools,
    Source.PROMPT: _prompt,
    Source.FORMAT: _format,
    Source.PARALLEL: _parallel,
    Source.STEPS: _steps,
    Source.CONTEXT: _context,
}
"""The labeller of each structural source; a test holds it against `model.STRUCTURAL`."""


def hits(span: Span) -> list[Hit]:
    """Every structural hit of one call, distinct by construction."""
    found: list[Hit] = []
    for labeller in FAMILIES.values():
        found.extend(labeller(span))
    return found
