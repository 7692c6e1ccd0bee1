"""The map of Russian crude oil by buyer and year, and of gas by pipeline to China."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo, places
from samarkand.common.reading import read_rows
from samarkand.common.words import tr, write_day
from samarkand.html.style import Mark, read_marks
from samarkand.maps._base import find_position, make_scene, names_of_states, on_the_region
from samarkand.maps._offline import OfflineMap, read_asset, write_compact
from samarkand.maps._scene import Key, Label, Name, Scene, Step
from samarkand.maps._shapes import ASSETS, Shape, bend_line, draw_arrowhead, read_labels

__all__ = ["flows"]

#: Mark of a band of oil, by its buyer, whose colour it has; of gas; and of buyers: states, and Europe, which
#: is the land between these corners, in map units, with Turkey.
MARKS = read_marks("flows")
GAS, BUYER = MARKS.pop("pipeline gas"), MARKS.pop("buyer")
_EUROPE = ((-3100, 120), (-880, 2700))

#: Width of a band, in px per million tonnes of oil, and minimum, on a map `FULL` px wide.
PX_PER_MT, THINNEST, FULL = 0.2, 1.6, 700
#: Million tonnes of oil that hold as much energy as a billion cubic metres of gas: 36 PJ against 41.868 PJ
#: (Statistical Review of World Energy, "Definitions and explanatory notes").
MT_PER_BCM = 36 / 41.868

#: The oil fields of Western Siberia, where most of Russia's oil comes from: (lat, lon).
_FIELDS = (61.0, 74.0)
#: States labelled besides the ends of the flows.
_NAMED = ("RUS", "KAZ", "IRN", "UKR", "TUR")


class Flow(NamedTuple):
    """A band from Russia to a buyer; it does not show a route.

    It runs from `lat`, `lon` to `to_lat`, `to_lon`; `bend` is how far it leaves the straight line, as a share
    of its length. The label is `dx`, `dy` px from the end, and has `label` where the buyer's name is long.
    """

    id: str
    product: str
    destination: str
    label: str
    lat: float
    lon: float
    to_lat: float
    to_lon: float
    bend: float
    dx: int
    dy: int

    @property
    def oil(self) -> bool:
        """Whether it is oil, in million tonnes; otherwise it is gas, in billion cubic metres."""
        return self.product == "crude oil"

    @property
    def mark(self) -> Mark:
        """Its mark: oil has its buyer's colour."""
        return MARKS[self.destination] if self.oil else GAS

    @property
    def name(self) -> str:
        """The heading of the tooltip."""
        text = tr("Russian crude oil to {place}") if self.oil else tr("Russian gas to {place}")
        return text.format(place=_name_destination(self.destination))

    def line(self, points: int = 14) -> list[list[int]]:
        """Return the middle of the band in map units."""
        start = geo.REGION.whole(self.lat, self.lon)
        end = geo.REGION.whole(self.to_lat, self.to_lon)
        return bend_line(start, end, self.bend, points)

    def width(self, value: float) -> float:
        """Return the width in px of a quantity in the table's unit; 0 if it is negligible."""
        tonnes = value if self.oil else value * MT_PER_BCM
        if tonnes < 0.05:
            return 0.0
        return round(max(PX_PER_MT * tonnes, THINNEST), 1)

    def text(self, value: float) -> str:
        """Return the label of a quantity; "" if it is negligible."""
        if not self.width(value):
            return ""
        if not self.oil:
            return tr("Gas: {value:.1f} bcm", value=value)
        place = self.label or _name_destination(self.destination)
        return tr("{place}: {value:.1f} Mt", place=place, value=value)

    def by_year(self, years: Sequence[int], values: Sequence[float]) -> str:
        """Return the text of the tooltip: the quantity in each year."""
        figures = ", ".join(f"{year} {value:.1f}" for year, value in zip(years, values, strict=True))
        return tr("Mt: {figures}", figures=figures) if self.oil else tr("bcm: {figures}", figures=figures)


def _read_flows() -> tuple[Flow, ...]:
    """Return the flows of the table of bands; each cell has the type of its field."""
    flows = []
    for row in read_rows(ASSETS / "flows.csv"):
        fields: dict[str, Any] = {}
        for name, kind in Flow.__annotations__.items():
            fields[name] = kind(row[name])
        flows.append(Flow(**fields))
    return tuple(flows)


#: The flows, in the order in which they are drawn.
FLOWS = _read_flows()


def flows(year: int = 2022) -> OfflineMap:
    """Draw where Russian crude oil went, and how much gas it sent to China by pipeline, year by year.

    A range inside the map runs over the years of the table ``energy_flows``. Bands are as wide as the
    quantity, gas by the energy it holds; they do not show routes.

    Parameters
    ----------
    year : int, default 2022
        The year shown first.

    Raises
    ------
    OutOfRange
        If the year is not covered.
    WrongType
        If the year is no whole number.

    Examples
    --------
    >>> flows().scene.steps[-1].say
    '2024: 108.5 Mt of crude oil to China, 87.5 to India, 29.6 to Europe'
    """
    table = data.load("energy_flows").query("origin == 'RUS'")
    years = sorted(int(one) for one in table["year"].unique())
    at = find_position(year, years, tr("year"), tr("flows"))
    values = _read_values(table, years)
    steps = [_make_step(table, one) for one in years]
    quantities = [f"{what} {quantity}" for what, quantity in steps[at].events]
    labels = [_label_flow(flow, values[flow.id][at]) for flow in FLOWS]
    labels += [label for label in read_labels(moved="flows", seas=False) if label.id in _NAMED]
    content = make_scene(
        "flows",
        [f"{one}-12-31" for one in years],
        _list_keys(),
        {
            "first": years[0],
            "last": years[-1],
            "step": steps[at].say,
            "year": year,
            "quantities": "; ".join(quantities),
        },
        status=_list_letters(len(years)),
        names=_list_names(years, values),
        steps=steps,
        step=at,
        labels=labels,
        ticks=[str(one) for one in years],
    )
    ways = [Shape(flow.id, "flow", "line", [flow.line()]) for flow in FLOWS]
    start = Shape("seller", "stop", "dot", list(geo.REGION.whole(*_FIELDS)), 6)
    bands = [_draw_band(flow, values[flow.id][at]) for flow in FLOWS if flow.width(values[flow.id][at])]
    drawn = on_the_region(content, [*ways, start], still=[*bands, start], divided=_cut_out_europe)
    drawn.add_html(_write_script(values))
    return drawn


def _read_values(table: pd.DataFrame, years: Sequence[int]) -> dict[str, list[float]]:
    """Return the quantities of each flow by its id: one a year, in the table's units."""
    quantity = table.set_index(["product", "destination", "year"])["value"]
    values = {}
    for flow in FLOWS:
        values[flow.id] = [float(quantity[flow.product, flow.destination, year]) for year in years]
    return values


def _list_keys() -> list[Key]:
    """Return the legend: oil by its buyer, gas, and who buys them."""
    unit = tr("In million tonnes (Mt)")
    keys: list[Key] = []
    for mark in MARKS.values():
        keys.append(Key(mark, tr("Crude oil to {buyer}", buyer=mark.label), "" if keys else unit))
    gas = tr("In billion cubic metres (bcm), as wide as its energy")
    return [*keys, Key(GAS, tr("Gas by pipeline to China"), gas), Key(BUYER, tr("Buyers"))]


def _list_letters(steps: int) -> dict[str, str]:
    """Return a letter for each step, the same in all of them, of each flow and of each buyer."""
    letters = {flow.id: flow.mark.code * steps for flow in FLOWS}
    return letters | dict.fromkeys(("EUR", "TUR", "CHN", "IND"), BUYER.code * steps)


def _list_names(years: Sequence[int], values: Mapping[str, list[float]]) -> dict[str, Name]:
    """Return the tooltip of each flow, of the seller and of each buyer."""
    names = {flow.id: Name(flow.name, "", flow.by_year(years, values[flow.id])) for flow in FLOWS}
    names["seller"] = Name(
        tr("Russia, the seller"), "", tr("Here bands begin; ports and pipelines are not drawn.")
    )
    names["EUR"] = Name(tr("Europe, as the Review draws it, with Turkey"), tr("Europe"))
    names["TUR"] = Name(places.name("TUR"), tr("Europe"))
    return names | names_of_states(("CHN", "IND"))


def _write_script(values: Mapping[str, list[float]]) -> str:
    """Return style and script for the bands, with the width and the label of each flow in each year."""
    by_year = {}
    for flow in FLOWS:
        by_year[flow.id] = [[flow.width(value), flow.text(value)] for value in values[flow.id]]
    script = f"const FLOWS={write_compact(by_year)},FULL={FULL};{read_asset('flows.js')}"
    colours = "".join(_colour_band(flow) for flow in FLOWS)
    return f"<style>{read_asset('flows.css')}{colours}</style><script>{script}</script>"


def _colour_band(flow: Flow) -> str:
    """Return CSS for the head and the label of a band."""
    code = flow.mark.code
    head = f"marker[id=head-{flow.id}] path{{fill:var(--{code})}}"
    return f"{head}.names .{flow.id} text{{fill:var(--{code}-thin)}}"


def _cut_out_europe(shape: Shape) -> list[Shape]:
    """Split the land without states into Europe and the rest."""
    if shape.id:
        return [shape]
    europe: list[Any] = []
    rest: list[Any] = []
    for polygon in shape.coordinates:
        (europe if _is_in_europe(polygon[0]) else rest).append(polygon)
    return [shape._replace(coordinates=rest), Shape("EUR", "state", "area", europe)]


def _is_in_europe(ring: Iterable[tuple[int, int]]) -> bool:
    """Return whether all points of a ring are between Europe's corners."""
    (west, south), (east, north) = _EUROPE
    return all(west < x < east and south < y < north for x, y in ring)


def _make_step(table: pd.DataFrame, year: int) -> Step:
    """Return the step of a year: buyers and quantities, the largest first, and the day of publication."""
    sold = table[table["year"] == year].sort_values("value", ascending=False, kind="stable")
    oil = sold[sold["product"] == "crude oil"]
    gas = sold[sold["product"] == "pipeline gas"]["value"].iloc[0]
    said: list[str] = []
    events: list[tuple[str, str]] = []
    for code, value in zip(oil["destination"], oil["value"], strict=True):
        place = _name_destination(code)
        events.append((place, tr("{value:.1f} Mt", value=value)))
        if not said:
            first = tr("{year}: {value:.1f} Mt of crude oil to {place}", year=year, value=value, place=place)
            said.append(first)
        elif value > 20:
            said.append(tr("{value:.1f} to {place}", value=value, place=place))
    events.append((tr("China, gas by pipeline"), tr("{value:.1f} bcm", value=gas)))
    published = tr("Published on {day}.", day=write_day(sold["published"].iloc[0]))
    return Step(str(year), ", ".join(said), published, tuple(events))


def _name_destination(code: str) -> str:
    """Return the name of a destination: a state, or Europe as the Review defines it."""
    return tr("Europe") if code == "EUR" else places.name(code)


def _label_flow(flow: Flow, value: float) -> Label:
    """Return the quantity of a flow at the end of its line."""
    x, y = flow.line()[-1]
    return Label("", flow.text(value), x, y, 13.5, flow.dx, flow.dy, f"city {flow.id}")


def _draw_band(flow: Flow, value: float) -> Shape:
    """Return a flow as an area with an arrow's head, for the still picture."""
    (west, _), (east, _) = Scene.bounds
    half = flow.width(value) * (east - west) / FULL / 2
    line = flow.line(12)
    left, right = [], []
    for number, (x, y) in enumerate(line):
        # The way on from a point; at the last one, the way to it.
        (from_x, from_y), (to_x, to_y) = line[number:][:2] if number + 1 < len(line) else line[-2:]
        long = math.hypot(to_x - from_x, to_y - from_y)
        aside_x = half * (from_y - to_y) / long
        aside_y = half * (to_x - from_x) / long
        left.append([round(x + aside_x), round(y + aside_y)])
        right.append([round(x - aside_x), round(y - aside_y)])
    broad = max(2 * half, 40)
    ring = [*left, *draw_arrowhead(line, broad, 1.4 * broad)[:-1], *reversed(right)]
    return Shape(flow.id, "band", "area", [[[*ring, ring[0]]]])
