"""Debian's Firefox and WebKit, each with one window: go to a page, and ask it something.

Firefox speaks WebDriver BiDi by itself; WebKitGTK's MiniBrowser is driven by WebKitWebDriver, on a screen of
its own (Xvfb).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import websocket

from lab.server import LabError

#: Seconds for a browser to start, and for an answer.
PATIENCE = 120
#: The programs that each browser needs.
NEEDED = {"firefox": ("firefox-esr",), "webkit": ("WebKitWebDriver", "Xvfb")}
MINIBROWSER = "/usr/lib/*-linux-gnu*/webkit2gtk-4.1/MiniBrowser"


class Window(Protocol):
    """The one window of a browser."""

    version: str

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
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as scratch, start(Path(scratch)) as window:
        yield window


@contextlib.contextmanager
def _running(*command: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, and end it; what it says goes into a file."""
    with log.open("wb") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, stdin=subprocess.DEVNULL, env=os.environ | environment
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(pattern: str, log: Path) -> str:
    """Return what a program says, as soon as it does: the first group of a pattern."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        said = re.search(pattern, log.read_text(errors="replace"))
        if said:
            return said[1]
        time.sleep(0.1)
    raise LabError(f"It did not start: {log.read_text(errors='replace')[-1000:]}", code="did not start")


# -- Firefox


@dataclass
class Firefox:
    """Firefox, by WebDriver BiDi: JSON messages, each command with a number."""

    line: websocket.WebSocket
    version: str = ""
    context: str = ""
    number: int = 0

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self.number += 1
        self.line.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.line.recv())
            if message.get("id") == self.number:
                break
        if message["type"] == "error":
            raise LabError(f"{method}: {message['message']}", code="refused")
        return dict(message["result"])

    def goto(self, address: str, width: int) -> None:
        """Go to an address; see `Window`."""
        self.send(
            "browsingContext.setViewport", context=self.context, viewport={"width": width, "height": 900}
        )
        self.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def ask(self, script: str) -> Any:
        """Ask the page; see `Window`."""
        whole = f"() => JSON.stringify((() => {{ {script} }})() ?? null)"
        target = {"context": self.context}
        result = self.send(
            "script.callFunction", functionDeclaration=whole, awaitPromise=False, target=target
        )
        if result["type"] == "exception":
            raise LabError(str(result["exceptionDetails"]["text"]), code="exception")
        return json.loads(result["result"]["value"])


@contextlib.contextmanager
def _firefox(scratch: Path) -> Iterator[Window]:
    profile, log = scratch / "profile", scratch / "log.txt"
    profile.mkdir()
    command = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]
    with _running(*command, "--remote-debugging-port", "0", log=log):
        address = _wait_for(r"WebDriver BiDi listening on (ws://\S+)", log)
        line = websocket.create_connection(f"{address}/session", timeout=PATIENCE, suppress_origin=True)
        with contextlib.closing(line):
            window = Firefox(line)
            begun = window.send("session.new", capabilities={})
            window.version = str(begun["capabilities"]["browserVersion"])
            window.context = window.send("browsingContext.create", type="window")["context"]
            yield window


# -- WebKit


@dataclass
class WebKit:
    """WebKitGTK, by WebDriver: a request for each command."""

    address: str
    version: str = ""

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

    def goto(self, address: str, width: int) -> None:
        """Go to an address; see `Window`."""
        self.send("POST", "/window/rect", {"x": 0, "y": 0, "width": width, "height": 900})
        self.send("POST", "/url", {"url": address})

    def ask(self, script: str) -> Any:
        """Ask the page; see `Window`."""
        whole = f"return JSON.stringify((() => {{ {script} }})() ?? null)"
        return json.loads(self.send("POST", "/execute/sync", {"script": whole, "args": []}))


@contextlib.contextmanager
def _webkit(scratch: Path) -> Iterator[Window]:
    program = next(Path("/").glob(MINIBROWSER.removeprefix("/")), None)
    if program is None:
        raise LabError(f"There is no {MINIBROWSER}.", code="did not start")
    screen = scratch / "screen.txt"
    # -displayfd 1: Xvfb takes a free number, and says which.
    with _running("Xvfb", "-displayfd", "1", "-screen", "0", "1600x1100x24", log=screen):
        display = ":" + _wait_for(r"^(\d+)\s", screen)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command, log = ("WebKitWebDriver", f"--port={port}"), scratch / "driver.txt"
        with _running(*command, log=log, DISPLAY=display, HOME=str(scratch)):
            base = f"http://127.0.0.1:{port}"
            _wait_for_port(port)
            options = {"binary": str(program), "args": ["--automation"]}
            asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            begun = WebKit(base).send("POST", "/session", asked)
            window = WebKit(f"{base}/session/{begun['sessionId']}", begun["capabilities"]["browserVersion"])
            try:
                yield window
            finally:
                window.send("DELETE", "")


def _wait_for_port(port: int) -> None:
    """Wait until something listens at a port of this machine."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise LabError(f"Nothing listens at {port}.", code="did not start")
