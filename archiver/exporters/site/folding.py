"""What search in the pages takes for a word. ``static/search.js`` does the same; a test holds both to one table."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 40  # characters of a word that count

# Signs that tell no words apart: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, tatweel, the
# voicing of kana, joiners and direction marks.
DROPPED = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3099\u309a\ufe00-\ufe0f\ufeff"
)
# What stands between words: punctuation, signs, emoji, private use. Said in ranges, for what programs know of Unicode
# differs by their age.
BETWEEN = (
    r"\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"
    r"\u02c2-\u02df\u037e\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f"
    r"\u066a-\u066d\u06d4\u0964\u0965\u0e3f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u17d4-\u17db\u2000-\u206f\u20a0-\u20cf"
    r"\u2100-\u2101\u2190-\u2bff\u2e00-\u2fff\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb\ud800-\uf8ff"
    r"\ufd3e\ufd3f\ufe10-\ufe1f\ufe30-\ufe6f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff"
    r"\U0001f000-\U0001faff\U000e0000-\U0010ffff"
)
# Scripts written without spaces: every sign is a word of its own, and a word of several signs is a phrase.
ALONE = (
    r"\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e80-\u0eff\u1000-\u1049\u1780-\u17d3\u3005-\u3007\u3041-\u309f"
    r"\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)

# Letters that Unicode does not take apart, and those that Arabic writes either way.
LEVEL = {"ß": "ss", "ς": "σ", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe",
         "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"}  # fmt: skip

_ASCII = re.compile("[a-z0-9]+")
_DROPPED = re.compile(f"[{DROPPED}]+")
_LEVELLED = str.maketrans(LEVEL)
_WORD = re.compile(f"[{ALONE}]|[^{BETWEEN}{ALONE}]+")


def terms(text: str) -> list[str]:
    """The words of a text in their order, without case, width and accents, cut to LONGEST characters."""
    if text.isascii():
        found = _ASCII.findall(text.lower())
        return [word[:LONGEST] for word in found] if max(map(len, found), default=0) > LONGEST else found
    return [word[:LONGEST] for word in _WORD.findall(_level(text))]


def _level(text: str) -> str:
    """Marks are dropped before and after, so that no heap of them has to be sorted."""
    bare = _DROPPED.sub("", text)
    return _DROPPED.sub("", unicodedata.normalize("NFKD", bare).lower()).translate(_LEVELLED)


@lru_cache(maxsize=4096)
def name_terms(name: str) -> tuple[str, ...]:
    """The words of a name, each once."""
    return tuple(dict.fromkeys(terms(name)))
