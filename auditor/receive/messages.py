"""What a call's messages say without their text: tools called, and turns since the user spoke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from auditor.receive.values import REDACTED, UNREADABLE

_CALLS = frozenset(
    {
        *("tool_call", "server_tool_call", "tool_use", "server_tool_use"),
        *("function_call", "toolUse", "functionCall"),
    }
)
_NO_CALLS = frozenset(
    {
        *("text", "output_text", "refusal", "reasoning", "thinking", "redacted_thinking"),
        *("blob", "file", "uri", "image", "audio", "video", "document"),
    }
)
"""Parts that are known to call nothing; any other kind may hide a call."""
_RESULTS = frozenset(
    {
        "tool_call_response",
        "server_tool_call_response",
        "tool_result",
        "function_response",
    }
)
_ASSISTANT = frozenset({"assistant", "model"})
_SYSTEM = frozenset({"system", "developer"})
_TOOL_FINISHES = frozenset({"tool_call", "tool_calls", "tool_use", "function_call"})


class _Typed(Struct, gc=False):
    type: str | None = None
    name: str | None = None


class _Part(Struct, gc=False):
    type: str | None = None
    name: str | None = None
    server_tool_call: _Typed | None = None
    tool_use: _Typed | None = field(default=None, name="toolUse")
    tool_result: Any = field(default=None, name="toolResult")
    text: Any = None
    content: Any = None


class _ToolCall(Struct, gc=False):
    type: str | None = None
    name: str | None = None
    function: _Typed | None = None


class Message(Struct, gc=False):
    """One message of a call, in the conventions' own shape or in OpenAI's."""

    role: str | None = None
    parts: list[_Part] | None = None
    content: list[_Part] | str | None = None
    tool_calls: list[_ToolCall] | None = None
    function_call: _Typed | None = None
    finish_reason: str | None = None


class Output(NamedTuple):
    """The tools that a call's answer names."""

    tools: tuple[str, ...]
    """Distinct, sorted."""
    calls: int
    """Tool calls, repeats and nameless ones counted."""
    whole: bool
    """False: something in it is hidden, nameless or of an unknown kind."""


_MESSAGES = msgspec.json.Decoder(list[Message])


def parse(written: str) -> list[Message] | None:
    """Messages from JSON text; None when it is hidden, cut short or something else."""
    if not written.startswith(("[", " ", "\n", "\t")):
        return None
    try:
        return _MESSAGES.decode(written)
    except UNREADABLE:
        return None


def steps(messages: Sequence[Message]) -> int | None:
    """Assistant turns since the user last spoke, plus one: which step of the work a call is.

    Assistant messages in a row are one turn. A user message that only returns tool results is
    not the user speaking. None when nobody spoke and the messages start in the middle: the
    server then holds the rest.
    """
    turns, answered = 0, False
    for message in reversed(messages):
        if message.role == "user" and not _only_results(message):
            return turns + 1
        assistant = message.role in _ASSISTANT
        turns += assistant and not answered
        answered = assistant
    whole = bool(messages) and messages[0].role in _SYSTEM
    return turns + 1 if whole else None


def _only_results(message: Message) -> bool:
    parts = message.parts if message.parts is not None else message.content
    return (
        isinstance(parts, list)
        and bool(parts)
        and all(part.type in _RESULTS or part.tool_result is not None for part in parts)
    )


def output(messages: Sequence[Message], finishes: Sequence[str] = ()) -> Output | None:
    """The tools called in an answer; None when it holds nothing, or hides the calls it speaks of.

    An empty answer may be one that was not recorded, so it tells nothing.
    """
    names: list[str] = []
    whole, said = True, False
    for message in messages:
        plain = _collect(message, names)
        whole = whole and plain is not False
        said = said or plain is not None
    called = tuple(sorted({name for name in names if name and name != REDACTED}))
    whole = whole and REDACTED not in names and "" not in names
    if not names:
        ends = {*finishes, *(message.finish_reason for message in messages)}
        if not said or not ends.isdisjoint(_TOOL_FINISHES):
            return None
    return Output(called, len(names), whole)


def _collect(message: Message, names: list[str]) -> bool | None:
    """Adds the names of a message's calls; whether all of it is understood, None if it is empty."""
    whole: bool | None = None
    for parts in (message.parts, message.content):
        if isinstance(parts, list):
            for part in parts:
                if _is_call(part):
                    names.append(_part_name(part))
                whole = whole is not False and _is_understood(part)
        elif parts:
            whole = whole is not False and parts != REDACTED
    if message.tool_calls:
        names.extend(_call_name(call) for call in message.tool_calls)
        whole = whole is not False
    elif message.function_call is not None:
        names.append(message.function_call.name or "")
        whole = whole is not False
    return whole


def _is_understood(part: _Part) -> bool:
    if _is_call(part):
        return True
    if REDACTED in (part.text, part.content):
        return False
    return part.type in _NO_CALLS or (part.type is None and part.text is not None)


def _is_call(part: _Part) -> bool:
    return part.type in _CALLS or part.tool_use is not None


def _part_name(part: _Part) -> str:
    nested = part.server_tool_call or part.tool_use
    return part.name or (nested.name or nested.type if nested else "") or ""


def _call_name(call: _ToolCall) -> str:
    return (call.function.name if call.function else call.name) or ""
