"""Where in a text stands what must not be there: rules are seals of words in a row, so they hold no words. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archiver.privacy.seals import Seals
from archiver.spelling import tokens, unspaced
from archiver.text import fold

FILL = "\u2588"  # a full block for each character that was taken out: offsets stay true
QUOTE = 5  # words in a row by which a quotation is known
_UNSPACED_LONGEST = 64  # characters of a rule in a script without spaces

Range = tuple[int, int]
_Token = tuple[int, int, str]


@dataclass(slots=True)
class Rules:
    """Seals of runs of words, by how many words are in the run. *signs*: by characters, where nothing is spaced."""

    words: dict[int, set[bytes]] = field(default_factory=dict)
    names: dict[int, set[bytes]] = field(default_factory=dict)
    signs: dict[int, set[bytes]] = field(default_factory=dict)
    quotes: set[bytes] = field(default_factory=set)

    def add(self, kind: str, size: int, seal: bytes) -> None:
        """Take in a rule of a *kind*: words, name, signs or quote."""
        if kind == "quote":
            self.quotes.add(seal)
        else:
            table = {"words": self.words, "name": self.names, "signs": self.signs}[kind]
            table.setdefault(size, set()).add(seal)

    @property
    def anywhere(self) -> bool:
        """Whether anything is to be cut out of any text."""
        return bool(self.words or self.names or self.signs)


def rule_for(seals: Seals, words: str, kind: str = "words") -> tuple[str, int, bytes] | None:
    """(kind, size, seal) of the rule that finds these words; None where there is nothing to find."""
    if unspaced(words) or not any(map(str.isalnum, words)):
        signs = "".join(fold(words).split())
        return ("signs", len(signs), seals.of("signs", signs)) if 0 < len(signs) <= _UNSPACED_LONGEST else None
    run = [word for _, _, word in tokens(words)]
    return (kind, len(run), seals.of("words", *run)) if run else None


def quote_rules(seals: Seals, text: str) -> set[bytes]:
    """Seals of all runs of words by which a quotation of *text* is known."""
    words = [word for _, _, word in tokens(text)]
    return {seals.of("words", *words[at : at + QUOTE]) for at in range(len(words) - QUOTE + 1)}


class Cutter:
    """Finds and fills what the rules speak of. Filling twice changes nothing more."""

    def __init__(self, seals: Seals, rules: Rules) -> None:
        self._seals = seals
        self.rules = rules
        self._single: dict[str, bytes] = {}
        self.hit: bytes | None = None  # the seal of the rule that found something last

    def ranges(self, text: str, quoted: Iterable[Range] = ()) -> list[Range]:
        """What is to be taken out of *text*, ascending and apart; *quoted*: where it quotes somebody."""
        found: list[Range] = []
        stretches = list(quoted) if self.rules.quotes else []
        if self.rules.words or self.rules.names or stretches:
            cut = list(tokens(text))
            for size, wanted in self.rules.words.items():
                found += self._runs(cut, size, wanted)
            for size, wanted in self.rules.names.items():
                found += [one for one in self._runs(cut, size, wanted) if _like_a_name(text, *one)]
            for start, end in stretches:
                inside = [one for one in cut if start <= one[0] and one[1] <= end]
                found += self._runs(inside, QUOTE, self.rules.quotes)
        if self.rules.signs and not text.isascii():
            found += self._signs(text)
        return merged(found)

    def fill(self, text: str, quoted: Iterable[Range] = ()) -> str:
        """*text* with what is to be taken out filled: as long as before."""
        return filled(text, self.ranges(text, quoted))

    def fill_json(self, value: object) -> object:
        """Plain data with all strings in it filled, keys included."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, Mapping):
            return {self.fill(str(key)): self.fill_json(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill_json(one) for one in value]
        return value

    def fill_document(self, text: str) -> str:
        """The same for JSON as text; what is none is filled as it stands."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.fill(text)
        after = self.fill_json(value)
        return text if after == value else json.dumps(after, ensure_ascii=False, sort_keys=isinstance(value, dict))

    def key(self, key: str) -> str:
        """A key (of a conversation, a letter's id) without what must not be in it, and still no other's."""
        places = self.ranges(key)
        if not places:
            return key
        return spliced(key, places, lambda word: "~" + self._seals.of("key", fold(word)).hex()[:12])

    def _runs(self, cut: list[_Token], size: int, wanted: set[bytes]) -> Iterator[Range]:
        for at in range(len(cut) - size + 1):
            if (seal := self._seal(cut, at, size)) in wanted:
                self.hit = seal
                yield cut[at][0], cut[at + size - 1][1]

    def _seal(self, cut: list[_Token], at: int, size: int) -> bytes:
        if size > 1:
            return self._seals.of("words", *[word for _, _, word in cut[at : at + size]])
        word = cut[at][2]
        known = self._single.get(word)
        if known is None:
            if len(self._single) > 100_000:
                self._single.clear()
            known = self._single[word] = self._seals.of("words", word)
        return known

    def _signs(self, text: str) -> Iterator[Range]:
        """Runs of characters, spaces left out; each character is folded by itself so that places stay true."""
        signs = [(at, fold(sign)) for at, sign in enumerate(text) if not sign.isspace()]
        for size, wanted in self.rules.signs.items():
            for at in range(len(signs) - size + 1):
                some = signs[at : at + size]
                if (seal := self._seals.of("signs", "".join(sign for _, sign in some))) in wanted:
                    self.hit = seal
                    yield some[0][0], some[-1][0] + 1


_ADDRESS = re.compile(r"[@.\d]")


def _like_a_name(text: str, start: int, end: int) -> bool:
    """Whether it is written as names are: with a capital, after @, or as part of an address; or has no capitals."""
    first = text[start]
    if first.isupper() or not (first.islower() or first.istitle()):
        return True
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return bool(_ADDRESS.search(around)) and not around.endswith(".")


def merged(found: Iterable[Range]) -> list[Range]:
    """Ranges in order, those that touch or overlap as one."""
    apart: list[Range] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        elif start < end:
            apart.append((start, end))
    return apart


def filled(text: str, places: Iterable[Range]) -> str:
    """*text* with the places filled, white space left as it is."""
    return spliced(text, places, lambda words: re.sub(r"\S", FILL, words))


def spliced(text: str, places: Iterable[Range], instead: Callable[[str], str]) -> str:
    """*text* with something instead of each place."""
    pieces, at = [], 0
    for start, end in places:
        pieces += [text[at:start], instead(text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])
