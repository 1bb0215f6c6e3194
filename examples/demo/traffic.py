"""The demo's traffic, a day at a time: sessions of calls, every number from one seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

import otlp
import story
from story import Service, Task, Turn
from tools import TOOLS, Tool

SEED: Final = 26
SECOND_NS: Final = 1_000_000_000
BATCH_SPANS: Final = 100
WEEKEND: Final = 0.35
FAILED: Final = 0.006
"""Share of calls that fail and are made again."""
FAILURE: Final = otlp.task_attributes((("error.type", "RateLimitError"),))
FAILED_STATUS: Final = '{"code":2,"message":"429 Too Many Requests"}'

_TOOLS: Final = {tool.name: tool for tool in TOOLS}
_SERVICES: Final = {service.name: service for service in story.SERVICES}


class Day(NamedTuple):
    """The spans of one day as lines of a trace file."""

    day: date
    lines: list[bytes]
    calls: int


def days(until: date) -> Iterator[Day]:
    """The whole period, `until` included, without its gap."""
    maker = _Maker(Random(SEED))
    for number in range(story.DAYS):
        if number not in story.GAP:
            yield maker.day(number, until - timedelta(days=story.DAYS - 1 - number))


class _Maker:
    """Makes sessions; its state is the random stream and the spans of the day so far."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._spans: dict[tuple[str, str], list[str]] = {}
        self._calls = 0

    def day(self, number: int, day: date) -> Day:
        """Make all sessions of one day."""
        self._spans, self._calls = defaultdict(list), 0
        events = defaultdict(list)
        for event in story.EVENTS:
            if number in event.days:
                events[event.service].append(_TOOLS[event.tool])
        for task in story.TASKS:
            pending = events[task.service] if task.environment == "production" else []
            for _ in range(self._sessions(task, number, day)):
                turns = self._turns(task)
                if pending:
                    turns.append((pending.pop(),))
                _Session(self, task, number, self._start_ns(day)).run(turns)
        lines = [
            otlp.line(otlp.resource(*source), spans[at : at + BATCH_SPANS])
            for source, spans in self._spans.items()
            for at in range(0, len(spans), BATCH_SPANS)
        ]
        return Day(day, lines, self._calls)

    def _sessions(self, task: Task, number: int, day: date) -> int:
        if task.on:
            return task.on.get(number, 0)
        first, last = task.trend
        share = number / (story.DAYS - 1)
        mean = task.a_day * (first + (last - first) * share)
        return int(mean * (WEEKEND if day.weekday() >= 5 else 1.0) + self._random.random())

    def _turns(self, task: Task) -> list[tuple[Tool, ...]]:
        turns: list[tuple[Tool, ...]] = []
        for turn in task.turns:
            if self.chance(turn.chance):
                turns.append(_tools(turn))
                while self.chance(turn.again):
                    turns.append(_tools(turn))
        return turns

    def _start_ns(self, day: date) -> int:
        """Within working hours, so that no session goes on past midnight."""
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        return int((midnight + self._random.triangular(6, 21, 13) * 3600) * SECOND_NS)

    def chance(self, of: float) -> bool:
        """Throw a die; what is certain or impossible throws none."""
        return of >= 1.0 or (of > 0.0 and self._random.random() < of)

    def hex(self, digits: int) -> str:
        """An id."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def between(self, low: float, high: float) -> float:
        """A number at random."""
        return low + (high - low) * self._random.random()

    def add(self, task: Task, span: str, *, call: bool = False) -> None:
        """Keep a span of the day."""
        self._spans[task.service, task.environment].append(span)
        self._calls += call


def _tools(turn: Turn) -> tuple[Tool, ...]:
    return tuple(_TOOLS[name] for name in turn.tools)


class _Session:
    """One conversation: the user asks, the assistant calls tools until it can answer."""

    def __init__(self, maker: _Maker, task: Task, number: int, start_ns: int) -> None:
        self._maker, self._task, self._now = maker, task, start_ns
        self._service = _SERVICES[task.service]
        self._common = otlp.call_attributes(self._service, _offered(self._service, number))
        self._trace, self._conversation = maker.hex(32), f"conv_{maker.hex(16)}"
        self._agent = maker.hex(16) if self._service.agent else ""
        self._extra = self._own_attributes()
        self._tokens = int(task.tokens * maker.between(0.8, 1.3))
        self._input = otlp.said("user", task.user)

    def run(self, turns: list[tuple[Tool, ...]]) -> None:
        """Make the spans of the session, each when it ends."""
        start_ns = self._now
        for tools in turns:
            ids = [f"call_{self._maker.hex(12)}" for _ in tools]
            asked = otlp.asks(tools, ids)
            self._call(asked + otlp.FINISH_CALLS, "tool_calls")
            self._run_tools(tools, ids)
            self._input += f",{asked}}},{otlp.tells(tools, ids)}"
        self._call(otlp.answered(self._task.answer), "stop")
        if self._agent:
            extra = otlp.tag(self._task.tag) if self._task.tag else ""
            self._span(
                self._agent,
                "",
                f"invoke_agent {self._service.agent}",
                start_ns,
                otlp.agent_attributes(self._service.agent, self._conversation, extra),
            )

    def _own_attributes(self) -> str:
        """What the session's calls have beside what all calls of the service have."""
        task = self._task
        own = list(task.attributes.items())
        if task.prompt:
            own.append(("gen_ai.prompt.name", task.prompt))
        if task.wants_json:
            own.append(("gen_ai.output.type", "json"))
        if self._service.agent:
            own.append(("gen_ai.agent.name", self._service.agent))
        tagged = otlp.tag(task.tag) if task.tag and not self._service.agent else ""
        return otlp.task_attributes(tuple(own)) + tagged

    def _call(self, output: str, finish: str) -> None:
        name = f"chat {self._service.model}"
        before = (
            f'{self._common},{{"key":"gen_ai.conversation.id","value":{{"stringValue":'
            f'"{self._conversation}"}}}},{{"key":"gen_ai.input.messages","value":{{"stringValue":'
            f'"[{self._input}]"}}}}{self._extra}'
        )
        if self._maker.chance(FAILED):
            start_ns = self._pass(0.2, 0.5)
            self._span("", self._agent, name, start_ns, before + FAILURE, FAILED_STATUS, call=True)
        start_ns = self._pass(0.9, 4.5)
        written = int(self._maker.between(30, 160))
        self._span(
            "",
            self._agent,
            name,
            start_ns,
            f'{before},{{"key":"gen_ai.output.messages","value":{{"stringValue":"[{output}]"}}}},'
            f'{{"key":"gen_ai.response.finish_reasons","value":{{"arrayValue":{{"values":'
            f'[{{"stringValue":"{finish}"}}]}}}}}},'
            f'{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"{self._tokens}"}}}},'
            f'{{"key":"gen_ai.usage.output_tokens","value":{{"intValue":"{written}"}}}}',
            call=True,
        )
        self._tokens += written + 120

    def _run_tools(self, tools: tuple[Tool, ...], ids: list[str]) -> None:
        for tool, id_ in zip(tools, ids, strict=True):
            start_ns = self._pass(0.1, 6.0)
            if self._service.tool_spans:
                attributes = id_.join(otlp.tool_attributes(tool))
                self._span("", self._agent, f"execute_tool {tool.name}", start_ns, attributes)

    def _pass(self, low: float, high: float) -> int:
        """Let some seconds pass; when they began."""
        start_ns = self._now
        self._now += int(self._maker.between(low, high) * SECOND_NS)
        return start_ns

    def _span(
        self,
        own: str,
        parent: str,
        name: str,
        start_ns: int,
        attributes: str,
        status: str = "{}",
        *,
        call: bool = False,
    ) -> None:
        """Add a span that ends now; calls go out to a provider, the rest stays inside."""
        ids = (self._trace, own or self._maker.hex(16), parent)
        kind = 3 if call else 1
        span = otlp.span(ids, name, kind, (start_ns, self._now), attributes, status)
        self._maker.add(self._task, span, call=call)


def _offered(service: Service, number: int) -> tuple[Tool, ...] | None:
    """The tools of a service on a day; None while it does not record them."""
    if number < service.lists_since:
        return None
    added = [name for name, since in service.added.items() if since <= number]
    return tuple(_TOOLS[name] for name in (*service.tools, *added))
