"""What reading a box of letters would give, told beforehand from its beginning."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from archiver.contracts import Finding, Hints
from archiver.dump import Dump, Entry
from archiver.errors import DumpError
from archiver.importers.mail.addresses import addresses, folded
from archiver.importers.mail.clock import when
from archiver.importers.mail.emlx import read_emlx
from archiver.importers.mail.finding import Box
from archiver.importers.mail.headers import Headers, read_headers
from archiver.importers.mail.homes import Homes
from archiver.importers.mail.letter import Letter
from archiver.importers.mail.pst import MAGIC, Found, libpff, messages
from archiver.importers.mail.split import Cut, split

SAMPLE = 1 << 20  # bytes of a mailbox that are looked at
_FILES = 200  # letters of a folder that are looked at
_SHOWN = 200
_FILED = frozenset({"maildir", "mh", "eml", "emlx"})  # a file is a letter, so a folder is one box


def findings(dump: Dump, found: list[Box], hints: Hints) -> Iterator[Finding]:
    """One for each mailbox, and one for each folder of letters. DumpError where one needs what is not installed."""
    homes = Homes(hints.owner)
    for box in found:
        if box.style == "pst":
            libpff()  # or say how to get it
        groups = [box.entries] if box.style in _FILED else [(entry,) for entry in box.entries]
        for entries in groups:
            glance = _Glance(box, homes, hints)
            for entry in entries[:_FILES]:
                glance.look(dump, entry)
            if glance.letters:
                yield glance.finding(entries)


class _Glance:
    """Adds up what the beginnings of a box's files say."""

    def __init__(self, box: Box, homes: Homes, hints: Hints) -> None:
        self.letters = 0
        self._box = box
        self._homes = homes
        self._hints = hints
        self._looked = 0
        self._begins = b""
        self._times: list[datetime] = []
        self._people: Counter[str] = Counter()
        self._where: Counter[str] = Counter()
        self._kinds: dict[str, str] = {}

    def look(self, dump: Dump, entry: Entry) -> None:
        """The letters in a file's first megabyte; what is damaged is the import's to tell."""
        try:
            cuts = self._cuts(dump, entry)
        except DumpError:
            return
        for cut in cuts:
            headers, _ = read_headers(cut.raw)
            self._add(entry, cut, headers)

    def _cuts(self, dump: Dump, entry: Entry) -> list[Cut]:
        if self._box.style == "pst":
            return self._stored(dump, entry)
        head = dump.head(entry, SAMPLE)
        self._looked += len(head)
        self._begins = self._begins or next((line for line in head.split(b"\n") if line.strip()), b"")
        if self._box.style == "emlx":
            with dump.open_entry(entry) as file:
                return [piece for piece in read_emlx(file)[0] if isinstance(piece, Cut)]
        cuts = [piece for piece in split([head], alone=self._box.style in _FILED) if isinstance(piece, Cut)]
        return cuts[:-1] if len(cuts) > 1 and len(head) < entry.size else cuts  # the last is cut off

    def _stored(self, dump: Dump, entry: Entry) -> list[Cut]:
        """The first messages of a store of Outlook."""
        with dump.seekable(entry) as file:
            some = [found.letter for found in islice(messages(file), _FILES) if isinstance(found, Found)]
        self._begins = self._begins or MAGIC
        self._looked += entry.size
        return [Cut(0, letter.size, b"", letter.raw, "eml") for letter in some]

    def _add(self, entry: Entry, cut: Cut, headers: Headers) -> None:
        self.letters += 1
        at, _ = when(headers.first("date"), headers.all("received"), cut.envelope, self._hints.zone)
        if at.at is not None:
            self._times.append(at.at.replace(tzinfo=None))
        for one in addresses(headers.first("from") or b"", None)[:1]:
            self._people[one.name or one.address] += 1
        letter = Letter(entry, cut.start, cut.end, cut.raw, cut.envelope, folder=self._box.name)
        to = [folded(one.address) for value in headers.all("to") for one in addresses(value, None)]
        conversation = self._homes.of(letter, headers, to, headers.text("subject", None)).conversation
        self._where[conversation.title] += 1
        self._kinds[conversation.title] = conversation.kind

    def finding(self, entries: tuple[Entry, ...]) -> Finding:
        """*entries*: all that the box has; of many, some were looked at."""
        ((title, _), *others) = self._where.most_common()
        more = f"also letters of: {', '.join(name for name, _ in others[:5])}" if others else ""
        return Finding(
            path=entries[0].path,
            title=title,
            kind="list" if self._kinds[title] == "list" else "unknown",
            shape=self._box.why,
            begins=self._begins.decode("utf-8", "replace").rstrip()[:_SHOWN],
            encoding="mixed",
            line_ends="CRLF" if self._crlf else "LF",
            language=None,
            size=sum(entry.size for entry in entries),
            looked=self._looked,
            messages=self.letters,
            first=min(self._times, default=None),
            last=max(self._times, default=None),
            people=tuple(self._people.most_common()),
            warnings=(more,) if more else (),
            attached=frozenset(entry.path for entry in entries[1:]),
        )

    @property
    def _crlf(self) -> bool:
        return self._begins.endswith(b"\r")
