"""Who speaks, as the library shows them: how much, from when to when, and where. Nobody has a page of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from archiver.contracts import Page
from archiver.exporters.site.frame import Entry, Frame
from archiver.exporters.site.paging import packed
from archiver.exporters.site.prose import clean
from archiver.model import KeptMessage, Sender

FULL = 150  # lines of a page: a person is one, and so is each conversation they speak in


@dataclass(slots=True)
class Place:
    """What somebody said in one conversation: how much, and the address of their first words."""

    conversation: int
    first: str
    count: int = 0


@dataclass(slots=True)
class Voice:
    """Somebody: *first* and *last* are days, "" when none is known."""

    name: str
    count: int = 0
    first: str = ""
    last: str = ""
    places: list[Place] = field(default_factory=list)


class Told(NamedTuple):
    """A voice in words."""

    name: str
    span: str
    counts: str
    places: list[tuple[str, str, str]]  # address, title, number


class People:
    """Counts in the order of reading. Two are one only where the library calls them one, by one name."""

    def __init__(self, known: Sequence[Sequence[Sender]]) -> None:
        """*known*: of each conversation those whom the library tells of; nobody else is listed."""
        self._known = known
        self._voices: dict[tuple[int, str], Voice] = {}
        self._number = -1
        self._here: dict[int, tuple[Voice, Place] | None] = {}  # by identity, in the conversation that is being read

    def add(self, conversation: int, path: str, messages: Sequence[KeptMessage]) -> None:
        """The messages of one page; *path* is the page's."""
        if conversation != self._number:
            self._number = conversation
            told = {(sender.person, sender.name) for sender in self._known[conversation]}
            self._allowed = told
            self._here = {}
        here = self._here
        for message in messages:
            sender = message.sender
            if sender is None or message.kind.startswith(("event", "call")):
                continue
            try:
                found = here[sender.identity]
            except KeyError:
                found = here[sender.identity] = self._met(sender, f"{path}#m-{message.id}")
            if found is None:
                continue
            voice, place = found
            voice.count += 1
            place.count += 1
            if local := message.at_local:
                if not voice.first or local < voice.first:
                    voice.first = local
                voice.last = max(voice.last, local)

    def _met(self, sender: Sender, address: str) -> tuple[Voice, Place] | None:
        name = clean(sender.name).strip()
        if not name or (sender.person, sender.name) not in self._allowed:
            return None
        voice = self._voices.setdefault((sender.person, name), Voice(name))
        place = next((one for one in voice.places if one.conversation == self._number), None)
        if place is None:
            place = Place(self._number, address)
            voice.places.append(place)
        return voice, place

    def pages(self, frame: Frame, entries: Sequence[Entry]) -> Iterator[Page]:
        """``people/index.html`` and those that follow it, by name."""
        voices = sorted(self._voices.values(), key=lambda voice: (voice.name.casefold(), voice.name, voice.first))
        sheets = list(packed(voices, lambda voice: 1 + len(voice.places), FULL)) or [[]]
        names = ["index.html", *(f"{number}.html" for number in range(2, len(sheets) + 1))]
        for number, sheet in enumerate(sheets):
            around = [
                (names[other], sheets[other][0].name) if 0 <= other < len(sheets) else None
                for other in (number - 1, number + 1)
            ]
            told = [_told(voice, frame, entries) for voice in sheet]
            html = frame.page("people.html", root="../", people=told, earlier=around[0], later=around[1])
            yield Page(f"people/{names[number]}", html)


def _told(voice: Voice, frame: Frame, entries: Sequence[Entry]) -> Told:
    said = frame.words
    places = [
        (f"../{place.first}", entries[place.conversation].title, said.number(place.count)) for place in voice.places
    ]
    return Told(voice.name, said.span(voice.first, voice.last), said.count("messages", voice.count), places)
