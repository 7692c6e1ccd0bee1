"""The maps in a real browser: steps, zoom, keyboard, names for screen readers, and layout."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from by_night import most_by_night

from samarkand import data, maps

pytest.importorskip("playwright.sync_api")

#: The maps; the table of contested areas is seen in ``test_seen_areas.py``.
ATLAS = tuple(sorted(set(maps.__all__) - {"viewpoints"}))
WIDTHS = (1000, 700, 560)

OVERLAPS = """
() => {
  const boxes = [...document.querySelectorAll(".names g")].filter((g) => g.style.display !== "none")
    .map((g) => [g.textContent, g.querySelector("text").getBoundingClientRect()]);
  const frame = document.querySelector(".folium-map").getBoundingClientRect();
  const bad = [];
  boxes.forEach(([name, a], i) => {
    const out = a.left < frame.left || a.right > frame.right || a.top < frame.top || a.bottom > frame.bottom;
    if (out) bad.push([name]);
    for (const [other, b] of boxes.slice(i + 1)) {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1 && y > 4) bad.push([name, other, x, y]);
    }
  });
  return bad;
}
"""
STRUCK = """
() => {
  const names = [...document.querySelectorAll(".names g")].filter((g) => g.style.display !== "none")
    .map((g) => [g.textContent, g.querySelector("text").getBoundingClientRect()]);
  const bad = new Set();
  for (const path of document.querySelectorAll("path.leg, path.tie")) {
    const matrix = path.getScreenCTM();
    for (let at = 0; at < path.getTotalLength(); at += 2) {
      const p = path.getPointAtLength(at).matrixTransform(matrix);
      for (const [name, box] of names)
        if (p.x > box.left && p.x < box.right && p.y > box.top + 3 && p.y < box.bottom - 3) bad.add(name);
    }
  }
  return [...bad];
}
"""
FOCUSED = "() => document.activeElement.getAttribute('aria-label')"
#: JavaScript: for each step, the clipped texts and the height of the map.
FITS = """
(steps) => {
  const range = document.querySelector("#range");
  return [...Array(steps).keys()].map((step) => {
    if (range) {
      range.value = step;
      range.dispatchEvent(new Event("input"));
    }
    const clipped = [...document.querySelectorAll("html, body, aside, .top, .below, .time, footer")]
      .filter((e) => e.clientWidth)
      .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
      .map((e) => [e.tagName, e.className, e.scrollHeight, e.clientHeight, e.scrollWidth, e.clientWidth]);
    return [clipped, document.querySelector(".folium-map").getBoundingClientRect().height];
  });
}
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Any]]:
    folder = tmp_path_factory.mktemp("maps")
    made = {}
    for name in ATLAS:
        drawn = getattr(maps, name)()
        drawn.save(folder / f"{name}.html")
        made[name] = (folder / f"{name}.html", drawn)
    return made


@pytest.fixture
def show(browser: Any, pages: dict[str, tuple[Path, Any]]) -> Iterator[Any]:
    """Return ``show(name, width)``, which opens a map as its frame does; fail on messages and requests."""
    context = browser.new_context()
    page, told, own = context.new_page(), [], {path.as_uri() for path, _ in pages.values()}
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if request.url not in own else None)

    def show(name: str, width: int = 1000, **media: str) -> Any:
        path, drawn = pages[name]
        wide, narrow = drawn.scene.height_px
        page.emulate_media(**media)
        page.set_viewport_size({"width": width, "height": narrow if width < 860 else wide})
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    yield show
    context.close()
    assert told == []


def to_step(page: Any, step: int) -> None:
    page.evaluate(
        "v => { const range = document.querySelector('#range');"
        "range.value = v; range.dispatchEvent(new Event('input')); }",
        step,
    )


# -- every map


@pytest.mark.parametrize("name", ATLAS)
def test_nothing_is_clipped_no_names_collide_and_axe_finds_nothing_serious(name, show, pages) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for width in WIDTHS:
        page = show(name, width)
        if width == WIDTHS[ATLAS.index(name) % len(WIDTHS)]:
            found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
        clipped, heights = zip(*page.evaluate(FITS, len(pages[name][1].scene.steps)), strict=True)
        assert [parts for parts in clipped if parts] == [], width
        assert len(set(heights)) == 1, "the map must not jump from step to step"
        assert page.evaluate(OVERLAPS) == [], width
        if name in ("region", "sco", "trip"):
            shown = page.locator(".names g").filter(visible=True).all_text_contents()
            assert {"Russia", "China", "India", "Iran"} <= set(shown), width
        if name == "trip":
            assert page.evaluate(STRUCK) == [], "a flight strikes a name"
        if name == "network":
            assert len(page.evaluate(STRUCK)) <= 3, "ties strike names"


@pytest.mark.parametrize("name", most_by_night(ATLAS, 5))
def test_states_are_one_tab_stop_and_arrow_keys_go_between_them(name, show) -> None:
    page = show(name)
    assert page.locator("[role=option]").count() > 20
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.getAttribute('role')") == "option":
            break
    seen = {page.evaluate(FOCUSED)}
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.evaluate(FOCUSED))
        assert page.locator("[role=option][tabindex='0']").count() == 1
        assert page.locator("[role=option][aria-selected=true]").count() == 1
        assert len(page.locator("path.ring").get_attribute("d")) > 10
        assert page.locator("#tip").is_visible()
    assert len(seen) > 2 and all(seen)
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()


@pytest.mark.parametrize("name", most_by_night(ATLAS, 3))
def test_the_frame_lies_over_the_still_picture_and_asks_for_nothing(name, browser, pages, tmp_path) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    output = tmp_path / "output.html"
    page.on("request", lambda request: asked.append(request.url))
    output.write_text(f"<!doctype html><meta charset=utf-8><body>{pages[name][1]._repr_html_()}", "utf-8")
    page.goto(output.as_uri())
    page.frame_locator("iframe").locator("html[data-ready]").wait_for(state="attached")
    assert all(url.startswith(("file:", "data:image/svg+xml", "about:")) for url in asked), asked
    frame, image = page.locator("iframe").bounding_box(), page.locator("img").bounding_box()
    assert image["height"] < frame["height"]
    assert image["y"] == pytest.approx(frame["y"], abs=1)
    middle = {"x": image["x"] + image["width"] / 2, "y": image["y"] + image["height"] / 2}
    assert page.evaluate("p => document.elementFromPoint(p.x, p.y).tagName", middle) == "IFRAME"
    assert page.locator("img").evaluate("e => e.complete && e.naturalWidth > 0")
    # What is said of the still picture is not read out before the live map.
    assert page.locator("div[aria-hidden=true]").get_by_text("This is a still picture").count() == 1
    # On a telephone the frame is as high as its texts, and the map stays where it is.
    page.set_viewport_size({"width": 240, "height": 900})
    inside = page.frames[1]
    inside.wait_for_function("() => document.body.offsetHeight === innerHeight")
    clipped, heights = zip(*inside.evaluate(FITS, len(pages[name][1].scene.steps)), strict=True)
    assert [parts for parts in clipped if parts] == [] and len(set(heights)) == 1
    context.close()


# -- a map with a range, by mouse, keyboard and screen reader


def test_a_year_says_and_colours_what_the_table_holds(show) -> None:
    page = show("sco")
    held = data.status_by_year()
    for step in (0, 2014 - 1996, len(held.columns) - 1):
        year = held.columns[step]
        to_step(page, step)
        assert page.locator("#say").text_content().startswith(f"{year}: ")
        assert page.locator("#range").get_attribute("aria-valuetext") == str(year)
        wanted = held[year].value_counts()
        for status, code in (("member", "m"), ("observer", "o"), ("dialogue partner", "d")):
            count = int(wanted.get(status, 0))
            assert page.locator(f"path.state[data-s={code}]").count() == count
            key = page.locator(f".key[data-key={code}]")
            assert key.is_visible() == bool(count)
            assert not count or key.locator(".count").text_content() == str(count)
    crimea, fills = page.locator("path[data-id=crimea]"), []
    for year in (2013, 2014):
        to_step(page, year - 1996)
        fills.append(crimea.evaluate("e => getComputedStyle(e).fill"))
    ukraine = page.locator("path[data-id=UKR]").evaluate("e => getComputedStyle(e).fill")
    assert fills == [ukraine, 'url("#p-x")'], "Crimea is hatched from 2014"
    for step, label in ((26, "Iran: observer"), (27, "Iran: member")):
        to_step(page, step)
        assert page.locator("path[data-id=IRN]").get_attribute("aria-label") == label
    area = page.locator("path[data-id=arunachal]").get_attribute("aria-label")
    assert area.startswith("Arunachal Pradesh: contested area; held by India; claimed by China")


def test_the_range_is_moved_by_mouse_and_by_keyboard_and_plays(show) -> None:
    page = show("sco")
    bar, step, play, say = (page.locator(f"#{one}") for one in ("range", "step", "play", "say"))
    bar.focus()
    page.keyboard.press("ArrowRight")
    assert say.text_content().startswith("2023: 9 members, 3 observers")
    page.keyboard.press("Home")
    assert say.text_content() == "1996: the Shanghai Five, not yet an organisation"
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert step.text_content() in ("2010", "2011")
    page.clock.install()
    for motion, years in (("no-preference", ("2023", "2023")), ("reduce", ("2022", "2023"))):
        show("sco", reduced_motion=motion)
        play.click()
        assert (play.text_content(), say.get_attribute("aria-live")) == ("Pause", "off")
        page.clock.run_for(1300)
        assert step.text_content() == years[0], "who wants less motion gets a slower play"
        if motion == "reduce":
            page.clock.run_for(1300)
        play.click()
        page.clock.run_for(5000)
        assert (step.text_content(), say.get_attribute("aria-live")) == (years[1], "polite")
    play.click()
    page.clock.run_for(9000)
    assert (step.text_content(), play.text_content()) == ("2025", "Play"), "it stops at the end"
    play.click()
    to_step(page, 2001 - 1996)
    page.clock.run_for(5000)
    assert (step.text_content(), play.text_content()) == ("2001", "Play"), "whoever drags it has it"


def test_keys_and_pointing_on_the_map(show) -> None:
    page = show("sco")
    page.locator("path[data-id=MNG]").hover()
    assert page.locator("#tip").inner_text().splitlines() == ["Mongolia", "observer"]
    page.mouse.move(2, 2)
    assert not page.locator("#tip").is_visible()
    kazakhstan = page.locator("path[data-id=KAZ]")
    kazakhstan.focus()
    for key, start in (("ArrowUp", "Russia"), ("Home", "Abkhazia"), ("i", "India"), ("i", "Iran")):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED).startswith(start)
    kazakhstan.focus()
    area = "e => { const b = e.getBBox(); return b.width * b.height; }"
    before = kazakhstan.evaluate(area)
    page.keyboard.press("+")  # half a level: a side of 2 ** 0.5
    assert kazakhstan.evaluate(area) == pytest.approx(2 * before, rel=0.05)
    page.keyboard.press("-")
    page.evaluate("() => addEventListener('keydown', (e) => (window.left = !e.defaultPrevented))")
    for held in ("Control", "Alt", "Meta"):  # these are the browser’s: search, back, and so on
        page.keyboard.press(f"{held}+i")
        assert page.evaluate("() => window.left") and page.evaluate(FOCUSED).startswith("Kazakhstan")
    page = show("region")
    page.locator("path[data-id=MNG]").hover()
    assert page.locator("#card dd[lang=ru]").text_content() == "Монголия"


def test_zooming_in_shows_more_names_and_its_buttons_are_dark_in_the_dark(show) -> None:
    page = show("sco", color_scheme="dark")
    seen = "() => [...document.querySelectorAll('.names g')].map(g => g.style.display)"
    hidden, button = page.evaluate(seen).count("none"), page.locator(".leaflet-control-zoom-in")
    wide = "document.querySelector('path[data-id=KAZ]').getBoundingClientRect().width"
    zoomed = f"wanted => !document.querySelector('.zooming') && Math.abs({wide} / wanted - 1) < 0.05"
    whole = page.evaluate(wide)
    for level in (0.75, 1.5):
        button.click()
        page.wait_for_function(zoomed, arg=whole * 2**level)
    ground = button.evaluate("e => getComputedStyle(e).backgroundColor")
    assert sum(map(int, re.findall(r"[0-9]+", ground)[:3])) < 240, ground
    assert page.evaluate(OVERLAPS) == []
    page.get_by_role("button", name="Show the whole map").click()
    page.wait_for_function(zoomed, arg=whole)
    assert page.evaluate(seen).count("none") == hidden > 0


def test_a_map_is_read_as_a_table_and_saved_as_csv_and_as_a_picture(show) -> None:
    page = show("sco")
    page.get_by_role("button", name="As a table").click()
    caption = "2022: The SCO was founded by 6 states in 2001; 4 have joined and none has left"
    assert page.locator("dialog caption").text_content() == caption
    cells = "all => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
    assert ["Iran", "observer", ""] in page.locator("dialog tr").evaluate_all(cells)
    page.get_by_role("button", name="Close").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    rows = list(csv.reader(saved.value.path().open(encoding="utf-8")))
    iran = next(row for row in rows if row[0] == "Iran")
    assert dict(zip(rows[0], iran, strict=True))["2022"] == "observer"
    assert dict(zip(rows[0], iran, strict=True))["2023"] == "member"
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as a picture").click()
    picture = saved.value.path().read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 50_000  # an empty one has a few thousand bytes


# -- maps of their own


@pytest.mark.parametrize("name", ["votes", "network"])
def test_what_has_no_order_has_a_button_each_and_no_range(name, show, pages) -> None:
    page = show(name)
    buttons = page.locator(".choices button")
    steps = pages[name][1].scene.steps
    assert buttons.count() == len(steps)
    assert not page.locator("#range").is_visible() and not page.locator("#play").count()
    for at in (2, 0):
        buttons.nth(at).click()
        assert [one.get_attribute("aria-pressed") for one in buttons.all()].index("true") == at
        assert page.locator("#say").text_content() == steps[at].say


def test_the_journey_goes_on_stage_by_stage(show) -> None:
    page = show("trip")
    for step, flown, met in ((0, 3, 12), (1, 1, 0), (5, 2, 9)):
        to_step(page, step)
        assert page.locator(".leaflet-container path.leg[data-s=r]").count() == flown
        assert page.locator("path.state[data-s=b]").count() == met


def test_bands_and_figures_follow_the_year(show) -> None:
    page = show("flows")
    table = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    widths = []
    for at, year in enumerate(sorted(table["year"].unique())):
        to_step(page, at)
        for code, name in (("CHN", "China"), ("EUR", "Europe"), ("IND", "India")):
            amount = float(table[table["year"].eq(year) & table["destination"].eq(code)]["value"].iloc[0])
            page.wait_for_function(
                "([selector, text]) => document.querySelector(selector).textContent === text",
                arg=[f".names .oil-{code.lower()} text", f"{name}: {amount:.1f} Mt"],
            )
            band = page.locator(f"path[data-id=oil-{code.lower()}]")
            widths.append((amount, band.evaluate("e => parseFloat(getComputedStyle(e).strokeWidth)")))
    ranked = [width for _, width in sorted(widths)]
    assert ranked == sorted(ranked) and ranked[-1] > 8 * ranked[0]  # the more, the wider


# -- a finger


class Fingers:
    """A touch screen: a phone's page with a map between texts, as in a notebook."""

    def __init__(self, page: Any) -> None:
        self.page, self.touch = page, page.context.new_cdp_session(page)

    def move(self, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Put fingers down at the start of their paths, move them along in steps, and lift them."""
        for step in range(9):
            points = [
                {"x": x + (to_x - x) * step / 8, "y": y + (to_y - y) * step / 8, "id": number}
                for number, ((x, y), (to_x, to_y)) in enumerate(ways)
            ]
            kind = "touchMove" if step else "touchStart"
            self.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        self.touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.fixture
def phone(browser: Any, pages: dict[str, tuple[Path, Any]], tmp_path: Path) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 400, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    text = "<p style='height: 900px'>Text</p>"
    head = "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    shown = f"{head}{text}{pages['sco'][1]._repr_html_()}{text}"
    (tmp_path / "phone.html").write_text(shown, encoding="utf-8")
    page.goto((tmp_path / "phone.html").as_uri())
    page.frame_locator("iframe").locator("html[data-ready]").wait_for(state="attached")
    page.locator("iframe").scroll_into_view_if_needed()
    yield page
    context.close()


def middle(page: Any) -> tuple[float, float]:
    """Return the middle of the map in the page's window."""
    box = page.frame_locator("iframe").locator(".folium-map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn_at(page: Any) -> list[float]:
    """Return position and size of Kazakhstan in the map's frame."""
    return (
        page.frame_locator("iframe")
        .locator("path[data-id=KAZ]")
        .evaluate(
            "e => { const b = e.getBoundingClientRect(), m = document.querySelector('.folium-map')"
            ".getBoundingClientRect(); return [b.x - m.x, b.y - m.y, b.width]; }"
        )
    )


def test_a_finger_that_swipes_over_a_map_scrolls_the_page(phone) -> None:
    """A map that held on to the finger would be a trap: on a phone it fills the window."""
    x, y = middle(phone)
    before, scrolled = drawn_at(phone), phone.evaluate("() => scrollY")
    Fingers(phone).move(((x, y), (x, y - 200)))
    phone.wait_for_function("from => scrollY > from + 100", arg=scrolled)
    assert drawn_at(phone) == pytest.approx(before, abs=1)


def test_two_fingers_that_part_on_a_map_make_it_larger(phone) -> None:
    x, y = middle(phone)
    before = drawn_at(phone)
    Fingers(phone).move(((x - 30, y), (x - 90, y)), ((x + 30, y), (x + 90, y)))
    phone.frames[1].wait_for_function(
        "before => document.querySelector('path[data-id=KAZ]').getBoundingClientRect().width > 1.5 * before",
        arg=before[2],
    )
