"""A tour of a lesson in a real JupyterLab: opened, run, every control moved, looked over, and written down.

The tour judges nothing; `test_lessons.py` does. What stands still is a sentence in `Tour.still`.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import ElementHandle, Frame, Page, TimeoutError

from tools.lab import Lab, Sheet, chromium, sheet

#: Milliseconds in which a moved control must have changed something.
PATIENCE = 20_000
#: What every still says: how to make it live.
TO_GO_ON = "(Run → Run All Cells)"
#: What a cell shows of itself, apart from its controls, and how often it was written anew: a form that takes
#: a word back and says it again has done something. What a frame shows.
CELL = """cell => [...cell.querySelectorAll('.widget-html-content')].map(e => {
    if (e.written === undefined) {
        e.written = 0;
        new MutationObserver(() => { e.written += 1; }).observe(e, {childList: true, subtree: true});
    }
    return e.written + e.innerHTML;
}).join('|')"""
FRAME = """() => document.body.innerText
    + [...document.querySelectorAll('svg *, .leaflet-pane, .leaflet-pane *')].map(e =>
        ['data-s', 'style', 'd', 'class'].map(name => e.getAttribute(name)).join()).join('|')"""
#: What the cells show of errors. The page looks itself: all outputs of a lesson are a long letter.
ERRORS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap(cell => {
    const found = [];
    for (let n = 0; n < (cell.outputs?.length ?? 0); n++) {
        const output = cell.outputs.get(n).toJSON();
        if (output.output_type === 'error') found.push(`${cell.id}: ${output.ename}: ${output.evalue}`);
        if (output.name === 'stderr') found.push(`${cell.id}: stderr: ${output.text}`);
    }
    return found;
})"""
#: Whether a control keeps the focus for two frames of the screen.
STAYS = """e => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => done(e.ownerDocument.activeElement === e))))"""
#: Waits until nothing is under way: the kernel has answered a question put behind all others, no part of the
#: page glides, and what it shows is the same for some frames of the screen.
REST = """async ([view, on]) => {
    const frames = async count => {
        while (count--) await new Promise(requestAnimationFrame);
    };
    const glides = () => (on ?? document).getAnimations({subtree: true}).some(a => a.playState === 'running');
    await frames(2);
    await window.jupyterapp?.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo();
    for (let last, now; ; last = now) {
        await frames(2);
        now = view(on);
        if (now === last && !glides()) return now;
    }
}"""
#: Widths in CSS pixels: of the window, and of a telephone.
WIDE, NARROW = 1400, 360
#: What is cut in the outputs: what lies beyond the edge, but for a table or chart that says so by its fading
#: edge; a day on two lines; a line that lies upon another. Charts follow the width after a moment.
CUT = """() => [...document.querySelectorAll('.jp-OutputArea-output')].flatMap(output => {
    const edge = output.getBoundingClientRect().right + 1, found = [];
    const fades = e => e && e !== output.parentElement && (fades(e.parentElement) ||
        ['backgroundImage', 'maskImage'].some(how => getComputedStyle(e)[how].includes('gradient')));
    const tell = (what, e) => found.push(`${what}: ${e.tagName} ${e.textContent.trim().slice(0, 60)}`);
    const parts = 'table, svg, img, input, select, button, label, .widget-html-content';
    for (const e of output.querySelectorAll(parts))
        if (e.getClientRects().length && e.getBoundingClientRect().right > edge)
            if (!e.closest('table, .vega-embed') || !fades(e)) tell('beyond the edge', e);
    for (const cell of output.querySelectorAll('td, th')) {
        const range = document.createRange();
        range.selectNodeContents(cell);
        if (/^\\d{4}-\\d\\d-\\d\\d$/.test(cell.textContent.trim()) && range.getClientRects().length > 1)
            tell('a day on two lines', cell);
    }
    for (const label of output.querySelectorAll('.widget-radio-box label'))
        if (label.scrollHeight > label.clientHeight + 1) tell('lines upon each other', label);
    return found;
})"""
#: Whether each cell holds a box of widgets, and a map.
HELD = """cells => cells.map(cell =>
    ['.jp-OutputArea-output .jupyter-widgets', 'iframe'].map(what => cell.querySelector(what) !== null))"""
#: The kind and the name of each control of a frame; of a button also which one stands before it in its row,
#: the last one before the first.
TOLD = """handles => handles.map(e => {
    const buttons = handles.filter(o => o.matches('button, [role=button]'));
    const row = buttons.filter(o => o.parentElement === e.parentElement);
    const name = e.getAttribute('aria-label') || e.title || e.innerText || e.id;
    const before = row.includes(e) ? handles.indexOf(row.at(row.indexOf(e) - 1)) : null;
    return [e.type || e.getAttribute('role'), name, before];
})"""
#: All that can be moved in the output of a cell, or in a frame.
HANDLES = "button, input, select, textarea, [role=slider], [role=button], [role=listbox] [tabindex='0']"


@cache
def axe_script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Stills:
    """What a lesson shows that is opened without trust, and not run.

    Attributes
    ----------
    frames : int
        Frames in its outputs.
    alts : list of str
        What is said of each picture that is drawn, and large enough to be seen.
    still, stub : int
        Sentences that say that a picture is still; that a cell has to be run.
    requests : list of str
        Addresses beyond this machine that the page asked for.
    """

    frames: int
    alts: list[str]
    still: int
    stub: int
    requests: list[str]


@dataclass
class Tour:
    """What was seen of a lesson; what comes after the moves is empty unless it was looked at whole.

    Attributes
    ----------
    opened : dict
        What stood there before it was run: number of frames, of stills, ...
    stills : Stills or None
        What the same lesson shows where it is not trusted.
    errors : list of str
        Outputs that are errors or stand on stderr.
    moved : list of str
        Controls that were moved, and how.
    moves : int
        How many moves there are, those that were left out counted.
    still : list of str
        Controls that changed nothing.
    bytes : int
        Of the lesson as it is saved after that.
    reopened : dict
        What stood there on the next day: saved, its kernel ended, opened again, and not run.
    axe : list of str
        Serious and critical violations.
    cut : list of str
        What does not fit on a telephone.
    console : list of str
        Errors on the browser's console.
    requests, asked, attempts : list of str
        Addresses beyond this machine: that the page asked for; the server or a kernel; anything in Chromium.
    """

    opened: dict[str, int] = field(default_factory=dict)
    stills: Stills | None = None
    errors: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    moves: int = 0
    still: list[str] = field(default_factory=list)
    bytes: int = 0
    reopened: dict[str, int] = field(default_factory=dict)
    axe: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)


class Guide:
    """Takes tours one after another in one page of one Chromium, as a student turns from lesson to lesson.

    To load JupyterLab takes longer than to run a lesson. What page, server and Chromium did since the tour
    before belongs to the present one.
    """

    def __init__(self, lab: Lab, opened: Sheet, netlog: Path) -> None:
        self.lab, self.opened, self.netlog = lab, opened, netlog
        self.asked = self.read = 0

    def take(
        self,
        notebook: str,
        untrusted: str = "",
        some: Callable[[Sequence[Move]], Sequence[Move]] = lambda moves: moves,
        *,
        whole: bool = True,
    ) -> Tour:
        """Open a lesson, run it, move everything, look it over, and return what was seen.

        Where a copy is named that is not trusted, it is opened at the end. `some` chooses which of the moves
        of each box of widgets, and of each map, are made. A tour that is not `whole` ends with them: it is
        neither looked over, nor opened again on the next day or without trust.
        """
        tour, opened = Tour(), self.opened
        opened.turn_to(notebook)
        tour.opened = first_look(opened.page)
        opened.run_all()
        tour.errors = errors(opened)
        for found in filter(None, moves(opened.page)):
            tour.moves += len(found)
            for move in some(found):
                tour.moved.append(move.name)
                if not move.happens():
                    tour.still.append(move.name)
        # A field that is left speaks to its kernel, which would be gone when the next lesson takes its place.
        opened.page.evaluate("() => document.activeElement.blur()")
        opened.settle()
        if whole:
            tour.axe = look_over(opened.page)
            tour.cut = on_a_telephone(opened)
        tour.errors += errors(opened)
        opened.save()
        tour.bytes = (self.lab.root / notebook).stat().st_size
        if whole:
            opened.turn_to(notebook)
            tour.reopened = first_look(opened.page)
        tour.console, tour.requests = list(opened.console), beyond(opened.requests)
        opened.requests.clear()
        if whole and untrusted:
            opened.turn_to(untrusted)
            tour.stills = look_at_stills(opened)
            opened.requests.clear()
        opened.console.clear()
        tour.asked = self.lab.asked()[self.asked :]
        self.asked += len(tour.asked)
        tour.attempts = attempts(self.logged())
        return tour

    def logged(self) -> list[dict[str, Any]]:
        """Return what Chromium has written down of the network since the last time, up to this moment."""
        mark = secrets.token_hex(8)
        for _ in range(50):  # Chromium writes a few events at a time: the mark's own push out those before
            self.opened.page.evaluate("mark => fetch(`/api?${mark}`).then(answer => answer.text())", mark)
            with self.netlog.open("rb") as log:
                log.seek(self.read)
                whole = log.read().rpartition(b"\n")[0] + b"\n"
            if mark.encode() in whole:
                break
        else:
            raise AssertionError("Chromium does not write down what it does with the network")
        self.read += len(whole)
        lines = whole.decode().partition('"events": [\n')[2] or whole.decode()
        return [json.loads(line.removesuffix(",")) for line in lines.splitlines()]


@contextlib.contextmanager
def guide(lab: Lab, netlog: Path) -> Iterator[Guide]:
    """Open JupyterLab in a Chromium with a new profile."""
    with chromium(lab, netlog=netlog) as browser, sheet(browser, lab) as opened:
        yield Guide(lab, opened, netlog)


def first_look(page: Page) -> dict[str, int]:
    """Count what stands in the outputs before anything is run."""
    outputs = page.locator(".jp-OutputArea-output")
    return {
        "frames": outputs.locator("iframe").count(),
        "outputs": outputs.count(),
        "stills": outputs.filter(has_text=TO_GO_ON).filter(visible=True).count(),
        "broken": outputs.filter(has_text="Error displaying widget").count(),
    }


def look_at_stills(opened: Sheet) -> Stills:
    """Look at a lesson that is not trusted."""
    outputs = opened.page.locator(".jp-OutputArea-output")
    drawn = "i => i.complete && i.naturalWidth > 100 && i.clientWidth > 200"
    return Stills(
        frames=outputs.locator("iframe").count(),
        alts=outputs.locator("img").evaluate_all(f"all => all.filter({drawn}).map(i => i.alt)"),
        still=outputs.filter(has_text="This is a still picture").count(),
        stub=outputs.filter(has_text=TO_GO_ON).count(),
        requests=beyond(opened.requests),
    )


def errors(opened: Sheet) -> list[str]:
    """Return what the cells show of errors."""
    return list(opened.page.evaluate(ERRORS))


# --------------------------------------------------------------------------------- moving things


@dataclass
class Move:
    """One control moved in one way, and how to see that something came of it."""

    name: str
    act: Callable[[], None]
    place: Page | Frame
    #: What shows that something came of it: JavaScript that is given an element, and the element.
    view: str
    on: ElementHandle | None = None
    #: Moves something else, for a control that has nothing to do as things stand (zoom out, if all is shown).
    other: Callable[[], None] | None = None
    #: Whether a kernel lags behind it: it may show just now what the next move comes back to.
    lags: bool = False

    def happens(self) -> bool:
        """Move it; tell whether something visible changed."""
        happened = self._happens()
        if self.lags:
            self.at_rest()
        return happened

    def _happens(self) -> bool:
        before = self.place.evaluate(self.view, self.on)
        self.act()
        if self.other is None:
            return self.changed(before)
        if self.at_rest() != before:
            return True
        self.other()
        before = self.at_rest()
        self.act()
        return self.changed(before)

    def changed(self, before: str) -> bool:
        """Wait until the view differs from what it was; tell whether it does."""
        script = f"([on, before]) => ({self.view})(on) !== before"
        with contextlib.suppress(TimeoutError):
            self.place.wait_for_function(script, arg=[self.on, before], timeout=PATIENCE, polling=50)
            return True
        return False

    def at_rest(self) -> str:
        """Return the view once nothing moves in it any more: a map glides, a kernel lags behind the mouse."""
        return str(self.place.evaluate(f"([on]) => ({REST})([{self.view}, on])", [self.on]))


def moves(page: Page) -> Iterator[list[Move]]:
    """Yield every move there is in a lesson: together those in a cell's output, and those in a frame."""
    cells = page.query_selector_all(".jp-Notebook .jp-CodeCell")
    held = page.evaluate(HELD, cells)
    for number, (cell, (has_box, has_map)) in enumerate(zip(cells, held, strict=True), 1):
        if has_box:
            yield list(widget_moves(page, cell, f"cell {number}"))
        for holder in cell.query_selector_all("iframe") if has_map else ():
            frame = holder.content_frame()
            if frame:
                yield list(frame_moves(page, frame, f"map in cell {number}"))


def widget_moves(page: Page, cell: ElementHandle, where: str) -> Iterator[Move]:
    """Yield the moves of a box of widgets, each by mouse and by keyboard."""
    buttons = cell.query_selector_all("button.jupyter-button:visible")

    def made(name: str, act: Callable[[], None], own: ElementHandle | None = None) -> Move:
        # Where a button asks for the answer, a choice shows in itself: it is chosen, and no more happens.
        state = "e => [e.checked, e.value].join()"
        if own and buttons:
            view, on = state, own
        else:
            view, on = CELL, cell
        return Move(f"{where}: {name}", act, page, view, on)

    choices: list[Callable[[], None]] = []
    handled = len(buttons)
    for slider in cell.query_selector_all(".widget-slider"):
        handle = slider.query_selector("[role=slider]")
        assert handle
        handled += len(slider.query_selector_all(HANDLES))
        name = f"slider {text_of(slider, '.widget-label')}"
        dragged = made(f"{name} dragged", lambda h=handle, s=slider: drag(page, s, h))
        dragged.lags = True
        yield dragged
        yield made(f"{name} by key", lambda h=handle: key(page, h, inward(h)))
        choices.append(lambda h=handle: key(page, h, inward(h)))
    for select in cell.query_selector_all("select"):
        handled += 1
        name = f"list {text_of(select.query_selector('xpath=..'), '.widget-label')}"
        yield made(f"{name} chosen", lambda s=select: choose(s))
        yield made(f"{name} by key", lambda s=select: key(page, s, select_key(s)))
        choices.append(lambda s=select: choose(s))
    for group in cell.query_selector_all(".widget-radio"):
        radios = group.query_selector_all("input")
        handled += len(radios)
        yield made("choice clicked", radios[0].click, radios[0])
        yield made("choice by key", lambda r=radios: key(page, r[0], "ArrowDown"), radios[1])
        choices.append(lambda r=radios: next(one for one in r if not one.is_checked()).click())
    for tick in cell.query_selector_all("input[type=checkbox]"):
        handled += 1
        yield made("tick clicked", tick.click, tick)
        yield made("tick by key", lambda t=tick: key(page, t, " "), tick)
        choices.append(tick.click)
    for line in cell.query_selector_all(".widget-text input, .widget-textarea textarea"):
        handled += 1
        typed = made("words typed", lambda x=line: write(page, x, "zz"), line)
        typed.lags = True  # two letters have two answers; what is deleted is held against the second
        yield typed
        deleted = made("words deleted", lambda x=line: key(page, x, "Backspace"), line)
        deleted.other = typed.act
        yield deleted
        choices.append(lambda x=line: write(page, x, "z"))
    for button in buttons:
        other = choices[0] if choices else None
        for way, act in (("clicked", button.click), ("by key", lambda b=button: key(page, b, "Enter"))):
            move = made(f"button {button.inner_text()!r} {way}", act)
            move.other = other
            yield move
    visible = len(cell.query_selector_all(f".jupyter-widgets :is({HANDLES}):visible"))
    if visible > handled:
        yield unknown(page, f"{where}: {visible - handled} controls of an unknown kind")


def frame_moves(page: Page, frame: Frame, where: str) -> Iterator[Move]:
    """Yield the moves of what stands in a frame, each by mouse and by keyboard."""

    def made(name: str, act: Callable[[], None]) -> Move:
        return Move(f"{where}: {name}", act, frame, FRAME)

    handles = frame.query_selector_all(f":is({HANDLES}):visible")
    for handle, (kind, name, before) in zip(handles, frame.evaluate(TOLD, handles), strict=True):
        if kind == "range":
            yield made(f"range {name} clicked", lambda h=handle: click_at(h, 0.25))
            yield made(f"range {name} by key", lambda h=handle: key(page, h, "ArrowRight"))
        elif before is not None:
            for way, act in (("clicked", handle.click), ("by key", lambda h=handle: key(page, h, "Enter"))):
                move = made(f"button {name!r} {way}", act)
                move.other = handles[before].click if handles[before] != handle else None
                yield move
        elif kind == "option":
            yield made(f"state {name!r} pointed at", lambda h=handle: point_at(h))
            yield made("next state by key", lambda h=handle: key(page, h, "ArrowDown"))
        else:
            yield unknown(page, f"{where}: {name} is of an unknown kind, {kind}")


def unknown(page: Page, name: str) -> Move:
    """Return a move of which nothing comes."""
    return Move(name, lambda: None, page, "() => ''")


def text_of(holder: ElementHandle | None, selector: str) -> str:
    found = holder.query_selector(selector) if holder else None
    return repr(found.inner_text()) if found else "without a name"


def key(page: Page, handle: ElementHandle, name: str) -> None:
    """Press a key on a control that the Tab key reaches."""
    if handle.evaluate("e => e.tabIndex < 0"):
        raise AssertionError("a control that the Tab key does not reach")
    # JupyterLab moves the focus to a cell a moment after a click in it: the key waits until the focus stays.
    for _ in range(10):
        handle.focus()
        if handle.evaluate(STAYS):
            break
    page.keyboard.press(name)


def inward(handle: ElementHandle) -> str:
    """Return the key that moves a slider away from the nearer end."""
    value, least, most = (float(handle.get_attribute(f"aria-value{a}") or 0) for a in ("now", "min", "max"))
    return "ArrowLeft" if value - least > most - value else "ArrowRight"


def drag(page: Page, slider: ElementHandle, handle: ElementHandle) -> None:
    """Drag a slider's handle to the far half of its track."""
    slider.scroll_into_view_if_needed()
    track, grip = slider.query_selector(".noUi-base"), handle.bounding_box()
    box = track.bounding_box() if track else None
    assert box and grip
    at = (grip["x"] + grip["width"] / 2 - box["x"]) / box["width"]
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(
        box["x"] + box["width"] * (0.2 if at > 0.5 else 0.8), box["y"] + box["height"] / 2, steps=4
    )
    page.mouse.up()


def choose(select: ElementHandle) -> None:
    """Choose another entry of a list."""
    at, count = select.evaluate("e => [e.selectedIndex, e.options.length]")
    select.select_option(index=count - 1 if at < count - 1 else 0)


def select_key(select: ElementHandle) -> str:
    return "ArrowUp" if select.evaluate("e => e.selectedIndex > 0") else "ArrowDown"


def write(page: Page, line: ElementHandle, words: str) -> None:
    line.click()
    page.keyboard.type(words)


def click_at(handle: ElementHandle, part: float) -> None:
    """Click a range at a part of its length."""
    box = handle.bounding_box()
    assert box
    handle.click(position={"x": box["width"] * part, "y": box["height"] / 2})


def point_at(shape: ElementHandle) -> None:
    """Point at a shape on the map, where it is not covered."""
    shape.hover(force=True)


# --------------------------------------------------------------------------------- looking, listening


def look_over(page: Page) -> list[str]:
    """Let axe look at what the course draws; return the serious and critical violations."""
    found = []
    # JupyterLab's body has no height and hides what overflows; axe would take all of it as not to be seen.
    page.evaluate("() => { document.body.style.minHeight = '100vh'; }")
    places: list[tuple[str, Page | Frame, Any]] = [
        ("outputs", page, {"include": [[".jp-OutputArea-output"]]})
    ]
    for frame in page.frames:
        if frame.parent_frame is not None:
            places.append((f"frame {frame.title()!r}", frame, None))
    for where, place, scope in places:
        place.evaluate(axe_script())
        result = place.evaluate(
            "scope => axe.run(scope || document, {resultTypes: ['violations'], iframes: false})", scope
        )
        for violation in result["violations"]:
            if violation["impact"] in ("serious", "critical"):
                nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                found.append(
                    f"{where}: {violation['id']} ({violation['impact']}): {violation['help']}: {nodes}"
                )
    return found


def on_a_telephone(opened: Sheet) -> list[str]:
    """Make the window as narrow as a telephone; return what does not fit, and make it wide again."""
    page = opened.page
    opened.clear_view()  # the side bar alone is wider than a telephone
    page.set_viewport_size({"width": NARROW, "height": 1000})
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(f"() => !({CUT})().length", timeout=PATIENCE // 4)
    cut = page.evaluate(CUT)
    page.set_viewport_size({"width": WIDE, "height": 1000})
    opened.settle()
    return list(cut)


def beyond(addresses: list[str]) -> list[str]:
    """Return the addresses that are not on this machine."""
    return [a for a in addresses if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|(data|blob|about):", a)]


def attempts(events: list[dict[str, Any]]) -> list[str]:
    """Return the addresses beyond this machine that Chromium's own log names on behalf of our pages.

    The log has more than a page's requests: names looked up ahead, connections made ahead, web sockets.
    Chromium's own errands (its updates, the time) stand there too, on behalf of no page.
    """
    found = set()
    for event in events:
        about = event.get("params", {})
        keys = ("initiator", "network_isolation_key", "network_anonymization_key")
        ours = any("127.0.0.1" in str(about.get(key, "")) for key in keys)
        address = str(about.get("url") or about.get("host") or "")
        if ours and address:
            found.update(beyond([address]))
    return sorted(found)
