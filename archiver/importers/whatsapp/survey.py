"""What the first megabyte of a chat tells before it is read: line ends, senders, title, kind, evidence of dates."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from archiver.importers.whatsapp.heads import Head
from archiver.importers.whatsapp.order import Evidence, Numbers
from archiver.importers.whatsapp.phrases import event, languages, opening, you
from archiver.importers.whatsapp.template import SENDER, Learned, Sighting, Template
from archiver.importers.whatsapp.titles import exported
from archiver.importers.whatsapp.words import fold, plain

_FILE_DATE = re.compile(rb"-(20\d\d)-(\d\d)-(\d\d)-\d\d-\d\d-\d\d")
_WA_DATE = re.compile(rb"-(20\d\d)(\d\d)\d\d-WA\d{4}")
_MARKS = (b"\xe2\x80\x8e", b"\xe2\x80\x8f")
_ANGLED = re.compile(rb"<([^<>\n]{2,60})>|\(([^()\n]{3,60})\)")
_SECOND_NAME = re.compile(rb"([^:\r\n]{1,60}): ")
REGION = 40  # heads in a row that make a part of a file, not a pasted chat
_LONGEST_HEAD = 512  # bytes; heads have at most 110 characters
_SOME = 2000  # messages that are enough to tell habits
_MOSTLY = 3  # messages before a colon in all of them counts as part of a name
_LOG_LEVELS = frozenset({"trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal"})

Triple = tuple[bytes, bytes, bytes]


@dataclass(slots=True)
class Survey:
    """What a sample says. *labels* counts the senders of typed lines; *doubles* are names with a colon in them,
    by their first part; *titles* are titles the text itself gives, best first; *group*: something in it is only
    said in groups."""

    separator: bytes
    marks: bool = False
    labels: Counter[str] = field(default_factory=Counter)
    doubles: dict[bytes, bytes] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    group: bool = False
    language: str = ""

    def is_log(self) -> bool:
        """Whether the senders are the levels of a program's log."""
        return bool(self.labels) and all(label.casefold() in _LOG_LEVELS for label in self.labels)


def separator_of(learned: Learned) -> bytes:
    """What ends a message: CRLF where (nearly) all heads follow one, lone CR likewise, else LF.

    iOS ends messages with CRLF and writes LF inside them, so there a majority will do: a line after a bare LF is
    part of a message, whatever it looks like.
    """
    ends = [sighting.after for sighting in learned.own() if sighting.after]
    after, total = Counter(ends), len(ends)
    if any(end == b"\n" and len(list(run)) >= REGION for end, run in groupby(ends)):
        return b"\n"
    ios = bool(learned.templates) and learned.templates[0].shape.closing != "-"
    if after[b"\r\n"] > (total // 2 if ios else total * 0.98):
        return b"\r\n"
    return b"\r" if after[b"\r"] > total * 0.8 else b"\n"


def splitter(templates: Iterable[Template], separator: bytes) -> re.Pattern[bytes]:
    """The regex that splits text into text before, then head, sender and body of each message."""
    heads = b"|".join(template.head for template in templates)
    return re.compile(separator + b"(" + heads + b")" + SENDER)


def take(sample: bytes, learned: Learned) -> Survey:
    """The survey of a sample in UTF-8, whose last line may be cut."""
    survey = Survey(separator_of(learned))
    parts = splitter(learned.templates, survey.separator).split(survey.separator + sample)[1:]
    triples = list(zip(parts[::3], parts[1::3], parts[2::3], strict=True))
    survey.marks = any(body.startswith(_MARKS) for _, _, body in triples)
    typed = [(label, body) for _, label, body in triples if label and not body.startswith(_MARKS)]
    for label, count in Counter(label for label, _ in typed).items():
        survey.labels[plain(label.decode("utf-8", "replace").strip().removesuffix(":"))] += count
    survey.doubles = _doubles(typed[:_SOME])
    survey.language = _language(body for _, body in typed[:_SOME])
    _read_events(survey, triples)
    before = sample.partition(triples[0][0])[0].decode("utf-8", "replace").splitlines() if triples else []
    survey.titles = [found for line in before[:3] if (found := exported(line))] + survey.titles
    return survey


def _doubles(typed: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Names with a colon in them: each message of ``Ann`` begins with ``Work: ``."""
    seconds: dict[bytes, Counter[bytes]] = {}
    for label, body in typed:
        match = _SECOND_NAME.match(body)
        seconds.setdefault(label, Counter())[match[1] if match else b""] += 1
    return {
        label: next(iter(found))
        for label, found in seconds.items()
        if len(found) == 1 and b"" not in found and found.total() >= _MOSTLY
    }


def _language(bodies: Iterable[bytes]) -> str:
    """The language of most placeholders, "" if there are none or they are of several languages."""
    found: Counter[str] = Counter()
    for body in bodies:
        if (b"<" in body or b"(" in body) and (match := _ANGLED.search(body[:400])):
            text = (match[1] or match[2]).decode("utf-8", "replace")
            tongues = languages("omitted_media", text) or languages("file_attached", text)
            if tongues and " " not in tongues:
                found[tongues.partition("-")[0]] += 1
    return found.most_common(1)[0][0] if found else ""


def _read_events(survey: Survey, triples: Sequence[Triple]) -> None:
    """Titles, and whether it is a group, from the lines of the app itself."""
    created: list[str] = []
    noticed: list[str] = []
    for _, label, body in triples:
        if label and not body.startswith(_MARKS):
            continue
        line = body.decode("utf-8", "replace").partition("\n")[0].strip("\r")
        if fold(line).startswith(opening("e2e_notice")):
            noticed += [plain(label.decode("utf-8", "replace").strip().removesuffix(":"))] if label else []
        elif (found := event(line)) is not None:
            survey.group |= found.what in {"created", "added", "removed", "joined", "left", "subject", "icon"}
            if found.what in {"created", "subject"} and found.titles:
                created.append(plain(found.titles[-1]))
    survey.titles = [title for title in (*reversed(created), *noticed) if title and fold(title) not in you()]


def evidence(survey: Survey, learned: Learned, more: Sequence[Numbers] = ()) -> Evidence:
    """What the sample says about the order of day and month; *more*: the dates of the whole file."""
    template = learned.templates[0]
    layout = template.shape.layout
    own = [sighting for sighting in learned.own() if sighting.head.shape == template.shape]
    heads = [sighting.head for sighting in own]
    words = [plain(head.gaps[i]) for head in heads for i in (layout.tail, layout.glue)]
    return Evidence(
        template.shape,
        more or _changes(date_of(head) for head in heads),
        list(_stamps(own)),
        padded=sum(number < 10 < 10**width for head in heads for number, width in _date_runs(head) if width == 2),
        unpadded=sum(width == 1 for head in heads for _, width in _date_runs(head)),
        lower_case=any(re.fullmatch("[ap]m", word.strip(" ,")) for word in words),
        marked=any(b"\xe2\x80\x8f" in sighting.line[3 : 2 * sighting.head.length] for sighting in own[:50]),
        language=survey.language,
    )


def date_of(head: Head) -> Numbers:
    """The numbers of a head's date, as written."""
    layout = head.shape.layout
    return head.numbers[layout.date_at :][: layout.dates]


def _date_runs(head: Head) -> Iterator[tuple[int, int]]:
    layout = head.shape.layout
    runs = zip(head.numbers, head.widths, strict=True)
    return (run for i, run in enumerate(runs) if layout.date_at <= i < layout.date_at + layout.dates)


def _changes(dates: Iterable[Numbers]) -> list[Numbers]:
    """The dates in file order, each once as long as it does not change."""
    return [numbers for numbers, _ in groupby(dates)]


def all_dates(blocks: Iterable[bytes], template: Template, separator: bytes) -> Iterator[list[Numbers]]:
    """The dates of a whole file in file order, each once as long as it does not change: what is known after 1, 2, 4
    … blocks, and at the end. Nothing else is decoded."""
    pattern = re.compile(separator + template.date)
    dates: list[Numbers] = []
    carried, due = separator, 1
    for count, block in enumerate(blocks, start=1):
        text = carried + block
        cut = max(text.rfind(separator), len(text) - _LONGEST_HEAD)  # a head this far from the end is whole
        dates += _numbers(pattern.findall(text, 0, cut if text.startswith(separator, cut) else len(text)))
        carried = text[cut:] if text.startswith(separator, cut) else text[-1:]
        if count == due:
            due *= 2
            yield _changes(dates)
    yield _changes([*dates, *_numbers(pattern.findall(carried))])


def _numbers(written: Iterable[bytes]) -> Iterator[Numbers]:
    return (tuple(int(run) for run in re.findall(r"\d+", raw.decode())) for raw, _ in groupby(written))


def _stamps(own: Iterable[Sighting]) -> Iterator[tuple[Numbers, date]]:
    """Dates as written beside the dates in the names of attachments (iOS)."""
    for sighting in own:
        if match := _FILE_DATE.search(sighting.line):
            with suppress(ValueError):
                yield date_of(sighting.head), date(*(int(part) for part in match.groups()))


def first_year(learned: Learned) -> int | None:
    """The year of the first message where heads have none, by the first attachment whose name holds a date."""
    turns, before = 0, 0
    for sighting in learned.own():
        month = learned_month(sighting.head)
        turns += month < before - 6
        before = month
        if match := _FILE_DATE.search(sighting.line) or _WA_DATE.search(sighting.line):
            return int(match[1]) - turns
    return None


def learned_month(head: Head) -> int:
    """The month of a head without a year, for counting turns of the year; read day first where both are numbers."""
    found = (head.shape.layout.meaning(gap, i) for i, gap in enumerate(head.gaps))
    named = next((meaning.month for meaning in found if meaning and meaning.month), None)
    return named or min(date_of(head))


def period_words(learned: Learned) -> set[str]:
    """The folded day-period words in the sample's heads."""
    words = set()
    glued = {template.shape: template.glued for template in learned.templates}
    for head in (sighting.head for sighting in learned.own()):
        for i, gap in enumerate(head.gaps):
            found = head.shape.layout.meaning(gap, i, glued=glued[head.shape])
            words |= {found.period} if found and found.period else set()
    return words


def hours(learned: Learned) -> list[int]:
    """The hours in the sample's heads, as written."""
    return [sighting.head.numbers[sighting.head.shape.layout.time_at] for sighting in learned.own()]
