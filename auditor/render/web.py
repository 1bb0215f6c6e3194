"""A page as one HTML document that loads nothing."""

from __future__ import annotations

import html
from collections.abc import Sequence

from auditor.render.tables import Listing, Page, Table

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}h1{font-size:1.25rem}h2{font-size:1.05rem;margin-top:2rem}"
    "table{border-collapse:collapse}th,td{padding:.2rem .7rem;text-align:right;"
    "border-bottom:1px solid #ddd;white-space:nowrap}th:first-child,td:first-child"
    "{text-align:left}figure{margin:1rem 0}svg{max-width:100%;height:auto}small{color:#555}"
    "code{white-space:pre}li{margin:.4rem 0;overflow-wrap:anywhere}"
)


def as_html(page: Page, figures: Sequence[str]) -> str:
    """The page as one document that loads nothing; `figures` are SVG elements."""
    title = html.escape(page.verdict)
    parts = "\n".join(_part(part) for part in page.parts)
    drawn = "\n".join(f"<figure>{figure}</figure>" for figure in figures)
    facts = "\n".join(f"<p>{html.escape(fact)}</p>" for fact in page.facts)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n{facts}\n{drawn}\n{parts}\n</body>\n</html>\n"
    )


def _part(part: Table | Listing) -> str:
    note = f"<p><small>{html.escape(part.note)}</small></p>" if part.note else ""
    inner = _html_entries(part) if isinstance(part, Listing) else _html_table(part)
    return f"<h2>{html.escape(part.title)}</h2>\n{inner}\n{note}"


def _html_table(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>"

    rows = "\n".join(row(cells, "td") for cells in table.rows)
    return (
        f"<table>\n<thead>{row(table.columns, 'th')}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _html_entries(listing: Listing) -> str:
    items = "\n".join(
        f"<li><b>{html.escape(entry.name)}</b>: {html.escape(entry.figure)}; "
        f"{html.escape(entry.told)} <code>{entry.drawing}</code></li>"
        for entry in listing.entries
    )
    return f"<ul>\n{items}\n</ul>"
