"""Messages out of the tables and into records."""

import dataclasses
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from archiver.model import (
    Attachment,
    Handle,
    InThread,
    KeptConversation,
    KeptMessage,
    Provenance,
    Reaction,
    Sender,
    Span,
)
from archiver.store.archive import Archive
from archiver.store.ids import minute_of, public_id
from archiver.store.tags import of_messages

_PAGE = 1000
_BLOCK = 1 << 20


def load(sql: sqlite3.Connection, rows: Sequence[int]) -> list[KeptMessage]:
    """The messages with these row ids, in the order asked for; ids that are not there are left out."""
    wanted = json.dumps(list(rows))
    files, reactions, origins = _attachments(sql, wanted), _reactions(sql, wanted), _origins(sql, wanted)
    answered, labels, recipients = _answered(sql, wanted), _labels(sql, wanted), _recipients(sql, wanted)
    found = {
        row[0]: dataclasses.replace(
            _message(row, files.get(row[0], ()), reactions.get(row[0], ()), origins.get(row[0]), answered),
            labels=tuple(labels.get(row[0], ())),
            recipients=tuple(recipients.get(row[0], ())),
        )
        for row in sql.execute(
            """
            select m.id, m.local_minute, m.match_key, m.occurrence, c.key, c.title, c.id, c.source, m.kind,
              i.name, i.scheme, i.value, l.person_id, i.id, m.sent_at, m.sent_local, m.precision, m.subject, m.text,
              m.edited_at, m.deleted_at, m.extra, m.spans
            from message m
            join conversation c on c.id = m.conversation_id
            left join identity i on i.id = m.sender_id
            left join identity_link l on l.id =
              (select max(newest.id) from identity_link newest where newest.identity_id = i.id)
            where m.id in (select value from json_each(?))
            """,
            (wanted,),
        )
    }
    _tag(sql, found)
    return [found[row] for row in rows if row in found]


def _tag(sql: sqlite3.Connection, found: dict[int, KeptMessage]) -> None:
    """Put the tags on those that have any."""
    given = of_messages(sql, [one.id for one in found.values()])
    if given:
        found |= {
            row: dataclasses.replace(one, tags=tuple(given[one.id])) for row, one in found.items() if one.id in given
        }


def _message(
    row: Sequence[object],
    attachments: Sequence[Attachment],
    reactions: Sequence[Reaction],
    origin: Provenance | None,
    answered: Mapping[int, str],
) -> KeptMessage:
    (row_id, minute, match_key, occurrence, key, title, conversation_id, source, kind, name, scheme, value, person,
     identity, sent_at, sent_local, precision, subject, text, edited_at, deleted_at, extra, spans) = row  # fmt: skip
    sender = None if identity is None else Sender(str(name), str(scheme), str(value), _int(person), _int(identity))
    return KeptMessage(
        id=public_id(_int(minute), _int(match_key), _int(occurrence)),
        row=_int(row_id),
        conversation=str(key),
        conversation_title=str(title),
        conversation_id=_int(conversation_id),
        source=str(source),
        kind=str(kind),
        sender=sender,
        at=utc(sent_at),
        at_local=_text(sent_local),
        precision=_text(precision),
        subject=_text(subject),
        text=str(text),
        reply_to=answered.get(_int(row_id)),
        attachments=tuple(attachments),
        reactions=tuple(reactions),
        edited_at=utc(edited_at),
        deleted_at=utc(deleted_at),
        origin=origin,
        extra=json.loads(str(extra)) if extra else {},
        spans=tuple(Span(*span) for span in json.loads(str(spans))) if spans else (),
    )


def _int(value: object) -> int:
    return value if isinstance(value, int) else int(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def utc(milliseconds: object) -> str | None:
    """UTC milliseconds as ISO 8601; fractions only where there are any."""
    if milliseconds is None:
        return None
    whole, rest = divmod(_int(milliseconds), 1000)
    at = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{at}.{rest:03}Z" if rest else f"{at}Z"


def _attachments(sql: sqlite3.Connection, wanted: str) -> dict[int, list[Attachment]]:
    found = defaultdict(list)
    for row, name, media_type, size, sha256, state in sql.execute(
        """
        select message_id, name, media_type, size, sha256, state from attachment
        where message_id in (select value from json_each(?)) order by message_id, position
        """,
        (wanted,),
    ):
        found[row].append(Attachment(name=name, media_type=media_type, size=size, sha256=sha256, state=state))
    return found


def _reactions(sql: sqlite3.Connection, wanted: str) -> dict[int, list[Reaction]]:
    found = defaultdict(list)
    for row, scheme, value, name, scope, mark, at in sql.execute(
        """
        select r.message_id, i.scheme, i.value, i.name, i.scope, r.value, r.reacted_at
        from reaction r left join identity i on i.id = r.identity_id
        where r.message_id in (select value from json_each(?)) order by r.message_id, r.position
        """,
        (wanted,),
    ):
        by = Handle(scheme, value, name, scope) if scheme is not None else None
        found[row].append(Reaction(by, mark, datetime.fromtimestamp(at / 1000, UTC) if at is not None else None))
    return found


def _answered(sql: sqlite3.Connection, wanted: str) -> dict[int, str]:
    """Public ids of the messages that these reply to, where the archive has them."""
    return {
        row: public_id(minute, match_key, occurrence)
        for row, minute, match_key, occurrence in sql.execute(
            """
            select reply.id, m.local_minute, m.match_key, m.occurrence
            from message reply
            join message asked on asked.native_id = reply.reply_to and asked.conversation_id = reply.conversation_id
            join message m on m.id = coalesce(asked.duplicate_of, asked.id)
            where reply.id in (select value from json_each(:wanted)) and reply.reply_to is not null
            union all
            select t.message_id, m.local_minute, m.match_key, m.occurrence
            from thread t join message m on m.id = t.parent_id
            where t.message_id in (select value from json_each(:wanted))
            """,
            {"wanted": wanted},
        )
    }


def _labels(sql: sqlite3.Connection, wanted: str) -> dict[int, list[str]]:
    found = defaultdict(list)
    for row, name in sql.execute(
        "select message_id, name from label where message_id in (select value from json_each(?)) order by 1, 2",
        (wanted,),
    ):
        found[row].append(name)
    return found


def _recipients(sql: sqlite3.Connection, wanted: str) -> dict[int, list[Handle]]:
    found = defaultdict(list)
    for row, scheme, value, name, scope in sql.execute(
        """
        select r.message_id, i.scheme, i.value, i.name, i.scope
        from recipient r join identity i on i.id = r.identity_id
        where r.message_id in (select value from json_each(?)) order by r.message_id, r.position
        """,
        (wanted,),
    ):
        found[row].append(Handle(scheme, value, name, scope))
    return found


def thread(sql: sqlite3.Connection, row: int) -> list[InThread]:
    """The thread a letter belongs to, each letter under the one it answers, in the order of time; [] without one."""
    members = sql.execute(
        """
        select t.message_id, t.parent_id, t.joined from thread t join message m on m.id = t.message_id
        where t.thread_id = (select thread_id from thread where message_id = ?)
        order by m.sent_at is null, m.sent_at, m.id
        """,
        (row,),
    ).fetchall()
    answers: dict[int | None, list[tuple[int, str]]] = {}
    here = {member for member, _, _ in members}
    for member, parent, joined in members:
        answers.setdefault(parent if parent in here else None, []).append((member, joined))
    places: list[tuple[int, int, str]] = []
    waiting = [(member, 0, joined) for member, joined in reversed(answers.get(None, []))]
    while waiting:
        member, depth, joined = waiting.pop()
        places.append((member, depth, joined))
        waiting += [(answer, depth + 1, how) for answer, how in reversed(answers.get(member, []))]
    messages = {message.row: message for message in load(sql, [member for member, _, _ in places])}
    return [InThread(messages[member], depth, joined) for member, depth, joined in places]


def in_thread(sql: sqlite3.Connection, row: int) -> int:
    """How many letters are in the thread that a letter belongs to; 0 without one."""
    (count,) = sql.execute(
        "select count(*) from thread where thread_id = (select thread_id from thread where message_id = ?)", (row,)
    ).fetchone()
    return int(count)


def _origins(sql: sqlite3.Connection, wanted: str) -> dict[int, Provenance]:
    return {
        row: Provenance(path, sha256, start, end)
        for row, path, sha256, start, end in sql.execute(
            """
            select r.message_id, f.path, f.sha256, r.byte_start, r.byte_end
            from record r join source_file f on f.id = r.source_file_id
            where r.message_id in (select value from json_each(?)) and r.role = 'first'
            """,
            (wanted,),
        )
    }


def find(sql: sqlite3.Connection, identifier: str) -> list[int]:
    """Row ids of the messages with this public id (more than one only by a 40-bit chance)."""
    minute = minute_of(identifier)
    if minute is None:
        return []
    return [
        row
        for row, key, occurrence in sql.execute(
            "select id, match_key, occurrence from message where local_minute = ?", (minute,)
        )
        if public_id(minute, key, occurrence) == identifier
    ]


def hidden_as(sql: sqlite3.Connection, row: int) -> str | None:
    """Public id of what a hidden message is probably the same as; None for one that is shown."""
    found = sql.execute(
        """
        select m.local_minute, m.match_key, m.occurrence
        from message hidden join message m on m.id = hidden.duplicate_of where hidden.id = ?
        """,
        (row,),
    ).fetchone()
    return public_id(*found) if found else None


def conversations(sql: sqlite3.Connection) -> list[KeptConversation]:
    """All conversations, most talkative first; what is hidden is not counted.

    One in which nothing was said is none: a mailbox all of whose letters lie in lists.
    """
    return [
        KeptConversation(*row)
        for row in sql.execute(
            """
            select c.id, c.key, c.title, c.source, c.kind, count(m.id), count(distinct m.sender_id),
              min(m.sent_local), max(m.sent_local)
            from conversation c left join message m on m.conversation_id = c.id and m.duplicate_of is null
            where exists (select 1 from message said where said.conversation_id = c.id)
            group by c.id order by count(m.id) desc, c.title, c.key
            """
        )
    ]


def in_order(sql: sqlite3.Connection, conversation_id: int) -> Iterator[KeptMessage]:
    """A conversation's messages in reading order, a page at a time, so that no lock is held in between.

    Without the hidden ones.
    """
    after = -1
    while True:
        rows = sql.execute(
            """
            select id, seq from message where conversation_id = :conversation and seq > :after and duplicate_of is null
            order by seq limit :page
            """,
            {"conversation": conversation_id, "after": after, "page": _PAGE},
        ).fetchall()
        if not rows:
            return
        after = rows[-1][1]
        yield from load(sql, [row for row, _ in rows])


def observations(sql: sqlite3.Connection, row: int) -> list[tuple[str, Provenance]]:
    """Every place a message was seen in: (role, where), in the order of the imports."""
    return [
        (role, Provenance(path, sha256, start, end))
        for role, path, sha256, start, end in sql.execute(
            """
            select r.role, f.path, f.sha256, r.byte_start, r.byte_end
            from record r join source_file f on f.id = r.source_file_id
            where r.message_id = ? order by r.source_file_id, r.ordinal
            """,
            (row,),
        )
    ]


def raw(archive: Archive, message: KeptMessage) -> bytes:
    """The original bytes of a message, out of the kept file."""
    if message.origin is None:
        return b""
    return b"".join(original(archive, message.origin.sha256, message.origin.start, message.origin.end))


def original(archive: Archive, sha256: str, start: int, end: int) -> Iterator[bytes]:
    """Bytes [start, end) of a kept file, in blocks."""
    with archive.blobs.open(sha256) as file:
        file.seek(start)
        left = end - start
        while left and (block := file.read(min(left, _BLOCK))):
            left -= len(block)
            yield block
