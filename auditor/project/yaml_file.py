"""YAML with positions: one pass over the parser's events, nothing constructed by PyYAML.

Scalars are resolved by the core schema of YAML 1.2 (section 10.3.2), so `no`, `12:30` and
`2027-02-30` stay text. Whatever a person could read in two ways is a fault: anchors, tags,
repeated keys, a second document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from auditor.model import Place
from auditor.project import source as files
from auditor.project.source import MAX_DEPTH, Keys, Source

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Mark = Any  # libyaml's marks and PyYAML's own have no common type
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def read(root: Path, name: str) -> Source:
    """Reads a YAML file of the project; its faults are in the result."""
    source = files.read(root, name)
    if not source.faults:
        parse(source)
    return source


def parse(source: Source) -> None:
    """Fills the values, places and faults of a source from its text."""
    try:
        _Walk(source).run()
    except yaml.YAMLError as error:
        source.value = None
        _syntax_fault(source, error)


def scalar(text: str) -> object:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


@dataclass(slots=True)
class _Open:
    """A list or mapping that has begun and not ended."""

    keys: Keys
    value: list[object] | dict[str, object]
    key: str | None = None
    seen: dict[str, Place] = field(default_factory=dict)


class _StopReadingError(Exception):
    """A fault after which the rest of the file says nothing."""


class _Walk:
    """Builds values out of events without recursion: a hostile file cannot exhaust the stack."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._stack: list[_Open] = []
        self._documents = 0

    def run(self) -> None:
        """Reads the whole file, or up to the fault that makes the rest meaningless."""
        try:
            for event in yaml.parse(self._source.text, Loader=_LOADER):
                self._event(event)
        except _StopReadingError:
            self._source.value = None

    def _event(self, event: yaml.Event) -> None:
        place = _mark_place(self._source, event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(place)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse("AUD006", place, f"*{event.anchor} is an alias")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, place)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()

    def _document(self, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse("AUD008", place, "a second document begins here, expected one")

    def _refuse(self, code: str, place: Place, message: str) -> None:
        self._source.add(code, place, message)
        raise _StopReadingError

    def _node(self, event: yaml.NodeEvent, place: Place) -> None:
        if event.anchor is not None:
            self._refuse("AUD006", place, f"&{event.anchor} is an anchor")
        tag = getattr(event, "tag", None)
        if tag is not None and tag != "!":
            self._refuse("AUD008", place, f"the tag {tag!r} is not read, expected a plain value")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, place)
        else:
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], place)

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        if self._expects_key():
            self._key(event.value, place)
            return
        value = scalar(event.value) if event.implicit[0] else event.value
        keys = self._put(value, place)
        self._source.written[keys] = event.value

    def _expects_key(self) -> bool:
        top = self._stack[-1] if self._stack else None
        return top is not None and isinstance(top.value, dict) and top.key is None

    def _key(self, name: str, place: Place) -> None:
        top = self._stack[-1]
        if name in top.seen:
            first = top.seen[name].line
            self._source.add("AUD007", place, f"the key {name!r} stands on line {first} already")
        top.seen.setdefault(name, place)
        top.key = name
        self._source.places.setdefault((*top.keys, name), place)

    def _begin(self, value: list[object] | dict[str, object], place: Place) -> None:
        if self._expects_key():
            self._refuse("AUD103", place, "a list or mapping stands where a key is expected")
        if len(self._stack) >= MAX_DEPTH:
            self._refuse("AUD009", place, f"lists and mappings are over {MAX_DEPTH} levels deep")
        keys = self._put(value, place)
        self._stack.append(_Open(keys, value))

    def _put(self, value: object, place: Place) -> Keys:
        if not self._stack:
            self._source.value = value
            return ()
        top = self._stack[-1]
        if isinstance(top.value, list):
            keys: Keys = (*top.keys, len(top.value))
            top.value.append(value)
            self._source.places[keys] = place
        else:
            keys = (*top.keys, top.key or "")
            top.value.setdefault(top.key or "", value)
            top.key = None
        self._source.values.setdefault(keys, place)
        return keys


def _syntax_fault(source: Source, error: yaml.YAMLError) -> None:
    tabbed = [
        number
        for number, line in enumerate(source.text.splitlines(), 1)
        if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    for number in tabbed:
        source.fail("AUD005", "the line is indented with a tab, expected spaces", line=number)
    if not tabbed and isinstance(error, yaml.reader.ReaderError):
        line = source.text.count("\n", 0, error.position) + 1
        source.fail("AUD004", f"U+{error.character:04X} is not allowed in YAML", line=line)
    elif not tabbed:
        _explain(source, error)


def _explain(source: Source, error: yaml.YAMLError) -> None:
    """The parser's own words, except for the mistakes that people make most."""
    place = _mark_place(source, getattr(error, "problem_mark", None))
    began = _mark_place(source, getattr(error, "context_mark", None))
    context = str(getattr(error, "context", None) or "")
    problem = str(getattr(error, "problem", None) or "is not valid YAML")
    if "quoted scalar" in context:
        source.add("AUD004", began, "the quote that opens here is never closed")
    elif "alias" in context or "anchor" in context:
        hint = "text that starts with * or & needs quotes"
        source.add("AUD006", began, "an anchor or alias, expected a plain value", hint)
    elif "nesting" in problem:
        source.add("AUD009", place, f"lists and mappings are over {MAX_DEPTH} levels deep")
    else:
        sentence = f"{context}: {problem}" if context else problem
        source.add("AUD004", place, sentence, _hint(source, place))


def _mark_place(source: Source, mark: _Mark | None) -> Place:
    if mark is None:
        return Place(source.name, 1)
    return Place(source.name, mark.line + 1, mark.column + 1)


def _hint(source: Source, place: Place) -> str:
    lines = source.text.splitlines()
    line = lines[place.line - 1] if place.line <= len(lines) else ""
    first = line[place.column - 1 : place.column]
    if first and first in "@`%":
        return f"text that starts with {first} needs quotes"
    return "text with a colon and a space in it needs quotes" if first == ":" else ""
