"""Words taken out for good: of whole messages, or some words in many. What was there is told by keyed digests only.

The order keeps a crash harmless. New contents are written first, and nothing speaks of them. Then one transaction
takes the words out of all tables, lets everything speak of the new contents and says what is still to be done; from
here on nothing shows the words any more. At last the old contents are removed, the index is built anew and the file
is written anew without its free pages; if that is interrupted, whoever writes to the archive next goes on with it.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archiver.errors import UsageError
from archiver.privacy.cutting import QUOTE, quote_rules, rule_for
from archiver.spelling import tokens
from archiver.store import sums, tombs
from archiver.store.archive import Archive
from archiver.store.batch import rewrite
from archiver.store.ids import public_id
from archiver.store.joining import join
from archiver.store.merge import View, difference
from archiver.store.rewriting import Rewriting, Rewritten, settle
from archiver.store.run import note, now
from archiver.store.secret import anchor_with, secret
from archiver.store.tombs import REDACTED, Redaction, Tombs

_CHUNK = 2_000
_Rule = tuple[str, int, bytes, int]  # kind, size, seal, minute: a row of `sealed`
_Mine = tuple[int, Redaction | None, Redaction | None]  # a message's minute, and by which redaction it goes
_LONGEST = 200  # rules that one pattern may come to
_FOUND = 2_000  # characters of a text's line that a pattern is tried on


@dataclass(slots=True)
class Plan:
    """What a redaction would do. *whole* and *parts* are messages by row id, *rules* what is sealed of them.

    *words*: what is taken out, as it is written, and how often; for the eyes of whoever decides, never stored.
    *files*: digests of attachments that go. *what*: message, words or person.
    """

    what: str
    reason: str
    whole: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    rules: list[_Rule] = field(default_factory=list)
    words: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)
    people: list[int] = field(default_factory=list)  # persons (row ids) who are forgotten
    gone: int = 0  # messages that have lost their words already

    @property
    def empty(self) -> bool:
        return not (self.whole or self.parts or self.people)


@dataclass(frozen=True, slots=True)
class Done:
    """What a redaction did, in numbers."""

    id: int
    messages: int
    parts: int
    files: int
    attachments: int

    def as_dict(self) -> dict[str, int]:
        return {
            "redaction": self.id,
            "messages": self.messages,
            "parts": self.parts,
            "files": self.files,
            "attachments": self.attachments,
        }


# -- what would be done ---------------------------------------------------------------------------------------


def plan_messages(archive: Archive, rows: Iterable[int], reason: str) -> Plan:
    """Take all words out of these messages; of those hidden as the same, and of letters that quote them, too."""
    known = tombs.load(archive)
    whole = _with_hidden(archive.connection, rows)
    silent = _silent(archive.connection, whole)
    plan = Plan("message", reason, [row for row in whole if row not in silent], gone=len(silent))
    seal_messages(archive.connection, known, plan)
    find_parts(archive.connection, known, plan)
    return plan


def plan_words(
    archive: Archive, reason: str, *, words: str = "", pattern: str = "", rows: Sequence[int] | None = None
) -> Plan:
    """Take *words*, or whatever fits *pattern*, out of these messages (*rows*), or out of everything (None)."""
    known, plan = tombs.load(archive), Plan("words", reason)
    prefix = "" if rows is None else "within-"
    spelled = [words] if words else _fitting(archive.connection, pattern, rows)
    for one in spelled:
        rule = rule_for(known.seals, one)
        if rule is None:
            raise UsageError(f"There are no words in “{one}”.", remedy="Give the words to take out, or a --pattern.")
        kind, size, seal = rule
        plan.rules.append((prefix + kind, size, seal, -1))
    wanted = None if rows is None else _with_hidden(archive.connection, rows)
    find_parts(archive.connection, known, plan, wanted)
    return plan


def _fitting(sql: sqlite3.Connection, pattern: str, rows: Sequence[int] | None) -> list[str]:
    """The different words that a pattern finds, each widened to whole words."""
    try:
        wanted = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise UsageError(f"The pattern “{pattern}” makes no sense.", why=str(error)) from error
    if wanted.match(""):
        raise UsageError(f"The pattern “{pattern}” fits nothing at all, and so it fits everywhere.")
    found: dict[str, None] = {}
    for (text,) in sql.execute(
        """
        select coalesce(subject || char(10), '') || text from message
        where :rows is null or id in (select value from json_each(:rows))
        """,
        {"rows": None if rows is None else json.dumps(list(rows))},
    ):
        for line in text.splitlines():
            for hit in wanted.finditer(line[:_FOUND]):
                found.setdefault(_widened(line, hit.start(), hit.end()))
                if len(found) > _LONGEST:
                    raise UsageError(
                        f"The pattern “{pattern}” finds more than {_LONGEST} different words.",
                        remedy="Make it narrower, or redact the messages: archive redact --search …",
                    )
    return list(found)


def _widened(line: str, start: int, end: int) -> str:
    for first, last, _ in tokens(line):
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return line[start:end]


def _with_hidden(sql: sqlite3.Connection, rows: Iterable[int]) -> list[int]:
    """The messages with those that are hidden as the same, and those shown in their place."""
    found = sql.execute(
        """
        with wanted (id) as (select value from json_each(?))
        select id from message where id in (select id from wanted) or duplicate_of in (select id from wanted)
          or id in (select duplicate_of from message where id in (select id from wanted))
        order by id
        """,
        (json.dumps(sorted(rows)),),
    )
    return [row for (row,) in found]


def _silent(sql: sqlite3.Connection, rows: Sequence[int]) -> set[int]:
    """Those of the messages that have no words any more."""
    found = sql.execute(
        "select id from message where id in (select value from json_each(?)) and kind = ?", (json.dumps(rows), REDACTED)
    )
    return {row for (row,) in found}


def seal_messages(sql: sqlite3.Connection, known: Tombs, plan: Plan) -> None:
    """Seal what tells these messages again: their texts in all wordings, their files, what letters quote of them."""
    rules: dict[_Rule, None] = {}
    files: set[str] = set()
    for row, minute, views in _views(sql, plan.whole):
        del row
        for view in views:
            if seal := known.seals.text(view["text"]):
                rules.setdefault(("text", 0, seal, minute))
            for quote in quote_rules(known.seals, view["text"]):
                rules.setdefault(("quote", QUOTE, quote, -1))
            files.update(file["sha256"] for file in view["attachments"] if file["sha256"])
    plan.rules += rules
    plan.files = sorted(_only_theirs(sql, files, plan.whole))
    plan.rules += [("file", 0, known.seals.of("file", sha256), -1) for sha256 in plan.files]


def _only_theirs(sql: sqlite3.Connection, files: set[str], rows: Sequence[int]) -> set[str]:
    """Those of the files that no other message has."""
    others = sql.execute(
        """
        select distinct sha256 from attachment
        where sha256 in (select value from json_each(:files))
          and message_id not in (select value from json_each(:rows))
        """,
        {"files": json.dumps(sorted(files)), "rows": json.dumps(list(rows))},
    )
    return files - {sha256 for (sha256,) in others}


def _views(sql: sqlite3.Connection, rows: Sequence[int]) -> Iterator[tuple[int, int, list[View]]]:
    """(row, minute, all that its records and its earlier wordings say) of messages."""
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        asked = (json.dumps(list(some)),)
        minutes = dict(
            sql.execute("select id, local_minute from message where id in (select value from json_each(?))", asked)
        )
        earlier: dict[int, list[View]] = {}
        for row, before in sql.execute(
            "select message_id, before from message_revision where message_id in (select value from json_each(?))",
            asked,
        ):
            earlier.setdefault(row, []).append(json.loads(before))
        for one in sums.load(sql, some):
            row = one.stored.row
            views = [one.stored.view, *(told.view for told in one.told), *earlier.get(row, ())]
            yield row, minutes[row], views


def find_parts(sql: sqlite3.Connection, known: Tombs, plan: Plan, rows: Sequence[int] | None = None) -> None:
    """Which other messages (of *rows*, or of all) lose some of their words by the plan's rules."""
    fresh = _with_rules(known, plan, rows or ())
    rules = fresh.cutter.rules
    if not rules.anywhere and not rules.quotes and not fresh.within:
        return
    whole = set(plan.whole)
    for row, minute, view in _candidates(sql, rows, letters_only=not rules.anywhere and not fresh.within):
        if row not in whole and fresh.view(view, minute, None, None) != view:
            plan.parts.append(row)
            plan.words.update(_told(fresh, view, minute))


def _told(fresh: Tombs, view: View, minute: int) -> Iterator[str]:
    quoted = [(a, b) for kind, a, b in json.loads(view["spans"] or "[]") if kind in {"quote", "attribution"}]
    for start, end in fresh.places(view["text"], minute, quoted):
        yield view["text"][start:end]
    for start, end in fresh.ranges(view["subject"] or "", minute):
        yield view["subject"][start:end]


def _with_rules(known: Tombs, plan: Plan, rows: Sequence[int]) -> Tombs:
    """Redactions as if there were none but the planned one, which has number 0 and reaches the messages *rows*."""
    fresh = tombs.nothing(known.seals)
    fresh.redactions[0] = Redaction(0, plan.what, plan.reason, now()[:10])
    tombs.add_rules(fresh, ((0, kind, seal, size, minute) for kind, size, seal, minute in plan.rules))
    fresh.minutes[0] = [-1] if rows else []
    return fresh


def _candidates(
    sql: sqlite3.Connection, rows: Sequence[int] | None, *, letters_only: bool
) -> Iterator[tuple[int, int, View]]:
    """(row, minute, view) of the messages to look at; all wordings of one, one after the other."""
    wanted = rows
    if wanted is None:
        asked = "select id from message" + (" where spans is not null" if letters_only else "")
        wanted = [row for (row,) in sql.execute(asked).fetchall()]
    for row, minute, views in _views(sql, wanted):
        first = views[0]
        seen = [first, *(view for view in views[1:] if view != first)]
        yield from ((row, minute, view) for view in seen)


# -- doing it -------------------------------------------------------------------------------------------------


def redact(archive: Archive, plan: Plan) -> Done:
    """Do what was planned, for good. Raises nothing for words that are gone already: then there is nothing to do."""
    sql = archive.connection
    plan.parts = sorted(set(plan.parts))
    known = tombs.load(archive)
    number = _next(sql)
    _take_in(known, plan, number)
    _reach(sql, known, plan, number)
    done = Rewriting(archive, known, plan.whole, plan.parts).files(_files(sql, known, plan))
    _stop_remembering(archive)
    with archive.transaction():
        _begin(sql, plan, number)
        _tables(archive, known, plan, number)
        settle(sql, known, done, number)
        counts = _counts(plan, done)
        sql.execute("update redaction set counts = ? where id = ?", (json.dumps(counts), number))
        _note(sql, plan, number, done, counts)
    finish(archive)
    return Done(number, **counts)


def _next(sql: sqlite3.Connection) -> int:
    (number,) = sql.execute("select coalesce(max(id), 0) + 1 from redaction").fetchone()
    return int(number)


def _take_in(known: Tombs, plan: Plan, number: int) -> None:
    """The rules hold from here on."""
    tombs.add_rules(known, ((number, kind, seal, size, minute) for kind, size, seal, minute in plan.rules))
    plan.reason = known.cutter.fill(plan.reason)  # whoever gives a reason may repeat the words
    known.redactions[number] = Redaction(number, plan.what, plan.reason, now()[:10])


def _reach(sql: sqlite3.Connection, known: Tombs, plan: Plan, number: int) -> None:
    """Rules that hold near some messages hold near these."""
    for start in range(0, len(plan.parts), _CHUNK):
        some = json.dumps(plan.parts[start : start + _CHUNK])
        found = sql.execute("select local_minute from message where id in (select value from json_each(?))", (some,))
        known.minutes[number].extend(minute for (minute,) in found)


def _files(sql: sqlite3.Connection, known: Tombs, plan: Plan) -> list[int] | None:
    """Source files in which something is to be filled; None: all have to be looked through."""
    if known.cutter.rules.anywhere or plan.files:
        return None
    touched: set[int] = set()
    rows = [*plan.whole, *plan.parts]
    for start in range(0, len(rows), _CHUNK):
        found = sql.execute(
            """
            select distinct f.id from source_file f where f.sha256 in (
              select g.sha256 from record r join source_file g on g.id = r.source_file_id
              where r.message_id in (select value from json_each(?)))
            """,
            (json.dumps(rows[start : start + _CHUNK]),),
        )
        touched.update(row for (row,) in found)
    return sorted(touched)


def _stop_remembering(archive: Archive) -> None:
    """What is deleted from here on is overwritten in the file at once, not left in free pages."""
    archive.connection.execute("pragma secure_delete = on")
    archive.connection.execute("pragma cache_spill = on")


def _begin(sql: sqlite3.Connection, plan: Plan, number: int) -> None:
    sql.execute(
        "insert into redaction values (:id, :what, :reason, :now, 'running', '{}')",
        {"id": number, "what": plan.what, "reason": plan.reason, "now": now()},
    )
    sql.executemany(
        "insert or ignore into sealed (redaction_id, kind, size, seal, minute) values (?, ?, ?, ?, ?)",
        [(number, *rule) for rule in plan.rules],
    )


def _tables(archive: Archive, known: Tombs, plan: Plan, number: int) -> None:
    sql = archive.connection
    redaction = known.redactions[number]
    permalink = anchor_with(secret(archive.folder))
    whole = set(plan.whole)
    for row, part in ((row, row not in whole) for row in sorted({*plan.whole, *plan.parts})):
        _bury(sql, known, row, number, whole=not part, permalink=permalink(_public_id(sql, row)))
    _clear(sql, known, dict.fromkeys(plan.whole, redaction), {row: redaction for row in plan.parts if row not in whole})
    if plan.people:
        from archiver.store.forget import forget_people  # noqa: PLC0415 - it plans with what is here

        forget_people(sql, known, plan.people)
    if known.cutter.rules.anywhere:
        from archiver.store.sweeping import sweep_tables  # noqa: PLC0415 - only where it is needed

        sweep_tables(sql, known)
    join(sql)
    for sha256 in plan.files:
        sql.execute("insert or ignore into doomed values (?)", (sha256,))
        sql.execute(
            """
            delete from blob where sha256 = :sha256 and not exists (select 1 from source_file where sha256 = :sha256)
              and not exists (select 1 from attachment where sha256 = :sha256)
            """,
            {"sha256": sha256},
        )


def _public_id(sql: sqlite3.Connection, row: int) -> str:
    return public_id(
        *sql.execute("select local_minute, match_key, occurrence from message where id = ?", (row,)).fetchone()
    )


def _bury(sql: sqlite3.Connection, known: Tombs, row: int, number: int, *, whole: bool, permalink: str) -> None:
    """Give a message a key that says nothing of its words, and a tombstone by which it is known again."""
    minute, key, occurrence = sql.execute(
        "select local_minute, match_key, occurrence from message where id = ?", (row,)
    ).fetchone()
    earlier = sql.execute(
        "select permalink from tombstone where match_key = ? and occurrence = ? and local_minute = ? limit 1",
        (key, occurrence, minute),
    ).fetchone()
    sealed = key if earlier else known.seals.key(key)
    here = {
        "number": number, "key": sealed, "occurrence": occurrence, "minute": minute, "whole": whole, "row": row,
        "permalink": earlier[0] if earlier else permalink, "old": public_id(minute, key, occurrence),
        "new": public_id(minute, sealed, occurrence),
    }  # fmt: skip
    sql.execute("update message set match_key = :key where id = :row", here)
    sql.execute(
        "insert or replace into tombstone values (:number, :key, :occurrence, :minute, :whole, :permalink)", here
    )
    sql.execute("update or ignore tag set public_id = :new where public_id = :old", here)


def _clear(
    sql: sqlite3.Connection, known: Tombs, whole: Mapping[int, Redaction], parts: Mapping[int, Redaction]
) -> None:
    """Take the words out of messages, of what their records say, and of their earlier wordings."""
    rows = sorted({*whole, *parts})
    minutes = dict(sql.execute("select id, local_minute from message where id in (select value from json_each(?))",
                               (json.dumps(rows),)))  # fmt: skip
    for one in sums.load(sql, rows):
        row = one.stored.row
        mine = (minutes[row], whole.get(row), parts.get(row))
        first = known.view(one.stored.view | one.stored.first_said, *mine)
        total = known.view(one.stored.view, *mine)
        rewrite(sql, row, one.stored.view, total)
        said = [
            (sums.as_json(_said(n, first, total, known, told.view, mine)), told.file_id, told.ordinal)
            for n, told in enumerate(one.told)
        ]
        sql.executemany("update record set said = ? where source_file_id = ? and ordinal = ?", said)
        sql.execute("delete from message_revision where message_id = ?", (row,))


def _said(n: int, first: View, total: View, known: Tombs, view: View, mine: _Mine) -> View:
    """What a record says otherwise: the first one than the sum, any other one than the first."""
    if n == 0:
        return difference(first, total)
    return difference(known.view(view, *mine), first)


def _counts(plan: Plan, done: Rewritten) -> dict[str, int]:
    return {
        "messages": len(plan.whole),
        "parts": len(set(plan.parts) - set(plan.whole)),
        "files": len(done.files),
        "attachments": len(plan.files),
    }


def _note(sql: sqlite3.Connection, plan: Plan, number: int, done: Rewritten, counts: Mapping[str, int]) -> None:
    """What was taken out, and from where; never the words, nor a digest that somebody could guess them by."""
    ids = [_public_id(sql, row) for row in (*plan.whole, *sorted(set(plan.parts) - set(plan.whole)))[:1000]]
    files = [
        {"now": new, "bytes": done.bytes[old]} for old, new in sorted(done.files.items(), key=lambda pair: pair[1])
    ]
    event = "deletion" if plan.what == "person" else "redaction"
    note(
        sql,
        event,
        {"redaction": number, "of": plan.what, "reason": plan.reason, **counts, "ids": ids, "rewritten": files},
    )


# -- bringing it to its end -----------------------------------------------------------------------------------


def finish(archive: Archive, *, thoroughly: bool = True) -> None:
    """Remove what redactions left behind: old contents, an index that remembers, free pages. May be called again.

    *thoroughly* false: nothing was in the database that has to be forgotten, only in files.
    """
    sql = archive.connection
    if sql.execute("select 1 from redaction where status = 'running'").fetchone() is None:
        return
    _stop_remembering(archive)
    _remove_contents(archive)
    if thoroughly:
        with archive.transaction():
            sql.execute("insert into message_fts (message_fts) values ('rebuild')")
        archive.compact()
    with archive.transaction():
        sql.execute("delete from doomed")
        sql.execute("update redaction set status = 'done' where status = 'running'")


def _remove_contents(archive: Archive) -> None:
    sql = archive.connection
    for (sha256,) in sql.execute("select sha256 from doomed").fetchall():
        if not _spoken_of(sql, sha256):
            archive.blobs.remove(sha256)
    remove_orphans(archive)
    for names in ("archive.db.v*-backup*", "archive.db.before-repair-*"):
        for copy in archive.folder.glob(names):
            copy.unlink()


def _spoken_of(sql: sqlite3.Connection, sha256: str) -> bool:
    return sql.execute("select 1 from blob where sha256 = ?", (sha256,)).fetchone() is not None


def remove_orphans(archive: Archive) -> int:
    """Remove contents that nothing speaks of: a killed import or redaction left them. Returns how many."""
    known = {sha256 for (sha256,) in archive.connection.execute("select sha256 from blob")}
    gone = [sha256 for sha256 in archive.blobs.all() if sha256 not in known]
    for sha256 in gone:
        archive.blobs.remove(sha256)
    return len(gone)
