"""The traps of mail, each with what proves that it is none: a letter of `tests/dumps/mail/`, or a test by its name.

And those that belong to no module: exit codes, an import that is killed, a stream as long as a community's whole life.
"""

import importlib
import os
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest

from archiver.contracts import Hints
from archiver.importers import mail
from archiver.importers.mail.split import Cut, split
from archiver.model import Message, Problem
from archiver.store import archive as store
from archiver.store.digest import digest
from tests.bench.letters import letters, mbox
from tests.fuzz import READERS, mutated
from tests.whatsapp_chats import held

DUMPS = Path(__file__).parent / "dumps" / "mail"
GOOD = b"From ann@example.org Mon Feb  3 10:00:00 2020\nFrom: ann@example.org\nSubject: Peas\n\nUp.\n\n"
PROSE = b"From the desk of Bob\nNote: the shed is dry.\nFrom now on we meet at nine.\n"

TRAPS = {
    "a body line that begins with From": "from-now-on separators separators-without-empty-line mboxrd mboxo-from-lines",
    "a Content-Length that is right, or wrong": "mboxcl2 mboxcl2-wrong-length",
    "CRLF, byte order mark, blanks first, no last newline": "line-ends-crlf byte-order-mark leading-blanks "
    "no-last-newline leading-space-before-header",
    "an empty file, prose called a mailbox": "empty-mbox prose-named-mbox "
    "test_mail_traps:test_every_outcome_has_its_exit_code_and_its_words",
    "what a file is, by its content": "mbox-without-name gzip bzip2 xz takeout-zip google-groups eml emlx "
    "public-inbox-git pipermail-gzip",
    "ids of all kinds": "message-ids-strange no-message-id test_mail_addresses:"
    "test_an_address_of_a_thousand_characters_is_kept",
    "one letter twice, a variant, another under its id": "same-id-exact-copy list-copies-with-footer "
    "same-id-different-mail mailboxes-overlap pipermail-twice",
    "names and addresses": "names-and-commas attachment-names group-addresses comment-name-at-masked addresses-strange",
    "charsets": "charsets charset-gb2312-really-gbk charset-shift-jis-really-cp932 charset-ks-c-5601 charset-utf-7 "
    "charset-wrong-label charset-iso-2022-unlabelled charset-header-by-body charset-unknown nul-bytes lone-surrogates",
    "encoded words": "split-character-in-encoded-words raw-byte-in-encoded-word encoded-words-of-odd-kind "
    "encoded-words-glued",
    "dates": "date-asctime date-ladder dates-strange pipermail-bogus-month",
    "format=flowed": "flowed flowed-delsp",
    "winmail.dat": "tnef",
    "signed and encrypted": "smime-opaque smime-signed pgp-inline pgp-encrypted",
    "calendar and card": "calendar vcard",
    "letters in letters, digests": "nested-rfc822 forward-inline digest digest-plain delivery-report",
    "very deep, very many": "test_mail_parts:test_what_lies_deeper_is_one_file_of_raw_bytes_and_the_limit_is_named "
    "test_mail_parts:test_three_hundred_mails_one_in_the_other_are_cut_at_the_limit "
    "test_mail_parts:test_of_twenty_thousand_parts_a_thousand_are_read_and_the_rest_is_counted "
    "test_mail_headers:test_a_hundred_thousand_fields_are_read_up_to_the_limit "
    "test_mail_headers:test_of_twenty_thousand_references_the_first_and_the_last_are_kept "
    "test_mail_addresses:test_three_thousand_recipients_are_all_found",
    "very large": "test_mail_parts:test_an_attachment_of_150_megabytes_goes_through_in_blocks "
    "test_mail_split:test_memory_stays_flat_however_big_a_mail_or_a_file_is "
    "test_mail_traps:test_ten_gigabytes_flow_by_in_flat_memory",
    "names that lead outside": "attachment-name-outside zip-entry-outside",
    "cut off, badly encoded": "truncated-multipart quoted-printable-bad wrong-base64-length footer-after-base64 "
    "multipart-odd transfer-encodings-odd",
    "HTML": "html-only html-hidden html-beside-text html-beside-empty-text",
    "lists": "list-footer-and-tag no-archive pipermail-month",
    "labels and flags": "gmail-labels gmail-labels-again maildir-flags mh-unseen status-headers thunderbird-deleted",
    "interrupted, grown": "mailbox-grown test_mail_traps:test_an_import_of_letters_that_was_killed_goes_on",
    "threads": "reference-loop in-reply-to-prose references-folded-and-glued thread-by-subject thread-lost-parents "
    "test_threads:test_a_ring_of_fifty_thousand_answers_has_a_first",
    "lines without end": "test_mail_split:test_long_and_hostile_bodies_take_no_time_to_speak_of "
    "test_quotes:test_the_hostile_is_read_in_linear_time test_mail_parts:test_hostile_lines_take_no_time",
    "nasty on purpose": "test_mail_traps:test_every_byte_of_a_damaged_mailbox_is_a_letters_or_a_problems "
    "test_mail_golden:test_nasty_mail_is_read_or_said_to_be_unreadable_with_file_and_bytes",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_a_letter_or_a_test(trap: str) -> None:
    for proof in TRAPS[trap].split():
        module, _, test = proof.partition(":")
        if test:
            assert callable(getattr(importlib.import_module(f"tests.{module}"), test))
        else:
            assert (DUMPS / proof / "expected.jsonl").exists(), proof


def untold(box: bytes) -> bytes:
    """What of a mailbox neither a letter nor a problem stands for, but blank lines."""
    told = sorted(
        (item.origin.start, item.origin.end)
        for item in mail.read(held(box, "box.mbox"), Hints(zone="UTC"))
        if isinstance(item, Message | Problem) and item.origin is not None and item.origin.member is None
    )
    at, left = 0, b""
    for start, end in told:
        left += box[at:start]
        at = max(at, end)
    return (left + box[at:]).removeprefix(b"\xef\xbb\xbf").strip()


def test_every_byte_of_a_damaged_mailbox_is_a_letters_or_a_problems() -> None:
    draw, seeds = random.Random("untold"), READERS["mail"].seeds()
    for _ in range(int(os.environ.get("ARCHIVE_FUZZ", "200"))):
        box = mutated(seeds, draw)
        assert untold(box) == b"", box


def brought(home: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "archiver", "--archive", str(home), "import", *map(str, paths)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)


def test_every_outcome_has_its_exit_code_and_its_words(tmp_path: Path) -> None:
    for name, content in (("good", GOOD), ("empty", b""), ("prose", PROSE)):
        (tmp_path / "box").mkdir(exist_ok=True)
        (tmp_path / f"{name}.mbox").write_bytes(content)
        (tmp_path / "box" / f"{name}.mbox").write_bytes(content)
    outcomes = (
        ("good.mbox", 0, "1 new message"),
        ("empty.mbox", 1, "is empty"),
        ("prose.mbox", 1, "does not begin as a mailbox or a letter does"),
        ("box", 3, "“box/prose.mbox” is called a mailbox, but holds no mail"),
    )
    for name, code, words in outcomes:
        done = brought(tmp_path / f"archive of {name}", tmp_path / name)
        assert done.returncode == code, done.stderr
        assert words in " ".join((done.stdout + done.stderr).split())
        assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_an_import_of_letters_that_was_killed_goes_on(tmp_path: Path) -> None:
    box = tmp_path / "letters.mbox"
    with box.open("wb") as file:
        file.writelines(mbox(letters(5, 900)))
    small = "import archiver.ingest as house; house.BATCH_ITEMS = 60; from archiver.__main__ import main; main()"
    home = tmp_path / "archive"
    command = [sys.executable, "-c", small, "--archive", str(home), "import", str(box)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and messages(home) < 120:
            pass
        process.kill()
    assert messages(home) > 0
    assert process.returncode != 0
    assert brought(home, box).returncode == 0
    assert brought(tmp_path / "fresh", box).returncode == 0
    assert digest_of(home) == digest_of(tmp_path / "fresh")


def messages(home: Path) -> int:
    """How many are committed."""
    if not store.exists(home):
        return 0
    with store.open_archive(home) as archive:
        (count,) = archive.connection.execute("select count(*) from message").fetchone()
    return int(count)


def digest_of(home: Path) -> str:
    with store.open_archive(home) as archive:
        return digest(archive.connection)


@pytest.mark.slow
def test_ten_gigabytes_flow_by_in_flat_memory() -> None:
    letter = GOOD + b"VGhlIGZyb2cgaXMgaW4gdGhlIHRhbmsgYWdhaW4sIGFuZCBub2JvZHkga25vd3MgaG93Lg==\n" * 13_000 + b"\n"
    size = 10_000_000_000

    def flow() -> Iterator[bytes]:
        yield from repeat(letter, size // len(letter))

    tracemalloc.start()
    count = sum(isinstance(piece, Cut) for piece in split(flow()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == size // len(letter)
    assert peak < 40 << 20
