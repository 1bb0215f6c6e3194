"""Opening the store's file: one process writes it, and only this room knows how."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path
from typing import Final

import duckdb

from auditor.errors import StoreBusyError, StoreError, StoreTooNewError
from auditor.store.schema import MIGRATIONS, SCHEMA, SCHEMA_NUMBER

PATIENCE_SECONDS: Final = 5.0
"""How long an opener waits for readers, which let go within a second."""
MEMORY_LIMIT: Final = "512MB"


def open_store(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the store at `path`, making it where there is none, and bring its schema up to date.

    Raises:
        StoreBusyError: another process holds it and did not let go within five seconds.
        StoreTooNewError: a newer version of this tool made it.
        StoreError: the file is no store, or cannot be read.
    """
    if read_only and not path.exists():
        raise StoreError(f"{path} does not exist yet: `auditor import FILE...` makes it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unreadable(path, error) from error
    con = duckdb.connect()
    try:
        _settings(con, path)
        _attach(con, path, read_only)
        con.execute("USE store")
        _check_schema(con, path, read_only)
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con


def _settings(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    con.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    con.execute("SET preserve_insertion_order = false")
    con.execute("SET temp_directory = ?", [str(path.parent / "spill")])
    con.execute("SET allowed_directories = [?]", [str(path.parent)])


def _attach(con: duckdb.DuckDBPyConnection, path: Path, read_only: bool) -> None:
    options = "READ_ONLY" if read_only else "STORAGE_VERSION 'v1.5.0'"
    quoted = str(path).replace("'", "''")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            con.execute(f"ATTACH '{quoted}' AS store ({options})")
            return
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise _unreadable(path, error) from error
            if time.monotonic() > deadline:
                raise StoreBusyError(str(path), _holder(str(error))) from error
            time.sleep(0.05)
        except duckdb.Error as error:
            raise _unreadable(path, error) from error


def _holder(message: str) -> str:
    found = re.search(r"PID (\d+)", message)
    return f"process {found[1]}" if found else "unknown process"


def _unreadable(path: Path, error: Exception) -> StoreError:
    first = str(error).splitlines()[0]
    return StoreError(f"{path} cannot be opened as a store ({first}); nothing was changed")


def _check_schema(con: duckdb.DuckDBPyConnection, path: Path, read_only: bool) -> None:
    tables = con.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'store'"
    ).fetchall()[0][0]
    if not tables:
        if read_only:
            raise StoreError(f"{path} is empty: `auditor import FILE...` fills it")
        _create(con)
        return
    try:
        rows = con.execute("SELECT value FROM meta WHERE key = 'schema'").fetchall()
        found = int(rows[0][0])
    except (duckdb.Error, IndexError, ValueError) as error:
        raise StoreError(f"{path} is a database, but no store of this tool") from error
    if found > SCHEMA_NUMBER:
        raise StoreTooNewError(str(path), found, SCHEMA_NUMBER)
    for number in range(found, SCHEMA_NUMBER):
        con.execute(MIGRATIONS[number])


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    con.execute(SCHEMA)
    con.execute(
        "INSERT INTO meta VALUES ('schema', ?), ('key', ?), ('settled', '0')",
        [str(SCHEMA_NUMBER), secrets.token_hex(16)],
    )
    con.execute("COMMIT")
