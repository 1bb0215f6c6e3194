"""Catalog matchers: what they recognise, where they are in scope, and when they cannot read."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.label import LabelPlan, label
from auditor.model import Capability, Kind, LabelSet, Matcher, Place, Scope, Source, Span

CHECKOUT = Capability(
    "shop.checkout",
    Place("rules/capabilities.yaml", 3),
    match=Matcher("http.route", glob="/checkout/*"),
    scope=Scope(service="shop*", agent="seller"),
)
EXPORT = Capability(
    "export.csv", Place("rules/capabilities.yaml", 9), match=Matcher("app.job", equals="csv")
)
TAGGED = Capability("merge.resolve", Place("rules/capabilities.yaml", 12))
PLAN = LabelPlan.from_catalog((CHECKOUT, EXPORT, TAGGED))


def call(kind: Kind = Kind.CALL, **facts: Any) -> Span:
    facts = {"service": "shop-eu", "agent": "seller", **facts}
    service = facts.pop("service")
    return Span("1" * 32, "2" * 16, "", 5, 6, kind, service, "prod", **facts)


def labelled(span: Span, plan: LabelPlan = PLAN) -> Span:
    label(span, plan)
    return span


def scopes(span: Span) -> dict[str, bool]:
    assert span.labelset is not None
    return {name: in_scope for name, _, in_scope in span.labelset.read}


def test_a_plan_asks_for_the_attributes_of_matchers_and_scopes_only() -> None:
    scoped = Capability(
        "a", Place("x", 1), match=Matcher("b", equals="1"), scope=Scope(attributes=(("c", "*"),))
    )
    ignored = Capability("d", Place("x", 2), scope=Scope(attributes=(("e", "*"),)))
    assert LabelPlan.from_catalog((scoped, ignored)).wanted == {"b", "c"}


def test_a_glob_recognises_a_capability_by_an_attribute() -> None:
    assert labelled(call(attributes={"http.route": "/checkout/pay"})).hits == (
        ("shop.checkout", Source.MATCHER),
    )


@pytest.mark.parametrize("route", ["/cart", "/CHECKOUT/pay", ""])
def test_a_glob_heeds_case_and_the_whole_value(route: str) -> None:
    assert labelled(call(attributes={"http.route": route})).hits == ()


def test_equals_takes_a_glob_for_what_it_is() -> None:
    plan = LabelPlan.from_catalog((Capability("a", Place("x", 1), match=Matcher("j", equals="*")),))
    assert labelled(call(attributes={"j": "csv"}), plan).hits == ()
    assert labelled(call(attributes={"j": "*"}), plan).hits == (("a", Source.MATCHER),)


@pytest.mark.parametrize("facts", [{"service": "blog"}, {"agent": "buyer"}])
def test_out_of_scope_is_no_hit_and_is_said_in_the_label_set(facts: dict[str, str]) -> None:
    span = labelled(call(attributes={"http.route": "/checkout/pay"}, **facts))
    assert span.hits == ()
    assert scopes(span) == {"shop.checkout": False}


def test_a_scope_may_ask_for_attributes() -> None:
    entry = Capability(
        "a",
        Place("x", 1),
        match=Matcher("j", equals="1"),
        scope=Scope(attributes=(("tier", "g*"),)),
    )
    plan = LabelPlan.from_catalog((entry,))
    found = [labelled(call(attributes={"j": "1", "tier": t}), plan) for t in ("gold", "iron")]
    assert [len(span.hits) for span in found] == [1, 0]
    assert [scopes(span) for span in found] == [{"a": True}, {"a": False}]


def test_the_label_set_names_every_matcher_with_its_digest_in_order() -> None:
    both = call(attributes={"app.job": "pdf", "http.route": "/cart"})
    assert labelled(both).labelset == LabelSet(
        (
            ("export.csv", EXPORT.matcher_digest, True),
            ("shop.checkout", CHECKOUT.matcher_digest, True),
        )
    )


def test_a_call_without_a_matchers_attribute_is_not_read_by_it() -> None:
    """A misspelt attribute, or an app that never sets it, must not look like silence."""
    assert labelled(call()).labelset is None
    assert scopes(labelled(call(attributes={"app.job": "pdf"}))) == {"export.csv": True}


def test_a_call_that_lost_attributes_is_read_only_by_matchers_whose_own_are_there() -> None:
    span = labelled(call(intact=False, attributes={"app.job": "csv"}))
    assert span.hits == (("export.csv", Source.MATCHER),)
    assert scopes(span) == {"export.csv": True}


def test_calls_read_alike_share_one_label_set() -> None:
    assert labelled(call()).labelset is labelled(call()).labelset


def test_no_matchers_means_no_label_set() -> None:
    assert labelled(call(), LabelPlan.from_catalog((TAGGED,))).labelset is None


def test_spans_that_are_no_calls_have_no_label_set() -> None:
    for kind in (Kind.OTHER, Kind.AGENT, Kind.TOOL):
        assert labelled(call(kind, attributes={"app.job": "csv"})).labelset is None


def test_tags_are_hits_of_every_span() -> None:
    spans = {kind: labelled(call(kind, tags=("merge.resolve",))) for kind in Kind}
    assert all(span.hits == (("merge.resolve", Source.TAG),) for span in spans.values())


def test_a_tag_and_a_matcher_that_agree_are_told_apart_by_their_source() -> None:
    span = labelled(call(tags=("export.csv",), attributes={"app.job": "csv"}))
    assert span.hits == (("export.csv", Source.TAG), ("export.csv", Source.MATCHER))
