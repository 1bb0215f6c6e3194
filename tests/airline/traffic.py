"""The airline agent's 200 conversations as chat logs and as OTLP JSON lines.

They carry no times: they are spread evenly over 60 days, in file order.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

FIRST_DAY = date(2026, 3, 1)
LAST_DAY = FIRST_DAY + timedelta(days=59)
SIXTEENTH = "print_boarding_pass"

Message = dict[str, Any]


def conversations(data: Path) -> list[dict[str, Any]]:
    """Chat logs that offer on every call the 14 tools in the file, and one more."""
    path = data / "traffic" / "tau-airline-gpt-4o.json.gz"
    with gzip.open(path) as file:
        recorded = json.load(file)
    called = {
        call["function"]["name"]
        for conversation in recorded
        for message in conversation["traj"]
        for call in message.get("tool_calls") or ()
    }
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp()
    return [
        {
            "id": f"airline-{number}",
            "service": "airline-agent",
            "model": "gpt-4o",
            "created": int(start) + number * 60 * 86_400 // len(recorded),
            "tools": [_definition(name) for name in sorted(called | {SIXTEENTH})],
            "messages": conversation["traj"],
        }
        for number, conversation in enumerate(recorded)
    ]


def _definition(name: str) -> dict[str, Any]:
    description = f"{name.replace('_', ' ').capitalize()} for the customer."
    return {"type": "function", "function": {"name": name, "description": description}}


def write_chat(data: Path, path: Path) -> Path:
    path.write_text("".join(json.dumps(c) + "\n" for c in conversations(data)), encoding="utf-8")
    return path


def write_chat_array(data: Path, path: Path) -> Path:
    """One JSON array, compressed; readers know gzip by its content, not by the name."""
    path.write_bytes(gzip.compress(json.dumps(conversations(data)).encode()))
    return path


def write_otlp(data: Path, path: Path) -> Path:
    """A line a conversation: an agent span over one chat span for each assistant message."""
    with path.open("w", encoding="utf-8") as file:
        for conversation in conversations(data):
            file.write(json.dumps(_request(conversation)) + "\n")
    return path


def _request(conversation: dict[str, Any]) -> dict[str, Any]:
    spans = list(_spans(conversation))
    resource = {"attributes": _attributes({"service.name": conversation["service"]})}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}


def _spans(conversation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    trace = hashlib.sha256(conversation["id"].encode()).hexdigest()[:32]
    start = conversation["created"] * 10**9
    about = {"gen_ai.conversation.id": conversation["id"], "gen_ai.request.model": "gpt-4o"}

    def span(number: int, parent: str, name: str, facts: dict[str, Any]) -> dict[str, Any]:
        return {
            "traceId": trace,
            "spanId": f"{number + 1:016x}",
            "parentSpanId": parent,
            "name": name,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(start + 10**9),
            "attributes": _attributes(about | facts),
        }

    yield span(0, "", "invoke_agent", {"gen_ai.operation.name": "invoke_agent"})
    messages = conversation["messages"]
    for number, message in enumerate(messages):
        if message["role"] == "assistant":
            facts = {
                "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": json.dumps([_parts(m) for m in messages[:number]]),
                "gen_ai.output.messages": json.dumps([_parts(message)]),
                "gen_ai.tool.definitions": json.dumps(conversation["tools"]),
            }
            yield span(number + 1, f"{1:016x}", "chat gpt-4o", facts)


def _parts(message: Message) -> dict[str, Any]:
    """A message in the shape of the semantic conventions."""
    parts: list[dict[str, Any]] = []
    if message["role"] == "tool":
        parts.append({"type": "tool_call_response", "response": message["content"]})
    elif message.get("content"):
        parts.append({"type": "text", "content": message["content"]})
    for call in message.get("tool_calls") or ():
        function = call["function"]
        parts.append(
            {
                "type": "tool_call",
                "id": call["id"],
                "name": function["name"],
                "arguments": function["arguments"],
            }
        )
    return {"role": message["role"], "parts": parts}


def _attributes(values: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in values.items()]
