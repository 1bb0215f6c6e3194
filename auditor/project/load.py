"""What a team wrote, read as a whole: one `Project`, or every fault of every file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from auditor.errors import BadProjectError, ProjectNotFoundError
from auditor.model import Capability, CostFile, Rule
from auditor.project import catalog, costs, crosscheck, reports, settings, toml_file, yaml_file
from auditor.project.findings import Finding, Severity
from auditor.project.reports import ReportDefinition
from auditor.project.settings import Settings
from auditor.project.source import Source

DATA = ".auditor"
"""The folder beside `auditor.toml` that holds what the tool writes."""


@dataclass(frozen=True, slots=True)
class Project:
    """An audit project: settings, catalog, costs, and where its data lives."""

    root: Path
    settings: Settings
    catalog: tuple[Capability, ...]
    costs: CostFile
    report: ReportDefinition
    digests: Mapping[str, str]
    """SHA-256 of each rule file and of the settings in force, by name."""

    @property
    def store_path(self) -> Path:
        """The DuckDB file."""
        return self.root / DATA / "store.duckdb"

    @property
    def audits_dir(self) -> Path:
        """The folder of audits, one file a day."""
        return self.root / DATA / "audits"


@dataclass(slots=True)
class _Parts:
    sources: list[Source]
    settings: Settings | None
    catalog: tuple[Capability, ...]
    costs: CostFile | None
    rules: tuple[Rule, ...]
    report: ReportDefinition | None

    @property
    def findings(self) -> list[Finding]:
        return sorted({finding for source in self.sources for finding in source.faults})


def find_root(start: Path | None = None, explicit: Path | None = None) -> Path:
    """The folder of the project: the named one, else the nearest with `auditor.toml` upward.

    Raises:
        ProjectNotFoundError: no `auditor.toml` there.
    """
    if explicit is not None:
        if not (explicit / settings.FILE).is_file():
            raise ProjectNotFoundError(str(explicit))
        return explicit.resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / settings.FILE).is_file():
            return folder
    raise ProjectNotFoundError(str(here))


def load(
    start: Path | None = None,
    explicit: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Project:
    """Reads the project at or above `start`, or the one that `explicit` names.

    Raises:
        ProjectNotFoundError: there is none.
        BadProjectError: with every error of every file; warnings stop nothing.
    """
    root = find_root(start, explicit)
    parts = _read(root, environ)
    errors = [str(f) for f in parts.findings if f.severity is Severity.ERROR]
    if errors or parts.settings is None or parts.costs is None or parts.report is None:
        raise BadProjectError(errors)
    return Project(
        root=root,
        settings=parts.settings,
        catalog=parts.catalog,
        costs=parts.costs,
        report=parts.report,
        digests=_digests(parts.sources, parts.settings),
    )


def check(root: Path, today: date, environ: Mapping[str, str] = os.environ) -> tuple[Finding, ...]:
    """Every fault of every file of the project, and of the rules against the catalog."""
    parts = _read(root, environ)
    found = parts.findings
    catalog_is_whole = not any(
        finding.place.path == catalog.FILE and finding.severity is Severity.ERROR
        for finding in found
    )
    if catalog_is_whole:
        found += crosscheck.rules(parts.rules, parts.catalog, today)
    return tuple(sorted(found))


def _read(root: Path, environ: Mapping[str, str]) -> _Parts:
    setting = toml_file.read(root, settings.FILE)
    listed = _read_optional(root, catalog.FILE)
    priced = yaml_file.read(root, costs.FILE)
    shown = _read_optional(root, reports.FILE)
    cost_file, rules = (None, ()) if priced.unreadable else costs.from_source(priced)
    return _Parts(
        sources=[source for source in (setting, listed, priced, shown) if source],
        settings=None if setting.unreadable else settings.from_source(setting, environ),
        catalog=() if listed is None or listed.unreadable else catalog.from_source(listed),
        costs=cost_file,
        rules=rules,
        report=_report(shown),
    )


def _read_optional(root: Path, name: str) -> Source | None:
    return yaml_file.read(root, name) if (root / name).exists() else None


def _report(source: Source | None) -> ReportDefinition | None:
    if source is None:
        return ReportDefinition()
    return None if source.unreadable else reports.from_source(source)


def _digests(sources: list[Source], in_force: Settings) -> dict[str, str]:
    values = repr([(setting.key, setting.value) for setting in in_force.in_force])
    judged = (catalog.FILE, costs.FILE)
    digests = {source.name: source.digest for source in sources if source.name in judged}
    return {"settings": hashlib.sha256(values.encode()).hexdigest(), **digests}
