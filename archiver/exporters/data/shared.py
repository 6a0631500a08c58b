"""A library as strangers may read it: people and conversations numbered from 1, without a word on where it was kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO, Protocol

from archiver.contracts import Library, Outline
from archiver.model import KeptConversation, KeptMessage, Sender


class Shared:
    """Any library, already masked, without what tells of the archive behind it.

    The numbers of people and conversations would tell how many there are that were not published, and where a message
    was read from would tell the size of what was left out: people are counted in the order of their first words,
    conversations in the order of the library, and origins are left out.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._real = [conversation.id for conversation in library.conversations()]
        self._numbers = {real: number for number, real in enumerate(self._real, 1)}
        self._people: dict[int | str, int] = {}
        self._senders: dict[Sender, Sender] = {}

    def conversations(self) -> Sequence[KeptConversation]:
        return [replace(one, id=self._numbers[one.id]) for one in self._library.conversations()]

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        for message in self._library.messages(self._real[conversation_id - 1]):
            sender = None if message.sender is None else self._sender(message.sender)
            yield replace(message, row=0, conversation_id=conversation_id, sender=sender, origin=None)

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        return self._library.outline(self._real[conversation_id - 1])

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return [self._sender(one) for one in self._library.people(self._real[conversation_id - 1])]

    def attachment(self, sha256: str) -> BinaryIO:
        return self._library.attachment(sha256)

    def _sender(self, sender: Sender) -> Sender:
        known = self._senders.get(sender)
        if known is None:
            number = self._people.setdefault(sender.person or sender.name, len(self._people) + 1)
            known = self._senders[sender] = replace(sender, person=number, identity=0)
        return known


class Listener(Protocol):
    """Whoever wants to see every message once."""

    def add(self, message: KeptMessage) -> None: ...


class Overheard:
    """Any library whose messages are shown to listeners, too, the first time they are read."""

    def __init__(self, library: Library, listeners: Sequence[Listener]) -> None:
        self._library = library
        self._listeners = tuple(listeners)
        self._heard: set[int] = set()

    def conversations(self) -> Sequence[KeptConversation]:
        return self._library.conversations()

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        if conversation_id in self._heard or not self._listeners:
            yield from self._library.messages(conversation_id)
            return
        self._heard.add(conversation_id)
        for message in self._library.messages(conversation_id):
            for listener in self._listeners:
                listener.add(message)
            yield message

    def finish(self) -> None:
        """Reads what nobody has read yet, for the listeners."""
        for conversation in self.conversations():
            if conversation.id not in self._heard:
                for _ in self.messages(conversation.id):
                    pass

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        return self._library.outline(conversation_id)

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return self._library.people(conversation_id)

    def attachment(self, sha256: str) -> BinaryIO:
        return self._library.attachment(sha256)
