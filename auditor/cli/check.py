"""`auditor check`: every fault of every file that a team writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from auditor.cli.context import Context
from auditor.cli.options import FORMAT
from auditor.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Group

    from auditor.project import Finding


@click.command()
@FORMAT
@click.pass_obj
def check(context: Context, format_: str) -> ExitCode:
    """Check settings, catalog, costs and report definitions against their shape and each other.

    Each finding has a file, a line and a code, which `docs/findings.md` explains.
    """
    from auditor import project

    root = project.find_root(Path.cwd(), context.project_dir)
    findings = project.check(root, datetime.now(UTC).date())
    if format_ == "json":
        context.show_json({"schema": "auditor.check/1", "findings": [*map(_entry, findings)]})
    elif findings:
        context.show(lambda _: _page(findings))
    context.say(_summary(findings))
    return ExitCode.FINDINGS if findings else ExitCode.OK


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.place.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "hint": finding.hint,
    }


def _page(findings: Sequence[Finding]) -> Group:
    """One line each, never wrapped: editors and `grep` read `file:line: code message`."""
    from rich.console import Group
    from rich.text import Text

    from auditor.render.names import visible

    lines = []
    for finding in findings:
        line = Text(visible(str(finding)), no_wrap=True, overflow="ignore")
        line.stylize("bold", 0, len(visible(finding.where)))
        line.highlight_words([finding.code], "red" if finding.severity == "error" else "yellow")
        lines.append(line)
    return Group(*lines)


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "no findings"
    counts = Counter(finding.severity.value for finding in findings)
    parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in sorted(counts.items())]
    return " and ".join(parts)
