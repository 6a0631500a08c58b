"""Messages to a person: what a search found, one message whole, a thread as a tree."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from archiver.knowledge.quotes import own
from archiver.model import Attachment, Hit, InThread, KeptMessage
from archiver.text import one_line
from archiver.ui.console import Piece, Show, printer, talk
from archiver.ui.links import file_style, linked

_DEEPEST = 12  # answers that are indented one under the other
_SUBJECT = 60  # columns of a subject beside a name

Found = tuple[Hit, Sequence[KeptMessage], Sequence[KeptMessage]]
"""A hit and the talk before and after it."""


def sender_name(message: KeptMessage) -> str:
    """Who says it; a dash for what nobody says."""
    return message.sender.name if message.sender else "—"


def clock(message: KeptMessage) -> str:
    """The day and the time as the wall clock showed it, as exactly as it is known."""
    when = (message.at_local or "undated").replace("T", " ")
    return {"minute": when[:16], "day": when[:10]}.get(message.precision or "", when)


def _head(message: KeptMessage, *, with_conversation: bool) -> list[Piece]:
    parts = [(sender_name(message), "bold"), ("  " + clock(message), "cyan")]
    if with_conversation:
        parts.append((f"  {message.conversation_title}", "magenta"))
    return [*parts, (f"  {message.id}", "dim")]


def marked(snippet: str) -> list[Piece]:
    """A snippet with its matches in bold; \\x02 and \\x03 stand around them."""
    pieces = enumerate(re.split("[\x02\x03]", snippet))
    return [(piece, "bold yellow" if place % 2 else "") for place, piece in pieces]


def by_conversation(found: Sequence[Found]) -> list[tuple[str, list[Found]]]:
    """The hits under the titles of their conversations, in the order of the first hit of each."""
    groups: dict[int, list[Found]] = {}
    for one in found:
        groups.setdefault(one[0].message.conversation_id, []).append(one)
    return [(group[0][0].message.conversation_title, group) for group in groups.values()]


def as_they_come(found: Sequence[Found]) -> list[tuple[str, list[Found]]]:
    """The hits in their order, under a title wherever the conversation changes."""
    runs = groupby(found, key=lambda one: (one[0].message.conversation_id, one[0].message.conversation_title))
    return [(title, list(group)) for (_, title), group in runs]


def hits(found: Sequence[Found], *, in_time: bool = False) -> None:
    """Search results under their conversations, each with the talk around it when there is any.

    *in_time*: they are in the order of time, which no grouping is to disturb.
    """
    show = printer()
    for place, (title, group) in enumerate(as_they_come(found) if in_time else by_conversation(found)):
        if place:
            show([], 0)
        show([(title, "bold magenta")], 0)
        matched = {hit.message.id: hit for hit, _, _ in group}
        for number, stretch in enumerate(stretches(group)):
            if number and len(stretch) > 1:
                show([("--", "dim")], 2)
            for one in stretch:
                if one.id in matched:
                    _hit(show, matched[one.id], "▸ " if len(stretch) > 1 else "")
                else:
                    _brief(show, one, 2)


def stretches(group: Sequence[Found]) -> list[list[KeptMessage]]:
    """The hits of a conversation, each in the talk around it; what overlaps or touches is one stretch of talk."""
    whole: list[list[KeptMessage]] = []
    for hit, before, after in group:
        fresh = [*before, hit.message, *after]
        apart = []
        for stretch in whole:
            joined = _joined(stretch, fresh) or _joined(fresh, stretch)
            if joined:
                fresh = joined
            else:
                apart.append(stretch)
        whole = [*apart, fresh]
    return whole


def _joined(first: list[KeptMessage], second: list[KeptMessage]) -> list[KeptMessage] | None:
    """Two stretches of the same talk as one, where the second begins within the first; else None."""
    at = next((place for place, one in enumerate(first) if one.row == second[0].row), None)
    return None if at is None else first[:at] + max(first[at:], second, key=len)


def _hit(show: Show, hit: Hit, mark: str) -> None:
    """A hit; *mark* tells it from the talk around it."""
    subject = hit.message.subject
    titled: list[Piece] = []
    if subject and _plain(subject) not in _plain(hit.snippet):
        titled = [(f"  {one_line(subject, _SUBJECT)}", "dim")]
    show([(mark, "bold yellow"), *_head(hit.message, with_conversation=False), *titled], 2)
    if hit.message.kind == "redacted":
        show([(body(hit.message), "dim")], 4)
    else:
        show(marked(hit.snippet), 4)


def _plain(snippet: str) -> str:
    return " ".join(re.sub("[\x02\x03]", "", snippet).split())


def _brief(show: Show, message: KeptMessage, indent: int = 0) -> None:
    show(_head(message, with_conversation=False), indent)
    show([(said(message), "")], indent + 2)


def body(message: KeptMessage) -> str:
    """What to show of a message: its text, then its files in words."""
    said_ = [message.text] if message.text else []
    return "\n".join([*said_, *tombstone(message), *map(file_words, message.attachments)])


def tombstone(message: KeptMessage) -> list[str]:
    """The line that stands where words were taken out; none for most messages."""
    told = message.extra.get("redacted")
    if not isinstance(told, Mapping):
        return []
    what = "some words taken out" if told.get("part") else "taken out of the archive"
    return [f"[{what} on {told.get('at')}: {told.get('reason')}]"]


def said(message: KeptMessage) -> str:
    """The writer's own words and the files; the subject where there are none."""
    files = map(file_words, message.attachments)
    return "\n".join([*filter(None, [own_words(message)]), *tombstone(message), *files]) or message.subject or ""


def file_words(file: Attachment) -> str:
    """A file in words: its name, and whether the archive has it."""
    name = file.name or file.media_type or "file"
    return f"[{name}]" if file.state == "present" else f"[{name}, {file.state} in the export]"


def message(
    shown: KeptMessage,
    before: Sequence[KeptMessage],
    after: Sequence[KeptMessage],
    facts: Mapping[str, str],
    files: Mapping[str, str] | None = None,
) -> None:
    """One message whole, the talk around it, and where it comes from.

    *files*: where the kept files are, by SHA-256, as ``file:`` addresses.
    """
    show = printer()
    for one in before:
        _brief(show, one)
    show(_head(shown, with_conversation=True), 0)
    if shown.subject:
        show([(shown.subject, "bold")], 2)
    show(list(_letter(shown, files or {})), 2)
    for reaction in shown.reactions:
        who = reaction.by.name if reaction.by else "somebody"
        show([(f"{reaction.value} {who}", "dim")], 2)
    for name, value in facts.items():
        show([(f"{name}: {value}", "dim")], 2)
    for one in after:
        _brief(show, one)


def thread(shown: KeptMessage, members: Sequence[InThread]) -> None:
    """A thread as a tree, each letter's own words under its head; ▸ is the letter asked for, ~ a guess."""
    show = printer()
    for one in members:
        indent = 2 * min(one.depth, _DEEPEST)
        mark = "▸ " if one.message.id == shown.id else ""
        guess = "~ " if one.joined == "subject" else ""
        show([(mark + guess, "bold yellow"), *_head(one.message, with_conversation=False)], indent)
        if one.depth == 0 and one.message.subject:
            show([(one.message.subject, "bold")], indent + 2)
        show([(said(one.message), "")], indent + 2)


def own_words(message: KeptMessage) -> str:
    """What the writer says, without what is quoted, signatures and footers; all of it where there is nothing else."""
    return own(message.text, message.spans).strip() or message.text if message.spans else message.text


def _letter(message: KeptMessage, files: Mapping[str, str]) -> Iterator[Piece]:
    """A message's text and files; what is not the writer's own is there, but stands back."""
    at, some = 0, bool(message.text)
    for kind, start, end in message.spans:
        yield from linked(message.text[start:end], "" if kind == "own" else "dim")
        at = end
    yield from linked(message.text[at:], "")
    for file in message.attachments:
        yield ("\n" if some else "") + file_words(file), file_style(files.get(file.sha256 or "", ""))
        some = True
    for stone in tombstone(message):
        yield ("\n" if some else "") + stone, "dim"
        some = True


def found(shown: int, total: int, *, exact: bool) -> None:
    """How much of it was shown, on stderr."""
    if not total:
        talk("Nothing found. Fewer words, or a prefix such as water*, find more.")
    elif total > shown:
        talk(f"{shown:,} of {'' if exact else 'more than '}{total:,} shown; -n {shown * 5} shows more.", "dim")
