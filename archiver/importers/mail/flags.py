"""What was done with a letter, as its container notes it: seen, answered, flagged, draft, deleted, forwarded."""

import re
from bisect import bisect_right
from collections.abc import Iterable

NAMES = ("seen", "answered", "flagged", "draft", "deleted", "forwarded")

_MAILDIR = dict(zip("SRFDTP", NAMES, strict=True))  # Maildir: S seen, R replied, F, D draft, T trashed, P passed on
_INFO = re.compile(r"[:;!_-]2,([A-Za-z]{0,60})$")  # ":" where file names may have it, else what programs take instead

_END_OF_HEADER = re.compile(rb"\n\r?\n")
_STATUS = re.compile(
    rb"^(x-mozilla-status|x-status|status):[ \t]*([0-9A-Za-z]{1,8})[ \t\r]*$", re.IGNORECASE | re.MULTILINE
)
_FIELDS = (b"\nstatus:", b"\nx-status:", b"\nx-mozilla-status:")
_LETTERS = {  # as mutt and c-client have it: R read, O old; A answered, F flagged, D deleted, T draft
    b"status": (frozenset(b"RONU"), {ord("R"): "seen"}),
    b"x-status": (
        frozenset(b"ARFDTO"),
        {ord("A"): "answered", ord("F"): "flagged", ord("D"): "deleted", ord("T"): "draft"},
    ),
}
_MOZILLA = {0x0001: "seen", 0x0002: "answered", 0x0004: "flagged", 0x0008: "deleted", 0x1000: "forwarded"}
_APPLE = {0: "seen", 1: "deleted", 2: "answered", 4: "flagged", 6: "draft", 8: "forwarded"}  # bits of an emlx' flags
_APPLE_FLAGS = re.compile(rb"<key>flags</key>\s{0,20}<integer>(\d{1,20})</integer>")

_RANGE = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?")
_SEQUENCES = {"replied": "answered", "answered": "answered", "flagged": "flagged", "forwarded": "forwarded"}


def of_maildir(name: str) -> tuple[str, ...]:
    """The flags in a file's name: ``1234.M5.garden:2,RS``."""
    info = _INFO.search(name)
    return _sorted(_MAILDIR.get(letter, "") for letter in info[1]) if info else ()


def of_mbox(raw: bytes) -> tuple[str, ...]:
    """The flags in the fields Status, X-Status, and Thunderbird's X-Mozilla-Status."""
    end = _END_OF_HEADER.search(raw)
    header = raw[: end.start()] if end else raw
    lowered = b"\n" + header.lower()
    if not any(field in lowered for field in _FIELDS):  # most have X-Spam-Status at most
        return ()
    return _sorted(flag for name, value in _STATUS.findall(header) for flag in _status(name.lower(), value))


def _status(name: bytes, value: bytes) -> Iterable[str]:
    if name == b"x-mozilla-status":
        try:
            bits = int(value, 16)
        except ValueError:
            return ()
        return [flag for bit, flag in _MOZILLA.items() if bits & bit]
    known, flags = _LETTERS[name]
    return [flags.get(letter, "") for letter in value] if known.issuperset(value) else ()


def of_emlx(plist: bytes) -> tuple[str, ...]:
    """The flags in the property list that Apple Mail puts behind a mail."""
    found = _APPLE_FLAGS.search(plist)
    bits = int(found[1]) if found else 0
    return _sorted(flag for bit, flag in _APPLE.items() if bits >> bit & 1)


class Sequences:
    """What a folder's ``.mh_sequences`` says: ``unseen: 3 5-7``, one sequence a line."""

    def __init__(self, text: str) -> None:
        self._ranges: dict[str, list[tuple[int, int]]] = {}
        for line in text.splitlines():
            name, colon, numbers = line.partition(":")
            if colon:
                ranges = _RANGE.findall(numbers)
                self._ranges[name.strip().lower()] = _joined((int(a), int(b or a)) for a, b in ranges)

    def of(self, number: int) -> tuple[str, ...]:
        """The flags of the letter with this number."""
        flags = ["" if self._holds("unseen", number) else "seen"]
        flags += [flag for name, flag in _SEQUENCES.items() if self._holds(name, number)]
        return _sorted(flags)

    def _holds(self, name: str, number: int) -> bool:
        ranges = self._ranges.get(name, [])
        at = bisect_right(ranges, number, key=lambda one: one[0])
        return at > 0 and number <= ranges[at - 1][1]


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        elif first <= last:
            joined.append((first, last))
    return joined


def _sorted(flags: Iterable[str]) -> tuple[str, ...]:
    found = set(flags)
    return tuple(name for name in NAMES if name in found)
