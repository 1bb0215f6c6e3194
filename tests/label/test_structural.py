"""Labels by the shape of a call, each with the values just at and around its limit."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from auditor.label import structural
from auditor.model import STRUCTURAL, Kind, Source, Span


def names(**facts: Any) -> list[str]:
    span = Span("1" * 32, "2" * 16, "", 5, 6, Kind.CALL, "shop", "prod", **facts)
    return [name for name, _ in structural.hits(span)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (None, []),
        (1, ["steps.1"]),
        (2, ["steps.2-3"]),
        (3, ["steps.2-3"]),
        (4, ["steps.4-5"]),
        (5, ["steps.4-5"]),
        (6, ["steps.6+"]),
        (60, ["steps.6+"]),
    ],
)
def test_steps_fall_in_four_labels(steps: int | None, expected: list[str]) -> None:
    assert names(steps=steps) == expected


@pytest.mark.parametrize(
    ("tokens", "expected"), [(None, []), (31_999, []), (32_000, ["context.long"])]
)
def test_a_long_context_begins_at_32000_tokens(tokens: int | None, expected: list[str]) -> None:
    assert names(input_tokens=tokens) == expected


@pytest.mark.parametrize(("calls", "parallel"), [(0, False), (1, False), (2, True)])
def test_two_tool_calls_are_parallel(calls: int, parallel: bool) -> None:
    assert ("calls.parallel" in names(tools_called=(), tool_calls=calls)) is parallel


def test_three_calls_of_one_tool_are_one_hit() -> None:
    assert names(tools_called=("find",), tool_calls=3) == ["tool.find", "calls.parallel"]


def test_a_tool_that_is_only_offered_is_no_hit() -> None:
    assert names(tools_called=()) == []


def test_every_structural_family_has_its_labeller_and_its_pattern() -> None:
    assert set(structural.FAMILIES) == {family.source for family in STRUCTURAL}
    patterns = {family.source: family.pattern for family in STRUCTURAL}
    span = Span("1" * 32, "2" * 16, "", 5, 6, Kind.CALL, "shop", "prod")
    span.tools_called, span.tool_calls, span.steps = ("find",), 2, 9
    span.prompt, span.json_output, span.input_tokens = "checkout", True, 99_999
    hits = structural.hits(span)
    assert {source for _, source in hits} == set(patterns) - {Source.TAG, Source.MATCHER}
    assert all(fnmatchcase(name, patterns[source]) for name, source in hits)
