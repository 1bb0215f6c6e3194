"""What scripts read: JSON whose names are exact and yet harmless on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.audit import Audit, Row
from auditor.render.explain import sections


def explained(audit: Audit, row: Row, entry: Mapping[str, Any]) -> dict[str, Any]:
    """One capability's entry of the audit with the numbers and sentences of its arithmetic."""
    usage, verdict = row.usage, row.verdict
    alpha, beta = audit.prior
    return {
        "schema": "auditor.explain/1",
        "as_of": audit.as_of.isoformat(),
        "capability": dict(entry),
        "step": verdict.step,
        "what_would_change": verdict.what_would_change,
        "prior": {"alpha": alpha, "beta": beta},
        "horizon_days": audit.horizon_days,
        "offers_in_horizon": usage.offers_in_horizon,
        "offers_in_horizon_high": usage.offers_in_horizon_high,
        "detect_rate": verdict.priced_by.detect_rate,
        "drop_budget": audit.drop_budget,
        "drop_budget_total": audit.drop_budget_total,
        "past_states": list(verdict.past_states),
        "past_bounds": list(verdict.past_bounds),
        "arithmetic": [
            {"title": section.title, "lines": [_line(line) for line in section.lines]}
            for section in sections(audit, row)
        ],
    }


def _line(line: str | tuple[str, str]) -> str:
    if isinstance(line, str):
        return line
    name, text = line
    return f"{name}{' ' if name.endswith('?') else ': '}{text}" if name else text
