"""One OTLP span and its resource to a `model.Span`, by the vocabulary table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from msgspec import Raw

from auditor.model import Kind, Origin, Span, ToolList
from auditor.receive import events, messages, tools, values
from auditor.receive.genai import VOCABULARY
from auditor.receive.sampling import weight_micros
from auditor.receive.values import Attributes, present
from auditor.receive.wire import WireSpan, check_ids, times_ns
from auditor.sdk import attributes as own

_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
_ORIGINS = frozenset(origin.value for origin in Origin)


@dataclass(frozen=True, slots=True)
class Reader:
    """What every span of one import is read with."""

    service: str = "unknown_service"
    """Of spans whose resource names none."""
    wanted: tuple[str, ...] = ()
    """Attributes that matchers and scopes ask for."""

    @classmethod
    def of(cls, service: str, wanted: frozenset[str]) -> Reader:
        """Keeps the `wanted` attributes, save those that hold message text."""
        return cls(service, tuple(sorted(wanted - VOCABULARY.content)))


class Resource(NamedTuple):
    """What a resource says about all its spans."""

    service: str
    environment: str
    attributes: Mapping[str, str]
    """Only the wanted ones."""


def read_resource(attributes: Attributes, reader: Reader) -> Resource:
    """Reads the attributes of a resource."""
    return Resource(
        values.first_text(attributes, ("service.name",)) or reader.service,
        _origin(attributes) or values.first_text(attributes, _ENVIRONMENT),
        _wanted(attributes, reader),
    )


def read_span(wire: WireSpan, resource: Resource, reader: Reader) -> Span:
    """Reads one span; raises `BadSpanError` when it has no usable ids or times."""
    check_ids(wire)
    start_ns, end_ns = times_ns(wire)
    attributes = values.by_key(wire.attributes)
    kind = _kind(attributes)
    span = Span(
        wire.trace_id.lower(),
        wire.span_id.lower(),
        _parent(wire.parent_span_id),
        start_ns,
        end_ns,
        kind,
        resource.service,
        _origin(attributes) or resource.environment,
    )
    span.intact = not wire.dropped_attributes_count
    span.tags = _tags(attributes)
    if wire.trace_state:
        span.weight_micros = weight_micros(wire.trace_state)
    if kind is not Kind.OTHER:
        span.agent = values.first_text(attributes, VOCABULARY.agent)
        span.conversation = values.first_text(attributes, VOCABULARY.conversation)
        span.error = _failed(wire, attributes)
    if kind is Kind.CALL:
        span.attributes = {**resource.attributes, **_wanted(attributes, reader)}
        _read_call(span, wire, attributes)
    elif kind is Kind.TOOL:
        _read_tool(span, attributes)
    elif kind is Kind.AGENT:
        names = VOCABULARY.offered + VOCABULARY.agent_offered
        span.tools_offered = _offered(attributes, names, span.intact)
    return span


def _read_call(span: Span, wire: WireSpan, attributes: Attributes) -> None:
    said = events.read(wire.events) if present(wire.events) else None
    if said and said.attributes:
        attributes = {**said.attributes, **attributes}
    span.model = values.first_text(attributes, VOCABULARY.model)
    span.response_id = values.first_text(attributes, VOCABULARY.response_id)
    span.prompt = values.first_text(attributes, VOCABULARY.prompt)
    span.input_tokens = values.first_count(attributes, VOCABULARY.input_tokens)
    span.output_tokens = values.first_count(attributes, VOCABULARY.output_tokens)
    written = values.first_text(attributes, VOCABULARY.output_format)
    span.json_output = written in VOCABULARY.json_formats
    spoken = _messages(attributes, VOCABULARY.input) or (said.input if said else None)
    span.steps = messages.steps(spoken) if spoken else None
    answers = _messages(attributes, VOCABULARY.output)
    _read_answers(span, attributes, answers if answers is not None or not said else said.output)
    on_span = any(name in attributes for name in VOCABULARY.input + VOCABULARY.output)
    if wire.dropped_events_count and (said or not on_span):
        span.intact = False
    span.tools_offered = _offered(attributes, VOCABULARY.offered, span.intact)


def _read_answers(
    span: Span, attributes: Attributes, answers: Sequence[messages.Message] | None
) -> None:
    finishes = _finishes(attributes)
    span.error = span.error or "error" in finishes
    output = None if answers is None else messages.output(answers, finishes)
    if output is not None:
        span.tools_called, span.tool_calls, span.output_whole = output


def _read_tool(span: Span, attributes: Attributes) -> None:
    span.tool = values.first_text(attributes, VOCABULARY.tool)
    span.call_id = values.first_text(attributes, VOCABULARY.call_id)
    if span.tool in VOCABULARY.not_tools:
        span.kind, span.tool = Kind.OTHER, ""


def _kind(attributes: Attributes) -> Kind:
    for attribute, kinds in VOCABULARY.kind.items():
        raw = attributes.get(attribute)
        if raw is not None:
            return kinds.get(values.text(raw), Kind.OTHER)
    return Kind.OTHER


def _parent(parent_id: str | None) -> str:
    if not parent_id or len(parent_id) != 16 or parent_id == "0000000000000000":
        return ""
    return parent_id.lower()


def _origin(attributes: Attributes) -> str:
    """`origin:NAME` where one is declared; a name that is none of ours means `test`."""
    raw = attributes.get(own.ORIGIN)
    name = values.text(raw).strip().lower() if raw is not None else ""
    if not name:
        return ""
    return f"origin:{name if name in _ORIGINS else Origin.TEST.value}"


def _failed(wire: WireSpan, attributes: Attributes) -> bool:
    if wire.status is not None and wire.status.is_error:
        return True
    return values.first_text(attributes, VOCABULARY.error) != ""


def _tags(attributes: Attributes) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for name in VOCABULARY.tags:
        raw = attributes.get(name)
        if raw is not None:
            found += values.strings(raw)
    return tuple(sorted({tag.strip() for tag in found} - {""})) if found else ()


def _wanted(attributes: Attributes, reader: Reader) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in reader.wanted:
        raw = attributes.get(name)
        value = values.scalar(raw) if raw is not None else None
        if value is not None:
            found[name] = value
    return found


def _messages(attributes: Attributes, names: Sequence[str]) -> list[messages.Message] | None:
    for name in names:
        raw = attributes.get(name)
        if raw is not None:
            return messages.parse(values.json_text(raw))
    return None


def _finishes(attributes: Attributes) -> tuple[str, ...]:
    for name in VOCABULARY.finish:
        raw = attributes.get(name)
        if raw is not None:
            return _few_strings(bytes(raw))
    return ()


@lru_cache(maxsize=256)
def _few_strings(raw: bytes) -> tuple[str, ...]:
    return values.strings(Raw(raw))


def _offered(attributes: Attributes, names: Sequence[str], intact: bool) -> ToolList | None:
    found = None
    for name in names:
        raw = attributes.get(name)
        if found is None and raw is not None:
            found = _definitions(bytes(raw))
    for name in VOCABULARY.names_offered:
        raw = attributes.get(name)
        if found is None and raw is not None:
            found = tools.from_names(values.strings(raw))
    return replace(found, whole=False) if found and not intact else found


@lru_cache(maxsize=256)
def _definitions(raw: bytes) -> ToolList | None:
    """The same few lists stand on every call: each is read once."""
    return tools.from_json(values.json_text(Raw(raw)))
