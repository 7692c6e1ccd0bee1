"""The story in time: a first slider over the years, and the trip from the part of a day to the decade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from samarkand import data
from samarkand.explore.engine import Explorer, Panel
from samarkand.page import controls, markup, style

FIRST, LAST = 1996, 2025
STATUSES = ("Shanghai Five", "member", "observer", "dialogue partner", "SCO partner")
ALL = "all kinds"
#: Parts of a day in order; a row without an hour stands in the last one.
PARTS = ("morning", "afternoon", "evening", "no hour")
#: How the three scales are called, and what one column of dots stands for.
SCALES = {
    "parts": "Part of the day: 14 to 16 September 2022",
    "days": "Day: September and October 2022",
    "years": "Year: 1991 to 2025",
}
#: The longest list below a picture.
ROWS = 12
#: The tallest column of dots, in the picture's own units.
TALL = 260.0


def first_slider() -> Explorer:
    """Return the course's first explorer: one slider, the year, and who was in the SCO at its end.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "2022: 8 members" in first_slider().render(year=2022)
    True
    """
    table = data.status_by_year(FIRST, LAST)
    spells = data.load("sco_membership")
    names = dict(zip(spells["iso3"], spells["country"], strict=True))

    def draw(year: int) -> Panel:
        held = table[year]
        groups = {
            status: sorted(names[str(iso3)] for iso3 in held.index[held == status]) for status in STATUSES
        }
        groups = {status: states for status, states in groups.items() if states}
        counts = ", ".join(f"{len(states)} {_word(status, len(states))}" for status, states in groups.items())
        rows = [
            (_word(status, 2).capitalize(), ", ".join(states), len(states))
            for status, states in groups.items()
        ]
        return Panel(
            f"{year}: {counts} on 31 December.",
            markup.picture(_squares(groups), f"Squares, one a state: {counts}.", 780, 34)
            + markup.table(f"The SCO in {year}", ["Status", "Names", "States"], rows, numbers=["States"]),
        )

    return Explorer(
        {"year": controls.slider("Year", FIRST, LAST, 2022, tooltip="Move it, or use the arrow keys")},
        draw,
        title="A first slider: who was in the SCO?",
        source="table sco_membership, which names the source of each row",
    )


def _word(status: str, count: int) -> str:
    mark = style.mark(status)
    return mark.label if count == 1 else mark.plural


def _squares(groups: Mapping[str, Sequence[str]]) -> str:
    """Return a row of squares, one a state, with the letter of its status."""
    out, x = "", 0.0
    for status, states in groups.items():
        mark = style.mark(status)
        for _ in states:
            out += (
                f'<rect x="{x:g}" y="4" width="24" height="24" fill="{mark.colour}" stroke="#1a1a1a"/>'
                f'<text x="{x + 12:g}" y="21" font-size="13" text-anchor="middle" fill="#1a1a1a" '
                f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{mark.label[0].upper()}</text>'
            )
            x += 27
        x += 14
    return out


def trip_timeline() -> Explorer:
    """Return an explorer of events as columns of dots, by part of the day, by day or by year.

    Controls: the scale, and a kind of event to pick out.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "12 of 26 events" in trip_timeline().render(scale="parts", kind="bilateral")
    True
    """
    events = {"parts": _trip(), "days": _days(), "years": _years()}
    kinds = sorted({kind for frame in events.values() for kind in frame["kind"]})

    def draw(scale: str, kind: str) -> Panel:
        frame = events[scale]
        chosen = frame if kind == ALL else frame[frame["kind"] == kind]
        if chosen.empty:
            there = ", ".join(sorted(frame["kind"].unique()))
            return Panel(f'At this scale there is no event of the kind "{kind}". There are: {there}.', "")
        sentence = (
            f"{len(frame)} events."
            if kind == ALL
            else f'{len(chosen)} of {len(frame)} events are of the kind "{kind}".'
        )
        columns = COLUMNS[scale]
        pitch = _pitch(frame)
        height = pitch * int(frame["column"].value_counts().max()) + 8
        picture = markup.picture(
            _dots(frame, chosen, columns, height, pitch),
            f"Columns of dots, one an event. {sentence} Tallest column: {_tallest(chosen)}.",
            800,
            height + 40,
        )
        rows = [
            (row.when, row.title, str(row.source).replace(";", ", "))
            for row in chosen.head(ROWS).itertuples()
        ]
        more = len(chosen) - len(rows)
        caption = f"The first {ROWS} of them" if more > 0 else "The events"
        return Panel(sentence, picture + markup.table(caption, ["When", "What", "Source"], rows))

    return Explorer(
        {
            "scale": controls.choice(
                "One column is a",
                [(label, key) for key, label in SCALES.items()],
                "parts",
                tooltip="The scale",
            ),
            "kind": controls.choice("Pick out", [ALL, *kinds], ALL, tooltip="Kind of event"),
        },
        draw,
        title="The trip by the hour, the setting by the decade",
        source="tables trip and timeline; the last column names the source of each row",
    )


def _trip() -> pd.DataFrame:
    """Return the trip's events with the column of dots each belongs to."""
    trip = data.load("trip")
    part = trip["time_local"].fillna("no hour").map(_part)
    return pd.DataFrame(
        {
            "column": trip["day"].dt.day.astype(str) + " " + part,
            "when": trip["day"].dt.day.astype(str)
            + " September, "
            + trip["time_local"].fillna("no hour given"),
            "title": trip["event"] + (": " + trip["counterpart"]).where(trip["type"] == "bilateral", ""),
            "kind": trip["type"],
            "source": trip["source"],
        }
    )


def _part(hour: str) -> str:
    if ":" in hour:
        return "morning" if int(hour[:2]) < 12 else "afternoon"
    if "midnight" in hour:
        return "evening"
    return next((part for part in PARTS if part in hour), "no hour")


def _days() -> pd.DataFrame:
    timeline = data.load("timeline")
    near = timeline[timeline["day"].between("2022-09-01", "2022-10-31")]
    return _timeline(near, near["day"].dt.strftime("%d %b").str.lstrip("0"))


def _years() -> pd.DataFrame:
    timeline = data.load("timeline")
    return _timeline(timeline, timeline["day"].dt.year.astype(str))


def _timeline(events: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    when = events["day"].dt.strftime("%d %B %Y").str.lstrip("0")
    return pd.DataFrame(
        {
            "column": column,
            "when": when,
            "title": events["title"],
            "kind": events["kind"],
            "source": events["source"],
        }
    )


#: The columns of each scale, from left to right, and which of them are labelled below.
COLUMNS: dict[str, list[str]] = {
    "parts": [f"{day} {part}" for day in (14, 15, 16) for part in PARTS],
    "days": [
        day.strftime("%d %b").lstrip("0") for day in pd.date_range("2022-09-01", "2022-10-31", freq="D")
    ],
    "years": [str(year) for year in range(1991, 2026)],
}


def _pitch(frame: pd.DataFrame) -> float:
    """Return how far dots stand apart, so that the tallest column fits into the picture."""
    return min(16.0, TALL / int(frame["column"].value_counts().max()))


def _tallest(chosen: pd.DataFrame) -> str:
    counts = chosen["column"].value_counts(sort=False)
    return f"{counts.idxmax()}, {counts.max()}"


def _dots(
    frame: pd.DataFrame, chosen: pd.DataFrame, columns: Sequence[str], height: float, pitch: float
) -> str:
    """Return an axis and a dot for each event; the chosen ones dark and filled, the others as rings."""
    step = 780 / len(columns)
    out = f'<path d="M0 {height:g}H800" stroke="#1a1a1a"/>'
    # Chosen dots stand at the foot of their column, so that columns can be compared.
    ordered = pd.concat([chosen, frame.drop(chosen.index)])
    seen: dict[str, int] = {}
    for event in ordered.itertuples():
        column = str(event.column)
        n = seen[column] = seen.get(column, 0) + 1
        x, y = 10 + step * (columns.index(column) + 0.5), height - pitch * (n - 0.5)
        look = (
            f'fill="{style.OKABE_ITO["blue"]}"'
            if event.Index in chosen.index
            else 'fill="#ffffff" stroke="#8a8a8a"'
        )
        out += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{0.38 * pitch:.1f}" {look}/>'
    every = max(1, round(len(columns) / 12))
    for i, column in enumerate(columns):
        if i % every == 0:
            x = 10 + step * (i + 0.5)
            top, _, rest = column.partition(" ")
            out += (
                f'<text x="{x:.1f}" y="{height + 16:g}" font-size="12" text-anchor="middle">{top}</text>'
                f'<text x="{x:.1f}" y="{height + 31:g}" font-size="11" text-anchor="middle">{rest}</text>'
            )
    return out
