"""The shape of every file that a team writes, as pydantic models; JSON Schemas come from them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from auditor.project import durations

MAX_NAME = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_IN_NAMES = re.compile(r"[\s*?\[\]]")


def is_name(text: str) -> bool:
    """Whether a text may be a capability id: printable, without blanks and glob characters."""
    return 0 < len(text) <= MAX_NAME and text.isprintable() and not _NOT_IN_NAMES.search(text)


def _name(value: object) -> object:
    if isinstance(value, str) and not is_name(value):
        raise PydanticCustomError("name", "1 to 200 printable characters, no blanks, no * ? [ ]")
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("day", "a day as YYYY-MM-DD")
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "a day that exists, as YYYY-MM-DD")


def _days(value: object) -> object:
    try:
        return durations.days(value if isinstance(value, str) else str(value))
    except ValueError as error:
        raise PydanticCustomError("duration", "{why}", {"why": str(error)}) from None


def _said(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("unsaid", "text")
    return value


def _version(value: object) -> object:
    if value != 1 or isinstance(value, bool):
        raise PydanticCustomError("version", "1")
    return value


def _pin(value: object) -> object:
    if value != "fallback":
        raise PydanticCustomError("pin", "fallback")
    return value


def _entries(value: object) -> object:
    return [] if value is None else value


Name = Annotated[str, BeforeValidator(_name), Field(min_length=1, max_length=MAX_NAME)]
Said = Annotated[str, BeforeValidator(_said), Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Days = Annotated[
    int,
    BeforeValidator(_days),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,5}[hdw]$"}),
]
Globs = list[Said]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Version = Annotated[Literal[1], BeforeValidator(_version)]


class Document(BaseModel):
    """A mapping whose keys are all known; values are what they are, never guessed."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )


class ScopeEntry(Document):
    """Where a capability could be used at all; what is left out matches anything."""

    service: Said | None = None
    """Glob over the service name."""
    agent: Said | None = None
    """Glob over the agent name."""
    attributes: dict[str, str] = Field(default_factory=dict)
    """Globs over span or resource attributes, by attribute name."""


class MatchEntry(Document):
    """Recognises the capability by one span or resource attribute."""

    attribute: Said
    """Name of the attribute."""
    equals: str | None = None
    """The whole value, letter for letter."""
    glob: Said | None = None
    """A pattern over the whole value: * any text, ? one letter, [abc] one of these."""


class CapabilityEntry(Document):
    """One capability that the team knows of."""

    id: Name
    """Dotted name, as it stands on spans: merge.resolve-conflict, tool.send_mail."""
    description: str = ""
    """What it does, in a sentence."""
    birth: Day | None = None
    """The day from which it could be used; earlier traffic moves it back."""
    owner: str = ""
    """Who decides about it."""
    tags: list[Said] = Field(default_factory=list)
    """Words that rules match on."""
    scope: ScopeEntry = ScopeEntry()
    """Where it could be used."""
    match: MatchEntry | None = None
    """What recognises it, where spans are not tagged with its id."""
    examples: list[str] = Field(default_factory=list)
    """Requests that use it."""
    cadence: Days | None = None
    """A known rhythm: silence shorter than this says nothing."""
    was: list[Name] = Field(default_factory=list)
    """Former ids, whose traffic is added."""


class CatalogDocument(Document):
    """rules/capabilities.yaml: the capabilities that a team knows of."""

    version: Version
    capabilities: Annotated[list[CapabilityEntry], BeforeValidator(_entries)]


class RuleMatch(Document):
    """What a rule applies to; every pattern that is given must match."""

    capability: Said | None = None
    """Glob over capability ids."""
    tag: Said | None = None
    """Glob over the tags of the catalog entry."""
    owner: Said | None = None
    """Glob over the owner of the catalog entry."""


class RuleEntry(Document):
    """One rule; the first that matches decides."""

    match: RuleMatch
    cost: str | None = None
    """A name from `costs`: what one miss costs."""
    decide: Annotated[Literal["fallback"], BeforeValidator(_pin)] | None = None
    """Pins the decision, whatever the evidence says."""
    because: Said
    """Why, in a sentence that a reviewer can disagree with."""
    owner: Said
    """Who answers for the rule."""
    review_by: Day | None = None
    """From the day after, `auditor check` asks for a review."""
    until: Day | None = None
    """The last day on which a pin holds."""
    detect_rate: Share = 0.0
    """Share of misses that a guard catches before they cost anything."""


class DefaultEntry(Document):
    """What holds where no rule matches."""

    cost: str
    """A name from `costs`."""
    because: Said = "No rule matched."
    owner: str = ""


class CostsDocument(Document):
    """rules/costs.yaml: what one miss costs, and how much may be risked."""

    version: Version
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    """Three capital letters; shown, never converted."""
    horizon: Days = 90
    """How far ahead a decision must hold."""
    costs: dict[str, Money] = Field(min_length=1)
    """What one miss costs, by names of the team's own."""
    drop_budget: Money = 100.0
    """Largest loss bound accepted for one dropped capability over the horizon."""
    drop_budget_total: Money | None = None
    """The same for all dropped ones together; 10 x drop_budget when absent."""
    rules: Annotated[list[RuleEntry], BeforeValidator(_entries)] = Field(default_factory=list)
    """First match wins."""
    default: DefaultEntry


class ReportDocument(Document):
    """reports/weekly.yaml: what `auditor report` shows when no flag says otherwise."""

    version: Version
    service: Said | None = None
    """Glob over service names; all of them when absent."""
    origin: Literal["production", "test", "eval", "shadow", "all"] = "production"
    """Which traffic is shown."""
    fold: bool = True
    """Whether long groups show their first rows and a count of the rest."""


class ModelsSection(Document):
    """Which models serve: globs over the name of the model that answered."""

    teacher: Globs = Field(default=["*"])
    """The large model in production."""
    student: Globs = Field(default=[])
    """The small one that shall replace it; asked first."""


class EnvironmentsSection(Document):
    """What `deployment.environment.name` means; the first list that matches wins."""

    production: Globs = Field(default=["production", "prod", "prod-*", "*-prod", "live"])
    """Real traffic, the only one that usage reads. No name at all means production too."""
    test: Globs = Field(
        default=["test*", "*-test", "dev*", "*-dev", "ci", "ci-*", "staging*", "local"]
    )
    """Tests and development; a name that no list has counts as test."""
    eval: Globs = Field(default=["eval*", "*-eval", "benchmark*"])
    """Evaluations of models."""
    shadow: Globs = Field(default=["shadow*", "*-shadow", "mirror*"])
    """Copies of production traffic, which would count twice."""


class AuditSection(Document):
    """The numbers that turn counters into states and decisions."""

    min_age: Days = 30
    """Covered days that a capability is watched before silence says anything."""
    min_exposure: Annotated[int, Field(ge=1)] | None = None
    """Observed offers before silence says anything; worked out from rare_share when absent."""
    rare_share: Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)] = 0.01
    """Used in a smaller share of its observed offers, a capability is rare."""
    min_samples: Annotated[int, Field(ge=1)] = 200
    """Hits in 90 covered days that are enough to distill from."""
    window: Annotated[Days, Field(ge=28)] = 182
    """How far back evidence is read."""


class SettingsDocument(Document):
    """auditor.toml: settings of the project."""

    models: ModelsSection = ModelsSection()
    environments: EnvironmentsSection = EnvironmentsSection()
    audit: AuditSection = AuditSection()
