"""The same conversation, told by two files: what tier 2 could not match is aligned when a file has been read.

Overlap is proof that two files tell of one conversation, and the same title is a hint. So: what the file told first
is compared with what others told in its conversation; where that is no overlap, with what was said anywhere else at
the time. What matches becomes one message with the records of both, what does not takes its place in between, and a
conversation that turns out to be a known one under another name is joined to it. Everything is undone by row.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archiver.errors import UsageError
from archiver.store import candidates, dedupe, recall, regroup, tags
from archiver.store.archive import Archive
from archiver.store.overlap import DENSITY, Alignment, align
from archiver.store.recall import Rows
from archiver.store.regroup import Step
from archiver.store.run import note, now
from archiver.store.sums import ROLES

FAR = 26 * 60 + 60  # minutes by which the clocks of two phones may differ, and an hour
EVIDENCE = 3  # messages before two names are one person
CROWD = 20  # messages that both sides have in one time, without one in common: these are two conversations
WORDS = {role: word for word, role in ROLES.items()}
_SELF = "whatsapp-self"  # whoever exported: another person in every export


@dataclass(slots=True)
class Reunion:
    """What became of a file's messages: the *conversation* they are in now, how the import's counts change, and
    what was guessed: (what, value, because, confidence, option)."""

    conversation: int
    counts: Counter[str] = field(default_factory=Counter)
    guesses: list[tuple[str, str, str, float, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """The file that was read and the conversation its messages are in.

    *sure*: a person said which conversation it is. *keyed*: all its messages have keys of their own, and nobody else
    has told anything there.
    """

    import_id: int
    file_id: int
    conversation: int
    sure: bool
    keyed: bool = False


def reunite(sql: sqlite3.Connection, told: Told) -> Reunion:
    """Match what a file told with what others told. In the caller's transaction; all rows written and indexed."""
    if _alone(sql) or not _exists(sql, told, _TOLD_FIRST):
        return Reunion(told.conversation)
    if told.keyed:
        return Reunion(told.conversation) if told.sure else _by_keys(sql, told)
    if not _has_rest(sql, told):
        known = told.sure or _exists(sql, told, _TOLD_BEFORE)
        return Reunion(told.conversation) if known else _elsewhere(sql, told)
    new = recall.of_file(sql, told.file_id, told.conversation)
    old = recall.of_others(sql, told.file_id, told.conversation, _minutes(new))
    found = align(old.telling(), new.telling()) if old.rows else None
    if found is not None:
        with tags.following(sql):
            return _matched(sql, told, told.conversation, old, new, found)
    repeated = len(new.own) - sum(new.own)
    if told.sure or repeated >= max(EVIDENCE, DENSITY * _in_common(old, new)):
        return Reunion(told.conversation)
    return _by_title(sql, told, old, new)


def _alone(sql: sqlite3.Connection) -> bool:
    """Whether nothing else has been read into the archive: at one look, where the others take a long file through."""
    (alone,) = sql.execute(
        """
        select (select min(source_file_id) from record) = (select max(source_file_id) from record)
          and not exists (select 1 from conversation limit 1 offset 1)
        """
    ).fetchone()
    return bool(alone)


# Whether the file told anything that nobody had told before; whether it told anything that somebody had.
_TOLD_FIRST = """
select exists (select 1 from record r join message m on m.id = r.message_id
               where r.source_file_id = :file and r.role = 'first' and m.conversation_id = :conversation)
"""
_TOLD_BEFORE = """
select exists (select 1 from record r join record f on f.message_id = r.message_id
               where r.source_file_id = :file and r.role <> 'first'
                 and f.role = 'first' and f.source_file_id <> :file)
"""


def _exists(sql: sqlite3.Connection, told: Told, query: str) -> bool:
    (found,) = sql.execute(query, {"file": told.file_id, "conversation": told.conversation}).fetchone()
    return bool(found)


def _has_rest(sql: sqlite3.Connection, told: Told) -> bool:
    """Whether others told anything in the conversation that the file did not."""
    here = {"file": told.file_id, "conversation": told.conversation}
    (all_,) = sql.execute("select count(*) from message where conversation_id = :conversation", here).fetchone()
    (first,) = sql.execute(
        "select count(*) from record where source_file_id = :file and role = 'first'", here
    ).fetchone()
    if int(all_) <= int(first):
        return False
    (mine,) = sql.execute("select count(distinct message_id) from record where source_file_id = :file", here).fetchone()
    return int(all_) > int(mine)


def _minutes(new: Rows) -> tuple[int, int]:
    """The wall-clock minutes in which another phone can have told the same."""
    span = new.span()
    return (span[0] // 60 - FAR, span[1] // 60 + FAR) if span else (0, -1)


# -- which conversation is it? ---------------------------------------------------------------------------


def _elsewhere(sql: sqlite3.Connection, told: Told) -> Reunion:
    """A conversation nobody else speaks in: it may be a known one under another title."""
    for other in candidates.likely(sql, told.file_id, told.conversation):
        new = recall.of_file(sql, told.file_id, told.conversation)
        old = recall.of_others(sql, told.file_id, other, _minutes(new))
        found = align(old.telling(), new.telling())
        if found is not None:
            return _joined(sql, told, other, old, new, found)
    return Reunion(told.conversation)


def _joined(sql: sqlite3.Connection, told: Told, other: int, old: Rows, new: Rows, found: Alignment) -> Reunion:
    """The file's conversation becomes a part of the *other*, which it was found in."""
    before, known = regroup.named(sql, told.conversation), regroup.named(sql, other)
    with tags.following(sql):
        regroup.rescope(sql, before.key, known.key)
        reunion = _matched(sql, told, other, old, new, found)
        regroup.absorb(sql, told.conversation, other, told.import_id)
    if before.title != known.title:
        because = f"{len(found.pairs):,} of its messages are there, though here it is called “{before.title}”"
        reunion.guesses.append(("conversation", known.title, because, 0.99, "--new"))
    return reunion


def _by_keys(sql: sqlite3.Connection, told: Told) -> Reunion:
    """A conversation whose messages have keys of their own: where another one has the same, the two are one, each as
    another person's export calls it."""
    for other in candidates.with_the_same_keys(sql, told.file_id, told.conversation):
        new = recall.of_others(sql, 0, told.conversation)  # all of it, for files before this one have told of it, too
        old = recall.of_others(sql, 0, other, _minutes(new))
        pairs = _same_keys(sql, old, new)
        if len(pairs) >= EVIDENCE and len(pairs) >= _in_common(old, new) / 2:
            whole = Told(told.import_id, 0, told.conversation, sure=False)
            return _joined(sql, whole, other, old, new, Alignment(pairs, [], {}, 0, 0))
    return Reunion(told.conversation)


def _same_keys(sql: sqlite3.Connection, old: Rows, new: Rows) -> list[tuple[int, int]]:
    """The places in *old* and *new* of messages that brought the same key."""
    where = {row: i for i, row in enumerate(old.rows)}
    return [
        (where[row], j)
        for j, own in enumerate(new.rows)
        for (row,) in sql.execute(_SAME_KEY, {"row": own})
        if row in where
    ]


_SAME_KEY = """
select other.id from message m join message other
  on other.local_minute = m.local_minute and other.match_key = m.match_key and other.occurrence = m.occurrence
where m.id = :row and other.id <> m.id and m.occurrence = 0
"""


def _by_title(sql: sqlite3.Connection, told: Told, old: Rows, new: Rows) -> Reunion:
    """Nothing but the title says that it is one conversation: with the same people at another time it is, else not."""
    title = regroup.named(sql, told.conversation).title
    others = recall.of_others(sql, told.file_id, told.conversation)
    together = _in_common(old, new)
    if together < CROWD and set(others.senders) & set(new.senders) - {0}:
        because = "a conversation of this name is here, with some of the same people, but no message is in both"
        return Reunion(told.conversation, guesses=[("conversation", title, because, 0.6, "--new")])
    with tags.following(sql):
        taken_off = _correct(sql, told, told.conversation, new, {}, shift=None)
        own = regroup.apart(sql, told.conversation, told.import_id, new)
    because = "a conversation of this name is here, but " + (
        f"of {together:,} messages of the same time none is in both" if together >= CROWD else "with other people"
    )
    reunion = _elsewhere(sql, Told(told.import_id, told.file_id, own, sure=False))
    _recount(reunion, taken_off)
    if reunion.conversation == own:
        reunion.guesses.append(("conversation", f"another “{title}”", because, 0.8, "--into"))
    return reunion


def _in_common(old: Rows, new: Rows) -> int:
    """How many messages the shorter one has in the time that both tell of."""
    mine, theirs = old.span(), new.span()
    if mine is None or theirs is None:
        return 0
    low, high = max(mine[0], theirs[0]), min(mine[1], theirs[1])
    return min(sum(low <= time <= high for time in side.times) for side in (old, new))


# -- what was matched --------------------------------------------------------------------------------------


def _matched(sql: sqlite3.Connection, told: Told, home: int, old: Rows, new: Rows, found: Alignment) -> Reunion:
    """Join what was matched, place the rest, and note who turned out to be one person."""
    reunion = Reunion(home)
    apart = dedupe.different(sql)
    pairs = [(old.rows[i], j) for i, j in found.pairs if (old.rows[i], new.rows[j]) not in apart]
    taken_off = _correct(sql, told, home, new, {j: row for row, j in pairs}, found.shift)
    kept = {new.rows[j] for j in range(len(new.rows)) if not new.own[j]}
    joined = [(row, new.rows[j]) for row, j in pairs if new.own[j] and row not in kept]
    going = {row for _, row in joined}
    mates = {new_row: old_row for old_row, new_row in joined}
    steps = [
        Step(mates.get(row, row), new.times[j] // 60 - found.shift // 60, settled=row in mates or not new.own[j])
        for j, row in enumerate(new.rows)
    ]
    reunion.counts.update(regroup.join(sql, joined, told.import_id, now()))
    reunion.counts["new"] -= len(joined)
    _recount(reunion, taken_off)
    if home != told.conversation or found.shift or any(row not in going for row in new.rows):
        regroup.place(sql, home, steps)
    _link(sql, found, told.import_id)
    weak = [(new.rows[j], old.rows[i]) for i, j in found.weak if new.own[j] and new.rows[j] not in going]
    dedupe.suspect(sql, told.import_id, weak)
    if weak:
        because = "they are told otherwise here; they are kept and hidden: archive dedupe list"
        reunion.guesses.append(("duplicates", f"{len(weak):,} messages", because, 0.5, ""))
    return reunion


def _recount(reunion: Reunion, taken_off: Counter[str]) -> None:
    """Records that were taken off a message were counted by their role, and are new now."""
    reunion.counts["new"] += taken_off.total()
    for role, records in taken_off.items():
        reunion.counts[WORDS[role]] -= records


def _correct(
    sql: sqlite3.Connection, told: Told, home: int, new: Rows, mates: dict[int, int], shift: int | None
) -> Counter[str]:
    """Where clocks differ, equal minutes are an accident: a record that was matched by one is taken off again.

    *shift*: by how much they differ; None: these are two conversations. Returns how many had which role.
    """
    wrong = [j for j, row in enumerate(new.rows) if not new.own[j] and (mates[j] != row if j in mates else shift != 0)]
    roles = Counter(
        role
        for j in wrong
        for (role,) in sql.execute(
            "select role from record where source_file_id = ? and ordinal = ?", (told.file_id, new.ordinals[j])
        )
    )
    made = regroup.detach(sql, home, ((new.rows[j], told.file_id, new.ordinals[j]) for j in wrong))
    for j in wrong:
        new.rows[j], new.own[j] = made[new.ordinals[j]], 1
    return roles


def _link(sql: sqlite3.Connection, found: Alignment, import_id: int) -> None:
    """Two names of one person, by what both said: a row that can be taken back."""
    for theirs, (mine, evidence) in found.senders.items():
        if theirs == mine or evidence < EVIDENCE:
            continue
        rows = sql.execute(
            """
            select i.id, i.scheme, l.person_id from identity i join identity_link l on l.id =
              (select max(newest.id) from identity_link newest where newest.identity_id = i.id)
            where i.id in (:theirs, :mine)
            """,
            {"theirs": theirs, "mine": mine},
        ).fetchall()
        people = {row: person for row, scheme, person in rows if scheme != _SELF}
        if len(people) == 2 and people[theirs] != people[mine]:
            link(sql, people[theirs], people[mine], "aligned", evidence, import_id)


def link(sql: sqlite3.Connection, going: int, into: int, basis: str, evidence: int, import_id: int | None) -> None:
    """All names of the person *going* are *into*'s from now on."""
    sql.execute(
        """
        insert into identity_link (identity_id, person_id, basis, evidence, import_id)
        select l.identity_id, :into, :basis, :evidence, :import from identity_link l
        where l.person_id = :going and l.id =
          (select max(newest.id) from identity_link newest where newest.identity_id = l.identity_id)
        """,
        {"going": going, "into": into, "basis": basis, "evidence": evidence, "import": import_id},
    )


# -- by hand -----------------------------------------------------------------------------------------------


def merge(archive: Archive, row: int, into: int) -> dict[str, int]:
    """Make one conversation of two, as a person says: counts of messages moved and of those that were in both."""
    if row == into:
        raise UsageError("That is one conversation already.", remedy="Name two: archive conversations")
    with archive.transaction() as sql, tags.following(sql):
        (import_id,) = sql.execute("select made_by from conversation where id = ?", (row,)).fetchone()
        before, known = regroup.named(sql, row), regroup.named(sql, into)
        new, old = recall.of_others(sql, 0, row), recall.of_others(sql, 0, into)
        regroup.rescope(sql, before.key, known.key)
        found = align(old.telling(), new.telling()) or Alignment([], [], {}, 0, 0)
        told = Told(import_id, 0, row, sure=True)
        reunion = _matched(sql, told, into, old, new, found)
        regroup.absorb(sql, row, into, import_id)
        counts = {"moved": len(new.rows) - len(found.pairs), "in_both": len(found.pairs)}
        said = {"merge": before.title, "into": known.title, "key": before.key, "into_key": known.key}
        note(sql, "metadata modification", {**said, **counts, **reunion.counts})
    return counts


def split(archive: Archive, conversation_id: int, import_id: int) -> dict[str, int]:
    """Make what one import says in a conversation a conversation of its own again."""
    with archive.transaction() as sql, tags.following(sql):
        files = [row for (row,) in sql.execute("select id from source_file where import_id = ?", (import_id,))]
        told = [(file_id, recall.of_file(sql, file_id, conversation_id)) for file_id in files]
        told = [(file_id, rows) for file_id, rows in told if rows.rows]
        if not told:
            raise UsageError(
                f"Import {import_id} says nothing in this conversation.",
                remedy="See which imports there are: archive imports list",
            )
        counts = {"moved": 0, "copied": 0}
        shared = _shared(sql, conversation_id, files)
        for file_id, rows in told:
            made = regroup.detach(
                sql,
                conversation_id,
                ((row, file_id, rows.ordinals[j]) for j, row in enumerate(rows.rows) if row in shared),
            )
            for j, row in enumerate(rows.rows):
                rows.rows[j] = made.get(rows.ordinals[j], row) if row in shared else row
                rows.own[j] = 1
            counts["copied"] += len(made)
            counts["moved"] += len(rows.rows)
        own = None
        for _, rows in told:
            own = regroup.apart(sql, conversation_id, import_id, rows, own)
        key = regroup.named(sql, conversation_id).key
        note(sql, "metadata modification", {"split": conversation_id, "key": key, "import": import_id, **counts})
    return counts


def _shared(sql: sqlite3.Connection, conversation_id: int, files: Sequence[int]) -> set[int]:
    """The messages that other files speak of, too."""
    marks = ",".join(map(str, files))
    return set(
        _first(
            sql.execute(
                f"""
                select distinct m.id from message m
                join record mine on mine.message_id = m.id and mine.source_file_id in ({marks})
                join record other on other.message_id = m.id and other.source_file_id not in ({marks})
                where m.conversation_id = ?
                """,
                (conversation_id,),
            )
        )
    )


def _first(rows: sqlite3.Cursor) -> Iterator[int]:
    return (row for (row,) in rows)
