"""When each capability was hit, on the axis of covered days: what a look back asks of the past.

A day that nobody watched is not on the axis, so that silence in a gap is evidence of nothing,
neither for our decisions nor for the rules beside them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.usage.daily import Daily
from auditor.usage.history import Bools, Floats, Ints

WEEKS = 26


@dataclass(frozen=True, slots=True)
class Timeline:
    """Days with hits: row i says that `item[i]` was hit on the covered day number `rank[i]`."""

    days: NDArray[np.datetime64]
    """The covered days of all services, ascending."""
    index: Mapping[str, int]
    """The item of each capability."""
    item: Ints
    rank: Ints
    occurrences: Floats

    @classmethod
    def of(cls, daily: Daily) -> Timeline:
        """Sum up the services of each capability."""
        days = daily.coverage["day"].unique().sort().to_numpy().astype("datetime64[D]")
        names = daily.pairs["capability"].unique().sort().to_list()
        fired = (
            daily.rows.filter(pl.col("hits") > 0)
            .group_by("capability", "day")
            .agg(pl.col("occurrences").sum())
            .sort("day", "capability")
        )
        index = {name: number for number, name in enumerate(names)}
        return cls(
            days,
            index,
            np.array([index[name] for name in fired["capability"]], np.int64),
            np.searchsorted(days, fired["day"].to_numpy().astype("datetime64[D]")).astype(np.int64),
            fired["occurrences"].to_numpy().astype(np.float64),
        )

    def rank_of(self, day: date) -> int:
        """Number of the last covered day that is not after `day`; -1 before the first."""
        return int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right")) - 1

    def items(self, names: Sequence[str]) -> Ints:
        """The items of some capabilities; those without traffic share one that is never hit."""
        return np.array([self.index.get(name, len(self.index)) for name in names], np.int64)

    def fired(self, after: int, until: int) -> Bools:
        """Which items were hit on covered days after `after`, up to and with `until`."""
        found = np.zeros(len(self.index) + 1, np.bool_)
        found[self.item[(self.rank > after) & (self.rank <= until)]] = True
        return found

    def last_hit(self, as_of: int) -> Ints:
        """The covered day of each item's last hit up to and with `as_of`; -1 without any."""
        found = np.full(len(self.index) + 1, -1, np.int64)
        known = self.rank <= as_of
        np.maximum.at(found, self.item[known], self.rank[known])
        return found

    def decayed(self, as_of: int, half_life: float) -> Floats:
        """Occurrences of each item up to `as_of`, each halved every `half_life` covered days."""
        known = self.rank <= as_of
        worth = self.occurrences[known] * 0.5 ** ((as_of - self.rank[known]) / half_life)
        return np.bincount(self.item[known], worth, len(self.index) + 1).astype(np.float64)

    def weekly(self, capability: str, monday: date) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Occurrences of the 26 weeks up to that of `monday`, and whether each was seen at all."""
        first = np.datetime64(monday - timedelta(weeks=WEEKS - 1), "D")
        mine = self.item == self.index.get(capability, -1)
        weeks = ((self.days[self.rank[mine]] - first) // np.timedelta64(7, "D")).astype(np.int64)
        inside = (weeks >= 0) & (weeks < WEEKS)
        counts = np.bincount(weeks[inside], self.occurrences[mine][inside], WEEKS)
        covered = set(((self.days - first) // np.timedelta64(7, "D")).astype(np.int64).tolist())
        return tuple(int(n) for n in counts), tuple(week in covered for week in range(WEEKS))
