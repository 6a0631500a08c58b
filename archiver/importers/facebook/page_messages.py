"""The boxes of one page into messages. Nearly all are nothing but text and take the short way."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from archiver.dump import Entry
from archiver.importers.facebook.folding import Folding, edited_text
from archiver.importers.facebook.kinds import Reading, Voice, base_name, files_of, media_type, read_kind
from archiver.importers.facebook.loading import SOURCE
from archiver.importers.facebook.markup import Markup, plain, split, unbroken, written
from archiver.importers.facebook.page_boxes import Box
from archiver.importers.facebook.page_contents import Contents, contents
from archiver.importers.facebook.page_dates import may_be_date
from archiver.importers.facebook.page_outline import Outline, Outlines, Stencil, stencil
from archiver.importers.facebook.page_people import people_told
from archiver.importers.facebook.page_zones import PageClock
from archiver.importers.facebook.people import handle_for, is_nobody
from archiver.importers.facebook.room import Room
from archiver.importers.facebook.sentences import LONGEST, edit_marks, openings
from archiver.importers.facebook.tree import ThreadRef
from archiver.model import Attachment, Handle, Message, Origin, Reaction, When

_SENDERS = 50_000
_TIMES = 50_000
_STENCILS = 6
_SAVED = 3  # texts that a message has at least: who, what, when
_CERTAIN = ((), ("zone",))  # what may be assumed of a time that is not counted any more
_FEW = 1_000  # names that are compared one by one
_UNASKED = frozenset({"message_requests", "filtered_threads"})  # folders of what the owner never accepted
_READ = frozenset({"text", "media", "share", "sticker"})  # kinds that are what somebody sent, as it stands
# One emoji: a flag, a key, or a sign with what modifies it and what it is joined with.
_JOINED = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff]|\u20e3|[\U000e0020-\U000e007f])*"
_SIGN = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[^\\w\\s]{_JOINED}(?:\u200d\\S{_JOINED}){{0,8}}")
_NO_SIGN = "?"  # a reaction whose sign is not told
_openings = openings().get
_MARKS = edit_marks()
_LAST = frozenset(mark[-1] for mark in _MARKS)


class _Who(NamedTuple):
    """A sender as this conversation has them: *own*: is it the exporter (None: nobody knows); *shared*: so many people
    here have this name, 0 for one."""

    handle: Handle
    name: str
    own: bool | None
    shared: int


class BoxReader:
    """Reads the boxes of one file, in the order in which they were sent.

    *broken* counts the boxes that are not UTF-8, *damaged* those whose tags are not as they should be. What is read
    waits in a batch until it is taken with `taken`.
    """

    def __init__(self, room: Room, ref: ThreadRef, entry: Entry, clock: PageClock, outlines: Outlines) -> None:
        self.count = room.ledger.file("messages")
        self.broken = 0
        self.damaged = 0
        self._room = room
        self._ref = ref
        self._entry = entry
        self._clock = clock
        self._dump = room.dump.sha256(entry)
        self._outlines = outlines
        self._always: Mapping[str, object] = {"folder": ref.section} if ref.section in _UNASKED else {}
        self._stencils: list[Stencil] = []
        self._stencilled: list[Outline] = []
        self._when_raw: dict[bytes, When] = {}
        self._batch: list[Message] = []
        self._speaking: list[tuple[int, str]] = []
        self._edits: list[int] = []
        self.begin("", ())

    def begin(self, key: str, names: Collection[str]) -> None:
        """The boxes from now on are of this conversation, with these participants."""
        self._key = key
        self._names = Counter(names)
        self._known = set(self._names)
        self._who: dict[str, _Who] = {}
        self._who_raw: dict[bytes, _Who] = {}
        self._mark_known: dict[bytes, Reaction] = {}
        self._folding = Folding()

    def origin(self, start: int, end: int) -> Origin:
        """Bytes [start, end) of the file; shares its strings with all others of the file."""
        return Origin(SOURCE, self._dump, self._entry.member, start, end)

    def waiting(self) -> int:
        """How many messages wait to be taken."""
        return len(self._batch)

    def taken(self) -> Iterator[Message]:
        """What was read since the last time, with what speaks of other messages folded into those."""
        for message in self._folding.fold(self._batch, self._speaking, self._edits):
            if message is not None:
                yield message
        self.count.typed += self._folding.edits
        self.count.read -= self._folding.edits
        self._batch, self._speaking, self._edits = [], [], []

    # -- one box -------------------------------------------------------------------------------------------

    def read(self, box: Box) -> None:
        """The message of one box, if there is one in it, into the batch."""
        self.count.held += 1
        for pattern, sender, time, text, marks in self._stencils:
            if found := pattern.fullmatch(box.raw):
                message = self._alike(box, found[sender], found[time], found[text])
                if marks and message is not None:
                    message = message._replace(reactions=tuple([self._mark_raw(found[mark]) for mark in marks]))
                if message is None:
                    break
                self.count.read += 1
                self._batch.append(message)
                return
        self._read(box)

    def _alike(self, box: Box, sender: bytes, time: bytes, text: bytes) -> Message | None:
        """The message of a box that is made as others with nothing but text; None when there is more to it."""
        try:
            said = unbroken(text)
            who = self._who_raw.get(sender) or self._meet_raw(sender)
            if not said or who.shared or self._may_be_the_apps(said, who.name):
                return None
            when = self._when_raw.get(time) or self._time_raw(time)
        except UnicodeDecodeError:
            return None
        if when is None:
            return None
        origin = Origin(SOURCE, self._dump, self._entry.member, box.start, box.end)
        return Message(self._key, who.handle, when, said, origin)

    def _meet_raw(self, sender: bytes) -> _Who:
        name = plain(sender.decode())
        who = self._who_raw[sender] = self._who.get(name) or self._meet(name)
        return who

    def _mark_raw(self, mark: bytes) -> Reaction:
        known = self._mark_known.get(mark)
        if known is None:
            if len(self._mark_known) >= _SENDERS:
                self._mark_known.clear()
            known = self._mark_known[mark] = self._reaction(plain(mark.decode("utf-8", "replace")))
        return known

    def _time_raw(self, time: bytes) -> When | None:
        text = plain(time.decode())
        when = self._clock.met(text)
        if when is None:
            if not may_be_date(text):
                return None
            when = self._clock.when(text)
            self._clock.note(when)
        if when.at is not None and when.assumed in _CERTAIN:
            if len(self._when_raw) >= _TIMES:
                self._when_raw.clear()
            self._when_raw[time] = when
        return when

    def _read(self, box: Box) -> None:
        """The message of a box that is met the first time, or is more than text."""
        if not box.raw:
            self.count.skip("larger than any message", lost=True)
            return
        try:
            text = box.raw.decode()
        except UnicodeDecodeError:
            self.broken += 1
            text = box.raw.decode("utf-8", "replace")
        markup = split(text)
        texts = markup.texts
        plan = self._outlines.of(markup.tags)
        time = written(texts, plan.time)
        when = self._clock.when(time) if may_be_date(time) else None
        if when is None or when.at is None:
            if (saved := self._saved(texts, box)) is not None:
                self._batch.append(saved)
                return
            if when is None:
                self._heading(texts, plan)
                return
        self._clock.note(when)
        name = written(texts, plan.sender)
        said = written(texts, plan.text)
        who = self._who.get(name) or self._meet(name)
        message = Message(self._key, who.handle, when, said, self.origin(box.start, box.end))
        more = plan.media or who.shared or self._always or plan.has_rest(texts)
        if said and not more and not self._may_be_the_apps(said, who.name):
            self._learn(markup, plan)
            self.count.read += 1
            self._batch.append(message._replace(reactions=self._reactions(texts, plan)) if plan.marks else message)
        else:
            self._batch.append(self._more(message, markup, plan, who))

    def _learn(self, markup: Markup, plan: Outline) -> None:
        """Remember how a box with nothing but text is made."""
        if plan not in self._stencilled and len(self._stencils) < _STENCILS:
            self._stencilled.append(plan)
            if (made := stencil(markup, plan)) is not None:
                self._stencils.append(made)

    def _may_be_the_apps(self, text: str, name: str) -> bool:
        """Whether a text may be a sentence of the app's, or the copy of an edited message."""
        if text[-1] in _LAST and text.endswith(_MARKS):
            return True
        if name and text.startswith(name):
            return len(text) <= LONGEST
        begins = _openings(text.partition(" ")[0])
        return begins is not None and len(text) <= LONGEST and text.startswith(begins)

    def _saved(self, texts: Sequence[str], box: Box) -> Message | None:
        """The message of a box that is not built as boxes are, for a tag is missing: its first text is the sender, its
        last one the time. None when that is no date."""
        told = [text for text in map(plain, texts) if text]
        if len(told) < _SAVED or not may_be_date(told[-1]) or (when := self._clock.when(told[-1])).at is None:
            return None
        self.damaged += 1
        self.count.read += 1
        who = self._who.get(told[0]) or self._meet(told[0])
        extra = {**self._always, "markup": "damaged"}
        text, origin = "\n".join(told[1:-1]), self.origin(box.start, box.end)
        return Message(self._key, who.handle, when, text, origin, extra=extra)

    def _heading(self, texts: Sequence[str], plan: Outline) -> None:
        """A box without a time: who takes part, a link to join… If it tells the participants, they were read before."""
        if people_told(everything(texts)):
            self.count.typed += 1
        elif everything(texts) or plan.media:
            self.count.skip("no time, so a heading")
        else:
            self.count.skip("nothing in it")

    def _more(self, message: Message, markup: Markup, plan: Outline, who: _Who) -> Message:
        """The message of a box that may hold more than text: *message*, with what else there is."""
        said, images = contents(markup, plan)
        if said.as_they_are():
            record = said.record(who.name)
            reading = read_kind(record, Voice(who.name, who.own, self._known, self._file), files_of(record))
        else:
            reading = self._literal(said)
        extra = {**self._always, **reading.extra}
        if said.more and not said.link:
            extra["more"] = said.more
        if said.links:
            extra["links"] = said.links
        if who.shared:
            extra["people_called_so"] = who.shared
        self._note(reading)
        return message._replace(
            text=reading.text,
            kind=reading.kind,
            attachments=reading.attachments,
            reactions=self._reactions(markup.texts, plan, images),
            deleted=reading.deleted,
            extra=extra or None,
        )

    def _note(self, reading: Reading) -> None:
        """What becomes of a reading in the accounts, and whether it speaks of another message."""
        if reading.kind in _READ:
            self.count.read += 1
        else:
            self.count.typed += 1
        if reading.kind == "event.reaction" and reading.sentence is not None:
            self._speaking.append((len(self._batch), reading.sentence.slot("emoji")))
        elif reading.kind == "text" and edited_text(reading.text) is not None:
            self._edits.append(len(self._batch))

    def _literal(self, said: Contents) -> Reading:
        """A message whose text only looks damaged: it is what somebody wrote."""
        files = tuple(self._file(key, uri) for key, uri in said.files)
        extra: dict[str, object] = {"link": said.link} if said.link else {}
        if said.link and said.more:
            extra["share_text"] = "\n".join(said.more)
        return Reading(
            "text" if said.text else "media" if files else "share", said.text or said.link, files, extra=extra
        )

    # -- what is in it -------------------------------------------------------------------------------------

    def _file(self, key: str, uri: str) -> Attachment:
        name, entry = base_name(uri), self._room.tree.media(uri, self._entry)
        if entry is None and "%" in uri:
            name, entry = base_name(unquote(uri)), self._room.tree.media(unquote(uri), self._entry)
        if entry is None:
            return Attachment(name, media_type(key, name), state="missing")
        return Attachment(name, media_type(key, name), entry.size, entry.path)

    def _reactions(
        self, texts: Sequence[str], plan: Outline, images: Mapping[int, str] | None = None
    ) -> tuple[Reaction, ...]:
        said = (written(texts, mark, images) for mark in plan.marks)
        return tuple(self._reaction(text) for text in said if text)

    def _reaction(self, text: str) -> Reaction:
        """``😂Ana Gardner``, in some years with ``(Apr 23, 2022 5:32 pm)`` behind it."""
        at = None
        if text.endswith(")"):
            start, _, told = text[:-1].rpartition("(")
            if start and (at := self._clock.when(told).at) is not None:
                text = start.rstrip()
        sign = _SIGN.match(text)
        if sign is not None:
            value, name = sign[0], text[sign.end() :].strip()
        else:
            known = self._known if len(self._known) < _FEW else ()
            name = max((one for one in known if one and text.endswith(one)), key=len, default="")
            value = text.removesuffix(name).strip()
        return Reaction(self._meet(name).handle if name else None, value or _NO_SIGN, at)

    def _meet(self, name: str) -> _Who:
        """Who a name is, the same record for the same name."""
        known = self._who.get(name)
        if known is None:
            owner, many = self._room.owner, self._names[name]
            own = owner.goes_by(name, self._names) if owner.known else None
            mine = own and owner.handle.scheme == self._ref.scheme
            handle = owner.handle if mine else handle_for(name, self._key, self._ref.scheme)
            known = _Who(handle, name, own, many if many > 1 and not is_nobody(name) else 0)
            if len(self._who) >= _SENDERS:
                self._who.clear()
                self._who_raw.clear()
            self._who[name] = known
            self._known.add(name)
        return known


def everything(texts: Sequence[str]) -> str:
    """All texts as one."""
    return plain(" ".join(text for text in texts if text and not text.isspace()))
