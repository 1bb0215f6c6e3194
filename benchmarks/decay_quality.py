"""Regret, AUC and calibration on two real event streams, and against every naive rule.

The mean over 12 phases (0, 10, ... 110 days), with standard errors; differences are paired over
cuts. A standard error over cuts counts each cut as one observation of its own 120 days: the 12
phases of one cut overlap, so they are averaged first and the error is taken over those means.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import argparse
import gzip
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from _machine import machine

from auditor.decide.event_backtest import OURS, EventBacktest, Plan, backtest_events
from auditor.decide.events import events_history, parse_events
from auditor.usage.history import Floats
from auditor.usage.learn import Memory

DATA = Path(__file__).parents[2] / "shared" / "data" / "events"
PHASES = range(0, 120, 10)
LIMITS = {
    "flask": {"0.4": 0.041, "0.6": 0.072, "auc": 0.836, "calibration": 0.020},
    "requests": {"0.4": 0.057, "0.6": 0.087, "auc": 0.845, "calibration": 0.025},
}
MARGIN = 0.002
"""No naive rule may be better by more."""


class Mean(NamedTuple):
    """A mean over phases and cuts, and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:7.4f} +- {self.error:.4f}"


def mean(values: Floats) -> Mean:
    """Of figures [phases, cuts] (NaN where a phase has fewer cuts)."""
    by_cut = np.nanmean(values, axis=0)
    value = float(np.nanmean(np.nanmean(values, axis=1)))
    return Mean(value, float(by_cut.std(ddof=1) / np.sqrt(len(by_cut))))


def stacked(runs: list[EventBacktest], name: str, rate: int | None) -> Floats:
    """Regret at a drop rate (or the AUC) of a predictor, shape [phases, cuts]."""
    cuts = max(len(run.cuts) for run in runs)
    table = np.full((len(runs), cuts), np.nan)
    for row, run in enumerate(runs):
        scored = run.predictors[name]
        table[row, : len(run.cuts)] = scored.auc if rate is None else scored.regret[:, rate]
    return table


def replay(stream: str, phases: Sequence[int]) -> list[EventBacktest]:
    """The backtests of some phases of one stream."""
    with gzip.open(DATA / f"{stream}.tsv.gz", "rt") as lines:
        past = events_history(parse_events(lines, stream))
    memory = Memory()
    return [backtest_events(past, Plan(phase_days=phase), memory=memory) for phase in phases]


def report(stream: str, phases: Sequence[int]) -> None:
    """Print the figures of one stream beside their limits, and the paired differences."""
    started = time.perf_counter()
    runs = replay(stream, phases)
    cuts, items = sum(len(run.cuts) for run in runs), sum(sum(run.sizes) for run in runs)
    print(f"\n{stream}: {len(runs)} phases, {cuts} cuts, {items} item-cuts, "
          f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    limit = LIMITS[stream]
    print(f"{'predictor':16}{'regret at 40%':>20}{'regret at 60%':>20}{'AUC':>20}")
    for name in runs[0].predictors:
        figures = [mean(stacked(runs, name, rate)) for rate in (0, 1, None)]
        print(f"{name:16}" + "".join(f"{figure!s:>20}" for figure in figures))
    print(f"{'(limit)':16}{limit['0.4']:>20}{limit['0.6']:>20}{limit['auc']:>20}")
    pooled = np.array([run.predictors["auditor"].pooled for run in runs])
    error = np.mean([run.predictors["auditor"].pooled_error for run in runs])
    own = np.array([np.nanmean(run.predictors["auditor"].calibration) for run in runs])
    print(f"calibration error: pooled {pooled.mean():.4f} +- {error:.4f} "
          f"(limit {limit['calibration']}), mean per cut {own.mean():.4f}")  # fmt: skip
    paired(runs)


def paired(runs: list[EventBacktest]) -> None:
    """Ours minus each naive rule, paired over cuts and phases, with a 95% interval."""
    print("auditor minus naive rule, 95% interval; none may be above +0.002:")
    for name in runs[0].predictors:
        if name in OURS:
            continue
        line = f"{name:16}"
        for rate in (0, 1):
            ours, theirs = stacked(runs, "auditor", rate), stacked(runs, name, rate)
            value, wide = mean(ours - theirs)
            verdict = "ok" if value <= MARGIN else "WORSE"
            line += f"  {value:+.4f} ({value - 1.96 * wide:+.4f} to {value + 1.96 * wide:+.4f})"
            line += f" {verdict:5}"
        print(line)


def main() -> None:
    """Both streams, or the named ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two phases instead of twelve")
    parser.add_argument("streams", nargs="*", default=list(LIMITS))
    args = parser.parse_args()
    print(machine())
    for stream in args.streams:
        report(stream, PHASES[::6] if args.quick else PHASES)


if __name__ == "__main__":
    main()
