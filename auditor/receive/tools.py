"""Tool definitions, in every shape that is written, to the list of names a call was offered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from auditor.model import ToolList
from auditor.receive.values import REDACTED, UNREADABLE

_WRAPPERS = ("function", "toolSpec", "tool_spec")
_DECLARATIONS = ("function_declarations", "functionDeclarations")
_GENERIC = frozenset({"function", "custom"})
"""Types of definitions that name a tool; any other type alone names a built-in one."""
_JSON = json.JSONDecoder()
_GAP = re.compile(r"[\s,]*")


def from_json(written: str) -> ToolList | None:
    """Reads definitions from JSON text; None when it is hidden or no definitions at all.

    JSON that was cut short gives the definitions before the cut, with `whole=False`.
    """
    try:
        found, whole = msgspec.json.decode(written), True
    except UNREADABLE:
        found, whole = _before_the_cut(written), False
    return from_plain(found, whole=whole)


def from_plain(found: object, *, whole: bool = True) -> ToolList | None:
    """Reads definitions from plain Python values; sizes are characters of their JSON."""
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list):
        return None
    sizes: dict[str, int] = {}
    for definition in found:
        read = dict(_named(definition))
        whole = whole and bool(read) and REDACTED not in read
        for name, size in read.items():
            sizes[name] = max(size, sizes.get(name, 0))
    sizes.pop(REDACTED, None)
    names = tuple(sorted(sizes))
    return ToolList(names, tuple(sizes[name] for name in names), whole)


def from_names(names: Iterable[str]) -> ToolList:
    """A list of which only the names are recorded."""
    distinct = tuple(sorted(set(names)))
    return ToolList(distinct, (0,) * len(distinct))


def _before_the_cut(written: str) -> list[Any] | None:
    """The whole elements at the start of a JSON array that breaks off."""
    written = written.lstrip()
    if not written.startswith("["):
        return [] if written.startswith("{") else None
    elements: list[Any] = []
    position = 1
    while True:
        position = _GAP.match(written, position).end()  # type: ignore[union-attr]
        try:
            element, position = _JSON.raw_decode(written, position)
        except (ValueError, RecursionError):
            return elements
        elements.append(element)


def _named(definition: object) -> Iterable[tuple[str, int]]:
    """(name, size) of each tool that one element defines; nothing when it names none."""
    if isinstance(definition, str):
        return _from_text(definition)
    if not isinstance(definition, Mapping):
        return ()
    for key in _DECLARATIONS:
        inner = definition.get(key)
        if isinstance(inner, list):
            return [pair for declaration in inner for pair in _named(declaration)]
    name = _name(definition)
    return [(name, _size(definition))] if name else ()


def _from_text(definition: str) -> Iterable[tuple[str, int]]:
    """An element that is a string holds a definition as JSON, or is the name itself."""
    if not definition.lstrip().startswith("{"):
        return [(definition, 0)] if definition else ()
    try:
        return _named(msgspec.json.decode(definition))
    except UNREADABLE:
        return ()


def _name(definition: Mapping[str, Any]) -> str:
    for key in _WRAPPERS:
        inner = definition.get(key)
        if isinstance(inner, Mapping) and isinstance(inner.get("name"), str):
            return str(inner["name"])
    name, kind = definition.get("name"), definition.get("type")
    if isinstance(name, str) and name:
        return name
    return kind if isinstance(kind, str) and kind not in _GENERIC else ""


def _size(definition: object) -> int:
    return len(msgspec.json.encode(definition).decode())
