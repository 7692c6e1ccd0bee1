"""A Chromium that looks at a JupyterLab of one's own."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.lab.server import PATIENCE, Lab, LabError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

#: Programs that are Chromium, and Debian's shell of it: the same engine without a browser around it, with
#: five sixths of the CPU. Some edges of letters it draws otherwise: pictures are for the browser.
WHOLE, SHELL = ("chromium", "chromium-browser", "google-chrome"), "chromium-headless-shell"
#: Chromium's options: no sandbox (root in a container has none), no errands of its own, no name but this
#: machine's resolved.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-features=OptimizationHints,MediaRouter,AutofillServerCommunication,CertificateTransparency",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def installed(*, whole: bool = False) -> str | None:
    """Return where Chromium is, the shell before the `whole` browser, or None if this machine has none."""
    names = WHOLE if whole else (SHELL, *WHOLE)
    return next(filter(None, map(shutil.which, names)), None)


def program(*, whole: bool = False) -> str:
    """Return where Chromium is, as `installed` does; `LabError` if this machine has none."""
    found = installed(whole=whole)
    if found is None:
        raise LabError(
            "There is no chromium on this machine. Install it (Debian, Ubuntu: apt install chromium)."
        )
    return found


@contextlib.contextmanager
def chromium(lab: Lab, *, whole: bool = False) -> Iterator[Browser]:
    """Start a Chromium with a new profile in the lab's own network, if it has one, and end it."""
    command = program(whole=whole)
    if lab.apart:
        inside = lab.home / "chromium"
        user = "" if os.geteuid() == 0 else "--user --preserve-credentials "
        inside.write_text(f'#!/bin/sh\nexec nsenter {user}--net --target {lab.pid} {command} "$@"\n')
        inside.chmod(0o755)
        command = str(inside)
    browser = playwright().chromium.launch(executable_path=command, args=list(CHROMIUM))
    try:
        yield browser
    finally:
        browser.close()


@functools.cache
def playwright() -> Playwright:
    """Start Playwright, of which a process can have one, and end it with the process."""
    from playwright.sync_api import sync_playwright

    running = sync_playwright().start()
    atexit.register(running.stop)
    return running


@dataclass
class Sheet:
    """A notebook open in JupyterLab in a browser's page.

    `console` are errors that were written to the browser's console or that no script caught; `requests` are
    all addresses that the page and its frames asked for.
    """

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def reopen(self) -> None:
        """Load the page anew, and wait until the notebook is drawn and its kernel idle.

        A page that is merely reloaded opens its notebook twice: with the rest of the workspace, and, up to
        two seconds later, as the one that its address names, which then comes before what was opened since.
        """
        notebook = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        self.page.goto(self.page.url.partition("/tree/")[0] + "?reset")
        self.started()
        self.show(notebook)
        self.drawn()

    def started(self) -> None:
        """Wait until JupyterLab has started and opened what its workspace holds."""
        self.page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")

    def drawn(self) -> None:
        """Wait until the notebook is drawn and its kernel idle."""
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.content?.model?.cells?.length > 0"
        )
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.settle()

    def run_all(self, seconds: float = 120) -> None:
        """Run all cells, as *Run > Run All Cells* does, and wait until the kernel has done them."""
        self.page.set_default_timeout(seconds * 1000)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.settle()

    def turn_to(self, notebook: str) -> None:
        """Open another notebook in the same page, and close what is open with its kernel."""
        self.close()
        self.show(notebook)
        self.drawn()

    def show(self, notebook: str) -> None:
        """Bring a notebook to the front, which is opened if it is not open."""
        # Nothing is returned: Playwright would write out the whole widget.
        script = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
        self.page.evaluate(script, notebook)

    def save(self) -> None:
        """Save the notebook, as *File > Save Notebook* does."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def close(self) -> None:
        """Close each notebook with its kernel: what is closed while it starts complains of that, later.

        So does the debugger, which asks each kernel that has started, if it gets no answer.
        The launcher stays: JupyterLab opens another as soon as nothing is open, which takes a second.
        """
        self.page.evaluate(
            """async () => {
                for (const tab of [...window.jupyterapp.shell.widgets('main')]) {
                    if (!tab.sessionContext) continue;
                    await tab.sessionContext.ready;
                    const kernel = tab.sessionContext.session?.kernel;
                    const asked = () => [...(kernel?._futures.values() ?? [])]
                        .some(one => one.msg.header.msg_type === 'debug_request');
                    await kernel?.info;  // the debugger waits for that, too, before it asks
                    for (let n = 0; n < 600 && (n < 3 || asked()); n++)
                        await new Promise(requestAnimationFrame);
                    await tab.sessionContext.shutdown();
                    tab.dispose();
                }
            }"""
        )

    def settle(self) -> None:
        """Wait until the kernel is idle, every frame has loaded and the page has drawn what it got."""
        self.page.wait_for_function(
            """() => {
                const panel = window.jupyterapp.shell.currentWidget;
                const kernel = panel?.sessionContext?.session?.kernel;
                return kernel && kernel.status === 'idle' && !kernel.hasPendingInput;
            }"""
        )
        for frame in self.page.frames:
            with contextlib.suppress(Exception):  # a frame that went away while we looked
                frame.wait_for_load_state()
        self.page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")

    def clear_view(self) -> None:
        """Close the side bar and let go of the active cell, so that a picture shows the lesson."""
        self.page.evaluate(
            """() => {
                const app = window.jupyterapp;
                app.shell.collapseLeft();
                app.shell.collapseRight();
                const notebook = app.shell.currentWidget.content;
                notebook.mode = 'command';
                notebook.activeCellIndex = 0;
                document.activeElement?.blur();
            }"""
        )
        self.settle()

    def ids(self) -> list[str]:
        """Return the ids of the notebook's cells, in their order."""
        cells = "window.jupyterapp.shell.currentWidget.content.model.cells"
        return list(self.page.evaluate(f"() => [...{cells}].map(cell => cell.id)"))


@contextlib.contextmanager
def sheet(
    browser: Browser, lab: Lab, notebook: str = "", *, width: int = 1400, height: int = 1000
) -> Iterator[Sheet]:
    """Open a notebook, named by its path below the lab's root, in a new page; close it with its kernel.

    The notebook is drawn and its kernel idle; without one there is JupyterLab alone, for `Sheet.turn_to`.
    Width and height are those of the window, in CSS pixels.
    """
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        opened = Sheet(page)
        _listen(context, page, opened)
        tree = f"/tree/{notebook}" if notebook else ""
        page.goto(f"{lab.url}lab/workspaces/w{secrets.token_hex(4)}{tree}?token={lab.token}")
        if notebook:
            opened.drawn()
        else:
            opened.started()
        yield opened
        page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
    finally:
        context.close()


def _listen(context: BrowserContext, page: Page, opened: Sheet) -> None:
    """Write down what the page asks for and complains of."""
    context.on("request", lambda request: opened.requests.append(request.url))
    page.on("websocket", lambda socket: opened.requests.append(socket.url))
    page.on("pageerror", lambda error: opened.console.append(error.stack or str(error)))
    page.on("console", lambda said: opened.console.append(said.text) if said.type == "error" else None)
