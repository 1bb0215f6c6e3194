"""Settle: the counters of a day as one function of the rows around it.

The day's own rows and those of every trace that touches it go in, daily counters come out.
It knows nothing of order, grouping, retries or restarts, so any delivery of the same spans
gives the same counters (`docs/decisions/settle.md`).

`joined.py` says which spans are one call and what it used; here calls that are alike in all that
counters look at are grouped first, so that what follows handles thousands of rows, not millions.
"""

from __future__ import annotations

import duckdb

from auditor.model import Source
from auditor.store.joined import HOUR_NS, join_spans

JUDGED = f"""
CREATE OR REPLACE TEMP VIEW listed AS
    SELECT toolset, 'tool.' || unnest(names) AS capability FROM toolsets;

CREATE OR REPLACE TEMP VIEW matched AS
    SELECT labelset, unnest(capabilities) AS capability, unnest(matchers) AS matcher,
        unnest(in_scope) AS in_scope
    FROM labelsets;

-- calls alike in all that counters look at
CREATE OR REPLACE TEMP TABLE alike AS
    SELECT day, service, model, environment, mix, toolset, labelset, answered, intact, error,
        count(*) AS n, sum(weight) AS w,
        coalesce(sum(input_tokens), 0) AS input_tokens,
        coalesce(sum(output_tokens), 0) AS output_tokens,
        count(*) FILTER (input_known) AS input_known,
        coalesce(sum(weight) FILTER (input_known), 0) AS weighted_input_known,
        count(input_tokens) AS tokens_known,
        coalesce(sum(weight) FILTER (input_tokens IS NOT NULL), 0) AS weighted_tokens_known,
        min(start_ns) AS first_ns, max(start_ns) AS last_ns
    FROM labelled_calls GROUP BY ALL;

-- what a hit means for the offers of its capability, by what was known of its call
CREATE OR REPLACE TEMP TABLE judged AS
    SELECT p.mix, p.toolset, n.number, n.capability, n.source, n.matcher, p.answered, p.intact,
        l.capability IS NOT NULL AS is_listed,
        n.source = '{Source.TOOL}' AND l.capability IS NULL AND coalesce(t.whole, false)
            AS is_invented,
        n.source = '{Source.TOOL}' AND l.capability IS NULL AND NOT coalesce(t.whole, false)
            AS is_open,
        CASE n.source
            WHEN '{Source.TOOL}' THEN NOT (l.capability IS NOT NULL AND p.answered)
            WHEN '{Source.STEPS}' THEN false
            WHEN '{Source.CONTEXT}' THEN false
            WHEN '{Source.PARALLEL}' THEN NOT p.answered
            ELSE NOT p.intact
        END AS is_extra
    FROM (SELECT DISTINCT mix, toolset, answered, intact FROM alike) p
    JOIN labels n ON n.mix = p.mix
    LEFT JOIN toolsets t ON t.toolset = p.toolset
    LEFT JOIN listed l ON l.toolset = p.toolset AND l.capability = n.capability;
"""

OCCURRED = f"""
CREATE OR REPLACE TEMP TABLE places AS
    SELECT service, environment, row_number() OVER () AS place
    FROM (SELECT DISTINCT service, environment FROM alike);

CREATE OR REPLACE TEMP TABLE real_hits AS
    SELECT DISTINCT mix, toolset, number, matcher FROM judged WHERE NOT is_invented;

-- an occurrence stands in the row of its first hit (by start, then span), so that rows add up
CREATE OR REPLACE TEMP TABLE occurred AS
    SELECT number, place, (hour // 24)::INTEGER AS epoch_day, min(matcher) AS matcher,
        arg_min(model, start_ns::HUGEINT * 18446744073709551616::HUGEINT + span) AS model
    FROM (
        SELECT c.start_ns, c.span, c.model, c.mix, c.toolset, p.place,
            c.start_ns // {HOUR_NS} AS hour,
            CASE WHEN w.hour IS NULL THEN coalesce(c.conversation, c.trace_lo)
                ELSE c.trace_lo END AS conversation
        FROM labelled_calls c
        JOIN places p USING (service, environment)
        LEFT JOIN crowded w ON w.service = c.service AND w.conversation = c.conversation
            AND w.hour = c.start_ns // {HOUR_NS}
    ) c
    JOIN real_hits h ON h.mix = c.mix AND h.toolset IS NOT DISTINCT FROM c.toolset
    GROUP BY number, place, hour, conversation;
"""

_SUMMED = (
    *("hits", "occurrences", "observed", "unknown", "extra", "accounted"),
    *("weighted_hits", "weighted_observed", "weighted_unknown"),
    *("weighted_extra", "weighted_accounted"),
    *("errors", "input_tokens", "output_tokens", "invented"),
)

COUNT = f"""
DELETE FROM counters USING changed WHERE counters.day = changed.day;
INSERT INTO counters BY NAME
WITH parts AS (
    SELECT n.capability, DATE '1970-01-01' + o.epoch_day AS day, p.service, o.model,
        p.environment, o.matcher, count(*) AS occurrences
    FROM occurred o JOIN places p USING (place)
    JOIN (SELECT DISTINCT number, capability FROM labels) n USING (number)
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT j.capability, day, service, model, environment, j.matcher, min(j.source) AS source,
        sum(n) FILTER (NOT is_invented) AS hits,
        sum(n) FILTER (is_extra AND NOT is_invented) AS extra,
        -sum(n) FILTER (is_extra AND (is_listed OR source = '{Source.MATCHER}')) AS unknown,
        sum(n) FILTER (is_open) AS accounted,
        sum(n) FILTER (is_invented) AS invented,
        sum(w) FILTER (NOT is_invented) AS weighted_hits,
        sum(w) FILTER (is_extra AND NOT is_invented) AS weighted_extra,
        -sum(w) FILTER (is_extra AND (is_listed OR source = '{Source.MATCHER}'))
            AS weighted_unknown,
        sum(w) FILTER (is_open) AS weighted_accounted,
        sum(n) FILTER (error AND NOT is_invented) AS errors,
        sum(input_tokens) FILTER (NOT is_invented) AS input_tokens,
        sum(output_tokens) FILTER (NOT is_invented) AS output_tokens,
        min(first_ns) FILTER (NOT is_invented) AS first_ns,
        max(last_ns) FILTER (NOT is_invented) AS last_ns
    FROM alike a JOIN judged j ON j.mix = a.mix AND j.toolset IS NOT DISTINCT FROM a.toolset
        AND j.answered = a.answered AND j.intact = a.intact
    GROUP BY j.capability, day, service, model, environment, j.matcher
    UNION ALL BY NAME
    SELECT l.capability, day, service, model, environment, '' AS matcher,
        '{Source.TOOL}' AS source,
        sum(n) FILTER (answered) AS observed, sum(n) FILTER (NOT answered) AS unknown,
        sum(n) FILTER (NOT t.whole) AS accounted,
        sum(w) FILTER (answered) AS weighted_observed,
        sum(w) FILTER (NOT answered) AS weighted_unknown,
        sum(w) FILTER (NOT t.whole) AS weighted_accounted
    FROM (
        SELECT day, service, model, environment, toolset, answered, sum(n) AS n, sum(w) AS w
        FROM alike GROUP BY ALL
    ) JOIN toolsets t USING (toolset) JOIN listed l USING (toolset)
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT m.capability, day, service, model, environment, m.matcher,
        '{Source.MATCHER}' AS source,
        sum(n) FILTER (m.in_scope AND intact) AS observed,
        sum(n) FILTER (m.in_scope AND NOT intact) AS unknown, sum(n) AS accounted,
        sum(w) FILTER (m.in_scope AND intact) AS weighted_observed,
        sum(w) FILTER (m.in_scope AND NOT intact) AS weighted_unknown,
        sum(w) AS weighted_accounted
    FROM alike JOIN matched m USING (labelset)
    GROUP BY ALL
)
SELECT capability, day, service, model, environment, matcher,
    coalesce(min(source), '') AS source,
    {", ".join(f"coalesce(sum({c}), 0)::BIGINT AS {c}" for c in _SUMMED)},
    min(first_ns) AS first_ns, max(last_ns) AS last_ns
FROM parts GROUP BY capability, day, service, model, environment, matcher;

DELETE FROM calls USING changed WHERE calls.day = changed.day;
INSERT INTO calls BY NAME
SELECT day, service, model, environment, sum(n)::BIGINT AS calls,
    coalesce(sum(n) FILTER (error), 0)::BIGINT AS errors,
    sum(input_tokens)::BIGINT AS input_tokens, sum(output_tokens)::BIGINT AS output_tokens,
    coalesce(sum(n) FILTER (t.whole), 0)::BIGINT AS list_known,
    coalesce(sum(n) FILTER (t.whole IS NOT TRUE), 0)::BIGINT AS list_open,
    coalesce(sum(n) FILTER (intact), 0)::BIGINT AS intact,
    coalesce(sum(n) FILTER (answered), 0)::BIGINT AS output_known,
    sum(input_known)::BIGINT AS input_known,
    sum(tokens_known)::BIGINT AS tokens_known,
    sum(w)::BIGINT AS weight,
    coalesce(sum(w) FILTER (t.whole IS NOT TRUE), 0)::BIGINT AS weighted_list_open,
    coalesce(sum(w) FILTER (intact), 0)::BIGINT AS weighted_intact,
    coalesce(sum(w) FILTER (answered), 0)::BIGINT AS weighted_output_known,
    sum(weighted_input_known)::BIGINT AS weighted_input_known,
    sum(weighted_tokens_known)::BIGINT AS weighted_tokens_known,
    min(first_ns) AS first_call_ns, max(last_ns) AS last_call_ns
FROM alike LEFT JOIN toolsets t USING (toolset)
GROUP BY day, service, model, environment;

DELETE FROM coverage USING changed WHERE coverage.day = changed.day;
INSERT INTO coverage SELECT DISTINCT service, day FROM spans SEMI JOIN changed USING (day);

DELETE FROM lists USING changed WHERE lists.day = changed.day;
INSERT INTO lists
SELECT DISTINCT day, service, toolset FROM alike WHERE toolset IS NOT NULL;

DELETE FROM together USING changed WHERE together.day = changed.day;
INSERT INTO together BY NAME
SELECT day, service, model, environment, coalesce(capabilities, []) AS capabilities,
    sum(n)::BIGINT AS calls
FROM alike LEFT JOIN (
    SELECT mix, list(capability ORDER BY capability) AS capabilities FROM labels GROUP BY mix
) USING (mix)
GROUP BY ALL;
"""


def settle(con: duckdb.DuckDBPyConnection, settled: int, through: int) -> None:
    """Bring the counters up to the rows of group `through`, in one transaction.

    Args:
        con: the store's owner, in no transaction.
        settled: the last group that the counters hold, 0 for none.
        through: the last group there is.
    """
    con.execute("BEGIN")
    try:
        join_spans(con, settled)
        for script in (JUDGED, OCCURRED, COUNT):
            con.execute(script)
        con.execute("UPDATE meta SET value = ? WHERE key = 'settled'", [str(through)])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
