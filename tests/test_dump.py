"""What a person gives becomes one tree of files, whatever it was made of and whoever made it."""

import bz2
import gzip
import hashlib
import io
import lzma
import os
import random
import socket
import struct
import sys
import tarfile
import tempfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.dump import Dump, Entry, Limits
from archiver.dump.names import Numbering, decode_name, neutral
from archiver.dump.streams import BLOCK
from archiver.errors import DumpError, LimitError, UsageError
from tests.hostile.zips import FOLDER, LINK, PIPE, Part, central, deflated, end, local, pack, quoted_overlap, texts

Put = Callable[[str, bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Writes a file below a fresh folder."""

    def write(name: str, content: bytes) -> Path:
        path = tmp_path / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def paths(dump: Dump) -> list[str]:
    return [entry.path for entry in dump.entries]


def content(dump: Dump, path: str) -> bytes:
    entry = dump.entry(path)
    assert entry is not None
    with dump.open_entry(entry) as file:
        return file.read()


def whats(dump: Dump) -> list[str]:
    return [problem.what for problem in dump.problems]


# One tree, whatever it is made of


def test_a_file_is_a_tree_of_one(put: Put) -> None:
    path = put("chat.txt", b"hello\n")
    with Dump.open([path]) as dump:
        assert dump.entries == (Entry("chat.txt", "chat.txt", "", 6),)
        assert dump.names == (str(path),)
        assert content(dump, "chat.txt") == b"hello\n"


def test_a_zip_is_a_folder_under_its_own_name(put: Put) -> None:
    with Dump.open([put("Chat.zip", texts("_chat.txt", "media/photo.jpg"))]) as dump:
        assert dump.entries[1] == Entry(
            "Chat.zip/media/photo.jpg", "photo.jpg", "Chat.zip/media", 24, "media/photo.jpg", "Chat.zip"
        )
        assert content(dump, "Chat.zip/_chat.txt") == b"this is _chat.txt\n"
        assert not dump.problems


def test_a_folder_shows_its_files_before_its_folders_by_name_and_opens_zips(put: Put, tmp_path: Path) -> None:
    put("b.txt", b"b")
    put("a.zip", texts("z.txt", "y.txt"))
    put("deep/er/c.txt", b"c")
    put("also/d.txt", b"d")
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == [
            "given/a.zip/z.txt",
            "given/a.zip/y.txt",
            "given/b.txt",
            "given/also/d.txt",
            "given/deep/er/c.txt",
        ]
        assert [entry.path for entry in dump.originals()] == [
            "given/a.zip",
            "given/b.txt",
            "given/also/d.txt",
            "given/deep/er/c.txt",
        ]


def test_several_zips_and_files_make_one_tree(put: Put) -> None:
    with Dump.open([put("2.zip", texts("a")), put("1.zip", texts("a")), put("notes.txt", b"n")]) as dump:
        assert paths(dump) == ["2.zip/a", "1.zip/a", "notes.txt"]
        assert dump.total_bytes() == 2 * len("this is a\n") + 1


def test_two_zips_of_one_name_stay_apart_and_a_path_given_twice_is_read_once(put: Put) -> None:
    mine, hers = put("mine/Chat.zip", texts("a")), put("hers/Chat.zip", texts("b"))
    with Dump.open([mine, hers, mine]) as dump:
        assert paths(dump) == ["Chat.zip/a", "Chat (2).zip/b"]
        assert whats(dump) == ["same name twice"]


def test_a_zip_is_known_by_its_content_when_a_person_names_it(put: Put) -> None:
    installer = b"#!/bin/sh\nexit 0\n" + texts("inside.txt")
    with Dump.open([put("chat.docx", texts("word.xml")), put("installer", installer)]) as dump:
        assert paths(dump) == ["chat.docx/word.xml", "installer/inside.txt"]
        assert content(dump, "installer/inside.txt") == b"this is inside.txt\n"


def test_documents_that_happen_to_be_zips_stay_closed_in_folders_and_zips(put: Put, tmp_path: Path) -> None:
    put("plan.docx", texts("word.xml"))
    put("Chat.zip", pack([Part("plan.docx", texts("word.xml"))]))
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/Chat.zip/plan.docx", "given/plan.docx"]


def test_a_text_that_speaks_of_the_end_of_a_zip_is_a_text(put: Put) -> None:
    mail = b"Subject: odd bytes\n\nPK\x05\x06" + bytes(18) + b" and so on\n"
    with Dump.open([put("odd.eml", mail), put("short.eml", b"ends with PK\x05\x06")]) as dump:
        assert paths(dump) == ["odd.eml", "short.eml"]


def test_stdin_is_read_from_a_temporary_copy_that_goes_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(texts("a.txt"))))
    with Dump.open([Path("-")]) as dump:
        assert dump.names == ("-",)
        assert content(dump, "stdin/a.txt") == b"this is a.txt\n"
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


def test_the_current_folder_and_the_one_above_are_called_by_their_names(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(put("inner/a.txt", b"a").parent)
    assert paths(Dump.open([Path()])) == ["inner/a.txt"]
    assert paths(Dump.open([Path("..")])) == ["given/inner/a.txt"]


def test_what_systems_leave_behind_is_not_shown(put: Put, tmp_path: Path) -> None:
    put("Chat.zip", texts("_chat.txt", "__MACOSX/._chat.txt", ".DS_Store"))
    put("Thumbs.db", b"x")
    put("._b.txt", b"x")
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/Chat.zip/_chat.txt"]
        assert not dump.problems


# Reading


def test_bytes_come_out_as_they_went_in_by_any_reading(put: Put) -> None:
    data = os.urandom(300_000) + bytes(700_000)
    parts = [Part("deflated", data), Part("stored", data, deflate=False), Part("empty", b"")]
    with Dump.open([put("a.zip", pack(parts)), put("plain", data)]) as dump:
        for name in ("a.zip/deflated", "a.zip/stored", "plain"):
            entry = dump.entry(name)
            assert entry is not None
            assert content(dump, name) == data
            assert dump.head(entry, 1000) == data[:1000]
            assert dump.sha256(entry) == dump.sha256(entry) == hashlib.sha256(data).hexdigest()
            with dump.open_entry(entry) as file:
                assert file.readable()
                assert b"".join(iter(lambda: file.read(77_777), b"")) == data
        assert content(dump, "a.zip/empty") == b""
        assert dump.entry("a.zip/absent") is None


def test_members_that_end_anywhere_about_the_end_of_a_block_come_out_whole(put: Put) -> None:
    sizes = range(BLOCK - 2, BLOCK + 30)
    with Dump.open([put("a.zip", pack([Part(str(size), bytes(size)) for size in sizes]))]) as dump:
        assert [len(content(dump, entry.path)) for entry in dump.entries] == list(sizes)


def test_the_standard_library_and_we_agree_on_a_zip_it_wrote(put: Put) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("Grüße.txt", "héllo")
        made.mkdir("folder")
        made.writestr("folder/b.bin", bytes(5000))
        made.comment = b"a comment"
    with Dump.open([put("a.zip", buffer.getvalue())]) as dump:
        assert paths(dump) == ["a.zip/Grüße.txt", "a.zip/folder/b.bin"]
        assert content(dump, "a.zip/Grüße.txt").decode() == "héllo"
        assert content(dump, "a.zip/folder/b.bin") == bytes(5000)


def test_the_digest_of_a_zip_is_that_of_its_own_bytes(put: Put) -> None:
    data = texts("a")
    with Dump.open([put("a.zip", data)]) as dump:
        (original,) = dump.originals()
        assert dump.original(dump.entries[0]) == original
        assert dump.sha256(original) == hashlib.sha256(data).hexdigest()


def test_memory_stays_flat_while_a_large_member_flows(put: Put) -> None:
    with Dump.open([put("a.zip", pack([Part("zeros", bytes(48 << 20))]))], Limits(ratio=2000)) as dump:
        tracemalloc.start()
        with dump.open_entry(dump.entries[0]) as file:
            while file.read(1 << 16):
                pass
        dump.sha256(dump.entries[0])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 << 20


def test_a_file_that_grows_while_it_is_read_keeps_the_size_it_had(put: Put) -> None:
    path = put("mail.mbox", b"one\n")
    with Dump.open([path]) as dump:
        path.write_bytes(b"one\ntwo\n")
        assert content(dump, "mail.mbox") == b"one\n"


def test_a_file_that_shrinks_or_goes_while_it_is_read_is_an_error_in_words(put: Put) -> None:
    path = put("mail.mbox", b"one\n")
    with Dump.open([path]) as dump:
        path.write_bytes(b"one")
        with pytest.raises(DumpError, match="became shorter"):
            content(dump, "mail.mbox")
        path.unlink()
        with pytest.raises(DumpError, match="could not be read") as caught:
            dump.head(dump.entries[0])
        assert "still there" in caught.value.remedy


# Siblings and originals


def test_a_sibling_is_found_by_its_name_then_by_its_letters_then_without_case(put: Put) -> None:
    parts = [Part("x/_chat.txt"), Part("x/Cafe\u0301.jpg"), Part("x/IMG.JPG"), Part("y/only.jpg")]
    with Dump.open([put("a.zip", pack(parts))]) as dump:
        chat = dump.entries[0]

        def found(name: str) -> str | None:
            sibling = dump.sibling(chat, name)
            return sibling.path if sibling else None

        assert found("Cafe\u0301.jpg") == found("Caf\u00e9.jpg") == found("CAF\u00c9.jpg") == "a.zip/x/Cafe\u0301.jpg"
        assert found("img.jpg") == "a.zip/x/IMG.JPG"
        assert found("only.jpg") is None
        assert found("") is None


def test_of_two_files_that_fit_equally_well_none_is_a_sibling(put: Put) -> None:
    with Dump.open([put("a.zip", texts("_chat.txt", "Img.jpg", "IMG.jpg"))]) as dump:
        assert dump.sibling(dump.entries[0], "img.jpg") is None
        assert dump.sibling(dump.entries[0], "IMG.jpg") == dump.entries[2]


@pytest.mark.parametrize(
    "name", ["../secret", "../../.ssh/id", "/etc/passwd", "..", ".", "sub/in.jpg", "a\0b", "\udcff"]
)
def test_a_name_that_leaves_its_folder_finds_nothing(put: Put, name: str) -> None:
    put("secret", b"s")
    put("chat/sub/in.jpg", b"i")
    chat = put("chat/chat.txt", b"c")
    with Dump.open([chat.parent]) as dump:
        assert dump.sibling(dump.entries[0], name) is None


def test_an_attached_zip_is_a_sibling_though_it_is_opened(put: Put) -> None:
    with Dump.open([put("Chat.zip", pack([Part("_chat.txt"), Part("notes.zip", texts("n.txt"))]))]) as dump:
        notes = dump.sibling(dump.entries[0], "notes.zip")
        assert notes is not None
        assert dump.sha256(notes) == hashlib.sha256(texts("n.txt")).hexdigest()
        assert paths(dump) == ["Chat.zip/_chat.txt", "Chat.zip/notes.zip/n.txt"]
        inner = dump.entries[1]
        assert (inner.container, inner.member) == ("Chat.zip/notes.zip", "n.txt")
        assert dump.original(inner).path == "Chat.zip"
        assert content(dump, inner.path) == b"this is n.txt\n"


# Zips that are damaged


def test_a_zip_cut_off_anywhere_is_refused_in_words(put: Put) -> None:
    whole = texts("_chat.txt", "photo.jpg")
    for length in range(0, len(whole), 10):
        with pytest.raises(DumpError) as caught:
            Dump.open([put("Chat.zip", whole[:length])])
        assert caught.value.remedy
    with pytest.raises(DumpError, match="ends before its directory"):
        Dump.open([put("Chat.zip", whole[:-30])])


def test_a_page_saved_as_a_zip_is_told_from_a_damaged_one(put: Put) -> None:
    with pytest.raises(DumpError, match="called a zip, but it is none"):
        Dump.open([put("Chat.zip", b"<!doctype html><title>Sign in</title>" * 10)])


def test_a_damaged_zip_in_a_folder_or_zip_is_kept_as_a_file_and_the_rest_goes_on(put: Put, tmp_path: Path) -> None:
    put("bad.zip", texts("a")[:-10])
    put("good.zip", pack([Part("inner.zip", texts("a")[:-10]), Part("b")]))
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/bad.zip", "given/good.zip/inner.zip", "given/good.zip/b"]
        assert [(problem.what, problem.loss) for problem in dump.problems] == [("unreadable zip", "file")] * 2
        assert "Copy or download it again" in dump.problems[0].note
        assert content(dump, "given/bad.zip") == texts("a")[:-10]


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (Part("a", b"hello", says_crc=1), "checksum"),
        (Part("a", b"hello", says_size=9), "less than"),
        (Part("a", b"hello" * 9, says_size=9), "more than"),
        (Part("a", b"hello", deflate=False, says_size=9), "less than"),
        (Part("a", bytes(3 << 20), says_size=9), "more than"),
        (Part("a", b"hello", raw=b"\xff\xff\xff"), "no sense"),
        (Part("a", b"hello" * 9, raw=deflated(b"hello" * 9)[:-4]), "less than"),
    ],
)
def test_content_that_is_not_what_the_zip_says_is_an_error_while_reading(put: Put, part: Part, why: str) -> None:
    with Dump.open([put("a.zip", pack([part]))]) as dump:
        with pytest.raises(DumpError) as caught:
            dump.sha256(dump.entries[0])
        assert why in caught.value.why
        with pytest.raises(DumpError):
            content(dump, "a.zip/a")


def test_a_local_header_that_is_elsewhere_or_reaches_too_far_is_an_error_while_reading(put: Put) -> None:
    whole = bytearray(texts("a"))
    whole[0:4] = b"NOPE"
    whole[28:30] = b"\xff\x00"
    with Dump.open([put("a.zip", bytes(whole))]) as dump, pytest.raises(DumpError) as caught:
        dump.head(dump.entries[0])
    assert "does not begin" in caught.value.why
    whole[0:4] = b"PK\x03\x04"
    with Dump.open([put("a.zip", bytes(whole))]) as dump, pytest.raises(DumpError) as caught:
        dump.head(dump.entries[0])
    assert "overlaps" in caught.value.why


def test_a_directory_that_contradicts_itself_is_refused(put: Put) -> None:
    honest = texts("a", "b")
    twice = pack([Part("a"), Part("b")], says_count=3)
    start = honest.index(b"PK\x01\x02")
    no_magic = honest[:start] + b"XX" + honest[start + 2 :]
    long_name = bytearray(honest)
    long_name[start + 28 : start + 30] = b"\xff\xff"
    far = bytearray(honest)
    far[-10:-6] = struct.pack("<I", 5000)
    for number, broken in enumerate((twice, no_magic, bytes(long_name), bytes(far))):
        with pytest.raises(DumpError, match="damaged"):
            Dump.open([put(f"{number}.zip", broken)])


def test_one_part_of_a_split_zip_says_so(put: Put) -> None:
    with pytest.raises(DumpError, match="split into several"):
        Dump.open([put("a.zip", pack([Part("a")], disk=1))])


def test_a_zip64_with_wide_fields_is_read_even_behind_other_bytes(put: Put) -> None:
    wide = pack([Part("a", wide=True), Part("b", b"bb", wide=True)], wide=True)
    with Dump.open([put("a.zip", wide), put("prefixed", b"front matter" + wide)]) as dump:
        assert paths(dump) == ["a.zip/a", "a.zip/b", "prefixed/a", "prefixed/b"]
        assert content(dump, "a.zip/b") == content(dump, "prefixed/b") == b"bb"


def test_a_locator_of_nothing_is_ignored(put: Put) -> None:
    whole = texts("a")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 1 << 60, 1)
    with pytest.raises(DumpError):
        Dump.open([put("a.zip", whole[:-22] + locator + whole[-22:])])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8), st.integers(0, 80))
def test_a_mutated_zip_raises_nothing_but_dump_errors(changes: list[tuple[int, int]], cut: int) -> None:
    inner = texts("n.txt")
    whole = bytearray(pack([Part("_chat.txt", b"hi " * 50), Part("ü.jpg", wide=True), Part("i.zip", inner)]))
    for at, value in changes:
        whole[at % len(whole)] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Chat.zip"
        path.write_bytes(whole[: len(whole) - cut] if cut > 60 else whole)
        with suppress(DumpError), Dump.open([path]) as dump:
            for entry in dump.entries + dump.originals():
                with suppress(DumpError):
                    assert len(content(dump, entry.path)) == entry.size


# Files packed by themselves


PACKERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
PACKED = pytest.mark.parametrize("ending", PACKERS)
LETTERS = b"".join(b"Letter %d of the garden club\n" % number for number in range(40_000))


@PACKED
def test_a_packed_file_is_a_container_of_one(put: Put, ending: str) -> None:
    packed = PACKERS[ending](LETTERS)
    with Dump.open([put(f"garden.txt.{ending}", packed)]) as dump:
        path = f"garden.txt.{ending}"
        (inner,) = dump.entries
        assert inner == Entry(f"{path}/garden.txt", "garden.txt", path, len(LETTERS), "garden.txt", path)
        assert content(dump, inner.path) == LETTERS
        assert dump.sha256(inner) == hashlib.sha256(LETTERS).hexdigest()
        assert dump.originals() == (dump.container(inner),) == (dump.original(inner),)
        assert content(dump, path) == packed
        assert not dump.problems


@PACKED
def test_packed_files_are_opened_in_folders_and_zips_and_from_stdin(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    packed = PACKERS[ending](LETTERS)
    put("a.zip", pack([Part(f"x/y.{ending}", packed), Part("stored", packed, deflate=False)]))
    put("b", packed)
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == [f"given/a.zip/x/y.{ending}/y", "given/a.zip/stored/stored", "given/b/b"]
        assert [content(dump, path) for path in paths(dump)] == [LETTERS] * 3
        assert dump.original(dump.entries[0]).path == "given/a.zip"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    with Dump.open([Path("-")]) as dump:
        assert content(dump, "stdin/stdin") == LETTERS


@PACKED
def test_streams_one_after_the_other_are_one_file_and_what_follows_is_left_out(put: Put, ending: str) -> None:
    some, more = PACKERS[ending](LETTERS), PACKERS[ending](b"more")
    cases = {"two": some + more, "zeros": some + bytes(600_000) + more + bytes(3), "rest": some + more + b"\nrubbish"}
    for name, packed in cases.items():
        with Dump.open([put(name, packed)]) as dump:
            assert content(dump, f"{name}/{name}") == LETTERS + b"more"
            assert not dump.problems


@PACKED
def test_of_a_packed_file_cut_off_what_could_be_read_is_kept(put: Put, ending: str) -> None:
    noise = bytes(random.Random(7).randbytes(3_000_000))
    whole = PACKERS[ending](noise)
    for name, packed in [("one", whole[: len(whole) // 2]), ("two", PACKERS[ending](b"") + whole[: len(whole) // 2])]:
        with Dump.open([put(name, packed)]) as dump:
            found = content(dump, f"{name}/{name}")
            assert noise.startswith(found)
            assert len(found) > 100_000
            assert [(problem.what, problem.loss) for problem in dump.problems] == [("damaged", "file")]
            assert "ends in the middle" in dump.problems[0].note
            assert "before that place was read" in dump.problems[0].note


@PACKED
def test_a_packed_file_of_which_nothing_can_be_read_is_refused_or_stays_closed(put: Put, ending: str) -> None:
    broken = PACKERS[ending](LETTERS)[:12]
    with pytest.raises(DumpError, match="is damaged"):
        Dump.open([put("a", broken)])
    with Dump.open([put("b", b"x").parent]) as dump:
        assert paths(dump) == ["given/a", "given/b"]
        assert [(problem.what.split()[0], problem.loss) for problem in dump.problems] == [("unreadable", "file")]
        assert content(dump, "given/a") == broken
    with pytest.raises(DumpError, match="is empty"):
        Dump.open([put("empty.gz", PACKERS[ending](b""))])


@PACKED
def test_a_checksum_that_does_not_fit_is_told(put: Put, ending: str) -> None:
    packed = bytearray(PACKERS[ending](b"hello" * 100))
    packed[-6 if ending == "gz" else 12 if ending == "bz2" else -34] ^= 0xFF
    with suppress(DumpError), Dump.open([put("a.txt", bytes(packed))]) as dump:
        assert whats(dump) == ["damaged"]


@PACKED
def test_a_packed_file_may_not_swell_past_the_limits(put: Put, ending: str) -> None:
    zeros = put("zeros", PACKERS[ending](bytes(20 << 20)))
    for limits, flag in [
        (Limits(), "--limit-ratio"),
        (Limits(ratio=10**6, member_bytes=1 << 20), "--limit-member-bytes"),
        (Limits(ratio=10**6, total_bytes=1 << 20), "--limit-total-bytes"),
        (Limits(path_length=8), "--limit-path-length"),
    ]:
        with pytest.raises(LimitError) as caught:
            Dump.open([zeros], limits)
        assert caught.value.limit == flag
    put("chat.txt", b"c")
    with Dump.open([zeros.parent]) as dump:
        assert paths(dump) == ["given/chat.txt", "given/zeros"]
        assert "--limit-ratio" in dump.problems[0].note


@pytest.mark.parametrize("name", ["garden.tar.gz", "garden.tgz", "garden"])
def test_an_archive_of_many_files_stays_closed_and_says_what_to_do(put: Put, tmp_path: Path, name: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as made:
        info = tarfile.TarInfo("a.txt")
        info.size = 5
        made.addfile(info, io.BytesIO(b"hello"))
    path = put(name, buffer.getvalue())
    with pytest.raises(DumpError, match="many files") as caught:
        Dump.open([path])
    assert "Unpack it" in caught.value.remedy
    with Dump.open([path.parent]) as dump:
        assert paths(dump) == [f"given/{name}"]
        assert whats(dump) == ["unreadable gzip"]


def test_a_packed_file_in_a_packed_file_stays_closed(put: Put) -> None:
    with Dump.open([put("a.gz.gz", gzip.compress(gzip.compress(b"hello")))]) as dump:
        assert paths(dump) == ["a.gz.gz/a.gz"]


def test_pictures_and_texts_that_only_begin_so_are_not_packed(put: Put, tmp_path: Path) -> None:
    put("a.jpg", gzip.compress(b"hello"))
    put("b.txt", b"BZh is how a bzip2 file begins\n")
    put("c.txt", b"BZh91AY&S")
    put("d.txt", b"\x1f\x8b")
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/a.jpg", "given/b.txt", "given/c.txt", "given/d.txt"]
        assert not dump.problems


def test_a_packed_member_of_a_damaged_zip_is_kept_as_far_as_it_goes(put: Put) -> None:
    packed = gzip.compress(LETTERS)
    with Dump.open([put("a.zip", pack([Part("a.gz", packed, says_crc=1), Part("b", flags=0)]))]) as dump:
        assert content(dump, "a.zip/a.gz/a") == LETTERS
        assert whats(dump) == ["damaged"]


def test_what_a_file_swelled_to_before_it_was_refused_takes_no_room(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    put("zeros.gz", gzip.compress(bytes(20 << 20)))
    put("chat.txt", b"c")
    with Dump.open([tmp_path / "given"]):
        (folder,) = (path for path in tmp_path.iterdir() if path.name.startswith("archive-"))
        assert [path.stat().st_size for path in folder.iterdir()] == [0]


def test_memory_stays_flat_while_a_packed_file_is_opened(put: Put) -> None:
    path = put("zeros.gz", gzip.compress(bytes(48 << 20)))
    tracemalloc.start()
    with Dump.open([path], Limits(ratio=2000)) as dump:
        assert dump.total_bytes() == 48 << 20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


@given(st.binary(max_size=60), st.sampled_from([b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\x00", gzip.compress(b"hi")]))
@settings(deadline=None)
def test_bytes_that_claim_to_be_packed_never_raise_anything_else(rest: bytes, magic: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(magic + rest)
        with suppress(DumpError), Dump.open([path]) as dump:
            for entry in dump.entries:
                assert len(content(dump, entry.path)) == entry.size


def test_an_index_of_thunderbirds_is_not_shown(put: Put, tmp_path: Path) -> None:
    put("Inbox", b"x")
    put("Inbox.msf", b"x")
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/Inbox"]


# Zips that mean harm


def test_members_that_overlap_are_refused_before_a_byte_is_read(put: Put) -> None:
    bomb = quoted_overlap(20, 1 << 16)
    with zipfile.ZipFile(io.BytesIO(bomb)) as read:
        assert sum(info.file_size for info in read.infolist()) > 300 * len(bomb)
    with pytest.raises(DumpError) as caught:
        Dump.open([put("bomb.zip", bomb)])
    assert "overlap" in caught.value.why


def test_two_directory_entries_for_one_member_are_an_overlap(put: Put) -> None:
    part = Part("a", b"x" * 100)
    body, directory = local(part), central(part, 0) + central(Part("b", b"x" * 100), 0)
    with pytest.raises(DumpError) as caught:
        Dump.open([put("a.zip", body + directory + end(2, len(directory), len(body)))])
    assert "overlap" in caught.value.why


def test_packed_sizes_larger_than_the_zip_are_refused(put: Put) -> None:
    with pytest.raises(DumpError, match="damaged"):
        Dump.open([put("a.zip", pack([Part("a", says_packed=1 << 30, says_size=1 << 30)]))])


def limited(put: Put, parts: list[Part], limits: Limits) -> LimitError:
    with pytest.raises(LimitError) as caught:
        Dump.open([put("a.zip", pack(parts))], limits)
    return caught.value


def test_each_limit_names_its_flag_its_value_and_a_value_that_would_do(put: Put) -> None:
    zeros = Part("zeros", bytes(2 << 20))
    swell = str(-(-len(zeros.content) // len(zeros.data)))
    cases = [
        ("--limit-members", limited(put, [Part(str(n)) for n in range(6)], Limits(members=5)), "5", "6"),
        ("--limit-total-bytes", limited(put, [Part("a"), Part("b")], Limits(total_bytes=9)), "9", "10"),
        ("--limit-member-bytes", limited(put, [Part("a")], Limits(member_bytes=4)), "4", "5"),
        ("--limit-ratio", limited(put, [zeros], Limits()), "200", swell),
        ("--limit-path-length", limited(put, [Part("long" * 30)], Limits(path_length=99)), "99", "131072"),
        ("--limit-depth", limited(put, [Part("b/c/d")], Limits(depth=2)), "2", "3"),
    ]
    for flag, error, value, enough in cases:
        assert error.limit == flag
        assert f"limit is {value};" in error.why
        assert error.remedy.endswith(f"{flag} {enough}")


def test_a_member_past_a_limit_is_left_out_and_the_others_are_read(put: Put) -> None:
    parts = [Part("_chat.txt"), Part("zeros", bytes(2 << 20)), Part("d/e/e/p"), Part("n" * 60)]
    with Dump.open([put("a.zip", pack(parts))], Limits(depth=3, path_length=50)) as dump:
        assert paths(dump) == ["a.zip/_chat.txt"]
        assert whats(dump) == ["swells too much", "too deep", "path too long"]
        assert all(problem.loss == "file" and "--limit-" in problem.note for problem in dump.problems)


def test_a_small_member_may_have_any_ratio(put: Put) -> None:
    with Dump.open([put("a.zip", pack([Part("blank.bmp", bytes(1 << 20))]))]) as dump:
        assert len(content(dump, "a.zip/blank.bmp")) == 1 << 20


def test_zips_within_zips_are_opened_as_deep_as_the_limit_allows(put: Put) -> None:
    innermost = pack([Part("c.zip", texts("x"))])
    path = put("a.zip", pack([Part("b.zip", innermost), Part("y")]))
    with Dump.open([path]) as dump:
        assert paths(dump) == ["a.zip/b.zip/c.zip", "a.zip/y"]
        assert whats(dump) == ["nested zip"]
        assert "--limit-nesting 2" in dump.problems[0].note
    with Dump.open([path], Limits(nesting=2)) as dump:
        assert paths(dump) == ["a.zip/b.zip/c.zip/x", "a.zip/y"]
        assert dump.original(dump.entries[0]).path == "a.zip"


def test_the_count_of_members_holds_for_the_whole_tree(put: Put, tmp_path: Path) -> None:
    put("a/1.zip", texts("a", "b"))
    put("b/2.zip", texts("c", "d"))
    with pytest.raises(LimitError, match="too many files"):
        Dump.open([tmp_path / "given"], Limits(members=2))
    with Dump.open([tmp_path / "given"], Limits(members=3)) as dump:
        assert paths(dump) == ["given/a/1.zip/a", "given/a/1.zip/b", "given/b/2.zip"]
        assert "--limit-members" in dump.problems[0].note
    for number in range(4):
        put(f"{number}.txt", b"x")
    with pytest.raises(LimitError, match="holds too many files"):
        Dump.open([tmp_path / "given"], Limits(members=3))


def test_the_total_holds_for_plain_files_and_stdin(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match="more to read"):
        Dump.open([put("a", b"123"), put("b", b"456")], Limits(total_bytes=5))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"123456")))
    with pytest.raises(LimitError, match="More came in on stdin"):
        Dump.open([Path("-")], Limits(total_bytes=5))


def test_names_that_point_elsewhere_are_read_under_harmless_paths(put: Put) -> None:
    names = ["../../.ssh/id", "/etc/passwd", "C:\\Users\\ana\\chat.txt", "a\\b.txt", "nul\0.txt", "./ok.txt", ".."]
    with Dump.open([put("a.zip", pack([Part(name) for name in names]))]) as dump:
        assert paths(dump) == [
            "a.zip/__/__/.ssh/id",
            "a.zip/etc/passwd",
            "a.zip/C_/Users/ana/chat.txt",
            "a.zip/a/b.txt",
            "a.zip/nul\ufffd.txt",
            "a.zip/ok.txt",
            "a.zip/__",
        ]
        assert [entry.member for entry in dump.entries] == names
        assert whats(dump) == ["unsafe name"] * 6
        assert content(dump, "a.zip/__/__/.ssh/id") == b"hello"


@given(st.text(max_size=60))
def test_a_neutral_path_never_leaves_its_folder(name: str) -> None:
    path, _ = neutral(name)
    assert not path.startswith("/")
    assert "\\" not in path
    assert "\0" not in path
    assert not {"", ".", ".."} & set(path.split("/"))
    assert neutral(path) == (path, False)


def test_two_members_of_one_name_are_both_kept(put: Put) -> None:
    parts = [Part("a.jpg", b"1"), Part("a.jpg", b"2"), Part("a (2).jpg", b"3"), Part("LICENSE"), Part("LICENSE")]
    with Dump.open([put("a.zip", pack(parts))]) as dump:
        assert paths(dump) == [
            "a.zip/a.jpg",
            "a.zip/a (2).jpg",
            "a.zip/a (2) (2).jpg",
            "a.zip/LICENSE",
            "a.zip/LICENSE (2)",
        ]
        assert [content(dump, path) for path in paths(dump)[:3]] == [b"1", b"2", b"3"]
        assert whats(dump) == ["same name twice"] * 3


def test_a_free_number_is_found_past_taken_ones() -> None:
    numbering = Numbering()
    names = [numbering.unique(name) for name in ("a (2)", "a", "a", ".b", ".b")]
    assert names == ["a (2)", "a", "a (3)", ".b", ".b (2)"]


def test_links_pipes_and_folders_of_a_zip_are_no_files(put: Put) -> None:
    parts = [
        Part("link", b"/etc/passwd", mode=LINK),
        Part("pipe", b"", mode=PIPE),
        Part("folder/", b"", mode=FOLDER),
        Part("_chat.txt"),
    ]
    with Dump.open([put("a.zip", pack(parts))]) as dump:
        assert paths(dump) == ["a.zip/_chat.txt"]
        assert [(problem.what, problem.loss) for problem in dump.problems] == [
            ("link", "file"),
            ("not a file", "nothing"),
        ]


def test_protected_and_oddly_packed_members_are_named(put: Put) -> None:
    parts = [Part("secret.txt", flags=1), Part("odd.txt", method=9), Part("_chat.txt")]
    with Dump.open([put("a.zip", pack(parts))]) as dump:
        assert paths(dump) == ["a.zip/_chat.txt"]
        assert whats(dump) == ["encrypted", "unknown compression"]
        assert "secret.txt" in dump.problems[0].note
        assert "without a password" in dump.problems[0].note
        assert "method 9" in dump.problems[1].note


def test_a_zip_that_is_protected_throughout_is_refused(put: Put) -> None:
    with pytest.raises(DumpError, match="Every file in") as caught:
        Dump.open([put("a.zip", pack([Part("a", flags=1), Part("b", flags=1)]))])
    assert "password" in caught.value.remedy


# Names in other scripts


def test_names_are_utf8_or_cp437_by_their_bytes_whatever_the_flag_says() -> None:
    assert decode_name("Fotó.jpg".encode(), b"") == "Fotó.jpg"
    assert decode_name("Fotó.jpg".encode("cp437"), b"") == "Fotó.jpg"


def test_a_unicode_path_counts_only_for_the_name_it_was_made_for(put: Put) -> None:
    def named(raw: bytes, of: bytes, name: bytes) -> Part:
        body = b"\x01" + zlib.crc32(of).to_bytes(4, "little") + name
        return Part(raw, extra=struct.pack("<2H", 0x7075, len(body)) + body)

    good, stale = named(b"?.jpg", b"?.jpg", "日.jpg".encode()), named(b"x.jpg", b"y.jpg", "日.jpg".encode())
    broken = named(b"z.jpg", b"z.jpg", b"\xff.jpg")
    with Dump.open([put("a.zip", pack([good, stale, broken]))]) as dump:
        assert paths(dump) == ["a.zip/日.jpg", "a.zip/x.jpg", "a.zip/z.jpg"]


def test_a_name_on_disk_that_is_no_text_gets_a_path_that_is(put: Put, tmp_path: Path) -> None:
    odd = os.fsencode(put("a.txt", b"a").parent) + b"/\xff.txt"
    try:
        Path(os.fsdecode(odd)).write_bytes(b"odd")
    except OSError:
        pytest.skip("this file system takes text only")
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/a.txt", "given/\ufffd.txt"]
        assert content(dump, "given/\ufffd.txt") == b"odd"


# Folders that are odd


def test_links_pipes_and_sockets_of_a_folder_are_left_alone(put: Put, tmp_path: Path) -> None:
    folder = put("chat.txt", b"c").parent
    (tmp_path / "secret").write_bytes(b"s")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    with Dump.open([folder]) as dump:
        assert paths(dump) == ["given/chat.txt"]
        assert sorted((problem.what, problem.loss) for problem in dump.problems) == [
            ("link", "file"),
            ("link", "file"),
            ("not a file", "nothing"),
        ]


def test_what_may_not_be_read_in_a_folder_is_named(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.txt", b"a")
    put("closed.txt", b"c")
    put("shut/b.txt", b"b")
    access, scan = os.access, os.scandir
    monkeypatch.setattr(os, "access", lambda path, mode: "closed" not in path and access(path, mode))

    def scandir(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with Dump.open([tmp_path / "given"]) as dump:
        assert paths(dump) == ["given/a.txt"]
        assert whats(dump) == ["unreadable file", "unreadable folder"]


def test_a_folder_too_deep_or_a_path_too_long_is_left_out(put: Put, tmp_path: Path) -> None:
    put("a.txt", b"a")
    put("b/c/d/e.txt", b"e")
    put("n" * 50, b"n")
    with Dump.open([tmp_path / "given"], Limits(depth=3, path_length=40)) as dump:
        assert paths(dump) == ["given/a.txt"]
        assert sorted(whats(dump)) == ["path too long", "too deep"]


# What a person may get wrong


def test_a_misspelt_path_is_answered_with_the_one_meant(put: Put) -> None:
    path = put("WhatsApp Chat.zip", texts("a"))
    for typed in ("whatsapp chat.zip", "WhatsAp Chat.zip"):
        with pytest.raises(DumpError, match="There is no file or folder") as caught:
            Dump.open([path.with_name(typed)])
        assert caught.value.remedy == f"Did you mean “{path}”?"


def test_a_path_with_no_likeness_is_answered_with_advice(put: Put) -> None:
    path = put("a.txt", b"a")
    for typed in (path.with_name("nowhere.zip"), path / "below", path.parent / "no" / "such"):
        with pytest.raises(DumpError) as caught:
            Dump.open([typed])
        assert "spelling" in caught.value.remedy


def test_nothing_given_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Dump.open([])


def test_empty_things_are_refused_in_words(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hollow").mkdir()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    for path, words in [
        (put("empty.txt", b""), "is empty"),
        (put("empty.zip", pack([])), "holds no files"),
        (tmp_path / "hollow", "nothing to read"),
        (Path("-"), "is empty"),
    ]:
        with pytest.raises(DumpError, match=words) as caught:
            Dump.open([path])
        assert caught.value.remedy


def test_a_folder_of_which_nothing_can_be_read_says_why(put: Put, tmp_path: Path) -> None:
    put("a.zip", pack([Part("a", flags=1)]))
    with pytest.raises(DumpError, match="nothing to read") as caught:
        Dump.open([tmp_path / "given"])
    assert "password" in caught.value.why


def test_a_device_or_a_socket_given_by_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        with pytest.raises(DumpError, match="neither a file nor a folder"):
            Dump.open([Path("s")])


def test_a_file_that_may_not_be_opened_is_refused_in_words(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("a.txt", b"a")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DumpError, match="could not be read") as caught:
        Dump.open([path])
    assert caught.value.why == "Permission denied"


def test_a_full_disk_is_told_and_a_nested_zip_is_kept_closed(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(put("a.txt", b"a").parent / "gone"))
    with Dump.open([put("a.zip", pack([Part("b.zip", texts("x"))]))]) as dump:
        assert paths(dump) == ["a.zip/b.zip"]
        assert "TMPDIR" in dump.problems[0].note


def test_nothing_is_left_behind_when_opening_fails(put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    nested = put("a.zip", pack([Part("b.zip", texts("x"))]))
    with pytest.raises(DumpError):
        Dump.open([nested, tmp_path / "absent"])
    assert not list((tmp_path / "temporary").iterdir())


def test_reading_a_dump_changes_nothing_on_disk(put: Put, tmp_path: Path) -> None:
    put("a.zip", pack([Part("../evil"), Part("/absolute"), Part("b.zip", texts("x"))]))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with Dump.open([tmp_path / "given"]) as dump:
        for entry in dump.entries:
            dump.sha256(entry)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
