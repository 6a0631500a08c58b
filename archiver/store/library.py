"""The archive as exporters see it."""

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from archiver.contracts import Letter, Original, Outline
from archiver.model import KeptConversation, KeptMessage, Sender
from archiver.store import reads
from archiver.store.archive import Archive
from archiver.store.fingerprint import fingerprint, stamp
from archiver.store.ids import public_id

_UNDER_POSTS = frozenset({"post", "comment"})  # kinds of message


class StoredLibrary:
    """A contracts.Library over an open archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def conversations(self) -> Sequence[KeptConversation]:
        return reads.conversations(self._archive.connection)

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        return reads.in_order(self._archive.connection, conversation_id)

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        told = self._told_in_threads(conversation_id)
        for sent_local, length, kind, *parts in self._archive.connection.execute(
            """
            select m.sent_local, length(m.text), m.kind, shown.local_minute, shown.match_key, shown.occurrence,
              m.local_minute, m.match_key, m.occurrence, begun.local_minute, begun.match_key, begun.occurrence
            from message m
            left join message asked on asked.native_id = m.reply_to and asked.conversation_id = m.conversation_id
            left join thread t on t.message_id = m.id
            left join message shown on shown.id = coalesce(asked.duplicate_of, asked.id, t.parent_id)
            left join message first on first.id = t.thread_id
            left join message begun on begun.id = coalesce(first.duplicate_of, first.id)
            where m.conversation_id = ? and m.duplicate_of is null order by m.seq
            """,
            (conversation_id,),
        ):
            reply_to = _id(*parts[:3])
            if told or kind in _UNDER_POSTS:
                own = _id(*parts[3:6]) or ""
                yield Outline(sent_local, length, reply_to, own, _id(*parts[6:]) or reply_to or own)
            else:
                yield Outline(sent_local, length, reply_to)

    def _told_in_threads(self, conversation_id: int) -> bool:
        """Whether what is said there are letters or posts, and no talk; in groups of Facebook, it is posts beside
        other things."""
        found = self._archive.connection.execute(
            "select source = 'mail' or kind in ('list', 'page', 'feed') from conversation where id = ?",
            (conversation_id,),
        ).fetchone()
        return bool(found and found[0])

    def fingerprint(self, conversation_id: int) -> bytes:
        """The same as long as reading the conversation gives the same."""
        return fingerprint(self._archive.connection, conversation_id)

    def stamp(self, *, settled: bool = False) -> str:
        """Another one after every change of anything in the archive, told without reading it."""
        return stamp(self._archive.folder, settled=settled)

    def people(self, conversation_id: int) -> Sequence[Sender]:
        """Who speaks in a conversation, in the order of their identities."""
        return [
            Sender(*row)
            for row in self._archive.connection.execute(
                """
                select i.name, i.scheme, i.value, l.person_id, i.id
                from identity i join identity_link l on l.id =
                  (select max(newest.id) from identity_link newest where newest.identity_id = i.id)
                where i.id in
                  (select distinct sender_id from message where conversation_id = ? and duplicate_of is null)
                order by i.id
                """,
                (conversation_id,),
            )
        ]

    def originals(self, source: str, conversations: Sequence[int] = ()) -> Iterator[Original]:
        """Where each message of a source was read from first, of some conversations or of all."""
        for row in self._archive.connection.execute(
            """
            select f.path, f.sha256, r.byte_start, r.byte_end, i.value, m.sent_at, m.id
            from source_file f
            join record r on r.source_file_id = f.id and r.role = 'first'
            join message m on m.id = r.message_id
            join conversation c on c.id = m.conversation_id
            left join identity i on i.id = m.sender_id
            where c.source = :source
              and (:conversations = '[]' or c.id in (select value from json_each(:conversations)))
            order by f.id, r.ordinal
            """,
            {"source": source, "conversations": json.dumps(list(conversations))},
        ):
            yield Original(*row)

    def original(self, of: Original) -> Iterator[bytes]:
        """The bytes themselves, in blocks."""
        return reads.original(self._archive, of.sha256, of.start, of.end)

    def letter(self, of: Original) -> Letter:
        """What was read there, for a place whose bytes are no letter."""
        sql = self._archive.connection
        (message,) = reads.load(sql, [of.row])
        native_id, html = sql.execute("select native_id, html from message where id = ?", (of.row,)).fetchone()
        keys = sql.execute("select key from reference where message_id = ? order by position", (of.row,))
        return Letter(message, native_id, tuple(key for (key,) in keys), html)

    def attachment(self, sha256: str) -> BinaryIO:
        return self._archive.blobs.open(sha256)


def _id(minute: int | None, match_key: int, occurrence: int) -> str | None:
    return None if minute is None else public_id(minute, match_key, occurrence)
