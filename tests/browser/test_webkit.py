"""WebKit, the engine of Safari, by night: in the page lessons show what is stored, and a set is marked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import tour
from lab import others
from sets_in_page import (
    BUTTON,
    CHOOSE,
    FILL,
    NOT_DRAWN,
    PATIENCE,
    REPLY,
    RUN,
    SAVED,
    SHOW_BUTTON,
    WITH_LIST,
    answer_right,
    answer_wrong,
    by_night_in_the_page,
    list_code,
    mark_here,
    open_in_another,
    plain,
)

from samarkand.common.home import LESSONS

#: The lessons of which everything is looked at: those with most kinds of output.
DRAWN = ("03_the_sco", "10_what_happened_next")
SET = "ex03_the_sco"


@pytest.fixture
def webkit() -> Iterator[others.WebKit]:
    """Yield a WebKit with a new profile."""
    if not others.is_installed("webkit"):
        pytest.skip(f"needs {', '.join(others.NEEDED['webkit'])}")
    with others.opened("webkit") as window:
        assert isinstance(window, others.WebKit)
        yield window


@by_night_in_the_page
@pytest.mark.parametrize("lesson", sorted(path.stem for path in LESSONS.glob("*.ipynb")))
def test_in_webkit_a_lesson_shows_in_the_page_what_is_stored(
    lesson: str, address: str, webkit: others.WebKit
) -> None:
    open_in_another(webkit, address, f"lessons/{lesson}.ipynb")
    webkit.evaluate(RUN, seconds=PATIENCE)
    assert webkit.evaluate(tour.ERRORS) == []
    ran = list_code(webkit.evaluate(SAVED))
    kept = list_code(json.loads((LESSONS / f"{lesson}.ipynb").read_text(encoding="utf-8")))
    assert len(ran) == len(kept) > 0
    for here, there in zip(ran, kept, strict=True):
        assert plain(here) == plain(there), "".join(there["source"])
    if lesson in DRAWN:
        webkit.wait_for(f"() => ({NOT_DRAWN})().length === 0", seconds=PATIENCE)
        assert webkit.evaluate(CHOOSE, webkit.evaluate(WITH_LIST)), "a control does something"


@by_night_in_the_page
def test_in_webkit_a_set_has_in_the_page_the_marks_that_it_has_here(
    address: str, webkit: others.WebKit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    open_in_another(webkit, address, f"sets/{SET}/{SET}.ipynb")
    for answers in (answer_wrong(SET), answer_right(SET)):
        webkit.evaluate(FILL, answers, seconds=PATIENCE)
        webkit.evaluate(SHOW_BUTTON)
        webkit.click(BUTTON)
        there = webkit.wait_for(REPLY, seconds=PATIENCE)
        assert there == mark_here(SET, webkit.evaluate(SAVED), tmp_path)
    assert there[0] == f"{SET}: 10 of 10 points"
