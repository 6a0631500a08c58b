"""`archive dedupe`: messages that may be one, which are hidden until a person decides."""

from typing import Annotated

import typer

from archiver.cli.common import JSON, reading, writing

dedupe = typer.Typer(
    help="Messages that are probably others told again, and so hidden.", no_args_is_help=True, rich_markup_mode=None
)

Hidden = Annotated[str, typer.Argument(metavar="ID", help="A message, as search and dedupe list print it.")]


@dedupe.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are decided, too.")] = False,
    as_json: JSON = False,
) -> None:
    """What is hidden as what, and waits for your word."""
    from archiver import ui
    from archiver.exporters.jsonl import message_face
    from archiver.store import dedupe as store

    with reading() as archive:
        found = store.pairs(archive.connection, everything=everything)
    if as_json:
        ui.emit(
            [
                {
                    "message": message_face(pair.message),
                    "other": message_face(pair.other),
                    "basis": pair.basis,
                    "verdict": pair.verdict,
                    "import": pair.import_id,
                    "decided_at": pair.decided_at,
                }
                for pair in found
            ]
        )
        return
    ui.table(
        ("id", "says", "as", "says", "from", "conversation", "verdict"),
        [
            (
                pair.message.id,
                ui.body(pair.message),
                pair.other.id,
                ui.body(pair.other),
                ui.sender_name(pair.message),
                pair.message.conversation_title,
                pair.verdict,
            )
            for pair in found
        ],
    )
    if not found:
        ui.talk("No message is hidden that you have not decided on." if not everything else "No message is hidden.")


@dedupe.command("hide")
def hide(
    identifier: Hidden,
    of: Annotated[str, typer.Argument(metavar="OF", help="The message that it is the same as.")],
    as_json: JSON = False,
) -> None:
    """Hide a message, for it is the same as another. Nothing is deleted; split shows it again."""
    from archiver import ui
    from archiver.store import dedupe as store

    with writing() as archive:
        done = store.hide(archive, identifier, of)
    if as_json:
        ui.emit(done)
    ui.talk(f"Hidden: {done['hidden']}. Shown for it: {done['shown']}.")


@dedupe.command("split")
def split(identifier: Hidden, as_json: JSON = False) -> None:
    """Show a hidden message again, for it is another one. No import hides it as the same again."""
    from archiver import ui
    from archiver.store import dedupe as store

    with writing() as archive:
        done = store.split(archive, identifier)
    if as_json:
        ui.emit(done)
    ui.talk(f"Shown again: {done['shown']}. It is not {done['different_from']}.")
