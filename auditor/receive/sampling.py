"""The weight of a sampled span: one over the probability that it was kept."""

from __future__ import annotations

from functools import lru_cache

from auditor.model import MICRO

HIGHEST_WEIGHT = 10_000
"""A weight above this is cut to it, so that sums of weights stay within 64 bits."""

_ALL = 1 << 56


@lru_cache(maxsize=1024)
def weight_micros(trace_state: str) -> int:
    """Weight in millionths from the rejection threshold `ot=th:` of a W3C tracestate.

    The threshold is up to 14 hexadecimal digits, zeros on the right left out; of 2^56
    randomness values those below it were dropped (OpenTelemetry, "TraceState: Probability
    Sampling"). Without a readable threshold the weight is 1.
    """
    for member in trace_state.split(","):
        vendor, _, fields = member.strip().partition("=")
        if vendor != "ot":
            continue
        for entry in fields.split(";"):
            name, _, digits = entry.partition(":")
            if name == "th":
                return _from_threshold(digits)
    return MICRO


def _from_threshold(digits: str) -> int:
    try:
        rejected = int(digits.ljust(14, "0"), 16)
    except ValueError:
        return MICRO
    if not 0 <= rejected < _ALL or len(digits) > 14:
        return MICRO
    kept = _ALL - rejected
    return min((MICRO * _ALL + kept // 2) // kept, HIGHEST_WEIGHT * MICRO)
