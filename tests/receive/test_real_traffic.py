"""The airline agent's 200 real conversations, as chat logs and as OTLP made from them."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from auditor.label import LabelPlan, label
from auditor.model import Span
from auditor.receive import files

AIRLINE = Path(__file__).parents[3] / "shared/data/traffic/tau-airline-gpt-4o.json.gz"
DAY = 86_400
START = 1_767_225_600
EXPECTED = {
    "tool.get_reservation_details": (377, 165),
    "tool.search_direct_flight": (141, 61),
    "tool.get_user_details": (120, 120),
    "tool.update_reservation_flights": (104, 58),
    "tool.calculate": (96, 44),
    "tool.think": (92, 61),
    "tool.cancel_reservation": (69, 46),
    "tool.book_reservation": (53, 24),
    "tool.transfer_to_human_agents": (48, 48),
    "tool.search_onestop_flight": (38, 31),
    "tool.update_reservation_baggages": (14, 12),
    "tool.send_certificate": (8, 8),
    "tool.list_all_airports": (2, 2),
    "tool.update_reservation_passengers": (2, 2),
}
STEPS = {"steps.1": 1341, "steps.2-3": 745, "steps.4-5": 184, "steps.6+": 184}

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not AIRLINE.exists(), reason=f"the real traffic is not at {AIRLINE}"),
]


def conversations() -> list[dict[str, Any]]:
    rows = json.loads(gzip.decompress(AIRLINE.read_bytes()))
    offered = {
        call["function"]["name"]
        for row in rows
        for message in row["traj"]
        for call in message.get("tool_calls") or ()
    }
    assert len(offered) == 14
    return [
        {
            "id": f"{row['task_id']}/{row['trial']}",
            "messages": row["traj"],
            "tools": [{"type": "function", "function": {"name": n}} for n in sorted(offered)],
            "service": "airline",
            "created": START + position * 60 * DAY // len(rows),
        }
        for position, row in enumerate(rows)
    ]


def otlp_lines(conversation: dict[str, Any], ordinal: int) -> Iterable[str]:
    for index, message in enumerate(conversation["messages"]):
        if message["role"] != "assistant":
            continue
        start_ns = (conversation["created"] + index) * 10**9
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.conversation.id": conversation["id"],
            "gen_ai.input.messages": json.dumps(conversation["messages"][:index]),
            "gen_ai.output.messages": json.dumps([message]),
            "gen_ai.tool.definitions": json.dumps(conversation["tools"]),
        }
        span = {
            "traceId": f"{ordinal + 1:032x}",
            "spanId": f"{index + 1:016x}",
            "startTimeUnixNano": str(start_ns),
            "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()],
        }
        yield json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})


def labelled(path: Path) -> list[Span]:
    plan = LabelPlan.from_catalog(())
    spans: list[Span] = []
    for batch in files.read([path]):
        assert batch.rejected == []
        spans += batch.spans
    for span in spans:
        label(span, plan)
    return spans


@pytest.fixture(params=["chat-array", "chat-lines", "otlp"])
def traffic(request: pytest.FixtureRequest, tmp_path: Path) -> list[Span]:
    path = tmp_path / "traffic.json"
    chats = conversations()
    if request.param == "chat-array":
        path.write_text(json.dumps(chats))
    elif request.param == "chat-lines":
        path.write_text("\n".join(map(json.dumps, chats)))
    else:
        lines = [line for n, chat in enumerate(chats) for line in otlp_lines(chat, n)]
        path.write_text("\n".join(lines))
    return labelled(path)


def test_real_traffic_gives_the_counts_that_were_taken_from_it_by_hand(traffic: list[Span]) -> None:
    assert len({(span.trace_id, span.span_id, span.start_ns) for span in traffic}) == 2454
    hits: Counter[str] = Counter()
    where: defaultdict[str, set[str]] = defaultdict(set)
    for span in traffic:
        for capability, _ in span.hits:
            hits[capability] += 1
            where[capability].add(span.conversation)
    tools = {name: (hits[name], len(where[name])) for name in hits if name.startswith("tool.")}
    assert tools == EXPECTED
    assert {name: hits[name] for name in hits if not name.startswith("tool.")} == STEPS
    assert {span.tools_offered.names for span in traffic if span.tools_offered} == {
        tuple(sorted(name.removeprefix("tool.") for name in EXPECTED))
    }
