"""Options that several verbs share, each with its variable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

ORIGINS = ("production", "test", "eval", "shadow", "all")


class Day(click.ParamType[date]):
    """A day as `2026-11-24`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Reads a date; anything else is a usage error that shows how one looks."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day of the calendar like 2026-11-24", param, ctx)


def looking(command: F) -> F:
    """The options that say as of when, and at which part of the traffic, to look."""
    for option in reversed((AS_OF, SERVICE, ORIGIN, FORMAT)):
        command = option(command)
    return command


AS_OF = click.option(
    "--as-of",
    type=Day(),
    envvar="AUDITOR_AS_OF",
    help="Judge as of the end of this UTC day; nothing after it is seen.  [default: today]",
)
SERVICE = click.option(
    "--service",
    metavar="GLOB",
    envvar="AUDITOR_SERVICE",
    help="Look only at services whose name matches.",
)
ORIGIN = click.option(
    "--origin",
    type=click.Choice(ORIGINS),
    envvar="AUDITOR_ORIGIN",
    help="Look at the calls of another origin.  [default: production]",
)
FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    envvar="AUDITOR_FORMAT",
    help="What to write to stdout.",
)
