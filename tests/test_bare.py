"""Files without what they say beside what they show: nothing of it is left, and the picture is the same."""

import struct
from base64 import b64encode
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import ArchiveError
from archiver.media import sniff
from archiver.model import Attachment
from archiver.privacy import bare as format_
from archiver.privacy.bare import bare, ogg
from archiver.privacy.files import Files
from tests import pictures
from tests.browsers import chromium
from tests.pictures import ALL, CANARY


@pytest.mark.parametrize("kind", ALL)
def test_nothing_that_a_file_says_of_itself_is_left_and_baring_again_changes_nothing(kind: str) -> None:
    assert CANARY in ALL[kind] or kind in {"audio/amr", "audio/aac"}
    found = bare(ALL[kind])
    assert found is not None
    assert found.media_type == kind == sniff(found.content)
    for trace in (CANARY, CANARY[:8], b"\xde\xad\xbe\xef", b"\xef\xbe\xad\xde"):
        assert trace not in found.content
    assert bare(found.content) == found


@pytest.mark.parametrize(
    ("kind", "size"),
    [("image/jpeg", (24, 16)), ("image/png", (24, 16)), ("image/gif", (1, 1)), ("image/webp", (24, 16)),
     ("video/mp4", (720, 1280)), ("audio/ogg", (0, 0))],
)  # fmt: skip
def test_its_size_is_told_as_it_is_to_be_shown(kind: str, size: tuple[int, int]) -> None:
    found = bare(ALL[kind])
    assert found is not None
    assert (found.width, found.height) == size


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", range(1, 9))
def test_a_photo_stays_the_right_way_up(turned: int, order: str) -> None:
    found = bare(pictures.jpeg(turned, order))
    assert found is not None
    assert (found.width, found.height) == ((16, 24) if turned >= 5 else (24, 16))
    again = bare(found.content)
    assert again == found
    assert (b"Exif" in found.content) == (turned != 1)


@pytest.mark.parametrize(
    "told", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff\0\0", b"XX*\0\x08\0\0\0\0\0", b"II*\0\x08\0\0\0\xff\xff"]
)
def test_an_orientation_that_cannot_be_read_is_none(told: bytes) -> None:
    whole = pictures.jpeg()
    start = whole.index(b"\xff\xe1")
    exif = b"Exif\0\0" + told
    odd = whole[:start] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + whole[start:].partition(CANARY)[2]
    assert bare(odd) == bare(whole)


def test_colours_and_what_makes_it_go_round_are_kept() -> None:
    for kind, kept in (("image/jpeg", b"ICC_PROFILE"), ("image/webp", b"ICCP"), ("image/png", b"gAMA"),
                       ("image/gif", b"NETSCAPE2.0"), ("image/jpeg", b"Adobe")):  # fmt: skip
        found = bare(ALL[kind])
        assert found is not None
        assert kept in found.content


def test_a_film_keeps_every_place_that_its_samples_are_at() -> None:
    film = pictures.mp4()
    found = bare(film)
    assert found is not None
    assert len(found.content) == len(film)
    assert found.content.index(b"picture ") == film.index(b"picture ")
    assert b"udta" not in found.content
    assert b"uuid" not in found.content


@pytest.mark.parametrize("handler", [b"meta", b"text", b"tmcd", b"sbtl"])
def test_a_film_with_a_track_that_tells_where_it_was_is_not_shown(handler: bytes) -> None:
    assert bare(pictures.mp4(handler)) is None


def test_the_pages_of_a_voice_message_have_true_sums() -> None:
    found = bare(pictures.opus())
    assert found is not None
    content = found.content
    assert len(content) == len(pictures.opus())
    second = content.index(b"OggS", 1)
    third = content.index(b"OggS", second + 1)
    page = bytearray(content[second:third])
    said = int.from_bytes(page[22:26], "little")
    page[22:26] = bytes(4)
    assert said == ogg._sum(page) != 0
    assert ogg._sum(b"123456789") == 0x89A1897F  # CRC-32 with this polynomial, unreflected, from 0


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!doctype html><p>x", b"hello", b"PK\x03\x04",
     pictures.jpeg()[:300], pictures.png()[:40], pictures.gif()[:30], pictures.webp()[:30], pictures.wav()[:30],
     pictures.opus()[:60], pictures.mp3()[:60], pictures.amr()[:-1], pictures.aac()[:-1], pictures.mp4()[:400],
     b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\x01\0\2", b"#!AMR\n", b"#!AMR\n\xff", b"GIF89a" + bytes(7) + b"\x3b",
     pictures.png().replace(b"gAMA", b"GAMA"), pictures.png().replace(b"IHDR", b"sRGB"),
     b"\x89PNG\r\n\x1a\n" + bytes(12), b"\x89PNG\r\n\x1a\n" + pictures.png()[-12 - len(CANARY) :],
     pictures.webp().replace(b"VP8X", b"VPXX").replace(b"VP8 ", b"VPX "), pictures.wav().replace(b"data", b"dada"),
     pictures.opus().replace(b"OpusTags", b"OpusTagz"), pictures.opus() + pictures.opus(),
     pictures.mp4().replace(b"mdat", b"mdaz"), pictures.mp4().replace(b"alis\0\0\0\1", b"alis\0\0\0\0"),
     pictures.gif().replace(b"\x21\xfe", b"\x99\xfe"), b"\xff\xf1\x50\x80\x00\x1f\xfc" + bytes(9)],
)  # fmt: skip
def test_what_is_damaged_or_of_another_kind_is_not_shown(content: bytes) -> None:
    assert bare(content) is None


def test_what_is_too_big_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(format_, "LIMIT", 100)
    assert bare(pictures.png()) is None


@pytest.mark.parametrize(
    "content",
    [b"\xff\xd8" + b"\xff\xe0\0\2" * 10_001 + b"\xff\xd9", b"\xff\xd8" + b"\xff" * 100 + pictures.jpeg()[3:],
     b"\x89PNG\r\n\x1a\n" + pictures.png()[8:33] + (bytes(4) + b"teXt" + bytes(4)) * 100_001],
)  # fmt: skip
def test_a_file_of_a_thousand_times_nothing_is_not_walked_to_its_end(content: bytes) -> None:
    assert bare(content) is None


@given(st.sampled_from(sorted(ALL)), st.data())
@settings(max_examples=200)
def test_no_damage_makes_it_stumble_or_lets_the_end_through(kind: str, data: st.DataObject) -> None:
    content = bytearray(ALL[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    whole = bytes(content[: data.draw(st.integers(1, len(content)))])
    found = bare(whole)
    if found is not None:
        assert len(found.content) <= len(whole) + 64
        assert bare(found.content) is not None


@given(st.sampled_from([content[:12] for content in ALL.values()]), st.binary(max_size=300))
def test_no_bytes_at_all_make_it_stumble(head: bytes, rest: bytes) -> None:
    bare(head + rest)


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/gif", "image/webp"])
def test_a_browser_shows_the_same_picture(kind: str) -> None:
    found = bare(ALL[kind])
    assert found is not None
    with chromium() as browser:
        page = browser.new_page()
        shown = [
            page.evaluate(
                """async address => {
                  const image = new Image(); image.src = address; await image.decode();
                  const canvas = document.createElement('canvas');
                  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
                  const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
                  return [canvas.width, canvas.height, ...context.getImageData(0, 0, canvas.width, canvas.height).data];
                }""",
                f"data:{kind};base64,{b64encode(content).decode()}",
            )
            for content in (ALL[kind], found.content)
        ]
    assert shown[0] == shown[1]
    assert shown[1][:2] == [found.width, found.height]


# ---- which files are shown


def files(*contents: bytes, anything: bool = False) -> Files:
    kept = {f"{number:064}": content for number, content in enumerate(contents)}

    def read(sha256: str) -> BytesIO:
        if sha256 not in kept:
            raise FileNotFoundError(sha256)
        return BytesIO(kept[sha256])

    return Files(read, anything=anything)


def test_a_file_is_shown_under_the_sum_of_what_is_shown() -> None:
    found = files(pictures.jpeg())
    shown = found.of(Attachment("Ana at home.jpg", "image/jpeg", 5, "a/b.jpg", "0" * 64))
    assert shown is not None
    assert shown.name is None
    assert shown.member is None
    assert shown.sha256 is not None
    content = found.open(shown.sha256)
    assert CANARY not in content
    assert (shown.size, shown.path) == (len(content), f"media/{shown.sha256[:2]}/{shown.sha256[2:32]}.jpg")
    assert found.of(Attachment(sha256="0" * 64)) is shown
    assert found.held_back == 0
    for never in ("0" * 64, "f" * 64):
        with pytest.raises(ArchiveError):
            found.open(never)


def test_what_cannot_be_bared_is_shown_only_when_it_is_allowed_and_never_what_acts() -> None:
    contents = (b"%PDF-1.7\n1 0 obj", b"<svg xmlns='x'><script>1</script></svg>", b"<!doctype html>", b"BEGIN:VCARD\n")
    told = [Attachment(sha256=f"{number:064}") for number in range(5)]
    strict, lax = files(*contents), files(*contents, anything=True)
    assert [strict.of(one) for one in told] == [None] * 5
    assert strict.held_back == 5
    shown = lax.of(told[0])
    assert shown is not None
    assert shown.path.endswith(".pdf")
    assert [lax.of(one) for one in told[1:]] == [None] * 4
    assert lax.of(Attachment(sha256=None)) is None
    assert lax.of(Attachment(sha256="0" * 64, state="missing")) is None


def test_a_file_that_is_too_big_is_not_even_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archiver.privacy.files.LIMIT", 10)
    assert files(pictures.png(), anything=True).of(Attachment(sha256="0" * 64)) is None


# ---- each format's own corners


def box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", len(body) + 8) + name + body


HEAD = box(b"ftyp", b"isom", bytes(4), b"mp42")


@pytest.mark.parametrize(
    "rest",
    [
        box(b"free") * 20_002,
        box(b"moov", box(b"trak", box(b"trak", box(b"trak", box(b"trak", box(b"trak", box(b"trak", box(b"trak", box(
            b"trak", box(b"trak")))))))))),
        box(b"moov", box(b"mvhd", bytes(4))),
        box(b"moov", box(b"hdlr", bytes(4))),
        box(b"moov", box(b"tkhd", bytes(24))),
        b"\0\0\0\4mdat",
        struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 8),
    ],
)  # fmt: skip
def test_boxes_that_are_no_film_are_not_shown(rest: bytes) -> None:
    assert bare(HEAD + rest) is None


def test_a_film_without_a_picture_is_sound() -> None:
    film = pictures.mp4(b"soun").replace(struct.pack(">II", 1280 << 16, 720 << 16), bytes(8))
    found = bare(film)
    assert found is not None
    assert (found.media_type, found.ending) == ("audio/mp4", "m4a")


def test_the_last_box_may_reach_to_the_end() -> None:
    film = pictures.mp4()
    start = film.index(b"mdat") - 4
    open_ended = film[:start] + b"\0\0\0\0mdat" + b"picture " * 5
    found = bare(open_ended)
    assert found is not None
    assert found.content.endswith(b"picture ")


def test_an_animation_keeps_its_frames_without_what_is_noted_in_them() -> None:
    lossless = b"\x2f" + struct.pack("<I", 9 | 7 << 14) + bytes(4)
    inner = b"VP8L" + struct.pack("<I", len(lossless)) + lossless + b"\0" + b"note" + struct.pack("<I", 8) + CANARY[:8]
    chunks = (
        b"ANIM" + struct.pack("<I", 6) + bytes(6) + b"ANMF" + struct.pack("<I", 16 + len(inner)) + bytes(16) + inner
    )
    wide = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\x09\0\0\x07\0\0"
    body = b"WEBP" + wide + chunks
    found = bare(b"RIFF" + struct.pack("<I", len(body)) + body)
    assert found is not None
    assert (found.width, found.height) == (10, 8)
    assert CANARY[:8] not in found.content
    assert b"VP8L" in found.content
    alone = b"WEBPVP8L" + struct.pack("<I", len(lossless)) + lossless + b"\0"
    small = bare(b"RIFF" + struct.pack("<I", len(alone)) + alone)
    assert small is not None
    assert (small.width, small.height) == (10, 8)


def test_sound_of_the_older_kinds_is_walked_too() -> None:
    low = (b"\xff\xf3\x48\xc0").ljust(144, b"\0")  # MPEG 2, 32 kbit/s, 16 kHz
    found = bare(b"ID3\4\0\x10" + bytes((0, 0, 0, 4)) + b"abcd" + b"3DI" + bytes(7) + bytes(5) + low * 4)
    assert found is not None
    assert found.content == low * 4
    assert bare(low * 4 + bytes(3000) + low * 400) is None  # what comes after the gap would be lost
    assert bare(b"\xff\xfb\x90\x00".ljust(417, b"\0")) is None  # a frame alone may be anything
    assert bare(b"ID3\3\0\0" + bytes((0, 0, 0, 2)) + b"ab" + b"\xff\xfb\xf0\x00" * 300) is None


def test_a_picture_without_a_size_or_a_picture_is_none() -> None:
    whole = pictures.jpeg()
    frame = whole.index(b"\xff\xc0")
    assert bare(whole[: frame + 5] + bytes(4) + whole[frame + 9 :]) is None
    assert bare(whole[:2] + b"\xff\x02\0\2" + whole[2:]) is None
    data = pictures.png()
    assert bare(data.replace(b"IDAT", b"teXt")) is None
    assert bare(pictures.opus()[: pictures.opus().index(b"OggS", 60)]) is None


def test_a_photo_with_odd_details_is_shown_or_not_but_never_with_them() -> None:
    whole = pictures.jpeg()
    start = whole.index(b"\xff\xe1")
    rest = whole[whole.index(b"\xff\xe1", start + 2) :]
    many = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + struct.pack("<HHII", 0x010F, 2, 4, 0) * 3
    odd = whole[:start] + b"\xff\xe1" + struct.pack(">H", len(many) + 2) + many + rest
    assert bare(odd) == bare(whole)
    assert bare(whole[:2] + b"\x00" + whole[2:]) is None
    cut = bare(whole[: whole.rindex(b"\xff\xd9")].rstrip(b"\xff") + b"\0")
    assert cut is None
    two = pictures.opus()
    at = two.index(b"OggS", 1)
    assert bare(two[:at] + b"OggX" + two[at + 4 :]) is None
