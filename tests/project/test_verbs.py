"""`init`, `check` and `config` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.main import main
from tests.project.files import COSTS, project

Capture = pytest.CaptureFixture[str]


def _run(capsys: Capture, *args: str) -> tuple[int, str, str]:
    code = main(args)
    out, err = capsys.readouterr()
    return code, out, err


def test_check_without_findings_says_so_and_exits_0(tmp_path: Path, capsys: Capture) -> None:
    result = _run(capsys, "--project", str(project(tmp_path)), "check")
    assert result == (0, "", "no findings\n")


def test_check_with_findings_lists_them_and_exits_1(tmp_path: Path, capsys: Capture) -> None:
    project(tmp_path, costs=f"{COSTS}horizon: 90\ndrop_buget: 5\n")
    code, out, err = _run(capsys, "--project", str(tmp_path), "check")
    assert (code, err) == (1, "2 errors\n")
    horizon, budget = out.splitlines()
    assert horizon.startswith("rules/costs.yaml:4: AUD106 horizon: read '90', expected a whole")
    assert budget.endswith("'drop_buget' is unknown (did you mean 'drop_budget'?)")


def test_check_gives_scripts_json(tmp_path: Path, capsys: Capture) -> None:
    project(tmp_path, costs=f"{COSTS}drop_buget: 5\n")
    _, out, _ = _run(capsys, "--project", str(tmp_path), "check", "--format", "json")
    assert json.loads(out) == {
        "schema": "auditor.check/1",
        "findings": [
            {
                "code": "AUD101",
                "severity": "error",
                "file": "rules/costs.yaml",
                "line": 4,
                "column": 1,
                "message": "the key 'drop_buget' is unknown",
                "hint": "did you mean 'drop_budget'?",
            }
        ],
    }


def test_names_in_findings_do_not_reach_the_terminal_raw(tmp_path: Path, capsys: Capture) -> None:
    project(tmp_path, costs=COSTS + '"a\\e[31m\\u202e[red]": 1\n')
    _, out, _ = _run(capsys, "--project", str(tmp_path), "check")
    assert "'a\\x1b[31m\\u202e[red]'" in out


def test_config_says_where_each_setting_came_from(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_AUDIT_MIN_AGE", "14d")
    project(tmp_path, settings="[audit]\nmin_samples = 50\n")
    code, out, _ = _run(capsys, "--project", str(tmp_path), "config")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert code == 0
    assert rows["audit.min_age"] == ['"14d"', "AUDITOR_AUDIT_MIN_AGE"]
    assert rows["audit.min_samples"] == ["50", "auditor.toml:2"]
    assert rows["audit.rare_share"] == ["0.01", "default"]


def test_config_gives_scripts_json(tmp_path: Path, capsys: Capture) -> None:
    _, out, _ = _run(capsys, "--project", str(project(tmp_path)), "config", "--format", "json")
    settings = {setting["key"]: setting for setting in json.loads(out)["settings"]}
    assert settings["models.teacher"] == {
        "key": "models.teacher",
        "value": ["*"],
        "came_from": "default",
        "variable": "AUDITOR_MODELS_TEACHER",
        "meaning": "The large model in production.",
    }


def test_init_writes_a_project_that_check_accepts(tmp_path: Path, capsys: Capture) -> None:
    folder = str(tmp_path / "new")
    code, out, err = _run(capsys, "init", folder)
    assert (code, out) == (0, "")
    assert f"What to do next in {folder}:" in err
    assert _run(capsys, "--project", folder, "check")[0] == 0


def test_init_keeps_what_is_there_and_asks_for_the_ignore_line(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / ".gitignore").write_text("build/\n")
    _, _, err = _run(capsys, "init", str(tmp_path))
    assert "which was there" in err
    assert "add the line .auditor/ to .gitignore" in err
    assert (tmp_path / ".gitignore").read_text() == "build/\n"


def test_a_folder_without_a_project_names_init(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = _run(capsys, "check")
    assert code == 2
    assert "auditor init" in err


def test_init_from_store_fills_the_catalog_once(tmp_path: Path, capsys: Capture) -> None:
    where = ("--project", str(tmp_path))
    _run(capsys, "init", str(tmp_path))
    chat = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yo"}]}
    tools = [{"type": "function", "function": {"name": "send"}}]
    more = {"tools": tools, "model": "gpt-4o", "environment": "qa.prod", "created": 1767225600}
    (tmp_path / "chat.jsonl").write_text(json.dumps({**chat, **more}))
    _run(capsys, *where, "import", str(tmp_path / "chat.jsonl"))
    code, _, err = _run(capsys, *where, "init", "--from-store")
    assert (code, err.count("filled")) == (0, 2)
    settings = (tmp_path / "auditor.toml").read_text()
    assert 'teacher = ["gpt-4o"]' in settings
    assert '"live", "qa.prod"]' in settings
    assert "id: tool.send" in (tmp_path / "rules/capabilities.yaml").read_text()
    assert _run(capsys, *where, "init", "--from-store")[2].startswith("nothing to add")


def test_init_from_an_absent_store_names_import(tmp_path: Path, capsys: Capture) -> None:
    code, _, err = _run(capsys, "init", str(project(tmp_path)), "--from-store")
    assert code == 3
    assert "auditor import" in err
