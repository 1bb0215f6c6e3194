"""Catalog and settings out of what the store has seen, so that nobody types them.

Only what is still the starter's is written: a catalog without entries, a settings line that
nobody has changed. For all else the text that a person may add is handed back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from auditor.model import Origin
from auditor.project import catalog, globs, settings, starter
from auditor.project.documents import is_name
from auditor.project.load import Project
from auditor.project.settings import Settings

_NO_ENTRIES = re.compile(r"^capabilities:[ ]*(\[[ ]*\])?[ ]*(#.*)?$", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z_][\w-]*(\.[\w+-]+)+")
_WORDS = {
    Origin.PRODUCTION: {"prod", "production", "live"},
    Origin.EVAL: {"eval", "evals", "evaluation", "benchmark"},
    Origin.SHADOW: {"shadow", "mirror"},
}
"""Words in an environment's name that say what it is; without one it is a test."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the store holds, by name."""

    capabilities: Mapping[str, date]
    """Every capability with the first day on which it was offered or used."""
    models: Sequence[str]
    """Busiest first."""
    environments: Sequence[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one file would gain."""

    name: str
    content: str | None
    """The whole file with what could be filled in; None when nothing could."""
    left: str
    """The lines that a person may add where a person has edited; often ''."""


def propose(project: Project, seen: Seen) -> tuple[Proposal, ...]:
    """What the catalog and `auditor.toml` would gain from what was seen; often nothing."""
    proposals = (
        _catalog(project, seen.capabilities),
        _settings(project, {**_models(project, seen), **_environments(project, seen)}),
    )
    return tuple(proposal for proposal in proposals if proposal.content or proposal.left)


def apply(root: Path, proposal: Proposal) -> None:
    """Writes what could be filled in, whole and renamed into place."""
    if proposal.content is not None:
        draft = root / f"{proposal.name}.new"
        draft.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(proposal.content, encoding="utf-8")
        draft.replace(root / proposal.name)


def _catalog(project: Project, seen: Mapping[str, date]) -> Proposal:
    known = {name for entry in project.catalog for name in (entry.id, *entry.was)}
    new = [name for name in sorted(seen) if name not in known and is_name(name)]
    entries = "".join(f"  - id: {_quoted(name)}\n    birth: {seen[name]}\n" for name in new)
    path = project.root / catalog.FILE
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else "version: 1\ncapabilities:\n"
    empty = _NO_ENTRIES.search(text)
    if not entries or project.catalog or empty is None:
        return Proposal(catalog.FILE, None, entries)
    filled = f"{text[: empty.start()]}capabilities:\n{entries}{text[empty.end() :].lstrip()}"
    return Proposal(catalog.FILE, filled, "")


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _models(project: Project, seen: Seen) -> dict[str, list[str]]:
    """Whoever served and is no student; what a person has listed stays in front."""
    teacher, student = project.settings.models
    listed = [] if teacher == ("*",) else list(teacher)
    new = [
        name
        for name in seen.models
        if is_name(name) and not globs.any_match((*listed, *student), name)
    ]
    return {"teacher": listed + new} if new else {}


def _environments(project: Project, seen: Seen) -> dict[str, list[str]]:
    """Every list that gains a name: its patterns, then the names that no list has."""
    gained: dict[Origin, list[str]] = {}
    for name in sorted(seen.environments):
        if is_name(name) and not _is_listed(project.settings, name):
            gained.setdefault(likely_origin(project.settings, name), []).append(name)
    lists = project.settings.environments
    return {origin.value: [*lists[origin], *names] for origin, names in gained.items()}


def likely_origin(settings: Settings, environment: str) -> Origin:
    """The origin by the lists; of a name that none has, by the words in it."""
    if _is_listed(settings, environment):
        return settings.origin_of(environment)
    words = set(re.split(r"[^a-z0-9]+", environment.lower()))
    return next((origin for origin, known in _WORDS.items() if words & known), Origin.TEST)


def _is_listed(settings: Settings, environment: str) -> bool:
    if not environment or environment.startswith("origin:"):
        return True
    lists = settings.environments.values()
    return any(globs.any_match(patterns, environment) for patterns in lists)


def _settings(project: Project, wanted: Mapping[str, list[str]]) -> Proposal:
    """Puts each list in place of the starter's line, where that line still stands."""
    starters = starter.files()[settings.FILE].splitlines()
    original = (project.root / settings.FILE).read_text(encoding="utf-8-sig")
    lines = original.splitlines()
    left = []
    for key, names in wanted.items():
        line = f"{key} = {json.dumps(names, ensure_ascii=False)}"
        before = next(text for text in starters if text.startswith(f"{key} = "))
        if before in lines:
            lines[lines.index(before)] = line
        elif line not in lines:
            left.append(line)
    content = "\n".join(lines) + "\n"
    return Proposal(
        settings.FILE,
        content if content != original else None,
        "".join(f"{line}\n" for line in left),
    )
