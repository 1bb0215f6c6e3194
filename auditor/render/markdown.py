"""A page as Markdown, for pull requests and chats: names stay what they are."""

from __future__ import annotations

import re

from auditor.render.tables import Listing, Page, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&])")


def as_markdown(page: Page) -> str:
    """The page as Markdown that shows names as they are."""
    blocks = [f"**{escaped(page.verdict)}**", *map(escaped, page.facts)]
    for part in page.parts:
        rows = _entries(part) if isinstance(part, Listing) else _rows(part)
        blocks += [f"## {escaped(part.title)}", rows, escaped(part.note)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def escaped(text: str) -> str:
    r"""A sentence whose characters mean nothing in Markdown, nor in the HTML within it.

    >>> escaped("[x](y) <b>")
    '\\[x\\](y) \\<b\\>'
    """
    return _SPECIAL.sub(r"\\\1", text)


def code(text: str) -> str:
    """A name as it is: in a code span nothing links, mentions or ends before its end.

    >>> code("@all"), code("a`b")
    ('`@all`', '`` a`b ``')
    """
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    blank = " " if len(fence) > 1 else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _rows(table: Table) -> str:
    rule = ["---", *("---:" for _ in table.columns[1:])]
    lines = [
        [escaped(c) for c in table.columns],
        rule,
        *([escaped(c) for c in r] for r in table.rows),
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _entries(listing: Listing) -> str:
    return "\n".join(
        f"- {code(entry.name)}: {escaped(entry.figure)}; {escaped(entry.told)} `{entry.drawing}`"
        for entry in listing.entries
    )
