"""Addresses of pages in running text: those that open a door or show a place go whole, of others what follows ``?``.

An invitation, a map, a person's door in a messenger is known by its host and the beginning of its path. Of every other
address the scheme, the host and the path stay; what is in the query and the fragment is hidden but for what is known
to say nothing of anybody, and so is who is named before the host (``https://ana:sesame@example.org``).
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from archiver.privacy.spans import Span

# Where an address leads, by host ("*." for any below it) and what its path begins with.
_DOORS = {
    "invite": r"""
        chat\.whatsapp\.com/ | call\.whatsapp\.com/ | (?:www\.)?whatsapp\.com/(?:accept|call)
        (?:t|telegram)\.(?:me|dog)/(?:\+|%2b|joinchat/|join\?|addlist/|call/|c/) | (?:www\.)?discord\.gg/
        (?:[\w-]+\.)?discord(?:app)?\.com/invite/ | (?:invite\.gg|dsc\.gg|discord\.me)/ | signal\.group
        signal\.link/call
        (?:[\w-]+\.)?(?:facebook|fb)\.com/(?:groups/[^\s/?#]+/(?:join|invite)|share/g/|g/|groups/share/|groupcall|messenger_invite|events/invite)
        m\.me/(?:j|cm|ch)/ | (?:www\.)?messenger\.com/(?:groupcall|join) | msngr\.com/
        (?:[\w-]+\.)*zoom(?:gov)?\.(?:us|com)/(?:j|my|w|s|wc|rec|clips|meeting|webinar)/ | meet\.google\.com/
        (?:g\.co/meet|meet\.new|hangouts\.google\.com|chat\.google\.com/room)
        teams\.(?:microsoft|live)\.com/(?:l|meet|dl|_\#)
        (?:[\w-]+\.)*webex\.com/(?:meet|join|[\w-]+/j\.php|wbxmjs|webappng) | (?:meet|[\w-]+\.)?jit\.si/
        (?:[\w-]+\.)?whereby\.com/ | (?:global\.)?(?:gotomeeting|gotomeet|goto)\.(?:com|me)/
        app\.gather\.town/ | bbb\.[\w.-]+/ | [\w.-]+/(?:b|rooms)/[\w]{3}-[\w]{3}-[\w]{3}
        line\.me/(?:r/)?(?:ti/g|ti/g2|ti/p) | (?:www\.)?line\.naver\.jp/ti/ | invite\.viber\.com/
        (?:www\.)?viber\.com/(?:invite|g) | join\.slack\.com/ | (?:[\w-]+\.)?slack\.com/join/
        join\.skype\.com/ | matrix\.to/ | (?:www\.)?kik\.me/ | snapchat\.com/t/ | (?:open\.)?(?:kakao\.com/o/)
        qm\.qq\.com/ | (?:u\.)?wechat\.com/ | (?:www\.)?instagram\.com/channel/ | ig\.me/j/
        (?:smex-|[\w-]+\.)?simplex\.(?:im|chat)/(?:contact|invitation|g|a|i)
    """,
    "place": r"""
        maps\.google\.[a-z.]{2,7}(?![\w.]) | (?:www\.)?google\.[a-z.]{2,7}/maps | goo\.gl/maps
        maps\.app\.goo\.gl | g\.co/(?:maps|kgs) | (?:plus\.codes|plus\.google\.com/maps) | maps\.apple(?:\.com)?
        findmy\.apple\.com | (?:[\w-]+\.)?openstreetmap\.org | osm\.org/(?:go|\#|\?|node|way)
        (?:www\.)?osmand\.net/(?:go|map) | (?:[\w-]+\.)?waze\.com/ | (?:www\.)?bing\.com/maps
        (?:[\w-]+\.)?here\.com/ | her\.is/ | yandex\.[a-z.]{2,6}/(?:maps|navi) | (?:maps|n)\.yandex\.[a-z.]{2,6}
        (?:ge0|maps)\.me/ | omaps\.app/ | (?:what3words|w3w)\.(?:com|co)/ | (?:[\w-]+\.)?foursquare\.com/v/
        4sq\.com/ | glympse\.com/ | (?:[\w-]+\.)?2gis\.[a-z]{2,3}/ | (?:[\w-]+\.)?mapy\.(?:cz|com)
        (?:j\.)?map\.baidu\.com | (?:[\w-]+\.)?amap\.com | map\.naver\.com | naver\.me/ | map\.kakao\.com
        kko\.to/ | (?:[\w-]+\.)?mapquest\.com | (?:[\w-]+\.)?maptiler\.com/ | (?:www\.)?geocaching\.com/map
        share\.garmin\.com/ | (?:[\w-]+\.)?life360\.com/ | (?:www\.)?komoot\.[a-z]+/(?:tour|smarttour)
        (?:www\.)?strava\.com/(?:activities|beacon) | strava\.app\.link | maps\.wikimedia\.org
        (?:tools\.wmflabs|geohack\.toolforge)\.org/geohack
    """,
    "handle": r"""
        (?:t|telegram)\.(?:me|dog)/[a-z_]\w{3,31}/?(?![\w/]) | m\.me/ | ig\.me/ | signal\.me/ | signal\.art/
        wa\.me/(?:message|qr|c|p)/ | (?:www\.)?snapchat\.com/(?:add|@|p) | discord(?:app)?\.com/users/
        (?:www\.)?threema\.id/ | keybase\.io/ | cash\.app/\$ | (?:www\.)?paypal\.(?:me/|com/paypalme/)
        (?:www\.)?venmo\.com/ | (?:account\.)?venmo\.com/u/ | revolut\.me/ | (?:www\.)?line\.me/ti/p
    """,
}
# Schemes that are doors by themselves.
_SCHEMES = {
    "tg": "invite", "zoommtg": "invite", "zoomus": "invite", "msteams": "invite", "sgnl": "invite", "viber": "invite",
    "line": "invite", "weixin": "handle", "skype": "handle", "xmpp": "handle", "sip": "handle", "threema": "handle",
    "geo": "place", "maps": "place", "comgooglemaps": "place", "om": "place", "ge0": "place", "mapsme": "place",
    "waze": "place", "otpauth": "secret", "otpauth-migration": "secret", "bitcoin": "iban", "ethereum": "iban",
    "monero": "iban", "lightning": "iban", "upi": "iban", "payto": "iban",
}  # fmt: skip
_PAGE = r"h(?:tt|xx)ps?|ftps?|wss?|ssh|git|smb|webcal|feed|news|magnet|intent|whatsapp|fb|fb-messenger|mailto|sms|data"
_END = r"[^\s<>]"
_URL = re.compile(
    rf"(?:(?P<scheme>(?<![a-z0-9])(?:{'|'.join(_SCHEMES)})|{_PAGE}):(?:/{{0,3}})"
    rf"|(?<![\w@.-])(?=(?:[\w-]{{1,63}}\.){{1,10}}[a-z]{{2,24}}(?::\d{{1,5}})?[/?#])){_END}++",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'*_~…。，、؟،“”‘’«»\"`|\\^"
_CLOSING = {")": "(", "]": "[", "}": "{"}
_PARTS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,20}:/{0,3})?(?P<user>[^\s/?#@]{1,256}@)?(?P<host>[^\s/?#@]*)(?P<path>[^\s?#]*)(?P<tail>[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_PARAMETER = re.compile(r"[?&;#]*+[^&;#]*+")

# What a query says that says nothing of anybody: the keys, by host ("" for any), and what their values look like.
_HARMLESS: dict[str, dict[str, str]] = {
    "": {"page": r"\d{1,4}", "p": r"\d{1,4}", "lang": r"[a-z]{2}(?:[-_][a-z]{2})?", "hl": r"[a-z]{2}(?:[-_][a-z]{2})?"},
    "youtube.com": {"v": r"[\w-]{11}", "list": r"[A-Z]{2}[\w-]{10,40}", "index": r"\d{1,4}", "t": r"\d{1,6}s?"},
    "youtube-nocookie.com": {"start": r"\d{1,6}"},
    "youtu.be": {"t": r"\d{1,6}s?", "list": r"[A-Z]{2}[\w-]{10,40}"},
    "vimeo.com": {"t": r"\d{1,6}s?"},
    "news.ycombinator.com": {"id": r"\d{1,8}"},
    "wikipedia.org": {"oldid": r"\d{1,8}", "curid": r"\d{1,8}"},
}


class Url(NamedTuple):
    """An address in a text: where it stands, with *users* (name and password) and *tail* (query and fragment).

    *key* is what it is known by: host, path and tail in lower case, without ``www.``.
    """

    start: int
    end: int
    scheme: str
    users: tuple[int, int]
    tail: int
    key: str

    @property
    def host(self) -> str:
        """The host alone."""
        return re.split(r"[/?#:]", self.key, maxsplit=1)[0]


def may_hold_urls(text: str) -> bool:
    """Whether it is worth reading the text for addresses."""
    if "/" in text or (":" in text and _schemed(text)):
        return True
    return ("?" in text or "#" in text) and _ASKED.search(text) is not None


def _schemed(text: str) -> bool:
    """Whether a colon stands after a scheme that needs no slashes."""
    at = text.find(":")
    while at > 0:
        if text[max(0, at - _LONGEST) : at].lower().endswith(_SLASHLESS):
            return True
        at = text.find(":", at + 1)
    return False


_SLASHLESS = (*_SCHEMES, "mailto", "sms", "data", "magnet")
_LONGEST = max(map(len, _SLASHLESS))
_ASKED = re.compile(r"\.[A-Za-z]{2,24}[?#]\S")


def urls(text: str) -> Iterator[Span]:
    """What is to be hidden of the addresses in a text, as spans of the kinds ``invite``, ``place``, ``query``…"""
    for url in _addresses(text):
        kind = _SCHEMES.get(url.scheme) or _door(url.key)
        if kind:
            yield Span(url.start, url.end, kind)
            continue
        if url.users[1] > url.users[0]:
            yield Span(*url.users, "secret")
        if url.tail < url.end:
            yield from _queries(text, url)


def _addresses(text: str) -> Iterator[Url]:
    for found in _URL.finditer(text):
        end = found.start() + _length(found[0])
        if (parts := _PARTS.match(text, found.start(), end)) is not None:
            key = text[parts.start("host") : end].lower().removeprefix("www.")
            tail = parts.start("tail") if parts["tail"] else end
            yield Url(found.start(), end, (found["scheme"] or "").lower(), _named(parts), tail, key)


def _length(address: str) -> int:
    """How much of it is the address, without the signs and brackets that belong to the sentence around it."""
    open_ = {closing: address.count(closing) - address.count(opening) for closing, opening in _CLOSING.items()}
    end = len(address)
    while end and (address[end - 1] in _TRAILING or open_.get(address[end - 1], 0) > 0):
        end -= 1
        if address[end] in open_:
            open_[address[end]] -= 1
    return end


def _named(parts: re.Match[str]) -> tuple[int, int]:
    """Where the name and the password before a host stand, if they do."""
    named = (
        parts["user"] is not None and ":" in parts["user"] and "//" in parts.string[parts.start() : parts.start("user")]
    )
    return (parts.start("user"), parts.end("user") - 1) if named else (0, 0)


def _door(key: str) -> str:
    """The kind of the door that an address without its scheme leads to, or ""."""
    found = _doors().match(key)
    return found.lastgroup or "" if found is not None else ""


@cache
def _doors() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{kind}>{_alternatives(told)})" for kind, told in _DOORS.items()))


def _alternatives(told: str) -> str:
    return "|".join(re.split(r"\s+(?:\|\s+)?", told.strip()))


def _queries(text: str, url: Url) -> Iterator[Span]:
    """Runs of parameters that are not known to be harmless."""
    start = -1
    for found in _PARAMETER.finditer(text, url.tail, url.end):
        if not found[0]:
            break
        if _harmless(found[0], url.host):
            if start >= 0:
                yield Span(start, found.start(), "query")
            start = -1
        elif start < 0:
            start = found.start()
    if start >= 0:
        yield Span(start, url.end, "query")


def _harmless(parameter: str, host: str) -> bool:
    key, _, value = parameter.lstrip("?&;#").partition("=")
    if parameter.lstrip("?&;#") in {"", "…"}:
        return True
    if parameter.startswith("#"):
        return host.endswith("wikipedia.org") and re.fullmatch(r"[A-Za-z_]{1,40}", key + value) is not None
    for known in {"", host, ".".join(host.split(".")[-2:])}:
        shape = _HARMLESS.get(known, {}).get(key)
        if shape is not None and re.fullmatch(shape, value) is not None:
            return True
    return False
