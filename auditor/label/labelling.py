"""Labels one span: tags that were set, the shape of the call, the catalog's matchers."""

from __future__ import annotations

from auditor.label import structural
from auditor.label.plan import LabelPlan
from auditor.model import Kind, Source, Span


def label(span: Span, plan: LabelPlan) -> None:
    """Fills `span.hits` and `span.labelset`.

    Tags are hits of every span, since the calls below inherit them; the other hits, and the
    label set, are those of calls.
    """
    hits = [(tag, Source.TAG) for tag in span.tags]
    if span.kind is Kind.CALL:
        hits += structural.hits(span)
        span.labelset, matched = plan.read(span)
        hits += matched
    span.hits = tuple(hits)
