"""Settle and audit as the store grows: seconds per million calls, flat.

Under 1 s per million calls at 1M and 3M; the audit after that the same at both, under 1 s.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from _machine import machine, peak_mib
from _traffic import spans

from auditor.audit import run
from auditor.model import Span
from auditor.project import Project, load, starter
from auditor.store import GROUP_SPANS, Writer, open_reader


class Timed(NamedTuple):
    calls: int
    settle_seconds: float
    audit_seconds: float


def fill(writer: Writer, calls: Iterable[Span]) -> None:
    """Append all of them, a group at a time."""
    source = iter(calls)
    while group := list(islice(source, GROUP_SPANS)):
        writer.append(group)


def measure(calls: int, project: Project, folder: Path) -> Timed:
    """Fill a store, settle all of it at once, and audit it."""
    path = folder / f"{calls}.duckdb"
    with Writer(path) as writer:
        fill(writer, spans(calls))
        started = time.perf_counter()
        writer.settle()
        settled = time.perf_counter() - started
    started = time.perf_counter()
    run(project, open_reader(path), as_of=date(2026, 5, 31))
    audited = time.perf_counter() - started
    path.unlink()
    return Timed(calls, settled, audited)


def main() -> None:
    """Print seconds per million calls for each size, and the ratio of the audits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 and 300,000 calls")
    parser.add_argument("--calls", type=int, nargs="*", help="other sizes")
    args = parser.parse_args()
    sizes = args.calls or ([100_000, 300_000] if args.quick else [1_000_000, 3_000_000])
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        starter.write(folder / "project")
        project = load(folder / "project")
        timed = [measure(calls, project, folder) for calls in sizes]
    for row in timed:
        print(
            f"{row.calls:>10,} calls: settle {row.settle_seconds:.2f} s, "
            f"{row.settle_seconds / row.calls * 1e6:.2f} s per million; "
            f"audit {row.audit_seconds:.2f} s"
        )
    ratio = timed[-1].audit_seconds / timed[0].audit_seconds
    print(f"audit at {timed[-1].calls:,} / at {timed[0].calls:,}: {ratio:.2f}")
    print(f"peak {peak_mib():,.0f} MiB")


if __name__ == "__main__":
    main()
