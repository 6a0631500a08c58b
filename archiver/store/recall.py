"""What a file, or a conversation, tells: out of the tables and into the sequences that the alignment compares."""

import json
import sqlite3
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archiver.store.overlap import Telling, token

_SAYS = """
m.id, m.sent_at, m.tz_offset, m.precision, m.sender_id, m.kind, m.text, m.extra,
(select count(*) from attachment a where a.message_id = m.id)
"""
_BY_FILE = f"""
select r.role = 'first', r.ordinal, r.said, {_SAYS}
from record r join message m on m.id = r.message_id
where r.source_file_id = :file and m.conversation_id = :conversation order by r.ordinal
"""
# What others tell: all that was not first told by this file (there may be none).
_BY_OTHERS = f"""
select 1, 0, null, {_SAYS}
from message m
where m.conversation_id = :conversation and m.local_minute between :low and :high
  and not exists (select 1 from record r where r.message_id = m.id and r.role = 'first' and r.source_file_id = :file)
order by m.seq
"""
ALL_TIME = -(1 << 53), 1 << 53


@dataclass(slots=True)
class Rows:
    """A telling with the rows it is of; *own*: whether the message is known from here only, and by which record."""

    rows: "array[int]" = field(default_factory=lambda: array("q"))
    own: bytearray = field(default_factory=bytearray)
    ordinals: "array[int]" = field(default_factory=lambda: array("q"))
    times: "array[int]" = field(default_factory=lambda: array("q"))
    exact: bytearray = field(default_factory=bytearray)
    senders: "array[int]" = field(default_factory=lambda: array("q"))
    tokens: "array[int]" = field(default_factory=lambda: array("q"))
    edited: bytearray = field(default_factory=bytearray)

    def telling(self) -> Telling:
        return Telling(self.times, self.exact, self.senders, self.tokens, self.edited)

    def span(self) -> tuple[int, int] | None:
        """First and last second on the wall; None when nothing is dated."""
        dated = [time for time in self.times if time >= 0]
        return (min(dated), max(dated)) if dated else None


def of_file(sql: sqlite3.Connection, file_id: int, conversation_id: int) -> Rows:
    """What a file says in a conversation, in the file's order; what it says twice of one message, once."""
    return _rows(sql.execute(_BY_FILE, {"file": file_id, "conversation": conversation_id}))


def of_others(sql: sqlite3.Connection, file_id: int, conversation_id: int, minutes: tuple[int, int] = ALL_TIME) -> Rows:
    """What other files say in a conversation between two wall-clock minutes, in reading order."""
    low, high = minutes
    asked = {"file": file_id, "conversation": conversation_id, "low": low, "high": high}
    return _rows(sql.execute(_BY_OTHERS, asked))


_Row = tuple[int, int, str | None, int, int | None, int, str | None, int | None, str, str, str | None, int]


def _rows(found: Iterable[_Row]) -> Rows:
    told, seen = Rows(), set[int]()
    for own, ordinal, said, row, sent_at, offset, precision, sender, kind, text, extra, files in found:
        if row in seen:
            continue
        seen.add(row)
        view = (sent_at, offset, precision, kind, text)
        if said and not own:  # a record that says it otherwise than the message does in sum
            view = _said_otherwise(view, json.loads(said))
        at, clock, fineness, what, words = view
        told.rows.append(row)
        told.own.append(own)
        told.ordinals.append(ordinal)
        told.times.append(-1 if at is None else at // 1000 + clock * 60)
        told.exact.append(fineness == "second")
        told.senders.append(sender or 0)
        told.tokens.append(token(words, what, files))
        told.edited.append(extra is not None and '"edited": true' in extra)
    return told


_View = tuple[int | None, int, str | None, str, str]


def _said_otherwise(view: _View, said: dict[str, Any]) -> _View:
    at, clock, fineness, what, words = view
    return (
        said.get("sent_at", at),
        said.get("tz_offset", clock),
        said.get("precision", fineness),
        said.get("kind", what),
        said.get("text", words),
    )
