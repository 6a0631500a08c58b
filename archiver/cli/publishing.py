"""`archive publish` and `archive export`: out of the archive, for people and for programs."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, folder, reading
from archiver.cli.completing import complete_conversation

if TYPE_CHECKING:
    from archiver.policy import Policy
    from archiver.publish import PublishReport

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
    everything: Annotated[
        bool, typer.Option("--all", help="All conversations but talk between two people, which has to be named.")
    ] = False,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="A publish.toml; options here win.")] = None,
    write_config: Annotated[bool, typer.Option("--write-config", help="Write that file to begin with.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only tell what would be exposed.")] = False,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="With --preview: tell it as a page, too.")] = None,
    accept: Annotated[str, typer.Option(metavar="HASH", help="Publish what the report of this hash tells.")] = "",
    names: Annotated[str | None, typer.Option(help="pseudonyms, unless you say: real.")] = None,
    consent: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="Shown by name; may be given again.")
    ] = None,
    opt_out: Annotated[
        list[str] | None, typer.Option(metavar="PERSON", help="Left out with all they wrote; may be given again.")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Do not mask these: phone, email, place …")
    ] = None,
    public: Annotated[bool | None, typer.Option("--public/--not-public", help="Let search engines in.")] = None,
    attachments: Annotated[
        bool | None,
        typer.Option(
            "--attachments/--no-attachments",
            help="Show attached photos, films and sounds, without the places, devices and names noted in their files.",
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Open data beside the pages: jsonl, csv, atom, sitemap, json-ld or bagit; may be given again.",
        ),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(
            metavar="own|pagefind",
            help="What searches the site: our own, which works from a disk, too, or Pagefind, once it is on the web.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="What the snapshot is called.")] = None,
    about: Annotated[str | None, typer.Option(help="A few sentences for the first page: what this is.")] = None,
    keeper: Annotated[str | None, typer.Option(help="Who keeps these pages.")] = None,
    licence: Annotated[str | None, typer.Option(help="On what terms they may be used.")] = None,
    contact: Annotated[str | None, typer.Option(help="How to ask for removal, e.g. an address.")] = None,
    language: Annotated[str | None, typer.Option(metavar="TAG", help="Language of the pages' own words.")] = None,
    address: Annotated[str | None, typer.Option(metavar="URL", help="Where it will stand: feeds need it.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; and replace pages that were changed by hand since.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Write a site that opens from disk: only the conversations you name, under pseudonyms, with numbers masked."""
    from archiver import policy

    if write_config:
        return _begin(config or Path(policy.FILE))
    typed: dict[str, policy.Value | None] = {
        "conversations": _listed(["*"] if everything else conversation),
        "names": names,
        "consent": _listed(consent),
        "opt_out": _listed(opt_out),
        "allow": _listed(allow),
        "public": public,
        "attachments": attachments,
        "data": _listed(data),
        "search": search,
        "title": title,
        "about": about,
        "keeper": keeper,
        "licence": licence,
        "contact": contact,
        "language": language,
        "address": address,
    }
    if everything and conversation:
        typed["conversations"] = ("*", *conversation)
    decided = policy.decided(config, typed)
    if preview or page is not None:
        return _preview(target, decided, page, yes=yes, as_json=as_json)
    return _publish(target, decided, accept=accept, yes=yes, as_json=as_json)


def _listed(given: list[str] | None) -> tuple[str, ...] | None:
    return tuple(given) if given else None


def _begin(file: Path) -> None:
    from archiver import ui
    from archiver.choosing import one_to_one
    from archiver.policy import write_starter
    from archiver.store.library import StoredLibrary

    with reading() as archive:
        known = StoredLibrary(archive).conversations()
        write_starter(file, [(one.title, one_to_one(one)) for one in known])
    ui.line(str(file))
    ui.talk(f"Take the # away from what you want, then look first: archive publish DIR --config {file} --preview")


def _preview(target: Path, decided: "Policy", page: Path | None, *, yes: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from archiver import ui
    from archiver.casting import cast, site_seal
    from archiver.preview import page as as_page
    from archiver.preview import parts, survey, write_page
    from archiver.publish import through_glass
    from archiver.store.faces import appeared
    from archiver.store.graves import permalinks
    from archiver.store.library import StoredLibrary
    from archiver.store.secret import secret
    from archiver.ui import exposing

    key, named = secret(folder()), decided.listed("conversations")
    with reading() as archive, archive.snapshot():
        library, people = StoredLibrary(archive), cast(archive, decided, key)
        seen = through_glass(
            library,
            conversations=named,
            options=decided.options(),
            secret=key,
            permalinks=permalinks(archive),
            naming=people.naming,
        )
        told = survey(library, seen, people, appeared(archive.connection, site_seal(key, target)), named)
    if page is not None:
        write_page(page, as_page(told, decided.said("title")), target, yes=yes)
    if as_json:
        ui.emit(asdict(told))
    else:
        exposing.exposed(parts(told), told.hash)
    ui.talk(f"Nothing was written to {target}." + (f" The report as a page: {page}" if page is not None else ""))


def _publish(target: Path, decided: "Policy", *, accept: str, yes: bool, as_json: bool) -> None:
    from archiver.casting import appearances, cast, site_seal
    from archiver.choosing import ALL, left_out
    from archiver.preview import gate
    from archiver.publish import publish as publish_site
    from archiver.publish import unconcerned, untouched
    from archiver.store import faces
    from archiver.store.graves import permalinks
    from archiver.store.library import StoredLibrary
    from archiver.store.secret import secret
    from archiver.ui import exposing

    wishes = repr(sorted(decided.values.items()))
    with reading() as archive, archive.snapshot():
        key, library = secret(folder()), StoredLibrary(archive)
        there = untouched(library, target, wishes=wishes, secret=key, archive=folder())
        fresh = {} if there else cast(archive, decided, key).fresh
    if there:
        return _published(there, [], as_json=as_json)
    faces.remember(folder(), fresh)
    named, seal = decided.listed("conversations"), site_seal(key, target)
    ask = exposing.agreed if exposing.somebody_is_there() and not yes else None
    with reading() as archive, archive.snapshot():
        library, people = StoredLibrary(archive), cast(archive, decided, key)
        before, now = faces.appeared(archive.connection, seal), appearances(people)
        done = publish_site(
            library,
            target,
            conversations=named,
            options=decided.options(),
            secret=key,
            archive=folder(),
            permalinks=permalinks(archive),
            naming=people.naming,
            agree=gate(people, before, accepted=accept, ask=ask),
            wishes=wishes,
            yes=yes,
        )
        alone = [one.title for one in left_out(library.conversations(), named)] if ALL in named else []
    if before != now:
        _remember(seal, now, unconcerned(library, target, wishes=wishes, secret=key, archive=folder()))
    return _published(done, alone, as_json=as_json)


def _published(done: "PublishReport", alone: Sequence[str], *, as_json: bool) -> None:
    from dataclasses import asdict

    from archiver import ui

    if as_json:
        ui.emit(asdict(done))
    else:
        ui.line(done.index)
    if alone:
        ui.talk(f"Left out, for it is talk between two people: {', '.join(alone)}. Name it to publish it.")
    ui.talk(f"{done.messages:,} messages on {done.pages:,} pages. Open: {done.index}")


def _remember(seal: bytes, now: Mapping[bytes, str], around: AbstractContextManager[None]) -> None:
    """Keep who appears; the pages are in their place, so that somebody else's writing is no failure."""
    from archiver import ui
    from archiver.errors import LockedError
    from archiver.store import faces

    try:
        faces.remember_appearances(folder(), seal, now, around)
    except LockedError:
        ui.talk("Somebody else writes to the archive: the next preview will call some people new who are not.")


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
