"""The common look of all charts, their required texts, and the form in which notebooks store them."""

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any, NotRequired, TypedDict, Unpack

import altair as alt
import pandas as pd

from samarkand.charts import _captions, _words
from samarkand.common import home
from samarkand.common.errors import CourseError, make_unknown_name
from samarkand.common.words import tr
from samarkand.html import markup, style
from samarkand.lab import offline_charts, stored_pictures

__all__ = ["finish"]

#: Width in px of a drawing without its labels, which fits a lesson's column in a window of 1000 px; and the
#: side of a square drawing, whose axes have the same unit.
WIDTH, SQUARE = 520, 340
#: Most letters in a line below a chart.
FOOT = 96

#: Colours of lines and groups that are no actors and mean nothing, in this order, and the dash patterns that
#: go with them.
SERIES = (style.PLAIN, style.HIGHLIGHT, style.COLOURS["third"].light)
_DASHES = ((1, 0), (6, 3), (2, 2), (8, 2, 2, 2), (4, 6), (1, 4))

INK, SOFT = style.PAPER["ink"], style.PAPER["soft"]

#: No axis, for marks with their figure beside them: ticks would repeat it, and grid lines cross the labels.
NO_AXIS = alt.Axis(labels=False, ticks=False, domain=False, grid=False, titleAnchor="start", titlePadding=2)

#: The chart's menu, with which it can be saved as a picture.
_SAVE = {"export": True, "source": False, "compiled": False, "editor": False}


def _draw_chart(specification: dict[str, Any], **_: Any) -> Any:
    """Return what a notebook stores for a chart of the course: a MIME bundle.

    Where nothing draws charts it has a picture; then it comes with metadata, as (bundle, metadata).
    """
    bundle = offline_charts.make_bundle(specification, _say_chart(specification))
    picture = stored_pictures.find_picture({**specification, "$schema": offline_charts.SCHEMA})
    if picture:
        return stored_pictures.add_picture(bundle, picture, specification.get("description", ""))
    return bundle


def _say_chart(specification: Mapping[str, Any]) -> str:
    title = offline_charts.find_title(specification)
    if not title:
        return tr("Chart.")
    description = specification.get("description", "")
    said = tr("Chart: {title}. {description}", title=title, description=description)
    return " ".join(re.sub(r"([.?!])\.", r"\1", said).split())


def _make_theme() -> alt.theme.ThemeConfig:
    """Return Altair's theme of the course, in which no mark is read out: the chart's description is."""
    text = (home.ASSETS / "chart.json").read_text(encoding="utf-8")
    font = json.dumps(style.FONT)[1:-1]
    config: Any = json.loads(Template(text).substitute(style.PAPER, font=font))
    config["range"]["category"] += SERIES
    return {"config": config, "usermeta": {"embedOptions": {"actions": _SAVE, "renderer": "svg"}}}


alt.theme.register("samarkand", enable=True)(_make_theme)
alt.renderers.register("samarkand", _draw_chart)
alt.renderers.enable("samarkand")


class Chart(alt.VConcatChart):
    """A finished chart. A notebook shows it, and folded below it the table that it was drawn from."""

    table: pd.DataFrame | None = None

    def _ipython_display_(self) -> None:
        from IPython.display import display

        drawn: Any = self._repr_mimebundle_()
        bundle, metadata = drawn if isinstance(drawn, tuple) else (drawn, {})
        display(bundle, raw=True, metadata=metadata)  # type: ignore[no-untyped-call]
        if self.table is not None:
            folded = _fold_table(self.vconcat[0].title.text, self.table)
            display(folded, raw=True)  # type: ignore[no-untyped-call]


def _fold_table(title: str, table: pd.DataFrame) -> dict[str, str]:
    """Return what a notebook stores for the table behind a chart: folded, with a link to save it."""
    head = tr("This chart as a table")
    rows = _words.table_of_chart(title, table)
    link = _words.link_to_download(name_file(title), table)
    return {
        "text/html": markup.fold_markup(markup.escape_html(head), rows + link),
        "text/plain": f"{head}: {title}",
    }


class Caption(TypedDict):
    """The captions of a chart: title, source and, as a subtitle, unit, time and place.

    A title says what the chart found. Its figures are gaps, which the chart fills in from the rows that it
    draws: ``"{2001} members at first, {last} at last"``.
    """

    title: str
    source: NotRequired[str]
    subtitle: NotRequired[str]


def finish(
    chart: Any,
    *,
    description: str,
    table: pd.DataFrame | None = None,
    square: bool = False,
    **caption: Unpack[Caption],
) -> Chart:
    """Add title, description and a source line to a chart.

    Parameters
    ----------
    chart : altair.Chart or altair.LayerChart
        The chart; its width is left as it is.
    description : str
        Text for those who do not see the chart. Make it from the data, as the course's own charts do.
    table : pandas.DataFrame, optional
        The rows that were drawn, named by the first column: to be unfolded below the chart.
    square : bool, default False
        Whether the drawing stays as high as it is wide on a page of any width.
    **caption : str
        ``title``, ``source`` and, if there is one, ``subtitle``: see `Caption`.

    Raises
    ------
    CourseError
        If title, description or source is missing or empty.

    Examples
    --------
    >>> import pandas as pd
    >>> bar = alt.Chart(pd.DataFrame({"n": [1]})).mark_bar().encode(x="n:Q")
    >>> finish(bar, title="One", description="A bar of length 1.", source="own").to_dict()["description"]
    'A bar of length 1.'
    """
    needed = {"title": caption.get("title"), "description": description, "source": caption.get("source")}
    for name, text in needed.items():
        if not isinstance(text, str) or not text.strip():
            says = tr('The chart has no {name}. Every chart needs one: {name}="...".', name=name)
            raise CourseError(says, code="incomplete", missing=name)
    strange = sorted(set(caption) - set(Caption.__annotations__))
    if strange:
        raise make_unknown_name(tr("argument of a chart"), strange[0], Caption.__annotations__)
    subtitle = caption.get("subtitle") or alt.Undefined
    headed = chart.properties(title=alt.TitleParams(caption["title"], subtitle=subtitle))
    foot = alt.TitleParams(
        _break_foot(tr("Source: {source}", source=caption["source"])),
        orient="bottom",
        anchor="start",
        frame="bounds",
        fontSize=12,
        fontWeight="normal",
        color=SOFT,
        offset=8,
        limit=WIDTH + 120,
    )
    about: dict[str, Any] = {"embedOptions": {"downloadFileName": name_file(caption["title"])}}
    if square:
        about["square"] = True
    finished = Chart(vconcat=[headed], title=foot, description=description, usermeta=about)
    object.__setattr__(finished, "table", table)  # altair would take it for a part of the specification
    return finished


def _break_foot(text: str) -> str | list[str]:
    """Return the line below a chart, or its lines if it is too long for one: else its end would be cut."""
    lines = textwrap.wrap(text, FOOT)
    return text if len(lines) == 1 else lines


@dataclass(frozen=True)
class Said:
    """What a chart says of itself.

    Parameters
    ----------
    description : str
        Its description, made from its data.
    measure : str
        What its bars or lines measure, with the unit in brackets; empty if its axes say it.
    figures : mapping of str to str
        What its title may say, by the name of a gap.
    """

    description: str
    measure: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)


def say_and_finish(chart: Any, said: Said, caption: Caption, table: pd.DataFrame | None) -> Chart:
    """Finish a chart with what it says of itself; `CourseError` if it has another description."""
    if "description" in caption:
        text = tr("This chart makes its description from its data: leave out description=...")
        raise CourseError(text, code="a description too many")
    filled: Any = dict(caption)
    if isinstance(caption.get("title"), str):
        filled["title"] = _captions.fill_title(caption["title"], said.figures)
    if said.measure:
        filled["subtitle"] = _captions.say_measure(filled, said.measure)
    return finish(chart, description=said.description, table=table, **filled)


def name_file(title: str) -> str:
    """Return a file name made of a title, without a suffix.

    Examples
    --------
    >>> name_file("Of 14 forecasts, 4 were open: 29 %")
    'of-14-forecasts-4-were-open-29'
    """
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def label_rows(rows: pd.DataFrame, column: str, room: Mapping[str, Any], **look: Any) -> list[Any]:
    """Return [text layer] that labels each row with a column's value; [] if there are no rows."""
    if rows.empty:
        return []
    text = alt.Text(field=column, type="nominal")
    return [alt.Chart(rows).mark_text(**look).encode(**room, text=text)]


def colour_of_group(name: str, names: Sequence[str], *, thin: bool = False) -> str:
    """Return the colour of a group: that of an actor or an SCO status, or else one that means nothing.

    A `thin` mark, which is no area, has the colour of an area's edge.

    Examples
    --------
    >>> colour_of_group("China", ["India", "China"]), colour_of_group("b", ["a", "b"])
    ('#063db8', '#1b2733')
    >>> two = ["contested", "opinion"]
    >>> colour_of_group("contested", two), colour_of_group("observer", ["observer"], thin=True)
    ('#67737e', '#6a5ab0')
    """
    actor = style.find_actor(name)
    if actor is not None:
        return actor.light
    if name in style.STATUS and name != "contested":  # on a map that is bare land under hatches
        mark = style.STATUS[name]
        invisible = mark.colour == style.PAPER["paper"]
        return mark.edge if thin or invisible else mark.colour
    place = list(names).index(name)
    return SERIES[place % len(SERIES)]


def dashes_of_group(name: str, names: Sequence[str]) -> list[int]:
    """Return the dashes of a group's line, so that nobody needs the colour; a member's line is solid.

    Examples
    --------
    >>> dashes_of_group("member", ["Shanghai Five", "member"]), dashes_of_group("b", ["a", "b"])
    ([1, 0], [6, 3])
    """
    statuses = ["member", "observer", "dialogue partner", "SCO partner", "Shanghai Five"]
    order = statuses if name in statuses else list(names)
    place = order.index(name)
    return list(_DASHES[place % len(_DASHES)])
