"""Take the pictures of the README and of the site's links, from a built site, with Chromium.

    python tests/pictures.py SITE      (a folder that `samarkand site` has made)

Each picture knows what it shows: a test compares its fingerprint, so that a picture that was not taken anew
after a change is found.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.browser import CHROMIUM, installed, playwright
from lab.server import serve

from samarkand.common.home import ROOT
from samarkand.practice import questions
from tools.author import lessons
from tools.site import cells, deck, front

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "pictures"
#: The fingerprint of what each picture shows.
TAKEN = FOLDER / "taken.json"


@dataclass(frozen=True)
class Picture:
    """A picture: name of the file, page of the site, size in px, what is done before, what it shows."""

    name: str
    page: str
    width: int
    height: int
    prepare: Callable[["Page"], None]
    shows: Callable[[], str]


def nothing(_page: "Page") -> None:
    """Leave the page as it is."""


def guess(page: "Page") -> None:
    """Scroll to the first prediction of a lesson, unanswered."""
    script = "e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 300)"
    page.locator(".sam-ask").first.evaluate(script)


def finding(page: "Page") -> None:
    """Show the map of flows of lesson 04."""
    frame = page.locator("iframe.map").first
    for button in page.get_by_role("button", name="Show the result").all():
        button.click()
    frame.scroll_into_view_if_needed()
    page.frame_locator("iframe.map").first.locator("html[data-ready]").wait_for()
    frame.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 90)")


def hero() -> str:
    """Return the front page above its lessons."""
    return front.render_front_page(lite=False, head="", foot="").partition('id="lessons"')[0]


def question() -> str:
    """Return the first question of lesson 05 as the site asks it."""
    asked = (
        cells.render_question(one)
        for one in map(deck.find_question, lesson("05").code)
        if isinstance(one, questions.Prediction)
    )
    return next(asked)


def flows() -> str:
    """Return the map of lesson 04."""
    return lesson("04").frames[0][1]


def lesson(number: str) -> lessons.Lesson:
    """Return a lesson."""
    return lessons.read_lesson(lessons.find_lessons([number])[0])


PICTURES = (
    Picture("social.png", "index.html", 1200, 630, nothing, hero),
    Picture("front.png", "index.html", 1200, 760, nothing, hero),
    Picture("prediction.png", "lessons/05_taking_sides.html", 1200, 760, guess, question),
    Picture("finding.png", "lessons/04_china_and_russia.html", 1200, 860, finding, flows),
)


def fingerprint(picture: Picture) -> str:
    """Return a hash of what a picture shows."""
    return hashlib.sha256(picture.shows().encode()).hexdigest()[:16]


def stale() -> Iterator[str]:
    """Yield the name of each picture that is missing, or older than the last change of what it shows."""
    taken = json.loads(TAKEN.read_text(encoding="utf-8"))
    for picture in PICTURES:
        if not (FOLDER / picture.name).is_file() or taken.get(picture.name) != fingerprint(picture):
            yield picture.name


def take(site: Path) -> list[Path]:
    """Take all pictures from a built site; return their paths."""
    FOLDER.mkdir(exist_ok=True)
    with serve(site) as address:
        browser = playwright().chromium.launch(executable_path=installed(), args=list(CHROMIUM))
        for picture in PICTURES:
            page = browser.new_page(
                viewport={"width": picture.width, "height": picture.height}, color_scheme="light"
            )
            page.goto(f"{address}/{picture.page}")
            page.wait_for_load_state("networkidle")
            picture.prepare(page)
            page.wait_for_timeout(600)
            page.screenshot(path=FOLDER / picture.name)
            page.close()
        browser.close()
    prints = {picture.name: fingerprint(picture) for picture in PICTURES}
    TAKEN.write_text(json.dumps(prints, indent=1) + "\n", encoding="utf-8")
    return [FOLDER / picture.name for picture in PICTURES]


if __name__ == "__main__":
    print(*take(Path(sys.argv[1])), sep="\n")
