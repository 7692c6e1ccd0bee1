"""One JupyterLab for all browser tests, in one page of one Chromium."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import Lab, Sheet, chromium, lab, sheet
from lab.browser import CHROMIUM, installed, playwright
from lab.firefox import installed_firefox
from lab.server import serve
from sets_in_page import build_page

from samarkand.lab import copies

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Need = Callable[[object, str], None]


@pytest.fixture(scope="session")
def server(need: Need, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a JupyterLab on a student's copies, with only the loopback network if the machine can do that."""
    need(importlib.util.find_spec("playwright"), "playwright is not installed")
    need(installed(), "there is no chromium")
    work = tmp_path_factory.mktemp("student") / "my_work"
    for folder in (work, work / "Mein Kürs"):  # a blank and an umlaut, as on many a student's machine
        copies.hand_out(folder)
    with lab(work, apart=True) as running:
        yield running


@pytest.fixture(scope="session")
def sheet_of_all(server: Lab) -> Iterator[Sheet]:
    """Yield JupyterLab in one page, shared by all tests: loading it takes longer than running a lesson."""
    with chromium(server) as browser, sheet(browser, server) as opened:
        yield opened


@pytest.fixture
def opened(sheet_of_all: Sheet, server: Lab) -> Iterator[Sheet]:
    """Yield the page for a test; fail if it made a request elsewhere or wrote an error to the console."""
    from tour import beyond

    asked = len(server.asked())
    yield sheet_of_all
    # JupyterLab's debugger complains of a kernel that is closed before it has answered.
    console = [line for line in sheet_of_all.console if "debugger state" not in line]
    found = [*console, *beyond(sheet_of_all.requests), *server.asked()[asked:]]
    sheet_of_all.console.clear()
    sheet_of_all.requests.clear()
    assert found == []


@pytest.fixture(scope="session")
def browser(need: Need) -> Iterator[Browser]:
    """Yield a Chromium for single pages, without a JupyterLab."""
    program = installed()
    need(program, "There is no chromium on this machine.")
    started = playwright().chromium.launch(executable_path=program, args=list(CHROMIUM))
    yield started
    started.close()


@pytest.fixture(scope="session")
def need_firefox(need: Need) -> None:
    """Skip a test where there is no Firefox."""
    need(installed_firefox(), "There is no Firefox on this machine.")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the course for the browser, once for all tests: that takes minutes."""
    return build_page(tmp_path_factory.mktemp("lite") / "lite")


@pytest.fixture(scope="session")
def address(built: Path) -> Iterator[str]:
    """Serve the course for the browser; yield its address."""
    with serve(built) as url:
        yield url
