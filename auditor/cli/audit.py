"""`auditor audit`: one decision per capability, shown and written to the project."""

from __future__ import annotations

from datetime import date

import rich_click as click

from auditor.cli.audited import audited
from auditor.cli.context import Context
from auditor.cli.options import looking
from auditor.errors import ExitCode


@click.command()
@looking
@click.pass_obj
def audit(
    context: Context, as_of: date | None, service: str | None, origin: str | None, format_: str
) -> ExitCode:
    """Decide what shall happen to each capability.

    The audit is written to `.auditor/audits/` with the digests of what produced it. A look at
    a part of the traffic (`--service`, `--origin`) is shown only.
    """
    from auditor.audit import to_json, write
    from auditor.render.decisions import decisions

    project, made = audited(context, as_of, service, origin)
    if format_ == "json":
        context.show_json(to_json(made))
    else:
        context.show(lambda width: decisions(made, width=width))
    if service is None and origin is None:
        context.say(f"written to {write(made, project)}")
    else:
        context.say("not written: this is a part of the traffic")
    return ExitCode.OK
