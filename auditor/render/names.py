"""Names come from strangers: here they are made visible and harmless, once for every output."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Replaces every character that does not print by its escape.

    ESC, C1 controls, bidi overrides, zero-width characters, line breaks and lone surrogates
    do not print; what is left can neither move the cursor nor reorder the line.

    >>> visible("merge\x1b[31m.\u202edelete")
    'merge\\x1b[31m.\\u202edelete'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def visible_json(text: str) -> str:
    """Escapes what does not print in a finished JSON document, which keeps its meaning.

    Outside its strings a JSON document holds nothing unprintable but its own line breaks, and
    inside them `json` has escaped line breaks already.
    """
    return "\n".join(
        "".join(char if char.isprintable() else _json_escape(char) for char in line)
        for line in text.split("\n")
    )


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
