"""The two phones: how an English iPhone and a German Android phone export the same talk."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from tests.garden_club.papers import contact_card, four_seconds_of_nothing, rota
from tests.garden_club.scenes import picture
from tests.garden_club.talk import Line

LRM = "\u200e"  # iOS puts it before what the app wrote and no person typed
ANDROID_OWNER = "Maren"

_FILE = re.compile(
    r"\{(missing |omitted )?(photo|video|voice|contact|document|image|location|call) ?(.*?)\}(.*)", re.DOTALL
)
_IPHONE_KIND = {"photo": ("PHOTO", "jpg"), "video": ("VIDEO", "mp4"), "voice": ("AUDIO", "opus")}
_CONTENT: dict[str, Callable[[str], bytes]] = {
    "photo": picture,
    "voice": lambda _name: four_seconds_of_nothing(),
    "contact": contact_card,
    "document": lambda _name: rota(),
}


def iphone_zip(lines: Iterable[Line]) -> bytes:
    """``_chat.txt`` and the media, uncompressed: builds of zlib differ, stored bytes do not."""
    media: dict[str, bytes] = {}
    chat = "".join(f"{line}\r\n" for line in _iphone_lines(lines, media))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"_chat.txt": chat.encode(), **media}.items():
            member = zipfile.ZipInfo(name, (2024, 5, 11, 18, 50, 0))
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return target.getvalue()


def _iphone_lines(lines: Iterable[Line], media: dict[str, bytes]) -> Iterator[str]:
    shown = (line for line in lines if line.app is None or line.app[0])
    for number, line in enumerate(shown, start=1):
        words = _iphone_system(line) if line.app else _iphone_words(line, number, media)
        mark = LRM if "<attached: " in words or words.endswith(" omitted") else ""
        day = date.fromisoformat(line.day)
        yield f"{mark}[{day:%d/%m/%Y}, {line.time}] {_iphone_name(line.who)}: {words}"


def _iphone_name(who: str) -> str:
    if who.startswith("+"):
        return "\u202a" + who.replace(" ", "\u00a0") + "\u202c"
    return who.replace("~ ", "~\u202f")


def _iphone_system(line: Line) -> str:
    return LRM + (line.app or ("", ""))[0].replace("~ ", "~\u202f")


def _iphone_words(line: Line, number: int, media: dict[str, bytes]) -> str:
    words = line.words
    if words == "{deleted}":
        return f"{LRM}This message was deleted."
    if words.startswith("{poll}"):
        return _iphone_poll(words.splitlines()[1:])
    if found := _FILE.fullmatch(words):
        return _iphone_file(line, number, found, media)
    return words.replace(" {edited}", f" {LRM}<This message was edited>")


def _iphone_poll(rows: Sequence[str]) -> str:
    options = [re.sub(r"- (.*) \((\d+)\)", r"\1 (\2 votes)", row).replace("(1 votes)", "(1 vote)") for row in rows[1:]]
    return "\n".join([f"{LRM}POLL:", rows[0], *(f"{LRM}OPTION: {option}" for option in options)])


def _iphone_file(line: Line, number: int, found: re.Match[str], media: dict[str, bytes]) -> str:
    state, kind, name, _caption = found.groups()
    if state == "omitted ":
        return f"{LRM}{kind} omitted"
    if kind == "location":
        return f"{LRM}Location: https://maps.google.com/?q={name}"
    if kind == "call":
        return f"{LRM}{name}"
    file = _iphone_file_name(line, number, kind, name)
    if state != "missing ":
        media[file] = _CONTENT[kind](name)
    before = f"{name} • {LRM}1 page " if kind == "document" else ""
    return f"{before}{LRM}<attached: {file}>"


def _iphone_file_name(line: Line, number: int, kind: str, name: str) -> str:
    if kind in _IPHONE_KIND:
        what, ending = _IPHONE_KIND[kind]
        return f"{number:08}-{what}-{line.day}-{line.time.replace(':', '-')}.{ending}"
    return f"{number:08}-{name}" + (".vcf" if kind == "contact" else "")


def android_text(lines: Iterable[Line]) -> bytes:
    """The bare text, exported without media: day.month.year, no seconds, LF, German words."""
    return "".join(f"{row}\n" for line in lines if (row := _android_line(line))).encode()


def _android_line(line: Line) -> str | None:
    head = f"{date.fromisoformat(line.day):%d.%m.%y}, {line.time[:5]} - "
    if line.app is not None:
        return head + line.app[1] if line.app[1] else None
    return f"{head}{line.who}: {_android_words(line)}"


def _android_words(line: Line) -> str:
    if line.words == "{deleted}":
        own = line.who == ANDROID_OWNER
        return "Du hast diese Nachricht gelöscht" if own else "Diese Nachricht wurde gelöscht"
    if found := _FILE.fullmatch(line.words):
        _state, kind, name, caption = found.groups()
        if kind == "location":
            return f"Standort: https://maps.google.com/?q={name}"
        return (f"{name}.vcf (Datei angehängt)" if kind == "contact" else "<Medien ausgeschlossen>") + caption
    return line.words.replace("{edited}", "<Diese Nachricht wurde bearbeitet.>")
