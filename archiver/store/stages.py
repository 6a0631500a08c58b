"""One transaction a batch, of which the last step runs beside the reading of the next batch.

Indexing and committing are a third of an import's work and happen inside SQLite, without Python's lock: one thread
does them while the main one parses. The connection is only ever used by one of the two: ``sql`` waits first.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from archiver.store.archive import Archive


class Stages:
    """The transactions of one import, in order. Errors of a background step come up at the next call."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._pool = ThreadPoolExecutor(1, "archive-commit")
        self._pending: Future[None] | None = None
        self._open = False

    def sql(self) -> sqlite3.Connection:
        """The connection, in the transaction of the present batch."""
        if not self._open:
            self.wait()
            self._archive.begin()
            self._open = True
        return self._archive.connection

    def end(self, last: Callable[[sqlite3.Connection], None]) -> None:
        """Run *last* and commit, in the background."""
        self.sql()
        self._open = False
        self._pending = self._pool.submit(self._finish, last)

    def _finish(self, last: Callable[[sqlite3.Connection], None]) -> None:
        with self._archive.completing() as sql:
            last(sql)

    def wait(self) -> None:
        """Until all that was ended is durable."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def close(self) -> None:
        """Finish what was ended, take back what was not, and let the thread go."""
        try:
            self.wait()
        finally:
            self._pool.shutdown()
            if self._open:
                self._open = False
                self._archive.give_up()
