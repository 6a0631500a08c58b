"""What is to be taken out of the archive: shown, asked, and told when it is done."""

import sys
from collections.abc import Mapping, Sequence

from archiver.errors import UsageError
from archiver.model import KeptMessage
from archiver.text import one_line
from archiver.ui.console import talk
from archiver.ui.messages import body, own_words, sender_name

SHOWN = 10  # messages of a redaction that are shown beforehand
_LISTED = 10  # words likewise


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


def redacted(messages: int, parts: int, files: int, left_out: int) -> None:
    """What a redaction did. *left_out*: members of zips that nobody can look into."""
    talk(f"Taken out: {messages:,} messages whole, {parts:,} in part; {files:,} kept files written anew.")
    if left_out:
        talk(
            f"{left_out:,} files in zips nobody can look into, for they have a password or are packed in an unknown "
            "way; they went, too. Their names: archive audit list --json",
            "yellow",
        )
