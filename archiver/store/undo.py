"""Take one import back: what only it said goes, what others said too stays as they say it. One transaction."""

import json
import sqlite3
from collections import defaultdict

from archiver.errors import UsageError
from archiver.store import dedupe, deferred, regroup, sums, tags, titles
from archiver.store.archive import Archive
from archiver.store.cast import rename
from archiver.store.indexing import index, unindex
from archiver.store.joining import join
from archiver.store.regroup import Named
from archiver.store.restating import DETAILS, loosen
from archiver.store.run import note, now


def undo(archive: Archive, import_id: int) -> dict[str, int]:
    """Undo an import; returns counts: messages removed, messages kept because other imports hold them too."""
    status = archive.connection.execute("select status from import where id = ?", (import_id,)).fetchone()
    if status is None or status[0] == "undone":
        raise UsageError(
            f"There is no import {import_id} to undo." if status is None else f"Import {import_id} is undone already.",
            remedy="See the list with: archive imports list",
        )
    deferred.make(archive)
    archive.connection.execute("pragma cache_spill = on")  # one long transaction: memory stays flat
    with archive.transaction() as sql, tags.following(sql):
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
    loosen(sql, "select id from temp.own")
    relieved = _rederive(sql)
    dedupe.forget(sql, import_id)
    _delete_own(sql, import_id, own)
    join(sql)
    _rekey(sql, relieved)
    return {"removed": own, "kept": shared}


def _rederive(sql: sqlite3.Connection) -> list[int]:
    """Shared messages say again what their remaining records say; a plain repetition that goes changes nothing.

    Returns the rows of those that have another lead now.
    """
    affected = sql.execute(
        """
        select distinct message_id from record
        where message_id in (select id from temp.shared) and (said is not null or role <> 'duplicate' and
          source_file_id in (select source_file_id from temp.going))
        """
    ).fetchall()
    going = {row for (row,) in sql.execute("select source_file_id from temp.going")}
    settling = sums.Settling(sql)
    relieved = [
        message.stored.row
        for message in sums.load(sql, (row for (row,) in affected))
        if settling.settle(message, [one for one in message.told if one.file_id not in going])
    ]
    settling.write()
    return relieved


def _rekey(sql: sqlite3.Connection, rows: list[int]) -> None:
    """A message is known by what its lead says."""
    homes = defaultdict(list)
    for row, conversation_id in sql.execute(
        "select id, conversation_id from message where id in (select value from json_each(?))", (json.dumps(rows),)
    ):
        homes[conversation_id].append(row)
    for conversation_id, messages in homes.items():
        sums.rekey(sql, conversation_id, messages)


def _delete_own(sql: sqlite3.Connection, import_id: int, own: int) -> None:
    """Index and records first, then what hangs on the messages, then these; a mass deletion re-indexes the rest."""
    (all_messages,) = sql.execute("select count(*) from message").fetchone()
    many = own > all_messages // 2
    if many:
        sql.execute("insert into message_fts (message_fts) values ('delete-all')")
    else:
        unindex(sql, "select id from temp.own")
    sql.execute("delete from record where source_file_id in (select source_file_id from temp.going)")
    for table in DETAILS:
        sql.execute(f"delete from {table} where message_id in (select id from temp.own)")
    sql.execute("delete from message_revision where import_id = ?", (import_id,))
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
    retitled = titles.forget(sql, import_id)
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
        delete from conversation_title where conversation_id in (
          select id from conversation c where made_by = :import
            and not exists (select 1 from message where conversation_id = c.id)
            and not exists (select 1 from member where conversation_id = c.id))
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
    names = _names_of_others(sql, import_id)
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

    for conversation_id, name in names:
        sql.execute("delete from conversation_alias where key = ?", (name.key,))
        regroup.rename(sql, conversation_id, name)
    titles.show(sql, retitled)


def _names_of_others(sql: sqlite3.Connection, import_id: int) -> list[tuple[int, Named]]:
    """What the next import calls the conversations that this one made, where it calls them otherwise."""
    return [
        (conversation_id, Named(*name))
        for conversation_id, *name in sql.execute(
            """
            select a.conversation_id, a.key, a.title, a.kind, a.native_id
            from conversation_alias a join conversation c on c.id = a.conversation_id
            where c.made_by = :import and a.title is not null and a.import_id = (
              select min(f.import_id) from message m
              join record r on r.message_id = m.id
              join source_file f on f.id = r.source_file_id
              where m.conversation_id = c.id)
            """,
            {"import": import_id},
        ).fetchall()
    ]


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
    named = sql.execute("delete from identity_name where import_id = ? returning identity_id", (import_id,)).fetchall()
    sql.execute("delete from identity_name where identity_id in (select id from temp.idle)")
    rename(sql, sorted({row for (row,) in named}))
    sql.execute("delete from identity_link where identity_id in (select id from temp.idle)")
    sql.execute("delete from identity_link where import_id = ? and basis <> 'exact'", (import_id,))
    sql.execute("delete from identity where id in (select id from temp.idle)")
    sql.execute(  # whom others took for somebody who is gone, they are themselves again
        """
        delete from identity_link where basis = 'aligned'
          and person_id not in (select person_id from identity_link where basis = 'exact')
        """
    )
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
