"""Reads talk.txt: who said what, and when. Its grammar is told at its head."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from zlib import crc32

_SAID = re.compile(r"(\d\d:\d\d) (?:\* ([^|]+) \| (.*?) ?\| ?(.*)|([^:]+): (.*))")


@dataclass(frozen=True, slots=True)
class Line:
    """One message or, with *app* set, one line the app wrote: (on the iPhone, on the Android phone)."""

    day: str  # 2023-03-04
    time: str  # 18:02:07
    who: str
    words: str
    app: tuple[str, str] | None = None


@cache
def spoken() -> tuple[Line, ...]:
    """All lines of the talk in order, each with a second of its own inside its minute."""
    lines: list[Line] = []
    day = ""
    for row in Path(__file__).with_name("talk.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("== "):
            day = row[3:]
        elif row.startswith("    "):
            lines[-1] = replace(lines[-1], words=f"{lines[-1].words}\n{row[4:]}")
        elif row and not row.startswith("#"):
            lines.append(_line(day, row, lines))
    return tuple(lines)


def _line(day: str, row: str, before: list[Line]) -> Line:
    found = _SAID.fullmatch(row)
    if found is None:
        raise ValueError(f"talk.txt does not say who and when: {row!r}")
    minute, actor, english, german, who, words = found.groups()
    earlier = sum(line.day == day and line.time.startswith(minute) for line in before[-6:])
    time = f"{minute}:{5 + crc32(f'{day} {minute}'.encode()) % 10 + 11 * earlier:02}"
    if actor:
        return Line(day, time, actor, "", (english, german))
    return Line(day, time, who, re.sub(r"@\[(.+?)\]", "@\u2068\\1\u2069", words))
