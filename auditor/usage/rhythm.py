"""Does an item keep time, and is its next beat due? (weekly, month-end, quarter-end, every N days)

A beat is an occurrence whose `BEATS` predecessors at its period were all there, within a
tolerance that the item's own older rate would rarely fill by luck. An occurrence off the beat
takes nothing away, and a recent one does not touch the older rate, so more occurrences never end
a rhythm.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auditor.usage.history import Bools, Floats, History, Ints, Slice

BEATS = 4
LONGEST_FOUND = 100
"""Days of the longest rhythm that is looked for; a declared cadence may be longer."""
PERIODS = (7, 10, 14, 20, 21, 28, 30, 42, 45, 56, 60, 84, 90)
"""Days of the rhythms that are looked for; month-ends and quarter-ends besides."""
CALENDAR_MONTHS = (1, 3)
BUSY = 16
"""Occurrence days within the last `LONGEST_FOUND` that make a rhythm needless: it counts as 1."""
LUCK = 0.5
"""Largest expected number of occurrences in one window at the item's own older rate."""
OLD_DAYS = 90
"""Days before today that are left out of the older rate."""


class Beats(NamedTuple):
    """Candidate beats: `row` of the item, `day` position, the item's older daily `rate`, and the
    days of its `first` occurrence and of the one `BEATS` before the beat (far back if none)."""

    row: Ints
    day: Ints
    rate: Floats
    first: Ints
    before: Ints


class Line(NamedTuple):
    """All occurrences on one line: item after item, `stride` apart, far enough not to touch."""

    key: Floats
    stride: float


def rhythms(past: History, items: Ints, seen: Slice, as_of: int, horizon: int) -> Floats:
    """1 where a beat is due within `horizon` days (or the item is too busy to need one), else 0."""
    result = np.zeros(len(items))
    declared = None if past.cadence is None else past.cadence[items]
    reach = LONGEST_FOUND + LONGEST_FOUND // 8
    if declared is not None and np.isfinite(declared).any():
        reach = max(reach, int(np.nanmax(declared) * 1.2) + 1)
    recent = np.bincount(seen.row, seen.day > as_of - LONGEST_FOUND, len(items))
    total = np.bincount(seen.row, minlength=len(items))
    result[recent > BUSY] = 1.0
    wanted = (total > BEATS) & (recent <= BUSY)
    at = np.flatnonzero(wanted[seen.row] & (seen.day > as_of - reach))
    if not len(at):
        return result
    row = seen.row[at]
    older = np.bincount(seen.row, seen.day <= as_of - OLD_DAYS, len(items))[row]
    rate = older / np.maximum(as_of - OLD_DAYS - past.opens[items][row], 1)
    begin = np.searchsorted(seen.row, np.arange(len(items)))[row]
    before = np.where(at - BEATS >= begin, seen.day[at - BEATS], -(10**6))
    beats = Beats(row, seen.day[at], rate, seen.day[begin], before)
    stride = float(max(int(seen.day.max()), 1) * 4 + 40_000)
    line = Line((seen.row * stride + seen.day).astype(np.float64), stride)
    due = _found(past, line, beats, as_of, horizon)
    if declared is not None:
        due |= _kept(line, beats, declared[beats.row], as_of, horizon, luck=np.inf)
    result[beats.row[due]] = 1.0
    return result


def _found(past: History, line: Line, beats: Beats, as_of: int, horizon: int) -> Bools:
    due = np.zeros(len(beats.row), dtype=bool)
    for period in PERIODS:
        due |= _kept(line, beats, np.full(len(due), float(period)), as_of, horizon, LUCK)
    for months in CALENDAR_MONTHS:
        due |= _month_ends(past.epoch_day, line, beats, months, as_of, horizon)
    return due


def _kept(line: Line, beats: Beats, period: Floats, as_of: int, horizon: int, luck: float) -> Bools:
    """Beats that kept a period of days, were not missed yet, and whose next is in the horizon."""
    tolerance: Floats = np.maximum(np.floor(period / 12), 1.0)
    kept: Bools = (as_of - beats.day <= period + tolerance) & (
        beats.day + period <= as_of + horizon
    )
    kept &= beats.rate * (2 * tolerance + 1) <= luck
    # Cheap to ask, and true of every beat: enough occurrences, early and late enough.
    kept &= beats.day - BEATS * period + tolerance >= beats.first
    kept &= beats.day - BEATS * period - tolerance <= beats.before
    for back in range(1, BEATS + 1):
        left = np.flatnonzero(kept)
        middle = beats.day[left] - back * period[left]
        near = tolerance[left]
        kept[left] = _within(line, beats.row[left], middle - near, middle + near)
    return kept


def _month_ends(
    epoch_day: Ints, line: Line, beats: Beats, months: int, as_of: int, horizon: int
) -> Bools:
    """Beats within two days of a month's (or quarter's) end, and of the ends before it."""
    date = np.asarray(epoch_day[beats.day], "datetime64[D]")
    # Two days into the next month still belong to the end before.
    month = (date - np.timedelta64(3, "D")).astype("datetime64[M]").astype(np.int64)
    kept: Bools = (month % months) == (2 if months == 3 else 0)
    next_end = _end_of(month + months)
    kept &= (next_end + 2 >= epoch_day[as_of]) & (next_end - 2 <= epoch_day[as_of] + horizon)
    kept &= (beats.rate * 5 <= LUCK) & (beats.day - 31 * months * BEATS - 5 <= beats.before)
    for back in range(BEATS + 1):
        left = np.flatnonzero(kept)
        middle = _position(epoch_day, _end_of(month[left] - back * months))
        kept[left] = _within(line, beats.row[left], middle - 2, middle + 2)
    return kept


def _end_of(month: Ints) -> Ints:
    """Epoch day of the last day of a month that is counted from 1970-01."""
    first = (month + 1).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int64) - 1


def _position(epoch_day: Ints, wanted: Ints) -> Floats:
    """Position on the axis of an epoch day; before the axis, as far below 0 as it lies before."""
    before = np.minimum(wanted - epoch_day[0], 0)
    position: Floats = (np.searchsorted(epoch_day, wanted) + before).astype(np.float64)
    return position


def _within(
    line: Line, row: Ints, first: NDArray[np.floating], last: NDArray[np.floating]
) -> Bools:
    """Whether an item has an occurrence from position `first` to `last`, both included."""
    at = row * line.stride
    nearest = np.searchsorted(line.key, at + np.maximum(first, -line.stride / 4), "left")
    there: Bools = nearest < len(line.key)
    there[there] = line.key[nearest[there]] <= (at + last)[there]
    return there
