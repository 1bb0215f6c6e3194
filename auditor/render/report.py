"""The report: what a lead reads in under a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.text import Text

from auditor.audit import Audit, Row
from auditor.render.columns import Layout, body, fit, flow, head
from auditor.render.groups import Group, folded, grouped
from auditor.render.header import header
from auditor.render.notes import notes
from auditor.render.numbers import plural


def report(audit: Audit, *, width: int, fold: bool = True) -> Lines:
    """Header, groups and notes for a page of `width` cells; `fold` shortens long groups."""
    layout = fit(audit, width)
    parts: list[RenderableType] = [header(audit, width)]
    for group, rows in grouped(audit.rows):
        parts.extend(_group(audit, group, rows, layout, fold))
    for note in notes(audit, fold=fold):
        parts.extend(_note(note.title, note.lines, width))
    parts.extend(_note("How to read this", _legend(audit), width))
    return Lines(*parts)


def _group(
    audit: Audit, group: Group, rows: Sequence[Row], layout: Layout, fold: bool
) -> Iterator[Text]:
    yield Text()
    yield from head(layout, f"{group.title.upper()} ({len(rows)})", group.meaning)
    shown, hidden = folded(group, rows) if fold else (rows, [])
    for row in shown:
        yield from body(audit, row, layout)
    if hidden:
        yield Text(f" … and {_hidden(hidden)} (--all shows them)", "dim")


def _hidden(rows: Sequence[Row]) -> str:
    decisions = Counter(row.verdict.decision for row in rows)
    split = ", ".join(f"{n} {decision}" for decision, n in sorted(decisions.items()))
    return f"{len(rows)} more: {split}"


def _note(title: str, lines: Sequence[str], width: int) -> Iterator[Text]:
    yield Text()
    yield Text(f" {title.upper()}", "bold", no_wrap=True)
    for line in lines:
        first, *rest = flow(line, width - 3)
        yield Text(f" {first}", no_wrap=True)
        for text in rest:
            yield Text(f"   {text}", no_wrap=True)


def _legend(audit: Audit) -> tuple[str, ...]:
    days = plural(audit.horizon_days, "day")
    figures = (
        "occurr.: conversations that used it, counted once an hour. hits: calls that used it. "
        "offers: calls in which a use would have been seen. age: covered days. "
        "The bars: occurrences in each of the last 26 weeks, a dot where there were none, "
        "a blank where nothing was covered."
    )
    judgement = (
        f"chance: of firing within {days}. bound: upper bound on what its misses would cost in "
        f"{days}, at 95%. break-even: what one miss would have to cost for the decision to flip; "
        "- where the budget does not decide. `auditor explain CAPABILITY` shows the arithmetic."
    )
    return figures, judgement
