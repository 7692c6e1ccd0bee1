"""A set as a student meets it: a copy, answered with the keyboard, with a reason at once, and its links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from samarkand.jupyter import copies
from tools.lab import Lab, Sheet, sheet

if TYPE_CHECKING:
    from tour import Guide

ROOT = Path(__file__).resolve().parent.parent.parent
SET = "ex03_the_sco"
ANSWERS = {
    "counts": ("counts = (6, 4, 2)", "q1: These are 3 values; expected were 4 values in this order: "),
    "people_share": (
        "people_share = 0.17",
        "q2: Read as a number (per cent). Whether it is right is said after",
    ),
    "gdp_shares": ("gdp_shares = ('many', 2)", "q3: This is a text; expected was a number (per cent)."),
    "similarity": (
        "similarity = (5, 38.5, 20)",
        "q5: No answer to this can lie outside 0 to 1 (Jaccard): check the unit.",
    ),
}


#: Keeps a setting of how JupyterLab draws notebooks, for pages that are loaded after it.
KEEP = """settings => window.jupyterapp.serviceManager.settings.save(
    '@jupyterlab/notebook-extension:tracker', JSON.stringify(settings))"""
#: Whether a heading is seen.
IN_VIEW = """heading => [...document.querySelectorAll('h2')].some(e => {
    const top = e.getBoundingClientRect().top;
    return e.innerText.includes(heading) && top > 0 && top < window.innerHeight;
})"""


def said(opened: Sheet) -> list[str]:
    """What stands below the cells, of cells that look at an answer."""
    shown = opened.page.locator(".jp-OutputArea-output [role=status]").all_inner_texts()
    return [text.replace("\n", " ").strip() for text in shown]


def type_over(opened: Sheet, name: str, code: str) -> None:
    """Replace the code of the cell that answers under a name."""
    editor = opened.page.locator(".jp-CodeCell .cm-content").filter(has_text=f"{name} = ").first
    editor.click()
    opened.page.keyboard.press("ControlOrMeta+a")
    opened.page.keyboard.insert_text(code)


def follow(opened: Sheet, heading: str) -> None:
    """Follow a link of the set to a part of its lesson, in a JupyterLab that draws as a student's does."""
    opened.save()
    opened.page.evaluate(KEEP, {"windowingMode": "contentVisibility"})
    opened.reopen()
    opened.page.evaluate(KEEP, {})
    # JupyterLab takes hold of a link a moment after it has drawn it, then says where it leads.
    opened.page.locator(".jp-RenderedMarkdown a[href*='/files/']", has_text=heading).first.click()
    opened.page.wait_for_function(IN_VIEW, arg=heading)
    # The tab that was opened becomes the present one a moment after it is drawn.
    opened.page.wait_for_function(
        "name => window.jupyterapp.shell.currentWidget.context.path.endsWith(name)",
        arg="Übung/lessons/03_the_sco.ipynb",
    )


def test_a_student_answers_and_is_told_at_once(server: Lab, guide: Guide) -> None:
    from tour import beyond

    place = "Mein Kürs/Übung"  # a blank and an umlaut, as on many a student's machine
    copies.hand_out(server.root / place)
    browser, asked = guide.opened.page.context.browser, len(server.asked())
    assert browser
    with sheet(browser, server, f"{place}/sets/{SET}/{SET}.ipynb") as opened:
        opened.run_all()
        assert len(said(opened)) == 7, "six questions, and the button's own line"
        assert all("Not answered yet" in text for text in said(opened)[:6])
        for name, (code, _) in ANSWERS.items():
            type_over(opened, name, code)
        opened.run_all()
        told = said(opened)
        for _, expected in ANSWERS.values():
            assert any(text.startswith(expected) for text in told), (expected, told)
        opened.save()
        opened.page.get_by_role("button", name="Mark my work as saved").click()
        opened.page.get_by_text("0 of 10 points. Marked as saved at").wait_for(timeout=90_000)
        assert opened.page.get_by_text("q6: 0 of 2. Not answered yet").count() == 1
        follow(opened, "Who belongs?")
        assert beyond(opened.requests) == []
    assert server.asked()[asked:] == []


@pytest.mark.parametrize("name", sorted(p.name for p in (ROOT / "exercises" / "release").glob("ex*")))
def test_locks_hold_what_is_marked(name: str) -> None:
    """The cells that a student must not change cannot be edited or deleted by mistake."""
    import nbformat

    notebook = nbformat.read(ROOT / "exercises" / "release" / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("locked"):
            assert (cell.metadata.editable, cell.metadata.deletable) == (False, False)
        elif marks:
            assert cell.metadata.deletable is False
