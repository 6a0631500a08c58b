"""Nasty mails: the letters of tests/dumps/mail and of the generator, damaged by lot; and a few that attack."""

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from tests.bench.letters import letters

MAIL = Path(__file__).parent / "dumps" / "mail"
GENERATED = 40
HEADER = (
    b"From: Iwo <iwo@example.net>\nTo: nell@example.org\nSubject: %s\nDate: Sat, 4 Mar 2023 18:02:07 +0000\n"
    b"Message-ID: <nasty@example.net>\nMIME-Version: 1.0\n"
)
CHARSETS = (
    b"utf-8", b"us-ascii", b"utf-7", b"utf-16", b"utf-32le", b"iso-2022-jp", b"iso-2022-kr", b"hz-gb-2312",
    b"shift_jis", b"gb18030", b"big5-hkscs", b"ks_c_5601-1987", b"koi8-r", b"x-garden", b"", b"unknown-8bit", b"idna",
    b"base64", b"unicode_escape", b"rot13", b"\x00", b"x" * 5_000,
)  # fmt: skip
ENCODINGS = (b"base64", b"quoted-printable", b"8bit", b"7bit", b"binary", b"x-uuencode", b"x-garden", b"", b"base64;x")
INJECTED = (
    b"Content-Type: multipart/mixed; boundary=\n", b"Content-Type: multipart/mixed; boundary=\"\n", b"Content-Type\n",
    b"Content-Type: text/plain; charset=\"utf-8\n", b"Content-Transfer-Encoding: base64\n", b"From nobody\n", b": \n",
    b"Content-Type: message/rfc822\n", b"Content-Type: ;;;===;\"\n", b"Subject: =?utf-8?B?" + b"/" * 99 + b"?=\n",
    b"Date: 99 Foo 99999 99:99:99 +9999999\n", b"Date: \xd9\xa3 \xd9\xa5 2004\n", b"From: <<>>@@,,;;::\"(\n",
    b"Message-ID: <>\nMessage-ID: <\n", b"References: <a@b> <a@b> <a@b <c@d>>\n", b"X-Gmail-Labels: \"a,b\n", b"\t\n",
    b"List-Id: <<<\n", b"To: a:b:c;d:;;\n", b"Content-Length: 99999999999999999999\n", b"X-Mozilla-Status: zzzz\n",
)  # fmt: skip

Mutation = Callable[[bytes, random.Random], bytes]


def nasty(seed: int, count: int) -> Iterator[bytes]:
    """*count* damaged letters, then every one of `hostile`; the same for the same *seed*."""
    draw = random.Random(f"nasty {seed}")
    for _ in range(count):
        mail = draw.choice(whole())
        for _ in range(1 + int(draw.expovariate(0.8))):
            mail = draw.choice(MUTATIONS)(mail, draw)
        yield mail
    for _, mail in hostile():
        yield mail


@cache
def whole() -> list[bytes]:
    """The letters that are damaged: all of tests/dumps/mail that is not packed, and some of the generator."""
    found: list[bytes] = []
    for file in sorted(MAIL.glob("*/dump/**/*")):
        if file.is_file() and b"\nFrom:" in b"\n" + (content := file.read_bytes()) and b"PK\x03\x04" not in content[:4]:
            found += [mail for mail in re.split(rb"(?m)^From [^\n]*\n", content) if mail.strip()]
    return found + [mail.raw[:60_000] for mail in islice(letters(11, 1_000), GENERATED)]


def flip(mail: bytes, draw: random.Random) -> bytes:
    """A few bytes are others."""
    data = bytearray(mail)
    for _ in range(draw.randrange(1, 30) if data else 0):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data)


def cut(mail: bytes, draw: random.Random) -> bytes:
    """The beginning, a byte at least."""
    return mail[: _place(mail, draw) or 1]


def hole(mail: bytes, draw: random.Random) -> bytes:
    at = _place(mail, draw)
    return mail[:at] + mail[at + draw.randrange(1, 400) :]


def repeat(mail: bytes, draw: random.Random) -> bytes:
    at = _place(mail, draw)
    piece = mail[at : at + draw.randrange(1, 2_000)]
    return mail[:at] + piece * draw.randrange(2, 20) + mail[at:]


def splice(mail: bytes, draw: random.Random) -> bytes:
    """The beginning of this letter and the end of another."""
    other = draw.choice(whole())
    return mail[: _place(mail, draw)] + other[_place(other, draw) :]


def boundaries(mail: bytes, draw: random.Random) -> bytes:
    """Each boundary line stays, is doubled, closes, or goes."""
    ways = (b"%s", b"%s\n%s", b"%s--", b"", b"%s  ", b" %s", b"%s-x")
    return re.sub(rb"(?m)^--[^\s-][^\n]*", lambda found: _filled(draw.choice(ways), found[0]), mail)


def _filled(way: bytes, line: bytes) -> bytes:
    return way.replace(b"%s", line)


def charset(mail: bytes, draw: random.Random) -> bytes:
    name = draw.choice(CHARSETS)
    swapped = re.sub(rb'(?i)charset="?[\w-]+', lambda _: b"charset=" + name, mail)
    return re.sub(rb"=\?[\w-]+\?", lambda _: b"=?" + name + b"?", swapped)


def encoding(mail: bytes, draw: random.Random) -> bytes:
    name = draw.choice(ENCODINGS)
    return re.sub(rb"(?i)(transfer-encoding:)[^\n]*", lambda found: found[1] + b" " + name, mail)


def long_line(mail: bytes, draw: random.Random) -> bytes:
    piece = draw.choice(
        (b"x", b"> ", b"a b ", b"=", b"<", b"\xff", b"(", b"_", b"On a wrote: ", b"=?utf-8?Q?a?= ", b"\t")
    )
    return _at_line(mail, draw, piece * (200_000 // len(piece)))


def nuls(mail: bytes, draw: random.Random) -> bytes:
    return _at_line(mail, draw, b"\x00" * draw.randrange(1, 500))


def inject(mail: bytes, draw: random.Random) -> bytes:
    """A field that nobody wrote, at the beginning of some line of the header."""
    head, blank, body = mail.partition(b"\n\n")
    rows = head.split(b"\n")
    rows.insert(draw.randrange(len(rows) + 1), draw.choice(INJECTED).rstrip(b"\n"))
    return b"\n".join(rows) + blank + body


def shuffle(mail: bytes, draw: random.Random) -> bytes:
    """The header's lines in another order, folded ones torn off."""
    head, blank, body = mail.partition(b"\n\n")
    rows = head.split(b"\n")
    draw.shuffle(rows)
    return b"\n".join(rows) + blank + body


def without_blank(mail: bytes, draw: random.Random) -> bytes:
    return mail.replace(b"\n\n", b"\n", 1)


def line_ends(mail: bytes, draw: random.Random) -> bytes:
    """CR LF, bare CR, or whatever comes."""
    ends = draw.choice(((b"\r\n",), (b"\r",), (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\x0b", b"\x85")))
    return b"".join(line + draw.choice(ends) for line in mail.split(b"\n"))


MUTATIONS: tuple[Mutation, ...] = (
    flip, cut, hole, repeat, splice, boundaries, charset, encoding, long_line, nuls, inject, inject, shuffle,
    without_blank, line_ends,
)  # fmt: skip


def _place(mail: bytes, draw: random.Random) -> int:
    return draw.randrange(len(mail) + 1)


def _at_line(mail: bytes, draw: random.Random, piece: bytes) -> bytes:
    at = mail.find(b"\n", _place(mail, draw)) + 1
    return mail[:at] + piece + b"\n" * draw.randrange(2) + mail[at:]


def hostile() -> Iterator[tuple[str, bytes]]:
    """(what it is, the mail): each has one thing far too often, too deep or too long."""
    yield from ((made.__name__.replace("_", " "), made()) for made in HOSTILE)


def deep_multipart(depth: int = 400) -> bytes:
    """Multiparts in multiparts."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(depth)
    )
    closed = b"".join(b"--b%d--\n" % level for level in reversed(range(depth)))
    return HEADER % b"Deep multipart" + opened + b"Content-Type: text/plain\n\nThe frog at the bottom.\n" + closed


def deep_rfc822(depth: int = 300) -> bytes:
    """Mails in mails."""
    levels = b"".join(HEADER % b"Deep mail %d" % level + b"Content-Type: message/rfc822\n\n" for level in range(depth))
    return levels + HEADER % b"The last" + b"\nThe frog at the bottom.\n"


def many_parts(count: int = 20_000) -> bytes:
    part = b"--b\nContent-Type: text/plain\n\nThe frog.\n"
    return HEADER % b"Many parts" + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * count + b"--b--\n"


def many_files(count: int = 2_000) -> bytes:
    part = b'--b\nContent-Type: text/plain; name="frog.txt"\nContent-Disposition: attachment\n\nThe frog %d.\n'
    parts = b"".join(part % number for number in range(count))
    return HEADER % b"Many files" + b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n"


def many_headers(count: int = 100_000) -> bytes:
    return HEADER % b"Many headers" + b"".join(b"X-Frog-%d: it swims\n" % n for n in range(count)) + b"\nThe frog.\n"


def many_received(count: int = 20_000) -> bytes:
    row = b"Received: from a by b; Mon, 3 May 2004 10:00:00 +0200\n"
    return row * count + HEADER % b"Many stations" + b"\nThe frog.\n"


def many_references(count: int = 20_000) -> bytes:
    ids = b"".join(b"\n\t<frog-%d@example.net>" % number for number in range(count))
    return HEADER % b"Re: Many references" + b"References:" + ids + b"\n\nThe frog.\n"


def many_recipients(count: int = 3_000) -> bytes:
    names = b",\n\t".join(b'"Frog, No. %d" <frog-%d@example.net>' % (number, number) for number in range(count))
    return HEADER % b"Many recipients" + b"Cc: " + names + b"\n\nThe frog.\n"


def many_words(count: int = 20_000) -> bytes:
    return HEADER % (b"=?utf-8?Q?fr=C3=B6g?=\n " * count + b"end") + b"\nThe frog.\n"


def many_labels(count: int = 20_000) -> bytes:
    labels = b",".join(b'"frog, %d"' % number for number in range(count))
    return HEADER % b"Many labels" + b"X-Gmail-Labels: " + labels + b"\n\nThe frog.\n"


def many_pieces_of_a_name(count: int = 10_000) -> bytes:
    pieces = b";".join(b"\n filename*%d*=fr%%C3%%B6g" % number for number in range(count))
    part = b"--b\nContent-Type: text/plain\nContent-Disposition: attachment;" + pieces + b"\n\nThe frog.\n--b--\n"
    return HEADER % b"A name in pieces" + b"Content-Type: multipart/mixed; boundary=b\n\n" + part


def many_replies(count: int = 50_000) -> bytes:
    return HEADER % (b"Re: [frog] " * count) + b"\nThe frog.\n"


def many_quotes(depth: int = 3_000) -> bytes:
    rows = b"".join(b">" * level + b" The frog.\n" for level in range(depth))
    return HEADER % b"Re: Deep quotes" + b"\n" + rows


def many_attributions(count: int = 50_000) -> bytes:
    return HEADER % b"Re: On and on" + b"\n" + b"On a b a b " * count + b"\n" + b"On a b\n" * count


def many_footers(count: int = 20_000) -> bytes:
    return HEADER % b"Footers" + b"\n" + (b"_" * 47 + b"\nFrog mailing list\n-- \n-----Original Message-----\n") * count


def long_body_line(size: int = 8_000_000) -> bytes:
    return HEADER % b"A long line" + b"\n" + b"frog " * (size // 5)


def long_spaces(size: int = 4_000_000) -> bytes:
    """White space that somebody may want to strip, with something behind it."""
    return HEADER % (b"Spaces" + b" \t" * (size // 8) + b"end") + b"\n" + b" \t" * (size // 2) + b"x\n" + b"\n" * size


def long_base64(size: int = 4_000_000) -> bytes:
    """One line without an end, and not a multiple of four."""
    return HEADER % b"Base64" + b"Content-Transfer-Encoding: base64\n\n" + b"RnJv" * (size // 4) + b"Z"


def long_quoted_printable(size: int = 4_000_000) -> bytes:
    return HEADER % b"Equal signs" + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * size + b"\n"


def long_name(size: int = 500_000) -> bytes:
    """Comments and quotes that are opened and never closed."""
    begun = b"Date: Sat, 4 Mar 2023 18:02:07 +0000\nMessage-ID: <nasty@example.net>\nSubject: Open\n"
    opened = begun + b"From: " + b"(" * size + b'"' * size + b"\\" * size + b"<" * size + b"iwo@example.net\n"
    return opened + b"To: " + b"a@b," * (size // 20) + b"\n\nThe frog.\n"


def long_parameters(size: int = 200_000) -> bytes:
    return HEADER % b"Parameters" + b"Content-Type: text/plain" + b'; a="b\\"' * size + b"\n\nThe frog.\n"


def long_folding(count: int = 300_000) -> bytes:
    return HEADER % (b"Folded" + b"\n " * count + b"end") + b"\nThe frog.\n"


def long_date(size: int = 500_000) -> bytes:
    dates = b"Date: " + b"1" * size + b" May 2004\nDate: " + b"Mon, " * size + b"\n"
    return b"From: iwo@example.net\nSubject: When\n" + dates + b"\nThe frog.\n"


def almost_boundaries(count: int = 200_000) -> bytes:
    """Lines that begin as a boundary does."""
    rows = b"--" + b"b" * 69 + b"\n"
    kind = b"Content-Type: multipart/mixed; boundary=" + b"b" * 70 + b"\n\n"
    return HEADER % b"Almost" + kind + rows * count


def almost_separators(count: int = 200_000) -> bytes:
    return HEADER % b"From and from" + b"\n" + b"From frog Mon Feb  3 10:00:00 2020\n\n" * count


def deep_html(depth: int = 20_000) -> bytes:
    page = b"<div><blockquote>" * depth + b"The frog." + b"</blockquote></div>" * depth
    return HEADER % b"Deep HTML" + b"Content-Type: text/html\n\n" + page


def broken_html(count: int = 200_000) -> bytes:
    return (
        HEADER % b"Broken HTML" + b"Content-Type: text/html\n\n" + b"<a <!-- <![CDATA[ &#x110000; &#0; <style " * count
    )


def nested_escapes(count: int = 200_000) -> bytes:
    """ISO 2022 escapes, half of them unknown."""
    kind = b"Content-Type: text/plain; charset=iso-2022-jp-2\n\n"
    return HEADER % b"Escapes" + kind + b"\x1b$B\x1b(B\x1b$A\x1b.A\x1bN" * count


HOSTILE: tuple[Callable[[], bytes], ...] = (
    deep_multipart, deep_rfc822, many_parts, many_files, many_headers, many_received, many_references, many_recipients,
    many_words, many_labels, many_pieces_of_a_name, many_replies, many_quotes, many_attributions, many_footers,
    long_body_line, long_spaces, long_base64, long_quoted_printable, long_name, long_parameters, long_folding,
    long_date, almost_boundaries, almost_separators, deep_html, broken_html, nested_escapes,
)  # fmt: skip
