"""Every case file that names hits gets exactly those labels, without a catalog."""

from __future__ import annotations

import pytest

from auditor.label import LabelPlan, label
from tests.receive.span_cases import CASES, Case

LABELLED = [case for case in CASES if any("hits" in facts for facts in case.spans)]


@pytest.mark.parametrize("case", LABELLED, ids=lambda case: case.name)
def test_a_span_gets_the_labels_that_its_case_says(case: Case) -> None:
    plan = LabelPlan.from_catalog(())
    for span, facts in zip(case.read().spans, case.spans, strict=True):
        label(span, plan)
        assert sorted(name for name, _ in span.hits) == facts.get("hits", []), case.trap
        assert span.labelset is None
