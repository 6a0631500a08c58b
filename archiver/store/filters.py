"""A query, translated: what the full-text index is to match, and what SQL is to ask of each message.

Every value is bound by name. Whatever the index can answer goes into one MATCH; all else becomes a test over
``message m``, and, where an index knows the messages that pass, also a *driver*: a select of their row ids, from
which a search may start when they are few.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archiver import fields, languages, query, spelling, text
from archiver.dates import span
from archiver.query import And, Filter, Node, Not, Or, Prefix, Word
from archiver.store.asking import as_phrase, leaf_match, match_of, settled_by_index, substance, subtracted
from archiver.store.deferred import by_sender
from archiver.store.ids import UNDATED, local_minute, minute_of
from archiver.store.names import conversations_called, conversations_from, lists_called, people_called
from archiver.store.reads import find
from archiver.store.vocabulary import inflected

FIRST, LAST = -(1 << 53), 1 << 53  # minutes further than any clock goes

_MATCHED = "m.id in (select rowid from message_fts where message_fts match {match})"
_LITERAL = "(instr(m.text, {sign}) > 0 or instr(coalesce(m.subject, ''), {sign}) > 0)"
_SENT_BY = """
select id from message {index}
where sender_id in (select value from json_each({ids})) and local_minute between :low and :high
"""
_SENT_TO = "select message_id from recipient where identity_id in (select value from json_each({ids}))"
_SAID_IN = """
select id from message indexed by message_order
where conversation_id in (select value from json_each({ids}))
"""
_HOLDING = "select distinct message_id from attachment a where {like}"
_HOLDS = "exists (select 1 from attachment a where a.message_id = m.id and ({like}))"
_REACTED = "exists (select 1 from reaction r where r.message_id = m.id)"
_KIND = "(m.kind = {kind} or substr(m.kind, 1, length({kind}) + 1) = {kind} || '.')"
_NATIVE = "select id from message where native_id in (:id, '<' || :id || '>')"
_LETTERS = "select 1 from thread limit 1"  # only letters quote
_LABELS = "select distinct name from label"
_FILED = """
select message_id from label where name in (select value from json_each({names}))
union select value from json_each({rows})"""
_STATES = {
    "edited": """(m.edited_at is not null or instr(m.extra, '"edited": true'))""",
    "deleted": """(m.deleted_at is not null or instr(m.extra, '"deleted": true'))""",
    "reply": """(m.reply_to is not null
      or exists (select 1 from thread t where t.message_id = m.id and t.parent_id is not null))""",
    "event": "m.kind like 'event%'",
    "undated": f"m.local_minute = {UNDATED}",
    "duplicate": "m.duplicate_of is not null",
}
_HIDDEN = "select id from message where duplicate_of is not null"
_SHOWN = "m.duplicate_of is null"
_GLOB = "m.text glob {letters}"
_THERE = "select conversation_id, local_minute, seq from message where id in (select value from json_each(?))"
_THEN = "select id from message where conversation_id = ? and local_minute between ? and ?"
_BESIDE = """
select id from (select id from message where conversation_id = :there and seq <= :seq order by seq desc limit 26)
union select id from (select id from message where conversation_id = :there and seq > :seq order by seq limit 25)
"""
_HOUR, _DAY = 60, 1440  # minutes
_MARGINS = ((_HOUR, _HOUR), (_DAY, 7 * _DAY), (7 * _DAY, 7 * _DAY), (31 * _DAY, 31 * _DAY), (366 * _DAY, 366 * _DAY))


def _around(start: int, end: int) -> tuple[int, int]:
    """The minutes around a stretch: what a day is to a week, an hour is to a minute."""
    margin = next((margin for longest, margin in _MARGINS if end - start <= longest), end - start)
    return start - margin, end - 1 + margin


_DATES: dict[str, Callable[[int, int], tuple[int, int]]] = {
    "before": lambda start, _: (FIRST, start - 1),
    "until": lambda _, end: (FIRST, end - 1),
    "since": lambda start, _: (start, LAST),
    "after": lambda _, end: (end, LAST),
    "during": lambda start, end: (start, end - 1),
    "near": _around,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. *match*: for the index, "" for nothing; *tests*: over ``message m``, all to hold.

    *low* and *high* bound the local minute, both included; *drivers* select row ids and have ``:low`` and
    ``:high`` to bind; *senders* are the identities one of which must have sent it, *conversations* those one of
    which must hold it; *blind*: some test has no driver; *values* are bound by name. *shown*: a test more, for
    archives with hidden messages that nothing else leaves out. *root* is the query as it was understood; *notes*
    are this plan's own.
    """

    match: str = ""
    tests: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    low: int = FIRST
    high: int = LAST
    senders: tuple[int, ...] = ()
    conversations: tuple[int, ...] = ()
    blind: bool = False
    shown: tuple[str, ...] = ()
    values: dict[str, object] = field(default_factory=dict)
    root: Node | None = None
    needles: tuple[text.Needle, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Whether the time is bounded; undated messages are out then."""
        return (self.low, self.high) != (FIRST, LAST)


@dataclass(frozen=True, slots=True)
class _Test:
    """SQL that is true of a message that passes; where an index knows these, the select of their row ids."""

    sql: str
    driver: str = ""
    senders: tuple[int, ...] = ()
    conversations: tuple[int, ...] = ()


def plan(
    connection: sqlite3.Connection, asked: query.Query, *, quoted: bool = False, stems: Sequence[str] = ()
) -> Plan:
    """The plan for a query. Looks up people and conversations, but reads no message.

    Words that a letter only quotes, or has in its signature, are found when *quoted* is true. Of words that stand by
    themselves, all forms are found that have one stem in the languages *stems* (names of languages.py).
    """
    compiler = _Compiler(connection, quoted=quoted)
    root = inflected(connection, compiler.settled(substance(asked)), stems)
    parts = root.parts if isinstance(root, And) else () if root is None else (root,)
    match = subtracted(parts)
    stretches = [stretch for part in parts if (stretch := _stretch(part)) is not None]
    tests = [compiler.test(part) for part in parts if not settled_by_index(part, match) and not _stretch(part)]
    return Plan(
        match=compiler.within(match),
        tests=tuple(test.sql for test in tests),
        drivers=tuple(test.driver for test in tests if test.driver),
        low=max((low for low, _ in stretches), default=FIRST),
        high=min((high for _, high in stretches), default=LAST),
        senders=next((test.senders for test in tests if test.senders), ()),
        conversations=next((test.conversations for test in tests if test.conversations), ()),
        blind=not all(test.driver for test in tests),
        shown=compiler.shown(root, match),
        values=compiler.values,
        root=root,
        needles=tuple(needle for leaf in query.leaves(root) if (needle := _needle(leaf)) is not None),
        notes=tuple(dict.fromkeys(compiler.notes)),
    )


def _stretch(node: Node) -> tuple[int, int] | None:
    """The first and last local minute that a date filter lets through; None for all other nodes."""
    if not isinstance(node, Filter) or node.field.meaning not in _DATES:
        return None
    meant = span(node.value)
    return meant and _DATES[node.field.meaning](local_minute(meant[0]), local_minute(meant[1]))


def _needle(leaf: query.Leaf) -> text.Needle | None:
    """What of a leaf can be shown in a found text."""
    if isinstance(leaf, Filter):
        return None
    if not spelling.has_words(leaf.text):
        return text.Needle(literal=leaf.text)
    return text.Needle(tuple(word for _, _, word in spelling.tokens(leaf.text)), isinstance(leaf, Prefix))


class _Compiler:
    """Collects bound values and notes while it turns the nodes of one query into tests."""

    def __init__(self, connection: sqlite3.Connection, *, quoted: bool) -> None:
        self._connection = connection
        self._everywhere = quoted or not connection.execute(_LETTERS).fetchone()
        self.values: dict[str, object] = {}
        self.notes: list[str] = []

    def _bind(self, value: str | int | Sequence[int] | list[str]) -> str:
        """The name under which a value is bound: text made fit for SQLite, ids and names as JSON."""
        name = f"value{len(self.values)}"
        if isinstance(value, str):
            value = text.storable(value)[0]
        self.values[name] = value if isinstance(value, str | int) else json.dumps(value)
        return ":" + name

    def within(self, match: str) -> str:
        """What the index is asked, in the columns where it is to look."""
        return match if not match or self._everywhere else f"{{subject text}} : ({match})"

    def shown(self, root: Node | None, match: str) -> tuple[str, ...]:
        """What leaves hidden messages out: the index does, for it has none; else a test, unless they are asked for."""
        asked = any(map(_asks_for_hidden, query.leaves(root)))
        if asked and any(leaf_match(leaf) for leaf in query.leaves(root)):
            self.notes.append("Hidden messages are not searched for words; is:duplicate alone finds them all.")
        if asked or match or not self._connection.execute(_HIDDEN + " limit 1").fetchone():
            return ()
        return (_SHOWN,)

    def settled(self, node: Node | None) -> Node | None:
        """The query with filters that cannot be meant (``before:soon``) made the words they are written with."""
        if isinstance(node, And | Or):
            return type(node)(tuple(part for each in node.parts if (part := self.settled(each)) is not None))
        if isinstance(node, Not):
            part = self.settled(node.part)
            return None if part is None else Not(part)
        why = self._nonsense(node) if isinstance(node, Filter) else ""
        if not isinstance(node, Filter) or not why:
            return node
        self.notes.append(f"“{node.written}” is searched as words: {why}")
        return Word(node.written)

    def _nonsense(self, node: Filter) -> str:
        """Why a filter cannot be meant, as the end of a sentence; "" when it can."""
        meaning, value = node.field.meaning, node.value
        if meaning == "near" and span(value) is None and not self._rows(value):
            return f"“{value}” is neither a date that is understood here nor the id of a message of this archive."
        if meaning in _DATES and meaning != "near" and span(value) is None:
            return f"“{value}” is no date that is understood here; write 2019, 2019-05, 2019-05-14 or May 2019."
        if meaning == "state" and value.lower() not in _STATES:
            return f"a message can be {', '.join(_STATES)}."
        if meaning == "language" and languages.language(value) is None:
            return f"“{value}” is no language that is known here; known are {', '.join(languages.codes())}."
        return ""

    def _rows(self, written: str) -> Sequence[int]:
        """Messages by a public id, or a native one such as a Message-ID, with or without its angle brackets."""
        if minute_of(written) is not None:
            return find(self._connection, written)
        found = self._connection.execute(_NATIVE, {"id": text.storable(written)[0]})
        return [row for (row,) in found]

    def test(self, node: Node) -> _Test:
        """The node as a test of one message; a driver only where it can stand for the whole node."""
        match = match_of(node)
        if match is not None:
            return _Test(_MATCHED.format(match=self._bind(self.within(match))))
        if isinstance(node, And | Or):
            joint = " and " if isinstance(node, And) else " or "
            return _Test("(" + joint.join(self.test(part).sql for part in node.parts) + ")")
        if isinstance(node, Not):
            return _Test(f"not coalesce({self.test(node.part).sql}, 0)")
        if not isinstance(node, Filter):
            return _Test(_LITERAL.format(sign=self._bind(node.text)))
        stretch = _stretch(node)
        if stretch is not None:
            low, high = map(self._bind, stretch)
            return _Test(f"(m.local_minute between {low} and {high} and m.local_minute <> {UNDATED})")
        return _TESTS[node.field.meaning](self, node.value)

    def _people(self, name: str) -> Sequence[int]:
        found = people_called(self._connection, name)
        if not found:
            self.notes.append(f"Nobody in the archive goes by “{name}”.")
        return found

    def sender(self, name: str) -> _Test:
        found = self._people(name)
        ids = self._bind(found)
        return _Test(
            f"m.sender_id in (select value from json_each({ids}))",
            _SENT_BY.format(index=by_sender(self._connection), ids=ids),
            tuple(found),
        )

    def recipient(self, name: str) -> _Test:
        sent = _SENT_TO.format(ids=self._bind(self._people(name)))
        return _Test(f"m.id in ({sent})", sent)

    def party(self, name: str) -> _Test:
        ids = self._bind(self._people(name))
        return _Test(f"(m.sender_id in (select value from json_each({ids})) or m.id in ({_SENT_TO.format(ids=ids)}))")

    def _said_in(self, found: Sequence[int]) -> _Test:
        ids = self._bind(found)
        return _Test(
            f"m.conversation_id in (select value from json_each({ids}))",
            _SAID_IN.format(ids=ids),
            conversations=tuple(found),
        )

    def conversation(self, title: str) -> _Test:
        found = conversations_called(self._connection, title)
        if not found:
            self.notes.append(f"No conversation in the archive is called “{title}”.")
        return self._said_in(found)

    def source(self, name: str) -> _Test:
        found = conversations_from(self._connection, name)
        if not found:
            self.notes.append(f"Nothing in the archive came from a source called “{name}”.")
        return self._said_in(found)

    def mailing_list(self, name: str) -> _Test:
        found = lists_called(self._connection, name)
        if not found:
            self.notes.append(f"No mailing list in the archive is called “{name}”.")
        return self._said_in(found)

    def tag(self, name: str) -> _Test:
        """Labels are compared folded, for which SQLite has no function; there are dozens, not thousands."""
        wanted = text.bare(name)
        labels = [label for (label,) in self._connection.execute(_LABELS) if text.bare(label) == wanted]
        tagged = [
            row
            for identifier, tag in self._connection.execute("select public_id, name from tag")
            if text.bare(tag) == wanted
            for row in find(self._connection, identifier)
        ]
        if not labels and not tagged:
            self.notes.append(f"Nothing in the archive is filed under “{name}”.")
        filed = _FILED.format(names=self._bind(labels), rows=self._bind(tagged))
        return _Test(f"m.id in ({filed})", filed)

    def subject(self, words: str) -> _Test:
        return _Test(f"instr(coalesce(m.subject, ''), {self._bind(words)}) > 0")

    def kind(self, name: str) -> _Test:
        return _Test(_KIND.format(kind=self._bind(name.lower())))

    def state(self, name: str) -> _Test:
        return _Test(_STATES[name.lower()], _HIDDEN if name.lower() == "duplicate" else "")

    def thing(self, name: str) -> _Test:
        wanted = fields.thing(name)
        files = [self._like("a.media_type", each) for each in wanted.media]
        files += [self._like("a.name", each) for each in wanted.names]
        ways = [f"m.kind = {self._bind(kind)}" for kind in wanted.kinds]
        ways += [self._like("m.text", each) for each in wanted.texts]
        ways += [_REACTED] * wanted.reactions
        driver = _HOLDING.format(like=" or ".join(files)) if files and not ways else ""
        if files:
            ways.append(_HOLDS.format(like=" or ".join(files)))
        return _Test("(" + " or ".join(ways) + ")", driver)

    def _like(self, column: str, pattern: str) -> str:
        return f"{column} like {self._bind(pattern)} escape '\\'"

    def _those(self, rows: Sequence[int]) -> _Test:
        select = f"select value from json_each({self._bind(rows)})"
        return _Test(f"m.id in ({select})", select)

    def identifier(self, written: str) -> _Test:
        return self._those(self._rows(written))

    def near(self, written: str) -> _Test:
        """What was said beside a message: within a day of it, or the next fifty where it has no date."""
        beside: set[int] = set()
        place = self._connection.execute(_THERE, (json.dumps(self._rows(written)),)).fetchall()
        for there, minute, seq in place:
            if minute == UNDATED:
                found = self._connection.execute(_BESIDE, {"there": there, "seq": seq})
            else:
                found = self._connection.execute(_THEN, (there, minute - _DAY, minute + _DAY))
            beside.update(row for (row,) in found)
        return self._those(sorted(beside))

    def language(self, name: str) -> _Test:
        meant = languages.language(name) or languages.LANGUAGES[0]  # there is one: see settled
        words = meant.words.split() or list(languages.alphabet(meant.letters))
        if meant.letters and not spelling.unspaced(meant.letters):  # its letters are no words, so all has to be read
            return _Test(_GLOB.format(letters=self._bind(f"*[{meant.letters}]*")))
        match = self._bind("{subject text} : (" + " OR ".join(map(as_phrase, words)) + ")")
        return _Test(_MATCHED.format(match=match), f"select rowid from message_fts where message_fts match {match}")


_TESTS: dict[fields.Meaning, Callable[[_Compiler, str], _Test]] = {
    "sender": _Compiler.sender,
    "recipient": _Compiler.recipient,
    "party": _Compiler.party,
    "conversation": _Compiler.conversation,
    "source": _Compiler.source,
    "subject": _Compiler.subject,
    "thing": _Compiler.thing,
    "kind": _Compiler.kind,
    "state": _Compiler.state,
    "id": _Compiler.identifier,
    "list": _Compiler.mailing_list,
    "tag": _Compiler.tag,
    "near": _Compiler.near,
    "language": _Compiler.language,
}


def _asks_for_hidden(leaf: query.Leaf) -> bool:
    return isinstance(leaf, Filter) and leaf.field.meaning == "state" and leaf.value.lower() == "duplicate"
