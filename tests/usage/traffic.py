"""Traffic in a few words: a story of days becomes the counters that the store would keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from auditor.model import DAY_NS, MICRO, Capability, Origin, Place, Thresholds
from auditor.usage.assess import Usages, assess
from auditor.usage.daily import Daily, expand

FIRST_DAY = date(2026, 1, 1)
DEFAULTS = Thresholds()
HERE = Place("rules/capabilities.yaml", 1)
_EPOCH = date(1970, 1, 1)

_COUNTERS = {
    "capability": pl.String, "day": pl.Date, "service": pl.String, "model": pl.String,
    "environment": pl.String, "source": pl.String, "matcher": pl.String,
    **dict.fromkeys(
        (
            "hits", "occurrences", "observed", "unknown", "extra", "accounted", "weighted_hits",
            "weighted_observed", "weighted_unknown", "weighted_extra", "weighted_accounted",
            "errors", "input_tokens", "output_tokens", "invented", "first_ns", "last_ns",
        ),
        pl.Int64,
    ),
}  # fmt: skip
_RECORDED = ("list_open", "intact", "output_known", "input_known", "tokens_known")
_CALLS = {
    "day": pl.Date, "service": pl.String, "model": pl.String, "environment": pl.String,
    **dict.fromkeys(
        (
            "calls", "errors", "input_tokens", "output_tokens", "list_known", *_RECORDED,
            "weight", *(f"weighted_{name}" for name in _RECORDED),
        ),
        pl.Int64,
    ),
}  # fmt: skip


def day(number: int) -> date:
    """Day 0 is the first; numbers may be negative."""
    return FIRST_DAY + timedelta(days=number)


def production(environment: str) -> Origin:
    """Read an environment that is not the name of another origin as production."""
    return Origin(environment) if environment in set(Origin) else Origin.PRODUCTION


@dataclass
class Traffic:
    """Counters and calls, added to a day at a time."""

    counters: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    coverage: set[tuple[str, date]] = field(default_factory=set)
    called: set[tuple[str, str, int]] = field(default_factory=set)

    def call(
        self,
        on: int,
        calls: int = 100,
        *,
        service: str = "app",
        environment: str = "",
        **recorded: int,
    ) -> Traffic:
        """Add a day's calls; what they recorded is everything but open lists, unless said."""
        known = {
            "intact": calls,
            "output_known": calls,
            "input_known": calls,
            "tokens_known": calls,
        }
        counts = {"list_open": 0, **known, **recorded}
        weight = counts.pop("weight", 1)
        row = {"day": day(on), "service": service, "model": "gpt-4o", "environment": environment}
        weights = {f"weighted_{name}": counts[name] * weight * MICRO for name in _RECORDED}
        self.calls.append(
            {**row, "calls": calls, "weight": calls * weight * MICRO, **counts, **weights}
        )
        self.coverage.add((service, day(on)))
        self.called.add((service, environment, on))
        return self

    def count(
        self,
        capability: str,
        on: int,
        *,
        hits: int = 0,
        service: str = "app",
        model: str = "gpt-4o",
        environment: str = "",
        weight: int = 1,
        **counts: Any,
    ) -> Traffic:
        """Add a day's counters of one capability; every hit is an occurrence, unless said."""
        at = (day(on) - _EPOCH).days * DAY_NS + DAY_NS // 2
        row = {
            "capability": capability, "day": day(on), "service": service, "model": model,
            "environment": environment, "matcher": "", "source": "tool", "hits": hits,
            "occurrences": hits, "first_ns": at if hits else None, "last_ns": at if hits else None,
        }  # fmt: skip
        weighted = {
            f"weighted_{name}": counts.get(name, 0) * weight * MICRO
            for name in ("observed", "unknown", "extra", "accounted")
        }
        self.counters.append({**row, **weighted, **counts})
        return self

    def tool(
        self,
        name: str,
        days: Iterable[int],
        *,
        offers: int = 100,
        hits: Callable[[int], int] | int = 0,
        **more: Any,
    ) -> Traffic:
        """Offer a tool in every call of some days, and call it `hits` times in each."""
        for on in days:
            fired = hits(on) if callable(hits) else hits
            self.count(f"tool.{name}", on, hits=fired, observed=offers, **more)
            where = {key: more[key] for key in ("service", "environment") if key in more}
            place = (more.get("service", "app"), more.get("environment", ""), on)
            if place not in self.called:
                self.call(on, offers, weight=more.get("weight", 1), **where)
        return self

    def daily(self, catalog: Sequence[Capability] = (), **options: Any) -> Daily:
        """Expand the counters as the audit does."""
        return expand(
            _frame(self.counters, _COUNTERS),
            _frame(self.calls, _CALLS),
            pl.DataFrame(
                sorted(self.coverage), schema={"service": pl.String, "day": pl.Date}, orient="row"
            ),
            catalog,
            **{"origin_of": production, **options},
        )

    def usages(
        self,
        as_of: int,
        catalog: Sequence[Capability] = (),
        *,
        earlier: int = 0,
        thresholds: Thresholds = DEFAULTS,
        **options: Any,
    ) -> Usages:
        """Assess for a horizon of 90 days, as of a day's number."""
        daily = self.daily(catalog, **options)
        return assess(daily, catalog, thresholds, 90, day(as_of), earlier_covered_days=earlier)


def _frame(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=schema, infer_schema_length=None)
    keep_null = {"first_ns", "last_ns"}
    zeros = [pl.col(name).fill_null(0) for name, kind in schema.items()
             if kind == pl.Int64 and name not in keep_null]  # fmt: skip
    return frame.with_columns(zeros)


def entry(capability: str, **fields: Any) -> Capability:
    """Write a catalog entry."""
    return Capability(capability, HERE, **fields)
