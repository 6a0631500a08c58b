"""How the index reads a text: forms of one letter are one letter, and writing without spaces is taken apart.

FTS5's unicode61 folds case and the accents of Latin letters by itself, and needs a copy of a text only where that is
not enough: of Chinese, Japanese, Thai, Lao, Khmer, Burmese and emoji each character becomes a word, so that a row of
characters is found as a phrase; Arabic and Persian letters, Greek vowels and the Russian ё lose what people leave
out when they type; points, tatweel and full widths go. A query is spelled in the same way.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import compress
from operator import ne

# Scripts written without spaces, by blocks: Thai and Lao, Burmese, Khmer, Tai, kana, bopomofo, Han, Yi, Javanese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u2e80-\u2fdf\u3003-\u3007\u3012\u3013"
    "\u3020-\u33ff\u3400-\u9fff\ua000-\ua4cf\ua980-\ua9ff\uaa60-\uaadf\uf900-\ufaff\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
# Arrows, technical signs, shapes, dingbats and pictographs; mathematical ones among them are no words all the same.
_SIGNS = "\u2190-\u23ff\u249c-\u24e9\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_ALONE = _UNSPACED + _SIGNS

# What readers leave out when they type: points and accents, tatweel, joiners, the variation selectors of Han.
_DROPPED = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff\u200d\U000e0100-\U000e01ef"
)
_WIDE = "\uf900-\ufaff\ufb00-\ufdff\ufe70-\ufefc\uff01-\uff9f"  # of which Unicode knows the plain form
_SAME = {
    "\u0627": "\u0622\u0623\u0625\u0671",  # alef
    "\u064a": "\u0649\u06cc\u06d2",  # ya
    "\u0647": "\u0629\u06c0\u06c1\u06d5",  # ha
    "\u0643": "\u06a9",  # kaf
    "е": "ёѐ", "Е": "ЁЀ", "и": "ѝ", "И": "Ѝ",
    **{str(digit): chr(0x660 + digit) + chr(0x6F0 + digit) for digit in range(10)},
}  # fmt: skip
_FORMS = {form: letter for letter, forms in _SAME.items() for form in forms}
_FORMS |= {  # with a stroke through them, or two in one: Unicode does not take these apart
    "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ı": "i", "œ": "oe", "Œ": "OE", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
}  # fmt: skip
_LATIN_1 = "øØæÆß".encode("latin-1")
_LATIN_FORMS = [(form, _FORMS[form]) for form in "øØæÆß"]
# Blocks of 256 characters (or the first byte of a surrogate) in which there is something to be done, for each step.
_WIDE_BLOCKS = frozenset(range(0xF9, 0x100))
_MARK_BLOCKS = frozenset((0x03,))  # and two marks of kana, in a block that is full of others
_FORM_BLOCKS = frozenset({ord(form) >> 8 for form in _FORMS} - {0} | {0x03, 0x1F})
_DROPPED_BLOCKS = frozenset((0x03, 0x04, 0x05, 0x06, 0x08, 0xDB))
_AS_THEY_ARE = bytes(set(range(256)) - (_WIDE_BLOCKS | _MARK_BLOCKS | _FORM_BLOCKS | _DROPPED_BLOCKS))
_GREEK = "\u0386\u0388-\u038a\u038c\u038e-\u0390\u03aa-\u03b0\u03ca-\u03ce\u1f00-\u1ffc"  # with accents
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u0331]+[^\\W_]*)*")  # where no letter is alone and nothing is dropped
_ACCENTED = re.compile("([\0-\u024f])[\u0300-\u036f]+")
_SHORT = 1000  # characters, in which no heap of marks costs anybody time
_MOST_MARKS = 64


def respelt(text: str) -> str | None:
    """The copy of a text that the index needs; None, as fast as can be, when it reads the text itself as well."""
    if text.isascii():
        return None
    latin = text.encode("latin-1", "ignore")
    if len(latin.translate(None, _LATIN_1)) == len(text):
        return None
    if len(latin) == len(text):
        return _latin(text)
    return _respelt_short(text) if len(text) < 12 else _respelt(text)


def all_respelt(texts: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(its number, the copy) of those of many texts that need one. An import asks this of a million."""
    whole = "\0".join(texts)
    if whole.isascii():
        return
    common = whole.encode("latin-1", "ignore").translate(None, _LATIN_1).split(b"\0")
    if len(common) == len(texts):
        special: Iterable[int] = compress(range(len(texts)), map(ne, map(len, common), map(len, texts)))
    else:  # for there is a NUL in one of them
        special = range(len(texts))
    for number in special:
        text = texts[number]
        spelt = _respelt_short(text) if len(text) < 12 else _respelt(text)
        if spelt is not None:
            yield number, spelt


def _respelt(text: str) -> str | None:
    beyond, special, changes, touching = _looks()
    first = beyond.search(text)
    first = first and special.search(text, first.start())
    if first is None:
        return None
    start = first.start()  # nothing before it is special: most of a text that ends in a smile is read once
    if changes.search(text, start):
        base = max(start - 1, 0)  # which a mark may stand on
        return text[:base] + spelled(text[base:])
    return text[:start] + _apart(text[start:]) if touching.search(text, start) else None


_respelt_short = lru_cache(4096)(_respelt)  # people send the same three hearts again and again


def spelled(text: str) -> str:
    """The text as the index is to read it. Linear in its length; spelling twice changes nothing more."""
    if text.isascii():
        return text
    wide, marked, composed, forms, dropped = _steps()
    blocks = _blocks(text)
    if not blocks.isdisjoint(_WIDE_BLOCKS):
        text = wide.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
        blocks = _blocks(text)
    in_kana = "\u3099" in text or "\u309a" in text
    if (in_kana or not blocks.isdisjoint(_MARK_BLOCKS)) and marked.search(text):
        text = composed.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
        blocks = _blocks(text)
    if not blocks.isdisjoint(_FORM_BLOCKS):
        text = forms.sub(lambda found: _FORMS.get(found[0]) or unicodedata.normalize("NFD", found[0])[0], text)
    else:
        text = _latin(text)
    if "\u200d" in text or not blocks.isdisjoint(_DROPPED_BLOCKS):
        text = dropped.sub("", text)
    return _apart(text)


def _latin(text: str) -> str:
    """The text with other forms of the letters that Latin-1 has."""
    for form, letter in _LATIN_FORMS:
        if form in text:
            text = text.replace(form, letter)
    return text


def _blocks(text: str) -> set[int]:
    """In which blocks of 256 its characters are that may have to change (of those beyond 0xFFFF: their surrogates). To
    know that there are none is ten times as fast as to look for them."""
    return set(text.encode("utf-16-le", "surrogatepass")[1::2].translate(None, _AS_THEY_ARE))


def _apart(text: str) -> str:
    return _alone_in_a_row().sub(lambda row: f" {'  '.join(row[0])} ", text)


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text as the index has them: (start, end, folded), in lower case, Latin letters without accents."""
    if text.isascii() or not _beyond().search(text):
        for found in _WORD.finditer(text):
            yield found.start(), found.end(), _level(found[0])
        return
    for found in _words().finditer(text):
        for word in spelled(found[0]).split():
            if len(word) > 1 or _is_word(word):
                yield found.start(), found.end(), _level(word)


def _is_word(sign: str) -> bool:
    """Whether the index takes a character by itself for a word."""
    category = unicodedata.category(sign)
    return category[0] in "LNM" or category in {"So", "Sk", "Co", "Cn"}


def _level(word: str) -> str:
    lowered = word.lower()
    if lowered.isascii() or heaped(lowered):
        return lowered
    plain = _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", lowered))
    return unicodedata.normalize("NFC", plain).replace("ς", "σ")


def unspaced(text: str) -> bool:
    """Whether some of the text is written without spaces (Chinese, Japanese, Thai, Lao, Khmer…), or an emoji."""
    return not text.isascii() and _alone().search(text) is not None


def has_words(text: str) -> bool:
    """Whether the index can find this text: letters, digits, emoji; not punctuation, arithmetic or currency signs."""
    return next(tokens(text), None) is not None


def has_signs(text: str) -> bool:
    """Whether there is something in it that is no word and no mere punctuation: an arrow, a currency."""
    return not text.isascii() and any(unicodedata.category(sign)[0] == "S" for sign in text)


def heaped(text: str) -> bool:
    """Whether more marks stand on one letter than in anybody's writing, in a long text.

    Unicode's normal forms sort the marks on a letter, which takes time by the square of their number: 80,000 of them
    take six seconds. Scripts need three or four; Unicode lets programs stop at 30 (UAX #15, Stream-Safe Text).
    """
    return len(text) > _SHORT and not text.isascii() and _heap().search(text) is not None


# Compiled at first use, for that takes milliseconds, and most archives and queries need none of it.


@cache
def _beyond() -> re.Pattern[str]:
    """A letter that may be alone, have other forms, or wear marks: hardly any in Latin or Cyrillic."""
    forms = "".join(form for form in _FORMS if form < "\u0590")
    return re.compile(f"[{forms}{_GREEK}\u0300-\u036f\u0483-\u0487\u0590-\u200f\u2060-\U0010ffff]")


@cache
def _looks() -> tuple[re.Pattern[str], ...]:
    """One closer than the other, for a set takes five times as long as a range: what is no common Latin; what may be
    special; what has to be written otherwise; and signs that touch a word or one another.
    """
    changed = "".join(_FORMS) + _GREEK + _DROPPED + _WIDE + _UNSPACED
    beside = "[^\\s\0-/:-@\\[-`{-\xa1\u2010-\u206f\ufe0e\ufe0f]"  # anything but what surely parts words
    return (
        re.compile("[^\0-\xc5\xc7-\xd7\xd9-\xde\xe0-\xe5\xe7-\xf7\xf9-\u010f\u2010-\u2027]"),
        re.compile(f"[{changed}{_SIGNS}\U00010000-\U0010ffff]"),
        re.compile(f"[{changed}]"),
        re.compile(f"[{_SIGNS}](?:(?={beside})|(?<={beside}.))", re.DOTALL),
    )


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(f"[{_ALONE}]")


@cache
def _alone_in_a_row() -> re.Pattern[str]:
    return re.compile(f"[{_ALONE}]+")


@cache
def _steps() -> tuple[re.Pattern[str], ...]:
    mark = "\u0300-\u036f\u3099\u309a"
    return (
        re.compile(f"[{_WIDE}]+"),
        re.compile(f"[{mark}]"),
        re.compile(f"[^\\s{mark}][{mark}]{{1,4}}(?![{mark}])"),
        re.compile(f"[{''.join(_FORMS)}{_GREEK}]"),
        re.compile(f"[{_DROPPED}]+"),
    )


@cache
def marks() -> str:
    """The marks that stand on letters, of any script that is written: to be used within a set."""
    blocks = [*range(0x300, 0xE00), *range(0xF00, 0x1000), *range(0x1B00, 0x1D00), *range(0xA800, 0xAC00)]
    return "".join(sign for sign in map(chr, blocks) if unicodedata.category(sign)[0] == "M")


@cache
def _words() -> re.Pattern[str]:
    """A character that is a word, or a word: letters and digits, with the marks of any script in it."""
    return re.compile(f"[{_ALONE}][{_DROPPED}\u3099\u309a]*|(?:[^\\W_{_ALONE}]|[{marks()}{_DROPPED}])+")


@cache
def _heap() -> re.Pattern[str]:
    marks = "".join(sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(sign))
    return re.compile(f"[{marks}]{{{_MOST_MARKS},}}")
