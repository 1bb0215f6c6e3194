"""The table of decisions and the state of the store."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len

from auditor.model import Decision, State
from auditor.render.console import to_text
from auditor.render.decisions import decisions
from auditor.render.status import status

from .audits import audit, half_a_year, row


def table(*rows: Any, width: int = 120) -> str:
    return to_text(decisions(audit(*rows), width=width), width=width)


def test_decisions_stand_in_the_order_of_what_there_is_to_do() -> None:
    rows = [row(f"t.{decision}", decision=decision) for decision in Decision]
    found = [line.split()[0] for line in table(*rows).splitlines() if " t." in line]
    assert found == ["drop", "fallback", "distill", "watch"]


def test_every_decision_names_its_rule() -> None:
    text = table(row(state=State.RARE, decision=Decision.DROP))
    assert "(rules/costs.yaml:17)" in text


def test_the_table_fits_80_columns_and_cuts_no_name() -> None:
    made = half_a_year()
    text = to_text(decisions(made, width=80), width=80)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert all(one.usage.capability in text for one in made.rows)


def test_an_empty_store_says_how_to_fill_it() -> None:
    held = dict.fromkeys(("calls", "covered_days", "size_bytes", "duplicates", "rejected"), 0)
    nothing: dict[str, Any] = {**held, "first_call": None, "last_call": None, "services": []}
    text = to_text(status(nothing), width=80)
    assert "`auditor import FILE...` fills it" in text
    assert "first call  -\n" in text
