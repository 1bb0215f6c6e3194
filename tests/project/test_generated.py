"""Files that are made from the code are as the code would make them now."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from auditor.project import CHECKS, findings, json_schema, settings, yaml_file

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", json_schema.SCHEMAS)
def test_a_schema_is_current(name: str) -> None:
    refresh = "run `python -m auditor.project.json_schema .`"
    assert (ROOT / name).read_text() == json_schema.texts()[name], refresh


@pytest.mark.parametrize("name", json_schema.SCHEMAS)
def test_a_schema_accepts_the_starter_file(name: str) -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads((ROOT / name).read_text())
    value = yaml_file.read(ROOT, name.replace(".schema.json", ".yaml")).value
    jsonschema_rs.Draft7Validator(schema).validate(value)


@pytest.mark.parametrize("page", [findings, settings])
def test_a_page_of_docs_is_current(page: ModuleType) -> None:
    name = page.__name__.rpartition(".")[2]
    text = (ROOT / "docs" / f"{name}.md").read_text()
    assert page.as_markdown() in text, f"run `cog -r docs/{name}.md`"


def test_codes_are_aud_and_three_digits() -> None:
    assert all(code[:3] == "AUD" and len(code) == 6 and code[3:].isdigit() for code in CHECKS)
