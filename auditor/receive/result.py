"""What one line or document of a trace file held."""

from __future__ import annotations

from typing import NamedTuple

from auditor.model import Span


class Read(NamedTuple):
    """Spans, and what was left out."""

    spans: list[Span]
    rejected: list[str]
    """A sentence for each part that cannot be read, without the place."""
    not_traces: int = 0
    """1 for a line of logs, metrics or profiles."""
