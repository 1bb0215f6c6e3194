"""Reads OTLP attribute values as late as possible: what nobody asks for is never decoded.

An attribute's value stays raw JSON (`msgspec.Raw`) until a fact needs it. A value that is not
what OTLP says reads as absent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

REDACTED = "__REDACTED__"
"""What some exporters write over hidden content: hidden, not empty."""

ABSENT = Raw()
"""The default of a raw field: `Raw | None` would only take null."""

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What decoding strangers' JSON raises."""

Attributes = Mapping[str, Raw]


class _AnyValue(Struct, gc=False, rename="camel"):
    string_value: str | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    bool_value: bool | None = None
    array_value: Raw = ABSENT
    kvlist_value: Raw = ABSENT


class KeyValue(Struct, gc=False):
    """One attribute as it stands in OTLP JSON."""

    key: str
    value: Raw = Raw(b"{}")


_VALUE = msgspec.json.Decoder(_AnyValue)
_NOTHING = _AnyValue()


def present(raw: Raw) -> bool:
    """Whether a raw field was there and not null."""
    return raw is not ABSENT and bytes(raw) not in (b"", b"null")


def by_key(attributes: Sequence[KeyValue] | None) -> dict[str, Raw]:
    """Attributes as a mapping; of equal keys the last one counts."""
    return {pair.key: pair.value for pair in attributes} if attributes else {}


def _any(raw: Raw) -> _AnyValue:
    try:
        return _VALUE.decode(raw)
    except UNREADABLE:
        return _NOTHING


def text(raw: Raw) -> str:
    """A string value; '' for anything else."""
    return _any(raw).string_value or ""


def first_text(attributes: Attributes, names: Sequence[str]) -> str:
    """The first of `names` that holds a string which is not empty."""
    for name in names:
        raw = attributes.get(name)
        if raw is not None:
            value = _any(raw).string_value
            if value:
                return value
    return ""


def first_count(attributes: Attributes, names: Sequence[str]) -> int | None:
    """The first of `names` that holds a whole number of zero or more, however it is written."""
    for name in names:
        raw = attributes.get(name)
        if raw is not None:
            value = _any(raw)
            number = _whole(value.int_value, value.double_value, value.string_value)
            if number is not None:
                return number
    return None


def _whole(*written: float | str | None) -> int | None:
    for value in written:
        if value is None:
            continue
        try:
            number = int(value)
        except (ValueError, OverflowError):
            return None
        return number if number >= 0 and number == float(value) else None
    return None


def scalar(raw: Raw) -> str | None:
    """A string, number or boolean as text; None for anything else."""
    value = _any(raw)
    if value.string_value is not None:
        return value.string_value
    if value.bool_value is not None:
        return "true" if value.bool_value else "false"
    number = value.int_value if value.int_value is not None else value.double_value
    return None if number is None else str(number)


def strings(raw: Raw) -> tuple[str, ...]:
    """The strings of an array value, or of a JSON array in a string; a bare string is one."""
    found = plain(raw)
    if isinstance(found, str):
        found = _parsed_list(found)
    if not isinstance(found, list):
        return ()
    return tuple(item for item in found if isinstance(item, str) and item)


def _parsed_list(written: str) -> object:
    if not written.startswith("["):
        return [written]
    try:
        return msgspec.json.decode(written)
    except UNREADABLE:
        return [written]


def json_text(raw: Raw) -> str:
    """A value as JSON text: a string is taken for JSON, a structured value is written as JSON."""
    value = _any(raw)
    if value.string_value is not None:
        return value.string_value
    if not present(value.array_value) and not present(value.kvlist_value):
        return ""
    return msgspec.json.encode(plain(raw)).decode()


def plain(raw: Raw) -> object:
    """A value as plain Python: str, int, float, bool, list, dict or None."""
    try:
        return _plain(msgspec.json.decode(raw))
    except UNREADABLE:
        return None


def _plain(value: Any) -> object:
    if not isinstance(value, dict):
        return None
    for kind, inner in value.items():
        if kind == "arrayValue":
            return [_plain(item) for item in _items(inner)]
        if kind == "kvlistValue":
            pairs = (pair for pair in _items(inner) if isinstance(pair, dict))
            return {str(pair.get("key")): _plain(pair.get("value")) for pair in pairs}
        if kind == "intValue":
            return _whole(inner) if isinstance(inner, str) else inner
        if kind in ("stringValue", "doubleValue", "boolValue"):
            return inner
    return None


def _items(inner: Any) -> list[Any]:
    items = inner.get("values") if isinstance(inner, dict) else None
    return items if isinstance(items, list) else []
