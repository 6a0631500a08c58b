"""The app's own words in all languages: which generated phrase a text is. Data in strings.json and events.json."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter

from archiver.importers.whatsapp.words import fold, plain, table, unspaced

MEDIA_TYPES = {  # what a placeholder for one kind of media stands for
    "omitted_media": None,
    "omitted_image": "image/*",
    "omitted_video": "video/*",
    "omitted_audio": "audio/*",
    "omitted_gif": "image/gif",
    "omitted_sticker": "image/webp",
    "omitted_contact": "text/vcard",
    "omitted_document": "application/*",
    "omitted_video_note": "video/*",
}
_WHOLE = (  # phrases that are a whole line, and the kind of message that line is
    ("deleted", "deleted"),
    ("deleted_own", "deleted"),
    ("waiting", "waiting"),
    ("view_once", "view_once"),
    ("cannot_display", "waiting"),
    ("missed_voice", "call.missed_voice"),
    ("missed_video", "call.missed_video"),
    ("live_location", "live_location"),
)
_CALLS = (
    ("voice_call", "call.voice"),
    ("video_call", "call.video"),
    ("other_call", "call.other"),
    ("missed_voice", "call.missed_voice"),
    ("missed_video", "call.missed_video"),
)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』〝〞", '"') | dict.fromkeys("‘’‛ʼ", "'"))
_KEPT = 1000
_SLOTS = re.compile(r"\{(name|who|title|n)\}")


@cache
def phrases(kind: str) -> Mapping[str, str]:
    """The phrases of one kind, folded, with the languages that have them."""
    return {fold(phrase): tongues for phrase, tongues in table("strings")["kinds"].get(kind, {}).items()}


@cache
def whole_lines() -> Mapping[str, str]:
    """Folded whole-line phrases → kind of message."""
    return {phrase: kind for name, kind in reversed(_WHOLE) for phrase in phrases(name)}


@cache
def raw_lines() -> frozenset[str]:
    """Whole-line phrases as a phone may write them, for a first sieve that costs one look-up."""
    spoken = [p for name, _ in _WHOLE for p in table("strings")["kinds"][name]]
    spoken += [p for kind in ("call", *MEDIA_TYPES) for p in table("strings")["kinds"][kind]]
    cased = {form for p in spoken for form in (p, p[:1].upper() + p[1:], p[:1].lower() + p[1:])}
    return frozenset(form for text in cased for form in (text, text.removesuffix("."), text + ".")) | {"", "null"}


@cache
def omitted() -> Mapping[str, str]:
    """Folded placeholder → which ``omitted_…`` kind it is."""
    return {phrase: kind for kind in reversed(MEDIA_TYPES) for phrase in phrases(kind)}


@cache
def opening(kind: str) -> tuple[str, ...]:
    """Folded openings, up to the first slot, of lines that go on (end-to-end notice, security code)."""
    return tuple({phrase.partition("{")[0] for phrase in phrases(kind)} - {""})


@cache
def calls() -> Mapping[str, str]:
    """Folded words for a call → kind of message."""
    return {phrase: kind for name, kind in _CALLS for phrase in phrases(name)}


@cache
def you() -> frozenset[str]:
    """Folded words under which the exporter's own actions stand."""
    return frozenset(phrases("you"))


def languages(kind: str, text: str) -> str:
    """The languages in which *text* is a phrase of *kind*; "" if in none."""
    return phrases(kind).get(fold(text), "")


@dataclass(frozen=True, slots=True)
class Event:
    """What a generated line says happened. *actor*: a name, "" for the exporter, None if the line does not say."""

    what: str
    actor: str | None = None
    people: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class _Template:
    """One wording of an event: its fixed parts, and the pattern of the whole line, made when it is first needed."""

    def __init__(self, what: str, wording: str) -> None:
        self.what = what
        self.own = wording.startswith("@")
        self._spoken = plain(wording.removeprefix("@")).translate(_QUOTES)
        self.slots = tuple(_SLOTS.findall(self._spoken))
        fixed = [part.replace('"', "").strip() for part in _SLOTS.split(self._spoken)[::2]]
        self.rarest = max(fixed, key=len)
        self.weight = sum(map(len, fixed))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        pattern = "".join(
            _SLOT_PATTERNS[part] if i % 2 else re.escape(part).replace('"', '"? ?"?')
            for i, part in enumerate(_SLOTS.split(self._spoken))
        )
        tail = r"(?:[.。][ \n].{0,300})?[.。]?"  # "Tap to learn more." and such
        return re.compile(pattern + tail, re.DOTALL)


_SLOT_PATTERNS = {"name": "(.{1,160}?)", "who": "(.{1,400}?)", "title": "(.{0,400}?)", "n": r"(\d+)"}


def event(text: str) -> Event | None:
    """What the generated line *text* says; None when no wording that we know fits. Whole lines, never substrings."""
    if len(text) > _LONGEST_EVENT:
        return None
    line = plain(text)
    space = line.find(" ")
    while space >= 0:  # most lines end as one before them did: "Ana left" after "Ben left"
        if what := _endings.get(line[space:]):
            return Event(what, line[:space])
        space = line.find(" ", space + 1)
    quoted = line if line.isascii() else line.translate(_QUOTES)
    for template in _candidates(quoted):
        if match := template.pattern.fullmatch(quoted):
            return _said(template, match, line)
    return None


_LONGEST_EVENT = 2_000  # characters; no wording with names and titles of full length comes near
_endings: dict[str, str] = {}  # what stands behind the only name in a line → what the line says


def _said(template: _Template, match: re.Match[str], line: str) -> Event:
    said = list(zip(template.slots, match.groups(), strict=True))
    names = [value.strip() for slot, value in said if slot == "name"]
    if template.slots == ("name",) and match.start(1) == 0 and not template.own and len(_endings) < _KEPT:
        _endings[line[match.end(1) :]] = template.what
    return Event(
        template.what,
        "" if template.own else names[0] if names else None,
        tuple(value.strip() for slot, value in said if slot == "who"),
        tuple(value.strip(" .") for slot, value in said if slot == "title"),
    )


def _candidates(line: str) -> Sequence[_Template]:
    """The templates that may fit *line*, those with the longest wording first."""
    anchored = _templates()
    words = set(map(_bare, line.casefold().split()))
    words.add("")
    found = [template for word in words for template in anchored.get(word, ()) if template.rarest in line]
    return sorted(found, key=attrgetter("weight"), reverse=True) if len(found) > 1 else found


def _bare(word: str) -> str:
    return word.strip(".,:;\"'()")


@cache
def _templates() -> Mapping[str, Sequence[_Template]]:
    """Templates of event lines by anchor: the longest word of the wording, "" where words are not spaced."""
    anchored: dict[str, list[_Template]] = {"": []}
    for what, by_language in table("events").items():
        for wordings in by_language.values():
            for wording in wordings:
                anchored.setdefault(_anchor(wording), []).append(_Template(what, wording))
    return anchored


def _anchor(wording: str) -> str:
    if unspaced(wording):
        return ""
    literal = wording.removeprefix("@").translate(_QUOTES).casefold()
    return max((_bare(word) for word in literal.split() if not _SLOTS.search(word)), key=len, default="")
