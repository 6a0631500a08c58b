"""Who takes part in a conversation, as the head of a page lists them: behind a word in the account's language."""

import re
from collections.abc import Collection

from archiver.importers.facebook.markup import plain, split
from archiver.importers.facebook.page_words import conjunctions

_LABEL = re.compile(r"[^:：\d]{2,40}[:：]\s*")
_HIDDEN = re.compile(r"<(style|script|title)\b[^<>]*>.*?</\1>", re.DOTALL | re.IGNORECASE)
_COMMAS = re.compile(r"\s*[,،、，]\s+|\s*[、，]\s*")


def people_told(text: str) -> str:
    """What stands behind the label in ``Participants: Ana, Ben and Cleo``, in any language; "" if it is none such."""
    label = _LABEL.match(text)
    return text[label.end() :] if label and "://" not in text else ""


def texts_of(markup: str) -> list[str]:
    """The texts in front of the first box of a page."""
    return [text for part in split(_HIDDEN.sub(" ", markup)).texts if (text := plain(part))]


def old_participants(markup: str) -> list[str]:
    """The names at the head of a thread of 2010-17: ``A, B``, since 2018 ``Participants: A, B`` behind a heading."""
    behind = re.split(r"</h3\s*>", markup, maxsplit=1)[-1]
    texts = texts_of(behind)
    text = texts[0] if texts else ""
    return [name for name in _COMMAS.split(people_told(text) or text) if name]


def names_in(listed: str, known: Collection[str]) -> list[str]:
    """The names in ``A, B and C``. The last two are parted where that gives a name that is known, else at a word that
    is no part of names."""
    *names, last = _COMMAS.split(listed)
    return [name for name in (*names, *_parted(last, known, listed=bool(names))) if name]


def _parted(text: str, known: Collection[str], *, listed: bool) -> list[str]:
    if text in known:
        return [text]
    cuts = []
    for word in conjunctions():
        if word.strip() and word in text:
            left, _, right = text.partition(word)
            other, _, tail = text.rpartition(word)
            cuts += [(left.strip(), right.strip(), word), (other.strip(), tail.strip(), word)]
    cuts = [cut for cut in cuts if cut[0] and cut[1]]
    best = max(cuts, key=lambda cut: ((cut[0] in known) + (cut[1] in known), len(cut[2])), default=None)
    if best is None or not (best[0] in known or best[1] in known or listed or len(best[2].strip()) > 1):
        return [text]
    return list(best[:2])
