"""Invented letters for the tests of the store: messages that are the same wherever they are found."""

from datetime import datetime, timedelta
from typing import Any

from archiver.model import Conversation, Handle, Message, When
from tests.talk import SUMMER, File

LIST = "list:garden.example.org"
_BEGIN = datetime(2020, 5, 1, 9, 0, tzinfo=SUMMER)


def person(address: str, name: str | None = None) -> Handle:
    return Handle("email", address, name or address)


class Mailbox(File):
    """A pretended mailbox: letters that a *conversation* claims with the number *claim*."""

    def __init__(self, digest: str, conversation: str = "mailbox:ana", claim: int = 0) -> None:
        super().__init__(digest, conversation, conversation.partition(":")[2])
        self.claim = claim

    def opening(self) -> Conversation:
        listed = self.conversation.startswith("list:")
        return Conversation(self.conversation, self.title, "list" if listed else "unknown")

    def letter(self, key: str, text: str, *, day: int = 0, sender: Handle | None = None, **more: Any) -> Message:
        """The letter with the Message-ID *key*, sent *day* days after the first of May 2020."""
        at = _BEGIN + timedelta(days=day)
        return Message(
            conversation=self.conversation,
            sender=sender or person("ana@example.org", "Ana Ruiz"),
            when=When(at, at.isoformat(), "+02:00", "second"),
            text=text,
            origin=self.origin(),
            key=key,
            native_id=f"<{key}>",
            claim=self.claim,
            **{"subject": "The water tank", **more},
        )
