"""A Firefox for the tests: Debian's, as it is, spoken to by its own Marionette protocol; nothing else is needed."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FIREFOX = os.environ.get("ARCHIVE_TEST_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
_PATIENCE = 90  # seconds for it to start, on a busy machine
_SETTINGS = {
    "marionette.port": 0,  # any that is free; it says which in a file of its profile
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "toolkit.telemetry.enabled": False,
}


class Fox:
    """One window. A command is ``[0, number, name, parameters]`` with its length in front; so is what comes back."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._number = 0
        self._read()
        self.ask("WebDriver:NewSession", capabilities={})

    def go(self, address: str) -> None:
        self.ask("WebDriver:Navigate", url=address)

    def run(self, script: str) -> Any:
        """What a script on the page returns, or resolves to."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def ask(self, command: str, **parameters: object) -> Any:
        self._number += 1
        told = json.dumps([0, self._number, command, parameters]).encode()
        self._line.sendall(f"{len(told)}:".encode() + told)
        _, _, error, found = self._read()
        assert error is None, error
        return found

    def close(self) -> None:
        self._line.close()

    def _read(self) -> Any:
        length = b""
        while (sign := self._line.recv(1)) != b":":
            assert sign, "Firefox hung up"
            length += sign
        left, told = int(length), b""
        while len(told) < left:
            told += self._line.recv(left - len(told))
        return json.loads(told)


@contextmanager
def firefox() -> Iterator[Fox]:
    """The browser, or a skip that says what is missing."""
    if not FIREFOX or not Path(FIREFOX).exists():
        pytest.skip("there is no Firefox here; name one with ARCHIVE_TEST_FIREFOX")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = Path(folder)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in _SETTINGS.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        running = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--marionette", "--profile", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": folder, "MOZ_HEADLESS": "1"},
        )
        try:
            fox = Fox(_port(profile, running))
            try:
                yield fox
            finally:
                fox.close()
        finally:
            running.terminate()
            running.wait(_PATIENCE)


def _port(profile: Path, running: subprocess.Popen[bytes]) -> int:
    """Where Firefox listens, once it does."""
    told = profile / "MarionetteActivePort"
    for _ in range(_PATIENCE * 10):
        if told.exists() and (port := told.read_text(encoding="utf-8").strip()):
            return int(port)
        if running.poll() is not None:
            pytest.skip("Firefox does not start here")
        time.sleep(0.1)
    pytest.skip("Firefox did not start in time")
