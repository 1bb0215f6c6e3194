"""The groups of a report: every capability of an audit stands in exactly one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.audit import Row
from auditor.model import Decision, State


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the report."""

    title: str
    meaning: str
    holds: Callable[[Row], bool]
    order: Callable[[Row], tuple[float | str, ...]]
    """What a reader must see first has the smallest key."""
    shown: int
    """Rows of each decision before the group folds: a few that are kept must not hide."""


def _in(state: State) -> Callable[[Row], bool]:
    return lambda row: row.usage.state is state


def _rare(*, dropped: bool) -> Callable[[Row], bool]:
    return lambda row: (
        row.usage.state is State.RARE and (row.verdict.decision is Decision.DROP) is dropped
    )


def _soonest(row: Row) -> tuple[float | str, ...]:
    return ((row.usage.judgeable_on or date.max).toordinal(), row.usage.capability)


def _dearest(row: Row) -> tuple[float | str, ...]:
    kept = row.verdict.decision is not Decision.DROP
    return (not kept, -(row.verdict.loss_bound or 0.0), row.usage.capability)


def _most_saved(row: Row) -> tuple[float | str, ...]:
    kept = row.verdict.decision is not Decision.DROP
    return (kept, -(row.saved_tokens or 0), -row.usage.observed_offers, row.usage.capability)


def _busiest(row: Row) -> tuple[float | str, ...]:
    return (-row.usage.occurrences, row.usage.capability)


GROUPS: tuple[Group, ...] = (
    Group("Not yet", "too new or too little seen to judge", _in(State.NOT_YET), _soonest, 6),
    Group("Never fired", "could be used, never was", _in(State.NEVER_FIRED), _most_saved, 6),
    Group("Rare but costly", "seldom used, but a miss is dear", _rare(dropped=False), _dearest, 12),
    Group("Fading", "used less and less", _in(State.FADING), _busiest, 6),
    Group("Dormant", "was used, silent since", _in(State.DORMANT), _dearest, 6),
    Group("Cheap rare", "seldom used, and a miss is cheap", _rare(dropped=True), _most_saved, 6),
    Group("Active", "in use", _in(State.ACTIVE), _busiest, 8),
)


def grouped(rows: Sequence[Row]) -> list[tuple[Group, list[Row]]]:
    """Every group with its rows in reading order; empty groups are left out."""
    members = ((group, sorted(filter(group.holds, rows), key=group.order)) for group in GROUPS)
    return [(group, found) for group, found in members if found]


def folded(group: Group, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows shown of a long group, and those that are only counted.

    A fold that would hide one row takes as much room as the row, so it does not.
    """
    seen: Counter[Decision] = Counter()
    shown: list[Row] = []
    hidden: list[Row] = []
    for row in rows:
        seen[row.verdict.decision] += 1
        (shown if seen[row.verdict.decision] <= group.shown else hidden).append(row)
    return (list(rows), []) if len(hidden) == 1 else (shown, hidden)
