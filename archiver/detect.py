"""Says what inputs are and why, and what an import would make of them; writes nothing and needs no archive."""

import mimetypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from archiver import media
from archiver.contracts import Detected, Finding, Hints, Importer, LeftAlone
from archiver.dates import local_zone_name
from archiver.dump import Dump, Entry
from archiver.errors import DumpError, NotUnderstoodError
from archiver.importers import ALL
from archiver.importers.choice import choose, named

_CLOSELY = 20  # files that are opened to say what they are
_LONGEST_LINE = 200


def detect(paths: Sequence[Path], hints: Hints, source: str | None = None) -> Iterator[Detected]:
    """One answer a path, in the order given; what cannot be read or is not understood is an answer, too.

    *source*: the importer a person names. UsageError when there is none of that name.
    """
    told = named(ALL, source) if source is not None else None
    hints = replace(hints, local_zone=hints.zone or local_zone_name())
    for path in paths:
        try:
            with Dump.open([path]) as dump:
                yield replace(_looked_into(dump, hints, told), path=str(path))
        except DumpError as error:
            yield Detected(str(path), None, " ".join(filter(None, [error.what, error.why])), remedy=error.remedy)


def _looked_into(dump: Dump, hints: Hints, told: Importer | None) -> Detected:
    notes = tuple(problem.note for problem in dump.problems)
    try:
        importer, why = (told, "you said so") if told else choose(ALL, dump)
    except NotUnderstoodError as error:
        items = [item for each in ALL.values() for item in _items(each, dump, hints)]
        return Detected("", None, error.what, (), _left(dump, items), notes, error.remedy)
    if getattr(importer, "detect", None) is None:
        return Detected("", importer.name, why, notes=notes)
    items = list(_items(importer, dump, hints))
    chats = tuple(item for item in items if isinstance(item, Finding))
    if not chats:
        why = f"There is nothing in it that can be read as {importer.title}."
    return Detected("", importer.name if chats else None, why, chats, _left(dump, items), notes)


def _items(importer: Importer, dump: Dump, hints: Hints) -> Iterable[Finding | LeftAlone]:
    look = getattr(importer, "detect", None)
    return look(dump, hints) if look else ()


def _left(dump: Dump, items: Sequence[Finding | LeftAlone]) -> tuple[LeftAlone, ...]:
    """Every file that no message would come from and none names, in the dump's order, with the reason."""
    reasons = {item.path: item for item in items if isinstance(item, LeftAlone)}
    used = {path for item in items if isinstance(item, Finding) for path in (item.path, *item.attached)}
    families = {(entry.container, entry.folder) for entry in dump.entries if entry.path in used}
    rest = [entry for entry in dump.entries if not dump.within(entry, used)]
    return tuple(
        reasons.get(entry.path) or _unread(dump, entry, families, closely=n < _CLOSELY) for n, entry in enumerate(rest)
    )


def _unread(dump: Dump, entry: Entry, families: set[tuple[str | None, str]], *, closely: bool) -> LeftAlone:
    """A file that no importer spoke of; *closely*: it is opened to say more of it."""
    if (entry.container, entry.folder) in families:
        return LeftAlone(entry.path, "no message of the chat beside it names it")
    head = dump.head(entry, media.HEAD) if closely else b""
    kind = media.settled(head, mimetypes.guess_type(entry.name)[0])
    why = f"no importer reads such a file ({kind or 'of no known type'})"
    return LeftAlone(entry.path, why, _first_lines(head) if (kind or "").startswith("text/") else ())


def _first_lines(head: bytes) -> tuple[str, ...]:
    lines = (line.rstrip()[:_LONGEST_LINE] for line in head.decode("utf-8", "replace").splitlines() if line.strip())
    return tuple(islice(lines, 2))
