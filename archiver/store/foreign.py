"""A database that somebody hands us: looked at before it is believed, and never for what it could do to us."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from archiver.errors import StoreError
from archiver.store import deferred
from archiver.store.archive import create, open_archive
from archiver.store.settings import APPLICATION_ID, GUARDED, SCHEMA_VERSION

_REMEDY = "Get it again from where it came from; nothing of it was used."
_OWN = "name not like 'sqlite_stat%'"  # what SQLite itself notes when it has looked at the tables


def opened(file: Path) -> sqlite3.Connection:
    """The database for reading only, and as it is: no journal is played back."""
    connection = sqlite3.connect(file.absolute().as_uri() + "?mode=ro&immutable=1", uri=True, isolation_level=None)
    connection.executescript(f"{GUARDED}pragma query_only = on;")
    return connection


def check(file: Path) -> None:
    """StoreError unless it is the sound database of an archive that this program knows, without triggers."""
    with closing(opened(file)) as sql:
        try:
            why = _wrong(sql)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            why = str(error)
    if why:
        raise StoreError(f"{file.name} is not the database of an archive.", why=why, remedy=_REMEDY)


def _wrong(sql: sqlite3.Connection) -> str:
    (application,) = sql.execute("pragma application_id").fetchone()
    (version,) = sql.execute("pragma user_version").fetchone()
    if application != APPLICATION_ID:
        return "it was made by another program"
    if version > SCHEMA_VERSION:
        return f"its schema is {version}, this program knows up to {SCHEMA_VERSION}: install the newest version"
    if sql.execute("select 1 from sqlite_schema where type = 'trigger'").fetchone():
        return "it has triggers, which archives never have"
    (said,) = sql.execute("pragma quick_check(1)").fetchone()
    return "" if said == "ok" else str(said)


def check_schema(sql: sqlite3.Connection) -> None:
    """StoreError unless the tables, indexes and views of an archive of today's version are exactly ours; a copy made
    during a first import may lack the index that is made last."""
    with tempfile.TemporaryDirectory(prefix="archive-schema-") as temporary:
        create(Path(temporary))
        with open_archive(Path(temporary)) as fresh:
            ours = _schema(fresh.connection)
    if _schema(sql) not in (ours, [one for one in ours if one[1] != deferred.NAME]):
        raise StoreError(
            "The database has other tables or views than those of an archive.",
            why="somebody added to it or changed it",
            remedy=_REMEDY,
        )


def _schema(sql: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
    return sql.execute(f"select type, name, sql from sqlite_schema where {_OWN} order by type, name").fetchall()
