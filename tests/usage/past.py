"""Histories for tests: a made catalog with a past, and small ones by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from auditor.usage.history import History, history


def by_hand(
    hits: Mapping[str, Sequence[int]],
    days: int,
    *,
    birth: int = 0,
    offers: float = 10.0,
    cadence: float | None = None,
) -> History:
    """Items with occurrences on the given days, each with a clock of `offers` a day."""
    ids = list(hits)
    item = np.repeat(np.arange(len(ids)), [len(hits[i]) for i in ids])
    day = np.array([d for i in ids for d in hits[i]], dtype=np.int64)
    exposure = np.zeros((len(ids), days))
    exposure[:, birth:] = offers
    return history(
        ids,
        np.full(len(ids), birth),
        (item, day, np.ones(len(day), np.int64)),
        exposure,
        epoch_day=20_000 + np.arange(days),
        cadence=None if cadence is None else np.full(len(ids), cadence),
    )


def made(seed: int = 3, items: int = 80, days: int = 700) -> History:
    """A catalog whose items fire at their own rates, and of which some die."""
    chance = np.random.default_rng(seed)
    birth = chance.integers(0, days // 2, items)
    rate = chance.gamma(0.5, 0.05, items)
    death = birth + chance.exponential(400, items)
    grid = np.arange(days)
    alive = (grid > birth[:, None]) & (grid < death[:, None])
    item, day = np.nonzero((chance.random((items, days)) < rate[:, None]) & alive)
    exposure = np.where(grid >= birth[:, None], chance.poisson(20, (items, days)), 0)
    return history(
        [f"item-{n}" for n in range(items)],
        birth,
        (item, day, np.ones(len(day), np.int64)),
        exposure,
        epoch_day=20_000 + grid,
    )


def with_occurrence(past: History, item: int, day: int) -> History:
    """The same past with one more occurrence; exposure as it was (the hit took an offer)."""
    return history(
        past.ids,
        past.birth,
        (np.append(past.item, item), np.append(past.day, day), np.append(past.count, 1)),
        past.exposure,
        clock=past.clock,
        opens=past.opens,
        epoch_day=past.epoch_day,
        expected=past.expected,
        cadence=past.cadence,
        gone=past.gone,
    )


def with_exposure(past: History, item: int, day: int, offers: float) -> History:
    """More observed offers of one item on one day; what is expected ahead stays as it was."""
    exposure = past.exposure.astype(np.float64).copy()
    exposure[past.clock[item], day] += offers
    return history(
        past.ids,
        past.birth,
        (past.item, past.day, past.count),
        exposure,
        clock=past.clock,
        opens=past.opens,
        epoch_day=past.epoch_day,
        expected=past.exposure if past.expected is None else past.expected,
        cadence=past.cadence,
        gone=past.gone,
    )
