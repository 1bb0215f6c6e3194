"""The words that more than one room speaks, frozen. Nothing here does anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum

DAY_NS = 86_400_000_000_000
MICRO = 1_000_000


class Origin(StrEnum):
    """Where a call comes from; usage reads production only."""

    PRODUCTION = "production"
    TEST = "test"
    EVAL = "eval"
    SHADOW = "shadow"


class State(StrEnum):
    """What usage says of a capability."""

    NOT_YET = "not-yet"
    NEVER_FIRED = "never-fired"
    DORMANT = "dormant"
    RARE = "rare"
    FADING = "fading"
    ACTIVE = "active"


USED = frozenset({State.ACTIVE, State.FADING, State.RARE})
"""The states that a headline counts as used."""


class Decision(StrEnum):
    """What the audit says shall happen to a capability."""

    DISTILL = "distill"
    FALLBACK = "fallback"
    DROP = "drop"
    WATCH = "watch"


class Kind(IntEnum):
    """What a span stands for. Only calls are counted; the others give context."""

    OTHER = 0
    CALL = 1
    AGENT = 2
    TOOL = 3


class Source(StrEnum):
    """What said that a call used a capability."""

    TAG = "tag"
    TOOL = "tool"
    PROMPT = "prompt"
    FORMAT = "format"
    PARALLEL = "parallel"
    STEPS = "steps"
    CONTEXT = "context"
    MATCHER = "matcher"


@dataclass(frozen=True, slots=True)
class Structural:
    """One family of labels read off the shape of a call."""

    source: Source
    pattern: str
    """Glob over capability ids of the family."""
    observed_when: str
    """The column of `calls` (see `store/schema.py`) that counts observed offers."""
    meaning: str


STRUCTURAL: tuple[Structural, ...] = (
    Structural(Source.TOOL, "tool.*", "", "the tool was called"),
    Structural(Source.PROMPT, "prompt.*", "intact", "gen_ai.prompt.name was set"),
    Structural(Source.FORMAT, "format.json-schema", "intact", "a JSON output was requested"),
    Structural(Source.PARALLEL, "calls.parallel", "output_known", "two or more tool calls at once"),
    Structural(Source.STEPS, "steps.*", "input_known", "assistant turns since the user spoke"),
    Structural(Source.CONTEXT, "context.long", "tokens_known", "32,000 input tokens or more"),
)
"""Every structural family. A tool's offers come from tool lists, so it names no column."""

LONG_CONTEXT_TOKENS = 32_000


@dataclass(frozen=True, slots=True)
class ToolList:
    """The tools that one call was offered, as far as the span tells."""

    names: tuple[str, ...]
    """Distinct, sorted."""
    sizes: tuple[int, ...]
    """Characters of each definition as JSON, in the order of `names`; 0 where unknown."""
    whole: bool = True
    """False: attributes were dropped or the JSON was cut, so what is not listed is unknown."""


@dataclass(slots=True)
class Span:
    """One span as the receiver read it; the labeller adds `hits` and `labelset`.

    Ids are lower-case hex (32 and 16 digits), times whole nanoseconds since 1970. `None`
    always means "not recorded", never zero or empty.
    """

    trace_id: str
    span_id: str
    parent_id: str
    start_ns: int
    end_ns: int
    kind: Kind
    service: str
    environment: str
    """`deployment.environment.name`, '' when absent; `origin:NAME` if `auditor.origin` is set."""
    agent: str = ""
    model: str = ""
    conversation: str = ""
    response_id: str = ""
    tool: str = ""
    """The tool that a TOOL span ran."""
    call_id: str = ""
    """The id that links a TOOL span to a call's output within its trace."""
    error: bool = False
    weight_micros: int = MICRO
    """1 / sampling probability, in millionths."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    intact: bool = True
    """False: the exporter dropped attributes of this span."""
    tools_offered: ToolList | None = None
    tools_called: tuple[str, ...] | None = None
    """Distinct tool names in the output; None when the output was not recorded or is hidden."""
    output_whole: bool = True
    """False: part of the output is hidden or not understood, so it may have called more tools."""
    tool_calls: int = 0
    """Tool calls in the output, repeats counted."""
    steps: int | None = None
    """Assistant turns since the last user message, plus one; None without input messages."""
    prompt: str = ""
    json_output: bool = False
    tags: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Only the attributes that the catalog's matchers and scopes ask for; never stored."""
    hits: tuple[tuple[str, Source], ...] = ()
    labelset: LabelSet | None = None


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Which catalog matchers read a call, and for which of them it was in scope."""

    read: tuple[tuple[str, str, bool], ...]
    """(capability, matcher digest, in scope), sorted by capability."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a file something stands; line and column count from 1."""

    path: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a capability could be used at all; every pattern is a glob, None matches anything."""

    service: str | None = None
    agent: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Matcher:
    """Recognises a capability by one span (or resource) attribute."""

    attribute: str
    equals: str | None = None
    glob: str | None = None


@dataclass(frozen=True, slots=True)
class Capability:
    """One entry of the catalog."""

    id: str
    place: Place
    description: str = ""
    birth: date | None = None
    owner: str = ""
    tags: tuple[str, ...] = ()
    scope: Scope = Scope()
    match: Matcher | None = None
    examples: tuple[str, ...] = ()
    cadence_days: int | None = None
    was: tuple[str, ...] = ()

    @property
    def matcher_digest(self) -> str:
        """Names what recognises this entry: a change of matcher or scope changes it."""
        if self.match is None:
            return ""
        return hashlib.sha256(repr((self.match, self.scope)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rule file; the first whose patterns all match decides."""

    place: Place
    capability: str | None = None
    tag: str | None = None
    owner_is: str | None = None
    cost: str | None = None
    pin: Decision | None = None
    """Only `fallback`; there is no pin to `drop`."""
    because: str = ""
    owner: str = ""
    review_by: date | None = None
    until: date | None = None
    """The last day on which a pin holds."""
    detect_rate: float = 0.0
    """Share of misses that a guard would catch before they cost anything."""


@dataclass(frozen=True, slots=True)
class CostFile:
    """`rules/costs.yaml`: what one miss costs, and how much may be risked."""

    rules: tuple[Rule, ...]
    default: Rule
    costs: Mapping[str, float]
    currency: str = "USD"
    horizon_days: int = 90
    drop_budget: float = 100.0
    drop_budget_total: float = 1000.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers that turn counters into states and decisions (`[audit]` in auditor.toml)."""

    min_age_days: int = 30
    min_exposure: int = 299
    rare_share: float = 0.01
    min_samples: int = 200
    window_days: int = 182


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a model that was fitted to the project's own past says of one capability."""

    p_up: float
    """Upper 95% bound of the chance of firing."""
    n_fire: float
    """95% quantile of the occurrences over the horizon, given that it fires."""
    completed: int
    """Past predictions with a known outcome behind it, one per capability and horizon."""
    base: float
    """Log-odds of the average capability."""
    moved: tuple[tuple[str, float], ...]
    """(kind of evidence, log-odds it added); with `base` they add up to those of `p_fire`."""
    if_silent: tuple[tuple[int, float], ...] = ()
    """(more covered days without a hit, bound on occurrences then), a declared cadence aside."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was observed of one capability as of a day, and what follows for the horizon.

    Hits, occurrences and offers are the evidence window's; what cannot be said is None.
    """

    capability: str
    state: State
    reason: str
    """Why this state, in one sentence with its numbers."""
    hits: int
    occurrences: int
    observed_offers: int
    unknown_offers: int
    lifetime_hits: int
    recent_hits: int
    """Hits of the last 90 covered days."""
    birth: date | None
    age_days: int
    """Covered days since the later of birth and first observed offer."""
    silence_days: int | None
    """Covered days since the last hit."""
    silence_offers: int | None
    """Observed offers on the days after that of the last occurrence."""
    first_hit: datetime | None
    last_hit: datetime | None
    judgeable_on: date | None
    """When a `not-yet` can be judged at today's traffic; None when never, or already judged."""
    offers_in_horizon: float
    """Expected offers over the horizon (mean of the last 90 covered days)."""
    offers_in_horizon_high: float
    """The exposure of the bound: the larger of recent and yearly means, unknown ones included."""
    p_fire: float | None
    n_up: float | None
    weekly: tuple[int, ...]
    """Occurrences in each of the last 26 weeks, oldest first."""
    learnt: Learnt | None = None
    """How `p_fire` and `n_up` follow from the project's own past; None: gamma-Poisson alone."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision with everything that led to it."""

    capability: str
    decision: Decision
    step: int
    """Which step of the decision order applied, 1 to 6."""
    reason: str
    """One sentence that a reviewer can disagree with."""
    what_would_change: str
    rule: Rule
    priced_by: Rule
    """The rule that names the cost; `rule` itself unless that only pins."""
    cost_name: str
    cost: float
    loss_bound: float | None
    break_even: float | None
    """The cost of a miss at which the decision would flip; None when the budget does not decide."""
    past_states: tuple[State | None, State | None] = (None, None)
    """As of 7 and 14 covered days earlier, by today's rules; None: not in the audit then."""
    past_bounds: tuple[float | None, float | None] = (None, None)
