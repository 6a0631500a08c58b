"""Files written into a text between ``begin 644 name`` and ``end`` (POSIX uuencode), as mail had them before MIME."""

import re

from archiver.importers.mail.transfer import Encoded
from archiver.model import Attachment

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n", re.MULTILINE)
_MANY = 100  # files of one text


def taken_out(text: str) -> tuple[str, list[Attachment]]:
    """The text without the files in it, and these files."""
    kept: list[str] = []
    files: list[Attachment] = []
    at = 0
    while len(files) < _MANY and (begin := _BEGIN.search(text, at)):
        stop = _stop(text, begin.end())
        if stop == begin.end():  # a sentence that begins so
            kept.append(text[at : begin.end()])
            at = begin.end()
            continue
        kept.append(text[at : begin.start()])
        data = text[begin.start() : stop].encode("latin-1", "replace")
        name = re.split(r"[/\\]", begin[1])[-1].strip()
        files.append(Attachment(name or None, content=Encoded(data, 0, len(data), "x-uuencode")))
        at = stop
    return ("".join([*kept, text[at:]]), files) if files else (text, files)


def _stop(text: str, at: int) -> int:
    """Where the uuencoded lines from *at* on stop, their ``end`` included; *at* itself if the first is none."""
    while (end := text.find("\n", at)) >= 0 and _is_line(text[at : min(end, at + 100)]):
        at = end + 1
    blank = text[at : at + 1] == "\n"  # a last line of no bytes, its blank lost
    if text[at + blank : at + blank + 4] in {"end\n", "end"}:
        return at + blank + 4
    return at


def _is_line(line: str) -> bool:
    """Whether a line says its own length: one character for the count, four for each three bytes."""
    if not line or not " " <= line[0] <= "`":
        return False
    groups = ((ord(line[0]) - 32 & 63) + 2) // 3
    return groups * 4 - 3 <= len(line) - 1 <= groups * 4 + 2
