"""Which rule prices a capability."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from auditor.decide.match import match_rule
from auditor.model import Decision
from tests.decide.rules import costs, rule
from tests.usage.traffic import entry

TODAY = date(2026, 11, 24)
PIN = rule("tool.send_*", pin=Decision.FALLBACK, until=date(2026, 11, 24))


def test_the_first_rule_that_matches_wins():
    first, second = rule("tool.*", "rework"), rule("tool.send_mail", "incident")
    match = match_rule("tool.send_mail", None, costs(first, second), TODAY)
    assert (match.rule, match.cost) == (first, 50)


def test_without_a_match_the_default_prices_it():
    file = costs(rule("tool.*", "nuisance"))
    assert match_rule("merge.resolve", None, file, TODAY).rule == file.default


def test_every_pattern_of_a_rule_must_match():
    both = rule("merge.*", "nuisance", tag="git", owner_is="@platform")
    file, owned = costs(both), entry("merge.resolve", tags=("git",), owner="@platform")
    assert match_rule("merge.resolve", owned, file, TODAY).rule == both
    assert match_rule("merge.resolve", replace(owned, tags=()), file, TODAY).rule == file.default
    assert match_rule("merge.resolve", replace(owned, tags=()), file, TODAY).nearly == (both,)


def test_a_rule_that_names_an_earlier_id_still_matches():
    old = rule("git.conflict", "nuisance")
    renamed = entry("merge.resolve", was=("git.conflict",))
    assert match_rule("merge.resolve", renamed, costs(old), TODAY).rule == old


def test_globs_mind_the_case():
    assert (
        match_rule("Tool.a", None, costs(rule("tool.*", "free")), TODAY).cost_name == "regression"
    )


def test_a_pin_without_a_cost_leaves_the_price_to_the_next_match():
    match = match_rule("tool.send_mail", None, costs(PIN, rule("tool.*", "rework")), TODAY)
    assert (match.rule, match.cost_name) == (PIN, "rework")


def test_a_pin_holds_on_its_last_day_and_no_longer():
    file = costs(PIN)
    assert match_rule("tool.send_mail", None, file, TODAY).pinned
    over = match_rule("tool.send_mail", None, file, date(2026, 11, 25))
    assert (over.pinned, over.rule, over.nearly) == (False, file.default, (PIN,))


def test_after_its_pin_a_rule_still_prices():
    priced = replace(PIN, cost="incident")
    over = match_rule("tool.send_mail", None, costs(priced), date(2026, 11, 25))
    assert (over.pinned, over.cost_name) == (False, "incident")
