"""Words as names are compared: letters only, without case and accents, with the forms that grammar gives a name."""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

from archiver.spelling import marks, spelled
from archiver.text import bare

Token = tuple[int, int, str]
"""Where a word begins and ends in a text, and the word as it is compared."""

_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"  # between two letters they hide a name from nobody
_HIDDEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ARABIC = ("و", "ف", "ب", "ل", "ك", "ال", "وال", "بال", "فال", "كال", "لل", "ول", "وب", "ولل", "يا")
_HEBREW = ("ו", "ה", "ב", "ל", "מ", "ש", "כ", "וה", "ול", "וב", "מה", "של")
_RUSSIAN = {  # the ending of a name, and those that take its place in other cases
    "а": ("ы", "и", "е", "у", "ой", "ою"),
    "я": ("и", "е", "ю", "ей", "ею"),
    "и": ("я", "ю", "ем", "е"),  # й, without its mark
    "ь": ("я", "ю", "ем", "е", "и"),
}
_GLUED = re.compile(  # Thai, Lao, Burmese, Khmer, kana, Han, Hangul
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
_RUSSIAN_HARD = ("а", "у", "ом", "ем", "е", "ы", "ым", "ой", "ою")


@cache
def _letters() -> re.Pattern[str]:
    """A run of letters with the marks of any script in it; no digits."""
    return re.compile(f"(?:[^\\W\\d_]|[{marks()}{_INVISIBLE}])+")


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(f"[{marks()}{_INVISIBLE}]")


_PLAIN = re.compile("[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]+")


def words(text: str) -> Iterator[Token]:
    """The words of a text, in order."""
    if text.isascii():
        for found in _PLAIN.finditer(text):
            yield found.start(), found.end(), found[0].lower()
        return
    for found in (_letters() if _marks().search(text) else _WORD).finditer(text):
        yield found.start(), found.end(), level(found[0])


@lru_cache(1 << 16)
def level(word: str) -> str:
    """A word as it is compared: without case, accents, points and invisible signs."""
    if word.isascii():
        return word.lower()
    return bare(spelled(word.translate(_HIDDEN))).replace("ς", "σ")


def forms(word: str) -> Iterator[str]:
    """How a name is written when grammar has changed it: with the s of German and English, with the letters that
    Arabic and Hebrew put in front, in the cases of Russian and its neighbours. *word* is levelled."""
    if len(word) < 3:
        return
    first = word[0]
    if "a" <= first <= "z":
        if not word.endswith("s"):
            yield word + "s"
    elif "\u0620" <= first <= "\u06ff":
        yield from (prefix + word for prefix in _ARABIC)
        if word.startswith("ال") and len(word) > 4:
            yield word[2:]
            yield "لل" + word[2:]
    elif "\u05d0" <= first <= "\u05ea":
        yield from (prefix + word for prefix in _HEBREW)
    elif "\u0430" <= first <= "\u045f":
        endings = _RUSSIAN.get(word[-1])
        stem = word if endings is None else word[:-1]
        yield from (level(stem + ending) for ending in endings or _RUSSIAN_HARD)


def glued(text: str) -> bool:
    """Whether some of it is written without spaces, or with endings that cling to it: Chinese, Thai, Korean…"""
    return not text.isascii() and _GLUED.search(text) is not None


def glued_forms(name: str) -> Iterator[str]:
    """How such a name is looked for: whole, its parts of two signs or more, and what follows a family name."""
    parts = [part for part in name.split() if glued(part)]
    whole = "".join(parts)
    yield from dict.fromkeys(part for part in (whole, *parts) if len(part) > 1)
    if len(whole) == 3 and len(parts) == 1 and all(_han_or_hangul(sign) for sign in whole):
        yield whole[1:]


def _han_or_hangul(sign: str) -> bool:
    return "\u3400" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7a3"


@cache
def lexicon() -> dict[str, frozenset[str]]:
    """Words, levelled, that are parts of names yet no names: *particles* (van, de, bin), *roles* (doctor, garden);
    and names that are everyday *words*, too (rose, will), which are names where they have a capital."""
    told: dict[str, list[str]] = json.loads((files(__package__) / "names.json").read_text(encoding="utf-8"))
    return {kind: frozenset(map(level, listed)) for kind, listed in told.items()}
