"""What a community decided about its pages, in a file of its own: ``publish.toml``, or the same on the command line.

Every key is told once, in KEYS: what it takes, and a line for the file that `starter` writes.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

from archiver.errors import ArchiveError, UsageError
from archiver.privacy import KINDS
from archiver.privacy.files import METADATA

FILE = "publish.toml"
Shape = Literal["text", "switch", "list"]
Value = str | bool | tuple[str, ...]


class Key(NamedTuple):
    """What may stand behind a key: a ``text``, a ``switch`` (true, false) or a ``list`` of texts; *among*: only
    these; *told* says what it is for."""

    shape: Shape
    default: Value
    told: str
    among: tuple[str, ...] = ()


KEYS: Mapping[str, Key] = {
    "conversations": Key("list", (), 'What is published: titles or numbers. "*" is all but talk between two people.'),
    "title": Key("text", "", "What the pages are called."),
    "about": Key("text", "", "A few sentences for the first page."),
    "keeper": Key("text", "", "Who keeps these pages."),
    "licence": Key("text", "", "On what terms they may be used."),
    "contact": Key("text", "", "Whom to ask for removal, an address for example."),
    "language": Key("text", "en", "The language of the pages' own words."),
    "address": Key("text", "", "Where the pages will stand: https://…"),
    "public": Key("switch", default=False, told="true: search engines may come."),
    "names": Key("text", "pseudonyms", "How people appear: under pseudonyms, or real.", ("pseudonyms", "real")),
    "consent": Key("list", (), "Who agreed to be shown by name: names, addresses or numbers."),
    "opt_out": Key("list", (), "Whose messages are left out, and whose name is said nowhere."),
    "allow": Key("list", (), f"What is not masked: {', '.join((*KINDS, METADATA))}.", (*KINDS, METADATA)),
    "attachments": Key("switch", default=False, told="true: attached files are published, too."),
    "data": Key("list", (), "Open data beside the pages.", ("jsonl", "csv", "atom", "sitemap", "json-ld", "bagit")),
    "search": Key("text", "own", "What searches in the pages.", ("own", "pagefind")),
}
_FOR_PAGES = tuple(key for key in KEYS if key not in {"conversations", "consent", "opt_out"})
_SHAPES = {"text": "a text in quotes", "switch": "true or false", "list": "a list of texts in quotes"}
_EXAMPLES = {"text": '"…"', "switch": "true", "list": '["…", "…"]'}


@dataclass(frozen=True, slots=True)
class Policy:
    """The decisions, a value for each of KEYS; *text* and *file* are where they were read, for messages."""

    values: Mapping[str, Value] = field(default_factory=dict)
    text: str = ""
    file: str = ""
    typed: frozenset[str] = frozenset()

    def listed(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, KEYS[key].default)
        return value if isinstance(value, tuple) else ()

    def said(self, key: str) -> str:
        """A text; a switch as "yes" or "", a list with commas between."""
        value = self.values.get(key, KEYS[key].default)
        if isinstance(value, tuple):
            return ",".join(value)
        return value if isinstance(value, str) else "yes" if value else ""

    def options(self) -> dict[str, str]:
        """What exporters are told. Who agreed and who did not is nothing that pages have to know."""
        return {key: self.said(key) for key in _FOR_PAGES}

    def where(self, key: str, value: str = "") -> str:
        """Where a key, or a value of it, was given: ``publish.toml, line 3`` or ``--consent``."""
        if key in self.typed or not self.file:
            return f"--{_FLAGS.get(key, key).replace('_', '-')}"
        return f"{self.file}, line {_line(self.text, key, value)}"


_FLAGS = {"conversations": "conversation"}


def decided(file: Path | None, typed: Mapping[str, Value | None]) -> Policy:
    """The policy of a *file* (None: there is none) with what was *typed* on the command line in its place.

    UsageError for what cannot be meant, with the line.
    """
    policy = read(file) if file is not None else Policy()
    given = {key: value for key, value in typed.items() if value is not None}
    policy = Policy({**policy.values, **given}, policy.text, policy.file, frozenset(given))
    for key, value in given.items():
        _checked(key, value, policy)
    return policy


def read(file: Path) -> Policy:
    """What a file decides; UsageError where it is not understood."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UsageError(
            f"There is no {file}.",
            remedy=f"Let a first one be written, then change it: archive publish DIR --config {file} --write-config",
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(f"{file} cannot be read.", why=str(problem), remedy="It has to be a text in UTF-8.") from None
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise UsageError(
            f"{file} is not written as TOML is.",
            why=str(problem) or "It is too deep.",
            remedy='A line looks like this: title = "Garden Club". Or have a first file written: --write-config',
        ) from None
    blank = Policy({}, text, str(file))
    return Policy({key: _checked(key, value, blank) for key, value in found.items()}, text, str(file))


def _checked(key: str, value: object, policy: Policy) -> Value:
    """The value of a key as it is kept; UsageError when key or value cannot be meant."""
    at = policy.where(key)
    if key not in KEYS:
        close = get_close_matches(key, KEYS, n=1)
        raise UsageError(
            f"“{key}” is nothing that can be decided.",
            why=at,
            remedy=f"Did you mean {close[0]}?" if close else f"There are: {', '.join(KEYS)}.",
        )
    shape = KEYS[key].shape
    if isinstance(value, list | tuple) and shape == "list" and all(isinstance(one, str) for one in value):
        for one in value:
            _among(key, one, policy)
        return tuple(value)
    if shape == "list" and isinstance(value, list) and any(isinstance(one, int) for one in value):
        raise UsageError(f"{key} lists something that is no text.", why=at, remedy='Put numbers in quotes, too: ["3"]')
    if isinstance(value, bool) == (shape == "switch") and isinstance(value, bool | str) and shape != "list":
        if isinstance(value, str):
            _among(key, value, policy)
        return value
    raise UsageError(f"{key} takes {_SHAPES[shape]}.", why=at, remedy=f"Write {key} = {_EXAMPLES[shape]}")


def _among(key: str, value: str, policy: Policy) -> None:
    among = KEYS[key].among
    if among and value not in among:
        close = get_close_matches(value, among, n=1)
        raise UsageError(
            f"{key} knows no “{value}”.",
            why=policy.where(key, value),
            remedy=(f"Did you mean {close[0]}? " if close else "") + f"There are: {', '.join(among)}.",
        )


def _line(text: str, key: str, value: str) -> int:
    """The line of a key, or of a value that stands behind it; 1 when it is written in a way that hides it."""
    lines = text.split("\n")
    named = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=|\s*\[+\s*{re.escape(key)}\b""")
    first = next((number for number, line in enumerate(lines) if named.match(line)), 0)
    if value:
        quoted = (json.dumps(value, ensure_ascii=False), f"'{value}'")
        rest = enumerate(lines[first:], first)
        first = next((number for number, line in rest if any(one in line for one in quoted)), first)
    return first + 1


def starter(conversations: Sequence[tuple[str, bool]]) -> str:
    """A file to begin with: every key with what it is for; *conversations* to choose from, as (title, one to one)."""
    lines = [
        "# What archive publish may show, and how. Take the # away from what you want, then look first:",
        "#   archive publish site --config publish.toml --preview",
        "",
    ]
    for key, about in KEYS.items():
        lines.append(f"# {about.told}")
        if key == "conversations":
            lines.append("conversations = [")
            for title, alone in conversations:
                lines.append(f"#  {_quoted(title)},{'  # between two people' if alone else ''}")
            lines += ["]", ""]
            continue
        lines += [f"# {key} = {_written(about.default)}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's escapes are among its own, and it takes no DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else f"[{', '.join(map(_quoted, value))}]"


def write_starter(file: Path, conversations: Sequence[tuple[str, bool]]) -> None:
    """Write a file to begin with; UsageError when there is one already."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(starter(conversations))
    except FileExistsError:
        raise UsageError(
            f"There is a {file} already.", remedy="It is left as it is; name another with --config."
        ) from None
    except OSError as problem:
        raise ArchiveError(f"{file} cannot be written.", why=problem.strerror or str(problem)) from problem
