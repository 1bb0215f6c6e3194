"""Rows in, named queries out; all SQL and all DuckDB."""

from __future__ import annotations

from auditor.store.reader import Frames, Reader, digest, open_reader
from auditor.store.writer import GROUP_SPANS, Appended, Writer

__all__ = ["GROUP_SPANS", "Appended", "Frames", "Reader", "Writer", "digest", "open_reader"]
