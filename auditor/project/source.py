"""A project file as plain values, with the place of every key and value in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from auditor.model import Place
from auditor.project.findings import Finding

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Keys = tuple[str | int, ...]
"""The way from the top of a document to a value: keys and list positions."""


@dataclass(slots=True)
class Source:
    """One file: its values, where each stands, how each scalar was written, and its faults."""

    name: str
    """The path below the project's root, with forward slashes."""
    text: str = ""
    digest: str = ""
    """SHA-256 of the file's bytes, '' when there is no file."""
    value: object = None
    places: dict[Keys, Place] = field(default_factory=dict)
    """The place of a value's key, or of the value itself in a list."""
    values: dict[Keys, Place] = field(default_factory=dict)
    written: dict[Keys, str] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)

    @property
    def unreadable(self) -> bool:
        """Whether faults kept the file from having any value."""
        return self.value is None and bool(self.faults)

    def place(self, keys: Keys) -> Place:
        """Where `keys` stands, or the nearest thing around it that the file has."""
        for end in range(len(keys), 0, -1):
            if keys[:end] in self.places:
                return self.places[keys[:end]]
        return Place(self.name, 1)

    def value_place(self, keys: Keys) -> Place:
        """Where the value of `keys` starts."""
        return self.values.get(keys) or self.place(keys)

    def add(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Notes a fault of this file."""
        self.faults.append(Finding(place, code, message, hint))

    def fail(self, code: str, message: str, hint: str = "", *, line: int = 1) -> None:
        """Notes a fault that has a line and nothing finer."""
        self.add(code, Place(self.name, line), message, hint)


def read(root: Path, name: str) -> Source:
    """Reads the bytes of a project file as text; what keeps it from being text is a fault."""
    source = Source(name)
    try:
        with (root / name).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        source.fail("AUD001", f"cannot be read: {error.strerror or error}")
        return source
    source.digest = hashlib.sha256(raw).hexdigest()
    if len(raw) > MAX_BYTES:
        source.fail("AUD002", "has over 1,000,000 bytes, and a file of this kind may have no more")
        return source
    _decode(source, raw)
    return source


def _decode(source: Source, raw: bytes) -> None:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        source.fail("AUD003", "is UTF-16, expected UTF-8")
        return
    try:
        source.text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        source.fail("AUD003", f"byte 0x{raw[error.start]:02x} is not UTF-8", line=line)


def nearest(word: str, known: list[str]) -> str:
    """A hint with the closest known word, or with all of them; '' when there is none."""
    import difflib

    close = difflib.get_close_matches(word, known, n=1) if len(word) > 1 else []
    if close:
        return f"did you mean {close[0]!r}?"
    return "known: " + ", ".join(known) if known else ""
