"""A span as it stands in OTLP JSON, decoded no further than is read, and its faults."""

from __future__ import annotations

import re

from msgspec import Raw, Struct

from auditor.receive.values import ABSENT, KeyValue

_IDS = re.compile(r"(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}", re.IGNORECASE | re.ASCII)
_END_NS = 2**63


class BadSpanError(ValueError):
    """One span cannot be read; says what was read and what was expected."""


class Status(Struct, gc=False):
    """A span's status."""

    code: int | str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the span's author says that it failed."""
        return self.code == 2 or self.code == "STATUS_CODE_ERROR"


class Event(Struct, gc=False):
    """A span event."""

    name: str = ""
    attributes: list[KeyValue] | None = None


class WireSpan(Struct, gc=False, rename="camel"):
    """A span; what is not listed here is skipped by the decoder."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str | None = None
    trace_state: str | None = None
    start_time_unix_nano: str | int = 0
    end_time_unix_nano: str | int | None = None
    attributes: list[KeyValue] | None = None
    dropped_attributes_count: int | None = None
    events: Raw = ABSENT
    dropped_events_count: int | None = None
    status: Status | None = None


def check_ids(wire: WireSpan) -> None:
    """Raises `BadSpanError` for an id of the wrong length, not hexadecimal, or all zero."""
    if _IDS.fullmatch(f"{wire.trace_id}-{wire.span_id}"):
        return
    for name, value, digits in (("traceId", wire.trace_id, 32), ("spanId", wire.span_id, 16)):
        if not re.fullmatch(rf"(?!0+$)[0-9a-fA-F]{{{digits}}}", value):
            raise BadSpanError(
                f"{name} is {value[:80]!r}; expected {digits} hexadecimal digits, not all zero"
            )


def times_ns(wire: WireSpan) -> tuple[int, int]:
    """Start and end in whole nanoseconds; raises `BadSpanError`. No end means the start."""
    try:
        start = int(wire.start_time_unix_nano)
        end = int(wire.end_time_unix_nano or start)
    except ValueError:
        start = end = 0
    if not (0 < start < _END_NS and end < _END_NS):
        raise BadSpanError(
            f"startTimeUnixNano is {wire.start_time_unix_nano!r} and endTimeUnixNano "
            f"{wire.end_time_unix_nano!r}; expected whole nanoseconds since 1970"
        )
    return start, max(start, end)
