"""Rule files and decisions in a line."""

from __future__ import annotations

from typing import Any

from auditor.decide.decide import decide
from auditor.model import Capability, CostFile, Place, Rule, Thresholds, Verdict
from tests.usage.traffic import DEFAULTS, Traffic, day

COSTS = {"free": 0.0, "nuisance": 1.0, "rework": 50.0, "regression": 5000.0, "incident": 100_000.0}


def rule(capability: str | None = None, cost: str | None = None, **fields: Any) -> Rule:
    return Rule(Place("rules/costs.yaml", 7), capability=capability, cost=cost, **fields)


def costs(*rules: Rule, default: str = "regression", **fields: Any) -> CostFile:
    return CostFile(rules, rule(cost=default), COSTS, **fields)


def verdicts(
    traffic: Traffic,
    as_of: int,
    rules: CostFile,
    catalog: tuple[Capability, ...] = (),
    thresholds: Thresholds = DEFAULTS,
) -> dict[str, Verdict]:
    usages = [
        traffic.usages(as_of, catalog, earlier=earlier, thresholds=thresholds).by_capability
        for earlier in (0, 7, 14)
    ]
    found = decide(*usages, catalog, rules, thresholds, day(as_of))
    return {verdict.capability: verdict for verdict in found}
