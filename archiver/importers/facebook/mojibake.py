"""Text whose every UTF-8 byte became a character of its own: made whole again, string by string, after parsing.

Meta writes each byte of the UTF-8 form as ``\\u00XX``, so that ``é`` arrives as ``Ã©``. What is not in that state, and
what only looks like it, stays as it is: no character is ever lost (facts 5).
"""

from typing import Any


def repaired(text: str) -> str:
    """*text* with its bytes read as UTF-8, when it is nothing but bytes and those are UTF-8; else *text* itself."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def mended(text: str) -> tuple[str, bytes]:
    """The same, with the result in UTF-8, which is at hand."""
    try:
        raw = text.encode("latin-1")
        return raw.decode(), raw
    except UnicodeError:
        return text, text.encode(errors="replace")


def repair(value: Any) -> Any:
    """A parsed JSON value with all its strings repaired, keys too. Lists and objects are changed in place.

    Not recursive: what a parser let through is never too deep. Where two keys become one, the later one counts.
    """
    if type(value) is str:
        return repaired(value)
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if type(here) is dict:
            if not all(map(str.isascii, here)):
                _rename(here)
            _mend(here, list(here.items()), waiting)
        elif type(here) is list:
            _mend(here, list(enumerate(here)), waiting)
    return value


def _rename(here: dict[str, Any]) -> None:
    """The keys of an object repaired, in their order."""
    pairs = [(repaired(key), value) for key, value in here.items()]
    here.clear()
    here.update(pairs)


def _mend(here: Any, pairs: list[tuple[Any, Any]], waiting: list[Any]) -> None:
    """The strings that lie in *here* itself repaired; what lies deeper is put on the list."""
    for place, value in pairs:
        kind = type(value)
        if kind is str:
            if not value.isascii():
                here[place] = repaired(value)
        elif kind is dict or kind is list:
            waiting.append(value)
