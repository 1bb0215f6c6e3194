"""One decision a capability: the first that applies of the pin, the wait, the drop, the rest.

Nothing is remembered from audit to audit: what must not flap is recomputed as of 7 and 14
covered days earlier, by today's rules and catalog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from auditor.decide.budget import within_total
from auditor.decide.case import DROPPABLE, Case
from auditor.decide.match import match_rule
from auditor.decide.money import amount
from auditor.decide.outlook import what_would_change
from auditor.model import USED, Capability, CostFile, Decision, State, Thresholds, Usage, Verdict


def decide(
    now: Mapping[str, Usage],
    week_ago: Mapping[str, Usage],
    fortnight_ago: Mapping[str, Usage],
    catalog: Sequence[Capability],
    costs: CostFile,
    thresholds: Thresholds,
    as_of: date,
) -> list[Verdict]:
    """Decide on every capability of `now`, in the order of its ids.

    `week_ago` and `fortnight_ago` are the usages as of 7 and 14 covered days earlier. `as_of`
    says which pins still hold.
    """
    entries = {entry.id: entry for entry in catalog}
    cases = []
    for capability, usage in sorted(now.items()):
        entry = entries.get(capability)
        match = match_rule(capability, entry, costs, as_of)
        past = (week_ago.get(capability), fortnight_ago.get(capability))
        cases.append(Case(usage, past, match, entry, costs.drop_budget))
    affordable = within_total(_droppable(cases), costs.drop_budget_total)
    return [_verdict(case, affordable, costs, thresholds) for case in cases]


def _droppable(cases: Sequence[Case]) -> dict[str, float]:
    return {
        case.usage.capability: case.loss_bound
        for case in cases
        if not case.match.pinned and case.droppable and case.loss_bound is not None
    }


def _verdict(
    case: Case, affordable: frozenset[str], costs: CostFile, thresholds: Thresholds
) -> Verdict:
    decision, step, reason = _decision(case, affordable, costs, thresholds)
    week, fortnight = case.past
    return Verdict(
        capability=case.usage.capability,
        decision=decision,
        step=step,
        reason=reason,
        what_would_change=what_would_change(case, decision, costs, thresholds),
        rule=case.match.rule,
        priced_by=case.match.priced_by,
        cost_name=case.match.cost_name,
        cost=case.match.cost,
        loss_bound=case.loss_bound,
        break_even=case.break_even if _budget_decided(case, affordable) else None,
        past_states=(week.state if week else None, fortnight.state if fortnight else None),
        past_bounds=case.past_bounds,
    )


def _budget_decided(case: Case, affordable: frozenset[str]) -> bool:
    """Whether the budget of one capability spoke: no pin, and not the budget of all together."""
    left_out = case.droppable and case.usage.capability not in affordable
    return not case.match.pinned and not left_out


def _decision(
    case: Case, affordable: frozenset[str], costs: CostFile, thresholds: Thresholds
) -> tuple[Decision, int, str]:
    """Take the first step that applies: its decision, its number and why."""
    usage, rule = case.usage, case.match.rule
    budget = amount(costs.drop_budget, costs.currency)
    if case.match.pinned:
        return Decision.FALLBACK, 1, f"pinned: {rule.because}" if rule.because else "pinned"
    if usage.state is State.NOT_YET:
        return Decision.WATCH, 3, usage.reason
    if usage.capability in affordable:
        return Decision.DROP, 4, f"{_loss(case, costs)}, within the budget of {budget}"
    if case.droppable:
        total = amount(costs.drop_budget_total, costs.currency)
        return Decision.FALLBACK, 4, f"droppable, but all drops together may not risk over {total}"
    if usage.state in USED and usage.recent_hits >= thresholds.min_samples:
        hits = f"{usage.recent_hits:,} hits in the last 90 covered days"
        return Decision.DISTILL, 5, f"{usage.state}: {hits} are enough to learn from"
    return Decision.FALLBACK, 6, _kept(case, costs, thresholds)


def _kept(case: Case, costs: CostFile, thresholds: Thresholds) -> str:
    usage = case.usage
    if usage.state not in DROPPABLE:
        return (
            f"{usage.state}, but {usage.recent_hits} hits in the last 90 covered days are fewer "
            f"than the {thresholds.min_samples} to learn from"
        )
    if case.droppable_today:
        ago = 14 if case.droppable_a_week_ago else 7
        return f"{usage.state} and cheap enough today, but it was not {ago} covered days ago"
    return f"{_loss(case, costs)}, over the budget of {amount(costs.drop_budget, costs.currency)}"


def _loss(case: Case, costs: CostFile) -> str:
    """State the bound: at most so many, each so dear."""
    name = "rare but costly" if _is_costly(case) else case.usage.state.value
    if case.usage.n_up is None or case.loss_bound is None:
        return f"{name}, and no bound can be given"
    loss = amount(case.loss_bound, costs.currency)
    return (
        f"{name}: at most {case.usage.n_up:.1f} occurrences in {costs.horizon_days} days, "
        f"a loss of at most {loss}"
    )


def _is_costly(case: Case) -> bool:
    return case.usage.state is State.RARE and not case.droppable_today
