"""Questions with given answers, for a pause in a lesson: nobody is marked."""

import ipywidgets as widgets

from samarkand.common import log
from samarkand.common.words import tr
from samarkand.practice import questions
from samarkand.practice.form import Form
from samarkand.practice.reply import Reply
from samarkand.widgets import controls

INVITATION = controls.write_invitation(tr("To answer"))


class Choice(Form):
    """A question, its options, a button, and a reply that is read out; made by `ask`.

    Parameters
    ----------
    asked : Quiz
        What is asked. If several of its options are right, several can be ticked.
    """

    def __init__(self, asked: questions.Quiz) -> None:
        self._asked = asked
        self._right = frozenset(i for i, option in enumerate(asked.options) if option.right)
        self._title = asked.text
        if len(self._right) > 1:
            self._title = tr("{question} (More than one may be right.)", question=asked.text)
        #: Boxes to tick if several options are right, else one group of round buttons.
        self._choices: list[widgets.Checkbox] = []
        self._radio: widgets.RadioButtons | None = None
        choosers = self._make_choosers()
        for chooser in choosers:
            chooser.observe(lambda _: self.forget_reply(), "value")
        button = controls.make_button(
            tr("Check my answer"),
            tr("Check the answer to: {question}", question=asked.text),
            self.save,
        )
        options = [option.text for option in asked.options]
        super().__init__(
            [controls.make_heading(self._title), *choosers, button],
            still=controls.question_card(self._title, options, INVITATION),
            sentence=tr(
                "Question: {question} Options: {options}. {invitation}",
                question=self._title,
                options="; ".join(options),
                invitation=INVITATION,
            ),
        )

    def _make_choosers(self) -> list[widgets.Widget]:
        """Make what a student chooses with, and keep it; return it for the form."""
        question = self._asked.text
        options = [option.text for option in self._asked.options]
        if len(self._right) > 1:
            for option in options:
                box = controls.make_checkbox(option, tooltip=f"{question} {option}")
                self._choices.append(box)
            return list(self._choices)
        positions = [(option, i) for i, option in enumerate(options)]
        self._radio = controls.make_radio_buttons(question, positions)
        return [self._radio]

    def without_controls(self) -> tuple[str, str]:
        """Return question and options for a program without controls, and the line that answers."""
        example = "1, 3" if len(self._right) > 1 else "2"
        code = f'quiz.answer("{self._asked.id}", {example})'
        options = [option.text for option in self._asked.options]
        return controls.answered_by_code(self._title, options, code, self.line)

    @property
    def filled(self) -> dict[str, object]:
        """The positions of the options that are chosen now, counted from 0."""
        return {"chosen": self.chosen()}

    def fill(self, *positions: int) -> None:
        """Choose options by their positions, counted from 0, as a student would by mouse."""
        if self._radio is not None:
            self._radio.value = positions[0] if positions else None
        for position, choice in enumerate(self._choices):
            choice.value = position in positions

    def save(self) -> Reply:
        """Check what is chosen, and return the reply."""
        return self.answer(*self.chosen())

    def chosen(self) -> tuple[int, ...]:
        """Return the positions of the options that are chosen now."""
        if self._radio is not None:
            return () if self._radio.value is None else (int(self._radio.value),)
        return tuple(i for i, choice in enumerate(self._choices) if choice.value)

    def answer(self, *positions: int) -> Reply:
        """Answer as a student would, and return the reply.

        Parameters
        ----------
        *positions : int
            Options chosen, counted from 0.
        """
        chosen = frozenset(positions)
        if not chosen:
            return self.answer_with(tr("Choose an answer first."), "open")
        wrong = sorted(chosen - self._right)
        state = "right" if chosen == self._right else "wrong"
        if state == "right":
            sentence = tr("Yes. {why}", why=self._asked.why)
        elif wrong:
            sentence = tr("Not yet. {hint}", hint=self._asked.options[wrong[0]].hint)
        else:
            sentence = tr("Right so far, but not complete: choose more than {n}.", n=len(chosen))
        return self.answer_with(f"{sentence} {log.log_result(self._asked.id, state)}".strip(), state)


def ask(id: str) -> Choice:
    """Return a quiz of the lesson, to be answered by mouse or keyboard.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.gdp"``. Question, options and hints stand in
        ``samarkand/practice/questions/``.

    Returns
    -------
    Choice
        A box of widgets; a reader who does not run the notebook sees question and options.

    Raises
    ------
    UnknownName
        If there is no such quiz.

    Examples
    --------
    >>> ask("03.gdp").answer(0)
    Not yet. First you would have to know what was counted: growth of what?
    """
    return Choice(questions.find_question("quiz", id))


def answer(id: str, *chosen: int | str) -> Reply:
    """Answer a quiz by code, with the same reply as by mouse: for a program that shows no controls.

    Parameters
    ----------
    id : str
        The lesson's number and a word: ``"03.gdp"``.
    *chosen : int or str
        The numbers of the options, counted from 1, or their texts.

    Raises
    ------
    UnknownName
        If there is no such quiz or option.

    Examples
    --------
    >>> answer("03.gdp", 1)
    Not yet. First you would have to know what was counted: growth of what?
    """
    asked: questions.Quiz = questions.find_question("quiz", id)
    texts = [option.text for option in asked.options]
    form = Choice(asked)
    form.answer(*[questions.find_option(one, texts) for one in chosen])
    return form.reply
