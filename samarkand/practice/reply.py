"""The reply of a check to an answer or a table."""

from dataclasses import dataclass, field

from samarkand.html import markup


@dataclass(frozen=True)
class Reply:
    """The reply of `check`: what was made, and a sentence, in text and as a coloured notice in a notebook.

    Attributes
    ----------
    state : {"right", "wrong", "open"}
        ``open`` is an answer not given yet, or to a task that does not exist.
    sentence : str
        What is said of it.
    shown : str
        The value that was judged, or its first rows.
    """

    state: str
    sentence: str
    shown: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        return f"{self.shown}\n{self.sentence}" if self.shown else self.sentence

    def _repr_html_(self) -> str:
        value = (
            markup.make_element("pre", markup.escape_html(self.shown), class_="value") if self.shown else ""
        )
        return value + markup.make_status(self.sentence, self.state)
