"""`auditor explain`: the whole arithmetic of one decision."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import rich_click as click

from auditor.cli.audited import audited
from auditor.cli.context import Context
from auditor.cli.options import looking
from auditor.errors import ExitCode, UnknownCapabilityError

if TYPE_CHECKING:
    from auditor.audit import Audit, Row

ALIKE = 70.0
"""Per cent of likeness from which a name is worth suggesting."""


@click.command()
@click.argument("capability")
@looking
@click.pass_obj
def explain(
    context: Context,
    capability: str,
    as_of: date | None,
    service: str | None,
    origin: str | None,
    format_: str,
) -> ExitCode:
    """Show every number behind the decision for CAPABILITY.

    An earlier id of a capability (`was` in the catalog) names it too.
    """
    from auditor.audit import to_json
    from auditor.render.explain import explain as page
    from auditor.render.scripts import explained

    made = audited(context, as_of, service, origin).audit
    row = find(made, capability)
    if format_ == "json":
        entries = to_json(made)["capabilities"]
        entry = next(e for e in entries if e["capability"] == row.usage.capability)
        context.show_json(explained(made, row, entry))
    else:
        context.show(lambda width: page(made, row, width=width))
    return ExitCode.OK


def find(audit: Audit, name: str) -> Row:
    """The row that a name or an earlier id stands for.

    Raises:
        UnknownCapabilityError: none does; it names the nearest one.
    """
    by_name = {old: row for row in audit.rows if row.entry for old in row.entry.was}
    by_name |= {row.usage.capability: row for row in audit.rows}
    if name in by_name:
        return by_name[name]
    raise UnknownCapabilityError(name, _nearest(name, list(by_name)))


def _nearest(name: str, known: list[str]) -> str | None:
    from rapidfuzz import process

    if len(name) < 2:
        return None
    found = process.extractOne(name, known, score_cutoff=ALIKE)
    return found[0] if found else None
