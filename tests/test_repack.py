"""A zip or packed file comes out as it was, but for what is to be in it instead."""

import bz2
import gzip
import hashlib
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from archiver.dump.repack import repack
from archiver.errors import DumpError
from tests.hostile.zips import Part, pack


def instead(before: bytes, after: bytes) -> Callable[[str], BinaryIO | None]:
    known = hashlib.sha256(before).hexdigest()
    return lambda sha256: io.BytesIO(after) if sha256 == known else None


def test_a_member_is_another_and_the_rest_stays(tmp_path: Path) -> None:
    file, out = tmp_path / "a.zip", io.BytesIO()
    file.write_bytes(pack([Part("b/", b""), Part("b/one.txt", b"one"), Part("b/two.txt", b"two" * 99, deflate=False)]))
    assert repack(file, out, instead(b"one", b"1"), str.upper)
    with zipfile.ZipFile(out) as packed:
        assert [(name, packed.read(name)) for name in packed.namelist()] == [
            ("B/", b""), ("B/ONE.TXT", b"1"), ("B/TWO.TXT", b"two" * 99),
        ]  # fmt: skip
        assert packed.getinfo("B/TWO.TXT").compress_type == zipfile.ZIP_STORED
    same = io.BytesIO()
    assert not repack(file, same, instead(b"none", b""), str)


def test_what_nobody_can_look_into_does_not_come_along(tmp_path: Path) -> None:
    file, out = tmp_path / "a.zip", io.BytesIO()
    file.write_bytes(pack([Part("one.txt", b"one"), Part("locked.txt", flags=1), Part("odd.txt", method=97)]))
    left_out: list[str] = []
    assert repack(file, out, instead(b"none", b""), str.upper, left_out)
    with zipfile.ZipFile(out) as packed:
        assert packed.namelist() == ["ONE.TXT"]
    assert left_out == ["LOCKED.TXT", "ODD.TXT"]


@pytest.mark.parametrize(("pack_it", "unpack_it"), [(gzip.compress, gzip.decompress), (bz2.compress, bz2.decompress),
                                                     (lzma.compress, lzma.decompress)])  # fmt: skip
def test_a_packed_file_is_packed_again(
    tmp_path: Path, pack_it: Callable[[bytes], bytes], unpack_it: Callable[[bytes], bytes]
) -> None:
    file, out = tmp_path / "a", io.BytesIO()
    file.write_bytes(pack_it(b"the beans"))
    assert repack(file, out, instead(b"the beans", b"XXX XXXXX"), str)
    assert unpack_it(out.getvalue()) == b"XXX XXXXX"
    assert not repack(file, io.BytesIO(), instead(b"none", b""), str)


def test_what_is_no_container_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"plain text, nothing in it")
    with pytest.raises(DumpError):
        repack(tmp_path / "a", io.BytesIO(), instead(b"", b""), str)
