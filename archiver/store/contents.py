"""What an archive holds, in short: for those who carry it or mend it."""

import sqlite3
from contextlib import suppress

from archiver.store.digest import digest
from archiver.store.findings import UNREADABLE


def messages(sql: sqlite3.Connection) -> int:
    """How many there are, hidden ones too."""
    (count,) = sql.execute("select count(*) from message").fetchone()
    return int(count)


def imports(sql: sqlite3.Connection, *, done_only: bool = False) -> int:
    """How many there were; *done_only*: that are in the archive now."""
    (count,) = sql.execute("select count(*) from import where not ? or status = 'done'", (done_only,)).fetchone()
    return int(count)


def kept_files(sql: sqlite3.Connection) -> dict[str, int]:
    """The sizes of all kept files, by their SHA-256 in its order."""
    return dict(sql.execute("select sha256, size from blob order by sha256"))


def readable_digest(sql: sqlite3.Connection) -> str | None:
    """The digest of an archive that may be damaged; None where it cannot be read whole."""
    with suppress(*UNREADABLE):
        return digest(sql)
    return None
