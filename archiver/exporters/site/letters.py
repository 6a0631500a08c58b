"""Messages as HTML. This is where the time goes, so it is plain escaping and f-strings, with the rest cached."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import groupby

from archiver.exporters.site.enclosed import enclosed
from archiver.exporters.site.paging import day_of
from archiver.exporters.site.patches import may_hold_patches, parts
from archiver.exporters.site.prose import clean, prose, snippet
from archiver.exporters.site.words import Words
from archiver.model import Attachment, KeptMessage, PublishedFile, Reaction, Sender

# What of a letter is folded away, and under which word.
_FOLDED = {
    "quote": "quoted",
    "attribution": "quoted",
    "signature": "ending",
    "disclaimer": "ending",
    "footer": "ending",
}
_INKS = 8  # colours of names in the stylesheet
_PAUSE = 15  # minutes after which a name is said again


@dataclass(frozen=True, slots=True)
class Quote:
    """What a reply shows of the message it answers: where it stands, and its first line (HTML)."""

    path: str
    anchor: str
    html: str


class Letters:
    """Writes a conversation's pages in order; remembers only the messages that later ones reply to."""

    def __init__(self, words: Words, answered: frozenset[str]) -> None:
        self._words = words
        self._answered = answered
        self._quotes: dict[str, Quote] = {}
        self._bylines: dict[Sender | None, str] = {}

    def page(self, messages: Iterable[KeptMessage], path: str) -> str:
        """The messages of one page, under a rule for each day. *path* is the page's file name."""
        rows: list[str] = []
        ruled: set[str] = set()
        day: str | None = None
        before: KeptMessage | None = None
        for message in messages:
            if day_of(message) != day:
                day, before = day_of(message), None
                rows.append(self._rule(day, first=day not in ruled))
                ruled.add(day)
            rows.append(self._row(message, before, path))
            before = message
            if message.id in self._answered:
                self._quotes[message.id] = self.quote_of(message, path)
        return "".join(rows)

    def _rule(self, day: str, *, first: bool) -> str:
        anchor = f' id="d-{day}"' if first and day else ""
        name = escape(self._words.day(day))
        shown = f'<time datetime="{day}">{name}</time>' if day else name
        return f"<h2{anchor}>{shown}</h2>\n"

    def _row(self, message: KeptMessage, before: KeptMessage | None, path: str) -> str:
        anchor = fragment(message.id)
        link = f'<a href="#m-{anchor}"{self._time(message)}</a>'
        if message.kind != "text" and message.kind.startswith(("event", "call")):
            return self.event(message, link)
        head = "" if _goes_on(message, before) else self.byline(message.sender)
        reply = "" if message.reply_to is None else self.reply(message.reply_to, path)
        return f'<article id="m-{anchor}">{head}{link}{self.body(message, reply)}</article>\n'

    def event(self, message: KeptMessage, link: str) -> str:
        """What happened, on a line of its own, with its permalink."""
        said = prose(message.text) if message.text else self.instead(message)
        return f'<p class="e" id="m-{fragment(message.id)}"><bdi>{said}</bdi> {link}</p>\n'

    def _time(self, message: KeptMessage) -> str:
        """The inside of a permalink, from the end of its opening tag on."""
        local, edited = message.at_local, ""
        if message.edited_at is not None:
            edited = f" <i>{self._words.say('edited')}</i>"
        if not local or message.precision == "day":
            return f' aria-label="{escape(self._words.say("permalink"))}">§{edited}'
        return f'><time datetime="{local[:16]}">{local[11:16]}</time>{edited}'

    def body(self, message: KeptMessage, reply: str, *, subject: bool = True) -> str:
        """What stands under a name; *reply* is the quoted line of what it answers."""
        if message.kind == "deleted" or message.deleted_at is not None:
            return f'<p class="q">{self.instead(message, "deleted")}</p>'
        shown = [reply] if reply else []
        if message.subject and subject:
            shown.append(f'<p class="s" dir="auto">{escape(clean(message.subject), quote=False)}</p>')
        if message.text:
            shown.append(self._folded(message) if message.spans else _paragraphs(message.text))
        elif not message.attachments and not message.subject:
            shown.append(f'<p class="q">{self.instead(message)}</p>')
        if message.attachments:
            shown += map(self._file, message.attachments)
        if "redacted" in message.extra and message.kind != "redacted":
            shown.append(f'<p class="q">{escape(self._tombstone(message), quote=False)}</p>')
        if message.reactions:
            shown.append(self._reactions(message.reactions))
        return "".join(shown)

    def _folded(self, message: KeptMessage) -> str:
        """A letter's own words; what it quotes, and what is on every letter, behind a word to open it."""
        shown = []
        for fold, run in groupby(message.spans, lambda span: _FOLDED.get(span.kind, "")):
            pieces = list(run)
            if not (text := message.text[pieces[0].start : pieces[-1].end].strip("\r\n")):
                continue
            said = _paragraphs(text)
            if fold:
                said = f"<details><summary>{escape(self._words.say(fold))}</summary>{said}</details>"
            shown.append(said)
        return "".join(shown)

    def instead(self, message: KeptMessage, kind: str = "") -> str:
        """Words (HTML) for a message that has none of its own."""
        return escape(self.plainly(message, kind), quote=False)

    def plainly(self, message: KeptMessage, kind: str = "") -> str:
        """The same, not escaped."""
        if message.kind == "redacted":
            return self._tombstone(message)
        whole = kind or ("deleted" if message.deleted_at is not None else message.kind)
        return self._words.one_of("kinds", whole, whole.partition(".")[0])

    def _tombstone(self, message: KeptMessage) -> str:
        """That words were taken out, when, and why."""
        told = message.extra.get("redacted")
        more = told if isinstance(told, Mapping) else {}
        kind = "redacted_part" if more.get("part") else "redacted"
        day = self._words.day(str(more.get("at", "")), weekday=False)
        return f"{self._words.one_of('kinds', kind)} {day}: {clean(str(more.get('reason', '')))}"

    def byline(self, sender: Sender | None) -> str:
        """Whose words follow; everybody's ink is settled when they are first met."""
        known = self._bylines.get(sender)
        if known is None:
            name = clean(sender.name).strip() if sender is not None else ""
            name = name or self._words.say("somebody")
            ink = len(self._bylines) % _INKS  # in the order of their first words: later voices change nothing
            shown = escape(name, quote=False)
            known = f'<h3 class="k{ink}" data-i="{escape(initials(name))}"><bdi>{shown}</bdi></h3>'
            self._bylines[sender] = known
        return known

    def reply(self, to: str, path: str) -> str:
        """The quoted line of the message *to* that one on the page *path* answers."""
        return self.quoted(self._quotes.get(to), path)

    def quoted(self, quote: Quote | None, path: str) -> str:
        """The line itself, leading to where it was said."""
        if quote is None:
            return f"<blockquote>{escape(self._words.say('reply_elsewhere'))}</blockquote>"
        place = "" if quote.path == path else quote.path
        return f'<blockquote><a href="{place}#m-{quote.anchor}">{quote.html}</a></blockquote>'

    def quote_of(self, message: KeptMessage, path: str) -> Quote:
        """What replies to it will show; *path* is the page it stands on."""
        name = clean(message.sender.name) if message.sender is not None else self._words.say("somebody")
        withdrawn = message.kind == "deleted" or message.deleted_at is not None
        line = self._words.one_of("kinds", "deleted") if withdrawn else snippet(message.text)
        if message.kind == "redacted":
            line = self._words.one_of("kinds", "redacted")
        if not line and message.attachments:
            line = self._medium(message.attachments[0])
        shown = f"<b><bdi>{escape(name)}</bdi></b> <bdi>{escape(line, quote=False)}</bdi>"
        return Quote(path, fragment(message.id), shown)

    def _file(self, file: Attachment) -> str:
        if isinstance(file, PublishedFile):
            return enclosed(file, self._words)
        name = f" <bdi>{escape(clean(file.name), quote=False)}</bdi>" if file.name else ""
        state = escape(self._words.one_of("states", file.state))
        return f'<p class="f">{escape(self._medium(file))}{name} <small>{state}</small></p>'

    def _medium(self, file: Attachment) -> str:
        return self._words.one_of("media", (file.media_type or "").partition("/")[0])

    def _reactions(self, reactions: tuple[Reaction, ...]) -> str:
        counts: Mapping[str, int] = Counter(clean(reaction.value) for reaction in reactions)
        shown = (escape(value, quote=False) + (f" {count}" if count > 1 else "") for value, count in counts.items())
        return f'<p class="r"><span>{escape(self._words.say("reactions"))} </span>{" · ".join(shown)}</p>'


def fragment(identifier: str) -> str:
    """An id as it stands in a page; those of an archive need no escaping."""
    return identifier if identifier.isalnum() else escape(identifier)


def _paragraphs(text: str) -> str:
    """A text as HTML; patches in it keep their shape."""
    if not may_hold_patches(text):
        return f'<p dir="auto">{prose(text)}</p>'
    return "".join(
        f'<p dir="ltr"><code class="c">{escape(clean(piece), quote=False)}</code></p>'
        if patch
        else f'<p dir="auto">{prose(piece)}</p>'
        for patch, piece in parts(text)
    )


def initials(name: str) -> str:
    """One or two characters that stand for a name: of its first and its last word; a number's digits."""
    words = [word for word in ("".join(filter(str.isalnum, part)) for part in name.split()) if word]
    if not words:
        return name[:1]
    if len(words) > 1 and words[-1].isdecimal():
        return words[-1][-3:]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _goes_on(message: KeptMessage, before: KeptMessage | None) -> bool:
    """Whether the same person simply goes on talking, so that the name need not be said again."""
    if before is None or before.kind.startswith(("event", "call")):
        return False
    if before.sender is not message.sender and before.sender != message.sender:
        return False
    return 0 <= _minutes(message) - _minutes(before) < _PAUSE


def _minutes(message: KeptMessage) -> int:
    """Minutes of the day on the wall; 0 when there is no time."""
    local = message.at_local
    return int(local[11:13]) * 60 + int(local[14:16]) if local and len(local) >= 16 else 0
