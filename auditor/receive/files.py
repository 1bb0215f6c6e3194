"""Trace files to batches of spans: which files, in which format, and how far it has got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from auditor.errors import BadInputError
from auditor.model import Span
from auditor.receive import chat, otlp_json
from auditor.receive.documents import documents
from auditor.receive.result import Read
from auditor.receive.spans import Reader
from auditor.receive.values import ABSENT, UNREADABLE, present

Format = Literal["auto", "otlp", "chat"]
_SUFFIXES = (".json", ".jsonl", ".ndjson")
_BATCH_SPANS = 2_000


@dataclass(slots=True)
class Batch:
    """Up to some 2,000 spans of one file, or one line if that holds more."""

    path: Path
    spans: list[Span] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    """What was left out: file, line, what was read, what was expected."""
    not_traces: int = 0
    """Lines of logs or metrics, which are not read."""
    bytes_read: int = 0
    """Of the file as it lies on disk, up to the end of this batch."""


class _Keys(Struct, gc=False, rename="camel"):
    """What tells the formats apart."""

    resource_spans: Raw = ABSENT
    resource_logs: Raw = ABSENT
    resource_metrics: Raw = ABSENT
    resource_profiles: Raw = ABSENT
    messages: Raw = ABSENT


_KEYS = msgspec.json.Decoder(_Keys)
_Parse = Callable[[bytes], Read]


def trace_files(paths: Sequence[Path]) -> list[Path]:
    """The files that `paths` name, each once; folders are walked in sorted order.

    In folders only names like `*.json`, `*.jsonl` and `*.ndjson` count, with or without `.gz`.
    Raises `BadInputError` for a path that does not exist and for a folder without trace files.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if _is_trace_file(file))
            if not inside:
                raise BadInputError(f"{path} holds no trace files (*.json, *.jsonl, *.gz)")
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            raise BadInputError(f"{path} does not exist; expected a trace file or a folder")
    return list(found)


def total_bytes(paths: Sequence[Path]) -> int:
    """Bytes on disk of all files that `read` would read."""
    return sum(path.stat().st_size for path in trace_files(paths))


def read(
    paths: Sequence[Path],
    *,
    format: Format = "auto",
    service: str = "unknown_service",
    wanted: frozenset[str] = frozenset(),
) -> Iterator[Batch]:
    """Reads trace files in batches; every fault is reported in its batch, none ends the reading.

    `service` is that of spans and conversations which name none; `wanted` are the attributes
    that spans keep for matchers and scopes. Raises `BadInputError` for paths as `trace_files`.
    """
    reader = Reader.of(service, wanted)
    for path in trace_files(paths):
        yield from _read_file(path, format, reader)


def _read_file(path: Path, format: Format, reader: Reader) -> Iterator[Batch]:
    parsers = _parsers(reader)
    parse = parsers.get(format)
    batch = Batch(path)
    for document in documents(path):
        parse = parse or parsers.get(_recognise(document.data))
        if document.fault:
            found = Read([], [document.fault])
        else:
            found = (parse or _unrecognised)(document.data)
        batch.bytes_read = document.bytes_read
        batch.spans += found.spans
        batch.rejected += (f"{path}:{document.line}: {fault}" for fault in found.rejected)
        batch.not_traces += found.not_traces
        if len(batch.spans) >= _BATCH_SPANS:
            yield batch
            batch = Batch(path, bytes_read=batch.bytes_read)
    yield batch


def _parsers(reader: Reader) -> dict[str, _Parse]:
    seen: Counter[bytes] = Counter()
    return {
        "otlp": lambda data: otlp_json.read_line(data, reader),
        "chat": lambda data: chat.read_conversation(data, reader.service, seen),
    }


def _recognise(data: bytes) -> str:
    """The format of a document, '' when its keys do not tell."""
    try:
        keys = _KEYS.decode(data)
    except UNREADABLE:
        return ""
    if present(keys.messages):
        return "chat"
    signals = (
        keys.resource_spans,
        keys.resource_logs,
        keys.resource_metrics,
        keys.resource_profiles,
    )
    return "otlp" if any(map(present, signals)) else ""


def _unrecognised(data: bytes) -> Read:
    try:
        msgspec.json.decode(data, type=Raw)
        fault = "neither a line of OTLP JSON nor a conversation"
    except UNREADABLE as error:
        fault = str(error)
    return Read([], [f"left out: {fault}; expected {otlp_json.EXPECTED} or {chat.EXPECTED}"])


def _is_trace_file(path: Path) -> bool:
    name = path.name.removesuffix(".gz")
    return path.is_file() and not name.startswith(".") and name.endswith(_SUFFIXES)
