"""What follows the groups of a report: what dropping saves, and what deserves a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.audit import Audit, Row
from auditor.model import Decision
from auditor.render.names import visible
from auditor.render.numbers import count, plural, share

SAVINGS_SHOWN = 5
NAMES_SHOWN = 5
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Note:
    """A heading with its lines; the first line is the sentence that matters."""

    title: str
    lines: tuple[str, ...]


def notes(audit: Audit, *, fold: bool) -> list[Note]:
    """All notes of an audit that have something to say."""
    found = (_savings(audit, fold), _invented(audit, fold), _elsewhere(audit, fold))
    return [note for note in (*found, _findings(audit, fold)) if note.lines]


def _savings(audit: Audit, fold: bool) -> Note:
    saving = sorted(
        (row for row in audit.rows if row.saved_tokens),
        key=lambda row: (-(row.saved_tokens or 0), row.usage.capability),
    )
    drops = sum(row.verdict.decision is Decision.DROP for row in audit.rows)
    title = "What dropping would save"
    if not drops:
        return Note(title, ())
    if not saving:
        return Note(title, ("Nothing that can be told: no droppable tool has a definition.",))
    total = sum(row.saved_tokens or 0 for row in saving)
    first = (
        f"{count(total)} tokens over {audit.horizon_days} days, by no longer offering "
        f"{plural(len(saving), 'tool')} (tokens of a definition x expected offers; a token is "
        "taken for 4 characters)."
    )
    rows = [_saving(row) for row in saving]
    return Note(title, (first, *_folded(rows, SAVINGS_SHOWN, fold)))


def _saving(row: Row) -> str:
    return (
        f"{visible(row.usage.capability)}: {count(row.definition_tokens)} tokens x "
        f"{plural(round(row.usage.offers_in_horizon), 'offer')} = {count(row.saved_tokens)}"
    )


def _invented(audit: Audit, fold: bool) -> Note:
    calls = sorted(audit.invented.items(), key=lambda item: (-item[1], item[0]))
    if not calls:
        return Note("Invented tool calls", ())
    total = plural(sum(audit.invented.values()), "call")
    first = f"{total} to tools that were not in the list offered; they count as no capability."
    lines = [f"{visible(tool)}: {plural(n, 'call')}" for tool, n in calls]
    return Note("Invented tool calls", (first, *_folded(lines, NAMES_SHOWN, fold)))


def _elsewhere(audit: Audit, fold: bool) -> Note:
    if not audit.fires_elsewhere:
        return Note("Fires only in what was left out", ())
    first = "Tests alone, or another origin, used these; that is no evidence of demand."
    lines = [
        f"{visible(capability)}: "
        + ", ".join(f"{plural(n, 'hit')} in {visible(origin)}" for origin, n in hits.items())
        for capability, hits in sorted(audit.fires_elsewhere.items())
    ]
    return Note("Fires only in what was left out", (first, *_folded(lines, NAMES_SHOWN, fold)))


def _findings(audit: Audit, fold: bool) -> Note:
    found = (*_uncatalogued(audit, fold), *_overdue(audit), *_blind(audit))
    return Note("Findings", found)


def _uncatalogued(audit: Audit, fold: bool) -> Iterator[str]:
    names = [visible(row.usage.capability) for row in audit.rows if row.entry is None]
    if names:
        noun = plural(len(names), "capability is", "capabilities are")
        listed = ", ".join(_folded(names, NAMES_SHOWN, fold))
        yield f"{noun} not in the catalog (`auditor init --from-store` lists them): {listed}"


def _overdue(audit: Audit) -> Iterator[str]:
    rules = {row.verdict.rule.place: row.verdict.rule for row in audit.rows}
    for place, rule in sorted(rules.items()):
        if rule.review_by and rule.review_by < audit.as_of:
            owner = f" by {visible(rule.owner)}" if rule.owner else ""
            yield f"{visible(str(place))} was due for review{owner} on {rule.review_by}"


def _blind(audit: Audit) -> Iterator[str]:
    if not audit.calls:
        yield "No call was audited: see `auditor status` for what the store holds."
        return
    if audit.list_known_share is not None and audit.list_known_share < MOSTLY:
        yield (
            f"Only {share(audit.list_known_share)} of the calls say which tools they were offered: "
            "what is not recorded cannot be judged (record gen_ai.tool.definitions)."
        )
    unlabelled = audit.calls_by_decision.get("unlabelled", 0) / audit.calls
    if unlabelled > MOSTLY:
        yield (
            f"{share(unlabelled)} of the calls carry no capability: "
            "tag them, or add matchers to the catalog."
        )


def _folded(lines: Sequence[str], shown: int, fold: bool) -> list[str]:
    if not fold or len(lines) <= shown + 1:
        return list(lines)
    return [*lines[:shown], f"… and {count(len(lines) - shown)} more (--all shows them)"]
