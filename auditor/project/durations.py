"""Durations as people write them in rule files: `90d`, `12w`, `48h`."""

from __future__ import annotations

import re

_DURATION = re.compile(r"([1-9][0-9]{0,5})(h|d|w)")
_HOURS = {"h": 1, "d": 24, "w": 168}


def days(text: str) -> int:
    """Whole days; raises `ValueError` with what was expected.

    >>> days("2w")
    14
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError("a whole number with a unit: 90d, 12w or 48h")
    hours = int(found[1]) * _HOURS[found[2]]
    if hours % 24:
        raise ValueError("a whole number of days, such as 90d")
    return hours // 24
