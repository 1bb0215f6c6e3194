"""Chat logs: a conversation of OpenAI-style messages, each assistant message one call.

`{"id"?, "messages": [...], "tools"?, "model"?, "service"?, "environment"?, "created"?}`; times
(`created`, Unix seconds or RFC 3339) stand on the conversation or on a message. Ids are hashes
of what was said, so that the same log read twice is the same calls.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from auditor.model import Kind, Span, ToolList
from auditor.receive import messages, tools
from auditor.receive.messages import Message
from auditor.receive.result import Read
from auditor.receive.values import ABSENT, UNREADABLE, present

EXPECTED = '{"messages": [...], "created": ...}'
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 2**63 // 10**9
_LAST_MOMENT = _EPOCH + timedelta(seconds=_LAST_SECOND)
_SAID = ("role", "content", "tool_calls", "function_call")


class _Conversation(Struct, gc=False):
    messages: list[Raw]
    id: str | int | None = None
    tools: Raw = ABSENT
    model: str | None = None
    service: str | None = None
    environment: str | None = None
    created: Raw = ABSENT


class _Turn(Message, gc=False):
    created: Raw = ABSENT
    model: str | None = None


class _Timed(NamedTuple):
    raw: Raw
    turn: _Turn
    start_ns: int


class _BadTimeError(ValueError):
    pass


_CONVERSATION = msgspec.json.Decoder(_Conversation)
_TURN = msgspec.json.Decoder(_Turn)


def read_conversation(data: bytes, service: str, seen: Counter[bytes]) -> Read:
    """Reads one conversation; `service` is that of conversations which name none.

    `seen` counts the conversations without an id by their content, over one file.
    """
    try:
        conversation = _CONVERSATION.decode(data)
        turns = [_TURN.decode(raw) for raw in conversation.messages]
        timed = _timed(conversation, turns)
        identity = _identity(conversation, data, seen)
        return Read(list(_calls(conversation, timed, identity, service)), [])
    except UNREADABLE as fault:
        return Read([], [f"conversation left out: {fault}; expected {EXPECTED}"])
    except _BadTimeError as fault:
        return Read([], [f"conversation {_name(conversation)}left out: {fault}"])


def _calls(
    conversation: _Conversation, timed: list[_Timed], identity: str, service: str
) -> Iterator[Span]:
    offered = _offered(bytes(conversation.tools)) if present(conversation.tools) else None
    service = conversation.service or service
    trace_id = _hash(16, service.encode(), identity.encode())
    turns = [entry.turn for entry in timed]
    for index, (raw, turn, start_ns) in enumerate(timed):
        if turn.role != "assistant":
            continue
        span = Span(
            trace_id,
            _hash(8, trace_id.encode(), str(index).encode(), _said(raw)),
            "",
            start_ns,
            start_ns,
            Kind.CALL,
            service,
            conversation.environment or "",
            model=turn.model or conversation.model or "",
            conversation=identity,
            tools_offered=offered,
            steps=messages.steps(turns[:index]),
        )
        answer = messages.output([turn])
        if answer is not None:
            span.tools_called, span.tool_calls, span.output_whole = answer
        yield span


def _timed(conversation: _Conversation, turns: list[_Turn]) -> list[_Timed]:
    """Each message at its own time, else the last one seen, else the conversation's."""
    own = [_time_ns(turn.created) for turn in turns]
    known = [moment for moment in own if moment is not None]
    start = _time_ns(conversation.created)
    moment = start if start is not None else next(iter(known), None)
    if moment is None:
        raise _BadTimeError(
            "it has no `created`, on itself or on a message; expected Unix seconds or RFC 3339"
        )
    timed = []
    for raw, turn, at in zip(conversation.messages, turns, own, strict=True):
        moment = moment if at is None else at
        timed.append(_Timed(raw, turn, moment))
    return timed


def _time_ns(raw: Raw) -> int | None:
    if not present(raw):
        return None
    written = bytes(raw).decode(errors="replace")
    moment = _from_text(written) if written.startswith('"') else _from_seconds(written)
    if moment is None:
        raise _BadTimeError(
            f"`created` is {written[:80]}; expected Unix seconds (not milliseconds) "
            "or RFC 3339 with an offset, as in 2026-03-01T12:00:00Z"
        )
    return moment


def _from_seconds(written: str) -> int | None:
    """Exact to the nanosecond: a float of seconds is not."""
    try:
        seconds = Decimal(written)
    except InvalidOperation:
        return None
    return int(seconds * 10**9) if 0 < seconds < _LAST_SECOND else None


def _from_text(written: str) -> int | None:
    try:
        moment = datetime.fromisoformat(msgspec.json.decode(written, type=str))
    except (ValueError, *UNREADABLE):
        return None
    if moment.tzinfo is None or not _EPOCH < moment < _LAST_MOMENT:
        return None
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def _identity(conversation: _Conversation, data: bytes, seen: Counter[bytes]) -> str:
    """The conversation's id; without one a digest of its content, and which of equal ones."""
    if conversation.id is not None and conversation.id != "":
        return str(conversation.id)
    canonical = msgspec.json.encode(msgspec.json.decode(data), order="deterministic")
    digest = hashlib.blake2b(canonical, digest_size=16).digest()
    seen[digest] += 1
    return f"{digest.hex()}.{seen[digest]}"


def _name(conversation: _Conversation) -> str:
    return "" if conversation.id is None else f"{str(conversation.id)[:80]!r} "


def _said(raw: Raw) -> bytes:
    """What was said, the same however it was written down."""
    message = msgspec.json.decode(raw)
    kept = {key: message[key] for key in _SAID if message.get(key) is not None}
    return msgspec.json.encode(kept, order="deterministic")


def _hash(size: int, *parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _offered(raw: bytes) -> ToolList | None:
    return tools.from_json(raw.decode(errors="replace"))
