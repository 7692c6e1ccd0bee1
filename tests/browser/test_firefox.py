"""Firefox by night: lessons in JupyterLab, and in the page a lesson and the marks of all sets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tour
from lab import Lab, lab
from lab.browser import READY
from lab.firefox import Firefox, firefox
from sets_in_page import (
    BUTTON,
    CHOOSE,
    FILL,
    KINDS,
    NOT_DRAWN,
    OPEN,
    PATIENCE,
    REPLY,
    RUN,
    SAVED,
    SHOW_BUTTON,
    WITH_LIST,
    answer_right,
    answer_wrong,
    by_night_in_the_page,
    mark_here,
    open_in_another,
)

from samarkand.common import home
from samarkand.lab import copies

pytestmark = pytest.mark.nightly

LESSONS = ("00_start_here", "03_the_sco", "06_roads")
SETS = sorted(path.stem for path in home.SETS.glob("*/*.ipynb"))
RESTORED = "() => window.jupyterapp?.restored.then(() => true)"
SHOW = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"


@pytest.fixture(scope="module")
def server(need_firefox: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Yield a JupyterLab on a student's copies."""
    work = tmp_path_factory.mktemp("student") / "my_work"
    copies.hand_out(work)
    with lab(work) as running:
        yield running


@pytest.fixture(scope="module")
def fox(server: Lab) -> Iterator[Firefox]:
    """Yield a Firefox with that JupyterLab."""
    with firefox() as browser:
        browser.goto(f"{server.url}lab?token={server.token}")
        browser.wait_for(RESTORED, seconds=PATIENCE)
        yield browser


@pytest.mark.parametrize("lesson", LESSONS)
def test_in_firefox_a_lesson_runs_and_everything_in_it_is_drawn(
    lesson: str, fox: Firefox, server: Lab
) -> None:
    fox.console.clear()
    fox.evaluate(SHOW, f"lessons/{lesson}.ipynb")
    fox.wait_for(f"() => {OPEN}", seconds=PATIENCE)
    fox.evaluate(READY, seconds=PATIENCE)
    fox.evaluate(RUN, seconds=PATIENCE)
    assert fox.evaluate(tour.ERRORS) == []
    assert "application/vnd.jupyter.widget-view+json" in fox.evaluate(KINDS)
    fox.wait_for(f"() => ({NOT_DRAWN})().length === 0", seconds=60)
    if lesson == "03_the_sco":
        assert fox.evaluate(CHOOSE, fox.evaluate(WITH_LIST)), "a control does something"
    assert fox.console == []
    assert fox.list_beyond(server.url, server.url.replace("http", "ws", 1)) == []


@by_night_in_the_page
def test_in_firefox_a_lesson_runs_in_the_page_and_everything_in_it_is_drawn(
    address: str, need_firefox: None
) -> None:
    with firefox() as browser:
        open_in_another(browser, address, "lessons/03_the_sco.ipynb")
        browser.evaluate(RUN, seconds=PATIENCE)
        assert browser.evaluate(tour.ERRORS) == []
        browser.wait_for(f"() => ({NOT_DRAWN})().length === 0", seconds=PATIENCE)
        assert browser.evaluate(CHOOSE, browser.evaluate(WITH_LIST)), "a control does something"
        assert browser.list_beyond(address) == []


@by_night_in_the_page
@pytest.mark.parametrize("name", SETS)
def test_in_firefox_a_set_has_in_the_page_the_marks_that_it_has_here(
    name: str, address: str, need_firefox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    with firefox() as browser:
        open_in_another(browser, address, f"sets/{name}/{name}.ipynb")
        for answers in (answer_wrong(name), answer_right(name)):
            browser.evaluate(FILL, answers, seconds=PATIENCE)
            browser.evaluate(SHOW_BUTTON)
            browser.click(BUTTON)
            there = browser.wait_for(REPLY, seconds=PATIENCE)
            assert there == mark_here(name, browser.evaluate(SAVED), tmp_path)
        assert there[0] == f"{name}: 10 of 10 points"
        assert browser.list_beyond(address) == []
