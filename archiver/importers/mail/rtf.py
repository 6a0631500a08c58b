"""RTF to text, as far as Outlook writes letters in it: words, line ends, tabs, letters of any script. No layout.

Source: the RTF specification 1.9.1; MS-OXRTFEX for HTML wrapped into RTF (``\\htmlrtf`` marks what is only wrapping).
Linear, whatever the input; groups that are no text (fonts, colours, pictures, what is marked ``\\*``) are left out.
"""

import codecs
import re

LONGEST = 8 << 20  # bytes that are looked at

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?[ ]?"  # a word with its number
    rb"|\\'([0-9a-fA-F]{2})"
    rb"|\\([^a-zA-Z'])"
    rb"|([{}])"
    rb"|([^\\{}\r\n]+)"
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t", b"cell": "\t",
    b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“",
    b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_ESCAPED = {b"\\": "\\", b"{": "{", b"}": "}", b"~": "\xa0", b"_": "-", b"\n": "\n", b"\r": "\n"}
_NO_TEXT = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"header", b"footer", b"themedata",
    b"datastore",
})  # fmt: skip


def text(data: bytes) -> str:
    """The words of an RTF document. Never raises."""
    reading = _Reading()
    for word, number, coded, sign, brace, plain in _TOKEN.findall(data[:LONGEST]):
        if brace:
            reading.group(opens=brace == b"{")
        elif word:
            reading.word(word, int(number) if number else None)
        elif coded:
            reading.letters(bytes.fromhex(coded.decode()))
        elif sign:
            reading.sign(sign)
        else:
            reading.letters(plain)
    return reading.finish()


class _Reading:
    """What has been read so far. In *silent* groups nothing is text; *skipped*: what a reader of \\u does not need."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._held = bytearray()  # bytes of the document's charset, for a letter may have two
        self._codec = "cp1252"
        self._silent = False
        self._stand_ins, self._skipped = 1, 0
        self._groups: list[tuple[bool, int]] = []

    def group(self, *, opens: bool) -> None:
        self._skipped = 0
        if opens:
            self._groups.append((self._silent, self._stand_ins))
        elif self._groups:
            self._silent, self._stand_ins = self._groups.pop()

    def word(self, word: bytes, number: int | None) -> None:
        if word in _NO_TEXT:
            self._silent = True
        elif word == b"htmlrtf":
            self._silent = number != 0
        elif word == b"ansicpg" and number:
            self._codec = _codec(number)
        elif word == b"uc":
            self._stand_ins = max(number or 0, 0)
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self._skipped = self._stand_ins
        elif word in _SIGNS:
            self._say(_SIGNS[word])

    def sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._silent = True
        elif sign in _ESCAPED:
            self._say(_ESCAPED[sign])

    def letters(self, letters: bytes) -> None:
        spared = min(self._skipped, len(letters))
        self._skipped -= spared
        if not self._silent:
            self._held += letters[spared:]

    def finish(self) -> str:
        self._settle()
        joined = "".join(self._written).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return "\n".join(line.rstrip() for line in joined.split("\n")).strip("\n")

    def _say(self, sign: str) -> None:
        if not self._silent:
            self._settle()
            self._written.append(sign)

    def _settle(self) -> None:
        if self._held:
            self._written.append(self._held.decode(self._codec, "replace"))
            self._held.clear()


def _codec(page: int) -> str:
    name = "utf-8" if page == 65001 else f"cp{page}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
