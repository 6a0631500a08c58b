"""Letters built anew: whatever a store of Outlook holds, what comes out is a letter that says the same."""

import io
from dataclasses import replace
from email import message_from_bytes

from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Letter
from archiver.exporters import rebuilt
from archiver.importers.mail.bodies import read_body
from archiver.importers.mail.headers import read_headers
from archiver.model import Attachment, Handle, KeptMessage, Sender
from archiver.text import storable

PLAIN = KeptMessage(
    id="202303041802-abcd1234", row=1, conversation="mailbox:inbox", conversation_title="Inbox", conversation_id=1,
    source="mail", kind="text", sender=Sender("Nell Oak", "email", "nell@example.org", 1, 1),
    at="2023-03-04T18:02:07Z", at_local="2023-03-04T18:02:07", precision="second", subject="Frogs", text="Seven frogs.",
)  # fmt: skip
WORDS = st.text(max_size=60).map(lambda text: storable(text)[0].replace("\0", ""))
LINES = st.lists(WORDS | st.sampled_from(["From now on", ">From", "--", "=_rebuilt.", "."]), max_size=6).map("\n".join)
KEPT = "X-Archive-Rebuilt: from what was read in a store of Outlook; not the bytes that were sent\n"


def built(message: KeptMessage, html: str | None = None, native_id: str | None = None, *ids: str) -> bytes:
    return b"".join(rebuilt.blocks(Letter(message, native_id, ids, html), lambda _: io.BytesIO(b"newt" * 100)))


def test_a_letter_of_text_is_written_plainly() -> None:
    message = replace(
        PLAIN, recipients=(Handle("email", "kofi@example.net", "Kofi"), Handle("mail-name", "Ana", "Ana"))
    )
    assert built(message, None, "<f@example.org>", "a@b", "c@d").decode("ascii") == (
        'From: "Nell Oak" <nell@example.org>\nTo: "Kofi" <kofi@example.net>,\n "Ana"\nSubject: Frogs\n'
        "Date: Sat, 04 Mar 2023 18:02:07 +0000\nMessage-ID: <f@example.org>\nReferences: <a@b>\n <c@d>\n"
        f"{KEPT}MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nSeven frogs.\n"
    )


def test_a_letter_that_says_nothing_of_itself_is_one() -> None:
    nobody = replace(PLAIN, sender=None, subject=None, at=None, text="")
    assert built(nobody, None, "an id\nof nothing: but ünsinn").decode("ascii").startswith(KEPT)


def test_a_file_that_is_missing_is_left_out_and_a_letter_in_it_is_a_file_of_bytes() -> None:
    files = (
        Attachment("gone.pdf", "application/pdf", state="missing"),
        Attachment("note.eml", "message/rfc822", sha256="1" * 64),
        Attachment(None, None, sha256="2" * 64),
    )
    written = message_from_bytes(built(replace(PLAIN, attachments=files)))
    _, note, unnamed = list(written.walk())[1:]
    assert (note.get_content_type(), note.get_filename()) == ("application/octet-stream", "note.eml")
    assert unnamed.get_payload(decode=True) == b"newt" * 100
    assert unnamed.get_filename() is None


@given(WORDS, WORDS, WORDS, LINES, WORDS, st.none() | LINES)
def test_whatever_it_says_nothing_else_is_read(
    name: str, address: str, subject: str, text: str, file: str, html: str | None
) -> None:
    message = replace(
        PLAIN,
        sender=Sender(name, "email", address, 1, 1),
        recipients=(Handle("email", address, name), Handle("mail-name", name, name)),
        subject=subject,
        text=text,
        attachments=(Attachment(file, subject, sha256="1" * 64),),
    )
    raw = built(message, html, name, address)
    assert raw.isascii()
    assert b"\nFrom " not in raw
    headers, start = read_headers(raw)
    assert not headers.notes
    fields = {"from", "to", "subject", "date", "message-id", "references", "x-archive-rebuilt", "mime-version"}
    assert set(headers.names()) <= fields | {"content-type"}
    assert " ".join((headers.text("subject") or "").split()) == " ".join(subject.split())
    (kept,) = read_body(raw, None, start).attachments
    assert kept.content is not None
    assert b"".join(kept.content.blocks()) == b"newt" * 100
    parts = [part.get_payload(decode=True) for part in message_from_bytes(raw).walk() if not part.is_multipart()]
    said = text if html is None else html
    assert isinstance(parts[0], bytes)
    assert parts[0].decode().rstrip("\n") == said.rstrip("\n")
