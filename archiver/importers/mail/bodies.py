"""What a reader reads of a mail, and which of its parts are files.

Of alternatives the plain text is taken if there is any, else the HTML as text; forwarded mails are read where they
stand; what cannot be read is said in words. A mail of more than a few megabytes is read from its temporary file, and
only its text is ever held.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal, NamedTuple

from archiver.dump import DEFAULT, Limits
from archiver.importers.mail import charsets, flowed, hypertext, notes, parts, transfer, uu
from archiver.importers.mail.big import Whole
from archiver.importers.mail.headers import Headers, read_headers
from archiver.importers.mail.parts import Part
from archiver.importers.mail.transfer import Encoded, Source
from archiver.model import Attachment

DIGEST = 32 << 20  # bytes of a digest's messages that are handed on
_HEADER = 1 << 18  # bytes of a forwarded mail's header that are looked at
_ASIDE = 2000  # characters kept of what stands before the first part or behind the last
_SMALL = 1 << 20  # encoded bytes of a calendar or a card that are looked at
_PROBLEMS = 50

Mode = Literal["show", "skip", "file"]  # what becomes of text: it is read, left to its alternative, or a file

_HTML = frozenset({"text/html", "application/xhtml+xml", "text/x-amp-html"})
_PLAIN = frozenset({"text/plain", "application/pgp", "text/rfc822-headers"})
_REPORTS = frozenset({
    "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
    "message/global-disposition-notification", "message/feedback-report", "message/tracking-status",
})  # fmt: skip
_CARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_SIGNATURES = {
    "application/pgp-signature": "signed: PGP",
    "application/pkcs7-signature": "signed: S/MIME",
    "application/x-pkcs7-signature": "signed: S/MIME",
}
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")  # the object identifier of CMS SignedData (RFC 5652, 5.1)
_STOCK = (b"mime", b"multi-part", b"multipart")  # what a preamble says that says nothing


class Body(NamedTuple):
    """*text*: what a reader reads, with LF line ends, no NUL and no lone surrogates. *html* is kept only when the mail
    has no plain text. *digest*: the messages of a multipart/digest, each as it was sent. *problems*: (what, note).

    *extra*: ``body_charset`` the label of the text's charset; ``charset`` how it was read where the label did not do;
    ``crypto`` what is signed or encrypted; ``html_only``; ``no_text``; ``tnef``; ``preamble`` and ``epilogue``.
    """

    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    digest: tuple[bytes, ...]
    extra: dict[str, object]
    problems: tuple[tuple[str, str], ...]


def read_body(
    raw: bytes,
    whole: BinaryIO | None = None,
    start: int | None = None,
    limits: Limits = DEFAULT,
    headers: Headers | None = None,
) -> Body:
    """The body of a mail: *raw*, or all of the file *whole* if there is one.

    *start*: where its body begins, and what its *headers* are, if they have been read already. Never raises.
    """
    if whole and start == len(raw):  # a header longer than what of it is at hand
        start = None
    source: Source = Whole(whole) if whole else raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    size = source.size if isinstance(source, Whole) else len(raw)
    root = parts.root(source, size, start, headers.content() if headers and source is raw else None)
    reading = _Reading(limits)
    if root.kind == "text/plain" and b"disposition" not in root.fields:  # as most mail is
        reading.text(root)
    else:
        reading.structure(parts.walk(root, limits))
        reading.read(root, "show")
    return reading.body()


class _Reading:
    """What has been read of a mail so far."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._texts: list[str] = []
        self._html: list[str] = []
        self._files: list[Attachment] = []
        self._digest: list[bytes] = []
        self._extra: dict[str, object] = {}
        self._problems: dict[tuple[str, str], None] = {}
        self._named: list[Part] = []
        self._room = limits.text_length
        self._digest_room = DIGEST
        self._markup = self._tags = 0
        self._plain = False
        self._inside = 0  # how many forwarded mails deep

    def body(self) -> Body:
        if not self._texts and self._named:
            named, self._named = self._named, []
            for part in named:  # named parts were the mail's only text
                self.text(part)
        html = "\n".join(self._html) if self._html and not self._plain else None
        if html is not None:
            self._extra["html_only"] = True
        if not self._texts:
            self._extra["no_text"] = "only files" if self._files else "empty"
        text = self._texts[0] if len(self._texts) == 1 else "\n\n".join(self._texts)
        return Body(text, html, tuple(self._files), tuple(self._digest), self._extra, tuple(self._problems)[:_PROBLEMS])

    def structure(self, tree: parts.Tree) -> None:
        """What the walker had to say, and what stands outside of all parts."""
        self._problems.update(dict.fromkeys(tree.repairs))
        if tree.left_out:
            note = f"{tree.left_out:,} parts after the first {self._limits.mime_parts:,} were not read"
            self._problem("too-many-parts", f"{note} {self._limits.told('mime_parts')}")
        root = tree.root
        if root.preamble > root.start and root.kind != "multipart/digest":
            before = root.source[root.start : min(root.preamble, root.start + _ASIDE)].strip()
            if before and not any(word in before.lower() for word in _STOCK):
                self._extra["preamble"] = _lines(charsets.decode(before, None)[0])
        if 0 <= root.after < root.end:
            behind = root.source[root.after : min(root.end, root.after + _ASIDE)].strip()
            if behind:
                self._extra["epilogue"] = _lines(charsets.decode(behind, None)[0])

    def read(self, part: Part, mode: Mode) -> None:
        """One part with all that is inside it."""
        if part.deep:
            self._file(part)
        elif part.kind[:10] == "multipart/":
            _MULTIPARTS.get(part.kind, _Reading._mixed)(self, part, mode)
        elif part.is_message:
            self._message(part, mode)
        elif special := _SPECIAL.get(part.kind):
            special(self, part)
        else:
            self._leaf(part, mode)

    # --- several parts ---

    def _mixed(self, part: Part, mode: Mode) -> None:
        if not part.children and part.preamble < 0 and mode != "skip":
            self.text(part)
        for child in part.children:
            self.read(child, mode)

    def _alternative(self, part: Part, mode: Mode) -> None:
        """The best alternative that is not blank; of the others, the files that are in them."""
        tried: set[int] = set()
        said = len(self._texts)
        later_first = part.children[::-1] if mode == "show" else []
        for child in sorted(later_first, key=_preference):
            tried.add(id(child))
            self.read(child, "show")
            if len(self._texts) > said:
                break
        for child in part.children:
            if id(child) not in tried:
                self.read(child, "file" if mode == "file" else "skip")
        if not part.children:
            self._mixed(part, mode)

    def _related(self, part: Part, mode: Mode) -> None:
        """The root (RFC 2387, 3.2), and what it refers to as files."""
        wanted = part.parameters.get("start", "").strip("<> ").encode("utf-8", "replace")
        roots = (
            child for child in part.children if wanted and child.fields.get(b"id", b"").strip(b"<> \r\n") == wanted
        )
        root = next(roots, part.children[0] if part.children else None)
        for child in part.children:
            self.read(child, mode if child is root else "file")
        if root is None:
            self._mixed(part, mode)

    def _signed(self, part: Part, mode: Mode) -> None:
        protocol = part.parameters.get("protocol", "").lower()
        if said := _SIGNATURES.get(protocol):
            self._crypto(said)
        self._mixed(part, mode)

    def _encrypted(self, part: Part, _: Mode) -> None:
        self._crypto("encrypted: PGP/MIME")
        self._say(notes.PGP_MIME)
        for child in part.children:
            if child.kind != "application/pgp-encrypted":  # which says no more than a version
                self._file(child)

    def _digested(self, part: Part, mode: Mode) -> None:
        """A digest's messages as they were sent, and what stands before them."""
        if part.preamble > part.start:
            before = part.source[part.start : min(part.preamble, part.start + transfer.HELD)]
            if not any(word in before[:_ASIDE].lower() for word in _STOCK):
                self._say(_lines(charsets.decode(before, None)[0]))
        for child in part.children:
            size = child.end - child.start
            if not child.is_message or child.encoding in transfer.CODED:
                self.read(child, mode)
            elif size <= self._digest_room:
                self._digest_room -= size
                if (raw := child.source[child.start : child.end]).strip():
                    self._digest.append(raw)
            else:
                self._problem("long-digest", f"messages of a digest beyond {DIGEST >> 20} MB were kept as files")
                self._file(child)

    def _message(self, part: Part, mode: Mode) -> None:
        """A mail inside the mail: a line that names it, and its text; its files are the outer mail's."""
        if not part.children:
            self._file(part)
            return
        inner = part.children[0]
        headers, _ = read_headers(inner.source[inner.head : min(inner.start, inner.head + _HEADER)])
        if mode == "show":
            told = ((name, headers.text(name.lower())) for name in ("From", "Date", "Subject"))
            said = ", ".join(f"{name} {value}" for name, value in told if value)
            self._say(f"— forwarded message: {said} —" if said else "— forwarded message —")
        self._inside += 1
        self.read(inner, mode)
        self._inside -= 1

    # --- one part ---

    def _leaf(self, part: Part, mode: Mode) -> None:
        if not _is_text(part) or part.disposition == "attachment" or mode == "file":
            self._file(part)
        elif part.name and part.head:  # a named part of several
            self._file(part)
            if mode == "show":
                self._named.append(part)
        elif mode == "show":
            self.text(part)

    def text(self, part: Part) -> None:
        if part.kind in _HTML:
            self._hypertext(part)
            return
        text = self._decoded(part)
        if "-----BEGIN PGP" in text:
            text, said = notes.without_armour(text)
            for one in said:
                self._crypto(one)
        if part.kind in _ENRICHED:
            text = hypertext.enriched(text)
        elif part.parameters.get("format", "").lower() == "flowed":
            text = flowed.unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        if "begin " in text:
            text, files = uu.taken_out(text)
            self._files += files
        if self._say(text) and not self._inside:
            self._plain = True

    def _hypertext(self, part: Part) -> None:
        markup = self._decoded(part)
        self._markup += len(markup)
        before, room = self._tags, hypertext.FLAT - self._tags
        self._tags += (tags := markup.count("<"))
        if tags > room:
            self._problem("long-html", f"HTML after the first {hypertext.FLAT:,} tags was not read but kept as a file")
            self._file(part)
            markup = markup[: len(markup) * max(room, 0) // tags]
        elif self._tags > hypertext.TREE:
            self._problem("long-html", f"HTML after the first {hypertext.TREE:,} tags was read without its layout")
        text = hypertext.read(markup, self._markup > hypertext.SMALL, before)
        if self._say(text) and not self._inside:
            self._html.append(markup)

    def _decoded(self, part: Part, limit: int = transfer.HELD) -> str:
        """A part's text with LF line ends; what had to be guessed or repaired is noted."""
        data, footer, repaired, cut = transfer.whole(part.source, part.start, part.end, part.encoding, limit)
        if repaired:
            self._problem(f"bad-{part.encoding}", f"a text has {repaired}; what could be read was read")
        if cut:
            self._problem("long-text", "a text was cut; all of it is kept as a file")
            self._file(part)
        label = part.parameters.get("charset") or (hypertext.charset(data) if part.kind in _HTML else None)
        text, step = charsets.decode(data, label)
        if step != "ascii":
            self._charset(step, label)
        if footer:
            text = text.rstrip("\n") + "\n" + charsets.decode(footer, label)[0]
        return _lines(text)

    def _charset(self, step: str, label: str | None) -> None:
        if label:
            self._extra.setdefault("body_charset", label)
        if step != "label":
            self._extra.setdefault("charset", f"{step} (label said {label})" if label else f"{step} (no label)")
        if step.endswith("mended"):
            self._problem("bad-charset", f"a text is not in the charset it names ({label or 'none'}): {step}")

    def _file(self, part: Part) -> None:
        """A part as an attachment; text that stands behind its base64 is text."""
        end, name, encoding = part.end, part.name, part.encoding
        if encoding == "base64":
            end = transfer.foot(part.source, part.start, part.end)
            if end < part.end and not part.deep:
                self._problem("bad-base64", "there is text behind a file's base64; it was added to the mail's text")
                self._say(_lines(charsets.decode(part.source[end : part.end], None)[0]))
        elif name is None and encoding in transfer.CODED:
            begin = transfer.uu_name(part.source[part.start : min(part.end, part.start + _ASIDE)])
            name = charsets.decode(begin, None)[0] if begin else None
        size = None if encoding in transfer.CODED else end - part.start
        content = Encoded(part.source, part.start, end, encoding)
        self._files.append(Attachment(name, part.kind, size, content=content))
        if part.kind in _TNEF or (name or "").lower() == "winmail.dat":
            self._extra["tnef"] = notes.TNEF

    def _told(self, part: Part) -> None:
        """A calendar or an address card: a line to read, and a file."""
        if part.end - part.start <= _SMALL:
            text = self._decoded(part)
            line = notes.calendar(text) if part.kind in _CALENDARS else notes.card(text)
            if line and line not in self._texts:
                self._say(line)
        self._file(part)

    def _report(self, part: Part) -> None:
        self._say(self._decoded(part))

    def _signature(self, part: Part) -> None:
        self._crypto(_SIGNATURES[part.kind])

    def _smime(self, part: Part) -> None:
        """Encrypted or signed in one piece (RFC 8551, 3.2): its kind is told, or is in its first bytes."""
        told = part.parameters.get("smime-type", "").lower()
        start = transfer.whole(part.source, part.start, part.end, part.encoding, 256).data
        if told in {"signed-data", "certs-only"} or (not told and _SIGNED_DATA in start):
            self._crypto("signed: S/MIME, opaque")
            self._say(notes.SMIME_OPAQUE)
        else:
            self._crypto("encrypted: S/MIME")
            self._say(notes.SMIME_ENCRYPTED)
        self._file(part)

    def _external(self, part: Part) -> None:
        self._say(notes.external(part.parameters))

    def _partial(self, part: Part) -> None:
        self._say(notes.partial(part.parameters))
        self._file(part)

    # --- what is kept ---

    def _say(self, text: str) -> bool:
        """Adds to the text; False if there was nothing to say."""
        if not text or text.isspace():
            return False
        text = text.rstrip("\n")
        if len(text) > self._room:
            note = f"only the first {self._limits.text_length:,} characters of the text were kept"
            self._problem("long-text", f"{note} {self._limits.told('text_length')}")
            text = text[: self._room]
        self._room -= len(text)
        if text:
            self._texts.append(text)
        return True

    def _crypto(self, said: str) -> None:
        known = self._extra.get("crypto")
        if known is None:
            self._extra["crypto"] = said
        elif said not in str(known).split("; "):
            self._extra["crypto"] = f"{known}; {said}"

    def _problem(self, what: str, note: str) -> None:
        self._problems[what, note] = None


def _lines(text: str) -> str:
    """With LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _is_text(part: Part) -> bool:
    return (part.kind[:5] == "text/" and part.kind != "text/rtf") or part.kind in _PLAIN or part.kind in _HTML


def _preference(part: Part) -> int:
    """0 for an alternative that has plain text, 1 for one that has HTML, 2 for any other."""
    kinds = {one.kind for one in _shown(part)} if part.children else {part.kind}
    return 0 if kinds & _PLAIN else 1 if kinds & _HTML else 2


def _shown(part: Part) -> Iterator[Part]:
    """The leaves of a part that are meant to be seen, without those of mails inside it."""
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if one.kind[:10] == "multipart/":
            waiting += one.children
        elif one.disposition != "attachment":
            yield one


_ENRICHED = frozenset({"text/enriched", "text/richtext"})
_MULTIPARTS: dict[str, Callable[[_Reading, Part, Mode], None]] = {
    "multipart/alternative": _Reading._alternative,
    "multipart/related": _Reading._related,
    "multipart/signed": _Reading._signed,
    "multipart/encrypted": _Reading._encrypted,
    "multipart/digest": _Reading._digested,
}
_SPECIAL: dict[str, Callable[[_Reading, Part], None]] = {
    **dict.fromkeys(_REPORTS, _Reading._report),
    **dict.fromkeys(_CARDS | _CALENDARS, _Reading._told),
    **dict.fromkeys(_SIGNATURES, _Reading._signature),
    **dict.fromkeys(_SMIME, _Reading._smime),
    "message/external-body": _Reading._external,
    "message/partial": _Reading._partial,
}
