"""Email addresses in running text, plain, percent-encoded, and written around: ``ana (at) example [dot] org``."""

import re
from collections.abc import Collection, Iterator

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
_SIGN = "(?:[@＠﹫]|%40|&(?:#0*64|#[xX]0*40|commat);)"
_OPEN, _CLOSE = r"[(\[{<«|]", r"[)\]}>»|]"
_SPACE = r"[^\S\n]"
_BRACKETED_AT = rf"{_SPACE}*{_OPEN}{_SPACE}*(?:{_AT_WORDS}|{_SIGN}){_SPACE}*{_CLOSE}{_SPACE}*"
_AT = rf"[{_INVISIBLE}]*(?:{_SIGN}|{_SPACE}+{_SIGN}{_SPACE}+|{_BRACKETED_AT})[{_INVISIBLE}]*"
_DOT_WORD = (
    rf"(?:{_SPACE}*{_OPEN}{_SPACE}*(?:{_DOT_WORDS}){_SPACE}*{_CLOSE}{_SPACE}*"
    rf"|{_SPACE}+(?:{_DOT_WORDS}){_SPACE}+)"
)
_DOT = rf"(?:\.|{_DOT_WORD})"
_LABEL = rf"[\w{_INVISIBLE}-]++"

# Possessive parts and a fixed left edge keep it linear whatever the text.
_ADDRESS = re.compile(
    rf'(?:(?<![\w.+\'-])[\w.+\'-]++|"[^"\n]{{1,64}}")(?:{_DOT_WORD}[\w+-]+){{0,3}}'
    rf"(?:{_AT}{_LABEL}(?:{_DOT}{_LABEL})+"
    rf"|{_SPACE}+(?:{_AT_WORDS}){_SPACE}+(?!www\.)[\w-]++(?:{_DOT_WORD}[\w-]+)+"
    rf"|{_SPACE}+(?:at|arroba){_SPACE}+(?!www\.)(?:[\w-]+\.)+(?:{_ENDINGS})\b(?![/\w]))",
    re.IGNORECASE,
)


# First looks, from cheap to dear: most messages end here.
_WRITTEN_AROUND = re.compile(rf"[%&(\[{{<«|](?:40|#|commat|{_SPACE}*(?:{_AT_WORDS}){_SPACE}*{_CLOSE})", re.IGNORECASE)
_DOTTED = re.compile(rf"\.\w|{_OPEN}")
_SPOKEN_AT, _SPOKEN_DOT = frozenset(_AT_WORDS.split("|")), frozenset(_DOT_WORDS.replace("\\", "").split("|"))


def may_hold_emails(text: str, words: Collection[str]) -> bool:
    """Whether it is worth reading the text for addresses; *words* are those of the text in lower case."""
    if "@" in text or "＠" in text or "﹫" in text or _WRITTEN_AROUND.search(text) is not None:
        return True
    return not _SPOKEN_AT.isdisjoint(words) and (
        _DOTTED.search(text) is not None or not _SPOKEN_DOT.isdisjoint(words)
    )


def emails(text: str) -> Iterator[Span]:
    """The email addresses of a text, as spans of kind ``email``."""
    for found in _ADDRESS.finditer(text):
        yield Span(found.start(), found.end(), "email")
