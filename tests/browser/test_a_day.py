"""A student's days in a real JupyterLab: a lesson to its half, the next day, a set, errors, and ways back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import Lab, Sheet

from samarkand.common import home
from samarkand.lab import copies

if TYPE_CHECKING:
    from playwright.sync_api import Locator

#: JavaScript: whether a heading is in view.
IN_VIEW = """heading => [...document.querySelectorAll('h2')].some(e => {
    const top = e.getBoundingClientRect().top;
    return e.innerText.includes(heading) && top > 0 && top < window.innerHeight;
})"""
#: JavaScript: the alignment and kind of each table cell.
SIDES = """() => [...document.querySelectorAll('.dataframe td')].filter(e => e.textContent.trim() !== 'NaN')
    .map(e => `${getComputedStyle(e).textAlign} ${/^[-\\d.,]+$/.test(e.textContent.trim())
        && !/\\d-/.test(e.textContent) && !e.matches('.words') ? 'figures' : 'words'}`)"""
DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"


def at(opened: Sheet, id: str) -> Locator:
    """Return the cell with an id."""
    return opened.page.locator(".jp-Notebook .jp-Cell").nth(opened.ids().index(id))


def run(opened: Sheet, id: str, code: str | None = None, command: str = "notebook:run-cell") -> Locator:
    """Run a cell, optionally with other code or by another command; return the cell."""
    opened.page.evaluate(
        """async ([place, code, command]) => {
            const app = window.jupyterapp, notebook = app.shell.currentWidget.content;
            if (code !== null) notebook.model.cells.get(place).sharedModel.setSource(code);
            notebook.activeCellIndex = place;
            await app.commands.execute(command);
        }""",
        [opened.ids().index(id), code, command],
    )
    opened.settle()
    return at(opened, id)


def test_a_lesson_that_is_only_looked_at_asks_nothing_at_closing(opened: Sheet) -> None:
    opened.turn_to("lessons/04_china_and_russia.ipynb")
    opened.page.evaluate("() => new Promise(done => setTimeout(done, 1000))")
    assert opened.page.evaluate(DIRTY) is False
    tab = opened.page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-current")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    opened.page.wait_for_function(
        "() => [...window.jupyterapp.serviceManager.sessions.running()].every(s => !s.path.includes('04_'))"
    )
    assert opened.page.locator(".jp-Dialog").count() == 0, "and its Python has ended"


def test_half_a_lesson_today_and_the_other_half_tomorrow(opened: Sheet, server: Lab) -> None:
    name, journal = "lessons/04_china_and_russia.ipynb", server.root / "predictions.jsonl"
    journal.unlink(missing_ok=True)
    opened.turn_to(name)
    run(opened, "half-way", command="notebook:run-all-above")
    # Who has saved nothing is asked before the result is compared.
    shown = at(opened, "growth-see")
    shown.get_by_role("button", name="Show the result").click()
    shown.get_by_text("You did not save a prediction").wait_for()
    opened.save()
    opened.turn_to(name)
    run(opened, "half-way", command="notebook:run-all-above")
    assert at(opened, "oil-see").locator(".jp-OutputArea-output").count() == 0, "nothing of the second half"
    form = run(opened, "oil-ask")
    form.get_by_role("radio").first.check()
    form.get_by_role("button", name="Save my prediction").click()
    form.get_by_text("Now run the cells below.").wait_for()
    opened.run_all()
    at(opened, "oil-see").get_by_text("You expected").wait_for()
    assert {*opened.page.evaluate(SIDES)} == {"right figures"}
    # That a result has come is known to another kernel.
    form = at(opened, "growth-ask")
    for label, text in (("My guess", "30"), ("From:", "20"), ("To:", "40")):
        form.get_by_role("textbox", name=label).fill(text)
    form.get_by_role("button", name="Save my prediction").click()
    form.get_by_text("so this does not count").wait_for()
    assert "can no longer count" in str(run(opened, "done").text_content())
    seen = [line for line in journal.read_text(encoding="utf-8").splitlines() if '"seen": true' in line]
    assert sum("04.growth" in line for line in seen) == 1


def test_a_mark_opens_its_sources_in_a_notebook_that_nobody_has_run_or_trusts(
    opened: Sheet, server: Lab
) -> None:
    lesson = copies.Original(home.LESSONS / "08_borders.ipynb", Path("lessons/08_borders.ipynb"))
    written = server.root / "lessons" / "just_opened.ipynb"
    written.write_text(json.dumps(copies.empty_notebook(lesson, [lesson])), encoding="utf-8")
    opened.turn_to("lessons/just_opened.ipynb")
    # JupyterLab draws only what is in view: the list of sources at the end is not there yet.
    several = opened.page.locator('.jp-RenderedMarkdown sup a[href$="#Sources"]', has_text=",").first
    several.focus()
    opened.page.keyboard.press("Enter")
    box = opened.page.locator(".samarkand-entries")
    keys = str(several.get_attribute("title")).rpartition(": ")[2].split(", ")
    assert len(keys) > 1 and box.locator("li").count() == len(keys)
    for key, entry in zip(keys, box.locator("li").all(), strict=True):
        assert key in entry.inner_text()
        assert str(entry.locator("a").get_attribute("href")).startswith("https://")
    assert box.get_by_role("button", name="Close").evaluate("e => document.activeElement === e")
    opened.page.keyboard.press("Escape")
    assert several.evaluate("e => document.activeElement === e") and box.count() == 0
    row = at(opened, "evidence").locator('td sup a[href$="#Sources"]').first
    row.click()
    assert at(opened, "evidence").locator("table + .samarkand-entries li").count() == 1
    assert opened.page.evaluate(DIRTY) is False


def test_a_term_says_what_it_means_in_a_notebook_that_nobody_has_run_or_trusts(
    opened: Sheet, server: Lab
) -> None:
    lesson = copies.Original(home.LESSONS / "05_taking_sides.ipynb", Path("lessons/05_taking_sides.ipynb"))
    written = server.root / "lessons" / "just_opened.ipynb"
    written.write_text(json.dumps(copies.empty_notebook(lesson, copies.list_originals())), encoding="utf-8")
    opened.turn_to("lessons/just_opened.ipynb")
    term = opened.page.locator('.jp-RenderedMarkdown a[href*="99_glossary.ipynb"][title]').first
    term.scroll_into_view_if_needed()
    term.focus()
    opened.page.keyboard.press("Enter")
    box = opened.page.locator(".samarkand-entries")
    title = str(term.get_attribute("title"))
    meaning, _, names = title.partition(" Russian: ")
    assert box.locator("p").first.inner_text() == f"{term.inner_text()}: {meaning}"
    russian, _, kazakh = names.partition("; Kazakh: ")
    assert [box.locator(f"[lang={lang}]").inner_text() for lang in ("ru", "kk")] == [russian, kazakh]
    assert box.get_by_role("button", name="Close").evaluate("e => document.activeElement === e")
    opened.page.keyboard.press("Escape")
    assert term.evaluate("e => document.activeElement === e") and box.count() == 0
    assert opened.page.evaluate(DIRTY) is False
    term.click()
    box.get_by_role("link", name="Its entry in the glossary").click()
    opened.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('lessons/99_glossary.ipynb')"
    )
    opened.settle()


def test_a_lesson_ends_with_what_was_done_and_a_link_leads_back(opened: Sheet) -> None:
    opened.turn_to("lessons/03_the_sco.ipynb")
    run(opened, "load")
    run(opened, "ppp-stub", 'answer = 1\ncheck("03.5", answer)')
    shown = run(opened, "done")
    shown.get_by_role("row", name="Practice 0 1 6").wait_for()
    shown.get_by_role("link", name="3. Thirty per cent of the money?").first.click()
    opened.page.wait_for_function(IN_VIEW, arg="Thirty per cent")
    opened.turn_to("lessons/00_start_here.ipynb")
    run(opened, "first")
    run(opened, "course").get_by_role("link", name="05 Taking sides").click()
    opened.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('lessons/05_taking_sides.ipynb')"
    )
    opened.settle()


def test_slips_end_with_a_plain_line_and_the_traceback_unfolds(opened: Sheet) -> None:
    opened.turn_to("lessons/03_the_sco.ipynb")
    run(opened, "load")
    run(opened, "spells")
    assert {*opened.page.evaluate(SIDES)} == {"left words"}
    shown = run(opened, "not-over-stub", 'spells[spells[status] == "member"]')
    says = 'Line 1 of this cell: "status" is a column of a table here: it needs quotation marks.'
    assert shown.locator(".jp-OutputArea-output").last.inner_text().splitlines()[-1] == says
    traceback = shown.locator("details pre")
    assert not traceback.is_visible()
    shown.locator("details summary").click()
    assert "Traceback (most recent call last)" in traceback.inner_text()


ANSWERS = {
    "counts": ("counts = (6, 4, 2)", "q1: These are 3 values; expected were 4 values in this order: "),
    "people_share": ("people_share = 0.17", "q2: Read as a number (per cent)."),
    "gdp_shares": ("gdp_shares = ('many', 2)", "q3: This is a text; expected was a number (per cent)."),
    "without_largest": ("without_largest = 385", "q6: No answer to this can lie outside 0 to 100 (per cent)"),
}


def test_a_set_is_answered_with_the_keyboard_and_its_links_lead_to_the_lesson(opened: Sheet) -> None:
    opened.turn_to("Mein Kürs/sets/ex03_the_sco/ex03_the_sco.ipynb")
    for name, (code, _) in ANSWERS.items():
        opened.page.locator(".jp-CodeCell .cm-content").filter(has_text=f"{name} = ").first.click()
        opened.page.keyboard.press("ControlOrMeta+a")
        opened.page.keyboard.insert_text(code)
    opened.run_all()
    shown = opened.page.locator(".jp-OutputArea-output [role=status]").all_text_contents()
    told = [" ".join(text.split()) for text in shown]
    for _, expected in ANSWERS.values():
        assert any(text.startswith(expected) for text in told), (expected, told)
    opened.save()
    opened.page.get_by_role("button", name="Mark my work as saved").click()
    opened.page.get_by_text("0 of 10 points. Marked as saved at").wait_for(timeout=90_000)
    opened.page.locator(".jp-RenderedMarkdown a", has_text="Who belongs, and since when?").first.click()
    opened.page.wait_for_function(IN_VIEW, arg="Who belongs, and since when?")
    opened.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.context.path.endsWith('Kürs/lessons/03_the_sco.ipynb')"
    )
    opened.settle()


@pytest.mark.parametrize("width", [360])
def test_on_a_telephone_the_lesson_is_seen(opened: Sheet, width: int) -> None:
    opened.turn_to("lessons/00_start_here.ipynb")
    opened.page.set_viewport_size({"width": width, "height": 800})
    opened.reopen()
    assert opened.page.locator(".jp-Notebook").bounding_box()["width"] > width / 2  # type: ignore[index]
    opened.page.set_viewport_size({"width": 1400, "height": 1000})
