"""What a person chose for one archive: a name and a value each."""

import sqlite3

from archiver.store.archive import Archive

STEMMING = "stemming"  # languages whose endings a search looks through: codes, with commas between them


def chosen(connection: sqlite3.Connection, name: str) -> str:
    """The value chosen, "" when none was."""
    row = connection.execute("select value from setting where name = ?", (name,)).fetchone()
    return str(row[0]) if row else ""


def choose(archive: Archive, name: str, value: str) -> None:
    """Choose a value; "" takes the choice back."""
    from archiver.store.run import note  # noqa: PLC0415 - every search reads a setting, and writes none

    with archive.transaction() as sql:
        if value:
            sql.execute("insert or replace into setting (name, value) values (?, ?)", (name, value))
        else:
            sql.execute("delete from setting where name = ?", (name,))
        note(sql, "setting", {"name": name, "value": value})


def stems(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Codes of the languages whose endings this archive's searches look through."""
    return tuple(filter(None, chosen(connection, STEMMING).split(",")))
