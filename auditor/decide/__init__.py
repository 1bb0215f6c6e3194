"""Usage, rules and budgets become one decision a capability (pure)."""
