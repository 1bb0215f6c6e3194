"""`auditor --help` against the bare import of its command-line library: at most twice."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

from _machine import machine

RUNS = 15


def cpu_seconds(*code: str) -> float:
    """The median CPU time, user and system, of a Python process."""
    times = []
    for _ in range(RUNS):
        before = os.times()
        subprocess.run([sys.executable, *code], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        times.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return median(times)


def main() -> None:
    """Print both times and their ratio."""
    print(machine())
    bare = cpu_seconds("-c", "import click, rich_click")
    for verb in ((), ("import",), ("report",)):
        ours = cpu_seconds("-m", "auditor", *verb, "--help")
        name = " ".join(("auditor", *verb, "--help"))
        print(f"{name}: {ours * 1000:.0f} ms CPU, click and rich-click alone "
              f"{bare * 1000:.0f} ms; ratio {ours / bare:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
