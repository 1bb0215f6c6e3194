"""The page of a backtest: what these decisions would have cost, in money, in its first line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.decide.backtest import Backtest, Outcome
from auditor.decide.cuts import OURS
from auditor.decide.figures import LEAST_CUTS, Regret, Scored, mean, standard_error
from auditor.decide.replay import Charge, Mistake
from auditor.model import Decision
from auditor.render.names import visible
from auditor.render.numbers import UNKNOWN, count, money, plural, share
from auditor.render.sparkline import sparkline
from auditor.render.tables import Entry, Listing, Page, Table
from auditor.usage.history import Floats

MISTAKES_SHOWN = 5
OURS_IN_WORDS = "these decisions"
FORECAST = "our forecast"


def page(found: Backtest, *, part: str = "") -> Page:
    """The page of one backtest; `part` says in words at which part of the traffic it looked."""
    if not found.past.cuts:
        return Page(verdict(found), (part,) if part else (), ())
    parts: tuple[Table | Listing, ...] = (
        _rules(found),
        *_predictors(found),
        *_reliability(found),
        *_worst(found),
    )
    return Page(verdict(found), tuple(_facts(found, part)), parts)


def verdict(found: Backtest) -> str:
    """One sentence: what holding the decisions would have cost, beside the usual rule."""
    if not found.past.cuts:
        return _nothing(found)
    ours, usual = found.outcomes[OURS], found.outcomes[found.past.plan.usual]
    over = f"over {_period(found)}"
    rule = f"'{in_words(found.past.plan.usual)}'"
    theirs = _cost_of(usual, found.past.costs.currency, short=True)
    if not ours.drops:
        return f"These decisions drop nothing {over}, which cost nothing; {rule} {theirs}."
    cost = _cost_of(ours, found.past.costs.currency)
    return f"Holding these decisions {over} {cost}; {rule} {theirs}."


def in_words(rule: str) -> str:
    """What a rule or a predictor is called in a sentence.

    >>> in_words("hit-in-30d"), in_words("decay-90d"), in_words("auditor")
    ('no hit in 30 days', 'decaying count', 'these decisions')
    """
    if rule == OURS:
        return OURS_IN_WORDS
    if rule.startswith("hit-in-"):
        return f"no hit in {rule.removeprefix('hit-in-').removesuffix('d')} days"
    named = {"days-since-hit": "days since last hit", "hits": "count of hits"}
    return named.get(rule, "decaying count" if rule.startswith("decay-") else rule)


def _nothing(found: Backtest) -> str:
    days = found.past.timeline.days
    if not len(days):
        return "Nothing to look back on: the store has no day of this traffic."
    return (
        f"Nothing to look back on: the store covers {days[0]} to {days[-1]}, and no cut lies in "
        "that (--from, --to)."
    )


def _period(found: Backtest) -> str:
    days, cuts = found.replayed_days, found.past.cuts
    length = plural(round(days / 7), "week") if days >= 14 else plural(days, "day")
    if cuts[-1].until == found.past.timeline.days[-1].item():
        return f"the last {length}"
    return f"the {length} until {cuts[-1].until}"


def _cost_of(outcome: Outcome, currency: str, *, short: bool = False) -> str:
    if not outcome.misses:
        return "would have cost nothing"
    misses = count(outcome.misses) if short else plural(outcome.misses, "miss", "misses")
    return f"would have cost {money(outcome.cost, currency)} in {misses}"


def _facts(found: Backtest, part: str) -> Iterator[str]:
    past, cuts = found.past, found.past.cuts
    horizon = f"{past.costs.horizon_days} covered days"
    if part:
        yield part
    yield (
        f"{plural(len(cuts), 'cut')}, one every {plural(past.plan.every_days, 'day')} from "
        f"{cuts[0].day} to {cuts[-1].day}: at each, today's rules decide with what was known "
        f"then. {count(found.complete)} of them have a complete horizon: {horizon} on record "
        "after them."
    )
    yield _regret_in_words(found, horizon)
    yield _saved(found)


def _regret_in_words(found: Backtest, horizon: str) -> str:
    ours = found.outcomes[OURS].regret
    if found.complete < LEAST_CUTS:
        return (
            f"Regret rate: no figure. It takes at least {LEAST_CUTS} cuts with a complete horizon."
        )
    if ours.rate is None:
        return "Regret rate: no figure. Nothing was dropped at a cut with a complete horizon."
    between = "" if ours.low is None else f" (95%: {_interval(ours)})"
    return (
        f"Regret rate: {share(ours.rate)}{between}. Of {count(ours.drops)} drops at those cuts, "
        f"{count(ours.regrets)} fired within {horizon}. It counts a miss of a cent like one of a "
        "fortune; the cost does not."
    )


def _saved(found: Backtest) -> str:
    currency, rule = found.past.costs.currency, in_words(found.past.plan.usual)
    kept = [
        f"{decision} {_sum(charged, currency)}"
        for decision in (Decision.WATCH, Decision.FALLBACK, Decision.DISTILL)
        if (charged := found.saved[decision]) or decision is not Decision.DISTILL
    ]
    return f"What '{rule}' would have dropped and we kept, saved: " + ", ".join(kept) + "."


def _sum(charged: Sequence[Charge], currency: str) -> str:
    total = money(sum(charge.cost for charge in charged), currency)
    return f"{total} in {plural(len(charged), 'miss', 'misses')}"


def _rules(found: Backtest) -> Table:
    names = [*found.outcomes, *(n for n in found.same_drops if n not in found.outcomes)]
    return Table(
        "What each rule would have dropped, and what that would have cost",
        ("rule", "drops", "regret", "95%", "as many", "misses", "cost"),
        tuple(_rule(found, name) for name in names),
        note=(
            "drops: capabilities dropped at a cut, mean of all cuts. regret: share of them that "
            "fired within the horizon, over the complete cuts. as many: the same if the rule drops "
            "as many at each cut as these decisions. misses, cost: replay of all cuts, each "
            "occurrence charged once, the dearest capability of a call only."
        ),
    )


def _rule(found: Backtest, name: str) -> tuple[str, ...]:
    outcome, same = found.outcomes.get(name), found.same_drops.get(name)
    as_many = UNKNOWN if same is None else share(same.rate)
    if outcome is None:
        return (in_words(name), UNKNOWN, UNKNOWN, UNKNOWN, as_many, UNKNOWN, UNKNOWN)
    return (
        in_words(name),
        f"{outcome.drops / len(found.past.cuts):.1f}",
        share(outcome.regret.rate),
        _interval(outcome.regret),
        as_many,
        count(outcome.misses),
        money(outcome.cost, found.past.costs.currency),
    )


def _interval(found: Regret) -> str:
    if found.low is None or found.high is None:
        return UNKNOWN
    return f"{share(found.low)}-{share(found.high)}"


def _predictors(found: Backtest) -> Iterator[Table]:
    if found.predictors:
        yield predictors(
            {name: (one.regret, one.auc) for name, one in found.predictors.items()},
            found.past.plan.drop_rates,
            (
                f"{plural(found.item_cuts, 'forecast')} at {plural(found.complete, 'cut')}; ± "
                "standard error over cuts. regret: share that fired of the least likely so many. "
                "AUC: chance that what fired was ranked above what did not."
            ),
        )


def predictors(found: dict[str, tuple[Floats, Floats]], rates: Sequence[float], note: str) -> Table:
    """Regret at some drop rates and AUC of each predictor, from `(regret[cuts, rates], auc)`."""
    return Table(
        "How well each ranks: who fires, who does not",
        ("predictor", *(f"regret at {share(rate)}" for rate in rates), "AUC"),
        tuple(
            (
                FORECAST if name == OURS else in_words(name),
                *(with_error(values) for values in regret.T),
                with_error(area),
            )
            for name, (regret, area) in found.items()
        ),
        note,
    )


def with_error(values: Floats) -> str:
    """A mean over cuts and its standard error."""
    value, error = mean(values), standard_error(values)
    if value is None:
        return UNKNOWN
    return f"{value:.3f}" + (UNKNOWN if error is None else f" ±{error:.3f}")


def _reliability(found: Backtest) -> Iterator[Table]:
    ours: Scored | None = found.predictors.get(OURS)
    if ours is not None:
        yield Table(
            "Does it happen as often as foretold?",
            ("forecast", "fired", "±", "forecasts"),
            tuple(
                (share(b.forecast), share(b.fired), share(b.standard_error), count(b.items))
                for b in found.reliability
            ),
            note=(
                f"Ten bins of equal count. Calibration error {ours.pooled:.3f} "
                f"±{ours.pooled_error:.3f}; ± standard error over cuts."
            ),
        )


def _worst(found: Backtest) -> Iterator[Listing]:
    usual = found.past.plan.usual
    for rule in (OURS, usual):
        made = found.outcomes[rule].mistakes
        if made:
            hidden = len(made) - MISTAKES_SHOWN
            more = f"{count(hidden)} more in --format json."
            yield Listing(
                f"Worst mistakes of {_quoted(rule)}",
                tuple(_entry(found, one) for one in made[:MISTAKES_SHOWN]),
                more if hidden > 0 else "",
            )


def _quoted(rule: str) -> str:
    return in_words(rule) if rule == OURS else f"'{in_words(rule)}'"


def _entry(found: Backtest, one: Mistake) -> Entry:
    misses = plural(len(one.charges), "miss", "misses")
    return Entry(
        visible(one.capability),
        f"{money(one.cost, found.past.costs.currency)} in {misses}",
        sparkline(one.weekly, one.seen),
        f"dropped on {one.dropped_on}, fired on {one.fired_on}"
        + (f", last on {one.charges[-1].day}" if one.charges[-1].day > one.fired_on else "")
        + f"; trace {visible(one.trace)}",
    )
