"""What the store holds, before anything is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group as Lines
from rich.table import Table
from rich.text import Text

from auditor.render.names import visible
from auditor.render.numbers import UNKNOWN, count, plural, share

FIGURES = (
    ("calls", "calls"),
    ("errors", "errors"),
    ("input tokens", "input_tokens"),
    ("output tokens", "output_tokens"),
)


def status(held: Mapping[str, Any]) -> Lines:
    """Totals, then a line a service; `held` has the keys of `auditor status --format json`."""
    facts = Table.grid(padding=(0, 2), pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, text in _facts(held):
        facts.add_row(name, text)
    if not held["services"]:
        return Lines(facts, Text(), Text("No service yet: `auditor import FILE...` fills it."))
    return Lines(facts, Text(), _services(held))


def _facts(held: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "calls", count(held["calls"])
    yield "first call", held["first_call"] or UNKNOWN
    yield "last call", held["last_call"] or UNKNOWN
    yield "covered", plural(held["covered_days"], "day")
    yield "size", _size(held["size_bytes"])
    yield "came again", f"{plural(held['duplicates'], 'span')}, counted once"
    yield (
        "rejected",
        f"{plural(held['rejected'], 'line or span', 'lines or spans')}, unreadable, in all imports",
    )


def _services(held: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("service", overflow="fold")
    for title, _ in FIGURES:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("offers known", justify="right", no_wrap=True)
    for service in held["services"]:
        known, calls = service["calls_with_known_offers"], service["calls"]
        figures = (count(service[key]) for _, key in FIGURES)
        known_share = share(known / calls if calls else None)
        table.add_row(Text(visible(service["service"])), *figures, known_share)
    return table


def _size(size_bytes: int) -> str:
    """Bytes in the unit that leaves at most four digits."""
    size = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
