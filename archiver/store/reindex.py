"""Everything that follows from the messages, thrown away and made anew: indexes, the full-text index, threads."""

import sqlite3

from archiver.store.archive import Archive
from archiver.store.indexing import index
from archiver.store.joining import join
from archiver.store.migrations import INDEX_OPTIONS, SCRIPTS, schema, statements
from archiver.store.passages import respell

_BATCH = 20_000


def reindex(archive: Archive) -> None:
    """In one transaction. FTS5's own 'rebuild' does not cure every damage, so its table is dropped and filled again."""
    archive.connection.execute("pragma cache_spill = on")  # one long transaction: memory stays flat
    with archive.transaction() as sql:
        sql.execute("reindex")
        respell(sql)
        _threads(sql)
        _words(sql)


def _threads(sql: sqlite3.Connection) -> None:
    sql.execute("update thread set thread_id = null, parent_id = null, joined = null")
    join(sql)


def _words(sql: sqlite3.Connection) -> None:
    sql.execute("drop table if exists message_fts")
    sql.execute(_creation())
    for option, value in INDEX_OPTIONS.items():
        sql.execute("insert into message_fts (message_fts, rank) values (?, ?)", (option, value))
    (last,) = sql.execute("select coalesce(max(id), 0) from message").fetchone()
    for first in range(1, last + 1, _BATCH):
        index(sql, first, first + _BATCH - 1)


def _creation() -> str:
    """The statement that makes the full-text index as it is today: the last one that any step has."""
    made = [
        statement
        for script in SCRIPTS
        for statement in statements(schema(script))
        if statement.startswith("create virtual table message_fts")
    ]
    return made[-1]
