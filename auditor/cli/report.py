"""`auditor report`: the audit as a page that is read in a minute."""

from __future__ import annotations

import sys
from datetime import date

import rich_click as click

from auditor.cli.audited import audited
from auditor.cli.context import Context
from auditor.cli.options import looking
from auditor.errors import ExitCode


@click.command()
@looking
@click.option("--all", "unfold", is_flag=True, envvar="AUDITOR_ALL", help="Show long groups whole.")
@click.pass_obj
def report(
    context: Context,
    as_of: date | None,
    service: str | None,
    origin: str | None,
    format_: str,
    unfold: bool,
) -> ExitCode:
    """Show what is used, what never fires, and what dropping it would save.

    What no flag says, `reports/weekly.yaml` says. On a terminal long groups fold; in a pipe or a
    file nothing is left out.
    """
    from auditor.audit import to_json
    from auditor.render.report import report as page

    shown = context.project().report
    made = audited(context, as_of, service or shown.service, origin or shown.origin).audit
    if format_ == "json":
        context.show_json(to_json(made))
    else:
        fold = sys.stdout.isatty() and shown.fold and not unfold
        context.show(lambda width: page(made, width=width, fold=fold))
    return ExitCode.OK
