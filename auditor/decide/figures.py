"""Figures over cuts, each with how far it can be trusted.

Cuts that overlap are not independent, and capabilities of one cut still less: intervals come from
resampling whole cuts, standard errors from differences between cuts. Both are too narrow where
horizons overlap, and say so in `docs/decisions/backtest.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from auditor.decide.scores import BINS, auc, calibration_error, regret_at, reliability
from auditor.usage.history import Bools, Floats, Ints

LEAST_CUTS = 3
RESAMPLES = 4_000
SEED = 11
LEVEL = (2.5, 97.5)


class Regret(NamedTuple):
    """Of `drops` (capability, cut) pairs, the share that fired within the horizon after all.

    `rate` and its 95% interval are None on fewer than three complete cuts, or without drops; the
    interval is None too where the cuts do not differ, and resampling them says nothing.
    """

    drops: float
    regrets: float
    rate: float | None
    low: float | None
    high: float | None


def regret(drops: Sequence[float], regrets: Sequence[float]) -> Regret:
    """The regret rate of complete cuts with so many drops and regrets each."""
    dropped, regretted = np.array(drops, np.float64), np.array(regrets, np.float64)
    total = float(dropped.sum())
    if len(dropped) < LEAST_CUTS or not total:
        return Regret(total, float(regretted.sum()), None, None, None)
    picks = np.random.default_rng(SEED).integers(0, len(dropped), (RESAMPLES, len(dropped)))
    again = dropped[picks].sum(axis=1)
    rates = regretted[picks].sum(axis=1)[again > 0] / again[again > 0]
    low, high = (float(edge) for edge in np.percentile(rates, LEVEL))
    rate = float(regretted.sum()) / total
    between = (low, high) if low < high else (None, None)
    return Regret(total, float(regretted.sum()), rate, *between)


class Scored(NamedTuple):
    """One predictor: regret[cuts, rates], auc[cuts]; calibration is NaN for what is no chance.

    `calibration[cuts]` is each cut's own error, `pooled` that of all item-cuts together, and
    `pooled_error` its standard error (jackknife over cuts).
    """

    regret: Floats
    auc: Floats
    calibration: Floats
    pooled: float
    pooled_error: float


def scored(
    scores: Sequence[Floats], outcomes: Sequence[Bools], rates: Sequence[float], *, chance: bool
) -> Scored:
    """Judge one predictor's scores; `chance` says that they are probabilities."""
    pairs = list(zip(scores, outcomes, strict=True))
    regrets = np.array([[regret_at(s, y, rate) for rate in rates] for s, y in pairs])
    areas = np.array([auc(s, y) for s, y in pairs])
    if not chance:
        return Scored(regrets, areas, np.full(len(pairs), np.nan), np.nan, np.nan)
    own = np.array([calibration_error(s, y) for s, y in pairs])
    pooled = calibration_error(np.concatenate(scores), np.concatenate(outcomes))
    return Scored(regrets, areas, own, pooled, _jackknife(scores, outcomes))


def as_json(found: Scored | None, rates: Sequence[float]) -> dict[str, object]:
    """The figures of one predictor for scripts; all null where too few cuts are complete."""
    names = [str(rate) for rate in rates]
    if found is None:
        nothing = _shape(dict.fromkeys(names), None, None, None)
        return {**nothing, "standard_error": nothing}
    columns = list(zip(names, found.regret.T, strict=True))
    return {
        **_shape(
            {name: mean(values) for name, values in columns},
            mean(found.auc),
            number(found.pooled),
            mean(found.calibration),
        ),
        "standard_error": _shape(
            {name: standard_error(values) for name, values in columns},
            standard_error(found.auc),
            number(found.pooled_error),
            standard_error(found.calibration),
        ),
    }


def _shape(
    regret: dict[str, float | None], area: float | None, pooled: float | None, own: float | None
) -> dict[str, object]:
    return {
        "regret": regret,
        "auc": area,
        "calibration_error": pooled,
        "calibration_error_per_cut": own,
    }


class Bin(NamedTuple):
    """A tenth of all forecasts: their mean, the share that fired, and that share's error."""

    forecast: float
    fired: float
    standard_error: float
    items: int


def bins(scores: Sequence[Floats], outcomes: Sequence[Bools]) -> list[Bin]:
    """Ten bins of equal count, lowest forecasts first; standard errors over cuts.

    A tie that spans bins is in each by its share, as in `scores.reliability`.
    """
    chance, fired = np.concatenate(scores), np.concatenate(outcomes)
    cut = np.repeat(np.arange(len(scores)), [len(s) for s in scores])
    _, tie, size = np.unique(chance, return_inverse=True, return_counts=True)
    order = np.argsort(chance, kind="stable")
    pieces = [rows for rows in np.array_split(order, BINS) if len(rows)]
    return [
        Bin(
            forecast,
            share,
            _clustered((np.bincount(tie[rows], minlength=len(size)) / size)[tie], fired, cut),
            items,
        )
        for (forecast, share, items), rows in zip(reliability(chance, fired), pieces, strict=True)
    ]


def mean(values: Floats) -> float | None:
    """The mean of what is known; None where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def standard_error(values: Floats) -> float | None:
    """Standard error of the mean over cuts; None with fewer than two figures."""
    known = values[np.isfinite(values)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else None


def number(value: float) -> float | None:
    """A figure for scripts: what is not a number is nothing."""
    return value if np.isfinite(value) else None


def _jackknife(scores: Sequence[Floats], outcomes: Sequence[Bools]) -> float:
    """Standard error of the pooled calibration error, leaving out one cut at a time."""
    n = len(scores)
    without = np.array(
        [
            calibration_error(
                np.concatenate([*scores[:i], *scores[i + 1 :]]),
                np.concatenate([*outcomes[:i], *outcomes[i + 1 :]]),
            )
            for i in range(n)
        ]
    )
    return float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))


def _clustered(weights: Floats, outcomes: Bools, cut: Ints) -> float:
    """Standard error of a weighted share whose rows are alike within a cut (ratio estimator)."""
    total, n = weights.sum(), len(np.unique(cut))
    if n < 2:
        return float("nan")
    residual = np.bincount(cut, weights * (outcomes - (weights * outcomes).sum() / total))
    return float(np.sqrt(n / (n - 1) * (residual**2).sum()) / total)
