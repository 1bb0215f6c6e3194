"""`reports/weekly.yaml`: what `auditor report` shows when no flag says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.project import faults
from auditor.project.documents import ReportDocument
from auditor.project.source import Source

FILE = "reports/weekly.yaml"


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """Which part of the traffic a report shows, and how much of it."""

    service: str | None = None
    """Glob over service names; None shows all."""
    origin: str = "production"
    """An origin, or `all`."""
    fold: bool = True


def from_source(source: Source) -> ReportDefinition | None:
    """The definition, or None with its faults noted in the source."""
    document = faults.validate(ReportDocument, source, source.value)
    if document is None:
        return None
    return ReportDefinition(document.service, document.origin, document.fold)
