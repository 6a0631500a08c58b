"""HTML as text: what a reader sees is there, what nobody sees is not, and no markup takes long."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.importers.mail import hypertext
from archiver.importers.mail.hypertext import flat, read


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>three", "One\nTwo\nthree"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("One<br>Two<br><br>Three<br><br><br><br>Four", "One\nTwo\n\nThree\n\nFour"),
        ("<div>One<br></div><div>Two</div>", "One\nTwo"),
        ("<h1>Beds</h1>Four of them", "Beds\n\nFour of them"),
        ("One\n  <b>two</b>&nbsp;three<i> four</i>,five", "One two three four,five"),
        ("&lt;p&gt; &amp;amp; &uuml; &#128513;", "<p> &amp; ü 😁"),
        ("<pre>a  b\n   c\n\n\n\nd</pre>e", "a  b\n   c\n\nd\ne"),
        ("<pre>a <b>b</b>\n  c<br>d</pre>", "a b\n  c\nd"),
        ("One<hr>Two", "One\n----------\nTwo"),
        ("  <p> </p><p>&nbsp;</p> ", ""),
        ("", ""),
        ("no markup", "no markup"),
        ("a < b and <3", "a < b and <3"),
        ("One<o:p></o:p><o:p>&nbsp;</o:p>", "One"),
        ("<frameset><frame src=x></frameset>", ""),
    ],
)
def test_blocks_and_breaks_are_line_ends(markup: str, text: str) -> None:
    assert read(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<ul><li>One</li><li>Two</ul>", "• One\n• Two"),
        ("<ol><li>One<li>Two</ol>", "1. One\n2. Two"),
        ("<ol start=3><li>Three<br>more</ol>", "3. Three\n  more"),
        ("<ol start=x><li>One</ol>", "1. One"),
        ("<ul><li><p>One</p></li><li><p>Two</p></li></ul>after", "• One\n\n• Two\n\nafter"),
        ("<ul><li>One<ol><li>a<li>b</ol></li><li>Two</ul>", "• One\n  1. a\n  2. b\n• Two"),
        ("<ul><li></li><li>Two</ul>x", "• Two\nx"),
        ("<li>stray", "• stray"),
    ],
)
def test_items_have_bullets_and_numbers(markup: str, text: str) -> None:
    assert read(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<table><tr><th>Bed<th>Crop<tr><td>1<td>Beans</table>after", "Bed\tCrop\n1\tBeans\nafter"),
        ("<table><tr><td><p>1</p></td><td><p>Beans</p></td></tr></table>", "1\tBeans"),
        ("<table><tr><td>1<br>2</td><td>Beans</td></tr></table>", "1\n2\nBeans"),
        ("<table><tr><td></td><td>Beans</td><td> </td><td>x</td></tr></table>", "Beans\tx"),
        ("<table><tr><td><table><tr><td>a<td>b</table></td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
    ],
)
def test_cells_have_tabs_and_rows_lines(markup: str, text: str) -> None:
    assert read(markup) == text


def test_quotations_are_seen() -> None:
    markup = "<div>Ana wrote:</div><blockquote type=cite>One<blockquote><p>Two</p><p>Three</p></blockquote>Four"
    markup += "</blockquote>Five"
    assert read(markup) == "Ana wrote:\n> One\n>\n>> Two\n>>\n>> Three\n>\n> Four\n\nFive"


def test_items_in_a_quotation_keep_their_bullets() -> None:
    assert read("<blockquote><ul><li>One<li>Two</ul></blockquote>") == "> • One\n> • Two"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<a href="https://garden.example/plan">the plan</a>, see', "the plan <https://garden.example/plan>, see"),
        ('<a href="https://garden.example/">https://garden.example</a>', "https://garden.example"),
        ('<a href="http://www.garden.example">garden.example</a>', "garden.example"),
        ('<a href="mailto:ana@garden.example">ana@garden.example</a>', "ana@garden.example"),
        ('<a href="mailto:ana@garden.example">Ana</a>', "Ana <ana@garden.example>"),
        ('<a href="https://evil.example/">https://bank.example</a>', "https://bank.example <https://evil.example/>"),
        ('<a href="#top">top</a> <a href="javascript:x()">x</a> <a name=y>y</a> <a>z</a>', "top x y z"),
        ('<a href="https://t.example/pixel"><img src=x></a>', ""),
        ('<a href="https://t.example/"><img src=x alt="Our beds"></a>', "[Our beds] <https://t.example/>"),
        ('<a href="https://t.example/"><div>One</div></a>Two', "One <https://t.example/>\nTwo"),
        ('<a href="\n https://t.ex\nample/ ">One</a>', "One <https://t.example/>"),
        (f'<a href="https://{"x" * 3000}">One</a>', "One"),
    ],
)
def test_a_link_tells_where_it_goes_if_its_text_does_not(markup: str, text: str) -> None:
    assert read(markup) == text


@pytest.mark.parametrize(
    "markup",
    [
        "<style>p {color: green}</style>",
        "<script>if (a < b) alert('</p>')</script>",
        "<title>gone</title>",
        "<!-- gone -->",
        "<!--[if mso]><p>gone</p><![endif]-->",
        "<select><option>gone</select><textarea>gone</textarea>",
        "<template><p>gone</template>",
        "<iframe src=x>gone</iframe><svg><text>gone</text></svg>",
        '<div style="display:none">gone</div>',
        '<span style="color: red; DISPLAY : none !important">gone</span>'.replace(" : ", ": "),
        '<div style="visibility: hidden"><p>gone</div>',
        '<div style="max-height:0px;overflow:hidden">gone</div>',
        '<div style="opacity:0;">gone</div>',
        '<div style="mso-hide:all">gone</div>',
        '<div style="font-size:0">gone</div>',
        '<div style="font-size: 0px; line-height: 0">gone</div>',
        "<p hidden>gone</p>",
        '<p style="display:none">gone<p>',
        '<img src="https://t.example/open.gif" width=1 height=1 alt="gone">',
        '<img src="x.gif" alt="">',
    ],
)
def test_what_nobody_sees_is_left_out(markup: str) -> None:
    assert read(f"<p>One</p>{markup}<p>Two</p>") == "One\n\nTwo"


@pytest.mark.parametrize(
    "markup",
    [
        '<td style="font-size:0px"><div style="font-size:13px">One</div></td>',
        '<div style="font-size:0.9em">One</div>',
        '<div style="opacity:0.5">One</div>',
        '<div style="max-height:0.5em; max-height:100px">One</div>',
        '<div style="display:block; text-decoration:none">One</div>',
        "<p class=hidden>One</p>",
    ],
)
def test_what_is_only_small_is_seen(markup: str) -> None:
    assert read(f"<table><tr>{markup}</table>") == "One"


def test_a_mail_that_hides_all_of_itself_is_shown() -> None:
    assert read('<body style="display:none"><p>Bring spades.</p>') == "Bring spades."


def test_an_image_is_its_alternative_text() -> None:
    assert read('<img src="cid:1" alt=" Our\nbeds ">') == "[Our beds]"


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<html><META http-equiv=Content-Type content='text/html; charset=windows-1250'>", "windows-1250"),
        (b"<meta name=x><p>charset=utf-8", None),
        (b"<meta " * 10_000, None),
        (b"", None),
    ],
)
def test_the_charset_is_what_a_meta_says(head: bytes, charset: str | None) -> None:
    assert hypertext.charset(head) == charset


DEEP = [
    "<div>" * 10_000 + "spade",
    "<blockquote>" * 10_000 + "spade",
    "<ul><li>" * 5_000 + "spade",
    "<table><tr><td>" * 5_000 + "spade",
    "<span>" * 10_000 + "spade",
    "<p><b>" * 10_000 + "spade",
]


@pytest.mark.parametrize("markup", DEEP, ids=range(len(DEEP)))
def test_ten_thousand_levels_are_no_concern(markup: str) -> None:
    assert read(markup).endswith("spade")


HOSTILE = [
    "<div>" * 100_000,
    "<blockquote><div>" * 25_000 + "x",
    "".join(f"<i id=a{at}>" for at in range(20_000)) + "<p>x" * 25_000,
    "<p " + " ".join(f"a{at}=b" for at in range(37_000)) + ">x",
    "<p " + "".join(f'a{at}=">"' for at in range(25_000)) + ">x",
    "<p a/" + "/".join(f"a{at}" for at in range(37_000)) + ">x",
    "<a><div>x" * 25_000,
    "<b><p>" * 25_000 + "</b></p>" * 25_000,
    "<" * 250_000,
    "<a " * 75_000,
    '<a b="' * 37_000,
    "<!--" * 62_000,
    "<script" * 37_000,
    "<script>" * 37_000,
    "<style><" * 37_000,
    "&amp" * 62_000,
    "&" * 25_000,
    "<table>" * 25_000 + "x",
    "<table>" + "x<b>" * 25_000,
    "<td>x" * 37_000,
    "<a href=x>" * 37_000,
    "<li>" * 37_000,
    "<pre>\n" * 25_000,
    "<br>" * 62_000 + "x",
    "<svg><![CDATA[" * 20_000,
    "x " * 20_000,
    "<p style='" + "display:" * 25_000 + "'>x",
    '<p style="opacity:0' + "0" * 62_000 + '1">x',
]


@pytest.mark.parametrize("markup", HOSTILE, ids=range(len(HOSTILE)))
def test_no_markup_takes_long(markup: str) -> None:
    read(markup)
    flat(markup)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 30_000,
        "".join(f"<i id=a{at}>" for at in range(3000)) + "<p>x" * 30_000,
        "<p " + " ".join(f"a{at}=b" for at in range(20_000)) + ">x",
    ],
    ids=["nesting", "formatting", "attributes"],
)
def test_markup_that_stalls_a_parser_is_read_without_a_tree(markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypertext, "flat", lambda _: "flat")
    assert read(markup) == "flat"


@pytest.mark.parametrize(
    "markup",
    [
        "<tr><td>x</td></tr>" * 20_000,
        "<p>x<b>y</b></p>\n" * 20_000,
        f'<img src="data:image/png;base64,{"A" * 500_000}">x',
    ],
    ids=["rows", "paragraphs", "data"],
)
def test_a_long_mail_is_no_hostile_mail(markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hypertext, "flat", lambda _: "flat")
    assert read(markup) != "flat"


def test_without_a_tree_the_words_and_lines_are_the_same() -> None:
    markup = (
        "<head><title>t</title><style>s</style></head><p>One &amp; <b>two</b></p><!-- c --><ul><li>Three<br>four</ul>x"
    )
    assert flat(markup) == "One & two\n\nThree\nfour\nx"


@given(st.text(alphabet="<>/abpultdr=\"' -!&;\n\xa0🌱", max_size=200))
def test_no_markup_makes_reading_fail(markup: str) -> None:
    text = read(markup)
    text.encode()
    assert text == text.strip("\n")
    assert "\n\n\n" not in text
    flat(markup)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<td>",
                "<table>",
                "</table>",
                "<li>",
                "<ul>",
                "</ul>",
                "<b>",
                "</b>",
                "<a href='http://x'>",
                "</a>",
                "<blockquote>",
                "</blockquote>",
                "<pre>",
                "</pre>",
                "<br>",
                " ",
            ]
        ),
        max_size=40,
    )
)
def test_no_word_is_lost_or_told_twice(tags: list[str]) -> None:
    markup = "".join(f"{tag} w{at} " for at, tag in enumerate(tags))
    found = re.findall(r"\bw\d+", read(markup))
    assert sorted(found) == sorted(f"w{at}" for at in range(len(tags)))
