"""The map of corridors: pipelines and railways through Central Asia, from the table ``routes``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from samarkand import data, geo
from samarkand.common.reading import read_rows
from samarkand.common.words import capitalise_text, tr, trn
from samarkand.html.style import read_marks
from samarkand.maps._base import make_scene, on_the_region
from samarkand.maps._offline import OfflineMap, read_asset
from samarkand.maps._scene import Key, Label, Name, Step
from samarkand.maps._shapes import ASSETS, Shape, read_labels

__all__ = ["corridors"]

#: The day for which contested areas are drawn: the table's status is that of 2022.
DAY = "2022-09-15"
#: Routes that pass the region by are not drawn.
BESIDE = ("POS",)
#: Names of routes on the map, at the middle of a segment, and of towns, which have none; offsets in px.
NAMES = {row["id"]: row for row in read_rows(ASSETS / "roads.csv")}
TOWNS = [name for name, row in NAMES.items() if not row["segment"]]

#: Mark of a route, by the kind of its traffic; and of one of any kind that was agreed but not built.
MARKS = read_marks("routes")
PLANNED = MARKS.pop("planned")
#: Offset north, in map units, of routes of a kind, so that none hides another; under 0.2 degrees.
ASIDE = {"oil": 0, "gas": 16, "rail": -16}
#: States labelled before the towns and after them.
FIRST = ("CHN", "KAZ", "RUS", "UZB")
NAMED = ("AFG", "AZE", "GEO", "IRN", "KGZ", "TJK", "TKM", "TUR", "UKR")


@dataclass(frozen=True)
class Route:
    """A route of the table ``routes``.

    Attributes
    ----------
    id, name : str
        As in the table.
    kind : str
        "oil", "gas" or "rail".
    is_built : bool
        Whether it is in operation; otherwise it was agreed.
    nodes : pandas.DataFrame
        Its rows, in order: a place each.
    """

    id: str
    name: str
    kind: str
    is_built: bool
    nodes: pd.DataFrame

    @property
    def places(self) -> list[str]:
        """The names of the places that it connects, in order."""
        return [str(node) for node in self.nodes["node"]]

    @property
    def code(self) -> str:
        """The code of its mark."""
        return MARKS[self.kind].code if self.is_built else PLANNED.code

    def draw(self, aside: int = 0) -> list[list[int]]:
        """Return its line in map units, moved north by `aside`."""
        line = []
        for lat, lon in zip(self.nodes["lat"], self.nodes["lon"], strict=True):
            x, y = geo.REGION.whole(lat, lon)
            line.append([x, y + aside])
        return line


def corridors() -> OfflineMap:
    """Draw pipelines and railways through Central Asia from place to place: a schema, not a survey.

    Buttons choose all routes, or those for oil, gas or trains. Routes are straight between the places of the
    table ``routes``, which are right to about 0.2 degrees, and a little apart where they would meet.

    Examples
    --------
    >>> corridors().scene.steps[3].say
    'Rail: 2 railways in operation, 1 agreed and not finished'
    """
    kinds = ["all", *MARKS]
    table = data.load("routes")
    table = table[~table["route"].isin(BESIDE)]
    routes = _read_routes(table)
    towns = _place_towns(table)
    steps = [_make_step(kind, routes) for kind in kinds]
    keys = [Key(mark, capitalise_text(mark.plural), line="road") for mark in MARKS.values()]
    keys.append(Key(PLANNED, tr("Agreed, not finished"), line="road"))
    said = [step.say for step in steps[1:]]
    ends = []
    for route in routes:
        first, *_, last = route.places
        ends.append(tr("{name}: {first} to {last}", name=route.name, first=first, last=last))
    content = make_scene(
        "corridors",
        [DAY] * len(kinds),
        keys,
        {"said": "; ".join(said), "routes": "; ".join(ends)},
        steps=steps,
        status={route.id: _list_letters(route, kinds) for route in routes},
        names={route.id: Name(route.name, "", ", ".join(route.places)) for route in routes}
        | _name_routes_of_towns(table),
        labels=[
            *_label_states(FIRST),
            *_label_towns(towns),
            *_label_routes(routes),
            *_label_states(NAMED),
        ],
    )
    ways = [Shape(route.id, "road", "line", [route.draw(ASIDE[route.kind])]) for route in routes]
    casing = [way._replace(id="", style="casing") for way in ways]
    dots = [Shape(_id_of_spot(town), "stop", "dot", list(at), 4) for town, at in sorted(towns.items())]
    drawn = on_the_region(content, [*casing, *ways, *dots])
    drawn.add_html(f"<style>{read_asset('roads.css')}</style>")
    return drawn


def _read_routes(table: pd.DataFrame) -> list[Route]:
    """Return the routes of the table, in its order."""
    routes = []
    for row in table.drop_duplicates("route").itertuples():
        nodes = table[table["route"] == row.route].sort_values("seq", kind="stable")
        is_built = str(row.status_2022) == "in operation"
        kind = _kind_of_route(str(row.mode))
        routes.append(Route(id=str(row.route), name=str(row.name), kind=kind, is_built=is_built, nodes=nodes))
    return routes


def _list_letters(route: Route, kinds: Sequence[str]) -> str:
    """Return a letter for each step, of a kind or of "all": that of the route, "-" where it is not shown."""
    letters = [route.code if kind in ("all", route.kind) else "-" for kind in kinds]
    return "".join(letters)


def _name_routes_of_towns(table: pd.DataFrame) -> dict[str, Name]:
    """Return the tooltip of each town: its name, and the routes that pass it."""
    passing = table.groupby(table["node"].map(_name_town), sort=False)["name"].unique()
    names = {}
    for town in TOWNS:
        name = _name_town(town)
        names[_id_of_spot(town)] = Name(name, "", ", ".join(passing[name]))
    return names


def _kind_of_route(mode: str) -> str:
    """Return the kind of a route: "oil", "gas" or "rail".

    >>> _kind_of_route("pipeline, gas"), _kind_of_route("railway and ferry")
    ('gas', 'rail')
    """
    return mode.removeprefix("pipeline, ") if mode.startswith("pipeline") else "rail"


def _make_step(kind: str, routes: Sequence[Route]) -> Step:
    """Return the step of a kind: its number of routes in operation, and of those only agreed."""
    mine = [route for route in routes if kind in ("all", route.kind)]
    there = sum(route.is_built for route in mine)
    planned = len(mine) - there
    one = {"all": tr("route"), "rail": tr("railway")}.get(kind, tr("pipeline"))
    many = "{kind}: {n} {one}s in operation"
    text = trn("{kind}: {n} {one} in operation", many, there, kind=capitalise_text(kind), one=one)
    if planned:
        text = tr("{text}, {n} agreed and not finished", text=text, n=planned)
    return Step("", text)


def _place_towns(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return the map position of each town, by name; of a town on several routes, the first one's."""
    towns = {}
    first = table.drop_duplicates("node")
    for node, lat, lon in zip(first["node"], first["lat"], first["lon"], strict=True):
        if node in TOWNS:
            towns[str(node)] = geo.REGION.whole(lat, lon)
    return towns


def _name_town(node: str) -> str:
    """Return the name of a town without the table's additions.

    >>> _name_town("Novorossiysk (terminal)")
    'Novorossiysk'
    """
    return node.partition(" (")[0]


def _id_of_spot(node: str) -> str:
    return f"at-{_name_town(node).lower()}"


def _label_states(codes: tuple[str, ...]) -> list[Label]:
    return [one for one in read_labels(moved="corridors", seas=False) if one.id in codes]


def _offset_of_label(name: str) -> tuple[int, int]:
    return int(NAMES[name]["dx"]), int(NAMES[name]["dy"])


def _label_towns(towns: Mapping[str, tuple[int, int]]) -> list[Label]:
    """Return the name of each town beside its dot."""
    return [Label("", _name_town(town), *towns[town], 12, *_offset_of_label(town), "city") for town in TOWNS]


def _label_routes(routes: Sequence[Route]) -> list[Label]:
    """Return the name of each route, at the middle of one of its segments."""
    lines = {route.id: route.draw() for route in routes}
    labels = []
    for route, row in NAMES.items():
        if not row["segment"]:
            continue
        segment = int(row["segment"])
        (x0, y0), (x1, y1) = lines[route][segment : segment + 2]
        middle = round((x0 + x1) / 2), round((y0 + y1) / 2)
        labels.append(Label(route, row["label"], *middle, 12, *_offset_of_label(route), "city small road"))
    return labels
