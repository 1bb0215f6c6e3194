"""A page of sentences, tables and listings, whatever it is written on; and on a terminal.

Every text is made visible by whoever puts it into a page; what has a meaning in Markdown or HTML
is escaped where that is written (`markdown.py`, `web.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group as Lines
from rich.text import Text

from auditor.render.columns import flow

GAP = 2
MARGIN = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows; the first column is text, all others stand at the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a listing: what it is called, its figure, a drawing, and what is told of it."""

    name: str
    figure: str
    drawing: str
    told: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Things by name, each with its story."""

    title: str
    entries: tuple[Entry, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The sentence that matters, what it rests on, and the parts that show it."""

    verdict: str
    facts: tuple[str, ...]
    parts: tuple[Table | Listing, ...]


def as_text(page: Page, width: int) -> Lines:
    """The page for a terminal of `width` cells."""
    lines = [Text(line, "bold", no_wrap=True) for line in flow(page.verdict, width)]
    for fact in page.facts:
        lines += [Text(), *(Text(line, no_wrap=True) for line in flow(fact, width))]
    for part in page.parts:
        lines += [Text(), Text(f" {part.title.upper()}", "bold", no_wrap=True)]
        lines += _listing(part, width) if isinstance(part, Listing) else _table(part)
        told = flow(part.note, width - MARGIN) if part.note else []
        lines += [Text(f" {line}", "dim", no_wrap=True) for line in told]
    return Lines(*lines)


def _table(table: Table) -> Iterator[Text]:
    widths = [max(map(cell_len, cells)) for cells in zip(table.columns, *table.rows, strict=True)]
    for style, row in (("dim", table.columns), *(("", row) for row in table.rows)):
        first, *figures = row
        line = " " * MARGIN + first + " " * (widths[0] - cell_len(first))
        for cell, cells in zip(figures, widths[1:], strict=True):
            line += " " * (GAP + cells - cell_len(cell)) + cell
        yield Text(line, style, no_wrap=True, overflow="ignore")


def _listing(listing: Listing, width: int) -> Iterator[Text]:
    for entry in listing.entries:
        room = width - MARGIN - cell_len(entry.name) - GAP
        line = Text(" " * MARGIN + entry.name, "bold", no_wrap=True, overflow="ignore")
        if room < cell_len(entry.figure):
            yield line
            line, room = Text(" " * MARGIN), width - MARGIN - GAP
        yield line.append(" " * GAP + entry.figure.rjust(room), "bold red")
        drawn = entry.drawing + " " * GAP
        for text in flow(entry.told, width - MARGIN - cell_len(drawn)):
            yield Text(" " * MARGIN, no_wrap=True).append(drawn, "cyan").append(text)
            drawn = " " * cell_len(drawn)
