"""The pages of docs/ say what the code does: every stop, field, error and generated region."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor import errors
from auditor.cli.main import main
from auditor.cli.verbs import VERBS
from auditor.errors import AuditorError, ExitCode
from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
REFRESH = "run `make docs`"

COSTS = """
version: 1
costs: {nuisance: 1, regression: 5000}
rules:
  - match: {capability: "tool.s*"}
    cost: nuisance
    because: It can be asked again.
    owner: "@desk"
    review_by: 2020-01-01
default: {cost: regression}
"""

TYPES: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "date": lambda value: bool(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC)),
    "time": lambda value: value.endswith("Z") and bool(datetime.fromisoformat(value)),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


def sections(page: str) -> dict[str, str]:
    """Text by heading of the second level."""
    _, *parts = re.split(r"^## ", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: text for title, _, text in (part.partition("\n") for part in parts)}


def stops() -> list[tuple[str, str]]:
    """File and name of each stop on the way of a call."""
    return [
        re.findall(r"^`(auditor/\S+\.py)`, `([\w.]+)`$", text, flags=re.MULTILINE)[0]
        for text in sections("how-it-works.md").values()
    ]


def test_the_way_of_a_call_has_about_twelve_stops_in_order() -> None:
    numbers = [int(title.split(".")[0]) for title in sections("how-it-works.md")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 10 <= len(numbers) <= 14


@pytest.mark.parametrize(("file", "name"), stops())
def test_a_stop_is_a_function_of_its_file(file: str, name: str) -> None:
    found: Any = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)
    assert inspect.isfunction(found)
    assert Path(inspect.getsourcefile(found) or "") == ROOT / file


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_and_page_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {ROOT / name for name in re.findall(r"`(auditor/[\w/]+\.py)`", text)}
    linked = {page.parent / name for name in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)}
    assert not [str(path) for path in named | linked if not path.exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_linked_heading_exists(page: Path) -> None:
    for name, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        target = (page.parent / name).resolve() if name else page
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_generated_regions_are_current(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cog = pytest.importorskip("cogapp")
    monkeypatch.chdir(ROOT)
    assert cog.Cog().main(["cog", "--check", str(page)]) == 0, REFRESH


def raised() -> list[type[AuditorError]]:
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass)]
    return [c for c in classes if issubclass(c, AuditorError) and c is not AuditorError]


@pytest.mark.parametrize("error", raised(), ids=lambda error: error.__name__)
def test_every_error_has_a_paragraph_with_its_exit_code(error: type[AuditorError]) -> None:
    paragraph = sections("errors.md")[error.__name__].strip()
    assert paragraph.startswith(f"Exit code {error.exit_code.value}. ")


def test_every_paragraph_is_that_of_an_error_or_of_a_crash() -> None:
    assert sections("errors.md").keys() == {error.__name__ for error in raised()} | {"A crash"}


def test_every_exit_code_has_a_meaning() -> None:
    assert all(code.meaning for code in ExitCode)


def test_every_verb_has_its_help() -> None:
    assert {f"auditor {name}" for name in VERBS} <= sections("cli.md").keys()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two stretches of traffic, an invented call, a test call, and a rule due for review."""
    root, log = tmp_path / "project", tmp_path / "log.jsonl"
    assert main(["init", str(root)]) == ExitCode.OK
    (root / "rules" / "costs.yaml").write_text(COSTS, encoding="utf-8")
    days = [*range(20), *range(30, 40)]
    conversations = [
        *(conversation(day, "search") for day in days),
        conversation(39, "guess"),
        conversation(39, "pay", environment="ci"),
    ]
    log.write_text("\n".join(map(json.dumps, conversations)), encoding="utf-8")
    monkeypatch.chdir(root)
    assert main(["import", str(log), "--format", "chat"]) == ExitCode.OK
    return root


def conversation(day: int, tool: str, environment: str = "") -> dict[str, Any]:
    call = {"id": "1", "type": "function", "function": {"name": tool, "arguments": "{}"}}
    return {
        "id": f"{tool}-{day}",
        "service": "desk",
        "environment": environment,
        "created": 1_790_812_800 + day * 86_400,
        "tools": [{"type": "function", "function": {"name": name}} for name in ("search", "pay")],
        "messages": [
            {"role": "user", "content": "help"},
            {"role": "assistant", "tool_calls": [call]},
        ],
    }


def documented(verb: str) -> dict[str, tuple[str, ...]]:
    """The types that the page gives each field of a verb's JSON."""
    rows = re.findall(r"^\| `(\S+)` \| ([^|]+) \|", sections("json.md")[verb], flags=re.MULTILINE)
    return {field: tuple(re.split(r", | or ", types.strip())) for field, types in rows}


def fields(value: Any, path: str, known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field with its value: a documented one is not looked into."""
    if path in known:
        yield path, value
    elif isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from fields(inner, f"{path}.{key}" if path else key, known)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from fields(inner, f"{path}[]", known)
    else:
        yield path, value


@pytest.mark.parametrize(
    "args",
    [
        ["audit", "--as-of", "2026-11-09"],
        ["report", "--as-of", "2026-11-09"],
        ["explain", "tool.search", "--as-of", "2026-11-09"],
        ["backtest"],
        ["status"],
        ["check"],
        ["config"],
    ],
    ids=lambda args: args[0],
)
def test_json_has_the_documented_fields_and_types_and_no_others(
    project: Path, capsys: pytest.CaptureFixture[str], args: list[str]
) -> None:
    verb = "audit" if args[0] == "report" else args[0]
    known = documented(f"auditor {verb}")
    capsys.readouterr()
    main([*args, "--format", "json"])
    emitted = list(fields(json.loads(capsys.readouterr().out), "", known))
    assert {path for path, _ in emitted} == known.keys()
    wrong = [
        (path, value) for path, value in emitted if not any(fits(t, value) for t in known[path])
    ]
    assert not wrong


def fits(name: str, value: Any) -> bool:
    """Whether a value is of the type; what has another shape is not."""
    try:
        return TYPES[name](value)
    except (AttributeError, TypeError, ValueError):
        return False


def test_the_objects_of_an_audit_are_filled_here(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    main(["audit", "--as-of", "2026-11-09", "--format", "json"])
    audit = json.loads(capsys.readouterr().out)
    assert audit["invented"] == {"guess": 1}
    assert audit["left_out"] == {"test": 1}
    assert audit["fires_elsewhere"] == {"tool.pay": {"test": 1}}
    assert audit["gaps"] == [["2026-10-21", "2026-10-30"]]
