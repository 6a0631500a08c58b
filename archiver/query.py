"""What a person typed, understood: ``from:ana has:photo "old harbour" -boat after:2019`` → Query.

    words side by side    all of them          "quoted words"     in a row
    -word                 without it           word*              any ending
    a OR b, a | b         one of the two       "water tank"~5     near each other
    (a b)                 together             field:value        see fields.py

A value with spaces stands in quotation marks; a date needs none (`before:3 weeks ago`). OR binds its two neighbours
only, as search engines on the web have it: `red OR blue door` is a red door or a blue one. Total: nothing a person
may type is an error. What looks like an operator in a place where it can mean nothing is a word, and what was not
understood is said in a note.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from archiver import fields
from archiver.dates import span

MAX_TERMS = 400  # a pasted page is cut to this many words
MAX_DEPTH = 12  # of parentheses
_QUOTES = '"“”„‟«»＂'
_NAMED = re.compile(r"([A-Za-z][A-Za-z-]*):")
_NEAR = re.compile(r"~(\d{1,3})(?![^\s)])")
_OPERATOR = re.compile(r"(OR|AND|\|)(?=\s)")
_FIGURES = re.compile(r"\d{4}([-/.]\d\d?){0,2}(T\d\d:\d\d)?|.*[.]{2}.*")  # a date that is whole in one word
_FURTHER = re.compile(r"\s+([\w.,]+)(?=[\s)]|$)")  # a word that a date may go on with
_DATE_WORDS = 4
_STARRED = re.compile(r"\w\*+\w")


@dataclass(frozen=True, slots=True)
class Word:
    """A run without spaces, as typed; it may hold several words for the index (``don't``, a URL)."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin like this; with several words, the last may go on."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """These words in a row."""

    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """These words in any order, with at most *distance* other words between them."""

    text: str
    distance: int


@dataclass(frozen=True, slots=True)
class Filter:
    """``field:value``; *written* is the text as typed."""

    field: fields.Field
    value: str
    written: str


@dataclass(frozen=True, slots=True)
class Not:
    """Messages that *part* does not find."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Messages that every part finds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Messages that at least one part finds."""

    parts: tuple["Node", ...]


Leaf = Word | Prefix | Phrase | Near | Filter
Node = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: *root* is None when nothing was; *notes* say in plain words what was taken literally."""

    text: str
    root: Node | None
    notes: tuple[str, ...] = ()


def parse(text: str) -> Query:
    """The query; never raises."""
    reader = _Reader(text)
    root = reader.sequence(0)
    return Query(text, root, tuple(dict.fromkeys(reader.notes)))


def leaves(node: Node | None, *, wanted: bool = True) -> Iterator[Leaf]:
    """The leaves a found message is to fit (*wanted*), or those it must not."""
    if node is None:
        return
    if isinstance(node, Not):
        yield from leaves(node.part, wanted=not wanted)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part, wanted=wanted)
    elif wanted:
        yield node


def both(parts: list[Node]) -> Node | None:
    """All of the parts, as the simplest node that says so."""
    different = tuple(dict.fromkeys(parts))
    return And(different) if len(different) > 1 else next(iter(different), None)


def either(parts: list[Node]) -> Node | None:
    """Any of the parts, as the simplest node that says so."""
    different = tuple(dict.fromkeys(parts))
    return Or(different) if len(different) > 1 else next(iter(different), None)


class _Reader:
    """Reads one query from left to right; *at* only ever grows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0
        self.notes: list[str] = []

    def sequence(self, depth: int) -> Node | None:
        """Everything up to the end, or to the parenthesis that closes this group."""
        groups: list[list[Node]] = []
        joining = False
        while not self._over(depth):
            operator = _OPERATOR.match(self.text, self.at)
            if operator and groups and not joining and self._goes_on(operator.end()):
                joining = operator[0] != "AND"
                self.at = operator.end()
                continue
            node = self._operand(depth)
            if node is None:
                continue
            if joining:
                groups[-1].append(node)
            else:
                groups.append([node])
            joining = False
        return both([node for group in groups if (node := either(group)) is not None])

    def _over(self, depth: int) -> bool:
        """Whether this group has come to its end; steps over spaces and over the closing parenthesis."""
        while self._next().isspace():
            self.at += 1
        if self.at < len(self.text) and self.terms >= MAX_TERMS:
            self.notes.append(f"The query is very long; its first {MAX_TERMS} words are searched.")
            self.at = len(self.text)
        if depth and self._next() == ")":
            self.at += 1
            return True
        return self.at >= len(self.text)

    def _next(self, ahead: int = 0) -> str:
        """The character *ahead* of here, or "" behind the end."""
        at = self.at + ahead
        return self.text[at : at + 1]

    def _goes_on(self, at: int) -> bool:
        """Whether something stands behind *at* that an operator could join."""
        rest = self.text[at : at + 200].lstrip()
        return bool(rest) and not rest.startswith(")")

    def _operand(self, depth: int) -> Node | None:
        if self._next() == "-" and self._negates(self._next(1)):
            self.at += 1
            part = self._operand(depth)
            return None if part is None else Not(part)
        if self._next() == "(" and self.text.find(")", self.at) > 0:
            self.at += 1
            if depth < MAX_DEPTH:
                return self.sequence(depth + 1)
            self.notes.append(f"Parentheses more than {MAX_DEPTH} deep are left out.")
            return None
        self.terms += 1
        return self._filter(depth) or self._quoted() or self._word(depth)

    def _negates(self, following: str) -> bool:
        """Whether a hyphen before this character means "without": before words, quotes, groups and emoji."""
        return following.isalnum() or following in set(_QUOTES + "(") or following > "\u203f"

    def _filter(self, depth: int) -> Node | None:
        named = _NAMED.match(self.text, self.at)
        if named is None:
            return None
        row = fields.field(named[1])
        if row is None:
            self._wonder(named[1], named.end())
            return None
        start, self.at = self.at, named.end()
        quoted = self._between_quotes()
        value = self._run(depth) if quoted is None else quoted
        if quoted is None and row.meaning in fields.DATES:
            value = self._whole_date(value)
        if value.strip():
            return Filter(row, value.strip(), self.text[start : self.at])
        self.notes.append(
            f"“{named[1]}:” has nothing after it and is searched as a word; write {row.example}, without a space."
        )
        self.at = start
        return None

    def _whole_date(self, begun: str) -> str:
        """A date without quotation marks may be several words; steps over as many as make one."""
        if not begun or _FIGURES.fullmatch(begun):
            return begun
        written, ends, at = [begun], [self.at], self.at
        while len(written) < _DATE_WORDS and (further := _FURTHER.match(self.text, at)):
            written.append(further[1])
            at = further.end()
            ends.append(at)
        for count in range(len(written), 1, -1):
            if span(" ".join(written[:count])) is not None:
                self.at = ends[count - 1]
                return " ".join(written[:count])
        return begun

    def _wonder(self, name: str, end: int) -> None:
        """Say that a name is no field, unless it is a URL, a clock or a remark that only looks like one."""
        following = self.text[end : end + 1]
        if not (following.isalnum() or following in set(_QUOTES)) or name.lower() in {"mailto", "tel"}:
            return
        close = get_close_matches(name.lower(), fields.names(), n=1, cutoff=0.7)
        hint = f" Did you mean {close[0]}:?" if close else ""
        self.notes.append(f"“{name}:” is no field, so it is searched as a word.{hint}")

    def _quoted(self) -> Node | None:
        """A phrase, with what may follow its closing quote: ``*`` or ``~5``."""
        phrase = self._between_quotes()
        if phrase is None:
            if self._next() and self._next() in _QUOTES:
                self.notes.append("A quotation mark is not closed, so the words behind it are searched one by one.")
            return None
        near = _NEAR.match(self.text, self.at)
        if near:
            self.at = near.end()
            return Near(phrase, int(near[1]))
        if self._next() == "*":
            self.at += 1
            return Prefix(phrase)
        return Phrase(phrase)

    def _between_quotes(self) -> str | None:
        """What stands between the quotation mark here and the next; None, and no step, without both."""
        if not self._next() or self._next() not in _QUOTES:
            return None
        closing = re.compile(f"[{_QUOTES}]").search(self.text, self.at + 1)
        if closing is None:
            return None
        inside = self.text[self.at + 1 : closing.start()]
        self.at = closing.end()
        return inside

    def _word(self, depth: int) -> Node:
        word = self._run(depth)
        stem = word.rstrip("*")
        if stem != word and any(map(str.isalnum, stem)):
            return Prefix(stem)
        self._remark(word)
        return Word(word)

    def _remark(self, word: str) -> None:
        """Say of a word that looks like an operator why it is none."""
        if word in {"OR", "AND"}:
            self.notes.append(f"“{word}” has nothing to join here and is searched as a word.")
        elif word == "NOT":
            self.notes.append("“NOT” is searched as a word; to leave out what has a word write -word.")
        elif _STARRED.search(word):
            self.notes.append(f"“{word}”: a star stands for the end of a word only, so it is left out of account.")

    def _run(self, depth: int) -> str:
        """Everything up to a space, or to the parenthesis that closes the group."""
        start, opened = self.at, 0
        while (character := self._next()) and not character.isspace():
            if depth and character == ")" and not opened:
                break
            opened += (character == "(") - (character == ")")
            self.at += 1
        return self.text[start : self.at]
