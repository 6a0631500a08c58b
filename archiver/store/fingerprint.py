"""Whether a conversation reads as it did: a sum over all that its messages are made of, row by row.

And whether anything was written at all: every commit writes the database's first page, so its file has another time.
"""

import hashlib
import sqlite3
import time
from pathlib import Path

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
    """
    select r.message_id, r.byte_start, r.byte_end, f.path, f.sha256
    from record r join message m on m.id = r.message_id join source_file f on f.id = r.source_file_id
    where m.conversation_id = :conversation and r.role = 'first' order by r.message_id, f.id, r.ordinal
    """,
)
_ROWS = 500  # rows summed at once
_SECOND = 1_000_000_000
_FINE, _COARSE = 20_000_000, 2_500_000_000  # nanoseconds: how coarsely times are told on most disks, and on some


def fingerprint(sql: sqlite3.Connection, conversation_id: int) -> bytes:
    """32 bytes that change when anything does that reading this conversation shows."""
    total = hashlib.blake2b(digest_size=32)
    for part in _PARTS:
        rows = sql.execute(part, {"conversation": conversation_id})
        while found := rows.fetchmany(_ROWS):
            total.update(repr(found).encode("utf-8", "surrogatepass"))
        total.update(b"\0")
    return total.digest()


def stamp(folder: Path, *, settled: bool = False) -> str:
    """What the system tells of an archive's database: another one after every commit.

    Two commits in one tick of the system's clock look alike; therefore "" with *settled* until the tick is over. The
    file is not opened: to close it again would let go of this process's locks on it.
    """
    told = (folder / "archive.db").stat()
    tick = _FINE if told.st_mtime_ns % _SECOND and told.st_ctime_ns % _SECOND else _COARSE
    if settled and time.time_ns() - max(told.st_mtime_ns, told.st_ctime_ns) < tick:
        return ""
    return f"{told.st_dev} {told.st_ino} {told.st_size} {told.st_mtime_ns} {told.st_ctime_ns}"
