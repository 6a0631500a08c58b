"""JSON lines: the public shape of a message, and a file that shows when it was cut."""

import json
from datetime import UTC, datetime, timedelta, timezone

from archiver.contracts import Rendering
from archiver.exporters import jsonl, shelf
from archiver.model import Attachment, Handle, Provenance, Reaction
from tests.libraries import Shelf, person, said


def test_a_message_has_its_public_shape() -> None:
    message = said(
        "Bring the hose",
        person("Ines Okoro", "phone", "+4420"),
        "2023-05-04T10:11:12",
        id="202305041011-abc",
        subject="Hose",
        reply_to="202305041010-abd",
        attachments=(Attachment("hose.jpg", "image/jpeg", 12, "media/hose.jpg", "ab", "present"),),
        reactions=(
            Reaction(Handle("x", "y", "Mei"), "👍", datetime(2023, 5, 4, 12, tzinfo=timezone(timedelta(hours=2)))),
            Reaction(None, "💧", datetime(2023, 5, 4, 12, 0, 0, 500_000, tzinfo=UTC)),
            Reaction(None, "🌱"),
        ),
        edited_at="2023-05-04T10:12:00Z",
        origin=Provenance("_chat.txt", "cd", 3, 40),
    )
    face = jsonl.message_face(message)
    sender = face.pop("sender")
    assert isinstance(sender, dict)
    assert list(sender) == ["name", "scheme", "value", "person"]
    assert face == {
        "type": "message",
        "id": "202305041011-abc",
        "conversation": "",
        "conversation_title": "",
        "source": "test",
        "kind": "text",
        "at": "2023-05-04T10:11:12Z",
        "at_local": "2023-05-04T10:11:12",
        "precision": "second",
        "subject": "Hose",
        "text": "Bring the hose",
        "reply_to": "202305041010-abd",
        "attachments": [
            {"name": "hose.jpg", "media_type": "image/jpeg", "size": 12, "sha256": "ab", "state": "present"}
        ],
        "reactions": [
            {"by": "Mei", "value": "👍", "at": "2023-05-04T10:00:00Z"},
            {"by": None, "value": "💧", "at": "2023-05-04T12:00:00.500Z"},
            {"by": None, "value": "🌱", "at": None},
        ],
        "edited_at": "2023-05-04T10:12:00Z",
        "deleted_at": None,
        "origin": {"file": "_chat.txt", "sha256": "cd", "start": 3, "end": 40},
    }


def test_what_is_absent_is_null() -> None:
    face = jsonl.message_face(said("Rain", None, None))
    assert [face[name] for name in ("sender", "at", "at_local", "precision", "subject", "origin")] == [None] * 6
    assert face["attachments"] == face["reactions"] == []


def test_the_first_line_says_what_it_is_and_the_last_that_it_is_whole() -> None:
    library = Shelf(("Garden Club", [said("one"), said("two")]), ("Chess", [said("e4")]))
    faces = [json.loads(line) for line in jsonl.lines(library)]
    assert faces[0] == {"type": "manifest", "version": 1}
    assert [face["type"] for face in faces[1:-1]] == ["conversation"] * 2 + ["message"] * 3
    assert [face["text"] for face in faces[3:-1]] == ["one", "two", "e4"]
    assert faces[-1] == {"type": "complete", "counts": {"conversations": 2, "messages": 3}}


def test_a_conversation_has_its_public_shape() -> None:
    (conversation,) = Shelf(("Garden Club", [said("one"), said("two", "Mei")])).conversations()
    assert jsonl.conversation_face(conversation) == {
        "type": "conversation",
        "id": 1,
        "key": "test:Garden Club",
        "title": "Garden Club",
        "source": "test",
        "kind": "group",
        "messages": 2,
        "people": 2,
        "first": "2023-05-04T10:11:12",
        "last": "2023-05-04T10:11:12",
    }


def test_every_script_is_written_as_itself_and_every_line_can_be_stored() -> None:
    library = Shelf(("حديقة", [said("明日 💧\u2028 e\u0301"), said("half \ud83d a pair")]))
    text = "".join(jsonl.lines(library))
    assert "明日 💧" in text
    assert "half \ufffd a pair" in text
    assert text.encode("utf-8").count(b"\n") == len(text.split("\n")) - 1 == 5


def test_the_exporter_streams_the_same_bytes_each_time() -> None:
    library = Shelf(("Garden Club", [said("one"), said("two")]))
    (page,) = jsonl.render(library, Rendering())
    assert page.path == "archive.jsonl"
    assert not isinstance(page.content, bytes)
    assert b"".join(page.content).decode() == "".join(jsonl.lines(library))


def test_the_shelf_knows_every_exporter_by_its_name() -> None:
    assert list(shelf.ALL) == ["site", "jsonl"]
    assert all(exporter.title for exporter in shelf.ALL.values())
