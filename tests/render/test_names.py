"""Names come from strangers: none of them may act on a terminal, in any output."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.render.console import to_text
from auditor.render.decisions import decisions
from auditor.render.document import document
from auditor.render.explain import explain
from auditor.render.names import visible, visible_json
from auditor.render.report import report
from auditor.render.scripts import explained
from auditor.render.status import status

from .audits import renamed

HOSTILE = {
    "escape sequence": "\x1b[31mtool",
    "one-byte control sequence": "\x9b31mtool",
    "bidi override": "tool\u202efdp.exe",
    "line break": "tool\nsecond line",
    "carriage return": "tool\rover",
    "delete": "tool\x7f",
    "zero-width joiner": "to\u200dol",
    "lone surrogate": "tool\udcff",
    "markup": "[red]tool[/red]",
    "unclosed markup": "[/nonsense]",
    "emoji code": ":fire: tool",
}


def held(name: str) -> dict[str, object]:
    service = {
        "service": name,
        "calls": 4,
        "errors": 0,
        "calls_with_known_offers": 3,
        "input_tokens": 10,
        "output_tokens": 2,
    }
    return {
        "calls": 4,
        "first_call": "2026-11-20T09:00:00Z",
        "last_call": "2026-11-24T15:00:00Z",
        "size_bytes": 2_362_368,
        "covered_days": 5,
        "duplicates": 1,
        "rejected": 0,
        "services": [service],
    }


def _report(name: str) -> str:
    return to_text(report(renamed(name), width=120), width=120)


def _explain(name: str) -> str:
    made = renamed(name)
    return to_text(explain(made, made.rows[0], width=120), width=120)


def _decisions(name: str) -> str:
    return to_text(decisions(renamed(name), width=120), width=120)


def _status(name: str) -> str:
    return to_text(status(held(name)), width=120)


def _explained(name: str) -> str:
    made = renamed(name)
    return document(explained(made, made.rows[0], {"capability": name}))


OUTPUTS = {
    "report": _report,
    "explain": _explain,
    "audit": _decisions,
    "status": _status,
    "json": _explained,
}


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS.keys())
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_shown_and_does_nothing(name: str, output: Callable[[str], str]) -> None:
    text = output(name)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert visible(name) in text or json.dumps(name)[1:-1] in text


@pytest.mark.parametrize("output", OUTPUTS.values(), ids=OUTPUTS.keys())
def test_a_hostile_name_adds_no_line(output: Callable[[str], str]) -> None:
    plain, broken = output("tool..second"), output("tool.\nsecond")
    assert len(plain.splitlines()) == len(broken.splitlines())


@given(st.text())
def test_what_is_made_visible_always_prints(text: str) -> None:
    assert visible(text).isprintable()


@given(st.text(st.characters(exclude_categories=())))
def test_json_keeps_a_name_exactly(text: str) -> None:
    written = visible_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(written) == [text]
    assert written.isprintable()


def test_names_in_every_script_stay_readable() -> None:
    assert visible("värde.合併 [red]:fire:") == "värde.合併 [red]:fire:"
