"""Letters as they came, in one mbox that any mail program opens.

A letter out of an mbox is written byte for byte, so one mailbox that was imported comes out as it went in. Letters
that came as files of their own get a ``From `` line and quoted From lines (mboxrd), as the format needs them. What came
in a store of Outlook was no letter there, and is built anew (see `rebuilt`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from archiver.contracts import Original, Originals
from archiver.exporters import rebuilt

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_STORE = b"!BDN"  # Outlook's, whose bytes are no letters
_COUNT = re.compile(rb"(\d{1,12})[ \t]*\r?\n")  # Apple's emlx begins with the letter's length
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def blocks(
    library: Originals, conversations: Sequence[int] = (), anew: Callable[[Original], object] | None = None
) -> Iterator[bytes]:
    """All letters (of some conversations, or of all), one after the other. *anew* is told of each that was rebuilt."""
    ended = True
    before: tuple[str, int, int] | None = None
    stored = False  # whether that place is a store
    for letter in library.originals("mail", conversations):
        place = letter.sha256, letter.start, letter.end
        if place == before and not stored:  # several messages were read from one letter: it is a digest
            continue
        pieces = library.original(letter)
        first = b"" if place == before else next(pieces, b"")
        stored = stored if place == before else first.startswith(_STORE)
        before = place
        if not ended:
            yield b"\n"
        if stored:
            yield _from_line(letter) + b"\n"
            yield from rebuilt.blocks(library.letter(letter), library.attachment)
            yield b"\n"
            if anew:
                anew(letter)
            ended = True
        elif first.startswith((b"From ", b"\xef\xbb\xbfFrom ")):
            last = first
            yield first
            for last in pieces:
                yield last
            ended = last.endswith(b"\n")
        else:
            yield _enveloped(letter, first + b"".join(pieces))
            ended = True


def _enveloped(letter: Original, raw: bytes) -> bytes:
    """A letter that came alone, as a part of an mbox."""
    counted = _COUNT.match(raw)
    if counted and letter.file.endswith(".emlx"):
        raw = raw[counted.end() : counted.end() + int(counted[1])]
    line_end = b"\r\n" if b"\r\n" in raw[:1000] else b"\n"
    end = b"" if raw.endswith(b"\n") else line_end
    return _from_line(letter) + line_end + _FROM.sub(rb">\1", raw) + end + line_end


def _from_line(letter: Original) -> bytes:
    """The separator, as asctime and in UTC: what RFC 4155 asks for."""
    sender = (letter.sender or "MAILER-DAEMON").encode("ascii", "replace")
    at = datetime.fromtimestamp((letter.sent_at or 0) / 1000, UTC)
    clock = f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year:04}"
    return b"From " + b"".join(sender.split()) + b" " + clock.encode()
