"""`archive verify`, `archive repair` and `archive audit`: is all as it was written, and what was done to it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archiver.cli.common import JSON, folder, reading

if TYPE_CHECKING:
    from archiver.store.findings import Finding, Verdict

audit = typer.Typer(help="What was done to the archive, and when.", no_args_is_help=True, rich_markup_mode=None)


def verify(
    place: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="A published site or a bag (folder, zip, tar) to check instead."),
    ] = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every byte of every file, and compare index and tables, too.")
    ] = False,
    as_json: JSON = False,
) -> int:
    """Find what was damaged: a flipped bit, a missing file. Says which messages it concerns and what can be done."""
    from archiver.errors import EXIT_FAILED, EXIT_OK
    from archiver.store.verify import verify as check

    verdict = check(folder(), deep=deep) if place is None else _elsewhere(place)
    show_verdict(verdict, as_json=as_json)
    return EXIT_OK if verdict.sound else EXIT_FAILED


def _elsewhere(place: Path) -> "Verdict":
    """A folder that says itself what is in it."""
    from archiver import publish
    from archiver.errors import UsageError
    from archiver.keeping import bags
    from archiver.store.findings import Finding, Verdict

    if bags.is_bag(place):
        with bags.opened(place, place.absolute().parent) as bag:
            return bags.check(bag)
    if publish.is_site(place):
        files, wrong = publish.check(place)
        again = "publish the site again; the archive is not concerned"
        return Verdict({"files": files}, tuple(Finding("file", f"{path} {why}", rebuild=again) for path, why in wrong))
    raise UsageError(
        f"{place} is neither a published site nor a bag.",
        remedy="To check an archive, name it first: archive --archive DIR verify",
    )


def show_verdict(verdict: "Verdict", *, as_json: bool) -> None:
    """What a check found, for a person or a program."""
    from archiver import ui

    if as_json:
        ui.emit(
            {
                "sound": verdict.sound,
                "checked": dict(verdict.checked),
                "findings": [_face(one) for one in verdict.findings],
                "notes": list(verdict.notes),
            }
        )
        return
    for one in verdict.findings:
        ui.line(f"{one.what}: {one.note}")
        if one.concerned:
            more = f" and {one.concerned - len(one.messages):,} more" if one.concerned > len(one.messages) else ""
            ui.line(f"  messages: {', '.join(one.messages)}{more}")
        if one.rebuild:
            ui.line(f"  next: {one.rebuild}")
    for said in verdict.notes:
        ui.talk(said, "dim")
    looked = ", ".join(f"{count:,} {word}" for word, count in verdict.checked.items())
    ui.talk(f"{'All is as it was written' if verdict.sound else _damage(verdict.findings)} ({looked} checked).")


def _damage(findings: Sequence["Finding"]) -> str:
    return "1 thing is damaged" if len(findings) == 1 else f"{len(findings):,} things are damaged"


def _face(one: "Finding") -> dict[str, object]:
    return {
        "what": one.what,
        "note": one.note,
        "messages": list(one.messages),
        "concerned": one.concerned,
        "rebuild": one.rebuild,
    }


def repair(
    copies: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="PLACE", help="A backup, or the exports of then: to bring missing files from."),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read all kept originals again, with the importers of today.")
    ] = False,
    as_json: JSON = False,
) -> int:
    """Mend what verify finds, from the kept originals where it has to be; says what could not be mended."""
    from archiver import ui
    from archiver.errors import EXIT_LOSSES, EXIT_OK
    from archiver.keeping.repair import repair as mend

    done = mend(folder(), copies=copies or (), rebuild=rebuild)
    lost = bool(done.lost) or not done.verdict.sound
    if as_json:
        ui.emit(
            {
                "done": done.done,
                "lost": done.lost,
                "sound": done.verdict.sound,
                "digest": done.digest,
                "before": done.before,
                "kept": str(done.kept) if done.kept else None,
                "findings": [_face(one) for one in done.verdict.findings],
            }
        )
        return EXIT_LOSSES if lost else EXIT_OK
    for said in done.done or ["Nothing had to be mended."]:
        ui.line(said)
    for said in done.lost:
        ui.line(f"not mended: {said}")
    if done.before is not None:
        same = "what it said before" if done.before == done.digest else "something else than before"
        ui.talk(f"The archive says {same}: {done.digest}")
    if done.kept:
        ui.talk(f"The database as it was is kept in {done.kept}; delete it when you are content.")
    show_verdict(done.verdict, as_json=False)
    return EXIT_LOSSES if lost else EXIT_OK


@audit.command("list")
def list_(as_json: JSON = False) -> None:
    """Every import, undo, check, repair and decision, oldest first, by its name in PREMIS."""
    from archiver import ui
    from archiver.store import history

    with reading() as archive:
        events = history.audit(archive.connection)
    if as_json:
        ui.emit(events)
        return
    ui.table(
        ("id", "when", "event", "by", "what"),
        [
            (str(one["id"]), one["at"], one["event"], one["agent"], json.dumps(one["detail"], ensure_ascii=False))
            for one in events
        ],
        right=("id",),
    )
