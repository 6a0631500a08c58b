"""Moves messages between conversations and records between messages, so that each still says what its files say."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.model import Handle
from archiver.store import dedupe, sums
from archiver.store.cast import free_key, identity
from archiver.store.indexing import index, unindex
from archiver.store.merge import COLUMNS, View
from archiver.store.order import Order
from archiver.store.passages import put
from archiver.store.recall import Rows
from archiver.store.restating import DETAILS

_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Named:
    """What an import calls a conversation."""

    key: str
    title: str
    kind: str
    native_id: str | None


def named(sql: sqlite3.Connection, conversation_id: int) -> Named:
    return Named(
        *sql.execute("select key, title, kind, native_id from conversation where id = ?", (conversation_id,)).fetchone()
    )


def join(sql: sqlite3.Connection, pairs: Sequence[tuple[int, int]], import_id: int, now: str) -> dict[str, int]:
    """Make two messages one, for each (row that stays, row that goes): counts of what the second ones brought."""
    counts = {"duplicate": 0, "enriched": 0, "revised": 0}
    for start in range(0, len(pairs), _CHUNK):
        some = pairs[start : start + _CHUNK]
        going = {one.stored.row: one for one in sums.load(sql, (row for _, row in some))}
        into, settling = dict(some), sums.Settling(sql)
        for message in sums.load(sql, into):
            before = message.stored.view
            settling.settle(message, [*message.told, *going[into[message.stored.row]].told])
            what = sums.what_changed(before, message.stored.view)
            counts[what] += 1
            if what == "revised":
                _revise(sql, message.stored.row, import_id, before, now)
        settling.write()
        dedupe.inherit(sql, some)
        _delete(sql, going)
    return counts


def _revise(sql: sqlite3.Connection, row: int, import_id: int, before: View, now: str) -> None:
    sql.execute(
        """
        insert into message_revision (message_id, import_id, changed_at, what, before)
        values (:row, :import, :now, 'reworded', :before)
        """,
        {"row": row, "import": import_id, "now": now, "before": json.dumps(before, ensure_ascii=False)},
    )


def _delete(sql: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Delete messages that no record speaks of any more."""
    gone = {"rows": json.dumps(sorted(rows))}
    those = "(select value from json_each(:rows))"
    unindex(sql, f"select value from json_each('{gone['rows']}')")
    for table in DETAILS:
        sql.execute(f"delete from {table} where message_id in {those}", gone)
    sql.execute(f"delete from message where id in {those}", gone)


def detach(sql: sqlite3.Connection, conversation_id: int, records: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Make each of these records (message row, file, ordinal) a message of its own; returns ordinal → new row.

    The messages have no place yet: see `place`.
    """
    by_row: dict[int, set[tuple[int, int]]] = {}
    for row, file_id, ordinal in records:
        by_row.setdefault(row, set()).add((file_id, ordinal))
    made: dict[int, int] = {}
    settling = sums.Settling(sql)
    for message in sums.load(sql, by_row):
        leaving = by_row[message.stored.row]
        gone = [one for one in message.told if (one.file_id, one.ordinal) in leaving]
        relieved = settling.settle(message, [one for one in message.told if (one.file_id, one.ordinal) not in leaving])
        for one in gone:
            made[one.ordinal] = row = _stand(sql, conversation_id, one.view)
            sql.execute(
                """
                update record set message_id = :row, role = 'first', said = null
                where source_file_id = :file and ordinal = :ordinal
                """,
                {"row": row, "file": one.file_id, "ordinal": one.ordinal},
            )
        settling.write()
        if relieved:
            sums.rekey(sql, conversation_id, [message.stored.row])
    return made


def _stand(sql: sqlite3.Connection, conversation_id: int, view: View) -> int:
    """A message that says what one record says, without a place and an identity of its own yet."""
    (row,) = sql.execute("select max(id) + 1 from message").fetchone()
    sql.execute(
        f"""
        insert into message (id, conversation_id, seq, local_minute, match_key, occurrence, {", ".join(COLUMNS)})
        values (:row, :conversation, -:row, :minute, :row, -:row, {", ".join(":" + column for column in COLUMNS)})
        """,
        {"row": row, "conversation": conversation_id, "minute": sums.wall_minute(view)}
        | {column: view[column] for column in COLUMNS},
    )
    sql.executemany(
        "insert into attachment values (?, ?, ?, ?, ?, ?, ?)",
        [
            (row, place, file["name"], file["media_type"], file["size"], file["sha256"], file["state"])
            for place, file in enumerate(view["attachments"])
        ],
    )
    sql.executemany(
        "insert into reaction values (?, ?, ?, ?, ?)",
        [(row, place, *one) for place, one in enumerate(view["reactions"])],
    )
    put(sql, int(row), view["subject"], view["text"], view["spans"])
    index(sql, row, row)
    return int(row)


@dataclass(frozen=True, slots=True)
class Step:
    """One message of a telling in its order: *row* has to be placed, or is where it is (*settled*)."""

    row: int
    minute: int
    settled: bool


def place(sql: sqlite3.Connection, conversation_id: int, steps: Sequence[Step]) -> None:
    """Give messages their places in a conversation, between the neighbours that are there already."""
    loose = [step.row for step in steps if not step.settled]
    strangers = [
        row
        for (row,) in sql.execute(
            """
            select id from message
            where id in (select value from json_each(?)) and (conversation_id <> ? or occurrence < 0)
            """,
            (json.dumps(loose), conversation_id),
        )
    ]
    sql.executemany("update message set seq = -id where id = ?", [(row,) for row in loose])
    placed: list[tuple[int, int, int]] = []

    def flush() -> None:
        sql.executemany("update message set conversation_id = ?, seq = ? where id = ?", placed)
        placed.clear()

    order = Order(lambda: sql, conversation_id, flush)
    neighbour = None
    for step in steps:
        if step.settled:
            neighbour = step.row
            continue
        if neighbour is not None:  # delivered in another order, neighbours can step back; places do not
            (seq,) = sql.execute("select seq from message where id = ?", (neighbour,)).fetchone()
            if order.cursor is None or seq > order.cursor:
                order.passed(seq)
            neighbour = None
        placed.append((conversation_id, order.place(step.minute), step.row))
    flush()
    sums.rekey(sql, conversation_id, strangers)


def rescope(sql: sqlite3.Connection, before: str, after: str) -> None:
    """Names that mean somebody in the conversation *before* mean the same in *after*."""
    for old, scheme, value in sql.execute(
        "select id, scheme, value from identity where scope = ?", (before,)
    ).fetchall():
        twin = sql.execute(
            "select id from identity where scheme = ? and value = ? and scope = ?", (scheme, value, after)
        ).fetchone()
        if twin is None:
            sql.execute("update identity set scope = ? where id = ?", (after, old))
            continue
        both = {"new": twin[0], "old": old}
        sql.execute("update message set sender_id = :new where sender_id = :old", both)
        for table in ("recipient", "reaction"):
            sql.execute(f"update {table} set identity_id = :new where identity_id = :old", both)
        sql.execute("update or ignore member set identity_id = :new where identity_id = :old", both)
        sql.execute("delete from member where identity_id = :old", both)
        sql.execute("delete from identity_link where identity_id = :old", both)
        sql.execute("delete from identity where id = :old", both)
    sql.execute("delete from person where id not in (select person_id from identity_link)")


def absorb(sql: sqlite3.Connection, going: int, into: int, import_id: int) -> None:
    """A conversation whose messages have all moved is from now on another name of the one they moved to."""
    was, here = named(sql, going), {"going": going, "into": into}
    sql.execute("update or ignore member set conversation_id = :into where conversation_id = :going", here)
    sql.execute("delete from member where conversation_id = :going", here)
    sql.execute("update conversation_alias set conversation_id = :into where conversation_id = :going", here)
    sql.execute("delete from conversation_title where conversation_id = :going", here)
    sql.execute("delete from conversation where id = :going", here)
    alias(sql, into, was, import_id)


def alias(sql: sqlite3.Connection, conversation_id: int, name: Named, import_id: int) -> None:
    """Remember what an import calls a conversation."""
    sql.execute(
        """
        insert or replace into conversation_alias (key, conversation_id, import_id, title, kind, native_id)
        values (?, ?, ?, ?, ?, ?)
        """,
        (name.key, conversation_id, import_id, name.title, name.kind, name.native_id),
    )


def rename(sql: sqlite3.Connection, conversation_id: int, name: Named) -> None:
    """Call a conversation otherwise; what its messages are known by follows."""
    before = named(sql, conversation_id)
    sql.execute(
        "update conversation set key = ?, title = ?, kind = ?, native_id = ? where id = ?",
        (name.key, name.title, name.kind, name.native_id, conversation_id),
    )
    if name.key != before.key:
        rescope(sql, before.key, name.key)
        rows = sql.execute("select id from message where conversation_id = ?", (conversation_id,)).fetchall()
        sums.rekey(sql, conversation_id, (row for (row,) in rows))


def apart(sql: sqlite3.Connection, conversation_id: int, import_id: int, told: Rows, into: int | None = None) -> int:
    """Move what one file tells, and nobody else, to a conversation of its own (*into*, or a new one); its row."""
    before = named(sql, conversation_id)
    if into is None:
        known = sql.execute(
            "select key, title, kind, native_id from conversation_alias where conversation_id = ? and import_id = ?",
            (conversation_id, import_id),
        ).fetchone()
        name = Named(*known) if known and known[1] else before
        sql.execute(
            "delete from conversation_alias where conversation_id = ? and import_id = ?", (conversation_id, import_id)
        )
        (into,) = sql.execute(
            """
            insert into conversation (key, source, native_id, title, kind, made_by)
            select ?, source, ?, ?, ?, ? from conversation where id = ? returning id
            """,
            (free_key(sql, name.key), name.native_id, name.title, name.kind, import_id, conversation_id),
        ).fetchone()
    _copy_names(sql, told, before.key, named(sql, into).key, import_id)
    place(sql, into, [Step(row, time // 60, settled=False) for row, time in zip(told.rows, told.times, strict=True)])
    dedupe.part(sql)
    return int(into)


def _copy_names(sql: sqlite3.Connection, told: Rows, before: str, after: str, import_id: int) -> None:
    """In another conversation a name means somebody else: the senders of these messages get names of their own."""
    rows = json.dumps(list(told.rows))
    for old, scheme, value, name in sql.execute(
        """
        select distinct i.id, i.scheme, i.value, i.name from message m join identity i on i.id = m.sender_id
        where m.id in (select value from json_each(?)) and i.scope = ?
        """,
        (rows, before),
    ).fetchall():
        own = identity(sql, Handle(scheme, value, name, after), import_id)
        sql.execute(
            "update message set sender_id = ? where sender_id = ? and id in (select value from json_each(?))",
            (own, old, rows),
        )
    _drop_idle_names(sql, before, import_id)


def _drop_idle_names(sql: sqlite3.Connection, scope: str, import_id: int) -> None:
    """Names that an import made and nobody goes by any more."""
    idle = """(
      select id from identity i where i.scope = :scope and i.made_by = :import
        and not exists (select 1 from message where sender_id = i.id)
        and not exists (select 1 from recipient where identity_id = i.id)
        and not exists (select 1 from reaction where identity_id = i.id)
        and not exists (select 1 from member where identity_id = i.id))"""
    those = {"scope": scope, "import": import_id}
    sql.execute(f"delete from identity_link where identity_id in {idle}", those)
    sql.execute(f"delete from identity where id in {idle}", those)
    sql.execute("delete from person where id not in (select person_id from identity_link)")
