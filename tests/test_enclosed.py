"""Attached files on the pages: off unless asked for, bared when they are, and nothing that acts."""

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from archiver.exporters.site.enclosed import enclosed
from archiver.exporters.site.words import words
from archiver.model import Attachment, KeptMessage, PublishedFile
from archiver.publish import MANIFEST, PublishReport, publish
from tests import pictures
from tests.browsers import Watched, chromium, served
from tests.libraries import Shelf, said
from tests.pages import PageReader, broken_links
from tests.pictures import ALL, CANARY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENGLISH = words("en")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PDF = b"%PDF-1.7\n" + CANARY


class Box(Shelf):
    """A shelf with files."""

    def __init__(self, files: dict[str, bytes], *talks: tuple[str, list[KeptMessage]]) -> None:
        super().__init__(*talks)
        self._files = files

    def attachment(self, sha256: str) -> BinaryIO:
        return io.BytesIO(self._files[sha256])


def box(**more: Any) -> Box:
    contents = {**ALL, "image/svg+xml": SVG, "application/pdf": PDF, "text/html": b"<!doctype html><script>1</script>"}
    files = {f"{number:064x}": content for number, content in enumerate(contents.values(), 1)}
    talk = [
        said(
            "",
            "Mei Lindqvist",
            f"2023-05-04T10:{number:02}:00",
            kind="media",
            id=f"f{number}",
            attachments=(Attachment(f"file {number}", kind, 5, f"in/{number}", f"{number:064x}"),),
            **more,
        )
        for number, kind in enumerate(contents, 1)
    ]
    return Box(files, ("Garden Club", talk))


def out(target: Path, library: Shelf, **options: str) -> PublishReport:
    return publish(library, target, conversations=["1"], options=options, secret=b"stays here")


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_files_stay_in_the_archive_unless_they_are_asked_for(tmp_path: Path) -> None:
    out(tmp_path / "site", box())
    files = tree(tmp_path / "site")
    assert not any(path.startswith("media/") for path in files)
    assert b"img-src" not in files["index.html"]
    (page,) = (content for path, content in files.items() if path.startswith("c/"))
    assert page.count(b"kept in the archive, not shown here") == len(ALL) + 3


def test_files_are_shown_bared_each_under_the_sum_of_its_bytes(tmp_path: Path) -> None:
    out(tmp_path / "site", box(), attachments="yes", data="jsonl,csv")
    files = tree(tmp_path / "site")
    shown = {path for path in files if path.startswith("media/")}
    assert len(shown) == len(ALL)
    assert all(re.fullmatch(r"media/[0-9a-f]{2}/[0-9a-f]{30}\.[a-z0-9]{2,4}", path) for path in shown)
    assert all(path in files[MANIFEST].decode() for path in shown)
    for path, content in files.items():
        assert CANARY not in content, path
        assert b"alert(1)" not in content, path
    reader = {path: PageReader(content) for path, content in files.items() if path.endswith(".html")}
    assert broken_links(reader, set(files)) == []
    (page,) = (content for path, content in files.items() if path.startswith("c/"))
    assert page.count(b"<img ") == 4
    assert page.count(b"<video ") == 2
    assert page.count(b"<audio ") == 5
    assert page.count(b"kept in the archive, not shown here") == 3
    rows = files["data/attachments.csv"].decode().split("\r\n")
    assert sum(",media/" in row for row in rows) == len(ALL)
    lines = files["data/messages.jsonl"].decode()
    assert "in/1" not in lines
    assert {file["path"] for line in lines.splitlines() for file in json.loads(line).get("attachments", ())
            if "path" in file} == shown  # fmt: skip


def test_what_cannot_be_bared_is_shown_when_somebody_allowed_it_and_pages_and_drawings_never(tmp_path: Path) -> None:
    out(tmp_path / "site", box(), attachments="yes", allow="metadata")
    endings = {path.rpartition(".")[2] for path in tree(tmp_path / "site") if path.startswith("media/")}
    assert "pdf" in endings
    assert not endings & {"svg", "html", "htm", "xml", "js"}


@pytest.mark.parametrize("taken", [{"deleted_at": "2023-06-01T00:00:00Z"}, {"extra": {"no_archive": True}}])
def test_files_of_what_was_taken_back_are_not_shown(tmp_path: Path, taken: dict[str, Any]) -> None:
    out(tmp_path / "site", box(**taken), attachments="yes")
    assert not any(path.startswith("media/") for path in tree(tmp_path / "site"))


def test_a_second_build_is_the_same_and_the_file_is_there_once(tmp_path: Path) -> None:
    twice = [
        said("", id=f"m{n}", attachments=(Attachment(f"{n}.jpg", "image/jpeg", 5, None, f"{n:064x}"),)) for n in (1, 2)
    ]
    library = Box({f"{n:064x}": pictures.jpeg() for n in (1, 2)}, ("Garden Club", twice))
    out(tmp_path / "one", library, attachments="yes")
    assert sum(path.startswith("media/") for path in tree(tmp_path / "one")) == 1
    before = tree(tmp_path / "one")
    assert out(tmp_path / "one", library, attachments="yes").unchanged == len(before) - 1
    assert tree(tmp_path / "one") == before


def test_a_page_of_photos_keeps_to_its_bars(tmp_path: Path) -> None:
    photo = pictures.jpeg().replace(b"\xff\xc0\x00\x11\x08\x00\x10\x00\x18", b"\xff\xc0\x00\x11\x08\x10\x00\x18\x00")
    talk = [
        said(f"Bed {n}", "Mei", f"2023-05-04T10:{n % 60:02}:00", id=f"m{n}",
             attachments=(Attachment(f"IMG-20230504-WA{n:04}.jpg", "image/jpeg", 5, None, "a" * 64),))
        for n in range(150)
    ]  # fmt: skip
    out(tmp_path / "site", Box({"a" * 64: photo}, ("Garden Club", talk)), attachments="yes")
    (page,) = (tmp_path / "site" / "c").rglob("*.html")
    assert page.stat().st_size <= 60_000
    assert PageReader(page.read_bytes()).nodes <= 2_000
    assert page.read_bytes().count(b'loading="lazy" width="640" height="427"') == 150


def test_a_picture_is_scaled_to_the_page_and_its_name_cannot_act() -> None:
    photo = PublishedFile(
        '"><script>alert(1)</script>.jpg', "image/jpeg", path="media/ab/c.jpg", width=4000, height=3000
    )
    written = enclosed(photo, ENGLISH)
    assert ' width="640" height="480">' in written
    assert "<script" not in written
    assert 'alt="Photo"' in enclosed(PublishedFile(None, "image/png", path="media/ab/c.png"), ENGLISH)
    assert "<img" not in enclosed(PublishedFile("a", "image/heic", path="media/ab/c.heic"), ENGLISH)
    assert "width" not in enclosed(PublishedFile("a", "image/png", path="media/ab/c.png"), ENGLISH)
    assert enclosed(PublishedFile("a", "application/pdf", path="x"), ENGLISH).count("<a ") == 1


# ---- in a browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("shown") / "site"
    out(target, box(), attachments="yes", title="Letters")
    return target


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["http", "file"])
def test_pictures_are_seen_within_the_policy_and_nothing_comes_from_outside(site: Path, kind: str) -> None:
    (path,) = (file.relative_to(site).as_posix() for file in (site / "c").rglob("*.html"))
    with chromium() as browser, served(site) as address:
        watched = Watched(browser, address if kind == "http" else f"{site.as_uri()}/")
        page = watched.go(path)
        page.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
        assert page.evaluate("document.images.length") == 4
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        watched.close()
    assert watched.outside == watched.complaints == watched.dialogs == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_to_complain_of_in_pictures(site: Path, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is missing").Axe()
    (path,) = (file.relative_to(site).as_posix() for file in (site / "c").rglob("*.html"))
    with chromium() as browser:
        page = _opened(browser, site, path, width)
        found: list[dict[str, Any]] = axe.run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def _opened(browser: "Browser", site: Path, path: str, width: int) -> Any:
    watched = Watched(browser, f"{site.as_uri()}/", bypass_csp=True, viewport={"width": width, "height": 800})
    return watched.go(path)
