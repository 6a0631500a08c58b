"""The words of `archive help`: made from the table of fields and from the commands' own help, so they cannot differ.

The manual page is printed by the program (`archive help man`) rather than put into the wheel: a page made at build
time would need a build of its own or a copy in the repository that grows old, and pip tells no `man` where it is.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archiver import __version__
from archiver.fields import FIELDS, STATES, THINGS

if TYPE_CHECKING:
    from typer._click.core import Command, Context

_FORMS = (
    ("water tank", "both words, anywhere in the message; capitals and accents make no difference"),
    ('"water tank"', "these words in a row"),
    ("-courgette", "without this word; also before a phrase, a field or a group"),
    ("water*", "any ending"),
    ("mint OR thyme", "one of the two (also: mint | thyme); OR binds its two neighbours only"),
    ('"water tank"~5', "near each other: at most five other words between them"),
    ("(mint OR thyme) tea", "a group"),
    ("field:value", 'a field of the table below; a value with spaces in quotes: from:"Ana Ruiz"'),
    ("@NAME", "a search that was saved with: archive search --save NAME …"),
)

Line = tuple[str, str]
"""What to write and what it means; a heading has no meaning, a sentence nothing to write."""


def query_help() -> list[Line]:
    """The query language, from the one table of fields."""
    lines: list[Line] = [("What you can type", "")]
    lines += _FORMS
    lines.append(("Fields", ""))
    lines += [(row.example, _field(row.help, row.aliases)) for row in FIELDS]
    lines.append(("What has: finds", ""))
    lines += [
        (f"has:{thing.name}", f"also {', '.join(thing.aliases)}" if thing.aliases else f"a {thing.name}")
        for thing in THINGS
    ]
    lines.append(("What is: finds", ""))
    lines += [(f"is:{name}", meaning) for name, meaning in STATES.items()]
    lines.append(("", "Nothing you type is an error: what is no field or operator is searched as words, and said."))
    lines.append(("", "In a shell, put a query in single quotes: archive search 'from:\"Ana Ruiz\" -tank'"))
    return lines


def _field(meaning: str, aliases: Sequence[str]) -> str:
    return f"{meaning} (Also {', '.join(f'{one}:' for one in aliases)}.)" if aliases else meaning


def command(root: "Context", words: Sequence[str]) -> "Context | None":
    """The context of the command of these words, to ask for its help; None when there is none."""
    here = root
    for word in words:
        commands = getattr(here.command, "commands", {})
        if word not in commands:
            return None
        here = here.command.context_class(commands[word], info_name=word, parent=here)
    return here


def page(root: "Context") -> str:
    """The whole program as a manual page for man(1), in roff."""
    parts = [
        f'.TH ARCHIVE 1 "" "archive {__version__}" "User Commands"',
        ".SH NAME",
        f"archive \\- {_roff(_first(root.command.help or ''))}",
        ".SH SYNOPSIS",
        ".B archive",
        "[\\-\\-archive DIR] COMMAND [ARGUMENTS]",
        ".SH DESCRIPTION",
        _roff(root.command.help or ""),
        ".SH COMMANDS",
        *_commands(root),
        ".SH THE QUERY LANGUAGE",
        *_query(),
        ".SH ENVIRONMENT",
        *_items(_ENVIRONMENT),
        ".SH EXIT STATUS",
        *_items(_EXITS),
    ]
    return "\n".join(parts) + "\n"


_ENVIRONMENT = (
    ("ARCHIVE_DIR", "The archive's folder, where --archive is not given."),
    ("PAGER", "What long answers on a terminal are shown with; less, if it is not set; nothing, if it is empty."),
    ("NO_COLOR", "No colours, whatever it is set to."),
    ("FORCE_HYPERLINK", "1: files and addresses are links on any terminal; 0: on none."),
)
_EXITS = (
    ("0", "Fine; also when nothing is found, unless --exit-status is given."),
    ("1", "Failed."),
    ("2", "Not understood."),
    ("3", "Done, but some data could not be read."),
    ("10", "There is no archive."),
    ("11", "Somebody else is writing to it."),
    ("130", "Interrupted."),
)


def _commands(context: "Context", path: Sequence[str] = ()) -> Iterator[str]:
    """Each command under its own heading, with its arguments and options; those of a family after it."""
    for name, child in getattr(context.command, "commands", {}).items():
        words = [*path, name]
        here = context.command.context_class(child, info_name=name, parent=context)
        if child.hidden:
            continue
        yield f".SS archive {_roff(' '.join([*words, *child.collect_usage_pieces(here)]))}"
        yield _roff(child.help or "")
        yield from _items(_parameters(child, here))
        yield from _commands(here, words)


def _parameters(child: "Command", context: "Context") -> Iterator[Line]:
    """Options and arguments with their help; --help is everywhere and said nowhere."""
    for parameter in child.get_params(context):
        record = parameter.get_help_record(context)
        if record and parameter.name != "help":
            yield record


def _query() -> Iterator[str]:
    for written, meaning in query_help():
        if written and not meaning:
            yield f".SS {_roff(written)}"
        else:
            yield from _items([(written, meaning)]) if written else (".PP", _roff(meaning))


def _items(lines: Iterator[Line] | Sequence[Line]) -> Iterator[str]:
    for written, meaning in lines:
        yield from (".TP", f".B {_roff(written)}", _roff(meaning) or "\\&")


def _roff(text: str) -> str:
    """Text that roff takes as text: ASCII, no escapes, no hyphens that it may break at, no requests."""
    flat = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    flat = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in flat)
    return f"\\&{flat}" if flat.startswith((".", "'")) else flat


def _first(text: str) -> str:
    return " ".join(text.split()).rstrip(".")
