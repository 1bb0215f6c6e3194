"""`auditor backtest` on a project made by `init`, and on an event log."""

from __future__ import annotations

import gzip
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
COSTS = """
version: 1
costs: {nuisance: 1, incident: 100000}
rules:
  - match: {capability: "tool.pay"}
    cost: %s
    because: It can be asked again.
    owner: "@desk"
default: {cost: incident}
"""
MONTH = ("--horizon", "30d", "--from", "2026-11-25", "--to", "2026-12-16")


def conversation(number: int, tool: str, **more: Any) -> dict[str, Any]:
    offered = [{"type": "function", "function": {"name": name}} for name in ("search", "pay")]
    call = {"id": "1", "type": "function", "function": {"name": tool, "arguments": "{}"}}
    return {
        "id": f"{tool}-{number}",
        "service": "desk",
        "created": FIRST + number * DAY // 10,
        "tools": offered,
        "messages": [
            {"role": "user", "content": "please"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ],
        **more,
    }


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Path:
    """Ten calls a day for 120 days; `pay` is called on day 70 alone, and in a test on day 72."""
    log = tmp_path / "log.jsonl"
    lines = [conversation(n, "pay" if n == 700 else "search") for n in range(1200)]
    lines.append(conversation(720, "pay", id="in a test", environment="ci"))
    log.write_text("\n".join(map(json.dumps, lines)))
    root = tmp_path / "project"
    assert main(["init", str(root)]) == ExitCode.OK
    (root / "rules" / "costs.yaml").write_text(COSTS % "nuisance")
    monkeypatch.chdir(root)
    monkeypatch.delenv("COLUMNS", raising=False)
    assert main(["import", str(log), "--format", "chat"]) == ExitCode.OK
    capsys.readouterr()
    return root


def found(capsys: Captured, *options: str) -> dict[str, Any]:
    assert main(["backtest", *MONTH, "--format", "json", *options]) == ExitCode.OK
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_the_first_line_is_the_verdict_in_money(project: Path, capsys: Captured) -> None:
    assert main(["backtest", *MONTH]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == (
        "Holding these decisions over the 4 weeks until 2026-12-23 would have cost $1 in 1 miss; "
        "'no hit in 30 days' would have"
    )
    assert "tool.pay" in out
    assert err == ""


def test_json_has_the_miss_with_its_date_and_trace(project: Path, capsys: Captured) -> None:
    answer = found(capsys)
    assert answer["schema"] == "auditor.backtest/1"
    assert (answer["cuts"], answer["complete_cuts"]) == (4, 4)
    assert answer["cost"]["auditor"]["misses"] == 1
    (mistake,) = answer["mistakes"]
    assert (mistake["capability"], mistake["fired_on"]) == ("tool.pay", "2026-12-10")
    assert len(mistake["trace"]) == 32
    assert set(answer["predictors"]["auditor"]["regret"]) == {"0.4", "0.6"}


def test_a_miss_in_a_test_costs_nothing_unless_all_is_looked_at(
    project: Path, capsys: Captured
) -> None:
    (mistake,) = found(capsys, "--origin", "all")["mistakes"]
    assert [charge["day"] for charge in mistake["charges"]] == ["2026-12-10", "2026-12-12"]
    (mistake,) = found(capsys)["mistakes"]
    assert [charge["day"] for charge in mistake["charges"]] == ["2026-12-10"]


def test_other_rules_decide_otherwise_on_the_same_store(
    project: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "costs.yaml").write_text(COSTS % "incident")
    answer = found(capsys, "--rules", str(tmp_path / "other"))
    assert answer["cost"]["auditor"]["drops"] == 0
    assert answer["saved"]["fallback"] == {"misses": 1, "cost": 100_000.0}
    main(["backtest", *MONTH, "--rules", str(tmp_path / "other")])
    first = "These decisions drop nothing over the 4 weeks until 2026-12-23, which cost nothing; "
    assert capsys.readouterr().out.startswith(first + "'no hit in 30 days' would have cost\n$100,0")


def test_the_faults_of_other_rules_are_all_told(
    project: Path, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["backtest", "--rules", str(tmp_path)]) == ExitCode.USAGE
    assert "has neither costs.yaml nor capabilities.yaml" in capsys.readouterr().err
    (tmp_path / "costs.yaml").write_text((COSTS % "nuisence").replace("version: 1", "version: one"))
    assert main(["backtest", "--rules", str(tmp_path)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert "nuisence" in err
    assert "version" in err


def test_a_service_that_is_not_there_leaves_nothing_to_look_back_on(
    project: Path, capsys: Captured
) -> None:
    assert main(["backtest", "--service", "elsewhere"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("Nothing to look back on: ")
    assert found(capsys, "--service", "elsewhere")["cuts"] == 0


def test_markdown_begins_with_the_same_verdict(project: Path, capsys: Captured) -> None:
    assert main(["backtest", *MONTH, "--format", "markdown"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("**Holding these decisions over ")
    assert "- `tool.pay`: $1 in 1 miss; " in out


@pytest.mark.parametrize("ending", ["png", "html"])
def test_the_figures_of_the_same_past_have_the_same_bytes(
    project: Path, capsys: Captured, ending: str
) -> None:
    pytest.importorskip("matplotlib")
    once, again = project / f"once.{ending}", project / f"again.{ending}"
    for path in (once, again):
        assert main(["backtest", *MONTH, "--plot", str(path)]) == ExitCode.OK
    assert once.read_bytes() == again.read_bytes()
    assert f"figures written to {again}" in capsys.readouterr().err


def test_a_page_with_figures_loads_nothing(project: Path) -> None:
    pytest.importorskip("matplotlib")
    path = project / "past.html"
    main(["backtest", *MONTH, "--plot", str(path)])
    page = path.read_text()
    assert "<svg" in page
    assert "tool.pay" in page
    for loading in ("<script", "<link", "<img", "src=", "url(http", "@import"):
        assert loading not in page


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--every", "seven"], "'seven' is not a whole number with a unit: 90d, 12w or 48h"),
        (["--against", "2d,soon"], "'soon' is not a whole number with a unit"),
        (["--from", "2026-12-01", "--to", "2026-11-01"], "is after --to 2026-11-01"),
        (["--drop-rates", "40"], "40.0 is not in the range 0<x<1"),
        (["--plot", "figures.pdf"], "expected a file that ends in .png or .html"),
        (["--plot", "nowhere/past.png"], "there is no folder nowhere"),
        (["--rules", "nowhere"], "Directory 'nowhere' does not exist"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error_that_shows_what_can(
    project: Path, capsys: Captured, options: list[str], told: str
) -> None:
    assert main(["backtest", *options]) == ExitCode.USAGE
    assert told in capsys.readouterr().err.replace("\n", " ")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Thirty items over 1,200 days; item n fires every 3 n + 20 days, and the last fifth stops."""
    rows = [(n * 600, "A", f"item-{n}") for n in range(30)]
    for n in range(30):
        until = 500 if n >= 24 else 1200
        rows += [(at * DAY + n, "M", f"item-{n}") for at in range(1, until, 3 * n + 20)]
    path = tmp_path / "log.tsv"
    path.write_text("".join(f"{at}\t{op}\t{item}\n" for at, op, item in sorted(rows)))
    return path


SMALL = ("--first-cut", "300d", "--every", "60d", "--horizon", "30d", "--train", "2")


def test_an_event_log_needs_no_project_and_gives_every_predictor(
    log: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(log.parent)
    options = ("--events", str(log), *SMALL, "--drop-rates", "0.25,0.5", "--format", "json")
    assert main(["backtest", *options]) == ExitCode.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "auditor.backtest/1"
    assert set(answer["predictors"]["auditor"]["regret"]) == {"0.25", "0.5"}
    assert answer["item_cuts"] == 30 * answer["cuts"]


def test_a_gzip_of_the_same_log_says_the_same(log: Path, capsys: Captured) -> None:
    packed = log.with_suffix(".gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    main(["backtest", "--events", str(log), *SMALL, "--format", "json"])
    plain = capsys.readouterr().out
    main(["backtest", "--events", str(packed), *SMALL, "--format", "json"])
    assert capsys.readouterr().out == plain


def test_a_cut_gzip_is_bad_input_and_no_crash(log: Path, capsys: Captured) -> None:
    packed = log.with_suffix(".gz")
    packed.write_bytes(gzip.compress(log.read_bytes())[:-20])
    assert main(["backtest", "--events", str(packed)]) == ExitCode.USAGE
    assert "a damaged or cut gzip file" in capsys.readouterr().err


def test_the_page_of_an_event_log_begins_with_its_regret(log: Path, capsys: Captured) -> None:
    assert main(["backtest", "--events", str(log), *SMALL]) == ExitCode.OK
    out = capsys.readouterr().out
    assert out.startswith("Of the least likely 40%, dropped at each cut, ")
    assert "log.tsv: " in out


def test_a_log_that_is_too_short_says_what_to_lower(log: Path, capsys: Captured) -> None:
    assert main(["backtest", "--events", str(log)]) == ExitCode.USAGE
    assert "lower --first-cut, --every, --train or --horizon" in capsys.readouterr().err


def test_the_figures_of_an_event_log(log: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "events.png"
    assert main(["backtest", "--events", str(log), *SMALL, "--plot", str(path)]) == ExitCode.OK
    assert path.read_bytes().startswith(b"\x89PNG")
