"""Two exports of one conversation on their way through importer and store, and what became of them.

The scenarios are those of `twice`; here they are files, and the answer is read out of the archive.
"""

import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from archiver.contracts import Hints
from archiver.ingest import Request, ingest
from archiver.model import ImportReport
from archiver.store.archive import Archive, open_archive
from archiver.store.overlap import Alignment, token
from tests import twice
from tests.twice import Pairing, Said, Scenario, Score, Told, View


def files(folder: Path, scenario: Scenario, pairing: Pairing) -> tuple[Path, Path]:
    """Both exports as the phones give them: an iPhone a zip, an Android a text."""
    old, new = pairing.told
    return _file(folder / "old", old, scenario.old), _file(folder / "new", new, scenario.new)


def export(folder: Path, said: Sequence[Said], view: View, seed: int = 0) -> Path:
    """One export of a truth as a file."""
    return _file(folder, twice.tell(said, view, seed), view)


def _file(folder: Path, told: Sequence[Told], view: View) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    content = twice.written(told, view)
    if view.phone == "android":
        text = folder / twice.name(view)
        text.write_bytes(content)
        return text
    zipped = folder / f"WhatsApp Chat - {view.title}.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(zipfile.ZipInfo(twice.name(view)), content)
        for one in told:
            if one.media and view.media:
                archive.writestr(zipfile.ZipInfo(twice.media_name(one)), f"picture {one.number}")
    return zipped


def bring(home: Path, *paths: Path, zone: str | None = "UTC", **more: object) -> ImportReport:
    """One import, everything in one zone unless said otherwise."""
    (report,) = ingest(home, Request(paths=paths, hints=Hints(zone=zone), **more))  # type: ignore[arg-type]
    return report


def outcome(archive: Archive, pairing: Pairing, imports: tuple[int, int] = (1, 2)) -> Score:
    """How the two imports were put together, in the terms of `twice.score`."""
    sql = archive.connection
    old, new = (_ordinals(sql.execute(_SEEN, {"import": one}).fetchall()) for one in imports)
    pairs = [(old[row], ordinal) for row, ordinal in new.items() if row in old]
    weak = [
        (old[other], new[row])
        for row, other in sql.execute("select message_id, other_id from duplicate where verdict = 'open'")
        if row in new and other in old
    ]
    return twice.score(pairing, Alignment(pairs, weak, {}, 0, 0))


_SEEN = """
select r.message_id, r.ordinal from record r join source_file f on f.id = r.source_file_id
where f.import_id = :import and r.message_id is not null order by r.ordinal
"""


def _ordinals(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for row, ordinal in rows:
        found.setdefault(row, ordinal)
    return found


def said(home: Path, *, timed: bool = True) -> Counter[tuple[object, ...]]:
    """What an archive says, free of ids, of who imported first, and of the words that differ from phone to phone."""
    with open_archive(home) as archive:
        sql = archive.connection
        people = _people(archive)
        files: dict[int, list[tuple[str, str | None]]] = {}
        for row, state, sha256 in sql.execute("select message_id, state, sha256 from attachment order by 1, position"):
            files.setdefault(row, []).append((state, sha256))
        named = _named(archive)
        return Counter(
            (
                tuple(sorted({name for one in named[row] | {sender} for name in people.get(one, ())}))
                if not kind.startswith("event.")
                else (),
                kind,
                token(text, kind, 0),
                tuple(files.get(row, ())),
                bool(extra and json.loads(extra).get("edited")),
                bool(extra and json.loads(extra).get("deleted")),
                (sent_at, precision) if timed else None,
            )
            for row, sender, kind, text, extra, sent_at, precision in sql.execute(
                "select id, sender_id, kind, text, extra, sent_at, precision from message where duplicate_of is null"
            )
        )


def _named(archive: Archive) -> dict[int, set[int]]:
    """Message → the identities under which its records name the sender, where that is not the message's own."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = archive.connection.execute(
        """
        select message_id, json_extract(said, '$.sender_id') from record
        where message_id is not null and json_extract(said, '$.sender_id') is not null
        """
    )
    for row, identity in rows:
        found[row].add(identity)
    return found


def _people(archive: Archive) -> dict[int, tuple[str, ...]]:
    """Identity → all names of the person it belongs to, by the newest link of each."""
    newest = archive.connection.execute(
        """
        select i.id, i.scheme || ':' || i.value, l.person_id from identity i join identity_link l on l.id =
          (select max(n.id) from identity_link n where n.identity_id = i.id)
        """
    ).fetchall()
    names: dict[int, set[str]] = {}
    for _, name, person in newest:
        names.setdefault(person, set()).add(name)
    return {row: tuple(sorted(names[person])) for row, _, person in newest}


def texts_of(archive: Archive) -> list[str]:
    """The texts of all messages in reading order."""
    return [text for (text,) in archive.connection.execute("select text from message order by conversation_id, seq")]
