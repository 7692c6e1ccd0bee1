"""The reply of a check to an answer or a table."""

from dataclasses import dataclass

from samarkand.html import markup


@dataclass(frozen=True)
class Reply:
    """The reply of `check`: a sentence in text, a coloured notice in a notebook.

    The state is ``right``, ``wrong`` or ``open``: an answer not given yet, or to a task that does not exist.
    """

    state: str
    sentence: str

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return markup.status(self.sentence, self.state)
