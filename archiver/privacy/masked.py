"""A library seen through frosted glass: nothing that must be hidden reaches whoever reads it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from archiver.contracts import Library, Outline
from archiver.errors import ArchiveError
from archiver.model import (
    Attachment,
    Handle,
    KeptConversation,
    KeptMessage,
    Provenance,
    Reaction,
    Sender,
    Span,
)
from archiver.privacy.files import Files
from archiver.privacy.masking import MARKS, mask, mask_between

_NUMBER = 5  # so many digits in what a phone number is called are taken for the number itself


class Masked:
    """Any library, with phone numbers and email addresses replaced by visible marks in every field.

    Keys and ids become opaque through *anchor* (they may be made of names or numbers); somebody known by a
    number only becomes "Member 3", counted in the order in which readers meet them; addresses of people and whatever
    a source says beyond the model (``extra``) are left out, but for when and why words were taken out of the archive;
    and so is what somebody took back, or asked not to be archived when writing it (kind ``withheld``).
    """

    def __init__(
        self,
        library: Library,
        anchor: Callable[[str], str],
        marks: Mapping[str, str] = MARKS,
        *,
        files: Files | None = None,
    ) -> None:
        """*files*: attached files are shown, as far as these may be."""
        self._files = files
        self._library = library
        self._anchor = anchor
        self._keys: dict[str, str] = {}
        self._marks = marks
        self._tallies: dict[int, Counter[str]] = {}
        self._names: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._senders: dict[Sender, Sender] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How much was hidden in the messages read so far: phone, email, member."""
        total = sum(self._tallies.values(), Counter[str]())
        return {"phone": total["phone"], "email": total["email"], "member": len(self._members)}

    def conversations(self) -> Sequence[KeptConversation]:
        return [
            KeptConversation(
                id=kept.id,
                key=self._key(kept.key),
                title=self._name(kept.title),
                source=kept.source,
                kind=kept.kind,
                messages=kept.messages,
                people=kept.people,
                first=kept.first,
                last=kept.last,
            )
            for kept in self._library.conversations()
        ]

    def messages(self, conversation_id: int) -> Iterator[KeptMessage]:
        tally: Counter[str] = Counter()  # afresh: reading twice does not count twice
        self._tallies[conversation_id] = tally
        for message in self._library.messages(conversation_id):
            yield self._message(message, tally)

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        for line in self._library.outline(conversation_id):
            yield line if line.reply_to is None else line._replace(reply_to=self._anchor(line.reply_to))

    def people(self, conversation_id: int) -> Sequence[Sender]:
        return [self._sender(sender) for sender in self._library.people(conversation_id)]

    def attachment(self, sha256: str) -> BinaryIO:
        """A file that is shown, by the sum it is shown under; any other is refused: nobody has looked into it."""
        if self._files is not None:
            return BytesIO(self._files.open(sha256))
        raise ArchiveError("Attached files are not published.", why=f"Nobody has looked into {sha256[:12]}….")

    def _message(self, message: KeptMessage, tally: Counter[str]) -> KeptMessage:
        withheld = bool(message.extra.get("no_archive"))
        withdrawn = withheld or message.deleted_at is not None
        text = "" if withdrawn else message.text
        subject = None if withdrawn or message.subject is None else mask(message.subject, self._marks, tally)
        files = () if withdrawn else message.attachments
        spans: tuple[Span, ...] = ()
        if text and message.spans:
            text, ends = mask_between(text, [span.end for span in message.spans], self._marks, tally)
            starts = (0, *ends)
            spans = tuple(Span(span.kind, starts[n], ends[n]) for n, span in enumerate(message.spans))
        elif text:
            text = mask(text, self._marks, tally)
        return KeptMessage(
            id=self._anchor(message.id),
            row=message.row,
            conversation=self._key(message.conversation),
            conversation_title=self._name(message.conversation_title),
            conversation_id=message.conversation_id,
            source=message.source,
            kind="withheld" if withheld else message.kind,
            sender=None if message.sender is None else self._sender(message.sender),
            at=message.at,
            at_local=message.at_local,
            precision=message.precision,
            subject=subject,
            text=text,
            reply_to=None if message.reply_to is None else self._anchor(message.reply_to),
            attachments=tuple(self._attachment(file, tally) for file in files) if files else files,
            reactions=tuple(map(self._reaction, message.reactions)) if message.reactions else (),
            edited_at=message.edited_at,
            deleted_at=message.deleted_at,
            origin=None if message.origin is None else self._origin(message.origin),
            extra=self._tombstone(message.extra),
            spans=spans,
        )

    def _tombstone(self, extra: Mapping[str, object]) -> Mapping[str, object]:
        """That words were taken out, when and why, is said; whatever else a source says is not."""
        told = extra.get("redacted")
        if not isinstance(told, Mapping):
            return {}
        return {"redacted": {**told, "reason": self._name(str(told.get("reason", "")))}}

    def _attachment(self, file: Attachment, tally: Counter[str]) -> Attachment:
        name = None if file.name is None else mask(file.name, self._marks, tally)
        shown = None if self._files is None else self._files.of(file)
        if shown is not None:
            return replace(shown, name=name)
        return Attachment(name, file.media_type, file.size, None, None, file.state)

    def _reaction(self, reaction: Reaction) -> Reaction:
        by = reaction.by
        if by is not None:
            by = Handle(by.scheme, "", self._shown(by.name, by.scheme, by.value))
        return Reaction(by, self._name(reaction.value), reaction.at)

    def _origin(self, origin: Provenance) -> Provenance:
        return Provenance(self._name(origin.file), origin.sha256, origin.start, origin.end)

    def _sender(self, sender: Sender) -> Sender:
        known = self._senders.get(sender)
        if known is None:
            name = self._shown(sender.name, sender.scheme, sender.value)
            known = Sender(name, sender.scheme, "", sender.person, sender.identity)
            self._senders[sender] = known
        return known

    def _shown(self, name: str, scheme: str, value: str) -> str:
        """A name to show; who has nothing but a number or an address is told apart by *value*, unseen."""
        masked = bare = self._name(name)
        for mark in self._marks.values():
            bare = bare.replace(mark, "")
        numbered = scheme == "phone" and sum(map(str.isdigit, bare)) >= _NUMBER
        if not numbered and (any(map(str.isalpha, bare)) or (masked == name != "" and scheme != "phone")):
            return masked
        return self._members.setdefault(value, self._marks["member"].format(n=len(self._members) + 1))

    def _key(self, key: str) -> str:
        if key not in self._keys:
            self._keys[key] = self._anchor(key)
        return self._keys[key]

    def _name(self, name: str) -> str:
        """A short text that comes again and again: titles, names, file names. Not counted."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = mask(name, self._marks)
        return known
