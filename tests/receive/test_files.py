"""Trace files: found, opened, told apart, and never stopped by a bad line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from auditor.errors import BadInputError
from auditor.receive.files import Batch, read, total_bytes, trace_files

TRACE = "5b8efff798038103d269b633813fc60c"
CONVERSATION = {
    "id": "c1",
    "created": 1767268800,
    "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}],
}


def otlp_line(first: int, spans: int = 1) -> str:
    chat = {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}}
    wire = [
        {"traceId": TRACE, "spanId": f"{n:016x}", "startTimeUnixNano": "5", "attributes": [chat]}
        for n in range(first, first + spans)
    ]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": wire}]}]})


def write(path: Path, *lines: object) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts))
    return path


def only(path: Path, **options: object) -> Batch:
    [batch] = read([path], **options)  # type: ignore[arg-type]
    return batch


def test_lines_of_spans_become_one_batch(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", otlp_line(1, spans=2), otlp_line(3))
    batch = only(path)
    assert [span.span_id[-1] for span in batch.spans] == ["1", "2", "3"]
    assert (batch.path, batch.rejected, batch.bytes_read) == (path, [], path.stat().st_size)


def test_a_batch_ends_after_two_thousand_spans_or_one_longer_line(tmp_path: Path) -> None:
    lines = [otlp_line(1, spans=1500), otlp_line(1501, spans=600), otlp_line(2101, spans=5000)]
    sizes = [len(batch.spans) for batch in read([write(tmp_path / "t.jsonl", *lines)])]
    assert sizes == [2100, 5000, 0]


def test_bytes_read_never_goes_back_and_ends_at_the_size(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", *(otlp_line(n * 900 + 1, spans=900) for n in range(9)))
    read_so_far = [batch.bytes_read for batch in read([path])]
    assert read_so_far == sorted(read_so_far)
    assert read_so_far[-1] == path.stat().st_size == total_bytes([path])


def test_a_malformed_line_is_said_with_file_and_line_and_the_rest_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", otlp_line(1), '{"resourceSpans": [', "", otlp_line(2))
    batch = only(path)
    assert len(batch.spans) == 2
    assert batch.rejected == [
        f'{path}:2: line left out: Input data was truncated; expected {{"resourceSpans": [...]}}'
    ]


def test_logs_and_metrics_are_counted_as_not_traces(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", {"resourceLogs": []}, otlp_line(1), {"resourceMetrics": []})
    batch = only(path)
    assert (len(batch.spans), batch.not_traces, batch.rejected) == (1, 2, [])


@pytest.mark.parametrize("name", ["chats.json", "chats.jsonl", "chats.anything"])
def test_gzip_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(json.dumps(CONVERSATION).encode()))
    assert len(only(path).spans) == 1


def test_a_gzip_of_several_members_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.gz"
    path.write_bytes(b"".join(gzip.compress(f"{otlp_line(n)}\n".encode()) for n in (1, 2, 3)))
    assert len(only(path).spans) == 3


def test_a_truncated_gzip_keeps_its_good_lines_and_reports_once(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    text = "".join(f"{otlp_line(n)}\n" for n in range(1, 3000)).encode()
    path.write_bytes(gzip.compress(text)[:-4000])
    batches = list(read([path]))
    spans = [span.span_id for batch in batches for span in batch.spans]
    assert spans == [f"{n:016x}" for n in range(1, len(spans) + 1)]
    assert len(spans) > 1000
    [sentence] = [fault for batch in batches for fault in batch.rejected]
    assert sentence.startswith(f"{path}:{len(spans)}: the gzip data is damaged or cut short")


def test_a_gzip_with_a_flipped_bit_reports_once_and_does_not_raise(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    packed = bytearray(gzip.compress("".join(f"{otlp_line(n)}\n" for n in range(1, 99)).encode()))
    packed[len(packed) // 2] ^= 0x55
    path.write_bytes(packed)
    assert sum("gzip data is damaged" in fault for fault in only(path).rejected) == 1


def test_zstd_is_refused_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd\x00\x00")
    assert only(path).rejected == [
        f"{path}:1: is compressed with zstd; decompress it with `zstd -d` first"
    ]


def test_an_array_of_conversations_and_lines_of_them_are_the_same_calls(tmp_path: Path) -> None:
    conversations = [{**CONVERSATION, "id": f"c{n}"} for n in range(5)]
    flat = tmp_path / "flat.json"
    flat.write_text(json.dumps(conversations))
    deep = tmp_path / "deep.json"
    deep.write_text("\ufeff" + json.dumps(conversations, indent=2))
    lines = write(tmp_path / "lines.jsonl", *conversations)
    assert only(flat).spans == only(deep).spans == only(lines).spans


def test_a_conversation_in_an_array_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "chats.json"
    undated = {**CONVERSATION, "created": None}
    path.write_text(f"[\n{json.dumps(CONVERSATION)},\n{json.dumps(undated)}\n]")
    batch = only(path)
    assert len(batch.spans) == 1
    assert batch.rejected[0].startswith(
        f"{path}:3: conversation 'c1' left out: it has no `created`"
    )


def test_an_array_that_breaks_off_keeps_the_conversations_before(tmp_path: Path) -> None:
    path = tmp_path / "chats.json"
    path.write_text(json.dumps([CONVERSATION] * 3)[:-20])
    batch = only(path)
    assert len(batch.spans) == 2
    assert batch.rejected == [f"{path}:1: breaks off here, or is no JSON from here on"]


def test_otlp_laid_out_over_lines_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "t.json", json.dumps(json.loads(otlp_line(1, spans=3)), indent=2))
    assert len(only(path).spans) == 3


def test_the_format_is_found_after_bad_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", "garbage", {"some": "thing"}, CONVERSATION)
    batch = only(path)
    assert len(batch.spans) == 1
    assert [fault.split(": ")[0] for fault in batch.rejected] == [f"{path}:1", f"{path}:2"]
    assert "neither a line of OTLP JSON nor a conversation" in batch.rejected[1]


def test_a_given_format_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "t.jsonl", CONVERSATION)
    assert only(path, format="otlp").spans == []
    assert len(only(path, format="chat").spans) == 1


def test_folders_are_walked_in_order_and_hold_trace_files_only(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    files = [tmp_path / "a.jsonl", tmp_path / "b" / "c.json.gz"]
    for path in (*files, tmp_path / "README.md", tmp_path / ".hidden.json"):
        path.write_bytes(gzip.compress(b""))
    assert trace_files([tmp_path, files[0]]) == files


def test_an_empty_file_holds_nothing_and_is_no_fault(tmp_path: Path) -> None:
    batch = only(write(tmp_path / "t.jsonl"))
    assert (batch.spans, batch.rejected) == ([], [])


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"nowhere\.json does not exist"):
        trace_files([tmp_path / "nowhere.json"])


def test_a_folder_without_trace_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds no trace files"):
        trace_files([tmp_path])
