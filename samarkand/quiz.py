"""Questions with given answers, for a pause in a lesson: nothing is recorded, nobody is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from samarkand.ground.errors import OutOfRange, WrongType, unknown
from samarkand.ground.words import tr, trn
from samarkand.page import controls, markup

INVITATION = tr("Run all cells (Run → Run All Cells) to answer.")


class Choice(controls.StillBox):
    """A question, its options, a button, and a reply that is read out; made by `ask`.

    Parameters
    ----------
    question : str
        The question.
    options : tuple of str
        What can be chosen.
    right : int or frozenset of int
        Position of the right option; a set, if several may be chosen.
    why : str
        Said after a right answer.
    hints : mapping of int to str
        Said after a wrong answer that chose this option.
    """

    def __init__(
        self,
        question: str,
        options: tuple[str, ...],
        right: int | frozenset[int],
        *,
        why: str,
        hints: Mapping[int, str],
    ) -> None:
        self._many = many = not isinstance(right, int)
        self._right = frozenset({right}) if isinstance(right, int) else right
        self._why, self._hints = why, dict(hints)
        self._choices: list[widgets.Checkbox] = []
        self._radio: widgets.RadioButtons | None = None
        if many:
            self._choices = [controls.tick(option, tooltip=f"{question} {option}") for option in options]
            choosers: list[widgets.Widget] = list(self._choices)
        else:
            self._radio = widgets.RadioButtons(
                options=[(option, i) for i, option in enumerate(options)],
                value=None,
                tooltip=question,
                layout=widgets.Layout(width="auto"),
            )
            choosers = [self._radio]
        button = widgets.Button(
            description=tr("Check my answer"),
            tooltip=tr("Check the answer to: {question}", question=question),
            layout=widgets.Layout(width="180px"),
        )
        self._reply = widgets.HTML(markup.status("", "say"))
        for chooser in choosers:
            chooser.observe(lambda _: self._say("", "say"), "value")
        button.on_click(lambda _: self.answer(*self.chosen()))
        asked = tr("{question} (More than one may be right.)", question=question) if many else question
        listed = "".join(f'<li class="item">{markup.escape(option)}</li>' for option in options)
        super().__init__(
            [controls.heading(asked), *choosers, button, self._reply],
            still=markup.styled(
                f'<div class="card"><div class="question">{markup.escape(asked)}</div>'
                f'<ul class="list">{listed}</ul>{controls.invitation(INVITATION)}</div>'
            ),
            sentence=tr(
                "Question: {question} Options: {options}. {invitation}",
                question=asked,
                options="; ".join(options),
                invitation=INVITATION,
            ),
        )

    def chosen(self) -> tuple[int, ...]:
        """Return the positions of the options that are chosen now."""
        if self._radio is not None:
            return () if self._radio.value is None else (int(self._radio.value),)
        return tuple(i for i, choice in enumerate(self._choices) if choice.value)

    def answer(self, *positions: int) -> str:
        """Answer as a student would, and return the reply.

        Parameters
        ----------
        *positions : int
            Options chosen, counted from 0.

        Returns
        -------
        str
            The reply in plain text.
        """
        chosen = frozenset(positions)
        if not chosen:
            return self._say(tr("Choose an answer first."), "open")
        if chosen == self._right:
            return self._say(tr("Yes. {why}", why=self._why) if self._why else tr("Yes."), "right")
        wrong = sorted(chosen - self._right)
        hint = next((self._hints[i] for i in wrong if i in self._hints), "")
        if not wrong:
            return self._say(
                trn(
                    "So far right, but not all yet: there is more to choose than {n}.",
                    "So far right, but not all yet: there is more to choose than {n}.",
                    len(chosen),
                ),
                "wrong",
            )
        if hint:
            return self._say(tr("Not yet. {hint}", hint=hint), "wrong")
        if self._many and chosen & self._right:
            return self._say(tr("Not yet: some of these are right, and some are not."), "wrong")
        return self._say(tr("Not yet. Look again, and try another answer."), "wrong")

    def _say(self, sentence: str, kind: str) -> str:
        self._reply.value = markup.status(sentence, kind)
        return sentence


def ask(
    question: str,
    options: Sequence[str],
    answer: int | str | Sequence[int | str],
    why: str = "",
    *,
    hints: Mapping[int | str, str] | None = None,
) -> Choice:
    """Return a question to be answered by mouse or keyboard.

    Parameters
    ----------
    question : str
        One sentence.
    options : sequence of str
        At least two, all different.
    answer : int, str, or sequence of these
        The right option: its position, counted from 0, or its text. A list, also one with a single entry,
        makes a question with several answers.
    why : str, optional
        Said after the right answer: the reason, with its source.
    hints : mapping, optional
        What to say to who chooses a certain wrong option, by its position or text.

    Returns
    -------
    Choice
        A box of widgets; a reader who does not run the notebook sees question and options.

    Raises
    ------
    WrongType
        If `options` is one text and not a list of texts.
    OutOfRange
        If there are fewer than two options, two are alike, or no option is right.
    UnknownName
        If `answer` or a hint names an option that is not there.

    Examples
    --------
    >>> q = ask("Where did it meet?", ["Astana", "Samarkand"], 1, "It met there on 15-16 September.")
    >>> q
    Question: Where did it meet? Options: Astana; Samarkand. Run all cells (Run → Run All Cells) to answer.
    >>> q.answer(0)
    'Not yet. Look again, and try another answer.'
    >>> q.answer(1)
    'Yes. It met there on 15-16 September.'
    """
    if isinstance(options, str) or not all(isinstance(o, str) for o in options):
        raise WrongType(tr('The options of a question are a list of texts, for example ["yes", "no"].'))
    texts = tuple(options)
    if len(texts) < 2 or len(set(texts)) < len(texts):
        raise OutOfRange(
            tr('The question "{question}" needs at least two options, all different.', question=question)
        )
    reasons = {_position(key, texts): text for key, text in (hints or {}).items()}
    if isinstance(answer, int | str):
        return Choice(question, texts, _position(answer, texts), why=why, hints=reasons)
    right = frozenset(_position(a, texts) for a in answer)
    if not right:
        raise OutOfRange(tr('The question "{question}" needs at least one right answer.', question=question))
    return Choice(question, texts, right, why=why, hints=reasons)


def _position(option: Any, texts: tuple[str, ...]) -> int:
    if isinstance(option, str) and option in texts:
        return texts.index(option)
    if isinstance(option, int) and not isinstance(option, bool) and 0 <= option < len(texts):
        return option
    raise unknown(tr("option"), option, texts)
