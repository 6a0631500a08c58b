"""What search in the pages must find, by looking at every message: no index, no shortcuts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archiver.exporters.site.folding import name_terms, terms
from archiver.exporters.site.index import row
from archiver.model import KeptMessage

_PART = re.compile(r'["“”„«»]([^"“”„«»]*)["“”„«»]?|([^\s"“”„«»]+)')


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row; *prefix*: the last of them may go on."""

    words: tuple[str, ...]
    prefix: bool


def parts(question: str) -> list[Part]:
    """A question's parts: what is in quotes is a phrase; the last word, and what ends with a star, may go on."""
    found: list[Part] = []
    open_end = False
    for quoted, plain in _PART.findall(question):
        if words := tuple(terms(quoted or plain)):
            found.append(Part(words, bool(plain) and plain.endswith("*")))
            open_end = bool(plain)
    if found and open_end and not question[-1].isspace():
        found[-1] = Part(found[-1].words, prefix=True)
    return [Part(part.words, part.prefix and len(part.words[-1]) >= 3) for part in found]


def fits(part: Part, words: Sequence[str]) -> bool:
    length = len(part.words)
    for at in range(len(words) - length + 1):
        *head, last = words[at : at + length]
        if tuple(head) == part.words[:-1] and (
            last == part.words[-1] or (part.prefix and last.startswith(part.words[-1]))
        ):
            return True
    return False


def found(messages: Iterable[KeptMessage], question: str, person: str = "", year: str = "") -> set[str]:
    """Ids of the messages that hold every part, from that person and in that year."""
    wanted, who = parts(question), terms(person)
    return {
        message.id
        for message in messages
        if all(fits(part, terms(row(message).text)) for part in wanted)
        and all(any(name.startswith(one) for name in name_terms(row(message).sender)) for one in who)
        and (not year or row(message).day[:4] == year)
        and (wanted or who)
    }
