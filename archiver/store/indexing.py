"""The full-text index, kept with the messages."""

import sqlite3


def index(sql: sqlite3.Connection, first: int, last: int) -> None:
    """Put the words of messages *first* to *last* (row ids, inclusive) into the full-text index; not of hidden ones."""
    if first > last:
        return
    sql.execute(
        """
        insert into message_fts (rowid, subject, text, quoted)
        select id, subject, text, quoted from message_indexed where id between ? and ?
        """,
        (first, last),
    )


def unindex(sql: sqlite3.Connection, rows: str) -> None:
    """Take messages out of the index; *rows* is a query of row ids. Before the messages themselves change or hide."""
    sql.execute(
        f"""
        insert into message_fts (message_fts, rowid, subject, text, quoted)
        select 'delete', id, subject, text, quoted from message_indexed where id in ({rows})
        """
    )
