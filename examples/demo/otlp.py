"""Spans as the file exporter of the OpenTelemetry Collector writes them, from prepared pieces.

A piece is JSON text. Whatever repeats is encoded once; a span is then one format string.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import json
from story import Service
from tools import Tool

CALL_ID = "@call@"
"""Call ids are cut into prepared messages in place of this, which no text of the story holds."""


def text(key: str, value: str) -> str:
    """One string attribute."""
    return json.encode({"key": key, "value": {"stringValue": value}}).decode()


def embedded(value: object) -> str:
    """JSON as it stands within a JSON string: GenAI messages are strings on spans."""
    return json.encode(json.encode(value).decode()).decode()[1:-1]


@cache
def said(role: str, content: str) -> str:
    """A message of text."""
    return embedded({"role": role, "parts": [{"type": "text", "content": content}]})


@cache
def answered(content: str) -> str:
    """The last message of a session, as a call's output has it."""
    part = {"type": "text", "content": content}
    return embedded({"role": "assistant", "parts": [part], "finish_reason": "stop"})


@cache
def _asking(tool: Tool) -> tuple[str, str]:
    part = {"type": "tool_call", "id": CALL_ID, "name": tool.name, "arguments": tool.arguments}
    before, after = embedded(part).split(CALL_ID)
    return before, after


@cache
def _telling(tool: Tool) -> tuple[str, str]:
    part = {"type": "tool_call_response", "id": CALL_ID, "result": tool.result}
    before, after = embedded({"role": "tool", "parts": [part]}).split(CALL_ID)
    return before, after


def asks(tools: Sequence[Tool], ids: Sequence[str]) -> str:
    """The message in which the assistant calls tools, without its end."""
    parts = (id_.join(_asking(tool)) for tool, id_ in zip(tools, ids, strict=True))
    return r"{\"role\":\"assistant\",\"parts\":[" + ",".join(parts) + "]"


def tells(tools: Sequence[Tool], ids: Sequence[str]) -> str:
    """The messages with which the tools answer."""
    return ",".join(id_.join(_telling(tool)) for tool, id_ in zip(tools, ids, strict=True))


FINISH_CALLS = r",\"finish_reason\":\"tool_call\"}"
"""The end of such a message in a call's output; in the next call's input it is a brace."""


def resource(service: str, environment: str) -> str:
    """What an app says of itself."""
    attributes = (
        text("service.name", service),
        text("service.namespace", "test-automation"),
        text("deployment.environment.name", environment),
        text("telemetry.sdk.language", "python"),
    )
    return f'{{"attributes":[{",".join(attributes)}]}}'


@cache
def call_attributes(service: Service, definitions: tuple[Tool, ...] | None) -> str:
    """What all calls of a service have in common that are offered the same tools."""
    found = [
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.provider.name", service.provider),
        text("gen_ai.request.model", service.model.rpartition("-20")[0]),
        text("gen_ai.response.model", service.model),
        text(
            "gen_ai.system_instructions",
            json.encode([{"type": "text", "content": service.system}]).decode(),
        ),
    ]
    if definitions is not None:
        listed = json.encode([tool.definition for tool in definitions]).decode()
        found.append(text("gen_ai.tool.definitions", listed))
    return ",".join(found)


def agent_attributes(agent: str, conversation: str, extra: str) -> str:
    """The attributes of an `invoke_agent` span."""
    return (
        text("gen_ai.operation.name", "invoke_agent")
        + f',{{"key":"gen_ai.agent.name","value":{{"stringValue":"{agent}"}}}}'
        + f',{{"key":"gen_ai.conversation.id","value":{{"stringValue":"{conversation}"}}}}'
        + extra
    )


@cache
def tool_attributes(tool: Tool) -> tuple[str, str]:
    """The attributes of an `execute_tool` span, around its call id."""
    found = (
        text("gen_ai.operation.name", "execute_tool"),
        text("gen_ai.tool.name", tool.name),
        text("gen_ai.tool.type", "function"),
        text("gen_ai.tool.call.id", CALL_ID),
    )
    before, after = ",".join(found).split(CALL_ID)
    return before, after


@cache
def task_attributes(attributes: tuple[tuple[str, str], ...]) -> str:
    """Further attributes, each after a comma."""
    return "".join(f",{text(key, value)}" for key, value in attributes)


@cache
def tag(capability: str) -> str:
    """The attribute by which an app names a capability, after a comma."""
    values = {"arrayValue": {"values": [{"stringValue": capability}]}}
    return "," + json.encode({"key": "auditor.capabilities", "value": values}).decode()


def span(
    ids: tuple[str, str, str],
    name: str,
    kind: int,
    times: tuple[int, int],
    attributes: str,
    status: str = "{}",
) -> str:
    """One span; `ids` are those of the trace, the span and its parent."""
    trace, own, parent = ids
    return (
        f'{{"traceId":"{trace}","spanId":"{own}","parentSpanId":"{parent}","flags":257,'
        f'"name":"{name}","kind":{kind},"startTimeUnixNano":"{times[0]}",'
        f'"endTimeUnixNano":"{times[1]}","attributes":[{attributes}],"status":{status}}}'
    )


def line(resource_: str, spans: Iterable[str]) -> bytes:
    """One batch, which is one line of the file."""
    return (
        f'{{"resourceSpans":[{{"resource":{resource_},"scopeSpans":[{{"scope":'
        f'{{"name":"test-automation.llm"}},"spans":[{",".join(spans)}]}}]}}]}}\n'
    ).encode()
