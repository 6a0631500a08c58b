"""A bag in a zip or a tar comes home as it went; what is none, or means harm, is refused before anything is used."""

import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from archiver.__main__ import run
from archiver.errors import EXIT_FAILED, EXIT_OK, StoreError
from archiver.keeping import bags, packed
from archiver.store import archive as store
from archiver.store.verify import verify
from tests.hostile.zips import LINK, Part, pack
from tests.test_bags import CHAT, LETTERS, bring, digest_of

ROOTS = ("", "garden-bag/")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bagged") / "archive"
    bring(home, CHAT)
    bring(home, LETTERS)
    return home


@pytest.fixture(scope="module")
def bag(home: Path) -> Path:
    return bags.write(home, home.with_name("bag"), day=date(2026, 1, 31)).path


def files(bag: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(bag.rglob("*")):
        if file.is_file():
            yield file.relative_to(bag).as_posix(), file.read_bytes()


def zipped(bag: Path, target: Path, root: str) -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files(bag):
            out.writestr(root + name, content)
    return target


def tarred(bag: Path, target: Path, root: str) -> Path:
    formats = {"": tarfile.PAX_FORMAT, "garden-bag/": tarfile.GNU_FORMAT}
    with tarfile.open(target, "w", format=formats[root]) as out:
        out.add(bag, root or ".")
    return target


def packings(bag: Path, folder: Path) -> Iterator[Path]:
    for number, root in enumerate(ROOTS):
        yield zipped(bag, folder / f"{number}.zip", root)
        yield tarred(bag, folder / f"{number}.tar", root)
    shutil.make_archive(str(folder / "shell"), "zip", bag.parent, bag.name)
    yield folder / "shell.zip"


def test_a_packed_bag_is_read_back_to_the_same_digest(
    home: Path, bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in packings(bag, tmp_path):
        fresh = tmp_path / f"of {file.name}"
        assert run(["--archive", str(fresh), "import", str(file), "--json"]) == EXIT_OK
        told = json.loads(capsys.readouterr().out)
        assert told["digest"] == digest_of(home) == digest_of(fresh)
        assert told["fresh"]
        assert verify(fresh, deep=True).sound
        assert run(["verify", str(file)]) == EXIT_OK
        assert run(["--archive", str(tmp_path / "none"), "import", "--dry-run", str(file)]) == EXIT_OK
        assert not store.exists(tmp_path / "none")
    assert not list(tmp_path.glob(".bag-*"))


def test_a_packed_bag_with_a_flipped_bit_is_found_and_brings_nothing(bag: Path, tmp_path: Path) -> None:
    content = bytearray(tarred(bag, tmp_path / "a.tar", "").read_bytes())
    content[content.index(b"bean") + 1] ^= 4
    (tmp_path / "a.tar").write_bytes(content)
    assert run(["verify", str(tmp_path / "a.tar")]) == EXIT_FAILED
    assert run(["--archive", str(tmp_path / "fresh"), "import", str(tmp_path / "a.tar")]) == EXIT_FAILED
    assert not store.exists(tmp_path / "fresh")


def test_a_chat_in_a_zip_is_no_bag(tmp_path: Path) -> None:
    assert not bags.is_bag(CHAT)
    assert not bags.is_bag(LETTERS)
    assert not bags.is_bag(tmp_path)
    (tmp_path / "a.tar").write_bytes(b"bagit.txt")
    (tmp_path / "b.zip").write_bytes(pack([Part("_chat.txt", b"I packed bagit.txt")]))
    (tmp_path / "c.zip").write_bytes(pack([Part("bagit.txt", b"x")])[:-9])
    for name in ("a.tar", "b.zip", "c.zip", "none.zip"):
        assert not bags.is_bag(tmp_path / name), name


def tar(*members: tuple[str, bytes, bytes]) -> bytes:
    """(name, type, content) as a tar."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind, len(content)
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


HOSTILE = {
    "slip.zip": lambda: pack([Part("bagit.txt"), Part("../up.txt")]),
    "absolute.zip": lambda: pack([Part("bagit.txt"), Part("/etc/passwd")]),
    "link.zip": lambda: pack([Part("bagit.txt"), Part("data/archive.db", b"/etc/passwd", mode=LINK)]),
    "bomb.zip": lambda: pack([Part("bagit.txt"), Part("data/archive.db", bytes(30_000_000))]),
    "twice.zip": lambda: pack([Part("bagit.txt"), Part("bagit.txt", b"other")]),
    "two.zip": lambda: pack([Part("a/bagit.txt"), Part("b/bagit.txt")]),
    "locked.zip": lambda: pack([Part("bagit.txt"), Part("data/archive.db", flags=1)]),
    "slip.tar": lambda: tar(("bagit.txt", b"0", b"x"), ("../up.txt", b"0", b"x")),
    "link.tar": lambda: tar(("bagit.txt", b"0", b"x"), ("data/archive.db", b"2", b"")),
    "sparse.tar": lambda: tar(("bagit.txt", b"0", b"x"), ("data/archive.db", b"S", b"")),
    "cut.tar": lambda: tar(("bagit.txt", b"0", b"x"), ("data/archive.db", b"0", bytes(5000)))[:4000],
    "sum.tar": lambda: tar(("bagit.txt", b"0", b"x"), ("data/archive.db", b"0", b"")).replace(b"data/a", b"data/b"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_means_harm_is_refused_and_leaves_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    file = folder / name
    file.write_bytes(HOSTILE[name]())
    assert run(["--archive", str(folder / "fresh"), "import", str(file)]) == EXIT_FAILED
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.strip()
    assert [path.name for path in folder.iterdir() if path.name != "fresh"] == [name]
    assert not store.exists(folder / "fresh")
    assert not [path for path in tmp_path.iterdir() if path != folder]


def test_a_limit_counts_for_a_tar_too(bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tarred(bag, tmp_path / "a.tar", "")
    words = ["--archive", str(tmp_path / "fresh"), "import", str(file), "--limit-total-bytes"]
    assert run([*words, "1000"]) == EXIT_FAILED
    assert "--limit-total-bytes" in capsys.readouterr().err
    assert run([*words, str(1 << 30)]) == EXIT_OK


def test_sizes_of_a_tar_are_read_in_both_ways(tmp_path: Path) -> None:
    assert packed._number(b"00000000017\0") == 15
    assert packed._number(b"\x80" + (1 << 40).to_bytes(11, "big")) == 1 << 40
    assert packed._number(b"what is it? ") == -1
    with pytest.raises(StoreError), packed.laid_out(CHAT, tmp_path):
        raise AssertionError("a chat is no bag")
