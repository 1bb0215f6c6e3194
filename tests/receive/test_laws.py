"""What holds for any input: the receiver never raises, and cuts never change what is whole."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.receive import documents, messages, otlp_json, tools
from auditor.receive.spans import Reader
from tests.receive.span_cases import CASES

READER = Reader.of("unknown_service", frozenset({"server.port"}))
LINES = [line for case in CASES for line in case.written]


@given(st.binary(max_size=200))
def test_no_bytes_make_a_line_raise(line: bytes) -> None:
    assert otlp_json.read_line(line, READER).spans == []


@given(st.sampled_from(LINES), st.data())
def test_a_line_with_damaged_bytes_never_raises(line: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line) - 1))
    read = otlp_json.read_line(
        line[:at] + data.draw(st.binary(max_size=3)) + line[at + 1 :], READER
    )
    assert len(read.spans) <= 3


def test_invalid_utf8_in_one_span_costs_at_most_that_span() -> None:
    line = next(case for case in CASES if case.name == "agent-over-call").written[0]
    hurt = line.replace(b"invoke_agent seller", b"invoke_agent \xff\xfe", 1)
    assert len(otlp_json.read_line(hurt, READER).spans) == 2
    hurt = line.replace(b'"spanId":"eee19b7ec3c1b174"', b'"spanId":"\xff"', 1)
    read = otlp_json.read_line(hurt, READER)
    assert (len(read.spans), len(read.rejected)) == (1, 1)


def test_json_nested_without_end_never_raises() -> None:
    deep = b'{"resourceSpans":' + b"[" * 100_000
    assert len(otlp_json.read_line(deep, READER).rejected) == 1


@given(st.lists(st.text(min_size=1, max_size=8), max_size=5, unique=True), st.data())
def test_a_cut_list_of_tools_names_only_tools_of_the_whole_list(
    names: list[str], data: st.DataObject
) -> None:
    written = json.dumps([{"name": name} for name in names])
    whole = tools.from_json(written)
    cut = tools.from_json(written[: data.draw(st.integers(1, len(written) - 1))])
    assert whole is not None
    assert cut is not None
    assert whole.names == tuple(sorted(names))
    assert not cut.whole
    assert set(cut.names) <= set(whole.names)


@given(st.lists(st.sampled_from(["system", "user", "assistant", "tool"]), max_size=12))
def test_steps_agree_with_counting_forwards(roles: list[str]) -> None:
    found = messages.steps([messages.Message(role=role) for role in roles])
    assert found == steps_counted_forwards(roles)


def steps_counted_forwards(roles: list[str]) -> int | None:
    if "user" not in roles and roles[:1] != ["system"]:
        return None
    turns, before = 0, ""
    for role in roles:
        if role == "user":
            turns = 0
        elif role == "assistant" != before:
            turns += 1
        before = role
    return turns + 1


@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=9), max_size=3), max_size=6),
    st.sampled_from([None, 1]),
    st.integers(1, 40),
)
def test_an_array_split_in_chunks_of_any_size_gives_its_elements(
    elements: list[dict[str, str]], indent: int | None, chunk: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_CHUNK", chunk)
        found = list(split(json.dumps(elements, indent=indent, ensure_ascii=False)))
    assert [msgspec.json.decode(document.data) for document in found] == elements
    assert not any(document.fault for document in found)


def split(text: str) -> list[documents.Document]:
    import tempfile

    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        return list(documents.documents(Path(file.name)))
