"""One file of the tree."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A regular file, or a zip or a packed file (gzip, bzip2, xz) that is opened as a folder.

    *path* is unique in the tree, with forward slashes (``Chat.zip/_chat.txt``); it is for finding and
    showing, never for writing. *folder* is the path without *name*. *size* is in bytes, as the metadata has it.
    *member* is the path inside the zip as stored there, *container* the tree path of that zip; None for plain
    files. A packed file has one member, called as it is without its ending: ``garden.txt.gz/garden.txt``.
    """

    path: str
    name: str
    folder: str
    size: int
    member: str | None = None
    container: str | None = None


def entry_at(path: str, size: int, *, member: str | None = None, container: str | None = None) -> Entry:
    """The entry with its name and folder taken from *path*."""
    folder, _, name = path.rpartition("/")
    return Entry(path, name, folder, size, member, container)
