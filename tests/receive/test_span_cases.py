"""Every trap of the span vocabularies reads as its case file says."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model import Span, ToolList
from tests.receive.span_cases import CASES, Case

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def fact(span: Span, name: str, expected: Any) -> Any:
    """A span's fact in the form in which case files write it."""
    value = getattr(span, name)
    if isinstance(value, ToolList):
        return {key: _listed(getattr(value, key)) for key in expected or ("names", "whole")}
    return value.name if name == "kind" else _listed(value)


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@each_case
def test_a_span_reads_as_its_case_says(case: Case) -> None:
    spans = case.read().spans
    wanted = [{k: v for k, v in facts.items() if k != "hits"} for facts in case.spans]
    read = [
        {name: fact(span, name, expected) for name, expected in facts.items()}
        for span, facts in zip(spans, wanted, strict=True)
    ]
    assert read == wanted, case.trap


@each_case
def test_what_is_left_out_is_said_as_the_case_says(case: Case) -> None:
    read = case.read()
    assert len(read.rejected) == len(case.rejected), read.rejected
    for sentence, expected in zip(read.rejected, case.rejected, strict=True):
        assert expected in sentence
    assert read.not_traces == case.not_traces


@each_case
def test_no_message_text_leaves_the_receiver(case: Case) -> None:
    assert "SECRET" not in repr(case.read().spans)


def test_the_cases_hold_message_text_that_could_leak() -> None:
    assert sum(b"SECRET" in line for case in CASES for line in case.written) > 30
