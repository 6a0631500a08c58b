"""Attached files on a page: a picture as one, film and sound with what starts them, anything else as a link."""

from html import escape

from archiver.exporters.site.prose import clean
from archiver.exporters.site.words import Words
from archiver.model import PublishedFile

_WIDE, _HIGH = 640, 480  # pixels of a picture on a page, at most
_UP = "../../"  # from the pages of a conversation to the first page
_SEEN = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"))


def enclosed(file: PublishedFile, words: Words) -> str:
    """The file as HTML, under its name or the word for what it is. Nothing is loaded before a reader comes to it."""
    medium = words.one_of("media", (file.media_type or "").partition("/")[0])
    name = escape(clean(file.name or "").strip() or medium)
    path = _UP + file.path
    kind = file.media_type or ""
    if kind in _SEEN:
        image = f'<img src="{path}" alt="{name}" loading="lazy"{_size(file)}>'
        return f'<p class="f"><a href="{path}">{image}</a></p>'
    link = f'<a href="{path}">{name}</a>'
    if kind.startswith("video/"):
        return f'<p class="f"><video controls preload="none" src="{path}"{_size(file)}></video> {link}</p>'
    if kind.startswith("audio/"):
        return f'<p class="f"><audio controls preload="none" src="{path}"></audio> {link}</p>'
    return f'<p class="f">{link}</p>'


def _size(file: PublishedFile) -> str:
    """Width and height as shown, so that nothing moves when it has been loaded."""
    if not file.width or not file.height:
        return ""
    scale = min(1, _WIDE / file.width, _HIGH / file.height)
    return f' width="{max(1, round(file.width * scale))}" height="{max(1, round(file.height * scale))}"'
