"""Mutations of good inputs for each reader, by lot but the same for the same seed, and what may come of them: items,
or an error of ours; within seconds and with little memory. Anything else is a finding.

``python -m tests.fuzz whatsapp 200000`` is the long run; the tests do a few thousand of each.
"""

import random
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from archiver.contracts import Hints, Importer
from archiver.dump import Dump, Limits
from archiver.errors import ArchiveError
from archiver.importers import mail, whatsapp
from archiver.model import Message, Stretch
from tests import fuzz_facebook, nasty
from tests.hostile import corpus
from tests.hostile.zips import texts
from tests.whatsapp_chats import held

SLOW = 5.0  # seconds of CPU for one input
_SEASONING = [
    b"\0", b"\xff", b"\xed\xa0\x80", "\u202e".encode(), "\u200e".encode(), b"\r", b"\n", b"\r\n", b":", b" - ", b"] ",
    b"[", b"<attached: ", b"\x1b[31m", b"12/05/2023, 09:30 - ", b"[12.05.23, 11:30:04] ", b"31/31/9999, 99:99 - ",
    "٢٠٢٣".encode(), b"\xef\xbb\xbf", b"\xff\xfe", b"From ", b"Content-Type: multipart/mixed; boundary=", b"=?utf-8?q?",
    b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"9" * 50, b"A" * 500,
]  # fmt: skip


def mutated(seeds: list[bytes], draw: random.Random) -> bytes:
    """One of the seeds after a few accidents."""
    content = bytearray(draw.choice(seeds))
    for _ in range(draw.choice((1, 1, 2, 3, 5, 8))):
        at = draw.randrange(len(content) + 1)
        size = draw.choice((1, 1, 2, 4, 16, 64, 256))
        match draw.randrange(7):
            case 0:
                content[at : at + size] = draw.randbytes(size)
            case 1:
                del content[at : at + size]
            case 2:
                content[at:at] = draw.choice(_SEASONING)
            case 3:
                content[at:at] = content[at : at + size] * draw.choice((1, 2, 50))
            case 4 if content:
                at = min(at, len(content) - 1)
                content[at] ^= 1 << draw.randrange(8)
            case 5:
                other = draw.choice(seeds)
                start = draw.randrange(len(other) + 1)
                content[at : at + size] = other[start : start + size]
            case _:
                del content[at + 4096 :]
    return bytes(content[: 1 << 16])


@dataclass(frozen=True)
class Reader:
    """What is fuzzed: good inputs, and how one is read to its end; returns how many messages came of it. *mutated*:
    makes an input of them."""

    name: str
    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes], int]
    mutated: Callable[[list[bytes], random.Random], bytes] = mutated


def _messages(importer: Importer, dump: Dump) -> int:
    count = 0
    for item in importer.read(dump, Hints(zone="UTC")):
        count += len(item) if isinstance(item, Stretch) else isinstance(item, Message)
        if isinstance(item, Message):
            for file in item.attachments:
                if file.content is not None:
                    deque(file.content.blocks(), maxlen=0)  # what lies inside a letter is decoded as it is read
    return count


def _chat(content: bytes) -> int:
    return _messages(whatsapp, held(content))


def _letters(content: bytes) -> int:
    return _messages(mail, held(content, "box.mbox"))


def _zip(content: bytes) -> int:
    """Through the real dump, for that is what is fuzzed."""
    file = _SCRATCH / "Chat.zip"
    file.write_bytes(content)
    with Dump.open([file], Limits(total_bytes=1 << 24)) as dump:
        for entry in dump.entries:
            with dump.open_entry(entry) as stream:
                while stream.read(1 << 16):
                    pass
        return len(dump.entries)


def _chats() -> list[bytes]:
    stored = Path(__file__).parent / "dumps" / "whatsapp"
    found = [file.read_bytes() for file in sorted(stored.rglob("*.txt"))]
    hostile = [case.make() for case in corpus.chats() if case.title not in {"a million lines", "many senders"}]
    return [content[: 1 << 14] for content in (*found, *hostile) if content]


def _boxes() -> list[bytes]:
    return [b"From a@b Mon May  1 09:00:00 2023\n" + raw[: 1 << 14] for raw in nasty.whole() if raw]


def _zips() -> list[bytes]:
    hostile = [content for case in corpus.zips() if len(content := case.make()) < 1 << 16]
    honest = [texts("_chat.txt", "a/b.jpg"), texts(*(f"{n}.txt" for n in range(20)))]
    return honest * len(hostile) + hostile  # most of what is hostile is refused at once, before and after


READERS = {
    "whatsapp": Reader("whatsapp", _chats, _chat),
    "mail": Reader("mail", _boxes, _letters),
    "facebook": Reader("facebook", fuzz_facebook.seeds, fuzz_facebook.read, fuzz_facebook.mutated),
    "zip": Reader("zip", _zips, _zip),
}
_TEMPORARY = TemporaryDirectory(prefix="archive-fuzz-")
_SCRATCH = Path(_TEMPORARY.name)


@dataclass(frozen=True)
class Finding:
    """An input that did what none may do."""

    number: int
    what: str
    content: bytes


def findings(reader: Reader, count: int, seed: int = 0) -> Iterator[Finding]:
    """Read *count* mutations; yields those that raise what is no error of ours, or take too long."""
    draw, seeds = random.Random(f"{reader.name} {seed}"), reader.seeds()
    for number in range(count):
        content = reader.mutated(seeds, draw)
        began = time.process_time()
        try:
            reader.read(content)
        except ArchiveError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            yield Finding(number, repr(error), content)
        if (took := time.process_time() - began) > SLOW:
            yield Finding(number, f"{took:.1f} seconds", content)


def main() -> int:
    """Fuzz a reader by name, so many times; say how it went."""
    import resource

    name, count = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    began, found = time.process_time(), 0
    for one in findings(READERS[name], count, seed):
        found += 1
        print(f"{one.number}: {one.what}: {one.content[:300]!r}", flush=True)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name}: {count:,} inputs, {found} findings, {time.process_time() - began:.0f} s, {mib} MiB")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
