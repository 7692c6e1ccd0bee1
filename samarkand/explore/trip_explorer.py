"""Events as columns of dots, by part of the day, by day or by year."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from samarkand import data
from samarkand.common.words import tr, write_day
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


@dataclass(frozen=True)
class Scale:
    """Events laid out in columns."""

    label: str
    #: A row for each event: ``column``, ``when``, ``title``, ``kind``, ``source``.
    events: pd.DataFrame
    #: The name of each column by its key, from left to right.
    columns: dict[str, str]
    #: The keys of the columns that are named in the picture; empty where each has its part of the day.
    named: list[str]


def trip_timeline() -> Explorer:
    """Return an explorer of events as columns of dots, by part of the day, by day or by year.

    Controls: the scale, and a kind of event to highlight.

    Examples
    --------
    >>> "12 of 26 events" in trip_timeline().render(scale="parts", kind="bilateral")
    True
    """
    scales = {"parts": _scale_by_part_of_day(), "days": _scale_by_day(), "years": _scale_by_year()}
    kinds: set[str] = set()
    for scale in scales.values():
        kinds.update(scale.events["kind"])

    def draw(scale: str, kind: str) -> Panel:
        events = scales[scale].events
        chosen = events if kind == ALL else events[events["kind"] == kind]
        if chosen.empty:
            return Panel(_WORDS("none", kind=kind, there=", ".join(sorted(events["kind"].unique()))), "")
        sentence = _WORDS("all" if kind == ALL else "some", n=len(chosen), total=len(events), kind=kind)
        return Panel(sentence, _draw_columns(scales[scale], chosen, sentence) + _make_table(chosen))

    options = {"scale": {name: scale.label for name, scale in scales.items()}}
    options["kind"] = {ALL: tr("all kinds")} | {kind: kind for kind in sorted(kinds)}
    return _WORDS.explorer(draw, options)


def _make_table(events: pd.DataFrame) -> str:
    """Return events as a table: when, what, and the names of the sources, each once."""
    rows = []
    for when, title, keys in zip(events["when"], events["title"], events["source"], strict=True):
        names = dict.fromkeys(source.name for source in cite.sources(keys))
        rows.append((when, title, ", ".join(names)))
    heads = [tr("When"), tr("What"), tr("Source")]
    return markup.make_table(_WORDS("table"), heads, rows, keys=[str(at) for at in events.index], long=True)


def _scale_by_part_of_day() -> Scale:
    """Return the events of the trip by part of the day."""
    trip = data.load("trip")
    columns, times = [], []
    for when, hour in zip(trip["day"], trip["time_local"].fillna(""), strict=True):
        columns.append(f"{when.day} {_find_part(hour)}")
        hour_in_words = hour or tr("no hour given")
        times.append(tr("{day}, {hour}", day=write_day(when, year=False), hour=hour_in_words))
    counterpart = (": " + trip["counterpart"]).where(trip["type"] == "bilateral", "")
    events = pd.DataFrame(
        {
            "column": columns,
            "when": times,
            "title": trip["event"] + counterpart,
            "kind": trip["type"],
            "source": trip["source"],
        }
    )
    names = {}
    for date in (14, 15, 16):
        for part, name in PARTS.items():
            names[f"{date} {part}"] = f"{date} {name}"
    return Scale(tr("Part of the day: 14 to 16 September 2022"), events, names, [])


def _find_part(hour: str) -> str:
    """Return the key of the part of the day that an hour, or words for one, belongs to."""
    if ":" in hour:
        return "morning" if int(hour[:2]) < 12 else "afternoon"
    if "midnight" in hour:
        return "evening"
    for part in PARTS:
        if part in hour:
            return part
    return "none"


def _scale_by_day() -> Scale:
    timeline = data.load("timeline")
    near = timeline[timeline["day"].between("2022-09-01", "2022-10-31")]
    columns, named = {}, []
    for date in pd.date_range("2022-09-01", "2022-10-31", freq="D"):
        key = str(date.date())
        columns[key] = write_day(date, year=False, short=True)
        if date.day in (1, 15):
            named.append(key)
    events = _lay_out(near, near["day"].dt.strftime("%Y-%m-%d"))
    return Scale(tr("Day: September and October 2022"), events, columns, named)


def _scale_by_year() -> Scale:
    timeline = data.load("timeline")
    columns = {str(year): str(year) for year in range(1991, 2026)}
    named = [year for year in columns if int(year) % 5 == 0]
    events = _lay_out(timeline, timeline["day"].dt.year.astype(str))
    return Scale(tr("Year: 1991 to 2025"), events, columns, named)


def _lay_out(timeline: pd.DataFrame, columns: pd.Series) -> pd.DataFrame:
    """Return events of the table ``timeline`` with the column of the picture that each is in."""
    return timeline[["title", "kind", "source"]].assign(column=columns, when=timeline["day"].map(write_day))


def _draw_columns(scale: Scale, chosen: pd.DataFrame, sentence: str) -> str:
    """Return a picture with a column for each part, day or year: chosen events, and the others as rings."""
    dots: dict[str, list[tuple[str, bool]]] = {name: [] for name in scale.columns}
    for at, column in chosen["column"].items():
        dots[column].append((str(at), True))
    for at, column in scale.events.drop(chosen.index)["column"].items():
        dots[column].append((str(at), False))
    foot = min(16.0 * max(map(len, dots.values())), TALL) + 4
    drawn = pictures.draw_dot_columns([*dots.values()], 4, foot)
    middle = {name: (place + 0.5) / len(scale.columns) for place, name in enumerate(scale.columns)}
    if scale.named:
        height = foot + BELOW
        drawn += pictures.draw_ticks({scale.columns[name]: middle[name] for name in scale.named}, foot + 17)
    else:
        height = foot + 10 + max(pictures.estimate_width(name) for name in PARTS.values()) + 20
        drawn += _name_parts_of_days(middle, foot, height)
    per_column = chosen["column"].value_counts(sort=False)
    fullest = scale.columns[str(per_column.idxmax())]
    tallest = tr("{column}, {n}", column=fullest, n=per_column.max())
    return pictures.make_picture(drawn, alt=_WORDS("alt", sentence=sentence, tallest=tallest), height=height)


def _name_parts_of_days(middle: Mapping[str, float], foot: float, height: float) -> str:
    """Write each part of the day below its column, and each day below its four parts."""
    drawn = ""
    for name, share in middle.items():
        part = PARTS[name.partition(" ")[2]]
        drawn += pictures.draw_text(share, foot + 5, part, writing_mode="vertical-rl")
    for place, date in enumerate((14, 15, 16)):
        name = write_day(pd.Timestamp(2022, 9, date), year=False, short=True)
        drawn += pictures.draw_text((place + 0.5) / 3, height - 6, name, anchor="middle", bold=True)
    for border in (1 / 3, 2 / 3):
        drawn += pictures.draw_line(border, foot, border, height, pictures.RULE)
    return drawn
