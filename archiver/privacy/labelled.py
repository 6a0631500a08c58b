"""What a word beside it gives away: "the wifi password is …", "PIN 4417", "code: 123456", "pasaporte AB123456".

The words are those of ``labels``. What follows is looked for within a few characters, so that time grows with the
text and no faster.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from archiver.privacy.labels import HARMLESS_CODES, IS, LABELS, NETWORKS, PLAIN_WORDS, STATES, Phrases
from archiver.privacy.spans import Span

_SPACE = r"[^\S\r\n]"
_BREAK = rf"{_SPACE}{{0,4}}(?:\r?\n(?:>{_SPACE}?){{0,4}})?{_SPACE}{{0,4}}"  # within a quotation, too
_SIGN = r"(?:=>|->|[:=：＝→➜])"
_QUOTES = "\"'“”„«»‘’`*_"
_HIDDEN = r"\[[^\W\d][^\]\[\d\n]{0,30}\]|\?…|…"  # what was hidden already
_LONG = 7  # letters of a label that is known within a longer word: "Gartenpasswort"
_MOST_WORDS = 6  # of a passphrase
_BEFORE, _AFTER = ("", "(", "*", "_", '"', "“", "'"), ("", *".,:;=?!)*_\"'”-", "s", "n", "’s", "'s", ":*", "*:")


def may_hold_labels(low: str, words: Collection[str]) -> bool:
    """Whether it is worth looking; *low* is the text in lower case, *words* its words, whole and parted at hyphens and
    colons, if any of them is of `spellings`."""
    if words and not spellings().isdisjoint(words):
        return True
    if "passw" in low or "kennwort" in low or "code" in low or "g-" in low:
        return True
    return not low.isascii() and not _is_western(low) and _foreign().search(low) is not None


def _is_western(text: str) -> bool:
    """Whether it is of Latin letters with the accents of Western Europe: a look that costs next to nothing."""
    return len(text.encode("latin-1", "ignore")) == len(text)


def labelled(text: str) -> Iterator[Span]:
    """What stands after a label, or a code before it, as spans of the kinds ``secret``, ``code``, ``id``…"""
    low = lowered(text)
    numbered = len(_DIGIT.findall(text)) >= 3
    for kind, pattern in _patterns():
        if numbered or kind == "secret":
            for found in pattern.finditer(low):
                yield from _span(low, found, kind)
    for kind, pattern in _turned():
        if numbered or kind == "secret":
            for found in pattern.finditer(low):
                yield Span(*found.span("value"), kind)


def lowered(text: str) -> str:
    """The text in lower case, every character in its place."""
    low = text.lower()
    if len(low) != len(text):  # İ becomes two
        low = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text)
    return low


def handles(text: str) -> Iterator[Span]:
    """Names by which somebody goes in a network that is named beside them."""
    if "@" not in text and ":" not in text:
        return
    for found in _networks().finditer(lowered(text)):
        yield Span(*found.span(found.lastgroup or 0), "handle")


# ---- what follows a label


def _span(text: str, found: re.Match[str], kind: str) -> Iterator[Span]:
    start, end = found.span("value")
    value = found["value"]
    if kind == "secret":
        if found["said"] is None or not _says_nothing(text, value.strip(".,;:!?"), end):
            yield Span(start, _phrase_end(text, start, end), kind)
    elif kind == "code":
        if not _opens_nothing(text, *found.span("label")):
            yield Span(start, end, kind)
    elif sum(map(str.isdigit, value)) >= 4:
        yield Span(start, end, kind)


def _says_nothing(text: str, word: str, end: int) -> bool:
    """Whether "the password is" goes on as any sentence does: "on the fridge", "wrong again"."""
    if word in _plain_words():
        return True
    following = _WORD_AFTER.match(text, end, min(len(text), end + 32))
    return word in _states() and (following is None or following[1] in _plain_words())


def _phrase_end(text: str, start: int, end: int) -> int:
    """Where a secret ends: with its word, or with the line when that has a few plain words only."""
    if not text[start:end].isalpha():
        return end
    more = _REST.match(text, end)
    return more.end() if more is not None else end


_REST = re.compile(rf"(?:{_SPACE}[^\W\d_]{{1,20}}){{1,{_MOST_WORDS - 1}}}(?=[.!?;,)]?{_SPACE}{{0,3}}(?:[\r\n]|\Z))")
_WORD_BEFORE = re.compile(r"([^\W\d_]{1,20})[\W_]{0,3}\Z")
_WORD_AFTER = re.compile(r"[\W_]{0,3}(?:d[aeiou]s?[\W_]{1,2})?([^\W\d_]+)")


def _opens_nothing(text: str, start: int, end: int) -> bool:
    """Whether the label text[start:end] is a postal code, a code of colours…"""
    near = (
        _WORD_BEFORE.search(text, max(0, start - 24), start),
        _WORD_AFTER.match(text, end, min(len(text), end + 32)),
    )
    return any(word is not None and word[1] in _harmless() for word in near)


# ---- patterns, made when they are first needed


def _phrases(*tables: Phrases) -> list[str]:
    """The phrases of some tables in lower case, the longest first."""
    found = {phrase.lower() for table in tables for said in table.values() for phrase in said.split("|")}
    return sorted(found, key=lambda phrase: (-len(phrase), phrase))


def _either(phrases: Iterable[str]) -> str:
    """Any of some phrases, given the longest first; by their first letters, which is several times as fast."""
    rest: dict[str, list[str]] = {}
    for phrase in phrases:
        pattern = re.escape(phrase[1:]).replace(r"\ ", r"[\s_-]{0,2}").replace("'", "['’]")
        rest.setdefault(phrase[:1], []).append(pattern)
    return "|".join(f"{re.escape(first)}(?:{'|'.join(ends)})" for first, ends in rest.items())


def _caseless(word: str) -> bool:
    """Whether it is of a script without capitals, where words may be joined to others."""
    return word.upper() == word


def _labels(tables: Iterable[Phrases]) -> str:
    """A group of labels, words of their own; long ones and those of scripts without capitals need not be."""
    phrases = _phrases(*tables)
    free = [one for one in phrases if len(one) >= _LONG or _caseless(one)]
    short = [one for one in phrases if len(one) < _LONG and not _caseless(one)]
    joined = [one for one in free if _caseless(one)]
    parts = (
        _either(joined),
        rf"(?:{_either(one for one in free if one not in joined)}){_ENDING}",
        rf"(?<![^\W_])(?:{_either(short)}){_ENDING}" if short else "",
    )
    return f"(?:{'|'.join(filter(None, parts))})(?!\\])"


_DIGIT = re.compile(r"\d")
_ENDING = r"(?:e?s|en|n)?(?![^\W\d_])"
_FEW_WORDS, _SOME_WORDS = (rf"(?:[\s_-]{{1,2}}[^\W\d_]{{1,15}}){{0,{most}}}?" for most in (2, 4))
_JOINED = rf"{_SPACE}{{0,3}}[*_\"'”»)]{{0,2}}{_BREAK}{_SIGN}{{1,2}}+{_BREAK}"
_NUMBER = r"(?:[\s_-]{0,2}(?:n[or°º]\.?|nr\.?|num(?:ber|mer)?|número|numéro|numero|№|رقم))?"
_NUMBERISH = r"[^\W\d_]{0,5}[-. ]?\d(?:[-. /]?\d|[^\W\d_]){3,24}(?:[-. ][^\W\d_])?(?![^\W_])"
_CODE = (
    r"(?:[a-z]{1,3}-)?\d(?:[ -]?\d){2,8}(?!\d|[.,:/]\d|\s?[%€$£])"
    r"|(?=[a-z-]{0,12}\d)[a-z\d]{2,8}(?:-[a-z\d]{2,8}){1,3}(?![\w-])|(?=[a-z]{0,7}\d)(?=\d{0,7}[a-z])[a-z\d]{5,10}(?![\w-])"
)
_NOTHING = rf"{_HIDDEN}|[>=:]|(?:(?<=http:)|(?<=https:))//"  # "the shed key https://…" says no key
_SECRET = rf"(?!{_NOTHING})(?P<value>[{_QUOTES}][^{_QUOTES}\r\n]{{1,64}}[{_QUOTES}]|\S+(?<![.,;)\]]))"


def _sentence() -> str:
    """The verb between a label and what it announces."""
    verbs = _phrases(IS)
    spaced, joined = [one for one in verbs if not _caseless(one)], [one for one in verbs if _caseless(one)]
    return (
        rf"(?P<said>(?:\s{{1,3}}(?:{_either(spaced)})(?![^\W_])|\s{{0,3}}(?:{_either(joined)}))"
        rf"{_SPACE}{{0,2}}{_SIGN}?\s{{0,3}})"
    )


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one.kind, _pattern(one.kind, one.plain, one.quiet)) for one in LABELS)


def _pattern(kind: str, plain: Phrases, quiet: Phrases) -> re.Pattern[str]:
    if kind == "secret":
        value = _SECRET
        bare = rf"{_FEW_WORDS}{_SPACE}{{0,2}}[#-]?{_SPACE}{{0,2}}(?=\S{{0,40}}\d)"
    else:
        value = f"(?P<value>{_CODE if kind == 'code' else _NUMBERISH})"
        bare = rf"{_NUMBER}{_SPACE}{{0,2}}[#.–-]?{_SPACE}{{0,2}}"
    ways = [rf"(?P<label>{_labels([plain])})(?:{_SOME_WORDS}(?:{_JOINED}|{_sentence()})|{bare})"]
    if quiet:
        ways.append(rf"{_labels([quiet])}{_FEW_WORDS}{_JOINED}")
    return re.compile(f"(?:{'|'.join(ways)}){value}")


@cache
def _turned() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The other way round: "123456 is your code", "sunflower99 ist das Passwort"."""
    verb = rf"\s{{1,3}}(?:{_either(one for one in _phrases(IS) if not _caseless(one))})\s{{1,3}}"
    secrets, codes = LABELS[0].plain, LABELS[1].plain
    words = r"(?:[^\W\d_]{1,15}[\s-]{1,2}){1,4}?"
    return (
        (
            "code",
            re.compile(rf"(?<![\d.,:/])(?P<value>(?:[a-z]-)?\d{{2,4}}[ -]?\d{{2,4}}){verb}{words}{_labels([codes])}"),
        ),
        ("secret", re.compile(rf"(?<!\S)(?P<value>\S{{0,40}}\d\S{{0,40}}){verb}{words}{_labels([secrets])}")),
        ("code", re.compile(r"(?<![\w-])(?P<value>g-\d{6})(?!\w)")),
    )


@cache
def _networks() -> re.Pattern[str]:
    named = rf"(?<![^\W_])(?:{_either(_phrases(NETWORKS))})(?![^\W_])"
    name = r"[^\W_][\w.]{1,29}(?<!\.)"
    return re.compile(
        rf"{named}{_FEW_WORDS}[\s:=(-]{{0,4}}(?P<called>@{name})"
        rf"|{named}{_SPACE}{{0,2}}{_SIGN}{_SPACE}{{0,2}}(?P<written>(?=[^\W\d_.]{{0,29}}[\d_.][^\W_])[^\W_][\w.]{{2,29}}(?<!\.))(?![/\w])"
        rf"|(?P<first>(?<![\w@/.])@{name})[\s,(]{{1,3}}(?:on|auf|at|en|sur|no|in|su|в)\s{named}",
    )


@cache
def spellings() -> frozenset[str]:
    """One word of each label, with the signs that may stand at it: a text without any holds no label of its own."""
    tables = [table for one in LABELS for table in (one.plain, one.quiet)]
    return _dressed(max(re.split(r"[ ']", phrase), key=len) for phrase in _phrases(*tables, NETWORKS))


def _dressed(words: Iterable[str]) -> frozenset[str]:
    return frozenset(before + word + after for word in words for before in _BEFORE for after in _AFTER)


@cache
def _foreign() -> re.Pattern[str]:
    """Labels in scripts that write words together."""
    words = {phrase[:3] for one in LABELS for phrase in _phrases(one.plain) if _caseless(phrase) and phrase > "\u0590"}
    return re.compile("|".join(map(re.escape, sorted(words))))


@cache
def _harmless() -> frozenset[str]:
    return frozenset(_phrases(HARMLESS_CODES))


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(_phrases(PLAIN_WORDS))


@cache
def _states() -> frozenset[str]:
    return frozenset(_phrases(STATES))
