"""People as publishing has to know them: everybody in some conversations, with all they go by."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from archiver.model import Handle
from archiver.privacy.people import Person

_SAME = "(select max(newest.id) from identity_link newest where newest.identity_id = i.id)"
_IN = """
select sender_id from message where conversation_id in (select value from json_each(:where)) and sender_id is not null
union select r.identity_id from reaction r join message m on m.id = r.message_id
  where m.conversation_id in (select value from json_each(:where)) and r.identity_id is not null
union select r.identity_id from recipient r join message m on m.id = r.message_id
  where m.conversation_id in (select value from json_each(:where))
union select identity_id from member where conversation_id in (select value from json_each(:where))
"""
_ALL = "select id from identity"


def people(sql: sqlite3.Connection, conversations: Sequence[int] | None = None) -> list[Person]:
    """Everybody in these conversations (row ids), who speaks, reacts, belongs or is written to, or in all: in the
    order in which the archive met them."""
    where = json.dumps(list(conversations or ()))
    names: dict[int, list[str]] = defaultdict(list)
    for row, name in sql.execute("select distinct identity_id, name from identity_name order by identity_id, name"):
        names[row].append(name)
    found: dict[int, list[tuple[int, Handle, str]]] = {}
    for person, shown, row, *handle in sql.execute(
        f"""
        select l.person_id, p.name, i.id, i.scheme, i.value, i.name, i.scope
        from identity i
        join identity_link l on l.id = {_SAME}
        join person p on p.id = l.person_id
        where l.person_id in (
          select l.person_id from identity i join identity_link l on l.id = {_SAME}
          where i.id in ({_ALL if conversations is None else _IN}))
        order by i.id
        """,
        {} if conversations is None else {"where": where},
    ):
        found.setdefault(person, []).append((row, Handle(*handle), shown))
    return [
        Person(
            id=person,
            name=rows[0][2],
            handles=tuple(handle for _, handle, _ in rows),
            identities=tuple(row for row, _, _ in rows),
            names=tuple(dict.fromkeys(name for row, _, _ in rows for name in names.get(row, ()))),
        )
        for person, rows in found.items()
    ]


def strangers(sql: sqlite3.Connection, conversations: Sequence[int]) -> list[str]:
    """Names of those who are told of by a platform ("Ana added Ben") in these conversations, whoever they are."""
    return [
        name
        for (name,) in sql.execute(
            """
            select distinct trim(named.value, :around) as name
            from message m, json_each(m.extra, '$.people') as named
            where m.conversation_id in (select value from json_each(:where)) and m.extra is not null
              and json_type(m.extra, '$.people') = 'array' and named.type = 'text'
            order by name
            """,
            {"where": json.dumps(list(conversations)), "around": " ~@\u2068\u2069\u200e\u202a\u202c"},
        )
        if any(map(str.isalpha, name))
    ]


def said_by(sql: sqlite3.Connection, conversations: Sequence[int], identities: Sequence[int]) -> list[str]:
    """All that these identities wrote in these conversations, without what they quote."""
    return [
        text
        for (text,) in sql.execute(
            """
            select ifnull(p.own, m.text) from message m left join passage p on p.message_id = m.id
            where m.conversation_id in (select value from json_each(:where))
              and m.sender_id in (select value from json_each(:who)) order by m.id
            """,
            {"where": json.dumps(list(conversations)), "who": json.dumps(list(identities))},
        )
    ]
