"""Foresight: the learnt model of decay over an audit's daily counters.

The axis is the project's covered days: a day of which nothing was seen is not on it. Exposure is
observed offers, each capability's own; what to expect is weighted demand, unknown offers
included. Nothing is said where the project's past is too short to have learnt from
(`learn.LEAST_COMPLETED`): the gamma-Poisson chance of `expected` then stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import isnan
from typing import NamedTuple

import numpy as np
import polars as pl

from auditor.model import MICRO, Capability
from auditor.usage import predict
from auditor.usage.daily import Daily
from auditor.usage.hazard import BENDS, CLOSED, DECAYS, LASTS, NAMES, OLD, PENALTIES
from auditor.usage.history import Floats, History, Ints, history
from auditor.usage.learn import Memory

EPOCH = date(1970, 1, 1)
FORGETFUL = tuple(name for name in CLOSED if name.startswith("gamma_poisson_"))
BGNBD = tuple(name for name in CLOSED if name.startswith("bgnbd"))


KINDS: Mapping[str, tuple[str, ...]] = {
    "how long it has been silent": ("silence", *LASTS, *PENALTIES, *BGNBD),
    "how often it fired lately": (*DECAYS, *FORGETFUL),
    "how often it fired in all": ("count", "fired", "gamma_poisson"),
    "how old it is": ("age", *BENDS, "fired_by_age"),
    "how it was used long ago": OLD,
    "its rhythm": ("rhythm",),
}
"""What `auditor explain` calls the features of `hazard.NAMES`, each in one kind."""


class Foreseen(NamedTuple):
    """What the model says of one capability at the end of a day."""

    p_fire: float
    p_up: float
    n_fire: float
    completed: int
    """Past predictions behind it whose outcome is known, one per capability and horizon."""
    base: float
    """Log-odds of the average capability; with `moved` they add up to those of `p_fire`."""
    moved: tuple[float, ...]
    """Log-odds by which each of `KINDS` moved the chance."""
    if_silent: tuple[tuple[int, float], ...]
    """(more days without a hit, bound on occurrences then)."""


_KIND_OF = np.array([[float(name in names) for names in KINDS.values()] for name in NAMES])


class Foresight:
    """One history, asked about any of its days; remembers what several days have in common.

    With `outlook` it also tells how the bound would fall after so many more silent days.
    """

    def __init__(
        self,
        daily: Daily,
        catalog: Sequence[Capability],
        horizon_days: int,
        *,
        outlook: Sequence[int] = (),
    ) -> None:
        self._days = np.array(
            [(day - EPOCH).days for day in daily.coverage["day"].unique().sort().to_list()],
            dtype=np.int64,
        )
        self._past = _history(daily, catalog, self._days)
        self._horizon = horizon_days
        self._outlook = outlook
        self._memory = Memory()
        self._models: dict[int, predict.Model] = {}

    def at(
        self, as_of: date, feared: Mapping[str, float], *, earlier_covered_days: int = 0
    ) -> dict[str, Foreseen]:
        """Foresee each capability known at the end of `as_of`; empty where nothing was learnt.

        `feared` gives the offers to fear over the horizon, for the bound on occurrences.
        """
        position = self._position(as_of) - earlier_covered_days
        model = self._model(position)
        if model is None:
            return {}
        items = self._past.catalog(position)
        names = [self._past.ids[item] for item in items]
        fear = np.array([feared.get(name, 0.0) for name in names])
        seen = predict.predict(model, self._past, position, feared=fear, memory=self._memory)
        told = predict.explain(model, self._past, position)
        moved = told.parts @ _KIND_OF
        later = self._if_silent(model, position, fear)
        columns = (seen.p_fire, seen.p_up, seen.n_fire, moved, later)
        lists = (column.tolist() for column in columns)
        return {
            name: Foreseen(
                p_fire,
                p_up,
                n_fire,
                model.completed,
                told.base,
                tuple(parts),
                tuple(zip(self._outlook, bounds, strict=True)),
            )
            for name, p_fire, p_up, n_fire, parts, bounds in zip(names, *lists, strict=True)
            if not isnan(p_fire)
        }

    def _if_silent(self, model: predict.Model, position: int, fear: Floats) -> Floats:
        """Bounds on occurrences after each of `outlook` more days like the last 28, without a hit.

        Shape [items, outlook]. The model stays as it is: what other capabilities do is not known.
        """
        if not self._outlook:
            return np.zeros((len(fear), 0))
        longer = _prolonged(self._past.up_to(position), max(self._outlook))
        bounds = [
            predict.predict(model, longer, position + days, feared=fear).n_up
            for days in self._outlook
        ]
        return np.column_stack(bounds)

    def _position(self, as_of: date) -> int:
        return int(np.searchsorted(self._days, (as_of - EPOCH).days, side="right")) - 1

    def _model(self, position: int) -> predict.Model | None:
        if position < 0 or not len(self._past.catalog(position)):
            return None
        if position not in self._models:
            self._models[position] = predict.fit(
                self._past, position, self._horizon, memory=self._memory
            )
        model = self._models[position]
        return None if model.learnt is None else model


def _history(daily: Daily, catalog: Sequence[Capability], days: Ints) -> History:
    """Sum each capability's services, and lay its days out on the covered ones."""
    sums = (
        daily.rows.with_columns(
            position=pl.Series(np.searchsorted(days, daily.rows["day"].cast(pl.Int32).to_numpy()))
        )
        .group_by("capability", "position")
        .agg(pl.col("occurrences", "observed", "weighted_offers", "hits").sum())
    )
    ids = sums["capability"].unique().sort().to_list()
    number = pl.DataFrame({"capability": ids}, {"capability": pl.String}).with_row_index("item")
    sums = sums.join(number, on="capability").sort("item", "position")
    item, position = (sums[name].to_numpy().astype(np.int64) for name in ("item", "position"))
    exposure = _laid_out(sums, "observed", len(ids), len(days))
    expected = _laid_out(sums, "weighted_offers", len(ids), len(days)) / MICRO
    fired = sums["occurrences"].to_numpy() > 0
    entries = {entry.id: entry for entry in catalog}
    return history(
        ids,
        _births(sums, ids, entries, days),
        (item[fired], position[fired], sums["occurrences"].to_numpy()[fired]),
        exposure,
        epoch_day=days,
        expected=expected,
        cadence=_cadences(ids, entries),
    )


def _prolonged(past: History, days: int) -> History:
    """The same past with more days, each with the mean offers of the last 28 and no occurrence."""

    def more(daily: Floats) -> Floats:
        return np.hstack([daily, np.repeat(daily[:, -28:].mean(axis=1)[:, None], days, axis=1)])

    expected = past.exposure if past.expected is None else past.expected
    return replace(
        past,
        exposure=more(past.exposure.astype(np.float64)),
        expected=more(expected.astype(np.float64)),
        epoch_day=np.append(past.epoch_day, past.epoch_day[-1] + 1 + np.arange(days)),
    )


def _laid_out(sums: pl.DataFrame, column: str, items: int, days: int) -> Floats:
    dense = np.zeros((items, max(days, 1)))
    dense[sums["item"].to_numpy(), sums["position"].to_numpy()] = sums[column].to_numpy()
    return dense


def _births(
    sums: pl.DataFrame, ids: Sequence[str], entries: Mapping[str, Capability], days: Ints
) -> Ints:
    """The earliest of catalog date, first observed offer and first hit, as a position."""
    seen = sums.filter((pl.col("observed") > 0) | (pl.col("hits") > 0))
    first = dict(seen.group_by("item").agg(pl.col("position").min()).iter_rows())
    births = []
    for number, name in enumerate(ids):
        born = entries[name].birth if name in entries else None
        declared = len(days) if born is None else int(np.searchsorted(days, (born - EPOCH).days))
        births.append(min(first.get(number, len(days)), declared))
    return np.array(births, dtype=np.int64)


def _cadences(ids: Sequence[str], entries: Mapping[str, Capability]) -> Floats:
    days = (entries[name].cadence_days if name in entries else None for name in ids)
    return np.array([np.nan if cadence is None else cadence for cadence in days])
