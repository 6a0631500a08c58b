"""A letter as pipermail keeps it: masked addresses, few headers, no MIME, files taken out with a notice."""

import random
from datetime import UTC
from email.utils import format_datetime

from tests.bench.letter_files import File
from tests.bench.letter_heads import charset_of_words, encoded, envelope_date, linked, written_subject
from tests.bench.letter_mime import Shape, footer_lines, plain_lines
from tests.bench.letter_talk import Written

NEXT = "-------------- next part --------------"


def pipermail(letter: Written, shape: Shape, draw: random.Random) -> bytes:
    """The whole mail without its separator."""
    charset = charset_of_words(letter)
    masked = letter.sender.address.replace("@", " at ")
    old = draw.random() < 0.25
    at = letter.at.astimezone(UTC if old else letter.sender.zone)
    head = (
        f"From: {masked} ({encoded(letter.sender.name, charset)})\n"
        f"Date: {envelope_date(at) if old else format_datetime(at)}\n"
        f"Subject: {written_subject(letter, charset, by_list=True)}\n{linked(letter)}Message-ID: <{letter.id}>\n\n"
    )
    rows = plain_lines(letter) if shape != "html" else []
    if shape in {"alternative", "html"}:
        rows += [NEXT, "An HTML attachment was scrubbed...", f"URL: <{_place(letter, draw)}/attachment.html>"]
    for file in letter.files:
        rows += _notice(file, _place(letter, draw))
    rows += footer_lines(letter.room, letter.at.year) if not letter.files else []
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def _place(letter: Written, draw: random.Random) -> str:
    number = f"{draw.getrandbits(32):08x}"
    return f"http://lists.example.org/pipermail/{letter.room.name}/attachments/{letter.at:%Y%m%d}/{number}"


def _notice(file: File, place: str) -> list[str]:
    return [
        NEXT,
        "A non-text attachment was scrubbed...",
        f"Name: {file.name}",
        f"Type: {file.media_type}",
        f"Size: {file.size} bytes",
        "Desc: not available",
        f"URL: <{place}/attachment.bin>",
    ]
