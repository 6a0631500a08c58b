"""The pages in a real browser: nothing acts, nothing is fetched, everybody can use them, and they fit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archiver.model import Attachment, Handle, KeptMessage, Reaction, Span
from archiver.publish import publish
from tests.browsers import Watched, chromium, served
from tests.foxes import firefox
from tests.libraries import Shelf, days, person, said
from tests.test_site import HOSTILE
from tests.test_site_threads import letters, real

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ARABIC = "صباح الخير، الماء في الخزان قليل اليوم. هل يمكن لأحد أن يسقي الصف الأول؟ https://example.org/خزان"
PHOTO = Attachment("row one.jpg", "image/jpeg", size=23_456, state="present")
HEBREW = "שלום לכולם, הדלי ליד השער. 3 ליטר ל-10 שתילים *בבקשה*"
PATCH = """Like this:

diff --git a/gate.py b/gate.py
--- a/gate.py
+++ b/gate.py
@@ -1,2 +1,3 @@
 def open(gate):
+    gate.lift()  # and this is a very long line of a program that goes on and on until it is past the edge of a page
     gate.swing()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as running:
        yield running


def garden() -> Shelf:
    """A chat, a list with short and long threads and what they quote, a page with posts, and a list in Arabic."""
    talk = [*days(40, 12, "The tank by the gate is half full again, so please water the *beans* first. Bed {n}.")]
    talk += [
        said(ARABIC, "أمينة الخطيب", "2023-06-01T08:00:00", id="ar"),
        said(HEBREW, "דנה בר-לב", "2023-06-01T08:05:00", id="he", reply_to="ar"),
        said("look", "Mei", "2023-06-01T08:06:00", attachments=(PHOTO,)),
        said("```ssh gate```", "Mei", "2023-06-01T08:07:00", reactions=(Reaction(None, "👍"), Reaction(None, "💧"))),
        said("```for bed in beds:\n    water(bed)```", "Mei", "2023-06-01T08:08:00"),
        said("Mei added Ines", None, "2023-06-01T09:00:00", kind="event.added"),
        said("", "Ines Okoro", "2023-06-01T09:01:00", kind="deleted"),
        said("W" * 400, "Ines Okoro", "2023-06-01T09:02:00", subject="A very long word"),
    ]  # fmt: skip
    return Shelf(
        ("Garden Club", talk),
        ("Garden letters", list_letters()),
        ("Neighbours", posts()),
        ("حديقة الحي", [said(ARABIC, "أمينة", id="a", subject="الماء"), said(HEBREW, "דנה", id="b", reply_to="a")]),
        kinds=("group", "list", "page", "list"),
    )


def list_letters() -> list[KeptMessage]:
    long = [replace(one, id=f"long-{one.id}", reply_to=one.reply_to and f"long-{one.reply_to}") for one in real(170)]
    text = "Yes.\nOn Monday Mei wrote:\n> folded quote of Monday\n"
    cuts = [0, text.index("On"), text.index(">"), len(text)]
    spans = tuple(Span(kind, *cuts[n : n + 2]) for n, kind in enumerate(("own", "attribution", "quote")))  # type: ignore[arg-type]  # three of the words of SpanKind
    told = [
        said(text, "Ines Okoro", "2023-07-01T10:00:00", id="quoting", subject="Quoting", spans=spans),
        said(PATCH, "Mei", "2023-07-02T10:00:00", id="patch", subject="[PATCH] Open the gate " + "w" * 90),
    ]
    return [*letters(120), *long, *told]


def posts() -> list[KeptMessage]:
    told = []
    for n in range(8):
        told.append(
            said(
                f"Post {n}: the tomatoes are ripe.",
                "Ines Okoro",
                f"2024-05-0{1 + n}T10:00:00",
                id=f"p{n}",
                attachments=(PHOTO,),
            )
        )
        told += [
            said(f"Comment {n}.{k}", "Mei", f"2024-05-0{1 + n}T11:0{k}:00", id=f"p{n}c{k}", reply_to=f"p{n}")
            for k in range(n % 3)
        ]
    return told


@pytest.fixture(scope="module", params=["en", "ar"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("seen") / "site"
    options = {"title": "Letters", "contact": "keeper@example.org", "language": str(request.param)}
    publish(garden(), target, conversations=["1", "2", "3", "4"], options=options, secret=b"x")
    return target


def pages(site: Path) -> list[str]:
    """Every page: those that tell of the whole site first, then the conversations'."""
    found = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    return [path for path in found if "/" not in path] + [path for path in found if "/" in path]


TYPES = (
    "index", "search", "years/index", r"years/\d+", "people/index", "files/index", r"files/[\d-]+", "links/index",
    "links/[a-z]", r"c/\w+/index", r"c/\w+/\d{4}-\d\d-\d\d", r"c/\w+/\d{4}-\d\d", r"c/\w+/t-\w+", r"c/\w+/t-\w+-2",
)  # fmt: skip


def types(site: Path) -> list[str]:
    """Of every type of page two at most: of conversations' first pages all."""
    found = []
    for kind in TYPES:
        those = [path for path in pages(site) if re.fullmatch(rf"{kind}\.html", path)]
        assert those, kind
        found += those if kind == r"c/\w+/index" else those[-2:]
    return list(dict.fromkeys(found))


def ask(page: "Page") -> None:
    """Fills the page to search, where this is one."""
    if page.query_selector("#search"):
        page.wait_for_selector("#search:not([hidden])")
        page.fill("[name=q]", "tank")
        page.wait_for_selector("#found li mark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(browser: "Browser", site: Path, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing").Axe()
    watched = Watched(browser, f"{site.as_uri()}/", color_scheme=scheme, bypass_csp=True)
    for path in types(site):
        page = watched.go(path)
        ask(page)
        found: list[dict[str, Any]] = axe.run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == [], path
    watched.close()


@pytest.mark.parametrize("width", [390, 640, 1280])
def test_nothing_sticks_out_at_the_side(browser: "Browser", site: Path, width: int) -> None:
    watched = Watched(browser, f"{site.as_uri()}/", viewport={"width": width, "height": 800})
    for path in pages(site):
        page = watched.go(path)
        ask(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    watched.close()


@pytest.mark.parametrize("kind", ["http", "file"])
def test_nothing_is_fetched_from_outside_and_the_policy_is_never_broken(
    browser: "Browser", site: Path, kind: str
) -> None:
    with served(site) as address:
        watched = Watched(browser, address if kind == "http" else f"{site.as_uri()}/")
        for path in pages(site):
            ask(watched.go(path))
        watched.close()
    assert len(watched.requested) > 3 * len(pages(site)) - 1
    assert watched.outside == []
    assert watched.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_at_twice_the_size_nothing_sticks_out(browser: "Browser", site: Path, width: int) -> None:
    """200 % zoom is half the width, with letters of the same size in points: what a browser's zoom does."""
    watched = Watched(
        browser, f"{site.as_uri()}/", viewport={"width": width // 2, "height": 400}, device_scale_factor=2
    )
    for path in types(site):
        page = watched.go(path)
        ask(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width // 2, path
    watched.close()


def test_without_scripts_every_message_can_be_read(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/", java_script_enabled=False)
    shown = ""
    for path in pages(site):
        page = watched.go(path)
        for summary in page.locator("summary").all():
            summary.click()
        shown += " ".join(page.locator("body").inner_text().split()) + "\n"
    told = [message for number in range(1, 5) for message in garden().messages(number)]
    assert len(told) > 700
    for message in told:
        for span in message.spans or (Span("own", 0, len(message.text)),):
            words = re.sub(r"[*`]", "", " ".join(message.text[span.start : span.end].split()))
            assert words in shown, message.id
    watched.close()


def test_the_first_stop_of_the_keyboard_is_seen_and_leads_to_the_text(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    page = watched.go(types(site)[-1])
    page.keyboard.press("Tab")
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    watched.close()


def test_on_paper_there_is_no_navigation_and_all_the_text(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    for path in types(site):
        page = watched.go(path)
        page.emulate_media(media="print")
        for hidden in (".skip", ".pages", ".up", ".seek", ".months", ".t > .toc"):
            assert not any(one.is_visible() for one in page.locator(hidden).all()), path
        assert all(one.is_visible() for one in page.locator("article p").all()[:40])
        assert page.evaluate(CLIPPED) == [], path
        assert len(page.pdf()) > 1000
        page.emulate_media(media="screen")
    watched.close()


CLIPPED = """[...document.querySelectorAll("article *, main li *")].filter(one =>
  one.scrollWidth > one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).overflowX !== "visible"
  && getComputedStyle(one).position !== "absolute").map(one => one.outerHTML.slice(0, 90))"""


def test_what_is_folded_is_unfolded_on_paper(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    page = watched.go(_with(site, "folded quote"))
    folded = page.get_by_text("folded quote of Monday")
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.is_visible()
    watched.close()


def _with(site: Path, words: str) -> str:
    return next(path for path in pages(site) if path.startswith("c/") and words in (site / path).read_text("utf-8"))


def test_a_150_message_page_is_light_for_the_browser(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    for path in pages(site):
        count = "document.querySelectorAll('*').length"
        assert watched.go(path).evaluate(count) <= 2_000
    watched.close()


def hostile() -> tuple[Shelf, Sequence[str]]:
    """Everything that somebody else may choose says something hostile, in a chat and in threads."""
    talk = []
    for n, text in enumerate(HOSTILE):
        by = person(text or "x")
        reaction = Reaction(Handle("x", text, text), text)
        file = Attachment(text, text, size=9)
        link = f"https://evil.example/{text} https://[{text}"
        talk.append(
            said(f"{text} findme {link}", by, id=text, subject=text, attachments=(file,), reactions=(reaction,))
        )
        talk += [
            said(f"findme {k}", by, id=f"r{n}.{k}", reply_to=text, subject=f"{text} {k}")
            for k in range(30 if n % 7 == 0 else 2)
        ]
        talk.append(said(f"{text} findme", by, id=f"n{n}"))
        talk.append(said(f"{text} findme", kind=f"event.{text}", id=f"e{n}"))
    titles = ("<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>', "</title><script>alert(1)</script>")
    return Shelf(*((text, talk) for text in titles), kinds=("group", "list", "page")), titles


@pytest.mark.parametrize("kind", ["http", "file"])
def test_hostile_text_never_runs(browser: "Browser", tmp_path: Path, kind: str) -> None:
    site = tmp_path / "site"
    shelf, _ = hostile()
    options = {name: HOSTILE[1 + n % 3] for n, name in enumerate(("title", "about", "contact", "keeper", "licence"))}
    publish(shelf, site, conversations=["1", "2", "3"], options=options, secret=b"x")
    assert {path.split("/")[0] for path in pages(site)} >= {"c", "years", "people", "files", "links"}
    assert [path for path in pages(site) if "/t-" in path]
    with served(site) as address:
        watched = Watched(browser, address if kind == "http" else f"{site.as_uri()}/")
        for path in pages(site):
            page = watched.go(path)
            if page.query_selector("#search"):
                page.wait_for_selector("#search:not([hidden])")
                page.fill("[name=q]", "findme")
                while page.locator("#more").is_visible():
                    page.click("#more")
                    page.wait_for_timeout(100)
            assert page.evaluate("document.querySelectorAll('img, svg, iframe, [onclick], [onmouseover]').length") == 0
        watched.close()
    assert watched.dialogs == []
    assert watched.outside == []
    assert watched.complaints == []


def test_firefox_shows_the_pages_and_searches_them_from_disk(site: Path) -> None:
    with firefox() as fox:
        for path in types(site):
            fox.go(f"{site.as_uri()}/{path}")
            assert fox.run("return document.compatMode") == "CSS1Compat"
            assert fox.run("return getComputedStyle(document.body).maxWidth").endswith("px"), path
            assert fox.run("return document.documentElement.scrollWidth <= innerWidth"), path
        fox.go(f"{site.as_uri()}/search.html")
        found = fox.run(SEARCHED)
        assert found, "nothing was found"
        assert all("tank" in text for text in found)


SEARCHED = """
return new Promise(done => {
  const look = () => {
    const box = document.querySelector("[name=q]"), found = [...document.querySelectorAll("#found li")];
    if (found.length) return done(found.map(one => one.textContent));
    if (!document.querySelector("#search").hidden && !box.value) {
      box.value = "tank";
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    setTimeout(look, 50);
  };
  look();
});
"""
