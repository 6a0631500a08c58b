"""Which conversations a snapshot is made of: those that were named, and never more."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from archiver.contracts import Library, Outline
from archiver.errors import UsageError
from archiver.model import KeptConversation, KeptMessage, Sender

ALL = "*"  # in place of a name: every conversation but talk between two people
_LISTED = 20  # conversations named in a refusal


def choose(known: Sequence[KeptConversation], names: Sequence[str]) -> list[KeptConversation]:
    """The conversations with these titles, keys or numbers, in the library's order."""
    if not names:
        raise UsageError(
            "Nothing was named, so nothing is published.",
            why="Only conversations that you name are published.",
            remedy=f"Name one or more with --conversation. {_offer(known)}",
        )
    wanted = {_named(known, name).id for name in names if name != ALL}
    if ALL in names:
        wanted |= {one.id for one in known if not one_to_one(one)}
    if not wanted:
        raise UsageError(
            "Everything that the archive holds is talk between two people, so nothing is published.",
            why="Such talk is only published when it is named one by one.",
            remedy=_offer(known),
        )
    return [conversation for conversation in known if conversation.id in wanted]


def one_to_one(conversation: KeptConversation) -> bool:
    """Whether it is talk between two people, which is only published when it is named by itself."""
    if conversation.kind in {"list", "page", "feed"}:
        return False
    return conversation.kind == "direct" or conversation.people <= 2


def left_out(known: Sequence[KeptConversation], names: Sequence[str]) -> list[KeptConversation]:
    """What *names* leave out although they mean all conversations: talk between two people that nobody named."""
    if ALL not in names:
        return []
    chosen = {one.id for one in choose(known, names)}
    return [one for one in known if one.id not in chosen]


def _named(known: Sequence[KeptConversation], name: str) -> KeptConversation:
    asked = name.strip().casefold()
    found = [one for one in known if asked in {one.title.casefold(), one.key.casefold(), str(one.id)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"Several conversations are called “{name}”.",
            remedy=f"Name the one you mean by its number. {_offer(found)}",
        )
    raise UsageError(f"There is no conversation called “{name}”.", remedy=_offer(known))


def _offer(known: Sequence[KeptConversation]) -> str:
    if not known:
        return "The archive holds no conversations yet; archive import brings them in."
    listed = [f"{one.id} “{one.title}” ({some_messages(one.messages)})" for one in known[:_LISTED]]
    more = f", and {len(known) - _LISTED:,} more: archive conversations shows all" if len(known) > _LISTED else ""
    return f"You can name: {', '.join(listed)}{more}."


def some_messages(count: int) -> str:
    """``1 message``, ``1,204 messages``."""
    return "1 message" if count == 1 else f"{count:,} messages"


class Chosen:
    """A library that knows of some conversations only."""

    def __init__(self, library: Library, chosen: Sequence[KeptConversation]) -> None:
        self._library = library
        self._chosen = list(chosen)

    def conversations(self) -> Sequence[KeptConversation]:
        return self._chosen

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        return self._library.messages(self._checked(conversation_id))

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        return self._library.outline(self._checked(conversation_id))

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return self._library.people(self._checked(conversation_id))

    def attachment(self, sha256: str) -> BinaryIO:
        return self._library.attachment(sha256)

    def _checked(self, conversation_id: int) -> int:
        if all(conversation.id != conversation_id for conversation in self._chosen):
            raise UsageError("That conversation was not named.", remedy="Name it with --conversation.")
        return conversation_id
