"""One batch of messages on its way into the tables: rows are gathered, matched with what is stored, written.

The SQL of the hot path is here and nowhere else.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple, cast

from archiver.knowledge.subjects import base
from archiver.model import Attachment, Message, Standing, Stretch, When
from archiver.spelling import all_respelt, respelt
from archiver.store.ids import UNDATED, local_minute
from archiver.store.match import OWN_KEY
from archiver.store.merge import COLUMNS, LISTS, View
from archiver.store.order import Order
from archiver.store.passages import ADD_PASSAGE, passage, put


class Incoming(NamedTuple):
    """A message with its identity worked out, not yet known to be new. (A tuple: made a million times a minute.)"""

    message: Message
    conversation_id: int
    minute: int
    key: int
    occurrence: int
    file_id: int
    ordinal: int
    sender_id: int | None
    sent_at: int | None
    offset: int | None
    home: str | None = None  # key of the conversation that claims it
    reactions: Sequence[tuple[int | None, str, int | None]] = ()  # identity, sign, UTC ms


@dataclass(frozen=True, slots=True)
class Columns:
    """What a stretch's messages are in the archive: a sequence each, with one entry for each message."""

    conversation_id: int
    minutes: Sequence[int]
    keys: Sequence[int]
    occurrences: Sequence[int]
    sender_ids: Sequence[int]
    sent: Sequence[int]
    seqs: Sequence[int] = ()

    def incoming(
        self,
        stretch: Stretch,
        i: int,
        file_id: int,
        ordinal: int,
        reactions: Sequence[tuple[int | None, str, int | None]],
    ) -> Incoming:
        """Message *i* by itself."""
        return Incoming(
            stretch.message(i), self.conversation_id, self.minutes[i], self.keys[i], self.occurrences[i], file_id,
            ordinal, self.sender_ids[i], self.sent[i], stretch.offset, None, reactions,
        )  # fmt: skip


@dataclass(slots=True)
class Stored:
    """A message that is in the archive already: its row, its place, and what it says so far."""

    row: int
    seq: int
    view: View
    first_said: View = field(default_factory=dict)


_OFFSETS: dict[object, int] = {}  # a zone has few offsets; fixed ones are shared by all times that have them


def times(when: When) -> tuple[int, int | None, int | None]:
    """(local minute, UTC milliseconds, minutes east of UTC) of a When."""
    at = when.at
    if at is None:
        return UNDATED, None, None
    rules = at.tzinfo
    offset = _OFFSETS.get(rules)
    if offset is None:
        offset = round((at.utcoffset() or timedelta(0)).total_seconds() / 60)
        if type(rules) is timezone:  # only a fixed zone has one offset for all times
            _OFFSETS[rules] = offset
    minute = local_minute(at)
    return minute, ((minute - offset) * 60 + at.second) * 1000 + at.microsecond // 1000, offset


@lru_cache(maxsize=64)
def _joined(assumed: tuple[str, ...]) -> str:
    return " ".join(assumed)


def assumptions(when: When) -> str | None:
    """What was guessed in a time, as words; None when nothing was."""
    return _joined(when.assumed) if when.assumed else None


def extra_of(message: Message) -> str | None:
    """The JSON of what the model has no column for; None when there is nothing."""
    if not (message.extra or message.edited or message.deleted):
        return None
    extra = dict(message.extra or {})
    if message.edited:
        extra["edited"] = True
    if message.deleted:
        extra["deleted"] = True
    return json.dumps(extra, ensure_ascii=False, sort_keys=True, default=str)


def view_of(incoming: Incoming) -> View:
    """What this record says of its message."""
    message = incoming.message
    return {
        "kind": message.kind,
        "sender_id": incoming.sender_id,
        "sent_at": incoming.sent_at,
        "tz_offset": incoming.offset,
        "precision": message.when.precision if incoming.sent_at is not None else None,
        "assumed": assumptions(message.when),
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "extra": extra_of(message),
        "spans": spans_of(message),
        "native_thread": message.thread,
        "claim": message.claim,
        "reply_to": message.reply_to,
        "attachments": [_attachment_view(one) for one in message.attachments],
        "labels": sorted(message.tags),
        "references": list(message.references),
        "reactions": list(map(list, incoming.reactions)),
        "home": incoming.home,
    }


def spans_of(message: Message) -> str | None:
    """The JSON of whose words a text's pieces are; None when all of it is the writer's own."""
    return json.dumps(message.spans, separators=(",", ":")) if message.spans else None


def _attachment_view(one: Attachment) -> View:
    return {
        "name": one.name,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
        "state": one.state,
    }


_Row = tuple[object, ...]


class Batch:
    """Rows waiting to be written. Most messages are plain text and go through a statement of their own, with fewer
    values to bind.
    """

    def __init__(self, sql: sqlite3.Connection) -> None:
        self._next_id: int
        (self._next_id,) = sql.execute("select coalesce(max(id), 0) + 1 from message").fetchone()
        self._standing: dict[int, tuple[Standing, str | int, list[_Row], str | None]] = {}
        self._start()

    def _start(self) -> None:
        self._first_id = self._next_id
        self._plain: list[object] = []  # values of one row after the other, as they are bound: no tuple is ever made
        self._first: list[object] = []
        self._rows: dict[str, list[_Row]] = {statement: [] for statement in _IN_ORDER}

    def write(self, sql: sqlite3.Connection) -> tuple[int, int]:
        """What waits into the tables, in foreign-key order; returns the first and the last row id of new messages."""
        new = self._first_id, self._next_id - 1
        _insert_flat(sql, _ADD_PLAIN, _PLAIN, self._plain)
        for statement in (_ADD_TYPED, _ADD_FULL):
            _insert(sql, statement, self._rows.pop(statement))
        _insert_flat(sql, _ADD_FIRST, _FIRST, self._first)
        for statement, rows in self._rows.items():
            _insert(sql, statement, rows)
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
            _joined(when.assumed) if when.assumed else _NULL, message.text,
        )  # fmt: skip
        if not message.text.isascii() and not (message.spans or message.subject):
            self._spell(row, message)
        if _is_plain(message):
            self._plain += values
        else:
            if message.spans or message.subject:
                self._spell(row, message)
            if _is_bare(message):
                self._rows[_ADD_TYPED].append((*values, message.kind, extra_of(message) or _NULL))
            else:
                self._rows[_ADD_FULL].append((
                    *values, message.kind, message.subject, message.html, message.native_id, message.reply_to,
                    extra_of(message), spans_of(message), message.thread, message.claim,
                ))  # fmt: skip
            if message.attachments:
                files = [_attachment_view(file) for file in message.attachments]
                self._rows[_ADD_ATTACHMENT] += _attachment_rows(row, files)
            if message.claim is not None:
                self._letter(row, message)
        origin = message.origin
        self._first += (file_id, ordinal, origin.start, origin.end, row)
        return row

    def _letter(self, row: int, message: Message) -> None:
        """What a letter has beyond a chat's message: where it was filed, what it goes back to."""
        self._rows[_ADD_LABEL] += [(row, name) for name in sorted(message.tags)]
        self._rows[_ADD_REFERENCE] += [(row, place, key) for place, key in enumerate(message.references)]
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
        rows = _flat(
            count, ids, columns.conversation_id, columns.seqs, columns.minutes, columns.keys, columns.occurrences,
            columns.sender_ids, columns.sent, stretch.offset, stretch.precision,
            _joined(stretch.assumed) if stretch.assumed else _NULL, stretch.texts,
        )  # fmt: skip
        self._first += _flat(count, file_id, range(ordinal, ordinal + count), stretch.starts, stretch.ends, ids)
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
            extra = json.dumps(more.extra, ensure_ascii=False, sort_keys=True, default=str) if more.extra else _NULL
            files = [row[1:] for row in _attachment_rows(0, list(map(_attachment_view, more.attachments)))]
            self._standing[id(more)] = known = more, extra, files, respelt(more.text)
        _, extra, files, spelt = known
        if spelt is not None:
            self._rows[ADD_PASSAGE].append((values[0], spelt, "", None))
        self._rows[_ADD_TYPED].append((*values[:-1], more.text, more.kind, extra))
        self._rows[_ADD_ATTACHMENT] += [(values[0], *file) for file in files]

    def told(
        self, row: int, recipients: Sequence[int], reactions: Sequence[tuple[int | None, str, int | None]]
    ) -> None:
        """Add to whom a new message was sent and how it was received."""
        self._rows[_ADD_RECIPIENT] += [(row, place, identity) for place, identity in enumerate(recipients)]
        self._rows[_ADD_REACTION] += [(row, place, *reaction) for place, reaction in enumerate(reactions)]

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


REMEMBERED = 10_000
ROWS = 100  # to a statement: a third less work than row by row; of one size, for every size is compiled and kept


def _flat(count: int, *columns: object) -> list[object]:
    """The values of *count* rows one after the other; a column is a sequence of them, or one for all rows."""
    width = len(columns)
    rows: list[object] = [None] * (width * count)
    for place, column in enumerate(columns):
        alike = column is None or isinstance(column, (int, str))
        rows[place::width] = [column] * count if alike else cast("Sequence[object]", column)
    return rows


def _insert_flat(sql: sqlite3.Connection, statement: str, width: int, rows: list[object]) -> None:
    """Insert rows of *width* values, which come one after the other; *statement* as of `_insert`."""
    step = width * ROWS
    whole = len(rows) - len(rows) % step
    many = _many(statement)
    for start in range(0, whole, step):
        sql.execute(many, rows[start : start + step])
    for start in range(whole, len(rows), width):
        sql.execute(statement, rows[start : start + width])


@cache
def _many(statement: str) -> str:
    """The statement for ROWS rows at once."""
    head, values = statement.rsplit("values", 1)
    return f"{head}values{','.join([values] * ROWS)}"


def _insert(sql: sqlite3.Connection, statement: str, rows: list[_Row]) -> None:
    """Insert *rows*, many to a statement; *statement* ends in the parentheses that stand for one row."""
    whole = len(rows) - len(rows) % ROWS
    if whole:
        many = _many(statement)
        for start in range(0, whole, ROWS):
            sql.execute(many, list(chain.from_iterable(rows[start : start + ROWS])))
    sql.executemany(statement, rows[whole:])


_COMMON = """id, conversation_id, seq, local_minute, match_key, occurrence, sender_id, sent_at, tz_offset, precision,
  assumed, text"""
# Python's sqlite3 asks around for what a None may be, a third of a microsecond each, and most rows have some: where
# many are bound, a number that no text is like stands for null.
_NULL = 0
_ADD_PLAIN = f"insert into message ({_COMMON}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {_NULL}), ?)"
_ADD_TYPED = f"""
insert into message ({_COMMON}, kind, extra)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {_NULL}), ?, ?, nullif(?, {_NULL}))
"""
_ADD_FULL = f"""
insert into message ({_COMMON}, kind, subject, html, native_id, reply_to, extra, spans, native_thread, claim)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, {_NULL}), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
_ADD_ATTACHMENT = f"""
insert into attachment
values (?, ?, nullif(?, {_NULL}), nullif(?, {_NULL}), nullif(?, '{_NULL}'), nullif(?, {_NULL}), ?)
"""
_ADD_LABEL = "insert into label values (?, ?)"
_ADD_REFERENCE = "insert into reference values (?, ?, ?)"
_ADD_THREAD = "insert into thread (message_id, key, subject) values (?, ?, ?)"
_ADD_RECIPIENT = "insert into recipient values (?, ?, ?)"
_ADD_REACTION = "insert into reaction values (?, ?, ?, ?, ?)"
_PLAIN, _FIRST = 12, 5  # values in a row of these two
_IN_ORDER = (
    _ADD_TYPED, _ADD_FULL, _ADD_AGAIN, _ADD_UNREAD, _ADD_ATTACHMENT, _ADD_RECIPIENT, _ADD_REACTION,
    _ADD_LABEL, _ADD_REFERENCE, ADD_PASSAGE, _ADD_THREAD,
)  # fmt: skip


# Tables whose rows go with their message; threads after what points at them was loosened.
DETAILS = ("attachment", "recipient", "reaction", "label", "reference", "passage", "thread", "message_revision")


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


def find_stored(
    sql: sqlite3.Connection, incoming: Sequence[tuple[int, Incoming]], clocks: Callable[[int], Collection[int]]
) -> dict[int, Stored]:
    """Which of these are in the archive already, by the number they come with. *clocks*: minutes east of UTC that the
    messages of a conversation were read with."""
    sql.execute(
        """
        create table if not exists temp.incoming
          (n integer, minute integer, match_key integer, occurrence integer, conversation integer)
        """
    )
    sql.execute("delete from temp.incoming")
    sql.executemany(
        "insert into temp.incoming values (?, ?, ?, ?, ?)",
        [
            (n, minute, one.key, one.occurrence, one.conversation_id)
            for n, one in incoming
            for minute in _minutes(one, clocks)
        ],
    )
    found = {
        n: Stored(row, seq, bare_view(view))
        for n, row, seq, *view in sql.execute(
            f"""
            select i.n, m.id, m.seq, {", ".join("m." + column for column in COLUMNS)}
            from temp.incoming i cross join message m
              on m.local_minute = i.minute and m.match_key = i.match_key
              and m.occurrence = i.occurrence and m.conversation_id = i.conversation
            """
        )
    }
    load_details(sql, {stored.row: stored for stored in found.values()})
    return found


def _minutes(one: Incoming, clocks: Callable[[int], Collection[int]]) -> Collection[int]:
    """The minutes on the wall under which a message may be stored: with a key of its own it is the same one, whatever
    zone somebody named."""
    if one.occurrence != OWN_KEY or one.sent_at is None:
        return (one.minute,)
    return {one.minute, *(one.sent_at // 60_000 + offset for offset in clocks(one.conversation_id))}


def bare_view(columns: Sequence[object]) -> View:
    """A view out of a message's row alone: the values of COLUMNS."""
    view: View = dict(zip(COLUMNS, columns, strict=True))
    view |= {name: [] for name in LISTS} | {"home": None}
    return view


_CHUNK = 10_000


def load_details(sql: sqlite3.Connection, by_row: dict[int, Stored]) -> None:
    """What is in other tables, and the first record's own words, for the few messages that have them."""
    wanted = sorted(by_row)
    for begin in range(0, len(wanted), _CHUNK):
        rows = json.dumps(wanted[begin : begin + _CHUNK])
        for row, *values in sql.execute(
            """
            select message_id, name, media_type, size, sha256, state from attachment
            where message_id in (select value from json_each(?)) order by message_id, position
            """,
            (rows,),
        ):
            by_row[row].view["attachments"].append(
                dict(zip(("name", "media_type", "size", "sha256", "state"), values, strict=True))
            )
        for row, *reaction in sql.execute(
            """
            select message_id, identity_id, value, reacted_at from reaction
            where message_id in (select value from json_each(?)) order by message_id, position
            """,
            (rows,),
        ):
            by_row[row].view["reactions"].append(reaction)
        for row, said in sql.execute(
            """
            select message_id, said from record
            where message_id in (select value from json_each(?)) and role = 'first' and said is not null
            """,
            (rows,),
        ):
            by_row[row].first_said = json.loads(said)
    _load_letters(sql, {row: one for row, one in by_row.items() if one.view["claim"] is not None})


def _load_letters(sql: sqlite3.Connection, by_row: dict[int, Stored]) -> None:
    wanted = sorted(by_row)
    for begin in range(0, len(wanted), _CHUNK):
        rows = (json.dumps(wanted[begin : begin + _CHUNK]),)
        those = "(select value from json_each(?))"
        for row, name in sql.execute(
            f"select message_id, name from label where message_id in {those} order by message_id, name", rows
        ):
            by_row[row].view["labels"].append(name)
        for row, key in sql.execute(
            f"select message_id, key from reference where message_id in {those} order by message_id, position", rows
        ):
            by_row[row].view["references"].append(key)
        for row, key in sql.execute(
            f"select m.id, c.key from message m join conversation c on c.id = m.conversation_id where m.id in {those}",
            rows,
        ):
            by_row[row].view["home"] = key


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
        _insert(sql, _ADD_ATTACHMENT, _attachment_rows(row, view["attachments"]))
    if before["reactions"] != view["reactions"]:
        sql.execute("delete from reaction where message_id = ?", (row,))
        sql.executemany(_ADD_REACTION, [(row, place, *one) for place, one in enumerate(view["reactions"])])
    if view["claim"] is not None:
        _rewrite_letter(sql, row, before, view)


def _rewrite_letter(sql: sqlite3.Connection, row: int, before: View, view: View) -> None:
    if before["labels"] != view["labels"]:
        sql.execute("delete from label where message_id = ?", (row,))
        sql.executemany(_ADD_LABEL, [(row, name) for name in view["labels"]])
    if before["references"] != view["references"]:
        sql.execute("delete from reference where message_id = ?", (row,))
        sql.executemany(_ADD_REFERENCE, [(row, place, key) for place, key in enumerate(view["references"])])
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


def _attachment_rows(row: int, files: Sequence[View]) -> list[tuple[object, ...]]:
    return [
        (row, place, *(_bound(file[field]) for field in ("name", "media_type")), _bound(file["size"], str(_NULL)),
         _bound(file["sha256"]), file["state"])
        for place, file in enumerate(files)
    ]  # fmt: skip


def _bound(value: object, null: object = _NULL) -> object:
    return null if value is None else value
