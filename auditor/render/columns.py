"""The columns of a report, and on which line of a row each stands at a given width."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from auditor.audit import Audit, Row
from auditor.model import Decision, State
from auditor.render.names import visible
from auditor.render.numbers import count, day, money, share
from auditor.render.sparkline import sparkline

STYLES = {
    Decision.DROP: "bold red",
    Decision.FALLBACK: "bold yellow",
    Decision.DISTILL: "bold green",
    Decision.WATCH: "bold cyan",
}
GAP = 2
MARGIN = 1
NAME_AT_LEAST = 26
"""Cells of the first column, so that 26 weeks fit below a name."""


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a row."""

    title: str
    text: Callable[[Audit, Row], str]
    left: bool = False


NAME, WEEKS, REASON = "capability", "26 weeks", "reason"

COLUMNS: Mapping[str, Column] = {
    column.title: column
    for column in (
        Column(NAME, lambda _, row: visible(row.usage.capability), left=True),
        Column(WEEKS, lambda audit, row: weeks(audit, row), left=True),
        Column("occurr.", lambda _, row: count(row.usage.occurrences)),
        Column("hits", lambda _, row: count(row.usage.hits)),
        Column("offers", lambda _, row: count(row.usage.observed_offers)),
        Column("age", lambda _, row: f"{count(row.usage.age_days)}d"),
        Column("last seen", lambda _, row: day(row.usage.last_hit), left=True),
        Column("chance", lambda _, row: share(row.usage.p_fire)),
        Column("bound", lambda audit, row: money(row.verdict.loss_bound, audit.currency)),
        Column("break-even", lambda audit, row: money(row.verdict.break_even, audit.currency)),
        Column("decision", lambda _, row: str(row.verdict.decision), left=True),
    )
}

LAYOUTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (
            NAME, "occurr.", "hits", "offers", "age", "last seen",
            "chance", "bound", "break-even", "decision",
        ),
        (WEEKS, REASON),
    ),
    (
        (NAME, "occurr.", "hits", "offers", "last seen", "decision"),
        (WEEKS, "age", "chance", "bound", "break-even"),
        (REASON,),
    ),
)  # fmt: skip
"""Lines of a row, widest first. The first column has what the others leave; a reason flows."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout with the width of every column, the same in all groups of one report."""

    lines: tuple[tuple[str, ...], ...]
    widths: Mapping[str, int]
    total: int


def fit(audit: Audit, width: int) -> Layout:
    """The widest layout whose lines fit into `width` cells with this audit's figures."""
    need = {
        title: max([len(title), *(cell_len(column.text(audit, row)) for row in audit.rows)])
        for title, column in COLUMNS.items()
    }
    tried = [Layout(lines, _widths(lines, need, width), width) for lines in LAYOUTS]
    return next((layout for layout in tried if layout.widths[NAME] >= NAME_AT_LEAST), tried[-1])


def _widths(
    lines: Sequence[Sequence[str]], need: Mapping[str, int], width: int
) -> Mapping[str, int]:
    """Columns below each other share a width, counted from the right."""
    figures = [line for line in lines if REASON not in line]
    widths = dict(need)
    for i in range(1, max(map(len, figures))):
        below = [line[-i] for line in figures if len(line) > i]
        widths.update(dict.fromkeys(below, max(need[title] for title in below)))
    for line in figures:
        widths[line[0]] = width - MARGIN - sum(widths[title] + GAP for title in line[1:])
    return widths


def head(layout: Layout, title: str, meaning: str) -> Iterator[Text]:
    """The titles of the figures; what a group is called and means stands before them."""
    first, second = layout.lines[:2]
    names = {column: column for line in layout.lines for column in line}
    line = _line(layout, first, names | {NAME: title}, "dim")
    line.stylize("bold not dim", 0, MARGIN + len(title))
    yield line
    titles = names | {WEEKS: meaning, REASON: ""}
    yield _line(layout, [column for column in second if column != REASON], titles, "dim")


def body(audit: Audit, row: Row, layout: Layout) -> Iterator[Text]:
    """One capability: its figures, then its reason, which goes on below itself when long."""
    for line in layout.lines:
        if REASON in line:
            yield from _reason(audit, row, layout, with_weeks=WEEKS in line)
        else:
            yield from _figures(audit, row, layout, line)


def _figures(audit: Audit, row: Row, layout: Layout, line: Sequence[str]) -> Iterator[Text]:
    cells = {title: COLUMNS[title].text(audit, row) for title in line}
    text = _line(layout, line, cells, "")
    if cell_len(text.plain) > layout.total:
        yield Text(" " * MARGIN + cells[NAME], "bold", no_wrap=True, overflow="ignore")
        cells[NAME] = ""
        text = _line(layout, line, cells, "")
    if NAME in line:
        text.stylize("bold", 0, MARGIN + len(cells[NAME]))
        text.stylize(STYLES[row.verdict.decision], len(text) - len(cells["decision"]))
    else:
        text.stylize("cyan", 0, MARGIN + len(cells[WEEKS]))
    yield text


def _line(layout: Layout, line: Sequence[str], cells: Mapping[str, str], style: str) -> Text:
    """A first cell that is too long borrows the blanks before the next figure."""
    first, *rest = (_padded(cells[title], layout.widths[title], COLUMNS[title]) for title in line)
    figures = "".join(" " * GAP + cell for cell in rest)
    spare = len(figures) - len(figures.lstrip()) - 1
    excess = max(0, cell_len(first) - layout.widths[line[0]])
    joined = " " * MARGIN + first + figures[max(0, min(excess, spare)) :]
    return Text(joined.rstrip(), style, no_wrap=True, overflow="ignore")


def _padded(text: str, width: int, column: Column) -> str:
    blanks = " " * (width - cell_len(text))
    return text + blanks if column.left else blanks + text


def _reason(audit: Audit, row: Row, layout: Layout, *, with_weeks: bool) -> Iterator[Text]:
    bars = weeks(audit, row) + " " * GAP if with_weeks else " " * GAP
    for text in flow(reason_of(row), layout.total - MARGIN - cell_len(bars)):
        yield Text(" " * MARGIN, no_wrap=True).append(bars, "cyan").append(text)
        bars = " " * cell_len(bars)


def weeks(audit: Audit, row: Row) -> str:
    """The sparkline of a row; a week of which the audit saw no day is blank, not empty."""
    monday = audit.as_of - timedelta(days=audit.as_of.weekday())
    last = len(row.usage.weekly) - 1
    starts = [monday - timedelta(weeks=last - i) for i in range(last + 1)]
    return sparkline(row.usage.weekly, seen=[_seen(audit, start) for start in starts])


def _seen(audit: Audit, monday: date) -> bool:
    sunday = min(monday + timedelta(days=6), audit.as_of)
    if audit.first_day is None or sunday < audit.first_day:
        return False
    return not any(first <= monday and sunday <= last for first, last in audit.gaps)


def reason_of(row: Row) -> str:
    """The decision's sentence; what cannot be judged yet always says until when, or why."""
    reason, state = visible(row.verdict.reason), visible(row.usage.reason)
    if row.usage.state is State.NOT_YET and state not in reason:
        return f"{reason}; {state}"
    return reason


def flow(text: str, width: int) -> list[str]:
    """Breaks a sentence into lines of at most `width` cells; a longer word is broken too."""
    return [line.plain.rstrip() for line in Text(text).wrap(Console(width=width), width)]
