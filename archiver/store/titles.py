"""What a conversation is called: by the newest of the names that imports have for it, whichever came first."""

import sqlite3
from collections.abc import Iterable

from archiver.model import Conversation


def tell(sql: sqlite3.Connection, row: int, conversation: Conversation, import_id: int) -> None:
    """Note what an import calls the conversation in this row, if it says of when that is."""
    if conversation.as_of is None:
        return
    said = {
        "row": row,
        "import": import_id,
        "title": conversation.title,
        "kind": conversation.kind,
        "as_of": conversation.as_of,
    }
    sql.execute(  # what it was called by those who did not say of when, for the day this import is undone
        """
        insert into conversation_title (conversation_id, import_id, title, kind, as_of)
        select id, made_by, title, kind, -1 from conversation
        where id = :row and made_by <> :import
          and not exists (select 1 from conversation_title where conversation_id = :row)
        """,
        said,
    )
    sql.execute(
        """
        insert into conversation_title (conversation_id, import_id, title, kind, as_of)
        values (:row, :import, :title, :kind, :as_of)
        on conflict do update set title = excluded.title, kind = excluded.kind, as_of = excluded.as_of
        where excluded.as_of > as_of or (excluded.as_of = as_of and excluded.title < title)
        """,
        said,
    )
    show(sql, (row,))


def show(sql: sqlite3.Connection, rows: Iterable[int]) -> None:
    """Call these conversations what they are called newest; of several names of one time, by the first in order."""
    for row in rows:
        sql.execute(
            """
            update conversation set (title, kind) = (
              select title, kind from conversation_title where conversation_id = :row
              order by as_of desc, title, kind limit 1)
            where id = :row and exists (select 1 from conversation_title where conversation_id = :row)
            """,
            {"row": row},
        )


def forget(sql: sqlite3.Connection, import_id: int) -> list[int]:
    """Let go of what an import called conversations; returns their rows, which may be to be called otherwise."""
    gone = sql.execute(
        "delete from conversation_title where import_id = ? returning conversation_id", (import_id,)
    ).fetchall()
    return [row for (row,) in gone]
