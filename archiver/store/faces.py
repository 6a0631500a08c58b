"""What people are called in published pages, and who appeared there the last time: keyed digests, no own names."""

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from archiver.privacy.pseudonyms import Given
from archiver.store.archive import writing


def given(sql: sqlite3.Connection) -> dict[bytes, Given]:
    """The pseudonyms that were given, by the seals of handles."""
    return {seal: Given(name, at) for seal, name, at in sql.execute("select seal, name, position from pseudonym")}


def remember(folder: Path, fresh: Mapping[bytes, Given]) -> None:
    """Keep pseudonyms of the archive in *folder* for good; LockedError when somebody else writes to it."""
    if not fresh:
        return
    with writing(folder) as archive, archive.transaction() as sql:
        sql.executemany(
            "insert or replace into pseudonym (seal, name, position) values (?, ?, ?)",
            [(seal, one.name, one.position) for seal, one in sorted(fresh.items())],
        )


def appeared(sql: sqlite3.Connection, site: bytes) -> dict[bytes, str]:
    """Who appeared in a published folder the last time, and how, by the seals of handles."""
    return dict(sql.execute("select seal, how from appearance where site = ?", (site,)).fetchall())


def remember_appearances(
    folder: Path, site: bytes, now: Mapping[bytes, str], around: AbstractContextManager[None] | None = None
) -> None:
    """Keep who appears there now, instead of who did; *around* is entered before anything is written."""
    with writing(folder) as archive, around or nullcontext(), archive.transaction() as sql:
        sql.execute("delete from appearance where site = ?", (site,))
        sql.executemany(
            "insert into appearance (site, seal, how) values (?, ?, ?)",
            [(site, seal, how) for seal, how in sorted(now.items())],
        )
