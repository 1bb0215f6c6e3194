"""One broken file a case: its first lines say which findings are expected on which lines.

A case is a file of `tests/cases/rules`. The first word of its name says which file of a project
it stands for; `# expect LINE CODE text` says that exactly this is found, `# expect nothing` that
a file is accepted. A user's bug report becomes a case without any Python.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from auditor.project import CHECKS
from tests.project.files import found

CASES = sorted((Path(__file__).parents[1] / "cases" / "rules").iterdir())
MARK = "# expect "


def _expected(raw: bytes) -> list[str]:
    encoding = "utf-16" if raw.startswith(b"\xff\xfe") else "utf-8"
    lines = raw.decode(encoding, errors="replace").splitlines()
    said = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    return [] if said == ["nothing"] else said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_broken_file_gives_all_its_findings(case: Path, tmp_path: Path) -> None:
    raw = case.read_bytes()
    findings = found(tmp_path, **{case.name.partition("-")[0]: raw})
    said = [str(finding).removeprefix(f"{finding.place.path}:") for finding in findings]
    assert [line.replace(": ", " ", 1) for line in said] == _expected(raw)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_broken_file_takes_a_second(case: Path, tmp_path: Path) -> None:
    began = time.process_time()
    found(tmp_path, **{case.name.partition("-")[0]: case.read_bytes()})
    assert time.process_time() - began < 1


def test_every_code_that_a_file_can_cause_has_a_case() -> None:
    in_cases = {line.split()[1] for case in CASES for line in _expected(case.read_bytes())}
    not_by_content = {"AUD001", "AUD002", "AUD402"}
    assert in_cases == set(CHECKS) - not_by_content
