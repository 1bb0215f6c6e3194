"""The verbs, and the group that imports one only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click
from click.core import ParameterSource


@dataclass(frozen=True, slots=True)
class Verb:
    """One line of `auditor --help`: all that is known of a verb before its module is imported."""

    does: str
    example: str
    module: str
    command: str


VERBS: Mapping[str, Verb] = {
    "init": Verb(
        "Write a starter audit project, or fill one from the store.",
        "auditor init my-audit",
        "auditor.cli.init",
        "init",
    ),
    "import": Verb(
        "Read trace files or chat logs into the store.",
        "auditor import traces/*.jsonl.gz",
        "auditor.cli.import_",
        "import_",
    ),
    "audit": Verb(
        "Decide what shall happen to each capability.",
        "auditor audit --format json > audit.json",
        "auditor.cli.audit",
        "audit",
    ),
    "report": Verb(
        "Show what is used, what never fires, what it costs.",
        "auditor report --as-of 2026-11-24",
        "auditor.cli.report",
        "report",
    ),
    "explain": Verb(
        "Show the whole arithmetic of one decision.",
        "auditor explain tool.send_certificate",
        "auditor.cli.explain",
        "explain",
    ),
    "backtest": Verb(
        "Show what these decisions would have cost on your own past.",
        "auditor backtest --against 30d,90d",
        "auditor.cli.backtest",
        "backtest",
    ),
    "check": Verb(
        "Check the rule files; exit 1 on findings.",
        "auditor check --project my-audit",
        "auditor.cli.check",
        "check",
    ),
    "status": Verb(
        "Show what the store holds.",
        "auditor status",
        "auditor.cli.status",
        "status",
    ),
    "config": Verb(
        "Show every setting in force and where it came from.",
        "auditor config",
        "auditor.cli.config",
        "config",
    ),
}
"""Every verb, in the order in which a newcomer needs them."""


class LazyGroup(click.Group):
    """Lists the verbs without importing them; rendered plainly, so that `--help` is quick."""

    def list_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
    ) -> list[str]:
        """The order of the table, which is the order of use."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the verb among the listed ones (so that a typo is answered), then imports it."""
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None or listed is None:
            return name, listed, rest
        verb = VERBS[name]
        command: click.Command = getattr(import_module(verb.module), verb.command)
        if not any(one.name == "project_dir" for one in command.params):
            command.params.extend(everywhere(hidden=True))
        return name, command, rest

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """An example of every verb."""
        with formatter.section("Examples"):
            for verb in VERBS.values():
                formatter.write_text(verb.example)


def everywhere(*, hidden: bool) -> list[click.Parameter]:
    """The options that may stand before the verb (where help lists them) and after it."""
    return [
        click.Option(
            ["--project", "project_dir"],
            type=click.Path(file_okay=False, path_type=Path),
            envvar="AUDITOR_PROJECT",
            metavar="DIR",
            help="The audit project; else the nearest one from this folder upward.",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            envvar="AUDITOR_DEBUG",
            help="Show tracebacks.",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
        ),
        click.Option(
            ["--color"],
            type=click.Choice(("auto", "always", "never")),
            default="auto",
            envvar="AUDITOR_COLOR",
            help="Colour on stdout; auto heeds NO_COLOR, then FORCE_COLOR, then the terminal.",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
        ),
    ]


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Keeps a value in the context; a default after the verb must not undo one before it."""
    name = param.name or ""
    if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
        setattr(ctx.obj, name, value)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"auditor {version('capability-auditor')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    commands={name: click.Command(name, help=verb.does) for name, verb in VERBS.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
    params=everywhere(hidden=False),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version.",
)
def auditor() -> None:
    """Which of its capabilities does your product use, and which may a smaller model forget?

    Data goes to stdout, everything else to stderr. Options of all verbs may stand before or
    after the verb. Exit codes: 0 fine, 1 findings, 2 usage or bad input, 3 store trouble,
    4 a crash.
    """
