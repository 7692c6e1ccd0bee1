"""Explorers in the page itself, without a kernel: linked rows and dots."""

from pathlib import Path
from typing import Any

import pytest

from samarkand import explore
from samarkand.widgets import controls

MARKED = "() => [...document.querySelectorAll('[aria-current]')].map(e => [e.tagName, e.dataset.key])"


@pytest.fixture
def events(browser: Any, tmp_path: Path) -> Any:
    page = browser.new_page(viewport={"width": 900, "height": 900})
    heading = controls.heading("Events").value
    shown = f"<div class='widget-vbox'>{heading}<div>{explore.trip_timeline().render()}</div></div>"
    (tmp_path / "events.html").write_text(f"<!doctype html><meta charset=utf-8>{shown}", encoding="utf-8")
    page.goto((tmp_path / "events.html").as_uri())
    page.wait_for_selector("[role=region][data-lm-suppress-shortcuts]")
    yield page
    page.close()


def test_a_dot_marks_its_row_and_brings_it_into_sight(events: Any) -> None:
    dot = events.locator("circle[data-key='25']")
    dot.click()
    assert sorted(events.evaluate(MARKED)) == [["TR", "25"], ["circle", "25"]]
    frame, row = (events.locator(one).bounding_box() for one in ("[role=region]", "tr[aria-current]"))
    assert frame["y"] <= row["y"] + 1 and row["y"] + row["height"] <= frame["y"] + frame["height"] + 1


def test_a_row_marks_its_dot_and_arrow_keys_go_on_from_there(events: Any) -> None:
    events.locator("tr[data-key='3']").click()
    assert sorted(events.evaluate(MARKED)) == [["TR", "3"], ["circle", "3"]]
    events.locator("[role=region]").press("ArrowDown")
    assert sorted(events.evaluate(MARKED)) == [["TR", "4"], ["circle", "4"]]
    events.locator("[role=region]").press("ArrowUp")
    assert sorted(events.evaluate(MARKED)) == [["TR", "3"], ["circle", "3"]]
