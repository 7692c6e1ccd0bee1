"""Debian's Firefox and WebKit, each with one window: go to a page, and ask it something.

Firefox is driven as in `firefox`; WebKitGTK's MiniBrowser by WebKitWebDriver, on a screen of its own (Xvfb).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lab import firefox, programs
from lab.programs import LabError

#: Seconds for a browser to start, and for an answer.
PATIENCE = 120
#: The programs that each browser needs.
NEEDED = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb")}
MINIBROWSER = "/usr/lib/*-linux-gnu*/webkit2gtk-4.1/MiniBrowser"
#: JavaScript: begin to call a function; what comes of it is in `answered`.
CALL = """
window.answered = null;
(async () => ({function})(...{arguments}))().then(
  (value) => {{ window.answered = {{ value: value ?? null }}; }},
  (error) => {{ window.answered = {{ thrown: String(error) }}; }},
);
"""


class Window(Protocol):
    """The one window of a browser."""

    def goto(self, address: str, width: int) -> None:
        """Make the window `width` px wide, open an address in it, and wait until it has loaded."""

    def ask(self, script: str) -> Any:
        """Run the body of a function in the page, and return what it returns, as JSON has it."""


def is_installed(name: str) -> bool:
    """Return whether a browser (``firefox`` or ``webkit``) and what drives it are there."""
    return all(map(shutil.which, NEEDED[name]))


@contextlib.contextmanager
def opened(name: str) -> Iterator[Window]:
    """Start a browser (``firefox`` or ``webkit``) with a new profile, and end it."""
    start = _firefox if name == "firefox" else _webkit
    with start() as window:
        yield window


@dataclass
class FirefoxWindow:
    """Firefox, as a `Window`."""

    browser: firefox.Firefox

    def goto(self, address: str, width: int) -> None:
        """Go to an address; see `Window`."""
        self.browser.resize(width, 900)
        self.browser.load(address)

    def ask(self, script: str) -> Any:
        """Ask the page; see `Window`."""
        return self.browser.evaluate(f"() => {{ {script} }}")


@contextlib.contextmanager
def _firefox() -> Iterator[Window]:
    with firefox.firefox() as browser:
        yield FirefoxWindow(browser)


@dataclass
class WebKit:
    """WebKitGTK, by WebDriver: a request for each command."""

    address: str

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send a command and return its value."""
        data = None if body is None else json.dumps(body).encode()
        told = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}{path}", data, told, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise LabError(f"{path}: {error.read().decode()[:500]}", code="refused") from None

    def goto(self, address: str, width: int = 1400) -> None:
        """Go to an address; see `Window`."""
        self.send("POST", "/window/rect", {"x": 0, "y": 0, "width": width, "height": 900})
        self.send("POST", "/url", {"url": address})

    def ask(self, script: str) -> Any:
        """Ask the page; see `Window`."""
        whole = f"return JSON.stringify((() => {{ {script} }})() ?? null)"
        return json.loads(self.send("POST", "/execute/sync", {"script": whole, "args": []}))

    def evaluate(self, function: str, *arguments: Any, seconds: float = 60) -> Any:
        """Call a JavaScript function with JSON values; wait for its promise, and return its value.

        `LabError` if it throws, or if its promise is not kept in so many seconds.
        """
        self.ask(CALL.format(function=function, arguments=json.dumps(arguments)))
        answer = self.wait_for("() => window.answered", seconds=seconds)
        if "thrown" in answer:
            raise LabError(answer["thrown"], code="exception")
        return answer.get("value")

    def wait_for(self, function: str, seconds: float = 60) -> Any:
        """Call a function until it returns something that is true; return that."""
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(LabError):  # the page is being replaced, or not so far
                said = self.ask(f"return ({function})();")
                if said:
                    return said
            if time.monotonic() > end:
                raise LabError(f"Not within {seconds} s: {function}", code="too long")
            time.sleep(0.2)

    def click(self, function: str) -> None:
        """Click with the mouse on the element that a function returns."""
        asked = {"script": f"return ({function})();", "args": []}
        found = self.send("POST", "/execute/sync", asked)
        if not found:
            raise LabError(f"Nothing to click on: {function}", code="no element")
        (element,) = found.values()
        self.send("POST", f"/element/{element}/click", {})


@contextlib.contextmanager
def _webkit() -> Iterator[Window]:
    program = next(Path("/").glob(MINIBROWSER.removeprefix("/")), None)
    if program is None:
        raise LabError(f"There is no {MINIBROWSER}.", code="did not start")
    with tempfile.TemporaryDirectory(prefix="webkit-") as scratch, _screen(Path(scratch)) as display:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {**os.environ, "DISPLAY": display, "HOME": scratch}
        driver = ("WebKitWebDriver", f"--port={port}")
        with programs.running(driver, Path(scratch, "driver.txt"), environment):
            base = f"http://127.0.0.1:{port}"
            _wait_for_port(port)
            options = {"binary": str(program), "args": ["--automation"]}
            asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            begun = WebKit(base).send("POST", "/session", asked)
            window = WebKit(f"{base}/session/{begun['sessionId']}")
            try:
                yield window
            finally:
                window.send("DELETE", "")


@contextlib.contextmanager
def _screen(scratch: Path) -> Iterator[str]:
    """Start a screen that nobody sees, and yield its name."""
    log = scratch / "screen.txt"
    # -displayfd 1: Xvfb takes a free number, and says which.
    command = ("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1100x24")
    with programs.running(command, log) as process:
        yield ":" + programs.wait_for_words(r"(?m)^(\d+)\n", process, log, PATIENCE)


def _wait_for_port(port: int) -> None:
    """Wait until something listens at a port of this machine."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise LabError(f"Nothing listens at {port}.", code="did not start")
