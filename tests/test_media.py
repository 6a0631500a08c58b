"""What a file is by its first bytes, shown with the smallest files that phones and computers really write."""

import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.media import HEAD, settled, sniff

OOXML = "application/vnd.openxmlformats-officedocument."
ODT = "application/vnd.oasis.opendocument.text"


def zipped(*names: str, mimetype: str = "") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        if mimetype:
            file.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            file.writestr(name, "courgettes " * 20)
    return held.getvalue()


def boxed(major: bytes, *compatible: bytes) -> bytes:
    """The first box of a file of the ISO base media format."""
    body = b"ftyp" + major + b"\0\0\2\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08free"


def ogg(packet: bytes) -> bytes:
    return b"OggS\0\2" + b"\0" * 20 + b"\1\x13" + packet


KINDS = {
    "a photo with a JFIF head": (b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0", "image/jpeg"),
    "a photo with Exif": (b"\xff\xd8\xff\xe1\0\x18Exif\0\0MM\0*", "image/jpeg"),
    "a screenshot": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    "a GIF": (b"GIF89a\1\0\1\0\x80\0\0", "image/gif"),
    "a sticker": (b"RIFF\x24\0\0\0WEBPVP8 \0\0\0\0", "image/webp"),
    "a sticker that moves": (b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0", "image/webp"),
    "an iPhone's photo": (boxed(b"heic", b"mif1", b"heic"), "image/heic"),
    "a photo by another HEIC writer": (boxed(b"mif1", b"mif1", b"heic"), "image/heic"),
    "an image of no kind in particular": (boxed(b"mif1", b"mif1"), "image/heif"),
    "AVIF": (boxed(b"avif", b"mif1", b"miaf"), "image/avif"),
    "AVIF whose brand comes second": (boxed(b"mif1", b"avif"), "image/avif"),
    "TIFF": (b"II*\0\x08\0\0\0", "image/tiff"),
    "BMP": (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp"),
    "an Android's video": (boxed(b"mp42", b"isom", b"mp42"), "video/mp4"),
    "a video of no brand we know": (boxed(b"avc1"), "video/mp4"),
    "an iPhone's video": (boxed(b"qt  ", b"qt  "), "video/quicktime"),
    "an old phone's video": (boxed(b"3gp4", b"3gp4"), "video/3gpp"),
    "an old CDMA phone's video": (boxed(b"3g2a"), "video/3gpp2"),
    "a voice memo": (boxed(b"M4A ", b"mp42"), "audio/mp4"),
    "WebM": (b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
    "Matroska": (b"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska"),
    "AVI": (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
    "a voice message": (ogg(b"OpusHead\1\1"), "audio/ogg"),
    "Vorbis": (ogg(b"\1vorbis\0"), "audio/ogg"),
    "Theora": (ogg(b"\x80theora"), "video/ogg"),
    "Ogg of another kind": (ogg(b"fishead\0"), "application/ogg"),
    "MP3 with tags": (b"ID3\3\0\0\0\0\0\0", "audio/mpeg"),
    "MP3 without": (b"\xff\xfb\x90\x44\0\0\0\0", "audio/mpeg"),
    "AAC": (b"\xff\xf1\x50\x80\x2e\x7f\xfc", "audio/aac"),
    "an old phone's voice": (b"#!AMR\n<\0\0", "audio/amr"),
    "WAV": (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
    "PDF": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "application/pdf"),
    "RTF": (b"{\\rtf1\\ansi", "application/rtf"),
    "an old Word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "application/x-ole-storage"),
    "a zip": (zipped("seeds.csv"), "application/zip"),
    "an empty zip": (zipped(), "application/zip"),
    "a Word document": (
        zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
        OOXML + "wordprocessingml.document",
    ),
    "an Excel sheet": (zipped("[Content_Types].xml", "xl/workbook.xml"), OOXML + "spreadsheetml.sheet"),
    "slides": (zipped("[Content_Types].xml", "ppt/presentation.xml"), OOXML + "presentationml.presentation"),
    "an OpenDocument": (zipped("content.xml", mimetype=ODT), ODT),
    "a book": (zipped("META-INF/container.xml", mimetype="application/epub+zip"), "application/epub+zip"),
    "a zip with a mimetype that is none": (zipped(mimetype="?"), "application/zip"),
    "an Android app": (zipped("AndroidManifest.xml"), "application/vnd.android.package-archive"),
    "a contact": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ana\r\nEND:VCARD\r\n", "text/vcard"),
    "a date": (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
    "a web page": (b"\xef\xbb\xbf \n<!DOCTYPE html><title>Tank</title>", "text/html"),
    "a drawing": (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg width="1"/>', "image/svg+xml"),
    "a drawing without a preamble": (b"<svg width='1'>", "image/svg+xml"),
    "a walk": (b'<?xml version="1.0"?><gpx version="1.1">', "application/gpx+xml"),
    "XML of any kind": (b'<?xml version="1.0"?><seeds/>', "application/xml"),
    "a comment and then words": (b"<!-- to do --> water", "text/plain"),
    "a recipe": ("Flour, eggs and a frög 🐸\n".encode(), "text/plain"),
    "UTF-16": ("\ufeffFlour".encode("utf-16-le"), "text/plain"),
    "words that begin as BMP does": (b"BMW for sale, a garden chair too", "text/plain"),
    "words that begin as MP3 does": (b"ID3 tags are useful", "text/plain"),
    "a database": (b"SQLite format 3\0\x10\0", "application/vnd.sqlite3"),
    "gzip": (b"\x1f\x8b\x08\0", "application/gzip"),
}  # fmt: skip


@pytest.mark.parametrize(("head", "kind"), KINDS.values(), ids=KINDS)
def test_a_file_is_what_its_bytes_say(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    "head", [b"", b"\0\1\2\3", b"\xff\xd8 torn", b"RIFF\0\0\0\0????", b"\xe9t\xe9 en latin-1", b"\xff\xf8"]
)
def test_bytes_that_say_nothing_are_not_guessed_at(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize(
    ("head", "named", "kind"),
    [
        (b"<html><body>gone", "image/jpeg", "text/html"),
        (zipped("a"), "application/pdf", "application/zip"),
        (KINDS["a Word document"][0], "application/msword", OOXML + "wordprocessingml.document"),
        (b"\xff\xd8\xff\xe0", "image/png", "image/jpeg"),
        (b"\xff\xd8\xff\xe0", "image/*", "image/jpeg"),
        (b"\xff\xd8\xff\xe0", None, "image/jpeg"),
        (b"Flour, eggs", "text/html", "text/plain"),
        (b"Flour, eggs", "image/svg+xml", "text/plain"),
    ],
)
def test_a_name_that_lies_does_not_count(head: bytes, named: str | None, kind: str) -> None:
    assert settled(head, named) == kind


@pytest.mark.parametrize(
    ("head", "named"),
    [
        (b"seed,row\ncourgette,3\n", "text/csv"),
        (b'{"tank": 1}', "application/json"),
        (boxed(b"mp42"), "audio/mp4"),
        (zipped("[Content_Types].xml"), OOXML + "wordprocessingml.document"),
        (zipped("doc.kml"), "application/vnd.google-earth.kmz"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
        (b'<?xml version="1.0"?><rss>', "application/rss+xml"),
    ],
)
def test_a_name_that_says_more_than_the_bytes_is_believed(head: bytes, named: str) -> None:
    assert settled(head, named) == named


@pytest.mark.parametrize("named", ["image/jpeg", "image/*", None])
def test_where_the_bytes_say_nothing_the_name_stays(named: str | None) -> None:
    assert settled(b"\0\1\2\3", named) == named


def test_a_letter_that_the_last_byte_cuts_in_half_is_still_text() -> None:
    assert sniff(("x" * (HEAD - 1) + "ü").encode()[:HEAD]) == "text/plain"


@given(st.binary(max_size=600))
def test_no_bytes_are_too_strange(head: bytes) -> None:
    for magic in (b"", b"PK\x03\x04", b"\0\0\0\x18ftypmif1", b"<?xml", b"OggS", b"RIFF"):
        kind = sniff(magic + head)
        assert kind is None or kind.count("/") == 1


def test_neither_help_nor_search_loads_it() -> None:
    script = "import sys, archiver.cli, archiver.store.search, archiver.ui; sys.exit('archiver.media' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
