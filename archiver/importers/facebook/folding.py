"""Messages that speak of other messages, folded into those: reactions told twice, and edits sent as a second copy.

Instagram (and Messenger) write ``Reacted 😂 to your message `` as a message of its own beside the entry in
``reactions``, and an edit as the new text with `` (edited)`` behind it (trap 14). What cannot be told to belong to a
message stays a message.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archiver.importers.facebook.sentences import edit_marks
from archiver.model import Message, Reaction

_SOON = 2  # seconds between a reaction and the sentence about it
_EDITABLE = timedelta(minutes=16)  # the apps allow a quarter of an hour
_COMPARED = 1_000  # characters at either end of a text that tell whether it is a copy
_TIMES, _ADDED = 4, 20  # an edit makes a text at most so many times, and so many characters, longer
_BACK = 200  # messages looked back for the one that was edited
_HEARTS = ("❤", "👍", "♥", "💗", "😍")  # "Liked a message" does not say with what

Mark = tuple[str, str]  # who (as the handle's value), with what


@dataclass(slots=True)
class _Marks:
    """The reactions of a file that no sentence was found for yet: places of those without a time, the oldest first,
    and places by second of those with one."""

    undated: dict[Mark, list[int]] = field(default_factory=dict)
    dated: dict[tuple[Mark, int], list[int]] = field(default_factory=dict)

    def take(self, mark: Mark, before: int, at: datetime | None) -> tuple[int, bool] | None:
        """The reaction that a sentence of this time, at the place *before*, speaks of, and whether it has a time: one
        of the same time, else the last one without. It is taken."""
        second = None if at is None else round(at.timestamp())
        for near in () if second is None else range(second - _SOON, second + _SOON + 1):
            if places := self.dated.get((mark, near)):
                return places.pop(), True
        places = self.undated.get(mark, [])
        where = bisect_left(places, before)
        return (places.pop(where - 1), False) if where else None


@dataclass(slots=True)
class Folding:
    """Folds the messages of one file after the other. What the file before held of reactions is remembered, for the
    sentence about one may be in the next part."""

    edits: int = 0  # copies folded in the last file
    late: list[tuple[int, Mark, datetime | None]] = field(default_factory=list)
    """Reactions of the file before that have a time now: the place there, and what they are."""
    _before: Sequence[tuple[int, Sequence[Reaction]]] | _Marks = ()  # made into marks when somebody speaks of them

    def fold(
        self, messages: Sequence[Message], speaking: Sequence[tuple[int, str]], edits: Sequence[int]
    ) -> Sequence[Message | None]:
        """The messages, the oldest first, with None where one was folded into another.

        *speaking*: places of sentences about a reaction, and its sign, "" when the sentence does not say; *edits*:
        places of messages that end as an edited copy does.
        """
        reactions = ((place, message.reactions) for place, message in enumerate(messages) if message.reactions)
        changed = self.changes(reactions, lambda: messages, speaking, edits)
        return [changed.get(place, message) for place, message in enumerate(messages)] if changed else messages

    def changes(
        self,
        reactions: Iterable[tuple[int, Sequence[Reaction]]],
        messages: Callable[[], Sequence[Message]],
        speaking: Sequence[tuple[int, str]],
        edits: Sequence[int],
    ) -> dict[int, Message | None]:
        """What the messages at some places are after folding: another one, or none. *reactions*: by place, the oldest
        first; *messages*: gives them all, and is only asked where there is something to fold."""
        self.late = []
        there = list(reactions)
        marks = _marks(there) if speaking else _NONE
        before = messages() if speaking or edits else ()
        folded: list[Message | None] = list(before)
        for place, sign in speaking:
            if self._found(folded, marks, place, sign):
                folded[place] = None
        self.edits = sum(_edit(folded, place) for place in edits)
        self._before = marks if speaking else there
        return {place: now for place, (now, was) in enumerate(zip(folded, before, strict=True)) if now is not was}

    def _found(self, folded: list[Message | None], marks: _Marks, place: int, sign: str) -> bool:
        """Whether a reaction was found that the sentence at *place* speaks of; it has a time from now on."""
        told = folded[place]
        if told is None or told.sender is None:
            return False
        at = told.when.at
        asked = [(told.sender.value, bare) for bare in ((_bare(sign),) if sign else _HEARTS)]
        for mark in asked:
            if found := marks.take(mark, place, at):
                if not found[1]:
                    _date(folded, found[0], mark, at)
                return True
        if not isinstance(self._before, _Marks):
            self._before = _marks(self._before)
        for mark in asked:
            if found := self._before.take(mark, 1 << 60, at):
                if not found[1]:
                    self.late.append((found[0], mark, at))
                return True
        return False


_NONE = _Marks()


def _marks(reactions: Iterable[tuple[int, Sequence[Reaction]]]) -> _Marks:
    """Every reaction: where it stands and when it was made, by who and with what."""
    marks = _Marks()
    for place, those in reactions:
        for reaction in those:
            if reaction.by is None:
                continue
            mark = (reaction.by.value, _bare(reaction.value))
            if reaction.at is None:
                marks.undated.setdefault(mark, []).append(place)
            else:
                marks.dated.setdefault((mark, round(reaction.at.timestamp())), []).append(place)
    return marks


def _bare(sign: str) -> str:
    """An emoji without the mark that asks for colours, which one telling may have and the other not."""
    return sign.replace("\ufe0f", "")


def _date(folded: list[Message | None], target: int, mark: Mark, at: datetime | None) -> None:
    """The sentence's time is the reaction's, which had none."""
    message = folded[target]
    if message is None:
        return
    folded[target] = message._replace(reactions=dated(message.reactions, mark, at))


def dated(reactions: Sequence[Reaction], mark: Mark, at: datetime | None) -> tuple[Reaction, ...]:
    """The reactions, of which the first such one without a time has this one."""
    found, done = [], False
    for one in reactions:
        hit = not done and one.by is not None and (one.by.value, _bare(one.value)) == mark and one.at is None
        found.append(Reaction(one.by, one.value, at) if hit else one)
        done = done or hit
    return tuple(found)


def edited_text(text: str) -> str | None:
    """What the copy of an edited message says, without the mark at its end; None when it has none."""
    mark = next((mark for mark in edit_marks() if text.endswith(mark)), None)
    return text[: -len(mark)] if mark else None


def _edit(folded: list[Message | None], place: int) -> bool:
    """The edited copy at *place* into the message it is a copy of: that has its last words, and what it said before.
    False when it is the copy of none."""
    copy = folded[place]
    if copy is None or (text := edited_text(copy.text)) is None:
        return False
    target = _edited(folded, place, copy, text)
    message = None if target is None else folded[target]
    if target is None or message is None:
        return False
    extra = {**(message.extra or {}), "before_edit": [*_earlier(message), message.text]}
    extra["edited_written"] = copy.when.written
    reactions = message.reactions + tuple(one for one in copy.reactions if one not in message.reactions)
    folded[target] = message._replace(text=text, edited=True, extra=extra, reactions=reactions)
    folded[place] = None
    return True


def _edited(folded: list[Message | None], place: int, copy: Message, text: str) -> int | None:
    """Where the message is that was edited: of those that could be meant the one that says most of the same, the last
    of several; None where there is none."""
    best, most = None, 0
    for target in range(place - 1, max(-1, place - 1 - _BACK), -1):
        message = folded[target]
        if message is None or message.sender is not copy.sender or message.kind != "text":
            continue
        if _too_late(message, copy):
            break
        if (same := _alike(message.text, text)) > most:
            best, most = target, same
    return best


def _earlier(message: Message) -> list[object]:
    before = (message.extra or {}).get("before_edit")
    return before if isinstance(before, list) else []


def _too_late(message: Message, copy: Message) -> bool:
    then, now = message.when.at, copy.when.at
    return then is not None and now is not None and now - then > _EDITABLE


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their ends; 0 where that is less than half of the shorter one,
    or one is so much longer that it says something else: an edit changes a word or adds some."""
    short, long = sorted((len(one), len(other)))
    if long > _TIMES * short + _ADDED:
        return 0
    short = min(short, _COMPARED)
    head = _same(short, lambda size: one[:size] == other[:size])
    tail = _same(short - head, lambda size: one[len(one) - size :] == other[len(other) - size :])
    return head + tail if head + tail >= max(1, short / 2) else 0


def _same(most: int, alike: Callable[[int], bool]) -> int:
    """The largest size up to *most* that is alike; whatever is smaller is, too."""
    return bisect_left(range(1, most + 1), 1, key=lambda size: not alike(size))
