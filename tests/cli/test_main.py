"""The command line as a whole: help, exit codes, and what goes wrong said in one sentence."""

from __future__ import annotations

import os
import re
import resource
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from auditor.cli.context import Context
from auditor.cli.main import main
from auditor.cli.verbs import VERBS, Verb, auditor
from auditor.errors import BadInputError, ExitCode, StoreBusyError

Captured = pytest.CaptureFixture[str]


def fails_with(error: BaseException) -> Callable[..., None]:
    def verb(*_: object, **__: object) -> None:
        raise error

    return verb


@pytest.fixture
def status_raises(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes `auditor status` raise as soon as it looks for its project."""

    def use(error: BaseException) -> None:
        monkeypatch.setattr("auditor.cli.context.Context.project", fails_with(error))

    return use


def test_help_has_an_example_of_every_verb(capsys: Captured) -> None:
    assert main(["--help"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert [verb.example for verb in VERBS.values() if verb.example not in shown] == []


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS.keys())
def test_every_example_is_understood(
    verb: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "*.jsonl.gz").touch()
    args = shlex.split(verb.example.partition(" > ")[0])[1:]
    with auditor.make_context("auditor", args, obj=Context()) as ctx:
        name, command, rest = auditor.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
        assert command is not None
        command.make_context(name, rest, parent=ctx).close()


@pytest.mark.parametrize("line", ["--debug --color never status", "status --color never --debug"])
def test_options_of_all_verbs_stand_before_or_after_the_verb(
    line: str, status_raises: Callable[[BaseException], None], capsys: Captured
) -> None:
    status_raises(BadInputError("nothing here"))
    main(line.split())
    assert "Traceback" in capsys.readouterr().err


def test_an_option_before_the_verb_outlives_the_default_after_it(tmp_path: Path) -> None:
    context = Context()
    with auditor.make_context("auditor", ["--project", str(tmp_path), "status"], obj=context):
        assert context.project_dir == tmp_path


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_has_help_of_its_own(name: str, capsys: Captured) -> None:
    assert main([name, "--help"]) == ExitCode.OK
    assert f"Usage: auditor {name}" in capsys.readouterr().out


def test_without_a_verb_help_goes_to_stderr(capsys: Captured) -> None:
    assert main([]) == ExitCode.USAGE
    assert "Commands:" in capsys.readouterr().err


def test_a_typo_in_a_verb_is_answered_with_the_nearest_one(capsys: Captured) -> None:
    assert main(["reprot"]) == ExitCode.USAGE
    assert "Did you mean 'report'?" in capsys.readouterr().err


def test_a_day_that_does_not_exist_is_a_usage_error(capsys: Captured) -> None:
    assert main(["report", "--as-of", "2026-02-30"]) == ExitCode.USAGE
    assert "'2026-02-30' is no day of the calendar like 2026-11-24" in capsys.readouterr().err


def test_a_hostile_argument_reaches_no_terminal_raw(capsys: Captured) -> None:
    main(["\x1b[31m\u202everb"])
    main(["report", "--as-of", "\x9b31m"])
    said = capsys.readouterr().err
    assert all(char.isprintable() or char == "\n" for char in said)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInputError("traces.jsonl:3: expected a JSON object, read '['"), ExitCode.USAGE),
        (StoreBusyError("store.duckdb", "PID 12"), ExitCode.STORE),
    ],
)
def test_an_error_is_one_sentence_with_its_exit_code(
    error: Exception,
    code: ExitCode,
    status_raises: Callable[[BaseException], None],
    capsys: Captured,
) -> None:
    status_raises(error)
    assert main(["status"]) == code
    assert capsys.readouterr() == ("", f"auditor: {error}\n")


def test_names_in_an_error_are_made_harmless(
    status_raises: Callable[[BaseException], None], capsys: Captured
) -> None:
    status_raises(BadInputError("unknown \x1b]0;title\x07 here"))
    main(["status"])
    assert capsys.readouterr().err == "auditor: unknown \\x1b]0;title\\x07 here\n"


def test_a_crash_exits_with_4_and_says_where_its_traceback_is(
    status_raises: Callable[[BaseException], None], capsys: Captured
) -> None:
    status_raises(RuntimeError("nobody expected this"))
    assert main(["status"]) == ExitCode.CRASH
    said = capsys.readouterr().err
    found = re.search(r"traceback is in (\S+);", said)
    assert found is not None
    assert "Traceback" not in said
    kept = Path(found[1])
    assert "RuntimeError: nobody expected this" in kept.read_text()
    kept.unlink()


def test_debug_shows_the_traceback(
    status_raises: Callable[[BaseException], None], capsys: Captured
) -> None:
    status_raises(RuntimeError("nobody expected this"))
    assert main(["--debug", "status"]) == ExitCode.CRASH
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interrupt_exits_as_shells_have_it(
    status_raises: Callable[[BaseException], None], capsys: Captured
) -> None:
    status_raises(KeyboardInterrupt())
    assert main(["status"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(("module", "extra"), [("duckdb", "audit"), ("yaml", "check")])
def test_a_missing_module_names_the_extra_that_brings_it(
    module: str,
    extra: str,
    status_raises: Callable[[BaseException], None],
    capsys: Captured,
) -> None:
    status_raises(ModuleNotFoundError(f"No module named {module!r}", name=module))
    assert main(["status"]) == ExitCode.USAGE
    assert f"pip install 'capability-auditor[{extra}]'" in capsys.readouterr().err


def test_outside_a_project_the_error_names_init(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["status"]) == ExitCode.USAGE
    assert "auditor init" in capsys.readouterr().err


def test_python_dash_m_is_the_same_command() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "auditor", "--help"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("Usage: auditor [OPTIONS] COMMAND")


def test_a_pipe_that_is_closed_early_is_no_error() -> None:
    code = "import sys; from auditor.cli.main import main; sys.exit(main(['--help']))"
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_shell_can_complete_a_verb() -> None:
    environ = {**os.environ, "_AUDITOR_COMPLETE": "bash_complete"}
    environ |= {"COMP_WORDS": "auditor exp", "COMP_CWORD": "1"}
    run = subprocess.run(
        [sys.executable, "-m", "auditor"], env=environ, capture_output=True, text=True, check=True
    )
    assert run.stdout == "plain,explain\n"


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from auditor.cli.main import main; main(['--help']); "
        "heavy = {'polars', 'duckdb', 'numpy', 'scipy', 'pydantic', 'rich', 'msgspec', 'yaml'}; "
        "print(*(heavy & set(sys.modules)), file=sys.stderr, end='')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    assert run.stderr == b""


def test_help_takes_at_most_twice_the_time_of_its_library_alone() -> None:
    bare = _cpu_seconds("import click, rich_click")
    ours = _cpu_seconds("from auditor.cli.main import main; main(['--help'])")
    assert ours <= 2 * bare


def _cpu_seconds(code: str, tries: int = 5) -> float:
    """The least of some tries, since other processes only ever add to it."""
    spent = []
    for _ in range(tries):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def test_every_option_has_a_variable_and_help() -> None:
    options = [one for one in auditor.params if isinstance(one, click.Option)]
    unset = [one.name for one in options if one.name != "version" and not one.envvar]
    assert unset == []
    assert all(one.help for one in options)
