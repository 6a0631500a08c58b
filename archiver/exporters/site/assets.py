"""The two files that every page shares, as they are shipped: the stylesheet and the one script."""

import json
import re
from functools import cache
from importlib.resources import files

from archiver.exporters.site.folding import ALONE, BETWEEN, DROPPED, LEVEL

_COMMENT = re.compile(r"^\s*/\*.*?\*/\n|^\s+", re.MULTILINE | re.DOTALL)
_SPACED = re.compile(r" ?(=>|===|&&|\|\||[=?:+<,{}]) ", re.MULTILINE)  # never at the edge of a word in quotes


_AIRY = re.compile(r"(?<=[,;{}]) +|(?<=:) (?=\S)| (?=\{)|;(?=\})|\n")  # spaces that say nothing in our stylesheet


@cache
def style() -> bytes:
    """The stylesheet, without the spaces that are for those who write it."""
    return _AIRY.sub("", _AIRY.sub("", _read("style.css"))).encode()


@cache
def script() -> bytes:
    """The script, with folding.py's tables of signs in it, without comments, indents and spaces beside signs."""
    text = _SPACED.sub(r"\1", _COMMENT.sub("", _read("search.js")))
    for name, signs in (("BETWEEN", BETWEEN), ("DROPPED", DROPPED), ("ALONE", ALONE)):
        text = text.replace(name, re.sub(r"\\U0*([0-9a-f]+)", r"\\u{\1}", signs))
    return text.replace("LEVEL", json.dumps(LEVEL, ensure_ascii=False, separators=(",", ":"))).encode()


def _read(name: str) -> str:
    return (files(__package__) / "static" / name).read_text(encoding="utf-8")
