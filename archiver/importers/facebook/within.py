"""What is told within the limits: of a text that is longer, the beginning, and a problem that says so."""

import dataclasses
from collections.abc import Iterable, Iterator

from archiver.dump import Limits
from archiver.model import Item, Message, Origin, Problem, Standing, Stretch


def within(items: Iterable[Item], limits: Limits) -> Iterator[Item]:
    """The items, none of whose texts is longer than the limit; before each that was, a problem."""
    most = limits.text_length
    for item in items:
        if isinstance(item, Message) and len(item.text) > most:
            yield _told(item.origin, limits)
            yield item._replace(text=item.text[:most])
        elif isinstance(item, Stretch) and max(map(len, item.texts), default=0) > most:
            for place, text in enumerate(item.texts):
                if len(text) > most:
                    yield _told(item.origin._replace(start=item.starts[place], end=item.ends[place]), limits)
            yield _cut(item, most)
        else:
            yield item


def _cut(stretch: Stretch, most: int) -> Stretch:
    texts = [text[:most] for text in stretch.texts]
    standing = {place: _standing(more, most) for place, more in stretch.standing.items()}
    return dataclasses.replace(stretch, texts=texts, standing=standing)


def _standing(more: Standing, most: int) -> Standing:
    return dataclasses.replace(more, text=more.text[:most]) if len(more.text) > most else more


def _told(origin: Origin, limits: Limits) -> Problem:
    note = f"only the first {limits.text_length:,} characters of a text were kept {limits.told('text_length')}"
    return Problem("long-text", note, origin._replace(end=origin.start), "detail")
