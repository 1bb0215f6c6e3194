"""The arithmetic of one decision, with every number filled in."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from auditor.audit import Audit, Row
from auditor.model import Decision, State
from auditor.render.console import to_text
from auditor.render.explain import explain
from tests.conftest import Golden

from .audits import audit, half_a_year, row


def named(made: Audit, capability: str) -> Row:
    return next(row for row in made.rows if row.usage.capability == capability)


def page(made: Audit, one: Row, width: int = 200) -> str:
    return to_text(explain(made, one, width=width), width=width)


@pytest.mark.parametrize("width", [80, 120])
def test_explain_a_drop(golden: Golden, width: int) -> None:
    made = half_a_year()
    text = page(made, named(made, "tool.list_all_airports"), width)
    golden(f"explain-{width}", text, look_at="each formula, then the same with its numbers")


def test_the_chance_printed_is_what_its_formula_gives() -> None:
    made = half_a_year()
    text = page(made, named(made, "tool.list_all_airports"))
    formula = re.search(r"= (1 - \(\([\d., +()/^]+)\n", text)
    assert formula is not None
    value = eval(formula[1].replace(",", "").replace("^", "**"))
    assert f"= {value:.4g}, or" in text


def test_the_bound_printed_is_what_its_formula_gives() -> None:
    made = half_a_year()
    text = page(made, named(made, "tool.list_all_airports"))
    formula = re.search(r"= ([\d.]+ / [\d,]+ x [\d,]+), where", text)
    assert formula is not None
    value = eval(formula[1].replace(",", "").replace("x", "*"))
    assert value == pytest.approx(2.768, rel=1e-3)
    assert "= 2.768 occurrences" in text


def test_a_declared_cadence_adds_its_occurrences() -> None:
    one = row(state=State.RARE, occurrences=2, hits=2)
    assert one.entry is not None
    assert one.usage.n_up is not None
    due = replace(
        one,
        entry=replace(one.entry, cadence_days=60),
        usage=replace(one.usage, n_up=one.usage.n_up + 2),
    )
    text = page(audit(due), due)
    assert "2 = ceil(90 / 60 days), declared" in text
    assert "= 5.535 / 2,454 x 1,227 + 2," in text


def test_break_even_asks_a_question_that_everybody_can_answer() -> None:
    made = half_a_year()
    text = page(made, named(made, "tool.list_all_airports"))
    assert "$100 / 2.768 / (1 - 0) = $36.13" in text
    assert "does one miss cost more than $36.13?" in text


def test_without_a_break_even_the_sentence_says_what_else_would_change_it() -> None:
    one = row()
    changed = "never at this cost: only a rule change can drop it"
    one = replace(one, verdict=replace(one.verdict, what_would_change=changed))
    text = page(audit(one), one)
    assert changed in text
    assert "the budget does not decide here" in text


def test_the_rule_is_named_with_file_and_line_and_the_default_as_such() -> None:
    assert "rules/costs.yaml:17\n" in page(audit(), row())
    assert "rules/costs.yaml:27, the default" in page(audit(), row(cost="regression"))


def test_steps_end_with_the_one_that_decided() -> None:
    watched = row(state=State.NOT_YET, decision=Decision.WATCH, judged=False)
    text = page(audit(watched), watched)
    assert "so the decision is watch" in text
    assert "4 droppable?" not in text


def test_what_was_never_observed_has_no_chance_and_no_bound() -> None:
    one = row(offers=0, hits=0, occurrences=0, judged=False, state=State.NOT_YET)
    text = page(audit(one), one)
    assert "Nothing can be said: no offer was observed." in text
    assert "None can be given: no offer was observed." in text
