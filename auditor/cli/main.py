"""The entry point: runs a verb, and turns whatever goes wrong into a sentence and an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditor.cli.context import Context
from auditor.errors import AuditorError, BadInputError, ExitCode, MissingExtraError

if TYPE_CHECKING:
    import click

COMPLETE = "_AUDITOR_COMPLETE"
"""The variable through which a shell asks what could come next."""
INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

EXTRAS = {
    **dict.fromkeys(("click", "rich", "rich_click", "yaml", "pydantic", "rapidfuzz"), "check"),
    **dict.fromkeys(("duckdb", "polars", "numpy", "scipy", "msgspec"), "audit"),
    "matplotlib": "plot",
}
"""Which extra brings a module that a verb may miss."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line with `argv` (default: that of the process); the exit code."""
    # Our matrices are small: a second BLAS thread costs more than it brings, most of all where
    # other processes are busy. It must be said before numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    context = Context()
    if sys.stdout is None:  # closed by the caller: nobody reads
        sys.stdout = io.StringIO()
    try:
        return _run(sys.argv[1:] if argv is None else list(argv), context)
    except KeyboardInterrupt:
        return _interrupted(context)
    except BrokenPipeError:
        return _nobody_reads()
    except AuditorError as error:
        return _tell(error, context)
    except OSError as error:
        return _tell(BadInputError(f"{error.strerror}: {error.filename or 'stdout'}"), context)
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRAS:
            return _crash(error, context)
        return _tell(MissingExtraError(module, EXTRAS[module]), context)
    except Exception as error:
        return _crash(error, context)


def _run(args: list[str], context: Context) -> int:
    import click

    from auditor.cli.verbs import auditor

    # A terminal that cannot show a bar of a sparkline must not end the report.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        if instruction := os.environ.get(COMPLETE):
            return _complete(auditor, instruction)
        # Not `auditor.main`: that one ends with 1 when the reader of a pipe goes away.
        with auditor.make_context("auditor", args, obj=context) as ctx:
            code = auditor.invoke(ctx)
        sys.stdout.flush()
        return int(code or ExitCode.OK)
    except click.exceptions.Exit as done:
        sys.stdout.flush()
        return done.exit_code
    except click.ClickException as error:
        return _usage(error, context)
    except click.Abort:
        return _interrupted(context)


def _complete(group: click.Group, instruction: str) -> int:
    from click.shell_completion import shell_complete

    return shell_complete(group, {"obj": Context()}, "auditor", COMPLETE, instruction)


def _usage(error: click.ClickException, context: Context) -> int:
    import click

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    where = getattr(getattr(error, "ctx", None), "command_path", "auditor")
    context.say(f"{where}: {error.format_message()}\nTry `{where} --help`.")
    return error.exit_code


def _tell(error: AuditorError, context: Context) -> int:
    if context.debug:
        import traceback

        traceback.print_exc()
    context.say(f"auditor: {error}")
    return error.exit_code


def _crash(error: Exception, context: Context) -> int:
    """A fault of ours: the traceback is kept for the bug report, not thrown at the reader."""
    import tempfile
    import traceback

    what = f"auditor: unexpected {type(error).__name__}: {error}"
    if context.debug:
        traceback.print_exc()
        context.say(what)
        return ExitCode.CRASH
    with tempfile.NamedTemporaryFile(
        "w", prefix="auditor-crash-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        traceback.print_exc(file=file)
    context.say(f"{what}\nThe traceback is in {file.name}; --debug shows it here.")
    return ExitCode.CRASH


def _interrupted(context: Context) -> int:
    context.say("auditor: interrupted")
    return INTERRUPTED


def _nobody_reads() -> int:
    """The reader of a pipe went away, as `head` does; nothing more is to be said to it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK
