"""How good a ranking or a probability was, once what it foretold has happened.

Ties are broken by expectation: the items of a tie are each dropped with the same chance, so no
order of rows can help. All functions read arrays of one shape: one cut's items, or a pool.
"""

from __future__ import annotations

import numpy as np

from auditor.usage.history import Bools, Floats

BINS = 10


def regret_at(score: Floats, fired: Bools, drop_rate: float) -> float:
    """Share that fired after all of the `drop_rate` of items with the lowest score.

    `drop_rate` x items need not be whole: the item at the edge counts by its share, as a tie does.
    NaN when nothing would be dropped.
    """
    dropped = drop_rate * len(score)
    if dropped <= 0:
        return float("nan")
    size, hits = _ties(score, fired)
    taken = np.clip(dropped - (np.cumsum(size) - size), 0, size)
    return float((taken * hits / size).sum() / dropped)


def auc(score: Floats, fired: Bools) -> float:
    """Probability that an item that fired scored above one that did not; a tie counts a half.

    NaN when all fired or none did.
    """
    size, hits = _ties(score, fired)
    misses = size - hits
    pairs = hits.sum() * misses.sum()
    if not pairs:
        return float("nan")
    below = np.cumsum(misses) - misses
    return float((hits * (below + misses / 2)).sum() / pairs)


def calibration_error(chance: Floats, fired: Bools, bins: int = BINS) -> float:
    """Mean distance of forecast and outcome over `bins` equal-count bins, weighted by size."""
    if not len(chance):
        return float("nan")
    return float(sum(abs(p - y) * n for p, y, n in reliability(chance, fired, bins)) / len(chance))


def reliability(chance: Floats, fired: Bools, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Rows (mean chance, share that fired, items) of equal-count bins, lowest chances first.

    Outcomes of tied chances are shared out evenly, so the order of rows does not matter.
    """
    order = np.argsort(chance, kind="stable")
    sorted_chance = chance[order]
    size, hits = _ties(chance, fired)
    outcome = np.repeat(hits / size, size.astype(np.int64))
    return [
        (float(p.mean()), float(y.mean()), len(p))
        for p, y in zip(
            np.array_split(sorted_chance, bins), np.array_split(outcome, bins), strict=True
        )
        if len(p)
    ]


def _ties(score: Floats, fired: Bools) -> tuple[Floats, Floats]:
    """Items and hits of each distinct score, lowest first."""
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    hits = np.bincount(group, weights=fired.astype(np.float64), minlength=len(size))
    return size.astype(np.float64), hits.astype(np.float64)
