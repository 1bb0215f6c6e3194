"""A line of the OpenTelemetry Collector's file exporter: `{"resourceSpans": [...]}`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from msgspec import Raw, Struct

from auditor.model import Span
from auditor.receive import values
from auditor.receive.result import Read
from auditor.receive.spans import Reader, Resource, read_resource, read_span
from auditor.receive.values import ABSENT, UNREADABLE, KeyValue, present
from auditor.receive.wire import BadSpanError, WireSpan

EXPECTED = '{"resourceSpans": [...]}'


class _Resource(Struct, gc=False):
    attributes: list[KeyValue] | None = None


class _ScopeSpans(Struct, gc=False):
    spans: list[WireSpan] | None = None


class _ResourceSpans(Struct, gc=False, rename="camel"):
    resource: Raw = Raw(b"{}")
    scope_spans: list[_ScopeSpans] | None = None


class _Line(Struct, gc=False, rename="camel"):
    resource_spans: list[_ResourceSpans] | None = None


class _LooseScopeSpans(Struct, gc=False):
    spans: list[Raw] | None = None


class _LooseResourceSpans(Struct, gc=False, rename="camel"):
    resource: Raw = Raw(b"{}")
    scope_spans: list[_LooseScopeSpans] | None = None


class _LooseLine(Struct, gc=False, rename="camel"):
    """A line whose spans are decoded one by one, since one of them cannot be."""

    resource_spans: list[_LooseResourceSpans] | None = None
    resource_logs: Raw = ABSENT
    resource_metrics: Raw = ABSENT
    resource_profiles: Raw = ABSENT

    @property
    def is_other_signal(self) -> bool:
        return any(
            map(present, (self.resource_logs, self.resource_metrics, self.resource_profiles))
        )


_LINE = msgspec.json.Decoder(_Line)
_LOOSE_LINE = msgspec.json.Decoder(_LooseLine)
_SPAN = msgspec.json.Decoder(WireSpan)
_RESOURCE = msgspec.json.Decoder(_Resource)


def read_line(line: bytes, reader: Reader) -> Read:
    """Reads one line; what cannot be read is said in `rejected`, the rest is kept."""
    try:
        decoded = _LINE.decode(line)
    except UNREADABLE:
        return _read_loosely(line, reader)
    if decoded.resource_spans is None:
        return _read_loosely(line, reader)
    spans: list[Span] = []
    rejected: list[str] = []
    for group in decoded.resource_spans:
        resource = _resource(bytes(group.resource), reader)
        for scope in group.scope_spans or ():
            for wire in scope.spans or ():
                try:
                    spans.append(read_span(wire, resource, reader))
                except BadSpanError as fault:
                    rejected.append(f"span left out: {fault}")
    return Read(spans, rejected)


def _read_loosely(line: bytes, reader: Reader) -> Read:
    try:
        decoded = _LOOSE_LINE.decode(line)
    except UNREADABLE as fault:
        return Read([], [f"line left out: {fault}; expected {EXPECTED}"])
    if decoded.resource_spans is None:
        if decoded.is_other_signal:
            return Read([], [], not_traces=1)
        empty = line.strip() == b"{}"
        return Read([], [] if empty else [f"line left out: expected {EXPECTED}"])
    read = Read([], [])
    for group in decoded.resource_spans:
        resource = _resource(bytes(group.resource), reader)
        for raw in _raw_spans(group):
            try:
                read.spans.append(read_span(_SPAN.decode(raw), resource, reader))
            except (BadSpanError, *UNREADABLE) as fault:
                read.rejected.append(f"span left out: {fault}")
    return read


def _raw_spans(group: _LooseResourceSpans) -> Iterator[Raw]:
    for scope in group.scope_spans or ():
        yield from scope.spans or ()


@lru_cache(maxsize=1024)
def _resource(raw: bytes, reader: Reader) -> Resource:
    """A resource stands on every line and seldom changes; an unreadable one says nothing."""
    try:
        attributes = values.by_key(_RESOURCE.decode(raw).attributes)
    except UNREADABLE:
        attributes = {}
    return read_resource(attributes, reader)
