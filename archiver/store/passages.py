"""What the index holds of a message in place of its subject and text, where it is not to read these as they are."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archiver.knowledge.quotes import own, rest
from archiver.model import Span
from archiver.spelling import respelt

ADD_PASSAGE = "insert into passage (message_id, own, quoted, subject) values (?, ?, ?, ?)"


class Passage(NamedTuple):
    """What the writer says, what is quoted, and the subject; no subject: as it is."""

    own: str
    quoted: str
    subject: str | None


def passage(subject: str | None, text: str, spans: Sequence[Span]) -> Passage | None:
    """What the index is to read of a message; None when that is its subject and text, as they are."""
    titled = respelt(subject) if subject else None
    if spans:
        mine, others = own(text, spans), rest(text, spans)
        return Passage(respelt(mine) or mine, respelt(others) or others, titled)
    said = respelt(text)
    if said is None and titled is None:
        return None
    return Passage(text if said is None else said, "", titled)


def put(sql: sqlite3.Connection, row: int, subject: str | None, text: str, spans: str | None) -> None:
    """Write the passage of a message anew; *spans* as JSON. The index is the caller's."""
    sql.execute("delete from passage where message_id = ?", (row,))
    found = passage(subject, text, _spans(spans))
    if found is not None:
        sql.execute(ADD_PASSAGE, (row, *found))


def respell(sql: sqlite3.Connection) -> None:
    """Write the passages of all messages anew."""
    sql.execute("delete from passage")
    for row, subject, text, spans in _messages(sql):
        found = passage(subject, text, _spans(spans))
        if found is not None:
            sql.execute(ADD_PASSAGE, (row, *found))


def _messages(sql: sqlite3.Connection) -> Iterator[tuple[int, str | None, str, str | None]]:
    """A page at a time, for nobody should read a table's index while it is written to."""
    after = 0
    while True:
        page = sql.execute(
            "select id, subject, text, spans from message where id > ? order by id limit 1000", (after,)
        ).fetchall()
        if not page:
            return
        after = page[-1][0]
        yield from page


def _spans(written: str | None) -> Sequence[Span]:
    return [Span(*span) for span in json.loads(written)] if written else ()
