"""`auditor backtest`: what these decisions would have cost on the team's own past."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import rich_click as click

from auditor.cli.context import Context
from auditor.cli.options import ORIGIN, SERVICE, Day, Days, Several
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from auditor.render.plots import Curves
    from auditor.render.tables import Page


class Looked(NamedTuple):
    """A finished backtest, of whichever kind."""

    content: dict[str, Any]
    page: Page
    curves: Callable[[], Curves]


OnCut = Callable[[int, int], None]
A_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.option(
    "--rules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="AUDITOR_RULES",
    metavar="DIR",
    help="Decide by the costs.yaml and capabilities.yaml of another folder.",
)
@click.option(
    "--from",
    "first",
    type=Day(),
    envvar="AUDITOR_FROM",
    help="The first cut.  [default: 28 days after the first covered one]",
)
@click.option(
    "--to",
    "last",
    type=Day(),
    envvar="AUDITOR_TO",
    help="No cut is later.  [default: the last covered day]",
)
@click.option(
    "--every",
    type=Days(),
    envvar="AUDITOR_EVERY",
    help="From cut to cut.  [default: 7d; of events 120d]",
)
@click.option(
    "--horizon",
    type=Days(),
    envvar="AUDITOR_HORIZON",
    help="How far ahead a decision must hold.  [default: the rule file's; of events 90d]",
)
@click.option(
    "--against",
    type=Several(Days()),
    default="2d,14d,30d,90d",
    show_default=True,
    envvar="AUDITOR_AGAINST",
    metavar="DURATIONS",
    help="Windows of the naive rules: no hit in so many days.",
)
@SERVICE
@ORIGIN
@click.option(
    "--events",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="AUDITOR_EVENTS",
    metavar="FILE",
    help="Judge the forecast on an event log instead: unix_seconds<TAB>op<TAB>item.",
)
@click.option(
    "--first-cut",
    type=Days(),
    default="1095d",
    show_default=True,
    envvar="AUDITOR_FIRST_CUT",
    help="Of events: so long after the first row.",
)
@click.option(
    "--phase",
    type=Days(zero=True),
    default="0d",
    show_default=True,
    envvar="AUDITOR_PHASE",
    help="Of events: every cut so much later.",
)
@click.option(
    "--train",
    type=click.IntRange(min=0),
    default=6,
    show_default=True,
    envvar="AUDITOR_TRAIN",
    help="Of events: so many first cuts only train.",
)
@click.option(
    "--drop-rates",
    type=Several(A_SHARE),
    default="0.4,0.6",
    show_default=True,
    envvar="AUDITOR_DROP_RATES",
    metavar="SHARES",
    help="Shares of the least likely at which predictors are compared.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "markdown", "json")),
    default="table",
    show_default=True,
    envvar="AUDITOR_BACKTEST_FORMAT",
    help="What to write to stdout.",
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="AUDITOR_PLOT",
    metavar="FILE",
    help="Write the figures too: .png, or .html with the tables.",
)
@click.pass_obj
def backtest(
    context: Context,
    /,
    events: Path | None,
    format_: Literal["table", "markdown", "json"],
    plot: Path | None,
    **asked: Any,
) -> ExitCode:
    """Make past decisions anew, with what was known then, and count what they would have cost.

    At each cut today's rules and catalog decide. A capability that was dropped and fired within
    the horizon is regretted. Each occurrence that a drop would have missed is charged once.

    \b
    Events: op A is a birth, D a retirement, anything else a hit; `.gz` too. No project is read,
    and --rules, --from, --to, --against, --service, --origin have no meaning.
    """
    from auditor.render.markdown import as_markdown
    from auditor.render.plots import check_plot, write_plot
    from auditor.render.tables import as_text

    if plot is not None:
        check_plot(plot)
    looked = _events(events, **asked) if events else _project(context, **asked)
    if format_ == "json":
        context.show_json(looked.content)
    elif format_ == "markdown":
        sys.stdout.write(as_markdown(looked.page))
    else:
        context.show(lambda width: as_text(looked.page, width))
    if plot is not None:
        write_plot(plot, looked.page, looked.curves())
        context.say(f"figures written to {plot}")
    return ExitCode.OK


def _project(
    context: Context,
    *,
    rules: Path | None,
    first: date | None,
    last: date | None,
    every: int | None,
    horizon: int | None,
    against: tuple[int, ...],
    service: str | None,
    origin: str | None,
    drop_rates: tuple[float, ...],
    **_of_events: Any,
) -> Looked:
    """The project's own past."""
    from auditor.backtest import run, to_json
    from auditor.decide.cuts import Plan
    from auditor.project.other_rules import with_rules
    from auditor.render.backtest import page
    from auditor.render.plots import regret_curves
    from auditor.store import open_reader

    if first and last and last < first:
        raise click.UsageError(f"--from {first} is after --to {last}")
    project = context.project()
    judged = with_rules(project, rules) if rules else project
    reader = open_reader(project.store_path)
    plan = Plan(first, last, every or 7, horizon, against, drop_rates)
    with _progress("cuts") as on_cut:
        found = run(judged, reader, plan, service=service, origin=origin, on_cut=on_cut)
    part = _part(rules, service, origin)
    return Looked(
        to_json(found, service=service, origin=origin),
        page(found, part=part),
        lambda: regret_curves(found),
    )


def _part(rules: Path | None, service: str | None, origin: str | None) -> str:
    """Says at what it looked, where that is not the whole project by its own rules."""
    from auditor.render.names import visible

    said = [f"the rules of {rules}"] if rules else []
    if service or origin:
        said.append(f"services {service or '*'}, origin {origin or 'production'}")
    return visible(f"Looked at: {'; '.join(said)}.") if said else ""


def _events(
    path: Path,
    *,
    first_cut: int,
    every: int | None,
    horizon: int | None,
    phase: int,
    train: int,
    drop_rates: tuple[float, ...],
    **_of_projects: Any,
) -> Looked:
    """An event log, read whole."""
    from auditor.backtest import read_events
    from auditor.decide.event_backtest import Plan, backtest_events
    from auditor.render.event_backtest import page
    from auditor.render.plots import event_curves

    plan = Plan(first_cut, every or 120, horizon or 90, phase, train, drop_rates)
    past = read_events(path)
    with _progress("cuts"):
        found = backtest_events(past, plan)
    return Looked(found.as_json(), page(found, path.name), lambda: event_curves(past, plan))


@contextmanager
def _progress(what: str) -> Iterator[OnCut]:
    """A bar on stderr, only where a person watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
