"""The state of each capability, the first that applies, and why in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from scipy.special import betainc

from auditor.model import State, Thresholds
from auditor.usage.windows import SILENT_DAYS

MIN_COVERED_DAYS = 14
SILENCE_LEVEL = 0.001
"""At 0.05 one live capability in twenty would be called dormant at any moment."""
FADING_SHARE = 0.7
FADING_LEVEL = 0.95
CADENCE_SLACK = 1.1
"""A rhythm is not exact: quarter ends are 90 to 92 days apart."""


def with_states(seen: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """Add `state` to the sums of `evidence.gather`."""
    k, offers = pl.col("occurrences"), pl.col("observed")
    unseen = (pl.col("silent_observed") == 0) | (pl.col("covered") < MIN_COVERED_DAYS)
    young = (
        (pl.col("age") < thresholds.min_age_days)
        | (pl.col("age") < pl.col("cadence_days").fill_null(0))
        | (offers < thresholds.min_exposure)
    )
    quiet = (1 - pl.col("observed_since") / offers).pow(0.5 + k) < SILENCE_LEVEL
    late = pl.col("silence") > pl.col("cadence_days").fill_null(-1) * CADENCE_SLACK
    state = (
        pl.when(unseen | ((k == 0) & young))
        .then(pl.lit(State.NOT_YET.value))
        .when(pl.col("lifetime_hits") == 0)
        .then(pl.lit(State.NEVER_FIRED.value))
        .when(((k == 0) | quiet) & late)
        .then(pl.lit(State.DORMANT.value))
        .when(pl.col("hits") < thresholds.rare_share * offers)
        .then(pl.lit(State.RARE.value))
        .when(_fading(seen))
        .then(pl.lit(State.FADING.value))
        .otherwise(pl.lit(State.ACTIVE.value))
    )
    return seen.with_columns(state=state)


def _fading(seen: pl.DataFrame) -> pl.Series:
    """Test whether the last 28 covered days' rate is below 0.7 of that of the rest.

    Two rates with Jeffreys' prior: P(lately < 0.7 x before) = I_x(0.5 + k1, 0.5 + k0) with
    x = 0.7 E1 / (0.7 E1 + E0). Without offers before there is nothing to compare with.
    """
    lately, k1 = (
        seen[name].to_numpy().astype(float) for name in ("silent_observed", "silent_occurrences")
    )
    before = seen["observed"].to_numpy() - lately
    k0 = seen["occurrences"].to_numpy() - k1
    with np.errstate(invalid="ignore"):
        x = FADING_SHARE * lately / (FADING_SHARE * lately + before)
    posterior = betainc(0.5 + k1, 0.5 + k0, np.nan_to_num(x))
    return pl.Series("fading", (before > 0) & (posterior > FADING_LEVEL))


class Wait(NamedTuple):
    """One condition that a capability must meet before it can be judged."""

    progress: str
    days: int | None
    """Covered days until it is met at today's traffic; None: never."""


Sums = Mapping[str, Any]


def judgement(row: Sums, thresholds: Thresholds) -> tuple[str, date | None]:
    """Say why a capability is in its state, and for a `not-yet` when it can be judged."""
    if row["state"] != State.NOT_YET:
        return _why(row), None
    waits = _waits(row, thresholds)
    never = [wait.progress for wait in waits if wait.days is None]
    if never:
        return f"cannot be judged: {never[0]}", None
    today: date = row["cutoff"]
    conditions = ", ".join(
        f"{wait.progress} (met {today + timedelta(days=wait.days or 0)})" for wait in waits
    )
    ready = today + timedelta(days=max(wait.days or 0 for wait in waits))
    return f"too early to judge: {conditions}", ready


def _waits(row: Sums, thresholds: Thresholds) -> list[Wait]:
    if row["observed"] == 0 or row["silent_observed"] == 0:
        return [Wait(_unseen(row), None)]
    waits = []
    if row["covered"] < MIN_COVERED_DAYS:
        waits.append(_days(row["covered"], MIN_COVERED_DAYS, "covered days"))
    if row["occurrences"] > 0:
        return waits
    if row["age"] < thresholds.min_age_days:
        waits.append(_days(row["age"], thresholds.min_age_days, "covered days of age"))
    cadence = row["cadence_days"] or 0
    if row["age"] < cadence:
        waits.append(_days(row["age"], cadence, "days of its cadence"))
    if row["observed"] < thresholds.min_exposure:
        waits.append(_exposure(row, thresholds.min_exposure))
    return waits


def _unseen(row: Sums) -> str:
    if row["silent_unknown"] > 0:
        return (
            f"none of the {row['silent_unknown']:,} calls of the last {SILENT_DAYS} covered days "
            "that could have used it recorded enough to tell"
        )
    if row["observed"] + row["unknown"] == 0:
        return "no call is known to have offered it"
    return f"no call of the last {SILENT_DAYS} covered days offered it"


def _days(have: int, need: int, what: str) -> Wait:
    return Wait(f"{have} of {need} {what}", need - have)


def _exposure(row: Sums, need: int) -> Wait:
    """Extrapolate the observed offers of the last 28 covered days."""
    have = row["observed"]
    days = min(SILENT_DAYS, row["age"] + 1)
    a_day = row["silent_observed"] / days
    window = row["window_days"]
    if a_day * window < need:
        return Wait(
            f"at today's traffic a window of {window} covered days holds about "
            f"{a_day * window:,.0f} observed offers, and {need} are needed",
            None,
        )
    return Wait(f"{have:,} of {need:,} observed offers", math.ceil((need - have) / a_day))


def _why(row: Sums) -> str:
    offers = f"{row['observed']:,} observed offers"
    used = f"{_count(row['hits'], 'hit')} in {offers}"
    match State(row["state"]):
        case State.NEVER_FIRED:
            return f"never used in {offers} over {row['age']} covered days"
        case State.DORMANT if row["hits"] == 0:
            return f"last used {_silence(row)} covered days ago, not once in {offers} since"
        case State.DORMANT:
            return (
                f"silent for {_silence(row)} covered days and {row['observed_since']:,} observed "
                f"offers, longer than {used} explain"
            )
        case State.RARE:
            return f"used, but rarely: {used}"
        case State.FADING:
            lately = _count(row["silent_occurrences"], "occurrence")
            return (
                f"used less than before: {lately} in the last {SILENT_DAYS} covered days, "
                f"{row['occurrences'] - row['silent_occurrences']:,} in the rest of the window"
            )
        case _:
            return f"in use: {used}"


def _silence(row: Sums) -> str:
    return f"{row['silence'] or 0:,}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
