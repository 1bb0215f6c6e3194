"""The verbs on a project made by `init`, with a store filled by `import`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.main import main
from auditor.errors import ExitCode

Captured = pytest.CaptureFixture[str]

DAY = 86_400
FIRST = 1_790_812_800
"""2026-10-01, in Unix seconds."""


def conversation(number: int, tool: str) -> dict[str, Any]:
    offered = [{"type": "function", "function": {"name": name}} for name in ("search", "pay")]
    call = {"id": "1", "type": "function", "function": {"name": tool, "arguments": "{}"}}
    return {
        "id": f"c{number}",
        "service": "desk",
        "created": FIRST + number * DAY,
        "tools": offered,
        "messages": [
            {"role": "user", "content": "please"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ],
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Path:
    """Forty days with one call of `search` each; `pay` is offered and never called."""
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(json.dumps(conversation(n, "search")) for n in range(40)))
    root = tmp_path / "project"
    assert main(["init", str(root)]) == ExitCode.OK
    monkeypatch.chdir(root)
    assert main(["import", str(log), "--format", "chat"]) == ExitCode.OK
    capsys.readouterr()
    return root


def test_audit_shows_the_decisions_and_writes_them(project: Path, capsys: Captured) -> None:
    assert main(["audit", "--as-of", "2026-11-09"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert "tool.pay" in out
    written = project / ".auditor" / "audits" / "2026-11-09.json"
    assert str(written) in err
    assert json.loads(written.read_text())["schema"] == "auditor.audit/1"


def test_a_part_of_the_traffic_is_shown_and_never_written(project: Path, capsys: Captured) -> None:
    assert main(["audit", "--as-of", "2026-11-09", "--service", "de*"]) == ExitCode.OK
    assert "not written" in capsys.readouterr().err
    assert not list(project.glob(".auditor/audits/*.json"))


def test_report_names_what_is_used_and_what_never_was(project: Path, capsys: Captured) -> None:
    assert main(["--project", str(project), "report", "--as-of", "2026-11-09"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "period     2026-10-01 to 2026-11-09 (40 days)" in out
    assert "tool.pay" in out


def test_explain_follows_the_rule_to_its_line(project: Path, capsys: Captured) -> None:
    assert main(["explain", "tool.pay", "--as-of", "2026-11-09"]) == ExitCode.OK
    rules = (project / "rules" / "costs.yaml").read_text().splitlines()
    shown = capsys.readouterr().out
    line = int(shown.split("rules/costs.yaml:")[1].split()[0].rstrip(","))
    assert rules[line - 1].lstrip(" -").startswith(("default", "match"))


def test_status_counts_by_service(project: Path, capsys: Captured) -> None:
    assert main(["status", "--format", "json"]) == ExitCode.OK
    held = json.loads(capsys.readouterr().out)
    assert held["schema"] == "auditor.status/1"
    assert [(one["service"], one["calls"]) for one in held["services"]] == [("desk", 40)]


def test_a_store_that_is_not_there_yet_is_store_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    main(["init", str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main(["report"]) == ExitCode.STORE
    assert "auditor import FILE" in capsys.readouterr().err
