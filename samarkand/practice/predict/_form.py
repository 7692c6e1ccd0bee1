"""The form for a prediction, and what stands beside its result."""

from __future__ import annotations

import ipywidgets as widgets

from samarkand.ground.errors import CourseError
from samarkand.ground.words import tr
from samarkand.jupyter import controls
from samarkand.practice import questions
from samarkand.practice.answers import decode
from samarkand.practice.predict import _ledger
from samarkand.practice.predict._ledger import Expected
from samarkand.practice.questions import Prediction

__all__ = ["ask", "see"]

INVITATION = tr("Run all cells (Run → Run All Cells) to write down what you expect.")
FIELDS = ("guess", "low", "high")


class Form(controls.StillBox):
    """A question about a result to come, fields for what is expected of it, and a button that saves.

    What was saved last is read back into the fields. The still and the sentence never show it.
    """

    def __init__(self, asked: Prediction) -> None:
        self._asked = asked
        self._reply = controls.Reply()
        self._fields: dict[str, controls.Field] = {}
        self._pick: widgets.RadioButtons | None = None
        if asked.options:
            self._pick = controls.pick(asked.text, [(text, key) for key, text in asked.options.items()])
            self._pick.observe(lambda _: self._reply.say(""), "value")
            expected: list[widgets.Widget] = [self._pick]
            how = tr("Choose before you see the result, or go on without.")
        else:
            labels = {"guess": tr("My guess"), "low": tr("From"), "high": tr("To")}
            if asked.unit:
                labels["guess"] = tr("My guess ({unit})", unit=asked.unit)
            self._fields = {
                key: controls.Field(label, asked.text, width="250px" if key == "guess" else "150px")
                for key, label in labels.items()
            }
            expected = [controls.row(self._fields)]
            how = tr(
                "Choose the range so that it would hold in {n} of 10 such cases. Or go on without.",
                n=_ledger.MEANT,
            )
        self._reason = controls.Field(
            tr("Because"), asked.text, placeholder=tr("in a few words, if you like"), width="560px"
        )
        save = controls.button(
            tr("Save what I expect"), tr("Save what you expect: {question}", question=asked.text), self.save
        )
        for field in (*self._fields.values(), self._reason):
            field.watch(lambda: self._reply.say(""))
        title = tr("What do you expect? {question}", question=asked.text)
        super().__init__(
            [controls.heading(title, how), *expected, self._reason, save, self._reply],
            still=controls.question_card(title, asked.options.values(), INVITATION),
            sentence=tr("{question} {invitation}", question=title, invitation=INVITATION),
        )
        self._read_back()

    def fill(self, guess: str, low: str = "", high: str = "", reason: str = "") -> None:
        """Fill in the form as a hand would; of a choice, `guess` is the key of an option."""
        if self._pick is not None:
            self._pick.value = guess or None
        for field, text in zip(self._fields.values(), (guess, low, high), strict=False):
            field.write(text)
        self._reason.write(reason)

    def save(self) -> str:
        """Save what is expected, if it can be; return what the student is told.

        What cannot be read is named at its field and stays there.
        """
        for field in (*self._fields.values(), self._reason):
            field.complain("")
        if self._pick is not None:
            if self._pick.value is None:
                return self._reply.say(tr("Choose one first, or go on without."), "open")
            expected: Expected | None = Expected(str(self._pick.value), reason=self._reason.text)
        else:
            if not any(field.text for field in self._fields.values()):
                return self._reply.say(
                    tr("Nothing to save yet: write a guess and a range, or go on without."), "open"
                )
            expected = self._number()
        if expected is None:
            return self._reply.say(tr("Not saved yet: see what stands at the fields."), "wrong")
        try:
            counts = _ledger.save(self._asked, expected)
        except CourseError as error:
            return self._reply.say(str(error), "wrong")
        told = _ledger.in_words(self._asked, expected)
        if not counts:
            return self._reply.say(
                tr(
                    "Saved: {expected}. The result has been shown already, so this does not count.",
                    expected=told,
                ),
                "open",
            )
        return self._reply.say(tr("Saved: {expected}. Now run the cells below.", expected=told), "right")

    def _number(self) -> Expected | None:
        """Return the number and its range, or None once each field that is wrong says so."""
        asked, read = self._asked, dict.fromkeys(FIELDS, 0.0)
        for key, field in self._fields.items():
            try:
                if not field.text:
                    missing = tr("Write a number.") if key == "guess" else tr("Where does the range end?")
                    raise decode.NotANumber(missing)
                number, per_cent = decode.typed(field.text, asked.unit)
                if per_cent and asked.unit != "%":
                    if asked.about != "likeness":
                        raise decode.NotANumber(tr("No per cent are asked for. Write the number alone."))
                    number = round(number / 100, 9)
                if not asked.low <= number <= asked.high:
                    raise decode.NotANumber(
                        tr(
                            "No answer can lie outside {low} to {high}.",
                            low=_ledger.said(asked, asked.low),
                            high=_ledger.said(asked, asked.high),
                        )
                    )
                read[key] = number
            except decode.NotANumber as error:
                field.complain(str(error))
        if not any(field.complaint for field in self._fields.values()):
            if read["low"] > read["high"]:
                self._fields["high"].complain(
                    tr("The range is the wrong way round: the small number comes first.")
                )
            elif not read["low"] <= read["guess"] <= read["high"]:
                self._fields["guess"].complain(tr("Your guess lies outside your range."))
        wrong = any(field.complaint for field in self._fields.values())
        return None if wrong else Expected(**read, reason=self._reason.text)

    def _read_back(self) -> None:
        expected, trouble = _ledger.latest(self._asked)
        if expected:
            numbers = () if self._pick is not None else (expected.low, expected.high)
            self.fill(*(n if isinstance(n, str) else f"{n:.12g}" for n in (expected.guess, *numbers)))
            self._reason.write(expected.reason)
        if expected or trouble:
            back = (
                tr("Read back: you expect {expected}.", expected=_ledger.in_words(self._asked, expected))
                if expected
                else ""
            )
            self._reply.say(f"{trouble} {back}".strip(), "wrong" if trouble else "open")


def ask(id: str) -> Form:
    """Return the form for a prediction.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.members"``.

    Returns
    -------
    Form
        A box of widgets; what it saves is added to ``my_work/predictions.jsonl``.

    Raises
    ------
    UnknownName
        If there is no such prediction.

    Examples
    --------
    >>> ask("04.oil").fill("IND")
    """
    return Form(questions.find("predict", id))


def see(id: str) -> controls.Notice:
    """Return what came out, beside what was expected of it.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.members"``.

    Returns
    -------
    controls.Notice
        A box of widgets with a sentence; who did not predict is told what came out.

    Raises
    ------
    UnknownName
        If there is no such prediction.
    """
    told = tr("What you expected stands here, beside what came out, once you have run this cell.")
    return controls.Notice(*_beside(questions.find("predict", id)), told=told)


def _beside(asked: Prediction) -> tuple[str, str]:
    """Return what is said beside a result, and the kind of the notice."""
    try:
        result = _ledger.came(asked.id)
    except CourseError as error:
        return str(error), "wrong"
    expected, trouble = _ledger.seen(asked)
    came = _ledger.said(asked, result)
    if expected is None:
        told = (
            tr("It came out: {result}.", result=came)
            if asked.options
            else tr("It came out at {result}.", result=came)
        )
        late = _ledger.latest(asked)[0]
        why = (
            tr("What you saved came after the result, and does not count.")
            if late
            else tr("You had saved no prediction, which is all right.")
        )
        return f"{trouble} {told} {why}".strip(), "open"
    values = {"expected": _ledger.in_words(asked, expected), "result": came}
    match _ledger.held(expected, result):
        case "held" if asked.options:
            told, kind = (
                tr("You expected {expected}, and so it came out.", expected=values["expected"]),
                "right",
            )
        case "held":
            told = tr("You expected {expected}. It came out at {result}: your range held.", **values)
            kind = "right"
        case "more":
            told = tr("You expected {expected}. It came out at {result}: more than you thought.", **values)
            kind = "wrong"
        case "less":
            told = tr("You expected {expected}. It came out at {result}: less than you thought.", **values)
            kind = "wrong"
        case _:
            told, kind = tr("You expected {expected}. It came out otherwise: {result}.", **values), "wrong"
    because = (
        tr("Your reason was: {reason}", reason=f"\u201c{expected.reason}\u201d") if expected.reason else ""
    )
    return " ".join(filter(None, (trouble, told, because))), kind
