"""TOML with the line of every key, which `tomllib` does not tell."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from auditor.model import Place
from auditor.project import source as files
from auditor.project.source import Source

_TABLE = re.compile(r"\s*\[\s*([\w.\"'-]+)\s*\]")
_KEY = re.compile(r"\s*([\w\"'-]+)\s*=\s*(.*)")
_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


def read(root: Path, name: str) -> Source:
    """Reads a TOML file of the project; its faults are in the result."""
    source = files.read(root, name)
    if not source.faults:
        parse(source)
    return source


def parse(source: Source) -> None:
    """Fills the values, places and faults of a source from its text."""
    try:
        source.value = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        _syntax_fault(source, str(error))
    except RecursionError:
        source.fail("AUD009", "lists and tables are nested too deeply")
    else:
        _find_places(source)


def _syntax_fault(source: Source, message: str) -> None:
    found = _WHERE.search(message)
    lines = source.text.count("\n") + 1
    line = int(found[1]) if found and found[1] else lines
    sentence = _WHERE.sub("", message)
    if "overwrite" in sentence or "twice" in sentence:
        source.fail("AUD007", "the key or table stands twice", line=line)
    else:
        hint = "text needs quotes" if "after a statement" in sentence else ""
        source.fail("AUD004", sentence[:1].lower() + sentence[1:], hint, line=line)


def _find_places(source: Source) -> None:
    """Notes `key =` lines below `[table]` lines: all that a settings file of ours has."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(source.text.splitlines(), 1):
        if head := _TABLE.match(line):
            table = tuple(part.strip("\"'") for part in head[1].split("."))
            source.places.setdefault(table, Place(source.name, number))
        elif entry := _KEY.match(line):
            keys = (*table, entry[1].strip("\"'"))
            source.places.setdefault(keys, Place(source.name, number))
            source.written.setdefault(keys, entry[2].strip())
