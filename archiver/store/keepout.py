"""An import into an archive from which something was taken out: what is not to come in again stays out."""

import json
import sqlite3
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from archiver.store import sums
from archiver.store.archive import Archive

if TYPE_CHECKING:
    from archiver.store.tombs import Tombs

# An import asks several times; a redaction on the same connection adds rows, by which it is seen.
_loaded: "WeakKeyDictionary[Archive, tuple[tuple[int, ...], Tombs]]" = WeakKeyDictionary()
_WORDS = ("text", "subject", "html", "extra", "attachments", "spans")


def tombs_of(archive: Archive) -> "Tombs | None":
    """What was taken out of this archive; None where that is nothing."""
    counts: tuple[int, ...] = archive.connection.execute(
        "select (select count(*) from redaction), (select count(*) from sealed), (select count(*) from tombstone)"
    ).fetchone()
    if not counts[0]:
        return None
    known = _loaded.get(archive)
    if known is None or known[0] != counts:
        from archiver.store import tombs  # noqa: PLC0415 - what most archives never need is not loaded

        archive.connection.execute("pragma secure_delete = on")  # words may still come in by alignment, for a moment
        known = _loaded[archive] = counts, tombs.load(archive)
    return known[1]


def keep_out(archive: Archive, import_id: int) -> None:
    """When an import has been read: its kept originals lose what must not be in them. May be done again."""
    from archiver.store import redact  # noqa: PLC0415 - as above
    from archiver.store.rewriting import Rewriting, settle  # noqa: PLC0415 - as above

    sql = archive.connection
    known = tombs_of(archive)
    if known is None:
        return
    files = [
        row
        for (row,) in sql.execute(
            """
            select f.id from source_file f
            where f.import_id = ? and f.id not in (select parent_id from source_file where parent_id is not null)
            """,
            (import_id,),
        )
    ]
    done = Rewriting(archive, known).files(files)
    with archive.transaction():
        come_back = _silenced(sql, import_id)
        newest = max(known.redactions)
        settle(sql, known, done, newest)
        if come_back or done.files:
            sql.execute("update redaction set status = 'running' where id = ?", (newest,))
    redact.finish(archive, thoroughly=come_back > 0)


def _silenced(sql: sqlite3.Connection, import_id: int) -> int:
    """Records that an alignment gave to a message without words say none either; returns how many did."""
    found = sql.execute(
        """
        select r.message_id, r.source_file_id, r.ordinal, r.said
        from source_file f join record r on r.source_file_id = f.id join message m on m.id = r.message_id
        where f.import_id = ? and m.kind = 'redacted' and r.said is not null
        """,
        (import_id,),
    ).fetchall()
    silent = []
    for row, file, ordinal, said in found:
        view = json.loads(said)
        rest = {name: value for name, value in view.items() if name not in {*_WORDS, "kind"}}
        if rest != view:
            silent.append((sums.as_json(rest), file, ordinal, row))
    sql.executemany("update record set said = ? where source_file_id = ? and ordinal = ? and message_id = ?", silent)
    sql.executemany("delete from message_revision where message_id = ?", [(row,) for *_, row in silent])
    return len(silent)
