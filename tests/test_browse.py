"""Reading in an archive, on a screen of 80 by 24 and of 200 by 50, and line by line without one."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.cli.browsing import _term, desk
from archiver.model import Attachment, Handle, Hit, InThread, KeptMessage, Provenance, Reaction, Span
from archiver.query import Filter, parse
from archiver.text import columns
from archiver.ui.browse import Desk, Facet, Finding, Sort, plain, sheets
from tests.test_answers import hit
from tests.test_cli import TXT, ZIP, archive_in
from tests.test_ui import on_a_terminal

pytest.importorskip("textual")
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static
from textual.worker import WorkerCancelled

from archiver.ui.browse.screen import PAGE, Reader

EXAMPLES = ZIP.parent
Act = Callable[[Reader, Pilot[None]], Awaitable[None]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browse") / "home"
    assert archive_in(folder)("import", ZIP, TXT, EXAMPLES / "garden-club-list.mbox").returncode == 0
    return folder


def read(home: Path, query: str, act: Act, size: tuple[int, int] = (80, 24)) -> Reader:
    """A reader on a screen of this size, after it was used."""
    reader = Reader(lambda: desk(home), query)

    async def use() -> None:
        async with reader.run_test(size=size) as pilot:
            await settled(reader, pilot)
            await act(reader, pilot)

    asyncio.run(use())
    return reader


async def settled(reader: Reader, pilot: Pilot[None]) -> None:
    """Until every key and every question is answered."""
    await pilot.pause(0.3)
    for _ in range(2):
        while True:
            try:
                await reader.workers.wait_for_complete()
                break
            except WorkerCancelled:  # a newer question took its place; that one is waited for
                await pilot.pause()
        await pilot.pause()


async def press(reader: Reader, pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settled(reader, pilot)


def entries(reader: Reader) -> list[str]:
    results = reader.query_one("#results", OptionList)
    return [str(results.get_option_at_index(place).prompt) for place in range(results.option_count)]


def said(reader: Reader, where: str) -> str:
    return str(reader.query_one(where, Static).render())


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_what_is_typed_is_found_and_the_first_is_shown(home: Path, size: tuple[int, int]) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        assert reader.focused is reader.query_one("#query")
        await press(reader, pilot, *"yoghurt")
        assert entries(reader)
        assert "yoghurt" in "\n".join(entries(reader))
        assert "yoghurt" in said(reader, "#words")
        assert f"{len(entries(reader))} of" in said(reader, "#said")
        for line in "\n".join(entries(reader)).splitlines():
            assert columns(line) <= reader.query_one("#results").size.width
        assert reader.query_one("#facets").display is (size[0] >= 120)

    read(home, "", act, size)


def test_keys_walk_the_results_and_change_what_is_shown(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        assert reader.focused is reader.query_one("#results")
        first = said(reader, "#words")
        await press(reader, pilot, "down")
        assert said(reader, "#words") != first
        await press(reader, pilot, "c")
        talk = said(reader, "#words")
        assert talk.count("▸ ") == 1
        assert talk.count("2023-") + talk.count("2024-") > 5
        await press(reader, pilot, "t")
        assert said(reader, "#words").count("▸ ") == 1
        await press(reader, pilot, "m")
        assert "▸" not in said(reader, "#words")
        await press(reader, pilot, "enter")
        assert reader.focused is reader.query_one("#sheet")
        await press(reader, pilot, "escape")
        assert reader.focused is reader.query_one("#query")
        await press(reader, pilot, "escape")
        assert reader.focused is reader.query_one("#results")

    read(home, "water tank", act)


def test_a_letter_is_shown_in_its_thread(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        await press(reader, pilot, "t")
        shown = said(reader, "#words")
        assert "└ " in shown
        assert "Joaquín Ríos" in shown

    read(home, "subject:dairy from:priya", act)


def test_a_search_is_narrowed_by_what_it_found(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        before = len(entries(reader))
        await press(reader, pilot, "f")
        assert reader.query_one("#facets").display
        assert not reader.query_one("#results").display
        await press(reader, pilot, "down", "enter")
        assert reader.query_one("#query", Input).value.startswith("from:")
        assert 0 < len(entries(reader)) < before
        assert reader.query_one("#results").display
        await press(reader, pilot, "f", "f")
        assert reader.query_one("#results").display

    read(home, "water tank", act)


def test_a_wide_window_shows_all_three_columns(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        await press(reader, pilot, "f")
        assert all(reader.query_one(name).display for name in ("#facets", "#results", "#sheet"))
        await pilot.resize_terminal(80, 24)
        await settled(reader, pilot)
        assert not reader.query_one("#results").display

    read(home, "water tank", act, (200, 50))


def test_a_reference_is_copied_and_printed_at_the_end(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        await press(reader, pilot, "y")
        assert reader.clipboard == reader.copied[0]

    reader = read(home, "yoghurt", act)
    (reference,) = reader.copied
    assert "SHA-256" in reference
    assert "bytes" in reference


def test_the_order_changes_and_more_is_shown(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        assert len(entries(reader)) == PAGE
        await press(reader, pilot, "plus")
        assert len(entries(reader)) == 2 * PAGE
        await press(reader, pilot, "s")
        assert "newest" in said(reader, "#said")
        assert len(entries(reader)) == PAGE
        await press(reader, pilot, "s")
        oldest = entries(reader)
        assert "oldest" in said(reader, "#said")
        await press(reader, pilot, "s")
        assert entries(reader) != oldest

    read(home, "source:whatsapp", act)


def test_nothing_found_is_said_and_every_key_is_harmless_then(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        assert "nothing found" in said(reader, "#said")
        await press(reader, pilot, *"mctsy+", "f", "enter", "f", "enter")
        assert reader.copied == []

    read(home, "xyzzyplugh", act)


def test_q_leaves(home: Path) -> None:
    async def act(reader: Reader, pilot: Pilot[None]) -> None:
        await pilot.press("q")

    assert read(home, "tank", act).return_code == 0


EVIL = "\x1b]52;c;aGk=\x07[bold]zebra[/] \u202e\x9b31m"


class Pretended:
    """A desk with evil talk on it."""

    def search(self, query: str, sort: Sort, limit: int) -> Finding:
        return Finding([Hit(hit(1, EVIL).message, f"{EVIL}\x02zebra\x03")], 1, notes=(EVIL,))

    def facets(self, query: str) -> Sequence[Facet]:
        return [Facet("people", EVIL, 1, "from:eve")]

    def around(self, message: KeptMessage, number: int) -> tuple[Sequence[KeptMessage], Sequence[KeptMessage]]:
        return [], []

    def thread(self, message: KeptMessage) -> Sequence[InThread]:
        return [InThread(message, 0, "root"), InThread(message, 40, "subject")]

    def cite(self, message: KeptMessage) -> str:
        return "a reference [/x]"


@contextmanager
def pretended() -> Iterator[Desk]:
    yield Pretended()


@pytest.mark.parametrize("key", ["m", "c", "t", "y"])
def test_foreign_text_does_not_act_on_the_screen(key: str) -> None:
    reader = Reader(pretended, "zebra")

    async def use() -> None:
        async with reader.run_test(size=(120, 30)) as pilot:
            await settled(reader, pilot)
            await press(reader, pilot, key)
            shown = "\n".join([*entries(reader), said(reader, "#words"), said(reader, "#said")])
            assert "zebra" in shown
            assert "[bold]" in shown
            assert not any(mark in shown for mark in "\x1b\x07\x9b\u202e")

    asyncio.run(use())


def test_very_many_are_not_counted_and_it_is_said() -> None:
    class Crowded(Pretended):
        def search(self, query: str, sort: Sort, limit: int) -> Finding:
            return Finding(super().search(query, sort, limit).hits, 1_000_000, exact=False)

        def facets(self, query: str) -> Sequence[Facet]:
            raise AssertionError("nobody waits for that")

    @contextmanager
    def crowded() -> Iterator[Desk]:
        yield Crowded()

    reader = Reader(crowded, "zebra")

    async def use() -> None:
        async with reader.run_test(size=(200, 50)) as pilot:
            await settled(reader, pilot)
            assert "more than 1,000,000" in said(reader, "#said")
            facets = reader.query_one("#facets", OptionList)
            assert "More than 50,000" in str(facets.get_option_at_index(0).prompt)

    asyncio.run(use())


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=200), st.integers(20, 100))
def test_a_snippet_fits_and_shows_what_was_found(before: str, found: str, after: str, width: int) -> None:
    strip = str.maketrans("", "", "\x02\x03")
    clean = [one.translate(strip) for one in (before, found, after)]
    shown = sheets.in_sight(f"{clean[0]}\x02{clean[1]}\x03{clean[2]}", width)
    assert columns(shown.translate(strip)) <= width
    assert shown.count("\x02") == shown.count("\x03")


@given(st.text(min_size=1, max_size=40))
def test_a_name_becomes_a_value_that_the_query_understands_as_one(name: str) -> None:
    wanted = " ".join(name.replace('"', " ").split())
    root = parse(f"from:{_term(name)}").root
    quotes = set("“”„‟«»＂")
    if wanted and not quotes & set(wanted):
        assert isinstance(root, Filter)
        assert root.value == wanted


# -- without a screen ----------------------------------------------------------------------------------


def lines(home: Path, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "archiver", "browse", *arguments],
        input=typed,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"ARCHIVE_DIR": str(home)},
        check=False,
        timeout=120,
    )


def test_line_by_line_everything_is_there(home: Path) -> None:
    asked = "water tank\n1\naround 1\nthread 5\ncite 1\nmore\nsort\nfacets\nhelp\n99\nquit\nnever read\n"
    done = lines(home, asked)
    assert done.returncode == 0
    assert done.stdout.startswith("1. ")
    for words in ("11. ", "▸ ", "└ ", "SHA-256", "people: ", "add: from:"):
        assert words in done.stdout
    for words in ("10 of 30", "20 of 30", "Order: newest", "no number 99", "Type words to search"):
        assert words in done.stderr
    assert "never" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_a_query_may_begin_it_and_the_end_of_input_ends_it(home: Path) -> None:
    done = lines(home, "thread 1\n\nxyzzyplugh\n1\n", "yoghurt")
    assert done.returncode == 0
    assert "yoghurt" in done.stdout
    assert "Nothing found" in done.stderr


def test_a_terminal_without_a_screen_gets_lines_and_a_prompt(home: Path) -> None:
    shown = on_a_terminal(home, "browse", columns=80, TERM="dumb", typed="yoghurt\n1\nquit\n")
    assert "search> " in shown
    assert "1. " in shown
    assert "\x1b" not in shown


def test_all_that_is_known_of_a_message_is_on_its_sheet() -> None:
    ana = Handle("email", "ana@garden.example", "Ana")
    message = replace(
        hit(1, "own > quoted").message,
        subject="The tank",
        spans=(Span("own", 0, 4), Span("quote", 4, 12)),
        recipients=(ana,),
        reactions=(Reaction(ana, "👍", None), Reaction(None, "🐸", None)),
        attachments=(Attachment("frog.jpg", "image/jpeg", state="omitted"),),
        labels=("inbox",),
        tags=("pond",),
        origin=Provenance("chat.txt", "ab" * 32, 0, 1_000),
    )
    pieces = list(sheets.whole(message))
    shown = "".join(words for words, _ in pieces)
    for words in (
        "to Ana", "The tank", "own > quoted", "[frog.jpg, omitted in the export]", "👍 Ana", "🐸 somebody",
        "#pond  inbox", "chat.txt, bytes 0 to 1,000", message.id,
    ):  # fmt: skip
        assert words in shown
    assert ("> quoted", "dim") in [(words, style) for words, style in pieces]


def test_a_missing_package_is_told_with_the_line_that_installs_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "textual.py").write_text("raise ModuleNotFoundError('textual')\n", encoding="ascii")
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    with pytest.raises(AssertionError) as told:
        on_a_terminal(home, "browse", columns=200, PYTHONPATH=path)
    assert "pip install 'community-archive[browse]'" in str(told.value)
    assert "Traceback" not in str(told.value)


def test_no_archive_is_said_before_any_screen(tmp_path: Path) -> None:
    done = lines(tmp_path / "none", "")
    assert done.returncode == 10
    assert "no archive" in done.stderr


def test_the_plain_reader_answers_odd_lines() -> None:
    state = plain._State()
    for typed in ("thread x", "cite", "around 1", "12345678901234567890", "-", '"'):
        state = plain._answered(Pretended(), state, typed)
    assert state.query == '"'
