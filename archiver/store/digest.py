"""One number for all an archive knows: SHA-256 over its logical content, free of row ids and import times.

Import again, undo, repair and restore are proven by it. Two archives with the same digest say the same.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator

# Each part in an order that depends on content only. A time is told by its wall clock; the UTC time joins in
# when the zone was known and not assumed, for an assumption is not content.
_PARTS = {
    "conversation": "select key, source, native_id, title, kind from conversation order by key",
    "message": """
        select c.key, m.local_minute, m.match_key, m.occurrence, m.kind, i.scheme, i.value, i.scope, m.sent_local,
          case when m.assumed is null or instr(m.assumed, 'zone') = 0 then m.sent_at end, m.precision, m.subject,
          m.text, m.html, m.native_id, m.reply_to, m.edited_at, m.deleted_at, m.extra
        from message m
        join conversation c on c.id = m.conversation_id
        left join identity i on i.id = m.sender_id
        order by m.local_minute, m.match_key, m.occurrence, c.key
        """,
    "attachment": """
        select c.key, m.local_minute, m.match_key, m.occurrence, a.position, a.name, a.media_type, a.size,
          a.sha256, a.state
        from attachment a
        join message m on m.id = a.message_id
        join conversation c on c.id = m.conversation_id
        order by m.local_minute, m.match_key, m.occurrence, c.key, a.position
        """,
    "recipient": """
        select c.key, m.local_minute, m.match_key, m.occurrence, r.position, i.scheme, i.value, i.scope
        from recipient r
        join message m on m.id = r.message_id
        join conversation c on c.id = m.conversation_id
        join identity i on i.id = r.identity_id
        order by m.local_minute, m.match_key, m.occurrence, c.key, r.position
        """,
    "reaction": """
        select c.key, m.local_minute, m.match_key, m.occurrence, i.scheme, i.value, i.scope, r.value, r.reacted_at
        from reaction r
        join message m on m.id = r.message_id
        join conversation c on c.id = m.conversation_id
        left join identity i on i.id = r.identity_id
        order by m.local_minute, m.match_key, m.occurrence, c.key, i.scheme, i.value, i.scope, r.value, r.reacted_at
        """,
    "identity": "select scheme, value, scope, name from identity order by scheme, value, scope",
    "person": """
        with newest as (select identity_id, person_id from identity_link
          where id in (select max(id) from identity_link group by identity_id))
        select min(i.scheme || char(31) || i.value || char(31) || i.scope) as first,
          i2.scheme, i2.value, i2.scope
        from newest l
        join identity i on i.id = l.identity_id
        join newest l2 on l2.person_id = l.person_id
        join identity i2 on i2.id = l2.identity_id
        group by l.person_id, i2.id order by first, i2.scheme, i2.value, i2.scope
        """,
    "member": """
        select distinct c.key, i.scheme, i.value, i.scope from member m
        join conversation c on c.id = m.conversation_id join identity i on i.id = m.identity_id
        order by c.key, i.scheme, i.value, i.scope
        """,
    "tag": "select public_id, name from tag order by public_id, name",
}

# What only letters have; left out where there are none, so that an archive says the same as before there were any.
_LETTER_PARTS = {
    "label": """
        select c.key, m.local_minute, m.match_key, m.occurrence, l.name
        from label l
        join message m on m.id = l.message_id
        join conversation c on c.id = m.conversation_id
        order by m.local_minute, m.match_key, m.occurrence, c.key, l.name
        """,
    "thread": """
        select m.local_minute, m.match_key, m.occurrence, first.local_minute, first.match_key, first.occurrence,
          parent.local_minute, parent.match_key, parent.occurrence, t.joined
        from thread t
        join message m on m.id = t.message_id
        left join message first on first.id = t.thread_id
        left join message parent on parent.id = t.parent_id
        order by m.local_minute, m.match_key, m.occurrence, first.local_minute, first.match_key
        """,
}


def digest(sql: sqlite3.Connection) -> str:
    """The archive's digest, hex."""
    total = hashlib.sha256()
    for line in _lines(sql):
        total.update(line)
    return total.hexdigest()


def _lines(sql: sqlite3.Connection) -> Iterator[bytes]:
    encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
    for part, query in _PARTS.items():
        yield part.encode() + b"\n"
        for row in sql.execute(query):
            yield encode(row).encode("ascii") + b"\n"
    for part, query in _LETTER_PARTS.items():
        if sql.execute("select 1 from sqlite_schema where name = ?", (part,)).fetchone():
            for row in sql.execute(query):
                yield part.encode() + encode(row).encode("ascii") + b"\n"
