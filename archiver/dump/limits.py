"""What an input may ask of this computer before it is refused, or read in part: all limits, in one place.

Links are no limit: none is ever followed (their depth is 0), and a name inside a dump never becomes a path.
"""

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

    Those so far refuse a file; past these something is read in part, and a problem says so. *message_bytes*: one
    message, or one line, that is held while its end is looked for; half of it becomes text. *text_length*: characters
    of text of one letter. *header_fields*: of one letter. *header_bytes*: of one of them, but for lists of
    addresses. *addresses*: that one letter was sent to. *mime_depth*: multiparts and letters in one another.
    *mime_parts*: of one letter. *json_depth*: lists and objects in one another. *json_bytes*: one JSON file, which is
    in memory as a whole (Meta's are a few MB). *attachment_bytes*: one attached file (what is larger stays in the
    original only).
    """

    members: int = 200_000
    member_bytes: int = 20 * 1024 * MIB  # a mailbox from Takeout is one file of many GB
    total_bytes: int = 20 * 1024 * MIB
    ratio: int = 200
    nesting: int = 1
    path_length: int = 1024
    depth: int = 64
    message_bytes: int = 8 * MIB
    text_length: int = 4_000_000
    header_fields: int = 10_000
    header_bytes: int = MIB
    addresses: int = 10_000
    mime_depth: int = 100
    mime_parts: int = 1000
    json_depth: int = 64
    json_bytes: int = 64 * MIB
    attachment_bytes: int = 2048 * MIB

    @staticmethod
    def flag(limit: str) -> str:
        """The flag that raises *limit*, a field's name."""
        return "--limit-" + limit.replace("_", "-")

    def told(self, limit: str) -> str:
        """How a note on something read in part ends: which limit that was, and what raises it."""
        value: int = getattr(self, limit)
        return f"(limit {value:,}; {self.flag(limit)} raises it)"

    def past(self, limit: str, needed: int, what: str) -> LimitError:
        """The error for going past *limit* (a field's name), which would have to be *needed*."""
        flag = self.flag(limit)
        value: int = getattr(self, limit)
        return LimitError(
            what,
            limit=flag,
            why=f"The limit is {value:,}; it protects this computer from files made to exhaust it.",
            remedy=f"If you trust where this comes from, raise the limit: {flag} {needed}",
        )


DEFAULT = Limits()


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
