"""The map of corridors: pipelines and railways through Central Asia, from the table ``routes``."""

import pandas as pd

from samarkand import data, geo
from samarkand.common.reading import rows
from samarkand.common.words import capitalised, tr, trn
from samarkand.html.style import marks
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
NAMES = {row["id"]: row for row in rows(ASSETS / "roads.csv")}
TOWNS = [name for name, row in NAMES.items() if not row["segment"]]

#: Mark of a route, by the kind of its traffic; and of one of any kind that was agreed but not built.
MARKS = marks("routes")
PLANNED = MARKS.pop("planned")
#: Offset north, in map units, of routes of a kind, so that none hides another; under 0.2 degrees.
ASIDE = {"oil": 0, "gas": 16, "rail": -16}
#: States labelled before the towns and after them.
FIRST = ("CHN", "KAZ", "RUS", "UZB")
NAMED = ("AFG", "AZE", "GEO", "IRN", "KGZ", "TJK", "TKM", "TUR", "UKR")


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
    routes = table.drop_duplicates("route").set_index("route")
    of_kind = {str(route): _kind_of_route(str(mode)) for route, mode in routes["mode"].items()}
    built = {str(route): status == "in operation" for route, status in routes["status_2022"].items()}
    called = {str(route): str(name) for route, name in routes["name"].items()}
    passed = {route: list(_list_nodes(table, route)["node"]) for route in of_kind}
    steps = [_make_step(one, of_kind, built) for one in kinds]
    passing = table.groupby(table["node"].map(_name_town), sort=False)["name"].unique()
    places = _place_towns(table)
    towns = [Label("", _name_town(one), *places[one], 12, *_offset_of_label(one), "city") for one in TOWNS]
    ends = [
        tr("{name}: {first} to {last}", name=name, first=passed[route][0], last=passed[route][-1])
        for route, name in called.items()
    ]
    content = make_scene(
        "corridors",
        [DAY] * len(kinds),
        [
            *(Key(mark, capitalised(mark.plural), line="road") for mark in MARKS.values()),
            Key(PLANNED, tr("Agreed, not finished"), line="road"),
        ],
        {"said": "; ".join(one.say for one in steps[1:]), "routes": "; ".join(ends)},
        steps=steps,
        status={
            route: "".join(
                (MARKS[one] if built[route] else PLANNED).code if step in ("all", one) else "-"
                for step in kinds
            )
            for route, one in of_kind.items()
        },
        names={route: Name(name, "", ", ".join(passed[route])) for route, name in called.items()}
        | {
            _id_of_spot(town): Name(_name_town(town), "", ", ".join(passing[_name_town(town)]))
            for town in TOWNS
        },
        labels=[*_label_states(FIRST), *towns, *_route_labels(table), *_label_states(NAMED)],
    )
    ways = [
        Shape(route, "road", "line", [_draw_route(table, route, ASIDE[one])])
        for route, one in of_kind.items()
    ]
    casing = [way._replace(id="", style="casing") for way in ways]
    dots = [Shape(_id_of_spot(town), "stop", "dot", list(at), 4) for town, at in sorted(places.items())]
    drawn = on_the_region(content, [*casing, *ways, *dots])
    drawn.add_html(f"<style>{read_asset('roads.css')}</style>")
    return drawn


def _kind_of_route(mode: str) -> str:
    """Return the kind of a route: "oil", "gas" or "rail".

    >>> _kind_of_route("pipeline, gas"), _kind_of_route("railway and ferry")
    ('gas', 'rail')
    """
    return mode.removeprefix("pipeline, ") if mode.startswith("pipeline") else "rail"


def _make_step(kind: str, of_kind: dict[str, str], built: dict[str, bool]) -> Step:
    """Return the step of a kind: its number of routes in operation, and of those only agreed."""
    mine = [route for route, one in of_kind.items() if kind in ("all", one)]
    there = sum(built[route] for route in mine)
    one = {"all": tr("route"), "rail": tr("railway")}.get(kind, tr("pipeline"))
    many = "{kind}: {n} {one}s in operation"
    text = trn("{kind}: {n} {one} in operation", many, there, kind=capitalised(kind), one=one)
    if only := len(mine) - there:
        text = tr("{text}, {n} agreed and not finished", text=text, n=only)
    return Step("", text)


def _list_nodes(table: pd.DataFrame, route: str) -> pd.DataFrame:
    return table[table["route"] == route].sort_values("seq", kind="stable")


def _draw_route(table: pd.DataFrame, route: str, aside: int) -> list[list[int]]:
    """Return a route in map units, moved north by `aside`."""
    nodes = _list_nodes(table, route)
    at = [geo.REGION.whole(lat, lon) for lat, lon in zip(nodes["lat"], nodes["lon"], strict=True)]
    return [[x, y + aside] for x, y in at]


def _place_towns(table: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return the map position of each town, by name; of a town on several routes, the first one's."""
    first = table.drop_duplicates("node")
    at = zip(first["node"], first["lat"], first["lon"], strict=True)
    return {str(town): geo.REGION.whole(lat, lon) for town, lat, lon in at if town in TOWNS}


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


def _route_labels(table: pd.DataFrame) -> list[Label]:
    """Return the name of each route, at the middle of one of its segments."""
    out = []
    for route, row in NAMES.items():
        if row["segment"]:
            at = int(row["segment"])
            (x0, y0), (x1, y1) = _draw_route(table, route, 0)[at : at + 2]
            middle = round((x0 + x1) / 2), round((y0 + y1) / 2)
            out.append(Label(route, row["label"], *middle, 12, *_offset_of_label(route), "city small road"))
    return out
