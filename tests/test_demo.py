"""The demo shows what it promises: every part of its story comes out in the audit."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.main import main

MAKE = Path(__file__).parents[1] / "examples" / "demo" / "make.py"
UNTIL = "2026-11-24"


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(MAKE), str(folder), "--until", UNTIL]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@dataclass(frozen=True)
class Demo:
    folder: Path
    output: str

    def audit(self, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
        capsys.readouterr()
        command = ["--project", str(self.folder), "audit", "--as-of", UNTIL, "--format", "json"]
        assert main(command) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    def rows(self, capsys: pytest.CaptureFixture[str]) -> Mapping[str, dict[str, Any]]:
        return {row["capability"]: row for row in self.audit(capsys)["capabilities"]}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("make") / "demo"
    done = make(folder)
    assert done.returncode == 0, done.stderr
    return Demo(folder, done.stdout)


STORY = {
    "heal-locator": ("active", "distill"),
    "tool.read_dom_snapshot": ("active", "distill"),
    "triage.visual-diff": ("active", "distill"),
    "explain.release-risk": ("active", "fallback"),
    "tool.quarantine_test": ("active", "fallback"),
    "migrate.selenium-to-playwright": ("fading", "distill"),
    "tool.emulate_geolocation": ("never-fired", "drop"),
    "tool.list_browser_contexts": ("never-fired", "drop"),
    "tool.list_branches": ("never-fired", "drop"),
    "tool.seed_database": ("never-fired", "drop"),
    "tool.delete_test_data": ("never-fired", "fallback"),
    "tool.page_oncall": ("never-fired", "fallback"),
    "tool.record_user_flow": ("not-yet", "watch"),
    "tool.take_screenshot": ("dormant", "drop"),
    "tool.set_viewport_size": ("rare", "drop"),
    "report.quarter-end": ("rare", "fallback"),
    "tool.send_release_signoff": ("rare", "fallback"),
    "tool.revert_commit": ("rare", "fallback"),
}


def test_every_capability_of_the_story_has_its_state_and_decision(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = demo.rows(capsys)
    found = {name: (rows[name]["state"], rows[name]["decision"]) for name in STORY}
    assert found == STORY


def test_the_traffic_is_as_large_and_as_long_as_said(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = demo.audit(capsys)
    assert 90_000 < audit["calls"] < 110_000
    assert 38 <= len(audit["capabilities"]) <= 46
    assert (audit["covered_days"], audit["uncovered_days"]) == (168, 14)
    assert audit["last_day"] == UNTIL


def test_a_few_capabilities_carry_most_of_the_traffic(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = demo.rows(capsys)
    assert rows["heal-locator"]["hits"] > 0.5 * demo.audit(capsys)["calls"]


def test_what_was_generated_exactly_is_counted_exactly(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = demo.rows(capsys)
    exact = {
        "tool.take_screenshot": 61,
        "report.quarter-end": 40,
        "tool.send_release_signoff": 6,
        "tool.revert_commit": 3,
    }
    assert {name: rows[name]["occurrences"] for name in exact} == exact


def test_tests_and_evaluations_do_not_count(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    audit = demo.audit(capsys)
    assert audit["left_out"].keys() == {"test", "eval"}
    assert audit["fires_elsewhere"].keys() == {"tool.seed_database"}


def test_the_tool_that_the_model_made_up_is_a_finding(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert demo.audit(capsys)["invented"] == {"restart_runner": 3}


def test_it_says_that_the_traffic_is_generated_shows_the_report_and_what_to_do_next(
    demo: Demo,
) -> None:
    assert demo.output.startswith("GENERATED TRAFFIC of a test-automation assistant (seed ")
    assert "This product uses " in demo.output
    for command in ("auditor init my-audit", "auditor import traces/", "auditor explain tool."):
        assert command in demo.output


def test_it_ends_with_what_its_decisions_would_have_cost_beside_the_usual_rule(demo: Demo) -> None:
    last = demo.output.splitlines()[-1]
    assert last.startswith("Holding these decisions over the last 22 weeks would have cost $")
    assert "; 'no hit in 30 days' would have cost $1" in last


def test_its_rules_and_catalog_have_no_findings(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--project", str(demo.folder), "check"]) == 0, capsys.readouterr().out


def test_a_dearer_rule_keeps_what_it_told_the_reader_to_try(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    path = demo.folder / "rules" / "costs.yaml"
    text = path.read_text()
    try:
        before, after = text.split("tag: browser-state}\n    cost: nuisance")
        path.write_text(f"{before}tag: browser-state}}\n    cost: rework{after}")
        assert demo.rows(capsys)["tool.take_screenshot"]["decision"] == "fallback"
    finally:
        path.write_text(text)


@pytest.mark.slow
def test_a_second_run_starts_over_and_leaves_what_is_not_its_own(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    before = demo.audit(capsys)["digests"]
    (demo.folder / "notes.txt").write_text("mine")
    (demo.folder / "traces" / "stray.jsonl").write_text("not a line\n")
    assert "; 0 left out" in make(demo.folder).stdout
    assert (demo.folder / "notes.txt").read_text() == "mine"
    assert demo.audit(capsys)["digests"] == before


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "auditor.toml").write_text("# ours\n")
    done = make(tmp_path)
    assert (done.returncode, [path.name for path in tmp_path.iterdir()]) == (2, ["auditor.toml"])
    assert done.stderr == f"{tmp_path} is there and is no demo: name another folder\n"
