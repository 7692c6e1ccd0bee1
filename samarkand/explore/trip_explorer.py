"""Events as columns of dots, by part of the day, by day or by year."""

from typing import NamedTuple

import pandas as pd

from samarkand import data
from samarkand.common.words import day, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.html import markup, pictures
from samarkand.sources import cite

__all__ = ["trip_timeline"]

_WORDS = Words("trip")
ALL = "all"
#: Parts of a day in order; a row without an hour is in the last one.
PARTS = {
    "morning": tr("morning"),
    "afternoon": tr("afternoon"),
    "evening": tr("evening"),
    "none": tr("no hour"),
}
#: The tallest column of dots, and the room below it, in pixels.
TALL, BELOW = 260.0, 30.0


class Scale(NamedTuple):
    """Events laid out in columns: ``column``, ``when``, ``title``, ``kind``, ``source``."""

    label: str
    events: pd.DataFrame
    #: Each column's key and name, from left to right, and the keys of those that are named in the picture.
    columns: dict[str, str]
    named: list[str]


def trip_timeline() -> Explorer:
    """Return an explorer of events as columns of dots, by part of the day, by day or by year.

    Controls: the scale, and a kind of event to highlight.

    Examples
    --------
    >>> "12 of 26 events" in trip_timeline().render(scale="parts", kind="bilateral")
    True
    """
    scales = {"parts": _parts(), "days": _days(), "years": _years()}
    kinds = sorted({kind for scale in scales.values() for kind in scale.events["kind"]})

    def draw(scale: str, kind: str) -> Panel:
        events = scales[scale].events
        chosen = events if kind == ALL else events[events["kind"] == kind]
        if chosen.empty:
            return Panel(_WORDS("none", kind=kind, there=", ".join(sorted(events["kind"].unique()))), "")
        sentence = _WORDS("all" if kind == ALL else "some", n=len(chosen), total=len(events), kind=kind)
        named = [{one.publisher: None for one in cite.sources(keys)} for keys in chosen["source"]]
        rows = zip(chosen["when"], chosen["title"], map(", ".join, named), strict=True)
        heads = [tr("When"), tr("What"), tr("Source")]
        keys = [str(at) for at in chosen.index]
        table = markup.table(_WORDS("table"), heads, rows, keys=keys, long=True)
        return Panel(sentence, _picture(scales[scale], chosen, sentence) + table)

    options = {"scale": {name: scale.label for name, scale in scales.items()}}
    return _WORDS.explorer(draw, options | {"kind": {ALL: tr("all kinds"), **{kind: kind for kind in kinds}}})


def _parts() -> Scale:
    """Return the events of the trip by part of the day."""
    trip = data.load("trip")
    hours = trip["time_local"].fillna("")
    events = pd.DataFrame(
        {
            "column": [f"{when.day} {_part(hour)}" for when, hour in zip(trip["day"], hours, strict=True)],
            "when": [
                tr("{day}, {hour}", day=day(when, year=False), hour=hour or tr("no hour given"))
                for when, hour in zip(trip["day"], hours, strict=True)
            ],
            "title": trip["event"] + (": " + trip["counterpart"]).where(trip["type"] == "bilateral", ""),
            "kind": trip["type"],
            "source": trip["source"],
        }
    )
    columns = {f"{date} {part}": f"{date} {name}" for date in (14, 15, 16) for part, name in PARTS.items()}
    return Scale(tr("Part of the day: 14 to 16 September 2022"), events, columns, [])


def _part(hour: str) -> str:
    if ":" in hour:
        return "morning" if int(hour[:2]) < 12 else "afternoon"
    if "midnight" in hour:
        return "evening"
    return next((part for part in PARTS if part in hour), "none")


def _days() -> Scale:
    timeline = data.load("timeline")
    near = timeline[timeline["day"].between("2022-09-01", "2022-10-31")]
    dates = pd.date_range("2022-09-01", "2022-10-31", freq="D")
    columns = {str(one.date()): day(one, year=False, short=True) for one in dates}
    named = [str(one.date()) for one in dates if one.day in (1, 15)]
    return Scale(
        tr("Day: September and October 2022"),
        _timeline(near, near["day"].dt.strftime("%Y-%m-%d")),
        columns,
        named,
    )


def _years() -> Scale:
    timeline = data.load("timeline")
    columns = {str(year): str(year) for year in range(1991, 2026)}
    named = [year for year in columns if int(year) % 5 == 0]
    return Scale(
        tr("Year: 1991 to 2025"), _timeline(timeline, timeline["day"].dt.year.astype(str)), columns, named
    )


def _timeline(events: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    return events[["title", "kind", "source"]].assign(column=column, when=events["day"].map(day))


def _picture(scale: Scale, chosen: pd.DataFrame, sentence: str) -> str:
    """Return a picture with a column for each part, day or year: chosen events, and the others as rings."""
    own = chosen["column"].value_counts(sort=False)
    dots: dict[str, list[tuple[str, bool]]] = {name: [] for name in scale.columns}
    for events, filled in ((chosen, True), (scale.events.drop(chosen.index), False)):
        for at, column in events["column"].items():
            dots[column].append((str(at), filled))
    foot = min(16.0 * max(map(len, dots.values())), TALL) + 4
    drawn = pictures.columns([*dots.values()], 4, foot)
    middle = {name: (i + 0.5) / len(scale.columns) for i, name in enumerate(scale.columns)}
    height = foot + BELOW
    if scale.named:
        drawn += pictures.ticks({scale.columns[name]: middle[name] for name in scale.named}, foot + 17)
    else:
        for name, share in middle.items():
            drawn += pictures.text(share, foot + 5, PARTS[name.partition(" ")[2]], writing_mode="vertical-rl")
        height = foot + 10 + max(pictures.breadth(name) for name in PARTS.values()) + 20
        for i, date in enumerate((14, 15, 16)):
            name = day(pd.Timestamp(2022, 9, date), year=False, short=True)
            drawn += pictures.text((i + 0.5) / 3, height - 6, name, anchor="middle", bold=True)
        drawn += "".join(pictures.line(i / 3, foot, i / 3, height, pictures.RULE) for i in (1, 2))
    tallest = tr("{column}, {n}", column=scale.columns[str(own.idxmax())], n=own.max())
    return pictures.picture(drawn, alt=_WORDS("alt", sentence=sentence, tallest=tallest), height=height)
