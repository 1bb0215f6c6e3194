"""A vocabulary is a table: which attribute holds which fact, in one convention for spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from auditor.model import Kind


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Attribute names by fact, each in the order of preference: the first that holds one wins."""

    kind: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    """Attribute -> its values that mean something; any other value is `Kind.OTHER`."""
    not_tools: tuple[str, ...] = ()
    """Names under which a framework writes a span that ran no tool."""
    agent: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    conversation: tuple[str, ...] = ()
    response_id: tuple[str, ...] = ()
    tool: tuple[str, ...] = ()
    call_id: tuple[str, ...] = ()
    prompt: tuple[str, ...] = ()
    input_tokens: tuple[str, ...] = ()
    output_tokens: tuple[str, ...] = ()
    output_format: tuple[str, ...] = ()
    json_formats: tuple[str, ...] = ()
    """Values of `output_format` that mean a JSON output."""
    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    """System instructions: never read, named so that no matcher reads them either."""
    offered: tuple[str, ...] = ()
    """Tool definitions."""
    agent_offered: tuple[str, ...] = ()
    """Tool lists that stand on agent spans only."""
    error: tuple[str, ...] = ()
    finish: tuple[str, ...] = ()
    details_events: tuple[str, ...] = ()
    """Span events whose attributes are those of the span itself."""
    message_events: Mapping[str, str] = field(default_factory=dict)
    """Span events that hold one message each -> its role; the empty role is the answer."""
    tags: tuple[str, ...] = ()
    names_offered: tuple[str, ...] = ()
    """Plain names of offered tools, read where no definitions are recorded."""

    @property
    def content(self) -> frozenset[str]:
        """Attributes that hold message text, which must not leave the receiver."""
        return frozenset(self.input + self.output + self.system)


def merge(vocabularies: Sequence[Vocabulary]) -> Vocabulary:
    """One table that reads every given vocabulary; the earlier one is preferred."""
    merged: dict[str, Any] = {}
    for column in fields(Vocabulary):
        values = [getattr(vocabulary, column.name) for vocabulary in vocabularies]
        if isinstance(values[0], tuple):
            merged[column.name] = tuple(dict.fromkeys(name for names in values for name in names))
        else:
            merged[column.name] = {k: v for table in reversed(values) for k, v in table.items()}
    return Vocabulary(**merged)
