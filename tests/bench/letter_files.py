"""The files that letters carry: a small pool, encoded once, in which every copy begins with bytes of its own."""

import binascii
import hashlib
import random
from dataclasses import dataclass
from functools import cache

HEAD = 57  # bytes that give one base64 line of 76 characters, so that a fresh head does not move the rest


@dataclass(frozen=True, slots=True)
class File:
    """A file as a letter carries it; *encoded* is its base64 in lines, the last line end included."""

    name: str
    media_type: str
    size: int
    sha256: str
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of file: its first bytes, the middle of its size distribution in bytes, whether it is text."""

    media_type: str
    ending: str
    magic: bytes
    usual: int
    share: int
    text: bool = False


KINDS = (
    Kind("image/jpeg", "jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", 42_000, 9),
    Kind("image/png", "png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 14_000, 4),
    Kind("application/pdf", "pdf", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", 42_000, 5),
    Kind("application/msword", "doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 24_000, 2),
    Kind("application/zip", "zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00", 24_000, 1),
    Kind("text/calendar", "ics", b"BEGIN:VCALENDAR\r\n", 700, 1, text=True),
    Kind("text/x-patch", "patch", b"--- a/rota.txt\n+++ b/rota.txt\n", 3_000, 3, text=True),
    Kind("application/pgp-signature", "asc", b"-----BEGIN PGP SIGNATURE-----\n", 500, 3, text=True),
)
STEMS = (
    "rota", "IMG_20{:02}", "minutes", "plan of the plots", "DSC{:04}", "seed list", "Gießplan", "счёт за воду",
    "Übersicht (neu)", "compte rendu", "水道", "letter to the council", "bild{:03}",
)  # fmt: skip


@cache
def _tails(seed: int) -> dict[Kind, list[tuple[bytes, bytes, int]]]:
    """Kind → (rest of a file, the same in base64, its size), six of each."""
    draw = random.Random(f"files {seed}")
    return {kind: [_tail(draw, kind) for _ in range(6)] for kind in KINDS}


def _tail(draw: random.Random, kind: Kind) -> tuple[bytes, bytes, int]:
    size = int(kind.usual * draw.lognormvariate(0, 0.7))
    rows = (b"%06d a line of the rota\r\n" % number for number in range(size // 26))
    content = b"".join(rows) if kind.text else draw.randbytes(size)
    return content, lines(content), len(content)


def lines(content: bytes) -> bytes:
    """Base64 in lines of 76 characters."""
    coded = binascii.b2a_base64(content, newline=False)
    return b"".join(coded[at : at + 76] + b"\n" for at in range(0, len(coded), 76))


def draw_file(draw: random.Random, seed: int) -> File:
    """A file nobody has sent before; deterministic in *draw* and *seed*."""
    (kind,) = draw.choices(KINDS, weights=[kind.share for kind in KINDS])
    rest, encoded, size = draw.choice(_tails(seed)[kind])
    fresh = f"{draw.getrandbits(100):025x}".encode() if kind.text else draw.randbytes(25)
    head = (kind.magic + fresh).ljust(HEAD, b"-")
    name = f"{draw.choice(STEMS).format(draw.randrange(100))}.{kind.ending}"
    return File(name, kind.media_type, HEAD + size, hashlib.sha256(head + rest).hexdigest(), lines(head) + encoded)
