"""Usage as of a day: each capability's evidence, state, chance of firing and bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from auditor.model import Capability, Learnt, State, Thresholds, Usage
from auditor.usage.daily import Daily
from auditor.usage.evidence import WEEKS, gather, scheduled_runs
from auditor.usage.foresight import KINDS, Foreseen, Foresight
from auditor.usage.gamma_poisson import Prior, chance, fit_prior, upper_occurrences
from auditor.usage.history import Floats
from auditor.usage.states import judgement, with_states


@dataclass(frozen=True, slots=True)
class Usages:
    """Every capability of the audit as of one day."""

    as_of: date
    by_capability: Mapping[str, Usage]
    """In the order of their ids."""
    prior: Prior


def assess(
    daily: Daily,
    catalog: Sequence[Capability],
    thresholds: Thresholds,
    horizon_days: int,
    as_of: date,
    *,
    earlier_covered_days: int = 0,
    foresight: Foresight | None = None,
) -> Usages:
    """Judge every capability as of the end of `as_of`; nothing after it is seen.

    With `earlier_covered_days` each is judged as of that many of its own covered days before,
    by today's catalog; one that was not in the audit then is left out. `foresight`, made of the
    same `daily`, gives the chances and bounds where the project's past was long enough to learn
    from.
    """
    seen = gather(daily, catalog, thresholds, as_of, earlier_covered_days)
    known = with_states(seen, thresholds)
    prior = fit_prior(_floats(seen, "occurrences"), _floats(seen, "observed"))
    expected = known.pipe(_with_expected, prior, horizon_days)
    usages = {row["capability"]: _usage(row, thresholds) for row in expected.iter_rows(named=True)}
    if foresight is not None:
        feared = {name: usage.offers_in_horizon_high for name, usage in usages.items()}
        seen_ahead = foresight.at(as_of, feared, earlier_covered_days=earlier_covered_days)
        scheduled = dict(expected.select("capability", "scheduled").iter_rows())
        usages |= {
            name: _learnt(usages[name], foreseen, scheduled[name])
            for name, foreseen in seen_ahead.items()
            if name in usages and usages[name].n_up is not None
        }
    return Usages(as_of, usages, prior)


def _learnt(usage: Usage, foreseen: Foreseen, scheduled: float) -> Usage:
    """Put what was learnt in place of the gamma-Poisson chance and bound."""
    return replace(
        usage,
        p_fire=None if usage.p_fire is None else foreseen.p_fire,
        n_up=foreseen.p_up * foreseen.n_fire + scheduled,
        learnt=Learnt(
            foreseen.p_up,
            foreseen.n_fire,
            foreseen.completed,
            foreseen.base,
            tuple(zip(KINDS, foreseen.moved, strict=True)),
            foreseen.if_silent,
        ),
    )


def _floats(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].cast(pl.Float64).to_numpy()


def _with_expected(known: pl.DataFrame, prior: Prior, horizon_days: int) -> pl.DataFrame:
    """Add `expected`, `feared` (offers over the horizon), `p_fire` and `n_up`."""
    runs = [scheduled_runs(horizon_days, days) for days in known["cadence_days"]]
    horizon = known.with_columns(
        expected=pl.col("recent_mean") * horizon_days,
        feared=pl.col("feared_mean") * horizon_days,
        scheduled=pl.Series(runs, dtype=pl.Float64),
    )
    k, offers = _floats(horizon, "occurrences"), _floats(horizon, "observed")
    ahead, feared = _floats(horizon, "expected"), _floats(horizon, "feared")
    bound = upper_occurrences(k, offers, feared) + _floats(horizon, "scheduled")
    return horizon.with_columns(
        p_fire=np.where((offers > 0) & (ahead > 0), chance(prior, k, offers, ahead), np.nan),
        n_up=np.where(feared > 0, bound, np.nan),
    ).with_columns(pl.col("p_fire", "n_up").fill_nan(None))


def _usage(row: Mapping[str, Any], thresholds: Thresholds) -> Usage:
    reason, judgeable_on = judgement(row, thresholds)
    return Usage(
        capability=row["capability"],
        state=State(row["state"]),
        reason=reason,
        hits=row["hits"],
        occurrences=row["occurrences"],
        observed_offers=row["observed"],
        unknown_offers=row["unknown"],
        lifetime_hits=row["lifetime_hits"],
        recent_hits=row["recent_hits"],
        birth=row["birth"],
        age_days=row["age"],
        silence_days=row["silence"],
        silence_offers=None if row["silence"] is None else row["observed_since"],
        first_hit=_instant(row["first_ns"]),
        last_hit=_instant(row["last_ns"]),
        judgeable_on=judgeable_on,
        offers_in_horizon=row["expected"],
        offers_in_horizon_high=row["feared"],
        p_fire=row["p_fire"],
        n_up=row["n_up"],
        weekly=tuple(row["weekly"] or (0,) * WEEKS),
    )


def _instant(ns: int | None) -> datetime | None:
    if ns is None:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)
