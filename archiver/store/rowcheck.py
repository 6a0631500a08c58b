"""Do the tables hang together? SQLite's own checks, the index against the messages, and rows against each other."""

import sqlite3
from collections.abc import Iterator

from archiver.store.findings import UNREADABLE, Finding, naming

_INDEX = "archive repair makes the index anew from the messages; nothing is lost"
_AGAIN = "archive repair rebuilds the database from the kept originals"
_MOST = 100  # complaints of SQLite's own check

# What can never be, in the words of a person, with the messages it is about.
_NEVER = {
    "messages that no record tells of": """
        select m.id from message m
        where not exists (select 1 from record r where r.message_id = m.id) order by m.id
        """,
    "messages read from bytes that their file does not have": """
        select r.message_id from record r join source_file f on f.id = r.source_file_id
        where r.message_id is not null and (r.byte_start < 0 or r.byte_end < r.byte_start or r.byte_end > f.size)
        order by 1
        """,
    "messages whose first record is missing, or there twice": """
        select message_id from record where message_id is not null
        group by message_id having sum(role = 'first') <> 1 order by 1
        """,
    "messages hidden as one that is hidden itself": """
        select m.id from message m join message shown on shown.id = m.duplicate_of
        where shown.duplicate_of is not null order by 1
        """,
}


def check(sql: sqlite3.Connection, *, index: bool) -> Iterator[Finding]:
    """Each finding as it is made; *index*: compare the full-text index with the messages, too.

    What cannot be read is a finding, never an error.
    """
    for what, test in (("structure", _structure), ("row", _rows), ("row", _strangers)):
        try:
            yield from test(sql)
        except UNREADABLE as error:
            yield Finding(what, f"the database cannot be read to its end: {error}", rebuild=_AGAIN)
    if index:
        yield from _index(sql)


def _structure(sql: sqlite3.Connection) -> Iterator[Finding]:
    for (said,) in sql.execute(f"pragma integrity_check({_MOST})"):
        if said != "ok":
            yield Finding("structure", str(said), rebuild=_AGAIN)


def _rows(sql: sqlite3.Connection) -> Iterator[Finding]:
    for words, query in _NEVER.items():
        rows = [row for (row,) in sql.execute(query)]
        if rows:
            yield Finding("row", words, *naming(sql, rows), rebuild=_AGAIN)


def _strangers(sql: sqlite3.Connection) -> Iterator[Finding]:
    tables = {table for table, *_ in sql.execute("pragma foreign_key_check")}
    for table in sorted(tables):
        yield Finding("row", f"rows of the table {table} speak of rows that are not there", rebuild=_AGAIN)


def _index(sql: sqlite3.Connection) -> Iterator[Finding]:
    """FTS5 compares itself with the messages; it calls that an insert, but writes nothing."""
    sql.execute("pragma query_only = off")
    try:
        sql.execute("insert into message_fts (message_fts, rank) values ('integrity-check', 1)")
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            yield Finding("index", f"the search index cannot be read: {error}", rebuild=_INDEX, derived=True)
    except UNREADABLE as error:
        yield Finding(
            "index", f"the search index does not agree with the messages: {error}", rebuild=_INDEX, derived=True
        )
    finally:
        sql.execute("pragma query_only = on")
