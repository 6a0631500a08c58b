"""Small real files that are no pictures: a watering rota (PDF), a contact card, a message of nothing."""

import struct

ROTA = """\
GARDEN CLUB
Watering rota, June 2023

Mon  Farida
Tue  Thuy
Wed  the school (cups)
Thu  Kofi
Fri  Iwo
Sat  everybody
Sun  Joaquin and the frog

Close the tap. Then look at the tap."""


def rota() -> bytes:
    """A one-page PDF, uncompressed (PDF 1.4, ISO 32000-1 annex H.2 shows the shape)."""
    rows = " ".join(f"({row}) Tj T*" for row in ROTA.splitlines())
    page = f"BT /F1 18 Tf 26 TL 60 520 Td {rows} ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
    ]
    body, places = b"%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return body + head + table + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))


def contact_card(name: str) -> bytes:
    """A vCard 3.0 (RFC 2426) with a number that Ofcom keeps for fiction."""
    rows = ("BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}", "TEL;type=WORK:+44 7700 900456",
            "EMAIL:swarms@example.org", "END:VCARD")  # fmt: skip
    return "".join(f"{row}\r\n" for row in rows).encode()


def four_seconds_of_nothing() -> bytes:
    """Ogg Opus (RFC 7845): 200 packets of 20 ms, each Opus's own shortest way of saying silence."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"tank" + struct.pack("<I", 0)
    silence = [b"\xf8\xff\xfe"] * 200
    return _ogg_page([head], 0, 0, 2) + _ogg_page([tags], 1, 0, 0) + _ogg_page(silence, 2, 200 * 960, 4)


def _ogg_page(packets: list[bytes], number: int, samples: int, flags: int) -> bytes:
    """One Ogg page (RFC 3533 section 6) of packets shorter than 255 bytes."""
    lacing = bytes(len(packet) for packet in packets)
    start = struct.pack("<4sBBqII", b"OggS", 0, flags, samples, 1979, number)
    rest = bytes([len(lacing)]) + lacing + b"".join(packets)
    return start + struct.pack("<I", _ogg_crc(start + bytes(4) + rest)) + rest


def _ogg_crc(data: bytes) -> int:
    remainder = 0
    for byte in data:
        remainder ^= byte << 24
        for _ in range(8):
            remainder = (remainder << 1) ^ (0x104C11DB7 if remainder & 0x80000000 else 0)
    return remainder
