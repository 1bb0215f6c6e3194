"""The catalog's matchers and scopes, compiled once for every span of a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from auditor.model import Capability, LabelSet, Matcher, Scope, Source, Span

_Test = Callable[[str], bool]
_Hits = tuple[tuple[str, Source], ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One catalog entry that has a matcher."""

    id: str
    digest: str
    attribute: str
    matches: _Test
    service: _Test
    agent: _Test
    attributes: tuple[tuple[str, _Test], ...]

    @property
    def needs(self) -> frozenset[str]:
        return frozenset((self.attribute, *(name for name, _ in self.attributes)))

    def in_scope(self, service: str, agent: str, attributes: dict[str, str]) -> bool:
        return (
            self.service(service)
            and self.agent(agent)
            and all(test(attributes.get(name, "")) for name, test in self.attributes)
        )


class LabelPlan:
    """What labelling needs of a catalog; `wanted` are the attributes that it reads."""

    wanted: frozenset[str]

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._entries = tuple(entries)
        self._matched_names = frozenset(entry.attribute for entry in entries)
        self._matched = tuple(sorted(self._matched_names))
        scoped = {name for entry in entries for name, _ in entry.attributes}
        self._scoped = tuple(sorted(scoped))
        self.wanted = frozenset(self._matched) | scoped
        self._saying = lru_cache(maxsize=4096)(self._compute_saying)
        self._labelset = lru_cache(maxsize=4096)(self._compute_labelset)

    @classmethod
    def from_catalog(cls, capabilities: Sequence[Capability]) -> LabelPlan:
        """Compiles the entries that have a matcher."""
        ordered = sorted(capabilities, key=lambda capability: capability.id)
        return cls([_entry(c, c.match) for c in ordered if c.match is not None])

    def read(self, span: Span) -> tuple[LabelSet | None, _Hits]:
        """Which matchers read a call, and the hits of those that recognise it in scope.

        A matcher reads only a call that carries its attribute: where it is absent nobody can
        tell a misspelt or unset attribute from a call of another kind, and the offer is unknown.
        Nor does it read a call that may have lost an attribute of its scope.
        """
        if not self._entries:
            return None, ()
        values = span.attributes
        needed = self._matched_names if span.intact else self.wanted
        lost = tuple(sorted(needed - values.keys()))
        scoped = tuple(values.get(name) for name in self._scoped)
        labelset, usable = self._labelset(span.service, span.agent, scoped, lost)
        hits: _Hits = ()
        for attribute in self._matched:
            if attribute in values:
                saying = self._saying(attribute, values[attribute])
                hits += tuple((i, Source.MATCHER) for i in saying if i in usable)
        return labelset, hits

    def _compute_saying(self, attribute: str, value: str) -> tuple[str, ...]:
        """Entries that one value of one attribute speaks for."""
        return tuple(
            entry.id
            for entry in self._entries
            if entry.attribute == attribute and entry.matches(value)
        )

    def _compute_labelset(
        self, service: str, agent: str, scoped: tuple[str | None, ...], lost: tuple[str, ...]
    ) -> tuple[LabelSet | None, frozenset[str]]:
        pairs = zip(self._scoped, scoped, strict=True)
        attributes = {name: value for name, value in pairs if value is not None}
        read = tuple(
            (entry.id, entry.digest, entry.in_scope(service, agent, attributes))
            for entry in self._entries
            if entry.needs.isdisjoint(lost)
        )
        return (LabelSet(read) if read else None), frozenset(n for n, _, usable in read if usable)


def _entry(capability: Capability, matcher: Matcher) -> _Entry:
    scope: Scope = capability.scope
    return _Entry(
        capability.id,
        capability.matcher_digest,
        matcher.attribute,
        _matches(matcher),
        _glob(scope.service),
        _glob(scope.agent),
        tuple((name, _glob(pattern)) for name, pattern in scope.attributes),
    )


def _matches(matcher: Matcher) -> _Test:
    if matcher.equals is not None:
        return matcher.equals.__eq__
    return _glob(matcher.glob)


def _glob(pattern: str | None) -> _Test:
    if pattern is None:
        return lambda _: True
    compiled = re.compile(translate(pattern))
    return lambda value: compiled.match(value) is not None
