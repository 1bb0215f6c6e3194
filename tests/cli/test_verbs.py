"""What `report` and `explain` write, and where."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from auditor.cli.explain import find
from auditor.cli.main import main
from auditor.errors import ExitCode, UnknownCapabilityError
from tests.render.audits import audit, half_a_year, renamed, row

from .conftest import Judged

Captured = pytest.CaptureFixture[str]


def test_report_in_a_pipe_has_no_colour_and_nothing_folded(
    judged: Judged, capsys: Captured
) -> None:
    judged(half_a_year())
    assert main(["report"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert "\x1b" not in out
    assert "tool.legacy_00 " in out
    assert err == ""


def test_report_on_a_terminal_folds_unless_all_is_asked_for(
    judged: Judged, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(half_a_year())
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    main(["--color", "never", "report"])
    assert "(--all shows them)" in capsys.readouterr().out
    main(["--color", "never", "report", "--all"])
    assert "(--all shows them)" not in capsys.readouterr().out


def test_color_always_beats_no_color(
    judged: Judged, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(half_a_year())
    monkeypatch.setenv("NO_COLOR", "1")
    main(["--color", "always", "report"])
    assert "\x1b[" in capsys.readouterr().out


def test_columns_sets_the_width_of_a_pipe(
    judged: Judged, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(half_a_year())
    monkeypatch.setenv("COLUMNS", "80")
    main(["report"])
    assert len(capsys.readouterr().out.splitlines()[0]) == 80


def test_report_as_json_is_the_audit(judged: Judged, capsys: Captured) -> None:
    judged(half_a_year())
    assert main(["report", "--format", "json"]) == ExitCode.OK
    content = json.loads(capsys.readouterr().out)
    assert content["schema"] == "auditor.audit/1"
    assert len(content["capabilities"]) == len(half_a_year().rows)


def test_json_of_a_hostile_name_is_exact_and_harmless(judged: Judged, capsys: Captured) -> None:
    judged(renamed("\x1b[31m\x9b\u202e\x7f"))
    main(["report", "--format", "json"])
    out = capsys.readouterr().out
    assert all(char.isprintable() or char == "\n" for char in out)
    assert json.loads(out)["capabilities"][0]["capability"] == "\x1b[31m\x9b\u202e\x7f"


def test_explain_shows_the_rule_and_the_arithmetic(judged: Judged, capsys: Captured) -> None:
    judged(half_a_year())
    assert main(["explain", "tool.list_all_airports"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "rules/costs.yaml:17" in out
    assert "95% quantile of Gamma(0.5 + k, E) x E_H" in out


def test_explain_as_json_has_the_entry_and_the_arithmetic(judged: Judged, capsys: Captured) -> None:
    judged(half_a_year())
    main(["explain", "tool.list_all_airports", "--format", "json"])
    content = json.loads(capsys.readouterr().out)
    assert content["capability"]["capability"] == "tool.list_all_airports"
    assert content["step"] == 4
    assert [part["title"] for part in content["arithmetic"]][-2:] == [
        "Decision",
        "What would change it",
    ]


def test_an_unknown_capability_is_answered_with_the_nearest(
    judged: Judged, capsys: Captured
) -> None:
    judged(half_a_year())
    assert main(["explain", "tool.list_airports"]) == ExitCode.USAGE
    assert "did you mean 'tool.list_all_airports'?" in capsys.readouterr().err


def test_nothing_is_suggested_for_what_is_like_nothing() -> None:
    with pytest.raises(UnknownCapabilityError, match="unknown capability 'zzzz' "):
        find(half_a_year(), "zzzz")


def test_an_earlier_id_names_the_capability_that_took_its_place() -> None:
    one = row("merge.resolve-conflict")
    assert one.entry is not None
    one = replace(one, entry=replace(one.entry, was=("git.conflict",)))
    assert find(audit(one), "git.conflict") is one
