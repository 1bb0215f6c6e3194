"""The audit: what the store saw, judged by the project's rules, one decision per capability."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from importlib.metadata import version
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Final

import polars as pl

from auditor.decide.decide import decide
from auditor.model import Capability, Decision, Origin, Thresholds, Usage, Verdict
from auditor.project import Project
from auditor.store import Frames, Reader, digest
from auditor.usage.assess import assess
from auditor.usage.daily import expand
from auditor.usage.foresight import Foresight

CHARS_PER_TOKEN: Final = 4
OUTLOOK_DAYS: Final = (14, 28, 42, 56, 84, 112, 168, 252, 364)
"""Silences after which an audit says what a learnt bound would be."""
UNLABELLED: Final = "unlabelled"
DEMANDING: Final = (Decision.FALLBACK, Decision.WATCH, Decision.DISTILL, Decision.DROP)
"""Decisions, from the one that holds a call most firmly at the teacher to the least."""


@dataclass(frozen=True, slots=True)
class Row:
    """One capability of an audit."""

    usage: Usage
    verdict: Verdict
    entry: Capability | None
    """None: seen in traffic, not in the catalog."""
    share_of_calls: float
    definition_tokens: int
    """Tokens of the tool's definition, characters / 4; 0 where none was recorded."""
    saved_tokens: int | None
    """Tokens that dropping it saves over the horizon; None where it is no droppable tool."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit as of the end of a UTC day."""

    as_of: date
    first_day: date | None
    last_day: date | None
    calls: int
    covered_days: int
    uncovered_days: int
    gaps: tuple[tuple[date, date], ...]
    """First and last day of each run of uncovered days."""
    left_out: Mapping[str, int]
    """Calls that usage did not read, by origin."""
    list_known_share: float | None
    """Share of calls whose list of offered tools is known."""
    calls_by_decision: Mapping[str, int]
    """Calls by the most demanding decision among their capabilities; `unlabelled` has the rest."""
    fires_elsewhere: Mapping[str, Mapping[str, int]]
    """Hits by origin of those capabilities that fire outside the audited origin alone."""
    invented: Mapping[str, int]
    """Calls to tools that a whole, known list did not offer, by tool."""
    horizon_days: int
    currency: str
    drop_budget: float
    drop_budget_total: float
    thresholds: Thresholds
    prior: tuple[float, float]
    """Shape (occurrences) and rate (observed offers) of the fitted gamma prior."""
    version: str
    digests: Mapping[str, str]
    rows: tuple[Row, ...]
    served_by: Mapping[str, int] = field(default_factory=dict)
    """Calls by who answered: `teacher`, `student` or `other`. No demand depends on it."""
    service: str | None = None
    """The glob of the services that were looked at; None: all of them."""
    origin: str = str(Origin.PRODUCTION)


def run(
    project: Project,
    reader: Reader,
    as_of: date,
    *,
    service: str | None = None,
    origin: str | None = None,
) -> Audit:
    """Judge every capability that the store or the catalog knows, as of the end of `as_of`.

    Nothing after that day is seen: neither calls nor catalog entries born later. `service` (a
    glob) and `origin` (`all` reads every one) look at a part of the traffic.
    """
    frames = Frames(*(_until(frame, as_of) for frame in reader.frames))
    wanted = None if origin == "all" else Origin(origin or Origin.PRODUCTION)
    origin_of, costs = project.settings.origin_of, project.costs
    thresholds = project.settings.thresholds
    catalog = tuple(e for e in project.catalog if e.birth is None or e.birth <= as_of)
    daily = expand(
        frames.counters,
        frames.calls,
        frames.coverage,
        catalog,
        origin_of=origin_of,
        origin=wanted,
        service_glob=service,
    )
    foresight = Foresight(daily, catalog, costs.horizon_days, outlook=OUTLOOK_DAYS)
    now, week_ago, fortnight_ago = (
        assess(
            daily,
            catalog,
            thresholds,
            costs.horizon_days,
            as_of,
            earlier_covered_days=earlier,
            foresight=foresight,
        )
        for earlier in (0, 7, 14)
    )
    verdicts = decide(
        now.by_capability,
        week_ago.by_capability,
        fortnight_ago.by_capability,
        catalog,
        costs,
        thresholds,
        as_of,
    )
    traffic = _Traffic(frames, catalog, origin_of, wanted, service)
    days = traffic.covered_days()
    gaps = _gaps(days, as_of)
    return Audit(
        as_of=as_of,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        calls=traffic.calls,
        covered_days=len(days),
        uncovered_days=sum((last - first).days + 1 for first, last in gaps),
        gaps=gaps,
        left_out=traffic.left_out(),
        list_known_share=traffic.list_known_share(),
        calls_by_decision=traffic.by_decision({v.capability: v.decision for v in verdicts}),
        fires_elsewhere=traffic.fires_elsewhere(now.by_capability),
        invented=traffic.invented(),
        horizon_days=costs.horizon_days,
        currency=costs.currency,
        drop_budget=costs.drop_budget,
        drop_budget_total=costs.drop_budget_total,
        thresholds=thresholds,
        prior=(now.prior.alpha, now.prior.beta),
        version=version("capability-auditor"),
        digests={**project.digests, "store": digest(frames)},
        rows=_rows(now.by_capability, verdicts, catalog, traffic),
        served_by=traffic.served_by(project.settings.served_by),
        service=service,
        origin=origin or str(Origin.PRODUCTION),
    )


def _until(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    return frame.filter(pl.col("day") <= as_of) if "day" in frame.columns else frame


def _gaps(days: Sequence[date], as_of: date) -> tuple[tuple[date, date], ...]:
    """Runs of uncovered days from the first covered one on, `as_of` itself left out.

    That day may not be over yet, so that no span of it says nothing.
    """
    edges = [*sorted({*days, as_of})] if days else []
    return tuple(
        (before + timedelta(days=1), after - timedelta(days=1))
        for before, after in pairwise(edges)
        if (after - before).days > 1
    )


def _rows(
    usages: Mapping[str, Usage],
    verdicts: Sequence[Verdict],
    catalog: Sequence[Capability],
    traffic: _Traffic,
) -> tuple[Row, ...]:
    entries = {entry.id: entry for entry in catalog}
    definitions = traffic.definition_tokens()
    rows = []
    for verdict in verdicts:
        name = verdict.capability
        usage = usages[name]
        tokens = definitions.get(name, 0)
        droppable = verdict.decision is Decision.DROP and tokens > 0
        rows.append(
            Row(
                usage=usage,
                verdict=verdict,
                entry=entries.get(name),
                share_of_calls=usage.lifetime_hits / traffic.calls if traffic.calls else 0.0,
                definition_tokens=tokens,
                saved_tokens=round(tokens * usage.offers_in_horizon) if droppable else None,
            )
        )
    return tuple(rows)


class _Traffic:
    """The calls that an audit reads, and those that it leaves out."""

    def __init__(
        self,
        frames: Frames,
        catalog: Sequence[Capability],
        origin_of: Callable[[str], Origin],
        wanted: Origin | None,
        service: str | None,
    ) -> None:
        def heard(frame: pl.DataFrame) -> pl.DataFrame:
            if service is None:
                return frame
            names = [n for n in frame["service"].unique() if fnmatchcase(n, service)]
            return frame.filter(pl.col("service").is_in(names))

        def with_origin(frame: pl.DataFrame) -> pl.DataFrame:
            origins = {e: str(origin_of(e)) for e in frame["environment"].unique()}
            return heard(frame).with_columns(
                origin=pl.col("environment").replace_strict(origins, return_dtype=pl.String)
            )

        self._renamed = {old: entry.id for entry in catalog for old in entry.was}
        self._wanted = pl.lit(value=True) if wanted is None else pl.col("origin") == str(wanted)
        self._counters = with_origin(frames.counters)
        self._calls = with_origin(frames.calls)
        self._together = with_origin(frames.together).filter(self._wanted)
        self._coverage = heard(frames.coverage)
        self._definitions = heard(frames.definitions)
        self._read = self._calls.filter(self._wanted)
        self.calls = int(self._read["calls"].sum())

    def covered_days(self) -> list[date]:
        return self._coverage["day"].unique().sort().to_list()

    def left_out(self) -> dict[str, int]:
        others = self._calls.filter(~self._wanted).group_by("origin").agg(pl.col("calls").sum())
        return dict(others.sort("origin").iter_rows())

    def served_by(self, name_of: Callable[[str], str]) -> dict[str, int]:
        counted: Counter[str] = Counter()
        for model, calls in self._read.group_by("model").agg(pl.col("calls").sum()).iter_rows():
            counted[name_of(model)] += calls
        return dict(sorted(counted.items()))

    def list_known_share(self) -> float | None:
        return int(self._read["list_known"].sum()) / self.calls if self.calls else None

    def by_decision(self, decided: Mapping[str, Decision]) -> dict[str, int]:
        """Each call once, under the most demanding decision among its capabilities."""
        counted = dict.fromkeys([*(str(d) for d in DEMANDING), UNLABELLED], 0)
        sums = self._together.group_by("capabilities").agg(pl.col("calls").sum())
        for names, calls in sums.iter_rows():
            decisions = {decided.get(self._renamed.get(name, name)) for name in names}
            first = next((str(d) for d in DEMANDING if d in decisions), UNLABELLED)
            counted[first] += calls
        return counted

    def definition_tokens(self) -> dict[str, int]:
        """Of each tool, by capability, the tokens of its largest definition."""
        names = pl.concat_str(pl.lit("tool."), "tool").replace(self._renamed)
        sizes = self._definitions.group_by(names.alias("capability")).agg(pl.col("chars").max())
        return {name: chars // CHARS_PER_TOKEN for name, chars in sizes.iter_rows()}

    def fires_elsewhere(self, usages: Mapping[str, Usage]) -> dict[str, dict[str, int]]:
        others = (
            self._counters.filter(~self._wanted & (pl.col("hits") > 0))
            .with_columns(pl.col("capability").replace(self._renamed))
            .group_by("capability", "origin")
            .agg(pl.col("hits").sum())
            .sort("capability", "origin")
        )
        found: dict[str, dict[str, int]] = {}
        for name, origin, hits in others.iter_rows():
            if name not in usages or not usages[name].lifetime_hits:
                found.setdefault(name, {})[origin] = hits
        return found

    def invented(self) -> dict[str, int]:
        sums = (
            self._counters.filter(self._wanted & (pl.col("invented") > 0))
            .group_by("capability")
            .agg(pl.col("invented").sum())
            .sort("invented", "capability", descending=[True, False])
        )
        return {name.removeprefix("tool."): count for name, count in sums.iter_rows()}


def to_json(audit: Audit) -> dict[str, Any]:
    """The audit as scripts read it: schema `auditor.audit/1`, documented in `docs/json.md`."""
    return {
        "schema": "auditor.audit/1",
        "as_of": audit.as_of.isoformat(),
        "version": audit.version,
        "served_by": dict(audit.served_by),
        "service": audit.service,
        "origin": audit.origin,
        "calls": audit.calls,
        "first_day": audit.first_day and audit.first_day.isoformat(),
        "last_day": audit.last_day and audit.last_day.isoformat(),
        "covered_days": audit.covered_days,
        "uncovered_days": audit.uncovered_days,
        "gaps": [[first.isoformat(), last.isoformat()] for first, last in audit.gaps],
        "left_out": dict(audit.left_out),
        "list_known_share": audit.list_known_share,
        "calls_by_decision": dict(audit.calls_by_decision),
        "fires_elsewhere": {name: dict(hits) for name, hits in audit.fires_elsewhere.items()},
        "invented": dict(audit.invented),
        "horizon_days": audit.horizon_days,
        "currency": audit.currency,
        "drop_budget": audit.drop_budget,
        "drop_budget_total": audit.drop_budget_total,
        "prior": {"alpha": audit.prior[0], "beta": audit.prior[1]},
        "digests": dict(audit.digests),
        "capabilities": [_row_json(row) for row in audit.rows],
    }


def _row_json(row: Row) -> dict[str, Any]:
    usage, verdict = row.usage, row.verdict
    return {
        "capability": usage.capability,
        "state": str(usage.state),
        "decision": str(verdict.decision),
        "occurrences": usage.occurrences,
        "hits": usage.hits,
        "observed_offers": usage.observed_offers,
        "unknown_offers": usage.unknown_offers,
        "lifetime_hits": usage.lifetime_hits,
        "birth": usage.birth and usage.birth.isoformat(),
        "age_days": usage.age_days,
        "first_hit": _instant(usage.first_hit),
        "last_hit": _instant(usage.last_hit),
        "p_fire": usage.p_fire,
        "n_up": usage.n_up,
        "cost": verdict.cost,
        "cost_name": verdict.cost_name,
        "loss_bound": verdict.loss_bound,
        "break_even": verdict.break_even,
        "rule": str(verdict.rule.place),
        "owner": row.entry.owner if row.entry else "",
        "catalogued": row.entry is not None,
        "reason": verdict.reason,
        "judgeable_on": usage.judgeable_on and usage.judgeable_on.isoformat(),
        "what_would_change": verdict.what_would_change,
        "definition_tokens": row.definition_tokens,
        "saved_tokens": row.saved_tokens,
    }


def _instant(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z") if when else None


def write(audit: Audit, project: Project) -> Path:
    """Write the audit to the project, whole or not at all; nothing is overwritten.

    An audit of the same day made from other inputs gets the next number (`2026-11-24.2.json`);
    from the same inputs it is there already.
    """
    text = json.dumps(to_json(audit), indent=2, ensure_ascii=False) + "\n"
    project.audits_dir.mkdir(parents=True, exist_ok=True)
    draft = project.audits_dir / f".{audit.as_of}.{os.getpid()}.tmp"
    draft.write_text(text, encoding="utf-8")
    try:
        for number in count(1):
            suffix = f".{number}" if number > 1 else ""
            path = project.audits_dir / f"{audit.as_of}{suffix}.json"
            if path.exists() and path.read_text(encoding="utf-8") == text:
                return path
            with suppress(FileExistsError):
                os.link(draft, path)
                return path
    finally:
        draft.unlink()
    raise AssertionError  # count() does not end
