"""Looks for words in every byte of a folder: in files as they are, in what is packed in them, in each cell and each
word of an index, in what letters hold in base64. What finds nothing here proves something."""

import base64
import gzip
import quopri
import re
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from html import unescape
from io import BytesIO
from pathlib import Path

from archiver.spelling import tokens

_CODED = re.compile(rb"(?:[A-Za-z0-9+/]{4,}={0,2}[\r\n]*)+")


def traces(folder: Path, words: Sequence[str]) -> list[str]:
    """Where in *folder* one of the *words* is found: ``file: words``. Case does not matter."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            hit = {word for content in _readings(file.read_bytes()) for word in words if _in(word, content)}
            hit |= set(_in_database(file, words))
            found += [f"{file.relative_to(folder)}: {word}" for word in sorted(hit)]
    return found


def _in(word: str, content: bytes) -> bool:
    lowered = content.lower()
    spellings = (word.lower().encode(), word.lower().encode("utf-16-le"), word.lower().encode("utf-16-be"))
    return any(spelled in lowered for spelled in spellings)


def _readings(content: bytes) -> Iterator[bytes]:
    """A content as it is, and unpacked and decoded in every way a reader could think of."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from _readings(packed.read(name))
    elif content.startswith(b"\x1f\x8b"):
        yield from _readings(gzip.decompress(content))
    elif not content.startswith(b"SQLite"):
        yield quopri.decodestring(content.replace(b"=?utf-8?q?", b"").replace(b"_", b" "))
        for run in _CODED.finditer(content):
            raw = re.sub(rb"[\r\n=]", b"", run[0])
            yield base64.b64decode(raw[: len(raw) & ~3])
        yield re.sub(rb"<[^>]*>", b"", content)
        yield unescape(re.sub(r"<[^>]*>", "", content.decode("utf-8", "replace"))).encode()
        yield re.sub(rb"\\u00([0-9A-Fa-f]{2})", lambda one: bytes.fromhex(one[1].decode()), content)  # as Facebook does
        yield re.sub(rb"\\u([0-9A-Fa-f]{4})", lambda one: _sign(one[1]), content)


def _sign(code: bytes) -> bytes:
    return chr(int(code, 16)).encode("utf-8", "replace")


def _in_database(file: Path, words: Sequence[str]) -> Iterator[str]:
    """Words in any cell of any table, and words that the full-text index still knows."""
    if file.read_bytes()[:6] != b"SQLite":
        return
    with closing(sqlite3.connect(file)) as sql:
        names = [name for (name,) in sql.execute("select name from sqlite_schema where type = 'table'")]
        for name in names:
            if name.startswith("message_fts"):
                continue
            for row in sql.execute(f'select * from "{name}"'):
                told = " ".join(str(cell) for cell in row).lower()
                yield from (word for word in words if word.lower() in told)
        sql.execute("create virtual table temp.known using fts5vocab(main, message_fts, row)")
        indexed = {term for (term,) in sql.execute("select term from temp.known")}
        for word in words:
            if all(term in indexed for _, _, term in tokens(word)) and len(list(tokens(word))) == 1:
                yield word
