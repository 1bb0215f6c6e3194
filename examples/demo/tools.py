"""The tools of the demo's assistant, each with an example of its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, eq=False)
class Tool:
    """One tool, with an example of how it is called and what it returns."""

    name: str
    description: str
    arguments: Mapping[str, str]
    result: str

    @property
    def definition(self) -> dict[str, object]:
        """As `gen_ai.tool.definitions` has it."""
        properties = {
            name: {"type": "string", "description": f"For example {example!r}."}
            for name, example in self.arguments.items()
        }
        parameters = {"type": "object", "properties": properties, "required": [*properties]}
        return {
            "type": "function",
            "name": self.name,
            "description": self.description,
            "parameters": parameters,
        }


TOOLS: Final = (
    Tool(
        "read_dom_snapshot",
        "Return the accessibility-annotated DOM around the failing locator, as pruned HTML.",
        {"page": "checkout", "around": "#pay-now"},
        "<form id=checkout><button data-testid=pay>Pay now</button></form>",
    ),
    Tool(
        "rewrite_selector",
        "Replace a locator in a page object and keep the old one as a comment.",
        {"file": "pages/checkout.ts", "old": "#pay-now", "new": "getByTestId('pay')"},
        "1 locator rewritten",
    ),
    Tool(
        "run_test_suite",
        "Run the tests that match a filter and return passed, failed and flaky counts.",
        {"filter": "checkout/*", "browser": "chromium"},
        "14 passed, 0 failed",
    ),
    Tool(
        "query_accessibility_tree",
        "Return roles and names of the elements below a node of the accessibility tree.",
        {"root": "form[name=checkout]"},
        "button 'Pay now', textbox 'Card number'",
    ),
    Tool(
        "take_screenshot",
        "Take a full-page PNG of the current page and store it with the run.",
        {"page": "checkout", "name": "before-heal"},
        "stored as run-4711/before-heal.png",
    ),
    Tool(
        "set_viewport_size",
        "Resize the browser window, for layouts that hide elements on small screens.",
        {"width": "390", "height": "844"},
        "viewport is 390x844",
    ),
    Tool(
        "emulate_geolocation",
        "Pretend that the browser is at a latitude and longitude, with an accuracy in metres.",
        {"latitude": "52.52", "longitude": "13.40", "accuracy": "50"},
        "ok",
    ),
    Tool(
        "list_browser_contexts",
        "List open browser contexts with their cookies, storage state and permissions.",
        {"include_storage": "no"},
        "1 context",
    ),
    Tool(
        "read_test_log",
        "Return the log of one test run, from its last passing step to the failure.",
        {"run": "4711", "test": "checkout pays by card"},
        "TimeoutError: locator '#pay-now' not visible after 5000 ms",
    ),
    Tool(
        "get_test_history",
        "Return the results of a test over its last runs, with commit and duration.",
        {"test": "checkout pays by card", "runs": "50"},
        "46 passed, 4 failed, all failures on webkit",
    ),
    Tool(
        "rerun_test",
        "Run one test again, several times, to tell a flaky failure from a real one.",
        {"test": "checkout pays by card", "times": "5"},
        "4 of 5 passed",
    ),
    Tool(
        "quarantine_test",
        "Take a flaky test out of the blocking suite and open a task for its owner.",
        {"test": "checkout pays by card", "reason": "flaky on webkit"},
        "quarantined, task QA-2291",
    ),
    Tool(
        "compare_screenshots",
        "Compare a screenshot with its baseline and return the regions that differ.",
        {"baseline": "checkout.png", "actual": "run-4711/checkout.png"},
        "1 region differs by 3%: the promotion banner",
    ),
    Tool(
        "delete_test_data",
        "Delete the records that a test run left behind in the shared database.",
        {"run": "4711", "tables": "orders, payments"},
        "0 rows",
    ),
    Tool(
        "seed_database",
        "Fill a scratch database with the fixtures of a suite.",
        {"suite": "checkout", "size": "small"},
        "1,204 rows",
    ),
    Tool(
        "search_code",
        "Search the repository with a regular expression and return matching lines.",
        {"pattern": "pay-now", "path": "e2e/"},
        "e2e/pages/checkout.ts:41",
    ),
    Tool(
        "read_file",
        "Return a range of lines of one file of the repository.",
        {"file": "e2e/pages/checkout.ts", "lines": "30-60"},
        "41: readonly pay = this.page.locator('#pay-now')",
    ),
    Tool(
        "apply_patch",
        "Apply a unified diff to the working branch.",
        {"diff": "-  locator('#pay-now')\n+  getByTestId('pay')"},
        "applied to 1 file",
    ),
    Tool(
        "open_pull_request",
        "Push the working branch and open a pull request with a title and a description.",
        {"title": "Heal checkout locators", "body": "The button got a test id."},
        "pull request 1892",
    ),
    Tool(
        "revert_commit",
        "Revert a commit on the main branch, bypassing review; for broken builds only.",
        {"commit": "9f2c1ab", "reason": "main is red"},
        "reverted",
    ),
    Tool(
        "list_branches",
        "List branches by date of their last commit, with their pull requests.",
        {"older_than_days": "30"},
        "12 branches",
    ),
    Tool(
        "get_coverage_report",
        "Return line and branch coverage by folder, with the change since the last release.",
        {"release": "2.18"},
        "81% of lines, 2 points less in payments/",
    ),
    Tool(
        "compare_releases",
        "List commits, changed files and reopened bugs between two releases.",
        {"from": "2.17", "to": "2.18"},
        "214 commits, 9 reopened bugs, most in payments/",
    ),
    Tool(
        "send_release_signoff",
        "Tell the release manager and the store that a build may ship. Cannot be taken back.",
        {"release": "2.18", "build": "20417"},
        "signed off",
    ),
    Tool(
        "page_oncall",
        "Page the engineer on call, at any hour.",
        {"team": "payments", "message": "release is blocked"},
        "paged",
    ),
    Tool(
        "read_spec",
        "Return a section of the product specification.",
        {"section": "checkout/payment"},
        "A customer can pay by card, by invoice and with a voucher.",
    ),
    Tool(
        "record_user_flow",
        "Record a click-through of the running app as a test skeleton.",
        {"start": "/checkout", "goal": "order is paid"},
        "9 steps",
    ),
    Tool("restart_runner", "", {"runner": "ci-7"}, "error: no such tool"),
)
"""The last one is in no service's list: the model made it up."""
