"""The table of `auditor audit`: every decision with its reason and its rule, none folded."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Group as Lines
from rich.text import Text

from auditor.audit import Audit, Row
from auditor.model import Decision
from auditor.render.columns import STYLES, flow, reason_of
from auditor.render.header import headline
from auditor.render.names import visible
from auditor.render.numbers import count, money

ORDER = (Decision.DROP, Decision.FALLBACK, Decision.DISTILL, Decision.WATCH)
LEFT = 8 + 2 + 11 + 2
"""Cells of decision and state with their gaps."""
FIGURES = (("occurr.", 9), ("bound", 12), ("break-even", 12))


def decisions(audit: Audit, *, width: int) -> Lines:
    """Two lines a capability, by decision and then by name, for a page of `width` cells."""
    rows = sorted(audit.rows, key=lambda row: (_rank(row), row.usage.capability))
    lines = [line for row in rows for line in _row(audit, row, width)]
    return Lines(
        Text(f"As of {audit.as_of}. {headline(audit)}", "bold"), Text(), _head(width), *lines
    )


def _rank(row: Row) -> int:
    return ORDER.index(row.verdict.decision)


def _head(width: int) -> Text:
    titles = "".join(title.rjust(cells) for title, cells in FIGURES)
    first = f"{'decision':<10}{'state':<13}capability"
    return Text(first + titles.rjust(width - len(first)), "dim", no_wrap=True)


def _row(audit: Audit, row: Row, width: int) -> Iterator[Text]:
    decision, name = row.verdict.decision, visible(row.usage.capability)
    figures = _figures(audit, row)
    text = Text(f"{decision:<10}", STYLES[decision], no_wrap=True, overflow="ignore")
    text.append(f"{row.usage.state:<13}", "not bold default").append(name, "bold default")
    room = width - cell_len(text.plain)
    if room <= len(figures.strip()):
        yield text
        text, room = Text(no_wrap=True), width
    yield text.append(figures.strip().rjust(room), "not bold default")
    for line in flow(f"{reason_of(row)} ({visible(str(row.verdict.rule.place))})", width - LEFT):
        yield Text(" " * LEFT + line, no_wrap=True)


def _figures(audit: Audit, row: Row) -> str:
    verdict = row.verdict
    texts = (
        count(row.usage.occurrences),
        money(verdict.loss_bound, audit.currency),
        money(verdict.break_even, audit.currency),
    )
    return "".join(text.rjust(cells) for text, (_, cells) in zip(texts, FIGURES, strict=True))
