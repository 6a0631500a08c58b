"""The newest messages as Atom feeds (RFC 4287): one of everything, one of each conversation."""

import hashlib
import heapq
import uuid
from collections.abc import Iterator, Mapping, Sequence

from archiver.contracts import Library, Page, Rendering
from archiver.exporters.data.address import Address
from archiver.exporters.data.places import Places
from archiver.exporters.data.xml import Writer
from archiver.exporters.site.prose import clean, snippet
from archiver.exporters.site.words import words
from archiver.model import KeptConversation, KeptMessage

NAME = "feed.xml"
NEWEST = 50  # messages in a feed
_SPACE = uuid.UUID("6f0c1d5e-3c5f-5d0b-9a55-2d1f5c0f7a11")  # ours, so that ids are the same wherever the site stands
_NEVER = "1970-01-01T00:00:00Z"
_GONE = ("event", "call", "deleted", "withheld", "redacted", "waiting")


class Newest:
    """Remembers the newest messages of each conversation that have a time and words; memory is these."""

    def __init__(self) -> None:
        self._kept: dict[int, list[tuple[str, str, KeptMessage]]] = {}

    def add(self, message: KeptMessage) -> None:
        if message.at is None or not (message.text or message.subject):
            return
        if message.deleted_at is not None or message.kind.startswith(_GONE):
            return
        kept = self._kept.setdefault(message.conversation_id, [])
        entry = message.at, message.id, message
        if len(kept) < NEWEST:
            heapq.heappush(kept, entry)
        elif entry[:2] > kept[0][:2]:
            heapq.heapreplace(kept, entry)

    def ids(self) -> set[str]:
        return {identifier for kept in self._kept.values() for _, identifier, _ in kept}

    def of(self, conversation_id: int) -> list[KeptMessage]:
        """The newest first."""
        return _newest(self._kept.get(conversation_id, []))

    def all(self) -> list[KeptMessage]:
        """The newest of all conversations."""
        return _newest([entry for kept in self._kept.values() for entry in kept])[:NEWEST]


def _newest(entries: Sequence[tuple[str, str, KeptMessage]]) -> list[KeptMessage]:
    return [message for _, _, message in sorted(entries, key=lambda entry: entry[:2], reverse=True)]


def feed_of(conversation: KeptConversation) -> str:
    """The file of a conversation's own feed: a name that stays, and says nothing about it."""
    return f"feeds/{hashlib.sha256(conversation.key.encode('utf-8', errors='replace')).hexdigest()[:10]}.xml"


def pages(library: Library, rendering: Rendering, newest: Newest, places: Places, address: Address) -> Iterator[Page]:
    """The feeds. What stands on no page of the site is in no feed."""
    feed = _Feed(rendering.options, address, places)
    title = clean(rendering.title) or words(rendering.options.get("language", "en")).say("title")
    yield Page(NAME, feed.document(NAME, address.root, title, newest.all()))
    for conversation in library.conversations():
        path = feed_of(conversation)
        yield Page(path, feed.document(path, conversation.key, conversation.title, newest.of(conversation.id)))


class _Feed:
    """Writes feeds of one site."""

    def __init__(self, options: Mapping[str, str], address: Address, places: Places) -> None:
        self._words = words(options.get("language", "en"))
        self._options = options
        self._address = address
        self._places = places

    def document(self, path: str, key: str, title: str, messages: Sequence[KeptMessage]) -> bytes:
        """One feed; *key* is what its id is made of."""
        told = [(message, place) for message in messages if (place := self._places.of(message.id)) is not None]
        xml = Writer()
        with xml.element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": self._words.lang}):
            xml.leaf("id", _urn(key))
            xml.leaf("title", clean(title) or self._words.say("title"))
            xml.leaf("updated", max((_updated(message) for message, _ in told), default=_NEVER))
            xml.leaf("link", attributes={"rel": "self", "href": self._address.of(path), "type": "application/atom+xml"})
            xml.leaf("link", attributes={"href": self._address.of("index.html"), "type": "text/html"})
            if licence := clean(self._options.get("licence", "")).strip():
                xml.leaf("rights", licence)
            for message, place in told:
                self._entry(xml, message, place)
        return xml.taken(end=True)

    def _entry(self, xml: Writer, message: KeptMessage, place: str) -> None:
        with xml.element("entry"):
            xml.leaf("id", _urn(message.id))
            xml.leaf("title", snippet(message.subject or message.text) or "…")
            xml.leaf("updated", _updated(message))
            xml.leaf("published", message.at or _NEVER)
            with xml.element("author"):
                name = clean(message.sender.name).strip() if message.sender is not None else ""
                xml.leaf("name", name or self._words.say("somebody"))
            xml.leaf("link", attributes={"href": self._address.of(place), "type": "text/html"})
            xml.leaf("category", attributes={"term": clean(message.conversation_title)})
            xml.leaf("content", clean(message.text), {"type": "text"})


def _updated(message: KeptMessage) -> str:
    """When it was said, or changed since: never when it was published."""
    return max(message.at or _NEVER, message.edited_at or _NEVER)


def _urn(name: str) -> str:
    return uuid.uuid5(_SPACE, name).urn
