"""The whole arithmetic of one decision, in the order in which it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from rich.console import Group as Lines
from rich.text import Text

from auditor.audit import Audit, Row
from auditor.model import Decision, Learnt, State
from auditor.render.columns import STYLES, flow
from auditor.render.names import visible
from auditor.render.numbers import UNKNOWN, count, day, money, number, plural, share

DROPPABLE = (State.NEVER_FIRED, State.DORMANT, State.RARE)
DISTILLABLE = (State.ACTIVE, State.FADING, State.RARE)
LOOKS = ("today", "7 covered days ago", "14 covered days ago")
JEFFREYS = (0.5, 0.0)
"""The prior that stands in where too few capabilities have fired to fit one."""
WINDOW_CADENCES = 4
SMALL_MOVE = 0.01
"""Log-odds below which a part is not worth a line."""
NAME_WIDTH = 23


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, one sentence a line; a line with a figure has its name before it."""

    title: str
    lines: list[str | tuple[str, str]] = field(default_factory=list)


def explain(audit: Audit, row: Row, *, width: int) -> Lines:
    """Every number behind one capability's decision, for a page of `width` cells."""
    parts = [_verdict(row), *_flowed(visible(row.verdict.reason), 1, width)]
    for section in sections(audit, row):
        parts += [Text(), Text(section.title.upper(), "bold")]
        for line in section.lines:
            parts += _flowed(line, 1, width) if isinstance(line, str) else _fact(*line, width)
    return Lines(*parts)


def sections(audit: Audit, row: Row) -> list[Section]:
    """What was seen, what follows from it, what a miss costs, and which step decided."""
    return [
        Section("What was seen", list(_seen(audit, row))),
        Section("State", list(_state(row))),
        Section("Chance of firing", list(_chance(audit, row))),
        Section("Upper bound on occurrences", list(_bound(audit, row))),
        Section("What a miss costs", list(_cost(audit, row))),
        Section("Loss bound", list(_loss(audit, row))),
        Section("Decision", list(_steps(audit, row))),
        Section("What would change it", list(_change(audit, row))),
    ]


def _verdict(row: Row) -> Text:
    text = Text(f"{visible(row.usage.capability)}: ", "bold", no_wrap=True, overflow="ignore")
    return text.append(str(row.verdict.decision), STYLES[row.verdict.decision])


def _seen(audit: Audit, row: Row) -> Iterator[tuple[str, str]]:
    usage = row.usage
    entry = row.entry
    where = visible(str(entry.place)) if entry else "not in the catalog, seen in traffic"
    yield "catalog", where
    yield "as of", f"the end of {audit.as_of} (UTC); a window of {_window(audit, row)} days counts"
    yield "hits", f"{count(usage.hits)}, in the whole lifetime {count(usage.lifetime_hits)}"
    yield "occurrences", f"k = {count(usage.occurrences)}"
    yield (
        "offers",
        (
            f"E = {count(usage.observed_offers)} observed, {count(usage.unknown_offers)} unknown "
            "(a hit would not have been seen)"
        ),
    )
    yield "age", f"{plural(usage.age_days, 'covered day')}, born {day(usage.birth)}"
    yield "first, last hit", f"{day(usage.first_hit)}, {day(usage.last_hit)}"
    if usage.silence_days is not None:
        offers = plural(usage.silence_offers or 0, "observed offer")
        yield "silent for", f"{plural(usage.silence_days, 'covered day')}, {offers}"


def _window(audit: Audit, row: Row) -> int:
    cadence = row.entry.cadence_days if row.entry else None
    return max(audit.thresholds.window_days, WINDOW_CADENCES * (cadence or 0))


def _state(row: Row) -> Iterator[str | tuple[str, str]]:
    yield str(row.usage.state), visible(row.usage.reason)
    if row.usage.state is State.NOT_YET:
        when = row.usage.judgeable_on
        yield "judged on", f"{when}, at today's traffic" if when else "no date at today's traffic"


def _chance(audit: Audit, row: Row) -> Iterator[str | tuple[str, str]]:
    usage, (alpha, beta) = row.usage, audit.prior
    if usage.p_fire is None:
        yield "Nothing can be said: no offer was observed."
        return
    if usage.learnt is not None:
        yield from _learnt_chance(audit, usage.p_fire, usage.learnt)
        return
    k, seen, ahead = usage.occurrences, usage.observed_offers, usage.offers_in_horizon
    yield "E_P", f"{number(ahead)} offers expected in {audit.horizon_days} days"
    origin = "fitted to all capabilities" if audit.prior != JEFFREYS else "Jeffreys, none fits"
    yield "prior", f"alpha = {number(alpha)}, beta = {number(beta)} ({origin})"
    yield "p", "1 - ((beta + E) / (beta + E + E_P)) ^ (alpha + k)"
    yield (
        "",
        (
            f"= 1 - (({number(beta)} + {number(seen)}) / ({number(beta)} + {number(seen)} + "
            f"{number(ahead)})) ^ ({number(alpha)} + {number(k)})"
        ),
    )
    yield "", f"= {number(usage.p_fire)}, or {share(usage.p_fire)} within {audit.horizon_days} days"


def _learnt_chance(audit: Audit, p_fire: float, learnt: Learnt) -> Iterator[tuple[str, str]]:
    past = plural(learnt.completed, "past prediction")
    yield "learnt from", f"{past} of this project whose outcome is known"
    yield "log-odds", f"{learnt.base:+.2f}, those of the average capability"
    for kind, moved in sorted(learnt.moved, key=lambda part: -abs(part[1])):
        if abs(moved) >= SMALL_MOVE:
            yield "", f"{moved:+.2f} by {kind}"
    total = learnt.base + sum(moved for _, moved in learnt.moved)
    yield "p", f"1 / (1 + exp(-({total:+.2f})))"
    yield "", f"= {number(p_fire)}, or {share(p_fire)} within {audit.horizon_days} days"


def _learnt_bound(audit: Audit, n_up: float, learnt: Learnt, due: int) -> Iterator[tuple[str, str]]:
    days = f"{audit.horizon_days} days"
    scheduled = f" + {due}, its cadence" if due else ""
    yield "p_up", f"{number(learnt.p_up)}, the upper 95% bound of that chance"
    yield "n_fire", f"{number(learnt.n_fire)} occurrences in {days} at most, if it fires (95%)"
    yield "n_up", f"p_up x n_fire = {number(learnt.p_up)} x {number(learnt.n_fire)}{scheduled}"
    yield "", f"= {number(n_up)} occurrences"


def _bound(audit: Audit, row: Row) -> Iterator[str | tuple[str, str]]:
    usage = row.usage
    if usage.n_up is None:
        yield "None can be given: no offer was observed."
        return
    seen, ahead = usage.observed_offers, usage.offers_in_horizon_high
    cadence = row.entry.cadence_days if row.entry else None
    due = ceil(audit.horizon_days / cadence) if cadence else 0
    if usage.learnt is not None:
        yield from _learnt_bound(audit, usage.n_up, usage.learnt, due)
        return
    quantile = (usage.n_up - due) * seen / ahead if ahead else 0.0
    yield "E_H", f"{number(ahead)} offers in {audit.horizon_days} days at most, unknown ones too"
    yield "n_up", "95% quantile of Gamma(0.5 + k, E) x E_H" + (" + cadence" if due else "")
    yield (
        "",
        (
            f"= {number(quantile)} / {number(seen)} x {number(ahead)}"
            + (f" + {due}" if due else "")
            + f", where {number(quantile)} is that of Gamma({0.5 + usage.occurrences:g}, 1)"
        ),
    )
    yield "", f"= {number(usage.n_up)} occurrences"
    if due:
        yield "cadence", f"{due} = ceil({audit.horizon_days} / {cadence} days), declared"


def _cost(audit: Audit, row: Row) -> Iterator[tuple[str, str]]:
    verdict, rule = row.verdict, row.verdict.rule
    yield "rule", visible(str(rule.place)) + ("" if _matchers(row) else ", the default")
    if _matchers(row):
        yield "matches", visible(_matchers(row))
    yield "cost", f"{visible(verdict.cost_name)} = {money(verdict.cost, audit.currency)} for a miss"
    if verdict.priced_by is not rule:
        yield "priced by", visible(str(verdict.priced_by.place))
    yield (
        "detect rate",
        f"{share(verdict.priced_by.detect_rate)} of the misses are caught before they cost",
    )
    if rule.because:
        yield "because", visible(rule.because)
    if rule.owner:
        review = f", to be reviewed by {rule.review_by}" if rule.review_by else ""
        yield "owner", visible(rule.owner) + review


def _matchers(row: Row) -> str:
    rule = row.verdict.rule
    keys = (("capability", rule.capability), ("tag", rule.tag), ("owner", rule.owner_is))
    return ", ".join(f"{key}: {value}" for key, value in keys if value is not None)


def _loss(audit: Audit, row: Row) -> Iterator[str | tuple[str, str]]:
    verdict, n_up = row.verdict, row.usage.n_up
    if verdict.loss_bound is None or n_up is None:
        yield "None can be given without a bound on occurrences."
        return
    cost, each, total = (
        money(sum_, audit.currency)
        for sum_ in (verdict.cost, audit.drop_budget, audit.drop_budget_total)
    )
    yield "bound", "n_up x cost x (1 - detect rate)"
    yield "", f"= {number(n_up)} x {cost} x (1 - {number(verdict.priced_by.detect_rate)})"
    yield "", f"= {money(verdict.loss_bound, audit.currency)}"
    yield "budget", f"{each} for one dropped capability, {total} for all together"


def _steps(audit: Audit, row: Row) -> Iterator[tuple[str, str]]:
    """The questions up to the one that was answered by yes; step 2 asks a student's gate."""
    questions = (
        (1, "pinned?", _pinned(row), ()),
        (3, "not yet?", f"its state is {row.usage.state}", ()),
        (4, "droppable?", _droppable(audit), tuple(_looks(audit, row))),
        (5, "enough to distill?", _distillable(audit, row), ()),
        (6, "else", "the teacher keeps it", ()),
    )
    decision = row.verdict.decision
    for step, question, fact, looks in questions:
        if step == row.verdict.step:
            answer = "" if step == 6 else "yes: "
            if step == 4 and decision is Decision.FALLBACK:
                answer = "yes, but other drops use up the budget for all: "
            yield f"{step} {question}", f"{answer}{fact}"
            yield from looks
            yield "", f"so the decision is {decision}"
            return
        yield f"{step} {question}", f"no: {fact}"
        yield from looks


def _pinned(row: Row) -> str:
    rule = row.verdict.rule
    if rule.pin is None:
        return f"{visible(str(rule.place))} names a cost and no decision"
    until = f" until {rule.until}" if rule.until else ""
    return f"{visible(str(rule.place))} says {rule.pin}{until}"


def _droppable(audit: Audit) -> str:
    wanted = ", ".join(DROPPABLE[:-1]) + f" or {DROPPABLE[-1]}"
    budget = money(audit.drop_budget, audit.currency)
    return f"it takes {wanted} with a bound up to {budget}, today and twice before"


def _looks(audit: Audit, row: Row) -> Iterator[tuple[str, str]]:
    verdict = row.verdict
    states = (row.usage.state, *verdict.past_states)
    bounds = (verdict.loss_bound, *verdict.past_bounds)
    for when, state, bound in zip(LOOKS, states, bounds, strict=True):
        fact = f"{state}, bound {money(bound, audit.currency)}" if state else "not in the audit"
        yield f"  {when}", fact


def _distillable(audit: Audit, row: Row) -> str:
    states = ", ".join(DISTILLABLE[:-1]) + f" or {DISTILLABLE[-1]}"
    return (
        f"it takes {states} and {audit.thresholds.min_samples} hits in the last 90 covered days: "
        f"{row.usage.state}, {count(row.usage.recent_hits)}"
    )


def _change(audit: Audit, row: Row) -> Iterator[str | tuple[str, str]]:
    verdict = row.verdict
    if verdict.what_would_change:
        yield visible(verdict.what_would_change)
    if verdict.break_even is None:
        yield "break-even", f"{UNKNOWN}: the budget does not decide here"
        return
    even = money(verdict.break_even, audit.currency)
    yield (
        "break-even",
        (
            f"{money(audit.drop_budget, audit.currency)} / {number(row.usage.n_up or 0)} / "
            f"(1 - {number(verdict.priced_by.detect_rate)}) = {even}: for dearer misses today's "
            "bound exceeds the budget; a drop needs those of 7 and 14 covered days ago in it too"
        ),
    )
    yield "your question", f"does one miss cost more than {even}?"


def _fact(name: str, text: str, width: int) -> list[Text]:
    first, *rest = flow(text, width - NAME_WIDTH) or [""]
    lines = [Text(f" {name:<{NAME_WIDTH - 1}}", "dim", no_wrap=True).append(first, "not dim")]
    return lines + [Text(" " * NAME_WIDTH + line, no_wrap=True) for line in rest]


def _flowed(text: str, indent: int, width: int) -> list[Text]:
    return [Text(" " * indent + line, no_wrap=True) for line in flow(text, width - indent)]
