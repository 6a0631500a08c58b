"""Words taken out for good: of whole messages, or some words in many. What was there is told by keyed digests only.

The order keeps a crash harmless. New contents are written first, and nothing speaks of them. Then one transaction
takes the words out of all tables, lets everything speak of the new contents and says what is still to be done; from
here on nothing shows the words any more. At last the old contents are removed, the index is built anew and the file
is written anew without its free pages; if that is interrupted, whoever writes to the archive next goes on with it.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from archiver.store import sums, tombs
from archiver.store.archive import Archive
from archiver.store.ids import public_id
from archiver.store.joining import join
from archiver.store.merge import View, difference
from archiver.store.removal import Plan
from archiver.store.restating import rewrite
from archiver.store.rewriting import Rewriting, Rewritten, settle
from archiver.store.run import note, now
from archiver.store.secret import anchor_with, secret
from archiver.store.tombs import Redaction, Tombs

_CHUNK = 2_000
_Mine = tuple[int, Redaction | None, Redaction | None]  # a message's minute, and by which redaction it goes


@dataclass(frozen=True, slots=True)
class Done:
    """What a redaction did, in numbers."""

    id: int
    messages: int
    parts: int
    files: int
    attachments: int
    left_out: int  # members of zips that nobody can look into

    def as_dict(self) -> dict[str, int]:
        return {
            "redaction": self.id,
            "messages": self.messages,
            "parts": self.parts,
            "files": self.files,
            "attachments": self.attachments,
            "left_out": self.left_out,
        }


def redact(archive: Archive, plan: Plan) -> Done:
    """Do what was planned, for good. Raises nothing for words that are gone already: then there is nothing to do."""
    sql = archive.connection
    plan.parts = sorted(set(plan.parts))
    known = tombs.load(archive)
    number = _next(sql)
    _take_in(known, plan, number)
    _reach(sql, known, plan, number)
    done = Rewriting(archive, known, plan.whole, plan.parts).files(_files(sql, known, plan))
    _stop_remembering(archive)
    with archive.transaction():
        _begin(sql, plan, number)
        _tables(archive, known, plan, number)
        settle(sql, known, done, number)
        counts = _counts(plan, done)
        sql.execute("update redaction set counts = ? where id = ?", (json.dumps(counts), number))
        _note(sql, plan, number, done, counts)
    finish(archive)
    return Done(number, **counts)


def _next(sql: sqlite3.Connection) -> int:
    (number,) = sql.execute("select coalesce(max(id), 0) + 1 from redaction").fetchone()
    return int(number)


def _take_in(known: Tombs, plan: Plan, number: int) -> None:
    """The rules hold from here on."""
    tombs.add_rules(known, ((number, kind, seal, size, minute) for kind, size, seal, minute in plan.rules))
    plan.reason = known.cutter.fill(plan.reason)  # whoever gives a reason may repeat the words
    known.redactions[number] = Redaction(number, plan.what, plan.reason, now()[:10])


def _reach(sql: sqlite3.Connection, known: Tombs, plan: Plan, number: int) -> None:
    """Rules that hold near some messages hold near these."""
    for start in range(0, len(plan.parts), _CHUNK):
        some = json.dumps(plan.parts[start : start + _CHUNK])
        found = sql.execute("select local_minute from message where id in (select value from json_each(?))", (some,))
        known.minutes[number].extend(minute for (minute,) in found)


def _files(sql: sqlite3.Connection, known: Tombs, plan: Plan) -> list[int] | None:
    """Source files in which something is to be filled; None: all have to be looked through."""
    if known.cutter.rules.anywhere or plan.files:
        return None
    touched: set[int] = set()
    rows = [*plan.whole, *plan.parts]
    for start in range(0, len(rows), _CHUNK):
        found = sql.execute(
            """
            select distinct f.id from source_file f where f.sha256 in (
              select g.sha256 from record r join source_file g on g.id = r.source_file_id
              where r.message_id in (select value from json_each(?)))
            """,
            (json.dumps(rows[start : start + _CHUNK]),),
        )
        touched.update(row for (row,) in found)
    return sorted(touched)


def _stop_remembering(archive: Archive) -> None:
    """What is deleted from here on is overwritten in the file at once, not left in free pages."""
    archive.connection.execute("pragma secure_delete = on")
    archive.connection.execute("pragma cache_spill = on")


def _begin(sql: sqlite3.Connection, plan: Plan, number: int) -> None:
    sql.execute(
        "insert into redaction values (:id, :what, :reason, :now, 'running', '{}')",
        {"id": number, "what": plan.what, "reason": plan.reason, "now": now()},
    )
    sql.executemany(
        "insert or ignore into sealed (redaction_id, kind, size, seal, minute) values (?, ?, ?, ?, ?)",
        [(number, *rule) for rule in plan.rules],
    )


def _tables(archive: Archive, known: Tombs, plan: Plan, number: int) -> None:
    sql = archive.connection
    redaction = known.redactions[number]
    permalink = anchor_with(secret(archive.folder))
    whole = set(plan.whole)
    for row, part in ((row, row not in whole) for row in sorted({*plan.whole, *plan.parts})):
        _bury(sql, known, row, number, whole=not part, permalink=permalink(_public_id(sql, row)))
    _clear(sql, known, dict.fromkeys(plan.whole, redaction), {row: redaction for row in plan.parts if row not in whole})
    if plan.people:
        from archiver.store.forget import forget_people  # noqa: PLC0415 - it plans with what is here

        forget_people(sql, known, plan.people)
    if known.cutter.rules.anywhere:
        from archiver.store.sweeping import sweep_tables  # noqa: PLC0415 - only where it is needed

        sweep_tables(sql, known)
    join(sql)
    for sha256 in plan.files:
        sql.execute("insert or ignore into doomed values (?)", (sha256,))
        sql.execute(
            """
            delete from blob where sha256 = :sha256 and not exists (select 1 from source_file where sha256 = :sha256)
              and not exists (select 1 from attachment where sha256 = :sha256)
            """,
            {"sha256": sha256},
        )


def _public_id(sql: sqlite3.Connection, row: int) -> str:
    return public_id(
        *sql.execute("select local_minute, match_key, occurrence from message where id = ?", (row,)).fetchone()
    )


def _bury(sql: sqlite3.Connection, known: Tombs, row: int, number: int, *, whole: bool, permalink: str) -> None:
    """Give a message a key that says nothing of its words, and a tombstone by which it is known again."""
    minute, key, occurrence = sql.execute(
        "select local_minute, match_key, occurrence from message where id = ?", (row,)
    ).fetchone()
    earlier = sql.execute(
        "select permalink from tombstone where match_key = ? and occurrence = ? and local_minute = ? limit 1",
        (key, occurrence, minute),
    ).fetchone()
    sealed = key if earlier else known.seals.key(key)
    here = {
        "number": number, "key": sealed, "occurrence": occurrence, "minute": minute, "whole": whole, "row": row,
        "permalink": earlier[0] if earlier else permalink, "old": public_id(minute, key, occurrence),
        "new": public_id(minute, sealed, occurrence),
    }  # fmt: skip
    sql.execute("update message set match_key = :key where id = :row", here)
    sql.execute(
        "insert or replace into tombstone values (:number, :key, :occurrence, :minute, :whole, :permalink)", here
    )
    sql.execute("update or ignore tag set public_id = :new where public_id = :old", here)


def _clear(
    sql: sqlite3.Connection, known: Tombs, whole: Mapping[int, Redaction], parts: Mapping[int, Redaction]
) -> None:
    """Take the words out of messages, of what their records say, and of their earlier wordings."""
    rows = sorted({*whole, *parts})
    minutes = dict(sql.execute("select id, local_minute from message where id in (select value from json_each(?))",
                               (json.dumps(rows),)))  # fmt: skip
    for one in sums.load(sql, rows):
        row = one.stored.row
        mine = (minutes[row], whole.get(row), parts.get(row))
        first = known.view(one.stored.view | one.stored.first_said, *mine)
        total = known.view(one.stored.view, *mine)
        rewrite(sql, row, one.stored.view, total)
        said = [
            (sums.as_json(_said(n, first, total, known, told.view, mine)), told.file_id, told.ordinal)
            for n, told in enumerate(one.told)
        ]
        sql.executemany("update record set said = ? where source_file_id = ? and ordinal = ?", said)
        sql.execute("delete from message_revision where message_id = ?", (row,))


def _said(n: int, first: View, total: View, known: Tombs, view: View, mine: _Mine) -> View:
    """What a record says otherwise: the first one than the sum, any other one than the first."""
    if n == 0:
        return difference(first, total)
    return difference(known.view(view, *mine), first)


def _counts(plan: Plan, done: Rewritten) -> dict[str, int]:
    return {
        "messages": len(plan.whole),
        "parts": len(set(plan.parts) - set(plan.whole)),
        "files": len(done.files),
        "attachments": len(plan.files),
        "left_out": sum(map(len, done.left_out.values())),
    }


def _note(sql: sqlite3.Connection, plan: Plan, number: int, done: Rewritten, counts: Mapping[str, int]) -> None:
    """What was taken out, and from where; never the words, nor a digest that somebody could guess them by."""
    ids = [_public_id(sql, row) for row in (*plan.whole, *sorted(set(plan.parts) - set(plan.whole)))[:1000]]
    files = [
        {"now": new, "bytes": done.bytes[old], **_left_out(done, old)}
        for old, new in sorted(done.files.items(), key=lambda pair: pair[1])
    ]
    event = "deletion" if plan.what == "person" else "redaction"
    note(
        sql,
        event,
        {"redaction": number, "of": plan.what, "reason": plan.reason, **counts, "ids": ids, "rewritten": files},
    )


def _left_out(done: Rewritten, old: str) -> dict[str, list[str]]:
    """The names of what a zip does not hold any more, as they may be told."""
    return {"left_out": done.left_out[old][:1000]} if old in done.left_out else {}


# -- bringing it to its end -----------------------------------------------------------------------------------


def finish(archive: Archive, *, thoroughly: bool = True) -> None:
    """Remove what redactions left behind: old contents, an index that remembers, free pages. May be called again.

    *thoroughly* false: nothing was in the database that has to be forgotten, only in files.
    """
    sql = archive.connection
    if sql.execute("select 1 from redaction where status = 'running'").fetchone() is None:
        return
    _stop_remembering(archive)
    _remove_contents(archive)
    if thoroughly:
        with archive.transaction():
            sql.execute("insert into message_fts (message_fts) values ('rebuild')")
        archive.compact()
    with archive.transaction():
        sql.execute("delete from doomed")
        sql.execute("update redaction set status = 'done' where status = 'running'")


def _remove_contents(archive: Archive) -> None:
    sql = archive.connection
    for (sha256,) in sql.execute("select sha256 from doomed").fetchall():
        if not _spoken_of(sql, sha256):
            archive.blobs.remove(sha256)
    remove_orphans(archive)
    for names in ("archive.db.v*-backup*", "archive.db.before-repair-*"):
        for copy in archive.folder.glob(names):
            copy.unlink()


def _spoken_of(sql: sqlite3.Connection, sha256: str) -> bool:
    return sql.execute("select 1 from blob where sha256 = ?", (sha256,)).fetchone() is not None


def remove_orphans(archive: Archive) -> int:
    """Remove contents that nothing speaks of: a killed import or redaction left them. Returns how many."""
    known = {sha256 for (sha256,) in archive.connection.execute("select sha256 from blob")}
    gone = [sha256 for sha256 in archive.blobs.all() if sha256 not in known]
    for sha256 in gone:
        archive.blobs.remove(sha256)
    return len(gone)
