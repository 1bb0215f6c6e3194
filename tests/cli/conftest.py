"""Verbs that judge, run on an audit made by hand instead of a project with a store."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from auditor.audit import Audit

Judged = Callable[[Audit], None]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """Lets `audit`, `report` and `explain` find the given audit."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def use(made: Audit) -> None:
        def audited(*_: Any) -> SimpleNamespace:
            return SimpleNamespace(project=None, audit=made)

        for verb in ("report", "explain"):
            monkeypatch.setattr(f"auditor.cli.{verb}.audited", audited)

    return use
