"""What is known of each item at the end of a day, as the numbers the fits read.

A `Frame` holds one day's catalog: its evidence and its features. Every feature but those in
`FREE` is turned so that *up is more likely*, and is built to keep two laws while its weight is
at least 0 (tests/usage/test_predict.py):
1. one more occurrence in the last `RECENT_DAYS` days never lowers it;
2. more exposure since the last occurrence, at the same expected exposure, never raises it.
What the older past says (long bursts that ended, BG/NBD's death) may speak against an item only
while it is silent: a recent occurrence takes the whole of such a penalty away.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from auditor.usage import bgnbd, gamma_poisson
from auditor.usage.history import EXPECTED_DAYS, Floats, History, Ints, Slice, chosen, chunks
from auditor.usage.rhythm import rhythms

RECENT_DAYS = 90
HALF_LIVES = (7.0, 21.0, 62.0, 187.0, 561.0)
DISCOUNTS = (62.0, 187.0, 561.0)
"""Half-lives in days of the forgetful gamma-Poisson rates."""
AGE_BENDS = (365.0, 1000.0)
"""Days at which the logit may bend in the log of age."""
ORDINALS = (2, 3, 5, 8)
"""Days since the second, third, ... last occurrence are features."""
NEVER_DAYS = 100
"""An occurrence that is not there is taken to be this much older than the item."""
FIT_ITEMS = 4000
"""Items a closed form is fitted to; a larger catalog is thinned evenly."""
EXPOSURE_ROWS = 512
"""Clocks read at once: a piece of two years stays in the processor's cache."""
LOWEST = 1e-4
"""Chances are kept this far from 0 and 1 before their logit."""


class Evidence(NamedTuple):
    """Raw evidence of the chosen items at the end of a day, arrays of shape [items].

    `occurrences` and `exposure` since the item opens, `silent_exposure` and `silent_days` since
    the last occurrence (the birth if none), `age_days`, `active_days` (from birth to the last
    occurrence), `expected` exposure over the horizon, and per half-life `decayed` occurrences and
    exposures, shape [items, half-lives]; `last_days[items, ORDINALS]` ago; `old` counts the
    occurrences more than `RECENT_DAYS` ago, `old_decayed` weighs them; `rhythm` is 0 or 1.
    """

    occurrences: Floats
    exposure: Floats
    silent_exposure: Floats
    silent_days: Floats
    age_days: Floats
    active_days: Floats
    expected: Floats
    decayed: Floats
    decayed_exposure: Floats
    last_days: Floats
    old: Floats
    old_decayed: Floats
    rhythm: Floats


class Forms(NamedTuple):
    """Closed forms fitted to a catalog; no `lives` where no item has exposure."""

    prior: gamma_poisson.Prior
    lives: bgnbd.BgNbd | None


class Frame(NamedTuple):
    """One day's catalog: `items[n]` indices into the history, evidence, features[n, NAMES]."""

    items: Ints
    evidence: Evidence
    features: Floats
    forms: Forms


SHAPES = ("silence", "count", "age", "fired", "fired_by_age", "rhythm")
DECAYS = tuple(f"decay_{half:.0f}d" for half in HALF_LIVES)
LASTS = tuple(f"last_{n}" for n in ORDINALS)
PENALTIES = ("silent", "silent_log", "silent_log2", "silent_count", "silent_count2")
CLOSED = (
    "gamma_poisson",
    *(f"gamma_poisson_{half:.0f}d" for half in DISCOUNTS),
    "bgnbd_high",
    "bgnbd_even",
    "bgnbd_low",
    "bgnbd_never",
)
BENDS = ("age2", *(f"age_{bend:.0f}d" for bend in AGE_BENDS))
OLD = ("old_count", "old_decay_187d", "old_decay_561d")
NAMES = (*SHAPES, *DECAYS, *LASTS, *PENALTIES, *CLOSED, *OLD, *BENDS)
FREE = frozenset({"age", *OLD, *BENDS})
"""Features that a recent occurrence or exposure does not move: their weight may have any sign."""


def frame(past: History, as_of: int, horizon: int, forms: Forms | None = None) -> Frame:
    """The catalog at the end of day `as_of` for a question about the next `horizon` days.

    Closed forms are `forms`, else fitted to what was known then: such a frame does not depend on
    who asks.
    """
    items = past.catalog(as_of)
    seen = evidence(past, items, as_of, horizon)
    fitted = closed_forms(seen) if forms is None else forms
    return Frame(items, seen, features(seen, fitted), fitted)


def evidence(past: History, items: Ints, as_of: int, horizon: int) -> Evidence:
    """Evidence on `items` at the end of day `as_of`; `expected` is for `horizon` days ahead."""
    pieces = list(chunks(items)) or [items]
    parts = [_evidence(past, piece, as_of, horizon) for piece in pieces]
    return Evidence(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def closed_forms(seen: Evidence) -> Forms:
    """Gamma-Poisson prior and BG/NBD of a catalog, on the exposure clock."""
    known = np.flatnonzero(seen.exposure > 0)
    known = known[:: max(1, -(-len(known) // FIT_ITEMS))]
    k, e = seen.occurrences[known], seen.exposure[known]
    if not len(known):
        return Forms(gamma_poisson.JEFFREYS, None)
    prior = gamma_poisson.fit_prior(k, e)
    recency = np.where(k > 0, np.maximum(e - seen.silent_exposure[known], 0), 0)
    return Forms(prior, bgnbd.fit_bgnbd(k, recency, e, ridge=1e-3))


def features(seen: Evidence, forms: Forms) -> NDArray[np.float64]:
    """The features of `NAMES`, shape [items, len(NAMES)]."""
    k, silent_days = seen.occurrences, seen.silent_days
    never, log_age = (k == 0).astype(np.float64), np.log1p(seen.age_days)
    log_silent = np.log(np.maximum(silent_days, RECENT_DAYS) / RECENT_DAYS)
    silent = (silent_days >= RECENT_DAYS).astype(np.float64)
    count = np.log1p(k)
    columns = [
        -np.log1p(silent_days),
        np.log(0.5 + k),
        log_age,
        -never,
        -never * log_age,
        seen.rhythm,
        *np.log(0.05 + seen.decayed).T,
        *-np.log1p(seen.last_days).T,
        -silent,
        -log_silent,
        -(log_silent**2),
        -log_silent * count,
        -(log_silent**2) * count,
        *_closed(seen, forms, silent),
        np.log(0.5 + seen.old),
        *np.log(0.05 + seen.old_decayed).T,
        log_age**2,
        *(np.minimum(log_age, np.log(bend)) for bend in AGE_BENDS),
    ]
    return np.stack(columns).T


def _closed(seen: Evidence, forms: Forms, silent: Floats) -> list[Floats]:
    """Logits of the closed forms; BG/NBD speaks of the silent, in three stretches of its logit."""
    k, ahead = seen.occurrences, _ahead(seen)
    plain = [_logit_of_hazard(gamma_poisson.hazard(forms.prior, k, seen.exposure, ahead))]
    for column in range(len(DISCOUNTS)):
        forgetful = gamma_poisson.hazard(
            gamma_poisson.Prior(0.3, 0.0),
            seen.decayed[:, -3 + column],
            0.9 * ahead + seen.decayed_exposure[:, column],
            ahead,
        )
        plain.append(_logit_of_hazard(forgetful))
    if forms.lives is None:
        return [*plain, *([np.zeros(len(k))] * 4)]
    recency = np.where(k > 0, np.maximum(seen.exposure - seen.silent_exposure, 0), 0)
    again = np.clip(bgnbd.chance(forms.lives, ahead, k, recency, seen.exposure), LOWEST, 1 - LOWEST)
    logit = np.log(again / (1 - again))
    stretches = [np.minimum(logit - cap, 0) * silent for cap in (2.0, 0.0, -2.0)]
    return [*plain, *stretches, np.where(k == 0, np.minimum(logit, 3.0), 3.0)]


def _ahead(seen: Evidence) -> Floats:
    """Expected exposure, kept above 2% of the largest past one: a lull is not the end."""
    most = float(seen.exposure.max(initial=0.0))
    return np.maximum(seen.expected, max(0.02 * most, 1e-9))


def _logit_of_hazard(hazard: Floats) -> Floats:
    """logit(1 - exp(-hazard)), within +-12; the floor where the hazard is not known."""
    sure = np.clip(np.nan_to_num(hazard, nan=0.0), 1e-9, 500.0)
    return np.clip(np.log(np.expm1(sure)), -12.0, 12.0)


def _evidence(past: History, items: Ints, as_of: int, horizon: int) -> Evidence:
    n = len(items)
    seen = chosen(past, items, as_of)
    last = np.full(n, -1, np.int64)
    np.maximum.at(last, seen.row, seen.day)
    birth = past.birth[items]
    anchor = np.where(last >= 0, last, birth)
    offers = _exposures(past, items, as_of, horizon, anchor)
    ages = as_of - seen.day
    before = ages >= RECENT_DAYS
    old = Slice(seen.row[before], seen.day[before], seen.counts[before])
    return Evidence(
        occurrences=np.bincount(seen.row, seen.counts, n).astype(np.float64),
        exposure=offers.since,
        silent_exposure=offers.silent,
        silent_days=(as_of - anchor).astype(np.float64),
        age_days=(as_of - birth).astype(np.float64),
        active_days=np.where(last >= 0, last - birth, 0).astype(np.float64),
        expected=offers.expected,
        decayed=_decayed(seen, ages, n, HALF_LIVES),
        decayed_exposure=offers.faded,
        last_days=_last_days(seen, as_of, as_of - birth, n),
        old=np.bincount(old.row, old.counts, n).astype(np.float64),
        old_decayed=_decayed(old, ages[before] - RECENT_DAYS, n, DISCOUNTS[1:]),
        rhythm=rhythms(past, items, seen, as_of, horizon),
    )


class _Exposures(NamedTuple):
    """Exposure since the item opens and since its anchor, discounted, and expected ahead."""

    since: Floats
    silent: Floats
    faded: Floats
    expected: Floats


def _exposures(past: History, items: Ints, as_of: int, horizon: int, anchor: Ints) -> _Exposures:
    ago = as_of - np.arange(as_of + 1)
    worth = np.column_stack([np.ones(as_of + 1), *(0.5 ** (ago / half) for half in DISCOUNTS)])
    opens = past.opens[items]
    first = np.maximum(anchor + 1, opens)
    if len(past.exposure) < len(past) or not len(items):
        return _shared(past, items, horizon, worth, opens, first)
    parts = [
        _own(past, items[part], horizon, worth, opens[part], first[part])
        for part in chunks(np.arange(len(items)), EXPOSURE_ROWS)
    ]
    return _Exposures(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _shared(
    past: History, items: Ints, horizon: int, worth: Floats, opens: Ints, first: Ints
) -> _Exposures:
    """Few clocks for many items: running totals of each clock."""
    days = len(worth)
    clocks, row = np.unique(past.clock[items], return_inverse=True)
    daily = past.exposure[clocks, :days].astype(np.float64)
    zero = np.zeros((len(daily), 1, worth.shape[1]))
    running = np.concatenate((zero, np.cumsum(daily[:, :, None] * worth, axis=1)), axis=1)
    since = running[row, -1] - running[row, np.minimum(opens, days)]
    silent = running[row, -1, 0] - running[row, np.minimum(first, days), 0]
    ahead = daily if past.expected is None else past.expected[clocks, :days].astype(np.float64)
    return _Exposures(since[:, 0], silent, since[:, 1:], _recent_mean(ahead)[row] * horizon)


def _own(
    past: History, items: Ints, horizon: int, worth: Floats, opens: Ints, first: Ints
) -> _Exposures:
    """A clock for each item: every day is read once."""
    days = len(worth)
    clocks = past.clock[items]
    run = slice(clocks[0], clocks[-1] + 1) if (np.diff(clocks) == 1).all() else clocks
    daily = past.exposure[run, :days].astype(np.float64)
    ahead = daily if past.expected is None else past.expected[run, :days].astype(np.float64)
    expected = _recent_mean(ahead) * horizon
    late = np.flatnonzero(opens > 0)
    if len(late):
        daily[late] *= np.arange(days) >= opens[late, None]
    since = daily @ worth
    return _Exposures(since[:, 0], _sums_from(daily, first), since[:, 1:], expected)


def _sums_from(daily: Floats, first: Ints) -> Floats:
    """Sum of each row from its own `first` column on (0 where that lies behind the last)."""
    n, days = daily.shape
    sums = np.zeros(n)
    some = np.flatnonzero(first < days)
    if len(some):
        bounds = np.column_stack((some * days + first[some], (some + 1) * days)).ravel()
        bounds = bounds[:-1] if bounds[-1] == daily.size else bounds
        sums[some] = np.add.reduceat(daily.ravel(), bounds)[::2]
    return sums


def _recent_mean(offers: Floats) -> Floats:
    """Daily mean of the last `EXPECTED_DAYS`, without the days before a clock's first offer."""
    recent = offers[:, -EXPECTED_DAYS:]
    total = recent.sum(axis=1)
    days = np.full(len(offers), recent.shape[1])
    # A clock that ticked before these days, most do, needs no search for its first offer.
    new = np.flatnonzero(recent[:, 0] <= 0)
    new = new[~(offers[new, : offers.shape[1] - recent.shape[1]] > 0).any(axis=1)]
    days[new] -= (recent[new] > 0).argmax(axis=1)
    mean: Floats = total / np.maximum(days, 1)
    return mean


def _decayed(seen: Slice, ages: Ints, n: int, halves: tuple[float, ...]) -> Floats:
    """Occurrence days, each worth half after a half-life, shape [n, halves]."""
    grid = np.arange(int(ages.max(initial=0)) + 1)
    columns = [np.bincount(seen.row, (0.5 ** (grid / half))[ages], n) for half in halves]
    return np.stack(columns).T.astype(np.float64)


def _last_days(seen: Slice, as_of: int, age: Ints, n: int) -> Floats:
    """Days since the second, third, ... last day with an occurrence, shape [n, ORDINALS]."""
    end = np.searchsorted(seen.row, np.arange(1, n + 1))
    begin = np.concatenate(([0], end[:-1]))
    columns = []
    for nth in ORDINALS:
        there = end - begin >= nth
        day = seen.day[np.maximum(end - nth, 0)] if len(seen.day) else np.zeros(n)
        columns.append(np.where(there, as_of - day, age + NEVER_DAYS))
    return np.stack(columns).T.astype(np.float64)
