"""Controls for explorers, quizzes and forms: ipywidgets with a description, a tooltip and room for both.

`StillBox` is what holds them: a box of widgets that leaves something to read in a notebook nobody has run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from samarkand.ground import home
from samarkand.ground.errors import unknown
from samarkand.ground.words import tr
from samarkand.page import markup

_NAMES = home.ASSETS / "name_controls.js"

#: What a still says to a reader who has not run the cell.
RUN = tr("Run all cells (Run → Run All Cells) to move the controls.")

#: What there is to choose from: values, pairs (label, value), or labels by their values.
Options = Sequence[Any] | Mapping[Any, str]


class StillBox(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A column of widgets that also stands still.

    Its MIME bundle holds the live widgets, and beside them, for readers who do not run the notebook, the HTML
    `still`, which JupyterLab shows without trust (SVG in it becomes an image), and one sentence that says the
    same. Both are the same at every run, whatever the student does.
    """

    def __init__(self, children: Iterable[widgets.Widget], *, still: str, sentence: str) -> None:
        self._still = markup.still(still)
        self._sentence = sentence
        super().__init__(list(children), layout=widgets.Layout(width="100%", max_width="900px"))

    def __repr__(self) -> str:
        return self._sentence

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        shown = {**bundle, "text/html": self._still, "text/plain": self._sentence}
        return shown, {"samarkand": {"still": True}}  # by this `lab.keep_stills` knows what is ours


def _look(description: str, tooltip: str, width: str) -> dict[str, Any]:
    """Return what all controls have in common: nothing is cut off, everything is named."""
    return {
        "description": description,
        "tooltip": tooltip or description,
        "description_allow_html": False,
        "style": {"description_width": "initial"},
        "layout": widgets.Layout(width=width, max_width="100%"),
    }


def stops(description: str, options: Options, value: Any, *, tooltip: str = "") -> widgets.SelectionSlider:
    """Return a slider over named stops, such as the years a table has: values, or pairs (label, value).

    Examples
    --------
    >>> stops("Year", [2001, 2010, 2021], 2021).value
    2021
    """
    return widgets.SelectionSlider(
        continuous_update=True, **_start(description, options, value), **_look(description, tooltip, "520px")
    )


def choice(description: str, options: Options, value: Any, *, tooltip: str = "") -> widgets.Dropdown:
    """Return a list to choose one thing from: values, or pairs (label, value).

    Examples
    --------
    >>> choice("State", [("China", "CHN"), ("India", "IND")], "IND").value
    'IND'
    """
    return widgets.Dropdown(**_start(description, options, value), **_look(description, tooltip, "430px"))


def tick(description: str, value: bool = False, *, tooltip: str = "") -> widgets.Checkbox:
    """Return a box to tick.

    Examples
    --------
    >>> tick("Count China and India", True).value
    True
    """
    return widgets.Checkbox(value, indent=False, **_look(description, tooltip, "auto"))


def words(description: str, *, placeholder: str = "", tooltip: str = "") -> widgets.Text:
    """Return a line to type a search into; what it holds counts with every letter.

    Examples
    --------
    >>> words("Search").value
    ''
    """
    return widgets.Text(
        "", placeholder=placeholder, continuous_update=True, **_look(description, tooltip, "340px")
    )


def _pairs(options: Options) -> list[tuple[str, Any]]:
    if isinstance(options, Mapping):
        return [(label, one) for one, label in options.items()]
    return [o if isinstance(o, tuple) else (str(o), o) for o in options]


def _start(description: str, options: Options, value: Any) -> dict[str, Any]:
    """Return what there is to choose from and what is chosen first; `UnknownName` if that is not among it."""
    pairs = _pairs(options)
    known = [one for _, one in pairs]
    if value not in known:
        raise unknown(tr("setting of “{control}”", control=description), value, map(str, known))
    return {"options": pairs, "value": value}


class Field(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A line of a form, or several, with room below it for what is wrong with what stands there.

    It is read when it is finished, not letter by letter; a change takes the complaint away. The question is
    for those who hear the field named without seeing what stands around it.
    """

    def __init__(
        self, label: str, question: str, *, placeholder: str = "", width: str = "230px", lines: int = 1
    ) -> None:
        more = {"rows": lines} if lines > 1 else {}
        look = _look(label, tr("{label}: {question}", label=label, question=question), width)
        self._line = (widgets.Textarea if lines > 1 else widgets.Text)(
            "", placeholder=placeholder, continuous_update=False, **more, **look
        )
        self._line.layout.margin = "2px 0"  # so that it ends within the narrowest page
        self.complaint = ""
        self._below = widgets.HTML(markup.status(""))
        self._line.observe(lambda _: self.complain(""), "value")
        # ipywidgets drops the tooltip of what has a label: assets/name_controls.js takes the name from here.
        name = widgets.HTML(
            markup.element("span", data_name=look["tooltip"]), layout=widgets.Layout(display="none")
        )
        super().__init__([self._line, name, self._below], layout=widgets.Layout(max_width="100%"))

    @property
    def text(self) -> str:
        """What stands in it, without spaces around."""
        return str(self._line.value).strip()

    def write(self, text: str) -> None:
        """Write into it as a hand would."""
        self._line.value = text

    def watch(self, changed: Callable[[], object]) -> None:
        """Call something whenever what stands in it has changed."""
        self._line.observe(lambda _: changed(), "value")

    def complain(self, sentence: str) -> None:
        """Say what is wrong, below the line; an empty sentence takes it back."""
        self.complaint = sentence
        self._below.value = markup.status(sentence, "wrong")


class Reply(widgets.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """The line of a form in which its student is told something; a screen reader speaks it."""

    def __init__(self) -> None:
        super().__init__(markup.status(""))

    def say(self, sentence: str, kind: str = "say") -> str:
        """Show a sentence as `markup.status` does, nothing if it is empty, and return it."""
        self.value = markup.status(sentence, kind)
        return sentence


class Notice(StillBox):
    """A sentence about this student's own work; the still says instead what will stand there."""

    def __init__(self, sentence: str, kind: str, *, told: str) -> None:
        self.sentence = sentence
        super().__init__(
            [widgets.HTML(markup.status(sentence, kind))],
            still=markup.element("div", markup.escape(told), class_="open"),
            sentence=told,
        )


def button(label: str, tooltip: str, press: Callable[[], object]) -> widgets.Button:
    """Return a button; its tooltip names it to those who do not see what stands around it."""
    made = widgets.Button(
        description=label,
        tooltip=tooltip,
        layout=widgets.Layout(width="auto", min_width="180px", align_self="flex-start"),
    )
    made.on_click(lambda _: press())
    return made


def pick(question: str, options: Sequence[tuple[str, Any]]) -> widgets.RadioButtons:
    """Return options one below the other, none chosen; the question, which stands elsewhere, names them."""
    return widgets.RadioButtons(
        options=list(options), value=None, tooltip=question, layout=widgets.Layout(width="auto")
    )


def heading(title: str) -> widgets.HTML:
    """Return a title to stand above controls, in the colours of whatever theme the reader has.

    It also brings ``assets/name_controls.js``, which gives controls the names that ipywidgets leaves out. An
    image that fails to load runs it: no script element in a widget ever runs.
    """
    script = _NAMES.read_text(encoding="utf-8")
    image = markup.element("img", alt="", hidden=True, src="data:,", onerror=script)
    return widgets.HTML(markup.element("div", markup.escape(title), class_="heading") + image)


def told(title: str, sentence: str) -> str:
    """Return an explorer in plain text: its title and what it shows before anything is moved."""
    return tr('Explorer "{title}". {sentence} {run}', title=title, sentence=sentence, run=RUN)


def question_card(title: str, items: Iterable[str], invited: str, *, more: str = "") -> str:
    """Return the still of a form: its title, what it lists, more HTML, and the line that asks to run it."""
    listed = [markup.element("li", markup.escape(item), class_="item") for item in items]
    return markup.element(
        "div",
        markup.element("div", markup.escape(title), class_="question"),
        markup.element("ul", *listed, class_="list") if listed else "",
        more,
        invitation(invited),
        class_="card",
    )


def invitation(text: str = RUN) -> str:
    """Return the line of HTML that asks a reader of the still to run the cell."""
    return markup.element("div", markup.escape(text), class_="hint")


def row(controls: Mapping[str, widgets.Widget]) -> widgets.Box:
    """Return the controls in the order of the Tab key: side by side, or stacked on a narrow page.

    Sliders begin at one height: their names have the room that the longest needs.
    """
    sliders = [one for one in controls.values() if isinstance(one, widgets.SelectionSlider)]
    for one in sliders if len(sliders) > 1 else ():
        one.style.description_width = f"{max(len(each.description) for each in sliders)}ch"
    return widgets.Box(
        list(controls.values()),
        layout=widgets.Layout(display="flex", flex_flow="row wrap", width="100%", grid_gap="4px 24px"),
    )
