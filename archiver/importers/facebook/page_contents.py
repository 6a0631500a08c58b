"""What a message's box holds beside its sender and its time: text, files, links, and what has no place of its own."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from archiver.importers.facebook.kinds import base_name
from archiver.importers.facebook.markup import Markup, attributes, plain, written
from archiver.importers.facebook.mojibake import repaired
from archiver.importers.facebook.page_outline import Outline

_SOURCES = {"a": "href", "img": "src", "video": "src", "audio": "src", "source": "src"}
_BY_TAG = {"img": "photos", "video": "videos", "source": "videos", "audio": "audio_files"}
_FOLDERS = (
    ("stickers_used/", "sticker"),
    ("/photos/", "photos"),
    ("/videos/", "videos"),
    ("/audio/", "audio_files"),
    ("/gifs/", "gifs"),
    ("/files/", "files"),
)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(slots=True)
class Contents:
    """What a box holds beside its sender and its time. *more*: texts that have no place in a message."""

    text: str
    files: list[tuple[str, str]] = field(default_factory=list)
    link: str = ""
    links: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)

    def record(self, name: str) -> dict[str, object]:
        """The same as a record of a thread's JSON file."""
        record: dict[str, object] = {"sender_name": name}
        if self.text:
            record["content"] = self.text
        for key, uri in self.files:
            if key == "sticker":
                record[key] = {"uri": uri}
            else:
                listed = record.setdefault(key, [])
                if isinstance(listed, list):
                    listed.append({"uri": uri})
        if self.link:
            about = {"share_text": "\n".join(self.more)} if self.more else {}
            record["share"] = {"link": self.link, **about}
        return record

    def as_they_are(self) -> bool:
        """Whether no text looks as if it were to be repaired: pages are written right, and stay as they are."""
        return all(
            repaired(text) == text for text in (self.text, self.link, *self.more, *(uri for _, uri in self.files))
        )


def contents(markup: Markup, plan: Outline) -> tuple[Contents, dict[int, str]]:
    """Text, files, links and what else is in a box; and what its images say, by their tags."""
    images: dict[int, str] = {}
    files: dict[str, str] = {}
    links: dict[str, bool] = {}
    for number in plan.media:
        name = markup.tags[number].lower()
        found = attributes(markup.inside[number])
        url = found.get(_SOURCES.get(name, ""), "").strip()
        elsewhere = bool(_ELSEWHERE.match(url))
        if name == "img" and found.get("alt") and (elsewhere or not url):
            images[number] = found["alt"]
        elif name == "a" and elsewhere:
            links[url] = links.get(url, False) or number + 1 not in plan.text
        elif url and not url.startswith(("#", "data:", "javascript:")):
            files.setdefault(url, _key(name, url))
    said = Contents(written(markup.texts, plan.text, images), [(key, url) for url, key in files.items()])
    if images or plan.has_rest(markup.texts):
        texts = [written(markup.texts, block, images) for block in plan.blocks]
        texts += [plain(markup.texts[place]) for place in plan.stray]
        said.more = [text for text in dict.fromkeys(texts) if text]
    if not said.text and not plan.fixed and said.more and said.more[0] not in links:
        said.text = said.more.pop(0)
    shared = [url for url, apart in links.items() if apart]
    said.link = shared[0] if shared else ""
    said.links = [url for url in links if url != said.link and url not in said.text]
    if said.more:
        told = {_level(said.text), *map(_level, links), *(_level(base_name(url)) for url in files)}
        said.more = [text for text in said.more if _level(text) not in told]
    return said, images


@lru_cache(maxsize=4096)
def _level(text: str) -> str:
    return " ".join(text.split())


def _key(name: str, url: str) -> str:
    """Under what key of a thread's JSON file a file would stand: by its folder, else by its tag."""
    place = f"/{url.lower()}"
    return next((key for folder, key in _FOLDERS if folder in place), _BY_TAG.get(name, "files"))
