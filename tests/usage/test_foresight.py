"""What was learnt from a project's own past reaches the chance, the bound and the reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from math import exp

import numpy as np
import polars as pl
import pytest

from auditor.model import MICRO, Capability, Learnt, Place, Thresholds
from auditor.usage.assess import Usages, assess
from auditor.usage.daily import Daily
from auditor.usage.foresight import KINDS, Foresight
from auditor.usage.hazard import NAMES

FIRST = date(2024, 6, 1)
DAYS = 600
LAST = FIRST + timedelta(days=DAYS - 1)
Keep = Callable[[pl.DataFrame], pl.DataFrame]


def everything(rows: pl.DataFrame) -> pl.DataFrame:
    return rows


def made(keep: Keep = everything, *, services: int = 1) -> Daily:
    """Sixty tools at their own rates; a third of them stop half-way."""
    chance = np.random.default_rng(5)
    rates = 10 ** chance.uniform(-3.5, 0, 60)
    rows = []
    for number, rate in enumerate(rates):
        lives = DAYS // 2 if number % 3 == 0 else DAYS
        fired = np.where(np.arange(DAYS) < lives, chance.poisson(rate, DAYS), 0)
        for day, hits in enumerate(fired.tolist()):
            service = f"s{day % services}"
            when = FIRST + timedelta(days=day)
            rows.append((f"tool.t{number}", service, when, hits, 0, hits, 100, 0, 100 * MICRO))
    names = (
        *("capability", "service", "day", "hits", "former_hits", "occurrences"),
        *("observed", "unknown", "weighted_offers"),
    )
    frame = keep(pl.DataFrame(rows, schema=list(names), orient="row")).with_columns(
        first_ns=pl.lit(None, pl.Int64), last_ns=pl.lit(None, pl.Int64)
    )
    return Daily.of(frame, frame.select("service", "day").unique())


def judged(daily: Daily, as_of: date = LAST, catalog: tuple[Capability, ...] = ()) -> Usages:
    foresight = Foresight(daily, catalog, 90)
    return assess(daily, catalog, Thresholds(), 90, as_of, foresight=foresight)


def learnt(usages: Usages, name: str) -> Learnt:
    found = usages.by_capability[name].learnt
    assert found is not None
    return found


@pytest.fixture(scope="module")
def usages() -> Usages:
    return judged(made())


def test_every_feature_has_one_name_that_people_read() -> None:
    named = [name for names in KINDS.values() for name in names]
    assert sorted(named) == sorted(NAMES)


def test_base_and_parts_add_up_to_the_chance(usages: Usages) -> None:
    for usage in usages.by_capability.values():
        assert usage.learnt is not None
        odds = usage.learnt.base + sum(part for _, part in usage.learnt.moved)
        assert usage.p_fire == pytest.approx(1 / (1 + exp(-odds)))


def test_the_bound_is_that_of_the_learnt_chance(usages: Usages) -> None:
    for usage in usages.by_capability.values():
        assert usage.learnt is not None
        assert usage.n_up == pytest.approx(usage.learnt.p_up * usage.learnt.n_fire)
        assert usage.p_fire is not None
        assert usage.p_fire <= usage.learnt.p_up


def test_a_tool_that_stopped_is_less_likely_than_gamma_poisson_says(usages: Usages) -> None:
    daily = made()
    plain = assess(daily, (), Thresholds(window_days=DAYS), 90, LAST).by_capability
    stopped = [n for n, u in usages.by_capability.items() if (u.silence_days or 0) > 250]
    chances = [(usages.by_capability[n].p_fire, plain[n].p_fire) for n in stopped]
    assert len(chances) > 5
    assert all(ours is not None and theirs is not None for ours, theirs in chances)
    assert np.mean([ours for ours, _ in chances]) < np.mean([theirs for _, theirs in chances]) / 3


def test_nothing_is_learnt_from_a_short_past() -> None:
    early = judged(made(), FIRST + timedelta(days=150))
    assert all(usage.learnt is None for usage in early.by_capability.values())


def test_what_comes_later_changes_nothing() -> None:
    day = FIRST + timedelta(days=450)
    known = judged(made(lambda rows: rows.filter(pl.col("day") <= day)), day)
    changed = judged(
        made(
            lambda rows: rows.with_columns(
                hits=pl.when(pl.col("day") > day).then(0).otherwise("hits"),
                occurrences=pl.when(pl.col("day") > day).then(0).otherwise("occurrences"),
            )
        ),
        day,
    )
    for name, usage in known.by_capability.items():
        assert changed.by_capability[name].p_fire == usage.p_fire
        assert changed.by_capability[name].n_up == usage.n_up


def test_the_order_in_which_rows_come_changes_nothing(usages: Usages) -> None:
    shuffled = judged(made(lambda rows: rows.sample(fraction=1.0, shuffle=True, seed=3)))
    for name, usage in usages.by_capability.items():
        assert shuffled.by_capability[name].p_fire == usage.p_fire


def test_one_service_or_two_for_the_same_days_is_one_chance(usages: Usages) -> None:
    halves = judged(made(services=2))
    for name, usage in usages.by_capability.items():
        assert halves.by_capability[name].p_fire == pytest.approx(usage.p_fire)


def test_a_cadence_adds_its_runs_to_the_bound() -> None:
    entry = Capability("tool.t7", Place("rules/capabilities.yaml", 3), cadence_days=30)
    with_cadence = judged(made(), catalog=(entry,))
    found = learnt(with_cadence, "tool.t7")
    bound = with_cadence.by_capability["tool.t7"].n_up
    assert bound == pytest.approx(found.p_up * found.n_fire + 3)


def test_the_longer_the_silence_to_come_the_lower_the_bound() -> None:
    daily = made()
    foresight = Foresight(daily, (), 90, outlook=(14, 56, 168))
    usages = assess(daily, (), Thresholds(), 90, LAST, foresight=foresight)
    for usage in usages.by_capability.values():
        assert usage.learnt is not None
        bounds = [bound for _, bound in usage.learnt.if_silent]
        assert [days for days, _ in usage.learnt.if_silent] == [14, 56, 168]
        assert bounds == sorted(bounds, reverse=True)
