"""A student's day in a real JupyterLab: what was done is told at a lesson's end, and links lead back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from samarkand.jupyter import copies
from tools.lab import Lab, Sheet

if TYPE_CHECKING:
    import tour
    from playwright.sync_api import Locator


@pytest.fixture(scope="module")
def day(server: Lab, guide: tour.Guide) -> Iterator[Callable[..., Sheet]]:
    """Return what opens a copy of a lesson, with other code in cells named by their ids, and runs it."""
    copies.hand_out(server.root / "my_work")
    one, asked = guide.opened, len(server.asked())

    def day(lesson: str, **cells: str) -> Sheet:
        one.turn_to(f"my_work/lessons/{lesson}.ipynb")
        one.page.evaluate(
            """cells => {
                for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells)
                    if (cell.id in cells) cell.sharedModel.setSource(cells[cell.id]);
            }""",
            {id.replace("_", "-"): source for id, source in cells.items()},
        )
        one.run_all()
        return one

    yield day
    assert server.asked()[asked:] == []
    one.settle()  # what a link has opened may just be starting
    one.close()
    one.console.clear()
    one.requests.clear()


def cell(opened: Sheet, id: str) -> int:
    return opened.ids().index(id)


def run_cell(opened: Sheet, id: str, code: str | None) -> Locator:
    """Run one cell, with other code in it, and return what stands in it."""
    opened.page.evaluate(
        """async ([place, code]) => {
            const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
            if (code !== null) notebook.model.cells.get(place).sharedModel.setSource(code);
            notebook.activeCellIndex = place;
            await app.commands.execute('notebook:run-cell');
        }""",
        [cell(opened, id), code],
    )
    opened.settle()
    return opened.page.locator(".jp-Notebook .jp-Cell").nth(cell(opened, id))


def test_a_lesson_ends_with_what_was_done_and_a_link_leads_back(day: Callable[..., Sheet]) -> None:
    opened = day("03_the_sco", practice_two_stub='answer = 1\ncheck("03.2", answer)')
    shown = opened.page.locator(".jp-Notebook .jp-Cell").nth(cell(opened, "done"))
    assert shown.get_by_role("row", name="Practice 0 1 2").count() == 1
    shown.get_by_role("link", name="3. Thirty per cent of the money?").first.click()
    opened.page.wait_for_function(
        """() => [...document.querySelectorAll('h2')].some(e => {
            const top = e.getBoundingClientRect().top;
            return e.innerText.includes('Thirty per cent') && top > 0 && top < window.innerHeight;
        })"""
    )
    tabs = opened.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="ipynb")
    assert tabs.count() == 1, "it is the same notebook"


def test_errors_end_with_a_plain_line_and_the_traceback_unfolds(day: Callable[..., Sheet]) -> None:
    opened = day("03_the_sco", practice_one_stub="len(spell)")
    for id, code, says in (
        ("load", None, ""),
        ("practice-one-stub", "len(spell)", 'Line 1 of this cell: No name "spell". Did you mean "spells"?'),
        (
            "practice-two-stub",
            'indicators["yeear"]',
            'Line 1 of this cell: No column "yeear". Did you mean "year"?',
        ),
    ):
        shown = run_cell(opened, id, code)
        if not says:
            continue
        assert shown.locator(".jp-OutputArea-output").last.inner_text().splitlines()[-1] == says
        traceback = shown.locator("details pre")
        assert not traceback.is_visible()
        shown.locator("details summary").click()
        assert "Traceback (most recent call last)" in traceback.inner_text()


def test_a_name_given_away_is_told_with_the_way_back(day: Callable[..., Sheet]) -> None:
    opened = day("03_the_sco")
    said = run_cell(opened, "practice-one-stub", "check = 8").locator(".jp-OutputArea-output").inner_text()
    assert said.startswith('This cell has given the name "check" to something else')
    assert said.endswith("from samarkand.practice.tasks import check")
    assert run_cell(opened, "practice-one-stub", "check = 9").locator(".jp-OutputArea-output").count() == 0


def test_the_first_lesson_tells_of_all(day: Callable[..., Sheet]) -> None:
    opened = day("00_start_here", thursday_stub='check("00.7", "P02")')
    shown = opened.page.locator(".jp-Notebook .jp-Cell").nth(cell(opened, "course"))
    assert shown.get_by_role("row", name="00 Start here 1 of 8").count() == 1
    shown.get_by_role("link", name="05 Taking sides").click()
    opened.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('lessons/05_taking_sides.ipynb')"
    )
