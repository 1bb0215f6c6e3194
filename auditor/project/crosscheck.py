"""What is wrong between files and between rules: nothing here stops an audit, all of it is asked.

A rule that never decides anything is a promise that is not kept, so each is named with the
rule or the missing entry that makes it so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase

from auditor.model import Capability, Rule
from auditor.project import globs
from auditor.project.catalog import is_structural
from auditor.project.findings import Finding

_LIKE_ENOUGH = 85.0
"""Similarity in percent from which a name is taken for a misspelling."""


def rules(rules: Sequence[Rule], catalog: Sequence[Capability], today: date) -> Iterator[Finding]:
    """Warnings about rules that can never match, are due, or name what is not there."""
    yield from _shadowed(rules)
    for rule in rules:
        yield from _without_entry(rule, catalog)
        yield from _past(rule, today)
    yield from _names(rules, catalog)


def _shadowed(rules: Sequence[Rule]) -> Iterator[Finding]:
    wide: list[Rule] = []
    literal: dict[str, list[Rule]] = {}
    for rule in rules:
        pattern = rule.capability or "*"
        same = literal.setdefault(pattern, [])
        by = next((other for other in (*same, *wide) if _shadows(other, rule)), None)
        if by is not None:
            message = f"the rule can never match: {by.place} matches first whatever it matches"
            yield Finding(rule.place, "AUD308", message)
        (same if globs.is_literal(pattern) else wide).append(rule)


def _shadows(earlier: Rule, later: Rule) -> bool:
    """Whether the later rule can neither price nor pin what the earlier one leaves to it."""
    if earlier.cost is None and (earlier.until is not None or later.cost is not None):
        return False
    return (
        _narrower(earlier.tag, later.tag)
        and _narrower(earlier.owner_is, later.owner_is)
        and globs.covers(earlier.capability or "*", later.capability or "*")
    )


def _narrower(wide: str | None, narrow: str | None) -> bool:
    """Whether a pattern matches whatever another matches; one that is absent asks nothing."""
    return wide is None or (narrow is not None and globs.covers(wide, narrow))


def _without_entry(rule: Rule, catalog: Sequence[Capability]) -> Iterator[Finding]:
    if rule.tag is None and rule.owner_is is None:
        return
    if not any(_applies(rule, entry) for entry in catalog):
        asked = (("id", rule.capability), ("tag", rule.tag), ("owner", rule.owner_is))
        listed = " and ".join(f"{what} {pattern!r}" for what, pattern in asked if pattern)
        message = f"no catalog entry has the {listed}: the rule can never match"
        yield Finding(rule.place, "AUD309", message)


def _applies(rule: Rule, entry: Capability) -> bool:
    asked = (
        (rule.capability, (entry.id, *entry.was)),
        (rule.tag, entry.tags),
        (rule.owner_is, (entry.owner,)),
    )
    return all(
        pattern is None or any(fnmatchcase(name, pattern) for name in names)
        for pattern, names in asked
    )


def _past(rule: Rule, today: date) -> Iterator[Finding]:
    if rule.review_by is not None and rule.review_by < today:
        message = f"the rule was to be reviewed by {rule.review_by}"
        yield Finding(rule.place, "AUD310", message, f"owner: {rule.owner!r}")
    if rule.until is not None and rule.until < today:
        yield Finding(rule.place, "AUD311", f"the pin ended on {rule.until}")


def _names(rules: Sequence[Rule], catalog: Sequence[Capability]) -> Iterator[Finding]:
    ids = [entry.id for entry in catalog]
    present = frozenset(ids)
    former = {old: entry.id for entry in catalog for old in entry.was}
    for rule in rules:
        name = rule.capability
        if name is None or not globs.is_literal(name) or name in present:
            continue
        if name in former:
            message = f"{name!r} is a former id of {former[name]!r}"
            yield Finding(rule.place, "AUD312", message)
        elif not is_structural(name) and (like := _like(name, ids)) is not None:
            message = f"{name!r} is not in the catalog"
            yield Finding(rule.place, "AUD313", message, f"did you mean {like!r}?")


def _like(name: str, ids: Sequence[str]) -> str | None:
    from rapidfuzz import process

    found = process.extractOne(name, ids, score_cutoff=_LIKE_ENOUGH)
    return found[0] if found else None
