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
    heading = controls.make_heading("Events").value
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


#: JavaScript: figures in bold that lie upon a dot, a diamond or another figure of the picture.
COVERED = """
() => {
  const bad = [];
  for (const picture of document.querySelectorAll("svg[role=img]")) {
    const found = (wanted) => [...picture.querySelectorAll(wanted)];
    const boxes = (wanted) => found(wanted).map((e) => [e.textContent, e.getBoundingClientRect()]);
    const figures = boxes("text[font-weight=bold]");
    const others = boxes("circle, svg > path");
    figures.forEach(([words, a], i) => {
      for (const [other, b] of [...figures.slice(i + 1), ...others]) {
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        // A line of text is higher than its figures.
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 3;
        if (x > 1.5 && y > 1.5) bad.push([words, other, x, y]);
      }
    });
  }
  return bad;
}
"""


@pytest.mark.parametrize("known", ["then", "later"])
def test_no_figure_lies_on_a_dot_on_a_telephone_nor_where_there_is_room(
    browser: Any, tmp_path: Path, known: str
) -> None:
    made = explore.known_then()
    cards = "".join(made.render(measure=one, known=known) for one in ("growth", "total", "oil", "gas"))
    (tmp_path / "known.html").write_text(f"<!doctype html><meta charset=utf-8>{cards}", encoding="utf-8")
    page = browser.new_page()
    for width in (345, 900):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto((tmp_path / "known.html").as_uri())
        assert page.evaluate(COVERED) == [], width
    axis = page.locator("svg[role=img]").first.locator("text").all_text_contents()
    assert {"0 %", "10 %", "20 %"} <= {*axis}
    page.close()
