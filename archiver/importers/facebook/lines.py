"""The messages of one file column by column, for nearly all are nothing but text: see `Stretch`."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import overload

from archiver.importers.facebook.room import Clock
from archiver.model import Handle, Message, Origin, Reaction, Standing, Stretch

_MINUTE = 60_000


class Written(Sequence[str]):
    """Milliseconds as they stand in the file, written out when somebody asks."""

    def __init__(self, times: Sequence[int]) -> None:
        self._times = times

    def __len__(self) -> int:
        return len(self._times)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return Written(self._times[index]) if isinstance(index, slice) else str(self._times[index])


@dataclass(slots=True)
class Lines:
    """Columns with one entry for each message, the oldest first. *times*: ms, UTC. *standing*: those that are more
    than text; *whole*: those that no stretch can hold, in place of what the columns say."""

    conversation: str
    origin: Origin  # of the file
    senders: list[Handle] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    standing: dict[int, Standing] = field(default_factory=dict)
    whole: dict[int, Message] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def put(self, place: int, message: Message, ms: int) -> None:
        """A message made already in the place of what the columns say. *ms*: 0 where it has no time."""
        self.times[place] = 0 if message.when.at is None else ms
        self.texts[place] = message.text
        if message.when.at is None or message.deleted or message.when.written != str(ms):
            self.whole[place] = message
        elif message.kind != "text" or message.attachments or message.extra or message.reactions:
            self.standing[place] = Standing(
                message.kind, message.text, message.attachments, message.extra, message.reactions
            )

    def identify(self, keys: list[str]) -> None:
        """Give each message its key."""
        self.keys = keys
        for place, message in self.whole.items():
            self.whole[place] = message._replace(key=keys[place])

    def reactions(self) -> Iterator[tuple[int, Sequence[Reaction]]]:
        """(place, reactions) of the messages that have some, the oldest first."""
        found = [(place, more.reactions) for place, more in self.standing.items() if more.reactions]
        found += [(place, message.reactions) for place, message in self.whole.items() if message.reactions]
        return iter(sorted(found, key=lambda one: one[0]) if self.whole else found)

    def messages(self, clock: Clock) -> list[Message]:
        """Each as a record of its own."""
        singly = chain.from_iterable(self._stretches(clock, 0, len(self), list(self.standing)))
        return [self.whole.get(place, message) for place, message in enumerate(singly)]

    def tail(self, start: int) -> "Lines":
        """Those from *start* on, as lines of their own."""
        run = slice(start, None)
        return Lines(
            self.conversation,
            self.origin,
            self.senders[run],
            self.times[run],
            self.texts[run],
            self.starts[run],
            self.ends[run],
            self.keys[run],
            {place - start: more for place, more in self.standing.items() if place >= start},
            {place - start: message for place, message in self.whole.items() if place >= start},
        )

    def items(
        self, clock: Clock, folded: Mapping[int, Message | None], stop: int | None = None
    ) -> Iterator[Message | Stretch]:
        """All of them, or those before *stop*, in stretches as long as can be. *folded*: what is another message now,
        or none."""
        start, stop, standing = 0, len(self) if stop is None else stop, list(self.standing)
        for place in sorted(place for place in {*self.whole, *folded} if place < stop):
            yield from self._stretches(clock, start, place, standing)
            message = folded[place] if place in folded else self.whole[place]
            if message is not None:
                yield message
            start = place + 1
        yield from self._stretches(clock, start, stop, standing)

    def _stretches(self, clock: Clock, start: int, stop: int, standing: Sequence[int]) -> Iterator[Stretch]:
        """Those from *start* to *stop*, with a stretch for each offset of the clock. *standing*: places, in order."""
        for first, last, offset in clock.runs(self.times, start, stop):
            run = slice(first, last)
            times, shift = self.times[run], offset * _MINUTE
            yield Stretch(
                self.conversation,
                self.origin._replace(start=min(self.starts[run]), end=max(self.ends[run])),
                self.senders[run],
                [ms + shift for ms in times] if shift else times,
                Written(times),
                self.texts[run],
                self.starts[run],
                self.ends[run],
                {i - first: self.standing[i] for i in _between(standing, first, last)},
                offset,
                "second",
                clock.zone,
                (),
                self.keys[run],
            )


def _between(places: Sequence[int], first: int, last: int) -> Sequence[int]:
    return places[bisect_left(places, first) : bisect_left(places, last)]
