"""Vocabularies are tables that add up: another convention is another row."""

from __future__ import annotations

from dataclasses import fields

from auditor.model import Kind
from auditor.receive.genai import GENAI, VOCABULARY
from auditor.receive.vocabulary import Vocabulary, merge


def test_a_second_vocabulary_adds_its_names_after_the_first() -> None:
    other = Vocabulary(
        kind={"openinference.span.kind": {"LLM": Kind.CALL}},
        model=("llm.model_name", "gen_ai.request.model"),
    )
    merged = merge((GENAI, other))
    assert merged.model == ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name")
    assert set(merged.kind) == {"gen_ai.operation.name", "openinference.span.kind"}
    assert merged.tool == GENAI.tool


def test_the_earlier_vocabulary_decides_what_both_name() -> None:
    late = Vocabulary(message_events={"gen_ai.choice": "user"})
    assert merge((GENAI, late)).message_events["gen_ai.choice"] == ""


def test_every_fact_has_a_name_in_the_table_that_is_read() -> None:
    assert [
        column.name for column in fields(Vocabulary) if not getattr(VOCABULARY, column.name)
    ] == []
