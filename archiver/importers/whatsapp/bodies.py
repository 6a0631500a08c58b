"""What kind of message a body is, and which part of it a person typed.

iOS puts an invisible mark before the text it generates, so there the mark decides and the wording only labels;
elsewhere, and where another tool has lost the marks, whole lines are compared with the app's own words.
"""

import re
from dataclasses import dataclass, field

from archiver.importers.whatsapp import attachments
from archiver.importers.whatsapp.attachments import Sibling
from archiver.importers.whatsapp.phrases import calls, event, opening, phrases, whole_lines
from archiver.importers.whatsapp.words import fold, plain, without_marks
from archiver.model import Attachment

_EDITED = re.compile("( ?)([\u200e\u200f]?)<([^<>\n:：]{3,90})>")
_MAP = re.compile(r"([^\n:：]{1,40})[:：] ?(https?://maps\.google\.\w+/(?:maps)?\?q=(-?[\d.]+),(-?[\d.]+)\S*)")
_PLACE = re.compile(r"(?:([^\n]{1,300}?)(?:: |\n))?(https?://(?:\w+\.)?foursquare\.com/v/\S+)")
_ADDRESS = re.compile(r"(.{1,200}) \((.{1,200})\)")
_MENTION = re.compile("@(?:\u2068([^\u2069\n]{1,100})\u2069|(\\d{7,15})(?!\\d))")
_OPTION = re.compile(r"([^\n:：]{2,30}?) ?[:：] ?(.*?)(?: \(([^()\n]*)\))?")
_HEADER = re.compile(r"[^\W\d_]{3,30} ?[:：]")
_LONGEST_DEED = 300
_LONGEST_LINE = 200
_NUMBER = re.compile(r"\d+")


@dataclass(slots=True)
class Reading:
    """A body understood. *actor* is the label of the one who did it, "" the exporter, None unknown."""

    kind: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    edited: bool = False
    deleted: bool = False
    extra: dict[str, object] = field(default_factory=dict)
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """What a file's bodies can be trusted with: *ios* shape of heads, *marks* before generated text."""

    ios: bool
    marks: bool
    sibling: Sibling


def read_body(body: str, habits: Habits, sender: str, *, marked: bool) -> Reading:
    """A body with a sender. *marked*: a mark stands before the head, as iOS does it for attachments."""
    generated = body[:1] in _MARKS_SET
    trusted = generated or marked or not (habits.ios and habits.marks)
    typed, marker = _split_edited(body, marked=marked)
    reading = _attached(typed, habits, trusted=trusted, marked=marked)
    if reading is None and trusted and (generated or _may_be_generated(typed)):
        reading = _generated(typed)
    if reading is None and ((generated and habits.ios) or _done_to(sender, typed)):
        reading = read_event(typed)
    reading = reading or _place(typed) or Reading("text", typed)
    if marker:
        reading.edited = True
        reading.extra["edited_marker"] = marker
    if "@" in reading.text and (mentions := [a or b for a, b in _MENTION.findall(reading.text)]):
        reading.extra["mentions"] = mentions
    return reading


def _done_to(sender: str, text: str) -> bool:
    """Whether *text* says what the exporter did to *sender*: ``Ana: You removed Ana`` was not said by Ana."""
    name = plain(sender)
    if len(text) > _LONGEST_DEED or name not in text:
        return False
    found = event(text)
    return found is not None and found.actor == "" and name in found.people


_MARKS_SET = ("\u200e", "\u200f")


def read_event(line: str) -> Reading:
    """A line of the app itself: a call, a deletion, or ``event.<what>``; its text stays as it is written."""
    found = event(line)
    if found is None:
        return _generated(line) or _announced(line)
    extra: dict[str, object] = {}
    if found.people:
        extra["people"] = list(found.people)
    if found.titles and found.what in {"created", "subject"}:
        extra["titles"] = list(found.titles)
    return Reading(f"event.{found.what}", line, extra=extra, actor=found.actor)


def _announced(line: str) -> Reading:
    folded = fold(line)
    for kind, what in (("e2e_notice", "encryption"), ("security_code", "security_code")):
        if folded.startswith(opening(kind)):
            return Reading(f"event.{what}", line)
    return Reading("event.other", line)


def _split_edited(body: str, *, marked: bool) -> tuple[str, str]:
    """(what was typed, the generated ``<This message was edited>`` behind it or "")."""
    start = body.rfind("<")
    if start <= 0 or not body.endswith(">"):
        return body, ""
    start -= body[start - 1] in _MARKS_SET
    start -= start > 0 and body[start - 1] == " "
    match = _EDITED.fullmatch(body, start)
    if match is None:
        return body, ""
    known = fold(match[3]) in phrases("edited")
    shaped = bool(match[2]) and not marked and fold(match[3]) not in phrases("omitted_media")
    return (body[:start], body[start:]) if known or (shaped and start > 0) else (body, "")


def _attached(text: str, habits: Habits, *, trusted: bool, marked: bool) -> Reading | None:
    found = attachments.find(text, habits.sibling, trusted=trusted, marked=marked)
    if found is None or (found.attachment.name is None and not marked and habits.ios and not trusted):
        return None
    extra: dict[str, object] = {"placeholder": found.placeholder}
    if found.document:
        extra["document"] = {"name": found.document, "pages": found.pages}
    contact = found.attachment.media_type == "text/vcard"
    kind = "text" if found.text else "contact" if contact else "media"
    return Reading(kind, found.text, (found.attachment,), extra=extra)


def _may_be_generated(text: str) -> bool:
    """A quick sieve for text without a mark: the app's own lines are short, polls aside."""
    line, newline, _ = text.partition("\n")
    return line.rstrip().endswith((":", "：")) if newline else len(text) <= _LONGEST_LINE


def _generated(text: str) -> Reading | None:
    """Deleted, waiting, view once, calls, polls, locations: what the app writes in a person's name."""
    if "\n" in text:
        return _poll(text)
    folded = fold(text)
    if kind := whole_lines().get(folded):
        return _deleted(folded, text) if kind == "deleted" else Reading(kind, text)
    if folded == "null":
        return Reading("unknown", text, extra={"placeholder": "null"})
    if folded.startswith(opening("deleted_by_admin")):
        return _by_admin(folded, text)
    return _map(text) if "://maps" in text else _call(folded, text)


def _deleted(folded: str, text: str) -> Reading:
    own = folded in phrases("deleted_own") and folded not in phrases("deleted")
    return Reading("deleted", text, deleted=True, extra={"deleted_by": "self"} if own else {})


def _by_admin(folded: str, text: str) -> Reading:
    start = max((phrase for phrase in opening("deleted_by_admin") if folded.startswith(phrase)), key=len)
    name = plain(text)[len(start) :].strip(" .")
    extra: dict[str, object] = {"deleted_by": "admin"} | ({"people": [name]} if name else {})
    return Reading("deleted", text, deleted=True, extra=extra)


def _poll(text: str) -> Reading | None:
    """``POLL:``, the question, then one ``OPTION: text (2 votes)`` a line; the words in any language."""
    header, _, rest = text.partition("\n")
    lines = rest.split("\n")
    first = plain(header)
    if not rest or not _HEADER.fullmatch(first) or first != first.upper():
        return None
    known = fold(first) in phrases("poll_header") or header[:1] in _MARKS_SET
    at = next((i for i, line in enumerate(lines) if i and _is_option(line)), None)
    if at is None or not known:
        return None
    options = [
        _OPTION.fullmatch(without_marks(line).strip(" \r")) for line in lines[at:] if line.strip("\u200e\u200f \r")
    ]
    votes = [
        {"text": option[2], "votes": int(number[0]) if (number := _NUMBER.search(option[3] or "")) else None}
        for option in options
        if option
    ]
    question = without_marks("\n".join(lines[:at])).strip("\r\n ")
    return Reading("poll", text, extra={"question": question, "options": votes})


def _is_option(line: str) -> bool:
    word = plain(line.partition(":")[0]) + ":"
    return line[:1] in _MARKS_SET or fold(word) in phrases("poll_option")


def _map(text: str) -> Reading | None:
    """``Location: https://maps.google.com/?q=lat,long`` and its live sister."""
    match = _MAP.fullmatch(without_marks(text).strip())
    if match is None:
        return None
    if fold(match[1]) in phrases("live_location"):
        return Reading("live_location", text, extra={"url": match[2]})
    known = fold(match[1]) in phrases("location") or text[:1] in _MARKS_SET
    extra: dict[str, object] = {"latitude": match[3], "longitude": match[4], "url": match[2]}
    return Reading("location", text, extra=extra) if known else None


def _place(text: str) -> Reading | None:
    """A Foursquare place: ``Name (address): link``, on Android the name on a line of its own."""
    match = _PLACE.fullmatch(without_marks(text).replace("\r\n", "\n")) if "foursquare.com/v/" in text else None
    if match is None:
        return None
    extra: dict[str, object] = {"url": match[2]}
    if match[1]:
        address = _ADDRESS.fullmatch(match[1])
        extra["name"] = address[1] if address else match[1]
        if address:
            extra["address"] = address[2]
    return Reading("location", text, extra=extra)


def _call(folded: str, text: str) -> Reading | None:
    """``Voice call, 5 min``, ``Missed video call. Tap to call back``: the call, then how long or how it ended."""
    named, stop, rest = folded.partition(next((char for char in folded if char in ",.;"), "\n"))
    kind = calls().get(named)
    if kind is None:
        return None
    if not stop:
        return Reading(kind, text) if "missed" in kind or text[:1] in _MARKS_SET else None
    said = plain(text)[len(named) + 1 :].strip(" .")
    return Reading(kind, text, extra={"duration" if _NUMBER.search(rest) else "outcome": said})
