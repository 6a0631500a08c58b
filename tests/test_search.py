"""Search over a small archive in many scripts: an exact scan in Python says what has to be found."""

import random
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver import fields
from archiver.query import And, Filter, Near, Node, Not, Or, Phrase, Prefix, Word, parse
from archiver.store import dedupe, filters
from archiver.store import search as engine
from archiver.store.batch import index
from archiver.store.ids import local_minute, public_id
from archiver.store.migrations import SCRIPTS, schema
from archiver.store.passages import put
from archiver.store.search import Results, context, search

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


MESSAGES = some_messages(700, seed=5)


@pytest.fixture(scope="module")
def sql() -> Iterator[sqlite3.Connection]:
    connection = kept(MESSAGES)
    yield connection
    connection.close()


# The oracle: what a reader takes for the words of a text, told anew and simply.

ALONE = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
LEFT_OUT = ("COMBINING", "HEBREW POINT", "ARABIC FATHA", "ARABIC DAMMA", "ARABIC KASRA", "ARABIC SHADDA")
LIKE = {"أ": "ا", "ة": "ه", "ى": "ي", "ک": "ك", "ё": "е", "٢": "2", "٠": "0", "١": "1", "٩": "9", "ς": "σ"}


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
    }[name]()


def seeded_queries(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    words = [word for script in WORDS.values() for word in script]
    filtering = (
        [f"from:{who}" for who in WHO] + [f"in:{title}" for title in WHERE]
        + [f"{way}:{year}" for way in ("before", "after", "since", "until", "during") for year in YEARS]
        + ["has:photo", "kind:event", "is:undated", "is:event", "is:edited", "source:mail", "source:whatsapp"]
        + ["to:ana", "with:ben", "subject:tea", "subject:water"]
    )  # fmt: skip

    def leaf() -> str:
        kind = chance.randint(0, 9)
        if kind < 4:
            return chance.choice(words)
        if kind < 5:
            return chance.choice(words)[:2].strip("'") + "*"
        if kind < 6:
            line = chance.choice(MESSAGES).text.split()
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


@cache
def scanned() -> list[tuple[str, list[Said]]]:
    """Three hundred queries, and what a scan of all messages finds for each."""
    return [
        (typed, [one for one in MESSAGES if fits(parse(typed).root, one)]) for typed in seeded_queries(300, seed=11)
    ]


def rows(results: Results) -> list[int]:
    return [row for row, _ in results.rows]


def everything(sql: sqlite3.Connection, typed: str, sort: engine.Sort = "newest") -> list[int]:
    results = search(sql, parse(typed), limit=10_000, sort=sort)
    assert (len(results.rows) == results.total) if results.exact else (len(results.rows) > results.total)
    return rows(results)


def in_time(messages: list[Said], sort: str) -> list[int]:
    dated = sorted((one.minute, one.row) for one in messages if one.minute != -1)
    undated = sorted(one.row for one in messages if one.minute == -1)
    return [row for _, row in dated] + undated if sort == "oldest" else [row for _, row in dated[::-1]] + undated[::-1]


# The engine's limits decide by which way it goes; the answers must be the same on all of them.
SORTS: tuple[engine.Sort, ...] = ("relevance", "oldest", "newest")
WAYS: dict[str, dict[str, int]] = {
    "from the few": {},
    "walking": {"FEW": 0},
    "walking, short pages": {"FEW": 3, "COUNTED": 2, "RANKED": 2},
    "listing": {"_PROBED": 0, "FEW": 300},
}


@pytest.mark.parametrize("way", WAYS)
def test_the_engine_agrees_with_an_exact_scan(
    way: str, sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    for typed, wanted in scanned():
        for sort in SORTS:
            found = everything(sql, typed, sort)
            assert sorted(found) == [one.row for one in wanted], (typed, sort)
            if sort != "relevance" and not re.search("in:|source:mail", typed):  # in one chat: as it is read
                assert found == in_time(wanted, sort), (typed, sort)


def test_the_scan_has_something_to_say() -> None:
    assert sum(bool(wanted) for _, wanted in scanned()) > 120


def test_pages_put_together_are_the_whole(sql: sqlite3.Connection) -> None:
    for typed in ("water", "water since:2018", "from:ana", "", "-water"):
        for sort in SORTS:
            whole = everything(sql, typed, sort)
            pages = [search(sql, parse(typed), limit=7, offset=at, sort=sort) for at in range(0, len(whole) + 7, 7)]
            assert [row for page in pages for row in rows(page)] == whole


@pytest.mark.parametrize("one", MESSAGES[:150], ids=lambda one: str(one.row))
def test_a_query_made_of_the_words_of_a_message_finds_it(one: Said, sql: sqlite3.Connection) -> None:
    assert one.row in everything(sql, one.text)


ODD = [
    "'", "''", '"', '""', "-", "--", "*", "**", "(", ")", "()", "NEAR(", "NEAR(a b)", "AND", "OR", "NOT", "a AND",
    "^a", "{a}: b", "subject : x", "text:x", "a + b", "a:b:c", "12:30", "https://x.example/a?b=c&d=%20#e", "C:\\x",
    "a\0b", "\0", "\ud83d", "a\ud83d", "%", "_", "\\", "'; drop table message; --", "select * from message", "1=1",
    ":value0", ":match", "?1", "@x", "$x", "from:", "from:''", 'from:""', "from:*", "from:%", "in:[", "before:",
    "before:x", "on:2019-02-30", "is:", "is:green", "has:", "has:%", "has:'", "kind:%", "id:", "id:x",
    "id:201913991432-k7q2m8x0", "id:undated-00000000", "id:201801011432-k7q2m8x0.2",
    "👍", "-👍", "👍*", '"👍"', "👍🏽", "水", "-水", "水*", "\u202e", "\u200b", "½", "ﷺ", "e\u0301", "\u0301",
    "a" * 10_000, "a " * 5_000, "👍 " * 3_000, "-a " * 3_000, "(" * 10_000, '"' * 9_999, "from:a " * 1_400,
    " ".join(f"-x{n} 👍{n} 水{n} has:e{n}" for n in range(600)), " OR ".join(f"a{n} from:b{n}" for n in range(600)),
    "has:photo" * 1_000, '"a b"~999', '"a"~5', '"👍 a"~2', "subject:👍", "subject:", "-subject:tea", "a*b*c", "* *",
    "| |", "-( )", "-(-(-(a)))", "a OR -b", "(a -b) OR c", "-from:ana OR x", "(((((((((((((a OR b) c) OR d) e) f)",
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD, ids=lambda typed: repr(typed[:20]))
def test_odd_input_is_searched_like_any_other(typed: str, sql: sqlite3.Connection) -> None:
    for sort in SORTS[:2]:
        results = search(sql, parse(typed), limit=5, sort=sort)
        assert len(results.rows) <= 5


PIECES = st.sampled_from(
    ["from:", "in:", "before:2018", "during:", "has:photo", "is:", "OR ", "AND ", "NOT ", "NEAR(", "| ", "-", "(", ")",
     '"', "*", "~5", ":", "tank", "don't", "12:30", "👍", "水箱", " ", " ", " ", "\x00", "\ud83d", "\n", "'", "\\", "%",
     "^", "+", "{", "}"]
)  # fmt: skip


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_categories=())) | st.lists(PIECES, max_size=30).map("".join))
def test_nothing_that_can_be_typed_fails(sql: sqlite3.Connection, typed: str) -> None:
    results = search(sql, parse(typed), limit=3)
    assert len(results.rows) <= 3


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_stored_text_without_operators_is_found_by_itself(text: str) -> None:
    words = re.sub(r"(?<!\S)-+", " ", re.sub(r'["“”„‟«»＂:()|*\0]', " ", text)).split()
    if not words:
        return
    sql = kept([replace(MESSAGES[0], text=" ".join(words))])
    assert everything(sql, " ".join(words)) == [1]
    sql.close()


def test_the_best_come_first() -> None:
    texts = ["the tank " + "and more talk " * 20, "tank tank", "no such word", "a tank among words"]
    messages = [replace(MESSAGES[0], row=row, text=text, subject="", minute=row) for row, text in enumerate(texts, 1)]
    sql = kept([*messages, replace(messages[0], row=5, minute=5, subject="tank", text="as above")])
    assert rows(search(sql, parse("tank"), limit=9))[0] in {2, 5}
    assert rows(search(sql, parse("tank"), limit=9))[-1] == 1
    assert rows(search(sql, parse("tank in:garden OR tank"), limit=9))[-1] == 1
    assert rows(search(sql, parse("tank since:1970"), limit=9)) == rows(search(sql, parse("tank"), limit=9))


def test_of_very_many_hits_the_best_of_the_newest_are_shown_and_it_is_said(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RANKED", 10)
    results = search(sql, parse("water"), limit=5)
    newest = sorted(row for row in everything(sql, "water"))[-10:]
    assert set(rows(results)) <= set(newest)
    assert results.total > 10
    assert "archived last" in results.notes[0]
    further = search(sql, parse("water"), limit=5, offset=10)
    assert "newest come first" in further.notes[0]
    assert rows(further) == everything(sql, "water", "newest")[10:15]


def test_a_broad_search_with_a_filter_ranks_the_newest_and_says_so(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 3)
    monkeypatch.setattr(engine, "COUNTED", 8)
    results = search(sql, parse("water since:2018"), limit=4)
    assert not results.exact
    assert results.total == 8
    assert set(rows(results)) <= set(everything(sql, "water since:2018", "newest")[:8])
    assert "best of the newest 8" in results.notes[0]
    assert search(sql, parse("water since:2018"), limit=4, sort="newest").notes == ()


def test_reading_everything_has_a_bound_and_says_so(sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SCANNED", 100)
    results = search(sql, parse("→"), limit=100)
    assert min(rows(results)) > 600
    assert "100 messages archived last" in results.notes[0]


def test_a_snippet_shows_what_was_found(sql: sqlite3.Connection) -> None:
    for typed in ("café", '"water tank"', "вод*", "水箱", "👍"):
        for _, snippet in search(sql, parse(typed), limit=5).rows:
            assert "\x02" in snippet
    found = dict(search(sql, parse("subject:tea"), limit=50).rows)
    assert all("\x02" not in snippet for snippet in found.values())


def test_a_match_in_the_subject_alone_is_shown_from_there() -> None:
    subject_only = replace(MESSAGES[0], subject="Spring tank", text="see you there")
    nothing_else = replace(MESSAGES[0], row=2, subject="Old photos", text="")
    sql = kept([subject_only, nothing_else])
    assert search(sql, parse("tank"), limit=1).rows == ((1, "Spring \x02tank\x03"),)
    assert search(sql, parse("subject:old"), limit=1).rows == ((2, "Old photos"),)
    assert dict(search(sql, parse("-boat"), limit=2).rows)[1] == "see you there"


def test_an_id_finds_its_message_public_or_native(sql: sqlite3.Connection) -> None:
    one = MESSAGES[41]
    public = public_id(one.minute, one.row * 7919, 1)
    assert everything(sql, f"id:{public}") == [one.row]
    assert everything(sql, f"id:{one.row}@x") == [one.row]
    assert everything(sql, f"id:<{one.row}@x>") == [one.row]
    assert everything(sql, f"id:{public} -id:{public}") == []
    assert len(everything(sql, f"-id:{public}")) == len(MESSAGES) - 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("from:nobody", "Nobody in the archive goes by “nobody”."),
        ("to:nobody", "Nobody"),
        ("with:nobody", "Nobody"),
        ("in:nowhere", "No conversation in the archive is called “nowhere”."),
        ("source:telegram", "source called “telegram”"),
        ("before:soon", "“before:soon” is searched as words: “soon” is no date"),
        ("-on:2019-02-30", "“2019-02-30” is no date"),
        ("(tea OR is:green)", "a message can be edited, deleted"),
    ],
)
def test_what_cannot_be_found_or_meant_is_said(typed: str, told: str, sql: sqlite3.Connection) -> None:
    assert told in search(sql, parse(typed), limit=1).notes[0]


def test_a_filter_that_cannot_be_meant_still_finds_its_words() -> None:
    sql = kept([replace(MESSAGES[0], text="let us meet before:soon or later")])
    assert everything(sql, "before:soon") == [1]


def test_a_person_is_found_under_all_their_names_and_not_under_parts_of_others(sql: sqlite3.Connection) -> None:
    by_ana = [one.row for one in MESSAGES if one.sender in {1, 2}]
    for name in ("ana", "ANA", '"ana rios"', "rios", "573001234567", '"+57 300-123"', "+57"):
        assert sorted(everything(sql, f"from:{name}")) == by_ana, name
    assert sorted(everything(sql, "from:garden.example")) == [one.row for one in MESSAGES if one.sender == 3]


def test_a_thing_may_be_a_link_a_reaction_a_kind_or_a_file_ending() -> None:
    plain = replace(MESSAGES[0], photo=False, text="words")
    messages = [replace(plain, row=row, minute=row) for row in range(1, 5)]
    messages[1] = replace(messages[1], text="see https://x.example")
    messages[2] = replace(messages[2], kind="live_location")
    sql = kept([*messages, replace(plain, row=5, minute=5, photo=True)])
    sql.execute("insert into reaction values (4, 1, null, '👍', null)")
    assert everything(sql, "has:link") == [2]
    assert everything(sql, "has:location") == [3]
    assert everything(sql, "has:reaction") == [4]
    assert everything(sql, "has:jpg") == [5]
    assert everything(sql, "has:file -has:video") == [5]
    assert everything(sql, "-has:file -has:link", "oldest") == [1, 3, 4]
    assert everything(sql, "has:pdf") == []


def test_states_are_those_of_the_table_of_fields() -> None:
    assert set(filters._STATES) == set(fields.STATES)


def test_every_field_that_is_no_date_has_its_test() -> None:
    assert {row.meaning for row in fields.FIELDS} == set(filters._TESTS) | set(filters._DATES)


def test_context_is_what_stands_around_a_message_in_its_conversation(sql: sqlite3.Connection) -> None:
    chat = [one.row for one in MESSAGES if one.chat == 1]
    assert context(sql, chat[10], 3) == (chat[7:10], chat[11:14])
    assert context(sql, chat[0], 2) == ([], chat[1:3])
    assert context(sql, chat[-1], 2) == (chat[-3:-1], [])
    assert context(sql, chat[5], 0) == ([], [])
    assert context(sql, 10**6, 2) == ([], [])


def test_within_one_conversation_newest_first_is_the_reading_order_backwards(
    sql: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "FEW", 3)
    found = everything(sql, "in:garden water", "newest")
    assert all(earlier > later for earlier, later in pairwise(found))


def test_an_empty_archive_finds_nothing() -> None:
    sql = kept([])
    for typed in ("", "water", "👍", "from:ana", "-water"):
        assert search(sql, parse(typed), limit=5) == Results((), 0, notes=search(sql, parse(typed), limit=5).notes)


def test_an_archive_of_one_message_finds_it_by_nothing_and_by_punctuation() -> None:
    sql = kept([replace(MESSAGES[0], text="well -- (who knows)")])
    assert everything(sql, "") == [1]
    assert everything(sql, "--") == [1]
    assert everything(sql, "(who") == [1]
    assert everything(sql, "!!") == []
    assert everything(sql, "well & who") == [1]


# Hidden messages: every seventh is hidden as the one before it.

HIDDEN = frozenset(range(7, len(MESSAGES) + 1, 7))


@pytest.fixture(scope="module")
def hiding() -> Iterator[sqlite3.Connection]:
    connection = kept(MESSAGES)
    assert dedupe.suspect(connection, 1, [(row, row - 1) for row in HIDDEN]) == len(HIDDEN)
    yield connection
    connection.close()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_hidden_is_never_found(way: str, hiding: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    for typed, wanted in scanned():
        for sort in SORTS:
            found = everything(hiding, typed, sort)
            assert sorted(found) == [one.row for one in wanted if one.row not in HIDDEN], (typed, sort)


def test_an_archive_with_hidden_messages_still_counts_exactly_what_is_shown(hiding: sqlite3.Connection) -> None:
    results = search(hiding, parse(""), limit=5)
    assert (results.total, results.exact) == (len(MESSAGES) - len(HIDDEN), True)


@pytest.mark.parametrize("way", WAYS)
def test_is_duplicate_finds_exactly_what_is_hidden(
    way: str, sql: sqlite3.Connection, hiding: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(engine, name, value)
    ana = {one.row for one in MESSAGES if one.sender in {1, 2}}
    rest = {one.row for one in MESSAGES} - HIDDEN
    for sort in SORTS:
        assert set(everything(hiding, "is:duplicate", sort)) == HIDDEN
        assert set(everything(hiding, "is:Duplicate from:ana", sort)) == HIDDEN & ana
        assert set(everything(hiding, "is:duplicate OR from:ana", sort)) == HIDDEN | ana
        assert set(everything(hiding, "-is:duplicate", sort)) == rest
        assert set(everything(hiding, "from:ana -is:duplicate", sort)) == rest & ana
        assert everything(sql, "is:duplicate", sort) == []


def test_that_words_do_not_find_what_is_hidden_is_said_to_who_asks_for_it(hiding: sqlite3.Connection) -> None:
    results = search(hiding, parse("is:duplicate water"), limit=5)
    assert results.total == 0
    assert "Hidden messages are not searched for words" in results.notes[0]
    assert search(hiding, parse("is:duplicate"), limit=5).notes == ()


def test_only_an_archive_with_hidden_messages_is_asked_about_them(
    sql: sqlite3.Connection, hiding: sqlite3.Connection
) -> None:
    assert filters.plan(sql, parse("from:ana")).shown == ()
    assert filters.plan(hiding, parse("from:ana")).shown != ()
    for words in ("water", "water -tea", "water from:ana"):
        assert filters.plan(hiding, parse(words)).shown == ()


def test_the_talk_around_a_message_is_without_what_is_hidden(hiding: sqlite3.Connection) -> None:
    chat = [one.row for one in MESSAGES if one.chat == 1 and one.row not in HIDDEN]
    assert context(hiding, chat[10], 3) == (chat[7:10], chat[11:14])
    behind = next(one.row for one in MESSAGES if one.chat == 1 and one.row in HIDDEN and one.row > chat[5])
    before, after = context(hiding, behind, 2)
    assert set(before) | set(after) <= set(chat)
    assert before[-1] < behind < after[0]
