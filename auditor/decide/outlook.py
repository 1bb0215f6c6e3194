"""What would change a decision: how many more silent days, which rule, how many more hits."""

from __future__ import annotations

import math

import numpy as np

from auditor.decide.case import DROPPABLE, Case
from auditor.decide.money import amount
from auditor.model import CostFile, Decision, Thresholds, Usage
from auditor.usage.evidence import scheduled_runs, window_days
from auditor.usage.gamma_poisson import rate_bound

WEEK = 7
FORTNIGHT = 14
"""A drop must hold as of 7 and of 14 covered days earlier too."""


def what_would_change(
    case: Case, decision: Decision, costs: CostFile, thresholds: Thresholds
) -> str:
    """Say in one sentence what would turn the decision into another."""
    if case.match.pinned:
        until = case.match.rule.until
        ends = f", which holds it until {until}" if until else ""
        return f"only a change of the rule at {case.match.rule.place}{ends}"
    if decision is Decision.WATCH:
        return _judgeable(case)
    if decision is Decision.DISTILL:
        return f"fewer than {thresholds.min_samples} hits in 90 covered days"
    if decision is Decision.DROP:
        return _kept(case, costs)
    if case.droppable:
        return "a larger drop_budget_total, or fewer other capabilities to drop"
    if case.usage.state not in DROPPABLE:
        return (
            f"distilled from {thresholds.min_samples} hits in 90 covered days on "
            f"(now {case.usage.recent_hits})"
        )
    days = days_until_droppable(case, costs, thresholds)
    if days is None and case.usage.learnt is not None and _spare(case, costs) > 0:
        return "not within a year of silence at this cost; a rule change can drop it"
    if days is None:
        return "never at this cost; only a rule change can drop it"
    return f"droppable after {days} more covered days without a hit"


def _judgeable(case: Case) -> str:
    if case.usage.judgeable_on is None:
        return "only other evidence: at today's traffic it can never be judged"
    return f"can be judged from {case.usage.judgeable_on} on, at today's traffic"


def _kept(case: Case, costs: CostFile) -> str:
    if case.kept_from is None:
        return "kept if it were used more"
    return f"kept if a miss cost more than {amount(case.kept_from, costs.currency)}"


def days_until_droppable(case: Case, costs: CostFile, thresholds: Thresholds) -> int | None:
    """Count the covered days without a hit after which it would be dropped; None: never.

    Where the bound was learnt, it is the first of the silences that the model was asked about.
    Else, assumptions: (1) each day observes as many offers as the window's mean; (2) the
    exposure that the bound fears stays; (3) the window's hits leave it with the last of them.
    """
    if case.droppable_today:
        return WEEK if case.droppable_a_week_ago else FORTNIGHT
    usage, spare = case.usage, _spare(case, costs)
    if spare <= 0 or usage.observed_offers == 0:
        return None
    if usage.learnt is not None:
        soon = (days for days, bound in usage.learnt.if_silent if bound <= spare)
        return next((days + FORTNIGHT for days in soon), None)
    window = window_days(thresholds, case.entry.cadence_days if case.entry else None)
    a_day = usage.observed_offers / min(usage.age_days + 1, window)
    waits = []
    needed = _offers_needed(usage, usage.occurrences, spare)
    if needed <= a_day * window:
        waits.append(math.ceil((needed - usage.observed_offers) / a_day))
    if usage.silence_days is not None and _offers_needed(usage, 0, spare) <= a_day * window:
        waits.append(window - usage.silence_days)
    return max(0, min(waits)) + FORTNIGHT if waits else None


def _spare(case: Case, costs: CostFile) -> float:
    """Occurrences that the budget allows, what a declared cadence announces taken off."""
    miss = case.match.cost_of_a_miss
    affordable = costs.drop_budget / miss if miss > 0 else math.inf
    cadence = case.entry.cadence_days if case.entry else None
    return affordable - scheduled_runs(costs.horizon_days, cadence)


def _offers_needed(usage: Usage, occurrences: int, affordable: float) -> float:
    """Find the observed offers at which the bound falls to what is affordable."""
    bound = float(rate_bound(np.array([occurrences], dtype=float))[0])
    return bound * usage.offers_in_horizon_high / affordable
