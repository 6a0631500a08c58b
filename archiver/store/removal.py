"""What a redaction would take out: which messages whole, which words in others, and the rules that know them again."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from archiver.errors import UsageError
from archiver.privacy.cutting import QUOTE, quote_rules, rule_for
from archiver.spelling import tokens
from archiver.store import sums, tombs
from archiver.store.archive import Archive
from archiver.store.merge import View
from archiver.store.run import now
from archiver.store.tombs import REDACTED, Redaction, Tombs

_CHUNK = 2_000
_Rule = tuple[str, int, bytes, int]  # kind, size, seal, minute: a row of `sealed`
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
