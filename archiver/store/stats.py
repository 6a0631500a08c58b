"""What statistics are made of: counts over all shown messages, or over those that a query found."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.store.ids import UNDATED

_SHOWN = "m.duplicate_of is null"
_CHOSEN = "m.id in (select value from json_each(:rows))"
_SAID = "m.kind not like 'event%'"


@dataclass(frozen=True, slots=True)
class Scope:
    """The messages that are counted: all that are shown, or those with these row ids."""

    rows: Sequence[int] | None = None

    @property
    def test(self) -> str:
        return _SHOWN if self.rows is None else _CHOSEN

    @property
    def values(self) -> dict[str, object]:
        return {"undated": UNDATED} | ({} if self.rows is None else {"rows": json.dumps(list(self.rows))})


@dataclass(frozen=True, slots=True)
class Talker:
    """A person by what they said: *first* and *last* are local days, *characters* those of all their texts."""

    person: int | None
    name: str
    messages: int
    characters: int
    conversations: int
    first: str | None
    last: str | None


def totals(sql: sqlite3.Connection, scope: Scope) -> dict[str, int]:
    """How much there is: messages, of which events and undated; people who speak, conversations, files."""
    names = ("messages", "events", "undated", "edited", "conversations")
    row = sql.execute(
        f"""
        select count(*), count(*) filter (where not {_SAID}), count(*) filter (where m.local_minute = :undated),
          count(*) filter (where m.edited_at is not null), count(distinct m.conversation_id)
        from message m where {scope.test}
        """,
        scope.values,
    ).fetchone()
    (people,) = sql.execute(
        f"""
        with {_NEWEST}
        select count(distinct l.person_id) from newest l
        where l.identity_id in (select distinct m.sender_id from message m where {scope.test} and {_SAID})
        """,
        scope.values,
    ).fetchone()
    files, kept = sql.execute(
        f"""
        select count(*), count(*) filter (where a.state = 'present')
        from attachment a join message m on m.id = a.message_id where {scope.test}
        """,
        scope.values,
    ).fetchone()
    return dict(zip(names, row, strict=True)) | {"people": people, "files": files, "files_kept": kept}


_NEWEST = """newest as (
  select identity_id, person_id from identity_link where id in (select max(id) from identity_link group by identity_id))
"""


def hours(sql: sqlite3.Connection, scope: Scope) -> list[tuple[str, int, int]]:
    """(source, wall-clock hours since 1970, messages), of dated messages that somebody wrote."""
    return sql.execute(
        f"""
        select c.source, hour, sum(messages) from (
          select m.conversation_id, cast(floor(m.local_minute / 60.0) as integer) as hour, count(*) as messages
          from message m
          where {scope.test} and {_SAID} and m.local_minute <> :undated
          group by m.conversation_id, hour)
        join conversation c on c.id = conversation_id
        group by c.source, hour order by hour, c.source
        """,
        scope.values,
    ).fetchall()


def sources(sql: sqlite3.Connection, scope: Scope) -> list[tuple[str, int, int]]:
    """(source, conversations, messages), the largest first."""
    return sql.execute(
        f"""
        select c.source, count(distinct c.id), count(*)
        from message m join conversation c on c.id = m.conversation_id
        where {scope.test} group by c.source order by count(*) desc, c.source
        """,
        scope.values,
    ).fetchall()


def people(sql: sqlite3.Connection, scope: Scope, most: int) -> list[Talker]:
    """Who said most, by number of messages."""
    return [
        Talker(*row)
        for row in sql.execute(
            f"""
            with {_NEWEST},
            spoken as (
              select m.sender_id, m.conversation_id, count(*) as messages, sum(length(m.text)) as characters,
                min(nullif(m.local_minute, :undated)) as first, max(nullif(m.local_minute, :undated)) as last
              from message m where {scope.test} and {_SAID} and m.sender_id is not null
              group by m.sender_id, m.conversation_id)
            select p.id, coalesce(p.name, i.name), sum(s.messages), sum(s.characters),
              count(distinct s.conversation_id), date(min(s.first) * 60, 'unixepoch'),
              date(max(s.last) * 60, 'unixepoch')
            from spoken s
            join identity i on i.id = s.sender_id
            left join newest l on l.identity_id = i.id
            left join person p on p.id = l.person_id
            group by coalesce(p.id, -i.id) order by sum(s.messages) desc, min(i.id) limit :most
            """,
            scope.values | {"most": most},
        )
    ]


def texts(sql: sqlite3.Connection, scope: Scope) -> Iterator[tuple[str, str]]:
    """(year or "undated", the writer's own words) of every message that somebody wrote, in no promised order."""
    yield from sql.execute(
        f"""
        select case when m.local_minute = :undated then 'undated'
            else strftime('%Y', m.local_minute * 60, 'unixepoch') end,
          coalesce(p.own, m.text)
        from message m left join passage p on p.message_id = m.id
        where {scope.test} and {_SAID} and m.text <> ''
        """,
        scope.values,
    )


def pointing(sql: sqlite3.Connection, scope: Scope) -> Iterator[tuple[int, str | None, str]]:
    """(row, local time, own words) of the messages in which there may be a web address."""
    yield from sql.execute(
        f"""
        select m.id, m.sent_local, coalesce(p.own, m.text)
        from message m left join passage p on p.message_id = m.id
        where {scope.test} and (instr(m.text, '://') > 0 or instr(m.text, 'www.') > 0 or instr(m.text, 'WWW.') > 0)
        """,
        scope.values,
    )


def conversations(sql: sqlite3.Connection, scope: Scope, most: int) -> list[tuple[str, int]]:
    """(title, messages), the largest first."""
    return sql.execute(
        f"""
        select c.title, count(*) from message m join conversation c on c.id = m.conversation_id
        where {scope.test} group by c.id order by count(*) desc, c.title limit :most
        """,
        scope.values | {"most": most},
    ).fetchall()


def years(sql: sqlite3.Connection, scope: Scope) -> list[tuple[str, int]]:
    """(year, messages) of the dated messages, the latest first."""
    return sql.execute(
        f"""
        select strftime('%Y', m.local_minute * 60, 'unixepoch') as year, count(*) from message m
        where {scope.test} and m.local_minute <> :undated group by year order by year desc
        """,
        scope.values,
    ).fetchall()
