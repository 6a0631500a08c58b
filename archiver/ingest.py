"""From a dump into the store: choose an importer, stream its items in batches, keep the originals, report."""

import dataclasses
import gc
import hashlib
import io
import json
import mimetypes
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from archiver import media
from archiver.contracts import Hints, Importer
from archiver.dates import local_zone_name
from archiver.dump import Dump, Entry, Limits, as_file
from archiver.errors import DumpError, UsageError
from archiver.importers import ALL
from archiver.importers.choice import choose, named
from archiver.model import Attachment, Content, Guess, ImportReport, Item, Message, Origin, Problem, Stretch
from archiver.store import archive as store
from archiver.store import history, undo
from archiver.store.archive import Archive
from archiver.store.blobs import Kept
from archiver.store.keepout import tombs_of
from archiver.store.run import Run
from archiver.store.secret import copy_secret
from archiver.store.writes import ImportWriter

BATCH_ITEMS = 20_000
BATCH_CHARACTERS = 4_000_000  # a batch of very long messages ends sooner, so that memory stays flat

SHOWN_PROBLEMS = 100  # the rest is in the archive
_LEFT_ALONE = "left-alone"
_NAMED = 5  # files left alone that the note about them names
_STDIN = Path("-")
_HELD = 1 << 20  # bytes of a file inside a letter that are held to be hashed and written at once

Watch = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks of `archive import`. *into*: a conversation's title, key or number; *apart*: ``--new``.

    *local_zone*: of the computer it is asked on; None is this one.
    """

    paths: Sequence[Path]
    source: str | None = None
    hints: Hints = field(default_factory=Hints)
    into: str | None = None
    apart: bool = False
    dry_run: bool = False
    limits: Limits = field(default_factory=Limits)
    local_zone: str | None = None


def _unwatched(_done: int, _total: int, _messages: int) -> None:
    return None


def ingest(folder: Path, request: Request, watch: Watch = _unwatched) -> list[ImportReport]:
    """Import into the archive in *folder* (made when there is none); one report per kind of source.

    *watch* is told (bytes read, bytes in all, messages so far) after each batch. Raises ArchiveError; what was
    committed before an interruption stays, and the same command goes on from there.
    """
    with ExitStack() as stack:
        groups = _claims(request, stack)
        home, keep_blobs = stack.enter_context(_target(folder, dry_run=request.dry_run))
        archive = stack.enter_context(store.writing(home))
        archive.blobs.keep = keep_blobs
        return _all(archive, groups, request, watch)


def ingest_into(archive: Archive, request: Request, watch: Watch = _unwatched) -> list[ImportReport]:
    """The same, into an archive that is open for writing."""
    with ExitStack() as stack:
        return _all(archive, _claims(request, stack), request, watch)


def _all(archive: Archive, groups: Sequence["_Group"], request: Request, watch: Watch) -> list[ImportReport]:
    into = history.conversation_id(archive.connection, request.into) if request.into else None
    return [_one(archive, group, request, into, watch) for group in groups]


# -- which importer -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    """Paths that one importer reads, opened as one tree."""

    importer: Importer
    paths: Sequence[Path]
    dump: Dump


def _claims(request: Request, stack: ExitStack) -> list[_Group]:
    """Every path with its importer, grouped; an error before anything is written when one is not understood."""
    paths = list(request.paths)
    if len(paths) > 1 and _STDIN in paths:
        raise UsageError("“-” (stdin) goes alone.", remedy="Import the other files in a run of their own.")
    whole = stack.enter_context(Dump.open(paths, request.limits))
    if request.source is not None:
        return [_Group(named(ALL, request.source), paths, whole)]
    if len(paths) == 1:
        return [_Group(choose(ALL, whole)[0], paths, whole)]
    by_name: dict[str, list[Path]] = {}
    for path in paths:
        with Dump.open([path], request.limits) as dump:
            by_name.setdefault(choose(ALL, dump)[0].name, []).append(path)
    if len(by_name) == 1:
        return [_Group(ALL[name], paths, whole) for name in by_name]
    return [
        _Group(ALL[name], some, stack.enter_context(Dump.open(some, request.limits))) for name, some in by_name.items()
    ]


# -- where to ------------------------------------------------------------------------------------------


@contextmanager
def _target(folder: Path, *, dry_run: bool) -> Iterator[tuple[Path, bool]]:
    """The archive to write to: the real one, or for a dry run a copy of its database that is thrown away."""
    if not dry_run:
        store.create(folder)
        yield folder, True
        return
    with tempfile.TemporaryDirectory(prefix="archive-dry-run-") as temporary:
        copy = Path(temporary)
        if store.exists(folder):
            store.copy_database(folder, copy)
            copy_secret(folder, copy)
        else:
            store.create(copy)
        yield copy, False


# -- one import ----------------------------------------------------------------------------------------


def _one(archive: Archive, group: _Group, request: Request, into: int | None, watch: Watch) -> ImportReport:
    importer = group.importer
    options = _options(request)
    fresh, known = _not_known(archive, group, options)
    if fresh and getattr(importer, "together", False):
        fresh = list(group.paths)  # a part that is here says more beside one that was missing
    report = ImportReport(importer.name, importer.title, group.dump.names, known=known, dry_run=request.dry_run)
    if not fresh:
        return report
    with ExitStack() as stack:
        dump = group.dump
        if len(fresh) < len(group.paths):
            dump = stack.enter_context(Dump.open(fresh, request.limits))
        run = Run(importer.name, importer.version, options, _fingerprint(dump), dump.names)
        writer = stack.enter_context(closing(ImportWriter(archive, run, into=into, apart=request.apart)))
        hints = dataclasses.replace(request.hints, local_zone=str(options["local_zone"]))
        try:
            guesses, problems = _stream(archive, dump, importer.read(dump, hints), writer, watch)
        except (DumpError, UsageError):
            writer.close()
            undo.undo(archive, writer.id)  # a hopeless dump leaves nothing half-stored
            raise
    return dataclasses.replace(
        report,
        given=dump.names,
        import_id=writer.id,
        resumed=writer.resumed,
        counts=dict(writer.counts),
        guesses=tuple(guesses),
        problems=tuple(problems),
        conversations=tuple(writer.conversations()),
    )


def _options(request: Request) -> dict[str, object]:
    """What shaped the reading, kept with the import; None where nobody said."""
    hints = request.hints
    usual = dataclasses.asdict(Limits())
    raised = {name: value for name, value in dataclasses.asdict(request.limits).items() if value != usual[name]}
    return {
        **({"limits": raised} if raised else {}),
        "zone": hints.zone,
        "local_zone": hints.zone or request.local_zone or local_zone_name(),
        "date_order": hints.date_order,
        "owner": hints.owner,
        "language": hints.language,
        "into": request.into,
        "new": request.apart,
    }


def _not_known(
    archive: Archive, group: _Group, options: Mapping[str, object]
) -> tuple[list[Path], tuple[tuple[str, int], ...]]:
    """Tier 0: the paths this importer has not read yet in this way, and (name, import) of those it has."""
    if whole := _known_whole(archive, group):
        _refuse_other_reading(", ".join(group.dump.names), *whole, options)
        return [], tuple((name, whole[0]) for name in group.dump.names)
    fresh, seen = [], []
    importer, originals = group.importer, {entry.path: entry for entry in group.dump.originals()}
    for path in group.paths:
        entry = None if path.is_dir() else originals.get("stdin" if path == _STDIN else path.name)
        known = entry and _imported(archive, group.dump.sha256(entry), importer)
        if not known:
            fresh.append(path)
            continue
        import_id, earlier = known
        _refuse_other_reading(path.name, import_id, earlier, options)
        seen.append((path.name, import_id))
    return fresh, tuple(seen)


def _known_whole(archive: Archive, group: _Group) -> tuple[int, Mapping[str, object]] | None:
    """(import, its options) of a finished import of just this, with folders in it: the same names and sizes, and what
    was read has the same bytes."""
    if not any(path.is_dir() for path in group.paths):
        return None
    dump, importer = group.dump, group.importer
    found = history.imported_whole(archive.connection, _fingerprint(dump), importer.name, importer.version)
    if found is None:
        return None
    import_id, options, files = found
    tombs = tombs_of(archive)
    for path, sha256, seal in files:
        entry = dump.entry(path)
        given = dump.sha256(entry) if entry is not None else None
        if given is None or (given != sha256 and not (seal and tombs and tombs.seals.of("given", given) == seal)):
            return None
    return import_id, options


def _imported(archive: Archive, sha256: str, importer: Importer) -> tuple[int, Mapping[str, object]] | None:
    """The import in which these bytes were read; they are known, too, when they are kept without some words since."""
    tombs = tombs_of(archive)
    seal = tombs.seals.of("given", sha256) if tombs else None
    return history.imported(archive.connection, sha256, importer.name, importer.version, seal)


def _refuse_other_reading(
    name: str, import_id: int, earlier: Mapping[str, object], options: Mapping[str, object]
) -> None:
    """The same bytes read in another way would double every message; the first reading has to be undone."""
    for option in ("zone", "date_order", "owner", "into", "new"):
        if options[option] and options[option] != earlier.get(option):
            raise UsageError(
                f"“{name}” is in the archive already (import {import_id}), read with other settings.",
                why=f"then {option} was {earlier.get(option) or 'not given'}, now it is {options[option]}",
                remedy=f"To read it anew: archive imports undo {import_id}   and then import it again.",
            )


def _fingerprint(dump: Dump) -> str:
    """Tells one dump from another: digests of the files given; for folders the names and sizes in them."""
    originals = dump.originals()
    if len(originals) <= len(dump.names):
        parts = sorted(dump.sha256(entry) for entry in originals)
    else:
        parts = sorted(f"{entry.path}\0{entry.size}" for entry in dump.entries)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _stream(
    archive: Archive, dump: Dump, items: Iterator[Item], writer: ImportWriter, watch: Watch
) -> tuple[list[Guess], list[Problem]]:
    """All items into the store, a batch at a time; then the import is done."""
    keeper = _Keeper(archive, dump, writer)
    earlier = history.problems(archive.connection, writer.id) if writer.resumed else ()
    counted = any(problem["what"] == _LEFT_ALONE for problem in earlier)
    total = dump.total_bytes()
    with closing(_all_items(dump, items)) as flow, _without_cycle_collection():
        for batch in _batches(map(keeper.with_files, flow)):
            keeper.announce(batch)
            archive.blobs.settle()  # what the rows speak of is safe before they are
            writer.add(batch, keeper.taken())
            watch(keeper.bytes_read, total, writer.messages)
            batch.clear()  # or it would stay in memory while the next one is read
    if keeper.too_large:
        keeper.problems += keeper.too_large
        writer.add(keeper.too_large)
    for entry in dump.asides():
        keeper.keep_aside(entry)
    if passed_over := keeper.passed_over():
        writer.counts["skipped"] += 0 if counted else len(passed_over)
        if unsaid := [entry for entry in passed_over if entry.path not in dump.left()]:
            note = _left_alone(unsaid)
            keeper.problems.insert(0, note)
            writer.add([note])
    writer.finish()
    return [*keeper.guesses, *writer.guesses], [*keeper.problems, *writer.problems][:SHOWN_PROBLEMS]


@contextmanager
def _without_cycle_collection() -> Iterator[None]:
    """Records hold no cycles; looking for some among ten thousand of them again and again costs a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _all_items(dump: Dump, items: Iterator[Item]) -> Generator[Item, None, None]:
    """What the container could not give, then what the importer reads."""
    yield from dump.problems
    yield from items


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Batches of bounded length in items and in characters."""
    batch: list[Item] = []
    count = weight = 0
    for item in items:
        batch.append(item)
        if isinstance(item, Stretch):
            count, weight = count + len(item), weight + sum(map(len, item.texts))
        else:
            count, weight = count + 1, weight + (_weight(item) if isinstance(item, Message) else 0)
        if count >= BATCH_ITEMS or weight >= BATCH_CHARACTERS:
            yield batch
            batch, count, weight = [], 0, 0
    if batch:
        yield batch


def _weight(message: Message) -> int:
    return len(message.text) + (len(message.html) if message.html else 0)


def _left_alone(entries: Sequence[Entry]) -> Problem:
    """One note for all files of the dump that were neither read nor belong to a message."""
    names = ", ".join(f"“{entry.path}”" for entry in entries[:_NAMED])
    more = f" and {len(entries) - _NAMED:,} more" if len(entries) > _NAMED else ""
    what = "1 file was" if len(entries) == 1 else f"{len(entries):,} files were"
    note = f"{what} left alone, neither read nor named by a message: {names}{more}. archive detect says why."
    return Problem(_LEFT_ALONE, note)


class _Keeper:
    """Puts the originals and the attachments that items speak of into blobs, before the items are stored."""

    def __init__(self, archive: Archive, dump: Dump, writer: ImportWriter) -> None:
        self.guesses: list[Guess] = []
        self.problems: list[Problem] = []
        self.too_large: list[Problem] = []  # told when all has been read
        self.bytes_read = 0
        self._finished = 0  # bytes of the files before the present one
        self._present = 0
        self._archive = archive
        self._dump = dump
        self._writer = writer
        self._rows: dict[str, int] = {}
        self._fresh: list[tuple[str, int, str | None]] = []
        self._tombs = tombs_of(archive)
        self._used: set[str] = set()  # paths of what was read or belongs to a message
        self._read: set[tuple[int, str, str | None]] = set()  # size, digest and member of what was read

    def with_files(self, item: Item) -> Item:
        """The item, with digests and sizes of its attachments filled in; item by item, for those of letters lie
        inside them, and a batch would hold them all."""
        if isinstance(item, Message):
            return self._with_files(item) if item.attachments else item
        return self._with_standing_files(item) if isinstance(item, Stretch) and item.standing else item

    def announce(self, batch: Sequence[Item]) -> None:
        """Keep the files that the items were read from, and what is to be reported of them."""
        known, member = "", None
        for item in batch:
            origin = item.origin
            if origin is not None and (origin.dump is not known or origin.member is not member):
                if not self._writer.knows(origin):
                    self._announce(origin)
                known, member = origin.dump, origin.member
            if isinstance(item, Guess):
                self.guesses.append(item)
            elif isinstance(item, Problem) and len(self.problems) < SHOWN_PROBLEMS:
                self.problems.append(item)
        if origin := next((item.origin for item in reversed(batch) if isinstance(item, Message | Stretch)), None):
            self.bytes_read = self._finished + origin.end

    def _with_files(self, message: Message) -> Message:
        files = tuple(self._attachment(file) for file in message.attachments)
        return message if files == message.attachments else message._replace(attachments=files)

    def _with_standing_files(self, stretch: Stretch) -> Stretch:
        standing = {
            i: dataclasses.replace(more, attachments=tuple(map(self._attachment, more.attachments)))
            for i, more in stretch.standing.items()
            if any(file.member is not None for file in more.attachments)
        }
        return dataclasses.replace(stretch, standing={**stretch.standing, **standing}) if standing else stretch

    def taken(self) -> list[tuple[str, int, str | None]]:
        """The blobs kept since the last call: (sha256, size, media type)."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def passed_over(self) -> list[Entry]:
        """The files of the dump that nothing came of: not read, no copy of what was, and no message's own."""
        sizes = {size for size, _, _ in self._read}
        rest = (entry for entry in self._dump.entries if not self._dump.within(entry, self._used))
        return [
            entry
            for entry in rest
            if entry.size not in sizes or (entry.size, self._dump.sha256(entry), entry.member) not in self._read
        ]

    def keep_aside(self, entry: Entry) -> None:
        """Keep a file that told something of those that were read, for they cannot be read the same without it."""
        self._used.add(entry.path)
        self._keep(entry, (self._dump.sha256(entry), entry.member))

    def _announce(self, origin: Origin) -> None:
        entry = self._dump.digested(origin.dump, origin.member)
        self._used.add(entry.path)
        self._read.add((entry.size, origin.dump, origin.member))
        self._finished, self._present = self._finished + self._present, entry.size
        self._keep(entry, (origin.dump, origin.member))

    def _keep(self, entry: Entry, key: tuple[str, str | None]) -> int:
        """The entry's bytes into blobs, the zip it came in before it; returns its source_file row."""
        if entry.path in self._rows:
            return self._rows[entry.path]
        parent = None
        if entry.container is not None:
            holder = self._dump.container(entry)
            parent = self._keep(holder, (self._dump.sha256(holder), holder.member))
        with self._dump.open_entry(entry) as stream:
            blob = self._archive.blobs.put(stream)
        self._rows[entry.path] = self._writer.keep_file(key, entry.path, blob.sha256, blob.size, parent)
        return self._rows[entry.path]

    def _attachment(self, file: Attachment) -> Attachment:
        if file.content is not None:
            return self._put_content(file, file.content)
        entry = self._dump.entry(file.member) if file.member is not None and file.state == "present" else None
        if entry is None:
            return file
        self._used.add(entry.path)
        if entry.size > self._dump.limits.attachment_bytes:
            return self._left_out(file, entry.size, entry.name)
        return self._put(file, self._dump.open_entry(entry), entry.name)

    def _left_out(self, file: Attachment, size: int, name: str) -> Attachment:
        """A file past the limit is named, and not kept by itself."""
        note = f"“{name}” has {size:,} bytes and was not taken over {self._dump.limits.told('attachment_bytes')}."
        self.too_large.append(Problem("attachment too large", note, loss="detail"))
        return dataclasses.replace(file, size=size, state="missing", member=None, content=None)

    def _put_content(self, file: Attachment, content: Content) -> Attachment:
        """A file that lies in its message: held while it is small, as it mostly is."""
        blocks, held, size = content.blocks(), [], 0
        for block in blocks:
            held.append(block)
            size += len(block)
            if size > _HELD:
                return self._put(file, as_file(chain(held, blocks)), file.name or "")
        whole = held[0] if len(held) == 1 else b"".join(held)
        return self._kept(file, whole[: media.HEAD], self._archive.blobs.put_whole_soon(whole), file.name or "")

    def _put(self, file: Attachment, stream: BinaryIO, name: str) -> Attachment:
        """The file's bytes into blobs, its type told from them; *stream* is buffered, and is closed."""
        with stream:
            head = cast("io.BufferedReader", stream).peek(media.HEAD)[: media.HEAD]
            blob = self._archive.blobs.put_soon(stream)
        return self._kept(file, head, blob, name)

    def _kept(self, file: Attachment, head: bytes, blob: Kept, name: str) -> Attachment:
        if self._tombs and self._tombs.is_gone(blob.sha256):
            self._archive.blobs.drop(blob.sha256)
            return dataclasses.replace(file, name=None, size=None, state="missing", member=None, content=None)
        if blob.size > self._dump.limits.attachment_bytes:  # of one that lies in a letter, only now it is known
            self._archive.blobs.drop(blob.sha256)
            return self._left_out(file, blob.size, name)
        named = file.media_type
        if named is None or named.endswith("/*"):
            named = mimetypes.guess_type(name)[0] or named
        media_type = media.settled(head, named)
        self._fresh.append((blob.sha256, blob.size, media_type))
        return dataclasses.replace(file, sha256=blob.sha256, size=blob.size, media_type=media_type, content=None)
