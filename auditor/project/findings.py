"""Every fault that `auditor check` can find, with its stable code, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.model import Place


class Severity(StrEnum):
    """An error makes a project unreadable; a warning lets the audit run and still fails `check`."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the table: what is wrong, and the cure."""

    severity: Severity
    title: str
    cure: str


def _error(title: str, cure: str) -> Check:
    return Check(Severity.ERROR, title, cure)


def _warning(title: str, cure: str) -> Check:
    return Check(Severity.WARNING, title, cure)


CHECKS: dict[str, Check] = {
    "AUD001": _error(
        "the file cannot be read",
        "Create it (`auditor init` writes a valid one and overwrites nothing) or fix its rights.",
    ),
    "AUD002": _error(
        "the file is larger than 1 MB",
        "Rule files are written by people: split the project, or use globs instead of a rule each.",
    ),
    "AUD003": _error("the file is not UTF-8", "Save it as UTF-8; editors call it `encoding`."),
    "AUD004": _error(
        "the file is not valid YAML or TOML",
        "Look at the named line and the one above it: a missing quote, colon or bracket. Text "
        "that starts with `@`, `*`, `&`, `!` or `%` needs quotes.",
    ),
    "AUD005": _error("a line is indented with a tab", "Indent with spaces: YAML forbids tabs."),
    "AUD006": _error(
        "an anchor or alias",
        "Write the value out. If it is a pattern such as `*.delete`, put it in quotes.",
    ),
    "AUD007": _error("a key stands twice", "Remove one: YAML would silently keep the last."),
    "AUD008": _error(
        "more than one plain document",
        "Keep one document without `---` in the middle and without `!tags`.",
    ),
    "AUD009": _error("lists or mappings are nested too deeply", "No key needs over 20 levels."),
    "AUD101": _error("an unknown key", "Correct or remove it; nothing is ignored silently."),
    "AUD102": _error("a required key is missing", "Add it."),
    "AUD103": _error(
        "a value of the wrong kind",
        "Quote text that looks like a number or `true`; put one item in `[...]` where a list "
        "is expected.",
    ),
    "AUD104": _error("an unknown file version", "Write `version: 1`, or upgrade the tool."),
    "AUD105": _error("not a date", "Write an existing day as YYYY-MM-DD."),
    "AUD106": _error("not a duration", "Write a whole number with a unit: 90d, 12w, 48h."),
    "AUD107": _error("a number outside its range", "Use a number in the range that is named."),
    "AUD108": _error(
        "not a name",
        "Names have no spaces, control characters or pattern characters, and at most 200 letters.",
    ),
    "AUD109": _error("not one of the choices", "Use one of the values that are listed."),
    "AUD201": _error("two catalog entries have one id", "Merge them, or rename one."),
    "AUD202": _error(
        "`was` names an id that still has an entry",
        "Remove the old entry: its traffic is added to the new one.",
    ),
    "AUD203": _error("two entries claim one former id", "Leave it in the `was` of one of them."),
    "AUD204": _error(
        "a matcher compares with nothing, or with two things",
        "Give `match` exactly one of `equals` and `glob`.",
    ),
    "AUD205": _error(
        "a matcher on a capability that is read off the call's shape",
        "Remove `match`: `tool.*`, `prompt.*`, `format.json-schema`, `calls.parallel`, `steps.*` "
        "and `context.long` are recognised without one. For another meaning choose another id.",
    ),
    "AUD301": _error(
        "a rule names a cost that `costs` does not define",
        "Correct the name, or add it with its amount under `costs`.",
    ),
    "AUD302": _error(
        "a rule pins something else than `fallback`",
        "Only `decide: fallback` exists. Nothing can be pinned to drop: give it a low cost, and "
        "the evidence drops it.",
    ),
    "AUD303": _error(
        "a rule without a reason or an owner",
        "Write `because:` (a sentence that a reviewer can disagree with) and `owner:`.",
    ),
    "AUD304": _error(
        "a rule that matches on nothing",
        "Give `match` a `capability`, `tag` or `owner`; what no rule matches goes to `default`.",
    ),
    "AUD305": _error("a rule that says nothing", "Give it a `cost`, or `decide: fallback`."),
    "AUD306": _error("`until` without a pin", "`until` ends a `decide:`; costs have `review_by`."),
    "AUD307": _error(
        "the total budget is below the budget of one",
        "Raise `drop_budget_total` (10 x `drop_budget` when absent), or lower `drop_budget`.",
    ),
    "AUD308": _warning(
        "a rule that an earlier one shadows",
        "Move it above the one that is named, or remove it: the first match wins.",
    ),
    "AUD309": _warning(
        "a rule whose tag or owner no catalog entry has",
        "Only catalog entries have tags and owners: tag the entry, or correct the rule.",
    ),
    "AUD310": _warning("a rule is due for review", "Confirm the cost, then move `review_by`."),
    "AUD311": _warning("a pin has ended", "Remove the rule, or move `until`."),
    "AUD312": _warning(
        "a rule names a former id",
        "It still matches; write the present id so that a search finds it.",
    ),
    "AUD313": _warning(
        "a rule names a capability that looks misspelt",
        "Correct it, or add the capability to the catalog if it is meant.",
    ),
    "AUD401": _warning(
        "a pattern stands in two lists",
        "Leave it in one: the first list that matches wins.",
    ),
    "AUD402": _error(
        "an environment variable names no setting",
        "`auditor config` lists the variable of every setting.",
    ),
}
"""Codes are never reused: 0 files, 1 keys and values, 2 catalog, 3 costs, 4 settings."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One fault: where it stands, what was read, what was expected."""

    place: Place
    code: str
    message: str
    hint: str = ""

    @property
    def severity(self) -> Severity:
        """What the fault does to the project."""
        return CHECKS[self.code].severity

    @property
    def where(self) -> str:
        """`file:line`, or the name alone for what has no lines (an environment variable)."""
        return str(self.place) if self.place.line else self.place.path

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.where}: {self.code} {self.message}{hint}"


def as_markdown() -> str:
    """The table as the body of `docs/findings.md`."""
    parts = []
    for code, check in CHECKS.items():
        parts.append(f"## {code}: {check.title}\n\n*{check.severity.value}.* {check.cure}\n")
    return "\n".join(parts)
