"""Marks in a browser: a second Python, in a worker of the page, marks a set, and the notebook's own goes on.

The worker is made at the first click, and has the grader's modules (``tools/site/marks.mjs``).
Nothing interrupts Python in it: what has not come back in time is ended with its worker, and so is a worker
that has been idle.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from samarkand.common.words import tr

#: Seconds for the second Python to load, for the marks of one set, and until an idle worker is ended.
TO_LOAD, TO_MARK, IDLE = 300, 120, 600
#: Where the worker's script lies, from the folder of Pyodide.
SCRIPT = "../marks/marks.mjs"

ENDLESS = tr("Marking did not finish. Does one of your cells run for ever?")
NOT_LOADED = tr("The part that marks could not be loaded. Are you offline? Try again later.")


class Worker(Protocol):
    """A worker of the page."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Send it a message."""

    def end(self) -> None:
        """End it at once."""


class Page(Protocol):
    """What a page gives: workers and a clock."""

    def start_worker(self, told: Callable[[Mapping[str, Any]], None]) -> Worker:
        """Start the worker that marks; `told` takes each of its messages."""

    def call_later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call a function after some seconds; return what cancels that."""


class PageMarker:
    """Marks sets one after another in one worker.

    Parameters
    ----------
    page : Page
        The page that this Python runs in.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._worker: Worker | None = None
        self._ready = False
        self._number = 0
        self._tell: Callable[[dict[str, Any]], None] | None = None
        self._cancel: Callable[[], None] = lambda: None

    @property
    def busy(self) -> bool:
        """Whether a set is being marked."""
        return self._tell is not None

    def mark(
        self, exercise: str, notebook: str, student: str, tell: Callable[[dict[str, Any]], None]
    ) -> None:
        """Mark the text of a notebook, and `tell` the result later.

        It is what ``in_page.mark_text`` gives: ``report``, ``points`` and ``out_of``, or ``trouble``. Nothing
        is done while another set is being marked.
        """
        if self.busy:
            return
        self._cancel()
        if self._worker is None:
            self._ready = False
            self._worker = self._page.start_worker(self._hear)
        self._number += 1
        self._tell = tell
        self._limit_time()
        asked = {"id": self._number, "exercise": exercise, "notebook": notebook, "student": student}
        self._worker.send(asked)

    def _hear(self, message: Mapping[str, Any]) -> None:
        """Take a message of the worker's."""
        if "ready" in message:
            self._ready = True
            self._cancel()
            self._limit_time()
        elif "failed" in message and not self._ready:
            self._give_up(NOT_LOADED)
        elif "failed" in message:
            # What the work did to Python in there nobody knows: the next set begins with another.
            self._give_up(tr("Marking broke off: {reason}", reason=_last_line(str(message["failed"]))))
        elif message.get("id") == self._number and self._tell is not None:
            self._finish(json.loads(message["marks"]))

    def _limit_time(self) -> None:
        if self._ready:
            self._cancel = self._page.call_later(TO_MARK, lambda: self._give_up(ENDLESS))
        else:
            self._cancel = self._page.call_later(TO_LOAD, lambda: self._give_up(NOT_LOADED))

    def _give_up(self, trouble: str) -> None:
        self._finish({"trouble": trouble})
        self.end()

    def _finish(self, result: dict[str, Any]) -> None:
        self._cancel()
        tell, self._tell = self._tell, None
        self._cancel = self._page.call_later(IDLE, self.end)
        if tell is not None:
            tell(result)

    def end(self) -> None:
        """End the worker; the next set starts another."""
        self._cancel()
        if self._worker is not None:
            self._worker.end()
        self._worker = None


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1][:300] if text.strip() else ""


# ------------------------------------------------------------------------------- in a page, by Pyodide


class _JsWorker:
    """A worker by the page's own means. `kept` are functions that JavaScript calls as long as it lives."""

    def __init__(self, worker: Any, *kept: Any) -> None:
        self._worker = worker
        self._kept = kept

    def send(self, message: Mapping[str, Any]) -> None:
        import js
        from pyodide.ffi import to_js

        self._worker.postMessage(to_js(dict(message), dict_converter=js.Object.fromEntries))

    def end(self) -> None:
        self._worker.terminate()
        self._worker.onmessage = self._worker.onerror = None
        for proxy in self._kept:
            proxy.destroy()


class _JsPage:
    """A page by Pyodide's bridge to it."""

    def start_worker(self, told: Callable[[Mapping[str, Any]], None]) -> Worker:
        import js
        import pyodide_js
        from pyodide.ffi import create_proxy, to_js

        url = js.URL.new(SCRIPT, pyodide_js._api.config.indexURL).href
        worker = js.Worker.new(url, to_js({"type": "module"}, dict_converter=js.Object.fromEntries))
        heard = create_proxy(lambda event: told(event.data.to_py()))
        broke = create_proxy(lambda event: told({"failed": str(event.message)}))
        worker.onmessage, worker.onerror = heard, broke
        return _JsWorker(worker, heard, broke)

    def call_later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        import js
        from pyodide.ffi import create_once_callable

        number = js.setTimeout(create_once_callable(call), int(seconds * 1000))
        return lambda: js.clearTimeout(number)


@functools.cache
def find_page() -> Page | None:
    """Return the page that this Python runs in; None outside of one, or where it has no workers."""
    try:
        import js
    except ImportError:
        return None
    return _JsPage() if hasattr(js, "Worker") else None


@functools.cache
def find_marker() -> PageMarker | None:
    """Return the marker that all sets of this page share; None outside of one."""
    page = find_page()
    return None if page is None else PageMarker(page)
