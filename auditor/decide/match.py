"""Which rule prices a capability: the first whose patterns all match, else the default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from auditor.model import Capability, CostFile, Rule


class Match(NamedTuple):
    """What the rule file says of one capability."""

    rule: Rule
    """The first rule that matches: it pins the decision, or prices a miss."""
    priced_by: Rule
    """The first that matches and names a cost; `rule` itself unless that only pins."""
    cost_name: str
    cost: float
    """What one miss costs, in the rule file's currency."""
    nearly: tuple[Rule, ...]
    """Earlier rules of which one pattern matched and another did not, or whose pin is over."""

    @property
    def pinned(self) -> bool:
        """Whether the rule decides by itself, whatever the usage."""
        return self.rule.pin is not None

    @property
    def cost_of_a_miss(self) -> float:
        """What a miss costs on average, when a guard catches some of them in time."""
        return self.cost * (1 - self.priced_by.detect_rate)


def match_rule(capability: str, entry: Capability | None, costs: CostFile, as_of: date) -> Match:
    """Find the rule for a capability; `entry` is its catalog entry, if it has one.

    A pattern is a glob over the id or an earlier one (`was`), a tag, or the owner. A pin whose
    last day is before `as_of` is over: its rule prices a miss if it names a cost, and is passed
    over if it does not.
    """
    nearly: list[Rule] = []
    first: Rule | None = None
    for rule in costs.rules:
        answers = _answers(rule, capability, entry)
        live = _without_past_pin(rule, as_of)
        if not all(answers) or (live.pin is None and live.cost is None):
            if first is None and any(answers):
                nearly.append(rule)
            continue
        first = first or live
        if live.cost is not None:
            return _priced(first, live, costs, nearly)
    return _priced(first or costs.default, costs.default, costs, nearly)


def _answers(rule: Rule, capability: str, entry: Capability | None) -> list[bool]:
    """Say of each pattern that the rule has whether it matches."""
    ids = (capability, *(entry.was if entry else ()))
    tags = entry.tags if entry else ()
    owners = (entry.owner,) if entry and entry.owner else ()
    asked = ((rule.capability, ids), (rule.tag, tags), (rule.owner_is, owners))
    return [
        any(fnmatchcase(name, pattern) for name in names)
        for pattern, names in asked
        if pattern is not None
    ]


def _without_past_pin(rule: Rule, as_of: date) -> Rule:
    if rule.pin is None or rule.until is None or rule.until >= as_of:
        return rule
    return replace(rule, pin=None, until=None)


def _priced(first: Rule, by: Rule, costs: CostFile, nearly: Sequence[Rule]) -> Match:
    name = by.cost or ""
    return Match(first, by, name, costs.costs[name], tuple(nearly))
