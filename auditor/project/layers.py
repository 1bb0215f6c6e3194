"""`AUDITOR_*` variables over `auditor.toml`: one variable for each setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.model import Place
from auditor.project import yaml_file
from auditor.project.documents import SettingsDocument
from auditor.project.source import Source, nearest

PREFIX = "AUDITOR_"


def variable(section: str, key: str) -> str:
    """The environment variable of a setting.

    >>> variable("audit", "min_age")
    'AUDITOR_AUDIT_MIN_AGE'
    """
    return f"{PREFIX}{section}_{key}".upper()


def all_keys() -> Iterator[tuple[str, str]]:
    """Section and key of every setting, in the order of the file."""
    for section, field in SettingsDocument.model_fields.items():
        for key in getattr(field.annotation, "model_fields", {}):
            yield section, key


def lay_over(source: Source, environ: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Puts variables over the file's values; returns where each value that is set came from."""
    came_from = {}
    values: Any = source.value if isinstance(source.value, dict) else {}
    for section, key in all_keys():
        table = values.get(section)
        if isinstance(table, dict) and key in table:
            came_from[section, key] = str(source.place((section, key)))
        name = variable(section, key)
        if environ.get(name):
            table = values.setdefault(section, {})
            if isinstance(table, dict):
                table[key] = _parsed(section, environ[name])
                place = Place(name, 0)
                source.places[section, key] = source.values[section, key] = place
                source.written[section, key] = environ[name]
                came_from[section, key] = name
    source.value = values
    _unknown_variables(source, environ)
    return came_from


def _parsed(section: str, text: str) -> object:
    if section == "audit":
        return yaml_file.scalar(text)
    return [part.strip() for part in text.split(",")]


def _unknown_variables(source: Source, environ: Mapping[str, str]) -> None:
    known = [variable(section, key) for section, key in all_keys()]
    sections = tuple(f"{PREFIX}{name.upper()}_" for name in SettingsDocument.model_fields)
    for name in sorted(environ):
        if name.startswith(sections) and name not in known:
            source.add("AUD402", Place(name, 0), "names no setting", nearest(name, known))
