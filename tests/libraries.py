"""A library in memory, to test whatever reads one, and the invented talk that fills it."""

import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from archiver.contracts import Outline
from archiver.model import KeptConversation, KeptMessage, Sender


class Shelf:
    """Conversations with their messages, in the order given. Satisfies the Library contract.

    *kinds* of the conversations, groups where nothing is said; a list, a page and a feed are told in threads.
    """

    def __init__(self, *talks: tuple[str, Sequence[KeptMessage]], kinds: Sequence[str] = ()) -> None:
        self._kinds = [*kinds, *["group"] * (len(talks) - len(kinds))]
        self._titles = [title for title, _ in talks]
        self._talks = [
            [replace(m, conversation=f"test:{title}", conversation_title=title, conversation_id=n) for m in talk]
            for n, (title, talk) in enumerate(talks, 1)
        ]

    def conversations(self) -> Sequence[KeptConversation]:
        return [
            KeptConversation(
                id=n,
                key=f"test:{title}",
                title=title,
                source="test",
                kind=self._kinds[n - 1],
                messages=len(talk),
                people=len({m.sender for m in talk if m.sender}),
                first=min((m.at_local for m in talk if m.at_local), default=None),
                last=max((m.at_local for m in talk if m.at_local), default=None),
            )
            for n, (title, talk) in enumerate(zip(self._titles, self._talks, strict=True), 1)
        ]

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        yield from self._talks[conversation_id - 1]

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        threads: dict[str, str] = {}
        for m in self._talks[conversation_id - 1]:
            if self._kinds[conversation_id - 1] == "group":
                yield Outline(m.at_local, len(m.text), m.reply_to)
            else:
                thread = threads[m.id] = threads.get(m.reply_to or "", m.id)
                yield Outline(m.at_local, len(m.text), m.reply_to, m.id, thread)

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return list(dict.fromkeys(m.sender for m in self._talks[conversation_id - 1] if m.sender))

    def attachment(self, sha256: str) -> BinaryIO:
        return io.BytesIO(sha256.encode())


_IDENTITIES: dict[tuple[str, str], int] = {}


def person(name: str, scheme: str = "test-name", value: str | None = None) -> Sender:
    """Somebody; the same arguments are the same person."""
    key = (scheme, value or name)
    number = _IDENTITIES.setdefault(key, len(_IDENTITIES) + 1)
    return Sender(name, scheme, value or name, number, number)


def said(
    text: str, by: str | Sender | None = "Ines Okoro", at: str | None = "2023-05-04T10:11:12", **more: Any
) -> KeptMessage:
    """A kept message; its id is made of its time, its speaker and its words unless one is given."""
    sender = person(by) if isinstance(by, str) else by
    letter = KeptMessage(
        id=f"{at or 'undated'}-{abs(hash_of(text, sender)):x}",
        row=1,
        conversation="",
        conversation_title="",
        conversation_id=0,
        source="test",
        kind="text",
        sender=sender,
        at=None if at is None else f"{at}Z",
        at_local=at,
        precision=None if at is None else "second",
        subject=None,
        text=text,
    )
    return replace(letter, **more)


def hash_of(text: str, sender: Sender | None) -> int:
    """A number that is the same in every process, unlike hash()."""
    return zlib.crc32(f"{text}\0{sender and sender.value}".encode("utf-8", errors="replace"))


def days(count: int, per_day: int, text: str = "Watered row {n}.") -> Iterable[KeptMessage]:
    """So many messages a day, from 1 March 2023 on, by three people in turn."""
    people = ["Ines Okoro", "Tomás Rey", "Mei Lindqvist"]
    for n in range(count * per_day):
        day, turn = divmod(n, per_day)
        month, date = divmod(day, 28)
        at = f"2023-{3 + month:02}-{1 + date:02}T{8 + turn * 12 // per_day:02}:{turn % 60:02}:00"
        yield said(text.format(n=n), people[n % 3], at)
