"""The report, as a lead reads it in a terminal, in a pipe and without colour."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from rich.cells import cell_len

from auditor.audit import Audit
from auditor.model import Decision, State
from auditor.render.columns import COLUMNS, weeks
from auditor.render.console import to_text
from auditor.render.groups import GROUPS, grouped
from auditor.render.report import report
from tests.conftest import Golden

from .audits import audit, half_a_year, row


def page(made: Audit, width: int = 120, *, fold: bool = True) -> str:
    return to_text(report(made, width=width, fold=fold), width=width)


def test_report_at_80_columns(golden: Golden) -> None:
    golden("report-80", page(half_a_year(), 80), look_at="three lines a row, nothing cut")


def test_report_at_120_columns(golden: Golden) -> None:
    golden("report-120", page(half_a_year(), 120), look_at="all figures of a row on one line")


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    lines = page(half_a_year(), width).splitlines()
    assert max(cell_len(line) for line in lines) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_every_figure_of_a_row_is_shown_whole(width: int) -> None:
    made = half_a_year()
    text = page(made, width, fold=False)
    shown = [column.text(made, row) for row in made.rows for column in COLUMNS.values()]
    assert [figure for figure in shown if figure not in text] == []


@pytest.mark.parametrize("width", [80, 120])
def test_a_reason_is_never_cut(width: int) -> None:
    reason = " ".join(f"word{i}" for i in range(60))
    assert all(word in page(audit(row(reason=reason)), width) for word in reason.split())


def test_headline_counts_active_fading_and_rare_as_used() -> None:
    states = [State.ACTIVE, State.FADING, State.RARE, State.DORMANT, State.NEVER_FIRED]
    made = audit(*(row(f"t.{state}", state=state) for state in states))
    assert "This product uses 3 of 5 capabilities" in page(made)


def test_header_says_what_was_left_out_and_where_the_gap_was() -> None:
    text = page(audit(row()))
    assert "left out: 4,321 test, 12 eval" in text
    assert "14 without a span, which count for nothing: 2026-08-03 to 2026-08-16" in text


def test_a_rare_capability_is_costly_unless_it_is_dropped() -> None:
    kept = row("a", state=State.RARE, decision=Decision.FALLBACK)
    dropped = row("b", state=State.RARE, decision=Decision.DROP)
    titles = [group.title for group, _ in grouped((kept, dropped))]
    assert titles == ["Rare but costly", "Cheap rare"]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("decision", Decision)
def test_every_capability_stands_in_exactly_one_group(state: State, decision: Decision) -> None:
    one = row(state=state, decision=decision)
    assert sum(group.holds(one) for group in GROUPS) == 1


def test_a_long_group_folds_with_a_count_and_unfolds() -> None:
    made = audit(*(row(f"tool.t{i:02d}") for i in range(30)))
    assert "… and 22 more: 22 distill (--all shows them)" in page(made)
    assert "tool.t29" in page(made, fold=False)


def test_a_fold_never_hides_the_only_fallback_among_drops() -> None:
    quiet = partial(row, state=State.NEVER_FIRED, hits=0, occurrences=0)
    drops = [quiet(f"tool.t{i}", decision=Decision.DROP, saved=True) for i in range(20)]
    kept = quiet("tool.pay_out", decision=Decision.FALLBACK, cost="incident")
    assert "tool.pay_out" in page(audit(*drops, kept))


def test_what_cannot_be_judged_says_until_when_or_why() -> None:
    text = page(half_a_year())
    assert "too early to judge: 7 of 30 covered days of age (met 2026-12-17)" in text
    assert "cannot be judged: its output was never recorded" in text


def test_what_is_pinned_and_not_yet_judged_says_both() -> None:
    one = row(state=State.NOT_YET, decision=Decision.FALLBACK, reason="7 of 30 covered days")
    pinned = replace(one, verdict=replace(one.verdict, reason="pinned: the law wants it"))
    assert "pinned: the law wants it; 7 of 30 covered days" in page(audit(pinned))


def test_a_week_in_a_gap_is_blank_and_a_silent_one_a_dot() -> None:
    one = row(weekly=(0, 3, *(0,) * 24))
    assert weeks(audit(one), one) == "·█" + "·" * 7 + "  " + "·" * 15


def test_savings_are_definitions_times_offers_and_say_so() -> None:
    made = audit(row("tool.old", decision=Decision.DROP, offers=2_000, saved=True))
    text = page(made)
    assert "tool.old: 120 tokens x 1,000 offers = 120,000" in text
    assert "a token is taken for 4 characters" in " ".join(text.split())


def test_invented_calls_and_capabilities_of_tests_alone_are_named() -> None:
    text = page(audit(row()))
    assert "tool.open_ticket: 7 calls" in text
    assert "tool.seed_database: 812 hits in test" in text


def test_an_audit_of_nothing_says_so() -> None:
    empty = replace(audit(), calls=0, first_day=None, last_day=None, list_known_share=None)
    assert "no calls in this period" in page(empty)
    assert "`auditor status`" in page(empty)


def test_huge_figures_still_leave_room_for_the_name() -> None:
    made = audit(row("tool.search", hits=123_456_789, occurrences=9_999_999, offers=987_654_321))
    assert "tool.search" in page(made, 80)
    assert max(cell_len(line) for line in page(made, 80).splitlines()) <= 80


def test_no_line_ends_in_blanks_and_no_colour_is_written_unasked() -> None:
    text = page(half_a_year())
    assert "\x1b" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]
