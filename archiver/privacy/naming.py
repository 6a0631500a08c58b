"""Who is shown under which name, and what becomes of the names in everybody's words. Pure."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from archiver.model import Handle, Sender, Span
from archiver.privacy.cutting import Cutter
from archiver.privacy.names import Called, Names, replaced
from archiver.privacy.people import Person

_NOBODY: Mapping[tuple[str, ...], str] = MappingProxyType({})
Appearance = Literal["own", "pseudonym", "left_out"]


@dataclass(frozen=True, slots=True)
class Face:
    """How somebody appears: under their ``own`` name, under a ``pseudonym`` (*name*), or ``left_out``."""

    how: Appearance
    name: str = ""


class Naming:
    """The faces of all people of a snapshot.

    *people* are those of the conversations to be shown; *pseudonyms* by person's number, of those who appear under
    one; *left_out* the numbers of those whose words are not shown at all; everybody else appears as they are called.
    *hides*: somebody whom nobody knows is not named either, and *strangers* are names of such people. *mark* stands
    where a name was and no pseudonym can be; *spared* are titles that are nobody's name. *quotes* knows the words of
    those who are left out. *around*: the numbers of the people of each conversation, by its row: among them a name
    that several have may be one's.
    """

    def __init__(
        self,
        people: Sequence[Person],
        *,
        pseudonyms: Mapping[int, str],
        left_out: Collection[int] = (),
        strangers: Iterable[str] = (),
        hides: bool = True,
        mark: str = "[name]",
        spared: Collection[str] = (),
        quotes: Cutter | None = None,
        around: Mapping[int, Collection[int]] = MappingProxyType({}),
    ) -> None:
        self.mark = mark
        self.hides = hides
        self._quotes = quotes
        self._faces = {one.id: _face(one.id, pseudonyms, left_out) for one in people}
        self._by_identity = {row: self._faces[one.id] for one in people for row in one.identities}
        self._by_handle = {handle: self._faces[one.id] for one in people for handle in _keys(one.handles)}
        called = [Called(_unspared(one, spared), self._instead(self._faces[one.id])) for one in people]
        self._names = Names([*called, Called(tuple(_unknown(strangers, people, spared)), mark)], mark)
        by_number = {one.id: told for one, told in zip(people, called, strict=True)}
        self._here = {
            row: self._names.among(by_number[number] for number in numbers if number in by_number)
            for row, numbers in around.items()
        }
        out = [one for one in people if one.id in left_out]
        self._names_out = Names([Called(one.called(), mark) for one in out], mark)
        self._left_out = bool(out)
        self._addresses = tuple(handle.value for one in out for handle in one.handles if "@" in handle.value)

    @property
    def digest(self) -> bytes:
        """Changes whenever anybody would be shown otherwise."""
        told = sorted((row, face.how, face.name) for row, face in self._by_identity.items())
        here = sorted((row, sorted(names.items())) for row, names in self._here.items())
        return hashlib.sha256(
            repr((self.hides, told, here)).encode("utf-8", "surrogatepass") + self._names.digest
        ).digest()

    def face(self, sender: Sender) -> Face | None:
        """How somebody appears who wrote something; None for somebody unknown."""
        return self._by_identity.get(sender.identity)

    def face_of(self, handle: Handle) -> Face | None:
        return self._by_handle.get((handle.scheme, handle.value, handle.scope))

    def hide(self, text: str, tally: Counter[str] | None = None, conversation: int = 0) -> str:
        """The text with other names in place of those that must not be said; *tally* counts them as ``name``.
        *conversation*: the row of the one it was said in."""
        found = self._names.find(text, self._here.get(conversation, _NOBODY))
        if not found:
            return text
        if tally is not None:
            tally["name"] += len(found)
        return replaced(text, found)[0]

    def hide_between(
        self, text: str, borders: Sequence[int], tally: Counter[str] | None = None, conversation: int = 0
    ) -> tuple[str, Sequence[int]]:
        """As `hide`, and where ascending *borders* lie afterwards."""
        found = self._names.find(text, self._here.get(conversation, _NOBODY))
        if not found:
            return text, borders
        if tally is not None:
            tally["name"] += len(found)
        return replaced(text, found, borders)

    def unquoted(self, text: str, spans: Sequence[Span]) -> tuple[str, Sequence[Span]]:
        """A letter's text and its pieces without quotations of those who are left out: told by their words, or by
        the line above that says whose they are."""
        if not self._left_out:
            return text, spans
        pieces: list[str] = []
        kept: list[Span] = []
        at, theirs = 0, False
        for span in spans:
            piece = text[span.start : span.end]
            if span.kind == "attribution":
                theirs = self._names_left_out(piece)
            elif span.kind != "quote":
                theirs = False
            elif theirs or (self._quotes is not None and self._quotes.ranges(piece, [(0, len(piece))])):
                piece = f"> {self.mark}\n"
            pieces.append(piece)
            kept.append(Span(span.kind, at, at + len(piece)))
            at += len(piece)
        return "".join(pieces), kept

    def _names_left_out(self, line: str) -> bool:
        return any(address in line for address in self._addresses) or bool(self._names_out.find(line))

    def _instead(self, face: Face) -> str | None:
        if face.how == "own":
            return None
        return face.name if face.how == "pseudonym" else self.mark


def _face(number: int, pseudonyms: Mapping[int, str], left_out: Collection[int]) -> Face:
    if number in left_out:
        return Face("left_out")
    return Face("pseudonym", pseudonyms[number]) if number in pseudonyms else Face("own")


def _keys(handles: Iterable[Handle]) -> Iterable[tuple[str, str, str]]:
    return ((handle.scheme, handle.value, handle.scope) for handle in handles)


def _unknown(names: Iterable[str], people: Sequence[Person], spared: Collection[str]) -> Iterable[str]:
    """Those of the names that are not what one of *people* goes by, whole or in part."""
    known = Names([Called(one.called(), "") for one in people], "")
    return (name for name in names if name not in spared and any(map(str.isalpha, replaced(name, known.find(name))[0])))


def _unspared(one: Person, spared: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in one.called() if name not in spared)
