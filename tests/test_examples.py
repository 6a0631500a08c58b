"""The garden club of examples/: written by its script, and read back word for word."""

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest

from archiver.contracts import Hints
from archiver.dump import Dump
from archiver.importers import facebook, whatsapp
from archiver.model import Message, Problem, singly
from tests.garden_club import LEFT_IPHONE, NEW_PHONE, example_files
from tests.garden_club.facebook import OWNER, talks
from tests.garden_club.mailing import WRITERS
from tests.garden_club.post import posts
from tests.garden_club.talk import Line, spoken

FOLDER = Path(__file__).parents[1] / "examples"
IPHONE, ANDROID = "WhatsApp Chat - Garden Club.zip", "WhatsApp Chat mit Garden Club.txt"
LIST = "garden-club-list.mbox"
FACEBOOK = "facebook-thuytran-2024-06-16-Ba8kQx2R.zip"


def read(name: str) -> Iterator[Message]:
    with Dump.open([FOLDER / name]) as dump:
        for item in singly(whatsapp.read(dump, Hints(zone="Europe/London"))):
            assert not isinstance(item, Problem), item
            if isinstance(item, Message):
                yield item


def typed(lines: Iterator[Line]) -> list[tuple[str, str, str]]:
    """(minute, who, words) of what people typed: not what an app said, not files, polls, calls and the deleted."""
    return [
        (f"{line.day}T{line.time[:5]}", line.who, line.words.removesuffix(" {edited}"))
        for line in lines
        if not line.app and not line.words.startswith("{")
    ]


def as_read(messages: Iterator[Message]) -> list[tuple[str, str, str]]:
    return [
        (
            f"{message.when.at:%Y-%m-%dT%H:%M}",
            re.sub(r"[\u202a-\u202f]", "", message.sender.name),
            message.text.rstrip(" "),
        )
        for message in messages
        if message.kind == "text" and not message.attachments and message.when.at and message.sender
    ]


def plain(said: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Spaces inside names differ between the phones."""
    return [(minute, re.sub(r"\s", "", who), words) for minute, who, words in said]


def test_examples_are_what_their_script_writes() -> None:
    written = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert written == example_files()


def test_the_zip_is_small_enough_to_clone() -> None:
    assert len(example_files()[IPHONE]) < 200_000


@pytest.mark.parametrize(
    ("name", "first", "last"), [(IPHONE, "", LEFT_IPHONE), (ANDROID, NEW_PHONE, "9")], ids=["iphone", "android"]
)
def test_what_people_typed_is_read_back_word_for_word(name: str, first: str, last: str) -> None:
    lines = (line for line in spoken() if first <= line.day <= last)
    assert plain(as_read(read(name))) == plain(typed(lines))


def test_the_zip_shows_every_kind_of_message_a_phone_can_export() -> None:
    messages = list(read(IPHONE))
    kinds = Counter(message.kind.partition(".")[0] for message in messages)
    assert {"text", "media", "event", "poll", "location", "call", "deleted"} <= set(kinds)
    assert sum(message.edited for message in messages) == 3
    states = Counter(file.state for message in messages for file in message.attachments)
    assert states == {"present": 11, "missing": 1, "omitted": 1}


def test_a_pasted_chat_stays_inside_the_message_it_was_pasted_into() -> None:
    (message,) = [message for message in read(IPHONE) if "Who decides about the tram land?" in message.text]
    assert message.text.endswith("Nell: We have a woman who is made of numbers")
    assert message.sender is not None
    assert message.sender.name == "Nell"


def test_both_phones_know_the_months_they_share_alike() -> None:
    shared = [said for said in as_read(read(IPHONE)) if said[0] >= NEW_PHONE]
    assert len(shared) > 50
    assert set(plain(shared)) <= set(plain(as_read(read(ANDROID))))


def test_the_mailing_list_is_an_mbox_of_its_letters_in_order_of_time() -> None:
    _, *mails = re.split(rb"(?m)^From .*\n", example_files()[LIST])
    ids = [message_from_bytes(mail)["Message-ID"] for mail in mails]
    assert ids == [f"<{post.id}>" for post in posts()]
    assert all(one.at < other.at for one, other in pairwise(posts()))
    assert len(mails) > 40


def test_a_letter_quotes_what_the_letter_it_answers_says() -> None:
    for post in posts():
        quoted = [line[2:] for line in post.body if line.startswith("> ")]
        said = post.parent.body if post.parent else []
        assert all(any(line in other for other in said) for line in quoted), post.name
        assert ("{said}" in post.body) == bool(quoted), post.name


def test_everybody_on_the_list_lives_at_an_example() -> None:
    hosts = {found.lower() for found in re.findall(rb"(?m)^(?:From|To|Sender):.*@([\w.-]+)", example_files()[LIST])}
    assert hosts == {b"example.org", b"example.net", b"example.com", b"lists.example.org"}


def test_facebook_is_read_back_word_for_word_with_its_people_and_reactions() -> None:
    found: dict[str, list[Message]] = {}
    with Dump.open([FOLDER / FACEBOOK]) as dump:
        for item in singly(facebook.read(dump, Hints())):
            assert not isinstance(item, Problem) or item.loss == "nothing", item
            if isinstance(item, Message):
                found.setdefault(item.conversation, []).append(item)
    for talk in talks():
        key = "facebook:group:" + talk.title.lower() if talk.folder == "group" else _thread_key(talk.folder)
        read = sorted(found.pop(key), key=lambda message: message.when.written)
        told = [message for message in read if message.kind != "event.joined"]
        assert [message.text for message in told if message.kind != "call.audio"] == [
            one.words for one in talk.said if one.more != "call"
        ]
        assert [message.sender and message.sender.name for message in told] == [
            OWNER if talk.folder == "group" else one.who for one in talk.said
        ]
        assert [{(mark.value, mark.by and mark.by.name) for mark in message.reactions} for message in told] == [
            set(one.marks) for one in talk.said
        ]
    assert found == {}


def _thread_key(folder: str) -> str:
    return f"facebook:thread:{folder.rpartition('_')[2]}"


def test_facebook_shows_what_messenger_and_a_group_can_hold() -> None:
    with Dump.open([FOLDER / FACEBOOK]) as dump:
        messages = [item for item in singly(facebook.read(dump, Hints())) if isinstance(item, Message)]
    kinds = {message.kind.partition(".")[0] for message in messages}
    assert kinds == {"text", "media", "sticker", "deleted", "call", "event", "post", "comment"}
    states = Counter(file.state for message in messages for file in message.attachments)
    assert states == {"present": 2, "missing": 1}
    assert len(example_files()[FACEBOOK]) < 40_000


def test_whoever_of_the_club_is_on_facebook_has_the_name_of_the_mailing_list() -> None:
    listed = {writer.name for writer in WRITERS.values()}
    there = {name for talk in talks() for name in (*talk.people, *(one.who for one in talk.said))}
    assert there - listed == {"Iwo Zając", "Cô Hạnh", "post"}
