"""Precise places in running text: coordinates in their usual spellings, plus codes, three words of what3words.

An address of a map is known by ``urls``. *plain* texts have ASCII digits only.
"""

import re
from collections.abc import Iterator

from archiver.privacy.spans import Span

_S = r"[^\S\r\n]"
_POINT = r"[.,٫·]"
_DEGREES = rf"[-−+]?\d{{1,3}}{_POINT}\d{{3,16}}(?!\d)"
_BESIDE = rf"{_S}{{0,3}}°?{_S}?"
_SIDE = r"[NSEWO](?![^\W_])"
_PAIR = re.compile(
    rf"(?<![\d.,/])(?P<lat>{_DEGREES}){_BESIDE}(?P<ns>{_SIDE})?{_S}?"
    rf"(?:[,;/|،]{_S}{{0,3}}|{_S}{{1,3}})(?P<lon>{_DEGREES}){_BESIDE}(?P<ew>{_SIDE})?",
    re.IGNORECASE,
)
_SECONDS = rf"{_S}?\d{{1,2}}(?:{_POINT}\d{{1,6}})?{_S}?(?:[\"”″ʺ]|''|’’|s|sec)"
_MINUTES = rf"\d{{1,3}}{_S}?(?:°|º|deg\.?|d){_S}?\d{{1,2}}(?:{_POINT}\d{{1,8}})?{_S}?(?:['’′ʹ´m]|min)(?:{_SECONDS})?"
_SEXAGESIMAL = re.compile(
    rf"(?<![^\W_])(?:(?:[NS]{_S}?{_MINUTES})|(?:{_MINUTES}{_S}?[NS]))[,;/]?{_S}{{0,3}}"
    rf"(?:(?:[EWO]{_S}?{_MINUTES})|(?:{_MINUTES}{_S}?[EWO]))(?![^\W_])",
    re.IGNORECASE,
)
_GEOCACHE = re.compile(
    rf"(?<![^\W_])[NS]{_S}?\d{{1,2}}°?{_S}\d{{1,2}}\.\d{{2,4}}{_S}{{0,3}}[,/]?{_S}{{0,3}}[EW]{_S}?\d{{1,3}}°?{_S}\d{{1,2}}\.\d{{2,4}}",
    re.IGNORECASE,
)
_NORTH = r"(?:lat(?:itude?|itud)?|breite(?:ngrad)?|широта|خط العرض)"
_EAST = r"(?:lon(?:g(?:itude?|itud)?)?|lng|länge(?:ngrad)?|долгота|خط الطول)"
_SAID = rf"{_S}{{0,2}}[:=]?{_S}{{0,2}}[-−+]?\d{{1,3}}{_POINT}\d{{2,16}}"
_LABELLED = re.compile(rf"(?<![^\W_]){_NORTH}{_SAID}°?[^\w\n]{{1,6}}{_EAST}{_SAID}", re.IGNORECASE)
_PLUS_CODE = re.compile(
    r"(?<![\w+])(?:[23456789CFGHJMPQRVWX]{8}|[23456789CFGHJMPQRVWX]{4,6})\+[23456789CFGHJMPQRVWX]{2,4}(?![\w+])"
)
_THREE_WORDS = re.compile(r"(?<![\w/:])///[^\W\d_]{2,24}\.[^\W\d_]{2,24}\.[^\W\d_]{2,24}(?!\w)")
_CODE_LETTER = re.compile(r"[CFGHJMPQRVWX]")


def places(plain: str) -> Iterator[Span]:
    """The precise places of a text, as spans of kind ``place``."""
    for found in _PAIR.finditer(plain):
        if _on_earth(found):
            end = found.end() if found["ew"] else found.end("lon")
            yield Span(found.start(), end, "place")
    if "°" in plain or "º" in plain or "deg" in plain:
        for pattern in (_SEXAGESIMAL, _GEOCACHE):
            yield from _spans(pattern, plain)
    yield from _spans(_LABELLED, plain)


def codes(text: str) -> Iterator[Span]:
    """Plus codes and what3words, which need no digit."""
    if "+" in text:
        yield from (span for span in _spans(_PLUS_CODE, text) if _CODE_LETTER.search(text, span.start, span.end))
    if "///" in text:
        yield from _spans(_THREE_WORDS, text)


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    return (Span(*found.span(), "place") for found in pattern.finditer(text))


def _on_earth(pair: re.Match[str]) -> bool:
    """Whether two numbers are degrees: in their ranges, and finer than what money is written with."""
    lat, lon = (re.sub(_POINT, ".", pair[name]).replace("−", "-") for name in ("lat", "lon"))
    if abs(float(lat)) > 180 or abs(float(lon)) > 180 or min(abs(float(lat)), abs(float(lon))) > 90:
        return False
    fine = [len(number.partition(".")[2]) for number in (lat, lon)]
    return max(fine) >= 4 or bool(pair["ns"] and pair["ew"])
