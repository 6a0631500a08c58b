"""What a person gave, as one read-only tree of files, streamed and never unpacked to a guessed path."""

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from archiver.dump.entries import Entry
from archiver.dump.gather import Gathering
from archiver.dump.given import gather
from archiver.dump.limits import DEFAULT, Limits
from archiver.dump.names import LIKENESS
from archiver.dump.streams import Packed, as_file
from archiver.errors import DumpError
from archiver.model import Problem


class Dump:
    """One tree out of files, folders, zips or stdin. A context manager, for it may hold temporary files.

    *names* are as given by the person; *entries* all regular files, in an order that is always the same: as
    given, a folder's files before its folders, each by name, a zip's members as its directory has them;
    *problems* what was left out or renamed, and why; *limits* what the person allows it to ask of this computer.
    """

    def __init__(self, names: Sequence[str], gathering: Gathering) -> None:
        self.names = tuple(names)
        self.limits = gathering.limits
        self.entries = tuple(gathering.entries)
        self.problems: tuple[Problem, ...] = tuple(refusal.problem() for refusal in gathering.refusals)
        self._tree = gathering.tree
        self._sources = gathering.sources
        self._spool = gathering.spool
        self._digests: dict[str, str] = {}
        self._asides: dict[str, Entry] = {}
        self._left: dict[str, str] = {}
        self._families: dict[tuple[str | None, str], list[Entry]] = {}
        self._alike: dict[tuple[str | None, str], list[dict[str, Entry | None]]] = {}

    @classmethod
    def open(cls, paths: Sequence[Path], limits: Limits = DEFAULT) -> Self:
        """The tree of *paths*; ``-`` is stdin. UsageError, DumpError or LimitError say why there is none."""
        gathering = Gathering(limits)
        try:
            gather(gathering, paths)
        except BaseException:
            gathering.spool.close()
            raise
        return cls([str(path) for path in paths], gathering)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was kept in temporary files. What lies on disk can still be read."""
        self._spool.close()

    def open_entry(self, entry: Entry) -> BinaryIO:
        """The entry's bytes, forwards only; reading raises DumpError where they are damaged, fewer or more than
        declared."""
        return as_file(self._sources[entry.path].blocks(entry.path))

    def seekable(self, entry: Entry) -> BinaryIO:
        """The entry's bytes as a file to be read in any order: of what is packed, a temporary copy. DumpError."""
        source = self._sources[entry.path]
        if isinstance(source, Packed):
            return self._spool.keep(source.blocks(entry.path)).open("rb")
        try:
            return source.file.open("rb")
        except OSError as error:
            raise DumpError(
                f"“{entry.path}” could not be read.",
                why=error.strerror or str(error),
                remedy="Check that the file is still there and that you may read it.",
            ) from error

    def head(self, entry: Entry, size: int = 65536) -> bytes:
        """The first *size* bytes, fewer if there are no more. DumpError as in open_entry."""
        with self.open_entry(entry) as file:
            return file.read(size)

    def sha256(self, entry: Entry) -> str:
        """Hex digest of the entry's own bytes (a zip's, not its members'). DumpError as in open_entry."""
        if entry.path not in self._digests:
            digest = hashlib.sha256()
            for block in self._sources[entry.path].blocks(entry.path):
                digest.update(block)
            self._digests[entry.path] = digest.hexdigest()
        return self._digests[entry.path]

    def entry(self, path: str) -> Entry | None:
        """The file or opened zip at this tree path."""
        return self._tree.get(path)

    def sibling(self, entry: Entry, name: str) -> Entry | None:
        """The file called *name* beside *entry*: exactly, else but for NFC and NFD, else but for case.

        *name* is data out of a message: it is compared with the names in the tree and never becomes a path, so
        a name with folders in it finds nothing. Where two files fit equally well, neither is taken.
        """
        for fold, table in zip(LIKENESS, self._tables(entry), strict=True):
            folded = fold(name)
            if folded in table:
                return table[folded]
        return None

    def aside(self, entry: Entry, name: str) -> Entry | None:
        """The same, of a file that says something of others without being read itself: it is kept like them."""
        found = self.sibling(entry, name)
        if found is not None:
            self._asides[found.path] = found
        return found

    def leave(self, entry: Entry, why: str) -> None:
        """Note that a file is left alone on purpose, which its reader has said: nobody needs to say it again."""
        self._left[entry.path] = why

    def left(self) -> Mapping[str, str]:
        """Paths of files that were left alone on purpose so far, and why."""
        return self._left

    def asides(self) -> tuple[Entry, ...]:
        """Those that were found so far."""
        return tuple(self._asides.values())

    def original(self, entry: Entry) -> Entry:
        """The file the person gave that *entry* lies in: itself, or the outermost zip or packed file around it."""
        while entry.container is not None:
            entry = self._tree[entry.container]
        return entry

    def digested(self, sha256: str, member: str | None) -> Entry:
        """The entry whose digest was asked for earlier and is this; KeyError when none was."""
        for path, known in self._digests.items():
            entry = self._tree[path]
            if known == sha256 and entry.member == member:
                return entry
        raise KeyError(sha256)

    def within(self, entry: Entry, paths: Container[str]) -> bool:
        """Whether *entry* is one of *paths*, or lies in a zip that is."""
        while entry.path not in paths:
            if entry.container is None:
                return False
            entry = self._tree[entry.container]
        return True

    def container(self, entry: Entry) -> Entry:
        """The zip that *entry* lies in; KeyError for a plain file."""
        if entry.container is None:
            raise KeyError(entry.path)
        return self._tree[entry.container]

    def originals(self) -> tuple[Entry, ...]:
        """The files a person gave, zips and packed files unopened; of a folder, every file in it."""
        return tuple(entry for entry in self._tree.values() if entry.container is None)

    def total_bytes(self) -> int:
        """What there is to read: the unpacked sizes of all entries together."""
        return sum(entry.size for entry in self.entries)

    def _tables(self, entry: Entry) -> list[dict[str, Entry | None]]:
        family = (entry.container, entry.folder)
        if not self._families:
            for each in self._tree.values():
                self._families.setdefault((each.container, each.folder), []).append(each)
        if family not in self._alike:
            self._alike[family] = [_table(self._families[family], fold) for fold in LIKENESS]
        return self._alike[family]


def _table(entries: Iterable[Entry], fold: Callable[[str], str]) -> dict[str, Entry | None]:
    """Entries by folded name; None where two fold to the same."""
    table: dict[str, Entry | None] = {}
    for entry in entries:
        folded = fold(entry.name)
        table[folded] = None if folded in table else entry
    return table
