"""Which importer reads a dump: the only one that claims it, or the one a person names."""

from collections.abc import Mapping, Sequence

from archiver.contracts import Importer
from archiver.dump import Dump
from archiver.errors import NotUnderstoodError, UsageError

Shelf = Mapping[str, Importer]


def choose(shelf: Shelf, dump: Dump) -> tuple[Importer, str]:
    """The one importer that claims the dump, and why; NotUnderstoodError when none or several do."""
    claims = {name: why for name, importer in shelf.items() if (why := importer.identify(dump))}
    if len(claims) == 1:
        ((name, why),) = claims.items()
        return shelf[name], why
    names = ", ".join(f"“{name}”" for name in dump.names)
    if claims:
        raise NotUnderstoodError(
            f"{names} could be read in more than one way.",
            why="; ".join(f"{name}: {why}" for name, why in claims.items()),
            remedy=f"Say which: --as {' or --as '.join(claims)}",
        )
    explained = [line for importer in shelf.values() for line in _explanation(importer, dump)]
    raise NotUnderstoodError(
        f"{names} is not an export that archive understands.",
        why="\n".join(explained) or "nothing in it looks like one",
        remedy="archive reads: " + "; ".join(importer.title for importer in shelf.values()) + ". Export it again"
        " and give the file as it came; if you know better, name the source: --as " + "|".join(shelf),
    )


def _explanation(importer: Importer, dump: Dump) -> Sequence[str]:
    explain = getattr(importer, "explain", None)
    return explain(dump) if explain else ()


def named(shelf: Shelf, source: str) -> Importer:
    """The importer with this name; UsageError with the names there are."""
    if source not in shelf:
        raise UsageError(f"There is no source called “{source}”.", remedy=f"Known: {', '.join(shelf)}.")
    return shelf[source]
