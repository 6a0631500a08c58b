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
from archiver.privacy.masking import Masker, findings
from archiver.privacy.naming import Face, Naming
from archiver.privacy.spans import HIGH_RISK, KINDS

_RISKY = tuple(sorted(HIGH_RISK))
_NUMBER = 5  # so many digits in what a phone number is called are taken for the number itself


class Masked:
    """Any library, with everything that *masker* finds replaced by visible marks in every field.

    Keys and ids become opaque through *anchor* (they may be made of names or numbers); somebody known by a
    number only becomes "Member 3", counted in the order in which readers meet them; addresses of people and whatever
    a source says beyond the model (``extra``) are left out, but for when and why words were taken out of the archive;
    and so is what somebody took back, or asked not to be archived when writing it (kind ``withheld``).

    With a *naming*, people appear under the names it gives, in their words and in others'; what those wrote who want
    to be left out is a gap (kind ``kept_back``) without a name, and no letter quotes it.
    """

    def __init__(
        self,
        library: Library,
        anchor: Callable[[str], str],
        masker: Masker | None = None,
        naming: Naming | None = None,
        *,
        files: Files | None = None,
    ) -> None:
        """*files*: attached files are shown, as far as these may be."""
        self._files = files
        self._library = library
        self._anchor = anchor
        self._keys: dict[str, str] = {}
        self._masker = masker or Masker()
        self._marks: Mapping[str, str] = self._masker.marks
        self._naming = naming
        self._allowing = HIGH_RISK & self._masker.allow
        self._tallies: dict[int, Counter[str]] = {}
        self._risks: dict[int, dict[str, tuple[str, ...]]] = {}
        self._names: dict[str, str] = {}
        self._members: dict[str, str] = {}
        self._senders: dict[Sender, Sender | None] = {}

    @property
    def counts(self) -> dict[str, int]:
        """How much was hidden in the messages read so far: always of phone, email and member; of others if any was."""
        total = sum(self._tallies.values(), Counter[str]())
        kinds = [kind for kind in (*KINDS, "name", "kept_back") if total[kind] or kind in {"phone", "email"}]
        return {**{kind: total[kind] for kind in kinds}, "member": len(self._members)}

    @property
    def risks(self) -> dict[str, tuple[str, ...]]:
        """The ids of the messages read so far that hold what does harm at once, with its kinds; hidden or allowed."""
        return {name: kinds for found in self._risks.values() for name, kinds in found.items()}

    @property
    def members(self) -> frozenset[str]:
        """What those are called who are known by a number only, as far as they were met."""
        return frozenset(self._members.values())

    def tally(self, conversation_id: int) -> Counter[str]:
        """How much was hidden in this conversation's messages read so far, by kind."""
        return self._tallies.get(conversation_id, Counter())

    def mark(self, kind: str) -> str:
        """What stands where something of a kind was; "" where that is not always the same."""
        return self._marks.get(kind, "")

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
        risks = self._risks[conversation_id] = {}
        known = 0
        for message in self._library.messages(conversation_id):
            shown = self._message(message, tally)
            if shown.text is not message.text or shown.subject is not message.subject or shown.attachments:
                known, before = sum(map(tally.__getitem__, _RISKY)), known
                if known != before:
                    risks[message.id] = _risks(message)
            if self._allowing and self._allowed(message):
                risks[message.id] = _risks(message)
            yield shown

    def _allowed(self, message: KeptMessage) -> bool:
        """Whether something that does harm at once stays as it is, since somebody allowed its kind."""
        shown = message.deleted_at is None and not message.extra.get("no_archive")
        return shown and not self._allowing.isdisjoint(_risks(message))

    def outline(self, conversation_id: int) -> Iterator[Outline]:
        for line in self._library.outline(conversation_id):
            yield line if line.reply_to is None and line.thread is None else self._outlined(line)

    def _outlined(self, line: Outline) -> Outline:
        """Its ids as they are known outside."""
        known = (None if one is None else self._anchor(one) for one in (line.reply_to, line.thread))
        reply_to, thread = known
        return line._replace(reply_to=reply_to, id=self._anchor(line.id) if line.id else "", thread=thread)

    def people(self, conversation_id: int) -> Sequence[Sender]:
        shown = map(self._sender, self._library.people(conversation_id))
        return [sender for sender in shown if sender is not None]

    def attachment(self, sha256: str) -> BinaryIO:
        """A file that is shown, by the sum it is shown under; any other is refused: nobody has looked into it."""
        if self._files is not None:
            return BytesIO(self._files.open(sha256))
        raise ArchiveError("Attached files are not published.", why=f"Nobody has looked into {sha256[:12]}….")

    def _message(self, message: KeptMessage, tally: Counter[str]) -> KeptMessage:
        sender = None if message.sender is None else self._sender(message.sender)
        kept_back = sender is None and message.sender is not None
        withheld = bool(message.extra.get("no_archive"))
        withdrawn = kept_back or withheld or message.deleted_at is not None
        text = "" if withdrawn or (self._hiding and message.kind == "contact") else message.text
        subject = (
            None
            if withdrawn or message.subject is None
            else self._hide(message.subject, tally, message.conversation_id)
        )
        files = () if withdrawn else message.attachments
        spans: tuple[Span, ...] = ()
        if text and message.spans:
            text, spans = self._letter(text, message.spans, tally, message.conversation_id)
        elif text:
            text = self._hide(text, tally, message.conversation_id)
        tally["kept_back"] += kept_back
        return KeptMessage(
            id=self._anchor(message.id),
            row=message.row,
            conversation=self._key(message.conversation),
            conversation_title=self._name(message.conversation_title),
            conversation_id=message.conversation_id,
            source=message.source,
            kind="kept_back" if kept_back else "withheld" if withheld else message.kind,
            sender=sender,
            at=message.at,
            at_local=message.at_local,
            precision=message.precision,
            subject=subject,
            text=text,
            reply_to=None if message.reply_to is None else self._anchor(message.reply_to),
            attachments=tuple(self._attachment(file, tally) for file in files) if files else files,
            reactions=tuple(filter(None, map(self._reaction, message.reactions))) if message.reactions else (),
            edited_at=message.edited_at,
            deleted_at=message.deleted_at,
            origin=None if message.origin is None else self._origin(message.origin),
            extra={} if kept_back else self._tombstone(message.extra),
            spans=spans,
        )

    @property
    def _hiding(self) -> bool:
        return self._naming is not None and self._naming.hides

    def _hide(self, text: str, tally: Counter[str] | None, conversation: int = 0) -> str:
        """A text without anything that must be hidden, names included."""
        text = self._masker.mask(text, tally)
        return text if self._naming is None else self._naming.hide(text, tally, conversation)

    def _letter(
        self, text: str, spans: Sequence[Span], tally: Counter[str], conversation: int
    ) -> tuple[str, tuple[Span, ...]]:
        """The same of a text in pieces, without those that quote somebody who is left out."""
        if self._naming is not None:
            text, spans = self._naming.unquoted(text, spans)
        text, ends = self._masker.mask_between(text, [span.end for span in spans], tally)
        if self._naming is not None:
            text, ends = self._naming.hide_between(text, ends, tally, conversation)
        starts = (0, *ends)
        return text, tuple(Span(span.kind, starts[n], ends[n]) for n, span in enumerate(spans))

    def _tombstone(self, extra: Mapping[str, object]) -> Mapping[str, object]:
        """That words were taken out, when and why, is said; whatever else a source says is not."""
        told = extra.get("redacted")
        if not isinstance(told, Mapping):
            return {}
        return {"redacted": {**told, "reason": self._name(str(told.get("reason", "")))}}

    def _attachment(self, file: Attachment, tally: Counter[str]) -> Attachment:
        name = None if file.name is None else self._hide(file.name, tally)
        if name is not None and self._naming is not None and self._naming.hides and _is_card(file):
            name = f"{self._naming.mark}.vcf"
        shown = None if self._files is None else self._files.of(file)
        if shown is not None:
            return replace(shown, name=name)
        return Attachment(name, file.media_type, file.size, None, None, file.state)

    def _reaction(self, reaction: Reaction) -> Reaction | None:
        """A reaction under the name to be shown; None of somebody who is left out."""
        by = reaction.by
        if by is not None:
            face = None if self._naming is None else self._naming.face_of(by)
            if face is not None and face.how == "left_out":
                return None
            by = Handle(by.scheme, "", self._called(face, by.name, by.scheme, by.value))
        return Reaction(by, self._name(reaction.value), reaction.at)

    def _origin(self, origin: Provenance) -> Provenance:
        return Provenance(self._name(origin.file), origin.sha256, origin.start, origin.end)

    def _sender(self, sender: Sender) -> Sender | None:
        """Somebody under the name to be shown; None for those who are left out."""
        if sender in self._senders:
            return self._senders[sender]
        face = None if self._naming is None else self._naming.face(sender)
        shown: Sender | None = None
        if face is None or face.how != "left_out":
            name = self._called(face, sender.name, sender.scheme, sender.value)
            shown = Sender(name, sender.scheme, "", sender.person, sender.identity)
        self._senders[sender] = shown
        return shown

    def _called(self, face: Face | None, name: str, scheme: str, value: str) -> str:
        """What to call somebody: by a pseudonym, their own name, or as a member with a number; strangers so, too."""
        if face is not None and face.how == "pseudonym":
            return face.name
        if face is None and self._hiding:
            return self._member(value)
        return self._shown(name, scheme, value)

    def _shown(self, name: str, scheme: str, value: str) -> str:
        """A name to show; who has nothing but a number or an address is told apart by *value*, unseen."""
        masked = bare = self._masker.mask(name)
        for mark in self._marks.values():
            bare = bare.replace(mark, "")
        numbered = scheme == "phone" and sum(map(str.isdigit, bare)) >= _NUMBER
        if not numbered and (any(map(str.isalpha, bare)) or (masked == name != "" and scheme != "phone")):
            return masked
        return self._member(value)

    def _member(self, value: str) -> str:
        return self._members.setdefault(value, self._marks["member"].format(n=len(self._members) + 1))

    def _key(self, key: str) -> str:
        if key not in self._keys:
            self._keys[key] = self._anchor(key)
        return self._keys[key]

    def _name(self, name: str) -> str:
        """A short text that comes again and again: titles, file names. Not counted."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = self._hide(name, None)
        return known


def _risks(message: KeptMessage) -> tuple[str, ...]:
    """Kinds of what does harm at once in a message's words and in the names of its files."""
    told = (message.text, message.subject or "", *(file.name or "" for file in message.attachments))
    return tuple(sorted({span.kind for text in told for span in findings(text)} & HIGH_RISK))


def _is_card(file: Attachment) -> bool:
    """Whether a file is somebody's card, which is named like that person."""
    return (file.media_type or "").endswith("vcard") or (file.name or "").lower().endswith(".vcf")
