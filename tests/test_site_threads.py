"""Letters and posts on the pages of a site: by thread, on pages that stay where they are."""

import gzip
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.contracts import Hints, Outline, Rendering
from archiver.exporters import site
from archiver.exporters.site import binding
from archiver.exporters.site.branches import DEEPEST, tree
from archiver.exporters.site.paging import FULL
from archiver.exporters.site.threads import HEAVY, MANY, Bound, bind
from archiver.ingest import Request, ingest
from archiver.model import Attachment, KeptMessage, Span
from archiver.publish import publish
from archiver.store.archive import open_archive
from archiver.store.library import StoredLibrary
from archiver.store.secret import anchor_with
from tests.libraries import Shelf, said
from tests.pages import PageReader, broken_links, made, read
from tests.test_site import ALLOWED, HOSTILE

WORDS = re.findall(
    r"\w+",
    "the tank by the gate is half full again so please water the beans first and leave the bucket where it was found "
    "because nobody else will carry it up there on a hot day thank you all for coming on Sunday to mend the fence",
)


def letters(count: int, seed: int = 3, *, words: int = 45, gap: int = 1500) -> list[KeptMessage]:
    """A list: half of the threads are single letters, most answers come soon, some much later, few threads are long."""
    draw = random.Random(seed)
    at = datetime(2018, 1, 3, 9, 0)  # noqa: DTZ001 - a wall clock
    written: list[KeptMessage] = []
    open_: list[KeptMessage] = []
    for number in range(count):
        at += timedelta(minutes=draw.randint(1, gap))
        text = " ".join(draw.choices(WORDS, k=draw.randint(words // 2, words * 3 // 2))).capitalize() + "."
        asked = None
        if open_ and draw.random() < 0.6:
            asked = open_[-1 - min(int(draw.expovariate(0.12)), len(open_) - 1)]
        subject = f"Plan {number}" if asked is None else f"Re: {(asked.subject or '').removeprefix('Re: ')}"
        name = f"Gardener {draw.randint(1, 40)}"
        letter = said(
            text, name, at.isoformat(), id=f"x{number}", subject=subject, reply_to=asked and asked.id, spans=()
        )
        written.append(letter)
        if asked is not None or draw.random() < 0.5:
            open_.append(letter)
    return written


def thread(count: int, *, begins: str = "2023-05-04", **more: object) -> list[KeptMessage]:
    """One thread: everybody answers the first."""
    first = said("Shall we?", "Ines", f"{begins}T10:00:00", id="t0", subject="The tank", **more)
    return [
        first,
        *(
            said(
                f"Answer {n}",
                "Mei",
                f"{begins}T1{1 + n // 60}:{n % 60:02}:00",
                id=f"t{n}",
                reply_to="t0",
                subject="Re: The tank",
            )
            for n in range(1, count)
        ),
    ]


def rendered(*talks: Sequence[KeptMessage], kind: str = "list", **options: str) -> dict[str, bytes]:
    shelf = Shelf(*((f"Letters {n}", talk) for n, talk in enumerate(talks)), kinds=[kind] * len(talks))
    return made(site.render(shelf, Rendering("", options)))


def of(pages: dict[str, PageReader], name: str) -> PageReader:
    (found,) = (page for path, page in pages.items() if path.startswith("c/") and re.search(name, path))
    return found


def bound(talk: Sequence[KeptMessage]) -> Bound:
    return bind(Shelf(("x", talk), kinds=["list"]).outline(1))


# ---- which page


def test_a_long_thread_has_a_page_of_its_own_and_small_ones_share_their_months() -> None:
    talk = [*thread(MANY), said("alone", at="2023-05-05T10:00:00", id="s1", subject="Rain")]
    talk += [said("alone too", at="2023-06-05T10:00:00", id="s2", subject="Sun")]
    pages = read(rendered(talk))
    assert "Answer 23" in of(pages, r"/t-\w+\.html").text
    month = of(pages, "2023-05.html")
    assert "alone" in month.text
    assert "alone too" in month.text  # June has but one letter, and May's page is not full
    assert "Answer 1" not in month.text
    assert "This thread has a page of its own · 24 messages" in month.text


def test_a_few_long_letters_are_a_long_thread_too() -> None:
    long = [
        said("word " * 1000, at=f"2023-05-04T1{n}:00:00", id=f"t{n}", reply_to="t0" if n else None) for n in range(4)
    ]
    assert [leaf.messages for leaf in bound(long).leaves] == [0, 4]
    assert bound(long).threads[0].weight > HEAVY


def test_a_thread_that_goes_on_is_cut_near_150_messages_and_its_pages_lead_on() -> None:
    pages = read(rendered(thread(400)))
    own = sorted((path for path in pages if "/t-" in path), key=lambda path: (len(path), path))
    assert [len([one for one in pages[path].ids if one.startswith("m-")]) for path in own] == [150, 150, 100]
    assert own[0].removesuffix(".html").split("/")[-1] in own[1]
    assert own[1].rpartition("/")[2] in pages[own[0]].links
    assert own[0].rpartition("/")[2] in pages[own[1]].links
    assert f"{own[0].rpartition('/')[2]}#m-t0" in pages[own[1]].links  # the quoted line leads to what it answers
    assert "Ines Shall we?" in pages[own[2]].text


def test_threads_lead_to_the_one_before_and_the_one_after() -> None:
    talk = [
        *(replace(m, id=f"a{m.id}", reply_to=m.reply_to and f"a{m.reply_to}") for m in thread(30, begins="2023-05-01")),
        *(replace(m, id=f"b{m.id}", reply_to=m.reply_to and f"b{m.reply_to}") for m in thread(30, begins="2023-05-02")),
        said("alone", at="2023-05-05T10:00:00", id="s1", subject="Rain"),
    ]
    contents = rendered(talk)
    first, second = (path for path in contents if "/t-" in path)
    pages = read(contents)
    assert second.rpartition("/")[2] in pages[first].links
    assert first.rpartition("/")[2] in pages[second].links
    assert [link for link in pages[second].links if re.match(r"2023-05\.html#t-", link)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.sampled_from([20, 300, 2_000, 9_000])), max_size=250))
def test_every_letter_is_on_one_page_and_no_page_is_too_full(shape: list[tuple[int, bool, int]]) -> None:
    outline: list[Outline] = []
    for number, (back, answers, length) in enumerate(shape):
        thread = outline[-1 - min(back, number - 1)].thread if answers and number else str(number)
        outline.append(Outline(f"2023-0{1 + number // 40}-04T10:00:00", length, None, str(number), thread))
    found = bind(outline)
    assert len(found.place) == len(found.member) == len(outline)
    assert sum(leaf.messages for leaf in found.leaves) == len(outline)
    assert len({leaf.path for leaf in found.leaves}) == len(found.leaves)
    assert sum(month.messages for month in found.months) == len(outline)
    for place in range(len(found.leaves)):
        weights = [1 + line.length // 250 for line, at in zip(outline, found.place, strict=True) if at == place]
        assert sum(weights) <= FULL + HEAVY
    for number, places in _places(found).items():
        assert places == found.threads[number].leaves or places == [found.threads[number].leaf]


def _places(found: Bound) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for thread, place in zip(found.member, found.place, strict=True):
        if place not in places.setdefault(thread, []):
            places[thread].append(place)
    return places


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 299))
def test_what_comes_later_moves_no_letter_but_those_of_threads_that_grow_long(seed: int, cut: int) -> None:
    talk = letters(300, seed)
    before, after = bound(talk[:cut]), bound(talk)
    for number in range(cut):
        old, new = before.leaves[before.place[number]].path, after.leaves[after.place[number]].path
        thread = after.threads[after.member[number]]
        grown = before.threads[before.member[number]].moved < 0 <= thread.moved
        assert old == new or (grown and new.startswith(thread.name))


def test_a_thread_that_grows_keeps_its_page_and_where_it_was_leads_there() -> None:
    before, after = rendered(thread(MANY - 1)), rendered(thread(MANY + 5))
    grown = rendered(thread(200))
    (own,) = (path for path in after if "/t-" in path)
    assert own in grown
    old = of(read(before), "2023-05.html")
    for anchors in (of(read(after), "2023-05.html"), of(read(grown), "2023-05.html")):
        assert {one for one in old.ids if one[:2] in ("m-", "t-")} <= set(anchors.ids)
        assert own.rpartition("/")[2] in anchors.links


@pytest.mark.parametrize("count", [6_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_few_pages_change_when_a_list_goes_on(count: int) -> None:
    talk = letters(count + count // 100, 11, gap=600)
    before, after = rendered(talk[:count]), rendered(talk)
    counted = "" if count == 20_000 else "c/"  # on a small site, what tells of the whole site weighs too much
    pages = [path for path in after if not path.startswith("search/") and path.startswith(counted)]
    changed = [path for path in pages if before.get(path) != after[path]]
    assert before.keys() - after.keys() == set()
    assert len(changed) <= 0.05 * len(pages), f"{len(changed)} of {len(pages)}"


def test_a_list_of_twenty_thousand_letters_has_few_files_and_every_letter_once() -> None:
    found = bound(letters(20_000, 5, gap=600))
    assert 20_000 / FULL <= len(found.leaves) <= 20_000 / 1_000_000 * 20_000
    sizes = [thread.messages for thread in found.threads]
    assert 7_000 <= len(sizes) <= 9_000
    assert sizes.count(1) >= 0.4 * len(sizes)


# ---- the tree


def placed(*pairs: tuple[str, str | None]) -> list[tuple[str, int, bool]]:
    twigs = tree([said(name, id=name, reply_to=to) for name, to in pairs])
    return [(twig.message.id, twig.depth, twig.under) for twig in twigs]


def test_answers_stand_under_what_they_answer() -> None:
    assert placed(("a", None), ("b", "a"), ("c", "a"), ("d", "b"), ("e", "b")) == [
        ("a", 0, False), ("b", 1, True), ("d", 2, True), ("e", 2, False), ("c", 1, False),
    ]  # fmt: skip


def test_two_who_talk_do_not_wander_off_the_page() -> None:
    chain: list[tuple[str, str | None]] = [("0", None), *((str(n), str(n - 1)) for n in range(1, 50))]
    assert {depth for _, depth, _ in placed(*chain)} == {0, 1}
    forked: list[tuple[str, str | None]] = []
    for n in range(30):
        forked += [(f"a{n}", f"a{n - 1}" if n else None), (f"b{n}", f"a{n - 1}" if n else None)]
    assert max(depth for _, depth, _ in placed(*forked)) == DEEPEST


def test_circles_and_answers_before_their_questions_are_told_all_the_same() -> None:
    assert [name for name, _, _ in placed(("a", "c"), ("b", "a"), ("c", "b"), ("d", "d"), ("e", "gone"))] == [
        "a", "b", "c", "d", "e",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.integers(-1, 40), max_size=40))
def test_every_letter_stands_in_the_tree_once(parents: list[int]) -> None:
    talk = [said("x", id=str(n), reply_to=None if to < 0 else str(to)) for n, to in enumerate(parents)]
    assert sorted(int(twig.message.id) for twig in tree(talk)) == list(range(len(talk)))


def test_a_quoted_line_stands_only_where_the_answered_letter_is_not_right_above() -> None:
    talk = thread(3)
    text = of(read(rendered(talk)), "2023-05.html").text
    assert text.count("Ines Shall we?") == 1  # above the second answer
    gone = of(read(rendered([said("yes", id="y", reply_to="elsewhere")])), "2023-05.html").text
    assert "In reply to a message that is not here" in gone


def test_a_subject_is_said_once_for_a_thread_and_again_where_it_changes() -> None:
    talk = [*thread(3), said("And now?", at="2023-05-04T20:00:00", id="n", reply_to="t1", subject="Fence")]
    page = of(read(rendered(talk)), "2023-05.html")
    assert page.text.count("The tank") == 1
    assert page.text.count("Fence") == 1


# ---- what a page says


def test_a_post_without_a_subject_stands_under_its_day_and_is_listed_by_its_words() -> None:
    talk = [
        said(f"Tomatoes {n} " + "are ripe " * 30, at=f"2023-05-0{n}T10:00:00", id=f"p{n}", kind="post")
        for n in range(1, 6)
    ]
    talk.append(
        said("", at="2023-05-06T10:00:00", id="p6", kind="post", attachments=(Attachment("a.jpg", "image/jpeg"),))
    )
    talk.append(said("", at="2023-05-07T10:00:00", id="p7", deleted_at="2023-05-08T10:00:00Z"))
    talk.append(said("Mei joined", at="2023-05-08T10:00:00", id="p8", kind="event.joined"))
    pages = read(rendered(talk, kind="page"))
    month = of(pages, "2023-05.html")
    assert "Monday, 1 May 2023" in month.text
    listed = of(pages, "index.html")
    for name in ("Tomatoes 1 are ripe", "Photo", "This message was taken back.", "Mei joined"):
        assert name in listed.text
    assert [tag for tag, _ in month.elements].count("h1") == 1


def test_the_index_of_a_list_names_its_threads_by_month_or_its_months_where_there_are_many() -> None:
    few, many = letters(60, 2), letters(binding.LISTED * 4, 2)
    short, long = of(read(rendered(few)), "index.html"), of(read(rendered(many)), "index.html")
    assert "January 2018" in short.text
    assert "Plan 0" in short.text
    assert "Plan 0" not in long.text
    assert re.search(r"January 2018\s*\d+ messages · \d+ threads", long.text)
    assert long.nodes < 2_000


def test_letters_without_a_date_have_a_page_too() -> None:
    talk = [said("dated", at="2023-05-04T10:00:00", id="a"), said("never", at=None, id="b", subject="Someday")]
    contents = rendered(talk)
    pages = read(contents)
    assert "Someday" in of(pages, "undated.html").text
    assert broken_links(pages, set(contents)) == []
    assert "Without a date" in of(pages, "index.html").text


def test_every_letter_can_be_read_and_every_link_leads_somewhere() -> None:
    talk = letters(700)
    contents = rendered(talk, thread(200), contact="keeper@example.org")
    pages = read(contents)
    assert broken_links(pages, set(contents)) == []
    text = "".join(page.text for path, page in pages.items() if path.startswith("c/"))
    for letter in talk:
        assert letter.text in text
    ids = [one for path, page in pages.items() if path.startswith("c/") for one in page.ids if one.startswith("m-x")]
    assert {one[2:] for one in ids} == {letter.id for letter in talk}
    for page in pages.values():
        assert len(page.ids) == len(set(page.ids))
        assert page.tags <= ALLOWED | {"br"}


def test_an_empty_list_has_a_page() -> None:
    contents = rendered([said("x", id="a")], [])
    assert broken_links(read(contents), set(contents)) == []


def test_pages_come_out_the_same_twice_and_in_whichever_order_threads_end() -> None:
    talk = letters(400)
    assert list(rendered(talk).items()) == list(rendered(talk).items())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_threads(text: str) -> None:
    file = Attachment(text, text, size=10)
    first = said(text, text or "x", "2023-05-04T10:00:00", id=text, subject=text, attachments=(file,))
    talk = [
        first,
        *(
            said(text, text, f"2023-05-04T11:{n:02}:00", id=f"{text}{n}", subject=text, reply_to=text)
            for n in range(40)
        ),
    ]
    talk += [said(text, text, "2023-05-05T10:00:00", id=f"s{n}{text}", kind="post") for n in range(5)]
    shelf = Shelf((text, talk), kinds=["list"])
    for path, page in read(
        {
            one.path: bytes(one.content)
            for one in site.render(shelf, Rendering(text, {}))
            if isinstance(one.content, bytes)
        }
    ).items():
        assert page.tags <= ALLOWED | {"br"}, path
        for _, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes)
            assert re.match(r"(https?://|mailto:|[\w./-]*(#|$))", attributes.get("href", "")), attributes


# ---- how much a page holds


def real(count: int) -> list[KeptMessage]:
    """A thread of letters as people write them: a paragraph or two, some with what they answer quoted below."""
    draw = random.Random(5)
    talk = thread(count)
    for n, letter in enumerate(talk):
        own = " ".join(draw.choices(WORDS, k=draw.randint(4, 32))) + ".\n"
        quote = "> " + " ".join(draw.choices(WORDS, k=10)) + "\n" if n % 3 == 0 else ""
        spans = (Span("own", 0, len(own)), Span("quote", len(own), len(own + quote))) if quote else ()
        to = None if not n else f"t{draw.randrange(max(0, n - 6), n)}"
        talk[n] = replace(letter, text=own + quote, spans=spans, reply_to=to)
    return talk


def test_a_page_of_150_letters_is_small() -> None:
    content = next(content for path, content in rendered(real(150)).items() if "/t-" in path)
    assert content.count(b"<article") == 150
    assert len(content) <= 60_000
    assert len(gzip.compress(content)) <= 15_000
    assert len(PageReader(content).elements) <= 2_000


def test_a_months_page_is_small_and_so_is_every_other() -> None:
    for words in (4, 45, 300):
        for path, content in rendered(letters(900, words=words)).items():
            if path.startswith("c/"):
                page = PageReader(content)
                assert len(content) <= 60_000, path
                assert len(page.elements) <= 2_000, path


# ---- from an archive


def test_letters_and_posts_of_an_archive_are_told_in_threads_and_chats_are_not(tmp_path: Path) -> None:
    chat = tmp_path / "WhatsApp Chat with Tram Choir.txt"
    chat.write_text("".join(f"0{1 + n % 9}/05/2023, 18:00 - Ines: verse {n}\n" for n in range(9)), encoding="utf-8")
    archive = tmp_path / "archive"
    groups = Path(__file__).parent / "dumps" / "facebook" / "group-posts-of-2018" / "dump"
    box = Path(__file__).parents[1] / "examples" / "garden-club-list.mbox"
    for given_ in (chat, groups, box):
        ingest(archive, Request(paths=[given_], hints=Hints(date_order="dmy", zone="UTC")))
    trees: list[dict[str, bytes]] = []
    with open_archive(archive) as opened:
        library = StoredLibrary(opened)
        threads = {one.title: [line.thread for line in library.outline(one.id)] for one in library.conversations()}
        named = [str(one.id) for one in library.conversations()]
        publish(library, tmp_path / "site", conversations=named, options={}, secret=b"s", archive=archive)
    assert set(threads["Tram Choir"]) == {None}
    assert len(threads["Garden Club letters"]) > len(set(threads["Garden Club letters"])) > 1
    (post, comment) = threads["Garden Club"]
    assert post == comment is not None
    trees.append(
        {
            path.relative_to(tmp_path / "site").as_posix(): path.read_bytes()
            for path in (tmp_path / "site").rglob("*.html")
        }
    )
    pages = read(trees[0])
    files = {path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*")}
    assert broken_links(pages, files) == []
    assert any(re.search(r"c/\w+/2023-03\.html", path) for path in pages)


def test_permalinks_survive_an_import_into_an_empty_archive(tmp_path: Path) -> None:
    box = Path(__file__).parents[1] / "examples" / "garden-club-list.mbox"
    found = []
    for turn in ("one", "two"):
        archive = tmp_path / turn
        ingest(archive, Request(paths=[box], hints=Hints(zone="UTC")))
        with open_archive(archive) as opened:
            library = StoredLibrary(opened)
            publish(library, tmp_path / f"{turn}-site", conversations=["1"], options={}, secret=b"s", archive=archive)
        folder = tmp_path / f"{turn}-site"
        pages = {path.relative_to(folder).as_posix(): PageReader(path.read_bytes()) for path in folder.rglob("*.html")}
        found.append({(path, one) for path, page in pages.items() for one in page.ids})
    assert len(found[0]) > 50
    assert found[0] == found[1]


def test_a_tombstone_keeps_its_place_and_the_page_of_the_thread_it_began(tmp_path: Path) -> None:
    before = Shelf(("x", thread(40)), kinds=["list"])
    gone = replace(
        thread(1)[0], id="other", text="", kind="redacted", subject=None, extra={"redacted": {"at": "2024-01-01"}}
    )
    after = [gone, *(replace(one, reply_to="other") for one in thread(40)[1:])]
    publish(before, tmp_path / "one", conversations=["1"], options={}, secret=b"s")
    publish(
        Shelf(("x", after), kinds=["list"]),
        tmp_path / "two",
        conversations=["1"],
        options={},
        secret=b"s",
        permalinks={"other": anchor_with(b"s")("t0")},
    )
    places = []
    for name in ("one", "two"):
        folder = tmp_path / name
        (page,) = folder.glob("c/*/t-*.html")
        places.append((page.relative_to(folder), PageReader(page.read_bytes()).ids))
    assert places[0] == places[1]
