"""`auditor import`: trace files and chat logs into the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import rich_click as click

from auditor.cli.context import Context
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from rich.progress import Progress

    from auditor.serve.intake import Imported


@click.command()
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("auto", "otlp", "chat")),
    default="auto",
    show_default=True,
    envvar="AUDITOR_IMPORT_FORMAT",
    help="otlp: lines of the OpenTelemetry Collector's file exporter; chat: conversations.",
)
@click.option(
    "--service",
    default="unknown_service",
    show_default=True,
    metavar="NAME",
    envvar="AUDITOR_IMPORT_SERVICE",
    help="The service of what names none.",
)
@click.pass_obj
def import_(
    context: Context,
    paths: tuple[Path, ...],
    format_: Literal["auto", "otlp", "chat"],
    service: str,
) -> ExitCode:
    """Read trace files or chat logs into the store; folders and `.gz` too.

    Repeating an import, or resuming one after an interrupt, counts nothing twice. The good
    lines of a bad file count; the exit code is then 2.

    \b
    OTLP:  {"resourceSpans": [...]} a line
    Chat:  {"id"?, "messages": [...], "tools"?, "model"?, "service"?, "environment"?,
           "created"?} a line, or an array of them
    """
    from auditor.receive import files
    from auditor.serve.intake import import_files

    project = context.project()
    with _progress() as progress:
        task = progress.add_task("reading", total=files.total_bytes(paths))
        imported = import_files(
            paths,
            project.store_path,
            project.catalog,
            format=format_,
            service=service,
            on_progress=lambda read: progress.advance(task, read),
            on_settle=lambda: progress.update(task, description="counting"),
        )
    for fault in imported.faults:
        context.say(f"left out: {fault}")
    if imported.rejected > len(imported.faults):
        context.say(f"left out: {imported.rejected - len(imported.faults):,} more like these")
    print(summary(imported))
    return ExitCode.USAGE if imported.rejected else ExitCode.OK


def summary(imported: Imported) -> str:
    """The end line: what came, what of it was new, what was left out."""
    came = (
        f"{imported.calls:,} calls: {imported.new_calls:,} new, "
        f"{imported.duplicate_calls:,} duplicates; {imported.rejected:,} left out"
    )
    if imported.not_traces:
        came += f"; lines of logs or metrics, which are not read: {imported.not_traces:,}"
    return came


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on stderr by bytes, only where a person watches."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield progress
