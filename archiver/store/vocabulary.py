"""The words of the index: which of them have one stem, and which a mistyped word may have meant.

There is no second index to keep: both are asked of the words that the full-text index has anyway.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archiver.errors import UsageError
from archiver.languages import LANGUAGES, language
from archiver.query import And, Near, Node, Not, Or, Phrase, Query, Word, leaves
from archiver.spelling import tokens

FORMS = 40  # of one word are looked for, the commonest first
_LOOKED_AT = 4_000  # words that begin alike
_ENDING = 6  # characters that a form may have more than the stem
_FEW = 20  # words of a query, of which each may be mistyped; what is longer was pasted
_LONGEST = 30  # characters of a word that somebody can mistype
_LONG = 5  # characters of a word in which two mistakes are likelier than another word
_SCRIPTS = (("a", "z"), ("а", "я"), ("α", "ω"), ("א", "ת"), ("ء", "ي"), ("ა", "ჰ"), ("ա", "և"))

_FROM = """
select term, doc from message_word where term >= :first and term < :end and length(term) between :least and :most
limit :limit
"""
_ONE = "select term, doc from message_word where term = :term"


def inflected(connection: sqlite3.Connection, node: Node | None, names: Sequence[str]) -> Node | None:
    """The query with every word that stands by itself made the forms of it that the archive has, in any language."""
    stemmers = [_stemmer(name) for name in names]
    return _inflected(connection, node, stemmers) if node is not None and stemmers else node


def _inflected(connection: sqlite3.Connection, node: Node, stemmers: Sequence["_Stemmer"]) -> Node:
    if isinstance(node, And | Or):
        return type(node)(tuple(_inflected(connection, part, stemmers) for part in node.parts))
    if isinstance(node, Not):
        return Not(_inflected(connection, node.part, stemmers))
    if not isinstance(node, Word):
        return node
    words = [word for _, _, word in islice(tokens(node.text), 2)]
    if len(words) != 1 or len(words[0]) < 3:
        return node
    forms = {form: None for stemmer in stemmers for form in _forms(connection, words[0], stemmer)}
    forms.pop(words[0], None)
    return Or((node, *map(Word, forms))) if forms else node


class _Stemmer:
    """One language's stems, of words as the index has them: in lower case, without accents."""

    def __init__(self, algorithm: str) -> None:
        from snowballstemmer import stemmer  # noqa: PLC0415 - 20 ms that only a search for forms has to pay

        self._stemmer = stemmer(algorithm)

    def stem(self, word: str) -> str:
        return str(self._stemmer.stemWord(word))

    def of(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """(word, its stem)."""
        return zip(words, self._stemmer.stemWords(words), strict=True)


def _stemmer(name: str) -> _Stemmer:
    """The stemmer of a language; UsageError when there is none."""
    meant = language(name)
    if meant is None or not meant.stemmer:
        raise UsageError(
            f"Nothing is known here of the endings of words in “{name}”.",
            remedy=f"Name one of {', '.join(one.code for one in LANGUAGES if one.stemmer)}, or its English name.",
        )
    return _Stemmer(meant.stemmer)


def stemmers(names: Sequence[str]) -> tuple[str, ...]:
    """The codes of languages whose endings are known, each once; ``none`` is none. UsageError for any other."""
    codes = []
    for name in (part for each in names for part in each.replace(",", " ").split()):
        if name.lower() not in {"none", "off"}:
            _stemmer(name)
            codes.append(language(name))
    return tuple(dict.fromkeys(one.code for one in codes if one))


def _forms(connection: sqlite3.Connection, word: str, stemmer: _Stemmer) -> list[str]:
    """The archive's words with the same stem, the commonest first.

    They begin alike: with the stem but for its last letter, which some endings change (happy, happier).
    """
    stem = stemmer.stem(word)
    alike = max(len(_shared(word, stem)) - 1, 2)
    near = _beginning(connection, word[:alike], 1, len(stem) + _ENDING)
    same = [form for form, its in stemmer.of([term for term, _ in near]) if its == stem]
    often = dict(near)
    return sorted(same, key=lambda form: (-often[form], form))[:FORMS]


def _shared(one: str, other: str) -> str:
    """What both begin with."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    return one[:same]


def _beginning(connection: sqlite3.Connection, start: str, least: int, most: int) -> list[tuple[str, int]]:
    """(word, messages it is in) of the words that begin so and have so many characters; of very many, some."""
    end = start[:-1] + chr(ord(start[-1]) + 1)
    bound = {"first": start, "end": end, "least": least, "most": most, "limit": _LOOKED_AT}
    return [(str(term), int(doc)) for term, doc in connection.execute(_FROM, bound)]


def meant(connection: sqlite3.Connection, asked: Query, root: Node | None) -> str:
    """The query with words that are in no message replaced by the likeliest that are; "" when there is none."""
    text = asked.text
    typed = [leaf for leaf in leaves(root) if isinstance(leaf, Word | Phrase | Near)]
    words = [(leaf.text[start:end], word) for leaf in typed for start, end, word in tokens(leaf.text)]
    for written, word in words if len(words) <= _FEW else ():
        if right := _right(connection, word):
            text = text.replace(written, right)
    return text if text != asked.text else ""


def _right(connection: sqlite3.Connection, word: str) -> str:
    """What a word that is in no message may have been meant to be; "" when it is in some, or too short to tell.

    The commonest of the closest words; the first letter of a word is seldom wrong, and of a short one never.
    """
    if not 3 <= len(word) <= _LONGEST or connection.execute(_ONE, {"term": word}).fetchone():
        return ""
    found = [row for other in _one_off(word) if (row := connection.execute(_ONE, {"term": other}).fetchone())]
    if not found and len(word) >= _LONG:
        near = _beginning(connection, word[:2], len(word) - 2, len(word) + 2)
        found = [(term, doc) for term, doc in near if _mistakes(word, term) <= 2]
    likely = [row for row in found if len(word) >= _LONG or sorted(row[0]) == sorted(word) or row[0][0] == word[0]]
    return str(max(likely, key=lambda row: (row[0][0] == word[0], row[1], row[0]))[0]) if likely else ""


def _one_off(word: str) -> Iterable[str]:
    """Every word that one slip of a finger makes of this one: a letter left out, added, wrong, or two exchanged."""
    letters = _letters(word)
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    less = [a + b[1:] for a, b in cuts if b]
    turned = [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
    other = [a + letter + b[1:] for a, b in cuts if b for letter in letters]
    more = [a + letter + b for a, b in cuts for letter in letters]
    return dict.fromkeys((*turned, *less, *other, *more)).keys() - {word}


def _letters(word: str) -> str:
    """The letters that may stand in such a word: those of its script, or its own where that is not known."""
    for first, last in _SCRIPTS:
        if any(first <= letter <= last for letter in word):
            return "".join(map(chr, range(ord(first), ord(last) + 1)))
    return "".join(sorted(set(word)))


def _mistakes(one: str, other: str) -> int:
    """How many slips lie between two words: letters left out, added, wrong, or two exchanged."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                least = min(least, last[j - 2] + 1)
            row.append(least)
    return row[-1]
