"""What a site tells of itself as a whole: its years, its people, its files, and the patches in its letters."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.contracts import Page, Rendering
from archiver.exporters import site
from archiver.exporters.site.files import size
from archiver.exporters.site.paging import packed
from archiver.exporters.site.patches import may_hold_patches, parts
from archiver.exporters.site.prose import prose
from archiver.exporters.site.words import words
from archiver.model import Attachment, KeptMessage, PublishedFile, Sender, Span
from archiver.privacy import Masked
from tests.libraries import Shelf, days, person, said
from tests.pages import PageReader, broken_links
from tests.test_site_threads import letters

PATCH = """diff --git a/gate.py b/gate.py
--- a/gate.py
+++ b/gate.py
@@ -1,2 +1,3 @@
 def open(gate):
+    gate.lift()
     gate.swing()"""


def content(page: Page) -> bytes:
    assert isinstance(page.content, bytes)
    return page.content


def rendered(*talks: tuple[str, Sequence[KeptMessage]], **options: str) -> dict[str, bytes]:
    return {page.path: content(page) for page in site.render(Shelf(*talks), Rendering("", options))}


def read(*talks: tuple[str, Sequence[KeptMessage]], **options: str) -> dict[str, PageReader]:
    pages = rendered(*talks, **options)
    found = {path: PageReader(told) for path, told in pages.items() if path.endswith(".html")}
    assert broken_links(found, set(pages)) == []
    return found


# ---- years


def test_a_year_tells_which_conversations_spoke_in_which_month_and_leads_into_them() -> None:
    talk = [said("x", at=f"{month}-04T10:00:00", id=month) for month in ("2021-11", "2021-11", "2022-02", "2023-03")]
    pages = read(("Garden Club", talk), ("Chess", [said("e4", at="2022-02-01T10:00:00")]))
    year = pages["years/2022.html"]
    assert "February 2022" in year.text
    assert re.search(r"Garden Club\s*1 message", year.text)
    assert "2 messages · 2 conversations" in year.text
    assert [link for link in year.links if link.endswith("#d-2022-02-04")]
    assert {"2021.html", "2023.html"} <= set(year.links)
    assert re.search(r"2021\s*2 messages · 1 conversation", pages["years/index.html"].text)


def test_a_year_tells_what_is_missing_in_it() -> None:
    talk = [said("x", at=f"{month}-04T10:00:00") for month in ("2020-11", "2022-03", "2022-05")]
    pages = read(("x", talk))
    assert "Nothing from December 2020" in pages["years/2020.html"].text
    assert "Nothing from January 2022 – February 2022, April 2022" in pages["years/2022.html"].text
    assert "years/2021.html" not in pages  # nobody spoke; the home page says so
    assert "December 2020 – February 2022" in pages["index.html"].text


def test_a_year_of_many_conversations_is_told_on_several_pages() -> None:
    talks = [(f"Talk {n}", [said("x", at=f"2022-0{1 + n % 9}-01T10:00:00", id=f"{n}")]) for n in range(310)]
    pages = read(*talks)
    assert {"years/2022.html", "years/2022-2.html"} <= set(pages)
    assert "2022-2.html" in pages["years/2022.html"].links
    assert "2022.html" in pages["years/2022-2.html"].links
    assert all(f"Talk {n}" in pages["years/2022.html"].text + pages["years/2022-2.html"].text for n in range(310))


def test_a_snapshot_without_dates_has_no_years() -> None:
    assert "years/index.html" in read(("x", [said("x", at=None)]))


def test_a_month_of_letters_leads_to_the_first_of_them() -> None:
    shelf = Shelf(("List", letters(300)), kinds=["list"])
    pages = {
        page.path: PageReader(content(page)) for page in site.render(shelf, Rendering()) if page.path.endswith("l")
    }
    links = [link for link in pages["years/2018.html"].links if "#m-" in link]
    assert len(links) >= 5
    assert links[0].endswith("#m-x0")


# ---- people


def test_people_are_told_by_name_with_how_much_they_said_when_and_where() -> None:
    talk = [*days(3, 3), said("Ines left", "Ines Okoro", "2023-04-01T10:00:00", kind="event.left")]
    pages = read(("Garden Club", talk), ("Chess", [said("e4", "Mei Lindqvist", "2023-06-01T10:00:00", id="e4")]))
    page = pages["people/index.html"]
    assert re.findall(r"(Ines Okoro|Mei Lindqvist|Tomás Rey)\s*(\d+) messages", page.text) == [
        ("Ines Okoro", "3"), ("Mei Lindqvist", "4"), ("Tomás Rey", "3"),
    ]  # fmt: skip
    assert "1 March 2023 – 1 June 2023" in page.text
    assert re.search(r"Garden Club\s*3 · Chess\s*1", page.text)
    assert [link for link in page.links if link.endswith("#m-e4")]


def test_only_those_whom_the_library_tells_of_are_listed_under_the_names_it_gives() -> None:
    class Discreet(Shelf):
        def people(self, conversation_id: int) -> Sequence[Sender]:
            return [one for one in super().people(conversation_id) if one.name != "Mei"]

    talk = [said("x", "Mei"), said("y", person("+44 20 7946 0417", "phone")), said("z", None), said("z", "  ")]
    shelf = Masked(Discreet(("x", talk)), lambda name: f"a{abs(hash(name))}")
    pages = {page.path: content(page) for page in site.render(shelf, Rendering())}
    text = PageReader(pages["people/index.html"]).text
    assert "Member 1" in text
    assert "Mei" not in text
    assert "Somebody" not in text
    assert b"7946" not in b"".join(pages.values())


def test_many_people_are_on_several_pages_that_lead_to_each_other() -> None:
    talk = [said("x", f"Gardener {n:03}", id=f"{n}") for n in range(200)]
    pages = read(("x", talk))
    assert {"people/index.html", "people/2.html", "people/3.html"} <= set(pages)
    assert "Gardener 075" in pages["people/2.html"].text
    assert "3.html" in pages["people/2.html"].links
    assert len(pages["people/index.html"].elements) < 2_000


def test_where_nobody_is_named_that_is_said() -> None:
    assert "Nobody is named here." in read(("x", [said("x", None)]))["people/index.html"].text


# ---- files


def test_files_are_told_by_month_and_conversation_with_what_became_of_them() -> None:
    gone = (Attachment("gone.jpg"),)
    talk = [
        said("a", at="2023-05-04T10:00:00", id="a", attachments=(Attachment("row.jpg", "image/jpeg", size=2_345_678),)),
        said("b", at="2023-05-05T10:00:00", id="b", attachments=(Attachment(None, "audio/ogg", state="omitted"),)),
        said("gone", at="2023-05-05T10:00:00", id="c", deleted_at="2023-05-05T10:01:00Z", attachments=gone),
    ]  # fmt: skip
    other = [
        said(
            "c",
            at="2023-05-01T10:00:00",
            id="d",
            attachments=(Attachment("plan.pdf", "application/pdf", state="missing"),),
        )
    ]
    pages = read(("Garden Club", talk), ("Chess", other))
    page = pages["files/2023-05.html"]
    assert re.search(r"May 2023\s*1?\s*", page.text)
    assert re.search(r"row.jpg\s*Photo · 2 MB\s*4 May 2023 · kept in the archive, not shown here", page.text)
    assert re.search(r"Voice or sound\s*5 May 2023 · left out of the export", page.text)
    assert re.search(r"Chess\s*plan.pdf\s*Document\s*1 May 2023 · not among the exported files", page.text)
    assert "gone.jpg" not in page.text
    assert [link for link in page.links if link.endswith("#m-b")]
    assert re.search(r"May 2023\s*3", pages["files/index.html"].text)


def test_months_with_few_files_share_a_page_and_one_with_many_has_several() -> None:
    photo = (Attachment("row.jpg", "image/jpeg"),)
    talk = [said("x", at=f"2023-0{month}-01T10:00:00", id=f"{month}", attachments=photo) for month in (1, 2, 3)]
    talk += [said("x", at="2023-04-01T10:00:00", id=f"m{n}", attachments=photo) for n in range(320)]
    talk += [said("x", at=None, id="never", attachments=photo)]
    pages = read(("x", talk))
    assert {path for path in pages if path.startswith("files/")} == {
        *("files/index.html", "files/2023-01.html", "files/2023-04.html", "files/2023-04-2.html"),
        "files/2023-04-3.html",
    }
    assert "Without a date" in pages["files/2023-04-3.html"].text
    assert sum(page.text.count("row.jpg") for path, page in pages.items() if path.startswith("files/")) == 324


def test_a_file_beside_the_pages_is_not_said_to_be_elsewhere() -> None:
    shown = PublishedFile("row.jpg", "image/jpeg", 2_000, path="files/ab.jpg")
    pages = rendered(("x", [said("a", at="2023-05-04T10:00:00", attachments=(shown,))]))
    page = PageReader(pages["files/2023-05.html"])
    assert re.search(r"row.jpg\s*Photo · 2 kB\s*4 May 2023\s", page.text)


def test_where_nobody_shared_a_file_that_is_said() -> None:
    assert "Nobody shared a file." in read(("x", [said("x")]))["files/index.html"].text


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "1 kB"), (1_400, "1 kB"), (999_400, "999 kB"), (1_200_000, "1 MB"), (3_000_000_000, "3,000 MB")],
)
def test_sizes_are_told_as_people_read_them(count: int, told: str) -> None:
    assert size(count, words("en")) == told


# ---- links of letters


def test_a_link_in_a_footer_is_nobodys_and_one_that_is_quoted_counts_once() -> None:
    def letter(text: str, *kinds: str, **more: str) -> KeptMessage:
        lines, start, spans = text.splitlines(keepends=True), 0, []
        for kind, line in zip(kinds, lines, strict=True):
            spans.append(Span(kind, start, start + len(line)))  # type: ignore[arg-type]  # the words of SpanKind
            start += len(line)
        return said(text, spans=tuple(spans), **more)

    talk = [
        letter("see https://a.example/x\nhttps://list.example/leave\n", "own", "footer", id="a"),
        letter("I did\n> see https://a.example/x\n> and https://b.example/y\n", "own", "quote", "quote", id="b"),
    ]
    pages = read(("x", talk))
    assert re.findall(r"(\w+\.example)\s*(\d)", pages["links/index.html"].text) == [
        ("a.example", "1"),
        ("b.example", "1"),
    ]
    assert [link for link in pages["links/a.html"].links if "#m-" in link] == [
        link for link in pages["links/a.html"].links if link.endswith("#m-a")
    ]


# ---- patches and programs


def test_a_patch_keeps_its_shape_and_the_words_around_it_stay_words() -> None:
    text = f"Like *this*:\n\n{PATCH}\n\nWhat do you think?\n- one\n- two"
    assert may_hold_patches(text)
    assert [patch for patch, _ in parts(text)] == [False, True, False]
    assert list(parts(text))[1][1] == PATCH
    shelf = Shelf(("x", [said(text, id="p")]))
    (page,) = (content(page).decode() for page in site.render(shelf, Rendering()) if page.path.startswith("c/"))
    assert f'<p dir="ltr"><code class="c">{PATCH}</code></p>'.replace("+++ b", "+++ b") in page
    assert "<strong>this</strong>" in page
    assert "- one" in page.rpartition("</code>")[2]


@pytest.mark.parametrize("text", ["--- \nsignature", "- one\n+ two", "--- a\n words", "@@ someone\n+1", "a @@ -b\n+c"])
def test_what_only_looks_a_little_like_a_patch_is_none(text: str) -> None:
    assert not may_hold_patches(text) or [patch for patch, _ in parts(text)] == [False]


@given(
    st.lists(st.sampled_from(["diff --git a b", "--- a", "+++ b", "@@ -1 +1 @@", "+x", "-y", " z", "", "words", "- "]))
)
def test_no_line_is_lost_in_patches(lines: list[str]) -> None:
    text = "\n".join(lines)
    told = [line for _, piece in parts(text) for line in piece.split("\n") if line.strip()]
    assert told == [line for line in lines if line.strip()]


def test_a_program_of_several_lines_is_a_block_and_a_word_of_one_is_not() -> None:
    assert prose("```a\nb```") == '<code class="c">a\nb</code>'
    assert prose("```a```") == "<code>a</code>"


# ---- runs


@given(st.lists(st.integers(1, 9)), st.integers(1, 20))
def test_runs_hold_everything_once_and_no_more_than_they_may(weights: list[int], full: int) -> None:
    runs = list(packed(weights, lambda weight: weight, full))
    assert [one for run in runs for one in run] == weights
    assert all(sum(run) <= full or len(run) == 1 for run in runs)
