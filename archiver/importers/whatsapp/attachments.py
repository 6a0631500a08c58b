"""Attachments in a message's text: which file, of what type, and whether the export holds it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archiver.dump import Entry
from archiver.importers.whatsapp.phrases import MEDIA_TYPES, omitted, phrases
from archiver.importers.whatsapp.words import fold
from archiver.model import Attachment

Sibling = Callable[[str], Entry | None]

_MARKS = ("\u200e", "\u200f")
_MARK = "[\u200e\u200f]?"
_LONGEST_PLACEHOLDER = 80
_IOS = re.compile(rf" ?{_MARK}<([^<>\n:：]{{1,40}})[:：]\s?([^<>\n]{{1,300}})>")
_WORD_LAST = re.compile(rf" ?{_MARK}<([^<>\n]{{1,300}}\.\w{{1,8}}) ([^<>\n.]{{1,40}})>")
_OLD_IOS = re.compile(rf"({_MARK}[^<>\n]{{1,300}}\.\w{{1,8}}) <([^<>\n]{{1,40}})>")
_ANDROID = re.compile(rf"{_MARK}(.{{1,300}}) \(([^\n]{{1,60}})\)")
_ANGLED = re.compile(rf"{_MARK}<([^<>\n:：]{{1,80}})>")
_ANDROID_NAME = re.compile(r"(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{4,}\.\w{1,5}")
_DOCUMENT = re.compile(r"(.{1,300}?\.\w{1,8}) • [\u200e\u200f]?([^\n•]{0,60}?) ?")
_PAGES = re.compile(r"\d+")
_NEXT_LINE_NAME = re.compile(
    r"(?:[\w()\- ]{1,120}\.(?:jpe?g|png|webp|gif|mp4|3gp|opus|m4a|mp3|ogg|pdf|vcf|docx?|xlsx?|pptx?|zip))"
)

_BY_EXTENSION = {
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    **{ext: f"image/{ext}" for ext in ("png", "webp", "gif", "heic", "tiff", "bmp")},
    "mp4": "video/mp4",
    "3gp": "video/3gpp",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "avi": "video/x-msvideo",
    **dict.fromkeys(("opus", "ogg", "oga"), "audio/ogg"),
    **dict.fromkeys(("m4a", "aac"), "audio/mp4"),
    "mp3": "audio/mpeg",
    "amr": "audio/amr",
    "wav": "audio/wav",
    "pdf": "application/pdf",
    "vcf": "text/vcard",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
}
_BY_STEM = (
    (re.compile(r"(?:^IMG-|-PHOTO-)"), "image/*"),
    (re.compile(r"(?:^VID-|-VIDEO-)"), "video/*"),
    (re.compile(r"(?:^(?:AUD|PTT)-|-AUDIO-)"), "audio/*"),
    (re.compile(r"(?:^STK-|-STICKER-)"), "image/webp"),
    (re.compile(r"-GIF-"), "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """An attachment in a text: the words the app put there, and what of the text a person typed."""

    attachment: Attachment
    placeholder: str
    text: str
    pages: int | None = None
    document: str | None = None


def media_type(name: str) -> str | None:
    """The media type that a file's name tells, or a range such as ``image/*``."""
    known = _BY_EXTENSION.get(name.rpartition(".")[2].casefold())
    return known or next((kind for stem, kind in _BY_STEM if stem.search(name)), None)


def find(text: str, sibling: Sibling, *, trusted: bool, marked: bool) -> Found | None:
    """The attachment that *text* tells of. *trusted*: generated text cannot be told from typed by its marks
    here, or it has been; *marked*: the app says the whole line is an attachment (iOS)."""
    return (
        _named_by_ios(text, sibling, trusted=trusted)
        or (_named_by_android(text, sibling) if trusted else None)
        or (_omitted(text, sibling, marked=marked) if trusted else None)
    )


def _attachment(name: str, sibling: Sibling) -> Attachment:
    entry = sibling(name)
    kind = media_type(name)
    if entry is None:
        return Attachment(name, kind, state="missing")
    return Attachment(name, kind, entry.size, entry.path)


def _named_by_ios(text: str, sibling: Sibling, *, trusted: bool) -> Found | None:
    """``<attached: file>``, with an older or document's name in front, the word in any language on either side."""
    if not text.endswith(">"):
        return None
    start = max(text.rfind(" \u200e<"), text.rfind("\u200e<"), text.rfind("\u200f<"))
    start = start if start >= 0 else max(text.rfind("<"), 0)
    start -= start > 0 and text[start - 1] == " "
    tail = text[start:]
    generated = "\u200e<" in tail or "\u200f<" in tail
    if match := _IOS.fullmatch(tail):
        word, name = match[1], match[2]
    elif match := _WORD_LAST.fullmatch(tail):
        name, word = match[1], match[2]
    elif match := _OLD_IOS.fullmatch(text):
        name, word = match[1].lstrip("\u200e\u200f"), match[2]
        return _old(name, word, text, sibling) if trusted else None
    else:
        return None
    known = generated or (trusted and fold(word) in phrases("attached")) or sibling(name) is not None
    return _with_front(text[:start], tail, _attachment(name, sibling)) if known else None


def _old(name: str, word: str, text: str, sibling: Sibling) -> Found | None:
    return Found(_attachment(name, sibling), text, "") if fold(word) in phrases("attached") else None


def _with_front(front: str, tail: str, attachment: Attachment) -> Found:
    """What stands before the attachment: a document's own name and pages, else a caption."""
    document = _DOCUMENT.fullmatch(front.lstrip("\u200e\u200f"))
    if document is None:
        if not front.strip("\u200e\u200f "):
            return Found(attachment, front + tail, "")
        return Found(attachment, tail, front)
    pages = _PAGES.search(document[2])
    return Found(attachment, front + tail, "", int(pages[0]) if pages else None, document[1])


def _named_by_android(text: str, sibling: Sibling) -> Found | None:
    """``file (file attached)`` in any language, and a caption on the lines below."""
    line, newline, caption = text.partition("\n")
    match = _ANDROID.fullmatch(line.removesuffix("\r")) if line.rstrip("\r").endswith(")") else None
    if match is None:
        return None
    name, phrase = _longest(match[1], match[2], sibling)
    known = fold(phrase) in phrases("file_attached") or _ANDROID_NAME.fullmatch(name) or sibling(name) is not None
    return Found(_attachment(name, sibling), line + newline, caption) if known else None


def _longest(name: str, phrase: str, sibling: Sibling) -> tuple[str, str]:
    """The split of ``name (phrase)`` whose phrase we know or whose file is there: phrases can hold brackets, too."""
    whole = f"{name} ({phrase}"
    ends = [match.start() for match in re.finditer(r" \(", whole)]
    for end in reversed(ends):
        if fold(whole[end + 2 :]) in phrases("file_attached") or sibling(whole[:end]) is not None:
            return whole[:end], whole[end + 2 :]
    return name, phrase


def _omitted(text: str, sibling: Sibling, *, marked: bool) -> Found | None:
    """``<Media omitted>`` with a caption or the file's name below, or iOS' ``image omitted``."""
    line, newline, rest = text.partition("\n")
    if match := _ANGLED.fullmatch(line.removesuffix("\r")):
        kind = omitted().get(fold(match[1]))
        return _left_out(kind, line + newline, rest, sibling) if kind else None
    return None if newline else _omitted_by_ios(text, marked=marked)


def _omitted_by_ios(text: str, *, marked: bool) -> Found | None:
    """``image omitted``, ``Name.pdf • 2 pages document omitted``; in a language nobody told us by the marks alone."""
    if kind := omitted().get(fold(text)):
        return Found(Attachment(media_type=MEDIA_TYPES[kind], state="omitted"), text, "")
    front, mark, phrase = text.rpartition("\u200e")
    document = _DOCUMENT.fullmatch(front.lstrip("\u200e\u200f")) if mark else None
    if document and (marked or fold(phrase) in phrases("omitted_document")):
        pages = _PAGES.search(document[2])
        left = Attachment(document[1], media_type(document[1]) or "application/*", state="omitted")
        return Found(left, text, "", int(pages[0]) if pages else None, document[1])
    generated = marked and text[:1] in _MARKS and len(text) < _LONGEST_PLACEHOLDER
    return Found(Attachment(state="omitted"), text, "") if generated else None


def _left_out(kind: str, placeholder: str, rest: str, sibling: Sibling) -> Found:
    line, newline, caption = rest.partition("\n")
    if _NEXT_LINE_NAME.fullmatch(line.removesuffix("\r")):
        name = line.removesuffix("\r")
        found = _attachment(name, sibling)
        if found.state == "missing":
            found = Attachment(name, media_type(name), state="omitted")
        return Found(found, placeholder + line + newline, caption)
    return Found(Attachment(media_type=MEDIA_TYPES[kind], state="omitted"), placeholder, rest)
