"""All imports of an archive once more, from the kept originals, with the importers of today and what people decided."""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from archiver.contracts import Hints
from archiver.dump import Limits
from archiver.errors import ArchiveError
from archiver.ingest import Request, ingest_into
from archiver.store import dedupe, reunite
from archiver.store import plan as plans
from archiver.store.archive import Archive
from archiver.store.blobs import Blobs
from archiver.store.plan import Decision, Import, Kept, Plan

_DATE_ORDERS = ("dmy", "mdy", "ymd")


@dataclass(slots=True)
class Replayed:
    """What came of it: how many imports and decisions were repeated, and *lost*: in words, what could not be."""

    imports: int = 0
    decisions: int = 0
    lost: list[str] = field(default_factory=list)


def replay(old: Archive, plan: Plan, new: Archive, blobs: Blobs, *, keep_numbers: bool) -> Replayed:
    """Do again in *new* what *plan* says, from *blobs*. *old* is asked only what a number meant.

    *keep_numbers*: each import keeps its number and its time, for *new* takes the place of *old*.
    """
    done, undone = Replayed(), any(one.undone for one in plan.imports)
    for step in plan.steps():
        if isinstance(step, Decision):
            _decide(new, old, step, done, about_what_is_gone=undone)
        elif step.undone:
            _stand_in(new, step, keep=keep_numbers, status="undone")
        else:
            _import(old, new, step, blobs, done, keep=keep_numbers)
    return done


def _stand_in(new: Archive, one: Import, *, keep: bool, status: str) -> None:
    if keep:
        with new.transaction() as sql:
            plans.as_before(sql, one, status=status)


def _import(old: Archive, new: Archive, one: Import, blobs: Blobs, done: Replayed, *, keep: bool) -> None:
    missing = [file.path for file in one.files if not blobs.path(file.sha256).exists()]
    try:
        with _laid_out(one, blobs, new.folder) as paths:
            reports = ingest_into(new, _request(old, one, paths)) if paths else []
    except (ArchiveError, OSError) as error:
        what = error.what if isinstance(error, ArchiveError) else str(error)
        done.lost.append(f"import {one.id} ({', '.join(one.given)}): {what}")
        _stand_in(new, one, keep=keep, status="undone")
        return
    done.lost += [f"import {one.id}: its file “{path}” is not there" for path in missing]
    made = [report.import_id for report in reports if report.import_id is not None]
    if not made:  # all of it was read by an import before it, or nothing of it is left
        _stand_in(new, one, keep=keep, status="undone" if missing else "done")
        return
    done.imports += 1
    if keep:
        with new.transaction() as sql:
            plans.restamp(sql, made[0], one)


def _request(old: Archive, one: Import, paths: Sequence[Path]) -> Request:
    """As it was asked for then, with the zone of the computer that it was asked on."""
    said = {name: str(value) for name, value in one.options.items() if value and name not in {"new", "limits"}}
    order = next((known for known in _DATE_ORDERS if known == said.get("date_order")), None)
    hints = Hints(owner=said.get("owner"), zone=said.get("zone"), date_order=order, language=said.get("language"))  # type: ignore[arg-type]  # one of the three
    into = said.get("into")
    if into is not None:
        into = plans.conversation_key(old.connection, into) or into
    return Request(
        paths=paths,
        source=one.importer,
        hints=hints,
        into=into,
        apart=bool(one.options.get("new")),
        limits=_limits(one),
        local_zone=said.get("local_zone"),
    )


def _limits(one: Import) -> Limits:
    """Those that were raised then, as far as there still are such."""
    raised = one.options.get("limits")
    names = {field.name for field in dataclasses.fields(Limits)}
    return (
        Limits(**{name: int(value) for name, value in raised.items() if name in names})
        if isinstance(raised, dict)
        else Limits()
    )


# -- the files, as they lay then ---------------------------------------------------------------------------


@contextmanager
def _laid_out(one: Import, blobs: Blobs, room: Path) -> Iterator[list[Path]]:
    """What was given then, under its names, in the order in which it was given."""
    with tempfile.TemporaryDirectory(prefix=".replay-", dir=room) as temporary:
        home = Path(temporary)
        for file in (*one.files, *one.beside):
            _lay(file, home, blobs)
        order = {name.replace("\\", "/").rstrip("/").rpartition("/")[2]: n for n, name in enumerate(one.given)}
        tops = {file.path.partition("/")[0]: None for file in one.files}
        tops |= {file.path: None for file in one.beside if file.path in order}  # given one by one
        names = sorted(tops, key=lambda top: order.get(top, len(order)))
        yield [home / name for name in names if (home / name).exists()]


def _lay(file: Kept, home: Path, blobs: Blobs) -> None:
    """A kept file under its name of then; a name that leaves the folder is none of ours."""
    parts = PurePosixPath(file.path).parts
    source, target = blobs.path(file.sha256), home.joinpath(*parts)
    if not parts or ".." in parts or PurePosixPath(file.path).is_absolute() or "\0" in file.path:
        return
    if source.exists() and not target.exists():
        with suppress(OSError):  # a name that is too long for this disk
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.hardlink_to(source)
            except OSError:
                shutil.copyfile(source, target)


# -- what people decided -----------------------------------------------------------------------------------


def _decide(new: Archive, old: Archive, step: Decision, done: Replayed, *, about_what_is_gone: bool) -> None:
    """A decision that cannot be made again is lost, unless it may have been about what somebody undid."""
    try:
        said = _again(new, old, step.detail)
    except ArchiveError as error:
        said = False
        if not about_what_is_gone:
            done.lost.append(f"a decision ({step.detail.get('reason') or ', '.join(step.detail)}): {error.what}")
    done.decisions += said


def _again(new: Archive, old: Archive, detail: Mapping[str, object]) -> bool:
    """Whether it was one of the decisions that are made again."""
    if detail.get("reason") == "dedupe hide":
        dedupe.hide(new, str(detail["hidden"]), str(detail["shown"]))
    elif detail.get("reason") == "dedupe split":
        dedupe.split(new, str(detail["shown"]))
    elif "merge" in detail:
        row = plans.conversation_of(new.connection, detail.get("key"), detail["merge"])
        into = plans.conversation_of(new.connection, detail.get("into_key"), detail["into"])
        if row is None or into is None:
            return False  # one of them was undone since
        if row != into:
            reunite.merge(new, row, into)
    elif "split" in detail:
        key = detail.get("key") or plans.conversation_key(old.connection, str(detail["split"]))
        row = plans.conversation_of(new.connection, key, None)
        if row is None:
            return False
        reunite.split(new, row, int(str(detail["import"])))
    else:
        return False
    return True
