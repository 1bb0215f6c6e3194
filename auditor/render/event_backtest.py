"""The page of a backtest on an event log: how well the forecast ranks, and whether it holds."""

from __future__ import annotations

from auditor.decide.event_backtest import EventBacktest
from auditor.decide.figures import mean
from auditor.render.backtest import FORECAST, in_words, predictors, with_error
from auditor.render.names import visible
from auditor.render.numbers import UNKNOWN, count, plural, share
from auditor.render.tables import Page, Table

OURS = "auditor"


def page(found: EventBacktest, source: str) -> Page:
    """The page of one backtest of the log named `source`."""
    plan = found.plan
    items = sum(found.sizes)
    fact = (
        f"{visible(source)}: {plural(len(found.cuts), 'cut')}, one every "
        f"{plural(plan.every_days, 'day')} from day {count(found.cuts[0])} to day "
        f"{count(found.cuts[-1])}, after {plural(plan.train_cuts, 'cut')} that only train. "
        f"{plural(items, 'item-cut')}; {share(mean(found.fired_share))} of the items of a cut "
        f"fired within {plural(plan.horizon_days, 'day')}."
    )
    ranks = predictors(
        {name: (one.regret, one.auc) for name, one in found.predictors.items()},
        plan.drop_rates,
        (
            "± standard error over cuts. regret: share that fired of the least likely so many. "
            "AUC: chance that what fired was ranked above what did not."
        ),
    )
    return Page(verdict(found), (fact,), (ranks, _calibration(found)))


def verdict(found: EventBacktest) -> str:
    """One sentence: the regret of dropping the least likely, beside the usual rules."""
    rate = found.plan.drop_rates[0]
    told = {
        name: share(value)
        for name, one in found.predictors.items()
        if (value := mean(one.regret[:, 0])) is not None
    }
    beside = ", ".join(
        f"'{in_words(name)}' {told[name]}"
        for name in ("days-since-hit", "hit-in-30d")
        if name in told
    )
    return (
        f"Of the least likely {share(rate)}, dropped at each cut, {told.get(OURS, UNKNOWN)} would "
        f"have been regretted; {beside}."
    )


def _calibration(found: EventBacktest) -> Table:
    rows = [
        (
            FORECAST if name == OURS else in_words(name),
            f"{one.pooled:.3f} ±{one.pooled_error:.3f}",
            with_error(one.calibration),
        )
        for name, one in found.predictors.items()
        if one.pooled == one.pooled
    ]
    return Table(
        "Does it happen as often as foretold?",
        ("forecast", "calibration error", "mean of each cut's own"),
        tuple(rows),
        "Mean distance of forecast and outcome over ten bins of equal count.",
    )
