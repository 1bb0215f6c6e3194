"""The case files of `tests/cases/spans`: spans as exporters write them, and the facts expected.

A file holds `trap` (why it is a case), `lines` (of a trace file: a mapping is written as JSON, a
string as it stands), `spans` (for each span read, the facts to compare), and perhaps `rejected`
(how each sentence begins or what it holds) and `not_traces`. A bug report becomes a case by
adding a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from auditor.receive import otlp_json
from auditor.receive.result import Read
from auditor.receive.spans import Reader

FOLDER = Path(__file__).parent.parent / "cases" / "spans"


@dataclass(frozen=True)
class Case:
    """One case file."""

    name: str
    trap: str
    lines: list[Any]
    spans: list[dict[str, Any]]
    rejected: list[str] = field(default_factory=list)
    not_traces: int = 0

    @property
    def written(self) -> list[bytes]:
        """The lines as they stand in a trace file."""
        return [
            line.encode() if isinstance(line, str) else msgspec.json.encode(line)
            for line in self.lines
        ]

    def read(self) -> Read:
        """All lines read, each fault after the number of its line."""
        whole = Read([], [])
        reader = Reader.of("unknown_service", frozenset())
        for number, line in enumerate(self.written, start=1):
            read = otlp_json.read_line(line, reader)
            whole.spans.extend(read.spans)
            whole.rejected.extend(f"{number}: {fault}" for fault in read.rejected)
            whole = whole._replace(not_traces=whole.not_traces + read.not_traces)
        return whole


def _load(path: Path) -> Case:
    return Case(path.stem, **yaml.load(path.read_text(), Loader=yaml.CSafeLoader))


CASES = [_load(path) for path in sorted(FOLDER.glob("*.yaml"))]
