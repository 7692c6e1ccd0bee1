"""The form for a prediction, and the comparison beside its result."""

import ipywidgets as widgets

from samarkand.answers.typed_numbers import NotANumber, read_number
from samarkand.common.errors import CourseError, WrongType
from samarkand.common.words import tr
from samarkand.lab import front_end
from samarkand.practice import questions
from samarkand.practice.by_code import write_as_typed, write_reason
from samarkand.practice.form import Form
from samarkand.practice.predict import ledger
from samarkand.practice.predict.ledger import Expected, Record
from samarkand.practice.questions import Prediction
from samarkand.practice.reply import Reply
from samarkand.widgets import controls

__all__ = ["answer", "ask", "see"]

INVITATION = controls.write_invitation(tr("To write down what you expect"))


class PredictionForm(Form):
    """A question about a result to come, fields for a guess, and a button that saves it.

    The last saved guess is read back into the fields. The still and the sentence never show it.
    """

    def __init__(self, asked: Prediction) -> None:
        self._asked = asked
        self._fields: dict[str, controls.Field] = {}
        self._pick: widgets.RadioButtons | None = None
        if asked.options:
            self._pick = controls.make_radio_buttons(
                asked.text, [(text, key) for key, text in asked.options.items()]
            )
            self._pick.observe(lambda _: self.forget_reply(), "value")
            expected: widgets.Widget = self._pick
            how = tr("Choose before you see the result. You may also skip this.")
        else:
            guess = tr("My guess ({unit})", unit=asked.unit) if asked.unit else tr("My guess")
            self._fields = {
                "guess": controls.Field(guess, asked.text, width="250px"),
                "low": controls.Field(tr("From"), asked.text, width="150px"),
                "high": controls.Field(tr("To"), asked.text, width="150px"),
            }
            expected = controls.make_row(self._fields)
            how = tr(
                "Make your range so wide that it contains the result in {n} of 10 such cases. "
                "You may also skip this.",
                n=ledger.MEANT,
            )
        self._reason = controls.Field(
            tr("Because"), asked.text, placeholder=tr("in a few words, if you like"), width="560px"
        )
        save = controls.make_button(
            tr("Save my prediction"), tr("Save your prediction: {question}", question=asked.text), self.save
        )
        for field in (*self._fields.values(), self._reason):
            field.watch(self.forget_reply)
        title = self._title = tr("What do you expect? {question}", question=asked.text)
        super().__init__(
            [controls.make_heading(title, how), expected, self._reason, save],
            still=controls.question_card(title, asked.options.values(), INVITATION),
            sentence=f"{title} {INVITATION}",
        )
        self._read_back()

    def without_controls(self) -> tuple[str, str]:
        """Return the question for a program without controls, and the line that saves a prediction."""
        given = "1" if self._asked.options else "guess, low, high"
        code = f'predict.answer("{self._asked.id}", {given})'
        return controls.answered_by_code(self._title, self._asked.options.values(), code, self.line)

    @property
    def filled(self) -> dict[str, object]:
        """The texts in ``guess``, ``low``, ``high`` and ``reason``; for a choice ``option``, ``reason``."""
        texts: dict[str, object] = {name: field.text for name, field in self._fields.items()}
        if self._pick is not None:
            texts["option"] = self._pick.value
        return {**texts, "reason": self._reason.text}

    @property
    def complaints(self) -> dict[str, str]:
        """What is wrong in which field."""
        fields = {**self._fields, "reason": self._reason}
        return {name: field.complaint for name, field in fields.items() if field.complaint}

    def correct(self, name: str, text: str) -> None:
        """Type another text into one field, as a student would."""
        self._fields[name].write(text)

    def fill(self, guess: str, low: str = "", high: str = "", reason: str = "") -> None:
        """Fill in the form as a student would; for a choice, `guess` is the key of an option."""
        if self._pick is not None:
            self._pick.value = guess or None
        for field, text in zip(self._fields.values(), (guess, low, high), strict=False):
            field.write(text)
        self._reason.write(reason)

    def save(self) -> Reply:
        """Save the guess if it is valid; return the reply.

        An invalid entry stays in its field, with a message below.
        """
        for field in (*self._fields.values(), self._reason):
            field.complain("")
        if self._pick is not None:
            if self._pick.value is None:
                return self.answer_with(tr("Choose one first, or skip this."), "open")
            expected: Expected | None = Expected(str(self._pick.value), reason=self._reason.text)
        else:
            if not any(field.text for field in self._fields.values()):
                nothing = tr("Nothing to save yet: write a guess and a range, or skip this.")
                return self.answer_with(nothing, "open")
            expected = self._number()
        if expected is None:
            return self.answer_with(tr("Not saved yet: read the notes beside the fields."), "wrong")
        try:
            counts = ledger.save_prediction(self._asked, expected)
        except CourseError as error:
            return self.answer_with(str(error), "wrong")
        words = ledger.in_words(self._asked, expected)
        if counts:
            line = f"{self._asked.id} {expected.guess}"
            return self.answer_with(
                tr(
                    "Saved: {expected}. Now run the cells below. If your teacher asks for it, paste this "
                    "line: {line}",
                    expected=words,
                    line=line,
                ),
                "right",
            )
        return self.answer_with(
            tr(
                "Saved: {expected}. The result has been shown already, so this does not count.",
                expected=words,
            ),
            "open",
        )

    def _number(self) -> Expected | None:
        """Return the number with its range, or None after showing a message below each invalid field."""
        read = dict.fromkeys(self._fields, 0.0)
        for key, field in self._fields.items():
            try:
                if not field.text:
                    missing = tr("Write a number.") if key == "guess" else tr("Where does the range end?")
                    raise NotANumber("missing", missing)
                read[key] = self._read_typed(field.text)
            except NotANumber as error:
                field.complain(str(error))
        wrong = any(field.complaint for field in self._fields.values())
        if not wrong and read["low"] > read["high"]:
            wrong = True
            self._fields["high"].complain(
                tr("The range is the wrong way round: the small number comes first.")
            )
        elif not wrong and not read["low"] <= read["guess"] <= read["high"]:
            wrong = True
            self._fields["guess"].complain(tr("Your guess is outside your range."))
        return None if wrong else Expected(**read, reason=self._reason.text)

    def _read_typed(self, text: str) -> float:
        """Parse a typed number; raise `NotANumber` if it cannot be an answer."""
        asked = self._asked
        typed = read_number(text, asked.unit)
        number = typed.value
        if typed.per_cent and asked.unit != "%":
            if asked.about != "likeness":
                raise NotANumber("no share", tr("This is not a percentage. Write only the number."))
            number = round(number / 100, 9)
        if not asked.low <= number <= asked.high:
            low = ledger.in_words(asked, asked.low)
            high = ledger.in_words(asked, asked.high)
            between = tr("The answer has to be between {low} and {high}.", low=low, high=high)
            raise NotANumber("outside", between)
        return number

    def _read_back(self) -> None:
        record = ledger.read_records()[self._asked.id]
        back = ""
        expected = record.latest
        if expected:
            if self._pick is not None:
                self.fill(str(expected.guess))
            else:
                self.fill(f"{expected.guess:.12g}", f"{expected.low:.12g}", f"{expected.high:.12g}")
            self._reason.write(expected.reason)
            words = ledger.in_words(self._asked, expected)
            back = tr("Saved earlier: you expect {expected}.", expected=words)
        self.line.read_back(record.trouble, back)


class Result(controls.Notice):
    """A result beside the prediction; if nothing was saved, a button that shows it.

    Its cell runs after those that the result comes from. That it ran is kept in the journal: a guess after
    that does not count, on any day.
    """

    def __init__(self, asked: Prediction) -> None:
        self._asked = asked
        record = ledger.record_as_shown(asked)
        self._trouble = record.trouble
        ask = tr("You saved no prediction before the result. You can still save one, but it will not count.")
        label = tr("Show the result")
        named = tr("{label}: {question}", label=label, question=asked.text)
        super().__init__(
            f"{self._trouble} {ask}".strip(),
            "open",
            controls.make_button(label, named, self.show),
            still=tr("Run this cell to see the result beside what you expected."),
        )
        if record.counted or record.shown or not front_end.shows_controls():
            self.show()

    def show(self) -> str:
        """Show the result, and return the sentence."""
        record = ledger.read_records()[self._asked.id]._replace(trouble=self._trouble)
        try:
            sentence, kind = _compare_result(self._asked, record)
        except CourseError as error:
            sentence = str(error)
            kind = "wrong"
        self.children = [self._reply]
        return self.say(sentence, kind)


def _compare_result(asked: Prediction, record: Record) -> tuple[str, str]:
    """Return the sentence beside a result, and the kind of the notice."""
    result = ledger.compute_result(asked.id)
    expected = record.counted
    words = {"result": ledger.in_words(asked, result)}
    if expected is None:
        came = ledger.SENTENCES["none"].format(**words)
        why = (
            tr("You saved this after the result was shown, so it does not count.")
            if record.latest
            else tr("You did not save a prediction. That is fine.")
        )
        return " ".join(filter(None, (record.trouble, came, why))), "open"
    words["expected"] = ledger.in_words(asked, expected)
    how = ledger.compare_with_result(expected, result)
    sentence = ledger.SENTENCES["right" if how == "held" and asked.options else how].format(**words)
    reason = (
        tr("Your reason was: {reason}", reason=f"\u201c{expected.reason}\u201d") if expected.reason else ""
    )
    return " ".join(filter(None, (record.trouble, sentence, reason))), "right" if how == "held" else "wrong"


def ask(id: str) -> PredictionForm:
    """Return the form for a prediction.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.members"``.

    Returns
    -------
    PredictionForm
        A box of widgets; what it saves is added to ``my_work/predictions.jsonl``.

    Raises
    ------
    UnknownName
        If there is no such prediction.

    Examples
    --------
    >>> ask("04.oil").fill("IND")
    """
    return PredictionForm(questions.find_question("predict", id))


def answer(
    id: str,
    guess: float | str,
    low: float | str = "",
    high: float | str = "",
    because: str = "",
) -> Reply:
    """Save a prediction by code, with the same reply as by mouse: for a program that shows no controls.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.members"``.
    guess : float or str
        A number; of a choice, the number of the option, counted from 1, or its text.
    low, high : float or str, optional
        The range of a number; without one, the range is the guess alone.
    because : str, optional
        A reason.

    Raises
    ------
    UnknownName
        If there is no such prediction or option.

    Examples
    --------
    >>> answer("03.members", 8, 9, 7).state
    'wrong'
    """
    asked: Prediction = questions.find_question("predict", id)
    form = PredictionForm(asked)
    try:
        reason = write_reason(because)
        if asked.options:
            keys = list(asked.options)
            chosen = questions.find_option(guess, list(asked.options.values()), keys)
            form.fill(keys[chosen], reason=reason)
        else:
            typed = [write_as_typed(end, tr("A guess")) for end in (guess, low, high)]
            form.fill(typed[0], typed[1] or typed[0], typed[2] or typed[0], reason)
    except WrongType as error:
        return Reply("wrong", str(error))
    return form.save()


def see(id: str) -> Result:
    """Return the result beside the prediction; ask before it is shown if nothing was saved.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.members"``.

    Returns
    -------
    Result
        A box of widgets with a sentence.

    Raises
    ------
    UnknownName
        If there is no such prediction.
    """
    return Result(questions.find_question("predict", id))
