"""A bag: any files with sums and a few words about them, as libraries carry what has to last (BagIt 1.0, RFC 8493)."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from archiver.contracts import Page

name = "bagit"
title = "Bag (BagIt, RFC 8493)"

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def pages(payload: Iterable[Page], info: Mapping[str, str]) -> Iterator[Page]:
    """The *payload* below ``data/``, then what makes a bag of it; *info* becomes bag-info.txt, in its order.

    Each page has to be read to its end before the next one is asked for.
    """
    sums: dict[str, str] = {}
    size = 0
    for page in payload:
        path = f"data/{page.path}"
        digest = Sum()
        yield Page(path, digest.over(page.content))
        sums[path] = digest.hexdigest()
        size += digest.size
    about = {**info, "Payload-Oxum": f"{size}.{len(sums)}"}
    tags = {
        "bagit.txt": _DECLARATION,
        "bag-info.txt": "".join(f"{label}: {_one_line(value)}\n" for label, value in about.items()),
        "manifest-sha256.txt": _manifest(sums),
    }
    tags["tagmanifest-sha256.txt"] = _manifest(
        {path: hashlib.sha256(text.encode()).hexdigest() for path, text in tags.items()}
    )
    for path, text in tags.items():
        yield Page(path, text.encode())


class Sum:
    """SHA-256 and size of what flows through."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()

    def over(self, content: bytes | Iterator[bytes]) -> Iterator[bytes]:
        for piece in (content,) if isinstance(content, bytes) else content:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _manifest(sums: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {encoded(path)}\n" for path, digest in sorted(sums.items()))


def encoded(path: str) -> str:
    """A path as manifests have it: line ends and percent signs escaped."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def decoded(path: str) -> str:
    return path.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def _one_line(value: str) -> str:
    return " ".join(value.split())
