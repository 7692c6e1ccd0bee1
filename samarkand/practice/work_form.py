"""Two buttons: one makes the zip of a student's work, the other brings such a zip in."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from samarkand.common.errors import CourseError
from samarkand.common.words import tr
from samarkand.html import markup
from samarkand.html.markup import escape_html, link_to_download, make_element
from samarkand.practice import work_zip
from samarkand.widgets import controls

#: Tells the day that the zip is named after.
today: Callable[[], dt.date] = dt.date.today


class MoveWork(controls.StillBox):
    """A button that makes the zip, a link to download it, and a field that brings one in."""

    def __init__(self) -> None:
        self._link = controls.make_html()
        self._reply = controls.ReplyLine()
        self._list = controls.make_html()
        told = tr(
            "Run this cell: one button takes your work with you as one file, another brings such a file in."
        )
        take = controls.make_button(
            tr("Take my work with me"), tr("Make one file of all your work, to download"), self.take
        )
        bring = controls.make_upload(
            tr("Bring it in"), tr("Choose a file that you took elsewhere"), ".zip", self._receive
        )
        super().__init__(
            [controls.make_heading(tr("My work")), take, self._link, bring, self._reply, self._list],
            still=make_element("div", escape_html(told), class_="open"),
            sentence=told,
        )

    @property
    def said(self) -> str:
        """The reply, as a sentence."""
        return self._reply.sentence

    def take(self) -> bytes:
        """Make the zip, show a link to it, and return it; empty if that failed, which the reply says."""
        self._list.value = self._link.value = ""
        try:
            body = work_zip.pack_work()
        except (CourseError, OSError) as error:
            self._reply.say(str(error), "wrong")
            return b""
        name = f"my_work-{today().isoformat()}.zip"
        says = tr("Download {name} ({size} kB)", name=name, size=len(body) // 1000 + 1)
        self._link.value = link_to_download(says, name, body, "application/zip")
        self._reply.say(
            tr("Click the link, and keep the file. Where you go on, bring it in with the button below."),
            "open",
        )
        return body

    def bring(self, body: bytes) -> Sequence[str]:
        """Bring a zip in, show what came, and return it."""
        self._list.value = self._link.value = ""
        try:
            came = work_zip.bring_work(body)
        except CourseError as error:
            self._reply.say(str(error), "wrong")
            return []
        said = tr("Here now. Nothing of yours was written over. Run a notebook again to see its part.")
        self._reply.say(said if came else tr("Everything in this file is here already."), "right")
        items = [make_element("li", escape_html(one), class_="item") for one in came]
        self._list.value = (
            make_element("div", make_element("ul", *items, class_="list"), class_="card") if items else ""
        )
        return came

    def _receive(self, chosen: Sequence[Mapping[str, Any]]) -> None:
        for one in chosen:
            self.bring(bytes(one["content"]))

    def without_controls(self) -> tuple[str, str]:
        """Return HTML and a sentence for a program without controls: the lines to type in a terminal."""
        told = tr(
            "{missing} In a terminal, samarkand take FILE.zip makes one file of your work, and "
            "samarkand bring FILE.zip brings it in.",
            missing=controls.NO_CONTROLS,
        )
        return markup.make_still(make_element("div", escape_html(told), class_="hint")), told
