"""The form for the student's own forecasts: a probability and a reason for each, saved on request."""

from __future__ import annotations

import ipywidgets as widgets

from samarkand import forecasts
from samarkand.ground.errors import CourseError
from samarkand.page import controls, markup

INVITATION = "Run this cell to write down your forecasts."


class ForecastForm(controls.StillBox):
    """A line for each forecast question, a button that saves, and a reply.

    What is saved is read back into the fields, so that running the cell again loses nothing. The still and
    the sentence never show it: a stored notebook is the same for every student.
    """

    def __init__(self) -> None:
        self._chances: dict[str, widgets.Text] = {}
        self._reasons: dict[str, widgets.Text] = {}
        self._reply = widgets.HTML(markup.status("", "say"))
        lines: list[widgets.Widget] = []
        for one in forecasts.QUESTIONS:
            chance = controls.words("Chance of yes, %", placeholder="0 to 100", tooltip=f"{one.id}, per cent")
            chance.layout.width = "230px"
            reason = controls.words("Because", placeholder="in a few words", tooltip=f"{one.id}, reason")
            reason.layout.width = "500px"
            # A forecast is read when it is finished, not letter by letter.
            chance.continuous_update = reason.continuous_update = False
            self._chances[one.id], self._reasons[one.id] = chance, reason
            text = widgets.HTML(
                markup.styled(
                    f'<div class="card"><div class="question">{one.id}. {markup.escape(one.text)}</div>'
                    f"{markup.escape(one.rule)}</div>"
                )
            )
            lines.append(widgets.VBox([text, controls.row({"chance": chance, "reason": reason})]))
        button = widgets.Button(
            description="Save my forecasts",
            tooltip="Add these forecasts to your file; older ones are kept",
            layout=widgets.Layout(width="200px"),
        )
        button.on_click(lambda _: self.save())
        listed = "".join(
            f'<li class="item">{one.id}. {markup.escape(one.text)}</li>' for one in forecasts.QUESTIONS
        )
        super().__init__(
            [controls.heading("My forecasts"), *lines, button, self._reply],
            still=markup.styled(
                f'<div class="card"><div class="question">My forecasts</div><ul class="list">{listed}</ul>'
                f"{controls.invitation(INVITATION)}</div>"
            ),
            sentence=f"My forecasts: {len(forecasts.QUESTIONS)} questions. {INVITATION}",
        )
        self._read_back()

    def fill(self, question: str, chance: str, reason: str = "") -> None:
        """Fill in one line as a hand would.

        Parameters
        ----------
        question : str
            The question's id.
        chance : str
            What is typed for the probability, in per cent.
        reason : str, optional
            What is typed for the reason.

        Raises
        ------
        UnknownName
            If there is no such question.
        """
        name = forecasts.question(question).id
        self._chances[name].value = chance
        self._reasons[name].value = reason

    def save(self) -> str:
        """Save every line that has a probability, and return what the student is told.

        Lines that cannot be read are named and stay in the form; then nothing is saved, so that a student
        never has to guess which ones were.

        Returns
        -------
        str
            One or more sentences.
        """
        given: dict[str, tuple[object, str]] = {}
        trouble = []
        for name, field in self._chances.items():
            if not field.value.strip():
                if self._reasons[name].value.strip():
                    trouble.append(f"{name} has a reason but no number from 0 to 100.")
                continue
            try:
                given[name] = (forecasts.as_per_cent(field.value), self._reasons[name].value)
            except CourseError as error:
                trouble.append(f"{name}: {error}")
        if trouble:
            return self._say(" ".join([*trouble, "Nothing was saved yet."]), "wrong")
        if not given:
            return self._say("Nothing to save yet: write a number from 0 to 100 for one question.", "open")
        try:
            rescued = forecasts.rescue()
            added = forecasts.save(given)
        except CourseError as error:
            return self._say(str(error), "wrong")
        left = len(forecasts.QUESTIONS) - len(given)
        told = [
            rescued,
            f"Saved: {added} new or changed." if added else "Nothing new: all of it was saved before.",
            f"{left} still open." if left else "All questions have a forecast.",
        ]
        return self._say(" ".join(part for part in told if part), "right")

    def _read_back(self) -> None:
        """Fill the form with the newest saved forecasts; a damaged file is named and left alone."""
        try:
            saved = forecasts.latest()
        except CourseError as error:
            self._say(f"{error} Saving sets it aside under a new name, and starts a new file.", "wrong")
            return
        for name, entry in saved.items():
            self.fill(name, f"{entry.probability * 100:g}", entry.reason)
        if saved:
            self._say(f"Read back from your file: forecasts on {', '.join(saved)}.", "open")

    def _say(self, sentence: str, kind: str) -> str:
        self._reply.value = markup.status(sentence, kind)
        return sentence


def my_forecasts() -> ForecastForm:
    """Return the form for the student's own forecasts.

    Returns
    -------
    ForecastForm
        A box of widgets; what it saves goes into ``my_work/forecasts.json``, where older entries are kept.

    Examples
    --------
    >>> my_forecasts()
    My forecasts: 8 questions. Run this cell to write down your forecasts.
    """
    return ForecastForm()
