"""`archive conversations`: which there are; and which are one, or two."""

from dataclasses import asdict
from typing import Annotated

import typer

from archiver.cli.common import JSON, reading, writing
from archiver.cli.completing import complete_conversation

conversations = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Named = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Its number or title, see: archive conversations", autocompletion=complete_conversation
    ),
]


@conversations.callback()
def list_(context: typer.Context, as_json: JSON = False) -> None:
    """The conversations in the archive; merge two that are one, or split one that is two."""
    if context.invoked_subcommand is not None:
        return
    from archiver import ui
    from archiver.store import reads

    with reading() as archive:
        found = reads.conversations(archive.connection)
    if as_json:
        ui.emit([asdict(one) for one in found])
        return
    ui.table(
        ("id", "title", "source", "messages", "people", "first", "last"),
        [
            (
                str(one.id),
                one.title,
                one.source,
                one.messages,
                one.people,
                (one.first or "")[:10],
                (one.last or "")[:10],
            )
            for one in found
        ],
        right=("id", "messages", "people"),
    )


@conversations.command("merge")
def merge(
    one: Named,
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="The conversation that it is.", autocompletion=complete_conversation)
    ],
    as_json: JSON = False,
) -> None:
    """Make one conversation of two. What both hold becomes one message each."""
    from archiver import ui
    from archiver.store import history, reunite

    with writing() as archive:
        row, home = (history.conversation_id(archive.connection, name) for name in (one, into))
        counts = reunite.merge(archive, row, home)
    if as_json:
        ui.emit({"merged": row, "into": home, **counts})
    ui.talk(f"Conversation {row} is part of {home} now: {_in_words(counts)}.")


@conversations.command("split")
def split(
    one: Named,
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="An import's number, see: archive imports list")],
    as_json: JSON = False,
) -> None:
    """Make what one import says in a conversation a conversation of its own."""
    from archiver import ui
    from archiver.store import history, reunite

    with writing() as archive:
        row = history.conversation_id(archive.connection, one)
        counts = reunite.split(archive, row, number)
    if as_json:
        ui.emit({"split": row, "import": number, **counts})
    ui.talk(f"What import {number} says is a conversation of its own now: {_in_words(counts)}.")


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
