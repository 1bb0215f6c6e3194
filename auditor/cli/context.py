"""What every verb is handed: the global options, the project, and where output goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import RenderableType

    from auditor.project import Project


@dataclass(slots=True)
class Context:
    """The global options, filled in by the command line before a verb runs."""

    project_dir: Path | None = None
    debug: bool = False
    color: Literal["auto", "always", "never"] = "auto"
    loaded: Project | None = None

    def project(self) -> Project:
        """The audit project named by `--project`, else the nearest one above this folder.

        Raises:
            ProjectNotFoundError: there is none.
            BadProjectError: one of its files has faults; the error carries all of them.
        """
        from auditor import project

        self.loaded = self.loaded or project.load(Path.cwd(), self.project_dir)
        return self.loaded

    def show(self, page: Callable[[int], RenderableType]) -> None:
        """Writes what `page` makes for the width of stdout."""
        from auditor.render.console import to_text, wants_color, width_of

        width = width_of(sys.stdout)
        color = wants_color(self.color, sys.stdout)
        sys.stdout.write(to_text(page(width), width=width, color=color))

    def show_json(self, content: Mapping[str, Any]) -> None:
        """Writes one JSON document to stdout."""
        from auditor.render.document import document

        sys.stdout.write(document(content))

    def say(self, text: str) -> None:
        """Tells the person, on stderr, what is no data."""
        from auditor.render.names import visible

        for line in text.split("\n"):
            print(visible(line), file=sys.stderr)
