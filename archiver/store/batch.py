"""One batch of messages on its way into the tables: rows are gathered, then written in one go."""

import json
import sqlite3
from collections.abc import Sequence

from archiver.knowledge.subjects import base
from archiver.model import Message, Standing, Stretch
from archiver.spelling import all_respelt, respelt
from archiver.store.incoming import Columns, Incoming, attachment_view, extra_of, joined, spans_of
from archiver.store.passages import ADD_PASSAGE, passage
from archiver.store.rows import (
    ADD_ATTACHMENT,
    ADD_LABEL,
    ADD_REACTION,
    ADD_REFERENCE,
    NULL,
    Row,
    attachment_rows,
    flat,
    insert,
    insert_flat,
)


class Batch:
    """Rows waiting to be written. Most messages are plain text and go through a statement of their own, with fewer
    values to bind.
    """

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._next_id: int
        (self._next_id,) = sql.execute("select coalesce(max(id), 0) + 1 from message").fetchone()
        self._standing: dict[int, tuple[Standing, str | int, list[Row], str | None]] = {}
        self._start()

    def _start(self) -> None:
        self._first_id = self._next_id
        self._plain: list[object] = []  # values of one row after the other, as they are bound: no tuple is ever made
        self._first: list[object] = []
        self._rows: dict[str, list[Row]] = {statement: [] for statement in _IN_ORDER}

    def write(self, sql: sqlite3.Connection) -> tuple[int, int]:
        """What waits into the tables, in foreign-key order; returns the first and the last row id of new messages."""
        new = self._first_id, self._next_id - 1
        insert_flat(sql, _ADD_PLAIN, _PLAIN, self._plain)
        for statement in (_ADD_TYPED, _ADD_FULL):
            insert(sql, statement, self._rows.pop(statement))
        insert_flat(sql, _ADD_FIRST, _FIRST, self._first)
        for statement, rows in self._rows.items():
            insert(sql, statement, rows)
        self._start()
        return new

    def new(self, one: Incoming, seq: int) -> int:
        """Add a message nobody has said before; returns its row id."""
        message, conversation_id, minute, key, occurrence, file_id, ordinal, sender_id, sent_at, offset, _, _ = one
        row = self._next_id
        self._next_id = row + 1
        when = message.when
        values = (
            row, conversation_id, seq, minute, key, occurrence, sender_id, sent_at, offset,
            when.precision if sent_at is not None else None,
            joined(when.assumed) if when.assumed else NULL, message.text,
        )  # fmt: skip
        if not message.text.isascii() and not (message.spans or message.subject):
            self._spell(row, message)
        if _is_plain(message):
            self._plain += values
        else:
            if message.spans or message.subject:
                self._spell(row, message)
            if _is_bare(message):
                self._rows[_ADD_TYPED].append((*values, message.kind, extra_of(message) or NULL))
            else:
                self._rows[_ADD_FULL].append((
                    *values, message.kind, message.subject, message.html, message.native_id, message.reply_to,
                    extra_of(message), spans_of(message), message.thread, message.claim,
                ))  # fmt: skip
            if message.attachments:
                files = [attachment_view(file) for file in message.attachments]
                self._rows[ADD_ATTACHMENT] += attachment_rows(row, files)
            if message.claim is not None:
                self._letter(row, message)
        origin = message.origin
        self._first += (file_id, ordinal, origin.start, origin.end, row)
        return row

    def _letter(self, row: int, message: Message) -> None:
        """What a letter has beyond a chat's message: where it was filed, what it goes back to."""
        self._rows[ADD_LABEL] += [(row, name) for name in sorted(message.tags)]
        self._rows[ADD_REFERENCE] += [(row, place, key) for place, key in enumerate(message.references)]
        self._rows[_ADD_THREAD].append((row, message.key, base(message.subject or "")))

    def _spell(self, row: int, message: Message) -> None:
        """What the index is to read in place of a message's own words."""
        found = passage(message.subject, message.text, message.spans)
        if found is not None:
            self._rows[ADD_PASSAGE].append((row, *found))

    def texts(self, stretch: Stretch, columns: "Columns", file_id: int, ordinal: int) -> Sequence[int]:
        """Add a stretch of new messages; returns their row ids. *ordinal*: of the first one's record."""
        count = len(stretch)
        ids = range(self._next_id, self._next_id + count)
        self._next_id += count
        rows = flat(
            count, ids, columns.conversation_id, columns.seqs, columns.minutes, columns.keys, columns.occurrences,
            columns.sender_ids, columns.sent, stretch.offset, stretch.precision,
            joined(stretch.assumed) if stretch.assumed else NULL, stretch.texts,
        )  # fmt: skip
        self._first += flat(count, file_id, range(ordinal, ordinal + count), stretch.starts, stretch.ends, ids)
        self._rows[ADD_PASSAGE] += [
            (ids[i], spelt, "", None) for i, spelt in all_respelt(stretch.texts) if i not in stretch.standing
        ]
        for i in sorted(stretch.standing, reverse=True):
            own = slice(i * _PLAIN, (i + 1) * _PLAIN)
            self._standing_row(rows[own], stretch.standing[i])
            del rows[own]
        self._plain += rows
        return ids

    def _standing_row(self, values: Sequence[object], more: Standing) -> None:
        """A message that stands for a file; thousands of them share one *more*, which is worked out once."""
        known = self._standing.get(id(more))
        if known is None or known[0] is not more:
            if len(self._standing) > REMEMBERED:
                self._standing.clear()
            extra = json.dumps(more.extra, ensure_ascii=False, sort_keys=True, default=str) if more.extra else NULL
            files = [row[1:] for row in attachment_rows(0, list(map(attachment_view, more.attachments)))]
            self._standing[id(more)] = known = more, extra, files, respelt(more.text)
        _, extra, files, spelt = known
        if spelt is not None:
            self._rows[ADD_PASSAGE].append((values[0], spelt, "", None))
        self._rows[_ADD_TYPED].append((*values[:-1], more.text, more.kind, extra))
        self._rows[ADD_ATTACHMENT] += [(values[0], *file) for file in files]

    def told(
        self, row: int, recipients: Sequence[int], reactions: Sequence[tuple[int | None, str, int | None]]
    ) -> None:
        """Add to whom a new message was sent and how it was received."""
        self._rows[_ADD_RECIPIENT] += [(row, place, identity) for place, identity in enumerate(recipients)]
        self._rows[ADD_REACTION] += [(row, place, *reaction) for place, reaction in enumerate(reactions)]

    def observed(self, one: Incoming, row: int, role: str, said: str | None) -> None:
        """Note that another record speaks of the message in *row*."""
        origin = one.message.origin
        self._rows[_ADD_AGAIN].append((one.file_id, one.ordinal, origin.start, origin.end, row, role, said))

    def unread(self, file_id: int, ordinal: int, start: int, end: int, status: str, note: str) -> None:
        """Note bytes that became no message."""
        self._rows[_ADD_UNREAD].append((file_id, ordinal, start, end, status, note))

    def holds(self, row: int) -> bool:
        """Whether the message is still waiting here."""
        return row >= self._first_id


def _is_plain(message: Message) -> bool:
    """Whether a message has none of the rarer things."""
    return message.kind == "text" and not (
        message.attachments or message.extra or message.edited or message.deleted or not _is_bare(message)
    )


def _is_bare(message: Message) -> bool:
    """Whether a message has nothing that only letters and answers have."""
    return not (
        message.subject is not None
        or message.native_id is not None
        or message.reply_to is not None
        or message.html is not None
        or message.claim is not None
        or message.thread is not None
        or message.spans
    )


REMEMBERED = 10_000  # kinds of standing messages kept at hand

_COMMON = """id, conversation_id, seq, local_minute, match_key, occurrence, sender_id, sent_at, tz_offset, precision,
  assumed, text"""
_ADD_PLAIN = f"insert into message ({_COMMON}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {NULL}), ?)"
_ADD_TYPED = f"""
insert into message ({_COMMON}, kind, extra)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {NULL}), ?, ?, nullif(?, {NULL}))
"""
_ADD_FULL = f"""
insert into message ({_COMMON}, kind, subject, html, native_id, reply_to, extra, spans, native_thread, claim)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {NULL}), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ADD_FIRST = """
insert into record (source_file_id, ordinal, byte_start, byte_end, status, message_id, role)
values (?, ?, ?, ?, 'read', ?, 'first')
"""
_ADD_AGAIN = """
insert into record (source_file_id, ordinal, byte_start, byte_end, status, message_id, role, said)
values (?, ?, ?, ?, 'read', ?, ?, ?)
"""
_ADD_UNREAD = """
insert into record (source_file_id, ordinal, byte_start, byte_end, status, note) values (?, ?, ?, ?, ?, ?)
"""
_ADD_THREAD = "insert into thread (message_id, key, subject) values (?, ?, ?)"
_ADD_RECIPIENT = "insert into recipient values (?, ?, ?)"
_PLAIN, _FIRST = 12, 5  # values in a row of these two
_IN_ORDER = (
    _ADD_TYPED, _ADD_FULL, _ADD_AGAIN, _ADD_UNREAD, ADD_ATTACHMENT, _ADD_RECIPIENT, ADD_REACTION,
    ADD_LABEL, ADD_REFERENCE, ADD_PASSAGE, _ADD_THREAD,
)  # fmt: skip
