"""The course's nbconvert template, printed by Chromium, cuts off nothing of a lesson and needs few sheets."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tour

from samarkand.common.home import ROOT
from tools.author import lessons, pages
from tools.site import deck

#: The maximum number of sheets for a lesson; the longest lessons of either half.
MOST = 12
LONGEST = sorted(lessons.paths(), key=lambda path: len(lessons.stored(path).cells))[-2:]
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


@pytest.mark.parametrize("path", pages.paths(), ids=lambda path: path.stem)
def test_slides_and_sheet_need_no_other_machine_and_cut_nothing(
    page: Any, path: Path, tmp_path: Path
) -> None:
    lesson = lessons.read(lessons.paths([path.stem])[0])
    made = tmp_path / "made.html"
    made.write_text(deck.slides(lesson), encoding="utf-8")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.emulate_media(media="screen")
    page.goto(made.as_uri())
    assert page.evaluate(SMALL) == []
    count = page.locator("section").count()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == count
    made.write_text(deck.sheet(lesson), encoding="utf-8")
    page.goto(made.as_uri())
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
