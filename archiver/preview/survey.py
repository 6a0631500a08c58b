"""What a snapshot would expose: counts, people, samples, and what does harm at once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from archiver.casting import Cast, newly
from archiver.choosing import left_out
from archiver.contracts import Library
from archiver.model import KeptMessage
from archiver.privacy import HIGH_RISK
from archiver.publish import Seen
from archiver.text import one_line

_SAMPLES = 3  # of each kind
_AROUND = 48  # signs of a sample on either side of its mark


class Shown(NamedTuple):
    """A conversation as its page would be headed."""

    title: str
    kind: str
    messages: int
    people: int


class New(NamedTuple):
    """Somebody who appears and did not the last time, under this name: ``own`` or ``pseudonym``."""

    name: str
    how: str


class Risk(NamedTuple):
    """A message, by its id in the archive, with something that does harm at once."""

    id: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """All of it. *hash* is what ``--accept`` takes: the same for the same pages. *left_out*: titles of talk between
    two people that was not named by itself. *people* counts those who speak by how they appear: own, pseudonym,
    member, left_out. *own*: the names of people that are shown. *hidden* counts by kind what is masked, *samples* are
    lines as they would be shown. *attachments* counts files by their state.
    """

    hash: str
    conversations: tuple[Shown, ...]
    left_out: tuple[str, ...]
    messages: int
    people: Mapping[str, int]
    own: tuple[str, ...]
    new: tuple[New, ...]
    first: bool
    hidden: Mapping[str, int]
    samples: Mapping[str, tuple[str, ...]]
    risks: tuple[Risk, ...]
    attachments: Mapping[str, int]


def survey(library: Library, seen: Seen, cast: Cast, before: Mapping[bytes, str], names: Sequence[str]) -> Exposure:
    """Reads everything once as `publish` would. *before*: who appeared in that folder the last time; *names*: the
    conversations that were named."""
    samples: dict[str, list[str]] = {}
    attachments: Counter[str] = Counter()
    messages = 0
    for shown, kinds in _read(seen):
        messages += 1
        attachments.update(file.state for file in shown.attachments)
        for kind in kinds:
            if len(some := samples.setdefault(kind, [])) < _SAMPLES:
                some.append(_sample(shown, seen.masked.mark(kind), cast))
    people, own = appearing(seen, cast)
    return Exposure(
        hash=seen.report,
        conversations=tuple(
            Shown(one.title, one.kind, one.messages, one.people) for one in seen.masked.conversations()
        ),
        left_out=tuple(one.title for one in left_out(library.conversations(), names)),
        messages=messages,
        people=people,
        own=tuple(own.values()),
        new=tuple(new(seen, cast, before)),
        first=not before,
        hidden={kind: count for kind, count in seen.masked.counts.items() if count and kind != "member"},
        samples={kind: tuple(some) for kind, some in sorted(samples.items())},
        risks=tuple(Risk(name, kinds) for name, kinds in seen.masked.risks.items()),
        attachments=dict(sorted(attachments.items())),
    )


def _read(seen: Seen) -> Iterator[tuple[KeptMessage, list[str]]]:
    """Every message as it would be shown, with the kinds of what was hidden in it."""
    for conversation in seen.chosen:
        messages = seen.masked.messages(conversation.id)
        before: Counter[str] = Counter()
        for shown in messages:
            tally = seen.masked.tally(conversation.id)
            yield shown, sorted((tally - before).keys() - {"kept_back"})
            before = Counter(tally)


def _sample(message: KeptMessage, mark: str, cast: Cast) -> str:
    """The line around a mark, or around the name that stands for another."""
    marks = [mark] if mark else [*cast.pseudonyms.values(), "" if cast.naming is None else cast.naming.mark]
    told = [message.text, message.subject or "", *(file.name or "" for file in message.attachments)]
    for text in told:
        at = min((found for one in marks if one and (found := text.find(one)) >= 0), default=-1)
        if at >= 0:
            start = max(0, at - _AROUND)
            return ("…" if start else "") + one_line(text[start : at + 2 * _AROUND], 2 * _AROUND)
    return ""


def appearing(seen: Seen, cast: Cast) -> tuple[dict[str, int], dict[int, str]]:
    """How many of those who speak appear how, and the names of people that are shown, by the person's number."""
    speakers = {one.person: one for conversation in seen.chosen for one in seen.masked.people(conversation.id)}
    mine = {one.id for one in cast.own}
    members = seen.masked.members
    own = {number: one.name for number, one in speakers.items() if number in mine and one.name not in members}
    hidden = sum(number in cast.pseudonyms for number in speakers)
    people = {
        "own": len(own),
        "pseudonym": hidden,
        "member": len(speakers) - len(own) - hidden,
        "left_out": len(cast.left_out),
    }
    return people, dict(sorted(own.items(), key=lambda pair: (pair[1], pair[0])))


def new(seen: Seen, cast: Cast, before: Mapping[bytes, str]) -> list[New]:
    """Who speaks and did not appear in this way the last time; those under their own names first."""
    speakers = {one.person: one for conversation in seen.chosen for one in seen.masked.people(conversation.id)}
    fresh = [New(speakers[one.id].name, how) for one, how in newly(cast, before) if one.id in speakers]
    return sorted(fresh, key=lambda one: (one.how, one.name))


def risky(exposed: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many messages hold what does harm at once, by its kind."""
    counted = Counter(kind for kinds in exposed.values() for kind in kinds if kind in HIGH_RISK)
    return dict(sorted(counted.items()))
