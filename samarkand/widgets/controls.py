"""Controls for explorers, quizzes and forms: ipywidgets with a description, a tooltip and room for both.

`StillBox` holds them: a box of widgets with a still for readers of a notebook that nobody has run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from samarkand.common import home
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import tr
from samarkand.html import markup
from samarkand.lab import front_end

_NAMES = home.ASSETS / "name_controls.js"


def write_invitation(purpose: str) -> str:
    """Return the sentence that asks a still's reader to run the cell and only the cells that it needs.

    Examples
    --------
    >>> write_invitation("To answer")
    'To answer, click here, choose Run → Run All Above Selected Cell, and press Shift + Enter.'
    """
    return tr(
        "{purpose}, click here, choose Run → Run All Above Selected Cell, and press Shift + Enter.",
        purpose=purpose,
    )


#: The last sentence of an explorer's still.
RUN = write_invitation(tr("To move the controls"))
#: Said where a cell has run, and the program that shows it has no controls.
NO_CONTROLS = tr("This program shows no controls: jupyterlab_widgets is missing where it runs.")
#: The options of a control: values, pairs (label, value), or labels by their values.
Options = Sequence[Any] | Mapping[Any, str]
#: Layouts and styles that widgets share, by kind and properties.
_SHARED: dict[tuple[Any, ...], widgets.Widget] = {}


def _share_widget(kind: type[widgets.Widget], **properties: Any) -> widgets.Widget:
    """Return a layout or style; widgets that look alike share one.

    ipywidgets makes new ones for each widget: two of the three models that kernel and page exchange.
    """
    key = (kind, *sorted(properties.items()))
    if key not in _SHARED or _SHARED[key].comm is None:  # closed, as by `Widget.close_all`
        _SHARED[key] = kind(**properties)
    return _SHARED[key]


def share_layout(**properties: str) -> widgets.Layout:
    """Return the Layout with these CSS properties, shared: a change affects all widgets that have it."""
    return _share_widget(widgets.Layout, **properties)


def _list_looks(
    kind: type[widgets.Widget], style: Mapping[str, str] | None = None, **css: str
) -> dict[str, Any]:
    """Return the arguments ``layout`` and ``style`` for a widget class; equal ones are shared."""
    return {"layout": share_layout(**css), "style": _share_widget(kind.style.klass, **(style or {}))}


def make_html(text: str = "") -> widgets.HTML:
    """Return an HTML widget, whose value can be replaced."""
    return widgets.HTML(text, **_list_looks(widgets.HTML))


class StillBox(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A column of widgets with a still: a static picture for where nothing runs.

    Its MIME bundle holds the live widgets, and beside them, for readers who do not run the notebook, the HTML
    `still`, which JupyterLab shows without trust (SVG in it becomes an image), and one sentence that says the
    same. Both are the same at every run, whatever the student does.

    Where the cell has run in a program without controls, `without_controls` takes the place of both.

    Parameters
    ----------
    children : iterable of ipywidgets.Widget
        What is shown, from top to bottom.
    still, sentence : str
        The still, as HTML, and the sentence.
    """

    def __init__(self, children: Iterable[widgets.Widget], *, still: str, sentence: str) -> None:
        self._still = markup.make_still(still)
        self._sentence = sentence
        super().__init__(list(children), layout=share_layout(width="100%", max_width="900px"))

    def __repr__(self) -> str:
        return self._sentence

    def without_controls(self) -> tuple[str, str]:
        """Return HTML and a sentence for a program without controls: all that the box shows but these."""
        told = markup.make_element("div", markup.escape_html(NO_CONTROLS), class_="hint")
        shown = "".join(str(one.value) for one in _list_widgets(self) if isinstance(one, widgets.HTML))
        return markup.make_still(shown + told), f"{markup.extract_text(shown)} {NO_CONTROLS}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = dict(super()._repr_mimebundle_(**kwargs))
        live = front_end.shows_controls()
        still, sentence = (self._still, self._sentence) if live else self.without_controls()
        shown = {**bundle, "text/html": still, "text/plain": sentence}
        return shown, {"samarkand": {"still": True}}  # `lab.keep_stills` looks for this


def _list_widgets(box: widgets.Widget) -> Iterable[widgets.Widget]:
    """Yield a box and all widgets in it, from top to bottom."""
    yield box
    for child in getattr(box, "children", ()):
        yield from _list_widgets(child)


def answered_by_code(
    title: str, items: Iterable[str], code: str, reply: "ReplyLine", *, more: str = ""
) -> tuple[str, str]:
    """Return HTML and a sentence of a form where no controls are shown.

    Parameters
    ----------
    title : str
        The question.
    items : iterable of str
        What can be chosen: numbered from 1.
    code : str
        The line that answers it.
    reply : ReplyLine
        The reply of the form, which may have read a saved answer.
    more : str, optional
        Further HTML.
    """
    numbered = list(items)
    told = tr("{missing} Answer in a new cell: {code}", missing=NO_CONTROLS, code=code)
    listed = [markup.make_element("li", markup.escape_html(item), class_="item") for item in numbered]
    parts = [markup.make_element("div", markup.escape_html(title), class_="question")]
    if listed:
        parts.append(markup.make_element("ol", *listed, class_="list"))
    parts.append(markup.make_element("div", markup.escape_html(told), class_="hint"))
    card = markup.make_element("div", *parts, class_="card")
    choices = " ".join(f"{number}. {item}" for number, item in enumerate(numbered, 1))
    said = " ".join(filter(None, (title, choices, told, reply.sentence)))
    return markup.make_still(card + str(reply.value) + more), said


def _make_control(
    kind: type[widgets.Widget], description: str, tooltip: str, css: Mapping[str, str], **traits: Any
) -> Any:
    """Return a control with description, tooltip and layout, wide enough for the description."""
    return kind(
        description=description,
        tooltip=tooltip or description,
        description_allow_html=False,
        **_list_looks(kind, {"description_width": "initial"}, max_width="100%", **css),
        **traits,
    )


def make_slider(
    description: str, options: Options, value: Any, *, tooltip: str = ""
) -> widgets.SelectionSlider:
    """Return a slider over named stops, such as the years of a table."""
    start = _choose_start(description, options, value) | {"continuous_update": True}
    return _make_control(widgets.SelectionSlider, description, tooltip, {"width": "520px"}, **start)


def make_dropdown(description: str, options: Options, value: Any, *, tooltip: str = "") -> widgets.Dropdown:
    """Return a dropdown list."""
    start = _choose_start(description, options, value)
    return _make_control(widgets.Dropdown, description, tooltip, {"width": "430px"}, **start)


def make_checkbox(description: str, value: bool = False, *, tooltip: str = "") -> widgets.Checkbox:
    """Return a checkbox."""
    return _make_control(widgets.Checkbox, description, tooltip, {"width": "auto"}, value=value, indent=False)


def make_search(description: str, *, placeholder: str = "", tooltip: str = "") -> widgets.Text:
    """Return a search field, which reacts to each letter."""
    traits = {"placeholder": placeholder, "continuous_update": True}
    return _make_control(widgets.Text, description, tooltip, {"width": "340px"}, **traits)


def _choose_start(description: str, options: Options, value: Any) -> dict[str, Any]:
    """Return `options` and the initial `value`; raise `UnknownName` if the value is no option."""
    if isinstance(options, Mapping):
        pairs = [(label, one) for one, label in options.items()]
    else:
        pairs = [o if isinstance(o, tuple) else (str(o), o) for o in options]
    known = [one for _, one in pairs]
    if value not in known:
        raise make_unknown_name(tr("setting of “{control}”", control=description), value, map(str, known))
    return {"options": pairs, "value": value}


class Field(widgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A text field of a form, of one line or several, with a message below it while its content is invalid.

    It is read when it is finished, not letter by letter; a change takes the complaint away. The question
    names the field to those who do not see what is around it.
    """

    def __init__(
        self, label: str, question: str, *, placeholder: str = "", width: str = "230px", lines: int = 1
    ) -> None:
        name = tr("{label}: {question}", label=label, question=question)
        traits: dict[str, Any] = {"placeholder": placeholder, "continuous_update": False}
        kind = widgets.Text
        if lines > 1:
            kind, traits["rows"] = widgets.Textarea, lines
        css = {"width": width, "margin": "2px 0"}  # with this margin it ends within the narrowest page
        self._line = _make_control(kind, label, name, css, **traits)
        self._line.observe(lambda _: self.complain(""), "value")
        # ipywidgets drops the tooltip of what has a label: assets/name_controls.js takes the name from here.
        self._name = markup.make_element("span", data_name=name)
        self.complaint = ""
        self._below = make_html(self._name + markup.make_status(""))
        super().__init__([self._line, self._below], layout=share_layout(max_width="100%"))

    @property
    def text(self) -> str:
        """The content, stripped of spaces around it."""
        return str(self._line.value).strip()

    def write(self, text: str) -> None:
        """Type a text into the field, for tests and saved answers."""
        self._line.value = text

    def watch(self, changed: Callable[[], object]) -> None:
        """Call a function whenever its content has changed."""
        self._line.observe(lambda _: changed(), "value")

    def complain(self, sentence: str) -> None:
        """Show a message below the field; an empty one removes it."""
        self.complaint = sentence
        self._below.value = self._name + markup.make_status(sentence, "wrong")


class ReplyLine(widgets.HTML):  # type: ignore[misc]  # ipywidgets has no types
    """The line of a form that holds its reply, which a screen reader speaks."""

    def __init__(self) -> None:
        self.sentence, self.kind = "", "say"
        super().__init__(markup.make_status(""), **_list_looks(widgets.HTML))

    def say(self, sentence: str, kind: str = "say") -> str:
        """Show a sentence as `markup.make_status` does, or nothing if it is empty; return it."""
        self.sentence, self.kind = sentence, kind
        self.value = markup.make_status(sentence, kind)
        return sentence

    def read_back(self, trouble: str, sentence: str) -> None:
        """Show which saved answers a form has loaded, and the trouble if its file cannot be read."""
        self.say(f"{trouble} {sentence}".strip(), "wrong" if trouble else "open")


class Notice(StillBox):
    """A sentence about the student's own work, with controls below it; the still describes both."""

    def __init__(self, sentence: str, kind: str, *more: widgets.Widget, still: str) -> None:
        self._reply = ReplyLine()
        self.say(sentence, kind)
        card = markup.make_element("div", markup.escape_html(still), class_="open")
        super().__init__([self._reply, *more], still=card, sentence=still)

    def without_controls(self) -> tuple[str, str]:
        """Return the sentence and what is below it, for a program without controls."""
        shown = "".join(str(one.value) for one in _list_widgets(self) if isinstance(one, widgets.HTML))
        return markup.make_still(shown), self.sentence

    def say(self, sentence: str, kind: str) -> str:
        """Show another sentence, and return it."""
        self.sentence = self._reply.say(sentence, kind)
        return sentence


def make_button(label: str, tooltip: str, press: Callable[[], object]) -> widgets.Button:
    """Return a button; its tooltip is its name for screen readers."""
    made = widgets.Button(
        description=label,
        tooltip=tooltip,
        **_list_looks(widgets.Button, width="auto", min_width="180px", align_self="flex-start"),
    )
    made.on_click(lambda _: press())
    return made


def make_upload(
    label: str, tooltip: str, kind: str, take: Callable[[Sequence[Mapping[str, Any]]], object]
) -> widgets.FileUpload:
    """Return a button that lets the student choose a file of a kind (``".zip"``), which `take` is given."""
    made = widgets.FileUpload(
        description=label,
        tooltip=tooltip,
        accept=kind,
        multiple=False,
        **_list_looks(widgets.FileUpload, width="auto", min_width="180px", align_self="flex-start"),
    )

    def changed(change: Mapping[str, Any]) -> None:
        if change["new"]:
            take(change["new"])
            made.value = ()  # the same file may be chosen again

    made.observe(changed, "value")
    return made


def make_radio_buttons(question: str, options: Sequence[tuple[str, Any]]) -> widgets.RadioButtons:
    """Return radio buttons with nothing selected, labelled by the question for screen readers."""
    return widgets.RadioButtons(
        options=list(options), value=None, tooltip=question, **_list_looks(widgets.RadioButtons, width="auto")
    )


def make_heading(title: str, advice: str = "") -> widgets.HTML:
    """Return a title above controls, and advice, in the colours of the reader's theme.

    It also brings ``assets/name_controls.js``, which gives controls the names that ipywidgets leaves out. An
    image that fails to load runs it: no script element in a widget ever runs.
    """
    script = _NAMES.read_text(encoding="utf-8")
    image = markup.make_element("img", alt="", hidden=True, src="data:,", onerror=script)
    below = markup.make_element("div", markup.escape_html(advice), class_="advice") if advice else ""
    return make_html(markup.make_element("div", markup.escape_html(title), class_="heading") + image + below)


def in_text(title: str, sentence: str) -> str:
    """Return an explorer in plain text: its title and its sentence before anything is moved."""
    return tr('Explorer "{title}". {sentence} {run}', title=title, sentence=sentence, run=RUN)


def question_card(title: str, items: Iterable[str], invited: str, *, more: str = "") -> str:
    """Return the still of a form: title, list, further HTML, and the line that asks to run the cell."""
    listed = [markup.make_element("li", markup.escape_html(item), class_="item") for item in items]
    whole = markup.make_element("ul", *listed, class_="list") if listed else ""
    head = markup.make_element("div", markup.escape_html(title), class_="question")
    return markup.make_element("div", head, whole, more, make_invitation(invited), class_="card")


def make_invitation(text: str = RUN) -> str:
    """Return the line of HTML that asks a reader of the still to run the cell."""
    return markup.make_element("div", markup.escape_html(text), class_="hint")


def make_row(controls: Mapping[str, widgets.Widget]) -> widgets.Box:
    """Return a row of controls in tab order; they are stacked on a narrow page.

    Sliders begin at one height: their names have the room that the longest needs.
    """
    sliders = [one for one in controls.values() if isinstance(one, widgets.SelectionSlider)]
    if len(sliders) > 1:
        room = f"{max(len(one.description) for one in sliders)}ch"
        for one in sliders:
            one.style = _share_widget(widgets.SelectionSlider.style.klass, description_width=room)
    return widgets.Box(
        list(controls.values()),
        layout=share_layout(display="flex", flex_flow="row wrap", width="100%", grid_gap="4px 24px"),
    )
