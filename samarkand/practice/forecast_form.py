"""A form for the student's own forecasts: a row for each question."""

from collections.abc import Sequence

import ipywidgets as widgets

from samarkand.common.errors import CourseError, WrongType
from samarkand.common.words import join_in_words, tr, trn
from samarkand.html.markup import escape_html, make_element
from samarkand.practice import forecasts
from samarkand.practice.form import Form
from samarkand.practice.reply import Reply
from samarkand.widgets import controls


class ForecastForm(Form):
    """A form with a row for each of some forecast questions, a button that saves, and a reply.

    Saved forecasts are read back into the fields, so that running the cell again loses nothing. The still and
    the sentence never show them: a stored notebook is the same for every student.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._chances: dict[str, controls.Field] = {}
        self._reasons: dict[str, controls.Field] = {}
        asked = [forecasts.question(name) for name in names or forecasts.read_questions()]
        title = tr("My forecasts")
        run = controls.write_invitation(tr("To write down your forecasts"))
        lines = [self._make_line(question) for question in asked]
        button = controls.make_button(
            tr("Save my forecasts"), tr("Add these forecasts to your file; older ones are kept"), self.save
        )
        items = [f"{one.id}. {one.text}" for one in asked]
        many = "{title}: {n} questions. {run}"
        sentence = trn("{title}: {n} question. {run}", many, len(items), title=title, run=run)
        still = controls.question_card(title, items, run)
        super().__init__([controls.make_heading(title), *lines, button], still=still, sentence=sentence)
        self._read_back()

    def _make_line(self, asked: forecasts.Question) -> widgets.Widget:
        """Return the widgets of one question: its text and rule, and the fields for a chance and a reason."""
        question = f"{asked.id}. {asked.text}"
        chance = controls.Field(tr("Chance of yes, %"), question, placeholder=tr("0 to 100"))
        reason = controls.Field(tr("Because"), question, placeholder=tr("in a few words"), width="500px")
        for field in (chance, reason):
            field.watch(self.forget_reply)
        self._chances[asked.id] = chance
        self._reasons[asked.id] = reason
        head = make_element("div", escape_html(question), class_="question")
        card = controls.make_html(make_element("div", head, escape_html(asked.rule), class_="card"))
        row = controls.make_row({"chance": chance, "reason": reason})
        return widgets.VBox([card, row], layout=controls.share_layout())

    def without_controls(self) -> tuple[str, str]:
        """Return the questions for a program without controls, and the line that saves a forecast."""
        asked = [forecasts.question(name) for name in self._chances]
        items = [f"{one.id}. {one.text} {one.rule}" for one in asked]
        code = f'forecasts.answer("{asked[0].id}", 50, "because ...")'
        first = tr("To begin: {code}", code="from samarkand.practice import forecasts")
        return controls.answered_by_code(tr("My forecasts"), items, f"{code} {first}", self.line)

    @property
    def filled(self) -> dict[str, object]:
        """Chance and reason, as typed, by the id of the question."""
        return {name: (field.text, self._reasons[name].text) for name, field in self._chances.items()}

    @property
    def complaints(self) -> dict[str, str]:
        """What is wrong with a chance, by the id of the question."""
        return {name: field.complaint for name, field in self._chances.items() if field.complaint}

    def fill(self, question: str, chance: str, reason: str = "") -> None:
        """Fill in one row as a student would, the probability in per cent."""
        name = forecasts.question(question).id
        self._chances[name].write(chance)
        self._reasons[name].write(reason)

    def save(self) -> Reply:
        """Save every row with a valid probability, and return the reply.

        Invalid entries stay in their fields, with the reason below.
        """
        given: dict[str, tuple[float, str]] = {}
        bad = []
        for name, field in self._chances.items():
            field.complain("")
            reason = self._reasons[name].text
            if not field.text and not reason:
                continue
            try:
                if not field.text:
                    text = tr("There is a reason, but no number from 0 to 100 yet.")
                    raise WrongType(text, code="no number")
                given[name] = (forecasts.as_per_cent(field.text), reason)
            except CourseError as error:
                field.complain(str(error))
                bad.append(name)
        wrong = tr("Not saved yet. Read the messages at {keys}.", keys=join_in_words(bad)) if bad else ""
        if not given:
            nothing = tr("Nothing to save yet: write a number from 0 to 100 for one question.")
            return self.answer_with(wrong or nothing, "wrong" if wrong else "open")
        try:
            added = forecasts.save_forecasts(given)
        except CourseError as error:
            return self.answer_with(str(error), "wrong")
        left = len(self._chances) - len(given) - len(bad)
        told = [tr("Nothing new: all of it was saved before."), wrong]
        if added:
            told[0] = tr("Saved: {n} new or changed.", n=added)
        if left:
            told.append(tr("{n} still open.", n=left))
        elif not bad:
            told.append(tr("All questions have a forecast."))
        return self.answer_with(" ".join(filter(None, told)), "wrong" if bad else "right")

    def _read_back(self) -> None:
        """Fill the form with the newest saved forecasts; unreadable entries are named and left alone."""
        saved = {name: entry for name, entry in forecasts.read_latest().items() if name in self._chances}
        trouble = forecasts.describe_damage()
        for name, entry in saved.items():
            self.fill(name, f"{entry.probability * 100:g}", entry.reason)
        back = tr("Saved earlier: forecasts on {keys}.", keys=", ".join(saved)) if saved else ""
        self.line.read_back(trouble, back)
