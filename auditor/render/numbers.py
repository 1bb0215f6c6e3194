"""How a count, a share, a sum of money and a day are written, everywhere alike."""

from __future__ import annotations

from datetime import date, datetime

from auditor.decide.money import amount, symbol

UNKNOWN = "-"
"""What stands where nothing can be said; never a zero."""

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def count(value: float | None) -> str:
    """A whole number with thousands separators; from ten million on, three digits of it.

    >>> count(2454), count(12_345_678), count(None)
    ('2,454', '12.3M', '-')
    """
    if value is None:
        return UNKNOWN
    return _scaled(value) if value >= 1e7 else f"{value:,.0f}"


def share(value: float | None) -> str:
    """A share as a percentage; what is not quite nothing or all never looks like it.

    >>> share(0.0004), share(0.034), share(0.37), share(0.9999), share(1.0)
    ('<0.1%', '3.4%', '37%', '>99.9%', '100%')
    """
    if value is None:
        return UNKNOWN
    if 0 < value < 0.001:
        return "<0.1%"
    if 0.999 < value < 1:
        return ">99.9%"
    percent = 100 * value
    return f"{percent:.0f}%" if value in (0, 1) or 10 <= percent < 99 else f"{percent:.1f}%"


def money(value: float | None, currency: str) -> str:
    """A sum in the rule file's currency; from a million on, three digits of it.

    >>> money(8.117, "USD"), money(12_345_678, "EUR"), money(None, "CHF")
    ('$8.12', '€12.3M', '-')
    """
    if value is None:
        return UNKNOWN
    return symbol(currency) + _scaled(value) if value >= 1e6 else amount(value, currency)


def day(value: date | datetime | None) -> str:
    """A day as `2026-11-24`, in UTC."""
    if value is None:
        return UNKNOWN
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()


def number(value: float) -> str:
    """A figure of a formula: whole where it is whole, else four significant digits.

    >>> number(2454.0), number(0.5), number(5.53488)
    ('2,454', '0.5', '5.535')
    """
    if value == int(value) and abs(value) < 1e12:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"


def plural(value: int, one: str, many: str = "") -> str:
    """A count with its noun.

    >>> plural(1, "call"), plural(2, "call"), plural(0, "capability", "capabilities")
    ('1 call', '2 calls', '0 capabilities')
    """
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def _scaled(value: float) -> str:
    for scale, letter in _SCALES:
        if value >= scale:
            return f"{value / scale:.3g}{letter}" if value < 1000 * scale else f"{value:.2e}"
    return f"{value:.3g}"
