"""The site: everything that was said can be read, nothing that was said can act."""

import json
import re
from collections.abc import Sequence
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.contracts import Outline, Rendering
from archiver.errors import UsageError
from archiver.exporters import site
from archiver.exporters.site.coverage import Coverage, coverage
from archiver.exporters.site.letters import initials
from archiver.exporters.site.links import canonical
from archiver.exporters.site.paging import FULL, plan
from archiver.exporters.site.prose import clean, prose, snippet
from archiver.exporters.site.words import words
from archiver.model import Attachment, Handle, KeptMessage, Reaction, Span, SpanKind
from tests.libraries import Shelf, days, person, said
from tests.pages import PageReader, broken_links, made, read

ALLOWED = {
    "html", "head", "meta", "title", "link", "body", "a", "header", "h1", "h2", "h3", "p", "nav", "ul", "ol", "li", "b",
    "i", "bdi", "main", "article", "time", "blockquote", "footer", "span", "small", "strong", "em", "s", "code",
    "script", "noscript", "details", "summary", "form", "input", "select", "option", "button",
}  # fmt: skip

ROOTS = ("", "../", "../../")  # the way up to the files that all pages share

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</article></main><iframe src=//evil.example>",
    "</title><style>*{display:none}</style>",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) data:text/html,<b>",
    "https://evil.example/\"onclick=\"alert(1)",
    "https://evil.example/'><script>alert(1)</script>",
    "https://evil.example/&quot;onclick=&quot;alert(1)",
    "*<b onclick=alert(1)>* _</em><script>_ ~</s>~ ```</code><script>```",
    "<!--", "]]>", "<![CDATA[", "{{ 7*7 }}", "{% raw %}", "&lt;script&gt;", "\x00<\x00script>", "%3Cscript%3E",
    "\u202e<script>\u2066",
]  # fmt: skip


def rendered(*talks: tuple[str, Sequence[KeptMessage]], **options: str) -> dict[str, bytes]:
    return made(site.render(Shelf(*talks), Rendering(options.pop("title", ""), options)))


def only_page(*messages: KeptMessage, **options: str) -> PageReader:
    pages = read(rendered(("Garden Club", messages), **options))
    (path,) = (path for path in pages if path.startswith("c/"))
    return pages[path]


def row(*messages: KeptMessage) -> str:
    pages = rendered(("Garden Club", messages))
    (content,) = (content for path, content in pages.items() if path.startswith("c/"))
    return content.decode().partition("<main")[2].partition("</main>")[0]


# ---- hostile text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    message = said(
        text,
        person(text or "x"),
        id=text,
        subject=text,
        attachments=(Attachment(text, text),),
        reactions=(Reaction(Handle("x", text, text), text),),
    )
    reply = said(text, kind="event." + text, id=text + "2")
    answer = said("yes", id="3", reply_to=text)
    pages = read(rendered((text, [message, reply, answer]), title=text, about=text, contact=text))
    for page in pages.values():
        assert page.tags <= ALLOWED
        for tag, attributes in page.elements:
            assert not any(name.startswith("on") for name in attributes)
            assert re.match(r"(https?://|mailto:|[\w./-]*(#|$))", attributes.get("href", "")), attributes
            assert tag != "script" or attributes in [{"src": f"{up}search.js", "defer": ""} for up in ROOTS]
            assert tag != "a" or not attributes["href"].lower().startswith(("javascript", "data", "vbscript"))
        assert page.loaded in [[f"{up}style.css", f"{up}search.js"] for up in ROOTS]
    shown = next(page for path, page in pages.items() if path.startswith("c/"))
    assert clean(re.sub(r"[*_~`]", "", text)) in re.sub(r"[*_~`]", "", shown.text)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_well_formed_html_that_says_the_same(text: str) -> None:
    page = PageReader(f"<p>{prose(text)}</p>".encode())
    assert page.tags <= {"p", "a", "strong", "em", "s", "code"}
    bare = str.maketrans("", "", "*_~`\r\n")
    assert page.text.translate(bare) == clean(text).translate(bare)


@settings(deadline=None)
@given(st.text(alphabet="*_~`ab <>&:/hpts.\n", max_size=80))
def test_marks_are_always_nested_well(text: str) -> None:
    PageReader(f"<p>{prose(text)}</p>".encode())


def test_bidi_controls_and_other_harmful_characters_are_left_out() -> None:
    assert clean("a\u202eb\u2066c\x00d\x1be\x7f\ud800f\n\tg") == "abcdef\n\tg"
    assert clean("\u200eهل") == "هل"
    assert clean("👩‍🌾 e\u0301") == "👩‍🌾 e\u0301"


# ---- prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~ ```x  y```", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>x  y</code>"),
        ("*_both_* _*both*_", "<strong><em>both</em></strong> <em><strong>both</strong></em>"),
        ("snake_case_name 2*3*4 a~b~c", "snake_case_name 2*3*4 a~b~c"),
        ("* not * _ this _ ** __", "* not * _ this _ ** __"),
        ("(*yes*), _yes_!", "(<strong>yes</strong>), <em>yes</em>!"),
        ("*over\nlines*", "*over\nlines*"),
        ("*a _b* c_", "<strong>a _b</strong> c_"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("```*raw* <b>```", "<code>*raw* &lt;b&gt;</code>"),
    ],
)
def test_whatsapp_marks_count_only_beside_what_is_not_a_word(text: str, html: str) -> None:
    assert prose(text) == html


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("https://example.org/a_b_c?d=1&e=2", "https://example.org/a_b_c?d=1&amp;e=2", ""),
        ("http://example.org/tank.", "http://example.org/tank", "."),
        ("HTTPS://example.org/x).", "HTTPS://example.org/x", ")."),
        ("https://example.org/x_(y)", "https://example.org/x_(y)", ""),
        ("https://example.org/x?!", "https://example.org/x", "?!"),
        ("https://example.org<b>", "https://example.org", "&lt;b&gt;"),
    ],
)
def test_an_address_becomes_a_link_without_the_sentence_around_it(text: str, address: str, rest: str) -> None:
    link = f'<a href="{address}" rel="nofollow noopener noreferrer ugc">{address}</a>'
    assert prose(f"see {text}") == f"see {link}{rest}"


@pytest.mark.parametrize("text", ["https://wa.me/[phone]", "ftp://example.org", "https://", "example.org"])
def test_what_leads_nowhere_is_no_link(text: str) -> None:
    assert "<a" not in prose(text)


def test_a_mark_around_a_link_holds_both() -> None:
    assert prose("*https://example.org*").startswith("<strong><a href=")


def test_a_quoted_line_is_short_and_on_one_line() -> None:
    assert snippet("one\n two\u202e") == "one two"
    assert len(snippet("word " * 100)) <= 111
    assert snippet("word " * 100).endswith("word…")


# ---- reading


def test_everything_said_is_on_the_pages_with_scripts_off() -> None:
    talk = [*days(3, 160), *days(2, 3, "مرحبا {n}"), said("undated words", at=None)]
    pages = read(rendered(("Garden Club", talk), ("Chess", [said("e4 e5")])))
    text = "".join(page.text for page in pages.values())
    for message in talk:
        assert message.text in text
    assert "e4 e5" in text


def test_every_link_leads_somewhere() -> None:
    talk = [*days(80, 12)]
    talk += [said("answer", id="a1", reply_to=talk[3].id), said("answer", id="a2", reply_to="a1")]
    contents = rendered(("Garden Club", talk), ("Chess", [said("e4")]), contact="https://example.org/us")
    pages = read(contents)
    assert broken_links(pages, set(contents)) == []
    reached, new = set[str](), {"index.html"}
    while new:
        reached |= new
        found = {
            "/".join([*path.split("/")[:-1], link.partition("#")[0]]).removeprefix("/")
            for path in new
            for link in pages[path].links
            if not link.startswith(("#", "..", "https:"))
        }
        new = found - reached
    assert reached == set(pages)


def test_no_id_stands_twice_on_a_page() -> None:
    there_and_back = ["2023-05-04T10:00:00", "2023-05-05T10:00:00", "2023-05-04T11:00:00"]
    page = only_page(*(said(f"at {at}", at=at) for at in there_and_back))
    assert len(page.ids) == len(set(page.ids))


def test_a_day_has_a_rule_with_its_name() -> None:
    page = only_page(said("a", at="2023-05-04T23:59:00"), said("b", at="2023-05-05T00:01:00"))
    assert "Thursday, 4 May 2023" in page.text
    assert "Friday, 5 May 2023" in page.text
    assert {"d-2023-05-04", "d-2023-05-05"} <= set(page.ids)


def test_who_goes_on_talking_is_named_once_until_a_pause_or_another_voice() -> None:
    times = ["10:00", "10:14", "10:29", "10:30", "10:31", "10:32", "10:33"]
    voices = ["Ines", "Ines", "Ines", "Mei", "Ines", None, "Ines"]
    kinds = ["text", "text", "text", "text", "text", "event.added", "text"]
    talk = [
        said(f"words {n}", by, f"2023-05-04T{at}:00", kind=kind)
        for n, (at, by, kind) in enumerate(zip(times, voices, kinds, strict=True))
    ]
    assert re.findall(r"words \d|<bdi>(?:Ines|Mei)", row(*talk)) == [
        "<bdi>Ines", "words 0", "words 1", "<bdi>Ines", "words 2", "<bdi>Mei", "words 3", "<bdi>Ines", "words 4",
        "words 5", "<bdi>Ines", "words 6",
    ]  # fmt: skip


def test_a_reply_quotes_the_line_it_answers_and_leads_to_it() -> None:
    talk = [*days(20, 12), said("Indeed", id="late", reply_to="first-row")]
    talk[0] = said("Which *row*?\nThe first.", "Mei", "2023-03-01T08:00:00", id="first-row")
    pages = read(rendered(("Garden Club", talk)))
    (last,) = (page for page in pages.values() if "Indeed" in page.text)
    assert "Mei Which *row*? The first." in last.text
    assert "index.html#m-first-row" in last.links


def test_a_reply_on_the_same_page_leads_there_directly() -> None:
    page = only_page(said("Which?", id="q"), said("This", id="r", reply_to="q"))
    assert page.links.count("#m-q") == 2


def test_a_reply_to_what_is_not_here_says_so() -> None:
    assert "In reply to a message that is not here" in only_page(said("Indeed", reply_to="elsewhere")).text


def test_a_quoted_line_shows_a_file_by_its_kind_and_never_what_was_taken_back() -> None:
    talk = [
        said("", id="p", attachments=(Attachment("row.jpg", "image/jpeg"),)),
        said("a secret", None, id="d", deleted_at="2023-05-04T10:12:00Z"),
        said("nice", id="r1", reply_to="p"),
        said("oh", id="r2", reply_to="d"),
    ]
    page = only_page(*talk)
    assert "Ines Okoro Photo" in page.text
    assert "Somebody This message was taken back." in page.text
    assert "secret" not in page.text


def test_files_are_named_with_what_became_of_them() -> None:
    talk = said(
        "look",
        attachments=(
            Attachment("a.jpg", "image/jpeg", state="present"),
            Attachment("b.opus", "audio/ogg", state="omitted"),
            Attachment(None, "video/*", state="missing"),
            Attachment("c.bin", None),
        ),
    )
    text = only_page(talk).text
    assert "Photo a.jpg kept in the archive, not shown here" in text
    assert "Voice or sound b.opus left out of the export" in text
    assert "Video not among the exported files" in text
    assert "File c.bin" in text


def test_what_a_letter_quotes_is_folded_and_its_own_words_are_not() -> None:
    text = "Dear all,\nOn Monday Mei wrote:\n> water?\nYes, please.\n-- \nInes\nlist footer\n"
    cuts = [0, text.index("On"), text.index(">"), text.index("Yes"), text.index("--"), text.index("list"), len(text)]
    kinds: list[SpanKind] = ["own", "attribution", "quote", "own", "signature", "footer"]
    html = row(said(text, spans=tuple(Span(kind, *cuts[n : n + 2]) for n, kind in enumerate(kinds))))
    assert html.partition("</a>")[2].removesuffix("</article>\n") == (
        '<p dir="auto">Dear all,</p><details><summary>Quoted text</summary>'
        '<p dir="auto">On Monday Mei wrote:\n&gt; water?</p></details><p dir="auto">Yes, please.</p>'
        '<details><summary>Signature</summary><p dir="auto">-- \nInes\nlist footer</p></details>'
    )


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("event.added", "Something happened in the group."),
        ("call.video", "A call."),
        ("deleted", "This message was taken back."),
        ("view_once", "A photo or video to be seen once."),
        ("never_seen", "A message without words."),
    ],
)
def test_a_message_without_words_is_said_in_ours(kind: str, says: str) -> None:
    assert says in only_page(said("", kind=kind)).text


def test_an_event_stands_quietly_on_its_own() -> None:
    html = row(said("Ines added Mei", kind="event.added"))
    assert '<p class="e"' in html
    assert "<h3" not in html


def test_edits_reactions_and_subjects_are_shown() -> None:
    ok = Reaction(None, "👍")
    page = only_page(
        said("x", subject="Hose", edited_at="2023-05-04T10:12:00Z", reactions=(ok, Reaction(None, "💧"), ok))
    )
    assert "10:11 edited" in page.text
    assert "Reactions: 👍 2 · 💧" in page.text
    assert "Hose" in page.text


def test_times_are_machine_readable_and_a_day_without_a_time_has_a_link_that_says_so() -> None:
    html = row(said("x", at="2023-05-04T22:05:59"), said("y", precision="day"), said("z", at=None))
    assert '<time datetime="2023-05-04T22:05">22:05</time>' in html
    assert html.count('aria-label="Link to this message">§</a>') == 2
    assert "<h2>Without a date</h2>" in html


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Ines Okoro", "IO"),
        ("mei", "M"),
        ("Bartholomew van der Kerk", "BK"),
        ("Member 12", "12"),
        ("ליה בר", "לב"),
        ("🌻", "🌻"),
        ("~ Ana 🌻", "A"),
        ("", ""),
    ],
)
def test_initials_stand_for_a_name(name: str, short: str) -> None:
    assert initials(name) == short


def test_somebody_without_a_name_is_somebody() -> None:
    assert "Somebody" in only_page(said("x", None)).text


# ---- links


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.Example.org/tank/", "http://example.org/tank"),
        ("https://example.org:443", "https://example.org/#top"),
        ("https://example.org/?b=2&a=1&utm_source=x&fbclid=y", "https://example.org/?a=1&b=2"),
    ],
)
def test_two_spellings_of_an_address_are_one_link(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) is not None


@pytest.mark.parametrize("address", ["https://[::1", "https:///x", "https://example.org:99999/x"])
def test_what_is_no_address_is_no_link(address: str) -> None:
    assert canonical(address) is None


def test_different_pages_ports_and_questions_are_different_links() -> None:
    different = [
        "http://example.org/a",
        "http://example.org/A",
        "http://example.org:81/a",
        "http://example.org/a?si=1&x=",
    ]
    assert len({canonical(address) for address in different}) == 4


def test_the_links_are_told_once_with_the_words_around_them_and_where_they_were_said() -> None:
    talk = [
        said("first", at="2023-03-01T08:00:00"),
        said(
            "How to mend it:\nread https://www.example.org/tank?utm_source=x, please\nbye",
            at="2023-03-02T08:00:00",
            id="a",
        ),
        said("https://seeds.example/list", at="2023-04-02T08:00:00", id="b"),
        said("again http://example.org/tank/ and https://example.org/roof", at="2023-05-02T08:00:00", id="c"),
        said("https://secret.example", at="2023-05-02T09:00:00", deleted_at="2023-05-02T09:01:00Z"),
        said("https://wa.me/[phone]", at="2023-05-02T09:00:00"),
    ]
    contents = rendered(("Garden Club", talk))
    pages = read(contents)
    assert broken_links(pages, set(contents)) == []
    assert {"links/index.html", "links/e.html", "links/s.html"} <= set(contents)
    assert re.findall(r"example.org2|seeds.example1", pages["links/index.html"].text) == [
        "example.org2",
        "seeds.example1",
    ]
    sheet = pages["links/e.html"]
    assert len([link for link in sheet.links if re.match("https?://.*/tank", link)]) == 1
    assert "2 March 2023 read … , please" in sheet.text
    assert "May 2023" in sheet.text
    assert len([link for link in sheet.links if link.endswith(("#m-a", "#m-c"))]) == 3
    assert not [path for path, content in contents.items() if path.startswith("links/") and b"secret" in content]


def test_many_links_are_on_many_pages_and_a_large_domain_is_told_in_parts() -> None:
    talk = [said(f"see https://example.org/{n}", at="2023-03-01T08:00:00", id=f"e{n}") for n in range(400)]
    talk += [said(f"see https://d{n}.example/x", at="2023-03-01T08:00:00", id=f"d{n}") for n in range(200)]
    talk += [said("https://пример.example/ű https://1.example", at=None, id="i")]
    contents = rendered(("x", talk))
    pages = read(contents)
    assert broken_links(pages, set(contents)) == []
    names = {path for path in contents if path.startswith("links/")}
    assert {"links/d.html", "links/d-2.html", "links/e-3.html", "links/1.html", "links/other.html"} <= names
    assert (
        sum(len([a for a in page.links if a.startswith("https:")]) for path, page in pages.items() if path in names)
        == 602
    )


def test_a_site_without_links_says_so() -> None:
    assert "Nobody shared a link." in read(rendered(("x", [said("x")])))["links/index.html"].text


# ---- coverage


def test_the_home_page_tells_what_is_covered_and_what_is_not() -> None:
    months = ["2022-11", "2022-12", "2023-03", "2023-05"]
    talk = [said("x", at=f"{month}-04T10:00:00") for month in months]
    page = PageReader(rendered(("x", talk), keeper="Ines", licence="CC BY 4.0")["index.html"])
    assert "November 2022 – May 2023" in page.text
    assert "Nothing from January 2023 – February 2023, April 2023" in page.text
    assert "Kept by Ines" in page.text
    assert "Licence: CC BY 4.0" in page.text


def test_sources_are_covered_each_for_itself() -> None:
    found = coverage([("mail", 2020, 1), ("whatsapp", 2021, 6), ("mail", 2020, 12), ("mail", 2020, 1)])
    assert found == [
        Coverage("mail", 2020 * 12, 2020 * 12 + 11, ((2020 * 12 + 1, 2020 * 12 + 10),)),
        Coverage("whatsapp", 2021 * 12 + 5, 2021 * 12 + 5, ()),
    ]
    assert coverage([]) == []


# ---- pages


def leaves(talk: Sequence[KeptMessage]) -> list[tuple[str, int, str, str]]:
    leaves = plan(Shelf(("x", talk)).outline(1)).leaves
    return [(leaf.path, leaf.messages, leaf.first, leaf.last) for leaf in leaves]


def test_pages_split_near_150_messages_at_the_border_of_two_days() -> None:
    assert leaves(list(days(4, 70))) == [
        ("index.html", 140, "2023-03-01", "2023-03-02"),
        ("2023-03-03.html", 140, "2023-03-03", "2023-03-04"),
    ]


def test_a_day_longer_than_a_page_is_split_too() -> None:
    assert leaves(list(days(2, 320))) == [
        ("index.html", 150, "2023-03-01", "2023-03-01"),
        ("2023-03-01.html", 150, "2023-03-01", "2023-03-01"),
        ("2023-03-01-2.html", 150, "2023-03-01", "2023-03-02"),
        ("2023-03-02.html", 150, "2023-03-02", "2023-03-02"),
        ("2023-03-02-2.html", 40, "2023-03-02", "2023-03-02"),
    ]


def test_long_letters_fill_a_page_sooner() -> None:
    assert [count for _, count, _, _ in leaves(list(days(1, 30, "word " * 500)))] == [13, 13, 4]


def test_messages_without_a_date_have_a_page_name_too() -> None:
    talk = [said(f"x{n}", at=None) for n in range(310)]
    assert [path for path, *_ in leaves(talk)] == ["index.html", "undated.html", "undated-2.html"]


def test_an_empty_conversation_has_an_empty_page() -> None:
    assert leaves([]) == [("index.html", 0, "", "")]
    pages = rendered(("Silence", []))
    assert broken_links(read(pages), set(pages)) == []


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 400), st.sampled_from([20, 300, 9000])), max_size=12))
@settings(deadline=None)
def test_every_message_is_on_exactly_one_page_and_no_page_is_too_full(shape: list[tuple[int, int, int]]) -> None:
    outline = [
        Outline(f"2023-05-{1 + day:02}T10:00:00", length, None) for day, size, length in shape for _ in range(size)
    ]
    found = plan(outline).leaves
    assert sum(leaf.messages for leaf in found) == len(outline)
    assert all(0 < leaf.messages <= FULL for leaf in found if outline)
    assert len({leaf.path for leaf in found}) == len(found)
    start = 0
    for leaf in found:
        page = outline[start : start + leaf.messages]
        assert {line.at_local[:10] for line in (page[:1]) if line.at_local} <= {leaf.first}
        assert {line.at_local[:10] for line in (page[-1:]) if line.at_local} <= {leaf.last}
        start += leaf.messages


def test_new_messages_leave_all_pages_but_the_last_and_the_indexes_as_they_were() -> None:
    talk = list(days(60, 40))
    before, after = rendered(("x", talk[:-60])), rendered(("x", talk))
    same = [path for path in after if before.get(path) == after[path]]
    changed = after.keys() - set(same)
    pages = {path for path in changed if not path.startswith("search/")}
    assert len(after) > 40
    (folder,) = {path.rpartition("/")[0] for path in pages if path.startswith("c/")}
    assert pages == {
        *("index.html", "people/index.html", "years/index.html", "years/2023.html"),
        *(f"{folder}/index.html", f"{folder}/2023-05-02.html"),  # the conversation's first page and its last
    }
    assert {path.split("/")[1] for path in changed - pages} == {"2023-05", "head.js"}  # the last segment


def test_the_months_lead_to_their_first_day() -> None:
    pages = read(rendered(("Garden Club", list(days(80, 12)))))
    (first,) = (page for path, page in pages.items() if path.startswith("c/") and path.endswith("index.html"))
    months = [link for link in first.links if "#d-" in link]
    assert [link.partition("#")[2] for link in months] == ["d-2023-03-01", "d-2023-04-01", "d-2023-05-01"]
    assert months[0] == "#d-2023-03-01"


def test_a_page_of_150_messages_is_small() -> None:
    talk = list(days(1, 150, "The tank by the gate is half full again, so please water the *beans* first. Bed {n}."))
    talk[::5] = [said("https://example.org/garden/how-to-mend-a-tank", "Mei", m.at_local) for m in talk[::5]]
    content = next(content for path, content in rendered(("Garden Club", talk)).items() if path.startswith("c/"))
    assert content.count(b"<article") == 150
    assert len(content) <= 60_000
    assert PageReader(content).nodes <= 2_000


def test_the_same_library_gives_the_same_bytes() -> None:
    talks = ("Garden Club", list(days(9, 40))), ("Chess", [said("e4")])
    assert list(rendered(*talks).items()) == list(rendered(*talks).items())


def test_conversations_have_folders_that_stay_and_say_nothing() -> None:
    paths = [path for path in rendered(("+44 20 7946 0417", [said("x")])) if path.startswith("c/")]
    assert all(re.fullmatch(r"c/[0-9a-f]{10}/index\.html", path) for path in paths)


# ---- the frame


def test_nothing_is_loaded_from_outside_and_the_policy_forbids_it() -> None:
    for page in read(rendered(("Garden Club", [said("https://example.org/x.png")]))).values():
        assert all(not address.startswith(("http", "//", "data")) for address in page.loaded)
        policies = [a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [
            "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'"
        ]
        assert ("meta", {"name": "robots", "content": "noindex, nofollow, noarchive"}) in page.elements


def test_the_stylesheet_is_small_and_loads_nothing() -> None:
    style = site.assets.style().decode()
    assert len(style.encode()) <= 6_000
    assert "url(" not in style
    assert "@import" not in style
    for part in ("prefers-color-scheme:dark", "@media print", ":focus-visible", "max-width"):
        assert part in style


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours written #rrggbb."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_ink_can_be_read_on_the_paper_and_on_the_wash(scheme: int) -> None:
    style = (files("archiver.exporters.site") / "static" / "style.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style.split("prefers-color-scheme: dark")[scheme]))
    inks = [name for name in colours if name not in {"paper", "wash", "line"}]
    assert len(inks) == 11
    for ink in inks:
        assert contrast(colours[ink], colours["paper"]) >= 4.5, ink
        assert contrast(colours[ink], colours["wash"]) >= 4.5, ink


def test_the_first_stop_of_the_keyboard_is_the_way_to_the_text() -> None:
    for page in read(rendered(("Garden Club", [said("x")]))).values():
        assert page.links[0] == "#text"
        assert "text" in page.ids


def test_the_home_page_says_what_this_is_and_how_to_be_left_out() -> None:
    talks = ("Garden Club", list(days(30, 50))), ("Chess", [said("e4")])
    pages = rendered(*talks, title="Letters", about="Kept by us.", contact="keeper@example.org", masked="yes")
    page = PageReader(pages["index.html"])
    for words_there in (
        "Letters", "Kept by us.", "Garden Club", "1,500 messages · 3 people", "1 March 2023 – 2 April 2023",
        "1 message · 1 person", "4 May 2023", "Write to keeper@example.org", "marks such as [phone]",
    ):  # fmt: skip
        assert words_there in page.text
    assert "mailto:keeper@example.org" in page.links


@pytest.mark.parametrize(
    ("contact", "links"),
    [("https://example.org/out", ["https://example.org/out"]), ("Ines, at the gate", []), ("", [])],
)
def test_whom_to_ask_may_be_an_address_a_sentence_or_nobody(contact: str, links: list[str]) -> None:
    page = PageReader(rendered(("Chess", [said("e4")]), contact=contact)["index.html"])
    assert [link for link in page.links if link.startswith(("http", "mailto"))] == links
    assert (contact or "Ask the person who gave you these pages") in page.text


# ---- languages


@pytest.mark.parametrize("language", site.languages())
def test_every_language_says_everything_english_says(language: str) -> None:
    folder = files("archiver.exporters.site") / "words"
    english = json.loads((folder / "en.json").read_text(encoding="utf-8"))
    other = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    assert other.keys() == english.keys()
    for key, value in english.items():
        if isinstance(value, str):
            assert set(re.findall(r"\{\w+\}", other[key])) == set(re.findall(r"\{\w+\}", value)), key
        elif isinstance(value, list):
            assert len(other[key]) == len(value), key
        else:
            assert other[key].keys() == value.keys(), key


def test_the_languages_are_those_we_promise() -> None:
    assert {"en", "de", "es", "fr", "pt", "ar"} <= set(site.languages())


def test_a_page_speaks_its_language() -> None:
    page = only_page(said("x"), language="de-AT")
    assert ("html", {"lang": "de", "dir": "ltr"}) in page.elements
    assert "Donnerstag, 4. Mai 2023" in page.text
    arabic = only_page(said("x"), language="ar")
    assert ("html", {"lang": "ar", "dir": "rtl"}) in arabic.elements


def test_a_language_nobody_has_written_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        words("tlh")
    assert "en" in refused.value.remedy
