"""What the shell offers on Tab: fields, people, conversations, tags and saved searches of the archive.

The names are foreign, and shells put what is offered on a command line: only letters, digits, spaces and a few
harmless signs are. Nothing here may fail, ask or write; it is imported with the command line, so it is light.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import typer

# Letters and digits of any script with the marks they wear, and signs that mean nothing to a shell or to a query.
_SAFE = re.compile(r"[^\W_][\w .@+\-\u0300-\u036f\u0900-\u0d7f\u0e31-\u0e4e]*")
_MOST = 100


class _Offer(str):
    """What is offered in place of what is typed. Typer lets only that through which begins as typed, letter by letter;
    here `ana` offers `"Ana Ruiz"` and a second word of a name is as good as the first."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        """It is offered."""
        return True


def complete_query(context: typer.Context, incomplete: str) -> Sequence[str]:
    """The word of a query that is being typed: a field, or the value after its colon, or @ and a saved search."""
    name, colon, value = _word(incomplete)
    if not colon:
        if incomplete.startswith("@"):
            return [_Offer(f"@{each}") for each in _beginning(_names(context, "saved"), incomplete[1:])]
        return _fields(incomplete)
    prefix = f"{name}:" if incomplete.startswith(f"{name}:") else ""  # bash keeps what is before a colon itself
    values = _beginning(_values(context, name), value.lstrip('"\\'))
    return [_Offer(prefix + written) for each in values for written in _written(each)][:_MOST]


def complete_tag(context: typer.Context, incomplete: str) -> Sequence[str]:
    """The name of a tag."""
    return _whole(_names(context, "tag"), incomplete)


def complete_saved(context: typer.Context, incomplete: str) -> Sequence[str]:
    """The name of a saved search."""
    return list(map(_Offer, _beginning(_names(context, "saved"), incomplete.removeprefix("@"))))


def complete_conversation(context: typer.Context, incomplete: str) -> Sequence[str]:
    """The title of a conversation, whole."""
    return _whole(_names(context, "conversation"), incomplete)


def complete_topic(context: typer.Context, incomplete: str) -> Sequence[str]:
    """What `archive help` can explain."""
    topics = ["query", "man", *getattr(context.find_root().command, "commands", {})]
    return [topic for topic in topics if topic.startswith(incomplete)]


def _whole(names: Iterable[str], incomplete: str) -> Sequence[str]:
    """Names that are an argument by themselves, as the shell takes them; fish and zsh escape spaces themselves."""
    found = _beginning(names, incomplete.lstrip('"\\'))
    return [_Offer(each.replace(" ", "\\ ") if _shell() == "bash" else each) for each in found]


def _shell() -> str:
    return os.environ.get("_ARCHIVE_COMPLETE", "").rpartition("_")[2]


def _word(incomplete: str) -> tuple[str, str, str]:
    """(field, colon, value) of the word being typed. To bash a colon is a word of its own."""
    if _shell() == "bash" and ":" not in incomplete.rstrip(":"):
        words = os.environ.get("COMP_WORDS", "").split("\n")
        at = int(os.environ.get("COMP_CWORD") or 0)
        if incomplete == ":" and 0 < at < len(words):
            return words[at - 1].lstrip("-'\"("), ":", ""
        if at >= 2 and at <= len(words) and words[at - 1] == ":":
            return words[at - 2].lstrip("-'\"("), ":", incomplete
    return incomplete.lstrip("-('").partition(":")


def _fields(begun: str) -> list[str]:
    """Names of fields with their colons; a leading minus stays."""
    from archiver.fields import FIELDS

    minus = "-" if begun.startswith("-") else ""
    return [f"{minus}{row.name}:" for row in FIELDS if row.name.startswith(begun.removeprefix("-").lower())]


def _values(context: typer.Context, name: str) -> Iterable[str]:
    """What may stand behind a field's colon."""
    from archiver import fields

    row = fields.field(name)
    if row is None:
        return []
    if row.meaning == "thing":
        return [each.name for each in fields.THINGS]
    if row.meaning == "state":
        return list(fields.STATES)
    return _names(context, row.meaning)


def _names(context: typer.Context, what: str) -> list[str]:
    """The archive's names of a kind, as far as they are safe on a command line."""
    from archiver.cli.common import folder
    from archiver.store.peek import names

    named = context.find_root().params.get("archive")
    home = Path(str(named)).expanduser() if named else folder()
    found = (part[0].strip() for name in names(home, what) for part in [_SAFE.search(name)] if part)
    return list(dict.fromkeys(name for name in found if len(name) > 1))


def _beginning(names: Iterable[str], begun: str) -> list[str]:
    """The names that begin as typed, or in which a word does."""
    from archiver.text import bare

    wanted = bare(begun.replace("\\", ""))
    return [name for name in names if f" {bare(name)}".find(f" {wanted}") >= 0][: 10 * _MOST]


def _written(value: str) -> Iterator[str]:
    """A value as it is to stand on the command line: several words in quotes that reach the program.

    zsh's side of typer cannot carry quotes, so there each word is offered by itself.
    """
    if " " not in value:
        yield value
    elif _shell() == "bash":
        yield '\\"' + value.replace(" ", "\\ ") + '\\"'
    elif _shell() == "fish":
        yield f'"{value}"'
    else:
        yield from value.split()
