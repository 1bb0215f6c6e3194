"""Makes the audit that `audit`, `report` and `explain` show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from auditor.cli.context import Context

if TYPE_CHECKING:
    from auditor.audit import Audit
    from auditor.project import Project


class Audited(NamedTuple):
    """A project with one audit of it."""

    project: Project
    audit: Audit


def audited(
    context: Context, as_of: date | None, service: str | None, origin: str | None
) -> Audited:
    """Reads the project and its store, and judges; today is the day that ends now in UTC."""
    from auditor.audit import run
    from auditor.store import open_reader

    project = context.project()
    reader = open_reader(project.store_path)
    day = as_of or datetime.now(UTC).date()
    return Audited(project, run(project, reader, as_of=day, service=service, origin=origin))
