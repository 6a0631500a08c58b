"""Same message, seen twice: tiers 1 and 2. Pure, and the same on every machine.

Tier 1: a message that brings its own key is recognised by that. Tier 2: a chat line without one is recognised by
conversation, minute, sender and levelled text, and by being the n-th such line in that minute of its file, so that
two genuine "ok" in one minute both survive and a second export of them still adds nothing.
"""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from struct import Struct, unpack

from archiver.model import Handle, Message
from archiver.spelling import heaped
from archiver.text import fold

WINDOW = 4096  # minutes remembered; a file that steps back further repeats itself, as concatenated exports do


_signed = Struct("<q").unpack
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def level(text: str) -> bytes:
    """What two exports of one message have in common: no direction marks, NFKC (spaces included), no blank edges;
    in UTF-8."""
    if text.isascii():
        return text.strip().encode()
    raw = text.encode("utf-8", "replace")
    if heaped(text):
        return raw.strip()
    if b"\xe2\x80" in raw or b"\xe2\x81" in raw:  # where the marks are, with some punctuation
        levelled = unicodedata.normalize("NFKC", _MARKS.sub("", text)).strip()
    else:
        levelled = unicodedata.normalize("NFKC", text).strip()
    return raw if levelled is text else levelled.encode("utf-8", "replace")


class Keys:
    """64-bit match keys for the messages of one conversation."""

    def __init__(self, conversation: str) -> None:
        self._root = blake2b(conversation.encode("utf-8", "replace") + b"\0", digest_size=8)

    def said_by(self, sender: Handle | None) -> blake2b:
        """The state from which the keys of all that this sender says start."""
        state = self._root.copy()
        who = f"\2{sender.scheme}\0{fold(sender.value)}\0" if sender else "\3"
        state.update(who.encode("utf-8", "replace"))
        return state

    def of(self, message: Message, said_by: blake2b) -> int:
        """The match key; negative as often as not, for SQLite's integers are signed."""
        if message.key is None:
            return self.of_parts(said_by, message.text, len(message.attachments))
        return of_keys((message.key,))[0]

    def of_parts(self, said_by: blake2b, text: str, attachments: int) -> int:
        """The match key of a message without a key of its own."""
        state = said_by.copy()
        state.update(level(text))
        if attachments:
            state.update(b"\0%d" % attachments)
        return int(_signed(state.digest())[0])

    def of_texts(self, said_by: Iterable[blake2b], texts: Iterable[str]) -> list[int]:
        """The match keys of messages that are nothing but text; *said_by*: of the sender of each."""
        digests = []
        for state, text in zip(said_by, texts, strict=True):
            mine = state.copy()
            mine.update(level(text))
            digests.append(mine.digest())
        return list(unpack(f"<{len(digests)}q", b"".join(digests)))


_KEYED = blake2b(b"\0\1", digest_size=8)


def of_keys(keys: Iterable[str]) -> list[int]:
    """The match keys of messages that bring a key of their own: they depend on no conversation, so that a message
    keeps its own when conversations turn out to be one."""
    digests, begin = [], _KEYED.copy
    for key in keys:
        mine = begin()
        mine.update(key.encode("utf-8", "replace"))
        digests.append(mine.digest())
    return list(unpack(f"<{len(digests)}q", b"".join(digests)))


OWN_KEY = 0
"""The occurrence of a message that brought a key of its own: that alone tells it from others."""


class Occurrences:
    """Counts the n-th message alike in its minute, remembering the last WINDOW minutes of one file."""

    def __init__(self) -> None:
        self._minutes: OrderedDict[int, dict[int, int]] = OrderedDict()  # in the order met
        self._forgotten = -2
        self.uncertain = False  # the file stepped back past the window: what it shows now may be here already

    def count(self, minute: int, key: int) -> int:
        """1 for the first message with this key in this minute, 2 for the second…"""
        return self.count_all((minute,), (key,))[0]

    def count_all(self, minutes: Sequence[int], keys: Sequence[int]) -> list[int]:
        """The same for messages that follow one another."""
        known, numbers = self._minutes, []
        for minute, key in zip(minutes, keys, strict=True):
            seen = known.get(minute)
            if seen is None:
                self._begin(minute, key)
                numbers.append(1)
            else:
                seen[key] = number = seen.get(key, 0) + 1
                numbers.append(number)
        return numbers

    def _begin(self, minute: int, key: int) -> None:
        self.uncertain |= minute <= self._forgotten
        self._minutes[minute] = {key: 1}
        if len(self._minutes) > WINDOW:
            self._forgotten = max(self._forgotten, self._minutes.popitem(last=False)[0])
