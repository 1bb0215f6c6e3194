"""Trace files into the store: read, label, append, settle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from auditor.label import LabelPlan, label
from auditor.model import Capability, Span
from auditor.receive import files
from auditor.store import GROUP_SPANS, Appended, Writer

REMEMBERED_FAULTS: Final = 20
"""Sentences kept of what was left out; beyond that it is only counted."""


@dataclass(slots=True)
class Imported:
    """What came of an import."""

    calls: int = 0
    new_calls: int = 0
    duplicate_calls: int = 0
    spans: int = 0
    rejected: int = 0
    not_traces: int = 0
    """Lines of logs or metrics, which are not read."""
    faults: list[str] = field(default_factory=list)
    """The first sentences on what was left out and why."""

    def add(self, appended: Appended) -> None:
        """Count one group."""
        self.spans += appended.spans + appended.duplicates
        self.new_calls += appended.calls
        self.duplicate_calls += appended.duplicate_calls
        self.calls = self.new_calls + self.duplicate_calls

    def reject(self, sentences: Sequence[str]) -> None:
        """Count what could not be read."""
        self.rejected += len(sentences)
        self.faults.extend(sentences[: REMEMBERED_FAULTS - len(self.faults)])


Progress = Callable[[int], None]
"""Called with the bytes read since the last call."""


def import_files(
    paths: Sequence[Path],
    store: Path,
    catalog: Sequence[Capability],
    *,
    format: files.Format = "auto",
    service: str = "unknown_service",
    on_progress: Progress = lambda _: None,
    on_settle: Callable[[], None] = lambda: None,
) -> Imported:
    """Read, label and store the calls of trace files; what was stored before counts once.

    What was committed when an interrupt comes stays, and the next run goes on from there.
    Reading and labelling go on while the last group commits.
    """
    plan = LabelPlan.from_catalog(catalog)
    result = Imported()
    with Writer(store) as writer, ThreadPoolExecutor(1, "store") as committer:
        pending: Future[Appended] | None = None
        for spans, rejected in _groups(paths, plan, format, service, result, on_progress):
            if pending is not None:
                result.add(pending.result())
            pending = committer.submit(writer.append, spans, rejected)
        if pending is not None:
            result.add(pending.result())
        on_settle()
        writer.settle()
    return result


def _groups(
    paths: Sequence[Path],
    plan: LabelPlan,
    format: files.Format,
    service: str,
    result: Imported,
    on_progress: Progress,
) -> Iterator[tuple[list[Span], int]]:
    """Labelled spans in groups of at most `GROUP_SPANS`, with what was rejected meanwhile."""
    group: list[Span] = []
    counted = 0
    read_of: dict[Path, int] = {}
    for batch in files.read(paths, format=format, service=service, wanted=plan.wanted):
        on_progress(batch.bytes_read - read_of.get(batch.path, 0))
        read_of[batch.path] = batch.bytes_read
        result.reject(batch.rejected)
        result.not_traces += batch.not_traces
        for span in batch.spans:
            label(span, plan)
            group.append(span)
            if len(group) == GROUP_SPANS:
                yield group, result.rejected - counted
                group, counted = [], result.rejected
    if group or result.rejected > counted:
        yield group, result.rejected - counted
