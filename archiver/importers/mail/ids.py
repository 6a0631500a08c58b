"""Message-IDs (RFC 5322, 3.6.4): as they are written, and in the form by which they are compared."""

import re

from archiver.importers.mail.charsets import decode
from archiver.importers.mail.words import decoded

KEPT_FIRST, KEPT_LAST = 20, 980  # of the references of one mail, when there are more

_PLAIN = re.compile(r"<([^<>@\s]+)@([^<>@\s]+)>")
_BRACKETED = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\([^()]*\)")
_FROM = re.compile(r"\bfrom\b[^<>]*$", re.IGNORECASE)


def written(value: bytes | None) -> str | None:
    """A Message-ID as it stands in its header, brackets and comments included; None if there is nothing."""
    if value is None:
        return None
    return decode(value.strip(), None)[0] or None


def normal(text: str) -> str:
    """The form by which ids are compared: what the first ``<…>`` holds, without blanks, the domain in lower case.

    Without brackets it is all of the text but comments. "" if nothing is left.
    """
    if found := _PLAIN.fullmatch(text):
        return f"{found[1]}@{found[2].lower()}"
    inside = next((found[1] for found in _BRACKETED.finditer(text) if found[1].strip()), None)
    return _levelled(_COMMENT.sub("", text).strip("<> \t\r\n") if inside is None else inside)


def _levelled(inside: str) -> str:
    local, at, domain = "".join(inside.split()).rpartition("@")
    return local + at + domain.lower() if at else domain


def references(value: bytes | None, in_reply_to: bytes | None) -> tuple[str, ...]:
    """The normal forms of the ids in References and, last, the one in In-Reply-To; the oldest first, each once.

    Of more than 1,000 the first 20 and the last 980 are kept.
    """
    found = dict.fromkeys(_ids(_text(value))) if value else {}
    if in_reply_to and (parent := _last(_text(in_reply_to))):
        found.setdefault(parent)
    ids = tuple(found)
    return ids if len(ids) <= KEPT_FIRST + KEPT_LAST else ids[:KEPT_FIRST] + ids[-KEPT_LAST:]


def _text(value: bytes) -> str:
    """The value as text; some senders put ids into encoded words."""
    return decoded(value) if b"=?" in value else decode(value, None)[0]


def _ids(text: str) -> list[str]:
    plain = _PLAIN.findall(text)
    if len(plain) == text.count("<"):
        if plain:
            return [f"{local}@{domain.lower()}" for local, domain in plain]
        return [_levelled(word) for word in text.replace(",", " ").split() if "@" in word]
    return [id_ for inside in _BRACKETED.findall(text) if (id_ := _levelled(inside))]


def _last(text: str) -> str | None:
    """The id in an In-Reply-To, which may be prose: the last ``<…>``, unless it is the address of the one replied to
    (``message from Ann <ann@example.org> of Monday``): after *from*, and without any digit, which all ids have."""
    if found := _PLAIN.fullmatch(text):
        return f"{found[1]}@{found[2].lower()}"
    if "<" not in text:
        return next(reversed(_ids(text)), None)
    last = None
    end = 0
    for found in _BRACKETED.finditer(text):
        address = _FROM.search(text[end : found.start()]) and not any(map(str.isdigit, found[1].partition("@")[0]))
        end = found.end()
        if not address and (id_ := _levelled(found[1])):
            last = id_
    return last
