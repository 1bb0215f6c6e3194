"""Amounts of money in the sentences of a decision."""

from __future__ import annotations


def amount(value: float, currency: str) -> str:
    """Write an amount as people read it: cents below a hundred, none above.

    >>> amount(8.299, "USD"), amount(100_000.0, "USD")
    ('8.30 USD', '100,000 USD')
    """
    return f"{value:,.0f} {currency}" if value >= 100 else f"{value:,.2f} {currency}"
