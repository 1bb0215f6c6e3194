"""The worked example: what a real airline agent used of gpt-4o."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from auditor.audit import Audit, run
from auditor.cli.main import main
from auditor.project import load
from auditor.render.console import to_text
from auditor.render.report import report
from auditor.store import Reader, open_reader
from tests.airline.traffic import LAST_DAY, write_chat, write_chat_array, write_otlp
from tests.conftest import ROOT, Golden

pytestmark = pytest.mark.realdata

HITS = {
    "tool.get_reservation_details": (377, 165),
    "tool.search_direct_flight": (141, 61),
    "tool.get_user_details": (120, 120),
    "tool.update_reservation_flights": (104, 58),
    "tool.calculate": (96, 44),
    "tool.think": (92, 61),
    "tool.cancel_reservation": (69, 46),
    "tool.book_reservation": (53, 24),
    "tool.transfer_to_human_agents": (48, 48),
    "tool.search_onestop_flight": (38, 31),
    "tool.update_reservation_baggages": (14, 12),
    "tool.send_certificate": (8, 8),
    "tool.list_all_airports": (2, 2),
    "tool.update_reservation_passengers": (2, 2),
}
STEPS = {"steps.1": 1341, "steps.2-3": 745, "steps.4-5": 184, "steps.6+": 184}

Write = Callable[[Path, Path], Path]


def project(folder: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "airline", folder)
    return folder


def imported(folder: Path, write: Write, data: Path) -> Reader:
    traffic = write(data, folder.parent / f"{folder.name}.jsonl")
    assert main(["--project", str(folder), "import", str(traffic)]) == 0
    return open_reader(folder / ".auditor" / "store.duckdb")


@pytest.fixture(scope="module")
def folder(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("airline") / "chat")
    imported(folder, write_chat, real_data)
    return folder


@pytest.fixture(scope="module")
def audit(folder: Path) -> Audit:
    return run(load(folder), open_reader(folder / ".auditor" / "store.duckdb"), as_of=LAST_DAY)


def decided(audit: Audit, capability: str) -> tuple[str, str]:
    row = next(row for row in audit.rows if row.usage.capability == capability)
    return str(row.usage.state), str(row.verdict.decision)


@pytest.mark.parametrize("write", [write_chat, write_chat_array, write_otlp])
def test_every_way_in_gives_exactly_the_counts_of_the_file(
    write: Write, real_data: Path, tmp_path: Path
) -> None:
    reader = imported(project(tmp_path / "p"), write, real_data)
    assert reader.status()["calls"] == 2454
    counted = {
        name: (hits, occurrences)
        for name, hits, occurrences in reader.frames.counters.group_by("capability")
        .agg(pl.col("hits", "occurrences").sum())
        .iter_rows()
    }
    assert {name: counted[name] for name in HITS} == HITS
    assert {name: counted[name][0] for name in STEPS} == STEPS


def test_both_ways_in_give_one_digest(folder: Path, real_data: Path, tmp_path: Path) -> None:
    chat = open_reader(folder / ".auditor" / "store.duckdb")
    otlp = imported(project(tmp_path / "otlp"), write_otlp, real_data)
    assert otlp.digest() == chat.digest()


@pytest.mark.parametrize(
    ("capability", "state", "decision"),
    [
        ("tool.send_certificate", "rare", "fallback"),
        ("tool.list_all_airports", "rare", "drop"),
        ("tool.get_weather", "not-yet", "watch"),
        ("tool.print_boarding_pass", "never-fired", "drop"),
        ("tool.get_reservation_details", "active", "distill"),
    ],
)
def test_the_worked_example(audit: Audit, capability: str, state: str, decision: str) -> None:
    assert decided(audit, capability) == (state, decision)


def test_the_bounds_of_the_worked_example(audit: Audit) -> None:
    by_name = {row.usage.capability: row for row in audit.rows}
    assert by_name["tool.list_all_airports"].verdict.loss_bound == pytest.approx(8.3, abs=0.05)
    assert by_name["tool.print_boarding_pass"].usage.n_up == pytest.approx(2.88, abs=0.01)


def test_a_boarding_pass_that_is_an_incident_stays(folder: Path, tmp_path: Path) -> None:
    dear = tmp_path / "dear"
    shutil.copytree(folder, dear)
    costs = dear / "rules" / "costs.yaml"
    costs.write_text(costs.read_text().replace('"tool.send_*"', '"tool.[sp]*"'))
    audit = run(load(dear), open_reader(dear / ".auditor" / "store.duckdb"), as_of=LAST_DAY)
    assert decided(audit, "tool.print_boarding_pass") == ("never-fired", "fallback")


def test_an_edit_of_the_environments_after_the_import_acts(folder: Path, tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    shutil.copytree(folder, staged)
    log = tmp_path / "staging.jsonl"
    line: dict[str, Any] = {
        "messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}],
        "environment": "blue",
        "service": "airline-agent",
        "created": f"{LAST_DAY}T00:00:00Z",
    }
    log.write_text(json.dumps(line))
    assert main(["--project", str(staged), "import", str(log)]) == 0

    def calls() -> tuple[int, dict[str, int]]:
        reader = open_reader(staged / ".auditor" / "store.duckdb")
        audit = run(load(staged), reader, as_of=LAST_DAY)
        return audit.calls, dict(audit.left_out)

    assert calls() == (2454, {"test": 1})
    with (staged / "auditor.toml").open("a") as file:
        file.write('\n[environments]\nproduction = ["blue"]\n')
    assert calls() == (2455, {})


@pytest.mark.parametrize("width", [80, 120])
def test_the_report_of_the_readme(audit: Audit, golden: Golden, width: int) -> None:
    page = to_text(report(audit, width=width), width=width)
    golden(f"airline-{width}", page, look_at="the report that the README shows")


def test_the_audit_leaves_a_file_that_says_what_made_it(folder: Path) -> None:
    assert main(["--project", str(folder), "audit", "--as-of", str(LAST_DAY)]) == 0
    written = json.loads((folder / ".auditor" / "audits" / f"{LAST_DAY}.json").read_text())
    assert written["schema"] == "auditor.audit/1"
    assert set(written["digests"]) >= {"settings", "rules/costs.yaml", "store"}
    assert len(written["capabilities"]) == 20
