"""Calls for benchmarks: OTLP JSON lines with content, and spans without a file."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

from auditor.model import Kind, Source, Span, ToolList

START_NS = 1_764_547_200 * 10**9
"""2025-12-01."""
DAY_NS = 86_400 * 10**9
WORDS = [
    *("the", "branch", "conflicts", "with", "main", "because", "both"),
    *("sides", "changed", "the", "timeout", "of", "login"),
]
TOOLS = [f"tool_{n}" for n in range(20)]


def definitions(names: list[str]) -> str:
    """Tool definitions of some 300 characters each."""
    schema = {"type": "object", "properties": {w: {"type": "string"} for w in WORDS[:8]}}
    return json.dumps(
        [{"type": "function", "name": n, "description": " ".join(WORDS), "parameters": schema}
         for n in names]
    )  # fmt: skip


def otlp_file(path: Path, calls: int, *, characters: int = 4000, days: int = 30) -> None:
    """Lines of 50 calls, each with about `characters` of messages besides its definitions."""
    chance = random.Random(7)
    offered = definitions(TOOLS)
    texts = [" ".join(chance.choices(WORDS, k=characters // 7)) for _ in range(50)]
    with path.open("w", encoding="utf-8") as file:
        for first in range(0, calls, 50):
            spans = [
                _span(n, START_NS + n * days * DAY_NS // calls, chance, offered, texts)
                for n in range(first, min(first + 50, calls))
            ]
            resource = {"attributes": [_attribute("service.name", "bench")]}
            file.write(
                json.dumps({"resourceSpans": [
                    {"resource": resource, "scopeSpans": [{"spans": spans}]}]}) + "\n"
            )  # fmt: skip


def _span(
    number: int, at: int, chance: random.Random, offered: str, texts: list[str]
) -> dict[str, object]:
    inputs = [{"role": "user", "parts": [{"type": "text", "content": chance.choice(texts)}]}]
    parts: list[dict[str, str]] = [{"type": "text", "content": "done"}]
    if chance.random() < 0.7:
        parts.append({"type": "tool_call", "id": f"c{number}", "name": chance.choice(TOOLS[:12])})
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o",
        "gen_ai.conversation.id": f"conversation-{number // 5}",
        "gen_ai.input.messages": json.dumps(inputs),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": parts}]),
        "gen_ai.tool.definitions": offered,
    }
    return {
        "traceId": f"{number // 5 + 1:032x}",
        "spanId": f"{number + 1:016x}",
        "name": "chat gpt-4o",
        "startTimeUnixNano": str(at),
        "endTimeUnixNano": str(at + 10**9),
        "attributes": [
            *(_attribute(key, value) for key, value in attributes.items()),
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "900"}},
            {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "90"}},
        ],
    }


def _attribute(key: str, value: str) -> dict[str, object]:
    return {"key": key, "value": {"stringValue": value}}


def spans(calls: int, *, days: int = 182, services: int = 10) -> Iterator[Span]:
    """Calls of conversations of five, each under an agent span; 1.2 hits a call."""
    chance = random.Random(7)
    lists = [ToolList(tuple(sorted(TOOLS[:n])), (300,) * n) for n in (8, 14, 20)]
    for number in range(calls):
        conversation = number // 5
        at = START_NS + number * days * DAY_NS // calls
        facts = {
            "trace_id": f"{conversation + 1:032x}",
            "service": f"service-{conversation % services}",
            "environment": "production",
        }
        agent = f"{2**40 + conversation:016x}"
        if number % 5 == 0:
            yield Span(
                span_id=agent, parent_id="", start_ns=at - 1, end_ns=at, kind=Kind.AGENT, **facts
            )
        called = (chance.choice(TOOLS[:8]),) if chance.random() < 0.2 else ()
        yield Span(
            span_id=f"{number + 1:016x}",
            parent_id=agent,
            start_ns=at,
            end_ns=at + 10**9,
            kind=Kind.CALL,
            model="gpt-4o",
            conversation=f"conversation-{conversation}",
            input_tokens=900,
            output_tokens=90,
            tools_offered=lists[conversation % 3],
            tools_called=called,
            steps=number % 5 + 1,
            hits=(
                *((f"tool.{name}", Source.TOOL) for name in called),
                (f"steps.{('1', '2-3', '2-3', '4-5', '4-5')[number % 5]}", Source.STEPS),
            ),
            **facts,
        )
