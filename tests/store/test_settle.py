"""The counters of a day, from the rows around it."""

from __future__ import annotations

import random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.model import MICRO, Kind, Source, Span
from tests.store import plain
from tests.store.conftest import Store, groups_of, total
from tests.store.spans import DAY, HOUR, agent, call, other, tool_run, tools


def test_three_parallel_calls_of_one_tool_are_one_hit(store: Store) -> None:
    reader = store([call(1, called=("pay",), tool_calls=3, offered=tools("pay"))])
    assert total(reader, "hits", "tool.pay") == 1


def test_a_retry_loop_within_an_hour_is_one_occurrence(store: Store) -> None:
    loop = [call(n, n, called=("pay",), conversation="c") for n in range(1, 6)]
    later = call(9, HOUR + 1, called=("pay",), conversation="c")
    reader = store([*loop, later])
    assert total(reader, "hits", "tool.pay") == 6
    assert total(reader, "occurrences", "tool.pay") == 2


def test_one_conversation_id_in_two_services_is_two_occurrences(store: Store) -> None:
    spans = [call(n, called=("pay",), conversation="c", service=f"s{n}") for n in (1, 2)]
    assert total(store(spans), "occurrences", "tool.pay") == 2


def test_an_occurrence_stands_in_the_row_of_its_first_hit(store: Store) -> None:
    first = call(2, 5, called=("pay",), conversation="c", model="teacher")
    second = call(1, 6, called=("pay",), conversation="c", model="student")
    counters = store([second, first]).frames.counters
    assert dict(counters.select("model", "occurrences").iter_rows()) == {
        "teacher": 1,
        "student": 0,
    }


def test_an_id_shared_by_over_a_thousand_traces_in_an_hour_is_no_conversation(
    store: Store,
) -> None:
    spans = [call(n, trace=n, called=("pay",), conversation="default") for n in range(1, 1003)]
    assert total(store(spans), "occurrences", "tool.pay") == 1002
    assert total(store(spans[:1000]), "occurrences", "tool.pay") == 1


def test_a_listed_tool_is_observed_only_where_the_output_is_known(store: Store) -> None:
    seen = call(1, offered=tools("pay"))
    hidden = call(2, offered=tools("pay"), called=None)
    dropped = call(3, offered=tools("pay"), intact=False)
    reader = store([seen, hidden, dropped])
    assert total(reader, "observed", "tool.pay") == 1
    assert total(reader, "unknown", "tool.pay") == 2


def test_a_hit_is_an_observed_offer_whatever_was_known_of_its_list(store: Store) -> None:
    reader = store([call(1, called=("pay",)), call(2)])
    assert total(reader, "extra", "tool.pay") == 1
    assert total(reader, "accounted", "tool.pay") == 1
    assert reader.frames.calls["list_open"].sum() == 2


def test_what_a_censored_list_does_not_hold_is_open_not_invented(store: Store) -> None:
    part = tools("book", whole=False)
    reader = store([call(1, called=("pay",), offered=part)])
    assert total(reader, "hits", "tool.pay") == 1
    assert total(reader, "invented", "tool.pay") == 0
    assert total(reader, "accounted", "tool.book") == 1


def test_a_tool_that_a_whole_list_does_not_hold_is_invented_and_no_hit(store: Store) -> None:
    reader = store([call(1, called=("pay",), offered=tools("book"))])
    assert total(reader, "invented", "tool.pay") == 1
    assert total(reader, "hits", "tool.pay") == 0
    assert total(reader, "occurrences", "tool.pay") == 0


def test_an_empty_list_is_known(store: Store) -> None:
    calls = store([call(1, offered=tools())]).frames.calls
    assert (calls["list_known"].item(), calls["list_open"].item()) == (1, 0)


@pytest.mark.parametrize("between", [(), (5,)], ids=["parent and child", "a span between"])
def test_a_wrapper_and_its_call_count_once_and_share_what_they_know(
    store: Store, between: tuple[int, ...]
) -> None:
    wrapper = call(1, called=("pay",), offered=tools("pay", "book"), model="gpt-4o")
    bare = call(2, 1, parent=between[0] if between else 1, called=None, input_tokens=7)
    reader = store([wrapper, *(other(n, parent=1) for n in between), bare])
    calls = reader.frames.calls
    assert calls.select("calls", "input_tokens", "model").row(0) == (1, 7, "gpt-4o")
    assert total(reader, "hits", "tool.pay") == 1
    assert total(reader, "observed", "tool.book") == 1


def test_a_call_made_by_a_tool_of_a_call_is_a_call_of_its_own(store: Store) -> None:
    outer, run, inner = call(1), tool_run(2, "ask", 1, parent=1), call(3, 2, parent=2)
    assert store([outer, run, inner]).frames.calls["calls"].sum() == 2


def test_what_a_wrapper_over_a_retry_saw_belongs_to_the_last_try(store: Store) -> None:
    wrapper = call(1, called=("pay",), offered=tools("pay"))
    failed = call(2, 1, parent=1, called=None, error=True)
    worked = call(3, 2, parent=1, called=None)
    reader = store([wrapper, failed, worked])
    assert reader.frames.calls["calls"].sum() == 2
    assert total(reader, "hits", "tool.pay") == 1
    assert total(reader, "unknown", "tool.pay") == 1
    assert total(reader, "errors", "tool.pay") == 0


def test_a_tag_reaches_every_call_below_it_through_any_spans(store: Store) -> None:
    tagged = agent(1, tags=("merge.resolve",))
    spans = [tagged, other(2, parent=1), call(3, 1, parent=2), call(4, 2, parent=1), call(5, 3)]
    assert total(store(spans), "hits", "merge.resolve") == 2


def test_parents_in_a_circle_end(store: Store) -> None:
    spans = [
        agent(1, parent=2, tags=("t",)),
        agent(2, parent=1, tags=("t",)),
        call(3, parent=1),
    ]
    assert total(store(spans), "hits", "t") == 1


def test_a_tool_run_tells_what_a_call_with_hidden_output_asked_for(store: Store) -> None:
    hidden = call(1, called=None, offered=tools("pay"))
    known = call(2, 10, called=())
    runs = [tool_run(3, "pay", 5), tool_run(4, "book", 15)]
    reader = store([hidden, known, *runs])
    assert total(reader, "hits", "tool.pay") == 1
    assert total(reader, "hits", "tool.book") == 0


def test_a_tag_that_arrives_later_reaches_calls_that_are_settled(store: Store) -> None:
    early = [call(2, parent=1), call(3, 25 * HOUR, parent=1)]
    reader = store(early, [agent(1, tags=("late",))], settle_between=True)
    assert total(reader, "hits", "late") == 2


def test_weights_are_summed_apart_and_evidence_is_counted_raw(store: Store) -> None:
    reader = store([call(1, called=("pay",), offered=tools("pay"), weight_micros=100 * MICRO)])
    assert total(reader, "hits", "tool.pay") == 1
    assert total(reader, "weighted_hits", "tool.pay") == 100 * MICRO


def test_one_id_with_two_starts_is_two_spans(store: Store) -> None:
    assert store([call(1, 0), call(1, 1)]).frames.calls["calls"].sum() == 2


def test_calls_are_counted_by_the_capabilities_they_use_together(store: Store) -> None:
    spans = [
        call(1, called=("a", "b")),
        call(2, called=("b", "a")),
        call(3, called=("a",)),
        call(4),
    ]
    together = store(spans).frames.together
    counted = {tuple(names): n for names, n in together.select("capabilities", "calls").iter_rows()}
    assert counted == {("tool.a", "tool.b"): 2, ("tool.a",): 1, (): 1}


TAGS, NAMES = ("x", "y"), ("a", "b", "c")
kinds = st.sampled_from([Kind.CALL, Kind.CALL, Kind.AGENT, Kind.OTHER])


@st.composite
def traffic(draw: st.DrawFn) -> list[Span]:
    """Up to fourteen spans in three traces, with parents among the earlier ones."""
    spans = []
    for number in range(1, draw(st.integers(1, 14)) + 1):
        trace = draw(st.integers(1, 3))
        earlier = [int(s.span_id, 16) for s in spans if int(s.trace_id, 16) == trace]
        kind = draw(kinds)
        is_call = kind is Kind.CALL
        called = draw(st.none() | st.sets(st.sampled_from(NAMES), max_size=2)) if is_call else None
        listed = draw(st.none() | st.sets(st.sampled_from(NAMES))) if is_call else None
        spans.append(
            call(
                number,
                number * HOUR // 2 + draw(st.sampled_from([0, 12 * HOUR])),
                trace=trace,
                parent=draw(st.sampled_from([0, *earlier])),
                kind=kind,
                called=None if called is None else tuple(sorted(called)),
                offered=None if listed is None else tools(*listed, whole=draw(st.booleans())),
                tags=tuple(sorted(draw(st.sets(st.sampled_from(TAGS), max_size=1)))),
                conversation=draw(st.sampled_from(["", "c1", "c2"])) if is_call else "",
                steps=draw(st.none() | st.integers(1, 6)) if is_call else None,
                intact=draw(st.sampled_from([True, True, False])),
                model=draw(st.sampled_from(["", "big", "small"])) if is_call else "",
                error=draw(st.booleans()),
            )
        )
    return spans


LAWS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@LAWS
@given(traffic())
def test_settle_agrees_with_a_plain_version(store: Store, spans: list[Span]) -> None:
    reader, expected = store(spans), plain.settle(spans)
    counters = reader.frames.counters.group_by("capability").agg(pl.col(pl.Int64).sum())
    for row in counters.iter_rows(named=True):
        name = row["capability"]
        assert row["hits"] == expected.hits[name], name
        assert row["occurrences"] == expected.occurrences[name], name
        assert row["invented"] == expected.invented[name], name
        if name.startswith("tool."):
            assert row["observed"] + row["extra"] == expected.observed[name], name
            assert row["unknown"] == expected.unknown[name], name
    assert set(expected.hits) <= set(counters["capability"])
    assert reader.frames.calls["calls"].sum() == expected.calls


@LAWS
@given(traffic(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_any_delivery_of_the_same_spans_gives_one_digest(
    store: Store, spans: list[Span], chance: random.Random, size: int
) -> None:
    again = [*spans, *chance.choices(spans, k=len(spans))]
    chance.shuffle(again)
    at_once = store(spans).digest()
    assert store(*groups_of(again, size), settle_between=chance.random() < 0.5).digest() == at_once


def test_matchers_are_counted_by_their_digest(store: Store) -> None:
    from auditor.model import LabelSet

    inside, outside, unread = call(1), call(2, 1), call(3, 2)
    inside.labelset = LabelSet((("merge", "d1", True),))
    inside.hits = (("merge", Source.MATCHER),)
    outside.labelset = LabelSet((("merge", "d1", False),))
    row = store([inside, outside, unread]).frames.counters.row(0, named=True)
    assert (row["matcher"], row["hits"], row["observed"], row["accounted"]) == ("d1", 1, 1, 2)


def test_a_day_is_that_of_the_start_in_utc(store: Store) -> None:
    days = store([call(1, -1), call(2, 0)]).frames.calls["day"].sort()
    assert [d.isoformat() for d in days] == ["2026-02-15", "2026-02-16"]
    assert DAY == 20_500 * 86_400 * 10**9
