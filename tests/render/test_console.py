"""Colour and width: flags before variables, variables before the terminal."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest

from auditor.render.console import Color, to_text, wants_color, width_of
from auditor.render.report import report

from .audits import half_a_year


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("color", "environ", "expected"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_who_decides_about_colour_on_a_terminal(
    color: Color, environ: Mapping[str, str], expected: bool
) -> None:
    assert wants_color(color, Terminal(), environ) is expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "0"}, False)],
)
def test_a_pipe_has_colour_only_when_forced(environ: Mapping[str, str], expected: bool) -> None:
    assert wants_color("auto", io.StringIO(), environ) is expected


@pytest.mark.parametrize(
    ("columns", "width"), [("", 120), ("200", 200), ("12", 80), ("0", 120), ("wide", 120)]
)
def test_a_pipe_is_as_wide_as_columns_says_or_wide_enough(columns: str, width: int) -> None:
    assert width_of(io.StringIO(), {"COLUMNS": columns}) == width


def test_colour_changes_nothing_but_colour() -> None:
    page = report(half_a_year(), width=120)
    colored = to_text(page, width=120, color=True)
    assert "\x1b[1;31m" in colored
    stripped = re.sub(r"\x1b\[[\d;]*m", "", colored)
    plain = to_text(page, width=120)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()
