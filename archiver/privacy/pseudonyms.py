"""Names for people who did not agree to be shown under their own: two calm words, such as Amber Heron. Pure.

Which words follows from the archive's secret, so that nobody outside can tell who is who; who came first keeps a
name that another would get, too. What was given is remembered by every handle of a person (`Given`), so it never
changes, whoever comes later and whichever handles turn out to be one person's.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from archiver.model import Handle
from archiver.privacy.nametokens import words
from archiver.privacy.people import Person
from archiver.privacy.seals import Seals

_TRIES = 200  # by chance, before they are gone through one by one


class Given(NamedTuple):
    """A pseudonym and its place in the order of giving."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Book:
    """Who is called what: by the person's number; *fresh* is what has to be remembered, by the seal of a handle."""

    names: Mapping[int, str]
    fresh: Mapping[bytes, Given]


def seal_of(seals: Seals, handle: Handle) -> bytes:
    """What a handle is remembered by; it says nothing without the secret, and is the same after an import anew."""
    return seals.of("pseudonym", handle.scheme, handle.value, handle.scope)


def name_them(people: Sequence[Person], given: Mapping[bytes, Given], secret: bytes) -> Book:
    """A name for each of *people*, in this order where nobody has one yet; *given* is what is remembered."""
    seals = Seals(secret)
    sealed = {one.id: [seal_of(seals, handle) for handle in one.handles] for one in people}
    names = _remembered(sealed, given)
    taken = {one.name for one in given.values()}
    avoid = _spoken(people)
    position = max((one.position for one in given.values()), default=0)
    fresh: dict[bytes, Given] = {}
    for one in people:
        known = names.get(one.id)
        if known is None:
            position += 1
            known = names[one.id] = Given(_free(secret, sealed[one.id], taken, avoid), position)
            taken.add(known.name)
        fresh |= {seal: known for seal in sealed[one.id] if given.get(seal) != known}
    return Book({number: one.name for number, one in names.items()}, fresh)


def _remembered(sealed: Mapping[int, Sequence[bytes]], given: Mapping[bytes, Given]) -> dict[int, Given]:
    """Whoever has a name; of several, the one given first. Two who were taken for one part: the first keeps it."""
    claims = sorted(
        (given[seal].position, seals.index(seal), number, given[seal].name)
        for number, seals in sealed.items()
        for seal in seals
        if seal in given
    )
    names: dict[int, Given] = {}
    taken: set[str] = set()
    for position, _, number, name in claims:
        if number not in names and name not in taken:
            names[number] = Given(name, position)
            taken.add(name)
    return names


def _free(secret: bytes, seals: Sequence[bytes], taken: Collection[str], avoid: Collection[str]) -> str:
    """The first name for somebody that nobody has, and that has no word of anybody's own name in it."""
    adjectives, nouns = _words()
    adjectives = [word for word in adjectives if word.lower() not in avoid] or adjectives
    nouns = [word for word in nouns if word.lower() not in avoid] or nouns
    for number in _numbers(secret, seals[0]):
        name = f"{adjectives[number % len(adjectives)]} {nouns[number // len(adjectives) % len(nouns)]}"
        if name not in taken:
            return name
    for number in range(1 << 31):
        around, which = divmod(number, len(adjectives) * len(nouns))
        name = f"{adjectives[which % len(adjectives)]} {nouns[which // len(adjectives)]}"
        if (name := f"{name} {around + 1}" if around else name) not in taken:
            return name
    raise AssertionError  # more people than there are on earth


def _numbers(secret: bytes, seal: bytes) -> Iterator[int]:
    for turn in range(_TRIES):
        yield int.from_bytes(hmac.digest(secret, b"pseudonym\0" + seal + turn.to_bytes(2, "big"), "sha256")[:8], "big")


def _spoken(people: Sequence[Person]) -> frozenset[str]:
    return frozenset(word for one in people for name in one.called() for _, _, word in words(name))


@cache
def _words() -> tuple[list[str], list[str]]:
    told: dict[str, list[str]] = json.loads((files(__package__) / "pseudonyms.json").read_text(encoding="utf-8"))
    return told["adjectives"], told["nouns"]
