"""The map of the article's network: its ties where actors have their seats, and below it as a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from samarkand import data, geo
from samarkand.ground.reading import rows
from samarkand.ground.words import listed, tr, trn
from samarkand.maps._base import BORDERS, CONTESTED, contested, contested_in_words, on_the_region
from samarkand.maps._offline import OfflineMap, asset
from samarkand.maps._scene import Key, Label, Name, Scene, Step
from samarkand.maps._shapes import ASSETS, Shape, bent
from samarkand.page.style import OKABE_ITO, Mark

__all__ = ["network"]

#: Corners of the map, (x, y) in map units: the Baltic to the Sea of Japan; below it the sheet of the graph.
WEST, SOUTH, EAST, NORTH = -2600, -1450, 2500, 1560
FOOT = SOUTH - 2700
#: Room between the edge of the sheet and what is drawn on it, and of the map and who sits beyond it.
EDGE, INSIDE = 200, 90
#: What a wide frame shows beside the map.
AROUND = 540
#: The day of the report, for which contested areas are drawn.
DAY = "2022-09-12"
#: An actor less than so many km from a state's capital has its seat there.
SAME_CITY = 60

SIGNS = {
    1: Mark("p", tr("friendly"), tr("friendly"), OKABE_ITO["blue"]),
    -1: Mark("n", tr("hostile"), tr("hostile"), OKABE_ITO["vermillion"], "vertical"),
    0: Mark("e", tr("neutral"), tr("neutral"), "#5a6570", "dots"),
}
#: A pair with as many friendly ties as hostile ones.
BOTH = Mark("b", tr("friendly and hostile"), tr("friendly and hostile"), OKABE_ITO["reddish_purple"], "grid")


class Actor(NamedTuple):
    """Who has a dot on the sheet, in map units, and how it is called there."""

    name: str
    x: int
    y: int
    label: str
    dx: float
    dy: float


class Seat(NamedTuple):
    """A spot on the map in map units, and whether it lies beyond: then it stands at the edge."""

    name: str
    x: int
    y: int
    beyond: bool


def network() -> OfflineMap:
    """Draw the article's ties twice: on the map, from seat to seat, and below it as a graph.

    A range inside the map picks out friendly, hostile and neutral ties. On the map everybody stands at a
    seat, in the graph where there is room: there, places mean nothing, and a line means a tie.

    Returns
    -------
    OfflineMap

    Examples
    --------
    >>> network().scene.steps[2].say
    'Hostile: 11 ties of 53'
    """
    picked: dict[str, int | None] = {"all": None, "friendly": 1, "hostile": -1, "neutral": 0}
    ties = data.load("ties").query("in_article")
    actors, seats = _actors(), _seats(ties)
    lines = _pairs(ties, {one: one for one in actors})
    ways = _pairs(ties, seats)
    spots = _spots()
    steps = [_step(one, value, ties, len(actors)) for one, value in picked.items()]
    view = ((WEST, SOUTH), (EAST, NORTH))
    # What lies farther south is below the sheet; a narrow frame shows more of the north.
    cut = ((WEST - AROUND, SOUTH), (EAST + AROUND, NORTH + 2 * AROUND))
    hatched, about = contested([DAY] * len(steps), within=cut)
    told = _most(lines, actors)
    elsewhere = len(ties) - sum(len(one) for one in ways.values())
    inside = int(sum(seats.get(a, a) == seats.get(b, b) for a, b in _ends(ties)))
    scene = Scene(
        title=tr("The article’s network"),
        lead=tr("On the map: from seat to seat. Below: the same ties as a graph"),
        sentence=tr(
            "Map of the article’s network, and its graph. {said}. {told}", said=steps[0].say, told=told
        ),
        alt=tr(
            "Above a map from the Baltic to Japan with arcs between seats, below it the same ties as a graph "
            "of {n} actors. {said}. {told}",
            n=len(actors),
            said="; ".join(step.say for step in steps),
            told=told,
        ),
        bounds=((WEST, FOOT), (EAST, NORTH)),
        keys=[
            *(Key(mark, _heading(value), "") for value, mark in SIGNS.items()),
            Key(BOTH, tr("As many friendly as hostile"), ""),
            CONTESTED._replace(text=""),
        ],
        steps=steps,
        status={
            ident: "".join(_letter(one, value) for value in picked.values())
            for pairs, kind in ((lines, "tie"), (ways, "way"))
            for ident, one in ((_ident(kind, pair), table) for pair, table in pairs.items())
        }
        | hatched,
        names={
            **_sitting(spots, seats, ways),
            **{one: _actor(actor, one, lines) for one, actor in actors.items()},
            **{_ident("tie", pair): _tie(pair, table, actors) for pair, table in lines.items()},
            **about,
        },
        labels=[*_towns(spots, seats), *_written(actors, lines)],
        ticks=dict(enumerate(step.label for step in steps)),
        range_label=tr("What is picked out"),
        list_label=tr("Seats, actors, ties and contested areas. Arrow keys go from one to the next."),
        first="RUS",
        pace_ms=2400,
        news=False,
        aside_px=230,
        height_px=(860, 960),
        note=tr(
            "<b>Map</b>: who has a seat stands there, a person in the capital of his or her state, "
            "Central Asia in its middle, and who sits beyond at the edge. {inside} ties run "
            "within one city; {elsewhere} in all are not drawn, since many have no seat here. <b>Graph</b>: "
            "places mean nothing; a dot is larger the more neighbours it has. A pair has one line, by the "
            "sum of its signs. <b>Hatched</b>, claimed by more than one side: {areas}. {borders} Source: own "
            "coding of the report (tables <i>ties</i>, <i>entities</i>).",
            inside=inside,
            elsewhere=elsewhere,
            areas=contested_in_words(DAY, DAY, view),
            borders=BORDERS,
        ),
    )
    drawn = on_the_region(scene, _drawn(actors, lines, spots, seats, ways), cut=cut)
    drawn.add_html(f"<style>{asset('network.css')}</style>")
    return drawn


def _actors() -> dict[str, Actor]:
    """Return who is drawn on the sheet, in the order of the file of places."""
    names = data.load("entities").set_index("id")["name"]
    width, height = EAST - WEST - 2 * EDGE, SOUTH - FOOT - 2 * EDGE
    return {
        row["id"]: Actor(
            str(names[row["id"]]),
            round(WEST + EDGE + float(row["x"]) / 100 * width),
            round(FOOT + EDGE + float(row["y"]) / 100 * height),
            row["label"],
            float(row["dx"]),
            float(row["dy"]),
        )
        for row in rows(ASSETS / "network.csv")
    }


def _spots() -> dict[str, Seat]:
    """Return the seats of actors: a state's capital under its code, and others under their own key.

    A city is called as the actors' table calls it: Astana was Nur-Sultan then.
    """
    table = data.load("entities").dropna(subset=["lat"])
    cities = [
        ((row.lat, row.lon), str(row.name).partition(" (")[0])
        for row in _rows(table[table["type"] == "place"])
    ]

    def seat(name: str, at: geo.Point) -> Seat:
        called = [city for spot, city in cities if geo.distance_km(spot, at) < SAME_CITY]
        return _seat(called[0] if called else name, *at)

    found = {
        str(row.iso3): seat(str(row.capital), (row.capital_lat, row.capital_lon))
        for row in _rows(data.load("places"))
    }
    short = {row["id"]: row["label"] for row in rows(ASSETS / "network.csv")}
    for row in _rows(table):
        if row.id not in found:
            at = (float(row.lat), float(row.lon))
            name = short.get(str(row.id), str(row.name))
            found[str(row.id)] = _seat(name, *at) if row.type == "place" else seat(name, at)
    return found


def _seat(name: str, lat: float, lon: float) -> Seat:
    x, y = geo.REGION.whole(lat, lon)
    inside = WEST < x < EAST and SOUTH < y < NORTH
    x, y = _within(x, WEST, EAST), _within(y, SOUTH, NORTH)
    return Seat(name, x, y, not inside)


def _within(value: int, low: int, high: int) -> int:
    return max(low + INSIDE, min(high - INSIDE, value))


def _seats(ties: pd.DataFrame) -> dict[str, str]:
    """Return where each actor of some ties has its seat; who has none is left out."""
    named = {*ties["actor"], *ties["target"]}
    table = data.load("entities")
    capitals = {str(row.iso3): (row.capital_lat, row.capital_lon) for row in _rows(data.load("places"))}
    found: dict[str, str] = {}
    for row in _rows(table[table["id"].isin(named)]):
        if row.type in ("person", "state") and row.iso3 in capitals:
            found[row.id] = row.iso3
        elif not pd.isna(row.lat):
            near_by = [
                iso3 for iso3, at in capitals.items() if geo.distance_km(at, (row.lat, row.lon)) < SAME_CITY
            ]
            found[row.id] = near_by[0] if near_by else row.id
    return found


def _rows(table: pd.DataFrame) -> Any:
    return table.itertuples(index=False)


def _ends(ties: pd.DataFrame) -> Iterable[tuple[str, str]]:
    return zip(ties["actor"], ties["target"], strict=True)


def _pairs(ties: pd.DataFrame, at: Mapping[str, str]) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the ties between each two different spots, in the order of the alphabet."""
    keys = [tuple(sorted((at[a], at[b]))) if a in at and b in at else () for a, b in _ends(ties)]
    found: dict[tuple[str, str], list[int]] = {}
    for number, key in enumerate(keys):
        if key and key[0] != key[1]:
            found.setdefault((key[0], key[1]), []).append(number)
    return {key: ties.iloc[numbers] for key, numbers in sorted(found.items())}


def _letter(ties: pd.DataFrame, sign: int | None) -> str:
    """Return the mark of a pair, of all its ties or of those of one sign."""
    signs = set(ties["sign"])
    if sign is not None:
        return SIGNS[sign].code if sign in signs else "-"
    total = ties["sign"].sum()
    if total == 0 and signs != {0}:
        return BOTH.code
    return SIGNS[int(total > 0) - int(total < 0)].code


def _ident(kind: str, pair: tuple[str, str]) -> str:
    return f"{kind}-{pair[0]}-{pair[1]}"


def _heading(sign: int) -> str:
    return {1: tr("Friendly"), -1: tr("Hostile"), 0: tr("Neutral")}[sign]


def _step(name: str, sign: int | None, ties: pd.DataFrame, actors: int) -> Step:
    if sign is None:
        label = tr("All")
        return Step(label, tr("{label}: {n} ties of {m} actors", label=label, n=len(ties), m=actors))
    n = int((ties["sign"] == sign).sum())
    return Step(
        _heading(sign),
        trn(
            "{label}: {n} tie of {all}", "{label}: {n} ties of {all}", n, label=_heading(sign), all=len(ties)
        ),
    )


def _neighbours(lines: Iterable[tuple[str, str]]) -> Counter[str]:
    return Counter(one for pair in lines for one in pair)


def _most(lines: Mapping[tuple[str, str], pd.DataFrame], actors: Mapping[str, Actor]) -> str:
    """Say who has most neighbours."""
    first, second = _neighbours(lines).most_common(2)
    return tr(
        "Most neighbours: {first} {n}, {second} {m}.",
        first=actors[first[0]].name,
        n=first[1],
        second=actors[second[0]].name,
        m=second[1],
    )


def _sitting(
    spots: Mapping[str, Seat], seats: Mapping[str, str], ways: Iterable[tuple[str, str]]
) -> dict[str, Name]:
    """Say of each spot who has a seat there, and with how many other seats there are ties."""
    called = data.load("entities").set_index("id")["name"]
    tied = _neighbours(ways)
    found = {}
    for seat in sorted(set(seats.values())):
        here = sorted(str(called[actor]) for actor, at in seats.items() if at == seat)
        ties = trn("ties with {n} other seat", "ties with {n} other seats", tied[seat])
        said = tr("{who}; {ties}", who=listed(here), ties=ties)
        found[f"at-{seat}"] = Name(spots[seat].name, "", said)
    return found


def _actor(actor: Actor, key: str, lines: Iterable[tuple[str, str]]) -> Name:
    n = _neighbours(lines)[key]
    return Name(actor.name, "", trn("{n} neighbour", "{n} neighbours", n))


def _tie(pair: tuple[str, str], ties: pd.DataFrame, actors: Mapping[str, Actor]) -> Name:
    """Say what ties two actors, and from whom to whom."""
    said = [
        tr(
            "{actor} {arrow} {target}: {relation}",
            actor=actors[row.actor].label,
            arrow="→" if row.directed else "–",
            target=actors[row.target].label,
            relation=row.relation.replace("-", " "),
        )
        for row in _rows(ties)
    ]
    name = tr("{one} and {other}", one=actors[pair[0]].name, other=actors[pair[1]].name)
    return Name(name, "", "; ".join(said))


def _towns(spots: Mapping[str, Seat], seats: Mapping[str, str]) -> list[Label]:
    """Name the seats, those with most actors first."""
    counted = Counter(seats.values())
    out = []
    for seat, _ in counted.most_common():
        spot = spots[seat]
        name = tr("to {city}", city=spot.name) if spot.beyond else spot.name
        out.append(Label("", name, spot.x, spot.y, 12, -9 if spot.x > 0.8 * EAST else 9, 9, "city"))
    return out


def _written(actors: Mapping[str, Actor], lines: Iterable[tuple[str, str]]) -> list[Label]:
    """Name the actors on the sheet, those with most neighbours first."""
    n = _neighbours(lines)
    ranked = sorted(actors, key=lambda one: -n[one])
    return [
        Label(
            "",
            a.label,
            a.x,
            a.y,
            13 if n[one] > 5 else 12,
            a.dx,
            a.dy,
            "city" if n[one] > 5 else "city small",
        )
        for one, a in ((one, actors[one]) for one in ranked)
    ]


def _drawn(
    actors: Mapping[str, Actor],
    lines: Mapping[tuple[str, str], pd.DataFrame],
    spots: Mapping[str, Seat],
    seats: Mapping[str, str],
    ways: Iterable[tuple[str, str]],
) -> list[Shape]:
    """Return arcs and seats of the map, and on its sheet the lines and dots of the graph."""
    out = [
        Shape(_ident("way", (a, b)), "tie", "line", [bent(spots[a][1:3], spots[b][1:3], 0.16, 8)])
        for a, b in ways
    ]
    out += [
        Shape(f"at-{one}", "stop", "dot", [spots[one].x, spots[one].y], 4)
        for one in sorted(set(seats.values()))
    ]
    ring = [
        [WEST - 2500, SOUTH],
        [EAST + 2500, SOUTH],
        [EAST + 2500, FOOT - 2500],
        [WEST - 2500, FOOT - 2500],
    ]
    out.append(Shape("", "sheet", "area", [[[*ring, ring[0]]]]))
    out += [
        Shape(
            _ident("tie", (a, b)), "tie", "line", [[[actors[a].x, actors[a].y], [actors[b].x, actors[b].y]]]
        )
        for a, b in lines
    ]
    n = _neighbours(lines)
    out += [Shape(one, "stop", "dot", [a.x, a.y], 3 + 0.6 * n[one]) for one, a in actors.items()]
    return out
