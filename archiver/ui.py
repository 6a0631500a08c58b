"""The only file that knows rich: talk on stderr, data on stdout, and foreign text made harmless before either."""

import csv
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from archiver.contracts import Detected, Finding
from archiver.errors import ArchiveError, UsageError
from archiver.knowledge.quotes import own
from archiver.model import Attachment, Guess, Hit, ImportReport, InThread, KeptMessage
from archiver.text import csv_safe, harmless, one_line

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


SHOWN = 10  # messages of a redaction that are shown beforehand
_LISTED = 10  # files left alone that are shown to a person
_TALKERS = 4
_DEEPEST = 12  # answers that are indented one under the other


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)


def talk(text: str = "", style: str = "") -> None:
    """A sentence to the person, on stderr."""
    _console(stderr=True).print(Text(harmless(text), style=style))


def line(text: str) -> None:
    """A line of data, on stdout."""
    sys.stdout.write(harmless(text) + "\n")


def raw(content: bytes) -> None:
    """Bytes exactly as they are, on stdout."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def as_json(value: object, *, indent: int | None = 2) -> str:
    """Exact JSON in which nothing can act on a terminal: what might is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def emit(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(as_json(value) + "\n")


def emit_line(value: object) -> None:
    """One JSON object on a line of stdout."""
    sys.stdout.write(as_json(value, indent=None) + "\n")


def error(problem: ArchiveError) -> None:
    """What happened, why, and what to do, on stderr."""
    console = _console(stderr=True)
    console.print(Text.assemble(("Error: ", "bold red"), harmless(problem.what)))
    if problem.why:
        console.print(Text(_hanging("  why: ", harmless(problem.why)), style="dim"))
    if problem.remedy:
        console.print(Text.assemble(("  next: ", "bold"), _hanging("", harmless(problem.remedy), 8)))


def _hanging(lead: str, text: str, indent: int | None = None) -> str:
    return lead + text.replace("\n", "\n" + " " * (len(lead) if indent is None else indent))


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int, int], None]]:
    """A bar on stderr when that is a terminal; yields the function to tell (done, total, messages) to."""
    console = _console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total, _messages: None
        return
    from rich.progress import (  # noqa: PLC0415 - 20 ms that only an import on a terminal needs
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[messages]:,} messages"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(harmless(what), total=None, messages=0)
        yield lambda done, total, messages: bar.update(task, completed=done, total=total, messages=messages)


# -- reports -------------------------------------------------------------------------------------------

_WORDS = {
    "new": "new messages",
    "duplicate": "already here",
    "enriched": "already here, now known better",
    "revised": "changed since",
    "skipped": "skipped (no messages)",
    "unreadable": "could not be read",
}


def report(done: ImportReport, folder: str) -> None:
    """What an import did, guessed and lost, and how to take it back. On stderr: it is talk."""
    names = ", ".join(done.given)
    for name, import_id in done.known:
        talk(f"“{name}” is in the archive already (import {import_id}); nothing to do.")
    if done.import_id is None:
        return
    lead = "Dry run: would import" if done.dry_run else "Went on with" if done.resumed else "Imported"
    talk(f"{lead} {names} ({done.title})", "bold")
    for word, meaning in _WORDS.items():
        if done.counts[word] or word in {"new", "duplicate"}:
            talk(f"  {done.counts[word]:>9,}  {meaning}", "red" if word == "unreadable" else "")
    if done.conversations:
        talk(f"  in: {', '.join(done.conversations)}")
    for guess in done.guesses:
        hint = f" — {guess.option} to say otherwise" if guess.option and guess.confidence < 1 else ""
        talk(f"  {guess.what}: {guess.value} ({guess.because}){hint}", "yellow" if guess.confidence < 0.9 else "dim")
    for problem in done.problems[:5]:
        talk(f"  note: {problem.note}", "yellow")
    if done.counts["problems"] > 5:
        talk(f"  … {done.counts['problems'] - 5:,} more: archive problems", "yellow")
    if not done.dry_run:
        talk(f"Kept in {folder}. To take this import back: archive imports undo {done.import_id}", "dim")


def report_as_json(done: ImportReport) -> dict[str, object]:
    """The machine-readable face of an import."""
    return {
        "import": done.import_id,
        **done.counts,
        "guesses": [_guess_face(guess) for guess in done.guesses],
        "conversations": done.conversations,
        "already_imported": [{"file": name, "import": import_id} for name, import_id in done.known],
        "resumed": done.resumed,
        "dry_run": done.dry_run,
    }


def _guess_face(guess: Guess) -> dict[str, object]:
    return {name: getattr(guess, name) for name in ("what", "value", "because", "confidence", "option")}


def detected(found: Detected) -> None:
    """What one input is, on stdout, for it is an answer: wrapped on a terminal, elsewhere a fact a line."""
    show = _printer()

    def say(text: str, indent: int, style: str = "") -> None:
        show(Text(harmless(text), style=style), indent)

    say(found.path, 0, "bold")
    say(f"{found.source or 'not understood'}: {found.why}", 2, "" if found.source else "yellow")
    for chat in found.chats:
        for line, style in _chat(chat):
            say(line, 2 if style == "bold" else 4, style)
    for left in found.left_alone[:_LISTED]:
        say(f"left alone: {left.path}: {left.why}", 2)
        for line in left.lines:
            say(f"| {line}", 4, "dim")
        if left.remedy:
            say(left.remedy, 4)
    if len(found.left_alone) > _LISTED:
        say(f"… {len(found.left_alone) - _LISTED:,} more left alone; --json names them all", 2)
    for note in found.notes:
        say(f"note: {note}", 2, "yellow")
    if found.remedy:
        say(f"next: {found.remedy}", 2)


def _chat(chat: Finding) -> Iterator[tuple[str, str]]:
    """Lines about one conversation of an input, each with its style; the first is its title."""
    yield f"{chat.title} ({chat.path})", "bold"
    tongue = f", language {chat.language}" if chat.language else ""
    yield f"{chat.kind}; {chat.shape}; {chat.encoding.upper()}, {chat.line_ends}{tongue}", ""
    yield f"| {one_line(chat.begins, 100)}", "dim"
    part = f" in the first {chat.looked / 1e6:.1f} of {chat.size / 1e6:,.1f} MB" if chat.looked < chat.size else ""
    span = f", {chat.first:%Y-%m-%d} to {chat.last:%Y-%m-%d}" if chat.first and chat.last else ", all undated"
    yield f"{chat.messages:,} messages{part}{span}", ""
    if chat.people:
        others = f", and {len(chat.people) - _TALKERS:,} more" if len(chat.people) > _TALKERS else ""
        yield "from: " + ", ".join(f"{name} {count:,}" for name, count in chat.people[:_TALKERS]) + others, ""
    if chat.attached:
        yield f"files that its messages name: {len(chat.attached):,}", ""
    for guess in chat.guesses:
        other = f" — {guess.option} to say otherwise" if guess.option else ""
        sure = f"{guess.because}; {guess.confidence:.0%} sure"
        yield f"{guess.what}: {guess.value} ({sure}){other}", "yellow" if guess.confidence < 0.9 else ""
    for note in chat.warnings[:5]:
        yield f"note: {note}", "yellow"
    if len(chat.warnings) > 5:
        yield f"… {len(chat.warnings) - 5:,} more notes; --json has them", "yellow"


def detected_as_json(found: Detected) -> dict[str, object]:
    """The machine-readable face of an input."""
    return {
        "path": found.path,
        "source": found.source,
        "why": found.why,
        "chats": [_chat_face(chat) for chat in found.chats],
        "left_alone": [
            {"path": left.path, "why": left.why, "lines": left.lines, "next": left.remedy} for left in found.left_alone
        ],
        "notes": found.notes,
        "next": found.remedy,
    }


def _chat_face(chat: Finding) -> dict[str, object]:
    return {
        "path": chat.path,
        "title": chat.title,
        "kind": chat.kind,
        "shape": chat.shape,
        "begins": chat.begins,
        "encoding": chat.encoding,
        "line_ends": chat.line_ends,
        "language": chat.language,
        "size": chat.size,
        "looked_at": chat.looked,
        "messages": chat.messages,
        "first": chat.first.isoformat() if chat.first else None,
        "last": chat.last.isoformat() if chat.last else None,
        "senders": [{"name": name, "messages": count} for name, count in chat.people],
        "guesses": [_guess_face(guess) for guess in chat.guesses],
        "warnings": chat.warnings,
        "attached": sorted(chat.attached),
    }


# -- data ----------------------------------------------------------------------------------------------


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()) -> None:
    """A table on a terminal; tab-separated lines with a header elsewhere, so that nothing is cut."""
    console = _console()
    cells = [[harmless("" if cell is None else f"{cell:,}" if type(cell) is int else str(cell)) for cell in row]
             for row in rows]  # fmt: skip
    if not console.is_terminal:
        for row in [list(columns), *cells]:
            sys.stdout.write("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) + "\n")
        return
    from rich.table import Table  # noqa: PLC0415 - likewise, for tables on a terminal

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in cells:
        shown.add_row(*(Text(cell) for cell in row))
    Console(markup=False, emoji=False, highlight=False).print(shown)


def sender_name(message: KeptMessage) -> str:
    return message.sender.name if message.sender else "—"


def _head(message: KeptMessage, *, with_conversation: bool) -> Text:
    when = (message.at_local or "undated").replace("T", " ")
    when = when[:16] if message.precision == "minute" else when
    parts = [(harmless(sender_name(message)), "bold"), ("  " + when, "cyan")]
    if with_conversation:
        parts.append((f"  {harmless(message.conversation_title)}", "magenta"))
    return Text.assemble(*parts, (f"  {message.id}", "dim"))


def _marked(snippet: str) -> Text:
    """A snippet with its matches in bold; \\x02 and \\x03 stand around them."""
    shown = Text()
    for place, piece in enumerate(re.split("[\x02\x03]", snippet)):
        shown.append(harmless(piece), style="bold yellow" if place % 2 else "")
    return shown


def hits(found: Sequence[tuple[Hit, Sequence[KeptMessage], Sequence[KeptMessage]]]) -> None:
    """Search results, each with the talk around it when there is any."""
    show = _printer()
    for place, (hit, before, after) in enumerate(found):
        if place:
            show(Text("--" if before or after else ""), 0)
        for one in before:
            _brief(show, one)
        show(_head(hit.message, with_conversation=True), 0)
        show(_marked(hit.snippet) if hit.message.kind != "redacted" else Text(harmless(body(hit.message))), 2)
        for one in after:
            _brief(show, one)


_Show = Callable[[Text, int], None]


def _printer() -> _Show:
    """Prints a text, indented: wrapped to the window on a terminal; elsewhere a line stays a line."""
    console = _console()
    if not console.is_terminal:
        return lambda text, indent: _plain(text.plain, indent)
    wrapping = Console(markup=False, emoji=False, highlight=False)
    return lambda text, indent: wrapping.print(Padding(text, (0, 0, 0, indent)))


def _plain(text: str, indent: int) -> None:
    for one in text.split("\n"):
        sys.stdout.write(f"{' ' * indent}{one}".rstrip() + "\n")


def _brief(show: _Show, message: KeptMessage) -> None:
    show(_head(message, with_conversation=False), 0)
    show(Text(harmless(body(message))), 2)


def body(message: KeptMessage) -> str:
    """What to show of a message: its text, then its files in words."""
    said = [message.text] if message.text else []
    return "\n".join([*said, *tombstone(message), *map(_file, message.attachments)])


def tombstone(message: KeptMessage) -> list[str]:
    """The line that stands where words were taken out; none for most messages."""
    told = message.extra.get("redacted")
    if not isinstance(told, Mapping):
        return []
    what = "some words taken out" if told.get("part") else "taken out of the archive"
    return [f"[{what} on {told.get('at')}: {told.get('reason')}]"]


def _file(file: Attachment) -> str:
    name = file.name or file.media_type or "file"
    return f"[{name}]" if file.state == "present" else f"[{name}, {file.state} in the export]"


def message(
    shown: KeptMessage, before: Sequence[KeptMessage], after: Sequence[KeptMessage], facts: Mapping[str, str]
) -> None:
    """One message whole, the talk around it, and where it comes from."""
    show = _printer()
    for one in before:
        _brief(show, one)
    show(_head(shown, with_conversation=True), 0)
    if shown.subject:
        show(Text(harmless(shown.subject), style="bold"), 2)
    show(_letter(shown), 2)
    for reaction in shown.reactions:
        who = reaction.by.name if reaction.by else "somebody"
        show(Text(harmless(f"{reaction.value} {who}"), style="dim"), 2)
    for name, value in facts.items():
        show(Text(harmless(f"{name}: {value}"), style="dim"), 2)
    for one in after:
        _brief(show, one)


def thread(shown: KeptMessage, members: Sequence[InThread]) -> None:
    """A thread as a tree, each letter's own words under its head; ▸ is the letter asked for, ~ a guess."""
    show = _printer()
    for one in members:
        indent = 2 * min(one.depth, _DEEPEST)
        mark = "▸ " if one.message.id == shown.id else ""
        guess = "~ " if one.joined == "subject" else ""
        show(Text.assemble((mark + guess, "bold yellow"), _head(one.message, with_conversation=False)), indent)
        if one.depth == 0 and one.message.subject:
            show(Text(harmless(one.message.subject), style="bold"), indent + 2)
        files = list(map(_file, one.message.attachments))
        show(Text(harmless("\n".join([*filter(None, [own_words(one.message)]), *files]))), indent + 2)


def own_words(message: KeptMessage) -> str:
    """What the writer says, without what is quoted, signatures and footers; all of it where there is nothing else."""
    return own(message.text, message.spans).strip() or message.text if message.spans else message.text


def _letter(message: KeptMessage) -> Text:
    """A message's text and files; what is not the writer's own is there, but stands back."""
    shown, at = Text(), 0
    for kind, start, end in message.spans:
        shown.append(harmless(message.text[start:end]), style="" if kind == "own" else "dim")
        at = end
    shown.append(harmless(message.text[at:]))
    for more in (*map(_file, message.attachments), *tombstone(message)):
        shown.append(("\n" if shown.plain else "") + harmless(more))
    return shown


def planned(
    what: str, whole: int, parts: int, files: int, words: Mapping[str, int], examples: Sequence[KeptMessage]
) -> None:
    """What a redaction would take out, before anybody agrees to it."""
    counts = [(whole, "message whole", "messages whole"), (parts, "message in part", "messages in part")]
    counts.append((files, "attached file", "attached files"))
    told = ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counts if n)
    talk(f"To be taken out{' with all names' if what == 'person' else ''}: {told or 'names only'}.")
    for message in examples:
        line_ = one_line(own_words(message) or body(message), 100)
        talk(f"  {message.id}  {sender_name(message)}: {line_}", "dim")
    if whole + parts > len(examples):
        talk(f"  … and {whole + parts - len(examples):,} more", "dim")
    if words:
        most = sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:_LISTED]
        talk("Words: " + ", ".join(f"“{one_line(word, 60)}” {n}×" for word, n in most))
    talk("They go from the database, its index, the kept originals and later sites, and no import brings them back.")
    talk("Sites, exports and backups made before keep them: make those anew.", "yellow")


def agreed(question: str) -> bool:
    """Whether a person says yes; UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise UsageError("Nobody is there to be asked.", remedy="Say it beforehand: --yes")
    talk(f"{question} [y/N]")
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def redacted(messages: int, parts: int, files: int) -> None:
    """What a redaction did."""
    talk(f"Taken out: {messages:,} messages whole, {parts:,} in part; {files:,} kept files written anew.")


def emit_lines(values: Iterable[object]) -> None:
    """One JSON object a line, each as soon as it is there."""
    for value in values:
        emit_line(value)


def write_lines(lines: Iterable[str], out: str) -> None:
    """Lines (each with its newline) into a file that appears whole or not at all; ``-`` is stdout."""
    if out == "-":
        sys.stdout.writelines(lines)
    else:
        write_blocks((one.encode() for one in lines), out)


def write_blocks(blocks: Iterable[bytes], out: str) -> None:
    """Bytes into a file that appears whole or not at all; ``-`` is stdout."""
    if out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.writelines(blocks)
        sys.stdout.buffer.flush()
        return
    target = Path(out)
    fresh = target.with_name(target.name + ".part")
    try:
        with fresh.open("wb") as file:
            file.writelines(blocks)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    talk(f"Written: {target}")


_COLUMNS = ("id", "at_local", "conversation", "sender", "kind", "subject", "text")


def separated(messages: Iterable[KeptMessage], separator: str) -> None:
    """Comma- or tab-separated rows with a header; cells that a spreadsheet would calculate are made text.

    What a terminal obeys is a visible mark here, too: a table is looked at, and a bare CR in it begins another row.
    """
    writer = csv.writer(sys.stdout, delimiter=separator, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for one in messages:
        cells = (one.id, one.at_local, one.conversation_title, sender_name(one), one.kind, one.subject, body(one))
        writer.writerow(csv_safe(harmless(cell or "")) for cell in cells)


def found(shown: int, total: int, *, exact: bool) -> None:
    """How much of it was shown, on stderr."""
    if not total:
        talk("Nothing found. Fewer words, or a prefix such as water*, find more.")
    elif total > shown:
        talk(f"{shown:,} of {'' if exact else 'more than '}{total:,} shown; -n {shown * 5} shows more.", "dim")
