"""What pydantic found wrong in a document, as findings with a line and the nearest right key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.project.source import Keys, Source, nearest

Model = TypeVar("Model", bound=BaseModel)

_CODES = {
    "extra_forbidden": "AUD101",
    "missing": "AUD102",
    "version": "AUD104",
    "day": "AUD105",
    "duration": "AUD106",
    "greater_than": "AUD107",
    "greater_than_equal": "AUD107",
    "less_than": "AUD107",
    "less_than_equal": "AUD107",
    "finite_number": "AUD107",
    "name": "AUD108",
    "pin": "AUD302",
    "unsaid": "AUD103",
    "string_pattern_mismatch": "AUD109",
    "literal_error": "AUD109",
    "too_short": "AUD102",
}
"""Codes by pydantic's error type; every other type is a value of the wrong kind."""

_KINDS = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "bool_type": "true or false",
    "finite_number": "a finite number",
}
_REASONS: tuple[Keys, ...] = (("because",), ("owner",))
"""What a rule must say besides its pattern and cost."""


def validate(model: type[Model], source: Source, value: object) -> Model | None:
    """The model of a file's value, or None with its faults noted in the source.

    Every fault is noted, not the first alone.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=True):
            _note(model, source, detail)
    return None


def _note(model: type[BaseModel], source: Source, detail: ErrorDetails) -> None:
    keys = detail["loc"]
    kind = detail["type"]
    code = _code(kind, keys)
    if kind == "missing":
        source.add(code, source.place(keys[:-1]), f"the key {keys[-1]!r} is missing")
    elif kind == "extra_forbidden":
        known = sorted(_fields_at(model, keys[:-1]))
        hint = nearest(str(keys[-1]), known)
        source.add(code, source.place(keys), f"the key {keys[-1]!r} is unknown", hint)
    else:
        where = _dotted(keys)
        shown = _shown(source, keys, detail["input"])
        message = f"{where}: read {shown}, expected {_expected(detail)}"
        source.add(code, source.value_place(keys), message.removeprefix(": "))


def _code(kind: str, keys: Keys) -> str:
    if kind in ("missing", "unsaid") and keys[0] == "rules" and keys[2:] in _REASONS:
        return "AUD303"
    return _CODES.get(kind, "AUD103")


def _dotted(loc: Keys) -> str:
    """The way to a value as people say it: `capabilities[3].scope.service`.

    >>> _dotted(("rules", 0, "cost"))
    'rules[0].cost'
    """
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc]
    return "".join(parts).removeprefix(".")


def _shown(source: Source, keys: Keys, value: object) -> str:
    if isinstance(value, dict | list):
        kind = "mapping" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else source.written.get(keys, str(value))
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _expected(detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in _KINDS:
        return _KINDS[kind]
    context: Mapping[str, Any] = detail.get("ctx", {})
    if kind.startswith(("greater", "less")):
        return _range(kind, context)
    if kind == "literal_error":
        return str(context["expected"])
    if kind == "string_pattern_mismatch":
        return "three capital letters, such as USD"
    if kind == "too_short":
        return "at least one entry"
    return detail["msg"]


def _range(kind: str, context: Mapping[str, Any]) -> str:
    """In words: `0 or more`; the limit is the only number in the context."""
    word = {
        "greater_than": "over {:g}",
        "greater_than_equal": "{:g} or more",
        "less_than": "below {:g}",
        "less_than_equal": "{:g} or less",
    }[kind]
    return word.format(*context.values())


def _fields_at(model: type[BaseModel], loc: Keys) -> set[str]:
    """The keys that are known at a place in the document, by walking the models."""
    here: type[BaseModel] | None = model
    for part in loc:
        if here is not None and isinstance(part, str):
            field = here.model_fields.get(part)
            here = _model_in(field.annotation) if field else None
    return set(here.model_fields) if here is not None else set()


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _model_in(part)) is not None:
            return found
    return None
