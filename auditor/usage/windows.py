"""Covered days: where each window of a capability begins, counted in days that were seen.

A day without coverage counts in no age, rate or silence. A capability's days are those of any
service that has offered it; those of one service are its own, however long ago they were.
"""

from __future__ import annotations

from datetime import date

import polars as pl

SILENT_DAYS = 28
RECENT_DAYS = 90
YEAR_DAYS = 364


def cutoffs(pairs: pl.DataFrame, coverage: pl.DataFrame, as_of: date, earlier: int) -> pl.DataFrame:
    """Give the day as of which each capability is looked at: `capability`, `cutoff`.

    `earlier` counts its covered days back from `as_of`; a capability with no more than that
    many has no row.
    """
    offered = _grouped(pairs.filter(pl.col("first_offer") <= as_of))
    if earlier == 0:
        return offered.select("capability", cutoff=pl.lit(as_of)).unique()
    days = _calendar(offered, coverage).filter(pl.col("day") <= as_of)
    back = days.group_by("group").agg(
        cutoff=pl.col("day").max(), rank=pl.col("rank").max() - earlier
    )
    cut = back.drop("cutoff").join(days, on=["group", "rank"]).select("group", cutoff="day")
    return offered.select("capability", "group").unique().join(cut, on="group").drop("group")


def service_windows(pairs: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Say where the last 28 and 364 covered days of each pair's own service begin.

    `pairs` carries `cutoff`. Days before the pair's first offer are left out. Columns: `pair`,
    `short_from`, `short_days`, `long_from`, `long_days`.
    """
    days = _calendar(pairs.select("service", group="service").unique(), coverage)
    placed = pairs.select("pair", "cutoff", "first_offer", group="service")
    placed = _rank(placed, days, "cutoff", "last").pipe(_rank, days, "first_offer", "first")
    for name, length in (("short", SILENT_DAYS), ("long", YEAR_DAYS)):
        start = pl.max_horizontal(pl.col("last") - (length - 1), pl.col("first"))
        placed = placed.with_columns(start.alias("rank")).pipe(_day, days, f"{name}_from")
        placed = placed.with_columns((pl.col("last") - pl.col("rank") + 1).alias(f"{name}_days"))
    return placed.select("pair", "short_from", "short_days", "long_from", "long_days")


def capability_windows(
    pairs: pl.DataFrame, coverage: pl.DataFrame, last_hits: pl.DataFrame
) -> pl.DataFrame:
    """Say for each capability where its windows begin and how many covered days lie in them.

    `pairs` carries `cutoff` and `window_days`; `last_hits` has `capability`, `last_hit`.
    Columns: `capability`, `last_hit`, `window_from`, `silent_from`, `recent_from` (days),
    `covered`, `recent_days`, `age`, `silence` (numbers of covered days).
    """
    grouped = _grouped(pairs)
    days = _calendar(grouped, coverage)
    placed = (
        grouped.group_by("capability", "group", "cutoff", "window_days")
        .agg(pl.col("first_offer", "first_observed").min())
        .join(last_hits, on="capability", how="left")
    )
    for day, name in (
        ("cutoff", "last"),
        ("first_offer", "first"),
        ("first_observed", "born"),
        ("last_hit", "fired"),
    ):
        placed = _rank(placed, days, day, name)
    for name, length in (
        ("window_from", pl.col("window_days")),
        ("silent_from", pl.lit(SILENT_DAYS)),
        ("recent_from", pl.lit(RECENT_DAYS)),
    ):
        start = (pl.col("last") - length + 1).clip(lower_bound=0)
        placed = placed.with_columns(start.alias("rank")).pipe(_day, days, name)
    return placed.select(
        "capability",
        "last_hit",
        "window_from",
        "silent_from",
        "recent_from",
        covered=pl.col("last") + 1,
        recent_days=pl.min_horizontal(pl.col("last") - pl.col("first") + 1, RECENT_DAYS),
        age=(pl.col("last") - pl.col("born")).clip(lower_bound=0).fill_null(0),
        silence=pl.col("last") - pl.col("fired"),
    )


def _grouped(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `group`: the same for all capabilities that the same services have offered."""
    services = pairs.group_by("capability").agg(group=pl.col("service").sort().str.join("\0"))
    return pairs.join(services, on="capability")


def _calendar(members: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Number each group's covered days from 0: `group`, `day`, `rank`."""
    days = members.select("group", "service").unique().join(coverage, on="service")
    return (
        days.select("group", "day")
        .unique()
        .sort("group", "day")
        .with_columns(rank=pl.int_range(pl.len(), dtype=pl.Int64).over("group"))
    )


def _rank(frame: pl.DataFrame, days: pl.DataFrame, day: str, name: str) -> pl.DataFrame:
    """Add as `name` the number of the last covered day that is not after `day`."""
    numbered = days.select("group", pl.col("day").alias(day), pl.col("rank").alias(name)).sort(day)
    return frame.sort(day).join_asof(
        numbered, on=day, by="group", strategy="backward", check_sortedness=False
    )


def _day(frame: pl.DataFrame, days: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add as `name` the covered day whose number stands in `rank`."""
    dated = days.select("group", "rank", pl.col("day").alias(name))
    return frame.join(dated, on=["group", "rank"], how="left")
