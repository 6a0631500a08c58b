"""Subjects, without what mail programs and lists put before them: what two letters of one talk have in common."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from archiver.knowledge.phrases import FORWARD, GENERIC, REPLY, either, phrases
from archiver.text import fold

# Ordering the marks above one letter costs the square of their number (Unicode's canonical order), so of a subject
# in other letters than ASCII no more is read than any that was written by a person has.
_LONGEST = 2_000
_TAG = r"\[[^\[\]]{1,80}\]"
_COUNT = r"(?: ?(?:\[ ?\d{1,4} ?\]|\( ?\d{1,4} ?\)|[\^*]? ?\d{1,4}))?"  # Re[2]: Re(2): Re^3: Re*2: Re2:
_ORDINARY = 200  # characters
_TAILS = (" ", "(fwd)", "(fw)")


class Parts(NamedTuple):
    """A folded subject taken apart. *first*: what its outermost prefix is, ``reply``, ``forward`` or ""."""

    first: str
    tags: tuple[str, ...]
    base: str


def base(subject: str, *, tags: bool = True) -> str:
    """The subject folded, without reply and forward prefixes, ``(fwd)`` at its end and, with *tags*, list tags.

    With *tags* False the tags stay, before the base. What has but tags and prefixes has the base "". Linear; of a
    subject with other letters than ASCII the first 2,000 characters are read.
    """
    parts = taken_apart(subject)
    return parts.base if tags else " ".join((*parts.tags, parts.base)).rstrip()


def is_reply(subject: str) -> bool:
    """Whether it begins, tags aside, with a reply prefix; ``Fwd: Re: tank`` was forwarded."""
    return taken_apart(subject).first == "reply"


def is_forward(subject: str) -> bool:
    """Whether it begins, tags aside, with a forward prefix; ``Re: Fwd: tank`` is an answer."""
    return taken_apart(subject).first == "forward"


def is_generic(subject: str) -> bool:
    """Whether two letters may share this base subject by chance: none, ``hi``, ``test``, ``???``."""
    return subject in _generic() or not any(map(str.isalnum, subject))


def taken_apart(subject: str) -> Parts:
    """Its prefixes, tags and base in one reading; those of ordinary length are remembered, for threads share them."""
    return _remembered(subject) if len(subject) <= _ORDINARY else _read(subject)


def _read(subject: str) -> Parts:
    text = fold(subject if subject.isascii() else subject[:_LONGEST])
    first, found, at, wrapped = "", [], 0, 0
    match = _prefix().match
    while piece := match(text, at):
        at = piece.end()
        if piece.lastgroup == "tag":
            found.append(piece["tag"])
        else:
            first = first or ("reply" if piece.lastgroup == "reply" else "forward")
            wrapped += piece.lastgroup == "wrap"
    return Parts(first, tuple(found), _without_tail(text[at:], wrapped))


_remembered = lru_cache(maxsize=4096)(_read)


def _without_tail(text: str, wrapped: int) -> str:
    """Without the brackets that close ``[Fwd: tank]``, and without ``(fwd)``."""
    end = len(text)
    while True:
        if wrapped and text.endswith("]", 0, end):
            end, wrapped = end - 1, wrapped - 1
        elif tail := next((tail for tail in _TAILS if text.endswith(tail, 0, end)), None):
            end -= len(tail)
        else:
            return text[:end].strip()


@cache
def _prefix() -> re.Pattern[str]:
    """One prefix or tag at the beginning of a folded subject."""
    reply = either(phrases(REPLY))
    forward = either(set(phrases(FORWARD)) - set(phrases(REPLY)))
    return re.compile(
        rf"(?P<reply>(?:{reply}){_COUNT} ?: ?)|(?P<forward>(?:{forward}){_COUNT} ?: ?)"
        rf"|(?P<wrap>\[ ?(?:{forward}) ?: ?)|(?P<tag>{_TAG}) ?"
    )


@cache
def _generic() -> frozenset[str]:
    return frozenset(phrases(GENERIC))
