"""Imports, undos, redactions and merges in any order: what was said is there, what was redacted is nowhere."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from archiver.contracts import Hints
from archiver.errors import UsageError
from archiver.ingest import Request, ingest
from archiver.store import archive as store
from archiver.store import reads, redact, removal, reunite, undo
from archiver.store.digest import digest
from tests.talk import sound
from tests.traces import traces

TALK = [
    ("Ana Ruiz", "The water tank leaks again, who has some tape?"),
    ("Kofi", "I have tape and a bucket, and the whole afternoon"),
    ("Ana Ruiz", "The gate code is quagmire seven, keep it to yourselves"),
    ("Iwo", "ok"),
    ("Kofi", "ok"),
    ("Iwo", "There is a zebrafish in the rain barrel, I swear"),
    ("Ana Ruiz", "Nobody put it there, it must have fallen with the rain"),
    ("Kofi", "Somebody plays the bassoon behind the compost again"),
    ("Iwo", "It keeps the slugs away, so let them play on"),
    ("Ana Ruiz", "Slugs have better taste than you would think of them"),
    ("Kofi", "The chrysanthemum by the shed wants a stake and a word"),
    ("Iwo", "Give it both on Saturday, and me a cup of coffee"),
]
SECRETS = ("quagmire", "zebrafish", "bassoon", "chrysanthemum")
BOOKS = {"Ana Ruiz": "Ana (Garden)", "Kofi": "Kofi M", "Iwo": "~ Iwo"}


def android(first: int, last: int) -> str:
    return "".join(f"12/05/2023, 09:{30 + n} - {TALK[n][0]}: {TALK[n][1]}\n" for n in range(first, last))


def iphone(first: int, last: int) -> str:
    rows = (f"[12.05.23, 11:{30 + n}:0{n % 10}] {BOOKS[TALK[n][0]]}: {TALK[n][1]}\r\n" for n in range(first, last))
    return "".join(rows)


FILES = {  # name of a folder → (name of the file, content, which lines of the talk it has)
    "all": ("WhatsApp Chat with Harbour.txt", android(0, 12), range(12)),
    "early": ("WhatsApp Chat with Harbour.txt", android(0, 7), range(7)),
    "late": ("WhatsApp Chat with Harbour.txt", android(4, 12), range(4, 12)),
    "other phone": ("_chat.txt", iphone(0, 12), range(12)),
    "other title": ("WhatsApp Chat with Allotment.txt", android(1, 11), range(1, 11)),
}


class AnyOrder(RuleBasedStateMachine):
    """An archive, what is imported into it, and what was taken out of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="archive-any-order-"))
        self.home = self.folder / "home"
        for name, (file, content, _) in FILES.items():
            (self.folder / name).mkdir()
            (self.folder / name / file).write_text(content, encoding="utf-8", newline="")
        store.create(self.home)
        self.live: dict[str, int] = {}
        self.gone: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def bring(self, name: str) -> int | None:
        hints = Hints(zone="UTC", date_order="dmy")
        (report,) = ingest(self.home, Request([self.folder / name / FILES[name][0]], hints=hints, source="whatsapp"))
        return report.import_id

    def state(self) -> str:
        with store.open_archive(self.home) as archive:
            return digest(archive.connection)

    @rule(name=st.sampled_from(sorted(FILES)))
    def import_a_file(self, name: str) -> None:
        before = self.state()
        number = self.bring(name)
        if name in self.live:
            assert number is None
            assert self.state() == before, "twice is once"
        else:
            assert number is not None
            self.live[name] = number

    @precondition(lambda self: len(self.live) < len(FILES))
    @rule(data=st.data())
    def import_a_file_and_take_it_back(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(FILES.keys() - self.live.keys())))
        before = self.state()
        number = self.bring(name)
        assert number is not None
        with store.writing(self.home) as archive:
            undo.undo(archive, number)
        assert self.state() == before, "undo gives back what was"

    @precondition(lambda self: bool(self.live))
    @rule(data=st.data())
    def undo_an_import(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.live)))
        with store.writing(self.home) as archive:
            undo.undo(archive, self.live.pop(name))

    @rule(word=st.sampled_from(SECRETS), whole=st.booleans())
    def redact_a_message(self, word: str, whole: bool) -> None:
        with store.writing(self.home) as archive:
            sql = archive.connection
            rows = [row for (row,) in sql.execute("select id from message where instr(text, ?)", (word,))]
            if not rows:
                return
            if whole:
                plan = removal.plan_messages(archive, rows, "a reason")
            else:
                plan = removal.plan_words(archive, "a reason", words=word)
            redact.redact(archive, plan)
        self.gone.add(word)

    @rule()
    def merge_two_conversations(self) -> None:
        with store.writing(self.home) as archive:
            rows = sorted(one.id for one in reads.conversations(archive.connection))
            if len(rows) > 1:
                reunite.merge(archive, rows[1], rows[0])

    @rule(number=st.integers(1, 9))
    def undo_what_is_not_there(self, number: int) -> None:
        if number in self.live.values():
            return
        with store.writing(self.home) as archive, pytest.raises(UsageError):
            undo.undo(archive, number)

    @invariant()
    def everything_said_is_there_and_nothing_else(self) -> None:
        lines = {TALK[n][1] for name in self.live for n in FILES[name][2]}
        with store.open_archive(self.home) as archive:
            found = {text for (text,) in archive.connection.execute("select text from message where kind = 'text'")}
        untouched = {line for line in lines if not any(word in line for word in self.gone)}
        assert untouched <= found
        assert {text for text in found if "\u2588" not in text} <= untouched

    @invariant()
    def what_was_redacted_is_nowhere(self) -> None:
        assert traces(self.home, sorted(self.gone)) == []

    @invariant()
    def the_archive_is_sound(self) -> None:
        with store.open_archive(self.home, write=True) as archive:
            assert sound(archive)


LONG = int(os.environ.get("ARCHIVE_EXAMPLES", "25"))
TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=LONG, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = pytest.mark.slow(TestAnyOrder)
