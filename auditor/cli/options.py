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


class Days(click.ParamType[int]):
    """A length of time in whole days, written as in rule files: `90d`, `12w`."""

    name = "duration"

    def __init__(self, *, zero: bool = False) -> None:
        self._zero = zero

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads a duration; anything else is a usage error that shows how one looks."""
        from auditor.project.durations import days

        if isinstance(value, int):
            return value
        if self._zero and value == "0d":
            return 0
        try:
            return days(value)
        except ValueError as error:
            self.fail(f"{value!r} is not {error}", param, ctx)


class Several(click.ParamType[tuple[Any, ...]]):
    """A list with commas between its items, each of another type; repeats count once."""

    name = "list"

    def __init__(self, one: click.ParamType[Any]) -> None:
        self._one = one

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        """Reads every item; the first that cannot be read is the usage error."""
        if isinstance(value, tuple):
            return value
        items = (self._one.convert(text.strip(), param, ctx) for text in value.split(","))
        return tuple(dict.fromkeys(items))


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
