"""What an input may ask of this computer before it is refused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.errors import LimitError

MIB = 1024 * 1024
RATIO_FROM = MIB  # below this size a high ratio harms nobody: a blank image packs 1,000 to 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is raised by the flag of its name: *member_bytes* by ``--limit-member-bytes``.

    *members*: files in the whole tree. *member_bytes*: one unpacked member of a zip or packed file (a plain
    file already has its size on disk). *total_bytes*: all files, unpacked. *ratio*: unpacked to packed, of members
    over 1 MiB. *nesting*: zips within a zip. *path_length*: characters, *depth*: folders, of one path in the tree.
    """

    members: int = 200_000
    member_bytes: int = 20 * 1024 * MIB  # a mailbox from Takeout is one file of many GB
    total_bytes: int = 20 * 1024 * MIB
    ratio: int = 200
    nesting: int = 1
    path_length: int = 1024
    depth: int = 64

    def past(self, limit: str, needed: int, what: str) -> LimitError:
        """The error for going past *limit* (a field's name), which would have to be *needed*."""
        flag = "--limit-" + limit.replace("_", "-")
        value: int = getattr(self, limit)
        return LimitError(
            what,
            limit=flag,
            why=f"The limit is {value:,}; it protects this computer from files made to exhaust it.",
            remedy=f"If you trust where this comes from, raise the limit: {flag} {needed}",
        )


def counted(blocks: Iterable[bytes], path: str, limits: Limits, room: int) -> Iterator[bytes]:
    """The *blocks* of the file *path*, as long as they are within the limits and the *room* that is left in bytes."""
    count = 0
    for block in blocks:
        count += len(block)
        if count > limits.member_bytes:
            raise limits.past("member_bytes", count, f"“{path}” unpacks to too large a file.")
        if count > room:
            needed = limits.total_bytes + count - room
            raise limits.past("total_bytes", needed, f"With “{path}” there is more to read than the limit allows.")
        yield block
