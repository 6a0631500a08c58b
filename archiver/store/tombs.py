"""What was taken out of an archive and must not come in again: told by keyed digests, for the words are gone."""

import dataclasses
import json
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from archiver.model import Attachment, Conversation, Guess, Handle, Message, Problem
from archiver.privacy.cutting import Cutter, Range, Rules, filled, merged
from archiver.privacy.seals import Seals, leveled
from archiver.store.archive import Archive
from archiver.store.ids import UNDATED
from archiver.store.merge import View
from archiver.store.run import Run
from archiver.store.secret import secret

REDACTED = "redacted"  # kind of a message whose words are gone; and what its `extra` has of when and why
SOMEBODY = "Somebody"  # what a person is called who was forgotten
REACH = 27 * 60  # minutes by which two phones may tell a message apart
_QUARTER = 15
_DISTINCT = 20  # characters by which a message is known wherever it is told
_TELLING = 8  # fewer, without a digit, tell nothing: only the very message is known again
_MORE = tuple(
    Message._fields.index(name)
    for name in ("subject", "html", "extra", "attachments", "native_id", "reply_to", "references", "thread", "tags")
)
_QUOTING = {"quote", "attribution"}


@dataclass(frozen=True, slots=True)
class Redaction:
    """One redaction: its number, what it was about (message, words, person), why and when (ISO date)."""

    id: int
    what: str
    reason: str
    made_at: str

    def mark(self, *, whole: bool) -> dict[str, object]:
        """What a message says of it, in its `extra`."""
        more = {} if whole else {"part": True}
        return {"reason": self.reason, "at": self.made_at, "redaction": self.id, **more}


@dataclass(slots=True)
class Tombs:
    """All redactions of an archive, in memory, as an import needs them."""

    seals: Seals
    cutter: Cutter
    redactions: dict[int, Redaction]
    whole: dict[tuple[int, int], list[tuple[int, int]]]  # sealed key, occurrence → (minute, redaction)
    parts: dict[tuple[int, int], list[tuple[int, int]]]
    texts: dict[bytes, list[tuple[int, int]]]  # seal of a text → (minute, redaction)
    within: dict[int, Cutter]  # rules that hold only near the messages of their redaction
    minutes: dict[int, list[int]]  # of these redactions' messages
    files: set[bytes] = field(default_factory=set)
    handles: dict[bytes, int] = field(default_factory=dict)
    owners: dict[bytes, int] = field(default_factory=dict)  # of rules that cut: their redaction
    _graves: list[int] | None = None  # minutes of messages without words, sorted

    # -- messages --------------------------------------------------------------------------------------

    def of(self, sql: sqlite3.Connection, message: Message, minute: int, key: int, seen: int) -> tuple[Message, int]:
        """The message without what must not come in, and its key; *seen*: the n-th such one in its minute."""
        lasting = message.claim is not None or message.key is not None
        sealed, occurrence = self.seals.key(key), seen
        redaction = self._known(self.whole, sealed, occurrence, minute, lasting=lasting)
        if redaction is None and message.sender is not None:
            redaction = self.handles.get(self._who(message.sender))
        if redaction is None:
            redaction = self._told_again(sql, message, minute, key, occurrence)
        if redaction is not None:
            return self._emptied(message, self.redactions[redaction]), sealed
        part = self._known(self.parts, sealed, occurrence, minute, lasting=lasting)
        cut = self._retold(sql, self.cut(message, minute), minute, key, occurrence)
        if part is None and cut == message:
            return cut, key
        found = part if part is not None else self._cause(minute)
        extra = {**(cut.extra or {}), REDACTED: self.redactions[found].mark(whole=False)}
        return cut._replace(extra=extra, html=None), sealed

    def _known(
        self,
        table: Mapping[tuple[int, int], list[tuple[int, int]]],
        sealed: int,
        seen: int,
        minute: int,
        *,
        lasting: bool,
    ) -> int | None:
        for at, redaction in reversed(table.get((sealed, seen), ())):
            if lasting or at == minute:
                return redaction
        return None

    def _told_again(
        self, sql: sqlite3.Connection, message: Message, minute: int, key: int, occurrence: int
    ) -> int | None:
        """Whether somebody else tells a message that is gone: the same words at about that time."""
        seal = self.seals.text(message.text) if self.texts else None
        found = self.texts.get(seal, ()) if seal else ()
        for at, redaction in reversed(found):
            if self.alike(message.text, at, minute) and not _stands(sql, minute, key, occurrence):
                return redaction
        return None

    def _retold(self, sql: sqlite3.Connection, message: Message, minute: int, key: int, occurrence: int) -> Message:
        """A message without what it says like a lost one of its time: an edit of it, or somebody who repeats it."""
        if message.claim is not None or not self.cutter.rules.quotes or not self._by_the_grave(minute):
            return message
        places = self.cutter.ranges(message.text, [(0, len(message.text))])
        if not places or _stands(sql, minute, key, occurrence):
            return message
        return message._replace(text=_filled(message.text, places))

    def _by_the_grave(self, minute: int) -> bool:
        """Whether a message without words stands near this minute."""
        if self._graves is None:
            self._graves = sorted({at for stones in self.whole.values() for at, _ in stones})
        at = bisect_left(self._graves, minute - REACH)
        return at < len(self._graves) and self._graves[at] <= minute + REACH

    @staticmethod
    def alike(text: str, at: int, minute: int) -> bool:
        """Whether a text that is like a lost one, which was told *at* a minute, can be that: the more distinct it is
        the less its time matters."""
        said = leveled(text)
        if UNDATED in {at, minute}:
            return len(said) >= _DISTINCT
        if len(said) < _TELLING and not any(map(str.isdigit, said)):
            return False
        apart = abs(at - minute)
        return apart <= REACH and (len(said) >= _DISTINCT or apart % _QUARTER in {0, 1, _QUARTER - 1})

    def _emptied(self, message: Message, redaction: Redaction) -> Message:
        """The message without a word: who said something when is left."""
        return self._with_ids(message)._replace(
            kind=REDACTED, text="", subject=None, html=None, attachments=(), spans=(), edited=False, deleted=False,
            extra={REDACTED: redaction.mark(whole=True)},
        )  # fmt: skip

    def _with_ids(self, message: Message) -> Message:
        """The message under ids, which in letters may hold somebody's address, that may be told."""
        if not self.cutter.rules.anywhere:
            return message
        key = self.cutter.key
        return message._replace(
            native_id=key(message.native_id) if message.native_id else message.native_id,
            reply_to=key(message.reply_to) if message.reply_to else message.reply_to,
            references=tuple(map(key, message.references)),
            thread=key(message.thread) if message.thread else message.thread,
            tags=tuple(map(self.cutter.fill, message.tags)),
        )

    def cut(self, message: Message, minute: int) -> Message:
        """The message without the words that must not come in anywhere, nor here."""
        quoted = [(span.start, span.end) for span in message.spans if span.kind in _QUOTING]
        places = self.places(message.text, minute, quoted)
        if not places and not any(map(message.__getitem__, _MORE)):
            return message  # as nearly all of a chat is
        html = message.html if not places and (not message.html or not self.ranges(message.html, minute)) else None
        files = tuple(self.file(file, minute) for file in message.attachments)
        cut = self._with_ids(message)._replace(
            text=_filled(message.text, places),
            subject=_filled(message.subject, self.ranges(message.subject, minute)) if message.subject else None,
            html=html,
            extra=self._extra(message.extra, minute) if message.extra else message.extra,
            attachments=message.attachments if files == message.attachments else files,
        )
        return message if cut == message else cut

    def ranges(self, text: str, minute: int) -> list[Range]:
        """What is to be taken out of a text of that minute, besides quotations."""
        return self.places(text, minute, ())

    def places(self, text: str, minute: int, quoted: Sequence[Range]) -> list[Range]:
        found = self.cutter.ranges(text, quoted)
        for redaction, cutter in self.within.items():
            if self._near(redaction, minute):
                found += cutter.ranges(text)
        return merged(found)

    def _near(self, redaction: int, minute: int) -> bool:
        return any(abs(at - minute) <= REACH or UNDATED in {at, minute} for at in self.minutes.get(redaction, ()))

    def _cause(self, minute: int) -> int:
        """The redaction that a cut just made is put down to: the one whose rule found something."""
        near = [redaction for redaction in self.within if self._near(redaction, minute)]
        hits = [self.cutter.hit, *(self.within[redaction].hit for redaction in near)]
        return next((self.owners[hit] for hit in hits if hit in self.owners), min(self.redactions))

    def _extra(self, extra: Mapping[str, object], minute: int) -> Mapping[str, object]:
        rest = {name: value for name, value in extra.items() if name != REDACTED}
        told = json.dumps(rest, ensure_ascii=False, default=str)
        if not self.ranges(told, minute):
            return extra
        after = _walk(rest, lambda text: _filled(text, self.ranges(text, minute)))
        return {**after, **({REDACTED: extra[REDACTED]} if REDACTED in extra else {})}

    def file(self, file: Attachment, minute: int) -> Attachment:
        """An attachment, without its content where that is gone, and under a name that may be told."""
        name = _filled(file.name, self.ranges(file.name, minute)) if file.name else file.name
        if file.sha256 and self.is_gone(file.sha256):
            return dataclasses.replace(file, name=None, sha256=None, size=None, state="missing", content=None)
        return file if name == file.name else dataclasses.replace(file, name=name)

    def is_gone(self, sha256: str) -> bool:
        """Whether a file's content was taken out."""
        return bool(self.files) and self.seals.of("file", sha256) in self.files

    # -- whatever else an import says --------------------------------------------------------------------

    def handle(self, handle: Handle) -> Handle:
        """Who somebody is, if that may be told."""
        seal = self._who(handle)
        if seal in self.handles:
            return Handle(handle.scheme, forgotten(seal), SOMEBODY, self.cutter.key(handle.scope))
        if not self.cutter.rules.anywhere:
            return handle
        value, name = self.cutter.key(handle.value), self.cutter.fill(handle.name)
        return Handle(handle.scheme, value, name, self.cutter.key(handle.scope))

    def _who(self, handle: Handle) -> bytes:
        """The seal of a handle; of what an earlier redaction left of it, where that is what was forgotten later."""
        seal = self.seals.handle(handle.scheme, handle.value, handle.scope)
        if seal in self.handles or not self.handles:
            return seal
        key = self.cutter.key
        return self.seals.handle(handle.scheme, key(handle.value), key(handle.scope))

    def conversation(self, conversation: Conversation) -> Conversation:
        """A conversation under a title and a key that may be told."""
        if not self.cutter.rules.anywhere:
            return conversation
        native = conversation.native_id
        return dataclasses.replace(
            conversation,
            key=self.cutter.key(conversation.key),
            title=self.cutter.fill(conversation.title),
            native_id=self.cutter.key(native) if native else native,
        )

    def problem(self, problem: Problem) -> Problem:
        return dataclasses.replace(problem, note=self.cutter.fill(problem.note))

    def guess(self, guess: Guess) -> Guess:
        fill = self.cutter.fill
        return dataclasses.replace(guess, value=fill(guess.value), because=fill(guess.because))

    def run(self, run: Run) -> Run:
        """What an import is, as it may be told."""
        options = {name: self.cutter.fill_json(value) for name, value in run.options.items()}
        return dataclasses.replace(run, options=options, given=[self.cutter.fill(name) for name in run.given])

    # -- what is stored ----------------------------------------------------------------------------------

    def view(self, view: View, minute: int, whole: Redaction | None, part: Redaction | None) -> View:
        """What a record says of its message, without what is gone. *whole*, *part*: by which redaction it goes."""
        if whole is not None:
            extra = json.dumps({REDACTED: whole.mark(whole=True)}, ensure_ascii=False, sort_keys=True)
            gone: View = {"kind": REDACTED, "text": "", "subject": None, "html": None, "spans": None, "attachments": []}
            return view | gone | {"extra": extra}
        quoted = [(a, b) for kind, a, b in json.loads(view["spans"] or "[]") if kind in _QUOTING]
        text = _filled(view["text"], self.places(view["text"], minute, quoted))
        subject = view["subject"] and _filled(view["subject"], self.ranges(view["subject"], minute))
        extra_before = json.loads(view["extra"]) if view["extra"] else {}
        extra_after = dict(self._extra(extra_before, minute)) if extra_before else {}
        files = [self._file_view(file, minute) for file in view["attachments"]]
        after = view | {"text": text, "subject": subject, "attachments": files}
        if part is not None:
            extra_after[REDACTED] = part.mark(whole=False)
            after["html"] = None
        elif text != view["text"] or (view["html"] and self.ranges(view["html"], minute)):
            after["html"] = None
        if extra_after != extra_before:
            after["extra"] = json.dumps(extra_after, ensure_ascii=False, sort_keys=True)
        return after

    def _file_view(self, file: View, minute: int) -> View:
        name = _filled(file["name"], self.ranges(file["name"], minute)) if file["name"] else None
        if file["sha256"] and self.is_gone(file["sha256"]):
            return file | {"name": None, "sha256": None, "size": None, "state": "missing"}
        return file | {"name": name}


def forgotten(seal: bytes) -> str:
    """What stands for the handle of somebody who was forgotten."""
    return f"forgotten-{seal.hex()[:16]}"


def _filled(text: str, places: Sequence[Range]) -> str:
    return filled(text, places) if places else text


def _walk(value: Mapping[str, object], fill: Callable[[str], str]) -> dict[str, object]:
    def one(part: object) -> object:
        if isinstance(part, str):
            return fill(part)
        if isinstance(part, Mapping):
            return {str(one(key)): one(inner) for key, inner in part.items()}
        return [one(inner) for inner in part] if isinstance(part, list | tuple) else part

    return {str(one(key)): one(inner) for key, inner in value.items()}


def _stands(sql: sqlite3.Connection, minute: int, key: int, occurrence: int) -> bool:
    """Whether the archive holds this very message, untouched."""
    found = sql.execute(
        "select 1 from message where local_minute = ? and match_key = ? and occurrence = ? limit 1",
        (minute, key, occurrence),
    ).fetchone()
    return found is not None


def exist(sql: sqlite3.Connection) -> bool:
    """Whether anything was ever taken out of this archive."""
    return sql.execute("select 1 from redaction limit 1").fetchone() is not None


def nothing(seals: Seals) -> Tombs:
    """No redaction at all, yet."""
    return Tombs(seals, Cutter(seals, Rules()), {}, {}, {}, {}, {}, defaultdict(list))


def load(archive: Archive) -> Tombs:
    """All redactions of an archive."""
    sql, seals = archive.connection, Seals(secret(archive.folder))
    redactions = {
        row: Redaction(row, what, reason, made_at[:10])
        for row, what, reason, made_at in sql.execute("select id, what, reason, made_at from redaction")
    }
    whole: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    parts: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    minutes: dict[int, list[int]] = defaultdict(list)
    for key, occurrence, minute, redaction, all_of_it in sql.execute(
        "select match_key, occurrence, local_minute, redaction_id, whole from tombstone"
    ):
        (whole if all_of_it else parts)[key, occurrence].append((minute, redaction))
        minutes[redaction].append(minute)
    tombs = Tombs(seals, Cutter(seals, Rules()), redactions, dict(whole), dict(parts), {}, {}, minutes)
    add_rules(tombs, sql.execute("select redaction_id, kind, seal, size, minute from sealed"))
    return tombs


def add_rules(tombs: Tombs, rows: Iterable[tuple[int, str, bytes, int, int]]) -> None:
    """Take in rows of `sealed`: (redaction, kind, seal, size, minute)."""
    for redaction, kind, seal, size, minute in rows:
        if kind == "text":
            tombs.texts.setdefault(seal, []).append((minute, redaction))
        elif kind == "file":
            tombs.files.add(seal)
        elif kind == "handle":
            tombs.handles[seal] = redaction
        elif kind.startswith("within-"):
            cutter = tombs.within.setdefault(redaction, Cutter(tombs.seals, Rules()))
            cutter.rules.add(kind.removeprefix("within-"), size, seal)
            tombs.owners.setdefault(seal, redaction)
        else:
            tombs.cutter.rules.add(kind, size, seal)
            tombs.owners.setdefault(seal, redaction)
