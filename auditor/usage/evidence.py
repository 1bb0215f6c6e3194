"""What was observed of each capability as of its cutoff: one pass over the days.

Everything is raw counts of the evidence window, except expected exposure, which sums weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import polars as pl

from auditor.model import MICRO, Capability, Thresholds
from auditor.usage.daily import Daily
from auditor.usage.windows import capability_windows, cutoffs, service_windows

WEEKS = 26
_CADENCES_SEEN = 4

_SUMS = (
    ("hits", "hits", "window"),
    ("occurrences", "occurrences", "window"),
    ("observed", "observed", "window"),
    ("unknown", "unknown", "window"),
    ("recent_hits", "hits", "recent"),
    ("silent_occurrences", "occurrences", "silent_in_window"),
    ("silent_observed", "observed", "silent_in_window"),
    ("silent_unknown", "unknown", "silent"),
    ("observed_since", "observed", "since"),
    ("recent_weight", "weighted_offers", "recent"),
    ("short_weight", "weighted_offers", "short"),
    ("long_weight", "weighted_offers", "long"),
)
"""What is summed: a name, the column, and the span of days (see `_marked`)."""
_COUNTS = ("lifetime_hits", *(name for name, of, _ in _SUMS if of != "weighted_offers"))


def gather(
    daily: Daily,
    catalog: Sequence[Capability],
    thresholds: Thresholds,
    as_of: date,
    earlier_covered_days: int = 0,
) -> pl.DataFrame:
    """Sum up each capability of the audit as of its cutoff, one row each, sorted by id.

    A capability is in the audit when the catalog has it (and it was born by then), when it was
    hit, or when it is a tool that was offered. Daily means are weighted offers a covered day:
    `recent_mean` over the last 90, `feared_mean` the larger of the last 28 and 364, taken per
    service and added.
    """
    entries = _entries(catalog, thresholds)
    cut = cutoffs(daily.pairs, daily.coverage, as_of, earlier_covered_days)
    pairs = _cut_pairs(daily.pairs, cut, entries, thresholds)
    coverage = daily.coverage.filter(pl.col("day") <= as_of)
    windows = capability_windows(pairs, coverage, _last_hits(daily.rows, pairs))
    marks = pairs.join(windows, on="capability").join(service_windows(pairs, coverage), on="pair")
    sums = _sum_rows(daily.rows, marks)
    found = windows.join(sums, on="capability").join(cut, on="capability")
    # A catalogued capability without traffic has no covered days to go back.
    how: Literal["left", "full"] = "left" if earlier_covered_days else "full"
    seen = found.join(entries, on="capability", how=how, coalesce=True).with_columns(
        pl.col("cutoff").fill_null(as_of),
        pl.col("window_days").fill_null(thresholds.window_days),
    )
    weekly = _weekly(daily.rows, marks)
    return _in_audit(seen).join(weekly, on="capability", how="left").sort("capability")


def window_days(thresholds: Thresholds, cadence_days: int | None) -> int:
    """Length of the evidence window in covered days: long enough for four runs of a rhythm."""
    return max(thresholds.window_days, _CADENCES_SEEN * (cadence_days or 0))


def scheduled_runs(horizon_days: int, cadence_days: int | None) -> int:
    """Runs within the horizon that a declared cadence announces.

    >>> scheduled_runs(90, None), scheduled_runs(90, 90), scheduled_runs(90, 89)
    (0, 1, 2)
    """
    return math.ceil(horizon_days / cadence_days) if cadence_days else 0


def _entries(catalog: Sequence[Capability], thresholds: Thresholds) -> pl.DataFrame:
    rows = [
        (
            entry.id,
            entry.birth,
            entry.cadence_days,
            window_days(thresholds, entry.cadence_days),
            True,
        )
        for entry in catalog
    ]
    schema = {
        "capability": pl.String,
        "catalogued_on": pl.Date,
        "cadence_days": pl.Int64,
        "window_days": pl.Int64,
        "catalogued": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _cut_pairs(
    pairs: pl.DataFrame, cut: pl.DataFrame, entries: pl.DataFrame, thresholds: Thresholds
) -> pl.DataFrame:
    """Leave out the services that had not offered it by then, and what was not yet observed."""
    windows = entries.select("capability", "window_days")
    known = pairs.join(cut, on="capability").join(windows, on="capability", how="left")
    observed = pl.col("first_observed")
    return known.filter(pl.col("first_offer") <= pl.col("cutoff")).with_columns(
        pl.col("window_days").fill_null(thresholds.window_days),
        first_observed=pl.when(observed <= pl.col("cutoff")).then(observed),
    )


def _last_hits(rows: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    fired = rows.filter((pl.col("hits") > 0) | (pl.col("former_hits") > 0))
    cut = fired.select("pair", "day").join(pairs.select("pair", "capability", "cutoff"), on="pair")
    before = cut.filter(pl.col("day") <= pl.col("cutoff"))
    return before.group_by("capability").agg(last_hit=pl.col("day").max())


def _sum_rows(rows: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """Sum each pair's days by window, then its services."""
    by_pair = (
        _marked(rows, marks)
        .with_columns((pl.col(of) * pl.col(span)).alias(f"_{name}") for name, of, span in _SUMS)
        .group_by("pair")
        .agg(
            pl.col("capability", "recent_days", "short_days", "long_days").first(),
            *(pl.col(f"_{name}").sum().alias(name) for name, _, _ in _SUMS),
            lifetime_hits=pl.col("hits").sum() + pl.col("former_hits").sum(),
            first_offered=pl.when(pl.col("observed") > 0).then("day").min(),
            first_ns=pl.col("first_ns").min(),
            last_ns=pl.col("last_ns").max(),
        )
        .collect()
    )
    feared = pl.max_horizontal(
        pl.col("short_weight") / pl.col("short_days"), pl.col("long_weight") / pl.col("long_days")
    )
    # In one order, since floats add up differently in each.
    return (
        by_pair.sort("pair")
        .group_by("capability", maintain_order=True)
        .agg(
            pl.col(*_COUNTS).sum(),
            recent_mean=pl.col("recent_weight").sum() / pl.col("recent_days").first() / MICRO,
            feared_mean=feared.sum() / MICRO,
            first_offered=pl.col("first_offered").min(),
            first_ns=pl.col("first_ns").min(),
            last_ns=pl.col("last_ns").max(),
        )
    )


def _marked(rows: pl.DataFrame, marks: pl.DataFrame) -> pl.LazyFrame:
    """Say of each day up to the cutoff in which spans it lies."""
    day = pl.col("day")
    cut = (
        rows.lazy()
        .drop("capability", "service")
        .join(marks.lazy(), on="pair")
        .filter(day <= pl.col("cutoff"))
    )
    return cut.with_columns(
        window=day >= pl.col("window_from"),
        silent=day >= pl.col("silent_from"),
        recent=day >= pl.col("recent_from"),
        since=day > pl.col("last_hit"),
        short=day >= pl.col("short_from"),
        long=day >= pl.col("long_from"),
    ).with_columns(silent_in_window=pl.col("silent") & pl.col("window"))


def _in_audit(seen: pl.DataFrame) -> pl.DataFrame:
    listed = pl.col("catalogued") & (
        pl.col("catalogued_on").is_null() | (pl.col("catalogued_on") <= pl.col("cutoff"))
    )
    offered = pl.col("capability").str.starts_with("tool.") & (
        pl.col("observed").fill_null(0) + pl.col("unknown").fill_null(0) > 0
    )
    fired_on = pl.from_epoch("first_ns", time_unit="ns").dt.date()
    return (
        seen.with_columns(
            pl.col(*_COUNTS, "covered", "age", "recent_mean", "feared_mean").fill_null(0)
        )
        .filter(listed.fill_null(value=False) | offered | (pl.col("lifetime_hits") > 0))
        .with_columns(
            birth=pl.min_horizontal(
                pl.when(listed).then(pl.col("catalogued_on")), "first_offered", fired_on
            )
        )
    )


def _weekly(rows: pl.DataFrame, marks: pl.DataFrame) -> pl.DataFrame:
    """List the occurrences of each of the last 26 ISO weeks, oldest first."""
    fired = rows.filter(pl.col("occurrences") > 0).select("pair", "day", "occurrences")
    week = pl.col("cutoff").dt.truncate("1w") - pl.col("day").dt.truncate("1w")
    ago = (week / timedelta(weeks=1)).round().cast(pl.Int64)
    cut = (
        fired.join(marks.select("pair", "capability", "cutoff"), on="pair")
        .filter(pl.col("day") <= pl.col("cutoff"))
        .with_columns(ago=ago)
        .filter(pl.col("ago") < WEEKS)
    )
    in_week = [
        pl.col("occurrences").filter(pl.col("ago") == back).sum().alias(str(back))
        for back in reversed(range(WEEKS))
    ]
    counts = cut.group_by("capability").agg(in_week)
    return counts.select("capability", weekly=pl.concat_list(pl.exclude("capability")))
