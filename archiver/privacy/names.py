"""Names of people in other people's words: where they stand, and what is put in their place.

Every name somebody goes by is looked for whole, turned round ("Ruiz, Ana"), run together (@anaruiz), and by each
part that tells somebody apart; in file names and addresses of pages, too. Case and accents do not matter, but for
names that are everyday words (Rose, Will) and names of two letters: those count where they have a capital or follow
an @. What can cling to a name does not hide it: 's, the articles of Arabic and Hebrew, the cases of Russian; in
writing without spaces a name is found within the row.

Nobody can promise more: a nickname that no address book has, a misspelling, or "the man with the frog" stays.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from archiver.privacy.nametokens import Token, forms, glued, glued_forms, level, lexicon, words

_BETWEEN = re.compile(
    r"[ ,._-]{1,2}(?:[^\W\d_]\.?[ ,._-])?|[/?=&:.]{1,3}\w?=?|"
)  # an initial, a comma, or in an address
_PARTS = frozenset(";:!?…|")  # what stands between two people rather than within a name
_FARTHEST = 3  # signs between two words of one name
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_REMEMBERED = 200_000  # pieces of text, a few MB
_SHORTEST_HANDLE = 6  # letters of a name run together that is looked for


class Called(NamedTuple):
    """The *names* somebody goes by, and what is shown in their place; None: they are shown."""

    names: tuple[str, ...]
    instead: str | None


class Found(NamedTuple):
    """Characters [start, end) of a text are a name; *instead* is what is to be shown there."""

    start: int
    end: int
    instead: str


class _Entry(NamedTuple):
    words: tuple[str, ...]
    instead: str | None
    capital: bool


Here = Mapping[tuple[str, ...], str]
_NOWHERE: Here = MappingProxyType({})


class Names:
    """Finds the names of some people in any text, all at once. A look-up, so that thousands cost what ten do.

    *mark* stands for a name that several people have, or somebody whom nothing is to be said of, and in the address
    of a page, which then leads nowhere.
    """

    def __init__(self, people: Iterable[Called], mark: str) -> None:
        self._mark = mark
        self._runs: dict[tuple[str, ...], set[str | None]] = {}
        self._glued: dict[str, set[str | None]] = {}
        self._forms: dict[str, str] = {}
        for one in people:
            for name in one.names:
                self._add(name, one.instead)
        self._table = self._tabled()
        self._firsts = frozenset(form for form, word in self._forms.items() if word in self._table) | self._table.keys()
        self._signs = self._by_two()
        self._plain: set[str] = set()

    @property
    def digest(self) -> bytes:
        """Changes whenever anything is found otherwise."""
        told = sorted((key, sorted(map(repr, instead))) for key, instead in (self._runs | self._keyed()).items())
        return hashlib.sha256(repr((self._mark, told)).encode("utf-8", "surrogatepass")).digest()

    def __bool__(self) -> bool:
        return bool(self._table or self._signs)

    def among(self, people: Iterable[Called]) -> Here:
        """What names of several people mean where only these are: whose they are, if they are one's who is hidden."""
        shown: dict[tuple[str, ...], set[str | None]] = {}
        for one in people:
            for name in one.names:
                for run in _runs(name):
                    if len(self._runs.get(run, ())) > 1:
                        shown.setdefault(run, set()).add(one.instead)
        single = {run: next(iter(instead)) for run, instead in shown.items() if len(instead) == 1}
        return {run: instead for run, instead in single.items() if instead is not None}

    def find(self, text: str, here: Here = _NOWHERE) -> Sequence[Found]:
        """The names in a text, in order and apart; *here*: what `among` says of those who are around."""
        pieces = text.split()
        if self._plain.issuperset(pieces) or all(map(self._is_plain, pieces)):
            return ()
        found = self._spaced(text, here)
        if self._signs and glued(text):
            found = _apart([*self._in_rows(text), *found])
        if found and (":" in text or "www." in text):
            found = self._without_addresses(text, found)
        return _joined(text, found) if len(found) > 1 else found

    def _is_plain(self, piece: str) -> bool:
        """Whether no name can begin in this piece of a text; what is asked again and again is remembered."""
        if piece in self._plain:
            return True
        if (self._signs and glued(piece)) or any(word in self._firsts for _, _, word in words(piece)):
            return False
        if len(self._plain) > _REMEMBERED:
            self._plain.clear()
        self._plain.add(piece)
        return True

    def _spaced(self, text: str, here: Here) -> list[Found]:
        tokens = [(start, end, self._forms.get(word, word)) for start, end, word in words(text)]
        found: list[Found] = []
        at = 0
        while at < len(tokens):
            entry = self._longest(text, tokens, at)
            size = 1 if entry is None else len(entry.words)
            if entry is not None and entry.instead is not None:
                instead = here.get(entry.words, entry.instead)
                found.append(Found(tokens[at][0], tokens[at + size - 1][1], instead))
            at += size
        return found

    def _longest(self, text: str, tokens: list[Token], at: int) -> _Entry | None:
        start, _, word = tokens[at]
        for entry in self._table.get(word, ()):
            if entry.capital and not _like_a_name(text, start):
                continue
            if len(entry.words) == 1 or _in_a_row(text, tokens, at, entry.words):
                return entry
        return None

    def _in_rows(self, text: str) -> list[Found]:
        """Names within writing that is not spaced; spaces do not count."""
        signs = [(at, sign) for at, sign in enumerate(text.casefold()) if not sign.isspace()]
        row = "".join(sign for _, sign in signs)
        if len(text.casefold()) != len(text):
            signs = [(at, sign) for at, sign in enumerate(text) if not sign.isspace()]
            row = "".join(sign for _, sign in signs)
        found, at = [], 0
        while at < len(row) - 1:
            name = next((one for one in self._signs.get(row[at : at + 2], ()) if row.startswith(one, at)), None)
            if name is not None and (instead := self._one_of(self._glued[name])) is not None:
                found.append(Found(signs[at][0], signs[at + len(name) - 1][0] + 1, instead))
            at += len(name) if name is not None else 1
        return found

    def _without_addresses(self, text: str, found: list[Found]) -> list[Found]:
        """A name in the address of a page becomes the mark."""
        places = [hit.span() for hit in _ADDRESS.finditer(text)]
        if not places:
            return found
        return [
            one._replace(instead=self._mark) if any(a <= one.start < b for a, b in places) else one for one in found
        ]

    def _add(self, name: str, instead: str | None) -> None:
        if glued(name):
            for row in glued_forms(name):
                self._glued.setdefault(row.casefold(), set()).add(instead)
        for run in _runs(name):
            self._runs.setdefault(run, set()).add(instead)

    def _tabled(self) -> dict[str, tuple[_Entry, ...]]:
        """The entries by their first word, longest first; and the forms of every word in them."""
        wordy = lexicon()["words"] | lexicon()["particles"]
        table: dict[str, list[_Entry]] = {}
        for run, instead in self._runs.items():
            capital = len(run) == 1 and (run[0] in wordy or len(run[0]) < 3)
            table.setdefault(run[0], []).append(_Entry(run, self._one_of(instead), capital))
        every = {word for run in self._runs for word in run}
        for word in sorted(every):
            for form in forms(word):
                if form not in every:
                    self._forms.setdefault(form, word)
        return {first: tuple(sorted(entries, key=lambda one: -len(one.words))) for first, entries in table.items()}

    def _by_two(self) -> dict[str, tuple[str, ...]]:
        table: dict[str, list[str]] = {}
        for name in sorted(self._glued, key=lambda name: (-len(name), name)):
            table.setdefault(name[:2], []).append(name)
        return {two: tuple(names) for two, names in table.items()}

    def _keyed(self) -> dict[tuple[str, ...], set[str | None]]:
        return {("", name): instead for name, instead in self._glued.items()}

    def _one_of(self, shown: set[str | None]) -> str | None:
        """What is shown for a name that all of these share: one person's, or the mark for several."""
        return next(iter(shown)) if len(shown) == 1 else self._mark


def _runs(name: str) -> Iterator[tuple[str, ...]]:
    """The words in a row by which somebody of this name is called; a single letter is nobody's name."""
    known = lexicon()
    plain = known["particles"] | known["roles"]
    run = tuple(word for _, _, word in words(name))
    if not run or (len(run) == 1 and run[0] in known["roles"]) or (len(run) > 1 and plain.issuperset(run)):
        return
    if len(run) > 1 or len(run[0]) > 1 or not "a" <= run[0] <= "z":
        yield run
    if len(run) < 2:
        return
    if len(run) == 2:
        yield run[1], run[0]
    if len(together := "".join(run)) >= _SHORTEST_HANDLE:
        yield (together,)
    for part in run:
        if len(part) > 1 and part not in plain:
            yield (part,)


def _like_a_name(text: str, start: int) -> bool:
    """Whether a word is written as names are: with a capital, after an @, or in a script without capitals."""
    first = text[start]
    return not first.islower() or text[max(0, start - 1) : start] in {"@", "＠"}


def _in_a_row(text: str, tokens: list[Token], at: int, run: tuple[str, ...]) -> bool:
    if at + len(run) > len(tokens):
        return False
    for n in range(1, len(run)):
        (_, end, _), (start, _, word) = tokens[at + n - 1 : at + n + 1]
        if word != run[n] or start - end > _FARTHEST or not _PARTS.isdisjoint(text[end:start]):
            return False
    return True


def _apart(found: list[Found]) -> list[Found]:
    """In order, and of those that overlap the one that begins first, or is longer."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _joined(text: str, found: Sequence[Found]) -> list[Found]:
    """Two parts of one person's name that follow each other, with an initial or a comma between, are one name."""
    kept: list[Found] = []
    for one in found:
        before = kept[-1] if kept else None
        if before is not None and before.instead == one.instead and _belongs(text[before.end : one.start]):
            kept[-1] = Found(before.start, one.end, one.instead)
        else:
            kept.append(one)
    return kept


def _belongs(between: str) -> bool:
    return _BETWEEN.fullmatch(between) is not None


def replaced(text: str, found: Sequence[Found], borders: Sequence[int] = ()) -> tuple[str, list[int]]:
    """The text with what is to be shown in place of each name, and where ascending *borders* lie afterwards; one
    inside a name comes after what stands for it."""
    pieces: list[str] = []
    moved: list[int] = []
    end = grown = at = 0
    for one in found:
        while at < len(borders) and borders[at] <= one.start:
            moved.append(borders[at] + grown)
            at += 1
        pieces += (text[end : one.start], one.instead)
        end = one.end
        grown += len(one.instead) - (one.end - one.start)
        while at < len(borders) and borders[at] < one.end:
            moved.append(one.end + grown)
            at += 1
    moved += [border + grown for border in borders[at:]]
    return "".join([*pieces, text[end:]]), moved


__all__ = ["Called", "Found", "Names", "level", "replaced"]
