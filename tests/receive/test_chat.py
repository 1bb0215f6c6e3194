"""Chat logs: each assistant message is one call of its conversation."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from auditor.model import Kind, Span
from auditor.receive.chat import read_conversation
from auditor.receive.result import Read

NOON_NS = 1_767_268_800_000_000_000
NOON = NOON_NS // 10**9
USER = {"role": "user", "content": "SECRET: cancel it"}
ANSWER = {"role": "assistant", "content": "SECRET: done"}
RESULT = {"role": "tool", "tool_call_id": "call_0", "content": "SECRET"}


def asking(*names: str) -> dict[str, Any]:
    calls = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": "{}"}}
        for n, name in enumerate(names)
    ]
    return {"role": "assistant", "content": None, "tool_calls": calls}


def read(seen: Counter[bytes] | None = None, **conversation: Any) -> Read:
    data = json.dumps({"created": NOON, **conversation}).encode()
    return read_conversation(data, "unknown_service", Counter() if seen is None else seen)


def calls(**conversation: Any) -> list[Span]:
    result = read(**conversation)
    assert result.rejected == []
    return result.spans


def test_each_assistant_message_is_a_call_with_its_tools_and_its_step() -> None:
    first, second, third = calls(
        messages=[USER, asking("a", "b", "a"), RESULT, ANSWER, USER, ANSWER]
    )
    assert {call.kind for call in (first, second, third)} == {Kind.CALL}
    assert (first.tools_called, first.tool_calls, first.steps) == (("a", "b"), 3, 1)
    assert (second.tools_called, second.tool_calls, second.steps) == ((), 0, 2)
    assert third.steps == 1


def test_a_call_carries_what_its_conversation_says() -> None:
    [call] = calls(
        id=7, messages=[USER, ANSWER], model="gpt-4o", service="airline", environment="prod"
    )
    assert (call.conversation, call.model, call.service) == ("7", "gpt-4o", "airline")
    assert (call.environment, call.start_ns, call.end_ns) == ("prod", NOON_NS, NOON_NS)
    assert (call.input_tokens, call.output_tokens, call.error) == (None, None, False)


def test_a_conversation_without_service_and_environment_says_so() -> None:
    [call] = calls(messages=[USER, ANSWER])
    assert (call.service, call.environment) == ("unknown_service", "")


def test_no_message_text_is_kept() -> None:
    assert "SECRET" not in repr(calls(messages=[USER, asking("a"), RESULT, ANSWER]))


def test_a_message_with_only_a_function_call_called_that_tool() -> None:
    old = {"role": "assistant", "function_call": {"name": "find_order", "arguments": "{}"}}
    [call] = calls(messages=[USER, old])
    assert (call.tools_called, call.tool_calls) == (("find_order",), 1)


def test_an_opening_assistant_message_has_no_known_step() -> None:
    assert calls(messages=[ANSWER, USER])[0].steps is None


@pytest.mark.parametrize(
    "tools",
    [
        [{"type": "function", "function": {"name": "a"}}, {"name": "b"}],
        ["a", "b"],
        [{"function_declarations": [{"name": "a"}, {"name": "b"}]}],
    ],
)
def test_every_call_is_offered_the_tools_of_its_conversation(tools: list[Any]) -> None:
    for call in calls(messages=[USER, asking("a"), RESULT, ANSWER], tools=tools):
        assert call.tools_offered is not None
        assert (call.tools_offered.names, call.tools_offered.whole) == (("a", "b"), True)


def test_no_tools_and_unknown_tools_are_told_apart() -> None:
    none, unknown = calls(messages=[USER, ANSWER], tools=[]), calls(messages=[USER, ANSWER])
    assert none[0].tools_offered is not None
    assert none[0].tools_offered.names == ()
    assert unknown[0].tools_offered is None


@pytest.mark.parametrize(
    ("created", "expected_ns"),
    [
        (NOON, NOON_NS),
        (1767268800.000000001, NOON_NS),
        (1767268800.5, NOON_NS + 500_000_000),
        ("2026-01-01T12:00:00Z", NOON_NS),
        ("2026-01-01T13:00:00.25+01:00", NOON_NS + 250_000_000),
    ],
)
def test_created_is_unix_seconds_or_rfc_3339(created: object, expected_ns: int) -> None:
    assert calls(messages=[USER, ANSWER], created=created)[0].start_ns == expected_ns


def test_a_fraction_of_a_second_is_read_to_the_nanosecond() -> None:
    data = b'{"created": 1767268800.123456789, "messages": [{"role": "assistant"}]}'
    [call] = read_conversation(data, "s", Counter()).spans
    assert call.start_ns == NOON_NS + 123_456_789


def test_a_message_stands_at_its_own_time_or_the_last_one_seen() -> None:
    timed = {**USER, "created": NOON + 60}
    starts = [c.start_ns for c in calls(messages=[USER, ANSWER, timed, ANSWER])]
    assert starts == [NOON_NS, NOON_NS + 60 * 10**9]


def test_a_time_on_a_later_message_dates_the_earlier_ones() -> None:
    [call] = calls(messages=[USER, ANSWER, {**USER, "created": NOON}], created=None)
    assert call.start_ns == NOON_NS


def test_a_conversation_without_a_time_is_left_out_saying_so() -> None:
    result = read(id="c1", messages=[USER, ANSWER], created=None)
    assert result.spans == []
    [sentence] = result.rejected
    assert sentence.startswith("conversation 'c1' left out: it has no `created`")


@pytest.mark.parametrize(
    "created",
    [
        1767268800000,
        "2026-01-01T12:00:00",
        "2026-01-01",
        "yesterday",
        -1,
        True,
        [],
        "9999-01-01T00:00:00Z",
    ],
)
def test_a_time_that_cannot_be_placed_is_said(created: object) -> None:
    result = read(messages=[USER, ANSWER], created=created)
    assert result.spans == []
    assert result.rejected[0].startswith(
        f"conversation left out: `created` is {json.dumps(created)}; expected Unix seconds"
    )


def test_the_same_log_written_differently_is_the_same_calls() -> None:
    one = {"id": "c", "created": NOON, "messages": [USER, asking("a"), RESULT, ANSWER]}
    other = {**one, "messages": [dict(reversed(m.items())) for m in one["messages"]]}
    keys = [
        [(s.trace_id, s.span_id) for s in read_conversation(data, "s", Counter()).spans]
        for data in (json.dumps(one).encode(), json.dumps(other, indent=2).encode())
    ]
    assert keys[0] == keys[1]
    assert len(set(keys[0])) == 2


def test_a_growing_conversation_keeps_the_ids_of_its_earlier_calls() -> None:
    early = calls(id="c", messages=[USER, ANSWER])
    late = calls(id="c", messages=[USER, ANSWER, USER, ANSWER])
    assert [s.span_id for s in late][:1] == [s.span_id for s in early]


def test_two_services_with_one_conversation_id_are_two_traces() -> None:
    one, other = (calls(id="c", service=s, messages=[USER, ANSWER])[0] for s in ("a", "b"))
    assert one.trace_id != other.trace_id


def test_equal_conversations_without_id_are_told_apart_by_their_order() -> None:
    def both() -> list[str]:
        seen: Counter[bytes] = Counter()
        pair = [read(seen, messages=[USER, ANSWER]) for _ in range(2)]
        return [result.spans[0].conversation for result in pair]

    first, second = both()
    assert first != second
    assert both() == [first, second]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"{}", "missing required field `messages`"),
        (b'{"messages": 5}', "Expected `array`, got `int`"),
        (b'{"messages": [5]}', "Expected `object`, got `int`"),
        (b'{"messages": [', "truncated"),
        (b"[" * 100_000, "Expected `object`, got `array`"),
    ],
)
def test_what_is_no_conversation_is_said_with_what_was_expected(data: bytes, expected: str) -> None:
    [sentence] = read_conversation(data, "s", Counter()).rejected
    assert expected in sentence
    assert '{"messages": [...], "created": ...}' in sentence
