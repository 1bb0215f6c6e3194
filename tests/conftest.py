"""What every room's tests share: golden files, and where the real data is."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: see `auditor.cli.main`

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "reports" / "samples"
REAL_DATA = ROOT.parent / "shared" / "data"
ACCEPT = "a change is accepted by pytest --snapshot-update"

settings.register_profile("soak", max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

Golden = Callable[..., None]


class SampleExtension(SingleFileSnapshotExtension):
    """Plain text under the name that the test gives, beside samples of other tests."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    @classmethod
    def get_location(cls, *, test_location: Any, index: int | str) -> str:
        return str(SAMPLES / f"{index}.txt")

    @classmethod
    def matches_test_location(cls, *, test_location: Any, snapshot_location: str) -> bool:
        return True

    def discover_snapshots(
        self, *, test_location: Any, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        """None: what other tests keep in the folder is no leftover of this one."""
        return SnapshotCollections()


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> Golden:
    """Compares a page with its sample, whose first line says what to look at."""

    def check(name: str, page: str, *, look_at: str) -> None:
        expected = snapshot(name=name, extension_class=SampleExtension)
        assert f"# Look at {look_at}; {ACCEPT}\n{page}" == expected

    return check


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; where it must be there (CI), its absence is a failure."""
    if not REAL_DATA.is_dir():
        message = f"the real data is not there: {REAL_DATA}"
        if os.environ.get("AUDITOR_REAL_DATA") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return REAL_DATA
