"""Weights of sampled spans, against probabilities worked out by hand."""

from __future__ import annotations

import pytest

from auditor.receive.sampling import HIGHEST_WEIGHT, weight_micros


@pytest.mark.parametrize(
    ("trace_state", "weight"),
    [
        ("ot=th:0", 1),
        ("ot=th:8", 2),
        ("ot=th:c", 4),
        ("ot=th:e8f5c28f5c28f6", 100 / 9),
        ("ot=rv:6e6d1a75832a2f;th:fd70a3d70a3d71", 100),
        ("vendor=th:8,ot=th:c", 4),
        ("ot=th:ffffffffffffff", HIGHEST_WEIGHT),
        ("", 1),
        ("ot=p:8", 1),
        ("ot=th:xyz", 1),
        ("ot=th:-8", 1),
        ("ot=th:800000000000000", 1),
    ],
)
def test_a_weight_is_one_over_the_probability_of_the_threshold(
    trace_state: str, weight: float
) -> None:
    assert weight_micros(trace_state) == pytest.approx(weight * 1_000_000, abs=1)
