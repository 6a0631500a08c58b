"""From a letter to messages: headers, body, home, and what of it is the writer's own."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from archiver.contracts import Hints
from archiver.dump import Dump, Limits
from archiver.importers.mail.addresses import Address, first_of, folded
from archiver.importers.mail.bodies import Body, read_body
from archiver.importers.mail.boxes import letters
from archiver.importers.mail.clock import when
from archiver.importers.mail.finding import Box
from archiver.importers.mail.headers import Headers, read_headers
from archiver.importers.mail.homes import Home, Homes
from archiver.importers.mail.ids import normal, references, written
from archiver.importers.mail.labels import gmail
from archiver.importers.mail.letter import Letter
from archiver.importers.mail.lists import no_archive
from archiver.knowledge.quotes import spans
from archiver.knowledge.subjects import is_forward
from archiver.model import Handle, Item, Message, Origin, Problem, When

_KEYWORDS = ("x-mozilla-keys", "x-keywords")
_ASKED_BELOW = re.compile(r"\s{0,20}X-No-Archive:[ \t]{0,9}yes[ \t]*(?:\n|$)", re.IGNORECASE)  # as Usenet does
_PLAIN_STEPS = ("date",)
_TO = ("to", "cc", "bcc")
_FILED = ("maildir", "mh", "pst")  # whose folders say what the owner filed a letter under
_LONGEST_HEADER = 1 << 24
_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_INBOX = {"", "inbox", "cur", "new"}


class Reader:
    """Reads the letters of one dump."""

    def __init__(self, dump: Dump, hints: Hints) -> None:
        self._dump = dump
        self._hints = hints
        self._homes = Homes(hints.owner)
        self._opened: set[str] = set()
        self._handles: dict[tuple[str, str], Handle] = {}
        self._origins: dict[str, Origin] = {}

    def items(self, found: Sequence[Box]) -> Iterator[Item]:
        """Every letter's message, its conversation before it, its problems behind it. *found*: the dump's boxes."""
        for letter in letters(self._dump, found):
            if isinstance(letter, Problem):
                yield letter
            else:
                yield from self._letter(letter)

    def _letter(self, letter: Letter) -> Iterator[Item]:
        origin, limits = self._origin(letter), self._dump.limits
        raw, headers, start = _header(letter, limits)
        body = read_body(raw, letter.whole, start, limits, headers)
        home, message, notes = self._message(letter, headers, body, origin, None)
        yield from self._conversation(home)
        yield message
        if letter.whole is not None and not _BLANK_LINE.search(raw):
            notes = (*notes, f"Only the first {len(raw):,} bytes of the header were read.")
        yield from _problems(body, (*headers.notes, *notes), origin)
        for raw in body.digest:  # what a digest holds was sent to the list, too
            headers, start = read_headers(raw, limits)
            inner = read_body(raw, None, start, limits)
            inner_home, one, notes = self._message(letter, headers, inner, origin, home)
            yield from self._conversation(inner_home)
            yield one
            yield from _problems(inner, (*headers.notes, *notes), origin)

    def _conversation(self, home: Home) -> Iterator[Item]:
        if home.conversation.key not in self._opened:
            self._opened.add(home.conversation.key)
            yield home.conversation

    def _origin(self, letter: Letter) -> Origin:
        """The origins of one file share its digest and member, so that the store sees at a glance that they do."""
        path = letter.entry.path
        if path not in self._origins:
            self._origins[path] = Origin("mail", self._dump.sha256(letter.entry), letter.entry.member, 0, 0)
        return self._origins[path]._replace(start=letter.start, end=letter.end)

    def _message(
        self, letter: Letter, headers: Headers, body: Body, origin: Origin, around: Home | None
    ) -> tuple[Home, Message, tuple[str, ...]]:
        """The message, where it lies, and what of its headers was left out. *around*: where the digest lies that this
        one is a part of."""
        charset = _charset(body)
        subject = headers.text("subject", charset)
        limits = self._dump.limits
        to, more = first_of([value for field in _TO for value in headers.all(field)], charset, limits.addresses)
        at, steps = when(
            headers.first("date"), headers.all("received"), b"" if around else letter.envelope, self._hints.zone
        )
        home = around or self._homes.of(letter, headers, [folded(one.address) for one in to if one.address], subject)
        sender = self._sender(headers, charset, home)
        native = headers.first("message-id")
        identity = written(native) if native is not None else None
        labels = headers.first("x-gmail-labels")
        thread = headers.first("x-gm-thrid")
        message = Message(
            conversation=home.conversation.key,
            sender=sender,
            when=at,
            text=body.text,
            origin=origin,
            kind="text" if body.text or not body.attachments else "media",
            key=(normal(identity) if identity else "") or _content_key(at, sender, subject, body),
            native_id=identity,
            recipients=tuple(dict.fromkeys(self._handle(one, home) for one in to)),
            subject=subject,
            html=body.html,
            attachments=body.attachments,
            extra=_extra(letter, body, headers, steps) or None,
            spans=spans(body.text, forwarded=is_forward(subject or "")),
            tags=() if around else _tags(letter, (*(gmail(labels) if labels else ()), *_keywords(headers))),
            references=references(headers.first("references"), headers.first("in-reply-to")),
            thread=thread.decode("ascii", "replace").strip() if thread else None,
            claim=home.claim,
        )
        note = f"Only the first {limits.addresses:,} of the addresses it was sent to were read, or fewer long ones"
        return home, message, (f"{note} {limits.told('addresses')}.",) if more else ()

    def _sender(self, headers: Headers, charset: str | None, home: Home) -> Handle | None:
        """Who wrote it. A list that puts its own address into From names the writer elsewhere."""
        for field in ("from", "sender", "reply-to", "return-path"):
            found, _ = first_of(headers.all(field), charset)
            if found:
                break
        else:
            return None
        first = found[0]
        if first.address and folded(first.address) == home.conversation.native_id:
            first = _behind_the_list(first, headers, charset)
        return self._handle(first, home)

    def _handle(self, one: Address, home: Home) -> Handle:
        known = (one.name, one.address or home.conversation.key)
        if known not in self._handles:
            self._handles[known] = (
                Handle("email", folded(one.address), one.name or one.address)
                if one.address
                else Handle("mail-name", one.name, one.name, home.conversation.key)
            )
        return self._handles[known]


def _header(letter: Letter, limits: Limits) -> tuple[bytes, Headers, int]:
    """The beginning of a letter that holds its header, unless that is too long; its fields; where its body begins."""
    raw = letter.raw
    if letter.whole is not None and not _BLANK_LINE.search(raw):
        raw = letter.whole.read(max(_LONGEST_HEADER, limits.header_bytes))
        letter.whole.seek(0)
    return raw, *read_headers(raw, limits)


def _problems(body: Body, notes: Sequence[str], origin: Origin) -> Iterator[Problem]:
    """What could not be read of a letter, or only by guessing. *notes*: of its headers."""
    for what, note in (*body.problems, *(("odd-headers", note) for note in notes)):
        yield Problem(what, note, origin, "detail")


def _behind_the_list(first: Address, headers: Headers, charset: str | None) -> Address:
    """``Ana Ruiz via Garden Club <garden@lists…>``: what Mailman writes where DMARC forbids Ana's own address."""
    name = first.name.partition(" via ")[0]
    for field in ("x-original-from", "reply-to"):
        for one in first_of(headers.all(field), charset)[0]:
            if one.address and folded(one.address) != folded(first.address):
                return Address(one.name or name, one.address)
    return Address(name, "") if name else first


def _charset(body: Body) -> str | None:
    charset = body.extra.get("body_charset")
    return charset if isinstance(charset, str) else None


def _tags(letter: Letter, labels: tuple[str, ...]) -> tuple[str, ...]:
    folder = letter.folder if letter.style in _FILED and letter.folder.casefold() not in _INBOX else ""
    return tuple(dict.fromkeys((*labels, *letter.flags, *([folder] if folder else []))))


def _keywords(headers: Headers) -> tuple[str, ...]:
    """Tags of Thunderbird, Dovecot and others, which lie in the letter; what begins with ``$`` is a program's own."""
    words = [word for field in _KEYWORDS for word in (headers.text(field, None) or "").replace(",", " ").split()]
    return tuple(word for word in words if not word.startswith("$"))


def _extra(letter: Letter, body: Body, headers: Headers, steps: tuple[str, ...]) -> dict[str, object]:
    extra = {name: value for name, value in body.extra.items() if name != "body_charset"}
    if letter.number is not None:
        extra["outlook"] = {"message": letter.number, "folder": letter.folder}
    if steps != _PLAIN_STEPS:
        extra["date"] = list(steps)
    if no_archive(headers) or _ASKED_BELOW.match(body.text):
        extra["no_archive"] = True
    return extra


def _content_key(at: When, sender: Handle | None, subject: str | None, body: Body) -> str:
    """The identity of a letter without Message-ID: from its content, so that it is the same on every import."""
    content = hashlib.sha256()
    for part in (at.written, sender.value if sender else "", subject or "", body.text):
        content.update(part.encode("utf-8", "replace") + b"\0")
    for file in body.attachments:
        content.update((file.name or "").encode("utf-8", "replace") + b"\0")
    return f"content:{content.hexdigest()[:32]}"
