"""The records of a file, each with its bytes, and what a record of ``label_values`` says in plain fields.

A file is a bare array, ``{"wrapper": [...]}``, ``{"wrapper": {"activity_log_data": [...]}}``, or one bare object when
there is a single record (facts 4.3, 4.4). Whatever has another shape than it should counts as absent.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from archiver.importers.facebook.loading import Loaded, spans
from archiver.model import Origin
from archiver.text import fold

Json = Mapping[str, Any]

_LOG = "activity_log_data"
_RECORD_KEYS = frozenset({"timestamp", "label_values", "data", "attachments", "photos", "uri", "name", "title"})
_MOST = 10**18  # beyond it, numbers mean nothing here
_DEEP = 8  # levels of dict within a label that are followed; exports have three


class Record(NamedTuple):
    """One record of a file; *value* may be anything, *origin* is its bytes, or the whole file; *under*: the key of the
    list it was in."""

    value: Any
    origin: Origin
    under: str = ""


def mapping(value: object) -> dict[str, Any]:
    """*value* if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """*value* if it is a list; a bare object as a list of one, for Meta writes single records so; else nothing."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def objects(value: object) -> list[dict[str, Any]]:
    """The objects in a list, or the one bare object."""
    return [one for one in items(value) if isinstance(one, dict)]


def words(value: object) -> str:
    """*value* if it is a string, else ""."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int | float | None:
    """*value* if it is a number, or the number that a string of digits spells; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if -_MOST < value < _MOST else None
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    return None


_DIGITS = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def records(
    loaded: Loaded, wrappers: Sequence[str], lists: Collection[str] = (), *, placed: bool = True
) -> tuple[list[Record], dict[str, Any]]:
    """The records under the *wrappers*, in the file's order, and the keys beside them that nobody asked for.

    *lists*: keys under a wrapper, each of which has records of its own (``event_responses``). *placed*: where each
    lies in the file is asked for.
    """
    value = loaded.value
    located = _located if placed else _anywhere
    if isinstance(value, list):
        return located(loaded, value, () if not loaded.cut else ("", *wrappers)), {}
    if not isinstance(value, dict):
        return [], {}
    found: list[Record] = []
    present = [key for key in wrappers if key in value]
    for key in present:
        inner = value[key]
        within = [name for name in (_LOG, *lists) if isinstance(inner, dict) and name in inner]
        for name in within:
            found += located(loaded, items(inner[name]), (key, name))
        if not within:
            found += located(loaded, items(inner), (key,))
    if not present and not _RECORD_KEYS.isdisjoint(value):
        return [Record(value, loaded.origin)], {}
    return found, {key: inner for key, inner in value.items() if key not in present}


def _located(loaded: Loaded, values: list[Any], path: tuple[str, ...]) -> list[Record]:
    """The values with their bytes; with those of the whole file where these cannot be told."""
    found = _saved_spans(loaded.raw, path) if loaded.cut else _spans(loaded.raw, path)
    if len(found) != len(values):
        return _anywhere(loaded, values, path)
    under = path[-1] if path else ""
    return [Record(value, loaded.part(span), under) for value, span in zip(values, found, strict=True)]


def _anywhere(loaded: Loaded, values: list[Any], path: tuple[str, ...]) -> list[Record]:
    """The values, each with the bytes of the whole file."""
    under = path[-1] if path else ""
    return [Record(value, loaded.origin, under) for value in values]


def _saved_spans(raw: bytes, path: tuple[str, ...]) -> list[tuple[int, int]]:
    """Those of a damaged file, whose records were saved under the first of the keys that has some."""
    return next((found for key in path if (found := spans(raw, key))), [])


def _spans(raw: bytes, path: tuple[str, ...]) -> list[tuple[int, int]]:
    if len(path) < 2:
        return spans(raw, path[0] if path else "")
    at = 0
    for key in path:
        opening = re.compile(rb'"%s"\s*+:\s*+' % re.escape(key.encode())).search(raw, at)
        if opening is None:
            return []
        at = opening.end()
    return [(start + at, end + at) for start, end in spans(raw[at:])]


# -- label_values ---------------------------------------------------------------------------------------------

# What a label means, in the languages in which it is known or likely: labels are display text in the account's
# language (seen in English and Vietnamese), `ent_field_name`, where there is one, is not.
_LABELS = {
    "text": "Message|Text|Post text|Comment|Nachricht|Texte|Mensaje|Texto|Mensagem|Messaggio|Testo|Bericht|Tekst"
    "|Wiadomość|Treść|Tin nhắn|Văn bản|Mesaj|Metin|Сообщение|Текст|Повідомлення|Pesan|Teks|メッセージ|テキスト|메시지"
    "|消息|訊息",
    "caption": "Caption|Bildunterschrift|Légende|Leyenda|Legenda|Didascalia|Bijschrift|Chú thích",
    "target": "Target|Ziel|Cible|Destino|Destinatario|Doel|Cel|Đối tượng",
    "place": "Place name|Place|Name des Ortes|Ort|Nom du lieu|Lieu|Nombre del lugar|Lugar|Nome do local|Local|Luogo"
    "|Nome del luogo|Naam van de plaats|Plaats|Nazwa miejsca|Miejsce|Tên địa điểm",
    "places": "Place tags|Places|Ortsmarkierungen|Lieux|Lugares|Luoghi|Plaatsen",
    "visited": "Visit time|Besuchszeit|Heure de la visite|Hora de la visita|Thời gian ghé thăm",
    "coordinates": "Coordinates|Koordinaten|Coordonnées|Coordenadas|Coordinate|Coördinaten|Współrzędne|Tọa độ",
    "address": "Address|Adresse|Dirección|Endereço|Morada|Indirizzo|Adres|Địa chỉ",
    "reaction": "Reaction|Reaktion|Réaction|Reacción|Reação|Reazione|Reactie|Reakcja|Reakce|Cảm xúc|Tepki|Реакция"
    "|Реакція|Reaksi|リアクション|공감|心情",
    "url": "URL|Link",
    "name": "Name|Nom|Nombre|Nome|Naam|Nazwa|Imię|Tên|Имя|Название|Ім'я|Ad|İsim|Nama|名前|이름|名称|名稱",
    "group": "Group|Gruppe|Groupe|Grupo|Gruppo|Groep|Grupa|Skupina|Nhóm|Группа|Група|Grup|グループ|그룹|小组|社團",
    "author": "Author|Autor|Verfasser|Auteur|Autore|Tác giả|Автор|Yazar|Penulis|投稿者|작성자|作者",
    "owner": "Owner|Besitzer|Propriétaire|Propietario|Proprietário|Proprietario|Eigenaar|Właściciel|Chủ sở hữu",
    "feeling": "Feeling/activity|Feeling / activity|Gefühl/Aktivität|Sentimiento/actividad|Cảm xúc/hoạt động",
    "modified": "Last modified|Zuletzt geändert|Dernière modification|Última modificación|Ultima modifica",
    "media": "Media|Medien|Médias|Multimedia|Mídia|Multimediale|Phương tiện",
    "attachments": "Attachments|Anhänge|Pièces jointes|Archivos adjuntos|Anexos|Allegati|Bijlagen|Tệp đính kèm",
    "state": "Content state",
    "dialect": "Detected dialect",
    "question": "Question|Poll question",
    "option": "Option|Poll option|Choice",
}
# Never kept, whatever they are called: addresses of machines, and ways to reach or to be somebody.
_PRIVATE = re.compile(
    r"\b(?:ip|ip address|user agent|device|cookie|phone|phone number|e-?mail|session|browser|token)\b", re.IGNORECASE
)
_MACHINE = re.compile(r"\s*(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{3,45})\s*", re.ASCII)


@cache
def _meanings() -> dict[str, str]:
    return {fold(label): meaning for meaning, labels in _LABELS.items() for label in labels.split("|")}


def meaning(label: str) -> str | None:
    """What a label, or a field's name, stands for; None when that is not known."""
    folded = fold(label)
    return _meanings().get(folded) or _meanings().get(folded.replace("_", " "))


def private(label: str, value: object = "") -> bool:
    """Whether this must not be kept: the address of a machine, a phone number, a session."""
    return _PRIVATE.search(label) is not None or (isinstance(value, str) and _MACHINE.fullmatch(value) is not None)


@dataclass(slots=True)
class Fields:
    """What a record of label_values says, by what its labels mean. *unknown*: by the labels that nobody understands.

    *values* are texts, *times* seconds UTC, *links* addresses, *inner* fields of their own (an author's, a place's).
    """

    values: dict[str, str] = field(default_factory=dict)
    times: dict[str, int | float] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    media: list[dict[str, Any]] = field(default_factory=list)
    inner: dict[str, "Fields"] = field(default_factory=dict)
    unknown: dict[str, Any] = field(default_factory=dict)

    def text(self, *meanings: str) -> str:
        """The first of these that has words; of fields of their own the name counts. "" when there are none."""
        for one in meanings:
            if found := self.values.get(one) or (self.inner[one].text("name", "text") if one in self.inner else ""):
                return found
        return ""

    def url(self) -> str:
        """The first address."""
        return next(iter(self.links.values()), "")


def fields(record: Json) -> Fields:
    """The fields of a record with label_values. Never raises; what is nested too deeply is not followed."""
    found = Fields()
    found.media.extend(objects(record.get("media")))
    _read(items(record.get("label_values")), found, _DEEP)
    return found


def _read(entries: list[Any], into: Fields, levels: int) -> None:
    for entry in objects(entries):
        label = words(entry.get("label")) or words(entry.get("title"))
        meant = meaning(words(entry.get("ent_field_name"))) or meaning(label)
        if not private(label, entry.get("value")):
            _one(entry, meant, label, into, levels)


def _one(entry: Json, meant: str | None, label: str, into: Fields, levels: int) -> None:
    """One label: a time, an address, a text, files, a list of texts, or fields of its own."""
    if (time := number(entry.get("timestamp_value"))) is not None and time:
        into.times.setdefault(meant or label, time)
    href = words(entry.get("href"))
    if href:
        into.links.setdefault(meant or label, href)
    into.media.extend(objects(entry.get("media")))
    values = [value for value in _values(entry) if not private("", value)]
    if values and not href:
        if meant is None:
            into.unknown.setdefault(label, values[0] if len(values) == 1 else values)
        else:
            into.values.setdefault(meant, "\n".join(values))
    for nested in _nested(entry) if levels else ():
        if meant is None and not label:
            _read(nested, into, levels - 1)
            continue
        inner = into.inner.setdefault(meant or label, Fields())
        _read(nested, inner, levels - 1)
        into.media.extend(inner.media)
        inner.media.clear()


def _values(entry: Json) -> Iterator[str]:
    """The texts of a label: its own, and those of its list."""
    for one in (entry, *objects(entry.get("vec"))):
        value = one.get("value")
        if isinstance(value, str) and value.strip():
            yield value
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield str(value)


def _nested(entry: Json) -> Iterator[list[Any]]:
    for one in (entry, *objects(entry.get("vec"))):
        if isinstance(one.get("dict"), list):
            yield one["dict"]
