"""One telling of a conversation: what of each message another phone can be expected to tell likewise. Pure.

Another phone has other contact names, another zone, another language, seconds or none, media or none. What is left
of a message is a number for its text, a number for its sender's label, and the time on the wall.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct

from archiver.text import fold

ANY = 0  # may be anything: a message that is deleted, redacted, waiting, or seen once
MEDIA = 1  # an attachment without a caption, whether the file, its name or "media omitted" is there
OTHER_EVENT = 2  # a line of the app that nobody understood: any event

CLASS = 3  # the low two bits of a token say what kind of thing it stands for
CAPTION, EVENT = 1, 2  # MEDIA is a caption unsaid (iOS exports none), OTHER_EVENT an event unnamed

_FORGETFUL = frozenset({"deleted", "waiting", "view_once", "redacted"})
_MENTION = re.compile("@(?:\u2068[^\u2069\n]{0,200}\u2069|\\+[\\d \u00a0\u202f().-]{5,24}\\d|\\d{7,15}(?!\\d))")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF))
_signed = Struct("<q").unpack


@dataclass(frozen=True, slots=True)
class Telling:
    """A conversation in reading order, as parallel sequences (arrays and bytes are the smallest)."""

    times: Sequence[int]  # seconds since 1970 on the phone's wall, no zone; -1: undated
    exact: Sequence[int]  # whether that time has seconds; it is the start of a minute otherwise
    senders: Sequence[int]  # a number for each sender's label; 0: nobody
    tokens: Sequence[int]
    edited: Sequence[int] | None = None  # whether the app says that it was edited; None: not known


def token(text: str, kind: str, attachments: int) -> int:
    """64 signed bits, the same on every machine, of what two tellings of one message have in common.

    Spelling is levelled as for searching, invisible signs and the names in mentions are left out; what the app says
    counts by its kind, for its language differs; polls and places count by their question and their address.
    """
    if kind in _FORGETFUL or (kind == "unknown" and text.strip().lower() in {"", "null"}):
        return ANY
    if kind.startswith(("event.", "call.")):
        # who misses a call depends on the phone
        return OTHER_EVENT if kind == "event.other" else _digest(kind.replace("missed_", ""), EVENT)
    words = _words(text, kind)
    if attachments:
        return _digest(words, CAPTION) if words else MEDIA
    return _digest(words, 0) if words else ANY


def _words(text: str, kind: str) -> str:
    if kind == "poll":
        text = text.replace("\r\n", "\n").partition("\n")[2].partition("\n")[0]
    elif kind in {"location", "live_location"}:
        text = text[text.find("://") :] if "://" in text else kind
    if "@" in text:
        text = _MENTION.sub("@", text)
    return fold(text if text.isascii() else text.translate(_INVISIBLE))


def _digest(words: str, kind: int) -> int:
    number: int = _signed(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest())[0]
    return number & ~CLASS | kind
