"""The sentences Meta's apps write in a person's name: "Ana named the group Seeds", in the language of the account.

Since 2022 nothing else tells them from what people type. So a sentence has to fit as a whole, and to begin with the
name of whoever the message is from, or with a wording that is the app's own. Data in sentences.json.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

LONGEST = 500
"""Characters of the longest sentence; names, titles and questions in it are cut by the apps long before."""

_SLOT = re.compile(r"\{(name|who|title|value|emoji|n)\}")
_PATTERNS = {
    "name": "(.{1,160}?)",
    "who": "(.{1,400}?)",
    "title": "(.{0,400}?)",
    "value": "(.{1,200}?)",
    "emoji": r"((?:(?!\s)[\W\d_]){1,60}?)",  # no letters: what is typed looks like "Reacted badly to your message"
    "n": r"(\d{1,4})",
}
_LEVELLED = str.maketrans(
    {"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "“": '"', "”": '"', "„": '"', "»": '"', "«": '"'}
)
_STRONG = 4  # words of a wording that make it the app's own whoever is named in it


class Said(NamedTuple):
    """What a sentence says. *what*: ``left``, ``call_audio``, ``reaction``…; *people*: those it speaks of beside its
    subject; *slots*: its ``title``, ``value``, ``emoji`` or ``n``."""

    what: str
    people: tuple[str, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()

    def slot(self, name: str) -> str:
        """What stands in a slot, without the quotes around it; "" if there is no such slot."""
        return next((value.strip('" ') for slot, value in self.slots if slot == name), "")


@dataclass(frozen=True, slots=True)
class _Wording:
    """One wording. *prefix*: its fixed beginning, behind the subject where it has one; *words* counts fixed words."""

    what: str
    own: bool
    prefix: str
    slots: tuple[str, ...]
    words: int
    pattern: str

    def match(self, line: str) -> re.Match[str] | None:
        """The line in this wording. There are thousands of wordings, of which a dump needs a few."""
        return _compiled(self.pattern).fullmatch(line)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


@cache
def table() -> dict[str, Any]:
    """The table: ``sentences`` by meaning and language, ``edited`` by language, ``nobody``."""
    content = files(__package__).joinpath("sentences.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(content)
    return loaded


@cache
def _wordings() -> tuple[dict[str, list[_Wording]], dict[str, list[_Wording]]]:
    """(wordings that begin with the subject's name, all others), by the first word of what is fixed; the longest
    first."""
    named: dict[str, list[_Wording]] = {}
    others: dict[str, list[_Wording]] = {}
    for what, languages in table()["sentences"].items():
        for wording in (one for tongue in languages.values() for one in tongue):
            subject = wording.startswith("{name}")
            made = _made(what, wording.removeprefix("{name}"))
            (named if subject else others).setdefault(_first_word(made.prefix), []).append(made)
    for kind in (named, others):
        for group in kind.values():
            group.sort(key=lambda one: (one.words, len(one.prefix)), reverse=True)
    return named, others


def _made(what: str, wording: str) -> _Wording:
    own = wording.startswith("@")
    spoken = wording.removeprefix("@").translate(_LEVELLED)
    parts = _SLOT.split(spoken)
    pattern = "".join(_PATTERNS[part] if i % 2 else re.escape(part) for i, part in enumerate(parts))
    words = sum(len(part.split()) for part in parts[::2])
    return _Wording(what, own, parts[0], tuple(parts[1::2]), words, pattern + r"[.。!]?")


def _first_word(text: str) -> str:
    return text.lstrip(" ").partition(" ")[0].rstrip(".。!")


@cache
def openings() -> dict[str, tuple[str, ...]]:
    """How sentences begin that have no subject in front, by their first word, up to the first thing that varies; with
    both kinds of apostrophe. A sieve: what begins otherwise, and with no name, is none."""
    found: dict[str, set[str]] = {}
    for group in _wordings()[1].values():
        for prefix in (one.prefix.rstrip(" ") for one in group):
            for spelled in (prefix, prefix.replace("'", "’")):
                found.setdefault(_first_word(spelled), set()).add(spelled)
                found.setdefault(_first_word(spelled) + ".", set()).add(spelled + ".")
    return {word: tuple(sorted(prefixes)) for word, prefixes in found.items()}


def said(text: str, name: str, *, own: bool | None, known: Collection[str] = (), call: bool = False) -> Said | None:
    """What the sentence *text* says; None when it is none of the apps'.

    *name*: display name of whoever the message is from. *own*: whether that is the exporter, who is "You"; None when
    nobody knows. *known*: names of people in the conversation; a wording of a few words only counts if it speaks of
    one of them. *call*: the record is that of a call, whose sentence may be about whoever was called: "Ana missed your
    call" is from you, "You missed a call from Ana" from Ana.
    """
    if len(text) > LONGEST:
        return None
    line = text.strip()
    if not line.isascii():
        line = line.translate(_LEVELLED)
    for subject in (name, *known) if call else (name,):
        if found := _named(line, subject, known):
            return found
    for wording in _wordings()[1].get(_first_word(line), ()):
        allowed = call or own is not False or not wording.own
        if allowed and (found := _fits(wording, line, "" if call else name, known)):
            return found
    return None


def _named(line: str, name: str, known: Collection[str]) -> Said | None:
    """What a sentence says that has this subject."""
    if not name or not line.startswith(subject := name.translate(_LEVELLED)):
        return None
    named, rest = _wordings()[0], line[len(subject) :]
    for wording in (*named.get(_first_word(rest), ()), *named.get("", ())) if rest else ():
        if found := _fits(wording, rest, name, known):
            return found
    return None


def _fits(wording: _Wording, line: str, name: str, known: Collection[str]) -> Said | None:
    """What the line says in this wording; *name* is the only one it may be about, "" anybody known."""
    if not line.startswith(wording.prefix):
        return None
    match = wording.match(line)
    if match is None:
        return None
    slots = tuple(zip(wording.slots, match.groups(), strict=True))
    if any(slot == "name" and value != name and (name or value not in known) for slot, value in slots):
        return None
    people = tuple(one for slot, value in slots if slot == "who" for one in _people(value, known))
    if people and wording.words < _STRONG and not known_among(people, known):
        return None
    return Said(wording.what, people, tuple(pair for pair in slots if pair[0] not in {"who", "name"}))


def known_among(people: Collection[str], known: Collection[str]) -> bool:
    """Whether one of *people* is known."""
    return any(one in known for one in people)


def _people(value: str, known: Collection[str]) -> tuple[str, ...]:
    """The names in an enumeration; apart only where all of them are known, for a name may hold an "and"."""
    if value in known:
        return (value,)
    head, *tail = [piece for part in value.split(", ") for piece in _AND.split(part)]
    pieces = [piece for piece in (head, *tail) if piece]
    return tuple(pieces) if len(pieces) > 1 and all(piece in known for piece in pieces) else (value,)


_AND = re.compile(r" (?:and|und|et|y|e|en|i|a|och|и|ve) ")


@cache
def edit_marks() -> tuple[str, ...]:
    """The words behind the second copy of a message that was edited, each with the space before it."""
    return tuple(f" {word}" for word in table()["edited"].values())
