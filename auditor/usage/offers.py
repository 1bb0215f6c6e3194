"""Which calls could have used a capability, and in which of them it would have been seen.

Five families, by what their offers are read from:

* `tool`: the recorded tool lists; a call whose list is open is an unknown offer of every tool
  that its service has offered or called before;
* `matcher`: what the catalog's current matcher read; what it did not read is unknown;
* `since`: tags and prompts: every call of a service from the day of its first use there, or
  from the birth of a catalog entry whose scope names the service;
* `format`: the same, but the calls before the first use are unknown offers: whether the
  instrumentation records output types at all is not known until it once does;
* `every`: the other structural labels: every call of every service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

import polars as pl

from auditor.model import STRUCTURAL, Capability, Source

_EVERY = {Source.PARALLEL, Source.STEPS, Source.CONTEXT}
_KEYS = ["name", "service", "day"]
_COUNTED = ("hits", "occurrences", "observed", "unknown", "extra", "accounted")
_WEIGHTED = ("weighted_observed", "weighted_unknown", "weighted_extra", "weighted_accounted")

_RECORDED = tuple(sorted({structural.observed_when for structural in STRUCTURAL} - {""}))
CALL_COUNTS = ("calls", "list_open", "weight", "weighted_list_open", *_RECORDED)
"""The columns of `calls` that offers are worked out from."""


def offers(
    counters: pl.DataFrame, calls: pl.DataFrame, catalog: Sequence[Capability]
) -> pl.DataFrame:
    """Give each capability a row a service and day with its hits, observed and unknown offers.

    `counters` as the store keeps them, `calls` summed by service and day. Columns as
    `Daily.rows` without `pair`, and `name`: the id under which a tool was counted.
    """
    names = _names(counters, catalog)
    services = calls.select("service").unique().with_row_index("service_number")
    counted = _counted(counters.lazy(), names.lazy(), services.lazy()).collect()
    starts = _starts(counted, names, calls, catalog, _first_labels(counters)).lazy()
    days = calls.join(services, on="service").lazy()
    grid = starts.join(days, on="service").filter(pl.col("day") >= pl.col("first"))
    known = counted.lazy().drop("name", "service", "day", "family")
    filled = grid.with_columns(key=_key()).join(known, on="key", how="left")
    counts = pl.col(*_COUNTED, *_WEIGHTED, "former_hits").fill_null(0)
    return _judge(filled.with_columns(counts)).collect()


def _names(counters: pl.DataFrame, catalog: Sequence[Capability]) -> pl.DataFrame:
    """Say for every id what it is called now, its family and its current matcher."""
    entries = {entry.id: entry for entry in catalog}
    current = {old: entry.id for entry in catalog for old in entry.was}
    rows = []
    for id_ in sorted({*counters["capability"].unique(), *entries}):
        capability = current.get(id_, id_)
        family, column = _family(capability, entries)
        # Only a tool's earlier ids have offers of their own; the counts of others add up.
        name = id_ if family == "tool" else capability
        digest = entries[capability].matcher_digest if capability in entries else ""
        rows.append((id_, capability, name, family, column, digest))
    columns = ("id", "capability", "name", "family", "column", "digest")
    named = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    return named.with_columns(name_number=pl.col("name").rank("dense"))


def _family(capability: str, entries: Mapping[str, Capability]) -> tuple[str, str]:
    """Name the family, and the column of `calls` that counts its observed offers."""
    if capability in entries and entries[capability].match is not None:
        return "matcher", ""
    for structural in STRUCTURAL:
        if fnmatchcase(capability, structural.pattern):
            if structural.source is Source.TOOL:
                return "tool", ""
            if structural.source in _EVERY:
                return "every", structural.observed_when
    return ("format" if capability.startswith("format.") else "since"), "intact"


def _key() -> pl.Expr:
    """Pack name, service and day into one number: joining on three texts takes thrice the time."""
    number = pl.col("name_number").cast(pl.Int64) * 2**20 + pl.col("service_number")
    return number * 2**20 + pl.col("day").to_physical()


def _counted(counters: pl.LazyFrame, names: pl.LazyFrame, services: pl.LazyFrame) -> pl.LazyFrame:
    """Sum over models and environments; the hits of an earlier matcher stand apart."""
    known = counters.join(names, left_on="capability", right_on="id").join(services, on="service")
    current = (pl.col("matcher") == "") | (pl.col("matcher") == pl.col("digest"))
    split = known.with_columns(current=current, key=_key()).with_columns(
        pl.col(*_COUNTED, *_WEIGHTED) * pl.col("current"),
        former_hits=pl.col("hits") * ~pl.col("current"),
    )
    return split.group_by("key").agg(
        pl.col(*_KEYS, "family").first(),
        pl.col(*_COUNTED, *_WEIGHTED, "former_hits").sum(),
        first_ns=pl.col("first_ns").min(),
        last_ns=pl.col("last_ns").max(),
    )


def _starts(
    counted: pl.DataFrame,
    names: pl.DataFrame,
    calls: pl.DataFrame,
    catalog: Sequence[Capability],
    first_labels: _FirstLabels,
) -> pl.DataFrame:
    """Say for each name and service from which day it has rows (`first`) and offers (`since`)."""
    services = calls.group_by("service").agg(opened=pl.col("day").min())
    known = names.drop("id", "digest").unique()
    everywhere = known.join(services, how="cross")
    candidates = [
        _first_used(counted),
        everywhere.filter(pl.col("family") == "every").select(
            "name", "service", first="opened", since="opened"
        ),
        everywhere.filter(pl.col("family") == "format").select(
            "name", "service", first="opened", since=pl.lit(None, pl.Date)
        ),
        _declared(known, services, catalog, first_labels),
    ]
    earliest = pl.concat(candidates).group_by("name", "service").agg(pl.col("first", "since").min())
    narrow = [entry.id for entry in catalog if _is_narrow(entry)]
    since = pl.when(~pl.col("name").is_in(narrow)).then(pl.col("since"))
    return earliest.with_columns(since=since).join(known, on="name")


_FirstLabels = Mapping[tuple[str, str], date]
"""(source, service) -> the first day on which the service used any label of that source."""


def _first_labels(counters: pl.DataFrame) -> _FirstLabels:
    used = counters.filter(pl.col("hits") > 0)
    first = used.group_by("source", "service").agg(pl.col("day").min())
    return {(source, service): day for source, service, day in first.iter_rows()}


def _is_narrow(entry: Capability) -> bool:
    """Whether a tag's scope asks for more than a service: then no call is known to be in it."""
    return entry.match is None and bool(entry.scope.agent or entry.scope.attributes)


def _first_used(counted: pl.DataFrame) -> pl.DataFrame:
    # A tag is declared by its use; a tool or a matcher is there once a call could tell.
    offered = (pl.col("family") != "since") & (pl.col("family") != "format")
    told = pl.any_horizontal(pl.col("observed", "unknown", "accounted") > 0)
    in_use = (pl.col("hits") > 0) | (offered & told)
    first_use = counted.filter(in_use | (pl.col("former_hits") > 0))
    return first_use.group_by("name", "service").agg(
        first=pl.col("day").min(), since=pl.col("day").filter(in_use).min()
    )


def _declared(
    known: pl.DataFrame,
    services: pl.DataFrame,
    catalog: Sequence[Capability],
    first_labels: _FirstLabels,
) -> pl.DataFrame:
    """Find the services that catalog entries with a scope or a matcher name, from birth on.

    A tag or prompt that was never used is an observed offer only from the day on which its
    service set any of that kind: before it, nothing shows that it would have been recorded.
    """
    families = dict(known.select("name", "family").iter_rows())
    rows = []
    for entry in catalog:
        glob = entry.scope.service
        family = families.get(entry.id)
        if family == "matcher" or (family == "since" and glob is not None):
            for service, opened in services.iter_rows():
                if fnmatchcase(service, glob or "*"):
                    day = max(opened, entry.birth) if entry.birth else opened
                    source = Source.PROMPT if entry.id.startswith("prompt.") else Source.TAG
                    label = first_labels.get((source, service))
                    told = max(day, label) if label is not None else None
                    rows.append((entry.id, service, day, day if family == "matcher" else told))
    schema = {"name": pl.String, "service": pl.String, "first": pl.Date, "since": pl.Date}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _judge(filled: pl.LazyFrame) -> pl.LazyFrame:
    """Turn what the calls recorded into observed and unknown offers; hits <= observed."""
    family = pl.col("family")
    since = pl.col("day") >= pl.col("since")
    recorded = pl.coalesce(
        pl.when(pl.col("column") == column).then(pl.col(column)) for column in _RECORDED
    )
    # Labelled calls count as observed even where the record was not whole.
    seen = pl.min_horizontal(recorded + pl.col("extra"), "calls")
    told = pl.col("observed") + pl.col("extra")
    observed = pl.when(family.is_in(["tool", "matcher"])).then(told).otherwise(seen)
    untold = pl.col("unknown") + _left(family, "list_open", "calls", "accounted")
    weighted_untold = pl.col("weighted_unknown") + _left(
        family, "weighted_list_open", "weight", "weighted_accounted"
    )
    weighted_told = pl.col("weighted_observed") + pl.col("weighted_extra")
    with_lists = family.is_in(["tool", "matcher"])
    return (
        filled.with_columns(
            observed=pl.max_horizontal(pl.when(since).then(observed).otherwise(0), pl.col("hits"))
        )
        .with_columns(
            unknown=pl.when(with_lists)
            .then(untold)
            .otherwise(pl.col("calls") - pl.col("observed")),
            weighted_offers=pl.when(with_lists)
            .then(weighted_told + weighted_untold)
            .otherwise(pl.col("weight")),
        )
        .with_columns(
            pl.when(since | family.is_in(["format", "since"]))
            .then(pl.col("unknown", "weighted_offers"))
            .otherwise(0)
        )
        .with_columns(unknown=pl.col("unknown").clip(lower_bound=0))
        .select(
            "name",
            "capability",
            "service",
            "day",
            "hits",
            "former_hits",
            "occurrences",
            "observed",
            "unknown",
            "weighted_offers",
            "first_ns",
            "last_ns",
        )
    )


def _left(family: pl.Expr, open_lists: str, calls: str, accounted: str) -> pl.Expr:
    """Count the calls in which nothing tells whether the capability could have been used."""
    pool = pl.when(family == "tool").then(pl.col(open_lists)).otherwise(pl.col(calls))
    return (pool - pl.col(accounted)).clip(lower_bound=0)
