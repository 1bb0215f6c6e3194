"""A small valid project in a folder, any file of which a test replaces."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditor.project import Finding, check

TODAY = date(2026, 11, 24)

SETTINGS = ""
COSTS = """\
version: 1
costs: {nuisance: 1, incident: 100000}
default: {cost: incident}
"""
CATALOG = """\
version: 1
capabilities:
  - {id: merge.resolve-conflict, owner: "@platform", tags: [git]}
  - {id: mail.send, owner: "@growth", tags: [mail], was: [mail.post]}
"""
FILES = {
    "auditor.toml": SETTINGS,
    "rules/costs.yaml": COSTS,
    "rules/capabilities.yaml": CATALOG,
}


def project(folder: Path, **changed: str | bytes) -> Path:
    """Writes the project with `settings`, `costs`, `catalog` or `report` changed."""
    names = {
        "settings": "auditor.toml",
        "costs": "rules/costs.yaml",
        "catalog": "rules/capabilities.yaml",
        "report": "reports/weekly.yaml",
    }
    files: dict[str, str | bytes] = {**FILES}
    files |= {names[key]: content for key, content in changed.items()}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def found(folder: Path, **changed: str | bytes) -> list[Finding]:
    """What `check` says of the project."""
    return list(check(project(folder, **changed), TODAY, {}))


def codes(folder: Path, **changed: str | bytes) -> list[str]:
    """The codes of what `check` says of the project."""
    return [finding.code for finding in found(folder, **changed)]
