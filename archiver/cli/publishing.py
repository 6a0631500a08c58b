"""`archive publish` and `archive export`: out of the archive, for people and for programs."""

from pathlib import Path
from typing import Annotated

import typer

from archiver.cli.common import JSON, folder, reading
from archiver.cli.completing import complete_conversation

export = typer.Typer(help="Everything as open data.", no_args_is_help=True, rich_markup_mode=None)


def publish(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write the pages to.")],
    conversation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A conversation to publish; may be given again.",
            autocompletion=complete_conversation,
        ),
    ] = None,
    title: Annotated[str, typer.Option(help="What the snapshot is called.")] = "",
    about: Annotated[str, typer.Option(help="A few sentences for the first page: what this is, who keeps it.")] = "",
    keeper: Annotated[str, typer.Option(help="Who keeps these pages.")] = "",
    licence: Annotated[str, typer.Option(help="On what terms they may be used.")] = "",
    contact: Annotated[str, typer.Option(help="How to ask for removal, e.g. an address.")] = "",
    language: Annotated[str, typer.Option(metavar="TAG", help="Language of the pages' own words.")] = "en",
    yes: Annotated[bool, typer.Option("--yes", help="Replace pages that were changed by hand since.")] = False,
    as_json: JSON = False,
) -> None:
    """Write a site that opens from disk: only the conversations you name, phone numbers and emails masked."""
    from dataclasses import asdict

    from archiver import ui
    from archiver.publish import publish as publish_site
    from archiver.store.graves import permalinks
    from archiver.store.library import StoredLibrary
    from archiver.store.secret import secret

    with reading() as archive, archive.snapshot():
        done = publish_site(
            StoredLibrary(archive),
            target,
            conversations=conversation or (),
            options={
                "title": title,
                "language": language,
                "about": about,
                "keeper": keeper,
                "licence": licence,
                "contact": contact,
            },
            secret=secret(folder()),
            archive=folder(),
            permalinks=permalinks(archive),
            yes=yes,
        )
    if as_json:
        ui.emit(asdict(done))
    else:
        ui.line(done.index)
    ui.talk(f"{done.messages:,} messages on {done.pages:,} pages. Open: {done.index}")


@export.command("jsonl")
def jsonl(
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout.")],
) -> None:
    """All conversations and messages, one JSON object a line; the last line says it is complete."""
    from archiver import ui
    from archiver.exporters import jsonl as format_
    from archiver.store.library import StoredLibrary

    with reading() as archive:
        ui.write_lines(format_.lines(StoredLibrary(archive)), out)


@export.command("mbox")
def mbox(
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout.")],
    conversation: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this list or mailbox; may be given again.")
    ] = None,
) -> None:
    """All letters as they came, byte for byte, in one mailbox that mail programs open.

    Outlook's stores hold no letters as they were sent: what came in them is built anew and marked X-Archive-Rebuilt.
    """
    from archiver import ui
    from archiver.exporters import mbox as format_
    from archiver.store import history
    from archiver.store.library import StoredLibrary

    with reading() as archive:
        wanted = [history.conversation_id(archive.connection, one) for one in conversation or ()]
        rebuilt: list[object] = []
        ui.write_blocks(format_.blocks(StoredLibrary(archive), wanted, rebuilt.append), out)
    if rebuilt:
        what = "1 letter" if len(rebuilt) == 1 else f"{len(rebuilt):,} letters"
        ui.talk(f"{what} from Outlook's stores, which keep none as they were sent, built anew (X-Archive-Rebuilt).")


@export.command("bagit")
def bagit(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="The bag to write; it must not be there yet.")],
    as_json: JSON = False,
) -> None:
    """The whole archive as a bag (BagIt, RFC 8493), which archive import reads back. Nothing in it is masked."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from archiver import ui
    from archiver.keeping import bags

    made = bags.write(folder(), out, day=datetime.now(UTC).date())
    if as_json:
        ui.emit(asdict(made))
    else:
        ui.line(str(made.path))
    ui.talk(f"{made.messages:,} messages and {made.files:,} files in a bag. Check it with: archive verify {made.path}")
