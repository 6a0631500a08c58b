"""A seeded community's mail of any size, streamed: two hundred people, five lists, private mail, twenty years.

About 19 KB a letter, headers and files included: 20,000 are about 380 MB. Every letter comes with its `Truth`.
``python -m tests.bench.letters FOLDER COUNT [SEED] [STYLE]`` writes an mbox and, beside it, its truth as JSON lines.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Literal

from tests.bench.letter_boxes import Style, maildir, mbox, months
from tests.bench.letter_heads import headers, subject
from tests.bench.letter_mime import Shape, body, shape_of
from tests.bench.letter_piper import pipermail
from tests.bench.letter_talk import YEARS, Talk, Written
from tests.bench.letter_truth import Attached, Copy, Mail, Truth, jsonl

__all__ = ["SIZE", "Attached", "Mail", "Style", "Truth", "jsonl", "letters", "maildir", "mbox", "months", "stream"]

Form = Literal["mail", "pipermail"]

SIZE = 19_000  # bytes a letter, on average
BLOCK = 1024 * 1024
FEWEST = 1_000  # letters that the twenty years are laid out for
VARIANTS, TWINS = 0.004, 0.002  # how many letters come a second time: directly and by the list; twice the same
LABELS = ("Inbox", "Important", "Opened", "Unread", "Sent", "Category updates", "Garden, plans", "Gießen", "Архив")


def letters(seed: int, count: int, form: Form = "mail") -> Iterator[Mail]:
    """*count* letters in order of time, over twenty years (less when few); pipermail has no private ones."""
    talk = Talk(seed, timedelta(days=365.25 * YEARS) / max(count, FEWEST))
    make = _pipermails if form == "pipermail" else _mails
    return islice((mail for letter in talk.letters() for mail in make(letter, seed)), count)


def stream(size: int, seed: int = 7, style: Style = "mboxrd") -> Iterator[bytes]:
    """An mbox of at least *size* bytes that ends with a whole letter, in blocks of about a mebibyte; held nowhere."""
    waiting: list[bytes] = []
    held = done = 0
    for block in mbox(letters(seed, 2 * size // SIZE + 100), style):
        waiting.append(block)
        held += len(block)
        if held >= BLOCK or done + held >= size:
            yield b"".join(waiting)
            waiting.clear()
            done, held = done + held, 0
            if done >= size:
                return


def _mails(letter: Written, seed: int) -> Iterator[Mail]:
    """The letter; now and then a copy of it too."""
    draw = random.Random(seed << 32 | letter.number)
    shape, by_list, dice = shape_of(letter, draw), bool(letter.room.name), draw.random()
    bits = draw.getrandbits(32)
    mail = _mail(letter, shape, bits, by_list=by_list)
    yield mail
    if dice < VARIANTS and by_list:
        yield _mail(letter, shape, bits, by_list=False, copy="variant")
    elif dice < VARIANTS + TWINS and not letter.nameless:
        yield Mail(mail.raw, _truth(letter, shape, by_list=by_list, copy="exact"))


def _mail(letter: Written, shape: Shape, bits: int, *, by_list: bool, copy: Copy = "") -> Mail:
    """*bits* decide how the body is written: the copies of a letter share it."""
    part = body(letter, shape, random.Random(bits), by_list=by_list)
    head = "".join(headers(letter, random.Random(bits + by_list), by_list=by_list)).encode()
    return Mail(head + part.headers + b"\n" + part.body, _truth(letter, shape, by_list=by_list, copy=copy))


def _pipermails(letter: Written, seed: int) -> Iterator[Mail]:
    if letter.room.name:
        draw = random.Random(seed << 32 | letter.number)
        shape = shape_of(letter, draw)
        yield Mail(pipermail(letter, shape, draw), _scrubbed(letter, shape))


def _truth(letter: Written, shape: str, *, by_list: bool, copy: Copy = "") -> Truth:
    return Truth(
        number=letter.number,
        id=None if letter.nameless else letter.id,
        sender=letter.sender.address,
        name=None if letter.sender.name_style == "bare" else letter.sender.shown_name,
        subject=subject(letter, by_list=by_list),
        date=letter.at,
        list=letter.room.id if by_list else None,
        parent=letter.named_parent,
        answers=letter.parent or None,
        thread=letter.thread,
        shape=shape,
        attachments=tuple(Attached(file.name, file.media_type, file.size, file.sha256) for file in letter.files),
        text="\n".join(letter.own),
        copy=copy,
        labels=_labels(letter.number),
    )


def _scrubbed(letter: Written, shape: str) -> Truth:
    """What is left of it in pipermail: everybody's name, no files, and of a page alone not even the text."""
    truth = _truth(letter, shape, by_list=True)
    return replace(
        truth,
        id=letter.id,
        name=letter.sender.name,
        attachments=(),
        text="" if shape == "html" else truth.text,
        scrubbed=tuple(file.name for file in letter.files),
    )


def _labels(number: int) -> tuple[str, ...]:
    return tuple(label for place, label in enumerate(LABELS) if number * 2_654_435_761 >> place + 7 & 3 == 0)


def main(folder: str, count: str, seed: str = "7", style: Style = "mboxrd") -> None:
    """Writes ``letters.mbox`` and ``letters.jsonl`` into *folder*."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    truths: list[Truth] = []
    with (target / "letters.mbox").open("wb") as out:
        for mail in letters(int(seed), int(count)):
            truths.append(mail.truth)
            out.writelines(mbox([mail], style))
    print(f"{jsonl(truths, target / 'letters.jsonl'):,} letters")


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]  # a style
