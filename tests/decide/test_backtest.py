"""What decisions would have cost, on pasts small enough to work out by hand.

A hundred calls a day offer each tool. One that never fired is dropped from day 44 on, when it has
been judged for a fortnight, if a miss of it is cheap.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from auditor.decide.backtest import judge
from auditor.decide.cuts import OURS, Plan, cut_days
from auditor.decide.figures import bins, regret
from auditor.decide.timeline import Timeline
from auditor.model import Decision
from tests.decide.past import Story, weekly
from tests.decide.rules import costs, rule, verdicts
from tests.usage.traffic import day, entry

DAYS = range(120)
CHEAP = costs(default="nuisance")
RICH = {"drop_budget": 1e6, "drop_budget_total": 1e7}
MONTH = {"horizon_days": 30}


def three_tools() -> Story:
    """`a` fires on day 95, `c` on day 70, `b` never."""
    return Story().tool("a", DAYS, [95]).tool("b", DAYS).tool("c", DAYS, [70])


def test_the_regret_rate_is_the_share_of_drops_that_fired_within_the_horizon() -> None:
    """All three are dropped at days 60, 67, 74, 81; of them fired 1, 2 (a and c), 1 and 1."""
    ours = three_tools().backtest(CHEAP, **weekly(60, 4), **MONTH).outcomes[OURS]
    assert (ours.regret.drops, ours.regret.regrets) == (12, 5)
    assert ours.regret.rate == pytest.approx(5 / 12)
    assert ours.regret.low is not None
    assert ours.regret.high is not None
    assert 1 / 3 <= ours.regret.low < 5 / 12 < ours.regret.high <= 2 / 3


def test_the_cost_charges_an_occurrence_once_though_two_cuts_regret_it() -> None:
    """`c` on day 70 falls under the cut of day 67; `a` on day 95 comes after the last, 81 + 7."""
    ours = three_tools().backtest(CHEAP, **weekly(60, 4), **MONTH).outcomes[OURS]
    assert [(c.capability, c.cut, c.day, c.cost, c.trace) for c in ours.charges] == [
        ("tool.c", day(67), day(70), 1.0, "c-70")
    ]


def test_on_fewer_than_three_complete_cuts_there_is_no_figure_but_the_cost() -> None:
    found = three_tools().backtest(CHEAP, **weekly(60, 2), **MONTH)
    assert found.complete == 2
    assert found.outcomes[OURS].regret.rate is None
    assert (found.predictors, found.reliability) == ({}, ())
    assert found.same_drops["days-since-hit"].rate is None
    assert found.outcomes[OURS].cost == 1.0


def test_a_cut_whose_horizon_is_not_over_counts_for_the_cost_alone() -> None:
    found = three_tools().backtest(CHEAP, **weekly(74, 5), **MONTH)
    assert [cut.complete for cut in found.past.cuts] == [True, True, True, False, False]
    assert found.outcomes[OURS].regret.drops == 9
    assert [charge.day for charge in found.outcomes[OURS].charges] == [day(95)]


def test_a_horizon_is_counted_in_covered_days() -> None:
    """Of days 0 to 69 and 100 to 119 there are 30 after day 59, and 29 after day 60."""
    gap = Story().tool("a", [*range(70), *range(100, 120)])
    cuts = gap.past(CHEAP, first=day(59), last=day(60), every_days=1, **MONTH).cuts
    assert [cut.complete for cut in cuts] == [True, False]


def two_dropped() -> Story:
    return Story().tool("a", DAYS).tool("b", DAYS)


DEAR = costs(rule("tool.b", "rework"), default="nuisance", **RICH)


def test_a_call_with_two_dropped_capabilities_is_charged_for_the_dearest_alone() -> None:
    story = two_dropped().hit("a", 70).hit("b", 70)
    ours = story.backtest(DEAR, **weekly(60, 3)).outcomes[OURS]
    assert [(charge.capability, charge.cost) for charge in ours.charges] == [("tool.b", 50.0)]


def test_a_retry_loop_is_charged_once() -> None:
    story = two_dropped()
    for span in (1, 2, 3):
        story.hit("a", 70, span=span)
    assert story.backtest(CHEAP, **weekly(60, 3)).outcomes[OURS].misses == 1


def test_another_conversation_and_another_hour_are_charged_again() -> None:
    story = two_dropped().hit("a", 70).hit("a", 70, span=2, talk=2).hit("a", 70, span=3, hour=10)
    assert story.backtest(CHEAP, **weekly(60, 3)).outcomes[OURS].misses == 3


def test_a_retry_of_the_cheaper_one_alone_is_covered_by_the_charge_of_its_first_call() -> None:
    story = two_dropped().hit("a", 70).hit("b", 70).hit("a", 70, span=2)
    ours = story.backtest(DEAR, **weekly(60, 3)).outcomes[OURS]
    assert [charge.capability for charge in ours.charges] == ["tool.b"]


def test_a_miss_that_a_guard_would_catch_costs_so_much_less() -> None:
    guarded = costs(rule("tool.b", "rework", detect_rate=0.9), default="nuisance", **RICH)
    ours = two_dropped().hit("b", 70).backtest(guarded, **weekly(60, 3)).outcomes[OURS]
    assert ours.cost == pytest.approx(5.0)


def test_what_fires_on_the_day_of_a_cut_was_known_and_falls_under_the_cut_before() -> None:
    story = two_dropped().hit("a", 67)
    (charge,) = story.backtest(CHEAP, **weekly(60, 3)).outcomes[OURS].charges
    assert charge.cut == day(60)


def with_an_incident() -> Story:
    """As three tools, and `d`, whose cost keeps it at the teacher; it fires on day 86."""
    return three_tools().tool("d", DAYS, [86])


INCIDENT = costs(rule("tool.d", "incident"), default="nuisance")


def test_a_naive_rule_drops_as_many_as_ours_and_ties_by_expectation() -> None:
    """Ours drops a, b, c. "No hit in 30 days" has a, b, c, d to choose three from at days 60 and
    67, of which 2 (c, d) and 3 (a, c, d) fire; then a, b, d, of which a and d fire.
    """
    found = with_an_incident().backtest(INCIDENT, **weekly(60, 4), **MONTH)
    expected = 3 * 2 / 4 + 3 * 3 / 4 + 2 + 2
    assert found.same_drops["hit-in-30d"].drops == 12
    assert found.same_drops["hit-in-30d"].regrets == pytest.approx(expected)


def test_a_window_rule_as_a_team_would_use_it_drops_all_without_a_hit() -> None:
    """It drops 4, 4, 3 and 3; `d` fires on day 86 and costs an incident."""
    found = with_an_incident().backtest(INCIDENT, **weekly(60, 4), **MONTH)
    theirs = found.outcomes["hit-in-30d"]
    assert (theirs.drops, theirs.regret.regrets) == (14, 2 + 3 + 2 + 2)
    assert (theirs.misses, theirs.cost) == (2, 100_001.0)


def test_what_fallback_kept_of_what_the_usual_rule_drops_is_what_it_saved() -> None:
    found = with_an_incident().backtest(INCIDENT, **weekly(60, 4), **MONTH)
    assert [charge.cost for charge in found.saved[Decision.FALLBACK]] == [100_000.0]
    assert found.saved[Decision.WATCH] == ()
    assert [charge.capability for charge in found.saved[Decision.DROP]] == ["tool.c"]


def test_a_mistake_gathers_the_charges_of_one_time_of_being_dropped() -> None:
    story = two_dropped().hit("a", 70).hit("a", 84).hit("b", 75)
    found = story.backtest(DEAR, **weekly(60, 6)).outcomes[OURS].mistakes
    assert [(m.capability, m.dropped_on, m.fired_on, m.cost) for m in found] == [
        ("tool.b", day(60), day(75), 50.0),
        ("tool.a", day(60), day(70), 2.0),
    ]


def test_what_was_kept_in_between_is_two_mistakes() -> None:
    """From day 71 to 109 nobody offers `a`: it is watched, and dropped again from day 124 on."""
    story = Story().tool("a", [*range(71), *range(110, 150)]).tool("x", range(150))
    story.hit("a", 70).hit("a", 132)
    found = story.backtest(CHEAP, **weekly(60, 12)).outcomes[OURS].mistakes
    assert [(m.dropped_on, m.fired_on) for m in found] == [(day(60), day(70)), (day(130), day(132))]


def test_a_timeline_shows_the_weeks_before_the_last_charge() -> None:
    (mistake,) = (
        Story().tool("a", DAYS, [70, 84]).backtest(CHEAP, **weekly(60, 6)).outcomes[OURS].mistakes
    )
    assert [n for n, seen in zip(mistake.weekly, mistake.seen, strict=True) if seen] == [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1
    ]  # fmt: skip


def test_nothing_of_the_future_is_known() -> None:
    """Other hits, a new tool, a new service and a gap after day 80 change no decision before."""
    story = with_an_incident()
    other = Story().tool("a", range(100), [81, 83, 90]).tool("b", range(81), [])
    other.tool("c", range(100), [70, 99]).tool("d", range(100)).tool("e", range(90, 100), [95])
    other.traffic.call(85, service="elsewhere")
    plan = {"first": day(38), "last": day(80)}
    for before, after in zip(
        story.past(INCIDENT, **plan).cuts, other.past(INCIDENT, **plan).cuts, strict=True
    ):
        assert before.verdicts == after.verdicts
        np.testing.assert_array_equal(before.chance, after.chance)
        for name, score in before.scores.items():
            np.testing.assert_array_equal(score, after.scores[name])


def test_a_cut_decides_as_an_audit_of_that_day_does() -> None:
    story = with_an_incident()
    catalog = (entry("tool.b", tags=("x",)), entry("tool.later", birth=day(70)))
    for cut in story.past(INCIDENT, catalog, first=day(60), last=day(81)).cuts:
        born = tuple(one for one in catalog if one.birth is None or one.birth <= cut.day)
        assert cut.verdicts == verdicts(story.traffic, (cut.day - day(0)).days, INCIDENT, born)


def test_another_horizon_is_that_of_the_decisions_too() -> None:
    past = three_tools().past(CHEAP, first=day(60), last=day(60), horizon_days=10)
    assert past.costs.horizon_days == 10
    assert "in 10 days" in past.cuts[0].verdicts["tool.b"].reason


def test_cuts_are_made_from_the_28th_day_on_and_only_where_there_is_traffic() -> None:
    timeline = Timeline.of(three_tools().traffic.daily())
    assert list(cut_days(Plan(every_days=30), timeline)) == [day(28), day(58), day(88), day(118)]
    early = Plan(first=day(-14), last=day(500), every_days=50)
    assert list(cut_days(early, timeline)) == [day(36), day(86)]


def test_a_store_without_traffic_has_no_cuts_and_costs_nothing() -> None:
    found = Story().backtest(CHEAP)
    assert (found.past.cuts, found.outcomes[OURS].cost) == ((), 0.0)


def test_hits_of_what_was_kept_cost_nothing() -> None:
    story = Story().tool("d", DAYS, [70])
    assert story.backtest(INCIDENT, **weekly(60, 3)).outcomes[OURS].misses == 0


def test_the_forecast_is_judged_where_it_says_something() -> None:
    past = three_tools().past(CHEAP, **weekly(60, 4), **MONTH)
    silent = tuple(replace(cut, chance=np.array([0.2, np.nan, 0.4])) for cut in past.cuts)
    found = judge(replace(past, cuts=silent), three_tools().frame())
    assert found.item_cuts == 8
    assert found.predictors[OURS].regret.shape == (4, 2)


def test_an_interval_resamples_whole_cuts_and_is_the_same_each_time() -> None:
    found = regret([10, 10, 10, 10], [0, 0, 0, 8])
    assert found == regret([10, 10, 10, 10], [0, 0, 0, 8])
    # All regrets are in one cut of four: it is drawn at most twice or so, or not at all.
    assert (found.rate, found.low) == (0.2, 0.0)
    assert found.high in (0.4, 0.6)


def test_cuts_that_do_not_differ_give_no_interval() -> None:
    assert regret([3, 3, 3], [0, 0, 0]) == (9, 0, 0.0, None, None)


def test_a_bin_has_the_error_of_its_share_over_cuts() -> None:
    """One bin of two cuts: all of one fired, none of the other: 1/2, its error 1/2 too."""
    found = bins([np.full(4, 0.5)] * 2, [np.ones(4, bool), np.zeros(4, bool)])
    assert {(b.forecast, b.fired) for b in found} == {(0.5, 0.5)}
    assert [b.standard_error for b in found] == pytest.approx([0.5] * len(found))


def test_a_week_of_the_timeline_that_nobody_saw_is_told_from_an_empty_one() -> None:
    """Days 18 to 24 are an ISO week; the first one seen begins before day 0."""
    timeline = Timeline.of(Story().tool("a", [*range(18), *range(25, 40)], [3]).traffic.daily())
    counts, seen = timeline.weekly("tool.a", day(39))
    assert (sum(counts), counts[19]) == (1, 1)
    assert seen == (*(False,) * 19, True, True, True, False, True, True, True)


def many_tools(until: int, later: int) -> Story:
    """Sixty tools with rates of their own, from day `until` on `later` times as high."""
    chance = np.random.default_rng(3)
    story = Story()
    for number in range(60):
        rate = chance.gamma(0.5, 0.05)
        draws = chance.random(260)
        fires = [on for on in range(260) if draws[on] < rate * (later if on >= until else 1)]
        story.tool(f"t{number}", range(260), fires)
    return story


def test_nothing_of_the_future_is_learnt() -> None:
    """At day 230 the chances come from 240 past predictions whose outcome is known."""
    plan = {"first": day(223), "last": day(230), "horizon_days": 30}
    before, after = (many_tools(231, later).past(CHEAP, **plan).cuts for later in (1, 20))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one.chance, other.chance, rtol=1e-9)
        assert one.names_dropped(OURS) == other.names_dropped(OURS)
        assert {n: v.reason for n, v in one.verdicts.items()} == {
            n: v.reason for n, v in other.verdicts.items()
        }
