"""Many items on one axis of days: what the model of decay reads, and nothing else.

An *item* is a capability in an audit, or any named thing in an event log. The axis is positions
0 .. days-1 (covered days in an audit: a day nobody watched is not on the axis); "as of day t"
means that position t counts and nothing after it is seen. A *clock* is a row of daily observed
offers: an event log has one clock for all its items, an audit one per capability.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

EXPECTED_DAYS = 90
"""Days whose mean offers are the exposure to expect (28 days or more overpredict, DESIGN 5)."""


@dataclass(frozen=True, slots=True)
class History:
    """Occurrences of `n` items and the exposure behind them, on one axis of `days` positions.

    `birth[n]` is the position of an item's birth and `opens[n]` the first position whose offers
    and occurrences count (the birth itself in an audit, the day after it in an event log).
    `item`, `day`, `count` are the occurrences, sorted by (item, day), one row a pair, of which
    `start[n + 1]` gives each item's slice. `exposure[clocks, days]` holds observed offers and
    `clock[n]` the row of each item; `expected`, of the same shape, the weighted offers from which
    future exposure is forecast (`exposure` when None). `epoch_day[days]` are days since
    1970-01-01, for rhythms of the calendar. `cadence[n]` is a declared rhythm in days, NaN when
    none. `gone` are spans `(item, from, until)` of positions at whose end an item was retired.
    """

    ids: Sequence[str]
    birth: Ints
    opens: Ints
    item: NDArray[np.integer]
    day: NDArray[np.integer]
    count: NDArray[np.integer]
    start: Ints
    exposure: NDArray[np.number]
    clock: Ints
    epoch_day: Ints
    expected: NDArray[np.number] | None = None
    cadence: Floats | None = None
    gone: Ints | None = None

    @property
    def days(self) -> int:
        """Number of positions on the axis."""
        return int(self.exposure.shape[1])

    def __len__(self) -> int:
        return len(self.birth)

    def catalog(self, as_of: int) -> Ints:
        """Indices of the items born and not retired at the end of day `as_of`, ascending."""
        present: Bools = self.birth <= as_of
        if self.gone is not None and len(self.gone):
            item, since, until = self.gone.T
            present = present.copy()
            present[item[(since <= as_of) & (as_of < until)]] = False
        return np.flatnonzero(present)

    def fired(self, as_of: int, horizon: int) -> Bools:
        """Which items had an occurrence in the `horizon` days after `as_of`, shape [n]."""
        return self.occurrences_between(as_of, as_of + horizon) > 0

    def occurrences_between(self, after: int, until: int) -> Floats:
        """Occurrences of each item on days after `after` up to and with `until`, shape [n]."""
        inside = (self.day > after) & (self.day <= until)
        return np.bincount(
            self.item[inside], weights=self.count[inside], minlength=len(self)
        ).astype(np.float64)

    def up_to(self, as_of: int) -> History:
        """The same history with every later day cut off: what was known at the end of `as_of`."""
        keep = self.day <= as_of
        counts = np.bincount(self.item[keep], minlength=len(self))
        return History(
            self.ids,
            self.birth,
            self.opens,
            self.item[keep],
            self.day[keep],
            self.count[keep],
            np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            self.exposure[:, : as_of + 1],
            self.clock,
            self.epoch_day[: as_of + 1],
            None if self.expected is None else self.expected[:, : as_of + 1],
            self.cadence,
            self.gone,
        )


class Slice(NamedTuple):
    """Occurrences up to a day of some chosen items: `row` is a position in the choice."""

    row: Ints
    day: Ints
    counts: Floats


def history(
    ids: Sequence[str],
    birth: Ints,
    occurrences: tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]],
    exposure: NDArray[np.number],
    *,
    clock: Ints | None = None,
    opens: Ints | None = None,
    epoch_day: Ints | None = None,
    expected: NDArray[np.number] | None = None,
    cadence: Floats | None = None,
    gone: Ints | None = None,
) -> History:
    """A `History` from unsorted occurrences `(item, day, count)`; equal pairs are added up.

    `clock` defaults to one row per item, or to the one row there is; `opens` to `birth`;
    `epoch_day` to the positions themselves. Raises `ValueError` when shapes do not fit.
    """
    n, (rows, days) = len(ids), exposure.shape
    if clock is None:
        if rows not in (1, n):
            raise ValueError(f"exposure has {rows} clocks for {n} items: name each item's clock")
        clock = np.zeros(n, np.int64) if rows == 1 else np.arange(n)
    item, day, count = _merged(*occurrences, days)
    if len(item) and (item[0] < 0 or item[-1] >= n):
        raise ValueError(f"an occurrence names item {item[-1]} of {n}")
    starts = np.searchsorted(item, np.arange(n + 1)).astype(np.int64)
    return History(
        ids,
        birth,
        birth if opens is None else opens,
        item,
        day,
        count,
        starts,
        exposure,
        clock,
        np.arange(days) if epoch_day is None else epoch_day,
        expected,
        cadence,
        gone,
    )


def chosen(past: History, items: Ints, as_of: int) -> Slice:
    """Occurrences of `items` up to and with day `as_of`, in the order of `items`."""
    lengths = past.start[items + 1] - past.start[items]
    row = np.repeat(np.arange(len(items)), lengths)
    before = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    where = np.arange(len(row)) - before[row] + past.start[items][row]
    seen = past.day[where] <= as_of
    where, row = where[seen], row[seen]
    return Slice(row, past.day[where].astype(np.int64), past.count[where].astype(np.float64))


def chunks(items: Ints, size: int = 16_384) -> Iterator[Ints]:
    """`items` in pieces of at most `size`, so that dense work stays within a fixed memory."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def _merged(
    item: NDArray[np.integer], day: NDArray[np.integer], count: NDArray[np.integer], days: int
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]]:
    """Occurrences sorted by (item, day), equal pairs added up."""
    if len(day) and (day.min() < 0 or day.max() >= days):
        raise ValueError(f"occurrences on days {day.min()} to {day.max()} of an axis of {days}")
    key = item.astype(np.int64) * days + day
    if len(key) and not (np.diff(key) > 0).all():
        order = np.argsort(key, kind="stable")
        key, first = np.unique(key[order], return_index=True)
        count = np.add.reduceat(count[order], first)
        item, day = key // days, key % days
    return item, day, count
