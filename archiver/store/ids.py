"""The public id of a message: ``201905141432-k7q2m8x0``, its wall-clock minute and 40 bits of its match key.

It is made of what was said and when, never of a row number, so it is the same after undo, import again and
repair. A second message alike in the same minute ends in ``.2``.
"""

import re
from datetime import datetime, timedelta

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o, u to misread
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_SHAPE = re.compile(r"(?P<minute>\d{12}|undated)-(?P<key>[0-9a-hjkmnp-tv-z]{8})(?:\.(?P<occurrence>\d{1,9}))?")

UNDATED = -1


def public_id(local_minute: int, match_key: int, occurrence: int) -> str:
    """The id of the message with these three; *local_minute* counts from 1970-01-01 00:00, -1 when undated."""
    bits = match_key & 0xFF_FFFF_FFFF
    tail = _PAIRS[bits >> 30] + _PAIRS[bits >> 20 & 1023] + _PAIRS[bits >> 10 & 1023] + _PAIRS[bits & 1023]
    if local_minute == UNDATED:
        head = "undated"
    else:
        at = _EPOCH + timedelta(minutes=local_minute)
        head = f"{at.year:04}{at.month:02}{at.day:02}{at.hour:02}{at.minute:02}"
    return f"{head}-{tail}" if occurrence < 2 else f"{head}-{tail}.{occurrence}"


def minute_of(identifier: str) -> int | None:
    """The local minute an id speaks of, or None when it is not the id of a message."""
    found = _SHAPE.fullmatch(identifier)
    if found is None:
        return None
    if found["minute"] == "undated":
        return UNDATED
    try:
        at = datetime.strptime(found["minute"], "%Y%m%d%H%M")  # noqa: DTZ007 - wall clock
    except ValueError:
        return None
    return local_minute(at)


def bits_of(identifier: str) -> tuple[int, int] | None:
    """(40 bits of the match key, occurrence) that an id speaks of, or None when it is not the id of a message."""
    found = _SHAPE.fullmatch(identifier)
    if found is None:
        return None
    bits = 0
    for sign in found["key"]:
        bits = bits << 5 | _ALPHABET.index(sign)
    return bits, int(found["occurrence"] or 1)


def local_minute(at: datetime) -> int:
    """Wall-clock minutes since 1970-01-01 00:00 of what a clock on the wall showed."""
    return (at.toordinal() - 719_163) * 1440 + at.hour * 60 + at.minute
