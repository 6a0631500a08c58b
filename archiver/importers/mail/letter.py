"""One mail as its container holds it: what the splitter and the boxes give, what the reader takes."""

from typing import BinaryIO, Literal, NamedTuple

from archiver.dump import Entry

Style = Literal["mbox", "mboxcl2", "eml", "emlx", "maildir", "mh", "git", "pst"]

BIG = 8 * 1024 * 1024  # letters of more bytes are not held in memory but in a temporary file


class Letter(NamedTuple):
    """A mail: bytes [start, end) of *entry*, its separator line included.

    *raw* is the mail itself, from its first header on, without the separator and with ``>From `` unquoted where the
    style quotes; of a mail of more than BIG bytes only the first 64 KiB, the whole being in *whole*, a temporary
    file at its beginning that goes when the letter goes. *envelope*: the ``From `` line without its line end, b""
    where there is none. *flags*: seen, answered, flagged, draft, deleted, forwarded, as the container tells.
    *folder*: what the mailbox is called, e.g. ``Inbox`` or ``garden-2004-05``; "" when it has no name worth telling.
    *number*: which message of a store of Outlook it is, whose place in the file is not known.
    """

    entry: Entry
    start: int
    end: int
    raw: bytes
    envelope: bytes = b""
    style: Style = "mbox"
    flags: tuple[str, ...] = ()
    folder: str = ""
    whole: BinaryIO | None = None
    number: int | None = None
