"""The index that the first import of an archive makes when all messages are there.

Messages come in the order of time, so the other indexes grow at their ends; this one grows in as many places as there
are senders, and making it row by row is a sixth of what a first import costs. Made at once it is nearly nothing.
Until then, and after an import that was killed until the next command that writes, a search for senders reads all
messages, and finds the same.
"""

import sqlite3
from typing import TYPE_CHECKING

from archiver.store.settings import WRITER

if TYPE_CHECKING:  # which calls us
    from archiver.store.archive import Archive

NAME = "message_sender"
_MAKE = f"create index {NAME} on message (sender_id, local_minute)"  # as in schema.sql, to the letter
# What is sorted at once is as large as the cache. Only numbers are sorted, so nobody's words lie about on another disk.
_SORTING = """
pragma temp_store = file;
pragma cache_spill = on;
pragma cache_size = -4096;
"""
_THERE = "select 1 from sqlite_schema where type = 'index' and name = ?"


def put_off(archive: "Archive") -> None:
    """Do without the index from here on, if there are no messages yet."""
    if archive.connection.execute("select 1 from message limit 1").fetchone() is None:
        with archive.transaction() as sql:
            sql.execute(f"drop index if exists {NAME}")


def make(archive: "Archive") -> None:
    """The index is there afterwards; memory stays flat."""
    if there(archive.connection):
        return
    archive.connection.executescript(_SORTING)
    try:
        with archive.transaction() as sql:
            sql.execute(_MAKE)
    finally:
        archive.connection.executescript(f"pragma temp_store = memory;{WRITER}")


def there(sql: sqlite3.Connection) -> bool:
    return sql.execute(_THERE, (NAME,)).fetchone() is not None


def by_sender(sql: sqlite3.Connection) -> str:
    """What a query that looks for senders says behind ``from message``."""
    return f"indexed by {NAME}" if there(sql) else ""
