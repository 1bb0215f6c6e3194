"""YAML scalars as the core schema of YAML 1.2 has them, and places of keys and values."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Place
from auditor.project.source import Source
from auditor.project.yaml_file import parse, scalar


def _parsed(text: str) -> Source:
    source = Source("rules/costs.yaml", text)
    parse(source)
    return source


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2027-02-30", "2027-02-30"),
        ("1_000", "1_000"),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("-3", -3),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("TRUE", True),
        ("~", None),
        ("-.inf", -math.inf),
        ("9" * 400, math.inf),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(text: str, value: object) -> None:
    assert scalar(text) == value


def test_a_quoted_scalar_is_text() -> None:
    assert _parsed("a: '1'\nb: \"true\"\nc: !\n").value == {"a": "1", "b": "true", "c": ""}


def test_a_key_stands_at_its_own_place_and_its_value_at_another() -> None:
    source = _parsed("a:\n  - b: 1\n    c: 2\n")
    assert source.place(("a", 0, "c")) == Place("rules/costs.yaml", 3, 5)
    assert source.value_place(("a", 0, "c")) == Place("rules/costs.yaml", 3, 8)


def test_what_is_missing_stands_at_what_is_around_it() -> None:
    assert _parsed("a:\n  - b: 1\n").place(("a", 0, "owner", "name")).line == 2


@given(st.text(max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    source = _parsed(text)
    assert source.value is None or not source.unreadable


@given(st.text(alphabet="a:-[]{},&*!|>'\"%@#? \n\t", max_size=60))
def test_no_mix_of_yaml_signs_makes_the_reader_fail(text: str) -> None:
    assert all(finding.place.line >= 1 for finding in _parsed(text).faults)
