"""A Chromium for a throw-away JupyterLab."""

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

from lab.server import PATIENCE, Lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

#: Names of Chromium's program, and of Debian's headless shell: the same engine without the browser, with
#: five sixths of the CPU.
WHOLE, SHELL = ("chromium", "chromium-browser", "google-chrome"), "chromium-headless-shell"
#: Chromium's options: no sandbox (root in a container has none), no background requests, no host name
#: resolved but this machine's, and no process for each frame, which takes a tenth more CPU.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
    "--num-raster-threads=1",
    "--disable-features=OptimizationHints,MediaRouter,AutofillServerCommunication,CertificateTransparency",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.localhost",
)
#: JavaScript: wait until the kernel of the notebook in front answers.
READY = """async () => {
  const context = window.jupyterapp.shell.currentWidget.sessionContext;
  await context.ready;
  while (!context.session?.kernel) await new Promise((go) => setTimeout(go, 20));
  await context.session.kernel.requestExecute({ code: "1", store_history: false }).done;
}"""


def installed() -> str | None:
    """Return the path of the headless shell or of Chromium, or None."""
    return next(filter(None, map(shutil.which, (SHELL, *WHOLE))), None)


@contextlib.contextmanager
def chromium(lab: Lab) -> Iterator[Browser]:
    """Start a Chromium with a new profile in the lab's own network, if it has one, and end it."""
    command = installed()
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
    """Return the process's one Playwright, started at the first call and stopped at exit."""
    from playwright.sync_api import sync_playwright

    running = sync_playwright().start()
    atexit.register(running.stop)
    return running


@dataclass
class Sheet:
    """A notebook open in JupyterLab in a browser page.

    `console` are the errors in the browser's console and uncaught exceptions; `requests` are all addresses
    that the page and its frames requested.
    """

    page: Page
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def reopen(self) -> None:
        """Load the page again, and wait until the notebook is rendered and its kernel idle.

        A simple reload opens the notebook twice: with the workspace, and, up to two seconds later, from the
        address, which then comes to the front.
        """
        notebook = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        self.page.goto(self.page.url.partition("/tree/")[0] + "?reset")
        self.started()
        self.show(notebook)
        self.drawn()

    def started(self) -> None:
        """Wait until JupyterLab has started and restored its workspace."""
        self.page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")

    def drawn(self) -> None:
        """Wait until the notebook is rendered and its kernel idle."""
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.content?.model?.cells?.length > 0"
        )
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.settle()

    def run_all(self, seconds: float = 120) -> None:
        """Run all cells, as *Run > Run All Cells* does, and wait until the kernel has finished."""
        self.page.set_default_timeout(seconds * 1000)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.settle()

    def turn_to(self, notebook: str) -> None:
        """Close all notebooks with their kernels, and open another one in the same page."""
        self.close()
        self.show(notebook)
        self.drawn()

    def show(self, notebook: str) -> None:
        """Bring a notebook to the front; open it if necessary."""
        # Nothing is returned: Playwright would write out the whole widget.
        script = "async path => { await window.jupyterapp.commands.execute('docmanager:open', { path }); }"
        self.page.evaluate(script, notebook)

    def save(self) -> None:
        """Save the notebook, as *File > Save Notebook* does."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    def close(self) -> None:
        """Close each notebook with its kernel, once it has started: else it logs an error later.

        So does the debugger, which queries each started kernel, if it gets no answer.
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
        """Wait until the kernel is idle, every frame has loaded and the page is rendered."""
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

    def ids(self) -> list[str]:
        """Return the ids of the notebook's cells, in order."""
        cells = "window.jupyterapp.shell.currentWidget.content.model.cells"
        return list(self.page.evaluate(f"() => [...{cells}].map(cell => cell.id)"))


@contextlib.contextmanager
def sheet(browser: Browser, lab: Lab) -> Iterator[Sheet]:
    """Open JupyterLab in a new page, for `Sheet.turn_to`; close it with the kernel of what is open then."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        opened = Sheet(page)
        _listen(context, page, opened)
        page.goto(f"{lab.url}lab/workspaces/w{secrets.token_hex(4)}?token={lab.token}")
        opened.started()
        yield opened
        page.evaluate("() => window.jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
    finally:
        context.close()


def _listen(context: BrowserContext, page: Page, opened: Sheet) -> None:
    """Record the page's requests and errors in `opened`."""
    context.on("request", lambda request: opened.requests.append(request.url))
    page.on("websocket", lambda socket: opened.requests.append(socket.url))
    page.on("pageerror", lambda error: opened.console.append(error.stack or str(error)))
    page.on("console", lambda said: opened.console.append(said.text) if said.type == "error" else None)
