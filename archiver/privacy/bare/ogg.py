"""Ogg Opus, as voice messages are (RFC 3533, 7845): the comments are blanked in their pages.

The header's second packet has its pages to itself, and what follows the comments in it is padding that players skip: it
is written empty, and its pages get new sums. Streams of anything else, or of several things, are not published.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from archiver.privacy.bare.parts import Bare, DamagedError, Steps, big, little, part

_MOST = 1_000_000  # pages
_BEGINS = 0x02
_EMPTY = b"OpusTags" + bytes(8)  # no vendor, no comments


class _Page(NamedTuple):
    start: int
    body: int
    end: int
    flags: int
    closed: bool  # whether a packet ends on it


def bare(content: bytes) -> Bare:
    pages = list(_pages(content))
    if len(pages) < 3 or not content[pages[0].body : pages[0].end].startswith(b"OpusHead"):
        raise DamagedError
    if any(page.flags & _BEGINS for page in pages[1:]):
        raise DamagedError
    last = next((number for number, page in enumerate(pages[1:], 1) if page.closed), 0)
    told = pages[1 : last + 1]
    if not told or not content[told[0].body :].startswith(b"OpusTags") or told[0].end - told[0].body < len(_EMPTY):
        raise DamagedError
    out = bytearray(content[: pages[-1].end])
    for number, page in enumerate(told):
        out[page.body : page.end] = (b"" if number else _EMPTY).ljust(page.end - page.body, b"\0")
        out[page.start + 22 : page.start + 26] = bytes(4)
        out[page.start + 22 : page.start + 26] = _sum(out[page.start : page.end]).to_bytes(4, "little")
    return Bare(bytes(out))


def _pages(content: bytes) -> Iterator[_Page]:
    at, serial = 0, None
    steps = Steps(_MOST)
    while at < len(content):
        steps.take()
        if part(content, at, 5) != b"OggS\0" or serial not in {None, little(content, at + 14, 4)}:
            raise DamagedError
        serial = little(content, at + 14, 4)
        many = big(content, at + 26, 1)
        laces = part(content, at + 27, many)
        body = at + 27 + many
        end = body + len(part(content, body, sum(laces)))
        yield _Page(at, body, end, content[at + 5], bool(laces) and laces[-1] < 255)
        at = end


@cache
def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        found.append(value)
    return tuple(found)


def _sum(page: bytes | bytearray) -> int:
    """Ogg's own CRC-32."""
    table, value = _table(), 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ table[value >> 24 ^ byte]
    return value
