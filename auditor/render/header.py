"""The head of a report: what was looked at, what was not, and the one sentence to remember."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rich.console import Group as Lines
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from auditor.audit import Audit
from auditor.model import USED, Decision, Origin, State
from auditor.render.columns import STYLES
from auditor.render.names import visible
from auditor.render.numbers import count, money, plural, share

GAPS_NAMED = 3
WIDEST = 120
"""A sentence across a wider line is hard to follow."""


def header(audit: Audit, width: int) -> Panel:
    """The panel on top of a report."""
    facts = Table.grid(padding=(0, 2), pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for title, text in _facts(audit):
        facts.add_row(title, text)
    heading = Text(f"Capability audit as of {audit.as_of}", "bold")
    lines = Lines(Text(headline(audit), "bold"), Text(), facts)
    return Panel(lines, title=heading, title_align="left", width=min(width, WIDEST))


def headline(audit: Audit) -> str:
    """How much of what could be asked for is asked for, and what may go.

    Used means active, fading or rare.
    """
    states = [row.usage.state for row in audit.rows]
    decisions = [row.verdict.decision for row in audit.rows]
    used, drops = sum(state in USED for state in states), decisions.count(Decision.DROP)
    total = plural(len(states), "capability", "capabilities")
    unjudged = states.count(State.NOT_YET)
    rest = [f"{drops} can be dropped"] * (drops > 0)
    rest += [f"{unjudged} cannot be judged yet"] * (unjudged > 0)
    return f"This product uses {used} of {total}" + (f": {', '.join(rest)}." if rest else ".")


def _facts(audit: Audit) -> Iterator[tuple[str, str | Text]]:
    if audit.service is not None or audit.origin != Origin.PRODUCTION:
        yield "part", f"services {visible(audit.service or '*')}, origin {audit.origin}"
    yield "period", _period(audit)
    yield "covered", _covered(audit)
    yield "calls", f"{count(audit.calls)} audited; {_left_out(audit)}"
    if audit.served_by:
        yield "served by", _served_by(audit)
    yield "offers", _offers(audit)
    yield "decisions", _decisions(audit)
    yield "budget", _budget(audit)


def _period(audit: Audit) -> str:
    if audit.first_day is None or audit.last_day is None:
        return "no calls in this period"
    days = (audit.last_day - audit.first_day).days + 1
    return f"{audit.first_day} to {audit.last_day} ({plural(days, 'day')})"


def _covered(audit: Audit) -> str:
    covered = plural(audit.covered_days, "day")
    if not audit.uncovered_days:
        return f"{covered}, no gap"
    named = ", ".join(_gap(first, last) for first, last in audit.gaps[:GAPS_NAMED])
    more = len(audit.gaps) - GAPS_NAMED
    tail = f" and {plural(more, 'more gap')}" if more > 0 else ""
    return f"{covered}; {count(audit.uncovered_days)} without a span, which count for nothing: " + (
        named + tail
    )


def _gap(first: date, last: date) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _left_out(audit: Audit) -> str:
    left_out = [f"{count(n)} {visible(origin)}" for origin, n in audit.left_out.items() if n]
    return "left out: " + ", ".join(left_out) if left_out else "none left out"


def _served_by(audit: Audit) -> str:
    """Who answered, by the globs of `[models]`; what moved to the student is still in use."""
    return ", ".join(
        f"{share(calls / audit.calls)} {name}" for name, calls in audit.served_by.items()
    )


def _offers(audit: Audit) -> str:
    known = audit.list_known_share
    if known is None:
        return "no call says which tools it was offered"
    return f"the list of offered tools is known for {share(known)} of the calls"


def _decisions(audit: Audit) -> Text:
    """Share of calls per decision; of several capabilities the most demanding speaks."""
    text = Text()
    for name in (*Decision, "unlabelled"):
        calls = audit.calls_by_decision.get(name, 0)
        if calls and audit.calls:
            text.append(f"{', ' if text else ''}{share(calls / audit.calls)} ")
            text.append(str(name), STYLES[name] if isinstance(name, Decision) else "")
    return text.append(" of the calls") if text else Text("no calls")


def _budget(audit: Audit) -> str:
    bounds = [
        row.verdict.loss_bound or 0.0 for row in audit.rows if row.verdict.decision is Decision.DROP
    ]
    spent, total = (money(n, audit.currency) for n in (sum(bounds), audit.drop_budget_total))
    each = money(audit.drop_budget, audit.currency)
    return (
        f"drops risk at most {spent} of {total} over {audit.horizon_days} days, "
        f"{each} for one capability"
    )
