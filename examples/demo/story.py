"""The story that the demo's traffic tells: who asks for what, how often, and since when.

A test-automation assistant heals locators, triages failures, opens pull requests, helps with
releases and writes tests. Days count from 0, the first of 182; the last one is 181.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

DAYS: Final = 26 * 7
GAP: Final = range(14 * 7, 16 * 7)
"""Weeks 15 and 16, in which nothing was collected."""
NEWEST: Final = DAYS - 6
"""The day on which the newest tool was first offered; the catalog says so too."""
RECORDED_SINCE: Final = 5 * 7
"""Before that day the test writer's instrumentation recorded no tool lists."""


@dataclass(frozen=True, eq=False)
class Turn:
    """A step in which the assistant calls tools, several of them in parallel."""

    tools: tuple[str, ...]
    chance: float = 1.0
    again: float = 0.0
    """Chance of one more such turn after each."""


@dataclass(frozen=True, eq=False)
class Service:
    """One app: what all its calls have in common."""

    name: str
    model: str
    provider: str
    system: str
    tools: tuple[str, ...]
    added: Mapping[str, int] = field(default_factory=dict)
    """Further tools, each offered since a day."""
    agent: str = ""
    """With a name, each session is an `invoke_agent` span over its calls."""
    tool_spans: bool = False
    lists_since: int = 0


@dataclass(frozen=True, eq=False)
class Task:
    """One kind of session: what the user asks, how the assistant goes about it."""

    service: str
    user: str
    answer: str
    a_day: float = 0.0
    """Sessions on an ordinary working day in the middle of the period."""
    trend: tuple[float, float] = (0.85, 1.15)
    """Factors of `a_day` on the first and the last day, in a straight line."""
    on: Mapping[int, int] = field(default_factory=dict)
    """Instead: so many sessions on these days."""
    turns: tuple[Turn, ...] = ()
    tag: str = ""
    prompt: str = ""
    wants_json: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    tokens: int = 900
    environment: str = "production"


@dataclass(frozen=True, eq=False)
class Event:
    """A tool that one session a day calls on these days, whatever its task."""

    service: str
    tool: str
    days: tuple[int, ...]


SERVICES: Final = (
    Service(
        "locator-healer",
        "gpt-4o-2024-08-06",
        "openai",
        "You repair broken locators in end-to-end tests. Prefer roles and test ids to CSS.",
        (
            "read_dom_snapshot",
            "rewrite_selector",
            "run_test_suite",
            "query_accessibility_tree",
            "take_screenshot",
            "set_viewport_size",
            "emulate_geolocation",
            "list_browser_contexts",
        ),
        agent="healer",
    ),
    Service(
        "failure-triage",
        "gpt-4o-2024-08-06",
        "openai",
        "You find out why a test failed: product bug, test bug, flaky, or infrastructure.",
        (
            "read_test_log",
            "get_test_history",
            "rerun_test",
            "quarantine_test",
            "compare_screenshots",
            "delete_test_data",
            "seed_database",
        ),
        agent="triage",
        tool_spans=True,
    ),
    Service(
        "pr-bot",
        "claude-sonnet-4-5-20250929",
        "anthropic",
        "You change test code by pull request. Keep each change small and explain it.",
        (
            "search_code",
            "read_file",
            "apply_patch",
            "run_test_suite",
            "open_pull_request",
            "revert_commit",
            "list_branches",
        ),
        agent="pr-bot",
        tool_spans=True,
    ),
    Service(
        "release-desk",
        "gpt-4o-2024-08-06",
        "openai",
        "You answer the release manager's questions about test results and coverage.",
        ("get_coverage_report", "compare_releases", "send_release_signoff", "page_oncall"),
    ),
    Service(
        "test-writer",
        "claude-sonnet-4-5-20250929",
        "anthropic",
        "You write end-to-end tests from specifications, one behaviour a test.",
        ("read_spec", "read_file"),
        added={"record_user_flow": NEWEST},
        lists_since=RECORDED_SINCE,
    ),
)

_HEALING = (
    Turn(("read_dom_snapshot",), again=0.12),
    Turn(("query_accessibility_tree",), chance=0.12),
    Turn(("rewrite_selector",)),
    Turn(("run_test_suite",), again=0.06),
)
_TRIAGE = (
    Turn(("read_test_log", "get_test_history"), chance=0.6),
    Turn(("read_test_log",), chance=0.4),
    Turn(("rerun_test",), chance=0.8, again=0.25),
)
_CHANGE = (
    Turn(("search_code",), chance=0.8),
    Turn(("read_file",), again=0.5),
    Turn(("apply_patch",), again=0.2),
    Turn(("run_test_suite",)),
    Turn(("open_pull_request",), chance=0.7),
)

TASKS: Final = (
    Task(
        "locator-healer",
        "checkout.spec.ts:41 cannot find '#pay-now'. Heal the locator.",
        "The button has a test id now: the locator uses it, and the suite passes.",
        a_day=87.0,
        turns=_HEALING,
        tag="heal-locator",
        tokens=2400,
    ),
    Task(
        "failure-triage",
        "'checkout pays by card' failed in run 4711. Is it flaky?",
        "Flaky: it fails on webkit alone and passes when run again.",
        a_day=33.0,
        turns=(*_TRIAGE, Turn(("quarantine_test",), chance=0.15)),
        tag="triage.flaky-test",
        attributes={"app.failure.kind": "timeout"},
        tokens=3100,
    ),
    Task(
        "failure-triage",
        "Run 4711 is red after commit 9f2c1ab. Is it the product?",
        "A product bug: the amount is rounded twice since that commit.",
        a_day=22.0,
        turns=_TRIAGE,
        attributes={"app.failure.kind": "assertion"},
        tokens=3600,
    ),
    Task(
        "failure-triage",
        "The checkout page looks different in run 4711. Accept the new baseline?",
        "Only the promotion banner differs: accept it.",
        a_day=6.0,
        turns=(Turn(("compare_screenshots",), again=0.2),),
        attributes={"app.failure.kind": "visual"},
        tokens=2200,
    ),
    Task(
        "pr-bot",
        "Move the checkout tests to test ids.",
        "Opened pull request 1892: 3 page objects, no change of behaviour.",
        a_day=6.0,
        turns=_CHANGE,
        tokens=5200,
    ),
    Task(
        "pr-bot",
        "The branch heal-checkout conflicts with main in e2e/pages/checkout.ts.",
        "Kept main's layout and our locators; the suite passes.",
        a_day=3.5,
        turns=(Turn(("read_file",), again=0.4), Turn(("apply_patch",)), Turn(("run_test_suite",))),
        tag="merge.resolve-conflict",
        tokens=4700,
    ),
    Task(
        "pr-bot",
        "Review the test code of pull request 1890.",
        "Two waits on time instead of state, one assertion that can never fail.",
        a_day=4.0,
        turns=(Turn(("read_file",), again=0.6),),
        tag="review.test-code",
        tokens=6100,
    ),
    Task(
        "release-desk",
        "Where did coverage fall since 2.17?",
        "In payments/: the voucher code came without tests.",
        a_day=14.0,
        turns=(Turn(("get_coverage_report",)),),
        tag="explain.coverage-gap",
        tokens=1800,
    ),
    Task(
        "release-desk",
        "What is riskiest in 2.18?",
        "Payments: most of the reopened bugs, and the code that came without tests.",
        a_day=0.6,
        turns=(Turn(("compare_releases",)),),
        tag="explain.release-risk",
        tokens=2600,
    ),
    Task(
        "release-desk",
        "Which suites are still running for 2.18?",
        "Two: mobile-safari and accessibility.",
        a_day=16.0,
        tokens=700,
    ),
    Task(
        "release-desk",
        "Write the evidence of this quarter's releases for the auditors.",
        "12 releases, each with its sign-off, its test results and its exceptions.",
        on=dict.fromkeys((60, 61, 62, 63, 150, 151, 152, 153), 5),
        tag="report.quarter-end",
        tokens=41_000,
    ),
    Task(
        "test-writer",
        "Write tests for paying with a voucher.",
        '{"file": "e2e/voucher.spec.ts", "tests": 4}',
        a_day=12.0,
        turns=(Turn(("read_spec",)), Turn(("read_file",), chance=0.3)),
        prompt="write-test-from-spec",
        wants_json=True,
        tokens=4100,
    ),
    Task(
        "test-writer",
        "Plan the tests for the whole checkout specification.",
        '{"file": "e2e/checkout.plan.json", "tests": 61}',
        a_day=5.0,
        turns=(Turn(("read_spec",)),),
        wants_json=True,
        tokens=36_500,
    ),
    Task(
        "test-writer",
        "Translate CheckoutTest.java from Selenium to Playwright.",
        "Translated: 11 tests, waits on time are gone.",
        a_day=3.2,
        trend=(1.9, 0.35),
        turns=(Turn(("read_file",)),),
        tag="migrate.selenium-to-playwright",
        tokens=5400,
    ),
    Task(
        "failure-triage",
        "Does triage still work with the fixtures of the checkout suite?",
        "It does: the seeded failure was recognised.",
        a_day=5.0,
        turns=(Turn(("seed_database",)), *_TRIAGE),
        tokens=2900,
        environment="staging",
    ),
    Task(
        "locator-healer",
        "Heal the locator of the smoke test.",
        "Healed.",
        a_day=2.5,
        turns=_HEALING,
        tag="heal-locator",
        tokens=2400,
        environment="staging",
    ),
    Task(
        "locator-healer",
        "Heal item 17 of the locator benchmark.",
        "Healed.",
        on=dict.fromkeys(range(20, DAYS, 28), 25),
        turns=_HEALING,
        tag="heal-locator",
        tokens=2400,
        environment="eval-nightly",
    ),
)

EVENTS: Final = (
    Event("locator-healer", "take_screenshot", tuple(range(61))),
    Event("locator-healer", "set_viewport_size", tuple(range(3, DAYS, 11))),
    Event("release-desk", "send_release_signoff", (9, 37, 72, 118, 139, 171)),
    Event("pr-bot", "revert_commit", (29, 88, 160)),
    Event("failure-triage", "restart_runner", (45, 133, 177)),
)
