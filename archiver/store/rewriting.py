"""Kept originals, written anew without the words that were taken out: the file, then the zip that it came in.

A rewritten file is as long as before and every range of bytes in it means what it meant. Only digests tell that it
is another one; the row of `source_file` remembers, keyed, which one it was.
"""

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, NamedTuple

from archiver.dump.repack import repack
from archiver.errors import DumpError
from archiver.privacy import exports, filling, letters
from archiver.privacy.cutting import Cutter
from archiver.store.archive import Archive
from archiver.store.run import now
from archiver.store.tombs import REDACTED, Tombs

_BLOCK = 8 << 20
_TEXTS = ("text/", "message/")


class _File(NamedTuple):
    id: int
    parent: int | None
    path: str
    sha256: str
    source: str


class _Record(NamedTuple):
    start: int
    end: int
    message: int
    minute: int
    kind: str
    touched: bool


@dataclass(slots=True)
class Rewritten:
    """Which contents become which: old digest → new digest; how many bytes were filled, and how many there are now.
    *attached*: those of them that are no source files.

    *left_out*, by old digest: what a zip does not hold any more because nobody can look into it, for it may be there
    that the words are: members under a password, or all of it (``*``) where it cannot be opened.
    """

    files: dict[str, str] = field(default_factory=dict)
    attached: set[str] = field(default_factory=set)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


class Rewriting:
    """Writes new contents into blobs/; nothing speaks of them before `settle`.

    *whole* and *parts*: messages (row ids) that are about to lose all or some of their words; those that have lost
    them say so themselves.
    """

    def __init__(
        self, archive: Archive, tombs: Tombs, whole: Sequence[int] | set[int] = (), parts: Sequence[int] | set[int] = ()
    ) -> None:
        self._archive = archive
        self._tombs = tombs
        self._whole, self._parts = set(whole), set(parts)
        self._near = _Near(tombs)
        self._kind: Literal["mail"] | exports.Kind | None = None  # of the file at hand
        self.done = Rewritten()

    def files(self, rows: Sequence[int] | None = None) -> Rewritten:
        """Write what has to be written anew of these source files (all of them: None), and of what they came in."""
        known = self._known()
        holders = {file.parent for file in known.values()}
        asked = known.keys() if rows is None else set(rows)
        wanted = [file for row, file in known.items() if row not in holders and row in asked]
        for file in wanted:
            self._file(file)
        if self._tombs.cutter.rules.anywhere:
            self._attachments(rows)
        self._containers(known, None if rows is None else {file.parent for file in wanted if file.parent is not None})
        self._archive.blobs.settle()
        return self.done

    def _known(self) -> dict[int, _File]:
        return {
            row[0]: _File(*row)
            for row in self._archive.connection.execute(
                """
                select f.id, f.parent_id, f.path, f.sha256, i.importer
                from source_file f join import i on i.id = f.import_id order by f.id
                """
            )
        }

    # -- one file ----------------------------------------------------------------------------------------

    def _file(self, file: _File) -> None:
        """A file that another import gave, too, is written once for all its records."""
        if file.sha256 in self.done.files:
            return
        if not self._tombs.cutter.rules.anywhere and not any(map(self._speaks, self._records(file.sha256))):
            return
        with self._archive.blobs.open(file.sha256) as old, tempfile.TemporaryFile() as new:
            self._kind = "mail" if file.source == "mail" else exports.kind_of(file.path)
            filled = self._written(old, new, self._records(file.sha256))
            if filled:
                new.seek(0)
                self._keep(file.sha256, new, filled)

    def _keep(self, old: str, content: BinaryIO, filled: int) -> None:
        kept = self._archive.blobs.put_soon(content)
        if kept.sha256 != old:
            self.done.files[old], self.done.bytes[old], self.done.sizes[old] = kept.sha256, filled, kept.size

    def _records(self, sha256: str) -> Iterator[_Record]:
        """Where each message stands in a content; where several are told by the same bytes, all of them."""
        for start, end, message, minute, kind, touched in self._archive.connection.execute(
            """
            select distinct r.byte_start, r.byte_end, m.id, m.local_minute, m.kind, instr(m.extra, :mark)
            from source_file f join record r on r.source_file_id = f.id
            join message m on m.id = r.message_id
            where f.sha256 = :sha256 and r.byte_end > r.byte_start order by r.byte_start, r.byte_end
            """,
            {"sha256": sha256, "mark": f'"{REDACTED}": {{'},
        ):
            yield _Record(start, end, message, minute, kind, bool(touched))

    def _speaks(self, one: _Record) -> bool:
        return one.message in self._whole or one.message in self._parts or one.kind == REDACTED or one.touched

    def _written(self, old: BinaryIO, new: BinaryIO, records: Iterable[_Record]) -> int:
        """Write the content anew, record by record and what lies between; returns how many bytes are filled."""
        encoding = "utf-8" if self._kind else filling.encoding_of(old.read(4))
        old.seek(0)
        filled = at = 0
        for told in _together(records):
            start, end = told[0].start, max(one.end for one in told)
            filled += self._between(old, new, start - at, encoding)
            raw = old.read(end - start)
            after = self._record(raw, told, encoding)
            new.write(after)
            filled += _differing(raw, after)
            at = end
        return filled + self._between(old, new, -1, encoding)

    def _between(self, old: BinaryIO, new: BinaryIO, length: int, encoding: str) -> int:
        """Bytes that are no message's: only what must not stand anywhere is filled."""
        filled = 0
        for block in _blocks(old, length):
            after = block
            if self._tombs.cutter.rules.anywhere:
                after = self._without(block, encoding, self._tombs.cutter.ranges)
            new.write(after)
            filled += _differing(block, after)
        return filled

    def _without(self, raw: bytes, encoding: str, find: filling.Ranges) -> bytes:
        if self._kind in {"json", "html"}:
            return exports.fill_words(raw, self._kind, find)
        return filling.fill_ranges(raw, encoding, find)

    def _record(self, raw: bytes, told: Sequence[_Record], encoding: str) -> bytes:
        gone = any(one.message in self._whole or one.kind == REDACTED for one in told)
        part = any(one.message in self._parts or one.touched for one in told)
        cutter = self._tombs.cutter
        minute = told[0].minute
        self._near.minute = minute
        if self._kind == "mail":
            if gone:
                raw = letters.fill_letter(raw)
            return letters.cut_letter(raw, self._near if part else cutter, body_too=part, quotes=part)
        if gone:
            raw = self._emptied(raw, encoding, told[0].message)
        if part or cutter.rules.anywhere:
            near = self._near
            raw = self._without(raw, encoding, lambda text: near.ranges(text, [(0, len(text))] if part else ()))
        return raw

    def _emptied(self, raw: bytes, encoding: str, message: int) -> bytes:
        if self._kind in {"json", "html"}:
            return exports.fill_record(raw, self._kind, self._senders(message))
        return filling.fill_line(raw, encoding, self._senders(message))

    def _senders(self, message: int) -> list[str]:
        """What whoever wrote a message may be called at the beginning of a line."""
        return [
            name
            for names in self._archive.connection.execute(
                "select i.name, i.value from message m join identity i on i.id = m.sender_id where m.id = ?", (message,)
            )
            for name in names
        ]

    # -- attachments, and what files came in ---------------------------------------------------------------

    def _attachments(self, rows: Sequence[int] | None) -> None:
        """Attached texts and cards: a name or a number stands in them as it does in a message. All of them, or those
        of messages that the source files *rows* tell, and those that only a record speaks of."""
        for sha256, media_type in self._archive.connection.execute(
            """
            select distinct b.sha256, coalesce(a.media_type, b.media_type)
            from blob b left join attachment a on a.sha256 = b.sha256
            where b.sha256 not in (select sha256 from source_file)
              and (:rows is null or a.message_id is null or a.message_id in
                (select message_id from record where source_file_id in (select value from json_each(:rows))))
            """,
            {"rows": None if rows is None else json.dumps(list(rows))},
        ).fetchall():
            if not (media_type or "").startswith(_TEXTS) or sha256 in self.done.files:
                continue
            with self._archive.blobs.open(sha256) as old, tempfile.TemporaryFile() as new:
                encoding = filling.encoding_of(old.read(4))
                old.seek(0)
                self._kind = "html" if "html" in media_type else None
                if filled := self._between(old, new, -1, encoding):
                    new.seek(0)
                    self._keep(sha256, new, filled)
                    self.done.attached.add(sha256)

    def _containers(self, known: Mapping[int, _File], only: set[int] | None) -> None:
        """Zips and packed files with the new contents in them; the innermost first."""
        if not self.done.files and not self._tombs.files and not self._tombs.cutter.rules.anywhere:
            return
        holders = {file.parent for file in known.values() if file.parent is not None}
        if only is not None:
            holders &= only | {known[row].parent for row in only}
        for row in sorted((row for row in holders if row is not None), key=lambda row: -_depth(known, row)):
            holder = known[row]
            if holder.sha256 in self.done.files:
                continue
            left_out: list[str] = []
            with tempfile.TemporaryFile() as new:
                try:
                    path = self._archive.blobs.path(holder.sha256)
                    changed = repack(path, new, self._instead, self._tombs.cutter.fill, left_out)
                except (DumpError, OSError):
                    new.seek(0)
                    new.truncate()  # what cannot be opened any more is not kept: nobody could say what is in it
                    changed, left_out = True, ["*"]
                if left_out:
                    self.done.left_out[holder.sha256] = left_out
                if changed:
                    new.seek(0)
                    self._keep(holder.sha256, new, 0)
        self._archive.blobs.settle()

    def _instead(self, sha256: str) -> BinaryIO | None:
        """The new content of a member; nothing at all in place of what was taken out."""
        if self._tombs.is_gone(sha256):
            return tempfile.TemporaryFile()
        new = self.done.files.get(sha256)
        if new is None:
            return None
        self._archive.blobs.settle()
        return self._archive.blobs.open(new)


class _Near(Cutter):
    """The rules of a *minute*; if something is quoted, all of the text is looked at so."""

    def __init__(self, tombs: Tombs) -> None:
        super().__init__(tombs.seals, tombs.cutter.rules)
        self._tombs, self.minute = tombs, 0

    def ranges(self, text: str, quoted: object = ()) -> list[tuple[int, int]]:
        stretches = [(0, len(text))] if quoted else []
        return self._tombs.places(text, self.minute, stretches)


def _together(records: Iterable[_Record]) -> Iterator[list[_Record]]:
    """Records that share bytes (a digest's letters are read from the same ones), as one."""
    held: list[_Record] = []
    end = 0
    for one in records:
        if held and one.start >= end:
            yield held
            held = []
        held.append(one)
        end = max(end, one.end) if len(held) > 1 else one.end
    if held:
        yield held


def _depth(known: Mapping[int, _File], row: int) -> int:
    depth, parent = 0, known[row].parent
    while parent is not None:
        depth, parent = depth + 1, known[parent].parent
    return depth


def _differing(before: bytes, after: bytes) -> int:
    return 0 if before == after else sum(map(int.__ne__, before, after))


def _blocks(file: BinaryIO, length: int) -> Iterator[bytes]:
    """The next *length* bytes (all: -1), cut at line ends where that is possible."""
    left = length
    held = b""
    while left and (block := file.read(min(left, _BLOCK) if left > 0 else _BLOCK)):
        left -= len(block) if left > 0 else 0
        held += block
        cut = held.rfind(b"\n\0") + 2 if b"\n\0" in held[-1000:] else held.rfind(b"\n") + 1
        if left and cut and len(held) >= _BLOCK:
            yield held[:cut]
            held = held[cut:]
    if held:
        yield held


_SUM = re.compile("[0-9a-f]{64}")


def _said_anew(sql: sqlite3.Connection, files: Mapping[str, str]) -> None:
    """What records say otherwise than their message may speak of an attached file, too."""
    if not files:
        return
    sql.create_function("said_anew", 1, lambda said: _SUM.sub(lambda one: files.get(one[0], one[0]), said))
    sql.execute("update record set said = said_anew(said) where instr(said, '\"sha256\"') and said <> said_anew(said)")
    sql.create_function("said_anew", 1, None)


def settle(sql: sqlite3.Connection, tombs: Tombs, done: Rewritten, why: int) -> None:
    """In one transaction with what else changes: all that spoke of the old contents speaks of the new ones."""
    _said_anew(sql, {old: done.files[old] for old in done.attached})
    for old, new in done.files.items():
        detail = json.dumps({"redaction": why, "at": now(), "bytes": done.bytes[old]})
        both = {"old": old, "new": new, "seal": tombs.seals.of("given", old), "detail": detail, "size": done.sizes[old]}
        sql.execute(
            """
            insert or ignore into blob (sha256, size, media_type)
            select :new, :size, media_type from blob where sha256 = :old
            """,
            both,
        )
        sql.execute(
            """
            update source_file set sha256 = :new, size = :size, given_seal = coalesce(given_seal, :seal),
              rewritten = :detail
            where sha256 = :old
            """,
            both,
        )
        sql.execute("update attachment set sha256 = :new where sha256 = :old", both)
        sql.execute("insert or ignore into doomed values (:old)", both)
        sql.execute("delete from blob where sha256 = :old", both)
