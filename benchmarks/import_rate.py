"""Import against decoding the same file alone; memory as the file grows.

At least a sixth of the rate of msgspec alone; a file of 1 GB within 1 GiB.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from _machine import machine, peak_mib
from _traffic import otlp_file

from auditor.receive.wire import WireSpan
from auditor.serve.intake import import_files


class ScopeSpans(msgspec.Struct):
    spans: list[WireSpan]


class ResourceSpans(msgspec.Struct):
    scopeSpans: list[ScopeSpans]  # noqa: N815 - the name on the wire


class Line(msgspec.Struct):
    resourceSpans: list[ResourceSpans]  # noqa: N815 - the name on the wire


def decode(path: Path, decoder: msgspec.json.Decoder[object]) -> float:
    """Seconds to decode every line of the file."""
    started = time.perf_counter()
    with path.open("rb") as file:
        for line in file:
            decoder.decode(line)
    return time.perf_counter() - started


def imported(path: Path) -> float:
    """Seconds to import the file into a new store, counting included."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        import_files([path], Path(folder) / "store.duckdb", ())
        return time.perf_counter() - started


def memory(path: Path) -> float:
    """The peak of a process of its own that imports the file, in MiB."""
    done = subprocess.run(
        [sys.executable, __file__, "--only-import", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def main() -> None:
    """Print both rates, their ratio, and the memory of a small and of a large file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small files")
    parser.add_argument("--only-import", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only_import:
        imported(args.only_import)
        print(peak_mib())
        return
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "traces.jsonl"
        calls = 4_000 if args.quick else 20_000
        for characters in (300, 4000):
            otlp_file(path, calls, characters=characters)
            typed = decode(path, msgspec.json.Decoder(Line))
            untyped = decode(path, msgspec.json.Decoder())
            ours = imported(path)
            size = path.stat().st_size / calls / 1000
            print(
                f"{size:.1f} KB a call: import {calls / ours:,.0f} calls/s; msgspec alone "
                f"{calls / typed:,.0f} typed, {calls / untyped:,.0f} untyped; "
                f"ratio {typed / ours:.2f} and {untyped / ours:.2f} (at least 0.17)"
            )
        if not args.quick:
            for count in (20_000, 100_000):
                otlp_file(path, count, characters=4000)
                mib, gb = memory(path), path.stat().st_size / 1e9
                print(f"{gb:.2f} GB: peak {mib:,.0f} MiB (1 GB within 1,024 MiB)")


if __name__ == "__main__":
    main()
