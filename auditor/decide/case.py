"""All that a decision looks at: usage now and earlier, the rule, and the bounds that follow."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.decide.match import Match
from auditor.model import Capability, State, Usage

DROPPABLE = frozenset({State.NEVER_FIRED, State.DORMANT, State.RARE})


@dataclass(frozen=True, slots=True)
class Case:
    """One capability before its decision."""

    usage: Usage
    past: tuple[Usage | None, Usage | None]
    """As of 7 and 14 covered days earlier; None: not in the audit then."""
    match: Match
    entry: Capability | None
    drop_budget: float

    @property
    def loss_bound(self) -> float | None:
        """Upper bound on the loss over the horizon if it were dropped, in currency."""
        return self._bound(self.usage)

    @property
    def past_bounds(self) -> tuple[float | None, float | None]:
        """The same as of 7 and 14 covered days earlier, at today's cost."""
        return self._bound(self.past[0]), self._bound(self.past[1])

    @property
    def budget_decides(self) -> bool:
        """Whether the states allow a drop, now and earlier, so that only its cost could keep it."""
        return all(
            usage is not None and usage.state in DROPPABLE and usage.n_up is not None
            for usage in (self.usage, *self.past)
        )

    @property
    def droppable(self) -> bool:
        """Whether it may be dropped by itself: states and bounds, now and earlier."""
        return all(self._droppable(usage) for usage in (self.usage, *self.past))

    @property
    def droppable_today(self) -> bool:
        """The same without a look at earlier days."""
        return self._droppable(self.usage)

    @property
    def droppable_a_week_ago(self) -> bool:
        """The same as of 7 covered days earlier."""
        return self._droppable(self.past[0])

    @property
    def break_even(self) -> float | None:
        """The cost of a miss at which today's bound meets the budget."""
        undetected = 1 - self.match.priced_by.detect_rate
        if not self.budget_decides or not self.usage.n_up or undetected <= 0:
            return None
        return self.drop_budget / self.usage.n_up / undetected

    @property
    def kept_from(self) -> float | None:
        """The cost of a miss above which one of the three bounds exceeds the budget."""
        bounds = [usage.n_up for usage in (self.usage, *self.past) if usage and usage.n_up]
        undetected = 1 - self.match.priced_by.detect_rate
        if not self.budget_decides or not bounds or undetected <= 0:
            return None
        return self.drop_budget / max(bounds) / undetected

    def _bound(self, usage: Usage | None) -> float | None:
        if usage is None or usage.n_up is None:
            return None
        return usage.n_up * self.match.cost_of_a_miss

    def _droppable(self, usage: Usage | None) -> bool:
        bound = self._bound(usage)
        return (
            usage is not None
            and usage.state in DROPPABLE
            and bound is not None
            and bound <= self.drop_budget
        )
