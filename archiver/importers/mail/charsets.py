"""Bytes to text, whatever the label says: the charset ladder.

A label is read as browsers read it (the table of the WHATWG Encoding standard: latin-1 means windows-1252, gb2312
means gb18030…), with the charsets of mail added that browsers refuse (UTF-7, ISO-2022-KR, HZ). Where the label is
wrong or missing, the next step of the ladder is taken, and `decode` says which.

What is returned can be stored: no lone surrogates, and a NUL becomes the visible mark ``␀`` (U+2400).
"""

import codecs
import re
import sys
from array import array
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import product

from archiver.text import storable

UTF8, CP1252 = "utf-8", "cp1252"

# The steps, from the surest to the last resort. *mended*: a few bytes that do not fit were replaced, in UTF-8 by
# what they are in windows-1252 (a list's footer in another charset), elsewhere by U+FFFD.
STEPS = ("ascii", "label", "utf-8", "iso-2022", "label-mended", "utf-8-mended", "body-charset", "cp1252")

# Labels without their hyphens, dots and underscores. Families with a number (iso-8859-N, windows-N) follow below.
_LABELS = {
    UTF8: "utf8 unicode11utf8 unicode20utf8 xunicode20utf8 cp65001 65001",
    CP1252: "ascii usascii ansix341968 iso646us us latin1 l1 isolatin1 csisolatin1 isoir100 cp819 ibm819 xansi ansi",
    "iso8859_2": "latin2 l2 csisolatin2 isoir101",
    "iso8859_3": "latin3 l3 csisolatin3 isoir109",
    "iso8859_4": "latin4 l4 csisolatin4 isoir110",
    "iso8859_5": "cyrillic csisolatincyrillic isoir144",
    "iso8859_6": "arabic csisolatinarabic asmo708 ecma114 isoir127 csiso88596e csiso88596i",
    "iso8859_7": "greek greek8 csisolatingreek ecma118 elot928 isoir126 suneugreek",
    "iso8859_8": "hebrew csisolatinhebrew isoir138 visual logical csiso88598e csiso88598i",
    "cp1254": "latin5 l5 csisolatin5 isoir148",
    "iso8859_10": "latin6 l6 csisolatin6 isoir157",
    "iso8859_15": "latin9 l9 csisolatin9 latin0",
    "cp874": "tis620 tis62025330 isoir166",
    "koi8_r": "koi8 koi koi8r cskoi8r 20866",
    "koi8_u": "koi8u koi8ru 21866",
    "mac_roman": "mac macintosh csmacintosh macroman 10000",
    "mac_cyrillic": "maccyrillic macukrainian",
    "gb18030": "gb18030 gbk gb2312 gb231280 chinese csgb2312 csiso58gb231280 isoir58 euccn eucgb2312cn 936 54936",
    "big5hkscs": "big5 big5hkscs cnbig5 csbig5 xxbig5 big5eten 950",
    "cp932": "shiftjis csshiftjis sjis mskanji ms932 windows31j cswindows31j 932",
    "euc_jp": "eucjp cseucpkdfmtjapanese ujis cp51932 51932",
    "cp949": "euckr cseuckr korean ksc5601 ksc56011987 ksc56011989 csksc56011987 isoir149 uhc 949",
    "johab": "johab 1361",
    "iso2022_jp": "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms iso2022jpext cp50220 50220 50221",
    "iso2022_kr": "iso2022kr csiso2022kr",
    "iso2022_cn": "iso2022cn iso2022cnext",
    "hz": "hz hzgb2312",
    "utf-7": "utf7 unicode11utf7 csunicode11utf7 unicode20utf7 65000",
    "utf-16-le": "utf16 utf16le unicode csunicode ucs2 iso10646ucs2 unicodefeff",
    "utf-16-be": "utf16be unicodefffe",
    "utf-32": "utf32 ucs4",
    "utf-32-le": "utf32le",
    "utf-32-be": "utf32be ucs4be",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_ISO = re.compile(r"iso8859(1[0-6]|[1-9])(?:19\d\d|[ei])?")
_ISO_ELSEWHERE = {"1": CP1252, "9": "cp1254", "11": "cp874"}  # iso-8859-12 was never made
_PAGE = re.compile(r"(?:windows|win|cp|ibm|ms|dos|cs?ibm)?(\d{3,5})")
_PAGES = {437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, *range(1250, 1259)}
_EDGES = " \t\r\n\"'<>"

_LATIN = {CP1252, "iso8859_15", "cp1254"}  # every byte means something in these, so valid UTF-8 is the better sign
_SEVEN_BIT = {"utf-7", "hz", "iso2022_jp", "iso2022_kr", "iso2022_cn"}  # plain bytes may mean more than ASCII
_BOM = b"\xef\xbb\xbf"
_WIDE = {"utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}


def decode(data: bytes, label: str | None, fallback: str | None = None) -> tuple[str, str]:
    """The text, and the step of the ladder it was read by, one of STEPS.

    *fallback* is the charset of the body, for headers without a label of their own. Never raises.
    """
    codec = codec_of(label) if label else None
    if data.isascii() and b"\x1b" not in data and (codec is None or _ascii_is_ascii(data, codec)):
        return _fit(data.decode("ascii")), "ascii"
    try:
        text, step = _climb(data, codec, codec_of(fallback) if fallback else None)
    except _OverdoneError as overdone:
        text, step = storable(data.decode(overdone.codec, "replace"))[0], "label-mended"
    return _fit(text), step


@lru_cache(maxsize=512)
def codec_of(label: str) -> str | None:
    """The codec a label means, or None (``x-unknown``, ``unknown-8bit``, ``default``, nonsense)."""
    name = label[:80].partition(";")[0].partition("*")[0].strip(_EDGES).lower()
    for spelled in (name, *name.split()[:1]):
        squeezed = "".join(filter(str.isalnum, spelled.rpartition("=")[2]))
        for key in (squeezed, squeezed.removeprefix("x")):
            if found := _CODECS.get(key) or _numbered(key):
                return found
    return None


def _numbered(name: str) -> str | None:
    if iso := _ISO.fullmatch(name):
        return _ISO_ELSEWHERE.get(iso[1]) or (f"iso8859_{iso[1]}" if iso[1] != "12" else None)
    if page := _PAGE.fullmatch(name):
        number = page[1].lstrip("0")
        return f"cp{number}" if int(page[1]) in _PAGES else _CODECS.get(number)
    return None


def _ascii_is_ascii(data: bytes, codec: str) -> bool:
    """Whether bytes below 0x80, without an escape, are ASCII in this charset as they are in nearly all."""
    if codec in _WIDE:
        return b"\0" not in data
    return codec not in _SEVEN_BIT


def _fit(text: str) -> str:
    if text.startswith("\ufeff"):  # the mark of an encoding, not of a writer
        text = text[1:]
    if "\0" in text:
        text = text.replace("\0", "␀")
    return text


def _climb(data: bytes, codec: str | None, fallback: str | None) -> tuple[str, str]:
    """The rungs in their order; the last one always holds."""
    if b"\x1b" in data and data.isascii() and codec not in _SEVEN_BIT and (found := _by_escapes(data)):
        return found, "iso-2022"
    if (
        codec
        and codec != UTF8
        and codec not in _LATIN
        and not data.startswith(_BOM)
        and (found := _strictly(data, codec)) is not None
    ):
        return found, "label"
    if (found := _strictly(data, UTF8)) is not None:
        return found, "label" if codec == UTF8 else "ascii" if data.isascii() else "utf-8"
    if codec in _LATIN:
        return _by_table(data, codec), "label"
    return next(_mended(data, codec, fallback), (_by_table(data, CP1252), CP1252))


def _mended(data: bytes, codec: str | None, fallback: str | None) -> Iterator[tuple[str, str]]:
    """Readings of bytes that are neither what the label says nor UTF-8, but nearly."""
    if codec and codec != UTF8 and codec not in _WIDE and (found := _with_losses(data, codec)) is not None:
        yield found, "label-mended"
    if (found := _nearly_utf8(data)) is not None:
        yield found, "label-mended" if codec == UTF8 else "utf-8-mended"
    if fallback and fallback != UTF8 and (found := _strictly(data, fallback)) is not None:
        yield found, "body-charset"


def _strictly(data: bytes, codec: str) -> str | None:
    """The text if every byte fits, else None."""
    try:
        if special := _SPECIAL.get(codec):
            return special(data)
        if codec in _SINGLE_BYTE:
            return _by_table(data, codec)
        return data.decode(codec)
    except UnicodeError:
        return None


def _with_losses(data: bytes, codec: str) -> str | None:
    """The text with U+FFFD for what does not fit, if that is less than half of what is not ASCII."""
    text = storable(data.decode(_PLAIN.get(codec, codec), "replace"))[0]
    lost = text.count("\ufffd")
    return text if lost < len(text) - len(text.encode("ascii", "ignore")) - lost else None


def _nearly_utf8(data: bytes) -> str | None:
    """UTF-8 that was cut within its last character, that holds surrogates (CESU-8), or few bytes of something else."""
    try:
        text, used = codecs.utf_8_decode(data, "surrogatepass", False)  # noqa: FBT003 - final: the end may be missing
        if used == len(data) or not text.isascii():
            return storable(text)[0] + "\ufffd" * (used < len(data))
    except UnicodeError:
        pass
    text = data.decode(UTF8, "replace")
    lost = text.count("\ufffd")
    fits = lost < len(text) - len(text.encode("ascii", "ignore")) - lost
    return data.decode(UTF8, "archiver.cp1252") if fits else None


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - it is never used to encode
    return _by_table(error.object[error.start : error.end], CP1252), error.end


codecs.register_error("archiver.cp1252", _as_cp1252)

_SINGLE_BYTE = {
    *(f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    *(f"cp{page}" for page in _PAGES),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic"),
}


@cache
def _table(codec: str) -> str:
    """The 256 characters of a charset. Bytes 80-9F that it leaves open are C1 controls, as browsers have it (so
    that nothing is lost and windows-1252 never fails); other open places are U+FFFE, at which decoding fails."""
    signs = bytes(range(256)).decode(codec, "replace")
    return "".join(
        sign if sign != "\ufffd" else chr(byte) if 0x80 <= byte < 0xA0 else "\ufffe" for byte, sign in enumerate(signs)
    )


def _by_table(data: bytes, codec: str) -> str:
    return codecs.charmap_decode(data, "strict", _table(codec))[0]


# ISO-2022: escapes that call a character set, after which pairs of ASCII bytes are characters (RFC 1468, 1557, 1922).
_CALLS = re.compile(rb"\x1b(?:\$[@B]|\$\([@BDOPQ]|\([BJI])")
_CALLED = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([BJI])([^\x1b]*)")
_SHIFTED = re.compile(rb"\x0e([^\x0e\x0f\r\n]*)\x0f?")
_DESIGNATION = re.compile(rb"\x1b\$[)*+][A-I]|\x0f")
_MANY = 250_000  # changes from one character set to another in one text: no language has so many in a few megabytes
_LOWERED = bytes(byte & 0x7F for byte in range(256))
_RAISED = bytes(byte | 0x80 if byte > 0x20 else byte for byte in range(256))


class _OverdoneError(Exception):
    """More changes than _MANY: what to read the data with, replacing what does not fit."""

    def __init__(self, codec: str) -> None:
        self.codec = codec


def _each(pattern: re.Pattern[bytes], change: Callable[[re.Match[bytes]], bytes], data: bytes, codec: str) -> bytes:
    """The data with every match changed. _OverdoneError where there are more than anybody writes."""
    changed, count = pattern.subn(change, data, _MANY)
    if count == _MANY:
        raise _OverdoneError(codec)
    return changed


def _by_escapes(data: bytes) -> str | None:
    """Text whose escapes tell that it is ISO-2022, else None."""
    for mark, codec in ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$)A", "iso2022_cn")):
        if mark in data:
            return _strictly(data, codec)
    return _strictly(data, "iso2022_jp") if _CALLS.search(data) else None


def _japanese(data: bytes) -> str:
    """ISO-2022-JP as it is sent: with the signs of NEC and IBM (① ㈱ 髙), which the standard lacks."""
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeError:
        return _each(_CALLED, _as_shift_jis, data, "iso2022_jp_ext").decode("cp932")


def _as_shift_jis(called: re.Match[bytes]) -> bytes:
    kind, signs = called[1], called[2]
    if kind == b"(I":  # katakana of half width
        return bytes(byte | 0x80 for byte in signs)
    return signs if kind.startswith(b"(") else _pairs_as_shift_jis(signs)


_PAIRS = re.compile(rb"(?:[\x21-\x7e]{2})++")


def _pairs_as_shift_jis(signs: bytes) -> bytes:
    """Rows and cells of JIS X 0208 (two bytes 21-7E each) in the places that Shift_JIS gives them."""
    return _each(_PAIRS, _run_as_shift_jis, signs, "iso2022_jp_ext")


def _run_as_shift_jis(run: re.Match[bytes]) -> bytes:
    return array("H", map(_shift_jis().__getitem__, memoryview(run[0]).cast("H"))).tobytes()


@cache
def _shift_jis() -> "array[int]":
    """What Shift_JIS writes for each pair of bytes, both as numbers of this machine's kind."""
    table = array("H", bytes(2 << 16))
    for row, cell in product(range(0x21, 0x7F), repeat=2):
        first = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        pair = bytes((first, cell + 0x1F + (cell >= 0x60) if row % 2 else cell + 0x7E))
        table[int.from_bytes((row, cell), sys.byteorder)] = int.from_bytes(pair, sys.byteorder)
    return table


_EUC_PAIRS = re.compile(rb"(?:[\xa1-\xfe]{2})+|\x8e([\xa1-\xdf])")


def _japanese_unix(data: bytes) -> str:
    """EUC-JP, with the same additions."""
    try:
        return data.decode("euc_jp")
    except UnicodeError:
        return _each(_EUC_PAIRS, _euc_as_shift_jis, data, "euc_jp").decode("cp932")


def _euc_as_shift_jis(found: re.Match[bytes]) -> bytes:
    return found[1] or _pairs_as_shift_jis(found[0].translate(_LOWERED))


def _shifting(data: bytes, codec: str) -> str:
    """ISO-2022-KR and -CN: what stands between shift-out and shift-in is a two-byte charset less its high bits."""
    raised = _each(_SHIFTED, lambda run: run[1].translate(_RAISED), data, codec)
    return _DESIGNATION.sub(b"", raised).decode(codec)


_SPECIAL: dict[str, Callable[[bytes], str]] = {
    "iso2022_jp": _japanese,
    "euc_jp": _japanese_unix,
    "iso2022_kr": lambda data: _shifting(data, "cp949"),
    "iso2022_cn": lambda data: _shifting(data, "gb18030"),
    "utf-7": lambda data: storable(data.decode("utf-7"))[0],
    "utf-16-le": lambda data: data.decode("utf-16-be" if data.startswith(b"\xfe\xff") else "utf-16-le"),
}
_PLAIN = {"iso2022_jp": "iso2022_jp_ext", "iso2022_kr": "cp949", "iso2022_cn": "gb18030"}  # that can replace
