"""Message content that stands on span events instead of on the span's attributes."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from msgspec import Raw

from auditor.receive import values
from auditor.receive.genai import VOCABULARY
from auditor.receive.messages import Message
from auditor.receive.values import UNREADABLE
from auditor.receive.wire import Event

_EVENTS = msgspec.json.Decoder(list[Event])
_BODY = "gen_ai.event.content"
"""Attribute that holds the body of an old event as JSON (Azure)."""
_TELLING = frozenset({"content", "tool_calls", "function_call", "parts"})


class EventContent(NamedTuple):
    """What the events of one call say; None where they say nothing readable."""

    attributes: dict[str, Raw]
    """Of events that repeat the span's own attribute names."""
    input: list[Message] | None
    output: list[Message] | None


def read(raw: Raw) -> EventContent | None:
    """Reads a call's events; None when none of them holds message content."""
    try:
        found = _EVENTS.decode(raw)
    except UNREADABLE:
        return None
    attributes: dict[str, Raw] = {}
    spoken: list[Message] = []
    answers: list[Message | None] = []
    for event in found:
        if event.name in VOCABULARY.details_events:
            attributes |= values.by_key(event.attributes)
        role = VOCABULARY.message_events.get(event.name)
        if role:
            spoken.append(_message(event, role) or Message(role=role))
        elif role is not None:
            answers.append(_message(event, "assistant"))
    if not attributes and not spoken and not answers:
        return None
    readable = [answer for answer in answers if answer is not None]
    whole = bool(answers) and len(readable) == len(answers)
    return EventContent(attributes, spoken or None, readable if whole else None)


def _message(event: Event, role: str) -> Message | None:
    """One event as a message; None when it does not show what was said."""
    body = _body(values.by_key(event.attributes))
    if _TELLING.isdisjoint(body):
        return None
    try:
        return msgspec.convert({**body, "role": role}, Message, strict=False)
    except UNREADABLE:
        return None


def _body(attributes: dict[str, Raw]) -> dict[str, Any]:
    """The event's fields, one level of `message` folded in; it holds a list or a message."""
    body = {key: _structured(values.plain(raw)) for key, raw in attributes.items()}
    nested = body.pop(_BODY, None)
    if isinstance(nested, dict):
        body |= nested
    inner = _structured(body.pop("message", None))
    if isinstance(inner, dict):
        return body | inner
    return body if inner is None else {**body, "content": inner}


def _structured(value: object) -> object:
    """JSON text as what it holds, anything else as it is."""
    if isinstance(value, str) and value.startswith(("[", "{")):
        try:
            return msgspec.json.decode(value)
        except UNREADABLE:
            return value
    return value
