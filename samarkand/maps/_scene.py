"""What a map shows and says: its texts, legend, names and steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from samarkand.ground.words import tr
from samarkand.page.style import Mark


class Label(NamedTuple):
    """A name on the map: what it names, where it stands, and where it goes when it does not fit there."""

    id: str
    text: str
    x: int
    y: int
    size: float
    dx: float = 0
    dy: float = 0
    style: str = ""


class Step(NamedTuple):
    """What a step of the range says: large, as a sentence, as more; and events as (text, small print)."""

    label: str
    say: str = ""
    more: str = ""
    events: tuple[tuple[str, str], ...] = ()


class Key(NamedTuple):
    """An entry of the legend.

    `text` stands under the heading; None lists the states that bear the mark at the step shown;
    `counted` puts their number beside the heading; `always` keeps the entry while nobody bears the mark.
    """

    mark: Mark
    heading: str
    text: str | None = None
    counted: bool = False
    always: bool = False


class Name(NamedTuple):
    """What pointing at a shape says: name, group in lists, what it is; a card of (what, text, language)."""

    name: str
    group: str = ""
    about: str = ""
    card: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Scene:
    """All that a map shows and says.

    Parameters
    ----------
    title, lead, note : str
        Headline, the line below it, and the small print with the sources. `note` is HTML.
    sentence, alt : str
        What ``repr`` says, and the text in place of the still picture.
    bounds : ((int, int), (int, int))
        South-west and north-east corner, (x, y) in map units.
    keys : sequence of Key
        The legend.
    steps : sequence of Step
        One, or as many as the range has.
    step : int
        Which of them is shown first.
    status : mapping of str to str
        For a shape's id, one letter a step: the code of a mark or ``-``.
    names : mapping of str to Name
        Shapes that can be pointed at.
    labels : sequence of Label
        Names on the map, the most important first.
    range_label, list_label : str
        What a screen reader calls the range, and the states on the map.
    first : str
        The state that the Tab key reaches first.
    aside_px : int
        Width of the column beside the map.
    pace_ms : int
        How long a step lasts when the range plays.
    plays : bool
        Offer to play the range; without it, it is moved by hand alone.
    apart : bool
        Steps that do not follow one another: a button for each, instead of a range, with what `ticks` say.
    news : bool
        Print in bold, in lists, who is new at a step.
    height_px : (int, int)
        Height of the frame when it is wide, and when it is narrow and all stands in one column.
    stacked : bool
        One column at any width: for maps that are much wider than high.
    ticks : mapping of int to str
        What is written below the range, by step; a text that begins with a blank gives way on small screens.
        On a button, what follows a line's end is written small.
    """

    title: str
    sentence: str
    alt: str
    bounds: tuple[tuple[int, int], tuple[int, int]]
    keys: Sequence[Key]
    steps: Sequence[Step]
    status: Mapping[str, str]
    names: Mapping[str, Name]
    labels: Sequence[Label]
    lead: str = ""
    note: str = ""
    step: int = 0
    ticks: Mapping[int, str] = field(default_factory=dict)
    range_label: str = tr("Year")
    list_label: str = tr(
        "States on the map. Arrow keys go from state to state, a letter to the next name that begins with it."
    )
    first: str = ""
    aside_px: int = 240
    pace_ms: int = 1200
    plays: bool = True
    apart: bool = False
    news: bool = True
    height_px: tuple[int, int] = (660, 860)
    stacked: bool = False

    def spec(self) -> dict[str, Any]:
        """Return what the script in the frame needs, ready for JSON."""
        (west, south), (east, north) = self.bounds
        says = {key.mark.code: key.mark.label for key in self.keys}
        return {
            "title": self.title,
            "bounds": [[south, west], [north, east]],
            "says": says,
            "steps": self.steps,
            "step": self.step,
            "status": self.status,
            "names": self.names,
            "labels": self.labels,
            "list": self.list_label,
            "first": self.first,
            "pace": self.pace_ms,
            "news": self.news,
        }
