"""Pagefind, for sites on the web: on request, with our own search beside it for whoever opens the folder."""

import sys
from pathlib import Path

import pytest

from archiver.contracts import Page, Rendering
from archiver.errors import ArchiveError, UsageError
from archiver.exporters import finder
from archiver.publish import MANIFEST, PublishReport, check, publish
from tests.browsers import Watched, chromium, served
from tests.libraries import Shelf, days, said
from tests.pages import PageReader, broken_links

HOSTILE = "<script>alert(1)</script>"
GARDEN = Shelf(
    ("Garden Club", list(days(20, 20, "The tank by row {n} is half full."))),
    ("Chess", [said(f"harbour opening {HOSTILE}", "Mei", id="e4")]),
)


def out(target: Path, **options: str) -> PublishReport:
    return publish(GARDEN, target, conversations=["1", "2"], options=options, secret=b"stays here")


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def installed() -> None:
    """Skips, with the reason, where Pagefind is not there."""
    pytest.importorskip("pagefind_bin", reason="pagefind[bin] is not installed")


def test_without_the_package_it_says_which_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind.service", None)
    with pytest.raises(UsageError) as refused:
        out(tmp_path / "site", search="pagefind")
    assert "community-archive[pagefind]" in refused.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_another_search_is_refused_and_our_own_needs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pagefind.service", None)
    with pytest.raises(UsageError, match="no search called"):
        out(tmp_path / "site", search="lucene")
    out(tmp_path / "site", search="own")
    assert "pagefind-start.js" not in tree(tmp_path / "site")


def test_a_program_that_fails_leaves_what_was_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out(tmp_path / "site")
    before = tree(tmp_path / "site")
    for program in ("false", "nothing-of-that-name"):
        monkeypatch.setattr(finder, "_program", lambda program=program: Path(program))
        with pytest.raises(ArchiveError, match="could not") as failed:
            out(tmp_path / "site", search="pagefind")
        assert failed.value.remedy
        assert tree(tmp_path / "site") == before


@pytest.mark.usefixtures("installed")
def test_the_index_is_in_the_manifest_and_comes_out_the_same(tmp_path: Path) -> None:
    out(tmp_path / "one", search="pagefind", title=HOSTILE)
    out(tmp_path / "two", search="pagefind", title=HOSTILE)
    files = tree(tmp_path / "one")
    assert files == tree(tmp_path / "two")
    assert check(tmp_path / "one")[1] == []
    assert "  pagefind/pagefind.js\n" in files[MANIFEST].decode()
    assert b'id="search"' in files["search-offline.html"]
    assert b"<script>alert" not in files["search.html"]
    assert b"wasm-unsafe-eval" not in files["index.html"]
    reader = {path: PageReader(content) for path, content in files.items() if path.endswith(".html")}
    assert broken_links(reader, set(files)) == []


@pytest.mark.usefixtures("installed")
def test_pages_without_messages_are_not_found() -> None:
    pages = [
        Page("search.html", b"ours"),
        Page("a.html", iter([b"<html><body><article ", b">Beans</article></body></html>"])),
        Page("b.html", b"<p>"),
        Page("c", b""),
    ]
    found = {page.path: b"".join(page.content) if not isinstance(page.content, bytes) else page.content
             for page in finder.searched(iter(pages), Rendering("Letters"))}  # fmt: skip
    assert found["search-offline.html"] == b"ours"
    assert found["a.html"] == b"<html><body><article >Beans</article></body></html>"
    assert sum(path.startswith("pagefind/fragment/") for path in found) == 1
    assert [page.path for page in finder.searched(iter(pages[2:]), Rendering())] == ["b.html", "c"]


@pytest.mark.browser
@pytest.mark.usefixtures("installed")
def test_a_browser_finds_pages_on_the_web_and_asks_nobody_else(tmp_path: Path) -> None:
    out(tmp_path / "web" / "deep", search="pagefind")
    with chromium() as browser, served(tmp_path / "web") as address:
        watched = Watched(browser, f"{address}deep/")
        page = watched.go("search.html")
        page.fill("#pagefind input", "harbour")
        page.wait_for_selector("#pagefind .pagefind-ui__result-link")
        link = page.locator("#pagefind .pagefind-ui__result-title a").first
        assert "opening" in page.locator("#pagefind .pagefind-ui__result-excerpt").first.inner_text()
        link.click()
        page.wait_for_selector("article")
        assert "opening" in page.locator("article").first.inner_text()
        assert page.url.startswith(f"{address}deep/c/")
        watched.close()
    assert watched.outside == watched.complaints == watched.dialogs == []


@pytest.mark.browser
@pytest.mark.usefixtures("installed")
def test_whoever_opens_the_folder_is_led_to_our_own_search(tmp_path: Path) -> None:
    out(tmp_path / "site", search="pagefind")
    with chromium() as browser:
        watched = Watched(browser, f"{(tmp_path / 'site').as_uri()}/")
        page = watched.go("search.html")
        page.wait_for_url("**/search-offline.html")
        page.fill("[name=q]", "harbour")
        page.wait_for_selector("#found li mark")
        watched.close()
    assert watched.outside == watched.dialogs == []
