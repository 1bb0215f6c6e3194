"""`rules/capabilities.yaml`: the capabilities that a team knows of."""

from __future__ import annotations

from fnmatch import fnmatchcase

from auditor.model import STRUCTURAL, Capability, Matcher, Scope
from auditor.project import faults
from auditor.project.documents import CapabilityEntry, CatalogDocument, MatchEntry
from auditor.project.source import Source

FILE = "rules/capabilities.yaml"


def from_source(source: Source) -> tuple[Capability, ...]:
    """Every entry that can be read; what keeps one from it is noted in the source."""
    faults.validate(CatalogDocument, source, source.value)
    document = source.value if isinstance(source.value, dict) else {}
    entries = document.get("capabilities")
    if not isinstance(entries, list):
        return ()
    scratch = Source(source.name)
    found = []
    for number, entry in enumerate(entries):
        valid = faults.validate(CapabilityEntry, scratch, entry)
        if valid is not None:
            _check_matcher(source, valid, number)
            found.append(_capability(source, valid, number))
    _check_ids(source, found)
    return tuple(found)


def is_structural(capability: str) -> bool:
    """Whether an id belongs to a family that is read off the shape of a call."""
    return any(fnmatchcase(capability, family.pattern) for family in STRUCTURAL)


def _capability(source: Source, entry: CapabilityEntry, number: int) -> Capability:
    attributes = tuple(sorted(entry.scope.attributes.items()))
    return Capability(
        id=entry.id,
        place=source.place(("capabilities", number)),
        description=entry.description,
        birth=entry.birth,
        owner=entry.owner,
        tags=tuple(entry.tags),
        scope=Scope(entry.scope.service, entry.scope.agent, attributes),
        match=_matcher(entry.match),
        examples=tuple(entry.examples),
        cadence_days=entry.cadence,
        was=tuple(entry.was),
    )


def _matcher(entry: MatchEntry | None) -> Matcher | None:
    return Matcher(entry.attribute, entry.equals, entry.glob) if entry else None


def _check_matcher(source: Source, entry: CapabilityEntry, number: int) -> None:
    match = entry.match
    if match is None:
        return
    place = source.place(("capabilities", number, "match"))
    if (match.equals is None) == (match.glob is None):
        both = "both equals and glob" if match.glob is not None else "neither equals nor glob"
        source.add("AUD204", place, f"the matcher of {entry.id!r} has {both}, expected one")
    if is_structural(entry.id):
        source.add("AUD205", place, f"{entry.id!r} is read off the call, expected no matcher")


def _check_ids(source: Source, found: list[Capability]) -> None:
    first: dict[str, Capability] = {}
    for entry in found:
        before = first.setdefault(entry.id, entry)
        if before is not entry:
            message = f"the id {entry.id!r} stands on line {before.place.line} already"
            source.add("AUD201", entry.place, message)
    claimed: dict[str, Capability] = {}
    for entry in found:
        for former in entry.was:
            _check_former(source, entry, former, first, claimed)


def _check_former(
    source: Source,
    entry: Capability,
    former: str,
    present: dict[str, Capability],
    claimed: dict[str, Capability],
) -> None:
    if former in present:
        line = present[former].place.line
        message = f"{entry.id!r} was {former!r}, which still has an entry on line {line}"
        source.add("AUD202", entry.place, message)
    before = claimed.setdefault(former, entry)
    if before is not entry:
        message = f"{former!r} was claimed by {before.id!r} on line {before.place.line} already"
        source.add("AUD203", entry.place, message)
