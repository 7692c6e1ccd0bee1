"""The table of contested areas in a real browser: its words at five widths, and its frame."""

from pathlib import Path
from typing import Any

import pytest

from samarkand import maps

pytest.importorskip("playwright.sync_api")

#: JavaScript: texts that are cut or lie upon one another, among cells and the names of close maps.
FAULTS = """
() => {
  const bad = [];
  const box = (e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return range.getBoundingClientRect();
  };
  const isOut = (a, b, by) =>
    a.left < b.left - by || a.right > b.right + by || a.top < b.top - by || a.bottom > b.bottom + by;
  const seen = (e) => e.checkVisibility() && getComputedStyle(e).clipPath === "none";
  for (const cell of document.querySelectorAll("td, thead th"))
    for (const word of [...cell.querySelectorAll("span")].filter(seen)) {
      const [a, b] = [box(word), cell.getBoundingClientRect()];
      if (isOut(a, b, 1)) bad.push(["cut", word.textContent]);
      if (parseFloat(getComputedStyle(word).fontSize) < 12) bad.push(["small", word.textContent]);
    }
  for (const map of document.querySelectorAll(".close div")) {
    const all = [...map.querySelectorAll("b, span:not(.bar)")];
    const names = all.map((e) => [e.textContent, e.getBoundingClientRect()]);
    const frame = map.getBoundingClientRect();
    names.forEach(([name, a], i) => {
      if (isOut(a, frame, 0)) bad.push(["out", name]);
      for (const [other, b] of names.slice(i + 1)) {
        const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (x > 3 && y > 5) bad.push(["over", name, other, x, y]);
      }
    });
  }
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) bad.push(["wide", wide]);
  return bad;
}
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("areas") / "areas.html"
    maps.viewpoints().save(place)
    return place


@pytest.mark.parametrize("width", [1200, 960, 684, 560, 332])
def test_no_word_is_cut_and_no_two_names_lie_upon_each_other(browser: Any, saved: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(saved.as_uri())
    assert page.evaluate(FAULTS) == []
    words = page.locator("td.a").first.locator("span").filter(visible=True).last.text_content()
    assert len(words) == 2 if width < 900 else len(words) > 2, "a code only where there is no room"
    if width in (960, 332):
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.close()


def test_the_frame_is_as_high_as_the_table_and_follows_the_theme_of_its_page(
    browser: Any, tmp_path: Path
) -> None:
    output = tmp_path / "output.html"
    head = '<!doctype html><html style="color-scheme:dark"><meta charset=utf-8><body>'
    output.write_text(head + maps.viewpoints()._repr_html_(), "utf-8")
    context = browser.new_context(viewport={"width": 1000, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto(output.as_uri())
    inside = page.frames[1]
    for width in (1000, 360):
        page.set_viewport_size({"width": width, "height": 900})
        inside.wait_for_function("() => Math.abs(document.body.offsetHeight - innerHeight) < 90")
        assert inside.evaluate("() => document.documentElement.scrollHeight <= innerHeight + 1")
    assert inside.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(27, 30, 34)"
    assert page.locator("div[aria-hidden=true]").get_by_text("This is a still picture").count() == 1
    context.close()
