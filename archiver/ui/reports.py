"""Reports to a person: what an import did and lost, and what an input is before it is imported."""

from collections.abc import Iterator

from archiver.contracts import Detected, Finding
from archiver.model import Guess, ImportReport
from archiver.text import one_line
from archiver.ui.console import printer, talk

_LISTED = 10  # files left alone that are shown to a person
_TALKERS = 4

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
    show = printer()

    def say(text: str, indent: int, style: str = "") -> None:
        show([(text, style)], indent)

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
    if chat.begins:
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
