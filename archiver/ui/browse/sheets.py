"""What a reader shows of a message, as pieces of text with their styles."""

from collections.abc import Iterator, Sequence

from archiver.model import Hit, InThread, KeptMessage
from archiver.text import columns, one_line
from archiver.ui.console import Piece
from archiver.ui.messages import clock, file_words, marked, said, sender_name

_TITLE = 12  # columns, with fewer of which a title tells nothing
_DEEPEST = 8  # answers that are indented one under the other, on a small screen


def entry(hit: Hit, width: int) -> list[Piece]:
    """A hit in a list: who and when, where, and a line of what was said with the words found in it in sight."""
    message = hit.message
    when = clock(message)[:16]
    name = one_line(sender_name(message), max(8, width - len(when) - 2))
    left = width - columns(name) - len(when) - 4
    title = f"  {one_line(message.conversation_title, left)}" if left >= _TITLE else ""
    return [
        (name, "bold"),
        (f"  {when}", "cyan"),
        (f"{title}\n", "magenta"),
        *marked(in_sight(hit.snippet, max(20, width))),
    ]


def in_sight(snippet: str, width: int) -> str:
    """The part of a snippet that fits into so many columns, with the first match in it; its marks stay whole."""
    first = snippet.find("\x02")
    start = max(0, first - width // 3) if first > width * 2 // 3 else 0
    room, shown, inside = width - (2 if start else 1), [], False
    for sign in snippet[start:]:
        if sign in "\x02\x03":
            inside = sign == "\x02"
        elif (room := room - columns(sign)) < 0:
            shown.append("\x03…" if inside else "…")
            break
        shown.append(sign)
    return ("…" if start else "") + "".join(shown)


def whole(message: KeptMessage) -> Iterator[Piece]:
    """One message with all that is known of it."""
    yield (sender_name(message), "bold")
    yield (f"  {clock(message)}", "cyan")
    yield (f"  {message.conversation_title}\n", "magenta")
    if message.recipients:
        yield (f"to {', '.join(one.name for one in message.recipients)}\n", "dim")
    if message.subject:
        yield (f"{message.subject}\n", "bold")
    yield ("\n", "")
    at = 0
    for kind, start, end in message.spans:
        yield (message.text[start:end], "" if kind == "own" else "dim")
        at = end
    yield (message.text[at:], "")
    for file in message.attachments:
        yield (f"\n{file_words(file)}", "italic")
    for reaction in message.reactions:
        yield (f"\n{reaction.value} {reaction.by.name if reaction.by else 'somebody'}", "dim")
    names = [*(f"#{tag}" for tag in message.tags), *message.labels]
    if names:
        yield (f"\n{'  '.join(names)}", "green")
    yield (f"\n\n{message.id}", "dim")
    if message.origin:
        yield (f"\n{message.origin.file}, bytes {message.origin.start:,} to {message.origin.end:,}", "dim")


def talk(before: Sequence[KeptMessage], message: KeptMessage, after: Sequence[KeptMessage]) -> Iterator[Piece]:
    """A message in the talk around it; ▸ is the one itself."""
    for one in (*before, message, *after):
        here = one.id == message.id
        yield ("▸ " if here else "  ", "bold yellow")
        yield (sender_name(one), "bold")
        yield (f"  {clock(one)}\n", "cyan")
        yield (_indented(said(one), 2) + "\n", "" if here else "dim")


def thread(message: KeptMessage, members: Sequence[InThread]) -> Iterator[Piece]:
    """A thread as a tree; ▸ is the letter that is read, ~ one that only its subject puts here."""
    for one in members:
        depth = min(one.depth, _DEEPEST)
        branch = "  " * max(0, depth - 1) + ("└ " if depth else "")
        yield (branch, "dim")
        yield ("▸ " if one.message.id == message.id else "", "bold yellow")
        yield ("~ " if one.joined == "subject" else "", "yellow")
        yield (sender_name(one.message), "bold")
        yield (f"  {clock(one.message)}\n", "cyan")
        if not one.depth and one.message.subject:
            yield (f"{one.message.subject}\n", "bold")
        yield (_indented(said(one.message), 2 * depth) + "\n", "" if one.message.id == message.id else "dim")


def _indented(text: str, indent: int) -> str:
    return "\n".join(" " * indent + line for line in text.splitlines())
