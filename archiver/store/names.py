"""Whom and what a name means: the identities of people and the ids of conversations that go by it.

All names are read and folded here rather than in SQL, for SQLite folds ASCII only; an archive has thousands of
them, not millions.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence

from archiver.text import bare

_DIGITS = re.compile(r"\D+")
_NUMBER = re.compile(r"[+\d\s().\-/]*")
_CALLED = """
select i.id, i.name, i.value, coalesce(p.name, '')
from identity i
left join identity_link l on l.identity_id = i.id
left join person p on p.id = l.person_id
union select identity_id, name, '', '' from identity_name
"""
_SAME_PEOPLE = """
select distinct other.identity_id
from json_each(:ids) as found
join identity_link mine on mine.identity_id = found.value
join identity_link other on other.person_id = mine.person_id
"""
_TITLES = """
select c.id, c.title, c.key, coalesce(a.key, '')
from conversation c left join conversation_alias a on a.conversation_id = c.id
"""

_LISTS = "select id, title, key, coalesce(native_id, '') from conversation where kind = 'list'"


def people_called(connection: sqlite3.Connection, name: str) -> Sequence[int]:
    """Identities of everybody who goes by *name* under any of their names, addresses and numbers."""
    rows = connection.execute(_CALLED).fetchall()
    found = _called(rows, name) | _numbered(rows, name)
    linked = connection.execute(_SAME_PEOPLE, {"ids": json.dumps(sorted(found))})
    return sorted(found | {row for (row,) in linked})


def conversations_called(connection: sqlite3.Connection, title: str) -> Sequence[int]:
    """Conversations with *title* in their title or key."""
    return sorted(_called(connection.execute(_TITLES).fetchall(), title))


def lists_called(connection: sqlite3.Connection, name: str) -> Sequence[int]:
    """Mailing lists with *name* in their title, key or address."""
    rows = connection.execute(_LISTS).fetchall()
    return sorted(_called(rows, name))


def conversations_from(connection: sqlite3.Connection, source: str) -> Sequence[int]:
    """Conversations that came from a source of this name."""
    return sorted(_called(connection.execute("select id, source from conversation").fetchall(), source))


def _called(rows: Iterable[tuple[int, str]], name: str) -> set[int]:
    """Ids of the rows with *name* in one of their texts: at the start of a word, or if nobody has it there, anywhere.

    So `ana` is Ana and Ana María but not Diana, and `gmail` still finds ana@gmail.example.
    """
    wanted = bare(name)
    holding = [(row, texts) for row, *names in rows if wanted in (texts := bare("\n".join(names)))]
    starting = re.compile(r"(?<!\w)" + re.escape(wanted))
    return {row for row, texts in holding if starting.search(texts)} or {row for row, _ in holding}


def _numbered(rows: Iterable[tuple[int, str, str, str]], name: str) -> set[int]:
    """Ids of the rows whose number has the digits of *name* in a row; none when it is not a number."""
    digits = _DIGITS.sub("", name)
    if len(digits) < 4 or not _NUMBER.fullmatch(name):
        return set()
    return {row for row, shown, value, _ in rows if digits in _number(value) or digits in _number(shown)}


def _number(written: str) -> str:
    """The digits of a phone number, "" for anything else."""
    return _DIGITS.sub("", written) if _NUMBER.fullmatch(written.lstrip("~ \u202a\u200e")) else ""
