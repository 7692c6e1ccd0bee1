"""A button below a set: it marks one's own notebook, where the course's checks are at hand."""

import datetime as dt
import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from samarkand.common import log
from samarkand.common.words import tr
from samarkand.html.markup import escape_html, make_element
from samarkand.practice.sets import desk, hand_in, page_marks
from samarkand.widgets import controls

#: Time limit for marking, in seconds.
PATIENCE = 120


class Marks(controls.StillBox):
    """A button and its result: points and a reason for each question; nobody else is told.

    It marks the notebook as last saved, by ``samarkand check``, which knows the right answers; in a page by
    the same modules in a worker. A copy of the course that was handed out to a class does not, and says so.
    """

    def __init__(self, exercise: str) -> None:
        self._exercise = exercise
        self._reply = controls.ReplyLine()
        self._reasons = controls.make_html()
        told = tr(
            "Run all cells (Run → Run All Cells) to mark your own work. A copy that an instructor handed out "
            "knows no right answers: there, marks come back after handing in."
        )
        button = controls.make_button(
            tr("Mark my work as saved"), tr("Mark this set, as it was saved last"), self.mark
        )
        super().__init__(
            [controls.make_heading(tr("Points and reasons")), button, self._reply, self._reasons],
            still=make_element("div", escape_html(told), class_="open"),
            sentence=told,
        )

    def mark(self) -> str:
        """Mark the work, show points and reasons, and return them in plain text.

        In a page they are shown later, and what is returned says that it is being marked.
        """
        self._reasons.value = ""
        marker = page_marks.find_marker()
        return self._mark_by_process() if marker is None else self._mark_in_page(marker)

    def _mark_by_process(self) -> str:
        """Mark in a process of its own, by ``samarkand check``."""
        self._reply.say(tr("Marking: your notebook is run once more ..."), "open")
        notebook = Path(os.environ.get("JPY_SESSION_NAME", ""))
        named = ["--notebook", str(notebook)] if notebook.is_file() else []
        saved = describe_save(notebook)  # before it is read: it may be saved again meanwhile
        try:  # -P: no file beside the notebook is taken for a module of Python's
            done = subprocess.run(
                [sys.executable, "-P", "-m", "samarkand", "check", self._exercise, *named],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"PYTHONIOENCODING": "utf-8"},
                timeout=PATIENCE,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except OSError as problem:
            if problem.errno != errno.ENOTSUP:
                raise
            # Python in a browser without workers starts no other program.
            return self._reply.say(tr("A browser cannot mark: download the set, and hand it in."), "open")
        except subprocess.TimeoutExpired:
            return self._reply.say(page_marks.ENDLESS, "wrong")
        if done.returncode:
            return self._reply.say(done.stderr.strip(), "open")
        return self._show(done.stdout, saved)

    def _mark_in_page(self, marker: page_marks.PageMarker) -> str:
        """Mark in a worker of the page, and show the marks when they have come."""
        work = hand_in.find_saved(self._exercise)
        if work is None:
            return self._reply.say(tr("Your notebook was not found: save it first (Ctrl + S)."), "wrong")
        if marker.busy:
            return self._reply.say(tr("A set is being marked: wait until it is done."), "open")
        saved = describe_save(work.path)

        def tell(result: dict[str, Any]) -> None:
            if "trouble" in result:
                self._reply.say(result["trouble"], "wrong")
                return
            self._show(result["report"], saved)
            # The worker has a disk of its own, which ends with it.
            log.log_result(self._exercise, "marked", points=result["points"], out_of=result["out_of"])

        marker.mark(self._exercise, work.body.decode("utf-8", "replace"), desk.find_student(), tell)
        told = tr("Marking: your notebook is run once more. The first time takes some ten seconds ...")
        return self._reply.say(told, "open")

    def _show(self, printed: str, saved: str) -> str:
        """Show what `samarkand check` prints, and return it."""
        first, *reasons = printed.strip().splitlines()
        items = [make_element("li", escape_html(line), class_="item") for line in reasons]
        self._reasons.value = make_element("div", make_element("ul", *items, class_="list"), class_="card")
        self._reply.say(f"{first}. {saved}".strip(), "open")
        return "\n".join([first, *reasons])

    @property
    def said(self) -> str:
        """The sentence that is shown: the points, and when what was marked was saved."""
        return self._reply.sentence

    @property
    def reasons(self) -> str:
        """The points and reasons of each question, as HTML; empty until the set was marked."""
        return str(self._reasons.value)


def describe_save(notebook: Path) -> str:
    """Return a sentence with the time at which a notebook was saved; "" if there is no such file."""
    if not notebook.is_file():
        return ""
    at = dt.datetime.fromtimestamp(notebook.stat().st_mtime).strftime("%H:%M")
    return tr("Marked as saved at {time}; save first (Ctrl + S) what you have changed since.", time=at)
