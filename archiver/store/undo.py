"""Take one import back: what only it said goes, what others said too stays as they say it. One transaction."""

import json
import sqlite3
from itertools import groupby
from operator import itemgetter

from archiver.errors import UsageError
from archiver.store.archive import Archive
from archiver.store.batch import Stored, index, load_details, rewrite, unindex
from archiver.store.merge import COLUMNS, View, difference, merge_all
from archiver.store.run import note, now


def undo(archive: Archive, import_id: int) -> dict[str, int]:
    """Undo an import; returns counts: messages removed, messages kept because other imports hold them too."""
    status = archive.connection.execute("select status from import where id = ?", (import_id,)).fetchone()
    if status is None or status[0] == "undone":
        raise UsageError(
            f"There is no import {import_id} to undo." if status is None else f"Import {import_id} is undone already.",
            remedy="See the list with: archive imports list",
        )
    with archive.transaction() as sql:
        counts = _messages(sql, import_id)
        _files(sql, import_id)
        _conversations(sql, import_id)
        _people(sql, import_id)
        orphans = _blobs(sql)
        sql.execute("update import set status = 'undone', ended_at = ?, state = '{}' where id = ?", (now(), import_id))
        note(sql, "deletion", {"import": import_id, "reason": "undo", **counts})
    for sha256 in orphans:
        archive.blobs.remove(sha256)
    return counts


def _messages(sql: sqlite3.Connection, import_id: int) -> dict[str, int]:
    """Sort the messages the import speaks of into its own and shared ones; delete these, re-derive those."""
    sql.execute("create temp table if not exists going (source_file_id integer primary key)")
    sql.execute("create temp table if not exists own (id integer primary key)")
    sql.execute("create temp table if not exists shared (id integer primary key)")
    for table in ("going", "own", "shared"):
        sql.execute(f"delete from temp.{table}")
    sql.execute("insert into temp.going select id from source_file where import_id = ?", (import_id,))
    sql.execute(
        """
        insert into temp.shared
        select distinct r.message_id from record r
        where r.source_file_id in (select source_file_id from temp.going) and r.message_id is not null
          and exists (select 1 from record other where other.message_id = r.message_id
                      and other.source_file_id not in (select source_file_id from temp.going))
        """
    )
    sql.execute(
        """
        insert into temp.own
        select distinct message_id from record
        where source_file_id in (select source_file_id from temp.going) and message_id is not null
          and message_id not in (select id from temp.shared)
        """
    )
    (own,) = sql.execute("select count(*) from temp.own").fetchone()
    (shared,) = sql.execute("select count(*) from temp.shared").fetchone()
    _rederive(sql)
    _delete_own(sql, own)
    return {"removed": own, "kept": shared}


def _rederive(sql: sqlite3.Connection) -> None:
    """Shared messages say again what their remaining records say; a plain repetition that goes changes nothing."""
    rows = sql.execute(
        """
        select r.message_id, r.source_file_id, r.ordinal, r.said,
          r.source_file_id in (select source_file_id from temp.going) as going
        from record r
        where r.message_id in (
            select message_id from record
            where message_id in (select id from temp.shared) and (said is not null or role <> 'duplicate' and
              source_file_id in (select source_file_id from temp.going)))
        order by r.message_id, r.role <> 'first', r.source_file_id, r.ordinal
        """
    ).fetchall()
    stored = _stored(sql, sorted({row[0] for row in rows}))
    for message, records in groupby(rows, key=itemgetter(0)):
        _rederive_one(sql, stored[message], list(records))


def _rederive_one(
    sql: sqlite3.Connection, stored: Stored, records: list[tuple[int, int, int, str | None, int]]
) -> None:
    first = stored.view | json.loads(records[0][3] or "{}")
    views = [first] + [first | json.loads(said or "{}") for _, _, _, said, _ in records[1:]]
    staying = [(record, view) for record, view in zip(records, views, strict=True) if not record[4]]
    lead = staying[0][1]
    total = merge_all([view for _, view in staying])
    if total != stored.view:
        rewrite(sql, stored.row, stored.view, total)
    so_far = lead
    for place, ((_, file, ordinal, _, _), view) in enumerate(staying):
        gained = place > 0 and merge_all([so_far, view]) != so_far
        so_far = merge_all([so_far, view])
        said = difference(lead, total) if place == 0 else difference(view, lead)
        sql.execute(
            """
            update record set said = :said, role = :role
            where source_file_id = :file and ordinal = :ordinal
            """,
            {
                "said": json.dumps(said, ensure_ascii=False) if said else None,
                "role": "first" if place == 0 else "enriched" if gained else "duplicate",
                "file": file,
                "ordinal": ordinal,
            },
        )


def _stored(sql: sqlite3.Connection, rows: list[int]) -> dict[int, Stored]:
    found = {
        row: Stored(row, seq, _view(view))
        for row, seq, *view in sql.execute(
            f"select id, seq, {', '.join(COLUMNS)} from message where id in (select value from json_each(?))",
            (json.dumps(rows),),
        )
    }
    load_details(sql, found)
    return found


def _view(values: list[object]) -> View:
    return dict(zip(COLUMNS, values, strict=True)) | {"attachments": []}


def _delete_own(sql: sqlite3.Connection, own: int) -> None:
    """Index and records first, then what hangs on the messages, then these; a mass deletion re-indexes the rest."""
    (all_messages,) = sql.execute("select count(*) from message").fetchone()
    many = own > all_messages // 2
    if many:
        sql.execute("insert into message_fts (message_fts) values ('delete-all')")
    else:
        unindex(sql, "select id from temp.own")
    sql.execute("delete from record where source_file_id in (select source_file_id from temp.going)")
    for table in ("attachment", "recipient", "reaction", "message_revision"):
        sql.execute(f"delete from {table} where message_id in (select id from temp.own)")
    sql.execute("delete from message where id in (select id from temp.own)")
    if many:
        index(sql, 0, 1 << 62)


def _files(sql: sqlite3.Connection, import_id: int) -> None:
    going = "(select source_file_id from temp.going)"
    sql.execute(f"delete from guess where source_file_id in {going}")
    sql.execute("delete from problem where import_id = ?", (import_id,))
    sql.execute(f"delete from source_file where id in {going}")


def _conversations(sql: sqlite3.Connection, import_id: int) -> None:
    """A conversation goes with the import that made it, unless others speak in it: then it becomes theirs."""
    sql.execute("delete from member where import_id = ?", (import_id,))
    sql.execute("delete from conversation_alias where import_id = ?", (import_id,))
    sql.execute(
        """
        delete from conversation_alias where conversation_id in
          (select id from conversation c where made_by = :import
           and not exists (select 1 from message where conversation_id = c.id))
        """,
        {"import": import_id},
    )
    sql.execute(
        """
        delete from conversation where made_by = :import
          and not exists (select 1 from message where conversation_id = conversation.id)
          and not exists (select 1 from member where conversation_id = conversation.id)
        """,
        {"import": import_id},
    )
    sql.execute(
        """
        update conversation set made_by = coalesce(
          (select min(f.import_id) from message m
           join record r on r.message_id = m.id
           join source_file f on f.id = r.source_file_id
           where m.conversation_id = conversation.id), made_by)
        where made_by = :import
        """,
        {"import": import_id},
    )


def _people(sql: sqlite3.Connection, import_id: int) -> None:
    """Names nobody uses any more go; names that others use become theirs; links it learnt are unlearnt."""
    sql.execute("create temp table if not exists idle (id integer primary key)")
    sql.execute("delete from temp.idle")
    sql.execute(
        """
        insert into temp.idle select id from identity i where made_by = :import
          and not exists (select 1 from message where sender_id = i.id)
          and not exists (select 1 from recipient where identity_id = i.id)
          and not exists (select 1 from reaction where identity_id = i.id)
          and not exists (select 1 from member where identity_id = i.id)
        """,
        {"import": import_id},
    )
    sql.execute("delete from identity_link where identity_id in (select id from temp.idle)")
    sql.execute("delete from identity_link where import_id = ? and basis <> 'exact'", (import_id,))
    sql.execute("delete from identity where id in (select id from temp.idle)")
    sql.execute("delete from person where id not in (select person_id from identity_link)")
    sql.execute(
        """
        update identity set made_by = coalesce(
          (select min(f.import_id) from message m
           join record r on r.message_id = m.id
           join source_file f on f.id = r.source_file_id
           where m.sender_id = identity.id), made_by)
        where made_by = :import
        """,
        {"import": import_id},
    )


def _blobs(sql: sqlite3.Connection) -> list[str]:
    """Contents nobody refers to any more: their rows go now, their files after the commit."""
    gone = sql.execute(
        """
        delete from blob where sha256 not in (select sha256 from source_file)
          and sha256 not in (select sha256 from attachment where sha256 is not null)
        returning sha256
        """
    ).fetchall()
    return [sha256 for (sha256,) in gone]
