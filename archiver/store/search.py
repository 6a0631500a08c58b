"""Search: a query's messages, best or newest first, with snippets; and what was said around one message.

How a million messages answer in the time of a blink: start from whatever is few (the index's hits, a person's
messages, a month), and test those; when nothing is few, hits are dense, so walk the messages in the order asked
for and stop when the page is full. bm25 looks at every hit, so at most RANKED hits are ranked, and it is said.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archiver.knowledge.quotes import own
from archiver.model import Span
from archiver.query import Query
from archiver.store.deferred import by_sender
from archiver.store.filters import FIRST, LAST, Plan, plan
from archiver.store.ids import UNDATED
from archiver.store.vocabulary import meant
from archiver.text import Needle, snippet

Sort = Literal["relevance", "newest", "oldest"]

FEW = 5_000  # so many messages are looked up one by one without anybody noticing
RANKED = 5_000  # so many hits are ranked in 20 to 30 ms
COUNTED = 1_000  # how far the total of a broad search is counted
SCANNED = 2_000_000  # so many messages are read through in a second when no index can help
_PROBED = 200  # so many messages are asked one by one whether the index has them

_HITS = "select count(*) from message_fts where message_fts match :match"
_HIT = "select rowid from message_fts where message_fts match :match limit :few"
_MESSAGES = """
select (select count(*) from message) - (select count(*) from message where duplicate_of is not null)
"""
_NEWEST_HIT = """
select rowid from message_fts where message_fts match :match order by rowid desc limit 1 offset :offset
"""
# A word in the subject counts twice, one in a quotation a quarter; what was said last, up to a quarter more than what
# is old, half of that for what is two years older than the archive's newest message. (bm25 is negative: less is more.)
_RANK = """
bm25(message_fts, 2.0, 1.0, 0.25)
  * (1.0 + 0.25 / (1.0 + max(0, (select max(local_minute) from message) - m.local_minute) / 1051200.0))
"""
_BEST = f"""
select m.id from message_fts cross join message m on m.id = message_fts.rowid
where message_fts match :match and message_fts.rowid >= :floor
order by {_RANK}, m.id desc limit :limit offset :offset
"""
_BEST_OF = f"""
select m.id from message_fts cross join message m on m.id = message_fts.rowid
where message_fts match :match and message_fts.rowid between :lowest and :highest
  and +message_fts.rowid in (select value from json_each(:ids))
order by {_RANK}, m.id desc
"""
_IN_TIME = """
select id from message indexed by message_match where local_minute between :low and :high limit :few
"""
_SCAN = "select m.id from message m where m.id > :floor and {tests} limit :few"
_NARROW = """
select m.id from json_each(:ids) as few cross join message m on m.id = few.value
where {tests}
order by m.local_minute = :undated, m.local_minute {order}, m.id {order}
"""
_WALK = """
select m.id from message m {index}
where m.local_minute between :first and :last and {tests}
order by m.local_minute {order}, m.id {order} limit :wanted
"""
_READ = """
select m.id from message m indexed by message_order
where m.conversation_id = :conversation and {tests}
order by m.seq {order} limit :wanted
"""
_ORDERS = {"relevance": "desc", "newest": "desc", "oldest": "asc"}

# Three ways to ask the index about a message: from its list of hits, from those between two rows, one by one.
_LISTED = "m.id in (select rowid from message_fts where message_fts match :match)"
_LISTED_NEAR = """m.id in (
  select rowid from message_fts
  where message_fts match :match and rowid between :lowest and :highest
    and +rowid in (select value from json_each(:ids)))"""
_ASKED = "exists (select 1 from message_fts where message_fts match :match and rowid = m.id)"

_TEXTS = """
select m.id, m.subject, m.text, m.spans from json_each(:ids) as found cross join message m on m.id = found.value
order by found.key
"""
_BEFORE = """
select earlier.id from message m
join message earlier on earlier.conversation_id = m.conversation_id and earlier.seq < m.seq
where m.id = :row and earlier.duplicate_of is null order by earlier.seq desc limit :count
"""
_AFTER = """
select later.id from message m
join message later on later.conversation_id = m.conversation_id and later.seq > m.seq
where m.id = :row and later.duplicate_of is null order by later.seq limit :count
"""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found. *rows*: row ids with a snippet, in which matches stand between \\x02 and \\x03.

    *total* is how many there are, or, when not *exact*, a number that is exceeded. *notes* say in plain words
    what the search did with the query, beyond the notes of the query itself.
    """

    rows: tuple[tuple[int, str], ...]
    total: int
    exact: bool = True
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[int]
    total: int
    exact: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Which page of what is wanted, in which order."""

    limit: int
    offset: int
    sort: Sort

    @property
    def end(self) -> int:
        return self.offset + self.limit

    def page(self, rows: Sequence[int]) -> Sequence[int]:
        return rows[self.offset : self.end]


def search(
    connection: sqlite3.Connection,
    query: Query,
    *,
    limit: int,
    offset: int = 0,
    sort: Sort = "relevance",
    quoted: bool = False,
    stems: Sequence[str] = (),
) -> Results:
    """The messages a query finds, *limit* of them from the *offset*-th on.

    A query without words has no relevance and is answered newest first. Undated messages come last. Words that a
    letter only quotes count when *quoted* is true, and all forms of a word in the languages *stems*.
    """
    made = plan(connection, query, quoted=quoted, stems=stems)
    wish = _Wish(limit, offset, sort if made.match or sort == "oldest" else "newest")
    if made.tests or made.dated:
        page = _filtered(connection, made, wish)
    elif made.match:
        page = _matching(connection, made, wish)
    else:
        (total,) = connection.execute(_MESSAGES).fetchone()
        page = _Page(wish.page(_walk(connection, made, wish.sort, wish.end)), total)
    notes = (*made.notes, page.note) if page.note else made.notes
    if not page.total and made.match and (right := meant(connection, query, made.root)):
        notes = (*notes, f"Did you mean: {right}")
    shown = tuple(_shown(connection, page.rows, made.needles, quoted=quoted))
    return Results(shown, page.total, page.exact, notes)


def context(connection: sqlite3.Connection, row: int, count: int) -> tuple[Sequence[int], Sequence[int]]:
    """The rows of up to *count* messages before and after one in its conversation, in reading order."""
    around = {"row": row, "count": count}
    before = [earlier for (earlier,) in connection.execute(_BEFORE, around)]
    return before[::-1], [later for (later,) in connection.execute(_AFTER, around)]


def _shown(
    connection: sqlite3.Connection, rows: Sequence[int], needles: Sequence[Needle], *, quoted: bool
) -> Iterator[tuple[int, str]]:
    """The rows with their snippets: from the writer's own words, or from the subject when only that matches."""
    for row, subject, text, spans in connection.execute(_TEXTS, {"ids": json.dumps(rows)}):
        said = own(text, [Span(*span) for span in json.loads(spans)]) if spans else text
        shown = snippet(said if said.strip() and not quoted else text, needles)
        if subject and "\x02" not in shown:
            titled = snippet(subject, needles)
            shown = titled if "\x02" in titled or not shown else shown
        yield row, shown


def _matching(connection: sqlite3.Connection, made: Plan, wish: _Wish) -> _Page:
    """A query that the index answers alone."""
    (total,) = connection.execute(_HITS, {"match": made.match}).fetchone()
    ranked = wish.sort == "relevance"
    if ranked and min(wish.end, total) <= RANKED:
        return _best(connection, made.match, total, wish)
    note = f"More than {RANKED:,} messages are asked for, so the newest come first." if ranked else ""
    if total <= FEW:
        ids = _ids(connection, _HIT, made, few=total)
        return _Page(wish.page(_narrow(connection, made, ids, wish.sort, matched=True)), total, note=note)
    return _Page(wish.page(_walk(connection, made, wish.sort, wish.end, hits=total)), total, note=note)


def _best(connection: sqlite3.Connection, match: str, total: int, wish: _Wish) -> _Page:
    """The best hits first; of very many hits, the best of those archived last."""
    floor, note = 0, ""
    if total > RANKED:
        (floor,) = connection.execute(_NEWEST_HIT, {"match": match, "offset": RANKED - 1}).fetchone()
        note = f"These words are in {total:,} messages; the best of the {RANKED:,} archived last are shown."
    page = {"match": match, "floor": floor, "limit": wish.limit, "offset": wish.offset}
    return _Page([row for (row,) in connection.execute(_BEST, page)], total, note=note)


def _filtered(connection: sqlite3.Connection, made: Plan, wish: _Wish) -> _Page:
    """A query with filters: start from the narrowest side when there is one, else walk."""
    ranked = wish.sort == "relevance"
    few = _few(connection, made)
    if few is not None:
        ids, matched, note = few
        kept = _narrow(connection, made, ids, wish.sort, matched=matched)
        rows = _ranked(connection, made.match, kept) if ranked else kept
        return _Page(wish.page(rows), len(kept), note=note)
    wanted = max(wish.end, COUNTED)
    kept = _walk(connection, made, wish.sort, wanted + 1)
    if len(kept) <= wanted:
        rows = _ranked(connection, made.match, kept) if ranked else kept
        return _Page(wish.page(rows), len(kept))
    note = f"More than {wanted:,} messages are found; the best of the newest {wanted:,} are shown." if ranked else ""
    rows = _ranked(connection, made.match, kept[:wanted]) if ranked else kept
    return _Page(wish.page(rows), wanted, exact=False, note=note)


def _few(connection: sqlite3.Connection, made: Plan) -> tuple[Sequence[int], bool, str] | None:
    """The fewest row ids that hold every message wanted, whether they are the index's, and a note.

    None when nothing is few, and so hits are dense. Reading through all messages is the last thing tried, and
    only where a test has no index to help it: that is quick when many pass it, and needed when few do.
    """
    drivers = [_HIT] if made.match else []
    drivers += [f"{driver} limit :few" for driver in made.drivers]
    drivers += [_IN_TIME] if made.dated else []
    best: tuple[Sequence[int], bool, str] | None = None
    for driver in drivers:
        ids = _ids(connection, driver, made, few=FEW + 1)
        if len(ids) <= FEW and (best is None or len(ids) < len(best[0])):
            best = ids, driver == _HIT, ""
        if len(ids) <= _PROBED:
            break
    return best or (_scanned(connection, made) if made.blind else None)


def _scanned(connection: sqlite3.Connection, made: Plan) -> tuple[Sequence[int], bool, str] | None:
    """The ids of all messages that pass tests no index knows of; None when they are many."""
    (last,) = connection.execute("select coalesce(max(id), 0) from message").fetchone()
    floor = max(0, last - SCANNED)
    ids = _ids(connection, _SCAN.format(tests=" and ".join([*made.tests, *made.shown])), made, few=FEW + 1, floor=floor)
    note = f"Only the {SCANNED:,} messages archived last were looked through." if floor else ""
    return (ids, False, note) if len(ids) <= FEW else None


def _ids(connection: sqlite3.Connection, select: str, made: Plan, **values: int) -> Sequence[int]:
    bound = {"match": made.match, "low": made.low, "high": made.high, **made.values, **values}
    return [row for (row,) in connection.execute(select, bound)]


def _narrow(
    connection: sqlite3.Connection, made: Plan, ids: Sequence[int], sort: Sort, *, matched: bool
) -> Sequence[int]:
    """Those of a few ids that pass every test, in time order; *matched*: the index has had its say."""
    if not ids:
        return []
    tests = [*made.tests, *made.shown]
    if made.dated:
        tests.append("m.local_minute between :low and :high and m.local_minute <> :undated")
    if made.match and not matched:
        tests.append(_ASKED if len(ids) <= _PROBED else _LISTED_NEAR)
    statement = _NARROW.format(tests=" and ".join(tests or ["true"]), order=_ORDERS[sort])
    bound = {
        **made.values,
        **_bounds(ids),
        "match": made.match,
        "low": made.low,
        "high": made.high,
        "undated": UNDATED,
    }
    return [row for (row,) in connection.execute(statement, bound)]


def _bounds(ids: Sequence[int]) -> dict[str, object]:
    return {"ids": json.dumps(ids), "lowest": min(ids), "highest": max(ids)}


def _ranked(connection: sqlite3.Connection, match: str, ids: Sequence[int]) -> Sequence[int]:
    """The ids, best first."""
    if not ids:
        return []
    return [row for (row,) in connection.execute(_BEST_OF, {"match": match, **_bounds(ids)})]


def _walk(
    connection: sqlite3.Connection, made: Plan, sort: Sort, wanted: int, *, hits: int | None = None
) -> Sequence[int]:
    """Up to *wanted* messages in time order, the undated last; for searches whose hits are dense.

    Within one conversation the order is that of reading.
    *hits*: how many the index alone has, if that is known.
    """
    tests = [*made.tests, *made.shown]
    if made.match:
        tests.append(_ASKED if hits and _cheaper_asked(connection, made, hits, wanted) else _LISTED)
    if len(made.conversations) == 1 and not made.dated:
        bound = {**made.values, "match": made.match, "conversation": made.conversations[0], "wanted": wanted}
        statement = _READ.format(tests=" and ".join(tests), order=_ORDERS[sort])
        return [row for (row,) in connection.execute(statement, bound)]
    index = by_sender(connection) if 0 < len(made.senders) <= 50 else "indexed by message_match"
    if len(made.senders) == 1:
        tests.append("m.sender_id = :sender")
    statement = _WALK.format(index=index, tests=" and ".join(tests or ["true"]), order=_ORDERS[sort])
    bound = {**made.values, "match": made.match, "sender": next(iter(made.senders), None)}
    rows: list[int] = []
    for first, last in _stretches(made, sort):
        if len(rows) < wanted and first <= last:
            bound |= {"first": first, "last": last, "wanted": wanted - len(rows)}
            rows += [row for (row,) in connection.execute(statement, bound)]
    return rows


def _cheaper_asked(connection: sqlite3.Connection, made: Plan, hits: int, wanted: int) -> bool:
    """Whether to ask the index message by message, 0.15 ms each, rather than for all hits, 0.35 us each.

    Never with a prefix, for which every question is expensive.
    """
    if '"*' in made.match:
        return False
    (messages,) = connection.execute("select max(id) from message").fetchone()
    return hits * hits > 430 * wanted * int(messages)


def _stretches(made: Plan, sort: Sort) -> Iterator[tuple[int, int]]:
    """The minutes to walk, in order; the minute that says "undated" is cut out and comes last, or not at all."""
    parts = [(UNDATED + 1, LAST), (FIRST, UNDATED - 1)]
    for first, last in reversed(parts) if sort == "oldest" else parts:
        yield max(first, made.low), min(last, made.high)
    if not made.dated:
        yield UNDATED, UNDATED
