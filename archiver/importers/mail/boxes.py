"""What in a dump holds letters, told by content, and the letters in it one by one."""

from collections.abc import Iterator, Sequence

from archiver.dump import DELETED, Dump, Entry
from archiver.errors import DumpError
from archiver.importers.mail import flags, names
from archiver.importers.mail.emlx import read_emlx
from archiver.importers.mail.finding import Box, Finder, Kind
from archiver.importers.mail.letter import Letter
from archiver.importers.mail.pst import Left, messages
from archiver.importers.mail.split import Cut, Gap, split
from archiver.model import Origin, Problem

SOURCE = "mail"
_CLAIMED = 200  # files looked at to tell what a dump is
_BLOCK = 1 << 20
_LONGEST_SEQUENCES = 1 << 20
_LIKELY = (".mbox", ".eml", ".emlx", ".mbx")


def boxes(dump: Dump) -> list[Box]:
    """Everything in the dump that holds letters, in the dump's order."""
    finder = Finder(dump)
    kinds: dict[tuple[str, str], Kind] = {}
    entries: dict[tuple[str, str], list[Entry]] = {}
    for entry in dump.entries:
        if (kind := finder.kind(entry)) is not None:
            key = (kind.style, kind.place)
            kinds.setdefault(key, kind)
            entries.setdefault(key, []).append(entry)
    return [Box(kind.name, kind.style, tuple(entries[key]), kind.why) for key, kind in kinds.items()]


def claims(dump: Dump) -> str | None:
    """Why the dump is mail, or None: a file in it begins as mailboxes or letters do. Some files are looked at."""
    finder = Finder(dump)
    likely = sorted(dump.entries, key=lambda entry: not entry.name.lower().endswith(_LIKELY))
    wanted = (entry for entry in likely if not finder.foreign(entry))
    for entry, _ in zip(wanted, range(_CLAIMED), strict=False):
        if (why := finder.surely(entry)) is not None:
            return why
    return None


def letters(dump: Dump, found: Sequence[Box] | None = None) -> Iterator[Letter | Problem]:
    """Every letter of the dump, box by box, and what could not be read. *found*: its boxes, if they are known."""
    for box in boxes(dump) if found is None else found:
        sequences = _sequences(dump, box)
        for entry in box.entries:
            try:
                dump.sha256(entry)  # it has to be sound as a whole before its letters are kept
                yield from _letters(dump, box, entry, sequences)
            except DumpError as error:
                words = " ".join(filter(None, (error.what, error.why, error.remedy)))
                yield Problem("unreadable file", words, loss="file")


def _letters(dump: Dump, box: Box, entry: Entry, sequences: flags.Sequences | None) -> Iterator[Letter | Problem]:
    if box.style == "pst":
        yield from _stored(dump, entry)
        return
    pieces, told = _pieces(dump, box, entry)
    gap: Gap | None = None
    count = 0
    for piece in pieces:
        if isinstance(piece, Gap):
            gap = None if piece.blank else piece
            continue
        if gap is not None:
            yield _before(dump, entry, gap)
            gap = None
        count += 1
        yield _letter(box, entry, piece, told or _flags(box, entry, piece, sequences))
    if not count:
        yield _without_mail(dump, entry)


def _stored(dump: Dump, entry: Entry) -> Iterator[Letter | Problem]:
    """The letters of a store of Outlook, each of which is somewhere in all of the file."""
    at, nowhere = _origin(dump, entry, 0, entry.size), _origin(dump, entry, 0, 0)
    with dump.seekable(entry) as file:
        for found in messages(file):
            if isinstance(found, Left):
                note = f"“{entry.path}”: {found.note}"
                yield Problem(found.what, note, at, "message") if found.lost else Problem(found.what, note, nowhere)
                continue
            raw, whole, _, notes = found.letter
            yield Letter(
                entry, 0, entry.size, raw, style="pst", flags=found.flags, folder=found.folder, whole=whole,
                number=found.number,
            )  # fmt: skip
            for note in notes:
                said = f"“{entry.path}”, message {found.number}: {note}"
                yield Problem("unreadable file in a letter", said, at, "detail")


def _pieces(dump: Dump, box: Box, entry: Entry) -> tuple[Iterator[Cut | Gap], tuple[str, ...]]:
    """The file cut up, and the flags that stand in it beside the mail."""
    if box.style == "emlx":
        with dump.open_entry(entry) as file:
            found, told = read_emlx(file)
        if found:
            return iter(found), told
    return split(_blocks(dump, entry), alone=_alone(box, entry)), ()


def _alone(box: Box, entry: Entry) -> bool:
    """Whether the file is one mail if it begins with one, whatever is in it."""
    return box.style in {"emlx", "maildir", "mh"} or entry.name.lower().endswith(".eml")


def _blocks(dump: Dump, entry: Entry) -> Iterator[bytes]:
    with dump.open_entry(entry) as file:
        while block := file.read(_BLOCK):
            yield block


def _letter(box: Box, entry: Entry, cut: Cut, flagged: tuple[str, ...]) -> Letter:
    style = cut.style if box.style in {"mbox", "eml"} else box.style
    return Letter(entry, cut.start, cut.end, cut.raw, cut.envelope, style, flagged, box.name, cut.whole)


def _flags(box: Box, entry: Entry, cut: Cut, sequences: flags.Sequences | None) -> tuple[str, ...]:
    if box.style == "maildir":
        return flags.of_maildir(entry.name)
    if box.style == "mh":
        return sequences.of(int(entry.name)) if sequences is not None else ()
    if box.style == "git":
        return ("deleted",) if cut.envelope.startswith(DELETED) else ()
    return flags.of_mbox(cut.raw)


def _sequences(dump: Dump, box: Box) -> flags.Sequences | None:
    """What MH notes of the box's letters in a file beside them."""
    beside = dump.aside(box.entries[0], ".mh_sequences") if box.style == "mh" else None
    if beside is None:
        return None
    try:
        return flags.Sequences(dump.head(beside, _LONGEST_SEQUENCES).decode("utf-8", "replace"))
    except DumpError:
        return None


def _before(dump: Dump, entry: Entry, gap: Gap) -> Problem:
    note = f"“{entry.path}”: {gap.end - gap.start:,} bytes before the first mail are no mail and were left out."
    return Problem("text before the first mail", note, _origin(dump, entry, gap.start, gap.end), "detail")


def _without_mail(dump: Dump, entry: Entry) -> Problem:
    """The one problem of a file that is called a mailbox or a letter, or lies among letters, and is none."""
    origin = _origin(dump, entry, 0, entry.size)
    if not entry.size:
        return Problem("empty file", f"“{entry.path}” is empty.", origin, "file")
    if names.MAILBOX.search(entry.name):
        return Problem("no mail", f"“{entry.path}” is called a mailbox, but holds no mail.", origin, "file")
    note = f"“{entry.path}” lies where letters do, but does not begin like one."
    if entry.name.lower().endswith((".eml", ".emlx")):
        note = f"“{entry.path}” is called a letter, but does not begin like one."
    return Problem("no mail", note, origin, "file")


def _origin(dump: Dump, entry: Entry, start: int, end: int) -> Origin:
    return Origin(SOURCE, dump.sha256(entry), entry.member, start, end)
