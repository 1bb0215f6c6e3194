"""`auditor config`: every setting in force and where it came from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import rich_click as click

from auditor.cli.context import Context
from auditor.cli.options import FORMAT
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from auditor.project import Setting


@click.command()
@FORMAT
@click.pass_obj
def config(context: Context, format_: str) -> ExitCode:
    """Show every setting in force, and the file and line or the variable that it came from."""
    project = context.project()
    settings = project.settings.in_force
    if format_ == "json":
        context.show_json(
            {
                "schema": "auditor.config/1",
                "project": str(project.root),
                "settings": [*map(_entry, settings)],
            }
        )
    else:
        context.show(lambda _: _page(settings))
        context.say(f"{project.root}: AUDITOR_AUDIT_MIN_AGE=14d and the like beat its file")
    return ExitCode.OK


def _entry(setting: Setting) -> dict[str, Any]:
    value = list(setting.value) if isinstance(setting.value, tuple) else setting.value
    return {
        "key": setting.key,
        "value": value,
        "came_from": setting.came_from,
        "variable": setting.variable,
        "meaning": setting.meaning,
    }


def _page(settings: Sequence[Setting]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from auditor.render.names import visible

    table = Table(box=None, pad_edge=False)
    for heading in ("setting", "value", "came from"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "value")
    for setting in settings:
        value = json.dumps(setting.value, ensure_ascii=False)
        cells = (setting.key, value, setting.came_from)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    return table
