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
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Open data beside the pages: jsonl, csv, atom, sitemap, json-ld or bagit; may be given again.",
        ),
    ] = None,
    address: Annotated[str, typer.Option(metavar="URL", help="Where the site will stand: feeds need it.")] = "",
    attachments: Annotated[
        bool,
        typer.Option(
            "--attachments",
            help="Show attached photos, films and sounds, without the places, devices and names noted in their files; "
            "files of other kinds are not shown.",
        ),
    ] = False,
    search: Annotated[
        str,
        typer.Option(
            metavar="own|pagefind",
            help="What searches the site: our own, which works from a disk, too, or Pagefind, once it is on the web.",
        ),
    ] = "own",
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
                "data": ",".join(data or ()),
                "address": address,
                "search": search,
                "attachments": "yes" if attachments else "",
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


@export.command("csv")
def csv(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder to write; it must not be there yet.")],
) -> None:
    """Tables of messages, people, files, links, and what they hold (Frictionless). Nothing in them is masked."""
    from archiver import ui
    from archiver.contracts import Rendering
    from archiver.exporters.data import package, tables
    from archiver.store.library import StoredLibrary

    with reading() as archive, archive.snapshot():
        library = StoredLibrary(archive)
        ui.write_folder(package.described(tables.pages(library), library, Rendering("An archive")), out)
    ui.line(str(out))
    ui.talk(f"Tables for the archive's owner, with every name, number and address as it is: {out / package.NAME}")


@export.command("mbox")
def mbox(
    out: Annotated[str, typer.Argument(metavar="OUT", help="The file to write; - is stdout.")],
    conversation: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this list or mailbox; may be given again.")
    ] = None,
) -> None:
    """All letters as they came, byte for byte, in one mailbox that mail programs open."""
    from archiver import ui
    from archiver.exporters import mbox as format_
    from archiver.store import history
    from archiver.store.library import StoredLibrary

    with reading() as archive:
        wanted = [history.conversation_id(archive.connection, one) for one in conversation or ()]
        ui.write_blocks(format_.blocks(StoredLibrary(archive), wanted), out)


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
