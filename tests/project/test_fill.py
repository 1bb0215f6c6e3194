"""Catalog and settings out of the traffic: filled where untouched, proposed where edited."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.project import Project, check, load, starter
from auditor.project.fill import Proposal, Seen, apply, propose

MAY = date(2026, 5, 4)
NOTHING = Seen({}, [], [])


def _starter(folder: Path) -> Project:
    starter.write(folder)
    return load(folder, environ={})


def _fill(project: Project, seen: Seen) -> Project:
    for proposal in propose(project, seen):
        apply(project.root, proposal)
    assert check(project.root, date(2026, 11, 24), {}) == ()
    return load(project.root, environ={})


def test_nothing_seen_proposes_nothing(tmp_path: Path) -> None:
    assert propose(_starter(tmp_path), NOTHING) == ()


def test_an_empty_catalog_gets_what_was_seen(tmp_path: Path) -> None:
    filled = _fill(_starter(tmp_path), Seen({"tool.send": MAY, "format.json-schema": MAY}, [], []))
    assert [(entry.id, entry.birth) for entry in filled.catalog] == [
        ("format.json-schema", MAY),
        ("tool.send", MAY),
    ]


def test_the_comments_of_the_starter_stay(tmp_path: Path) -> None:
    before = (_starter(tmp_path).root / "rules/capabilities.yaml").read_text()
    _fill(load(tmp_path, environ={}), Seen({"tool.send": MAY}, [], []))
    after = (tmp_path / "rules/capabilities.yaml").read_text()
    assert after.startswith(before.partition("capabilities: []")[0])


def test_names_that_look_like_yaml_are_quoted(tmp_path: Path) -> None:
    names = [
        "tool.no: yes"[:7],
        "true",
        "010",
        "tool.#x",
        "tool.'q'",
        'tool."d"',
        "@x",
        "-",
        "ünï.c",
    ]
    filled = _fill(_starter(tmp_path), Seen(dict.fromkeys(names, MAY), [], []))
    assert [entry.id for entry in filled.catalog] == sorted(names)


def test_names_that_a_catalog_cannot_hold_are_left_out(tmp_path: Path) -> None:
    seen = Seen({"tool.\x1b[31m": MAY, "tool.a b": MAY}, ["gpt\u202e"], ["\x07"])
    assert propose(_starter(tmp_path), seen) == ()


def test_a_catalog_with_entries_is_left_and_the_rest_is_proposed(tmp_path: Path) -> None:
    project = _fill(_starter(tmp_path), Seen({"tool.send": MAY}, [], []))
    proposals = propose(project, Seen({"tool.send": MAY, "tool.list": MAY}, [], []))
    assert proposals == (
        Proposal("rules/capabilities.yaml", None, "  - id: tool.list\n    birth: 2026-05-04\n"),
    )


def test_a_former_id_is_known(tmp_path: Path) -> None:
    root = _starter(tmp_path).root
    catalog = "version: 1\ncapabilities:\n  - {id: mail.send, was: [tool.send]}\n"
    (root / "rules/capabilities.yaml").write_text(catalog)
    assert propose(load(root, environ={}), Seen({"tool.send": MAY}, [], [])) == ()


def test_the_teacher_is_who_served_and_unknown_environments_get_a_list(tmp_path: Path) -> None:
    seen = Seen({}, ["gpt-4o-2024-08-06"], ["", "eu.prod.7", "qa", "staging", "origin:test"])
    settings = _fill(_starter(tmp_path), seen).settings
    assert settings.models.teacher == ("gpt-4o-2024-08-06",)
    assert settings.origin_of("eu.prod.7") == "production"
    assert settings.origin_of("qa") == "test"
    assert "staging" not in settings.environments[settings.origin_of("staging")]


def test_an_edited_line_is_left_and_the_new_one_proposed(tmp_path: Path) -> None:
    root = _starter(tmp_path).root
    path = root / "auditor.toml"
    path.write_text(path.read_text().replace('teacher = ["*"]', 'teacher = ["gpt-4*"]'))
    (proposal,) = propose(load(root, environ={}), Seen({}, ["gpt-4o", "o7"], []))
    assert (proposal.content, proposal.left) == (None, 'teacher = ["gpt-4*", "o7"]\n')


def test_filling_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    seen = Seen({"tool.send": MAY}, ["gpt-4o"], ["qa"])
    assert propose(_fill(_starter(tmp_path), seen), seen) == ()
