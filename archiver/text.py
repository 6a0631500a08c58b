"""Foreign text, made fit for a purpose: shown without harm, matched without regard to spelling, stored at all.

Nothing here changes what is kept: every function works on a copy.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

MATCH_START, MATCH_END = "\x02", "\x03"

# What may move the cursor, hide or reorder words: C0 and C1 controls, DEL, bidi embeddings and isolates, the zero
# width space and byte order mark, interlinear annotation marks, and halves of surrogate pairs.
_HARM = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_MARKS = dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_SHORT = 1000  # characters, in which no heap of marks costs anybody time
_MOST_MARKS = 64
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text with everything a terminal might obey replaced by a visible mark (``␛``, ``⟦U+202E⟧``).

    Newlines and tabs stay, and a carriage return before a newline is dropped. Safe to apply twice.
    """
    return _HARM.sub(lambda found: _visible(found[0]), text.replace("\r\n", "\n"))


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟦U+{code:04X}⟧"


def one_line(text: str, width: int) -> str:
    """The text, harmless and on one line, cut to *width* (at least 1) columns of a terminal."""
    start = text.lstrip()
    line = " ".join(harmless(start[: 20 * width]).split())
    if len(start) <= 20 * width and columns(line) <= width:
        return line
    room, end = width - 1, 0  # the ellipsis takes a column
    while end < len(line) and (room := room - _columns(line[end])) >= 0:
        end += 1
    return line[:end].rstrip() + "…"


def columns(text: str) -> int:
    """How many columns a terminal gives a text."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    """How many columns a terminal gives a character: 0, 1 or 2."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fold(text: str) -> str:
    """What two spellings of the same words have in common: case, width, direction marks and spaces are levelled.

    The compatibility caseless form of Unicode (D146); joiners stay, for they change words. Idempotent. Of what is
    `heaped`, only case and spaces are levelled.
    """
    if text.isascii() or heaped(text):
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFD", text.translate(_MARKS)).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())
    return " ".join(folded.split())


def heaped(text: str) -> bool:
    """Whether more marks stand on one letter than in anybody's writing, in a long text.

    Unicode's normal forms sort the marks on a letter, which takes time by the square of their number: 80,000 of them
    take six seconds. Scripts need three or four; Unicode lets programs stop at 30 (UAX #15, Stream-Safe Text).
    """
    return len(text) > _SHORT and not text.isascii() and _heap().search(text) is not None


@cache
def _heap() -> re.Pattern[str]:
    marks = "".join(sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(sign))
    return re.compile(f"[{marks}]{{{_MOST_MARKS},}}")


def bare(text: str) -> str:
    """Folded, and without accents: how names are looked for (`jose` finds `José`)."""
    folded = fold(text)
    if folded.isascii() or heaped(folded):
        return folded
    apart = unicodedata.normalize("NFD", folded)
    return unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))


def csv_safe(text: str) -> str:
    """A spreadsheet cell that is never taken for a formula: such text gets an apostrophe in front (CWE-1236)."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


def storable(text: str) -> tuple[str, bool]:
    """The text as UTF-8 can hold it, and whether it had to be changed.

    Two halves of a surrogate pair become the character they spell, a lone half a visible mark.
    """
    if text.isascii() or not _SURROGATE.search(text):
        return text, False
    joined = _PAIR.sub(lambda pair: chr(0x10000 + ((ord(pair[1]) - 0xD800) << 10) + ord(pair[2]) - 0xDC00), text)
    return _SURROGATE.sub(lambda half: _visible(half[0]), joined), True


# Word by word, as the full-text index cuts (FTS5's unicode61: letters and numbers, and the combining marks
# U+0300-0331 within a word), so that what was found can be shown.
_TOKEN = re.compile("[^\\W_]+(?:[\u0300-\u0331]+[^\\W_]*)*")
_ACCENTED = re.compile("([\0-\u024f])[\u0300-\u0331]+")
_UNSPACED = (  # compiled at first use, for that takes 5 ms
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\uaa60-\uaa7f\ua9e0-\ua9ff\U00020000-\U0003ffff]"
)


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text as (start, end, folded): lower case, Latin letters without accents."""
    for found in _TOKEN.finditer(text):
        yield found.start(), found.end(), _level(found[0])


def _level(word: str) -> str:
    lowered = word.lower()
    if lowered.isascii() or heaped(lowered):
        return lowered
    plain = _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", lowered))
    return unicodedata.normalize("NFC", plain).replace("ς", "σ")


def unspaced(text: str) -> bool:
    """Whether the text is in a script that is written without spaces (Chinese, Japanese, Thai, Lao, Khmer…)."""
    return not text.isascii() and re.search(_UNSPACED, text) is not None


def has_words(text: str) -> bool:
    """Whether the index, which keeps words apart by what is no letter or digit, can find this text."""
    return any(map(str.isalnum, text)) and not unspaced(text)


def has_signs(text: str) -> bool:
    """Whether there is something in it that is no word and no mere punctuation: emoji, arrows, words without spaces."""
    return not text.isascii() and (unspaced(text) or any(unicodedata.category(sign)[0] == "S" for sign in text))


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for in one text: folded *words* in a row (*prefix*: the last may go on), or a *literal*."""

    words: tuple[str, ...] = ()
    prefix: bool = False
    literal: str = ""


def spans(text: str, needles: Sequence[Needle]) -> list[tuple[int, int, int]]:
    """Where the needles are, as (start, end, index of the needle), in the text's order."""
    cut = list(tokens(text)) if any(needle.words for needle in needles) else []
    found: list[tuple[int, int, int]] = []
    for index, needle in enumerate(needles):
        if needle.literal:
            hits = re.finditer(re.escape(needle.literal), text)
            found.extend((hit.start(), hit.end(), index) for hit in hits)
        elif needle.words:
            found.extend((*hit, index) for hit in _runs(cut, needle))
    return sorted(found)


def _runs(cut: list[tuple[int, int, str]], needle: Needle) -> Iterator[tuple[int, int]]:
    """Where the needle's words stand in a row."""
    *head, last = needle.words
    length = len(needle.words)
    for at in range(len(cut) - length + 1):
        end = cut[at + length - 1]
        fits = end[2].startswith(last) if needle.prefix else end[2] == last
        if fits and all(cut[at + i][2] == word for i, word in enumerate(head)):
            yield cut[at][0], end[1]


def snippet(text: str, needles: Sequence[Needle], *, width: int = 160) -> str:
    """About *width* characters of the text around its best match, on one line; matches between \\x02 and \\x03.

    The best place is the one where most different needles are close together. Only the first 50,000 characters
    are looked at.
    """
    clean = text[:50_000].replace(MATCH_START, " ").replace(MATCH_END, " ")
    found = spans(clean, needles)
    start, end = _window(clean, found, width)
    inside = [(max(a, start), min(b, end)) for a, b, _ in found if a < end and b > start]
    line = " ".join(_marked(clean, start, end, inside).split())
    more = end < len(clean) or len(text) > len(clean)
    return ("…" if start else "") + line + ("…" if more else "")


def _window(text: str, found: Sequence[tuple[int, int, int]], width: int) -> tuple[int, int]:
    """The stretch to show, from one space to another where there are spaces."""
    start = max(0, _best(found[:200], width * 3 // 4) - width // 4) if found else 0
    if start:
        space = re.compile(r"\s").search(text, start, start + width // 4)
        start = space.end() if space else start
    end = min(len(text), start + width)
    if end < len(text):
        spaces = [at for at in range(end, end - width // 4, -1) if text[at].isspace()]
        end = spaces[0] if spaces else end
    return start, end


def _best(found: Sequence[tuple[int, int, int]], width: int) -> int:
    """The start of the match that most different needles follow closely."""

    def company(at: int) -> int:
        return len({index for start, _, index in found if at <= start < at + width})

    return max((start for start, _, _ in found), key=lambda at: (company(at), -at))


def _marked(text: str, start: int, end: int, inside: Sequence[tuple[int, int]]) -> str:
    """text[start:end] with every span marked; spans that touch or overlap become one."""
    pieces: list[str] = []
    at = start
    for first, last in _merged(inside):
        pieces += [text[at:first], MATCH_START, text[first:last], MATCH_END]
        at = last
    return "".join([*pieces, text[at:end]])


def _merged(inside: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in inside:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
