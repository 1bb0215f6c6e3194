"""Settle once more, slowly and in plain Python: what the SQL is compared with."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from auditor.model import Kind, Source, Span
from tests.store.spans import HOUR

Key = tuple[str, str, int]


class Counted(NamedTuple):
    hits: Counter[str]
    occurrences: Counter[str]
    observed: Counter[str]
    """Of tools: in the list and the output known, and hits wherever they were."""
    unknown: Counter[str]
    """Of tools: in the list, but the output is not known."""
    invented: Counter[str]
    calls: int


def settle(delivered: Iterable[Span]) -> Counted:
    spans: dict[Key, Span] = {}
    for span in delivered:
        spans.setdefault(_key(span), span)
    wrappers = _wrappers(spans)
    calls = {k: s for k, s in spans.items() if s.kind is Kind.CALL and k not in wrappers}
    above = {key: _ancestors(span, spans) for key, span in calls.items()}
    counted = Counted(Counter(), Counter(), Counter(), Counter(), Counter(), len(calls))
    occurred = set()
    for key, span in calls.items():
        over = [s for s, direct in above[key] if direct and s.kind is Kind.CALL]
        ends = [w for w in over if _last_below(w, calls, above) == key]
        labels = _labels(span, over, ends, [s for s, _ in above[key]])
        lists = [s.tools_offered for s in (span, *over) if s.tools_offered]
        listing = max(lists, key=lambda t: (len(t.names), t.whole, t.names), default=None)
        answered = any(s.tools_called is not None and s.intact for s in (span, *ends))
        names = {f"tool.{n}" for n in listing.names} if listing else set()
        for name in names:
            hit = name in labels
            (counted.observed if answered or hit else counted.unknown)[name] += 1
        for name, source in labels.items():
            if source is Source.TOOL and name not in names:
                if listing and listing.whole:
                    counted.invented[name] += 1
                    continue
                counted.observed[name] += 1
            counted.hits[name] += 1
            conversation = next((s.conversation for s in (span, *over) if s.conversation), "")
            where = conversation or span.trace_id
            hour = span.start_ns // HOUR
            occurred.add((name, span.service, span.environment, where, hour))
    counted.occurrences.update(name for name, *_ in occurred)
    return counted


def _key(span: Span) -> Key:
    return span.trace_id, span.span_id, span.start_ns


def _parents(span: Span, spans: dict[Key, Span]) -> list[Span]:
    return [
        s
        for (trace, id_, _), s in spans.items()
        if span.parent_id and trace == span.trace_id and id_ == span.parent_id
    ]


def _ancestors(span: Span, spans: dict[Key, Span]) -> list[tuple[Span, bool]]:
    """Each span above, nearest first, and whether only calls and plain spans lie between."""
    found = []
    frontier, direct = [span], True
    while frontier:
        frontier = [p for s in frontier for p in _parents(s, spans)]
        found += [(s, direct) for s in frontier]
        direct = direct and all(s.kind in (Kind.CALL, Kind.OTHER) for s in frontier)
    return found


def _wrappers(spans: dict[Key, Span]) -> set[Key]:
    calls = [s for s in spans.values() if s.kind is Kind.CALL]
    return {
        _key(a)
        for s in calls
        for a, direct in _ancestors(s, spans)
        if direct and a.kind is Kind.CALL
    }


def _last_below(
    wrapper: Span, calls: dict[Key, Span], above: dict[Key, list[tuple[Span, bool]]]
) -> Key:
    below = [k for k in calls if any(a is wrapper and direct for a, direct in above[k])]
    return max(below, key=lambda k: (calls[k].start_ns, calls[k].span_id))


def _labels(
    span: Span, over: list[Span], ends: list[Span], ancestors: list[Span]
) -> dict[str, Source]:
    lent: defaultdict[str, set[Source]] = defaultdict(set)
    for name, source in span.hits:
        lent[name].add(source)
    for wrapper in over:
        for name, source in wrapper.hits:
            if source not in (Source.TOOL, Source.PARALLEL) or wrapper in ends:
                lent[name].add(source)
    for ancestor in ancestors:
        for name, source in ancestor.hits:
            if source is Source.TAG:
                lent[name].add(source)
    steps = sorted(name for name, sources in lent.items() if Source.STEPS in sources)
    for name in steps[:-1]:
        del lent[name]
    return {name: min(sources) for name, sources in lent.items()}
