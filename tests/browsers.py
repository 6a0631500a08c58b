"""A real browser for the tests: Debian's Chromium, driven by Playwright; what it asks for and complains of is kept."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = os.environ.get("ARCHIVE_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """The browser, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM or not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium here; name one with ARCHIVE_TEST_CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A browser window that keeps count of what must not happen: *outside* requests, *complaints*, *dialogs*."""

    def __init__(self, browser: "Browser", base: str, **options: Any) -> None:
        self.base = base
        self.requested: list[str] = []
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self._context: BrowserContext = browser.new_context(**options)
        self.page: Page = self._context.new_page()
        self.page.on("request", lambda request: self._requested(request.url))
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._dialog)

    def go(self, path: str) -> "Page":
        self.page.goto(self.base + path)
        return self.page

    def close(self) -> None:
        self._context.close()

    def _requested(self, url: str) -> None:
        if url.endswith("favicon.ico"):  # the browser asks for it by itself
            return
        self.requested.append(url)
        if not url.startswith(self.base):
            self.outside.append(url)

    def _said(self, said: Any) -> None:
        if said.type == "error" and not said.location.get("url", "").endswith("favicon.ico"):  # as above
            self.complaints.append(said.text)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server for a folder, on this machine only."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
