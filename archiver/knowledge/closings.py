"""What stands at the foot of every letter: signatures, a telephone's line, disclaimers, a list's footer.

In doubt it is the writer's own. Every function looks at no more than the last few thousand characters of a stretch,
or at each of its lines once.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from archiver.knowledge.phrases import FOOTER, HELD, INTENDED, SENT, THINGS, phrases
from archiver.model import SpanKind
from archiver.text import fold

_SIGNATURE_LINES = 20  # more than that below ``-- `` is no signature; netiquette asks for four
_SIGNATURE_LENGTH = 3_000
_FOOTER_LINES = 16
_FOOTER_REACH = 2_500
_RULED_LINES = 12
_DISCLAIMER_REACH = 5_000
_FEW = 1_500  # characters
_LONGEST_LINE = 200
_GIT_VERSION = re.compile(r"--[ \t]*\r?\n\d+\.\d+[^\s]{0,40}\s*")
_BLANK = re.compile(r"\n[ \t\r]*\n\s*")
_RULE = re.compile(r"(?=[^\n]*[-_=*~#])[-_=*~#^.,+ \t\r—]{1,200}")
_WHERE = re.compile(r"://|@|www\.|\bat [\w.-]+\.\w", re.IGNORECASE)


def foot(text: str, start: int, stop: int, delimiters: Sequence[int], *, last: bool) -> list[tuple[int, SpanKind]]:
    """(offset, kind) of what closes the writer's own stretch [start, stop).

    *delimiters* are where its lines ``-- `` and ``--`` begin. *last*: nothing of the writer's comes directly behind
    it (but the end, a footer, a whole letter repeated). Only there are ``--`` without its space, a telephone's line and
    a disclaimer believed.
    """
    until = _disclaimer(text, start, stop) if last else stop
    pieces: list[tuple[int, SpanKind]] = []
    signed = _signature(text, until, delimiters, last=last)
    if signed is None and last:
        signed = _telephone(text, start, until)
    if signed is not None:
        pieces.append((signed, "signature"))
    if until < stop:
        pieces.append((until, "disclaimer"))
    return pieces


def _signature(text: str, stop: int, delimiters: Sequence[int], *, last: bool) -> int | None:
    """The first delimiter with few enough lines below it (RFC 3676, 4.3); the last one where git signed a patch."""
    below = [at for at in delimiters if at < stop]
    if not below:
        return None
    end = bottom = below[-1] + len(text[below[-1] : stop].rstrip())
    best, lines = None, 0
    for at in reversed(below):
        lines += text.count("\n", at, end)
        end = at
        if lines > _SIGNATURE_LINES or bottom - at > _SIGNATURE_LENGTH:
            break
        if last or text.startswith("-- ", at):
            if best is None and _GIT_VERSION.fullmatch(text, at, stop):
                return at
            best = at
    return best


def _telephone(text: str, start: int, stop: int) -> int | None:
    """Where the last line begins if it is one that a telephone or a webmail wrote."""
    window = text[max(start, stop - 2 * _LONGEST_LINE) : stop].rstrip()
    line = window[window.rfind("\n") + 1 :]
    if not line or len(line) > _LONGEST_LINE:
        return None
    folded = fold(line)
    if not (_sent().fullmatch(folded) and any(thing in folded for thing in _words(THINGS, ascii_only=False))):
        return None
    return max(start, stop - 2 * _LONGEST_LINE) + len(window) - len(line)


def _disclaimer(text: str, start: int, stop: int) -> int:
    """Where the disclaimer begins that closes the stretch; *stop* if none does.

    It is a paragraph of some length that calls the letter secret and says two things of who may read it, with what
    follows in the same vein, and its heading. What is all that somebody wrote is no disclaimer.
    """
    begins, sure = stop, False
    for at, paragraph in _paragraphs(text, start, stop):
        if begins == stop and not _may_end_one(paragraph, text[max(start, at - _FEW) : stop]):
            break
        if _is_disclaimer(paragraph):
            begins, sure = at, True
        elif not _goes_with_one(paragraph, below=not sure):
            break
        else:
            begins = at
    return begins if sure else stop


def _paragraphs(text: str, start: int, stop: int) -> Iterator[tuple[int, str]]:
    """(offset, text) of the last paragraphs, the last first; none that goes back to *start* or before the reach."""
    reach = max(start, stop - _DISCLAIMER_REACH)
    window = text[reach:stop].rstrip()
    plain = "\r" not in window and " \n" not in window  # then blank lines are easily found
    ends = [] if plain else [(blank.start(), blank.end()) for blank in _BLANK.finditer(window)]
    end = len(window)
    while True:
        if plain:
            above = window.rfind("\n\n", 0, end)
            begins = above + 2
        else:
            above, begins = ends.pop() if ends else (-1, 0)
        if above <= 0:
            return
        yield reach + begins, window[begins:end]
        end = above
        while end and window[end - 1] == "\n":
            end -= 1


def _may_end_one(paragraph: str, window: str) -> bool:
    """A sieve, for most letters end with a name: a disclaimer's last paragraph is a rule, or a sentence at least."""
    if len(paragraph) < 60:
        return not any(map(str.isalnum, paragraph)) or not paragraph.isascii()
    return _hits(window.casefold(), HELD) > 0


def _is_disclaimer(paragraph: str) -> bool:
    if len(paragraph) < (120 if paragraph.isascii() else 40):
        return False
    lowered = paragraph.casefold()
    return _hits(lowered, HELD) > 0 and _hits(" ".join(lowered.split()), INTENDED) > 1


def _goes_with_one(paragraph: str, *, below: bool) -> bool:
    """Whether it may stand beside a disclaimer: a rule, a heading; below one, what to do with the letter."""
    lowered = paragraph.casefold()
    if not any(map(str.isalnum, paragraph)):
        return True
    if below:
        return len(paragraph) < 400 and (_hits(lowered, HELD) > 0 or _hits(" ".join(lowered.split()), INTENDED) > 0)
    return len(paragraph) < 60 and (_hits(lowered, HELD) > 0 or "disclaimer" in lowered)


def _hits(lowered: str, row: str) -> int:
    return sum([word in lowered for word in _words(row, ascii_only=lowered.isascii())])


def footer(text: str) -> int:
    """Where the list's footer begins; the length of the text if it has none.

    Mailman's is a rule of 47 underscores and lines with addresses; others are known by how a line begins.
    """
    bottom = len(text.rstrip()) if text[-1:].isspace() else len(text)
    lines = text[max(0, bottom - _FOOTER_REACH) : bottom].rsplit("\n", _FOOTER_LINES + 3)
    keys = _footer_keys()
    begun = [i for i, line in enumerate(lines) if line.lstrip()[:3].casefold() in keys]
    for i in begun:
        if len(lines) - i <= _FOOTER_LINES and _is_footer(lines[i:]):
            return bottom - sum(len(line) + 1 for line in lines[_up(lines, i) :]) + 1
    return len(text)


def _is_footer(lines: Sequence[str]) -> bool:
    line = fold(lines[0][:_LONGEST_LINE])
    if line.startswith("_" * 30):
        if len(lines) > _RULED_LINES or line.strip("_") or len(lines) == 1:
            return False
    elif not line.startswith(_footers()):
        return False
    return ">" not in [line[:1] for line in lines] and any(map(_WHERE.search, lines))


def _up(lines: Sequence[str], i: int) -> int:
    """With the rules above the footer, a blank line between allowed."""
    for above in (i - 1, i - 2, i - 3):
        if above < 0 or (lines[above].strip() and not _RULE.fullmatch(lines[above])):
            break
        if lines[above].strip():
            i = above
    return i


@cache
def _words(row: str, *, ascii_only: bool) -> tuple[str, ...]:
    return tuple(word for word in phrases(row) if word.isascii() or not ascii_only)


@cache
def _sent() -> re.Pattern[str]:
    """A folded line of a telephone, whole; ``*`` stands for anything."""
    return re.compile("|".join(re.escape(line).replace(r"\*", ".*") for line in phrases(SENT)))


@cache
def _footers() -> tuple[str, ...]:
    return phrases(FOOTER)


@cache
def _footer_keys() -> frozenset[str]:
    """The first three letters of lines that may begin a footer: a sieve that costs one look-up a line."""
    return frozenset(phrase[:3] for phrase in _footers()) | {"___"}
