"""Inspect a notebook that is open in JupyterLab: its errors, controls moved by key, axe's findings."""

import contextlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import axe_playwright_python
from lab import Sheet
from playwright.sync_api import ElementHandle, FilePayload, Frame, Page, TimeoutError

#: Time limit in ms for the effect of a moved control.
PATIENCE = 20_000
#: A file that a button which asks for one is given; its form has to reply to it.
NO_ZIP = FilePayload(name="work.zip", mimeType="application/zip", buffer=b"This is no zip.")
#: Part of every still: the way to make it live.
TO_GO_ON = "Run → Run All Above Selected Cell"
#: Selector of the controls in a cell's output, or in a frame.
CONTROLS = "button, input, select, textarea, [role=slider], [role=listbox] [tabindex='0']"
#: JavaScript: a cell's content without its controls, and how often it was rewritten, since a form may reply
#: twice with the same words.
CELL = """cell => [...cell.querySelectorAll('.widget-html-content')].map(e => {
    if (e.written === undefined) {
        e.written = 0;
        new MutationObserver(() => { e.written += 1; }).observe(e, {childList: true, subtree: true});
    }
    return e.written + e.innerHTML;
}).join('|')"""
#: JavaScript: the content of a map's frame.
FRAME = """() => document.body.innerText
    + [...document.querySelectorAll('svg *, .leaflet-pane, .leaflet-pane *')].map(e =>
        ['data-s', 'style', 'd', 'class'].map(name => e.getAttribute(name)).join()).join('|')"""
#: JavaScript: the state of a choice that waits for a button.
STATE = "e => [e.checked, e.value].join()"
#: JavaScript: whether a control keeps the focus for two frames; JupyterLab may move it after a click.
STAYS = """e => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(e.ownerDocument.activeElement === e))))"""
ERRORS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap(cell =>
    [...Array(cell.outputs?.length ?? 0).keys()].map(n => cell.outputs.get(n).toJSON())
        .filter(output => output.output_type === 'error' || output.name === 'stderr')
        .map(output => `${cell.id}: ${output.ename ?? ''} ${output.evalue ?? output.text}`))"""


#: JavaScript: unfold all parts and show what waits for an answer; return each two neighbouring texts in a row
#: of a table that are nearer than 12 px, with their distance.
NEAR = """() => {
    document.querySelectorAll('details').forEach(part => { part.open = true; });
    document.querySelectorAll('.sam-veiled').forEach(part => part.classList.remove('sam-veiled'));
    const edges = cell => {
        const text = document.createRange();
        text.selectNodeContents(cell);
        const boxes = [...text.getClientRects()].filter(box => box.width > 0 && box.height > 0);
        const [left, right] = ['left', 'right'].map(side => boxes.map(box => box[side]));
        return boxes.length && [Math.min(...left), Math.max(...right)];
    };
    const near = [];
    for (const row of document.querySelectorAll('tr')) {
        const cells = [...row.cells].filter(cell => cell.checkVisibility() && cell.textContent.trim());
        for (let at = 1; at < cells.length; at++) {
            const [left, right] = [edges(cells[at - 1]), edges(cells[at])];
            const gap = left && right ? right[0] - left[1] : 12;
            const words = cells.slice(at - 1, at + 1).map(cell => cell.textContent.trim());
            if (gap < 11.9) near.push(`${gap.toFixed(1)} px: ${words.join(' | ')}`);
        }
    }
    return near;
}"""


class Move(NamedTuple):
    """A control, the key that moves it, and JavaScript that returns the state which it should change."""

    name: str
    control: ElementHandle
    key: str
    place: Page | Frame
    view: str
    on: ElementHandle | None = None

    def changes_something(self) -> bool:
        """Press the key; return whether the view differs after a while."""
        before = self.place.evaluate(self.view, self.on)
        if self.control.evaluate("e => e.tabIndex < 0"):
            return False  # the Tab key does not reach it
        for _ in range(10):
            self.control.focus()
            if self.control.evaluate(STAYS):
                break
        page = self.place if isinstance(self.place, Page) else self.place.page
        if self.control.evaluate("e => e.matches('.widget-upload')"):
            with page.expect_file_chooser() as asked:
                page.keyboard.press(self.key)
            asked.value.set_files([NO_ZIP])
        else:
            page.keyboard.press(self.key)
        with contextlib.suppress(TimeoutError):
            script = f"([on, before]) => ({self.view})(on) !== before"
            self.place.wait_for_function(script, arg=[self.on, before], timeout=PATIENCE, polling=50)
            return True
        return False


def moves(page: Page) -> Iterator[list[Move]]:
    """Yield a list of moves for each box of widgets and each map, in the order of the page."""
    for number, cell in enumerate(page.query_selector_all(".jp-Notebook .jp-CodeCell"), 1):
        if cell.query_selector(".jp-OutputArea-output .jupyter-widgets"):
            yield list(_in_a_box(page, cell, f"cell {number}"))
        for holder in cell.query_selector_all("iframe"):
            if frame := holder.content_frame():
                yield list(_in_a_frame(frame, f"map in cell {number}"))


def _in_a_box(page: Page, cell: ElementHandle, where: str) -> Iterator[Move]:
    """Yield the moves of a box: choices first, then the buttons that submit them."""
    controls = cell.query_selector_all(f".jupyter-widgets :is({CONTROLS}):visible")
    waits = any(one.evaluate("e => e.matches('button.jupyter-button')") for one in controls)
    last: list[Move] = []
    for control in controls:
        kind = control.evaluate("e => e.getAttribute('role') || e.type")
        name = control.evaluate("e => e.getAttribute('aria-label') || e.title || e.innerText || ''")
        key = {
            "radio": "ArrowDown",
            "checkbox": " ",
            "text": "z",
            "textarea": "z",
            "submit": "Enter",
            "button": "Enter",
        }
        if kind == "slider":
            now, least, most = (
                float(control.get_attribute(f"aria-value{a}") or 0) for a in ("now", "min", "max")
            )
            key["slider"] = "ArrowLeft" if now - least > most - now else "ArrowRight"
        if kind == "select-one" and control.evaluate("e => e.options.length < 2"):
            continue  # there is nothing else to choose yet
        if kind == "select-one":
            key[kind] = "ArrowUp" if control.evaluate("e => e.selectedIndex > 0") else "ArrowDown"
        on: ElementHandle | None = control
        if kind == "radio":  # the first of each choice: the key goes on to the second
            on = control.query_selector("xpath=../following-sibling::label[1]/input")
            if control.query_selector("xpath=../preceding-sibling::label/input") or on is None:
                continue
        view, on = (STATE, on) if waits and kind not in ("submit", "button") else (CELL, cell)
        move = Move(
            f"{where}: {kind} {name[:60]!r}", control, key.get(kind, "of an unknown kind"), page, view, on
        )
        if kind in ("submit", "button"):
            last.append(move)
        else:
            yield move
    yield from last


def _in_a_frame(frame: Frame, where: str) -> Iterator[Move]:
    keys = {"range": "ArrowRight", "option": "ArrowDown", "button": "Enter", "submit": "Enter"}
    for control in frame.query_selector_all(f":is({CONTROLS}, [role=button]):visible"):
        kind = control.evaluate("e => e.type || e.getAttribute('role')")
        if (
            control.get_attribute("aria-pressed") != "true"
            and control.get_attribute("aria-disabled") != "true"
        ):
            name = control.evaluate("e => e.getAttribute('aria-label') || e.title || e.innerText || e.id")
            if name == "Show the whole map":
                continue  # it is shown whole already: test_seen_maps moves it first
            yield Move(
                f"{where}: {kind} {name[:60]!r}", control, keys.get(kind, "of an unknown kind"), frame, FRAME
            )


def errors(opened: Sheet) -> list[str]:
    """Return the errors that the cells show."""
    return list(opened.page.evaluate(ERRORS))


@cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return the serious and critical violations that axe finds in outputs and maps."""
    found = []
    # JupyterLab's body has no height and hides what overflows; axe would take all of it as not to be seen.
    page.evaluate("() => { document.body.style.minHeight = '100vh'; }")
    # A chart that this draws anew has its menu first, and the menu's name a moment later.
    named = "() => [...document.querySelectorAll('.vega-embed summary')].every(menu => menu.ariaLabel)"
    page.wait_for_function(named)
    for place in page.frames:
        scope = None if place.parent_frame else {"include": [[".jp-OutputArea-output"]]}
        place.evaluate(_axe())
        script = "scope => axe.run(scope || document, {resultTypes: ['violations'], iframes: false})"
        for one in place.evaluate(script, scope)["violations"]:
            if one["impact"] in ("serious", "critical"):
                nodes = "; ".join(node["html"][:160] for node in one["nodes"][:3])
                found.append(f"{one['id']} ({one['impact']}): {one['help']}: {nodes}")
    return found


def touching(page: Page, width: int) -> list[str]:
    """Return the neighbouring cells, in tables of the page, whose texts are under 12 px apart."""
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    return [f"{width}: {one}" for one in page.evaluate(NEAR)]


def beyond(addresses: list[str]) -> list[str]:
    """Return the requested addresses that are not on this machine."""
    return [a for a in addresses if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|(data|blob|about):", a)]


def complaints(opened: Sheet, some: Callable[[list[Move]], list[Move]]) -> list[str]:
    """Run the open notebook and move its controls; return the faults."""
    opened.run_all()
    found = errors(opened)
    for group in filter(None, moves(opened.page)):
        found += [move.name for move in some(group) if not move.changes_something()]
    # A field that is left speaks to its kernel, which would be gone when the next lesson takes its place.
    opened.page.evaluate("() => document.activeElement.blur()")
    opened.settle()
    return found + errors(opened)
