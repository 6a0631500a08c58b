"""Search in the pages: what is there is found, in a real browser, from a server and from disk."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.exporters.site import index, postings, segment
from archiver.exporters.site.assets import script, style
from archiver.exporters.site.folding import BETWEEN, terms
from archiver.exporters.site.paging import Leaf
from archiver.model import KeptMessage, Span
from archiver.publish import publish
from tests import oracle
from tests.bench import pages
from tests.bench.whatsapp import Export
from tests.browsers import Watched, chromium, served
from tests.libraries import Shelf, said

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDED = [
    ("The WATER-tank, 2nd row", ["the", "water", "tank", "2nd", "row"]),
    ("Käthe's Größe ŁÓDŹ Ærø", ["kathe", "s", "grosse", "lodz", "aero"]),
    ("Ｆｕｌｌ ｗｉｄｔｈ ﬁne ½", ["full", "width", "fine", "1", "2"]),
    ("Ο ΣΊΣΥΦΟΣ ёлка Йод", ["ο", "σισυφοσ", "елка", "иод"]),
    ("İstanbul ılık", ["istanbul", "ilik"]),
    ("شُكْرًا لِلجَمِيعِ أهلاً مدرسة", ["شكرا", "للجميع", "اهلا", "مدرسه"]),
    ("שָׁלוֹם עֲלֵיכֶם", ["שלום", "עליכם"]),
    ("水桶在花园。がんばれ", ["水", "桶", "在", "花", "园", "か", "ん", "は", "れ"]),
    ("ฝนตก", ["ฝ", "น", "ต", "ก"]),
    ("nai\u0308ve cafe\u0301 co\u00adop zero\u200bwidth", ["naive", "cafe", "coop", "zerowidth"]),
    ("snake_case a.b@c.org 👩‍🌾🌻 10:30", ["snake", "case", "a", "b", "c", "org", "10", "30"]),
    ("हिन्दी में", ["हिन्दी", "में"]),
    ("x" * 60, ["x" * 40]),
    ("\U0001d4d0\U0001d4d1 🏳\ufe0f \ud800", ["ab"]),
    ("", []),
]  # fmt: skip

WORDS = """
    tank row beans water watering rain rainfall courgette Größe grosse café cafe naïve frog frogs key lost gate
    compost seed seeds seedling bed depot roof litres dairy yoghurt van شكرا الماء حديقة שלום גינה 水桶 花园 雨 がんばれ
    e-mail snake_case 2019 700mm Straße ёлка don't
""".split()  # noqa: SIM905 - words read better as words
NAMES = ["Ines Okoro", "Tomás Rey", "Mei Lindqvist", "أحمد", "דנה בר", "李 雷"]


def talk(count: int, seed: int, years: int = 3) -> list[KeptMessage]:
    """Seeded messages in the order of time, over some years."""
    chance = random.Random(seed)
    found = []
    for n in range(count):
        day = n * 365 * years // count
        at = f"{2019 + day // 365}-{1 + day % 365 // 31:02}-{1 + day % 365 % 28:02}T{8 + n % 12:02}:{n % 60:02}:00"
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 9)))
        found.append(said(text, chance.choice(NAMES), at, id=f"{seed}-{n}"))
    return sorted(found, key=lambda message: message.at_local or "")


def questions(count: int, seed: int) -> list[tuple[str, str, str, str]]:
    """Seeded (question, person, year, number of a conversation)."""
    chance = random.Random(seed)
    asked = []
    for _ in range(count):
        words = chance.choices(WORDS, k=chance.choice([1, 1, 2, 2, 3]))
        text = " ".join(words)
        kind = chance.random()
        if kind < 0.25:
            text = f'"{text}"'
        elif kind < 0.45:
            text = text[: max(2, len(text) - 2)]
        elif kind < 0.55:
            text = f'{words[0][:3]}* "{words[-1]}"'
        person = chance.choice([*NAMES, "ines", "to", "李"]) if chance.random() < 0.25 else ""
        year = chance.choice(["2019", "2020", "2021"]) if chance.random() < 0.25 else ""
        asked.append((text, person, year, chance.choice("012") if chance.random() < 0.2 else ""))
    return asked


# ---- words


@pytest.mark.parametrize(("text", "words"), FOLDED)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert terms(text) == words


@given(st.text())
def test_folding_twice_is_folding_once_and_no_word_holds_what_stands_between(text: str) -> None:
    once = terms(text)
    assert all(0 < len(word) <= 40 and not word.isspace() and " " not in word for word in once)
    assert terms(text.upper().lower()) == terms(text.lower()) or any(ord(sign) > 127 for sign in text)
    assert " " not in "".join(once)
    assert "\\u0000-\\u002f" in BETWEEN


# ---- the index


def test_script_and_style_are_small() -> None:
    assert len(script()) <= 12_000
    assert len(style()) <= 6_000
    assert b"DROPPED" not in script()
    assert b"LEVEL" not in script()


def decoded(text: str) -> list[int]:
    """Numbers out of signs, the slow way: 92 signs that need no escape, the upper half says that more follows."""
    signs = [chr(code) for code in range(33, 127) if chr(code) not in '"\\']
    found, number, place = [], 0, 0
    for sign in text:
        value = signs.index(sign)
        number += value % 46 * 46**place
        place += 1
        if value < 46:
            found.append(number)
            number = place = 0
    return found


@given(st.lists(st.integers(0, 2**45), max_size=40))
def test_numbers_come_out_of_signs_as_they_went_in(numbers: list[int]) -> None:
    assert decoded(postings.joined(numbers)) == postings.numbers(postings.joined(numbers)) == numbers


@given(st.sets(st.tuples(st.integers(0, 90), st.integers(0, 2000))))
def test_places_come_out_of_postings_as_they_went_in(places: set[tuple[int, int]]) -> None:
    numbers = decoded(postings.encoded(sorted(message << 20 | word for message, word in places)))
    message, word, found = -1, 0, []
    for step, place in zip(numbers[::2], numbers[1::2], strict=True):
        word = place if step else word + place
        message += step
        found.append((message, word))
    assert found == sorted(places)


def leaves(*months: tuple[str, int]) -> list[Leaf]:
    return [Leaf("x.html", count, f"{month}-01" if month else "", "") for month, count in months]


@pytest.mark.parametrize("monthly", [100, 2_500, 10_000])
def test_segments_are_runs_of_months_and_old_ones_stay_when_messages_are_added(monthly: int) -> None:
    old = leaves(*((f"20{year:02}-{month:02}", monthly) for year in range(10, 20) for month in range(1, 13)))
    before, after = index.segments(old), index.segments([*old, *leaves(("2020-01", monthly))])
    assert 4 <= len(set(before.values())) <= 17
    assert {month: after[month] for month in before if before[month] < max(before.values())} == {
        month: segment for month, segment in before.items() if segment < max(before.values())
    }
    assert index.segments(leaves(("", 3), ("2020-01", 1))) == {"0000-00": "0000-00", "2020-01": "0000-00"}
    assert index.segments([]) == {}


def files_of(messages: Sequence[KeptMessage]) -> dict[str, str]:
    leaf = Leaf("index.html", len(messages), (messages[0].at_local or "")[:10], "")
    made = index.Index(["Garden"], [leaf])
    made.add(0, "c/x/index.html", leaf, messages)
    pages = {}
    for page in made.pages():
        assert isinstance(page.content, bytes)
        pages[page.path] = page.content.decode()
    return pages


def data(content: str) -> Any:
    return json.loads(content.partition(",")[2].removesuffix(");\n"))


def test_what_was_taken_back_is_in_no_file_of_the_index() -> None:
    gone = said("a secret", at="2023-05-04T10:00:00", deleted_at="2023-05-04T10:12:00Z", subject="hidden")
    deleted = said("another secret", kind="deleted")
    assert not [path for path, content in files_of([said("open"), gone, deleted]).items() if "secret" in content]


def test_what_a_letter_quotes_is_not_found_twice() -> None:
    text = "> water the beans\nDone!"
    letter = said(text, spans=(Span("quote", 0, 18), Span("own", 18, len(text))))
    assert index.row(letter).text == "Done!"


def test_a_file_of_the_index_is_one_call_with_json_whatever_was_said() -> None:
    nasty = '");alert(1)//</script>\u2028\u2029\\"\n\x00'
    files = files_of([said(nasty, nasty, id=nasty)])
    for path, content in files.items():
        name = path.removeprefix("search/").removesuffix(".js")
        assert content.startswith(f'shelf("{name}",')
        assert "\u2028" not in content
        data(content)


def unfolded(words: Sequence[str]) -> list[str]:
    """Words out of what they share with the one before, the slow way."""
    found = [""]
    for word in words:
        found.append(found[-1][: decoded(word[0])[0]] + word[1:])
    return found[1:]


@given(st.sets(st.text("ab@é水\ue000\uffff\U00020000\U0001d4d0", min_size=1, max_size=60)))
def test_words_come_out_folded_as_they_went_in_and_in_the_script_s_order(words: set[str]) -> None:
    found = postings.ordered(words)
    assert found == sorted(words, key=postings.in_script_order)
    assert unfolded(list(postings.folded_all(found))) == found


def test_the_words_of_a_shard_are_in_order_and_the_head_tells_where_each_begins() -> None:
    files = files_of(talk(3000, 4))
    (head,) = map(segment.Head._make, data(files["search/head.js"])[1])
    heads = unfolded(head.shards.split(" "))
    last = ""
    for number, least in enumerate(heads):
        words = unfolded(data(files[f"search/{head.name}/t{number}.js"]).split(" ")[::2])
        assert last < least <= words[0] or number == 0
        assert words == sorted(words, key=postings.in_script_order)
        last = words[-1]
    assert len(heads) > 3


# ---- in the browser

in_browser = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as running:
        yield running


TALKS = [("Garden Club", talk(1500, 1)), ("حديقة", talk(400, 2)), ("Chess", talk(60, 3, 1))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("searched") / "site"
    options = {"title": "Letters", "contact": "keeper@example.org"}
    publish(Shelf(*TALKS), target, conversations=["1", "2", "3"], options=options, secret=b"x")
    return target


@pytest.fixture(scope="module", params=["http", "file"])
def window(request: pytest.FixtureRequest, browser: "Browser", site: Path) -> Iterator[Watched]:
    with served(site) as address:
        watched = Watched(browser, address if request.param == "http" else f"{site.as_uri()}/")
        yield watched
        watched.close()
    assert watched.outside == []
    assert watched.complaints == []
    assert watched.dialogs == []


def shelved(site: Path) -> dict[tuple[str, int], str]:
    """The anchor of every message by its segment and its number there, as the slices say."""
    found: dict[tuple[str, int], str] = {}
    for name, _, counts, *_ in data((site / "search/head.js").read_text(encoding="utf-8"))[1]:
        anchors: list[str] = []
        slices = sorted((site / "search" / name).glob("x*.js"), key=lambda file: int(file.stem[1:]))
        for file, count in zip(slices, decoded(counts), strict=True):
            held = [anchor for _, *rows in data(file.read_text(encoding="utf-8"))[2] for anchor in rows[::4]]
            assert len(held) == count <= segment.SLICE[0]
            anchors += held
        found.update(((name, number), anchor) for number, anchor in enumerate(anchors))
    return found


def asked(window: Watched, question: str, **filters: str) -> list[tuple[str, int]]:
    hits = window.page.evaluate("([question, filters]) => archiveSearch(question, filters)", [question, filters])
    return [(name, number) for name, number in hits]


def _compare(window: Watched, site: Path, count: int, seed: int) -> None:
    from archiver.store.secret import anchor_with

    anchor, anchors = anchor_with(b"x"), shelved(site)
    everything = [message for _, messages in TALKS for message in messages]
    window.go("search.html")
    some = 0
    for question, person, year, number in questions(count, seed):
        found = asked(window, question, person=person, year=year, conversation=number)
        searched = TALKS[int(number)][1] if number else everything
        wanted = {anchor(one) for one in oracle.found(searched, question, person, year)}
        assert sorted(anchors[hit] for hit in found) == sorted(wanted), (question, person, year, number)
        some += bool(wanted)
    assert some > count // 4


@in_browser
def test_the_browser_finds_what_an_exact_scan_finds(window: Watched, site: Path) -> None:
    _compare(window, site, 60, 11)


@in_browser
@pytest.mark.slow
def test_the_browser_finds_what_an_exact_scan_finds_500_times(window: Watched, site: Path) -> None:
    _compare(window, site, 500, 12)


@in_browser
def test_the_browser_folds_as_we_do(window: Watched) -> None:
    page = window.go("search.html")
    for text, words in FOLDED:
        assert page.evaluate("text => archiveTerms(text)", text) == words
    # Signs that Python's Unicode has no name for may have got one since, and with it a place among other marks.
    signs = [chr(code) for code in [*range(0x20, 0xD800), *range(0x1F000, 0x20000)] if category(chr(code)) != "Cn"]
    blocks = random.Random(5).choices(signs[:0x3000], k=3000) + random.Random(6).choices(signs, k=3000)
    random.Random(7).shuffle(blocks)
    text = " ".join("".join(blocks[n : n + 6]) for n in range(0, 6000, 6))
    assert page.evaluate("text => archiveTerms(text)", text) == terms(text)


@in_browser
def test_a_conversation_may_be_chosen(window: Watched, site: Path) -> None:
    from archiver.store.secret import anchor_with

    window.go("search.html")
    anchor, anchors = anchor_with(b"x"), shelved(site)
    for number, (_, messages) in enumerate(TALKS):
        found = {anchors[hit] for hit in asked(window, "frog", conversation=str(number))}
        assert found == {anchor(one) for one in oracle.found(messages, "frog")} != set()


@in_browser
def test_the_keyboard_is_enough(window: Watched) -> None:
    page = window.go("index.html")
    page.keyboard.press("/")
    page.wait_for_url("**/search.html*")
    page.wait_for_selector("#search:not([hidden])")
    page.keyboard.type("courgette frog")
    page.wait_for_selector("#found li mark")
    assert page.locator("#found li").count() == 8
    assert "messages" in page.inner_text("#status")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement === document.querySelector('#found a')")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("article:target")
    assert "courgette" in page.inner_text("article:target")
    page.go_back()
    page.wait_for_selector("#found li mark")
    page.keyboard.press("Escape")
    page.wait_for_selector("#found li", state="detached")


@in_browser
def test_more_shows_more_and_filters_narrow(window: Watched) -> None:
    from playwright.sync_api import expect

    page = window.go("search.html")
    page.wait_for_selector("#search:not([hidden])")
    page.fill("[name=q]", "花园")
    page.wait_for_selector("#found li mark")
    assert page.locator("#found mark").first.inner_text() in {"花园", "花", "园"}
    page.click("#more")
    expect(page.locator("#found li")).to_have_count(16)
    assert page.evaluate("document.activeElement === document.querySelectorAll('#found a')[8]")
    page.select_option("[name=year]", "2020")
    page.fill("[name=person]", "דנה")
    expect(page.locator("#found b").filter(has_not_text="דנה")).to_have_count(0)
    expect(page.locator("#found small").filter(has_not_text="2020-")).to_have_count(0)
    page.fill("[name=q]", "zzzz")
    expect(page.locator("#status")).to_have_text("Nothing was found.")


@in_browser
def test_rare_words_and_words_in_a_row_come_first(browser: "Browser", tmp_path: Path) -> None:
    messages = [said(f"tank and hose {n}", at=f"2023-05-04T10:{n % 60:02}:00", id=f"n{n}") for n in range(100)]
    messages.insert(0, said("the water tank", at="2023-05-01T10:00:00", id="row"))
    messages.insert(50, said("tank for water", at="2023-05-04T10:49:00", id="apart"))
    messages.append(said("watering the tank", at="2023-05-05T10:00:00", id="prefix"))
    publish(Shelf(("x", messages)), tmp_path / "site", conversations=["1"], options={}, secret=b"x")
    watched = Watched(browser, f"{(tmp_path / 'site').as_uri()}/")
    watched.go("search.html")
    assert [number for _, number in asked(watched, "water tank")] == [0, 50]
    assert [number for _, number in asked(watched, "tank water")] == [50, 0, 102]
    assert [number for _, number in asked(watched, "tank wat")] == [102, 50, 0]
    watched.close()


@in_browser
@pytest.mark.slow
def test_a_first_question_loads_little_of_100_000_messages_and_the_next_one_less(
    browser: "Browser", tmp_path: Path
) -> None:
    library = pages.Invented(pages.invented(100_000, 7), 100_000)
    publish(library, tmp_path / "site", conversations=["1"], options={}, secret=b"x")
    asked = pages.sample(40, 3, Export(1, 7).words)
    with served(tmp_path / "site") as address:
        first = [loaded(browser, address, tmp_path / "site", [question])[-1] for question in asked[:20]]
        warm = loaded(browser, address, tmp_path / "site", asked)[1:]
    first, warm = sorted(first), sorted(warm)
    print("first", first[10], first[-1], "warm", warm[len(warm) // 2], warm[-1])
    assert first[10] <= 200_000


def loaded(browser: "Browser", address: str, site: Path, asked: list[str]) -> list[int]:
    """Bytes that each question after the other makes the page load, the page itself included in the first."""
    watched = Watched(browser, address)
    page = watched.go("search.html")
    page.wait_for_selector("#search:not([hidden])")
    sizes: list[int] = []
    for question in asked:
        page.fill("[name=q]", "")
        page.fill("[name=q]", question)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"#found[data-asked={json.dumps(question, ensure_ascii=False)}]", state="attached")
        total = sum(
            (site / url.removeprefix(address).partition("#")[0]).stat().st_size for url in set(watched.requested)
        )
        sizes.append(total - sum(sizes))
    watched.close()
    return sizes
