"""Somebody is forgotten: what they wrote, what they were called, and where others named them."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.privacy.cutting import rule_for
from archiver.privacy.seals import Seals
from archiver.spelling import tokens
from archiver.store import removal, tombs
from archiver.store.archive import Archive
from archiver.store.removal import Plan
from archiver.store.tombs import SOMEBODY, Tombs, forgotten
from archiver.text import fold

_SHORTEST = 3  # letters of a name's part by which somebody is called


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the archive has them: row id, name, and handles as (row id, scheme, value, scope, name)."""

    id: int
    name: str
    handles: tuple[tuple[int, str, str, str, str], ...]


def find_person(sql: sqlite3.Connection, wanted: str) -> Known:
    """The person who goes by this name, address or number; UsageError when it is not exactly one."""
    folded = fold(wanted)
    rows = sql.execute(
        """
        select l.person_id, i.id, i.scheme, i.value, i.scope, i.name, p.name
        from identity i join identity_link l on l.id =
          (select max(newest.id) from identity_link newest where newest.identity_id = i.id)
        join person p on p.id = l.person_id
        order by l.person_id, i.id
        """
    ).fetchall()
    names: dict[int, set[str]] = {}
    for person, _, _, value, _, name, shown in rows:
        names.setdefault(person, {str(person)}).update((fold(value), fold(name), fold(shown)))
    found = [person for person, spelled in names.items() if folded in spelled]
    if len(found) != 1:
        near = [person for person, spelled in names.items() if any(folded in one for one in spelled)]
        shown_as = {person: shown for person, _, _, _, _, _, shown in rows}
        listed = "; ".join(f"{person}: {shown_as[person]}" for person in (found or near)[:20])
        raise UsageError(
            f"“{wanted}” is {'more than one person' if found else 'nobody'} in this archive.",
            remedy=f"Name one of these by number: {listed}" if listed else "See who there is: archive stats people",
        )
    handles = tuple((row[1], row[2], row[3], row[4], row[5]) for row in rows if row[0] == found[0])
    shown = next(row[6] for row in rows if row[0] == found[0])
    return Known(found[0], shown, handles)


def plan_forgetting(
    archive: Archive, wanted: str, reason: str, *, also: Sequence[str] = (), keep: Sequence[str] = ()
) -> Plan:
    """Forget a person: all they wrote, their names and addresses, and where others name or quote them.

    *also*: more names they are called by; *keep*: words that are part of a name and stay all the same.
    """
    sql = archive.connection
    who, known = find_person(sql, wanted), tombs.load(archive)
    identities = [handle[0] for handle in who.handles]
    said = sql.execute(
        "select id from message where sender_id in (select value from json_each(?)) order by id",
        (json.dumps(identities),),
    )
    plan = Plan("person", reason, [row for (row,) in said], people=[who.id])
    removal.seal_messages(sql, known, plan)
    plan.rules += _handle_rules(sql, known.seals, who)
    for name in _names(sql, who, also):
        _add_name(sql, known.seals, plan, name, keep)
    removal.find_parts(sql, known, plan)
    return plan


def _handle_rules(sql: sqlite3.Connection, seals: Seals, who: Known) -> list[tuple[str, int, bytes, int]]:
    """Who somebody is, in every conversation that goes by several keys."""
    rules: list[tuple[str, int, bytes, int]] = []
    for _, scheme, value, scope, _ in who.handles:
        aliases = sql.execute(
            """
            select a.key from conversation_alias a join conversation c on c.id = a.conversation_id where c.key = ?
            """,
            (scope,),
        )
        keys = (scope, *(key for (key,) in aliases))
        rules += [("handle", 0, seals.handle(scheme, value, key), -1) for key in keys]
    return rules


def _names(sql: sqlite3.Connection, who: Known, also: Sequence[str]) -> list[str]:
    """All that somebody is called: names and addresses whole, then the parts of names that nobody else has."""
    whole = dict.fromkeys([who.name, *(text for handle in who.handles for text in (handle[4], handle[2])), *also])
    for (name,) in sql.execute(
        "select name from identity_name where identity_id in (select value from json_each(?))",
        (json.dumps([handle[0] for handle in who.handles]),),
    ):
        whole.setdefault(name)
    others = _parts_of_others(sql, who, {fold(name) for name in whole if len(name.split()) > 1})
    parts = dict.fromkeys(
        name[start:end]
        for name in whole
        if "@" not in name
        for start, end, word in tokens(name)
        if len(word) >= _SHORTEST and word.isalpha() and word not in others
    )
    return [name for name in (*whole, *(part for part in parts if part not in whole)) if name and name != SOMEBODY]


def _parts_of_others(sql: sqlite3.Connection, who: Known, full: set[str]) -> set[str]:
    """Words in the names of others; not of those who go by one of the same *full* names, who may be the same."""
    mine = [handle[0] for handle in who.handles]
    return {
        word
        for (name,) in sql.execute(
            "select name from identity where id not in (select value from json_each(?))", (json.dumps(mine),)
        )
        if fold(name) not in full
        for _, _, word in tokens(name)
    }


def _add_name(sql: sqlite3.Connection, seals: Seals, plan: Plan, name: str, keep: Sequence[str]) -> None:
    """A rule for a name. One that is an everyday word, too (Rose, May, Mark), counts only where it has a capital."""
    if fold(name) in set(map(fold, keep)):
        return
    kind = "name" if _everyday(sql, name) else "words"
    if rule := rule_for(seals, name, kind):
        kind, size, seal = rule
        plan.rules.append((kind, size, seal, -1))


def _everyday(sql: sqlite3.Connection, name: str) -> bool:
    """Whether this archive writes the word small more often than not."""
    words = [word for _, _, word in tokens(name)]
    if len(words) != 1 or not words[0].isalpha():
        return False
    spelled: Counter[bool] = Counter()
    for (text,) in sql.execute(
        """
        select m.text from (select rowid from message_fts where message_fts match ? limit 2000) as found
        join message m on m.id = found.rowid
        """,
        ('"' + words[0] + '"',),
    ):
        spelled.update(text[start].islower() for start, _, word in tokens(text) if word == words[0])
    return spelled[True] > spelled[False]


def forget_people(sql: sqlite3.Connection, known: Tombs, people: Sequence[int]) -> None:
    """Names and addresses of these persons (row ids) become marks that say nothing. In the caller's transaction."""
    for row, scheme, value, scope in list(_handles(sql, people)):
        mark = forgotten(known.seals.handle(scheme, value, scope))
        sql.execute("delete from identity_name where identity_id = ?", (row,))
        twin = sql.execute(
            "select id from identity where scheme = ? and value = ? and scope = ?", (scheme, mark, scope)
        ).fetchone()
        sql.execute(
            "update identity set value = ?, name = ? where id = ?",
            (mark if twin is None else f"{mark}-{row}", SOMEBODY, row),
        )
    for person in people:
        sql.execute("update person set name = ? where id = ?", (SOMEBODY, person))


def _handles(sql: sqlite3.Connection, people: Sequence[int]) -> Iterator[tuple[int, str, str, str]]:
    yield from sql.execute(
        """
        select i.id, i.scheme, i.value, i.scope from identity i join identity_link l on l.id =
          (select max(newest.id) from identity_link newest where newest.identity_id = i.id)
        where l.person_id in (select value from json_each(?))
        """,
        (json.dumps(list(people)),),
    ).fetchall()
