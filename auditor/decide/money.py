"""Amounts of money as people read them, in a decision's sentences and in reports."""

from __future__ import annotations

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def symbol(currency: str) -> str:
    """What stands before an amount.

    >>> symbol("EUR"), symbol("CHF")
    ('€', 'CHF ')
    """
    return SYMBOLS.get(currency, f"{currency} ")


def amount(value: float, currency: str) -> str:
    """A sum in the rule file's currency, to the cent below a hundred.

    >>> amount(8.299, "USD"), amount(100_000.0, "EUR"), amount(5, "CHF"), amount(0.001, "USD")
    ('$8.30', '€100,000', 'CHF 5', '<$0.01')
    """
    if 0 < value < 0.005:
        return f"<{symbol(currency)}0.01"
    cents = value < 100 and value != int(value)
    return symbol(currency) + (f"{value:,.2f}" if cents else f"{value:,.0f}")
