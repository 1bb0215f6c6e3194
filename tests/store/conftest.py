from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from auditor.model import Span
from auditor.store import Reader, Writer, open_reader

Store = Callable[..., Reader]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Delivers groups of spans to a new store and reads it."""
    made = iter(range(1000))

    def deliver(*groups: Sequence[Span], settle_between: bool = False) -> Reader:
        path = tmp_path / f"{next(made)}.duckdb"
        with Writer(path) as writer:
            for group in groups:
                writer.append(group)
                if settle_between:
                    writer.settle()
        return open_reader(path)

    return deliver


def total(reader: Reader, column: str, capability: str) -> int:
    """One column of the counters, summed over all days and places."""
    frame = reader.frames.counters
    return int(frame.filter(frame["capability"] == capability)[column].sum())


def groups_of(spans: Iterable[Span], size: int) -> list[list[Span]]:
    every = list(spans)
    return [every[at : at + size] for at in range(0, len(every), size)]
