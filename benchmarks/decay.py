"""Scoring daily counters: against a plain Python loop over the same formulas, and as it grows.

At least 100 times as fast as the loop at 100,000 capabilities x 2 years, within 2 GiB, and linear
from 1,000 to 100,000. The loop is timed on `LOOP_ITEMS` capabilities and scaled up: it visits
each day of each capability once, as a careful plain program would.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import argparse
import math
import time
from datetime import date, timedelta

import numpy as np
from _machine import machine, peak_mib

from auditor.usage.bgnbd import BgNbd
from auditor.usage.hazard import (
    AGE_BENDS,
    DISCOUNTS,
    HALF_LIVES,
    LOWEST,
    NEVER_DAYS,
    ORDINALS,
    RECENT_DAYS,
)
from auditor.usage.history import EXPECTED_DAYS, History, history
from auditor.usage.predict import Model, Prediction, fit, predict
from auditor.usage.recalibrate import NORMAL_95
from auditor.usage.rhythm import BEATS, BUSY, LONGEST_FOUND, LUCK, OLD_DAYS, PERIODS

DAYS = 730
TODAY = DAYS - 1
EPOCH = date(1970, 1, 1)
FIRST_DAY = 20_000
LOOP_ITEMS = 200
HORIZON = 90


def counters(items: int, seed: int = 11) -> History:
    """Daily counters of capabilities that fire on a few days of two years."""
    chance = np.random.default_rng(seed)
    busy = chance.gamma(0.4, 0.05, items).clip(0, 0.5)
    hits = chance.poisson(busy * DAYS)
    item = np.repeat(np.arange(items, dtype=np.int32), hits)
    day = chance.integers(0, DAYS, len(item), dtype=np.int32)
    exposure = chance.poisson(20, (1, DAYS)).astype(np.float32) * np.ones((items, 1), np.float32)
    return history(
        range(items),  # type: ignore[arg-type]
        np.zeros(items, np.int64),
        (item, day, np.ones(len(item), np.int32)),
        exposure,
        epoch_day=FIRST_DAY + np.arange(DAYS),
    )


def plain_score(model: Model, past: History, number: int) -> tuple[float, float]:
    """One capability's chance and upper bound on occurrences, by a plain loop over its days."""
    daily = past.exposure[number].tolist()
    begin, end = past.start[number], past.start[number + 1]
    days, counts = past.day[begin:end].tolist(), past.count[begin:end].tolist()
    last = days[-1] if days else int(past.birth[number])
    exposure = silent = recent = 0.0
    faded = [0.0] * len(DISCOUNTS)
    for day, offers in enumerate(daily):
        exposure += offers
        if day > last:
            silent += offers
        if day > TODAY - EXPECTED_DAYS:
            recent += offers
        for n, half in enumerate(DISCOUNTS):
            faded[n] += offers * 0.5 ** ((TODAY - day) / half)
    ahead = recent / EXPECTED_DAYS * HORIZON
    values = plain_features(model, days, counts, last, exposure, silent, faded, ahead)
    assert model.learnt is not None
    assert model.recalibration is not None
    score = model.learnt.level
    for value, weight in zip(values, model.learnt.weights.tolist(), strict=True):
        score += value * weight
    row = (1.0, score, -float(not days))
    logit = sum(x * t for x, t in zip(row, model.recalibration.terms.tolist(), strict=True))
    spread = model.recalibration.covariance.tolist()
    error = sum(row[i] * spread[i][j] * row[j] for i in range(3) for j in range(3)) ** 0.5
    p_fire = 1 / (1 + math.exp(-logit))
    p_up = max(p_fire, 1 / (1 + math.exp(-logit - NORMAL_95 * error)), 1 / (model.completed + 2))
    return p_fire, p_up * plain_quantile(0.5 + sum(counts), exposure / (exposure + ahead))


def plain_features(
    model: Model,
    days: list[int],
    counts: list[int],
    last: int,
    exposure: float,
    silent: float,
    faded: list[float],
    ahead: float,
) -> list[float]:
    """The features of `hazard.NAMES`, one by one."""
    k, quiet = sum(counts), TODAY - last
    decayed = [sum(0.5 ** ((TODAY - d) / half) for d in days) for half in HALF_LIVES]
    lasts = [TODAY - days[-n] if len(days) >= n else TODAY + NEVER_DAYS for n in ORDINALS]
    older = [(d, c) for d, c in zip(days, counts, strict=True) if TODAY - d >= RECENT_DAYS]
    faint = [sum(0.5 ** ((TODAY - RECENT_DAYS - d) / half) for d, _ in older)
             for half in DISCOUNTS[1:]]  # fmt: skip
    log_age, long = math.log1p(TODAY), math.log(max(quiet, RECENT_DAYS) / RECENT_DAYS)
    hushed, count = float(quiet >= RECENT_DAYS), math.log1p(k)
    alpha, beta = model.forms.prior
    plain = plain_hazard((alpha + k) * math.log1p(ahead / (beta + exposure)))
    rates = [plain_hazard((0.3 + c) * math.log1p(ahead / (0.9 * ahead + e)))
             for e, c in zip(faded, decayed[-3:], strict=True)]  # fmt: skip
    assert model.forms.lives is not None
    again = plain_bgnbd(model.forms.lives, k, silent, exposure, ahead)
    return [
        *(-math.log1p(quiet), math.log(0.5 + k), log_age, -float(k == 0), -(k == 0) * log_age),
        plain_rhythm(days),
        *(math.log(0.05 + c) for c in decayed),
        *(-math.log1p(n) for n in lasts),
        *(-hushed, -long, -long * long, -long * count, -long * long * count),
        *(plain, *rates),
        *(min(again - cap, 0.0) * hushed for cap in (2.0, 0.0, -2.0)),
        min(again, 3.0) if k == 0 else 3.0,
        math.log(0.5 + sum(c for _, c in older)),
        *(math.log(0.05 + c) for c in faint),
        log_age * log_age,
        *(min(log_age, math.log(bend)) for bend in AGE_BENDS),
    ]


def plain_hazard(hazard: float) -> float:
    """logit(1 - exp(-hazard)), within +-12."""
    return min(max(math.log(math.expm1(min(max(hazard, 1e-9), 500.0))), -12.0), 12.0)


def plain_bgnbd(lives: BgNbd, k: float, silent: float, exposure: float, ahead: float) -> float:
    """The logit of BG/NBD's chance of at least one more."""
    r, alpha, a, b = lives
    fires = 1 - ((alpha + exposure) / (alpha + exposure + ahead)) ** (r + k)
    if k:
        silence = math.log((alpha + exposure) / (alpha + exposure - silent))
        odds = math.log(a) - math.log(b + k - 1) + (r + k) * silence
        fires /= 1 + math.exp(min(odds, 700.0))
    p = min(max(fires, LOWEST), 1 - LOWEST)
    return math.log(p / (1 - p))


def plain_rhythm(days: list[int]) -> float:
    """Whether a beat is due, asked of every late occurrence and every period."""
    if sum(d > TODAY - LONGEST_FOUND for d in days) > BUSY:
        return 1.0
    if len(days) <= BEATS:
        return 0.0
    kept = set(days)
    rate = sum(d <= TODAY - OLD_DAYS for d in days) / (TODAY - OLD_DAYS)
    for beat in days:
        if beat <= TODAY - LONGEST_FOUND - LONGEST_FOUND // 8:
            continue
        for period in PERIODS:
            slack = max(period // 12, 1)
            if TODAY - beat > period + slack or rate * (2 * slack + 1) > LUCK:
                continue
            if all(any(beat - back * period + off in kept for off in range(-slack, slack + 1))
                   for back in range(1, BEATS + 1)):  # fmt: skip
                return 1.0
        if plain_month_ends(beat, kept, rate):
            return 1.0
    return 0.0


def plain_month_ends(beat: int, kept: set[int], rate: float) -> bool:
    """Whether a beat lies at a month's or a quarter's end, as those before it did."""
    day = EPOCH + timedelta(days=FIRST_DAY + beat - 3)
    month = day.year * 12 + day.month - 1
    for step in (1, 3):
        if rate * 5 > LUCK or (step == 3 and month % 3 != 2):
            continue
        if not -2 <= month_end(month + step) - TODAY <= HORIZON + 2:
            continue
        if all(any(month_end(month - back * step) + off in kept for off in range(-2, 3))
               for back in range(BEATS + 1)):  # fmt: skip
            return True
    return False


def month_end(month: int) -> int:
    """Position of the last day of a month counted from year 0."""
    return (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - EPOCH).days - 1 - FIRST_DAY


def plain_quantile(shape: float, stay: float) -> float:
    """95% quantile of a negative binomial given that it is not 0, summed up term by term."""
    term = none = stay**shape
    total, n = none, 0
    while total < none + 0.95 * (1 - none) or n == 0:
        term *= (shape + n) / (n + 1) * (1 - stay)
        n += 1
        total += term
    return float(n)


def scored(past: History, model: Model) -> tuple[float, Prediction]:
    """Seconds to score the whole catalog once, and the scores."""
    started = time.perf_counter()
    found = predict(model, past, TODAY)
    return time.perf_counter() - started, found


def looped(past: History, model: Model, found: Prediction) -> float:
    """Seconds that the plain loop takes for one capability; it must find the same."""
    started = time.perf_counter()
    plain = [plain_score(model, past, number) for number in range(LOOP_ITEMS)]
    seconds = (time.perf_counter() - started) / LOOP_ITEMS
    ours = np.column_stack((found.p_fire, found.n_up))[:LOOP_ITEMS]
    np.testing.assert_allclose(np.array(plain), ours, rtol=1e-6)
    return seconds


def main() -> None:
    """Print the times, the ratio to the loop, and the growth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="up to 10,000 only")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    args = parser.parse_args()
    print(machine())
    first: float | None = None
    model: Model | None = None
    for size in args.sizes[:2] if args.quick else args.sizes:
        past = counters(size)
        model = model or fit(past, TODAY)
        seconds, found = scored(past, model)
        each = seconds / size
        first = first or each
        loop = looped(past, model, found)
        print(f"{size:7} capabilities x {DAYS} days: {each * size:6.2f} s, "
              f"{each * 1e6:6.1f} us each ({each / first:.2f} of the smallest); "
              f"plain loop {loop * 1e6:7.0f} us each, {loop / each:.0f} times; "
              f"peak {peak_mib():.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
