"""Splits a file into JSON documents, with the line on which each begins, in bounded memory."""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

_CHUNK = 1 << 20
_LARGEST_VALUE = 1 << 28
"""Characters after which a value that does not end is given up."""
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_BOM = b"\xef\xbb\xbf"
_GAP = re.compile(r"[\s,]*")
_JSON = json.JSONDecoder(strict=False)


class Document(NamedTuple):
    """One line, one element of an array, or a fault that ended the reading."""

    line: int
    """Where it begins; lines count from 1."""
    data: bytes
    bytes_read: int
    """Of the file as it lies on disk, so far."""
    fault: str = ""
    """Why nothing more could be read; `data` is then empty."""


def documents(path: Path) -> Iterator[Document]:
    """The documents of a file of JSON lines, of one array, or of JSON laid out over lines.

    Gzip is known by its content. A file that breaks off gives what came before.
    """
    line = 0
    try:
        with path.open("rb") as disk:
            for document in _split(disk):
                line = document.line
                yield document
    except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
        size = path.stat().st_size
        yield Document(line, b"", size, f"the gzip data is damaged or cut short ({fault})")
    except OSError as fault:
        yield Document(line, b"", 0, f"cannot be read ({fault.strerror or fault})")


def _split(disk: BinaryIO) -> Iterator[Document]:
    start = cast("bytes", disk.peek(4)[:4])  # type: ignore[attr-defined]
    if start == _ZSTD:
        yield Document(1, b"", 0, "is compressed with zstd; decompress it with `zstd -d` first")
        return
    source = cast("BinaryIO", gzip.GzipFile(fileobj=disk) if start[:2] == _GZIP else disk)
    first, number = b"", 0
    while not first and (line := source.readline(_CHUNK)):
        number += 1
        first = line.removeprefix(_BOM).lstrip()
    if first.startswith(b"[") or first.rstrip() == b"{":
        yield from _values(first, number, source, disk)
    elif first:
        rest = b"" if first.endswith(b"\n") else source.readline()
        yield from _lines(first + rest, number, source, disk)


def _lines(first: bytes, number: int, source: BinaryIO, disk: BinaryIO) -> Iterator[Document]:
    yield Document(number, first, _position(disk))
    for line in source:
        number += 1
        if not line.isspace():
            yield Document(number, line, _position(disk))


def _values(first: bytes, number: int, source: BinaryIO, disk: BinaryIO) -> Iterator[Document]:
    """JSON values one after the other, or the elements of one array.

    The text is read in chunks, and a value that does not end yet is tried again when as much
    again has come, so memory follows the largest value and time the size of the file.
    """
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    text = decode(first).removeprefix("[")
    chunk = first
    while chunk and len(text) < _LARGEST_VALUE:
        chunk = source.read(max(_CHUNK, len(text)))
        text += decode(chunk, not chunk)
        done = counted = 0
        for start, end in _whole_values(text):
            number += text.count("\n", counted, start)
            yield Document(number, text[start:end].encode(), _position(disk))
            done, counted = end, start
        number += text.count("\n", counted, done)
        text = text[done:]
    if text.strip("\n\r\t ,]"):
        yield Document(number, b"", _position(disk), "breaks off here, or is no JSON from here on")


def _whole_values(text: str) -> Iterator[tuple[int, int]]:
    """Where each value begins and ends, up to the first that does not end."""
    end = 0
    while True:
        start = cast("re.Match[str]", _GAP.match(text, end)).end()
        try:
            _, end = _JSON.raw_decode(text, start)
        except (ValueError, RecursionError):
            return
        yield start, end


def _position(disk: BinaryIO) -> int:
    return disk.tell() if disk.seekable() else 0
