"""The store's tables: one commented text with a number and its history.

Rows are only ever appended to the tables down to `spans`; `settle` works the others out
from them, so that the counts depend on the set of rows and on nothing else.
"""

from __future__ import annotations

SCHEMA_NUMBER = 1
"""History: 1 (2026-11) first."""

SCHEMA = """
-- what names this store and its layout: 'schema', 'key' (hex, hashes conversation ids),
-- 'settled' (the last group whose rows the counters hold)
CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);

-- one row for each transaction that appended rows
CREATE TABLE groups (
    number BIGINT NOT NULL,
    spans BIGINT NOT NULL,          -- new spans
    duplicates BIGINT NOT NULL,     -- spans that were already there
    rejected BIGINT NOT NULL        -- spans or lines that could not be read
);

-- one row for each distinct list of offered tools; sizes are characters of each definition
CREATE TABLE toolsets (
    toolset INTEGER NOT NULL,
    whole BOOLEAN NOT NULL,         -- false: censored, what is not listed is unknown
    names VARCHAR[] NOT NULL,
    sizes INTEGER[] NOT NULL
);

-- one row for each distinct set of capabilities that one span names; hits are spans x mixes
CREATE TABLE mixes (
    mix INTEGER NOT NULL,
    capabilities VARCHAR[] NOT NULL,
    sources VARCHAR[] NOT NULL,     -- model.Source
    matchers VARCHAR[] NOT NULL     -- digest, '' unless the source is a matcher
);

-- one row for each distinct answer to "which catalog matchers read this call?"
CREATE TABLE labelsets (
    labelset INTEGER NOT NULL,
    capabilities VARCHAR[] NOT NULL,
    matchers VARCHAR[] NOT NULL,    -- digest of matcher and scope
    in_scope BOOLEAN[] NOT NULL
);

-- one row for each span; the key is (trace_hi, trace_lo, span, start_ns)
CREATE TABLE spans (
    trace_hi UBIGINT NOT NULL,
    trace_lo UBIGINT NOT NULL,
    span UBIGINT NOT NULL,
    parent UBIGINT NOT NULL,        -- 0: none
    start_ns BIGINT NOT NULL,
    end_ns BIGINT NOT NULL,
    day DATE NOT NULL,              -- UTC, of start_ns
    kind UTINYINT NOT NULL,         -- model.Kind
    service VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    environment VARCHAR NOT NULL,
    agent VARCHAR NOT NULL,
    conversation UBIGINT,           -- keyed hash
    tool VARCHAR NOT NULL,          -- what a tool run ran
    error BOOLEAN NOT NULL,
    weight BIGINT NOT NULL,         -- 1 / sampling probability, in millionths
    input_tokens BIGINT,
    output_tokens BIGINT,
    intact BOOLEAN NOT NULL,        -- no attribute was dropped
    output_known BOOLEAN NOT NULL,
    input_known BOOLEAN NOT NULL,
    toolset INTEGER,                -- null: the list is not known
    mix INTEGER,                    -- null: it names no capability
    labelset INTEGER,               -- null: no matcher read it
    group_number BIGINT NOT NULL
);

-- daily counters. Offers of tools and matchers stand here: `observed`, `unknown` (a hit would
-- not have been seen); those of other capabilities follow from `calls`. `extra` are hits on
-- calls that would not have counted as an observed offer: a use is always one. `accounted` are
-- calls for which it is known whether this capability was offered although their list is open
-- (tools), or which its matcher read (matchers): the rest is unknown
CREATE TABLE counters (
    capability VARCHAR NOT NULL,
    day DATE NOT NULL,
    service VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    environment VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    matcher VARCHAR NOT NULL,
    hits BIGINT NOT NULL,
    occurrences BIGINT NOT NULL,
    observed BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    extra BIGINT NOT NULL,
    accounted BIGINT NOT NULL,
    weighted_hits BIGINT NOT NULL,  -- weights in millionths, from here on
    weighted_observed BIGINT NOT NULL,
    weighted_unknown BIGINT NOT NULL,
    weighted_extra BIGINT NOT NULL,
    weighted_accounted BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    invented BIGINT NOT NULL,       -- calls of a tool that a whole list does not hold
    first_ns BIGINT,
    last_ns BIGINT
);

-- daily calls, with how many of them would have shown each kind of hit
CREATE TABLE calls (
    day DATE NOT NULL,
    service VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    environment VARCHAR NOT NULL,
    calls BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    list_known BIGINT NOT NULL,     -- the whole list of offered tools
    list_open BIGINT NOT NULL,      -- unknown, or known in part
    intact BIGINT NOT NULL,
    output_known BIGINT NOT NULL,   -- and intact
    input_known BIGINT NOT NULL,
    tokens_known BIGINT NOT NULL,
    weight BIGINT NOT NULL,
    weighted_list_open BIGINT NOT NULL,
    weighted_intact BIGINT NOT NULL,
    weighted_output_known BIGINT NOT NULL,
    weighted_input_known BIGINT NOT NULL,
    weighted_tokens_known BIGINT NOT NULL,
    first_call_ns BIGINT NOT NULL,
    last_call_ns BIGINT NOT NULL
);

-- days of which there is any span of a service, whatever its origin
CREATE TABLE coverage (service VARCHAR NOT NULL, day DATE NOT NULL);

-- which lists of tools a service's calls were offered
CREATE TABLE lists (
    day DATE NOT NULL,
    service VARCHAR NOT NULL,
    toolset INTEGER NOT NULL
);

-- how many calls used exactly one set of capabilities together; [] where none
CREATE TABLE together (
    day DATE NOT NULL,
    service VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    environment VARCHAR NOT NULL,
    capabilities VARCHAR[] NOT NULL,
    calls BIGINT NOT NULL
);
"""

MIGRATIONS: dict[int, str] = {}
"""From schema N to N + 1: one SQL script each."""
