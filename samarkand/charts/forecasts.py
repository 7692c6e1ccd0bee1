"""The calibration plot: frequency of outcomes against stated probability."""

from typing import Any

import altair as alt
import pandas as pd

from samarkand.charts._look import SOFT, SQUARE, finish, label_rows
from samarkand.charts._tables import copy_columns, need_numbers, texts_of_column
from samarkand.common.errors import OutOfRange
from samarkand.common.words import capitalise_text, tr, trn
from samarkand.html import style

__all__ = ["calibration"]

#: A group of forecasts smaller than this shows chance more than calibration.
FEW = 10


def calibration(groups: pd.DataFrame, *, source: str) -> alt.VConcatChart:
    """Draw a circle for each group of forecasts: stated probability on x, share that came true on y.

    On the dashed line things come true as often as they are said to. Below it the forecaster was too sure,
    above it too careful. The number in a circle is its number of forecasts.

    Parameters
    ----------
    groups : pandas.DataFrame
        Columns ``said`` and ``came`` (0 to 1) and ``cases`` (int), as `measures.calibration` gives them; a
        column ``name``, if there is one, names the circles.
    source : str
        Where the forecasts are from.

    Raises
    ------
    UnknownName, CourseError
        If a column or all rows are missing.
    WrongType
        If a column holds no numbers.
    OutOfRange
        If a share lies outside 0 to 1.

    Examples
    --------
    >>> groups = pd.DataFrame({"said": [0.5, 0.9], "came": [0.4, 0.75], "cases": [5, 4]})
    >>> calibration(groups, source="own").to_dict()["description"]
    'Said 50 %, came true 40 % (5 cases). Said 90 %, came true 75 % (4 cases). No circle has 10 cases.'
    """
    has_names = isinstance(groups, pd.DataFrame) and "name" in groups.columns
    names_column = "name" if has_names else ""
    table = copy_columns(groups, "said", "came", "cases", names_column)
    need_numbers(table, "said", "came", "cases")
    if not (table["said"].between(0, 1) & table["came"].between(0, 1)).all():
        wrong = tr("What was said and what came true are shares from 0 to 1: 80 per cent is 0.8.")
        raise OutOfRange(wrong, code="no probability")
    names = texts_of_column(table["name"]) if has_names else [""] * len(table)
    table["said_pct"] = 100 * table["said"]
    table["came_pct"] = 100 * table["came"]
    table["name"] = names
    table["number"] = [str(n) for n in table["cases"]]

    columns = (names, table["said_pct"], table["came_pct"], table["cases"])
    sentences = [_describe_circle(*row) for row in zip(*columns, strict=True)]
    axis: dict[str, Any] = {"type": "quantitative", "scale": alt.Scale(domain=[0, 100], nice=False)}
    axis["axis"] = alt.Axis(values=[0, 25, 50, 75, 100], grid=False)
    room: dict[str, Any] = {
        "x": alt.X(field="said_pct", title=tr("said (%)"), **axis),
        "y": alt.Y(field="came_pct", title=tr("came true (%)"), **axis),
    }
    ends = alt.Chart(pd.DataFrame({"said_pct": [0, 100], "came_pct": [0, 100]}))
    sides = pd.DataFrame(
        {"said_pct": [20, 75], "came_pct": [99, 7], "side": [tr("too careful"), tr("too sure")]}
    )
    base = alt.Chart(table)
    circles = base.mark_circle(
        size=620, color="#ffffff", stroke=style.PLAIN, strokeWidth=2.5, opacity=1, clip=False
    )
    tips = [
        alt.Tooltip(field="name", title=tr("wording")),
        alt.Tooltip(field="said_pct", title=tr("said (%)")),
        alt.Tooltip(field="came_pct", title=tr("came true (%)")),
        alt.Tooltip(field="cases", title=tr("forecasts")),
    ]
    below = table["came"] < table["said"]  # a name stands on its circle's side of the line
    drawn = [
        *label_rows(sides, "side", room, fontStyle="italic", color=SOFT),
        ends.mark_line(strokeDash=[5, 4], color=SOFT, strokeWidth=1.5).encode(**room),
        circles.encode(**room, tooltip=tips),
        *label_rows(table, "number", room, fontWeight="bold"),
        *label_rows(table[~below], "name", room, align="right", dx=-19),
        *label_rows(table[below], "name", room, align="left", dx=19),
    ]
    chart = alt.layer(*drawn).properties(width=SQUARE, height=SQUARE)
    subtitle = tr("Number in a circle: its forecasts")
    if table["cases"].max() < FEW:
        subtitle = tr("Number in a circle: its forecasts, too few to tell luck from skill")
        sentences.append(tr("No circle has {n} cases.", n=FEW))
    behind = copy_columns(groups, names_column, "said", "came", "cases")
    weights = table["cases"] / table["cases"].sum()
    title = tr(
        "Said to be {said:.0f} % likely on average, {came:.0f} % came true",
        said=(weights * table["said_pct"]).sum(),
        came=(weights * table["came_pct"]).sum(),
    )
    text = {"title": title, "subtitle": subtitle, "source": source}
    return finish(chart, description=" ".join(sentences), table=behind, square=True, **text)


def _describe_circle(name: str, said: float, came: float, cases: int) -> str:
    """Describe a circle in words, with its name if it has one."""
    words = trn(
        "said {said:.0f} %, came true {came:.0f} % ({n} case).",
        "said {said:.0f} %, came true {came:.0f} % ({n} cases).",
        cases,
        said=said,
        came=came,
    )
    if not name:
        return capitalise_text(words)
    return f"{name}: {words}"
