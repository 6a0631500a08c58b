"""One import on its way into the archive, batch by batch; a killed one goes on where its last batch ended."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import groupby
from typing import cast

from archiver.model import Conversation, Guess, Handle, Item, Message, Origin, Problem, Reaction, Stretch, When, singly
from archiver.store import deferred
from archiver.store import run as runs
from archiver.store.archive import Archive
from archiver.store.batch import Batch
from archiver.store.cast import Cast
from archiver.store.claims import alike, find_claimed, key_of, other_key_of
from archiver.store.ids import UNDATED
from archiver.store.incoming import Columns, Incoming, Stored, times, view_of
from archiver.store.indexing import index
from archiver.store.joining import AT_ONCE, join
from archiver.store.keepout import keep_out, tombs_of
from archiver.store.known import find_stored
from archiver.store.latest import Latest
from archiver.store.match import OWN_KEY, Keys, Occurrences, of_keys
from archiver.store.merge import difference, merge
from archiver.store.order import Order
from archiver.store.restating import rewrite
from archiver.store.reunite import Told, reunite
from archiver.store.run import Progress, Run
from archiver.store.stages import Stages
from archiver.store.sums import ROLES, as_json, what_changed

# The ids that letters name come in no order, so the trees that hold them are read all over: with 16 MiB of pages at
# hand an import of 20,000 letters spends a quarter of its time on reading pages again.
_ROOM = "pragma cache_size = -65536"
REMEMBERED = 10_000  # senders of one conversation kept at hand

_Known = tuple[Handle | None, int | None, blake2b]
_Lookup = tuple[int, int, int, int]


@dataclass(slots=True)
class _Place:
    """A conversation as this import sees it."""

    id: int
    key: str
    spoken_of_as: str
    keys: Keys
    fresh: bool  # made by this import, so nothing can be a repetition unless the file repeats itself
    occurrences: Occurrences = field(default_factory=Occurrences)
    senders: dict[int, _Known] = field(default_factory=dict)
    order: Order | None = None
    spoken_in: bool = False  # by the present file or one before it
    spoken_in_now: bool = False  # by the present file, in messages that are known by their words
    keyed_now: bool = False  # by the present file, in messages that have keys of their own and belong here
    latest: Latest = field(default_factory=Latest)  # of those with keys of their own


@dataclass(slots=True)
class _File:
    id: int
    ordinal: int = 0


class _Fresh:
    """What a batch has brought so far, to be known again; what it says is worked out when it comes again, if ever."""

    def __init__(self) -> None:
        self._new: dict[_Lookup, tuple[Incoming, int, int]] = {}
        self._known: dict[_Lookup, Stored] = {}

    def add(self, one: Incoming, row: int, seq: int) -> None:
        self._new[_lookup(one)] = one, row, seq

    def get(self, lookup: _Lookup) -> Stored | None:
        if (new := self._new.pop(lookup, None)) is not None:
            one, row, seq = new
            self._known[lookup] = Stored(row, seq, view_of(one))
        return self._known.get(lookup)


class ImportWriter:
    """Takes an importer's items. Each call of ``add`` is one transaction, durable by the next call or by the end."""

    def __init__(self, archive: Archive, run: Run, *, into: int | None = None, apart: bool = False) -> None:
        """*into*: row id of the conversation all messages go to; *apart*: never into an existing one."""
        self._archive = archive
        self._tombs = tombs_of(archive)
        self._run = run = self._tombs.run(run) if self._tombs else run
        begun = runs.begin(archive, run)
        deferred.put_off(archive)
        self.id, self.resumed, self.counts = begun.id, begun.resumed, begun.counts
        self._progress = begun.progress
        self._done = begun.progress.items
        self._seen = 0
        self._batch = Batch(archive.connection)
        self._stages = Stages(archive)
        self._sql = self._stages.sql
        self._cast = Cast(
            self._sql, self.id, run.importer, dict(begun.progress.conversations), into=into, apart=apart,
            tombs=self._tombs,
        )  # fmt: skip
        self._sure = apart or into is not None
        self.guesses: list[Guess] = []  # made by the store, beyond those of the importer
        self.problems: list[Problem] = []  # likewise
        self._incoming: list[tuple[Incoming, _Place]] = []
        self._unindexed: list[tuple[int, int]] = []  # first and last row ids stored in this batch
        self._roomy = False  # whether there is room for the trees of letters
        self._when: When | None = None
        self._times: tuple[int, int | None, int | None] = (UNDATED, None, None)
        self._files: dict[tuple[str, str | None], _File] = {}
        self._places: dict[str, _Place] = {}
        self._by_row: dict[int, list[_Place]] = {}
        self._offsets: dict[int, list[int]] = {}
        self._reading = _File(0)
        self._dump: str | None = None
        self._member: str | None = None

    @property
    def messages(self) -> int:
        """Messages read so far, in this run and in those it goes on from."""
        return sum(self.counts[word] for word in ("new", "duplicate", "enriched", "revised"))

    def conversations(self) -> list[str]:
        """Titles of the conversations the import speaks in. After ``finish``."""
        rows = self._archive.connection.execute(
            "select title from conversation where id in (select value from json_each(?)) order by id",
            (json.dumps(sorted(set(self._cast.named.values()))),),
        )
        return [title for (title,) in rows]

    def finish(self) -> None:
        """Mark the import done, when all of it is durable."""
        self._end_file()
        join(self._sql())
        self._end_batch()
        self.close()
        if self._tombs:
            keep_out(self._archive, self.id)
        deferred.make(self._archive)
        runs.finish(self._archive, self.id, {"given": list(self._run.given), **self.counts})

    def close(self) -> None:
        """Let go: what was added stays, what was being added is taken back. May be called again."""
        self._stages.close()

    # -- files -----------------------------------------------------------------------------------------

    def knows(self, origin: Origin) -> bool:
        """Whether the file an origin speaks of has been announced."""
        return (origin.dump, origin.member) in self._files

    def keep_file(self, key: tuple[str, str | None], path: str, sha256: str, size: int, parent: int | None) -> int:
        """Announce a file whose content is in blobs; returns its row id. *key*: the origin's digest and member."""
        seal = None
        if self._tombs:
            path, seal = self._tombs.cutter.fill(path), self._tombs.seals.of("given", sha256)
        file = {"import": self.id, "parent": parent, "path": path, "sha256": sha256, "size": size, "seal": seal}
        sql = self._sql()
        row = sql.execute(
            """
            select id from source_file
            where import_id = :import and (sha256 = :sha256 or given_seal = :seal) and path = :path
            """,
            file,
        ).fetchone()
        if row is None:
            sql.execute("insert or ignore into blob (sha256, size) values (:sha256, :size)", file)
            row = sql.execute(
                """
                insert into source_file (import_id, parent_id, path, sha256, size)
                values (:import, :parent, :path, :sha256, :size) returning id
                """,
                file,
            ).fetchone()
        self._files[key] = _File(int(row[0]))
        return int(row[0])

    # -- items -----------------------------------------------------------------------------------------

    def add(self, items: Iterable[Item], blobs: Sequence[tuple[str, int, str | None]] = ()) -> None:
        """Store a batch. *blobs*: (sha256, size, media type) of attachments kept since the last batch."""
        if blobs:
            self._sql().executemany("insert or ignore into blob (sha256, size, media_type) values (?, ?, ?)", blobs)
        for kind, run in groupby(singly(items) if self._tombs else items, key=type):
            if kind is Message:
                self._messages(cast("Iterable[Message]", run))
            elif kind is Stretch:
                for stretch in run:
                    self._stretch(cast("Stretch", stretch))
            else:
                self._others(run)
        self._flush()
        if self._seen > self._done:
            self._done = self._seen
            self._end_batch()

    def _end_batch(self) -> None:
        """The words of the batch into the index, the import's progress noted, all committed: in the background."""
        self._write()
        cursors = {place.id: place.order.cursor for place in self._places.values() if place.order}
        progress = Progress(self._done, self._cast.named, self._reading.id, cursors).as_json()
        counts, unindexed, self._unindexed = dict(self.counts), self._unindexed, []

        def last(sql: sqlite3.Connection) -> None:
            for first, final in unindexed:
                index(sql, first, final)
            join(sql, AT_ONCE)
            runs.mark(sql, self.id, counts, progress)

        self._stages.end(last)

    def _file(self, item: Problem | Guess) -> _File:
        origin = item.origin
        return _File(0) if origin is None else self._files[origin.dump, origin.member]

    def _others(self, items: Iterable[Item]) -> None:
        for item in items:
            self._seen += 1
            if isinstance(item, Conversation):
                self._conversation(item)
            elif self._seen > self._done:
                self._other(item)
            elif isinstance(item, Problem) and _took_bytes(item):
                self._file(item).ordinal += 1

    def _messages(self, messages: Iterable[Message]) -> None:
        """The hot path: a million times through here, so what a run of messages shares is held in local names."""
        spoken_of_as = place = None
        when, (minute, sent_at, offset) = self._when, self._times
        tombs = self._tombs
        for message in messages:
            self._seen += 1
            origin = message.origin
            if origin.dump is not self._dump or origin.member is not self._member:
                self._turn_to(origin)
                place = None
            if place is None or message.conversation is not spoken_of_as:
                spoken_of_as = message.conversation
                place = self._places[spoken_of_as]
                keys, occurrences, senders = place.keys, place.occurrences, place.senders
            if message.when is not when:
                when = message.when
                minute, sent_at, offset = times(when)
            sender = message.sender
            known = senders.get(id(sender))
            if known is None or known[0] is not sender:
                known = self._meet(sender, place)
            key = keys.of(message, known[2]) if message.claim is None else key_of(message)
            if message.key is None:
                occurrence = occurrences.count(minute, key)
                place.spoken_in = place.spoken_in_now = True
                new = place.fresh and not occurrences.uncertain
            elif message.claim is None:
                occurrence, new = OWN_KEY, self._later(place, (minute,), (key,))
            else:
                occurrence, place.spoken_in, new = 1, True, False
            if tombs is not None:
                message, key = tombs.of(self._sql(), message, minute, key, occurrence)  # noqa: PLW2901 - what is left of it
            file = self._reading
            file.ordinal += 1
            if self._seen > self._done:
                one = Incoming(
                    message, place.id, minute, key, occurrence, file.id, file.ordinal - 1, known[1], sent_at, offset,
                    place.key if message.claim is not None else None,
                    [self._reaction(one, place) for one in message.reactions] if message.reactions else (),
                )  # fmt: skip
                if new:
                    self._certainly(one, place)
                else:
                    self._incoming.append((one, place))
        self._when, self._times = when, (minute, sent_at, offset)

    def _stretch(self, stretch: Stretch) -> None:
        """The hot path of a chat, a million times through here: column by column."""
        if stretch.origin.dump is not self._dump or stretch.origin.member is not self._member:
            self._turn_to(stretch.origin)
        place, file = self._places[stretch.conversation], self._reading
        known = self._met(stretch.senders, place)
        minutes = [wall // 60_000 for wall in stretch.walls]
        if stretch.keys:
            keys, occurrences = of_keys(stretch.keys), [OWN_KEY] * len(stretch)
            new = self._later(place, minutes, keys)
        else:
            keys, occurrences = self._by_words(stretch, known, minutes, place)
            place.spoken_in = place.spoken_in_now = True
            new = place.fresh and not place.occurrences.uncertain
        shift = stretch.offset * 60_000
        sent = [wall - shift for wall in stretch.walls]
        columns = Columns(place.id, minutes, keys, occurrences, [one[1] or 0 for one in known], sent)
        done = max(self._done - self._seen, 0)  # stored before the import was interrupted
        self._seen += len(stretch)
        ordinal, file.ordinal = file.ordinal, file.ordinal + len(stretch)
        if new and not done:
            self._certainly_all(stretch, columns, place, ordinal)
            return
        for i in range(done, len(stretch)):
            reacted = more.reactions if (more := stretch.standing.get(i)) else ()
            one = columns.incoming(stretch, i, file.id, ordinal + i, [self._reaction(mark, place) for mark in reacted])
            if new:
                self._certainly(one, place)
            else:
                self._incoming.append((one, place))

    @staticmethod
    def _later(place: _Place, minutes: Sequence[int], keys: Sequence[int]) -> bool:
        """Whether messages with keys of their own are later than all that is there, and so certainly new."""
        new = place.latest.new(minutes, keys)
        if not place.keyed_now and not (new and place.order and place.order.at_end):
            place.order = None  # of the file before, which this one does not go on from
        place.keyed_now = True
        return new

    @staticmethod
    def _by_words(
        stretch: Stretch, known: Sequence[_Known], minutes: Sequence[int], place: _Place
    ) -> tuple[list[int], list[int]]:
        """The match keys and occurrences of messages without keys of their own."""
        keys = place.keys.of_texts([one[2] for one in known], stretch.texts)
        for i, more in stretch.standing.items():
            keys[i] = place.keys.of_parts(known[i][2], more.text, len(more.attachments))
        return keys, place.occurrences.count_all(minutes, keys)

    def _certainly_all(self, stretch: Stretch, columns: Columns, place: _Place, ordinal: int) -> None:
        """Messages that nobody has said before, for sure; *ordinal*: of the first one's record."""
        self._flush()
        order = place.order or self._order(place, self._reading.id)
        placed = replace(columns, seqs=order.places(columns.minutes))
        rows = self._batch.texts(stretch, placed, self._reading.id, ordinal)
        self.counts["new"] += len(stretch)
        for i, more in stretch.standing.items():
            if more.reactions:
                self._batch.told(rows[i], (), [self._reaction(reaction, place) for reaction in more.reactions])

    def _certainly(self, one: Incoming, place: _Place) -> None:
        """A message that nobody has said before, for sure."""
        if self._incoming:
            self._flush()  # what waits comes before it
        self._new(one, place, place.order or self._order(place, one.file_id))

    def _met(self, senders: Sequence[Handle], place: _Place) -> list[_Known]:
        """What is known of each of these senders, in their order."""
        ids = list(map(id, senders))
        if not place.senders.keys() >= set(ids):  # whom we have met is held here, so nobody else gets that id
            if len(place.senders) + len(set(ids)) > REMEMBERED:
                place.senders.clear()
            for sender in {id(sender): sender for sender in senders}.values():
                if id(sender) not in place.senders:
                    self._meet(sender, place)
        return list(map(place.senders.__getitem__, ids))

    def _meet(self, sender: Handle | None, place: _Place) -> _Known:
        """A sender with its row id and the start of its match keys, found again by the record's identity."""
        if len(place.senders) > REMEMBERED:
            place.senders.clear()
        identity = self._cast.identity(sender, place.spoken_of_as, place.key) if sender is not None else None
        place.senders[id(sender)] = known = (sender, identity, place.keys.said_by(sender))
        return known

    def _turn_to(self, origin: Origin) -> None:
        """Where another file begins, its own order and its own counting begin."""
        file = self._files[origin.dump, origin.member]
        if file is not self._reading:
            self._end_file()
            for place in self._places.values():
                place.spoken_in_now = place.keyed_now = False
                if place.spoken_in:
                    place.order, place.fresh, place.occurrences = None, False, Occurrences()
            self._reading = file
        self._dump, self._member = origin.dump, origin.member

    def _end_file(self) -> None:
        """What the file told is compared with what others tell, once."""
        self._flush()
        self._write()
        if not self._reading.id:
            return
        sql, file = self._sql(), {"file": self._reading.id}
        (compared,) = sql.execute("select compared from source_file where id = :file", file).fetchone()
        if compared:
            return
        self._index_waiting()
        for place in self._places.values():
            if place.spoken_in_now or (place.keyed_now and place.latest.sole):
                self._reunite(place)
        sql.execute("update source_file set compared = 1 where id = :file", file)

    def _reunite(self, place: _Place) -> None:
        """Match what tier 2 could not; afterwards the conversation may be a known one under another name."""
        reunion = reunite(
            self._sql(), Told(self.id, self._reading.id, place.id, self._sure, keyed=not place.spoken_in_now)
        )
        for word, more in reunion.counts.items():
            self.counts[word] += more
        for what, value, because, confidence, option in reunion.guesses:
            origin = Origin(self._run.importer, self._dump or "", self._member, 0, 0)
            self.guesses.append(guess := Guess(what, value, because, confidence, origin, option))
            self._guess(guess)
        if reunion.conversation != place.id:
            place.id = reunion.conversation
            (place.key,) = self._sql().execute("select key from conversation where id = ?", (place.id,)).fetchone()
            place.keys, place.fresh, place.order, place.senders = Keys(place.key), False, None, {}
            self._cast.moved(place.spoken_of_as, place.id)
            self._settle(place)

    def _conversation(self, conversation: Conversation) -> None:
        told = self._tombs.conversation(conversation) if self._tombs else conversation
        if (known := self._places.get(conversation.key)) is not None:  # told again, by another owner's export perhaps
            self._cast.joined(told, known.id, known.key)
            return
        row, key, fresh = self._cast.home_of(told)
        keys = Keys(conversation.key if told.key != conversation.key and told.key == key else key)
        sole = fresh and not self.resumed
        place = _Place(row, key, told.key, keys, fresh, latest=Latest(sole))
        self._places[conversation.key] = place
        self._settle(place)

    def _settle(self, place: _Place) -> None:
        """A place in a conversation that goes by several keys has it for itself no longer, nor have the others."""
        there = self._by_row.setdefault(place.id, [])
        there.append(place)
        if len(there) > 1:
            for one in there:
                one.latest.sole = False

    def _other(self, item: Item) -> None:
        if isinstance(item, Guess):
            self._guess(self._tombs.guess(item) if self._tombs else item)
        elif isinstance(item, Problem):
            self._problem(self._tombs.problem(item) if self._tombs else item)

    def _guess(self, guess: Guess) -> None:
        file, sql = self._file(guess), self._sql()
        sql.execute(
            """
            insert into guess (source_file_id, what, value, because, confidence, option)
            values (:file, :what, :value, :because, :confidence, :option)
            """,
            {
                "file": file.id,
                "what": guess.what,
                "value": guess.value,
                "because": guess.because,
                "confidence": guess.confidence,
                "option": guess.option,
            },
        )
        column = {"zone": "zone", "date-order": "date_order"}.get(guess.what)
        if column:
            sql.execute(f"update source_file set {column} = ? where id = ?", (guess.value, file.id))

    def _problem(self, problem: Problem) -> None:
        origin, file = problem.origin, self._file(problem)
        self.counts["problems"] += 1
        if origin and _took_bytes(problem):
            status = "skipped" if problem.loss == "nothing" else "unreadable"
            self.counts[status] += 1
            self._batch.unread(file.id, file.ordinal, origin.start, origin.end, status, problem.what)
            file.ordinal += 1
        self._sql().execute(
            """
            insert into problem (import_id, source_file_id, byte_start, byte_end, what, note, loss)
            values (:import, :file, :start, :end, :what, :note, :loss)
            """,
            {
                "import": self.id,
                "file": file.id or None,
                "start": origin.start if origin else None,
                "end": origin.end if origin else None,
                "what": problem.what,
                "note": problem.note,
                "loss": problem.loss,
            },
        )

    # -- matching --------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Decide for every waiting message whether it is new."""
        incoming, self._incoming = self._incoming, []
        if not incoming:
            return
        self._write()
        claimed = [(n, one) for n, (one, _) in enumerate(incoming) if one.home is not None]
        if claimed and not self._roomy:
            self._roomy = True
            self._sql().execute(_ROOM)
        stored = find_claimed(self._sql(), claimed) if claimed else {}
        if rest := [(n, one) for n, (one, _) in enumerate(incoming) if one.home is None]:
            stored |= find_stored(self._sql(), rest, self._clocks)
        fresh = _Fresh()
        for n, (one, place) in enumerate(incoming):
            known = stored.get(n) or fresh.get(_lookup(one))
            if known is not None and one.home is not None and not alike(view_of(one), known.view):
                one, known = self._other_letter(one, fresh)  # noqa: PLW2901 - the same, under its other key
            order = place.order or self._order(place, one.file_id)
            if known is not None:
                self._repeated(one, known, order)
            else:
                row, seq = self._new(one, place, order)
                fresh.add(one, row, seq)

    def _clocks(self, conversation_id: int) -> Collection[int]:
        """The offsets of the clocks by which a conversation was read before this import."""
        known = self._offsets.get(conversation_id)
        if known is None:
            rows = self._sql().execute(
                "select distinct tz_offset from message where conversation_id = ? and tz_offset is not null",
                (conversation_id,),
            )
            known = self._offsets[conversation_id] = [offset for (offset,) in rows]
        return known

    def _other_letter(self, one: Incoming, fresh: "_Fresh") -> tuple[Incoming, Stored | None]:
        """A letter under an id that another letter has: known by its content, too, and told to whoever imports."""
        one = one._replace(key=other_key_of(one.message))
        known = fresh.get(_lookup(one)) or find_claimed(self._sql(), [(0, one)]).get(0)
        if known is None:
            note = f"Two different letters have the id {one.message.native_id}; both are kept."
            self.problems.append(problem := Problem("same-id", note, one.message.origin, "detail"))
            self._problem(problem)
        return one, known

    def _write(self) -> None:
        """What waits goes into the tables."""
        self._unindexed.append(self._batch.write(self._sql()))

    def _index_waiting(self) -> None:
        """What the batch has stored so far, into the index."""
        for first, last in self._unindexed:
            index(self._sql(), first, last)
        self._unindexed = []

    def _order(self, place: _Place, file_id: int) -> Order:
        cursor = self._progress.cursors.get(place.id) if file_id == self._progress.file else None
        place.order = Order(self._sql, place.id, self._write, cursor)
        return place.order

    def _new(self, one: Incoming, place: _Place, order: Order) -> tuple[int, int]:
        """A message nobody has said before: its row and its place."""
        self.counts["new"] += 1
        seq = order.place(one.minute)
        row = self._batch.new(one, seq)
        message = one.message
        if message.recipients or message.reactions:
            who = [self._cast.identity(handle, place.spoken_of_as, place.key) for handle in message.recipients]
            self._batch.told(row, who, one.reactions)
        return row, seq

    def _reaction(self, reaction: Reaction, place: _Place) -> tuple[int | None, str, int | None]:
        by = self._cast.identity(reaction.by, place.spoken_of_as, place.key) if reaction.by else None
        return by, reaction.value, int(reaction.at.timestamp() * 1000) if reaction.at else None

    def _repeated(self, one: Incoming, known: Stored, order: Order) -> None:
        """A message that is here already: note the observation, take over what it knows better."""
        if not self._batch.holds(known.row):  # who waits has no place in the table that others could be put behind
            order.passed(known.seq)
        first = known.view | known.first_said
        mine = view_of(one)
        total = merge(known.view, mine)
        said = difference(mine, first)
        what = what_changed(known.view, total)
        self.counts[what] += 1
        self._batch.observed(one, known.row, ROLES[what], as_json(said))
        if what != "duplicate":
            self._rewrite(known, total, difference(first, total))

    def _rewrite(self, known: Stored, total: dict[str, object], first_said: dict[str, object]) -> None:
        """The message says more from now on; what its first record said is kept with that record."""
        if self._batch.holds(known.row):
            self._write()
        if any(first <= known.row <= last for first, last in self._unindexed):
            self._index_waiting()  # only what is in the index can be taken out of it
        sql = self._sql()
        if known.view["home"] != total["home"]:
            self._write()  # whoever waits for a place behind it has one before it comes
        rewrite(sql, known.row, known.view, total)
        if known.view["home"] != total["home"]:
            for place in self._places.values():
                if place.order:
                    place.order.look_again()
        sql.execute(
            "update record set said = ? where message_id = ? and role = 'first'", (as_json(first_said), known.row)
        )
        known.view, known.first_said = total, first_said


def _lookup(one: Incoming) -> _Lookup:
    """What two incoming messages have in common when they are one; a letter is one in all conversations."""
    if one.home is not None:
        return 0, 0, one.key, 0
    return one.conversation_id, one.minute, one.key, one.occurrence


def _took_bytes(problem: Problem) -> bool:
    """Whether a problem stands for bytes of its own that became no message."""
    origin = problem.origin
    return origin is not None and origin.end > origin.start and problem.loss in {"message", "nothing"}
