"""The backtest: a project's decisions of the past, and what its store knows of what came then."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from auditor.decide.backtest import Backtest, Outcome, judge
from auditor.decide.cuts import OURS, Cut, OnCut, Plan, cut_through
from auditor.decide.events import events_history, parse_events
from auditor.decide.figures import Bin, Regret, as_json, mean, number
from auditor.decide.naive import naive_rules
from auditor.decide.replay import Charge, Mistake
from auditor.errors import BadInputError
from auditor.model import Capability, Decision, Origin
from auditor.project import Project
from auditor.store import Reader
from auditor.store.occurrences import read_hits
from auditor.usage.daily import Daily, expand
from auditor.usage.history import History

SCHEMA: Final = "auditor.backtest/1"
GZIP: Final = b"\x1f\x8b"


def run(
    project: Project,
    reader: Reader,
    plan: Plan,
    *,
    service: str | None = None,
    origin: str | None = None,
    on_cut: OnCut | None = None,
) -> Backtest:
    """Make the decisions of every cut of `plan` anew and judge them by what came after.

    Today's rules and catalog read the whole past. `service` and `origin` look at a part of the
    traffic, as in an audit; `on_cut` hears how many cuts of all are made.
    """
    frames, settings = reader.frames, project.settings
    wanted = None if origin == "all" else Origin(origin or Origin.PRODUCTION)
    daily = expand(
        frames.counters,
        frames.calls,
        frames.coverage,
        project.catalog,
        origin_of=settings.origin_of,
        origin=wanted,
        service_glob=service,
    )
    past = cut_through(
        daily, project.catalog, project.costs, settings.thresholds, plan, on_cut=on_cut
    )
    stored = _stored_ids(past.ever_dropped(), project.catalog)
    hits = read_hits(project.store_path, list(stored))
    environments = [
        name
        for name in hits["environment"].unique()
        if wanted is None or settings.origin_of(name) == wanted
    ]
    heard = hits.filter(pl.col("environment").is_in(environments))
    return judge(past, _counted(heard.with_columns(pl.col("capability").replace(stored)), daily))


def _stored_ids(capabilities: Sequence[str], catalog: Sequence[Capability]) -> Mapping[str, str]:
    """The ids under which the store may hold some capabilities, with what each is called now."""
    former = {entry.id: entry.was for entry in catalog}
    return {old: name for name in capabilities for old in (name, *former.get(name, ()))}


def _counted(hits: pl.DataFrame, daily: Daily) -> pl.DataFrame:
    """Leave out what the counts leave out: other services, and hits of an earlier matcher."""
    days = daily.rows.filter(pl.col("hits") > 0).select("capability", "service", "day")
    return hits.join(days, on=["capability", "service", "day"], how="semi")


def read_events(path: Path) -> History:
    """The history in an event log, gzip or not by its content.

    Raises:
        BadEventsError: rows that cannot be read; all are listed.
        BadInputError: a damaged gzip.
    """
    raw = path.read_bytes()
    try:
        data = gzip.decompress(raw) if raw.startswith(GZIP) else raw
    except (OSError, EOFError, zlib.error) as error:
        raise BadInputError(f"{path}: a damaged or cut gzip file: {error}") from error
    lines = data.decode("utf-8", errors="replace").split("\n")
    return events_history(parse_events(lines, path.name))


def to_json(
    found: Backtest, *, service: str | None = None, origin: str | None = None
) -> dict[str, Any]:
    """The backtest as scripts read it: schema `auditor.backtest/1`, in `docs/json.md`."""
    past, plan = found.past, found.past.plan
    ours = found.outcomes[OURS]
    return {
        "schema": SCHEMA,
        "version": version("capability-auditor"),
        "service": service,
        "origin": origin or str(Origin.PRODUCTION),
        "first_cut": _day(past.cuts[0].day) if past.cuts else None,
        "last_cut": _day(past.cuts[-1].day) if past.cuts else None,
        "replayed_until": _day(past.cuts[-1].until) if past.cuts else None,
        "every_days": plan.every_days,
        "horizon_days": past.costs.horizon_days,
        "currency": past.costs.currency,
        "cuts": len(past.cuts),
        "complete_cuts": found.complete,
        "item_cuts": found.item_cuts,
        "fired_share": _fired_share(past.complete),
        "regret": _regret(ours.regret),
        "same_drops": {name: _regret(one) for name, one in found.same_drops.items()},
        "cost": {rule: _cost(outcome) for rule, outcome in found.outcomes.items()},
        "saved": {
            "rule": plan.usual,
            **{
                str(decision): _sum(kept)
                for decision, kept in found.saved.items()
                if decision is not Decision.DROP
            },
        },
        "predictors": {
            name: as_json(found.predictors.get(name), plan.drop_rates)
            for name in (OURS, *naive_rules(plan.windows))
        },
        "reliability": [_bin(one) for one in found.reliability],
        "mistakes": [_mistake(one) for one in ours.mistakes],
        "mistakes_of_rules": {
            rule: [_mistake(one) for one in outcome.mistakes]
            for rule, outcome in found.outcomes.items()
            if rule != OURS
        },
    }


def _day(day: date) -> str:
    return day.isoformat()


def _fired_share(cuts: Sequence[Cut]) -> float | None:
    known = [cut.fired[np.isfinite(cut.chance)] for cut in cuts]
    return mean(np.array([fired.mean() for fired in known if len(fired)]))


def _regret(found: Regret) -> dict[str, float | None]:
    return {
        "drops": found.drops,
        "regrets": found.regrets,
        "rate": found.rate,
        "low": found.low,
        "high": found.high,
    }


def _cost(outcome: Outcome) -> dict[str, Any]:
    return {
        "drops": outcome.drops,
        "regret": _regret(outcome.regret),
        "misses": outcome.misses,
        "cost": outcome.cost,
    }


def _sum(kept: Sequence[Charge]) -> dict[str, float]:
    return {"misses": len(kept), "cost": sum(charge.cost for charge in kept)}


def _bin(one: Bin) -> dict[str, float | int | None]:
    return {
        "forecast": one.forecast,
        "fired": one.fired,
        "standard_error": number(one.standard_error),
        "items": one.items,
    }


def _mistake(one: Mistake) -> dict[str, Any]:
    return {
        "capability": one.capability,
        "dropped_on": _day(one.dropped_on),
        "fired_on": _day(one.fired_on),
        "trace": one.trace,
        "misses": len(one.charges),
        "cost": one.cost,
        "charges": [
            {"day": _day(charge.day), "cost": charge.cost, "trace": charge.trace}
            for charge in one.charges
        ],
        "weekly": list(one.weekly),
    }
