"""Settings: `auditor.toml`, over it `AUDITOR_*` variables, and where each value came from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from auditor.model import Origin, Thresholds
from auditor.project import faults, globs, layers
from auditor.project.documents import SettingsDocument
from auditor.project.source import Source

FILE = "auditor.toml"
_ORIGINS = {origin.value: origin for origin in Origin}


class Models(NamedTuple):
    """Globs over model names."""

    teacher: tuple[str, ...]
    student: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in force, as `auditor config` prints it."""

    key: str
    value: str | int | float | tuple[str, ...]
    variable: str
    came_from: str
    """`auditor.toml:12`, the name of an environment variable, or `default`."""
    meaning: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force."""

    models: Models
    environments: Mapping[Origin, tuple[str, ...]]
    thresholds: Thresholds
    in_force: tuple[Setting, ...]

    def origin_of(self, environment: str) -> Origin:
        """What a stored environment counts as; `origin:NAME` is what the app itself said."""
        if not environment:
            return Origin.PRODUCTION
        said = environment.removeprefix("origin:")
        if said != environment:
            return _ORIGINS.get(said, Origin.TEST)
        for origin, patterns in self.environments.items():
            if globs.any_match(patterns, environment):
                return origin
        return Origin.TEST

    def served_by(self, model: str) -> Literal["teacher", "student", "other"]:
        """Which side answered; a student's pattern beats a teacher's, which may be `*`."""
        if globs.any_match(self.models.student, model):
            return "student"
        return "teacher" if globs.any_match(self.models.teacher, model) else "other"


def from_source(source: Source, environ: Mapping[str, str]) -> Settings | None:
    """Settings out of a parsed `auditor.toml`; None with the faults noted in the source."""
    came_from = layers.lay_over(source, environ)
    document = faults.validate(SettingsDocument, source, source.value or {})
    if document is None or source.faults:
        return None
    _warn_of_doubles(source, document)
    return _settings(document, came_from)


def _warn_of_doubles(source: Source, document: SettingsDocument) -> None:
    for section in ("models", "environments"):
        first: dict[str, str] = {}
        for key, patterns in getattr(document, section):
            for pattern in patterns:
                if first.setdefault(pattern, key) != key:
                    message = f"the pattern {pattern!r} stands in {first[pattern]!r} too"
                    source.add("AUD401", source.place((section, key)), message)


def _settings(document: SettingsDocument, came_from: Mapping[tuple[str, str], str]) -> Settings:
    audit = document.audit
    thresholds = Thresholds(
        min_age_days=audit.min_age,
        min_exposure=audit.min_exposure or enough_offers(audit.rare_share),
        rare_share=audit.rare_share,
        min_samples=audit.min_samples,
        window_days=audit.window,
    )
    environments = {origin: tuple(getattr(document.environments, origin)) for origin in Origin}
    models = Models(tuple(document.models.teacher), tuple(document.models.student))
    return Settings(models, environments, thresholds, _in_force(document, thresholds, came_from))


def enough_offers(rare_share: float) -> int:
    """Observed offers without a hit that rule out, with 95%, a use in `rare_share` of them.

    >>> enough_offers(0.01)
    299
    """
    return math.ceil(math.log(0.05) / math.log1p(-rare_share))


def _in_force(
    document: SettingsDocument,
    thresholds: Thresholds,
    came_from: Mapping[tuple[str, str], str],
) -> tuple[Setting, ...]:
    settings = []
    for section, key in layers.all_keys():
        part = getattr(document, section)
        value = getattr(part, key)
        if key == "min_exposure":
            value = thresholds.min_exposure
        elif key in ("min_age", "window"):
            value = f"{value}d"
        elif isinstance(value, list):
            value = tuple(value)
        source = came_from.get((section, key), "default")
        meaning = type(part).model_fields[key].description or ""
        settings.append(
            Setting(f"{section}.{key}", value, layers.variable(section, key), source, meaning)
        )
    return tuple(settings)


def as_markdown() -> str:
    """Every setting with its default, as the table of `docs/settings.md`."""
    source = Source(FILE, value={})
    settings = from_source(source, {})
    rows = ["| setting | default | variable | meaning |", "|---|---|---|---|"]
    for setting in settings.in_force if settings else ():
        value = json.dumps(setting.value)
        rows.append(f"| `{setting.key}` | `{value}` | `{setting.variable}` | {setting.meaning} |")
    return "\n".join(rows) + "\n"
