"""A project read as a whole, or refused with everything that is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.errors import BadProjectError, ProjectNotFoundError
from auditor.model import Decision, Matcher, Place, Scope
from auditor.project import ReportDefinition, find_root, load
from tests.project.files import COSTS, project


def test_a_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    below = project(tmp_path) / "rules" / "deep"
    below.mkdir()
    assert find_root(below) == tmp_path.resolve()


def test_a_folder_without_a_project_names_init(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFoundError, match="auditor init"):
        find_root(tmp_path / "nowhere")


def test_a_named_folder_is_not_searched_upward(tmp_path: Path) -> None:
    with pytest.raises(ProjectNotFoundError):
        load(explicit=project(tmp_path) / "rules")


def test_every_error_of_every_file_is_in_one_exception(tmp_path: Path) -> None:
    project(tmp_path, settings="[audit]\nmin_age = 30\n", costs=f"{COSTS}horizon: 90\nx: 1\n")
    with pytest.raises(BadProjectError) as caught:
        load(tmp_path, environ={})
    assert [fault.partition(": ")[0] for fault in caught.value.faults] == [
        "auditor.toml:2",
        "rules/costs.yaml:4",
        "rules/costs.yaml:5",
    ]


def test_warnings_stop_no_audit(tmp_path: Path) -> None:
    rule = "rules:\n  - {match: {tag: gone}, cost: nuisance, because: Old., owner: me}\n"
    read = load(project(tmp_path, costs=COSTS + rule), environ={})
    assert [rule.tag for rule in read.costs.rules] == ["gone"]


def test_a_catalog_entry_is_read_whole(tmp_path: Path) -> None:
    catalog = """version: 1
capabilities:
  - id: merge.resolve-conflict
    description: Resolve a merge conflict.
    birth: 2026-03-01
    owner: "@platform"
    tags: [git]
    scope: {service: pr-bot, agent: "rev*", attributes: {app.tier: gold}}
    match: {attribute: app.feature, glob: "merge*"}
    examples: ["merge main, please"]
    cadence: 13w
    was: [git.conflict]
"""
    (entry,) = load(project(tmp_path, catalog=catalog), environ={}).catalog
    assert entry.place == Place("rules/capabilities.yaml", 3, 5)
    assert entry.birth == date(2026, 3, 1)
    assert entry.scope == Scope("pr-bot", "rev*", (("app.tier", "gold"),))
    assert entry.match == Matcher("app.feature", glob="merge*")
    assert (entry.cadence_days, entry.was, entry.tags) == (91, ("git.conflict",), ("git",))


def test_a_rule_keeps_its_place_and_its_pin(tmp_path: Path) -> None:
    rules = """rules:
  - match: {capability: "tool.*", tag: git, owner: "@platform"}
    decide: fallback
    because: Until the audit is over.
    owner: "@risk"
    until: 2027-01-31
    detect_rate: 0.5
"""
    (rule,) = load(project(tmp_path, costs=COSTS + rules), environ={}).costs.rules
    assert str(rule.place) == "rules/costs.yaml:5"
    assert (rule.capability, rule.tag, rule.owner_is) == ("tool.*", "git", "@platform")
    assert (rule.pin, rule.until) == (Decision.FALLBACK, date(2027, 1, 31))
    assert rule.detect_rate == 0.5


def test_the_total_budget_is_ten_times_the_budget_of_one(tmp_path: Path) -> None:
    costs = load(project(tmp_path, costs=f"{COSTS}drop_budget: 40\n"), environ={}).costs
    assert costs.drop_budget_total == 400


def test_a_report_definition_is_read_and_may_be_absent(tmp_path: Path) -> None:
    assert load(project(tmp_path), environ={}).report == ReportDefinition()
    project(tmp_path, report="version: 1\nservice: pr-*\norigin: all\nfold: false\n")
    assert load(tmp_path, environ={}).report == ReportDefinition("pr-*", "all", fold=False)


def test_a_variable_changes_the_digest_of_the_settings_and_of_nothing_else(tmp_path: Path) -> None:
    before = load(project(tmp_path), environ={}).digests
    after = load(tmp_path, environ={"AUDITOR_AUDIT_MIN_AGE": "14d"}).digests
    assert {name for name in before if before[name] != after[name]} == {"settings"}


def test_data_lives_beside_the_settings(tmp_path: Path) -> None:
    read = load(project(tmp_path), environ={})
    assert read.store_path == tmp_path.resolve() / ".auditor" / "store.duckdb"
    assert read.audits_dir == tmp_path.resolve() / ".auditor" / "audits"
