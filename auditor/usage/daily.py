"""Counters become days: per capability, service and day its hits and its offers.

A capability's offers are not stored per hour. They follow from what the calls of a service
recorded and from the day on which that service first declared or used it, so they are worked
out here, when read. The row of a day depends on that day and earlier ones only: what holds as
of a past day is found by leaving later rows out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

import polars as pl

from auditor.model import Capability, Origin
from auditor.usage.offers import CALL_COUNTS, offers

SUMMED = ("hits", "former_hits", "occurrences")


@dataclass(frozen=True, slots=True)
class Daily:
    """What the audit reads; make one with `expand`, or with `Daily.of` from rows of your own."""

    rows: pl.DataFrame
    """`pair` (UInt32), `capability`, `service`, `day`, `hits`, `former_hits` (of an earlier
    matcher), `occurrences`, `observed`, `unknown` (offers; hits <= observed), `weighted_offers`
    (calls, in millionths), `first_ns`, `last_ns` (of hits). One row a pair and day, none where
    all is 0.
    """
    pairs: pl.DataFrame
    """`pair`, `capability`, `service`, `first_offer`, `first_observed` (days, or null)."""
    coverage: pl.DataFrame
    """`service`, `day`: the covered days of each service, distinct."""

    @classmethod
    def of(cls, rows: pl.DataFrame, coverage: pl.DataFrame) -> Daily:
        """Number the pairs of capability and service, and note when each began."""
        pairs = (
            rows.group_by("capability", "service")
            .agg(
                first_offer=pl.col("day").min(),
                first_observed=pl.col("day").filter(pl.col("observed") > 0).min(),
            )
            .sort("capability", "service")
            .with_row_index("pair")
        )
        numbered = rows.join(
            pairs.select("pair", "capability", "service"), on=["capability", "service"]
        )
        return cls(numbered, pairs, coverage.select("service", "day").unique())

    def up_to(self, day: date) -> Daily:
        """The same with all that came later cut off: what was known at the end of `day`."""
        known = pl.col("day") <= day
        begun = self.pairs.filter(pl.col("first_offer") <= day).with_columns(
            first_observed=pl.when(pl.col("first_observed") <= day).then("first_observed")
        )
        return Daily(self.rows.filter(known), begun, self.coverage.filter(known))


def expand(
    counters: pl.DataFrame,
    calls: pl.DataFrame,
    coverage: pl.DataFrame,
    catalog: Sequence[Capability],
    *,
    origin_of: Callable[[str], Origin],
    origin: Origin | None = Origin.PRODUCTION,
    service_glob: str | None = None,
) -> Daily:
    """Work out the days of every capability in the counters or the catalog.

    `origin_of` maps an environment to its origin; `origin` None reads all of them. Coverage
    counts spans of whatever origin. Earlier ids (`was`) are joined to the entry that names
    them: hits and occurrences add up, a day's offers are the largest of the ids', not the sum.
    """
    wanted = _origin_filter([counters, calls], origin_of, origin)
    heard = _service_filter([counters, calls, coverage], service_glob)
    counters, calls = counters.filter(wanted & heard), calls.filter(wanted & heard)
    by_day = _calls_by_day(counters, calls)
    rows = _join_ids(offers(counters, by_day, catalog)).filter(
        pl.any_horizontal(pl.col(*SUMMED, "observed", "unknown") > 0)
    )
    covered = pl.concat(
        [coverage.filter(heard).select("service", "day"), by_day.select("service", "day")]
    )
    return Daily.of(rows, covered)


def _origin_filter(
    frames: Sequence[pl.DataFrame], origin_of: Callable[[str], Origin], origin: Origin | None
) -> pl.Expr:
    if origin is None:
        return pl.lit(value=True)
    seen = {name for frame in frames for name in frame["environment"].unique()}
    return pl.col("environment").is_in([name for name in seen if origin_of(name) == origin])


def _service_filter(frames: Sequence[pl.DataFrame], glob: str | None) -> pl.Expr:
    if glob is None:
        return pl.lit(value=True)
    seen = {name for frame in frames for name in frame["service"].unique()}
    return pl.col("service").is_in([name for name in seen if fnmatchcase(name, glob)])


def _calls_by_day(counters: pl.DataFrame, calls: pl.DataFrame) -> pl.DataFrame:
    """Sum over models and environments; a day known from its counters alone has zeros."""
    keys, counts = ["service", "day"], list(CALL_COUNTS)
    silent = (
        counters.select(keys)
        .unique()
        .with_columns(pl.lit(0, calls.schema[name]).alias(name) for name in counts)
    )
    both = pl.concat([calls.select(*keys, *counts), silent.select(*keys, *counts)])
    return both.group_by(keys).agg(pl.col(counts).sum())


def _join_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """Join the rows of a tool's earlier ids: the day's offers are the largest of the ids'."""
    columns = [name for name in rows.columns if name != "name"]
    keys = ["capability", "service", "day"]
    renamed = rows.filter(pl.col("name") != pl.col("capability"))["capability"].unique().to_list()
    if not renamed:
        return rows.select(columns)
    several = pl.col("capability").is_in(renamed)
    joined = (
        rows.filter(several)
        .group_by(keys)
        .agg(
            pl.col(*SUMMED).sum(),
            pl.col("observed", "weighted_offers").max(),
            total=(pl.col("observed") + pl.col("unknown")).max(),
            first_ns=pl.col("first_ns").min(),
            last_ns=pl.col("last_ns").max(),
        )
        .with_columns(observed=pl.max_horizontal("observed", "hits"))
        .with_columns(unknown=(pl.col("total") - pl.col("observed")).clip(lower_bound=0))
    )
    return pl.concat([rows.filter(~several).select(columns), joined.select(columns)])
