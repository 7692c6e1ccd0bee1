"""The course's page for nbconvert, printed by Chromium, cuts nothing of a lesson and needs few sheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samarkand.ground.home import ROOT
from tools.author import lessons
from tools.lab.browser import CHROMIUM, installed, playwright

#: Sheets that a lesson may take; the longest lessons of either half.
MOST = 12
LONGEST = sorted(lessons.paths(), key=lambda path: len(lessons.stored(path).cells))[-2:]
#: Width of an A4 sheet between its margins, in CSS pixels.
SHEET = 690
#: The same of one that lies, for slides.
LYING = 986
#: What a sheet cuts: beyond its edge, or where it would have to be scrolled.
CUT = """() => [...document.querySelectorAll('main *')].filter(e => e.clientWidth && !e.closest('svg, math'))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible'))
    .map(e => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 60)}`)"""


@pytest.fixture(scope="module")
def page(need: Callable[[object, str], None]) -> Iterator[Any]:
    program = installed()
    need(program, "There is no chromium on this machine.")
    browser = playwright().chromium.launch(executable_path=program, args=list(CHROMIUM))
    opened = browser.new_page(viewport={"width": SHEET, "height": 1000})
    opened.emulate_media(media="print")
    yield opened
    browser.close()


def printed(page: Any, lesson: Path, folder: Path, template: str = "samarkand") -> tuple[list[str], int]:
    """Return what is cut, and the number of sheets."""
    from nbconvert import HTMLExporter

    made = HTMLExporter(
        template_name=template, extra_template_basedirs=[str(ROOT / "settings/lab/nbconvert")]
    )
    converted = folder / "lesson.html"
    converted.write_text(made.from_filename(str(lesson))[0], encoding="utf-8")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(converted.as_uri())
    page.wait_for_load_state("networkidle")
    if template != "lab":
        assert not [address for address in asked if address.startswith("http")], "it asks another machine"
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    return page.evaluate(CUT), len(sheets)


@pytest.mark.parametrize("lesson", LONGEST, ids=lambda path: path.stem)
def test_a_lesson_on_paper_is_whole_and_short(page: Any, lesson: Path, tmp_path: Path) -> None:
    cut, sheets = printed(page, lesson, tmp_path)
    assert cut == []
    assert 1 < sheets <= MOST


def test_as_slides_each_section_begins_a_page_and_nothing_is_cut(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": LYING, "height": 700})
    cut, sheets = printed(page, LONGEST[0], tmp_path, "samarkand_slides")
    page.add_style_tag(content=".jp-Cell { break-before: auto !important; }")
    joined = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.set_viewport_size({"width": SHEET, "height": 1000})
    assert cut == []
    assert sheets > joined + 3


def test_without_the_courses_page_the_same_lesson_is_longer(page: Any, tmp_path: Path) -> None:
    assert printed(page, LONGEST[-1], tmp_path, "lab")[1] > MOST
