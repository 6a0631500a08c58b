"""An archive of an earlier version becomes one of today: after a copy of the database, in one transaction.

A killed upgrade leaves the archive as it was, and the next time it is opened does it again.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from archiver.store.blobs import sync_folder
from archiver.store.migrations import migrate
from archiver.store.settings import UPGRADE


def backup_of(database: Path, version: int) -> Path:
    """Where the database of the earlier *version* is kept."""
    return database.with_name(f"{database.name}.v{version}-backup")


def upgrade(database: Path, version: int) -> Path | None:
    """Bring the database to the schema *version*; returns where it is kept as it was, None when nothing was to do.

    Call while holding the archive's lock. sqlite3.OperationalError or OSError when it cannot be written.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executescript(UPGRADE)
        (before,) = connection.execute("pragma user_version").fetchone()
        if before >= version:
            return None  # somebody else was faster
        kept = backup_of(database, before)
        keep(connection, kept)
        connection.execute("begin immediate")
        try:
            migrate(Database(connection), version)
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
    return kept


def keep(connection: sqlite3.Connection, target: Path) -> None:
    """A consistent copy of the database in the file *target*, durable when it has that name."""
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(fresh)) as copy:
            connection.backup(copy)
        handle = os.open(fresh, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(target.parent)
