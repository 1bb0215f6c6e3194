"""`auditor init` writes this repository's own project, and touches nothing that is there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.project import check, load, starter


def test_the_starter_is_a_project_without_findings(tmp_path: Path) -> None:
    starter.write(tmp_path / "new")
    assert check(tmp_path / "new", date(2026, 11, 24), {}) == ()


def test_the_starter_has_settings_rules_reports_and_collectors(tmp_path: Path) -> None:
    written = starter.write(tmp_path).new
    assert {Path(name).parts[0] for name in written} == {
        ".gitignore",
        "auditor.toml",
        "collectors",
        "reports",
        "rules",
    }


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text("# mine\n")
    written = starter.write(tmp_path)
    assert written.kept == ("auditor.toml",)
    assert (tmp_path / "auditor.toml").read_text() == "# mine\n"


def test_the_second_time_nothing_is_written(tmp_path: Path) -> None:
    starter.write(tmp_path)
    assert starter.write(tmp_path).new == ()


def test_data_is_ignored_by_git(tmp_path: Path) -> None:
    assert not starter.ignores_data(tmp_path)
    starter.write(tmp_path)
    assert starter.ignores_data(tmp_path)


def test_the_starter_settings_are_the_defaults(tmp_path: Path) -> None:
    starter.write(tmp_path)
    written = load(tmp_path, environ={}).settings
    (tmp_path / "auditor.toml").write_text("")
    default = load(tmp_path, environ={}).settings
    assert written.thresholds == default.thresholds
    assert (written.models, written.environments) == (default.models, default.environments)
