"""Email addresses in running text, plain, percent-encoded, and written around: ``ana (at) example [dot] org``."""

import re
from collections.abc import Collection, Iterator
from html import unescape
from urllib.parse import unquote

from archiver.privacy.spans import Span

# How people write the two signs out, in the languages the archive speaks.
_AT_WORDS = "at|ät|aet|arroba|arobase|chiocciola|chez|на|собака|آت|עט"
_DOT_WORDS = "dot|punkt|punto|ponto|point|точка|نقطة|dt|\\."
# Ends of names after which a spaced " at " speaks of an address rather than of a place.
_ENDINGS = (
    "com|org|net|edu|gov|info|biz|app|dev|club|coop|eu|de|at|ch|es|fr|it|pt|br|mx|co|ar|cl|pe|uk|ie|nl|be|se|"
    "dk|fi|pl|cz|ru|ua|gr|tr|in|za|ng|ke|eg|ma|ca|us|au|nz|jp|cn|kr|example|test|invalid"
)

_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_PROVIDERS = (
    "gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|proton|gmx|aol|msn|live|yandex|zoho|posteo|mailbox|"
    "tutanota"
)
_SIGN = "(?:[@＠﹫]{1,3}|[%％](?:25)?40|&(?:#0*64|#[xX]0*40|commat);)"
_POINT = "(?:[.．。｡]|%(?:25)?2[eE]|&(?:#0*46|#[xX]0*2[eE]|period);)"
_OPEN, _CLOSE = r"[(\[{<«|]", r"[)\]}>»|]"
_SPACE = r"[^\S\n]"
_BRACKETED_AT = rf"{_SPACE}*{_OPEN}{_SPACE}*(?:{_AT_WORDS}|{_SIGN}|a){_SPACE}*{_CLOSE}{_SPACE}*"
_AT = rf"[{_INVISIBLE}]*(?:{_SIGN}|{_SPACE}+{_SIGN}{_SPACE}+|{_BRACKETED_AT})[{_INVISIBLE}]*"
_DOT_WORD = (
    rf"(?:{_SPACE}*{_OPEN}{_SPACE}*(?:{_DOT_WORDS}){_SPACE}*{_CLOSE}{_SPACE}*"
    rf"|{_SPACE}+(?:{_DOT_WORDS}){_SPACE}+)"
)
_DOT = rf"(?:{_POINT}|{_DOT_WORD})"
_LABEL = rf"[\w{_INVISIBLE}-]++"

# Possessive parts and a fixed left edge keep it linear whatever the text.
_ADDRESS = re.compile(
    rf'(?:(?<![\w.+\'-])[\w.+\'-]++|"[^"\n]{{1,64}}")(?:{_DOT_WORD}[\w+-]+){{0,3}}'
    rf"(?:{_AT}{_LABEL}(?:{_DOT}{_LABEL})+"
    rf"|{_AT}(?:{_PROVIDERS})\b"
    rf"|{_SPACE}+(?:at|ät|arroba|chez){_SPACE}+(?:{_PROVIDERS})(?:{_SPACE}?(?:{_ENDINGS}))?\b(?!{_SPACE}?['’])"
    rf"|{_SPACE}+(?:{_AT_WORDS}){_SPACE}+(?!www\.)[\w-]++(?:{_DOT_WORD}[\w-]+)+"
    rf"|{_SPACE}+(?:at|arroba){_SPACE}+(?!www\.)(?:[\w-]+\.)+(?:{_ENDINGS})\b(?![/\w]))",
    re.IGNORECASE,
)

# ana_at_example.org, ana-at-example-dot-org, ana*at*example.org
_HYPHENED = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}?[-_*~](?:{_AT_WORDS})[-_*~][\w-]{{1,63}}?"
    rf"(?:(?:\.|[-_*~](?:{_DOT_WORDS})[-_*~])[\w-]{{1,63}}?){{0,4}}(?:\.|[-_*~](?:{_DOT_WORDS})[-_*~])(?:{_ENDINGS})(?![\w-])",
    re.IGNORECASE,
)
# a n a @ e x a m p l e . o r g
_SPACED = re.compile(rf"(?<!\S)(?:[\w.+-]{_SPACE}){{2,40}}[@＠](?:{_SPACE}[\w.-]){{4,60}}(?!\S)")
# &#97;&#110;&#97;&#64;… and %61%6e%61%40…
_CODED = re.compile(
    r"(?:&#[xX]?[0-9a-fA-F]{2,7};|[\w.-]){0,64}?(?:&#[xX]?[0-9a-fA-F]{2,7};){5,128}|(?:%[0-9a-fA-F]{2}){6,192}"
)


# First looks, from cheap to dear: most messages end here.
_OPENED = re.compile(r"[%％&(\[{<«|]")
_WRITTEN_AROUND = re.compile(
    rf"[%％&(\[{{<«|](?:(?:25)?40|#|commat|{_SPACE}*(?:{_AT_WORDS}|a){_SPACE}*{_CLOSE})", re.IGNORECASE
)
_JOINED_AT = re.compile(rf"[-_*~](?:{_AT_WORDS})[-_*~]", re.IGNORECASE)
_MAILERS = frozenset(name + after for name in _PROVIDERS.split("|") for after in ("", ".", ",", "!", ")"))
_DOTTED = re.compile(rf"\.\w|{_OPEN}")
SPOKEN_AT, _SPOKEN_DOT = frozenset(_AT_WORDS.split("|")), frozenset(_DOT_WORDS.replace("\\", "").split("|"))


def may_hold_emails(text: str, words: Collection[str]) -> bool:
    """Whether it is worth reading the text for addresses; *words* are those of the text in lower case, if any of
    them is of SPOKEN_AT."""
    if "@" in text or "＠" in text or "﹫" in text:
        return True
    if _OPENED.search(text) is not None and _WRITTEN_AROUND.search(text) is not None:
        return True
    if words and not SPOKEN_AT.isdisjoint(words):
        return _DOTTED.search(text) is not None or not _SPOKEN_DOT.isdisjoint(words) or not _MAILERS.isdisjoint(words)
    return ("_" in text or "-" in text or "*" in text or "~" in text) and _JOINED_AT.search(text) is not None


def emails(text: str) -> Iterator[Span]:
    """The email addresses of a text, as spans of kind ``email``."""
    for pattern in (_ADDRESS, _HYPHENED, _SPACED):
        for found in pattern.finditer(text):
            yield Span(found.start(), found.end(), "email")
    if "&#" in text or "%40" in text:
        for found in _CODED.finditer(text):
            if "@" in unescape(unquote(found[0])):
                yield Span(found.start(), found.end(), "email")
