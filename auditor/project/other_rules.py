"""Another folder's rules for a project: a rule change, judged on the same traffic."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from auditor.errors import BadProjectError
from auditor.project import catalog, costs, yaml_file
from auditor.project.findings import Severity
from auditor.project.load import Project
from auditor.project.source import Source


def with_rules(project: Project, folder: Path) -> Project:
    """The project with the `costs.yaml` and `capabilities.yaml` of `folder`.

    What the folder lacks stays the project's own; its settings and its store stay in any case.

    Raises:
        BadProjectError: the folder has neither file, or one of them has faults: all are listed.
    """
    priced, listed = (_read(folder, name) for name in (costs.FILE, catalog.FILE))
    found = [source for source in (priced, listed) if source]
    if not found:
        raise BadProjectError([f"{folder} has neither costs.yaml nor capabilities.yaml"])
    cost_file = None if priced is None or priced.unreadable else costs.from_source(priced)[0]
    entries = None if listed is None or listed.unreadable else catalog.from_source(listed)
    faults = sorted({fault for source in found for fault in source.faults})
    errors = [str(fault) for fault in faults if fault.severity is Severity.ERROR]
    if errors:
        raise BadProjectError(errors)
    digests = {Path(source.name).name: source.digest for source in found}
    return replace(
        project,
        costs=cost_file or project.costs,
        catalog=project.catalog if entries is None else entries,
        digests={
            name: digests.get(Path(name).name, digest) for name, digest in project.digests.items()
        },
    )


def _read(folder: Path, file: str) -> Source | None:
    name = Path(file).name
    return yaml_file.read(folder, name) if (folder / name).exists() else None
