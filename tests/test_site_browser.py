"""The pages in a real browser: nothing acts, nothing is fetched, everybody can use them, and they fit."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archiver.model import Attachment, Handle, Reaction
from archiver.publish import publish
from tests.browsers import Watched, chromium, served
from tests.libraries import Shelf, days, person, said
from tests.test_site import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

ARABIC = "صباح الخير، الماء في الخزان قليل اليوم. هل يمكن لأحد أن يسقي الصف الأول؟ https://example.org/خزان"
PHOTO = Attachment("row one.jpg", "image/jpeg", state="present")
HEBREW = "שלום לכולם, הדלי ליד השער. 3 ליטר ל-10 שתילים *בבקשה*"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as running:
        yield running


def garden() -> Shelf:
    talk = [*days(40, 12, "The tank by the gate is half full again, so please water the *beans* first. Bed {n}.")]
    talk += [
        said(ARABIC, "أمينة الخطيب", "2023-06-01T08:00:00", id="ar"),
        said(HEBREW, "דנה בר-לב", "2023-06-01T08:05:00", id="he", reply_to="ar"),
        said("look", "Mei", "2023-06-01T08:06:00", attachments=(PHOTO,)),
        said("```ssh gate```", "Mei", "2023-06-01T08:07:00", reactions=(Reaction(None, "👍"), Reaction(None, "💧"))),
        said("Mei added Ines", None, "2023-06-01T09:00:00", kind="event.added"),
        said("", "Ines Okoro", "2023-06-01T09:01:00", kind="deleted"),
        said("W" * 400, "Ines Okoro", "2023-06-01T09:02:00", subject="A very long word"),
    ]  # fmt: skip
    return Shelf(("Garden Club", talk), ("حديقة الحي", [said(ARABIC, "أمينة"), said(HEBREW, "דנה")]))


@pytest.fixture(scope="module", params=["en", "ar"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("seen") / "site"
    options = {"title": "Letters", "contact": "keeper@example.org", "language": str(request.param)}
    publish(garden(), target, conversations=["1", "2"], options=options, secret=b"x")
    return target


def pages(site: Path) -> list[str]:
    """One page of every type: home, search, the first, a middle and the last of a conversation."""
    found = sorted(file.relative_to(site).as_posix() for file in site.rglob("*.html"))
    return [path for path in found if "/" not in path] + [path for path in found if "/" in path]


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
    for path in pages(site):
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


def test_without_scripts_every_message_can_be_read(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/", java_script_enabled=False)
    shown = ""
    for path in pages(site):
        shown += watched.go(path).locator("body").inner_text()
    for n in range(480):
        assert f"Bed {n}." in shown
    assert "الصف الأول" in shown
    watched.close()


def test_the_first_stop_of_the_keyboard_is_seen_and_leads_to_the_text(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    page = watched.go(pages(site)[-1])
    page.keyboard.press("Tab")
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    watched.close()


def test_on_paper_there_is_no_navigation_and_all_the_text(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    page = watched.go(pages(site)[-1])
    page.emulate_media(media="print")
    for hidden in (".skip", ".pages", ".up"):
        assert not any(one.is_visible() for one in page.locator(hidden).all())
    assert all(one.is_visible() for one in page.locator("article p").all())
    assert len(page.pdf()) > 1000
    watched.close()


def test_a_150_message_page_is_light_for_the_browser(browser: "Browser", site: Path) -> None:
    watched = Watched(browser, f"{site.as_uri()}/")
    for path in pages(site):
        count = "document.querySelectorAll('*').length"
        assert watched.go(path).evaluate(count) <= 2_000
    watched.close()


@pytest.mark.parametrize("kind", ["http", "file"])
def test_hostile_text_never_runs(browser: "Browser", tmp_path: Path, kind: str) -> None:
    talk = []
    for n, text in enumerate(HOSTILE):
        by = person(text or "x")
        reaction = Reaction(Handle("x", text, text), text)
        file = Attachment(text, text)
        talk.append(said(f"{text} findme", by, id=text, subject=text, attachments=(file,), reactions=(reaction,)))
        talk.append(said("findme", by, id=f"r{n}", reply_to=text))
        talk.append(said(f"{text} findme", kind=f"event.{text}", id=f"e{n}"))
    site = tmp_path / "site"
    shelf = Shelf(*((text, talk) for text in ("<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>')))
    options = {"title": HOSTILE[1], "about": HOSTILE[2], "contact": HOSTILE[3]}
    publish(shelf, site, conversations=["1", "2"], options=options, secret=b"x")
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
