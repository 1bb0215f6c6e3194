"""Joined: which spans are one call, and which capabilities that call used.

The rows of the changed days and of every trace that touches them become temporary relations:
`settled_calls` (each call once, merged with its wrappers), `labelled_calls` (with the set of
capabilities it used) and `labels` (what is in each set). In order: the days that have changed;
the spans above calls (wrappers, which are the same call seen twice, and tagged ancestors); the
calls; what each was named by itself, by its wrappers, by its ancestors' tags and by the tools
that ran for it.
"""

from __future__ import annotations

from typing import Final

import duckdb

from auditor.model import Kind, Source

CALL, OTHER, TOOL = int(Kind.CALL), int(Kind.OTHER), int(Kind.TOOL)
MAX_DEPTH: Final = 64
"""Ancestors looked at; a trace whose parents form a circle ends here."""
CROWDED: Final = 1000
"""A conversation id with more traces than this in one hour is taken for none."""
HOUR_NS: Final = 3_600_000_000_000

CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS
    SELECT DISTINCT s.day FROM spans s
    SEMI JOIN (SELECT trace_hi, trace_lo FROM spans WHERE group_number > $settled) n
        ON s.trace_hi = n.trace_hi AND s.trace_lo = n.trace_lo;
"""

# A day's calls can have ancestors and wrappers on other days, so whole traces are read.
NEARBY = """
CREATE OR REPLACE TEMP TABLE nearby_rows AS
    SELECT * FROM spans s SEMI JOIN (
        SELECT trace_hi, trace_lo FROM spans SEMI JOIN changed USING (day)
    ) t ON s.trace_hi = t.trace_hi AND s.trace_lo = t.trace_lo;
CREATE OR REPLACE TEMP VIEW nearby AS SELECT * FROM nearby_rows;
"""
NEARBY_ALL = "CREATE OR REPLACE TEMP VIEW nearby AS SELECT * FROM spans;"

ABOVE = f"""
CREATE OR REPLACE TEMP TABLE tops AS
    SELECT DISTINCT p.trace_hi, p.trace_lo, p.span, p.start_ns, p.kind
    FROM nearby p
    WHERE p.kind = {CALL} AND EXISTS (
        SELECT 1 FROM nearby c
        WHERE c.trace_hi = p.trace_hi AND c.trace_lo = p.trace_lo AND c.parent = p.span)
    UNION
    SELECT trace_hi, trace_lo, span, start_ns, kind FROM nearby
    WHERE kind <> {CALL} AND mix IS NOT NULL;

-- every call below a top; `direct` while only calls and spans of no interest lie between
CREATE OR REPLACE TEMP TABLE below AS
    WITH RECURSIVE down AS (
        SELECT t.trace_hi, t.trace_lo, t.span AS top, t.start_ns AS top_start,
            t.kind AS top_kind, c.span, c.start_ns, c.kind, true AS direct, 1 AS depth
        FROM tops t JOIN nearby c
            ON c.trace_hi = t.trace_hi AND c.trace_lo = t.trace_lo AND c.parent = t.span
        UNION ALL
        SELECT d.trace_hi, d.trace_lo, d.top, d.top_start, d.top_kind,
            c.span, c.start_ns, c.kind,
            d.direct AND d.kind IN ({CALL}, {OTHER}) AS direct, d.depth + 1 AS depth
        FROM down d JOIN nearby c
            ON c.trace_hi = d.trace_hi AND c.trace_lo = d.trace_lo AND c.parent = d.span
        WHERE d.depth < {MAX_DEPTH}
    )
    SELECT trace_hi, trace_lo, top, top_start, top_kind, span, start_ns,
        bool_or(direct) AS direct, min(depth) AS depth
    FROM down WHERE kind = {CALL}
    GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE wrappers AS
    SELECT DISTINCT trace_hi, trace_lo, top AS span, top_start AS start_ns
    FROM below
    WHERE top_kind = {CALL} AND direct AND (top <> span OR top_start <> start_ns);

-- (call, the wrapper over it), and which call was the wrapper's last
CREATE OR REPLACE TEMP TABLE wrapped AS
    SELECT b.*, row_number() OVER (
        PARTITION BY trace_hi, trace_lo, top, top_start ORDER BY start_ns DESC, span DESC
    ) = 1 AS is_last
    FROM below b ANTI JOIN wrappers w USING (trace_hi, trace_lo, span, start_ns)
    WHERE top_kind = {CALL} AND direct;
"""

CALLS = f"""
-- of the lists that the spans of one call hold, the longest
CREATE OR REPLACE TEMP TABLE richest AS
    SELECT e.trace_hi, e.trace_lo, e.span, e.start_ns,
        arg_max(toolset, {{'n': len(t.names), 'whole': t.whole, 'names': t.names}}) AS toolset
    FROM (
        SELECT m.trace_hi, m.trace_lo, m.span, m.start_ns, w.toolset
        FROM wrapped m JOIN nearby w ON w.trace_hi = m.trace_hi AND w.trace_lo = m.trace_lo
            AND w.span = m.top AND w.start_ns = m.top_start
        UNION
        SELECT trace_hi, trace_lo, span, start_ns, c.toolset
        FROM nearby c SEMI JOIN wrapped USING (trace_hi, trace_lo, span, start_ns)
    ) e JOIN toolsets t USING (toolset)
    GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE merged AS
    SELECT c.trace_hi, c.trace_lo, c.span, c.start_ns,
        any_value(c.day) AS day, any_value(c.service) AS service,
        any_value(c.environment) AS environment,
        coalesce(nullif(any_value(c.model), ''), arg_min(nullif(w.model, ''), m.depth), '')
            AS model,
        coalesce(any_value(c.conversation), arg_min(w.conversation, m.depth)) AS conversation,
        any_value(c.error) AS error, any_value(c.weight) AS weight,
        coalesce(any_value(c.input_tokens), arg_min(w.input_tokens, m.depth)) AS input_tokens,
        coalesce(any_value(c.output_tokens), arg_min(w.output_tokens, m.depth))
            AS output_tokens,
        bool_and(c.intact AND w.intact) AS intact,
        bool_or((c.output_known AND c.intact) OR (w.output_known AND w.intact AND m.is_last))
            AS answered,
        bool_or(c.input_known OR w.input_known) AS input_known,
        any_value(r.toolset) AS toolset,
        coalesce(any_value(c.labelset), arg_min(w.labelset, m.depth)) AS labelset,
        any_value(c.mix) AS mix
    FROM wrapped m
    JOIN nearby c USING (trace_hi, trace_lo, span, start_ns)
    JOIN nearby w ON w.trace_hi = m.trace_hi AND w.trace_lo = m.trace_lo
        AND w.span = m.top AND w.start_ns = m.top_start
    LEFT JOIN richest r ON r.trace_hi = m.trace_hi AND r.trace_lo = m.trace_lo
        AND r.span = m.span AND r.start_ns = m.start_ns
    GROUP BY c.trace_hi, c.trace_lo, c.span, c.start_ns;

-- `answered`: a hit would have been seen
CREATE OR REPLACE TEMP VIEW near_calls AS
    SELECT trace_hi, trace_lo, span, start_ns, day, service, environment, model, conversation,
        error, weight, input_tokens, output_tokens, intact,
        output_known AND intact AS answered, input_known, toolset, labelset, mix
    FROM nearby
    ANTI JOIN wrappers USING (trace_hi, trace_lo, span, start_ns)
    ANTI JOIN merged USING (trace_hi, trace_lo, span, start_ns)
    WHERE kind = {CALL}
    UNION ALL
    SELECT trace_hi, trace_lo, span, start_ns, day, service, environment, model, conversation,
        error, weight, input_tokens, output_tokens, intact,
        answered, input_known, toolset, labelset, mix
    FROM merged;

CREATE OR REPLACE TEMP VIEW settled_calls AS
    SELECT * FROM near_calls SEMI JOIN changed USING (day);
"""

LABELS = f"""
CREATE OR REPLACE TEMP VIEW named AS
    SELECT mix, unnest(capabilities) AS capability, unnest(sources) AS source,
        unnest(matchers) AS matcher
    FROM mixes;

-- a tool run names what a call with hidden output asked for: the last call before it
CREATE OR REPLACE TEMP TABLE hidden AS
    SELECT DISTINCT trace_hi, trace_lo FROM nearby
    WHERE kind = {TOOL} AND tool <> '' AND (trace_hi, trace_lo) IN (
        SELECT (trace_hi, trace_lo) FROM near_calls WHERE NOT answered);

CREATE OR REPLACE TEMP TABLE ran AS
    WITH candidates AS (
        SELECT trace_hi, trace_lo, start_ns, max(span) AS span, arg_max(answered, span) AS answered
        FROM near_calls SEMI JOIN hidden USING (trace_hi, trace_lo) GROUP BY ALL
    )
    SELECT c.trace_hi, c.trace_lo, c.span, c.start_ns, 'tool.' || r.tool AS capability
    FROM (SELECT trace_hi, trace_lo, start_ns, tool
          FROM nearby SEMI JOIN hidden USING (trace_hi, trace_lo)
          WHERE kind = {TOOL} AND tool <> '') r
    ASOF JOIN candidates c
        ON r.trace_hi = c.trace_hi AND r.trace_lo = c.trace_lo AND r.start_ns >= c.start_ns
    WHERE NOT c.answered;

-- what calls get from other spans: ancestors' tags, all that wrappers name, tools that ran
CREATE OR REPLACE TEMP TABLE lent AS
    SELECT b.trace_hi, b.trace_lo, b.span, b.start_ns, n.capability, n.source, n.matcher
    FROM below b JOIN nearby a ON a.trace_hi = b.trace_hi AND a.trace_lo = b.trace_lo
        AND a.span = b.top AND a.start_ns = b.top_start
    JOIN named n ON n.mix = a.mix AND n.source = '{Source.TAG}'
    UNION
    SELECT m.trace_hi, m.trace_lo, m.span, m.start_ns, n.capability, n.source, n.matcher
    FROM wrapped m JOIN nearby a ON a.trace_hi = m.trace_hi AND a.trace_lo = m.trace_lo
        AND a.span = m.top AND a.start_ns = m.top_start
    JOIN named n ON n.mix = a.mix
    WHERE n.source NOT IN ('{Source.TOOL}', '{Source.PARALLEL}') OR m.is_last
    UNION
    SELECT trace_hi, trace_lo, span, start_ns, capability, '{Source.TOOL}', '' FROM ran;

CREATE OR REPLACE TEMP TABLE touched AS
    SELECT DISTINCT trace_hi, trace_lo, span, start_ns FROM lent;

-- the sets of those calls, each capability once; negative numbers: in no table
CREATE OR REPLACE TEMP TABLE retold AS
    WITH every AS (
        SELECT * FROM lent
        UNION ALL
        SELECT trace_hi, trace_lo, span, start_ns, n.capability, n.source, n.matcher
        FROM nearby SEMI JOIN touched USING (trace_hi, trace_lo, span, start_ns)
        JOIN named n USING (mix)
    ), fullest AS (
        -- where two spans of one call disagree on steps, the one that saw more has it
        SELECT * FROM every WHERE source <> '{Source.STEPS}'
        UNION ALL
        SELECT trace_hi, trace_lo, span, start_ns, max(capability), source, matcher
        FROM every WHERE source = '{Source.STEPS}' GROUP BY ALL
    ), once AS (
        SELECT trace_hi, trace_lo, span, start_ns, capability,
            min(source) AS source, min(matcher) AS matcher
        FROM fullest GROUP BY ALL
    )
    SELECT trace_hi, trace_lo, span, start_ns,
        list({{'capability': capability, 'source': source, 'matcher': matcher}}
            ORDER BY capability) AS members
    FROM once GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE retold_mixes AS
    SELECT members, -(row_number() OVER ())::INTEGER AS mix
    FROM (SELECT DISTINCT members FROM retold);

CREATE OR REPLACE TEMP TABLE labels AS
    SELECT mix, dense_rank() OVER (ORDER BY capability) AS number, capability, source, matcher
    FROM (
        SELECT mix, capability, source, matcher FROM named
        UNION ALL
        SELECT mix, m.capability, m.source, m.matcher
        FROM (SELECT mix, unnest(members) AS m FROM retold_mixes)
    );

CREATE OR REPLACE TEMP VIEW labelled_calls AS
    SELECT * FROM settled_calls ANTI JOIN touched USING (trace_hi, trace_lo, span, start_ns)
    UNION ALL
    SELECT c.* REPLACE (m.mix AS mix)
    FROM settled_calls c
    JOIN retold r USING (trace_hi, trace_lo, span, start_ns)
    JOIN retold_mixes m USING (members);
"""

CROWDS = f"""
-- conversation ids that cannot be: shared by too many traces of one hour
CREATE OR REPLACE TEMP TABLE crowded AS
    SELECT service, conversation, start_ns // {HOUR_NS} AS hour
    FROM settled_calls WHERE conversation IS NOT NULL
    GROUP BY ALL
    HAVING count(*) > {CROWDED} AND count(DISTINCT (trace_hi, trace_lo)) > {CROWDED};
"""


def join_spans(con: duckdb.DuckDBPyConnection, settled: int) -> None:
    """Make the relations for the days that have changed since group `settled`; 0 for all days."""
    con.execute(CHANGED.replace("$settled", str(int(settled))))
    for script in (NEARBY if settled else NEARBY_ALL, ABOVE, CALLS, LABELS, CROWDS):
        con.execute(script)
