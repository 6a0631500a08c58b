"""Built anew from its originals, an archive from which something was taken out says the same; and where it cannot,
for the originals do not say it any more, it says so, and what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.keeping.repair import repair
from archiver.store import archive as store
from tests.test_redact import ANDROID, SECRET, bring, id_of, letters, run, state, written
from tests.traces import traces

WHO = """select m.local_minute, m.kind, m.text, m.subject, c.key, m.sender_id is not null, m.extra
         from message m join conversation c on c.id = m.conversation_id order by m.local_minute, m.text"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    chat = written(tmp_path / "dumps", "WhatsApp Chat with Harbour.txt", ANDROID.format(secret=SECRET))
    box = tmp_path / "dumps" / "list.mbox"
    box.write_bytes(letters())
    bring(tmp_path / "home", chat)
    bring(tmp_path / "home", box)
    return tmp_path / "home"


def said(home: Path) -> list[tuple[object, ...]]:
    with store.open_archive(home) as archive:
        return archive.connection.execute(WHO).fetchall()


@pytest.mark.parametrize(
    "taken",
    [
        lambda home: ("redact", id_of(home, "quagmire")),
        lambda home: ("redact", id_of(home, "Dear all")),
        lambda home: ("redact", "--words", "bucket"),
        lambda home: ("redact", "--words", "quince"),
    ],
    ids=["a message", "a letter", "words of a chat", "words of a coded letter"],
)
def test_what_was_redacted_is_rebuilt_to_the_same_digest(home: Path, taken: Callable[[Path], tuple[str, ...]]) -> None:
    assert run(home, *taken(home), "--reason", "r", "--yes") == 0
    before = state(home)
    done = repair(home, rebuild=True)
    assert done.before == done.digest == before == state(home)
    assert done.verdict.sound


@pytest.mark.parametrize(("person", "words"), [("kofi@example.org", ["kofi"]), ("Ana Ruiz", ["ruiz"])])
def test_of_somebody_forgotten_only_the_marks_that_stand_for_the_name_are_others(
    home: Path, person: str, words: list[str]
) -> None:
    """The limit: a rewritten original has a row of X where a name was, and not which of the archive's marks it became.
    Every message stands where it stood, with its words, its time and its reason; who is nobody's name stays nobody's.
    """
    with store.open_archive(home) as archive:
        (number,) = archive.connection.execute(
            """
            select l.person_id from identity i join identity_link l on l.identity_id = i.id
            where i.value = :who or i.name = :who order by l.person_id desc limit 1
            """,
            {"who": person},
        ).fetchone()
    assert run(home, "forget", str(number), "--reason", "r", "--yes") == 0
    before = said(home)
    done = repair(home, rebuild=True)
    assert said(home) == before
    assert done.verdict.sound
    assert any("who said it, is not told now" in lost for lost in done.lost)
    with store.open_archive(home) as archive:
        names = {name for (name,) in archive.connection.execute("select name from person")}
    assert not [name for name in names for word in words if word in name.lower()]
    assert traces(home, words) == []
    assert run(home, "verify", "--deep") == 0
