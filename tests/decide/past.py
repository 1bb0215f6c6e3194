"""Pasts in a few lines: traffic by days becomes counters, and the single hits behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import polars as pl

from auditor.decide.backtest import Backtest, judge
from auditor.decide.cuts import Past, Plan, cut_through
from auditor.model import DAY_NS, Capability, CostFile, Thresholds
from tests.usage.traffic import DEFAULTS, Traffic, day

HOUR_NS = 3_600_000_000_000
_HITS = {
    "capability": pl.String, "day": pl.Date, "start_ns": pl.Int64, "service": pl.String,
    "environment": pl.String, "trace": pl.String, "span": pl.String, "hour": pl.Int64,
    "conversation": pl.Int64,
}  # fmt: skip


@dataclass
class Story:
    """Traffic of one service, with every hit's trace, span, conversation and hour."""

    traffic: Traffic = field(default_factory=Traffic)
    hits: list[dict[str, Any]] = field(default_factory=list)

    def tool(self, name: str, days: Iterable[int], fires: Sequence[int] = ()) -> Story:
        """Offer a tool in 100 calls of each day; it fires once on some of them."""
        self.traffic.tool(name, days, hits=lambda on: fires.count(on))
        for on in fires:
            self.hit(name, on, trace=f"{name}-{on}")
        return self

    def hit(
        self, name: str, on: int, *, trace: str = "t", span: int = 1, hour: int = 9, talk: int = 1
    ) -> Story:
        """Add a hit to the list alone; spans of an hour follow each other by their numbers."""
        number = (day(on) - day(0)).days
        at = number * DAY_NS + hour * HOUR_NS + span
        self.hits.append(
            {
                "capability": f"tool.{name}", "day": day(on), "start_ns": at, "service": "app",
                "environment": "", "trace": trace, "span": f"{span:016x}",
                "hour": number * 24 + hour, "conversation": talk,
            }
        )  # fmt: skip
        return self

    def frame(self) -> pl.DataFrame:
        """The hits as `store.read_hits` gives them."""
        return pl.DataFrame(self.hits, schema=_HITS).sort("start_ns", "span", "capability")

    def past(
        self,
        costs: CostFile,
        catalog: Sequence[Capability] = (),
        thresholds: Thresholds = DEFAULTS,
        **plan: Any,
    ) -> Past:
        """Every decision of a plan."""
        daily = self.traffic.daily(catalog)
        return cut_through(daily, catalog, costs, thresholds, Plan(**plan))

    def backtest(self, costs: CostFile, **plan: Any) -> Backtest:
        """Those decisions, judged."""
        return judge(self.past(costs, **plan), self.frame())


def weekly(first: int, cuts: int) -> dict[str, Any]:
    """A plan of weekly cuts from a day's number on."""
    return {"first": day(first), "last": day(first) + timedelta(weeks=cuts - 1)}
