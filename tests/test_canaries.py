"""What must not be published is in no byte of what is published, whatever it is planted in and however it is read."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import pytest

from archiver.contracts import Library, Rendering
from archiver.exporters import site
from archiver.model import Attachment, Handle, Message, Reaction, Span
from archiver.privacy import HIGH_RISK, KINDS, Masker, findings
from archiver.publish import publish
from archiver.store.archive import open_archive
from archiver.store.library import StoredLibrary
from tests.canaries import COUNT, Cage, Canary, Nose, decoys, encodings
from tests.talk import File, fresh, keep

SECRET = b"a secret that stays in the archive"
OPTIONS = {
    "title": "Letters",
    "address": "https://example.org/garden/",
    "data": "jsonl,csv,atom,sitemap,json-ld,bagit",
    "language": "en",
}
CHATS = 8
"""Every chat has a canary for its title; every tenth message comes from somebody whose name is one."""


@pytest.fixture(scope="module")
def canaries() -> list[Canary]:
    return Cage().all()


@pytest.fixture(scope="module")
def archive(canaries: list[Canary], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which all of them were said, named, filed, quoted, voted for…"""
    folder = tmp_path_factory.mktemp("canaries") / "archive"
    with fresh(folder) as opened:
        dice, size = random.Random(8), -(-len(canaries) // CHATS)
        titles = [next(one for one in canaries if one.kind == kind) for kind in ("phone", "email", *["code"] * 6)][
            :CHATS
        ]
        for number, title in enumerate(titles):
            file = File(f"{number}a", f"whatsapp:chat {number}", f"Club {title.written}")
            keep(opened, file, list(_talk(file, canaries[number * size : (number + 1) * size], dice)))
    return folder


def _talk(file: File, canaries: Sequence[Canary], dice: random.Random) -> Iterator[Message]:
    clock = count()
    for canary in canaries:
        minute = next(clock)
        when = f"2023-{1 + minute // 1440 % 12:02}-{1 + minute // 60 % 24:02} {minute // 3 % 24:02}:{minute % 60:02}"
        yield _PERCHES[minute % len(_PERCHES)](file, when, canary.written, dice)


def _said(file: File, when: str, what: str, dice: random.Random) -> Message:
    before, after = dice.choice(
        [("", ""), ("see ", " please"), ("*", "*"), ("(", ")"), ("— ", " —"), ("ok?\n", "\nbye")]
    )
    return file.say(when, "Ines", f"{before}{what}{after}")


def _captioned(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(
        when, "Mei", what, kind="media", attachments=(Attachment("pond.jpg", "image/jpeg", state="omitted"),)
    )


def _filed(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(when, "Mei", "", kind="media", attachments=(Attachment(f"{what}.pdf", state="missing"),))


def _titled(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(when, "Tomás", "The tank is here.", subject=what)


def _quoted(file: File, when: str, what: str, dice: random.Random) -> Message:
    own, quote, last = (
        "Thank you!\n",
        f"> {what}\n".replace("\n-----", "\n> -----").replace(":\n", ":\n> "),
        f"-- \nTomás, {what}\n",
    )
    ends = (len(own), len(own + quote), len(own + quote + last))
    spans = (Span("own", 0, ends[0]), Span("quote", ends[0], ends[1]), Span("signature", ends[1], ends[2]))
    return file.say(when, "Tomás", own + quote + last, subject="Re: tank", spans=spans)


def _reacted(file: File, when: str, what: str, dice: random.Random) -> Message:
    by = Handle("phone", "+000", what) if dice.random() < 0.5 else None
    return file.say(when, "Ines", "Look at the frogs", reactions=(Reaction(by, what),))


def _voted(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(
        when, "Ines", f"POLL:\nWhere do we meet?\nOPTION: {what} (3 votes)\nOPTION: at the pond (1 vote)", kind="poll"
    )


def _linked(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(when, "Mei", f"https://example.org/frogs {what} and https://example.org/ponds")


def _named(file: File, when: str, what: str, dice: random.Random) -> Message:
    return file.say(when, f"Ana {what}", "Good morning")._replace(extra={"placeholder": what, "numbers": [what]})


_PERCHES = (_said, _captioned, _said, _titled, _quoted, _said, _reacted, _voted, _linked, _filed, _said, _named)


def _written(library: Library, folder: Path) -> Path:
    """The site as it would be if nothing was hidden."""
    for page in site.render(library, Rendering("Letters", OPTIONS)):
        file = folder / page.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(page.content if isinstance(page.content, bytes) else b"".join(page.content))
    return folder


def test_there_are_two_thousand_canaries_of_every_kind_and_no_two_alike(canaries: list[Canary]) -> None:
    kinds = Counter(one.kind for one in canaries)
    assert len({one.written for one in canaries}) == len(canaries) == COUNT
    assert kinds.keys() == set(KINDS)
    assert min(kinds.values()) >= 90


def test_the_nose_finds_a_canary_in_every_encoding(canaries: list[Canary]) -> None:
    for canary in canaries:
        nose = Nose([canary])
        assert all(canary in nose.within(encoded) for encoded in encodings(canary)), canary


def test_every_canary_would_be_found_if_nothing_was_hidden(
    archive: Path, canaries: list[Canary], tmp_path: Path
) -> None:
    with open_archive(archive) as opened:
        shown = Nose(canaries).smelt(_written(StoredLibrary(opened), tmp_path))
    assert [one for one in canaries if one not in shown] == []


def test_no_canary_is_found_in_any_byte_of_what_is_published(
    archive: Path, canaries: list[Canary], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_archive(archive) as opened:
        chats = [str(number) for number in range(1, CHATS + 1)]
        report = publish(StoredLibrary(opened), tmp_path / "site", conversations=chats, options=OPTIONS, secret=SECRET)
    found = Nose(canaries).smelt(tmp_path / "site")
    with capsys.disabled():
        print(f"\n{len(canaries):,} canaries, {report.files:,} files, {report.bytes:,} bytes: {len(found)} found")
    assert report.messages == COUNT
    assert found == {}
    assert list(Nose(canaries).within(repr(report))) == []


def test_of_decoys_hardly_any_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    plain = decoys()
    hidden = [text for text in plain if findings(text)]
    with capsys.disabled():
        print(f"\n{len(plain)} decoys: {len(hidden)} masked, {len(hidden) / len(plain):.1%}")
    assert len(set(plain)) >= 500
    assert len(hidden) <= 0.12 * len(plain)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_allowed_is_readable_and_all_else_is_not(kind: str, canaries: list[Canary]) -> None:
    masker = Masker(allow={kind})
    smelt = [one for one in canaries if one in Nose([one]).within(masker.mask(one.written))]
    planted = sum(one.kind == kind for one in canaries)
    assert len(smelt) >= 0.8 * planted
    assert {one.kind for one in smelt} == {kind}


def test_what_is_of_high_risk_is_counted_as_such(canaries: list[Canary]) -> None:
    masker, tally = Masker(), Counter[str]()
    for canary in canaries:
        masker.mask(canary.written, tally)
    planted = Counter(one.kind for one in canaries)
    for kind in HIGH_RISK - {"code"}:
        assert tally[kind] >= 0.9 * planted[kind], kind
