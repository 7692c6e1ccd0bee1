"""The content of a map: its texts, legend, tooltips, labels and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from samarkand.common import home
from samarkand.common.reading import read_toml
from samarkand.common.words import tr
from samarkand.html.style import Mark


class Label(NamedTuple):
    """A label on the map: the shape it names, its text and place in map units, its size in px.

    It moves by `dx`, `dy` px where it does not fit at its place.
    """

    id: str
    text: str
    x: int
    y: int
    size: float
    dx: float = 0
    dy: float = 0
    style: str = ""


class Step(NamedTuple):
    """One step of the slider: label, sentence, further text, events (text, small print), own title."""

    label: str
    say: str = ""
    more: str = ""
    events: tuple[tuple[str, str], ...] = ()
    title: str = ""


class Key(NamedTuple):
    """An entry of the legend.

    `text` is below the heading; None lists the states with this mark at the step; `counted` puts their
    number beside the heading; `always` keeps the entry while no state has the mark; `line` is the style class
    of lines with this mark.
    """

    mark: Mark
    heading: str
    text: str | None = None
    counted: bool = False
    always: bool = False
    line: str = ""


class Name(NamedTuple):
    """Tooltip of a shape: name, list group, description, rows of (label, text, language)."""

    name: str
    group: str = ""
    about: str = ""
    card: tuple[tuple[str, str, str], ...] = ()


def read_scene(subject: str) -> dict[str, Any]:
    """Return fields of a `Scene` as a section of ``scenes.toml`` has them, with gaps in the texts."""
    found: dict[str, Any] = read_toml(home.ASSETS / "map" / "scenes.toml")[subject]
    return found


def fill_in(written: str | Mapping[str, Any], **gaps: object) -> dict[str, Any]:
    """Return fields of a `Scene`, or those in a section of ``scenes.toml``, with the gaps in texts filled."""
    found = read_scene(written) if isinstance(written, str) else written
    return {name: tr(one, **gaps) if isinstance(one, str) else one for name, one in found.items()}


@dataclass
class Scene:
    """The content of a map.

    Parameters
    ----------
    title, lead, note : str
        Headline (steps may have their own), the line below it, and the small print with the sources. `note`
        is HTML.
    sentence, alt : str
        The text of ``repr``, and the alternative text of the still picture.
    bounds : ((int, int), (int, int))
        South-west and north-east corner, (x, y) in map units.
    keys : sequence of Key
        The legend.
    steps : sequence of Step
        One, or as many as the range has.
    step : int
        The position of the step shown first.
    status : mapping of str to str
        By shape id, one letter a step: the code of a mark or ``-``.
    names : mapping of str to Name
        Tooltips by shape id.
    labels : sequence of Label
        The most important first.
    range_label, list_label : str
        The names of the range, and of the list of states, for screen readers.
    first : str
        The state that the Tab key reaches first.
    aside_px : int
        Width of the column beside the map.
    pace_ms : int
        How long a step lasts when the range plays.
    plays : bool
        Whether there is a button that plays the range.
    apart : bool
        Whether the steps have no order: then each has a button with its text in `ticks`, instead of a range.
    news : bool
        Whether lists print in bold which states are new at a step.
    height_px : (int, int)
        Height of the frame when it is wide, and when it is narrow, in one column.
    stacked : bool
        Whether there is one column at any width: for maps that are much wider than high.
    ticks : mapping of int to str, or sequence of str
        Labels below the range, by step; one that begins with a blank is hidden on small screens. On a button,
        what follows a newline is small.
    """

    title: str
    sentence: str
    alt: str
    keys: Sequence[Key]
    steps: Sequence[Step]
    status: Mapping[str, str]
    names: Mapping[str, Name]
    labels: Sequence[Label]
    #: All of Eurasia with Egypt and Maldives.
    bounds: tuple[tuple[int, int], tuple[int, int]] = ((-2900, -2330), (2350, 2640))
    lead: str = ""
    note: str = ""
    step: int = 0
    ticks: Mapping[int, str] | Sequence[str] = ()
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
        """Return the data for the script in the frame, ready for JSON."""
        (west, south), (east, north) = self.bounds
        return {
            "title": self.title,
            "bounds": [[south, west], [north, east]],
            "says": {key.mark.code: key.mark.label for key in self.keys},
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
