"""One JupyterLab for all browser tests, in one page of one Chromium."""

from __future__ import annotations

import importlib.util
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tools.author import lessons
from tools.lab import Lab, lab, sign
from tools.lab.browser import installed, playwright

if TYPE_CHECKING:
    import tour
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent.parent
Need = Callable[[object, str], None]


@pytest.fixture(scope="session")
def server(need: Need) -> Iterator[Lab]:
    """A JupyterLab with no network but its own loopback, where this machine allows that.

    Beside the course's notebooks, which it trusts, it serves copies in ``untrusted/``: the same lessons, but
    with a mark in their metadata, so that they are not what was signed.
    """
    need(importlib.util.find_spec("playwright"), "playwright is not installed")
    need(installed(), "there is no chromium")
    with lab(ROOT / "notebooks", apart=True) as running:
        folder = running.root / "untrusted"
        folder.mkdir()
        for path in lessons.paths():
            notebook = json.loads(path.read_text(encoding="utf-8"))
            notebook["metadata"]["copied"] = True
            (folder / path.name).write_text(json.dumps(notebook), encoding="utf-8")
        yield running


@pytest.fixture(scope="session")
def browser(need: Need) -> Iterator[Browser]:
    """A Chromium for single pages, without a JupyterLab."""
    program = installed()
    need(program, "There is no chromium on this machine.")
    quiet = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
    started = playwright().chromium.launch(executable_path=program, args=list(quiet))
    yield started
    started.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], AbstractContextManager[str]]:
    """Return ``serve(folder)``: a context that serves static files on loopback, and gives the address."""

    @contextmanager
    def serve(folder: Path) -> Iterator[str]:
        handler = partial(Quiet, directory=str(folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()

    return serve


@pytest.fixture(scope="session")
def guide(server: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tour.Guide]:
    """JupyterLab in a Chromium with a new profile, and who shows lessons in it."""
    import tour

    with tour.guide(server, tmp_path_factory.mktemp("tour") / "net.json") as guide:
        yield guide


@pytest.fixture(scope="session")
def add(server: Lab) -> Callable[[Path], str]:
    """Return what puts a notebook into the lab, trusted, and gives its name there."""

    def add(path: Path) -> str:
        copy = server.root / path.name
        shutil.copy(path, copy)
        sign(copy, server.home)
        return path.name

    return add
