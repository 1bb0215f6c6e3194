"""`auditor status`: what the store holds."""

from __future__ import annotations

import rich_click as click

from auditor.cli.context import Context
from auditor.cli.options import FORMAT
from auditor.errors import ExitCode


@click.command()
@FORMAT
@click.pass_obj
def status(context: Context, format_: str) -> ExitCode:
    """Show what the store holds, since when, and by which service; calls of every origin."""
    from auditor.render.status import status as page
    from auditor.store import open_reader

    held = open_reader(context.project().store_path).status()
    if format_ == "json":
        context.show_json({"schema": "auditor.status/1", **held})
    else:
        context.show(lambda _: page(held))
    return ExitCode.OK
