"""Same message, seen twice: tiers 1 and 2. Pure, and the same on every machine.

Tier 1: a message that brings its own key is recognised by that. Tier 2: a chat line without one is recognised by
conversation, minute, sender and levelled text, and by being the n-th such line in that minute of its file, so that
two genuine "ok" in one minute both survive and a second export of them still adds nothing.
"""

import re
import unicodedata
from collections import OrderedDict
from hashlib import blake2b
from struct import Struct

from archiver.model import Handle, Message
from archiver.text import fold

WINDOW = 4096  # minutes remembered; a file that steps back further repeats itself, as concatenated exports do


_signed = Struct("<q").unpack
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def level(text: str) -> str:
    """What two exports of one message have in common: no direction marks, NFKC (spaces included), no blank edges."""
    if text.isascii():
        return text.strip()
    if _MARKS.search(text):
        text = _MARKS.sub("", text)
    return unicodedata.normalize("NFKC", text).strip()


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
            state = said_by.copy()
            state.update(level(message.text).encode("utf-8", "replace"))
            if message.attachments:
                state.update(b"\0%d" % len(message.attachments))
        else:
            state = self._root.copy()
            state.update(b"\1" + message.key.encode("utf-8", "replace"))
        key: int = _signed(state.digest())[0]
        return key


class Occurrences:
    """Counts the n-th message alike in its minute, remembering the last WINDOW minutes of one file."""

    def __init__(self) -> None:
        self._minutes: OrderedDict[int, dict[int, int]] = OrderedDict()  # in the order met
        self._forgotten = -2
        self.uncertain = False  # the file stepped back past the window: what it shows now may be here already

    def count(self, minute: int, key: int) -> int:
        """1 for the first message with this key in this minute, 2 for the second…"""
        seen = self._minutes.get(minute)
        if seen is None:
            self.uncertain |= minute <= self._forgotten
            self._minutes[minute] = {key: 1}
            if len(self._minutes) > WINDOW:
                self._forgotten = max(self._forgotten, self._minutes.popitem(last=False)[0])
            return 1
        seen[key] = seen.get(key, 0) + 1
        return seen[key]
