"""A backtest of 1,000 capabilities x 52 weekly cuts, as a multiple of one audit: at most 60.

Both sides run once on the same frames: 78 weeks of daily counters of two services, and every hit
of what was ever dropped. The audit is that of the last day: days from counters, usage as of three
days, decisions. Reading and writing files is left out of both.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np
import polars as pl
from _machine import machine, peak_mib

from auditor.decide.backtest import Backtest, judge
from auditor.decide.cuts import OURS, Plan, cut_through
from auditor.decide.decide import decide
from auditor.model import DAY_NS, MICRO, CostFile, Origin, Place, Rule, Thresholds
from auditor.usage.assess import assess
from auditor.usage.daily import Daily, expand
from auditor.usage.foresight import Foresight

LIMIT = 60
FIRST_DAY = date(2025, 1, 6)
EPOCH = date(1970, 1, 1)
SERVICES = ("pr-bot", "triage")
HERE = Place("rules/costs.yaml", 1)
DEAR = Rule(HERE, capability="tool.??7*", cost="incident")
COSTS = CostFile((DEAR,), Rule(HERE, cost="nuisance"), {"nuisance": 1.0, "incident": 1e5})
WEIGHED = ("observed", "unknown", "extra", "accounted")
ZERO = ("errors", "input_tokens", "output_tokens", "invented", "weighted_hits", *WEIGHED[1:])
T = TypeVar("T")


class Traffic:
    """Counters, calls and coverage of tools that are offered in every call and seldom used."""

    def __init__(self, capabilities: int, days: int, seed: int = 26) -> None:
        chance = np.random.default_rng(seed)
        shape = (capabilities, len(SERVICES), days)
        offers = np.broadcast_to(chance.integers(150, 250, (len(SERVICES), days)), shape)
        rate = chance.gamma(0.3, 0.004, (capabilities, 1, 1))
        until = np.where(chance.random(capabilities) < 0.3, days // 3, days)[:, None, None]
        hits = chance.binomial(offers, rate.clip(0, 1)) * (np.arange(days) < until)
        self.counters = _counters(hits, offers)
        self.calls = _calls(offers[0])
        self.coverage = self.calls.select("service", "day")
        fired = self.counters.filter(pl.col("hits") > 0)
        self.hits = _hits(fired)

    def daily(self) -> Daily:
        """Expand the counters as an audit does."""
        return expand(
            self.counters, self.calls, self.coverage, (), origin_of=lambda _: Origin.PRODUCTION
        )


def _counters(hits: np.ndarray, offers: np.ndarray) -> pl.DataFrame:
    tool, service, day = (axis.ravel() for axis in np.indices(hits.shape))
    return pl.DataFrame(
        {
            "capability": [f"tool.{n:04}" for n in range(hits.shape[0])],
            "number": np.arange(hits.shape[0]),
        }
    ).join(
        pl.DataFrame(
            {
                "number": tool,
                "service": pl.Series(SERVICES)[service],
                "day": pl.Series(day).cast(pl.Int32),
                "hits": hits.ravel(),
                "observed": offers.ravel(),
            }
        ),
        on="number",
    ).with_columns(
        day=pl.lit(FIRST_DAY) + pl.duration(days="day"),
        model=pl.lit("gpt-4o"),
        environment=pl.lit(""),
        source=pl.lit("tool"),
        matcher=pl.lit(""),
        occurrences=pl.col("hits"),
        weighted_observed=pl.col("observed") * MICRO,
        **{name: pl.lit(0, pl.Int64) for name in ZERO},
        **{f"weighted_{name}": pl.lit(0, pl.Int64) for name in WEIGHED[1:]},
    ).with_columns(
        first_ns=pl.when(pl.col("hits") > 0).then(
            (pl.col("day") - EPOCH).dt.total_days() * DAY_NS + DAY_NS // 2
        )
    ).with_columns(last_ns="first_ns").drop("number")  # fmt: skip


def _calls(offers: np.ndarray) -> pl.DataFrame:
    service, day = (axis.ravel() for axis in np.indices(offers.shape))
    calls = pl.Series(offers.ravel())
    counted = ("calls", "intact", "output_known", "input_known", "tokens_known", "list_known")
    weighed = ("weight", *(f"weighted_{name}" for name in counted[1:5]))
    return pl.DataFrame(
        {
            "service": pl.Series(SERVICES)[service],
            "day": pl.Series([FIRST_DAY + timedelta(days=int(n)) for n in day]),
            "model": "gpt-4o",
            "environment": "",
            **dict.fromkeys(counted, calls),
            **dict.fromkeys(weighed, calls * MICRO),
            **dict.fromkeys(("errors", "list_open", "weighted_list_open"), 0),
        }
    )


def _hits(fired: pl.DataFrame) -> pl.DataFrame:
    """A conversation of its own for each hit."""
    each = fired.select(
        "capability", "day", "service", "environment", pl.int_ranges(0, "hits").alias("hit"),
        start_ns="first_ns",
    ).explode("hit")  # fmt: skip
    number = pl.int_range(pl.len())
    return each.with_columns(
        trace=number.cast(pl.String),
        span=number.cast(pl.String),
        hour=pl.col("start_ns") // (DAY_NS // 24),
        conversation=number,
    ).drop("hit")


def audited(traffic: Traffic, as_of: date) -> int:
    """One audit of the last day."""
    daily = traffic.daily()
    foresight = Foresight(daily, (), COSTS.horizon_days)
    usages = [
        assess(
            daily,
            (),
            Thresholds(),
            COSTS.horizon_days,
            as_of,
            earlier_covered_days=earlier,
            foresight=foresight,
        ).by_capability
        for earlier in (0, 7, 14)
    ]
    return len(decide(*usages, (), COSTS, Thresholds(), as_of))


def looked_back(traffic: Traffic, last: date, cuts: int) -> Backtest:
    """One backtest with its replay."""
    plan = Plan(first=last - timedelta(weeks=cuts - 1), last=last)
    past = cut_through(traffic.daily(), (), COSTS, Thresholds(), plan)
    dropped = traffic.hits.filter(pl.col("capability").is_in(past.ever_dropped()))
    return judge(past, dropped)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds that some work takes, and what it gives."""
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def main() -> int:
    """Print both times and their ratio; 1 when it is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 capabilities")
    capabilities, cuts = (200 if parser.parse_args().quick else 1_000), 52
    days = 7 * (26 + cuts)
    last = FIRST_DAY + timedelta(days=days - 1)
    traffic = Traffic(capabilities, days)
    print(machine())
    audited(traffic, last)  # the first call of each library costs extra
    audit, judged = timed(lambda: audited(traffic, last))
    backtest, found = timed(lambda: looked_back(traffic, last, cuts))
    ours = found.outcomes[OURS]
    print(
        f"{judged:,} capabilities, {traffic.counters.height:,} counters: audit {audit:.2f} s; "
        f"backtest of {len(found.past.cuts)} cuts {backtest:.2f} s "
        f"({ours.drops:,} drops, {ours.misses:,} misses); ratio {backtest / audit:.1f} "
        f"(at most {LIMIT}); peak {peak_mib():.0f} MiB"
    )
    return int(backtest > LIMIT * audit)


if __name__ == "__main__":
    sys.exit(main())
