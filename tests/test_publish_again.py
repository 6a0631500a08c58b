"""Whatever happened to an archive: what is published over an older snapshot is what would be published afresh."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.__main__ import run as command
from archiver.contracts import Page
from archiver.exporters.site import index
from archiver.exporters.site.segment import Row, Segment
from archiver.publish import MANIFEST, check, publish, unconcerned, untouched
from archiver.store import fingerprint
from archiver.store.archive import open_archive
from archiver.store.library import StoredLibrary

CHATS = {"Tram Choir": ["Ines", "Mei", "Kofi"], "Garden Club": ["Tomás", "Ines"]}
WORDS = ["tank", "gate", "beans", "frog", "quagmire", "seed", "rain", "row", "bed", "hose", "compost", "van", "roof"]


def lines(chat: str, count: int) -> str:
    """The first so many messages of a chat, some a day."""
    people, found = CHATS[chat], []
    for n in range(count):
        day, text = n // 4, " ".join(WORDS[(n * k + len(chat)) % len(WORDS)] for k in (1, 3, 5))
        at = f"{1 + day % 28:02}/{1 + day // 28:02}/2023, {8 + n % 4:02}:{n % 60:02}"
        found.append(f"{at} - {people[n % len(people)]}: {text} https://example.org/{text.split()[0]}\n")
    return "".join(found)


class Kept:
    """An archive, the snapshot that is always published over, and what may befall them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options: tuple[str, ...] = ()
        self.chosen = list(CHATS)
        self.counts = dict.fromkeys(CHATS, 0)
        self.imports = 0
        for chat in CHATS:
            self.more(chat, 90)

    def run(self, *words: str) -> int:
        return command(["--archive", str(self.folder / "archive"), *words])

    def more(self, chat: str, count: int) -> None:
        """A chat goes on, and is imported again as a whole."""
        self.counts[chat] += count
        file = self.folder / f"WhatsApp Chat with {chat}.txt"
        file.write_text(lines(chat, self.counts[chat]), encoding="utf-8")
        assert self.run("import", str(file), "--zone", "UTC", "--date-order", "dmy") == 0
        self.imports += 1

    def undo(self) -> None:
        """The last import is taken back, but never the first of all."""
        if self.imports > len(CHATS):
            self.run("imports", "undo", str(self.imports))

    def asked(self) -> list[str]:
        return [*(word for chat in self.chosen for word in ("--conversation", chat)), *self.options]

    def published(self) -> bool:
        """Whether publishing over the old snapshot gives what publishing afresh gives."""
        ways = [self.run("publish", str(self.folder / name), *self.asked()) for name in ("site", "fresh")]
        over, afresh = tree(self.folder / "site"), tree(self.folder / "fresh")
        shutil.rmtree(self.folder / "fresh")
        return ways == [0, 0] and len(over) > 10 and over == afresh


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _choose(kept: Kept) -> None:
    kept.chosen = kept.chosen[:1] if len(kept.chosen) > 1 else list(CHATS)


def _entitle(kept: Kept) -> None:
    kept.options = () if kept.options else ("--title", "Letters", "--language", "de")


# What may befall an archive, by name.
EVENTS: dict[str, Callable[[Kept], object]] = {
    "nothing": lambda kept: None,
    "the choir goes on": lambda kept: kept.more("Tram Choir", 7),
    "the garden goes on": lambda kept: kept.more("Garden Club", 40),
    "an import is undone": Kept.undo,
    "a word is taken out": lambda kept: kept.run("redact", "--words", "quagmire", "--reason", "why", "--yes"),
    "a message is taken out": lambda kept: kept.run("redact", "--search", "frog", "--reason", "asked", "--yes"),
    "somebody is forgotten": lambda kept: kept.run("forget", "Kofi", "--reason", "asked", "--yes"),
    "a tag is given": lambda kept: kept.run("tag", "add", "beans", "food"),
    "a search is saved": lambda kept: kept.run("search", "rain", "--save", "rain"),
    "something else is chosen": _choose,
    "the site has another name": _entitle,
}  # fmt: skip


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments so small that there are some, and a clock that nobody has to wait for."""
    monkeypatch.setattr(index, "SMALLEST", 16)
    monkeypatch.setattr(fingerprint, "_COARSE", 0)
    monkeypatch.setattr(fingerprint, "_FINE", 0)


def befall(folder: Path, events: Sequence[str]) -> None:
    kept = Kept(folder)
    assert kept.published(), "at first"
    for number, event in enumerate(events):
        EVENTS[event](kept)
        assert kept.published(), events[: number + 1]


@pytest.mark.parametrize("event", EVENTS)
def test_publishing_over_is_publishing_afresh(tmp_path: Path, event: str) -> None:
    befall(tmp_path, ["the choir goes on", event])


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=8))
def test_publishing_over_is_publishing_afresh_whatever_happened(
    tmp_path_factory: pytest.TempPathFactory, events: list[str]
) -> None:
    befall(tmp_path_factory.mktemp("kept"), events)


def test_a_second_publish_reads_nothing_though_the_first_noted_who_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(tmp_path)
    assert kept.published()
    assert kept.run("publish", str(tmp_path / "site"), *kept.asked()) == 0
    for name in ("conversations", "messages", "outline", "fingerprint", "people"):
        monkeypatch.setattr(StoredLibrary, name, lambda *_, name=name: pytest.fail(name))
    assert kept.run("publish", str(tmp_path / "site"), *kept.asked()) == 0
    with pytest.raises(pytest.fail.Exception, match="conversations"):
        kept.run("publish", str(tmp_path / "site"), *kept.asked(), "--title", "Another")
    monkeypatch.undo()
    kept.more("Tram Choir", 3)
    assert kept.published()


def test_what_else_is_written_while_appearances_are_noted_is_not_forgotten(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    told: dict[str, Any] = {"wishes": "as ever", "secret": b"x", "archive": tmp_path / "archive"}
    site = tmp_path / "site"
    with open_archive(tmp_path / "archive") as opened:
        library = StoredLibrary(opened)
        publish(library, site, conversations=["Tram Choir"], options={}, **told)
        assert untouched(library, site, **told) is not None
    with unconcerned(library, site, **told):
        kept.run("tag", "add", "beans", "food")
    assert untouched(library, site, **told) is not None
    kept.run("tag", "add", "rain", "weather")
    with unconcerned(library, site, **told):
        kept.run("tag", "drop", "weather")
    assert untouched(library, site, **told) is None


def test_untouched_segments_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path)
    kept.chosen = ["Tram Choir"]
    kept.more("Tram Choir", 500)
    assert kept.published()
    before = [line.split("  ")[1] for line in (tmp_path / "site" / MANIFEST).read_text().splitlines()[2:]]
    names = sorted({path.split("/")[1] for path in before if path.startswith("search/2")})
    made: list[str] = []
    whole = Segment.pages

    def pages(self: Segment, leaves: Iterable[tuple[int, str, list[Row]]]) -> Iterator[Page]:
        made.append(self.name)
        return whole(self, leaves)

    monkeypatch.setattr(Segment, "pages", pages)
    kept.more("Tram Choir", 2)
    kept.run("publish", str(tmp_path / "site"), "--conversation", "Tram Choir")
    assert made == names[-1:] != names
    kept.options = ("--title", "Letters")
    made.clear()
    kept.run("publish", str(tmp_path / "site"), "--conversation", "Tram Choir", *kept.options)
    assert made == []
    (tmp_path / "site" / "search" / names[0] / "t0.js").unlink()
    kept.run("publish", str(tmp_path / "site"), "--conversation", "Tram Choir")
    assert made == names[:1]
    monkeypatch.undo()
    assert check(tmp_path / "site")[1] == []
