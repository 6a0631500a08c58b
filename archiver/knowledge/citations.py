"""How a message is cited: who, what, when and where in words, and what proves it: file, digest and bytes. Pure."""

from dataclasses import dataclass

from archiver.knowledge.quotes import own
from archiver.model import KeptMessage
from archiver.text import one_line

_QUOTED = 80  # columns of its words; enough to tell it, too few to make reading it unnecessary


@dataclass(frozen=True, slots=True)
class Citation:
    """A stable reference: it is the same on every computer that has the same export.

    *file*, with digest *sha256*, holds the message in its bytes [start, end), whose own digest is *bytes_sha256*;
    *within* is the pack (and its digest) that the file lay in, if it lay in one.
    """

    id: str
    sender: str
    conversation: str
    source: str
    at: str | None
    at_local: str | None
    words: str
    file: str | None = None
    sha256: str | None = None
    start: int | None = None
    end: int | None = None
    bytes_sha256: str | None = None
    within: tuple[str, str] | None = None

    def face(self) -> dict[str, object]:
        """The citation as programs see it."""
        names = ("id", "sender", "conversation", "source", "at", "at_local", "words",
                 "file", "sha256", "start", "end", "bytes_sha256")  # fmt: skip
        within = self.within and {"file": self.within[0], "sha256": self.within[1]}
        return {name: getattr(self, name) for name in names} | {"within": within}

    def __str__(self) -> str:
        when = (self.at_local or "undated").replace("T", " ")
        told = f"{self.sender}, “{self.words}”, {when}, in: {self.conversation} ({self.source}). Message {self.id}"
        if self.file is None:
            return f"{told}."
        packed = f" in {self.within[0]}, SHA-256 {self.within[1]}" if self.within else ""
        return f"{told}; {self.file}, SHA-256 {self.sha256}, bytes {self.start}–{self.end}{packed}."


def citation(
    message: KeptMessage, *, bytes_sha256: str | None = None, within: tuple[str, str] | None = None
) -> Citation:
    """The citation of a kept message; its words are cut to a line, and harmless like all of it."""
    origin = message.origin
    words = (
        own(message.text, message.spans).strip()
        or message.text
        or message.subject
        or ", ".join(file.name or "a file" for file in message.attachments)
    )
    return Citation(
        id=message.id,
        sender=one_line(message.sender.name, 200) if message.sender else "nobody",
        conversation=one_line(message.conversation_title, 200),
        source=message.source,
        at=message.at,
        at_local=message.at_local,
        words=one_line(words, _QUOTED),
        file=one_line(origin.file, 500) if origin else None,
        sha256=origin.sha256 if origin else None,
        start=origin.start if origin else None,
        end=origin.end if origin else None,
        bytes_sha256=bytes_sha256,
        within=within and (one_line(within[0], 500), within[1]),
    )
