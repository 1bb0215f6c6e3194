"""Where text goes: how wide it may be, whether it may have colour, and how it is written."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping
from typing import Literal, TextIO

from rich.console import Console, RenderableType

Color = Literal["auto", "always", "never"]

WIDE_ENOUGH = 120
"""Columns of a pipe: long reasons go on in the next line, nothing is cut."""
NARROWEST = 80


def wants_color(color: Color, stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """`--color` beats `NO_COLOR`, which beats `FORCE_COLOR`; else a terminal has colour.

    An empty variable says nothing, and `FORCE_COLOR=0` does not force.
    """
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return environ["FORCE_COLOR"] != "0"
    return stream.isatty() and environ.get("TERM") != "dumb"


def width_of(stream: TextIO, environ: Mapping[str, str] = os.environ) -> int:
    """Columns to write for: those of `COLUMNS`, else of the terminal, else wide enough."""
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(int(columns), NARROWEST)
    if not stream.isatty():
        return WIDE_ENOUGH
    return max(shutil.get_terminal_size().columns, NARROWEST)


def to_text(renderable: RenderableType, *, width: int, color: bool = False) -> str:
    """Renders to a string whose lines have no trailing blanks.

    Markup, emoji codes and highlighting are off: a name that looks like them stays a name.
    """
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(renderable, crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
