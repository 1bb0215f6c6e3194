"""What a case file cannot say: sizes, missing files, speed, and this repository itself."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

from auditor.project import Severity, check
from tests.project.files import COSTS, codes, found, project

ROOT = Path(__file__).parents[2]


def test_this_repository_is_a_project_without_findings() -> None:
    assert check(ROOT, date(2026, 11, 24), {}) == ()


def test_the_starter_stays_without_findings_as_years_pass() -> None:
    assert check(ROOT, date(2036, 1, 1), {}) == ()


def test_a_file_of_10_mb_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    began = time.process_time()
    findings = found(tmp_path, costs="# filler\n" * 1_200_000)
    assert [finding.code for finding in findings] == ["AUD002"]
    assert time.process_time() - began < 1


def test_a_missing_cost_file_is_named(tmp_path: Path) -> None:
    (project(tmp_path) / "rules/costs.yaml").unlink()
    (finding,) = check(tmp_path, date(2026, 11, 24), {})
    assert str(finding) == ("rules/costs.yaml:1: AUD001 cannot be read: No such file or directory")


def test_a_folder_in_place_of_a_file_is_a_finding(tmp_path: Path) -> None:
    (project(tmp_path) / "reports/weekly.yaml").mkdir(parents=True)
    assert [f.code for f in check(tmp_path, date(2026, 11, 24), {})] == ["AUD001"]


def test_a_project_without_a_catalog_is_fine(tmp_path: Path) -> None:
    (project(tmp_path) / "rules/capabilities.yaml").unlink()
    assert check(tmp_path, date(2026, 11, 24), {}) == ()


def test_faults_of_all_files_come_together_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    findings = found(
        tmp_path, settings="[audits]\n", catalog="version: 3\n", costs=f"{COSTS}horizon: 90\n"
    )
    assert [(str(f.place), f.code) for f in findings] == [
        ("auditor.toml:1", "AUD101"),
        ("rules/capabilities.yaml:1", "AUD102"),
        ("rules/capabilities.yaml:1", "AUD104"),
        ("rules/costs.yaml:4", "AUD106"),
    ]


def test_crlf_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    assert codes(tmp_path, costs=b"\xef\xbb\xbf" + COSTS.replace("\n", "\r\n").encode()) == []


def test_a_thousand_rules_are_checked_in_under_two_seconds(tmp_path: Path) -> None:
    rule = (
        '  - match: {{capability: "tool.t{n}_*"}}\n    cost: nuisance\n'
        '    because: It is small.\n    owner: "@platform"\n'
    )
    costs = f"{COSTS}rules:\n" + "".join(rule.format(n=number) for number in range(1000))
    began = time.process_time()
    assert codes(tmp_path, costs=costs) == []
    assert time.process_time() - began < 2


def test_a_passed_review_is_a_warning_and_an_unknown_key_an_error(tmp_path: Path) -> None:
    rule = """rules:
  - match: {capability: "tool.*"}
    cost: nuisance
    because: It is small.
    owner: "@platform"
    review_by: 2026-01-01
    reviewed: never
"""
    severities = {f.code: f.severity for f in found(tmp_path, costs=COSTS + rule)}
    assert severities == {"AUD101": Severity.ERROR}
    severities = {
        f.code: f.severity
        for f in found(tmp_path, costs=COSTS + rule.replace("    reviewed: never\n", ""))
    }
    assert severities == {"AUD310": Severity.WARNING}
