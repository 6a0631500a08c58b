"""Same message, seen twice: tiers 1 and 2. Pure, and the same on every machine.

Tier 1: a message that brings its own key is recognised by that. Tier 2: a chat line without one is recognised by
conversation, minute, sender and levelled text, and by being the n-th such line in that minute of its file, so that
two genuine "ok" in one minute both survive and a second export of them still adds nothing.
"""

import re
import unicodedata
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from struct import Struct, unpack

from archiver.model import Handle, Message
from archiver.spelling import heaped
from archiver.text import fold

WINDOW = 4096  # minutes remembered; a file that steps back further repeats itself, as concatenated exports do


_signed = Struct("<q").unpack
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKED = re.compile(rb"\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")  # the same in UTF-8
_SHORT = 1000  # characters in which no heap of marks costs anybody time


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


def levels(texts: Sequence[str]) -> list[bytes]:
    """`level` of each of many texts, at one look where all of them are level but for their edges: as most are."""
    bare = list(map(str.strip, texts))
    whole = "\0".join(bare)
    if max(map(len, bare), default=0) <= _SHORT and (whole.isascii() or unicodedata.is_normalized("NFKC", whole)):
        raw = whole.encode("utf-8", "replace")
        if not _MARKED.search(raw) and len(found := raw.split(b"\0")) == len(bare):
            return found
    return list(map(level, texts))


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

    def of_texts(self, said_by: Sequence[blake2b], texts: Sequence[str]) -> list[int]:
        """The match keys of messages that are nothing but text; *said_by*: of the sender of each."""
        return _digests(list(map(blake2b.copy, said_by)), levels(texts))


def _digests(states: list[blake2b], more: Iterable[bytes]) -> list[int]:
    """What each state says when it has seen *more*. (A million times a minute: no step of it is Python's own.)"""
    deque(map(blake2b.update, states, more), 0)
    return list(unpack(f"<{len(states)}q", b"".join(map(blake2b.digest, states))))


_KEYED = blake2b(b"\0\1", digest_size=8)


def of_keys(keys: Sequence[str]) -> list[int]:
    """The match keys of messages that bring a key of their own: they depend on no conversation, so that a message
    keeps its own when conversations turn out to be one."""
    return _digests([_KEYED.copy() for _ in keys], [key.encode("utf-8", "replace") for key in keys])


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
        begun: list[int] = []
        for minute, key in zip(minutes, keys, strict=True):
            if (seen := known.get(minute)) is None:
                known[minute] = {key: 1}
                begun.append(minute)
                numbers.append(1)
            else:
                seen[key] = number = seen.get(key, 0) + 1
                numbers.append(number)
        if begun:
            self._begin(begun)
        return numbers

    def _begin(self, minutes: Sequence[int]) -> None:
        self.uncertain |= min(minutes) <= self._forgotten
        while len(self._minutes) > WINDOW:
            self._forgotten = max(self._forgotten, self._minutes.popitem(last=False)[0])
