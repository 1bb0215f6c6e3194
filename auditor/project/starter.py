"""The files that `auditor init` writes: this repository's own, which are a working project."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_PACKAGE = Path(__file__).resolve().parent.parent
_PATTERNS = (
    "auditor.toml",
    "rules/*.yaml",
    "rules/*.schema.json",
    "reports/*.yaml",
    "reports/*.schema.json",
    "collectors/*/*",
)
_GITIGNORE = "# What auditor stores; rules, reports and settings belong in git.\n.auditor/\n"


class Written(NamedTuple):
    """What `write` did, as paths below the folder."""

    new: tuple[str, ...]
    kept: tuple[str, ...]
    """There already, left as they were."""


def find() -> Path:
    """The folder of the starter files: the checkout's root, else the copy inside the wheel.

    An editable install has no copy, and a wheel no checkout around it.
    """
    checkout = _PACKAGE.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "auditor.toml").is_file():
        return checkout
    return _PACKAGE / "_starter"


def files() -> dict[str, str]:
    """Text of every starter file by its path below the project's root."""
    root = find()
    found = sorted(path for pattern in _PATTERNS for path in root.glob(pattern))
    texts = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}
    return {**texts, ".gitignore": _GITIGNORE}


def write(folder: Path) -> Written:
    """Writes the starter files that the folder lacks; what is there is never touched."""
    new, kept = [], []
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            new.append(name)
        except FileExistsError:
            kept.append(name)
    return Written(tuple(new), tuple(kept))


def ignores_data(folder: Path) -> bool:
    """Whether the folder's `.gitignore` keeps `.auditor/` out of git."""
    path = folder / ".gitignore"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return any(line.strip().strip("/") == ".auditor" for line in lines)
