"""The maps in a real browser: what moves, what the keyboard reaches, what is read out, what fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from samarkand import data, maps
from samarkand.ground import rooms

pytest.importorskip("playwright.sync_api")

#: Every map of the course; ``world`` draws values that it is given.
ATLAS = tuple(sorted(set(rooms.offers("samarkand.maps")) - {"world"}))
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
#: Of each step: what is clipped in it, and how high the map is.
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


class Viewer:
    """Opens maps as the frame shows them, and writes down each message and each request beyond the map."""

    def __init__(self, context: Any, pages: dict[str, tuple[Path, Any]]) -> None:
        self.context, self.pages = context, pages
        self.shown: dict[Any, str] = {}
        self.said: list[str] = []

    def new_page(self) -> Any:
        page = self.context.new_page()
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda r: self.said.append(r.url) if r.url != self.shown[page] else None)
        return page

    def open(self, page: Any, name: str, width: int = 1000, reduced_motion: str = "no-preference") -> Any:
        path, drawn = self.pages[name]
        self.shown[page] = path.as_uri()
        page.emulate_media(reduced_motion=reduced_motion)
        wide, narrow = drawn.scene.height_px
        page.set_viewport_size({"width": width, "height": narrow if width < 640 else wide})
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    def heard(self) -> list[str]:
        """Return what was written down since the last time, so that it is held against one test alone."""
        heard, self.said = self.said, []
        return heard


@pytest.fixture(scope="module")
def viewer(browser: Any, pages: dict[str, tuple[Path, Any]]) -> Iterator[Viewer]:
    context = browser.new_context()
    yield Viewer(context, pages)
    context.close()


@pytest.fixture(scope="module")
def page(viewer: Viewer) -> Any:
    """One page for all maps: to load a map anew takes half of what a new page takes."""
    return viewer.new_page()


@pytest.fixture
def show(viewer: Viewer, page: Any) -> Iterator[Callable[..., Any]]:
    """Return ``show(name, width)``; it fails on any message or request."""
    page.mouse.move(0, 0)
    yield partial(viewer.open, page)
    assert viewer.heard() == []


@pytest.fixture(scope="module", params=ATLAS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sheets(viewer: Viewer) -> dict[int, Any]:
    return {width: viewer.new_page() for width in WIDTHS}


@pytest.fixture(scope="module")
def opened(name: str, viewer: Viewer, sheets: dict[int, Any]) -> Iterator[dict[int, Any]]:
    """Each map at each width, opened once for all who look it over."""
    yield {width: viewer.open(sheet, name, width) for width, sheet in sheets.items()}
    assert viewer.heard() == []


def to_step(page: Any, step: int) -> None:
    page.evaluate(
        "v => { const range = document.querySelector('#range');"
        "range.value = v; range.dispatchEvent(new Event('input')); }",
        step,
    )


# -- what fits


@pytest.mark.by_day(8, "maps")
def test_axe_finds_nothing_serious(name, opened, sampled) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # The maps begin with another width in turn, so that a sample has all of them.
    turn = ATLAS.index(name) % len(WIDTHS)
    for width in sampled(WIDTHS[turn:] + WIDTHS[:turn], 1, "widths"):
        found = axe.run(opened[width], options={"resultTypes": ["violations"]}).response["violations"]
        assert [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")] == []


def test_nothing_is_clipped_and_no_names_collide_at_any_step(name, opened, pages) -> None:
    for width, page in opened.items():
        clipped, heights = zip(*page.evaluate(FITS, len(pages[name][1].scene.steps)), strict=True)
        assert [parts for parts in clipped if parts] == [], width
        assert len(set(heights)) == 1, "the map must not jump from step to step"
        assert page.evaluate(OVERLAPS) == [], width


@pytest.mark.parametrize("name", ["region", "sco", "trip"])
def test_the_large_states_are_named_at_every_width(name, show) -> None:
    for width in WIDTHS:
        page = show(name, width)
        shown = page.locator(".names g").filter(visible=True).all_text_contents()
        assert {"Russia", "China", "India", "Iran"} <= set(shown)


def test_zooming_in_shows_more_names(show) -> None:
    page = show("sco")
    seen = "() => [...document.querySelectorAll('.names g')].map(g => g.style.display)"
    assert page.evaluate(seen).count("") > 30
    hidden = page.evaluate(seen).count("none")
    for _ in range(2):
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(400)
    assert page.evaluate(OVERLAPS) == []
    page.get_by_role("button", name="Show the whole map").click()
    page.wait_for_timeout(400)
    assert page.evaluate(seen).count("none") == hidden


# -- time


def test_every_year_says_and_colours_what_the_table_holds(show) -> None:
    page = show("sco")
    held = data.status_by_year()
    for step, year in enumerate(held.columns):
        to_step(page, step)
        assert page.locator("#step").text_content() == str(year)
        assert page.locator("#say").text_content().startswith(f"{year}: ")
        assert page.locator("#range").get_attribute("aria-valuetext") == str(year)
        wanted = held[year].value_counts()
        for status, code in {
            "member": "m",
            "observer": "o",
            "dialogue partner": "d",
            "SCO partner": "p",
        }.items():
            count = int(wanted.get(status, 0))
            assert page.locator(f"path.state[data-s={code}]").count() == count
            key = page.locator(f".key[data-key={code}]")
            assert key.is_visible() == bool(count)
            if count:
                assert key.locator(".count").text_content() == str(count)
                assert len(key.locator("p").text_content().split(", ")) == count
    assert page.locator("#say").get_attribute("aria-live") == "polite"


def test_the_range_is_moved_by_mouse_and_by_keyboard(show) -> None:
    page = show("sco")
    bar = page.locator("#range")
    assert (
        page.locator("#say").text_content()
        == "2022: 8 members, 4 observers, 9 dialogue partners on 31 December"
    )
    bar.focus()
    page.keyboard.press("ArrowRight")
    assert (
        page.locator("#say").text_content().startswith("2023: 9 members, 3 observers, 14 dialogue partners")
    )
    page.keyboard.press("Home")
    assert page.locator("#say").text_content() == "1996: the Shanghai Five, not yet an organisation"
    box = bar.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.locator("#step").text_content() in ("2010", "2011")


def test_the_map_plays_pauses_and_stops_at_the_end(show) -> None:
    page = show("sco")
    page.clock.install()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    play = page.locator("#play")
    assert play.text_content() == "Play"
    play.click()
    assert play.text_content() == "Pause"
    assert page.locator("#say").get_attribute("aria-live") == "off"
    page.clock.run_for(1300)
    assert page.locator("#step").text_content() == "2023"
    play.click()
    page.clock.run_for(5000)
    assert page.locator("#step").text_content() == "2023"
    assert page.locator("#say").get_attribute("aria-live") == "polite"
    play.click()
    page.clock.run_for(5000)
    assert page.locator("#step").text_content() == "2025"
    assert play.text_content() == "Play"
    play.click()
    assert page.locator("#step").text_content() == "1996"


def test_years_in_which_nothing_changes_are_soon_over(show) -> None:
    page = show("sco")
    page.clock.install()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    to_step(page, 2001 - 1996)
    page.locator("#play").click()
    page.clock.run_for(1210)  # 2001 has news and stays its while
    assert page.locator("#step").text_content() == "2002"
    page.clock.run_for(610)  # 2002 and 2003 have none
    assert page.locator("#step").text_content() == "2004"


def test_votes_have_a_button_each_and_no_range(show) -> None:
    page = show("votes")
    buttons = page.get_by_role("group", name="Vote").get_by_role("button")
    assert buttons.count() == 4
    assert not page.locator("#range").is_visible() and not page.locator("#play").count()
    for at in (2, 0):
        buttons.nth(at).click()
        assert [one.get_attribute("aria-pressed") for one in buttons.all()].index("true") == at
        assert page.locator("#say").text_content().startswith(("UN Human", "UN General")[at == 0])


STRUCK = """
() => {
  const names = [...document.querySelectorAll(".names g")].filter((g) => g.style.display !== "none")
    .map((g) => [g.textContent, g.querySelector("text").getBoundingClientRect()]);
  const bad = new Set();
  for (const path of document.querySelectorAll("path.leg")) {
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


@pytest.mark.parametrize("width", WIDTHS)
def test_no_flight_strikes_a_name_and_each_has_its_arrow(width, show) -> None:
    page = show("trip", width)
    assert page.evaluate(STRUCK) == []
    assert (
        page.locator("path.leg").evaluate_all("all => all.map((leg) => getComputedStyle(leg).markerEnd)")
        == ['url("#head")'] * 3
    )


def test_who_wants_less_motion_gets_a_slower_play(show) -> None:
    page = show("sco", reduced_motion="reduce")
    page.clock.install()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#play").click()
    page.clock.run_for(1300)
    assert page.locator("#step").text_content() == "2022"
    page.clock.run_for(1300)
    assert page.locator("#step").text_content() == "2023"


def test_crimea_is_hatched_from_2014(show) -> None:
    page = show("sco")
    crimea = page.locator("path[data-id=crimea]")
    to_step(page, 2013 - 1996)
    assert crimea.get_attribute("data-s") == "-"
    plain = crimea.evaluate("e => getComputedStyle(e).fill")
    to_step(page, 2014 - 1996)
    assert crimea.get_attribute("data-s") == "x"
    assert crimea.evaluate("e => getComputedStyle(e).fill") == 'url("#p-x")'
    assert plain == page.locator("path[data-id=UKR]").evaluate("e => getComputedStyle(e).fill")


def test_the_journey_goes_on_stage_by_stage(show) -> None:
    page = show("trip")
    flown = "path.leg[data-s=r]"
    assert page.locator(flown).count() == 3
    to_step(page, 1)
    assert page.locator("#say").text_content() == "Beijing to Nur-Sultan, 3,652 km"
    assert page.locator(flown).count() == 1
    assert page.locator("path.state[data-s=b]").count() == 0
    to_step(page, 5)
    assert page.locator("path.state[data-s=b]").count() == 9
    assert "Vladimir Putin, Russia" in page.locator("#events").text_content()


# -- the keyboard and the screen reader


@pytest.mark.by_day(8, "maps")
@pytest.mark.parametrize("name", ATLAS)
def test_states_are_one_tab_stop_and_arrow_keys_go_between_them(name, show) -> None:
    page = show(name)
    assert page.locator("[role=option]").count() > 20
    assert page.locator("[role=option][tabindex='0']").count() == 1
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.getAttribute('role')") == "option":
            break
    label = "() => document.activeElement.getAttribute('aria-label')"
    start = page.evaluate(label)
    assert start
    seen = {start}
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.evaluate(label))
        assert page.locator("[role=option][tabindex='0']").count() == 1
        assert page.locator("[role=option][aria-selected=true]").count() == 1
        assert len(page.locator("path.ring").get_attribute("d")) > 10
        assert page.locator("#tip").is_visible()
    assert len(seen) > 2
    assert all(re.match(r"[A-Z]", one) for one in seen)
    page.keyboard.press("Escape")
    assert not page.locator("#tip").is_visible()


def test_names_are_announced_with_their_status_of_the_year(show) -> None:
    page = show("sco")
    iran = page.locator("path[data-id=IRN]")
    assert iran.get_attribute("aria-label") == "Iran: observer"
    to_step(page, 27)
    assert iran.get_attribute("aria-label") == "Iran: member"
    assert page.locator("path[data-id=arunachal]").get_attribute("aria-label") == (
        "Arunachal Pradesh: contested area; held by India; claimed by China, which calls it South Tibet"
    )


def test_every_state_is_reached_by_its_first_letter(show) -> None:
    page = show("sco")
    page.locator("[role=option][tabindex='0']").focus()
    names = data.load("sco_membership").drop_duplicates("iso3")["country"]
    reached = set()
    for letter in sorted({name[0].lower() for name in names}):
        for _ in range(9):
            page.keyboard.press(letter)
            reached.add(
                page.evaluate("() => document.activeElement.getAttribute('aria-label')").partition(":")[0]
            )
    assert set(names) <= reached


def test_west_of_kazakhstan_and_back(show) -> None:
    page = show("sco")
    page.locator("path[data-id=KAZ]").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => document.activeElement.dataset.id") == "RUS"
    page.locator("path[data-id=KAZ]").focus()
    page.keyboard.press("Home")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("Abkhazia")


def test_plus_and_minus_zoom_around_the_state_and_end_goes_to_the_last(show) -> None:
    page = show("sco")
    kazakhstan = page.locator("path[data-id=KAZ]")
    kazakhstan.focus()
    area = "e => { const b = e.getBBox(); return b.width * b.height; }"
    middle = "e => { const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"
    before, at = kazakhstan.evaluate(area), kazakhstan.evaluate(middle)
    page.keyboard.press("+")
    assert kazakhstan.evaluate(area) == pytest.approx(
        2 * before, rel=0.05
    )  # half a level: a side of 2 ** 0.5
    assert kazakhstan.evaluate(middle) == pytest.approx(at, abs=20)
    assert page.evaluate("() => document.activeElement.dataset.id") == "KAZ"
    page.keyboard.press("-")
    assert kazakhstan.evaluate(area) == pytest.approx(before, rel=0.05)
    names = page.locator("[role=option]").evaluate_all("all => all.map(e => e.getAttribute('aria-label'))")
    page.keyboard.press("End")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == max(names)
    page.keyboard.press("Home")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == min(names)


def test_pointing_shows_name_and_status(show) -> None:
    page = show("sco")
    page.locator("path[data-id=MNG]").hover()
    assert page.locator("#tip").inner_text().splitlines() == ["Mongolia", "observer"]
    page.mouse.move(2, 2)
    assert not page.locator("#tip").is_visible()


def test_pointing_fills_the_card_with_names_in_their_language(show) -> None:
    page = show("region")
    assert page.locator("#card dt").first.text_content() == "Kazakhstan"
    page.locator("path[data-id=MNG]").hover()
    assert page.locator("#card dt").first.text_content() == "Mongolia"
    assert page.locator("#card dd[lang=ru]").text_content() == "Монголия"
    assert page.locator("#card dd[lang=zh]").text_content() == "蒙古"


# -- in a page like a notebook's output


@pytest.mark.by_day(8, "maps")
@pytest.mark.parametrize("name", ATLAS)
def test_the_frame_lies_over_the_still_picture_and_asks_for_nothing(name, browser, pages, tmp_path) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    output = tmp_path / "output.html"
    page.on("request", lambda request: asked.append(request.url))
    output.write_text(
        f"<!doctype html><meta charset=utf-8><body>{pages[name][1]._repr_html_()}", encoding="utf-8"
    )
    page.goto(output.as_uri())
    page.frame_locator("iframe").locator("html[data-ready]").wait_for(state="attached")
    assert all(url.startswith(("file:", "data:image/svg+xml", "about:")) for url in asked), asked
    frame, image = page.locator("iframe").bounding_box(), page.locator("img").bounding_box()
    assert image["height"] < frame["height"]
    assert image["y"] == pytest.approx(frame["y"], abs=1)
    middle = {"x": image["x"] + image["width"] / 2, "y": image["y"] + image["height"] / 2}
    assert page.evaluate("p => document.elementFromPoint(p.x, p.y).tagName", middle) == "IFRAME"
    loaded = page.locator("img").evaluate("e => e.complete && e.naturalWidth > 0")
    assert loaded
    context.close()


# -- flows


def test_bands_and_figures_follow_the_year(show, pages) -> None:
    page = show("flows")
    table = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    widths = {}
    for at, year in enumerate(sorted(table["year"].unique())):
        to_step(page, at)
        for code, name in (("CHN", "China"), ("EUR", "Europe"), ("IND", "India")):
            row = table[(table["year"] == year) & (table["destination"] == code)]
            amount = float(row["value"].iloc[0])
            label = page.locator(f".names .oil-{code.lower()} text")
            page.wait_for_function(
                "([selector, text]) => document.querySelector(selector).textContent === text",
                arg=[f".names .oil-{code.lower()} text", f"{name}: {amount:.1f} Mt"],
            )
            assert label.is_visible()
            width = page.locator(f"path[data-id=oil-{code.lower()}]").evaluate(
                "e => parseFloat(getComputedStyle(e).strokeWidth)"
            )
            widths[code, at] = (amount, width)
    ranked = [width for _, width in sorted(widths.values())]
    assert ranked == sorted(ranked), "the more, the wider"
    assert ranked[-1] > 8 * ranked[0]


# -- a finger


class Fingers:
    """Fingers on a page that shows a map as a notebook does, with text above and below, on a phone."""

    def __init__(self, page: Any) -> None:
        self.page, self.touch = page, page.context.new_cdp_session(page)

    def move(self, *ways: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Put fingers down, each where its way begins, move them along it in steps, and lift them."""
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
    """Where, and how large, Kazakhstan is drawn in the map's frame."""
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
