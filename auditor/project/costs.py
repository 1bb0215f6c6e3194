"""`rules/costs.yaml`: what one miss costs, by rules of which the first that matches decides."""

from __future__ import annotations

from auditor.model import CostFile, Decision, Rule
from auditor.project import faults
from auditor.project.documents import CostsDocument, RuleEntry
from auditor.project.source import Keys, Source, nearest

FILE = "rules/costs.yaml"


def from_source(source: Source) -> tuple[CostFile | None, tuple[Rule, ...]]:
    """The cost file, None when it has a fault, and every rule that can be read anyway."""
    document = faults.validate(CostsDocument, source, source.value)
    rules = _rules(source)
    _check_cost_names(source)
    if document is None:
        return None, rules
    total = document.drop_budget_total
    if total is not None and total < document.drop_budget:
        message = f"drop_budget_total {total:g} is below drop_budget {document.drop_budget:g}"
        source.add("AUD307", source.place(("drop_budget_total",)), message)
    return _cost_file(source, document, rules), rules


def _cost_file(source: Source, document: CostsDocument, rules: tuple[Rule, ...]) -> CostFile:
    total = document.drop_budget_total
    default = Rule(
        place=source.place(("default",)),
        cost=document.default.cost,
        because=document.default.because,
        owner=document.default.owner,
    )
    return CostFile(
        rules=rules,
        default=default,
        costs=dict(document.costs),
        currency=document.currency,
        horizon_days=document.horizon,
        drop_budget=document.drop_budget,
        drop_budget_total=10 * document.drop_budget if total is None else total,
    )


def _rules(source: Source) -> tuple[Rule, ...]:
    document = source.value if isinstance(source.value, dict) else {}
    entries = document.get("rules")
    scratch = Source(source.name)
    found = []
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        valid = faults.validate(RuleEntry, scratch, entry)
        if valid is not None:
            rule = _rule(source, valid, number)
            _check_rule(source, rule)
            found.append(rule)
    return tuple(found)


def _rule(source: Source, entry: RuleEntry, number: int) -> Rule:
    return Rule(
        place=source.place(("rules", number)),
        capability=entry.match.capability,
        tag=entry.match.tag,
        owner_is=entry.match.owner,
        cost=entry.cost,
        pin=Decision(entry.decide) if entry.decide else None,
        because=entry.because,
        owner=entry.owner,
        review_by=entry.review_by,
        until=entry.until,
        detect_rate=entry.detect_rate,
    )


def _check_rule(source: Source, rule: Rule) -> None:
    if rule.capability is None and rule.tag is None and rule.owner_is is None:
        source.add("AUD304", rule.place, "the rule matches on nothing, expected a pattern")
    if rule.cost is None and rule.pin is None:
        source.add("AUD305", rule.place, "the rule has neither cost nor decide, expected one")
    if rule.until is not None and rule.pin is None:
        source.add("AUD306", rule.place, "until ends a pin, and the rule has no decide")


def _check_cost_names(source: Source) -> None:
    """By the values as they were read: a rule with another fault is not let off."""
    document = source.value if isinstance(source.value, dict) else {}
    costs, rules = document.get("costs"), document.get("rules")
    if not isinstance(costs, dict):
        return
    uses: dict[Keys, object] = {("default",): document.get("default")}
    uses |= {("rules", i): rule for i, rule in enumerate(rules if isinstance(rules, list) else ())}
    for keys, rule in uses.items():
        name = rule.get("cost") if isinstance(rule, dict) else None
        if isinstance(name, str) and name not in costs:
            message = f"the cost {name!r} is not defined under costs"
            place = source.value_place((*keys, "cost"))
            source.add("AUD301", place, message, nearest(name, sorted(costs)))
