"""What an export of Meta's is, told before anything is done with it."""

from pathlib import Path

from archiver.contracts import Hints
from archiver.detect import detect
from tests.facebook_export import lay, post

INBOX = "your_facebook_activity/messages/inbox/gardenclub_1001"


def thread(*said: tuple[int, str, str]) -> dict[str, object]:
    return {
        "participants": [{"name": name} for name in ("Ana Ruiz", "José Niño", "Cleo")],
        "messages": [{"sender_name": who, "timestamp_ms": ms, "content": text} for ms, who, text in reversed(said)],
        "title": "Garden Club",
        "thread_path": "inbox/gardenclub_1001",
    }


def test_every_conversation_is_named_with_its_people_times_and_files_and_what_is_left_alone(tmp_path: Path) -> None:
    first = thread((1_588_586_400_000, "Ana Ruiz", "Frost tonight"), (1_588_586_460_000, "José Niño", "The beans!"))
    second = thread((1_588_672_800_000, "Ana Ruiz", "All alive"))
    files = {
        f"{INBOX}/message_2.json": first,
        f"{INBOX}/message_1.json": second,
        "your_facebook_activity/posts/your_posts_1.json": [post("Seeds to give away")],
        "preferences/colours.json": {"colour": "green"},
    }
    (found,) = detect([lay(tmp_path / "facebook-ana", files)], Hints(owner="Ana Ruiz", zone="UTC"))
    assert found.source == "facebook"
    club, wall = found.chats
    assert (club.title, club.kind, club.messages, club.people) == (
        "Garden Club", "group", 3, (("Ana Ruiz", 2), ("José Niño", 1)),
    )  # fmt: skip
    assert club.path.endswith("message_2.json")
    assert [path.rpartition("/")[2] for path in club.attached] == ["message_1.json"]
    assert [str(at) for at in (club.first, club.last)] == ["2020-05-04 10:00:00", "2020-05-05 10:00:00"]
    assert (wall.kind, wall.messages) == ("feed", 1)
    assert [one.path.rpartition("/")[2] for one in found.left_alone] == ["colours.json"]


def test_what_is_none_of_metas_is_none_of_its_findings(tmp_path: Path) -> None:
    (found,) = detect([lay(tmp_path / "folder", {"notes.json": {"tank": 1000}})], Hints())
    assert (found.source, found.chats) == (None, ())
