"""What can go wrong, named for what the user got wrong, and the exit code of each.

An exception takes facts and writes its own sentence: where, what was read, what was
expected, what to do. `docs/errors.md` has a paragraph with the cure of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What a verb's exit status means to a script."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    STORE = 3
    CRASH = 4

    @property
    def meaning(self) -> str:
        """What the status says, as the tables of the documentation have it."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "fine",
    ExitCode.FINDINGS: "findings, and nothing else",
    ExitCode.USAGE: "usage or bad input",
    ExitCode.STORE: "store trouble",
    ExitCode.CRASH: "an unexpected exception; it says where its traceback is",
}


class AuditorError(Exception):
    """Base of every error that the tool raises on purpose."""

    exit_code = ExitCode.USAGE


class ProjectNotFoundError(AuditorError):
    """No `auditor.toml` in the folder or above it."""

    def __init__(self, start: str) -> None:
        super().__init__(
            f"no auditor.toml in {start} or any folder above it: "
            "run `auditor init` there, or name a project with --project DIR"
        )


class BadProjectError(AuditorError):
    """A settings, catalog or rule file does not say what it must; carries every fault found."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class BadInputError(AuditorError):
    """A trace file, a flag or an argument cannot be read as what it should be."""


class UnknownCapabilityError(AuditorError):
    """A capability was named that neither the catalog nor the traffic knows."""

    def __init__(self, name: str, nearest: str | None) -> None:
        hint = f"; did you mean {nearest!r}?" if nearest else ""
        super().__init__(
            f"unknown capability {name!r}{hint} "
            "(`auditor audit` lists those in the catalog and in the traffic)"
        )


class MissingExtraError(AuditorError):
    """A verb needs an optional dependency that is not installed."""

    def __init__(self, module: str, extra: str) -> None:
        super().__init__(
            f"this needs {module}, which is not installed: "
            f"pip install 'capability-auditor[{extra}]'"
        )


class StoreError(AuditorError):
    """The store cannot be used now; nothing in it was changed."""

    exit_code = ExitCode.STORE


class StoreBusyError(StoreError):
    """Another process holds the store."""

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(f"{path} is held by another process ({holder}): wait for it, or stop it")


class StoreTooNewError(StoreError):
    """The store was made by a newer version of this tool."""

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            f"{path} has schema {found}, and this version knows up to {known}: "
            "upgrade capability-auditor; nothing was changed"
        )
