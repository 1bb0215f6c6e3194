"""Makes the demo: a project folder, 26 weeks of generated traffic in it, the audit of that.

Run by `make demo`; `make.py DIR --until DATE` makes the same traffic for another period.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import story
import traffic
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from auditor.cli.main import main as auditor

HERE: Final = Path(__file__).resolve().parent
PROJECT_FILES: Final = ("auditor.toml", "rules/capabilities.yaml", "rules/costs.yaml")
MADE: Final = ("traces", ".auditor")
"""What the next run takes away; it writes the project files again."""
WRITTEN_UNTIL: Final = date(2026, 11, 24)
"""The last day of the period for which the dates in the project files were written."""
SIGN: Final = "written by examples/demo/make.py"
"""Stands in the first lines of the demo's auditor.toml, and marks a folder as a demo."""

NEXT: Final = """
TRY IN THE DEMO
  {enter}

  # why six uses in half a year stay with the large model
  auditor explain tool.send_release_signoff
  # why a tool that was used every day may go
  auditor explain tool.take_screenshot
  # change the cost under `tag: browser-state` to rework: which of them stay then?
  ${{EDITOR:-vi}} rules/costs.yaml
  auditor check && auditor audit
  # what such decisions would have cost since the first month, miss by miss
  auditor backtest

ON YOUR OWN TRAFFIC
  # rules, settings, a configuration for the OpenTelemetry Collector
  auditor init my-audit && cd my-audit
  # its file exporter writes your spans to traces/; or point that of a Collector
  # that you run at a folder
  otelcol-contrib --config collectors/local/otel-collector.yaml
  # at any time, as often as you like: nothing counts twice
  auditor import traces/
  # fills the catalog with what was seen
  auditor init --from-store
  auditor report
"""

LOOKING_BACK: Final = "WOULD IT HAVE BEEN RIGHT? The demo's own past (auditor backtest):"


def main() -> int:
    """Make the demo, show its report, say what to do next; the exit code of what failed."""
    arguments = _arguments()
    folder: Path = arguments.folder
    if not _is_ours(folder):
        print(f"{folder} is there and is no demo: name another folder", file=sys.stderr)
        return 2
    _start_over(folder, arguments.until)
    generated = (
        f"GENERATED TRAFFIC of a test-automation assistant (seed {traffic.SEED}): "
        f"26 weeks until {arguments.until},\nas OTLP JSON lines in {folder / 'traces'}"
    )
    print(generated, flush=True)
    _write_traces(folder / "traces", arguments.until)
    as_of = ("--as-of", arguments.until.isoformat())
    for verb in (("import", str(folder / "traces")), ("report", *as_of)):
        print(f"\n$ auditor {shlex.join(verb)}", flush=True)
        code = auditor(["--project", str(folder), *verb])
        if code:
            return code
    print(f"\n{generated}")
    print(NEXT.format(enter=_enter(folder)))
    print(f"{LOOKING_BACK}\n{_looking_back(folder)}")
    return 0


def _arguments() -> argparse.Namespace:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("demo"))
    parser.add_argument(
        "--until",
        type=date.fromisoformat,
        default=yesterday,
        metavar="DATE",
        help="last day of the traffic (default: yesterday in UTC)",
    )
    return parser.parse_args()


def _is_ours(folder: Path) -> bool:
    """Whether the folder may be written: not there, empty, or a demo of an earlier run."""
    if not folder.exists():
        return True
    if not folder.is_dir():
        return False
    settings = folder / "auditor.toml"
    if settings.is_file():
        return SIGN in settings.read_text(encoding="utf-8", errors="replace")
    return not any(folder.iterdir())


def _start_over(folder: Path, until: date) -> None:
    """Take away the data of an earlier run and nothing else, and write the project files."""
    for name in MADE:
        shutil.rmtree(folder / name, ignore_errors=True)
    later = until - WRITTEN_UNTIL
    for name in PROJECT_FILES:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (HERE / name).read_text(encoding="utf-8")
        path.write_text(_moved(text, later), encoding="utf-8")


def _moved(text: str, later: timedelta) -> str:
    """A project file with its dates moved along with the traffic."""

    def move(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + later).isoformat()

    return re.sub(r"\b\d{4}-\d\d-\d\d\b", move, text)


def _write_traces(folder: Path, until: date) -> None:
    """Write a file a week, as the exporter's rotation leaves them."""
    folder.mkdir()
    with _progress() as progress:
        task = progress.add_task("generating", total=story.DAYS - len(story.GAP))
        weeks = groupby(traffic.days(until), key=lambda day: (until - day.day).days // 7)
        for _, days in weeks:
            first = next(days)
            path = folder / f"spans-{first.day}.jsonl.gz"
            with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as file:
                for day in (first, *days):
                    file.writelines(day.lines)
                    progress.advance(task)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr by days, only where a person watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield progress


def _looking_back(folder: Path) -> str:
    """What the demo's decisions would have cost in its own past, in one line."""
    # Only now: the command line tells numpy how many threads to use before it is imported.
    from auditor.backtest import run as backtest
    from auditor.decide.cuts import Plan
    from auditor.project import load
    from auditor.render.backtest import verdict
    from auditor.store import open_reader

    project = load(explicit=folder)
    return verdict(backtest(project, open_reader(project.store_path), Plan()))


def _enter(folder: Path) -> str:
    """How to get to where `auditor` is a command and the demo is the project."""
    enter = f"cd {shlex.quote(str(folder))}"
    programs = Path(sys.prefix) / "bin"
    found = shutil.which("auditor")
    if found and Path(found).parent == programs:
        return enter
    activate = os.path.relpath(programs / "activate")
    return f". {shlex.quote(activate)} && {enter}"


if __name__ == "__main__":
    sys.exit(main())
