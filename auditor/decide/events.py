"""An event log becomes a `History`: `unix_seconds<TAB>op<TAB>item`, one row an event.

Op `D` retires an item, any other op shows that it is there: it revives a retired item
(why: `docs/decisions/decay-model.md`), and on a new UTC day after the
birth it is a hit. An item's first row that is not a `D` is its birth, whatever its op. Every row,
`D` too, is one unit of traffic on the one clock that all items share.

The axis counts days of 24 h from the first row of the log, so that "first row + 1095 d" is a
position; whether two rows fall on one day is asked of the UTC date.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auditor.errors import BadInputError
from auditor.usage.history import History, history

DAY_S = 86_400
MOST_DAYS = 200 * 366
"""A longer log is a log in other units than seconds."""
FAULTS_SHOWN = 20


class Events(NamedTuple):
    """Rows of a log in order of time: seconds[rows], retires[rows] and item[rows] into `ids`."""

    seconds: NDArray[np.int64]
    retires: NDArray[np.bool_]
    item: NDArray[np.int64]
    ids: tuple[str, ...]


class BadEventsError(BadInputError):
    """An event log has rows that are not `unix_seconds<TAB>op<TAB>item`; carries every fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        more = len(faults) - FAULTS_SHOWN
        tail = [f"... and {more} more"] if more > 0 else []
        super().__init__("\n".join(faults[:FAULTS_SHOWN] + tail))


def parse_events(lines: Iterable[str], source: str) -> Events:
    """The rows of a log named `source`, in order of time, whatever order they came in.

    Rows of one second keep the order of the log (added and deleted in one second is gone). Empty
    lines and a trailing newline or carriage return are passed over. Raises `BadEventsError` naming
    `source:line` of every row that cannot be read.
    """
    seconds: list[int] = []
    retires: list[bool] = []
    names: list[str] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text:
            continue
        stamp, op, name, fault = _row(text)
        if fault:
            faults.append(f"{source}:{number}: {fault}")
            continue
        seconds.append(stamp)
        retires.append(op == "D")
        names.append(name)
    faults += [] if faults else _unfit(seconds, retires, source)
    if faults:
        raise BadEventsError(faults)
    return _ordered(seconds, retires, names)


def events_history(events: Events) -> History:
    """The `History` of a log: one shared clock, days counted from the first row.

    Items that were never born (only `D` rows) are left out, and no name but as an id is read.
    """
    first = int(events.seconds[0])
    position = (events.seconds - first) // DAY_S
    days = int(position[-1]) + 1
    living = np.flatnonzero(~events.retires)
    born, at = np.unique(events.item[living], return_index=True)
    birth_row = living[at]
    index = np.full(len(events.ids), -1)
    index[born] = np.arange(len(born))
    item, hit_day = _hits(events, index, birth_row, position)
    return history(
        [events.ids[i] for i in born],
        position[birth_row],
        (item, hit_day, np.ones(len(item), np.int64)),
        np.bincount(position, minlength=days)[None, :].astype(np.float64),
        opens=position[birth_row] + 1,
        epoch_day=(first + DAY_S * np.arange(days)) // DAY_S,
        gone=_gone(events, index, position, days),
    )


def _row(text: str) -> tuple[int, str, str, str]:
    """Seconds, op and item of one row, or a sentence on what is wrong with it."""
    parts = text.split("\t")
    if len(parts) != 3:
        tabs = len(parts) - 1
        return 0, "", "", f"expected unix_seconds<TAB>op<TAB>item, found {tabs} tabs"
    stamp, op, name = parts
    if not (stamp.isascii() and stamp.lstrip("-").isdigit() and len(stamp) < 16):
        return 0, "", "", f"expected whole unix seconds, found {stamp[:40]!r}"
    if not op.strip() or not name.strip():
        return 0, "", "", f"the {'item' if op.strip() else 'op'} is empty"
    return int(stamp), op, name, ""


def _unfit(seconds: list[int], retires: list[bool], source: str) -> list[str]:
    """What is wrong with a log whose rows are all well formed."""
    if not seconds:
        return [f"{source}: no rows: expected unix_seconds<TAB>op<TAB>item"]
    days = (max(seconds) - min(seconds)) // DAY_S
    if days > MOST_DAYS:
        return [f"{source}: spans {days} days: are its times in seconds?"]
    if all(retires):
        return [f"{source}: no item is ever born: every row has the op D"]
    return []


def _ordered(seconds: list[int], retires: list[bool], names: list[str]) -> Events:
    ids = tuple(sorted(set(names)))
    code = {name: i for i, name in enumerate(ids)}
    item = np.array([code[name] for name in names], np.int64)
    at, gone = np.array(seconds, np.int64), np.array(retires, bool)
    order = np.argsort(at, kind="stable")
    return Events(at[order], gone[order], item[order], ids)


def _hits(
    events: Events,
    index: NDArray[np.int64],
    birth_row: NDArray[np.int64],
    position: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Item and position of each first row of an item on a UTC day after that of its birth."""
    utc = events.seconds // DAY_S
    item = index[events.item]
    counts = ~events.retires
    counts[counts] = utc[counts] > utc[birth_row][item[counts]]
    rows = np.flatnonzero(counts)
    span = int(utc[-1] - utc[0]) + 1
    _, first = np.unique(item[rows] * span + (utc[rows] - utc[0]), return_index=True)
    return item[rows][first], position[rows][first]


def _gone(
    events: Events, index: NDArray[np.int64], position: NDArray[np.int64], days: int
) -> NDArray[np.int64]:
    """Spans `(item, from, until)` of positions at whose end an item was retired."""
    item = index[events.item]
    keep = item >= 0
    order = np.flatnonzero(keep)[np.argsort(item[keep], kind="stable")]
    item, day, out = item[order], position[order], events.retires[order]
    last = np.append(item[1:] != item[:-1], True)
    until = np.where(last, days, np.append(day[1:], days))
    spans = np.column_stack((item, day, until))[out]
    return spans[spans[:, 1] < spans[:, 2]].astype(np.int64)
