"""The explorer: controls, a pure function that draws, and the widget that joins them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import ipywidgets as widgets

from samarkand.common import home
from samarkand.common.errors import CourseError, WrongType, make_unknown_name
from samarkand.common.reading import read_toml
from samarkand.common.words import tr, trn
from samarkand.html import markup
from samarkand.widgets import controls

__all__ = ["Explorer", "Panel"]

#: What makes each control, by its name in ``assets/explorers.toml``.
CONTROLS: Mapping[str, Callable[..., widgets.Widget]] = {
    "stops": controls.make_slider,
    "choice": controls.make_dropdown,
    "tick": controls.make_checkbox,
    "words": controls.make_search,
}


class Panel(NamedTuple):
    """The content of an explorer for one setting of its controls.

    The sentence summarises the picture; screen readers speak it at every change. The body is HTML: pictures
    from `pictures.make_picture`, tables from `markup.make_table`.
    """

    sentence: str
    body: str


class Explorer(controls.StillBox):
    """Controls, and below them a card that changes with each move.

    Parameters
    ----------
    handles : mapping of str to ipywidgets.Widget
        Controls by the names of `draw`'s parameters, in the order of the Tab key; made by
        `samarkand.widgets.controls`.
    draw : callable
        Takes the controls' values as keywords and returns a `Panel`: the same one for the same values.
    title : str
        Stands above the controls.
    source : str, optional
        Where the figures are from: the last line of the card.
    samples : mapping of str to sequence, optional
        Values to try for controls whose values cannot be listed (a line of text).
    stored : Panel, optional
        What a notebook stores, if that differs from the initial panel, which may show a student's own work.

    Attributes
    ----------
    handles : dict of str to ipywidgets.Widget
        The controls, by name.

    Raises
    ------
    WrongType
        If a control is no widget with a value.

    Notes
    -----
    The whole card is one `ipywidgets.HTML` and is set at once: no `Output`, no `interact`, whose outputs
    arrive piecemeal and which nbval cannot follow.

    Examples
    --------
    >>> doubled = Explorer(
    ...     {"n": controls.make_slider("Number", range(4), 2)},
    ...     lambda n: Panel(f"Twice {n} is {2 * n}.", ""),
    ...     title="Doubling",
    ... )
    >>> doubled  # doctest: +ELLIPSIS
    Explorer "Doubling". Twice 2 is 4....
    >>> "Twice 3 is 6." in doubled.set(n=3)
    True
    >>> list(doubled.domain())
    [{'n': 0}, {'n': 1}, {'n': 2}, {'n': 3}]
    """

    def __init__(  # noqa: PLR0913 - all but two are named
        self,
        handles: Mapping[str, widgets.Widget],
        draw: Callable[..., Panel],
        *,
        title: str,
        source: str = "",
        samples: Mapping[str, Sequence[Any]] | None = None,
        stored: Panel | None = None,
    ) -> None:
        for name, handle in handles.items():
            if not isinstance(handle, widgets.Widget) or not handle.has_trait("value"):
                need = tr('"{name}" has no value to watch: make it with widgets.controls.', name=name)
                raise WrongType(need, code="no value to watch", name=name)
        self.handles = dict(handles)
        self._draw = draw
        self._samples = dict(samples or {})
        self.title = title
        self.source = source
        self._defaults = self.values()
        panel = stored or self._panel(self._defaults)
        self._card = controls.make_html(self.render())
        super().__init__(
            [controls.make_heading(title), controls.make_row(self.handles), self._card],
            still=markup.make_card(title, panel.sentence, panel.body + controls.make_invitation(), source),
            sentence=controls.in_text(title, panel.sentence),
        )
        for handle in self.handles.values():
            handle.observe(self._redraw, "value")

    def without_controls(self) -> tuple[str, str]:
        """Return the card as it is now, for a program without controls, and how to move it by code."""
        still, _ = super().without_controls()
        sentence = f"{self.title} {self._panel(self.values()).sentence} {controls.NO_CONTROLS}"
        first, value = next(iter(self._defaults.items()))
        told = tr(
            "Give the explorer a name, move it, and show it: e = explore. ...; e.set({first}={value!r}); e. "
            "Its controls: {names}.",
            first=first,
            value=value,
            names=", ".join(self.handles),
        )
        return still + markup.make_element(
            "div", markup.escape_html(told), class_="hint"
        ), f"{sentence} {told}"

    def values(self) -> dict[str, Any]:
        """Return the controls' current values, by name."""
        return {name: handle.value for name, handle in self.handles.items()}

    def render(self, **values: Any) -> str:
        """Return the card (HTML) for some values; controls left out have their initial values."""
        self._refuse_unknown(values)
        panel = self._panel({**self._defaults, **values})
        return markup.make_card("", panel.sentence, panel.body, self.source)

    def set(self, **values: Any) -> str:
        """Set controls as a reader would, and return the resulting card (HTML)."""
        self._refuse_unknown(values)
        for name, value in values.items():
            self.handles[name].value = value
        return str(self._card.value)

    def domain(self) -> Iterator[dict[str, Any]]:
        """Yield settings for tests: each value of each control alone, for every value of the first control.

        The values of a text field are those in `samples`.
        """
        first, *others = self.handles
        for value in self._list_values(first):
            start = self._defaults | {first: value}
            yield start
            for name in others:
                for other in self._list_values(name):
                    if other != start[name]:
                        yield start | {name: other}

    def _list_values(self, name: str) -> list[Any]:
        """Return the values of a control; `WrongType` if they cannot be listed, and `samples` has none."""
        handle = self.handles[name]
        if name in self._samples:
            return list(self._samples[name])
        if handle.has_trait("options"):
            return [value for _, value in handle.options]
        if isinstance(handle, widgets.Checkbox):
            return [False, True]
        raise WrongType(
            tr('Give samples={{"{name}": [...]}}: the values of this control cannot be listed.', name=name),
            code="no samples",
            name=name,
        )

    def _refuse_unknown(self, values: Mapping[str, Any]) -> None:
        for name in values:
            if name not in self.handles:
                raise make_unknown_name("control", name, self.handles)

    def _panel(self, values: Mapping[str, Any]) -> Panel:
        # An error that the course raises on purpose is a sentence for the student; any other must be seen.
        try:
            return self._draw(**values)
        except CourseError as error:
            return Panel(str(error), "")

    def _redraw(self, _change: object) -> None:
        self._card.value = self.render(**self.values())


class Words:
    """The texts of an explorer by name, its title, source and controls: a section of ``explorers.toml``."""

    def __init__(self, subject: str) -> None:
        self.found = read_toml(home.ASSETS / "explorers.toml")[subject]

    def __call__(self, name: str, **gaps: Any) -> str:
        """Return a text with its gaps filled; of a pair of texts, the form that the number ``n`` needs."""
        text = self.found[name]
        if isinstance(text, str):
            return tr(text, **gaps)
        one, many = text
        return trn(one, many, gaps.pop("n"), **gaps)

    def explorer(
        self,
        draw: Callable[..., Panel],
        options: Mapping[str, controls.Options] | None = None,
        *,
        stored: Panel | None = None,
        start: Mapping[str, Any] | None = None,
        **gaps: object,
    ) -> Explorer:
        """Return the explorer with the controls of the file; `options` and `start` are what it leaves out."""
        handles: dict[str, widgets.Widget] = {}
        samples: dict[str, list[str]] = {}
        for name, how in self.found["controls"].items():
            named = {key: tr(how[key], **gaps) for key in ("placeholder", "tooltip") if key in how}
            values = {value: tr(label, **gaps) for value, label in how.get("options", {}).items()}
            settings = ((options or {}).get(name, values or None), (start or {}).get(name, how.get("start")))
            make = CONTROLS[how["control"]]
            given = [one for one in settings if one is not None]
            handles[name] = make(tr(how["label"], **gaps), *given, **named)
            samples |= {name: how["samples"]} if "samples" in how else {}
        source = self("source", **gaps)
        return Explorer(handles, draw, title=self("title"), source=source, samples=samples, stored=stored)
