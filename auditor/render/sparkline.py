"""Half a year of weekly occurrences in 26 characters."""

from __future__ import annotations

from collections.abc import Sequence

NOTHING = "·"
UNSEEN = " "
LEVELS = "▁▂▃▄▅▆▇█"


def sparkline(weekly: Sequence[int], seen: Sequence[bool]) -> str:
    """One character a week, scaled to the busiest.

    A week without any is a dot and never a bar; one that was not seen is blank.

    >>> sparkline([0, 1, 4, 8, 0], [True, True, True, True, False])
    '·▁▄█ '
    """
    top = max(weekly, default=0)
    return "".join(
        LEVELS[(len(LEVELS) * n - 1) // top] if n else NOTHING if was_seen else UNSEEN
        for n, was_seen in zip(weekly, seen, strict=True)
    )
