"""One decision a capability, on stories of a few lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.decide.budget import within_total
from auditor.model import Decision, State, Thresholds
from tests.decide.rules import COSTS, costs, rule, verdicts
from tests.usage.traffic import Traffic, day, entry

CHEAP = costs(default="nuisance")


def test_what_never_fired_and_costs_little_is_dropped_with_its_arithmetic():
    """n_up = 1.92 x 9,000 / 6,000 = 2.88 misses of 1 USD; break-even 100 / 2.88 = 34.7."""
    verdict = verdicts(Traffic().tool("a", range(60)), 59, CHEAP)["tool.a"]
    assert (verdict.decision, verdict.step) == (Decision.DROP, 4)
    assert verdict.loss_bound == pytest.approx(2.881, abs=1e-3)
    assert verdict.break_even == pytest.approx(34.71, abs=1e-2)
    assert verdict.reason == (
        "never-fired: at most 2.9 occurrences in 90 days, a loss of at most $2.88, "
        "within the budget of $100"
    )
    # 14 covered days ago: 1.92 x 9,000 / 4,600 = 3.76, and 100 / 3.76 = 26.6.
    assert verdict.what_would_change == "kept if a miss cost more than $26.61"


def test_what_never_fired_and_is_an_incident_stays():
    verdict = verdicts(Traffic().tool("a", range(60)), 59, costs(default="incident"))["tool.a"]
    assert (verdict.decision, verdict.step) == (Decision.FALLBACK, 6)
    assert verdict.what_would_change == "never at this cost; only a rule change can drop it"


def test_an_incident_among_25_tools_that_never_fired_stays_on_fallback():
    traffic = Traffic()
    for number in range(25):
        traffic.tool(f"t{number}", range(180))
    rules = costs(rule("tool.t7", "incident"), default="nuisance")
    decided = verdicts(traffic, 179, rules)
    assert decided.pop("tool.t7").decision is Decision.FALLBACK
    assert {verdict.decision for verdict in decided.values()} == {Decision.DROP}


@pytest.mark.parametrize(
    ("hits", "state", "decision"),
    [
        (lambda on: int(on % 30 == 0), State.RARE, Decision.DROP),
        (lambda on: int(on < 60), State.DORMANT, Decision.DROP),
        (lambda on: 2, State.ACTIVE, Decision.FALLBACK),
        (lambda on: 9 if on < 72 else 4, State.FADING, Decision.DISTILL),
    ],
)
def test_a_nuisance_that_fires_is_dropped_only_while_rare_or_dormant(hits, state, decision):
    traffic = Traffic().tool("a", range(100), hits=hits)
    assert traffic.usages(99).by_capability["tool.a"].state is state
    assert verdicts(traffic, 99, CHEAP)["tool.a"].decision is decision


def test_rare_but_costly_is_kept():
    traffic = Traffic().tool("a", range(60), hits=lambda on: int(on in (5, 40)))
    verdict = verdicts(traffic, 59, costs())["tool.a"]
    assert verdict.decision is Decision.FALLBACK
    assert verdict.reason.startswith("rare but costly: at most 8.3 occurrences in 90 days")


def test_what_is_used_enough_is_distilled():
    verdict = verdicts(Traffic().tool("a", range(60), hits=4), 59, CHEAP)["tool.a"]
    assert (verdict.decision, verdict.step, verdict.break_even) == (Decision.DISTILL, 5, None)


def test_what_is_used_too_little_to_learn_from_falls_back():
    verdict = verdicts(Traffic().tool("a", range(60), hits=3), 59, CHEAP)["tool.a"]
    assert verdict.decision is Decision.FALLBACK
    assert verdict.what_would_change == "distilled from 200 hits in 90 covered days on (now 180)"


def test_too_early_to_judge_is_watched_until_a_day():
    verdict = verdicts(Traffic().tool("a", range(20)), 19, CHEAP)["tool.a"]
    assert (verdict.decision, verdict.step, verdict.break_even) == (Decision.WATCH, 3, None)
    assert verdict.what_would_change == "can be judged from 2026-01-31 on, at today's traffic"


def test_a_pin_decides_before_everything_else():
    pin = rule("tool.a", pin=Decision.FALLBACK, because="Audited by law.", until=day(90))
    verdict = verdicts(Traffic().tool("a", range(60)), 59, costs(pin, default="nuisance"))["tool.a"]
    assert (verdict.decision, verdict.step, verdict.reason) == (
        Decision.FALLBACK, 1, "pinned: Audited by law.",
    )  # fmt: skip
    assert verdict.break_even is None
    assert verdict.what_would_change == (
        "only a change of the rule at rules/costs.yaml:7, which holds it until 2026-04-01"
    )


@pytest.mark.parametrize(("as_of", "decision"), [(43, Decision.FALLBACK), (44, Decision.DROP)])
def test_a_drop_must_have_held_for_fourteen_covered_days(as_of, decision):
    """It can be judged from day 30 on."""
    assert verdicts(Traffic().tool("a", range(60)), as_of, CHEAP)["tool.a"].decision is decision


def test_28_uncovered_days_change_no_decision():
    hits = {"a": 0, "b": 5, "c": lambda on: int(on == 20), "d": lambda on: on < 40}
    days = [*range(60), *range(88, 128)]
    gap, whole = Traffic(), Traffic()
    for name, fired in hits.items():
        gap.tool(name, days, hits=fired)
        whole.tool(name, range(100), hits=fired)
    for middle, end in ((59, 59), (87, 59), (127, 99)):
        seen, expected = verdicts(gap, middle, CHEAP), verdicts(whole, end, CHEAP)
        assert {c: v.decision for c, v in seen.items()} == {
            c: v.decision for c, v in expected.items()
        }


def test_a_collector_that_was_down_makes_no_loss_of_zero():
    traffic = Traffic().tool("a", range(60)).tool("b", range(90))
    assert verdicts(traffic, 89, CHEAP)["tool.a"].decision is Decision.WATCH


def test_a_quarter_end_job_that_costs_rework_falls_back():
    quarterly = entry("tool.a", cadence_days=90)
    traffic = Traffic().tool("a", range(182), hits=lambda on: 20 if on in (89, 180) else 0)
    verdict = verdicts(traffic, 181, costs(default="rework"), (quarterly,))["tool.a"]
    assert verdict.decision is Decision.FALLBACK
    assert verdict.reason.startswith("rare but costly")


def test_a_guard_that_catches_misses_lowers_the_bound_and_raises_the_break_even():
    guarded = costs(rule("tool.a", "rework", detect_rate=0.9))
    verdict = verdicts(Traffic().tool("a", range(60)), 59, guarded)["tool.a"]
    assert verdict.loss_bound == pytest.approx(2.881 * 5, abs=1e-2)
    assert verdict.break_even == pytest.approx(347.1, abs=0.1)


def test_200_droppable_capabilities_stop_at_the_total_budget_and_the_same_ones_next_week():
    """Each bound is 1.92 x 9,000 / 6,000 x 50 = 144 of 1,000 for all: six fit."""
    traffic = Traffic()
    for number in range(200):
        traffic.tool(f"t{number:03}", range(82))
    rules, window = costs(default="rework", drop_budget=200.0), Thresholds(window_days=60)
    today, next_week = (verdicts(traffic, on, rules, thresholds=window) for on in (74, 81))
    dropped = [c for c, v in today.items() if v.decision is Decision.DROP]
    assert dropped == [f"tool.t{number:03}" for number in range(6)]
    assert dropped == [c for c, v in next_week.items() if v.decision is Decision.DROP]
    assert today["tool.t006"].step == 4
    assert today["tool.t006"].reason == (
        "droppable, but all drops together may not risk over $1,000"
    )


def test_the_smaller_magnitude_goes_first_then_the_id():
    bounds = {"z": 1.9, "a": 3.9, "b": 2.1, "free": 0.0}
    assert within_total(bounds, 4.0) == {"free", "z"}
    assert within_total(bounds, 6.0) == {"free", "z", "a"}


def test_the_first_that_does_not_fit_ends_the_list():
    assert within_total({"a": 60.0, "b": 62.0, "c": 2.0}, 94.0) == {"a", "c"}


NAMES = list(COSTS)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(NAMES)), min_size=1, max_size=8),
    st.integers(0, 7),
    st.sampled_from(NAMES),
    st.sampled_from([10.0, 300.0, 1e6]),
)
def test_raising_a_capabilitys_cost_never_turns_its_fallback_into_a_drop(
    stories, which, dear, total
):
    which %= len(stories)
    traffic = Traffic()
    for number, (hits, _) in enumerate(stories):
        traffic.tool(f"t{number}", range(50), hits=lambda on, hits=hits: hits * (on % 10 == 0))
    prices = [cost for _, cost in stories]

    def decided(prices):
        rules = [rule(f"tool.t{number}", cost) for number, cost in enumerate(prices)]
        file = costs(*rules, drop_budget=300.0, drop_budget_total=total)
        return verdicts(traffic, 49, file)[f"tool.t{which}"].decision

    raised = list(prices)
    raised[which] = max(prices[which], dear, key=COSTS.__getitem__)
    if decided(prices) is Decision.FALLBACK:
        assert decided(raised) is not Decision.DROP


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.lists(st.integers(20, 49), max_size=3), st.integers(60, 250))
def test_it_is_dropped_after_as_many_silent_days_as_foretold(cost, fired, offers):
    """With steady traffic; the foretold number is enough, whatever it is."""
    traffic = Traffic().tool("a", range(300), offers=offers, hits=lambda on: int(on in fired))
    file = costs(default="own")
    file.costs["own"] = float(cost)
    verdict = verdicts(traffic, 49, file)["tool.a"]
    words = verdict.what_would_change.split()
    if verdict.decision is Decision.FALLBACK and words[0] == "droppable":
        days = int(words[2])
        assert verdicts(traffic, 49 + days, file)["tool.a"].decision is Decision.DROP
