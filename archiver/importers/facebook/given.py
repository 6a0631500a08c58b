"""Reactions the owner gave, and earlier wordings of what the owner wrote: put on the message they speak of.

Neither names it. A reaction's title says whose post it was; an edit has its words. What fits nothing in the export, or
more than one thing, is counted with its reason (facts 4.3, 4.4).
"""

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field

from archiver.importers.facebook.desk import NO_RECORD, Desk, Outcome, Skipped, Typed, iso, moment, named, spoken
from archiver.importers.facebook.links import Links, Place, author_of, sort_of
from archiver.importers.facebook.records import Record, fields, mapping, objects, words
from archiver.importers.facebook.sentences_posts import REACTION, Said, said
from archiver.model import Reaction
from archiver.text import fold

TOLD_TWICE = "told in the other file of reactions"
NOT_HERE = "what it is about is not in this export"
SEVERAL = "more than one thing fits"

_SIGNS = {
    "like": "👍", "love": "❤", "haha": "😆", "wow": "😮", "sad": "😢", "sorry": "😢", "anger": "😡", "angry": "😡",
    "support": "🤗", "care": "🤗", "thankful": "🌸", "dorothy": "🌸", "pride": "🏳️‍🌈",
}  # fmt: skip
_IDS = re.compile(r"[0-9]{8,20}")


@dataclass(slots=True)
class Given:
    """Reactions and edits on their way to `Links`. *met*: reactions by second and sign, told in two files."""

    desk: Desk
    links: Links
    met: dict[str, set[tuple[float, str]]] = field(default_factory=lambda: defaultdict(set))

    def reaction(self, record: Record, file: str) -> Outcome:
        """A reaction, of either form."""
        value = mapping(record.value)
        if "label_values" in value:
            return self._by_labels(record, file)
        given = next((mapping(one.get("reaction")) for one in objects(value.get("data")) if "reaction" in one), {})
        sign = sign_of(words(given.get("reaction")))
        if not sign:
            return Skipped(NO_RECORD if not value else "no reaction is named")
        title = words(value.get("title"))
        told = said(title, REACTION)
        place, why = self._place(told, moment(value.get("timestamp")), _urls(value))
        return self._put(record, file, sign, place, why, words(given.get("actor")))

    def _by_labels(self, record: Record, file: str) -> Outcome:
        """A reaction of label_values: an address, and the name of whose it is."""
        value = mapping(record.value)
        found = fields(value)
        sign = sign_of(found.text("reaction"))
        if not sign:
            return Skipped("no reaction is named")
        url = found.url() or found.text("url")
        known = {place for number in _IDS.findall(url) for place in self.links.ids.get(number, ())}
        if len(known) == 1:
            return self._put(record, file, sign, known.pop(), "", "")
        thing = "comment" if "comment_id=" in url else "post"
        told = Said(REACTION, author=found.text("author", "owner", "name"), thing=thing, group=found.text("group"))
        place, why = self._place(told, moment(value.get("timestamp")), {url} if url else set())
        return self._put(record, file, sign, place, why, "")

    def _place(self, told: Said | None, at: float | None, urls: set[str]) -> tuple[Place | None, str]:
        """What a reaction is on: what has one of its addresses, else the only thing of its author's about that time."""
        shared = {place for url in urls for place in self.links.urls.get(url, ())}
        if len(shared) == 1:
            return shared.pop(), ""
        if told is None or not (told.own or told.author):
            return None, NOT_HERE
        group = f"facebook:group:{fold(told.group)}" if told.group else ""
        near = self.links.near(sort_of(told.thing), author_of(told, group, self.desk), at, group)
        if len(near) == 1:
            return near[0], ""
        return None, SEVERAL if near else NOT_HERE

    def _put(self, record: Record, file: str, sign: str, place: Place | None, why: str, actor: str) -> Outcome:
        time = mapping(record.value).get("timestamp")
        at = moment(time)
        if at is not None:
            told = any((at, sign) in met for name, met in self.met.items() if name != file)
            self.met[file].add((at, sign))
            if told:
                return Skipped(TOLD_TWICE)
        if place is None:
            return Skipped(why)
        by = self.desk.person(actor, place.conversation) or self.desk.owner.handle
        reaction = Reaction(by, sign, self.desk.when(time).at)
        if any((known.by, known.at) == (by, reaction.at) for known in self.links.reactions[place]):
            return Skipped(TOLD_TWICE)  # under another name: LIKE in one file, "Gefällt mir" in the other
        self.links.reactions[place].append(reaction)
        return Typed("a reaction on a message")

    def edits(self, records: list[Record], sort: str) -> list[Outcome]:
        """Wordings of posts or of comments; those of one ``fbid`` are of one."""
        outcomes: list[Outcome] = [Skipped("an edit without words")] * len(records)
        versions: dict[str, list[tuple[int, str, str | None]]] = defaultdict(list)
        for i, record in enumerate(records):
            value = mapping(record.value)
            text = spoken(fields(value).text("text", "caption"))[0]
            if text.strip():
                versions[words(value.get("fbid")) or f"record {i}"].append((i, text, iso(value.get("timestamp"))))
        for identity, told in versions.items():
            outcome = self._edited(sort, identity, told)
            for i, _, _ in told:
                outcomes[i] = outcome
        return outcomes

    def _edited(self, sort: str, identity: str, told: list[tuple[int, str, str | None]]) -> Outcome:
        """The wordings of one post go to it: the one with this id, else the only one that says one of them."""
        author = named(self.desk.owner.handle)
        places: set[Place | None] = set(self.links.ids.get(identity, ()))
        for _, text, _ in told if not places else ():
            with suppress(KeyError):
                places.add(self.links.with_text(sort, author, text))
        if len(places) != 1:
            return Skipped(SEVERAL if places else NOT_HERE)
        if (place := places.pop()) is None:
            return Skipped(SEVERAL)
        known = self.links.edits[place]
        wordings = [{"text": text, "at": at} if at else {"text": text} for _, text, at in told]
        known += [one for one in wordings if one not in known]
        known.sort(key=lambda one: one.get("at", ""))
        return Typed("an earlier wording of a message")


def sign_of(name: str) -> str:
    """The sign of a reaction: ``LIKE`` is 👍. What is not known by its English name stays as it is written."""
    return _SIGNS.get(fold(name), name.strip())


def _urls(value: dict[str, object]) -> set[str]:
    """The addresses a reaction's attachments have."""
    found: set[str] = set()
    for group in objects(value.get("attachments")):
        for one in objects(group.get("data")):
            found.add(words(mapping(one.get("external_context")).get("url")).strip())
    return found - {""}
