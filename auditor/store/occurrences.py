"""The single hits behind the counters, for what must name a date and a trace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from auditor.store.connect import open_store
from auditor.store.joined import HOUR_NS, join_spans
from auditor.store.rows import Arrow
from auditor.store.settle import JUDGED

HITS = f"""
SELECT n.capability, c.day, c.start_ns, c.service, c.environment,
    printf('%016x%016x', c.trace_hi, c.trace_lo) AS trace,
    printf('%016x', c.span) AS span,
    c.start_ns // {HOUR_NS} AS hour,
    CASE WHEN w.hour IS NULL THEN coalesce(c.conversation, c.trace_lo) ELSE c.trace_lo END
        AS conversation
FROM labelled_calls c
JOIN labels n ON n.mix = c.mix
JOIN wanted ON wanted.capability = n.capability
ANTI JOIN (SELECT * FROM judged WHERE is_invented) j
    ON j.mix = c.mix AND j.toolset = c.toolset AND j.capability = n.capability
LEFT JOIN crowded w ON w.service = c.service AND w.conversation = c.conversation
    AND w.hour = c.start_ns // {HOUR_NS}
ORDER BY c.start_ns, span, n.capability
"""


def read_hits(path: Path, capabilities: Sequence[str]) -> pl.DataFrame:
    """Every hit of some capabilities, oldest first.

    Columns: capability, day, start_ns, service, environment, trace and span (hex), and hour and
    conversation: equal ones of a service, environment and capability are one occurrence.
    """
    con = open_store(path, read_only=True)
    try:
        wanted = pl.DataFrame({"capability": list(capabilities)}, schema={"capability": pl.String})
        con.register("wanted", Arrow(wanted))
        join_spans(con, 0)
        con.execute(JUDGED)
        return pl.DataFrame(con.sql(HITS))
    finally:
        con.close()
