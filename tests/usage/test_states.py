"""What usage says of a capability: states, ages and reasons, on stories of a few lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model import MICRO, State, Thresholds, Usage
from auditor.usage.assess import assess
from tests.usage.traffic import Traffic, day, entry


def usage(traffic: Traffic, as_of: int, *catalog, name: str = "tool.a", **options) -> Usage:
    return traffic.usages(as_of, catalog, **options).by_capability[name]


def test_a_tool_offered_often_and_long_enough_without_a_call_has_never_fired():
    used = usage(Traffic().tool("a", range(60)), 59)
    assert used.state is State.NEVER_FIRED
    assert used.reason == "never used in 6,000 observed offers over 59 covered days"


def test_its_first_offer_is_its_age_zero():
    assert usage(Traffic().tool("a", range(60)), 0).age_days == 0
    assert usage(Traffic().tool("a", range(60)), 59).age_days == 59


@pytest.mark.parametrize(("as_of", "state"), [(29, State.NOT_YET), (30, State.NEVER_FIRED)])
def test_it_is_judged_at_thirty_covered_days_of_age(as_of, state):
    assert usage(Traffic().tool("a", range(60)), as_of).state is state


@pytest.mark.parametrize(("offers", "state"), [(298, State.NOT_YET), (299, State.NEVER_FIRED)])
def test_it_is_judged_at_299_observed_offers(offers, state):
    traffic = Traffic().tool("a", range(39), offers=6).tool("a", [39], offers=offers - 6 * 39)
    assert usage(traffic, 39).state is state


def test_a_new_capability_says_when_each_condition_is_met():
    used = usage(Traffic().tool("a", range(20), offers=10), 19)
    assert used.judgeable_on == day(30)
    assert used.reason == (
        "too early to judge: 19 of 30 covered days of age (met 2026-01-31), "
        "200 of 299 observed offers (met 2026-01-30)"
    )


def test_it_is_judged_on_the_day_that_was_foretold():
    traffic = Traffic().tool("a", range(120), offers=7)
    foretold = usage(traffic, 20).judgeable_on
    assert foretold is not None
    days = (foretold - day(0)).days
    assert usage(traffic, days - 1).state is State.NOT_YET
    assert usage(traffic, days).state is State.NEVER_FIRED


def test_too_little_traffic_for_its_window_can_never_be_judged():
    used = usage(Traffic().tool("a", range(100), offers=1), 99)
    assert used.judgeable_on is None
    assert used.reason == (
        "cannot be judged: at today's traffic a window of 182 covered days holds about 182 "
        "observed offers, and 299 are needed"
    )


def test_a_declared_rhythm_must_have_had_its_turn():
    quarterly = entry("tool.a", cadence_days=90)
    traffic = Traffic().tool("a", range(100))
    assert usage(traffic, 89, quarterly).state is State.NOT_YET
    assert usage(traffic, 90, quarterly).state is State.NEVER_FIRED


def test_fewer_than_fourteen_covered_days_judge_nothing_whatever_was_used():
    traffic = Traffic().tool("a", range(20), hits=50)
    assert usage(traffic, 12).state is State.NOT_YET
    assert usage(traffic, 13).state is State.ACTIVE


def test_a_catalogued_capability_that_no_call_offered_cannot_be_judged():
    used = usage(Traffic().tool("b", range(60)), 59, entry("tool.a", birth=day(58)))
    assert used.state is State.NOT_YET
    assert used.reason == "cannot be judged: no call is known to have offered it"
    assert (used.p_fire, used.n_up) == (None, None)


def test_a_catalog_entry_born_later_is_not_in_the_audit():
    born = [entry("tool.a", birth=day(58))]
    traffic = Traffic().tool("b", range(60))
    assert "tool.a" not in traffic.usages(57, born).by_capability
    assert "tool.a" in traffic.usages(58, born).by_capability


def test_a_flag_that_was_switched_off_makes_no_evidence_of_silence():
    traffic = Traffic().tool("a", range(100), hits=1).tool("b", range(128))
    assert usage(traffic, 126).state is State.ACTIVE
    used = usage(traffic, 127)
    assert used.state is State.NOT_YET
    assert used.reason == "cannot be judged: no call of the last 28 covered days offered it"


def test_output_never_recorded_means_unknown_not_never_fired():
    traffic = Traffic()
    for on in range(60):
        traffic.call(on).count("tool.a", on, unknown=100)
    used = usage(traffic, 59)
    assert used.state is State.NOT_YET
    assert (used.observed_offers, used.unknown_offers, used.n_up) == (0, 6000, None)
    assert used.offers_in_horizon_high == 9000


def test_a_tool_called_5000_times_whose_list_was_never_recorded_is_active():
    traffic = Traffic()
    for on in range(50):
        traffic.call(on, 1000, list_open=1000)
        traffic.count("tool.a", on, hits=100, extra=100, accounted=100)
    used = usage(traffic, 49)
    assert used.state is State.ACTIVE
    assert (used.hits, used.observed_offers, used.unknown_offers) == (5000, 5000, 45_000)


def test_what_moved_to_the_student_stays_used():
    traffic = (
        Traffic().tool("a", range(91), hits=10).tool("a", range(91, 182), hits=10, model="tiny")
    )
    used = usage(traffic, 181)
    assert used.state is State.ACTIVE
    assert used.hits == 1820


def test_what_last_fired_200_covered_days_ago_is_dormant_not_never_fired():
    used = usage(Traffic().tool("a", range(300), hits=lambda on: on < 100), 299)
    assert used.state is State.DORMANT
    assert (used.hits, used.lifetime_hits, used.silence_days) == (0, 100, 200)


def test_what_was_used_daily_and_stopped_is_dormant_once_its_rate_cannot_explain_the_silence():
    """k = 100 in 100 days: (100 / 107) ** 100.5 = 0.0011, (100 / 108) ** 100.5 = 0.0004."""
    traffic = Traffic().tool("a", range(110), offers=50, hits=lambda on: on < 100)
    assert usage(traffic, 106).state is State.ACTIVE
    assert usage(traffic, 107).state is State.DORMANT


def quarter_end(on: int) -> int:
    """Run 20 times on 31 March, 30 June and 30 September 2026."""
    return 20 if day(on).isoformat() in ("2026-03-31", "2026-06-30", "2026-09-30") else 0


def test_a_quarter_end_job_is_not_dormant_between_quarter_ends():
    traffic = Traffic().tool("a", range(365), offers=50, hits=quarter_end)
    daily, job = traffic.daily(), entry("tool.a", cadence_days=90)
    assert usage(traffic, 364).state is State.DORMANT
    for as_of in range(89, 365):
        states = assess(daily, [job], Thresholds(), 90, day(as_of)).by_capability["tool.a"]
        assert states.state is State.RARE, day(as_of)


@pytest.mark.parametrize(("hits", "state"), [(9, State.RARE), (10, State.ACTIVE)])
def test_rare_is_less_than_one_hit_in_a_hundred_offers(hits, state):
    traffic = Traffic().tool(
        "a", range(50), offers=20, hits=lambda on: on % 5 == 0 and on // 5 < hits
    )
    assert usage(traffic, 49).state is state


def test_rare_counts_hits_and_not_occurrences():
    traffic = Traffic()
    for on in range(50):
        traffic.call(on).count("tool.a", on, hits=5, occurrences=0 if on % 10 else 1, observed=100)
    used = usage(traffic, 49)
    assert (used.state, used.hits, used.occurrences) == (State.ACTIVE, 250, 5)


def test_half_the_rate_of_before_is_fading():
    assert usage(
        Traffic().tool("a", range(182), hits=lambda on: 10 if on < 154 else 5), 181
    ).state is (State.FADING)
    assert usage(
        Traffic().tool("a", range(182), hits=lambda on: 10 if on < 154 else 8), 181
    ).state is (State.ACTIVE)


def test_nothing_fades_that_is_no_older_than_the_days_compared():
    assert usage(Traffic().tool("a", range(28), hits=3), 27).state is State.ACTIVE


def test_28_uncovered_days_change_no_state():
    days = [*range(60), *range(88, 148)]
    hits = {"a": 0, "b": 5, "c": lambda on: on == 20, "d": lambda on: on < 40}
    gap, whole = Traffic(), Traffic()
    for name, fired in hits.items():
        gap.tool(name, days, hits=fired)
        whole.tool(name, range(120), hits=fired)
    seen, expected = gap.usages(147).by_capability, whole.usages(119).by_capability
    for capability, used in expected.items():
        same = ("state", "age_days", "silence_days", "observed_offers", "n_up", "p_fire", "hits")
        assert [getattr(seen[capability], f) for f in same] == [getattr(used, f) for f in same]


def test_an_audit_in_the_middle_of_a_gap_says_what_it_said_before_it():
    traffic = Traffic().tool("a", range(60), hits=1)
    before, later = usage(traffic, 59), usage(traffic, 87)
    assert (later.state, later.n_up, later.silence_days) == (before.state, before.n_up, 0)


def test_one_percent_sampling_does_not_make_evidence():
    sampled = usage(Traffic().tool("a", range(60), offers=1, weight=100), 59)
    whole = usage(Traffic().tool("a", range(60), offers=100), 59)
    assert sampled.observed_offers == 60
    assert sampled.state is State.NOT_YET
    assert sampled.offers_in_horizon_high == whole.offers_in_horizon_high == 9000
    assert sampled.n_up == pytest.approx(100 * whole.n_up)


def test_output_recorded_for_one_call_in_ten_makes_bounds_ten_times_as_high():
    partly = Traffic()
    for on in range(60):
        partly.call(on).count("tool.a", on, observed=10, unknown=90)
    whole = usage(Traffic().tool("a", range(60)), 59)
    assert usage(partly, 59).n_up == pytest.approx(10 * whole.n_up)


def test_the_bound_fears_the_busiest_of_the_last_28_and_364_covered_days():
    traffic = Traffic().tool("a", range(60), offers=100).tool("a", range(60, 100), offers=10)
    assert usage(traffic, 99).offers_in_horizon_high == pytest.approx(90 * 6400 / 100)
    assert usage(traffic, 59).offers_in_horizon_high == pytest.approx(9000)


def test_a_service_that_went_quiet_is_still_feared():
    traffic = Traffic().tool("a", range(60), service="old").tool("a", range(200), service="new")
    assert usage(traffic, 199).offers_in_horizon_high == pytest.approx(90 * 200)
    assert usage(traffic, 199).offers_in_horizon == pytest.approx(9000)


def test_a_cadence_adds_the_runs_it_announces_to_the_bound():
    traffic = Traffic().tool("a", range(100))
    plain, monthly = usage(traffic, 99), usage(traffic, 99, entry("tool.a", cadence_days=28))
    assert monthly.n_up == pytest.approx(plain.n_up + 4)


def test_the_weeks_are_iso_weeks_with_the_current_one_last():
    """Day 4 is Monday 5 January 2026, day 11 the Monday after."""
    traffic = Traffic().tool("a", range(60), hits=lambda on: 2 if on in (3, 4, 11) else 0)
    assert usage(traffic, 12).weekly[-4:] == (0, 2, 2, 2)
    assert len(usage(traffic, 12).weekly) == 26


def test_what_was_seen_in_the_traffic_alone_needs_no_catalog():
    traffic = Traffic().call(0).count("tool.a", 0, observed=100).count("merge.resolve", 0, hits=1)
    assert set(traffic.usages(0).by_capability) == {"tool.a", "merge.resolve"}


def test_a_structural_label_enters_with_its_first_hit_or_with_the_catalog():
    traffic = Traffic().call(0).call(1).count("calls.parallel", 1, hits=1)
    assert set(traffic.usages(0).by_capability) == set()
    assert set(traffic.usages(1).by_capability) == {"calls.parallel"}
    assert set(traffic.usages(0, [entry("calls.parallel")]).by_capability) == {"calls.parallel"}


def test_birth_is_the_earliest_of_catalog_offer_and_hit():
    traffic = Traffic().tool("a", range(5, 20), hits=1)
    assert usage(traffic, 19).birth == day(5)
    assert usage(traffic, 19, entry("tool.a", birth=day(-90))).birth == day(-90)
    assert usage(traffic, 19, entry("tool.a", birth=day(8))).birth == day(5)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=40, max_size=40),
    st.integers(0, 20),
    st.sampled_from([0, 7, 14]),
)
def test_some_covered_days_earlier_is_an_audit_as_of_that_day(hits, gap, earlier):
    """With a gap anywhere: the same evidence as asking on the day itself."""
    days = [on if on < 20 else on + gap for on in range(40)]
    traffic = Traffic().tool("a", days, hits=lambda on: hits[days.index(on)])
    past = usage(traffic, days[-1], earlier=earlier)
    assert past == usage(traffic, days[-1 - earlier])


def test_with_no_more_covered_days_than_asked_back_it_was_not_in_the_audit():
    assert Traffic().tool("a", range(7)).usages(6, earlier=7).by_capability == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=50, max_size=50), st.integers(22, 49))
def test_one_more_recent_occurrence_never_lowers_the_chance_of_firing(hits, when):
    def chance(extra: int) -> float:
        fired = [count + extra * (on == when) for on, count in enumerate(hits)]
        found = usage(Traffic().tool("a", range(50), hits=lambda on: fired[on]), 49).p_fire
        assert found is not None
        return found

    assert chance(1) >= chance(0)


def test_weights_are_in_millionths():
    assert Traffic().call(0, 3).calls[0]["weight"] == 3 * MICRO
