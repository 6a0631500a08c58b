"""From files on disk to a list of entries: folders walked, zips and packed files opened; a Refusal for the rest."""

import os
from dataclasses import replace
from itertools import islice
from pathlib import Path

from archiver.dump.entries import Entry, entry_at
from archiver.dump.inbox import INBOX, Inbox, has_git, repository
from archiver.dump.limits import Limits, counted
from archiver.dump.names import Numbering, disk_name, hardly_packed, is_junk, neutral
from archiver.dump.packs import HEAD, Packing, Unpacking, many_files, packing
from archiver.dump.refusals import Refusal, beyond, gitless, nothing_in, swelling, torn, unreadable
from archiver.dump.spool import Spool
from archiver.dump.streams import Packed, Plain, Source
from archiver.dump.zips import Member, is_zip, read_directory
from archiver.errors import DumpError
from archiver.model import Loss


class Gathering:
    """The tree while it grows. *entries* are the files to read; *tree* and *sources*, by path, know opened zips too."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.entries: list[Entry] = []
        self.tree: dict[str, Entry] = {}
        self.sources: dict[str, Source] = {}
        self.refusals: list[Refusal] = []
        self.spool = Spool()
        self._numbering = Numbering()
        self._bytes = 0

    def add_given(self, file: Path, path: str) -> None:
        """The file a person named, as *path*; opened if it is a zip or packed. DumpError if it cannot be read."""
        size = file.stat().st_size
        if not size:
            raise _empty(path)
        entry, source = self._placed(entry_at(path, size)), Plain(file, size)
        if _called_zip(path) or _is_zip(file):
            self._open_zip(file, entry, source, must_hold=True)
        elif how := packing(source.glimpse(HEAD)):
            self._open_packed(how, entry, source)
            if not self.entries[-1].size:
                raise _empty(path)
        else:
            self._add_plain(entry, source)

    def add_folder(self, folder: Path, path: str) -> None:
        """Every regular file below *folder*: its own by name, then those of its folders by name."""
        waiting = [(folder, path)]
        while waiting:
            here, path = waiting.pop()
            if self._add_inbox(here, path):
                continue
            below: list[tuple[Path, str]] = []
            for item in self._listing(here, path):
                item_path = f"{path}/{disk_name(item.name)}"
                if item.is_dir(follow_symlinks=False):
                    below.append((Path(item.path), item_path))
                else:
                    self._add_found(item, item_path)
            waiting.extend(reversed(below))

    def _add_inbox(self, folder: Path, path: str) -> bool:
        """Whether *folder* is a public-inbox, which becomes one file, a temporary one."""
        git_dir = None if folder.name == ".git" else repository(folder)  # that one was seen with the folder around it
        if git_dir is None:
            return False
        if not has_git():
            if git_dir == folder:  # a working tree has files that can be read without it
                self.refusals.append(gitless(path))
            return git_dir == folder
        inbox = Inbox(git_dir)
        if not inbox.holds_mail():
            return False
        try:
            file = self.spool.keep(counted(inbox.blocks(), path, self.limits, self.limits.total_bytes - self._bytes))
        except DumpError as error:
            self.refusals.append(Refusal("unreadable repository", error))
            return True
        if inbox.broken:
            note = f"“{path}”: {inbox.broken:,} mails that the repository names could not be read."
            self._leave("missing mails", note, "message")
        size = file.stat().st_size
        self._add_plain(self._placed(entry_at(f"{path}/{INBOX}", size)), Plain(file, size))
        return True

    def _listing(self, folder: Path, path: str) -> list[os.DirEntry[str]]:
        if refusal := beyond(path, path.count("/") + 1, self.limits):
            self.refusals.append(refusal)
            return []
        try:
            with os.scandir(folder) as items:
                wanted = (item for item in items if not is_junk(item.name))
                found = list(islice(wanted, self.limits.members + 1))
        except OSError as error:
            self._leave("unreadable folder", f"The folder “{path}” could not be read: {error.strerror}.")
            return []
        if len(found) > self.limits.members:
            raise self.limits.past("members", len(found), f"“{path}” holds too many files.")
        return sorted(found, key=lambda item: item.name)

    def _add_found(self, item: os.DirEntry[str], path: str) -> None:
        if item.is_symlink():
            self._leave("link", f"“{path}” is a link and is not followed.")
        elif not item.is_file(follow_symlinks=False):
            self._leave("not a file", f"“{path}” is a device, a pipe or a socket.", "nothing")
        elif not os.access(item.path, os.R_OK):
            self._leave("unreadable file", f"“{path}” may not be read: give yourself the right to read it.")
        elif refusal := beyond(path, path.count("/"), self.limits):
            self.refusals.append(refusal)
        else:
            file, size = Path(item.path), item.stat(follow_symlinks=False).st_size
            entry, source = self._placed(entry_at(path, size)), Plain(file, size)
            if _called_zip(path):
                self._try_zip(file, entry, source)
            elif not self._opened(entry, source):
                self._add_plain(entry, source)

    def _add_plain(self, entry: Entry, source: Source) -> None:
        self._weigh(entry.size, entry.path)
        self._list(entry, source)

    def _open_zip(self, file: Path, entry: Entry, source: Source, level: int = 0, *, must_hold: bool = False) -> None:
        """The members of a zip, in its directory's order. With *must_hold*, DumpError if none can be read."""
        with file.open("rb") as opened:
            room = replace(self.limits, members=self.limits.members - len(self.entries))
            members = read_directory(opened, entry.path, room)
        kept, refusals = self._sorted_out(members, entry.path)
        if must_hold and not kept:
            raise nothing_in(entry.path, refusals)
        self._weigh(sum(member.size for member, _ in kept), entry.path)
        self.refusals.extend(refusals)
        self.tree[entry.path], self.sources[entry.path] = entry, source
        for member, path in kept:
            self._add_member(Packed(file, member), path, entry.path, level)

    def _sorted_out(self, members: list[Member], zip_path: str) -> tuple[list[tuple[Member, str]], list[Refusal]]:
        """Members that can be read, with their tree paths, and what is to be said about the others."""
        kept: list[tuple[Member, str]] = []
        refusals: list[Refusal] = []
        for member in members:
            inside, strange = neutral(member.name)
            if member.is_folder or is_junk(inside):
                continue
            path = f"{zip_path}/{inside}"
            refusal = beyond(path, path.count("/"), self.limits) or unreadable(member, path)
            if refusal := refusal or swelling(member, path, self.limits):
                refusals.append(refusal)
                continue
            kept.append((member, path))
            if strange:
                note = f"“{zip_path}” calls a file “{member.name}”; here it is “{path}”."
                refusals.append(Refusal("unsafe name", DumpError(note), "nothing"))
        return kept, refusals

    def _add_member(self, source: Packed, path: str, container: str, level: int) -> None:
        member = source.member
        entry = self._placed(entry_at(path, member.size, member=member.name, container=container))
        if not _called_zip(entry.name):
            if not self._opened(entry, source):
                self._list(entry, source)
        elif level < self.limits.nesting:
            self._try_zip(None, entry, source, level + 1)
        else:
            what = f"“{entry.path}” is a zip within zips and stays closed."
            self.refusals.append(Refusal("nested zip", self.limits.past("nesting", level + 1, what)))
            self._list(entry, source)

    def _try_zip(self, file: Path | None, entry: Entry, source: Source, level: int = 0) -> None:
        """Open the zip, from a temporary copy where *file* is None; if that fails, keep it as a mere file."""
        try:
            self._open_zip(file or self.spool.keep(source.blocks(entry.path)), entry, source, level)
        except DumpError as error:
            self.refusals.append(Refusal("unreadable zip", error))
            self._list(entry, source)

    def _opened(self, entry: Entry, source: Source) -> bool:
        """Whether the file is a packed one and could be opened."""
        how = None if hardly_packed(entry.name) else packing(source.glimpse(HEAD))
        if how is None:
            return False
        try:
            self._open_packed(how, entry, source)
        except DumpError as error:
            self.refusals.append(Refusal(f"unreadable {how.name}", error))
            return False
        return True

    def _open_packed(self, how: Packing, entry: Entry, source: Source) -> None:
        """The one file in a packed one, from a temporary copy. DumpError if nothing of it can be read."""
        name = how.inner_name(entry.name)
        path = f"{entry.path}/{name}"
        if refusal := beyond(path, path.count("/"), self.limits):
            raise refusal.error
        if name.lower().endswith(".tar"):
            raise many_files(entry.path)
        flow = Unpacking(how, entry.path, entry.size, self.limits, self.limits.total_bytes - self._bytes)
        file = self.spool.keep(flow.blocks(source.blocks(entry.path)))
        if flow.error:
            if not flow.count:
                raise flow.error
            self.refusals.append(torn(flow.error))
        self._weigh(flow.count, path)
        self.tree[entry.path], self.sources[entry.path] = entry, source
        inner = entry_at(path, flow.count, member=name, container=entry.path)
        self._list(self._placed(inner), Plain(file, flow.count))

    def _placed(self, entry: Entry) -> Entry:
        """The entry under a path that no other has."""
        path = self._numbering.unique(entry.path)
        if path == entry.path:
            return entry
        self._leave("same name twice", f"“{entry.path}” is there twice; here one is “{path}”.", "nothing")
        return entry_at(path, entry.size, member=entry.member, container=entry.container)

    def _list(self, entry: Entry, source: Source) -> None:
        if len(self.entries) >= self.limits.members:
            raise self.limits.past("members", len(self.entries) + 1, "There are too many files.")
        self.entries.append(entry)
        self.tree[entry.path], self.sources[entry.path] = entry, source

    def _weigh(self, size: int, path: str) -> None:
        if self._bytes + size > self.limits.total_bytes:
            what = f"With “{path}” there is more to read than the limit allows."
            raise self.limits.past("total_bytes", self._bytes + size, what)
        self._bytes += size

    def _leave(self, what: str, note: str, loss: Loss = "file") -> None:
        self.refusals.append(Refusal(what, DumpError(note), loss))


def _empty(path: str) -> DumpError:
    return DumpError(f"“{path}” is empty.", remedy="Copy or download it again, or make the export again.")


def _called_zip(path: str) -> bool:
    return path.lower().endswith(".zip")


def _is_zip(file: Path) -> bool:
    with file.open("rb") as opened:
        return is_zip(opened)
