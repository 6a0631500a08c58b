"""What an import of Meta's exports would give, told beforehand: everything is read, and only counted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from archiver.contracts import Finding
from archiver.dump import Dump
from archiver.model import Conversation, Guess, Item, Message, Origin, Problem, Stretch

_SHAPES = {"thread": "messages", "e2ee": "messages, end-to-end encrypted", "group": "a group's posts and comments",
           "wall": "posts and comments on a wall", "page": "a page's posts"}  # fmt: skip
_WARNED = 5


def findings(dump: Dump, items: Iterable[Item]) -> Iterator[Finding]:
    """One for each conversation, in the order met; *items* are those of `read`."""
    counts: dict[str, _Count] = {}
    by_file: dict[tuple[str, str | None], _Count] = {}
    for item in items:
        if isinstance(item, Conversation):
            counts.setdefault(item.key, _Count(item))
        elif isinstance(item, Message | Stretch):
            count = counts[item.conversation]
            by_file[item.origin.dump, item.origin.member] = count
            for message in item if isinstance(item, Stretch) else (item,):
                count.add(message)
        elif item.origin is not None and (found := by_file.get((item.origin.dump, item.origin.member))):
            if isinstance(item, Guess):
                found.guesses.append(item)
            else:
                found.problems.append(item)
    yield from (count.finding(dump) for count in counts.values() if count.messages)


@dataclass(slots=True)
class _Count:
    """What is known of one conversation."""

    conversation: Conversation
    messages: int = 0
    people: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    origins: dict[tuple[str, str | None], Origin] = field(default_factory=dict)
    attached: set[str] = field(default_factory=set)
    guesses: list[Guess] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: Message) -> None:
        self.messages += 1
        if message.sender is not None:
            self.people[message.sender.name] += 1
        if message.when.at is not None:
            at = message.when.at.replace(tzinfo=None)
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)
        self.origins.setdefault((message.origin.dump, message.origin.member), message.origin)
        self.attached.update(file.member for file in message.attachments if file.member is not None)

    def finding(self, dump: Dump) -> Finding:
        entries = [dump.digested(*key) for key in self.origins]
        names = [entry.name.casefold() for entry in entries]
        what = _SHAPES.get(self.conversation.key.split(":")[1], "messages")
        return Finding(
            path=entries[0].path,
            title=self.conversation.title,
            kind=self.conversation.kind,
            shape=f"{what}, as {'pages' if names[0].endswith(('.html', '.htm')) else 'JSON'}",
            begins="",
            encoding="utf-8",
            line_ends="LF",
            language=None,
            size=sum(entry.size for entry in entries),
            looked=sum(entry.size for entry in entries),
            messages=self.messages,
            first=self.first,
            last=self.last,
            people=tuple(self.people.most_common()),
            guesses=tuple(self.guesses),
            warnings=tuple(problem.note for problem in self.problems[:_WARNED]),
            attached=frozenset({*self.attached, *(entry.path for entry in entries[1:])}),
        )
