"""A small archive in many scripts, and an exact scan of it in Python, which says what a search has to find."""

import random
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from archiver.query import And, Filter, Near, Node, Not, Or, Phrase, Prefix, Word
from archiver.store.ids import local_minute
from archiver.store.indexing import index
from archiver.store.migrations import SCRIPTS, schema
from archiver.store.passages import put

WORDS = {
    "latin": [
        "water", "tank", "harbour", "old", "boat", "seeds", "café", "cafe", "Größe", "über", "don't", "e-mail",
        "naïve", "Łódź", "2019", "12:30", "tea",
    ],
    "cyrillic": ["вода", "бак", "старый", "лодка", "чай", "Ёлка", "йод", "семена"],
    "greek": ["νερό", "παλιός", "βάρκα", "ΤΣΆΙ", "ΤΣΑΙ", "σπόροι"],
    "arabic": ["ماء", "قارب", "قديم", "شاي", "بذور", "أحمد", "احمد", "مدرسة", "مُدَرِّسه", "على", "علي", "کتاب", "٢٠١٩"],
    "hebrew": ["מים", "סירה", "ישן", "תה", "שָׁלוֹם", "שלום"],
    "hindi": ["पानी", "नाव", "की", "का", "चाय", "हिन्दी"],
    "korean": ["물", "배", "오래된", "차"],
    "cjk": ["水箱", "漏水了吗", "老港口", "ボート", "テスト"],
    "thai": ["น้ำ", "เรือเก่า", "ชา"],
    "lao": ["ນ້ຳ", "ຊາ", "ເຮືອເກົ່າ"],
    "khmer": ["ទឹក", "ទូកចាស់", "តែ"],
    "burmese": ["ရေ", "လှေဟောင်း", "လက်ဖက်ရည်"],
    "signs": ["👍", "👍🏽", "🐝", "❤️", "→", "€", "🦔", "🤣", "🤣🤣", "ok👍", "🇩🇪", "👩\u200d🌾"],
}  # fmt: skip
PEOPLE = [  # (scheme, value, name, person)
    ("whatsapp-name", "Ana Ríos", "Ana Ríos", 1),
    ("phone", "+573001234567", "+57 300 123 4567", 1),
    ("email", "ben@garden.example", "Ben Okafor", 2),
    ("whatsapp-name", "Diana", "Diana", 3),
    ("whatsapp-name", "Зоя", "Зоя", 4),
]
CHATS = ["Garden Club", "Boat yard", "Сад"]


@dataclass(frozen=True)
class Said:
    """One message of the little archive, as the scan sees it."""

    row: int
    chat: int
    sender: int | None
    minute: int
    text: str
    subject: str
    photo: bool
    recipient: int | None
    kind: str


def some_messages(count: int, seed: int) -> list[Said]:
    """Messages in nine scripts; every 40th undated, every 30th by nobody, some alike in time."""
    chance = random.Random(seed)
    start = local_minute(datetime.fromisoformat("2018-01-01"))
    messages = []
    for row in range(1, count + 1):
        script = chance.choice(list(WORDS))
        words = chance.choices(WORDS[script], k=chance.randint(1, 7))
        if chance.random() < 0.4:
            words += chance.choices(WORDS["latin"] + WORDS["signs"], k=2)
        messages.append(
            Said(
                row=row,
                chat=chance.choice([1, 1, 2, 3]),
                sender=None if row % 30 == 0 else chance.randint(1, len(PEOPLE)),
                minute=-1 if row % 40 == 0 else start + row * 600 + chance.randint(-3, 3),
                text=chance.choice([" ", " ", ", ", "\n"]).join(words),
                subject=" ".join(chance.choices(WORDS["latin"], k=2)) if chance.random() < 0.1 else "",
                photo=chance.random() < 0.1,
                recipient=chance.randint(1, len(PEOPLE)) if chance.random() < 0.1 else None,
                kind="event.joined" if row % 50 == 0 else "text",
            )
        )
    return messages


def kept(messages: list[Said]) -> sqlite3.Connection:
    """An archive in memory that holds the messages."""
    sql = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for script in SCRIPTS:
        sql.executescript(schema(script))
    sql.execute("insert into import values (1, 'x', 1, '0', '{}', 'd', '[]', '{}', '{}', 'done', '', '')")
    for number, title in enumerate(CHATS, 1):
        chat = (number, f"key-{number}", "mail" if number == 3 else "whatsapp", None, title, "group", 1)
        sql.execute("insert into conversation values (?, ?, ?, ?, ?, ?, ?)", chat)
    for number, (scheme, value, name, person) in enumerate(PEOPLE, 1):
        sql.execute("insert or ignore into person values (?, ?)", (person, name))
        sql.execute("insert into identity values (?, ?, ?, '', ?, 1)", (number, scheme, value, name))
        sql.execute("insert into identity_link values (?, ?, ?, 'exact', 0, 1)", (number, number, person))
    for one in messages:
        keep(sql, one)
    return sql


def keep(sql: sqlite3.Connection, one: Said) -> None:
    sql.execute(
        """
        insert into message (id, conversation_id, seq, local_minute, match_key, occurrence, kind, sender_id,
          subject, text, native_id)
        values (:row, :chat, :row, :minute, :row * 7919, 1, :kind, :sender, nullif(:subject, ''), :text,
          '<' || :row || '@x>')
        """,
        {name: getattr(one, name) for name in Said.__dataclass_fields__},
    )
    put(sql, one.row, one.subject or None, one.text, None)
    index(sql, one.row, one.row)
    if one.photo:
        sql.execute("insert into attachment values (?, 1, 'x.jpg', 'image/jpeg', 1, null, 'missing')", (one.row,))
    if one.recipient:
        sql.execute("insert into recipient values (?, 1, ?)", (one.row, one.recipient))


# The oracle: what a reader takes for the words of a text, told anew and simply.

ALONE = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
LEFT_OUT = ("COMBINING", "HEBREW POINT", "ARABIC FATHA", "ARABIC DAMMA", "ARABIC KASRA", "ARABIC SHADDA")
LIKE = {
    "ß": "ss",
    "ł": "l",
    "أ": "ا",
    "ة": "ه",
    "ى": "ي",
    "ک": "ك",
    "ё": "е",
    "٢": "2",
    "٠": "0",
    "١": "1",
    "٩": "9",
    "ς": "σ",
}


@cache
def cut(text: str) -> list[str]:
    words, word = [], ""
    for character in text + " ":
        name, kind = unicodedata.name(character, ""), unicodedata.category(character)
        alone = name.startswith(ALONE) or (kind in {"So", "Sk"} and character > "\u2000")
        if name.startswith(LEFT_OUT) or name == "ZERO WIDTH JOINER":
            continue
        if kind[0] in "LNM" and not alone and not name.startswith("VARIATION SELECTOR"):
            word += character
            continue
        words += [word] * bool(word) + [character] * alone
        word = ""
    return [plain(word) for word in words]


def plain(word: str) -> str:
    letters = []
    for letter in word.lower():
        base, *marks = list(unicodedata.normalize("NFD", letter))
        accented = marks and unicodedata.name(letter, "").startswith(("LATIN", "GREEK"))
        letters.append(LIKE.get(letter, base if accented else letter))
    return "".join(letters)


def in_a_row(words: list[str], wanted: list[str], *, prefix: bool = False) -> bool:
    *head, last = wanted
    size = len(wanted)
    return any(
        words[at : at + size - 1] == head
        and (words[at + size - 1].startswith(last) if prefix else words[at + size - 1] == last)
        for at in range(len(words) - size + 1)
    )


def by_eye(text: str) -> bool:
    """Whether the index cannot answer for this text, so that it is looked for as it stands."""
    return not cut(text)


def fits(node: Node | None, one: Said) -> bool:  # noqa: PLR0911 - one line a node
    match node:
        case None:
            return True
        case And(parts):
            return all(fits(part, one) for part in parts)
        case Or(parts):
            return any(fits(part, one) for part in parts)
        case Not(part):
            return not fits(part, one)
        case Filter(field, value, _):
            return passes(field.name, value, one)
        case Word(text) | Phrase(text) | Prefix(text) if by_eye(text):
            return text in one.text or text in one.subject
        case Near(text, distance):
            return any(near(cut(column), cut(text), distance) for column in (one.subject, one.text))
        case _:
            prefix = isinstance(node, Prefix)
            return any(in_a_row(cut(column), cut(node.text), prefix=prefix) for column in (one.subject, one.text))


def near(words: list[str], wanted: list[str], distance: int) -> bool:
    first, second = wanted
    places = [(at, word) for at, word in enumerate(words) if word in wanted]
    return any(abs(a - b) <= distance + 1 for a, one in places for b, two in places if (one, two) == (first, second))


YEARS = {
    "2018": ("2018-01-01", "2019-01-01"),
    "2018-03": ("2018-03-01", "2018-04-01"),
    "2017": ("2017-01-01", "2018-01-01"),
}
WHO = {"ana": {1, 2}, "3001234": {1, 2}, "ben": {3}, "diana": {4}, "зоя": {5}, "iana": {4}, "nobody": set()}
WHERE = {"garden": {1}, "boat": {2}, "yard": {2}, "сад": {3}, "nowhere": set()}


def kana(text: str) -> bool:
    """What lang:ja goes by."""
    return any(unicodedata.name(sign, "").startswith(("HIRAGANA LETTER", "KATAKANA LETTER")) for sign in text)


def near_in_time(minute: int, month: str) -> bool:
    """Within 31 days of a month of YEARS."""
    start, end = (local_minute(datetime.fromisoformat(day)) for day in YEARS[month])
    return start - 31 * 1440 <= minute < end + 31 * 1440


def passes(name: str, value: str, one: Said) -> bool:
    if name in {"before", "after", "since", "until", "during"}:
        start, end = (local_minute(datetime.fromisoformat(day)) for day in YEARS[value])
        where = {
            "before": one.minute < start,
            "after": one.minute >= end,
            "since": one.minute >= start,
            "until": one.minute < end,
            "during": start <= one.minute < end,
        }
        return one.minute != -1 and where[name]
    return {
        "from": lambda: one.sender in WHO.get(value, ()),
        "to": lambda: one.recipient in WHO.get(value, ()),
        "with": lambda: one.sender in WHO.get(value, ()) or one.recipient in WHO.get(value, ()),
        "in": lambda: one.chat in WHERE.get(value, ()),
        "source": lambda: (one.chat == 3) == (value == "mail"),
        "has": lambda: one.photo,
        "kind": lambda: one.kind.startswith(value),
        "is": lambda: {"undated": one.minute == -1, "event": one.kind != "text"}.get(value, False),
        "subject": lambda: in_a_row(cut(one.subject), cut(value)),
        "near": lambda: one.minute != -1 and near_in_time(one.minute, value),
        "lang": lambda: kana(one.text + one.subject),
    }[name]()


def seeded_queries(messages: list[Said], count: int, seed: int) -> list[str]:
    """Queries of words, phrases, prefixes, fields and all that joins them, about these messages."""
    chance = random.Random(seed)
    words = [word for script in WORDS.values() for word in script]
    filtering = (
        [f"from:{who}" for who in WHO] + [f"in:{title}" for title in WHERE]
        + [f"{way}:{year}" for way in ("before", "after", "since", "until", "during") for year in YEARS]
        + ["has:photo", "kind:event", "is:undated", "is:event", "is:edited", "source:mail", "source:whatsapp"]
        + ["to:ana", "with:ben", "subject:tea", "subject:water", "near:2018-03", "lang:ja"]
    )  # fmt: skip

    def leaf() -> str:
        kind = chance.randint(0, 9)
        if kind < 4:
            return chance.choice(words)
        if kind < 5:
            return chance.choice(words)[:2].strip("'") + "*"
        if kind < 6:
            line = chance.choice(messages).text.split()
            at = chance.randrange(len(line))
            return '"' + " ".join(line[at : at + 2]).replace(",", "") + '"'
        if kind < 7:
            return f'"{chance.choice(WORDS["latin"][:6])} {chance.choice(WORDS["latin"][-1:])}"~{chance.randint(0, 4)}'
        return chance.choice(filtering)

    def some(depth: int) -> str:
        parts = []
        for _ in range(chance.randint(1, 3)):
            part = f"({some(depth + 1)})" if depth < 2 and chance.random() < 0.15 else leaf()
            parts.append("-" + part if chance.random() < 0.2 and part[0] not in "→€*" else part)
            parts.append("OR" if chance.random() < 0.25 else "")
        return " ".join(filter(None, parts[:-1]))

    return [some(0) for _ in range(count)]
