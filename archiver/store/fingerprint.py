"""Whether a conversation reads as it did: a sum over all that its messages are made of, row by row."""

import hashlib
import sqlite3

# Everything that reads.in_order shows, in an order that does not depend on the query plan.
_PARTS = (
    "select id, key, title, source, kind from conversation where id = :conversation",
    """
    select id, seq, local_minute, match_key, occurrence, kind, sender_id, sent_at, tz_offset, precision, subject, text,
      native_id, reply_to, edited_at, deleted_at, extra, spans, duplicate_of
    from message where conversation_id = :conversation order by seq
    """,
    """
    select distinct i.id, i.scheme, i.value, i.name,
      (select person_id from identity_link where identity_id = i.id order by id desc limit 1)
    from identity i where i.id in (
      select sender_id from message where conversation_id = :conversation
      union select r.identity_id from reaction r join message m on m.id = r.message_id
      where m.conversation_id = :conversation
      union select r.identity_id from recipient r join message m on m.id = r.message_id
      where m.conversation_id = :conversation)
    order by i.id
    """,
    """
    select a.* from attachment a join message m on m.id = a.message_id
    where m.conversation_id = :conversation order by a.message_id, a.position
    """,
    """
    select r.* from reaction r join message m on m.id = r.message_id
    where m.conversation_id = :conversation order by r.message_id, r.position
    """,
    """
    select r.* from recipient r join message m on m.id = r.message_id
    where m.conversation_id = :conversation order by r.message_id, r.position
    """,
    """
    select l.* from label l join message m on m.id = l.message_id
    where m.conversation_id = :conversation order by l.message_id, l.name
    """,
    """
    select t.message_id, t.thread_id, t.joined, p.local_minute, p.match_key, p.occurrence
    from thread t join message m on m.id = t.message_id left join message p on p.id = t.parent_id
    where m.conversation_id = :conversation order by t.message_id
    """,
)
_ROWS = 500  # rows summed at once


def fingerprint(sql: sqlite3.Connection, conversation_id: int) -> bytes:
    """32 bytes that change when anything does that reading this conversation shows."""
    total = hashlib.blake2b(digest_size=32)
    for part in _PARTS:
        rows = sql.execute(part, {"conversation": conversation_id})
        while found := rows.fetchmany(_ROWS):
            total.update(repr(found).encode("utf-8", "surrogatepass"))
        total.update(b"\0")
    return total.digest()
