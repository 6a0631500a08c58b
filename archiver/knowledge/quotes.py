"""Whose words a letter holds: the writer's own, or what it repeats of others. Marked so that it can be folded away;
nothing is ever deleted.

A letter is walked from line to line that may mean something; the lines between cost next to nothing. Every line is
looked at a fixed number of times, so the whole is linear in the text, however hostile. In doubt it is the writer's own.
"""

import re
from collections.abc import Sequence
from functools import cache

from archiver.knowledge import attributions
from archiver.knowledge.closings import foot, footer
from archiver.knowledge.phrases import FORWARDED, HEADERS, ORIGINAL, either, phrases, roles
from archiver.model import Span, SpanKind
from archiver.text import fold

_LONGEST_LINE = 300  # of lines that introduce; longer ones are somebody's words
_HEAD_REACH = 3_000
_HEAD_LINES = 20
_UNLABELLED = 5  # lines of a repeated head that only go on: addresses, one below the other
_WHOLE_HEAD = {"from", "sent", "to", "subject"}
# A program's prompt looks like initials: ``mysql> select``.
_PROMPTS = frozenset(("sql", "mysql", "sqlite", "irb", "ghci", "gdb", "ps", "ftp", "sftp", "telnet", "octave", "php"))

_BEYOND = re.compile(
    r"\n(?![ \t\xa0]{0,3}>|[ \t\r\xa0]*(?:\n|\Z))"
)  # a line end before what is neither quoted nor blank
_LABEL = re.compile(r"[ \t]*\*{0,2}([^\W\d_][^:：\n*]{0,30}?)\*{0,2}[ \t\xa0]*[:：]")


def spans(text: str, *, forwarded: bool = False) -> tuple[Span, ...]:
    """The text from its first to its last character in spans of different kinds; () when all is the writer's own.

    Blank lines belong to the piece before them. *forwarded*: the subject says that a letter is passed on, so a whole
    letter below its head is content, not a quotation (what is quoted by ``>`` still is).
    """
    if not text:
        return ()
    reading = _Reading(text, footer(text), forwarded=forwarded)
    reading.walk()
    return reading.spans()


def own(text: str, pieces: Sequence[Span]) -> str:
    """The writer's own words: the own pieces joined."""
    return "".join([text[start:end] for what, start, end in pieces if what == "own"]) if pieces else text


def rest(text: str, pieces: Sequence[Span]) -> str:
    """All that is not the writer's own: quotes, signatures, footers."""
    return "".join([text[start:end] for what, start, end in pieces if what != "own"])


class _Reading:
    """One letter on its way from [0, end) to pieces. All offsets are the text's; *lines* is the text after a line end,
    so that a line's offset in the text is that of the line end before it in *lines*."""

    def __init__(self, text: str, end: int, *, forwarded: bool) -> None:
        self.text, self.end, self.forwarded = text, end, forwarded
        self.lines = "\n" + text
        self.stop = end if end < len(text) else end + 1  # the same in *lines*
        self.since = 0  # where the writer's own stretch begins that is not yet closed
        self.delimiters: list[int] = []  # its lines that may begin a signature
        self.pieces: list[tuple[int, SpanKind]] = []

    def walk(self) -> None:
        search = _telling().search
        at = 0
        while found := search(self.lines, at, self.stop):
            start = found.start()
            at = max(_STEPS[found.lastgroup or ""](self, start), found.end())
        self.close(self.end, last=True)

    def close(self, stop: int, *, last: bool) -> int:
        """The writer's own stretch is over at *stop*. Where the next piece begins: there, or at 0 above blanks."""
        since, self.since = self.since, stop
        if since == stop or self.text[since:stop].isspace():
            return stop if since else 0
        self.pieces.append((since, "own"))
        if last or self.delimiters:
            self.pieces += foot(self.text, since, stop, self.delimiters, last=last)
            self.delimiters.clear()
        return stop

    def repeat(self, start: int, stop: int) -> int:
        """A quotation [start, stop), and the lines that introduce it."""
        introduced = attributions.begin(self.text, self.since, start)
        if introduced is None:
            start = self.close(start, last=False)
        else:
            self.pieces.append((self.close(introduced, last=True), "attribution"))
        self.pieces.append((start, "quote"))
        self.since = stop
        return stop

    def marked(self, start: int) -> int:
        """``> `` lines. What stands so below "Begin forwarded message" is passed on, not quoted."""
        beyond = _BEYOND.search(self.lines, start + 1, self.stop)
        stop = beyond.start() if beyond else self.end
        if self.passed_on(start):
            self.forwarded = True
            return stop
        return self.repeat(start, stop)

    def barred(self, start: int) -> int:
        """``| `` lines, two or more, unless they are a table or a drawn tree."""
        stop = self.same(start, "\n|")
        block = [line.lstrip("| \t") for line in self.text[start:stop].rstrip("\r\n").split("\n")]
        drawn = any("|" in line or line[:1] in {"-", "`", "+", "\\", "_"} for line in block if line)
        return stop if drawn or len(block) < 2 else self.repeat(start, self.past_blanks(stop))

    def initialled(self, start: int) -> int:
        """``Ann> `` lines, two or more with the same name."""
        prefix = self.lines[start : self.lines.index(">", start) + 1]
        stop = self.same(start, prefix)
        alone = self.text.find("\n", start, stop - 1) < 0
        prompt = prefix.strip("\n \t>").casefold() in _PROMPTS
        return stop if alone or prompt else self.repeat(start, self.past_blanks(stop))

    def same(self, start: int, prefix: str) -> int:
        """Where the lines end that begin with *prefix*, itself a line end and more."""
        at = start
        while at >= 0 and self.lines.startswith(prefix, at, self.stop):
            at = self.lines.find("\n", at + 1, self.stop)
        return self.end if at < 0 else at

    def past_blanks(self, at: int) -> int:
        """The beginning of the first line from *at* on that is not blank."""
        found = _NOT_BLANK.search(self.text, at, self.end)
        return max(at, self.text.rfind("\n", at, found.start()) + 1) if found else self.end

    def below(self, at: int) -> int:
        """The first line below that at *at* that is not blank."""
        return self.past_blanks(min(at + len(self.line(at)) + 1, self.end))

    def line(self, at: int) -> str:
        """The line at *at*, of a long one its beginning."""
        stop = self.text.find("\n", at, min(at + _LONGEST_LINE, self.end))
        return self.text[at : stop if stop >= 0 else min(at + _LONGEST_LINE, self.end)]

    def dashed(self, start: int) -> int:
        """A line of dashes: a signature's, or with words between them."""
        line = self.line(start).rstrip("\r")
        if line in {"-- ", "--"}:
            self.delimiters.append(start)
            return start
        words = _between(line)
        if words in _original() or ("@" in words and line.endswith("--") and attributions.introduces(words)):
            return self.divided(start, dashes=len(line) - len(line.lstrip(" \t-")))
        if words == "next part":  # pipermail: what was an attachment
            self.since = self.close(start, last=True)
        elif words.startswith(_passed_on()):
            self.forwarded = True
        return start

    def divided(self, start: int, *, dashes: int) -> int:
        """``-----Original Message-----``, or Zoho's ``---- On … Ann Lee wrote ----``; with the subject first below it,
        Thunderbird passes a letter on."""
        found, stop = _head(self.text, self.below(start), self.end)
        if dashes >= 8 and found[:1] == ["subject"]:
            self.forwarded = True
        return start if self.forwarded else self.whole(start, stop)

    def ruled(self, start: int) -> int:
        """Outlook's rule of underscores, if the head of a letter follows."""
        found, stop = _head(self.text, self.below(start), self.end)
        headed = found[:1] == ["from"] and len(_WHOLE_HEAD.intersection(found)) > 2
        return self.whole(start, stop) if headed and not self.forwarded else start

    def headed(self, start: int) -> int:
        """``From:``, ``Sent:``, ``To:``, ``Subject:``, one below the other."""
        found, stop = _head(self.text, start, self.end)
        if not _WHOLE_HEAD.issubset(found):
            return start
        self.forwarded = self.forwarded or self.passed_on(start)
        return start if self.forwarded else self.whole(start, stop)

    def whole(self, start: int, stop: int) -> int:
        """A whole letter repeated below its head [start, stop): all that follows, unless it is quoted by ``>``."""
        stop = self.past_blanks(stop)
        self.pieces.append((self.close(start, last=True), "attribution"))
        self.since = stop
        if stop < self.end and self.text[stop : stop + 4].lstrip(" \t\xa0")[:1] != ">":
            self.pieces.append((stop, "quote"))
            self.since = self.end
            return self.stop
        return stop

    def passed_on(self, start: int) -> bool:
        """Whether the line above says that a letter is passed on."""
        window = self.text[max(self.since, start - 2 * _LONGEST_LINE) : start].rstrip()
        line = window[window.rfind("\n") + 1 :]
        if not line.startswith("-") and not line.endswith((":", "：")):
            return False
        return len(line) < _LONGEST_LINE and _between(line).startswith(_passed_on())

    def spans(self) -> tuple[Span, ...]:
        pieces, text = self.pieces, self.text
        if self.end < len(text):
            pieces.append((self.end if pieces else 0, "footer"))
        if len(pieces) < 2 and (not pieces or pieces[0][1] == "own"):
            return ()
        found: list[Span] = []
        kind, start = pieces[0][1], 0
        for at, following in dict(pieces).items():  # of two pieces at one place the first has no length
            if at == start:
                kind = following
            elif following != kind:
                found.append(Span(kind, start, at))
                kind, start = following, at
        found.append(Span(kind, start, len(text)))
        return tuple(found) if len(found) > 1 or kind != "own" else ()


_STEPS = {
    "marked": _Reading.marked,
    "barred": _Reading.barred,
    "initialled": _Reading.initialled,
    "dashed": _Reading.dashed,
    "ruled": _Reading.ruled,
    "headed": _Reading.headed,
}
_NOT_BLANK = re.compile(r"\S")


def _head(text: str, at: int, end: int) -> tuple[list[str], int]:
    """What the lines from *at* on tell of a letter (``from``, ``sent``, ``to``, ``subject``, ``more``), in their order,
    and where they end: at a blank line, or where labels do."""
    window = text[at : min(at + _HEAD_REACH, end)]
    found: list[str] = []
    stop, beyond, unlabelled = at, at, 0
    for line in window.split("\n", _HEAD_LINES)[:_HEAD_LINES]:
        beyond += len(line) + 1
        label = _LABEL.match(line)
        role = roles().get(fold(label[1])) if label else None
        if role == "from" and role in found:
            break
        if role:
            found.append(role)
            stop = beyond
        elif not line.strip() or unlabelled == _UNLABELLED or not found:
            break
        else:
            unlabelled += 1
    return found, min(stop, end)


def _between(line: str) -> str:
    """The folded words between a line's dashes, or before its colon."""
    return fold(line.strip("-=_*>:： \t\r\xa0"))


@cache
def _telling() -> re.Pattern[str]:
    """The beginning of a line that may mean something, and the line end before it."""
    heads = either(word[:1].upper() + word[1:] for word in phrases(HEADERS["from"]))
    return re.compile(
        "\n(?:"
        r"(?P<marked>[ \t\xa0]{0,3}>)"
        r"|(?P<dashed>[ \t]{0,2}--)"
        r"|(?P<ruled>[ \t]{0,2}_{10,}[ \t\r]*(?=\n))"
        r"|(?P<barred>\|[ \t|\r\n])"
        rf"|(?P<headed>[ \t]{{0,2}}\*{{0,2}}(?:{heads})\*{{0,2}}[ \t\xa0]?[:：])"
        r"|(?P<initialled>[ \t]?[A-Za-zÀ-ɏ]{1,12}>)"
        ")"
    )


@cache
def _original() -> frozenset[str]:
    return frozenset(phrases(ORIGINAL))


@cache
def _passed_on() -> tuple[str, ...]:
    return phrases(FORWARDED)
