"""What comes later than all that a conversation has is new, and need not be looked for. Pure.

It holds for messages with keys of their own, in conversations that only the running import has told anything in: an
export of Messenger is such a conversation for every thread, ten thousand messages at a time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from archiver.store.ids import UNDATED


@dataclass(slots=True)
class Latest:
    """The latest *minute* of a conversation's messages, and the match keys of those in it. *sole*: nobody else has
    put messages there."""

    sole: bool = False
    minute: int = UNDATED
    keys: set[int] = field(default_factory=set)

    def new(self, minutes: Sequence[int], keys: Sequence[int]) -> bool:
        """Whether messages of these minutes and keys, in their order, are certainly new, all of them. They are noted,
        new or not."""
        first = minutes[0]
        sure = self.sole and first >= self.minute and first != UNDATED and _rising(minutes)
        if sure and first == self.minute:
            sure = self.keys.isdisjoint(keys[: bisect_right(minutes, first)])
        self.note(minutes, keys)
        return sure and len(set(keys)) == len(keys)

    def note(self, minutes: Sequence[int], keys: Sequence[int]) -> None:
        """There are messages of these minutes and keys."""
        last = max(minutes)
        if last > self.minute:
            self.minute, self.keys = last, set()
        if last == self.minute:
            self.keys.update(key for minute, key in zip(minutes, keys, strict=True) if minute == last)


def _rising(minutes: Sequence[int]) -> bool:
    return len(minutes) == 1 or list(minutes) == sorted(minutes)
