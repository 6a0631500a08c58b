"""Bodies as mailers write them: plain, flowed, with HTML beside or alone, with files; in eight charsets."""

import binascii
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from tests.bench.letter_files import File, lines
from tests.bench.letter_people import Mailer
from tests.bench.letter_talk import Block, Room, Written, quoted

Shape = Literal["plain", "flowed", "alternative", "html"]

WITH_PAGE: dict[Mailer, float] = {  # how many send a page beside the text
    "mutt": 0, "pine": 0, "outlook": 0.75, "dotnet": 0.75, "thunderbird": 0.3, "gmail": 1, "apple": 0.4,
}  # fmt: skip
UTF8_SINCE = 2010
LINE = 76
# What Word writes before the first letter of a mail.
WORD_STYLE = "".join(
    f"p.Mso{name}, li.Mso{name}\n\t{{margin:0cm;\n\tmargin-bottom:.0001pt;\n\tfont-size:{size}.0pt;\n"
    f'\tfont-family:"Times New Roman",serif;\n\tmso-style-priority:{size};\n\tcolor:windowtext;}}\n'
    for size, name in enumerate(("Normal", "Header", "Footer", "PlainText", "Heading1", "Heading2", "List", "Quote"), 9)
    for _ in range(16)
)
_WORD_FONT = "font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif;color:#1F497D;mso-fareast-language:EN-US"
WORD_PARAGRAPH = (f'<p class="MsoNormal"><span lang="EN-GB" style="{_WORD_FONT}">', "<o:p></o:p></span></p>")
WEB_PARAGRAPH = ('<div class="gmail_default" style="font-family:verdana,sans-serif">', "</div><div><br></div>")
PIXEL = '<img src="https://track.example.com/o/{:x}.gif" width="1" height="1" alt="">'


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part: its Content-… header lines and its body, both ending with a line end."""

    headers: bytes
    body: bytes


def shape_of(letter: Written, draw: random.Random) -> Shape:
    dice, year, mailer = draw.random(), letter.at.year, letter.sender.mailer
    if dice < 0.03 and year > 2005:
        return "html"
    if dice < WITH_PAGE[mailer]:
        return "alternative"
    return "flowed" if mailer in {"thunderbird", "apple"} and dice < 0.8 else "plain"


def charset_of(letter: Written, text: str) -> str:
    """The old charset of the writer where it can say the text and the years are right, else UTF-8."""
    if text.isascii():
        return "us-ascii" if letter.number % 3 else "utf-8"
    wanted = letter.sender.charset if letter.at.year < UTF8_SINCE or letter.sender.stubborn else "utf-8"
    try:
        text.encode(wanted)
    except UnicodeEncodeError:
        return "utf-8"
    return wanted


def body(letter: Written, shape: Shape, draw: random.Random, *, by_list: bool) -> Part:
    """Everything under the header of *letter*; *by_list*: with the list's footer."""
    rows = plain_lines(letter)
    footer = footer_lines(letter.room, letter.at.year) if by_list else []
    simple = shape in {"plain", "flowed"} and not letter.files
    if simple:
        return _text(letter, [*rows, *footer], shape, draw)
    main = _main(letter, rows, shape, draw)
    if not letter.files and not footer:
        return main
    parts = [main, *(_attached(file, draw) for file in letter.files)]
    if footer:
        parts.append(
            Part(b'Content-Type: text/plain; charset="us-ascii"\nContent-Disposition: inline\n', _join(footer))
        )
    return multipart("mixed", parts, draw)


def _main(letter: Written, rows: list[str], shape: Shape, draw: random.Random) -> Part:
    if shape in {"plain", "flowed"}:
        return _text(letter, rows, shape, draw)
    page = html(letter, draw)
    charset = charset_of(letter, page)
    web = _leaf(f"text/html; charset={charset}", page.encode(charset), charset, draw)
    if shape == "html":
        return web
    return multipart("alternative", [_text(letter, rows, "plain", draw), web], draw)


def _text(letter: Written, rows: list[str], shape: Shape, draw: random.Random) -> Part:
    more = ""
    if shape == "flowed":
        close = letter.sender.tongue in {"ja", "zh"}
        rows, more = flowed(rows, close=close), "; format=flowed" + "; delsp=yes" * close
    text = "\n".join(rows) + "\n"
    charset = charset_of(letter, text)
    label = draw.choice((charset, charset.upper(), f'"{charset}"'))
    return _leaf(f"text/plain; charset={label}{more}", text.encode(charset), charset, draw)


def plain_lines(letter: Written) -> list[str]:
    """The lines of the plain text: what is shown to answers, Outlook's repetition, the signature."""
    rows: list[str] = []
    for block in letter.blocks:
        rows += [*_shown(block), ""]
    if letter.sender.signature:
        rows += ["-- ", *letter.sender.signature]
    return rows


def _shown(block: Block) -> list[str]:
    return quoted(block.lines) if block.kind == "quote" else block.lines


def footer_lines(room: Room, year: int) -> list[str]:
    """What Mailman 2 (until 2016) or Mailman 3 puts under a letter."""
    if not room.name:
        return []
    if year < 2016:
        name = room.name.capitalize()
        page = f"http://lists.example.org/mailman/listinfo/{room.name}"
        return ["_" * 47, f"{name} mailing list", room.address, page]
    leave = room.address.replace("@", "-leave@")
    return ["_" * 47, f"{room.title} mailing list -- {room.address}", f"To unsubscribe send an email to {leave}"]


def flowed(rows: Sequence[str], *, close: bool) -> list[str]:
    """RFC 3676: a line that goes on ends with a space; *close*: one space is to be deleted again (DelSp)."""
    found: list[str] = []
    for row, after in zip(rows, [*rows[1:], ""], strict=True):
        is_own = not row.startswith("> ") and not row.startswith(">>") and row not in {"", ">", "-- "}
        goes_on = is_own and len(row) > 45 and after and not after.startswith((">", "-", "_"))
        stuffed = f" {row}" if is_own and row.startswith((" ", "From ", ">")) else row
        found.append(stuffed + ("  " if close and row.isascii() else " ") * bool(goes_on))
    return found


def html(letter: Written, draw: random.Random) -> str:
    """The letter as a page: style, hidden preheader and tracking pixel as in life."""
    word = letter.sender.mailer in {"outlook", "dotnet"}
    rows = ['<html><head><meta http-equiv="Content-Type" content="text/html">']
    if word:
        rows.append(f"<style><!--\n{WORD_STYLE}--></style>")
    rows.append("</head><body>")
    for block in letter.blocks:
        rows += _html_block(block, word)
    if letter.sender.signature:
        rows.append('<div class="gmail_signature">' + "<br>\n".join(map(escape, letter.sender.signature)) + "</div>")
    if draw.random() < 0.05:
        rows.append(PIXEL.format(draw.getrandbits(64)))
    return "\n".join([*rows, "</body></html>", ""])


def _html_block(block: Block, word: bool) -> list[str]:
    lines = [escape(line, quote=False) for line in block.lines]
    if block.kind == "own":
        start, end = WORD_PARAGRAPH if word else WEB_PARAGRAPH
        return [f"{start}{paragraph}{end}" for paragraph in "\n".join(lines).split("\n\n")]
    if block.kind == "attribution":
        return ['<div class="gmail_attr">' + " ".join(lines) + "<br></div>"]
    return [
        '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">',
        *(f"<div>{line}</div>" for line in lines),
        "</blockquote>",
    ]


def multipart(subtype: str, parts: Sequence[Part], draw: random.Random) -> Part:
    boundary = f"----=_Part_{draw.getrandbits(48):012x}"
    mark = f"--{boundary}\n".encode()
    inner = b"".join(mark + part.headers + b"\n" + part.body + b"\n" for part in parts)
    head = f'Content-Type: multipart/{subtype};\n\tboundary="{boundary}"\n'.encode()
    return Part(head, b"This is a multi-part message in MIME format.\n" + inner + mark[:-1] + b"--\n")


def _attached(file: File, draw: random.Random) -> Part:
    name, disposition = _file_names(file.name, draw)
    head = f"Content-Type: {file.media_type};\n\t{name}\nContent-Transfer-Encoding: base64\n"
    return Part(f"{head}Content-Disposition: attachment;\n\t{disposition}\n".encode(), file.encoded)


def _file_names(name: str, draw: random.Random) -> tuple[str, str]:
    """The parameters of Content-Type and Content-Disposition: RFC 2231, or an encoded word as Outlook has it."""
    if name.isascii():
        return f'name="{name}"', f'filename="{name}"'
    word = f"=?utf-8?B?{binascii.b2a_base64(name.encode(), newline=False).decode()}?="
    if draw.random() < 0.4:
        return f'name="{word}"', f'filename="{word}"'
    escaped = "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in name.encode())
    if len(escaped) < 40:
        return f'name="{word}"', f"filename*=UTF-8''{escaped}"
    cut = escaped.rindex("%", 0, 40)
    return f'name="{word}"', f"filename*0*=UTF-8''{escaped[:cut]};\n\tfilename*1*={escaped[cut:]}"


def _leaf(kind: str, content: bytes, charset: str, draw: random.Random) -> Part:
    if content.isascii():
        return Part(f"Content-Type: {kind}\nContent-Transfer-Encoding: 7bit\n".encode(), content)
    names = ("base64", "quoted-printable", "8bit")
    weights = (4, 3, 1) if charset in {"utf-8", "gb2312", "shift_jis", "koi8-r"} else (0, 7, 3)
    (name,) = draw.choices(names, weights=weights)
    head = f"Content-Type: {kind}\nContent-Transfer-Encoding: {name}\n".encode()
    return Part(head, _TRANSFER[name](content))


def _quoted_printable(content: bytes) -> bytes:
    return binascii.b2a_qp(content, istext=True)


_TRANSFER: dict[str, Callable[[bytes], bytes]] = {
    "base64": lines,
    "quoted-printable": _quoted_printable,
    "8bit": bytes,
}


def _join(rows: Sequence[str]) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()
