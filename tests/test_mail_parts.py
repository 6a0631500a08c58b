"""The parts of a mail: where they are, what encodes them, and what happens when they are not as they should be."""

import base64
import binascii
import io
import itertools
import random
import tempfile

import pytest
from fast_mail_parser import ParseError, PyLazyMimePart, parse_email_tree
from hypothesis import given
from hypothesis import strategies as st

from archiver.importers.mail import parts, transfer
from archiver.importers.mail.big import Whole
from archiver.importers.mail.bodies import Body, read_body
from archiver.importers.mail.parts import Part, Tree
from archiver.model import Attachment


def multipart(kind: str, *pieces: str, boundary: str = "=_spade", closed: bool = True) -> str:
    """A multipart's header and body; *pieces* are whole parts, header first."""
    lines = [f'Content-Type: multipart/{kind}; boundary="{boundary}"', ""]
    for piece in pieces:
        lines += [f"--{boundary}", piece]
    return "\n".join([*lines, f"--{boundary}--" if closed else "", ""])


def leaf(body: str, kind: str = "text/plain", *fields: str) -> str:
    return "\n".join([f"Content-Type: {kind}", *fields, "", body])


def letter(entity: str) -> bytes:
    return f"From: Ana <ana@garden.example>\nSubject: Seeds\nMIME-Version: 1.0\n{entity}".encode()


def tree(raw: bytes) -> Tree:
    return parts.walk(parts.root(raw, len(raw)))


def shape(part: Part) -> object:
    """Kinds, nested as the parts are."""
    return (part.kind, *map(shape, part.children)) if part.children else part.kind


def content(attachment: Attachment) -> bytes:
    assert attachment.content is not None
    return b"".join(attachment.content.blocks())


def whats(body: Body) -> set[str]:
    return {what for what, _ in body.problems}


NOTE = leaf("Bring spades.")
PICTURE = leaf(
    base64.encodebytes(bytes(range(200))).decode(), 'image/png; name="bed.png"', "Content-Transfer-Encoding: base64"
)


def test_parts_are_found_with_the_line_break_before_a_delimiter_left_to_it() -> None:
    raw = letter(multipart("mixed", leaf("One\n"), leaf("Two"), leaf("")))
    root = tree(raw).root
    assert [raw[child.start : child.end] for child in root.children] == [b"One\n", b"Two", b""]


def test_line_ends_may_be_crlf() -> None:
    raw = letter(multipart("mixed", NOTE, PICTURE)).replace(b"\n", b"\r\n")
    root = tree(raw).root
    assert shape(root) == ("multipart/mixed", "text/plain", "image/png")
    assert raw[root.children[0].start : root.children[0].end] == b"Bring spades."
    assert content(read_body(raw).attachments[0]) == bytes(range(200))


def test_line_ends_may_be_cr() -> None:
    raw = letter(multipart("mixed", NOTE, PICTURE)).replace(b"\n", b"\r")
    body = read_body(raw)
    assert body.text == "Bring spades."
    assert content(body.attachments[0]) == bytes(range(200))


def test_multiparts_nest() -> None:
    inner = multipart("alternative", NOTE, leaf("<p>Bring spades.", "text/html"), boundary="inner")
    root = tree(letter(multipart("mixed", inner, PICTURE))).root
    assert shape(root) == ("multipart/mixed", ("multipart/alternative", "text/plain", "text/html"), "image/png")


def test_a_boundary_that_begins_another_one_is_not_taken_for_it() -> None:
    inner = multipart("alternative", NOTE, NOTE, boundary="bed-1")
    raw = letter(multipart("mixed", inner, NOTE, boundary="bed"))
    assert shape(tree(raw).root) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/plain"),
        "text/plain",
    )


@pytest.mark.parametrize(
    "written",
    [
        'boundary="b e d"',
        "boundary=b e d",
        'BOUNDARY = "b e d"',
        'charset=utf-8;\n\tboundary="b e d"; x=y',
        'boundary*0="b ";\n boundary*1="e d"',
        "boundary*=us-ascii''b%20e%20d",
        'boundary="b e d  "',
    ],
)
def test_a_boundary_is_read_however_it_is_written(written: str) -> None:
    raw = letter(f"Content-Type: multipart/mixed; {written}\n\n--b e d\n{NOTE}\n--b e d  \n{NOTE}\n--b e d--\n")
    assert shape(tree(raw).root) == ("multipart/mixed", "text/plain", "text/plain")


@pytest.mark.parametrize("head", ["Content-Type: multipart/mixed", 'Content-Type: multipart/mixed; boundary="other"'])
def test_a_boundary_that_the_header_does_not_tell_is_guessed_from_the_body(head: str) -> None:
    raw = letter(f"{head}\n\n-- \nnot this\n\n--bed\n{NOTE}\n--bed\n{NOTE}\n--bed--\n")
    assert shape(tree(raw).root) == ("multipart/mixed", "text/plain", "text/plain")


def test_a_multipart_without_any_delimiter_is_read_as_text_and_noted() -> None:
    body = read_body(letter('Content-Type: multipart/mixed; boundary="bed"\n\nBring spades.\n'))
    assert body.text == "Bring spades."
    assert whats(body) == {"multipart-without-parts"}


def test_a_truncated_multipart_keeps_what_is_there_and_is_noted() -> None:
    raw = letter(multipart("mixed", NOTE, PICTURE, closed=False))[:-40]
    body = read_body(raw)
    assert body.text == "Bring spades."
    assert bytes(range(200)).startswith(content(body.attachments[0]))
    assert len(content(body.attachments[0])) > 100
    assert "truncated-multipart" in whats(body)


def test_an_outer_delimiter_ends_what_is_open_inside() -> None:
    inner = multipart("alternative", NOTE, boundary="inner", closed=False)
    body = read_body(letter(multipart("mixed", inner, PICTURE)))
    assert (body.text, body.attachments[0].name) == ("Bring spades.", "bed.png")
    assert whats(body) == {"truncated-multipart"}


def test_a_part_without_a_header_is_plain_text() -> None:
    assert read_body(letter(multipart("mixed", "\nBring spades."))).text == "Bring spades."
    assert read_body(letter(multipart("mixed", "Bring spades.\nAnd gloves."))).text == "Bring spades.\nAnd gloves."


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("TEXT/Plain", "text/plain"),
        (" text/html ;charset=x", "text/html"),
        ("text", "text/plain"),
        ("pdf", "text/plain"),
        ("/", "text/plain"),
        ("image/svg+xml (a comment)", "image/svg+xml"),
        ("application/vnd.ms-excel.sheet", "application/vnd.ms-excel.sheet"),
        ("", "text/plain"),
        ("\x80/\xff", "text/plain"),
    ],
)
def test_a_media_type_is_lower_case_and_text_plain_if_it_is_none(written: str, kind: str) -> None:
    assert tree(letter(f"Content-Type: {written}\n\nx")).root.kind == kind


def test_blanks_before_the_first_header_do_not_hide_the_structure() -> None:
    raw = b" \r\n\n" + letter(multipart("mixed", NOTE, PICTURE))
    assert shape(tree(raw).root) == ("multipart/mixed", "text/plain", "image/png")
    assert read_body(b" " + letter(leaf("<p>Bring spades.", "text/html"))).text == "Bring spades."


def test_an_envelope_line_inside_a_header_does_not_end_it() -> None:
    raw = letter(multipart("mixed", leaf("x").replace("\n", "\n>From ana@garden.example Mon Feb  3\n", 1)))
    assert read_body(b">From ana Mon Feb\n" + raw).text == "x"


def test_a_nested_message_is_the_child_of_its_part() -> None:
    inner = "Content-Type: message/rfc822\n\nFrom: Bo <bo@garden.example>\n" + multipart("mixed", NOTE, boundary="in")
    root = tree(letter(multipart("mixed", NOTE, inner))).root
    assert shape(root) == ("multipart/mixed", "text/plain", ("message/rfc822", ("multipart/mixed", "text/plain")))


def test_a_nested_message_may_be_encoded_though_it_must_not() -> None:
    inner = base64.encodebytes(letter(NOTE)).decode()
    body = read_body(letter(multipart("mixed", leaf(inner, "message/rfc822", "Content-Transfer-Encoding: base64"))))
    assert body.text.endswith("Bring spades.")
    assert whats(body) == {"encoded-structure"}


def test_a_multipart_may_be_encoded_though_it_must_not() -> None:
    head, _, inner = multipart("mixed", NOTE, PICTURE).partition("\n\n")
    raw = letter(f"{head}\nContent-Transfer-Encoding: base64\n\n{base64.encodebytes(inner.encode()).decode()}")
    body = read_body(raw)
    assert (body.text, body.attachments[0].name) == ("Bring spades.", "bed.png")


# --- transfer encodings ---


def encoded(data: bytes, encoding: str) -> Body:
    head = f"Content-Transfer-Encoding: {encoding}\nContent-Type: text/plain; charset=utf-8\n\n".encode()
    return read_body(b"Subject: Seeds\n" + head + data)


@pytest.mark.parametrize(
    "data",
    [
        b"QnJpbmcgc3BhZGVzLg==",
        b"QnJpbmcg\r\nc3BhZGVzLg==\r\n",
        b"QnJpbmcgc3BhZGVzLg",
        b"QnJpbmcgc3BhZGVzLgA"[:-1] + b"x",
        b"QnJp*bmcgc3BhZGVzLg==",
        b"QnJpbmcg====c3BhZGVzLg==",
        b"QnJpbmcgc3BhZGVz\nLg=\n",
    ],
)
def test_base64_of_any_length_and_with_foreign_characters_is_read(data: bytes) -> None:
    assert encoded(data, "base64").text.rstrip("\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c") == "Bring spades."


@pytest.mark.parametrize("data", [b"QnJpbmcgc3BhZGVzLg", b"QnJp*bmcgc3BhZGVzLg==", b"QnJpbmcgc3BhZGVzLg==Q"])
def test_repaired_base64_is_noted(data: bytes) -> None:
    assert whats(encoded(data, "base64")) == {"bad-base64"}


def test_sound_base64_is_not_noted() -> None:
    assert not encoded(base64.encodebytes("Rosen, Dahlien, Grüße".encode() * 50), "BASE64").problems


FOOTER = "_______________________________________________\nGarden mailing list\ngarden@lists.example\nhttps://lists.example/garden\n"


def test_a_lists_footer_behind_base64_text_stays_text() -> None:
    data = base64.encodebytes(b"Bring spades. " * 30)
    body = encoded(data + FOOTER.encode(), "base64")
    assert body.text == ("Bring spades. " * 30).rstrip("\n") + "\n" + FOOTER.rstrip("\n")
    assert whats(body) == {"bad-base64"}


def test_a_lists_footer_behind_a_file_stays_text_and_out_of_the_file() -> None:
    body = read_body(letter(f"{PICTURE}\n{FOOTER}"))
    assert content(body.attachments[0]) == bytes(range(200))
    assert body.text == FOOTER.rstrip("\n")
    assert whats(body) == {"bad-base64"}


def test_a_bad_line_within_base64_is_no_footer() -> None:
    lines = base64.encodebytes(b"Bring spades. " * 100).decode().split("\n")
    body = encoded("\n".join([*lines[:5], "-- !! --", *lines[5:]]).encode(), "base64")
    assert body.text == "Bring spades. " * 100


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Gr=C3=BC=c3=9fe", "Grüße"),
        (b"one =\ntwo =  \nthree=\r\n!", "one two three!"),
        (b"1 =ZZ 2 = 3 =4", "1 =ZZ 2 = 3 =4"),
        (b"ends with =", "ends with "),
        (b"=3D=3d", "=="),
    ],
)
def test_quoted_printable_is_read_as_far_as_it_is_some(data: bytes, text: str) -> None:
    assert encoded(data, "Quoted-Printable").text == text


def test_bad_quoted_printable_is_noted_and_good_is_not() -> None:
    assert whats(encoded(b"1 =ZZ 2", "quoted-printable")) == {"bad-quoted-printable"}
    assert not encoded(b"1 =3D 2=\n3", "quoted-printable").problems


def uuencoded(data: bytes, name: str = "bed.txt") -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


@pytest.mark.parametrize("encoding", ["x-uuencode", "uuencode", "X-UUE"])
def test_a_uuencoded_part_is_decoded_and_named_by_its_first_line(encoding: str) -> None:
    data = bytes(range(256)) * 3
    head = f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    body = read_body(b"Subject: Seeds\n" + head + uuencoded(data))
    assert content(body.attachments[0]) == data
    assert body.attachments[0].name == "bed.txt"


def test_uuencoded_files_in_a_text_become_files() -> None:
    text = (
        b"Subject: Seeds\n\nHere is the bed.\n\n"
        + uuencoded(b"Dahlias\n" * 40)
        + b"\nAna\n"
        + uuencoded(b"x", "../../y")
    )
    body = read_body(text)
    assert body.text == "Here is the bed.\n\n\nAna"
    assert [(one.name, content(one)) for one in body.attachments] == [("bed.txt", b"Dahlias\n" * 40), ("y", b"x")]


def test_a_sentence_that_begins_like_a_uuencoded_file_stays() -> None:
    text = "We can\nbegin 644 times\nand end\nend\n"
    assert read_body(b"Subject: Seeds\n\n" + text.encode()).text == text.rstrip("\n")


def test_an_unknown_encoding_is_none() -> None:
    assert encoded("Grüße".encode(), "utf-8").text == "Grüße"
    assert encoded(b"a=3Db", "7bit (really)").text == "a=3Db"


@given(
    st.binary(max_size=3000), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit"]), st.integers(1, 70)
)
def test_what_is_encoded_comes_back_whatever_the_blocks(data: bytes, encoding: str, block: int) -> None:
    written = {
        "base64": base64.encodebytes(data),
        "quoted-printable": binascii.b2a_qp(data, istext=False),
        "x-uuencode": uuencoded(data),
        "7bit": data,
    }[encoding]
    decoder = transfer._DECODERS.get(encoding, transfer._Plain)()
    pieces = [decoder.feed(written[at : at + block]) for at in range(0, len(written), block)]
    assert b"".join(pieces) + decoder.finish() == data
    assert not decoder.repaired


@given(st.binary(max_size=500), st.sampled_from([*transfer.CODED, ""]))
def test_no_bytes_make_decoding_fail(data: bytes, encoding: str) -> None:
    whole = transfer.whole(data, 0, len(data), encoding, 400)
    assert len(whole.data) <= len(data)
    assert b"".join(transfer.Encoded(data, 0, len(data), encoding).blocks()) is not None


# --- limits ---


def nested(levels: int, kind: str = "mixed") -> bytes:
    head = "".join(f'Content-Type: multipart/{kind}; boundary="b{level}."\n\n--b{level}.\n' for level in range(levels))
    return letter(head + leaf("the kernel") + "".join(f"\n--b{level}.--" for level in reversed(range(levels))))


def test_a_hundred_levels_are_read() -> None:
    body = read_body(nested(99))
    assert body.text == "the kernel"
    assert not body.problems


@pytest.mark.parametrize("kind", ["mixed", "alternative", "related"])
def test_what_lies_deeper_is_one_file_of_raw_bytes_and_the_limit_is_named(kind: str) -> None:
    body = read_body(nested(400, kind))
    assert len(body.attachments) == 1
    assert b"the kernel" in content(body.attachments[0])
    assert [note for what, note in body.problems if what == "too-deep"] == [
        "parts more than 100 levels deep were kept as one file (limit 100; --limit-mime-depth raises it)"
    ]


def test_three_hundred_mails_one_in_the_other_are_cut_at_the_limit() -> None:
    body = read_body(letter("Content-Type: message/rfc822\n\nSubject: again\n" * 300 + NOTE))
    assert body.text.count("forwarded message") == 100
    assert "too-deep" in whats(body)
    assert b"Bring spades." in content(body.attachments[0])


def test_of_twenty_thousand_parts_a_thousand_are_read_and_the_rest_is_counted() -> None:
    body = read_body(letter(multipart("mixed", *itertools.repeat(NOTE, 20_000))))
    assert body.text.count("Bring spades.") == 999
    assert (
        "too-many-parts",
        "19,001 parts after the first 1,000 were not read (limit 1,000; --limit-mime-parts raises it)",
    ) in body.problems


def test_a_part_with_a_hundred_thousand_header_lines_is_read() -> None:
    part = "".join(f"X-Bed-{at}: dahlias\n" for at in range(100_000)) + NOTE
    assert read_body(letter(multipart("mixed", part))).text == "Bring spades."
    assert read_body(letter(part)).text == "Bring spades."


@pytest.mark.parametrize(
    "raw",
    [
        letter('Content-Type: multipart/mixed; boundary="a"\n\n' + "--a" * 500_000),
        letter('Content-Type: multipart/mixed; boundary="a"\n\n' + "--a b\n" * 300_000),
        letter('Content-Type: multipart/mixed; boundary="a"\n\n' + "\n--a--" * 300_000),
        letter("Content-Type: multipart/mixed; " + "boundary=" * 100_000 + "\n\nx"),
        letter("Content-Type: " + "a" * 1_000_000 + "\n\nx"),
        letter("Content-Type: " + "/" * 1_000_000 + "\n\nx"),
        letter("Content-Type" + " " * 1_000_000 + "\n\nx"),
        letter("Content-Transfer-Encoding: base64\n\n" + "=A" * 500_000),
        letter("Content-Transfer-Encoding: quoted-printable\n\n" + "= " * 500_000),
        letter("Content-Transfer-Encoding: x-uuencode\n\n" + "begin 644 a\n" * 100_000),
        letter("\n" + "begin 644 a\n" * 100_000),
        letter("\n" + "begin 644 a\nM\n" * 50_000),
        letter("\n" + "-----BEGIN PGP MESSAGE-----\n" * 50_000),
        letter("\n" + "-----BEGIN PGP SIGNED MESSAGE-----\n" * 50_000),
        letter("\n" + "-----BEGIN PGP SIGNED MESSAGE-----\n" + "A: b\n" * 200_000),
        b"\n" * 1_000_000,
        b" " * 1_000_000,
        b"a" * 1_000_000,
        b"a:" * 500_000,
        b"a:\n" * 300_000,
        b"a:b\n c" * 200_000,
        b"\r" * 1_000_000,
        b"\0" * 1_000_000,
        b"",
    ],
    ids=range(24),
)
def test_hostile_lines_take_no_time(raw: bytes) -> None:
    assert isinstance(read_body(raw), tuple)


# --- large mails ---


def in_a_file(raw: bytes) -> io.BufferedRandom:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with the letter
    file.write(raw)
    file.seek(0)
    return file


BIG = letter(
    multipart(
        "mixed",
        NOTE,
        PICTURE,
        leaf("one=\n two", "application/x-bed", "Content-Transfer-Encoding: quoted-printable"),
        "Content-Type: message/rfc822\n\nSubject: inner\n" + multipart("mixed", leaf("Inner"), PICTURE, boundary="in"),
    )
)


def test_a_mail_in_a_file_reads_as_the_same_mail_in_memory() -> None:
    with in_a_file(BIG) as file:
        small, large = read_body(BIG), read_body(BIG[:100], file)
        assert large == small
        assert list(map(content, large.attachments)) == list(map(content, small.attachments))


def test_a_header_longer_than_what_is_at_hand_is_read_from_the_file() -> None:
    raw = b"X-Bed: dahlias\n" * 20_000 + BIG
    with in_a_file(raw) as file:
        assert read_body(raw[:65536], file, 65536) == read_body(raw)
        assert read_body(raw[:65536], file, raw.index(b"\n\n") + 2) == read_body(raw)


@given(st.integers(0, 2**32), st.integers(1, 300))
def test_every_mail_reads_alike_from_a_file(seed: int, length: int) -> None:
    raw = mutated(BIG, random.Random(seed), length)
    assert read_body(raw, io.BytesIO(raw)) == read_body(raw)


def test_two_contents_of_one_file_can_be_read_by_turns() -> None:
    one, two = random.Random(1).randbytes(900_000), random.Random(2).randbytes(800_000)
    pieces = [
        leaf(base64.encodebytes(data).decode(), "image/png", "Content-Transfer-Encoding: base64") for data in (one, two)
    ]
    with in_a_file(letter(multipart("mixed", *pieces))) as file:
        contents = [attachment.content for attachment in read_body(b"", file).attachments]
        turns = itertools.zip_longest(*(content.blocks() for content in contents if content), fillvalue=b"")
        first, second = zip(*turns, strict=True)
        assert (b"".join(first), b"".join(second)) == (one, two)
        assert len(first) > 3


class Counted(io.RawIOBase):
    """A mail of many megabytes that is nowhere: a head, one base64 line again and again, a tail."""

    def __init__(self, head: bytes, line: bytes, times: int, tail: bytes) -> None:
        self._pieces = head, line, tail
        self._middle = len(line) * times
        self._size = len(head) + self._middle + len(tail)
        self._at = 0
        self.longest = self.read_bytes = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset if whence == 0 else self._size + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.longest = max(self.longest, size)
        self.read_bytes += size
        head, line, tail = self._pieces
        start, end = self._at, min(self._at + size, self._size)
        self._at = end
        begin = len(head)
        middle = max(start - begin, 0), max(min(end - begin, self._middle), 0)
        lines = line * ((middle[1] - middle[0]) // len(line) + 2) if middle[1] > middle[0] else b""
        after = tail[max(start - begin - self._middle, 0) : max(end - begin - self._middle, 0)]
        return head[start:end] + lines[middle[0] % len(line) :][: max(middle[1] - middle[0], 0)] + after


def test_an_attachment_of_150_megabytes_goes_through_in_blocks() -> None:
    line = base64.encodebytes(bytes(57))
    times = 150_000_000 // len(line)
    head, _, tail = letter(
        multipart("mixed", NOTE, leaf("@@", "video/mp4", "Content-Transfer-Encoding: base64"))
    ).partition(b"@@")
    file = Counted(head, line, times, tail)
    body = read_body(b"", file)  # type: ignore[arg-type]  # as much of a file as is read from
    assert body.text == "Bring spades."
    assert body.attachments[0].content is not None
    assert sum(map(len, body.attachments[0].content.blocks())) == 57 * times
    assert file.longest <= 2 << 20
    assert file.read_bytes < 3 * 150_000_000


def test_a_search_in_a_file_finds_what_lies_across_two_blocks() -> None:
    whole = Whole(io.BytesIO(b"x" * 4094 + b"needle" + b"y" * 9000 + b"needle"))
    assert whole.find(b"needle", 0, whole.size) == 4094
    assert whole.find(b"needle", 4095, whole.size) == 13_100
    assert whole.find(b"needle", 4095, 13_105) == -1
    assert whole[4094:4100] == b"needle"
    assert whole[7:3] == b""


# --- against another parser, and against chance ---


def kinds(part: PyLazyMimePart) -> object:
    return (part.content_type, *map(kinds, part.children)) if part.children else part.content_type


def test_sound_mails_have_the_tree_that_another_parser_finds() -> None:
    for entity in (multipart("mixed", NOTE, multipart("alternative", NOTE, PICTURE, boundary="in")), NOTE, PICTURE):
        raw = letter(entity)
        theirs, ours = parse_email_tree(raw, mode="lazy"), tree(raw).root
        assert shape(ours) == kinds(theirs)
        for one, other in zip(leaves(ours), their_leaves(theirs), strict=True):
            assert b"".join(transfer.Encoded(one.source, one.start, one.end, one.encoding).blocks()) == other.content


def leaves(part: Part) -> list[Part]:
    return [leaf for child in part.children for leaf in leaves(child)] or [part]


def their_leaves(part: PyLazyMimePart) -> list[PyLazyMimePart]:
    return [leaf for child in part.children for leaf in their_leaves(child)] or [part]


def mutated(raw: bytes, chance: random.Random, times: int) -> bytes:
    """The mail with bytes changed, stretches cut out and doubled."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 1 + times // 20)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 60)
        match chance.randrange(4):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case _:
                data[at:at] = chance.choice(
                    [b"\n--=_spade\n", b"--in--\n", b"\n\n", b"\0", b"=", b"Content-Type: multipart/mixed\n"]
                )
    return bytes(data)


def test_a_damaged_mail_is_read_as_far_as_it_can_be() -> None:
    chance = random.Random(7)
    for _ in range(400):
        raw = mutated(BIG, chance, 200)
        body = read_body(raw)
        body.text.encode()
        assert "\0" not in body.text
        assert "\r" not in body.text
        for attachment in body.attachments:
            content(attachment)


def test_the_other_parser_refuses_what_is_read_here() -> None:
    """Why there is a walker of our own: these are mails of real lists."""
    refused = 0
    for raw in (b" " + letter(NOTE), letter(f"{PICTURE}\n{FOOTER}")):
        try:
            assert parse_email_tree(raw, mode="lazy").content is not None
        except ParseError:
            refused += 1
        assert read_body(raw).text
    assert refused == 2
