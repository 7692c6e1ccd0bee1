"""What every form of the course is: fields, a button that saves, and a reply that a screen reader speaks."""

from collections.abc import Iterable, Mapping

import ipywidgets as widgets

from samarkand.practice.reply import Reply
from samarkand.widgets import controls


class Form(controls.StillBox):
    """Fields, a button and a reply; what is typed stays until it is changed.

    Quizzes, predictions, notes, forecasts and rows of a table are forms. Each says the same three things of
    itself: `filled`, what is in its fields; `complaints`, what is wrong in which; and `reply`, what was said
    last, whose two parts are `state` and `said`.

    Parameters
    ----------
    above : iterable of ipywidgets.Widget
        What is shown above the reply: the question, the fields, the button.
    below : iterable of ipywidgets.Widget, optional
        What is shown below it.
    still, sentence : str
        The still for readers of a notebook that nobody has run, as HTML and as a sentence.
    """

    def __init__(
        self,
        above: Iterable[widgets.Widget],
        *,
        still: str,
        sentence: str,
        below: Iterable[widgets.Widget] = (),
    ) -> None:
        self.line = controls.ReplyLine()
        super().__init__([*above, self.line, *below], still=still, sentence=sentence)

    def save(self) -> Reply:
        """Save what is in the fields, and return the reply; what is wrong stays in its field."""
        raise NotImplementedError

    @property
    def filled(self) -> Mapping[str, object]:
        """What is in the fields now, by the name of the field."""
        raise NotImplementedError

    @property
    def complaints(self) -> dict[str, str]:
        """What is wrong, by the name of the field."""
        return {}

    @property
    def state(self) -> str:
        """Whether the last answer is right, wrong or open; ``say`` before anything was said."""
        return self.line.kind

    @property
    def said(self) -> str:
        """The sentence that is shown, without the complaints at the fields; empty after a change."""
        return self.line.sentence

    @property
    def reply(self) -> Reply:
        """The reply that is shown, with what is wrong in each field."""
        complaints = dict.fromkeys(self.complaints.values())  # one fault in three fields is said once
        return Reply(self.state, " ".join([self.said, *complaints]).strip())

    def answer_with(self, sentence: str, state: str) -> Reply:
        """Show a sentence as the reply, and return the reply."""
        self.line.say(sentence, state)
        return self.reply

    def forget_reply(self) -> None:
        """Take the reply away: what it was said of has changed."""
        self.line.say("")
