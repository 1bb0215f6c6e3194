"""The budget for all drops together: who still fits, in an order that keeps from week to week."""

from __future__ import annotations

import math
from collections.abc import Mapping


def within_total(bounds: Mapping[str, float], total: float) -> frozenset[str]:
    """Take droppable capabilities until one would carry the sum of their bounds over `total`.

    The order is the power of two that the bound has reached, then the id: by the exact bound a
    little more or less traffic would change who is dropped each week. That one and all after it
    stay.
    """
    taken: list[str] = []
    spent = 0.0
    for capability in sorted(bounds, key=lambda each: (_magnitude(bounds[each]), each)):
        spent += bounds[capability]
        if spent > total:
            break
        taken.append(capability)
    return frozenset(taken)


def _magnitude(bound: float) -> float:
    return math.floor(math.log2(bound)) if bound > 0 else -math.inf
