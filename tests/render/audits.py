"""Audits made by hand, for tests of what is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from scipy.special import gammaincinv

from auditor.audit import Audit, Row
from auditor.model import (
    Capability,
    Decision,
    Place,
    Rule,
    State,
    Thresholds,
    Usage,
    Verdict,
)

AS_OF = date(2026, 11, 24)
COSTS = {"nuisance": 1.0, "rework": 50.0, "regression": 5_000.0, "incident": 100_000.0}
RULES = {
    cost: Rule(
        place=Place("rules/costs.yaml", line),
        capability=pattern,
        cost=cost,
        because=because,
        owner="@platform",
        review_by=date(2027, 3, 1),
    )
    for cost, line, pattern, because in (
        ("incident", 12, "tool.send_*", "Pays money out; a wrong call cannot be undone."),
        ("nuisance", 17, "tool.*", "The user asks again."),
        ("rework", 22, "report.*", "Somebody writes it by hand."),
        ("regression", 27, None, ""),
    )
}
QUIET = (State.NEVER_FIRED, State.DORMANT, State.RARE)
PRIOR = (0.31, 58.2)


def _chance(occurrences: int, offers: int) -> float:
    alpha, beta = PRIOR
    return 1 - float(((beta + offers) / (beta + 1.5 * offers)) ** (alpha + occurrences))


def _upper(occurrences: int) -> float:
    """The bound of a capability that is offered half as often in the horizon as so far."""
    return float(gammaincinv(0.5 + occurrences, 0.95)) / 2


def row(
    capability: str = "tool.search",
    *,
    state: State = State.ACTIVE,
    decision: Decision = Decision.DISTILL,
    cost: str = "nuisance",
    occurrences: int = 120,
    hits: int = 240,
    offers: int = 2_454,
    judged: bool = True,
    judgeable_on: date | None = None,
    weekly: tuple[int, ...] | None = None,
    silence: int | None = 2,
    saved: bool = False,
    reason: str = "",
    catalogued: bool = True,
) -> Row:
    """A row whose figures are plausible; name what the test is about."""
    last = None if silence is None or not hits else AS_OF - timedelta(days=silence)
    n_up = _upper(occurrences) if offers else None
    bound = n_up * COSTS[cost] if n_up is not None and judged else None
    budget_decides = bound is not None and state in QUIET and decision is not Decision.DISTILL
    usage = Usage(
        capability=capability,
        state=state,
        reason=reason if state is State.NOT_YET else f"{state} by its numbers",
        hits=hits,
        occurrences=occurrences,
        observed_offers=offers,
        unknown_offers=0,
        lifetime_hits=hits,
        recent_hits=hits,
        birth=date(2026, 5, 26),
        age_days=168,
        silence_days=silence if hits else None,
        silence_offers=40 if hits else None,
        first_hit=datetime(2026, 5, 27, 9, tzinfo=UTC) if hits else None,
        last_hit=datetime(last.year, last.month, last.day, 15, tzinfo=UTC) if last else None,
        judgeable_on=judgeable_on,
        offers_in_horizon=offers / 2,
        offers_in_horizon_high=offers / 2,
        p_fire=_chance(occurrences, offers) if offers else None,
        n_up=n_up,
        weekly=weekly or ((0,) * 26 if not hits else tuple(range(26))),
    )
    verdict = Verdict(
        capability=capability,
        decision=decision,
        step={"watch": 3, "drop": 4, "distill": 5, "fallback": 6}[decision],
        reason=reason or f"{hits:,} hits in the last 90 covered days, at least 200 needed: distill",
        what_would_change="fewer than 200 hits in 90 covered days",
        rule=RULES[cost],
        priced_by=RULES[cost],
        cost_name=cost,
        cost=COSTS[cost],
        loss_bound=bound,
        break_even=100.0 / n_up if n_up and budget_decides else None,
        past_states=(state, state),
        past_bounds=(bound, bound),
    )
    entry = Capability(capability, Place("rules/capabilities.yaml", 4)) if catalogued else None
    tokens = 120 if capability.startswith("tool.") else 0
    saving = tokens * offers // 2 if saved else None
    return Row(usage, verdict, entry, min(1.0, hits / 101_234), tokens, saving)


def audit(*rows: Row) -> Audit:
    """An audit of half a year with a gap, holding these rows."""
    return Audit(
        as_of=AS_OF,
        first_day=date(2026, 5, 26),
        last_day=AS_OF,
        calls=101_234,
        covered_days=169,
        uncovered_days=14,
        gaps=((date(2026, 8, 3), date(2026, 8, 16)),),
        left_out={"test": 4_321, "eval": 12},
        list_known_share=0.983,
        calls_by_decision={
            "distill": 84_511,
            "fallback": 12_020,
            "drop": 311,
            "watch": 2_044,
            "unlabelled": 5_101,
        },
        fires_elsewhere={"tool.seed_database": {"test": 812}},
        invented={"tool.open_ticket": 7, "tool.find_flights": 2},
        horizon_days=90,
        currency="USD",
        drop_budget=100.0,
        drop_budget_total=1_000.0,
        thresholds=Thresholds(),
        prior=PRIOR,
        version="0.1.0",
        digests={"rules/costs.yaml": "5f1c", "rules/capabilities.yaml": "a10b"},
        rows=rows,
    )


def half_a_year() -> Audit:
    """Every group once at least, and one of them long enough to fold."""
    return audit(*_unjudged(), *_quiet(), *_rare(), *_busy())


def _unjudged() -> list[Row]:
    watched = partial(
        row, state=State.NOT_YET, decision=Decision.WATCH, hits=0, occurrences=0, judged=False
    )
    return [
        watched(
            "review.accessibility",
            offers=812,
            judgeable_on=date(2026, 12, 17),
            reason="too early to judge: 7 of 30 covered days of age (met 2026-12-17)",
        ),
        watched(
            "tool.export_pdf",
            offers=0,
            reason="cannot be judged: its output was never recorded",
        ),
    ]


def _quiet() -> list[Row]:
    never = [
        row(
            f"tool.legacy_{i:02d}",
            state=State.NEVER_FIRED,
            decision=Decision.DROP,
            hits=0,
            occurrences=0,
            offers=40_000 + 100 * i,
            saved=True,
            reason="never used in 40,000 offers; at most 1 miss of $1 in 90 days",
            catalogued=False,
        )
        for i in range(15)
    ]
    return [
        *never,
        row(
            "tool.send_certificate",
            state=State.NEVER_FIRED,
            decision=Decision.FALLBACK,
            cost="incident",
            hits=0,
            occurrences=0,
            reason="never used, but a miss is an incident ($100,000): kept by its cost alone",
        ),
        row(
            "tool.take_screenshot",
            state=State.DORMANT,
            decision=Decision.DROP,
            occurrences=61,
            hits=64,
            offers=88_120,
            silence=108,
            saved=True,
            weekly=(7,) * 9 + (0,) * 17,
            reason="silent for 108 covered days, after once a day before",
        ),
    ]


def _rare() -> list[Row]:
    quarters = tuple(20 if week in (5, 18) else 0 for week in range(26))
    return [
        row(
            "report.quarter-end",
            state=State.RARE,
            decision=Decision.FALLBACK,
            cost="rework",
            occurrences=40,
            hits=40,
            offers=101_234,
            silence=55,
            weekly=quarters,
            reason="rare, and up to 26 misses of $50 in 90 days are over the budget of $100",
        ),
        row(
            "tool.list_all_airports",
            state=State.RARE,
            decision=Decision.DROP,
            occurrences=2,
            hits=2,
            offers=101_234,
            silence=12,
            saved=True,
            weekly=(0,) * 20 + (1, 0, 0, 0, 1, 0),
            reason="rare, and up to 2.8 misses of $1 in 90 days are within the budget of $100",
        ),
        row(
            "review.security-sensitive-change-in-a-vendored-dependency",
            state=State.RARE,
            decision=Decision.DISTILL,
            cost="regression",
            occurrences=420,
            hits=611,
            offers=101_234,
        ),
    ]


def _busy() -> list[Row]:
    return [
        row(
            "prompt.summarise",
            state=State.FADING,
            occurrences=1_902,
            hits=2_400,
            cost="regression",
            weekly=tuple(range(130, 0, -5)),
        ),
        row("tool.get_reservation_details", occurrences=31_204, hits=58_871, offers=101_234),
        row("steps.1", occurrences=48_120, hits=55_000, offers=101_234, catalogued=False),
        row("format.json-schema", occurrences=9_004, hits=12_118, offers=101_234),
    ]


def renamed(capability: str) -> Audit:
    """An audit in which a stranger chose every free text."""
    hostile = row(
        capability, decision=Decision.DROP, state=State.RARE, saved=True, reason=capability
    )
    rule = replace(hostile.verdict.rule, because=capability, owner=capability)
    verdict = replace(hostile.verdict, rule=rule, priced_by=rule, what_would_change=capability)
    made = audit(replace(hostile, verdict=verdict))
    return replace(
        made,
        left_out={capability: 3},
        invented={capability: 2},
        fires_elsewhere={capability: {capability: 1}},
        digests={capability: capability},
    )
