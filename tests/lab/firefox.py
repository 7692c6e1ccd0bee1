"""A Firefox for a throw-away JupyterLab, or for the course in the page, driven by WebDriver BiDi.

Playwright drives a Firefox of its own alone, and no registry has that. Debian's speaks WebDriver BiDi by
itself, a protocol of JSON messages.
"""

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket

from lab import programs
from lab.programs import LabError

#: Names of Firefox's program.
NAMES = ("firefox-esr", "firefox")
#: Seconds for Firefox to start, and what it says then.
PATIENCE = 120
LISTENS = r"WebDriver BiDi listening on (ws://\S+)"
#: No address but this machine's is reached: the others are asked of a proxy that does not exist.
PREFERENCES: Mapping[str, bool | int | str] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.allow_hijacking_localhost": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "app.update.enabled": False,
    "extensions.update.enabled": False,
    "browser.download.folderList": 2,
    "browser.download.useDownloadDir": True,
}
#: JavaScript: call a function on what is read from a text, and return what it gives as a text.
CALL = """async (text) => {{
  const said = await ({function})(...JSON.parse(text));
  return said === undefined ? "null" : JSON.stringify(said);
}}"""


class NotDone(LabError):
    """A command that Firefox refused, or something that did not come in time."""


@dataclass
class Firefox:
    """A running Firefox with one window.

    `console` are the errors in the window's console and uncaught exceptions; `requests` are all addresses
    that the window and its frames and workers asked for. What is downloaded lies in `downloads`.
    """

    socket: websocket.WebSocket
    downloads: Path
    context: str = ""
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    number: int = 0

    def ask(self, method: str, parameters: Mapping[str, Any], seconds: float = 60) -> dict[str, Any]:
        """Send a command and return its result; note the events that come before it."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        end = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(0.1, end - time.monotonic()))
            try:
                message = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                raise NotDone(f"{method} took more than {seconds} s.", code="too long") from None
            if message.get("id") == self.number:
                break
            self.note(message)
        if message["type"] == "error":
            raise NotDone(f"{method}: {message['error']}: {message['message']}", code=message["error"])
        return dict(message["result"])

    def note(self, event: Mapping[str, Any]) -> None:
        """Note an error in the console, or a request."""
        told = event.get("params", {})
        if event.get("method") == "log.entryAdded" and told["level"] == "error":
            self.console.append(str(told["text"]))
        elif event.get("method") == "network.beforeRequestSent":
            self.requests.append(str(told["request"]["url"]))

    def list_beyond(self, *own: str) -> list[str]:
        """Return the addresses that were asked for and begin with none of one's own."""
        return [one for one in self.requests if not one.startswith((*own, "data:", "blob:"))]

    def resize(self, width: int, height: int) -> None:
        """Make the page so many px wide and high."""
        size = {"width": width, "height": height}
        self.ask("browsingContext.setViewport", {"context": self.context, "viewport": size})

    def goto(self, address: str) -> None:
        """Open an address in the window; return as soon as it is on its way."""
        self.ask("browsingContext.navigate", {"context": self.context, "url": address, "wait": "none"})
        self.wait_for("() => document.readyState !== 'loading' && location.href !== 'about:blank'")

    def load(self, address: str) -> None:
        """Open an address in the window, and wait until all of the page has come."""
        asked = {"context": self.context, "url": address, "wait": "complete"}
        self.ask("browsingContext.navigate", asked, PATIENCE)

    def evaluate(self, function: str, *arguments: Any, seconds: float = 60) -> Any:
        """Call a JavaScript function with JSON values; wait for its promise, and return its value."""
        asked = {
            "functionDeclaration": CALL.format(function=function),
            "awaitPromise": True,
            "target": {"context": self.context},
            "arguments": [{"type": "string", "value": json.dumps(arguments)}],
            "userActivation": True,
        }
        result = self.ask("script.callFunction", asked, seconds)
        if result["type"] == "exception":
            text = str(result["exceptionDetails"]["text"])
            raise NotDone(text, code="exception")
        return json.loads(result["result"]["value"])

    def wait_for(self, function: str, *arguments: Any, seconds: float = 60) -> Any:
        """Call a function until it returns something that is true; return that."""
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(NotDone):  # the page is being replaced, or not so far
                said = self.evaluate(function, *arguments)
                if said:
                    return said
            if time.monotonic() > end:
                raise NotDone(f"Not within {seconds} s: {function}", code="too long")
            time.sleep(0.1)

    def wait_for_download(self, name: str, seconds: float = 60) -> Path:
        """Wait until a file of this name has come whole, and return its path."""
        file = self.downloads / name
        end = time.monotonic() + seconds
        # Firefox writes into another file first, and may make an empty one to keep the name.
        while not (file.is_file() and file.stat().st_size and not list(self.downloads.glob("*.part"))):
            if time.monotonic() > end:
                raise NotDone(f"{name} did not come within {seconds} s.", code="too long")
            time.sleep(0.1)
        return file

    def click(self, function: str, *arguments: Any) -> None:
        """Click with the mouse on the middle of the element that a function returns."""
        asked = {
            "functionDeclaration": f"(text) => ({function})(...JSON.parse(text))",
            "awaitPromise": False,
            "target": {"context": self.context},
            "arguments": [{"type": "string", "value": json.dumps(arguments)}],
        }
        found = self.ask("script.callFunction", asked)
        if found["type"] == "exception" or "sharedId" not in found["result"]:
            raise NotDone(f"Nothing to click on: {function}", code="no element")
        element = {"type": "element", "element": {"sharedId": found["result"]["sharedId"]}}
        moves = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": element},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": moves}
        self.ask("input.performActions", {"context": self.context, "actions": [mouse]})


def installed_firefox() -> str | None:
    """Return the path of Firefox, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def firefox(width: int = 1400, height: int = 1000) -> Iterator[Firefox]:
    """Start a Firefox with a new profile and one window, and end it; `LabError` if it does not start."""
    with tempfile.TemporaryDirectory(prefix="firefox-") as scratch:
        profile, downloads = Path(scratch, "profile"), Path(scratch, "downloads")
        profile.mkdir()
        downloads.mkdir()
        told = {**PREFERENCES, "browser.download.dir": str(downloads)}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in told.items()]
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        program = installed_firefox() or NAMES[0]
        command = [program, "--headless", "--no-remote", "--profile", str(profile)]
        command += ["--remote-debugging-port", "0", f"--width={width}", f"--height={height}"]
        log = Path(scratch) / "log.txt"
        with programs.running(command, log) as process:
            address = programs.wait_for_words(LISTENS, process, log, PATIENCE)
            socket = websocket.create_connection(f"{address}/session", timeout=60, suppress_origin=True)
            with contextlib.closing(socket):
                yield _open_tab(Firefox(socket, downloads), width, height)


def _open_tab(browser: Firefox, width: int, height: int) -> Firefox:
    """Begin a session, and open a window."""
    browser.ask("session.new", {"capabilities": {}})
    browser.ask("session.subscribe", {"events": ["log.entryAdded", "network.beforeRequestSent"]})
    # Only a window of its own has the focus; without it JupyterLab takes no notebook for the one in front.
    browser.context = browser.ask("browsingContext.create", {"type": "window"})["context"]
    browser.ask("browsingContext.activate", {"context": browser.context})
    browser.resize(width, height)
    return browser
