"""A message that says something else from now on: its row, its words in the index, what hangs on it."""

import sqlite3

from archiver.knowledge.subjects import base
from archiver.store.indexing import index, unindex
from archiver.store.merge import COLUMNS, View
from archiver.store.order import Order
from archiver.store.passages import put
from archiver.store.rows import ADD_ATTACHMENT, ADD_LABEL, ADD_REACTION, ADD_REFERENCE, attachment_rows, insert

# Tables whose rows go with their message; threads after what points at them was loosened.
DETAILS = ("attachment", "recipient", "reaction", "label", "reference", "passage", "thread", "message_revision")


def rewrite(sql: sqlite3.Connection, row: int, before: View, view: View) -> None:
    """Make the message row that says *before* say *view*; its words are indexed anew when they change."""
    reworded = any(before[field] != view[field] for field in ("subject", "text", "spans"))
    if reworded:
        unindex(sql, str(row))
    sql.execute(
        f"update message set {', '.join(f'{column} = :{column}' for column in COLUMNS)} where id = :row",
        {column: view[column] for column in COLUMNS} | {"row": row},
    )
    if reworded:
        put(sql, row, view["subject"], view["text"], view["spans"])
        index(sql, row, row)
    if before["attachments"] != view["attachments"]:
        sql.execute("delete from attachment where message_id = ?", (row,))
        insert(sql, ADD_ATTACHMENT, attachment_rows(row, view["attachments"]))
    if before["reactions"] != view["reactions"]:
        sql.execute("delete from reaction where message_id = ?", (row,))
        sql.executemany(ADD_REACTION, [(row, place, *one) for place, one in enumerate(view["reactions"])])
    if view["claim"] is not None:
        _rewrite_letter(sql, row, before, view)


def _rewrite_letter(sql: sqlite3.Connection, row: int, before: View, view: View) -> None:
    if before["labels"] != view["labels"]:
        sql.execute("delete from label where message_id = ?", (row,))
        sql.executemany(ADD_LABEL, [(row, name) for name in view["labels"]])
    if before["references"] != view["references"]:
        sql.execute("delete from reference where message_id = ?", (row,))
        sql.executemany(ADD_REFERENCE, [(row, place, key) for place, key in enumerate(view["references"])])
    threaded = ("references", "subject", "native_thread", "home", "sent_at")
    if any(before[field] != view[field] for field in threaded):
        loosen(sql, str(row))
        sql.execute("update thread set subject = ? where message_id = ?", (base(view["subject"] or ""), row))
    if before["home"] != view["home"]:
        _move(sql, row, view["home"])


def loosen(sql: sqlite3.Connection, rows: str) -> None:
    """The threads of these messages (a query of row ids) are to be worked out anew."""
    sql.execute(
        f"""
        update thread set thread_id = null, parent_id = null, joined = null
        where thread_id in (select thread_id from thread where message_id in ({rows})) or message_id in ({rows})
        """
    )


def _move(sql: sqlite3.Connection, row: int, home: str) -> None:
    """A letter goes to the conversation that claims it more: among what was said there at its time."""
    (minute,) = sql.execute("select local_minute from message where id = ?", (row,)).fetchone()
    (place,) = sql.execute(
        """
        select id from conversation where key = :key
        union all select conversation_id from conversation_alias where key = :key limit 1
        """,
        {"key": home},
    ).fetchone()
    seq = Order(lambda: sql, place, lambda: None).place(minute)
    sql.execute("update message set conversation_id = ?, seq = ? where id = ?", (place, seq, row))
