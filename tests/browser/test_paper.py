"""The course's nbconvert template, printed by Chromium, cuts off nothing of a lesson and needs few sheets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tour

from samarkand.common.home import ROOT
from tools.author import lessons, plans
from tools.site import deck

#: The maximum number of sheets for a lesson; the longest lessons of either half.
MOST = 12
LONGEST = sorted(lessons.find_lessons(), key=lambda path: len(lessons.read_notebook(path).cells))[-2:]
#: The width of an A4 sheet between its margins, in CSS pixels.
SHEET = 690
#: Faults of slides: words under 28 px, too small for the last row, or content that overflows.
SMALL = """() => [...document.querySelectorAll('section')].flatMap(slide => [
    ...(slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth ? ['cut'] : []),
    ...[...slide.querySelectorAll('h1, h2, p, li, small')]
        .filter(e => parseFloat(getComputedStyle(e).fontSize) < 28).map(e => e.textContent)])"""
#: Faults of pages: pictures without alt text, text cells not aligned left, and visible titles of folds.
UNREAD = """() => [
    ...[...document.querySelectorAll('.jp-RenderedImage img')].filter(e => !/^(?!No desc).* /.test(e.alt)),
    ...[...document.querySelectorAll('.dataframe td')].filter(e => getComputedStyle(e).textAlign !== 'left'
        && /[a-z]{2}/.test(e.textContent)), ...document.querySelectorAll('summary')]
    .filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 90))"""
#: Letters on a sheet, headings aside, that are not as large as its text, and axes without a scale.
OF_ANOTHER_SIZE = """() => {
  const size = parseFloat(getComputedStyle(document.body).fontSize);
  const drawn = text => Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b);
  const times = text => text.ownerSVGElement ? drawn(text) : 1;
  const letters = text => parseFloat(getComputedStyle(text).fontSize) * times(text);
  const odd = [...document.querySelectorAll('p, li, small, b, svg text')]
    .filter(text => text.textContent.trim() && Math.abs(letters(text) - size) > 0.6)
    .map(text => text.textContent);
  const isNumber = text => /^[0-9,.]+$/.test(text.textContent);
  const numbers = svg => [...svg.querySelectorAll('text')].filter(isNumber);
  const bare = [...document.querySelectorAll('figure svg')].filter(svg => numbers(svg).length < 2);
  return [...odd, ...bare.map(svg => 'an axis without numbers')];
}"""
#: Elements that a sheet cuts off: beyond its edge, or scrollable.
CUT = """() => [...document.querySelectorAll('main *')].filter(e => e.clientWidth && !e.closest('svg, math'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'))
    .map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 60)}`)"""


#: The widths in px at which pages for tablets are looked at.
WIDTHS = (1400, 700, 360)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Yield a page as wide as a sheet; fail if it asked another machine."""
    opened = browser.new_page(viewport={"width": SHEET, "height": 1000})
    opened.emulate_media(media="print")
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    opened.close()
    assert [address for address in asked if address.startswith("http")] == []


def printed(page: Any, lesson: Path, folder: Path) -> tuple[list[str], int]:
    """Return the elements cut off or illegible, and the number of sheets."""
    from nbconvert import HTMLExporter

    made = HTMLExporter(
        template_name="samarkand", extra_template_basedirs=[str(ROOT / "settings/lab/nbconvert")]
    )
    converted = folder / "lesson.html"
    converted.write_text(made.from_filename(str(lesson))[0], encoding="utf-8")
    page.goto(converted.as_uri())
    page.wait_for_load_state("networkidle")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    return page.evaluate(CUT) + page.evaluate(UNREAD), len(sheets)


@pytest.mark.parametrize("lesson", LONGEST, ids=lambda path: path.stem)
def test_a_lesson_on_paper_is_whole_and_short(page: Any, lesson: Path, tmp_path: Path) -> None:
    cut, sheets = printed(page, lesson, tmp_path)
    assert cut == []
    assert 1 < sheets <= MOST
    assert [near for width in WIDTHS for near in tour.touching(page, width)] == []
    page.emulate_media(media="screen")
    assert [near for width in WIDTHS for near in tour.touching(page, width)] == []


def show_slides(page: Any, lesson: lessons.Lesson, made: Path) -> None:
    """Write the slides of a lesson's longer plan into a file, and open it as a projector shows it."""
    made.write_text(deck.render_slides(lesson), encoding="utf-8")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="screen")
    page.goto(made.as_uri())


@pytest.mark.parametrize("path", plans.find_teaching_pages(), ids=lambda path: path.stem)
def test_slides_and_sheet_need_no_other_machine_and_cut_nothing(
    page: Any, path: Path, tmp_path: Path
) -> None:
    lesson = lessons.read_lesson(lessons.find_lessons([path.stem])[0])
    made = tmp_path / "made.html"
    show_slides(page, lesson, made)
    assert page.evaluate(SMALL) == []
    count = page.locator("section").count()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == count
    page.evaluate("document.querySelectorAll('.result').forEach(result => { result.hidden = false; })")
    assert page.evaluate(SMALL) == []
    made.write_text(deck.make_sheet(lesson), encoding="utf-8")
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.goto(made.as_uri())
    assert page.evaluate(OF_ANOTHER_SIZE) == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


#: Pairs of names on maps, graphs and charts that lie on one another, on a slide of 1280 by 720.
ON_ANOTHER = """() => {
  const wrong = [];
  for (const slide of document.querySelectorAll('section')) {
    const frame = slide.querySelector('iframe')?.contentDocument;
    const texts = [...(frame ?? slide).querySelectorAll(frame ? '.names text' : '.mark-text.role-mark text')]
      .filter(text => getComputedStyle(text).visibility === 'visible' && text.getBoundingClientRect().width);
    const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([name, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 5) wrong.push(`${name} on ${other}`);
    }));
  }
  return wrong;
}"""
#: The least share of a slide that a map has.
MAP = """() => [...document.querySelectorAll('iframe')].map(frame => {
  const box = frame.contentDocument.querySelector('.folium-map, .leaflet-container').getBoundingClientRect();
  const scale = frame.getBoundingClientRect().width / frame.clientWidth;
  return (box.width * box.height * scale * scale) / (innerWidth * innerHeight);
})"""
#: What a frame has besides its map: the height of its legend in lines, and letters too small for a room.
BESIDE = """() => [...document.querySelectorAll('iframe')].map(frame => {
  const inner = frame.contentDocument;
  const scale = frame.getBoundingClientRect().width / frame.clientWidth;
  const shown = [...inner.querySelectorAll('.key h2, .names text, .choices *, .time *, #step, h1, .lead')]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width
      && [...e.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
  const small = shown.filter(e => {
    const drawn = e.ownerSVGElement ? Math.abs(e.getScreenCTM().a) : 1;
    return parseFloat(getComputedStyle(e).fontSize) * drawn * scale < 23.9;
  });
  const keys = [...inner.querySelectorAll('.key h2')].filter(e => e.checkVisibility());
  const lines = new Set(keys.map(e => Math.round(e.getBoundingClientRect().top / 8)));
  return {small: small.map(e => e.textContent.trim()), lines: lines.size,
    titles: shown.filter(e => e.matches('h1, .lead')).map(e => e.textContent)};
})"""
#: What of a legend on a slide lies under something else, and the names of actors that lie on a dot.
HIDDEN = """() => [...document.querySelectorAll('iframe')].flatMap(frame => {
  const inner = frame.contentDocument;
  const keys = [...inner.querySelectorAll('.key h2')].filter(e => e.checkVisibility());
  const under = keys.filter(e => {
    const box = e.getBoundingClientRect();
    const top = inner.elementFromPoint(box.left + 30, (box.top + box.bottom) / 2);
    return !top || !e.closest('.below').contains(top);
  });
  const dots = [...inner.querySelectorAll('path.stop')].map(e => e.getBoundingClientRect());
  const names = [...inner.querySelectorAll('.names .city.small:not(.road) text')]
    .filter(e => e.checkVisibility({visibilityProperty: true}));
  const on = names.filter(e => {
    const box = e.getBoundingClientRect();
    return dots.some(dot => {
      const [x, y] = [(dot.left + dot.right) / 2, (dot.top + dot.bottom) / 2];
      return x > box.left && x < box.right && y > box.top + 2 && y < box.bottom - 2;
    });
  });
  return [...under, ...on].map(e => e.textContent.trim());
})"""
WITH_MAPS = [path for path in plans.find_teaching_pages() if path.stem in ("00", "03", "05", "06", "09")]


@pytest.mark.parametrize("path", WITH_MAPS, ids=lambda path: path.stem)
def test_in_a_room_maps_are_large_names_apart_and_keys_work_after_a_click(
    page: Any, path: Path, tmp_path: Path
) -> None:
    show_slides(page, lessons.read_lesson(lessons.find_lessons([path.stem])[0]), tmp_path / "made.html")
    page.wait_for_timeout(1500)
    assert page.evaluate(ON_ANOTHER) == []
    page.evaluate("document.querySelector('iframe').scrollIntoView()")
    assert page.evaluate(HIDDEN) == []
    shares = page.evaluate(MAP)
    assert shares and min(shares) >= 0.6
    beside = page.evaluate(BESIDE)
    assert beside == [{"small": [], "lines": one["lines"], "titles": []} for one in beside]
    assert max(one["lines"] for one in beside) <= 1
    at = "[...document.querySelectorAll('section')].findIndex(s => s.getBoundingClientRect().bottom > 10)"
    page.evaluate("document.querySelector('iframe').scrollIntoView()")
    before = page.evaluate(at)
    page.frame_locator("iframe").first.locator("path.state, path, circle").last.click(force=True)
    for key, step in (("ArrowRight", 1), ("ArrowLeft", 0), ("PageDown", 1)):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
        assert page.evaluate(at) == before + step, key


def test_a_tally_counts_what_the_room_guesses_and_shows_the_result_on_a_key(
    page: Any, tmp_path: Path
) -> None:
    show_slides(page, lessons.read_lesson(lessons.find_lessons(["06"])[0]), tmp_path / "made.html")
    field = page.locator(".tally input").first
    field.scroll_into_view_if_needed()
    field.fill("6; 3 0,5")
    assert page.locator(".tally .dots i").count() == 3
    field.press("Enter")
    page.keyboard.press("r")
    assert page.locator(".result").first.is_visible() and page.locator(".tally .dots u").count() == 1
    more = page.locator(".cast button", has_text="+").nth(1)
    more.click()
    more.click()
    assert page.locator(".cast output").nth(1).inner_text() == "2"


#: The names in the charts of slides whose letters a point or a line of the chart crosses.
CROSSED = """() => [...document.querySelectorAll("figure svg")].flatMap(chart => {
  const marks = [...chart.querySelectorAll(".mark-symbol path")].map(mark => {
    const box = mark.getBoundingClientRect();
    return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  });
  for (const line of chart.querySelectorAll(".mark-line path")) {
    const scale = line.getScreenCTM();
    for (let along = 0; along <= line.getTotalLength(); along += 5) {
      const at = line.getPointAtLength(along).matrixTransform(scale);
      marks.push([at.x, at.y]);
    }
  }
  const names = [...chart.querySelectorAll(".mark-text.role-mark text")];
  return names.filter(name => /[a-z]{4}/.test(name.textContent)).filter(name => {
    const box = name.getBoundingClientRect();
    const inset = box.height / 4;
    const middle = (box.top + box.bottom) / 2;
    const isOn = ([x, y]) => x > box.left && x < box.right && Math.abs(y - middle) < inset;
    return marks.some(isOn);
  }).map(name => name.textContent);
})"""


def test_no_name_in_a_chart_of_a_slide_lies_on_a_point_or_on_its_line(page: Any, tmp_path: Path) -> None:
    show_slides(page, lessons.read_lesson(lessons.find_lessons(["06"])[0]), tmp_path / "made.html")
    page.wait_for_timeout(500)
    assert page.evaluate(CROSSED) == []
