"""Which calls could have used a capability, and in which of them that would have been seen."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model import Matcher, Origin, Scope
from tests.usage.traffic import Traffic, day, entry


def rows_of(traffic: Traffic, capability: str, *catalog, **options) -> list[tuple]:
    rows = traffic.daily(catalog, **options).rows.filter(pl.col("capability") == capability)
    chosen = rows.sort("service", "day").select("day", "hits", "observed", "unknown")
    return [((on - day(0)).days, *counts) for on, *counts in chosen.iter_rows()]


def test_a_tools_offers_are_the_calls_whose_list_holds_it():
    traffic = Traffic().call(0, 100).count("tool.a", 0, hits=2, observed=40, accounted=100)
    assert rows_of(traffic, "tool.a") == [(0, 2, 40, 0)]


def test_a_call_with_an_open_list_is_an_unknown_offer_of_every_tool_the_service_has_offered():
    traffic = Traffic().call(0, 100, list_open=100).call(1, 100, list_open=100)
    traffic.count("tool.a", 0, hits=3, extra=3, accounted=3)
    assert rows_of(traffic, "tool.a") == [(0, 3, 3, 97), (1, 0, 0, 100)]


def test_a_tool_is_no_unknown_offer_before_its_service_first_had_it():
    traffic = Traffic().call(0, 100, list_open=100).call(1, 100, list_open=0)
    traffic.count("tool.a", 1, observed=100)
    assert rows_of(traffic, "tool.a") == [(1, 0, 100, 0)]


def test_an_invented_call_makes_no_offer():
    traffic = Traffic().call(0, 100).call(1, 100, list_open=100).count("tool.a", 0, invented=5)
    assert rows_of(traffic, "tool.a") == []


def test_a_tag_is_offered_in_every_call_of_its_service_from_its_first_use_on():
    traffic = Traffic().call(0).call(1, 100, intact=90).call(2).call(2, service="other")
    traffic.count("merge.resolve", 1, hits=1)
    assert rows_of(traffic, "merge.resolve") == [(1, 1, 90, 10), (2, 0, 100, 0)]


def test_a_scope_offers_a_tag_from_birth_on_once_the_service_has_set_any_tag():
    traffic = Traffic().call(0).call(1).call(2).call(2, service="other")
    scoped = entry("merge.resolve", birth=day(1), scope=Scope(service="ap*"))
    assert rows_of(traffic, "merge.resolve", scoped) == [(1, 0, 0, 100), (2, 0, 0, 100)]
    traffic.count("another.tag", 2, hits=1, source="tag")
    assert rows_of(traffic, "merge.resolve", scoped) == [(1, 0, 0, 100), (2, 0, 100, 0)]


def test_a_tag_in_the_scope_of_an_agent_is_never_known_to_be_offered():
    traffic = Traffic().call(0).count("another.tag", 0, hits=1, source="tag")
    scoped = entry("merge.resolve", scope=Scope(service="ap*", agent="planner"))
    assert rows_of(traffic, "merge.resolve", scoped) == [(0, 0, 0, 100)]


def test_calls_before_the_first_schema_output_are_unknown_offers_of_it():
    traffic = Traffic().call(0).call(1).count("format.json-schema", 1, hits=4)
    assert rows_of(traffic, "format.json-schema") == [(0, 0, 0, 100), (1, 4, 100, 0)]


def test_steps_are_offered_in_every_call_and_observed_where_the_input_was_recorded():
    traffic = Traffic().call(0, 100, input_known=80).call(1).count("steps.6+", 1, hits=1)
    assert rows_of(traffic, "steps.6+") == [(0, 0, 80, 20), (1, 1, 100, 0)]


def test_a_labelled_call_is_observed_even_where_its_record_was_not_whole():
    traffic = Traffic().call(0, 100, intact=0).count("merge.resolve", 0, hits=7, extra=7)
    assert rows_of(traffic, "merge.resolve") == [(0, 7, 7, 93)]


def test_what_the_current_matcher_did_not_read_is_unknown():
    matched = entry("refund", match=Matcher("app.route", equals="/refund"))
    traffic = Traffic().call(0, 100)
    traffic.count("refund", 0, hits=2, observed=30, accounted=60, matcher=matched.matcher_digest)
    assert rows_of(traffic, "refund", matched) == [(0, 2, 30, 40)]


def test_hits_of_an_earlier_matcher_count_in_the_lifetime_alone():
    matched = entry("refund", match=Matcher("app.route", equals="/refund"))
    traffic = Traffic().call(0).call(1)
    traffic.count("refund", 0, hits=9, observed=100, accounted=100, matcher="an-old-digest")
    traffic.count("refund", 1, observed=100, accounted=100, matcher=matched.matcher_digest)
    used = traffic.usages(1, [matched]).by_capability["refund"]
    assert (used.hits, used.lifetime_hits, used.observed_offers) == (0, 9, 100)


def test_after_a_rename_hits_add_up_and_a_days_offers_are_the_largest():
    traffic = Traffic().call(0, 100)
    traffic.count("tool.old", 0, hits=1, observed=60).count("tool.new", 0, hits=2, observed=80)
    renamed = entry("tool.new", was=("tool.old",))
    assert rows_of(traffic, "tool.new", renamed) == [(0, 3, 80, 0)]
    assert rows_of(traffic, "tool.old", renamed) == []


def test_a_renamed_tag_keeps_its_first_use():
    traffic = Traffic().call(0).call(1).count("git.conflict", 0, hits=1)
    renamed = entry("merge.resolve", was=("git.conflict",))
    assert rows_of(traffic, "merge.resolve", renamed) == [(0, 1, 100, 0), (1, 0, 100, 0)]


def test_test_traffic_does_not_count_and_still_covers_its_day():
    traffic = Traffic().tool("a", [0]).tool("a", [1], hits=5, environment="test")
    assert rows_of(traffic, "tool.a") == [(0, 0, 100, 0)]
    assert rows_of(traffic, "tool.a", origin=Origin.TEST) == [(1, 5, 100, 0)]
    assert rows_of(traffic, "tool.a", origin=None) == [(0, 0, 100, 0), (1, 5, 100, 0)]
    assert traffic.daily().coverage.height == 2


def test_a_service_glob_leaves_the_others_out():
    traffic = Traffic().tool("a", [0]).tool("a", [0], hits=5, service="other")
    assert rows_of(traffic, "tool.a", service_glob="a*") == [(0, 0, 100, 0)]


CAPABILITIES = ("tool.a", "tool.b", "merge.resolve", "steps.1", "format.json-schema")
counts = st.tuples(
    st.sampled_from(CAPABILITIES), st.integers(0, 5), st.integers(0, 9), st.integers(0, 90)
)


def story(counted: list[tuple[str, int, int, int]]) -> Traffic:
    traffic = Traffic()
    for on in range(6):
        traffic.call(on, 100, list_open=30, intact=60, input_known=50)
    for capability, on, hits, offers in {c[:2]: c for c in counted}.values():
        observed = hits + offers if capability.startswith("tool.") else 0
        traffic.count(capability, on, hits=hits, observed=observed, accounted=observed)
    return traffic


@settings(max_examples=40, deadline=None)
@given(st.lists(counts, max_size=20))
def test_hits_never_exceed_observed_offers_and_nothing_is_negative(counted):
    rows = story(counted).daily([entry("tool.b", was=("tool.a",))]).rows
    assert rows.filter(pl.col("hits") > pl.col("observed")).is_empty()
    assert rows.filter(pl.col("unknown") < 0).is_empty()


@settings(max_examples=40, deadline=None)
@given(st.lists(counts, max_size=20), st.integers(0, 5))
def test_an_audit_of_a_past_day_does_not_see_later_hits(counted, as_of):
    story_now = story(counted)
    story_then = story([c for c in counted if c[1] <= as_of])
    story_then.calls = [row for row in story_then.calls if row["day"] <= day(as_of)]
    story_then.coverage = {(s, d) for s, d in story_then.coverage if d <= day(as_of)}
    assert story_now.usages(as_of) == story_then.usages(as_of)


def test_an_empty_store_has_no_days():
    daily = Traffic().daily([entry("tool.a", birth=date(2026, 1, 1))])
    assert daily.rows.is_empty()
    assert daily.coverage.is_empty()
