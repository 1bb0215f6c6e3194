"""`auditor init`: a starter audit project, or one filled from what the store has seen."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from auditor.cli.context import Context
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from auditor.project import Project
    from auditor.project.fill import Seen

NEXT = """\
What to do next{where}:
  auditor import FILE...        trace files or chat logs (collectors/local/ says how to get them)
  auditor init --from-store     lists what traffic shows in rules/capabilities.yaml
  auditor report                what is used, what never fires, what it costs
  auditor check                 after each edit of rules/ or auditor.toml"""


@click.command()
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--from-store",
    is_flag=True,
    envvar="AUDITOR_FROM_STORE",
    help="Fill an empty catalog and untouched settings from what the store has seen.",
)
@click.pass_obj
def init(context: Context, folder: Path | None, from_store: bool) -> ExitCode:
    """Write a small annotated audit project into DIR (default: this folder).

    A file that exists is never overwritten.
    """
    named = folder or context.project_dir
    if from_store:
        _fill(context, named)
    else:
        _start(context, named or Path())
    return ExitCode.OK


def _start(context: Context, folder: Path) -> None:
    from auditor.project import starter

    written = starter.write(folder)
    for name in written.new:
        context.say(f"wrote {folder / name}")
    for name in written.kept:
        context.say(f"kept  {folder / name}, which was there")
    if not starter.ignores_data(folder):
        context.say("add the line .auditor/ to .gitignore: what is stored does not belong in git")
    context.say(NEXT.format(where="" if folder == Path() else f" in {folder}"))


def _fill(context: Context, named: Path | None) -> None:
    from auditor import project
    from auditor.project import fill

    read = project.load(Path.cwd(), named)
    proposals = fill.propose(read, _seen(read))
    if not proposals:
        context.say("nothing to add: catalog and settings have all that the store has seen")
    for proposal in proposals:
        fill.apply(read.root, proposal)
        if proposal.content is not None:
            context.say(f"filled {read.root / proposal.name}: review it, then commit it")
        if proposal.left:
            context.say(f"{proposal.name} was edited, so nothing was changed there; it lacks:")
            click.echo(proposal.left, nl=False)


def _seen(read: Project) -> Seen:
    """What production traffic shows, by the settings as they will be, and every environment."""
    from auditor.model import Origin
    from auditor.project.fill import Seen, likely_origin
    from auditor.store import open_reader

    frames = open_reader(read.store_path).frames
    counters = frames.counters
    noticed = counters.filter((counters["hits"] + counters["observed"] + counters["unknown"]) > 0)
    days = noticed.select("capability", "environment", "day").group_by("capability", "environment")
    first: dict[str, date] = {}
    for capability, environment, day in days.min().iter_rows():
        if likely_origin(read.settings, environment) is Origin.PRODUCTION:
            first[capability] = min(day, first.get(capability, day))
    by_model: Counter[str] = Counter()
    environments = set()
    calls = frames.calls.select("model", "environment", "calls").group_by("model", "environment")
    for model, environment, count in calls.sum().iter_rows():
        environments.add(environment)
        if likely_origin(read.settings, environment) is Origin.PRODUCTION:
            by_model[model] += count
    return Seen(first, [model for model, _ in by_model.most_common()], sorted(environments))
