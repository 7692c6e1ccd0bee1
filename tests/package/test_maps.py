"""Maps: the same bytes everywhere, nothing from elsewhere; hatches, legend and names as the tables are.

What is drawn is read from the page that a map makes, and compared with the lists that the geometry is made
from (``course_data/prepare/geo/contested*.json``) and with the tables as text.
"""

import json
import math
import re
import urllib.parse
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from samarkand import data, geo, maps, places
from samarkand.common import home, words
from samarkand.common.errors import CourseError, DamagedData, OutOfRange, UnknownName, WrongType
from samarkand.html import style
from samarkand.maps import gravity_map as gravity
from samarkand.maps import trade_map as trade
from samarkand.maps.contested import find_contested
from samarkand.places import CENTRAL_ASIA
from tools.author import figures
from tools.author.rules_of_lessons import find_addresses

#: The maps; what viewers make of contested areas is a table, which has tests of its own (``test_areas.py``).
NAMES = sorted(set(maps.__all__) - {"viewpoints"})
#: Maximum size of a stored map, in bytes, and of its still picture, in characters.
LIMIT, STILL = 300_000, 30_000


@cache
def drawn(name: str) -> Any:
    return getattr(maps, name)()


@cache
def spec(name: str) -> Any:
    """Return the data that the page passes to its script."""
    start = drawn(name).page().partition("samarkand.start(")[2]
    return json.JSONDecoder().raw_decode(start[start.index("{") :])[0]


@cache
def panes(name: str) -> dict[str, list[list[Any]]]:
    """Return the shapes of each pane, in the order in which the page draws them."""
    found = {}
    for after in drawn(name).page().split("samarkand.shapes(")[1:]:
        shapes, end = json.JSONDecoder().raw_decode(after)
        found[re.match(r', ?"(\w+)"', after[end:])[1]] = shapes  # type: ignore[index]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_map_is_small_described_and_credited_and_loads_nothing(name: str) -> None:
    one, html = drawn(name), drawn(name)._repr_html_()
    assert re.fullmatch(r"(Map|World map|Graph) of .+\.", repr(one))
    assert (
        len(html.encode()) <= LIMIT
        and len(one.still) <= STILL
        and find_addresses(html) == find_addresses(one.page()) == []
    )
    alt, picture = re.search(r'<img alt="([^"]*)" src="data:image/svg\+xml,([^"]*)"', html).groups()  # type: ignore[union-attr]
    assert alt.endswith(".") and len(alt.split()) > 12
    assert re.search(r"<iframe[^>]*title=.\w", html)
    svg = ElementTree.fromstring(urllib.parse.unquote(picture))
    assert len(svg.findall(".//{http://www.w3.org/2000/svg}path")) > 40
    assert re.search(r"[Tt]ables? <i>\w+</i>", one.page())
    # The name of SVG is not a place.
    assert set(re.findall(r"https?://[^\s\"'<>)]+", one.page())) <= {"http://www.w3.org/2000/svg"}
    assert name == "network" or ("Natural Earth" in one.page() and "equal-area" in one.page())
    when = rf"\b\d+ (?:{'|'.join(map(words.name_month, range(1, 13)))})\b|\b[12]\d{{3}}\b"
    shown = {
        *re.findall(when, repr([one.scene.steps, one.scene.ticks])),
        *(d[:4] for d in DAYS.get(name, [])),
    }
    shown |= {"2001", "2025"} if name == "region" else set()  # of the world of the SCO
    said = f"{one.scene.title} {one.scene.lead} {one.scene.sentence} {one.scene.alt}"
    assert set(re.findall(when, said)) <= shown


@pytest.mark.parametrize("name", NAMES)
def test_what_has_a_mark_or_a_name_is_drawn_and_every_mark_is_in_the_legend(name: str) -> None:
    scene, page = drawn(name).scene, drawn(name).page()
    shapes = {shape[0] for pane in panes(name).values() for shape in pane}
    assert set(scene.names) <= shapes and set(scene.status) <= shapes
    assert {len(states) for states in scene.status.values()} == {len(scene.steps)}
    used = {letter for states in scene.status.values() for letter in states} - {"-"}
    assert used == {key.mark.code for key in scene.keys}
    for key in scene.keys:
        assert (f'id="p-{key.mark.code}"' in page) == (key.mark.pattern != "solid")
    assert all(label.size >= 12 for label in scene.labels)
    headings = [key.heading for key in scene.keys]
    assert re.findall(r'<section class="key"[^>]*><h2>.*?</svg>([^<]+)', page, re.DOTALL) == headings
    still = re.findall(r'<text x="\d+" y="\d+">([^<]+)</text>', drawn(name).still)
    assert still and still == [one for one in headings if one in still]


def test_text_in_the_frame_is_large_enough_for_a_phone() -> None:
    sheets = "".join(sheet.read_text("utf-8") for sheet in (home.ASSETS / "map").glob("*.css"))
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;}]*?([0-9.]+)px", sheets)]
    assert len(sizes) > 10 and min(sizes) >= 12


# -- contested areas


def listed(name: str) -> dict[str, dict[str, Any]]:
    found = json.loads((home.course_data() / "prepare" / "geo" / f"{name}.json").read_text(encoding="utf-8"))
    return {area["id"]: area for area in found}


REGION = listed("contested")
#: Contested areas of the world map, on which Taiwan is drawn under its own code instead.
WORLD = {name: area for name, area in REGION.items() if name != "taiwan"} | listed("contested_world")
#: The day of each step. The first map is of the summit, the journey of its days, others of the ends of years.
DAYS: dict[str, list[str]] = {
    "region": ["2022-09-15"],
    "sco": [f"{year}-12-31" for year in range(1996, 2026)],
    "trip": ["2022-09-16"] * 9,
    "flows": [f"{year}-12-31" for year in range(2020, 2025)],
    "votes": sorted(data.load("resolutions")["day"].astype(str)),
    "january": [f"2022-01-{day:02}" for day in range(2, 20)],
    "corridors": ["2022-09-15"] * 4,
}


def areas(name: str) -> dict[str, dict[str, Any]]:
    return WORLD if name == "votes" else REGION


def note(name: str) -> str:
    return re.sub(r"<[^>]+>", "", drawn(name).scene.note)


@pytest.mark.parametrize("name", DAYS)
def test_each_contested_area_is_hatched_above_the_states_in_each_step_in_which_it_must_be(name: str) -> None:
    due = {
        ident: "".join(
            "x" if area.get("since", "") <= day < (area.get("until") or "9999") else "-" for day in DAYS[name]
        )
        for ident, area in areas(name).items()
    }
    status = spec(name)["status"]
    assert {ident: letters for ident, letters in status.items() if ident in due} == due
    assert not {ident for ident, letters in status.items() if "x" in letters} - set(due)
    assert spec(name)["says"]["x"] == "contested area"
    assert list(panes(name)) in (["land", "states"], ["land", "states", "above"])
    styles = [style.split()[0] for _, style, kind, _ in panes(name)["states"] if kind == "area"]
    assert styles == sorted(styles, key=["state", "contested"].index)
    shapes = {ident for ident, style, _, _ in panes(name)["states"] if style.split()[0] == "contested"}
    assert shapes == set(areas(name))
    first = sum(letters[spec(name)["step"]] == "x" for letters in status.values())
    paths = len(re.findall(r'class="[a-z ]*is-x"', drawn(name).still)) - 1  # the legend's
    assert 0.4 * first <= paths <= first and 'id="p-x"' in drawn(name).still


def test_an_area_is_contested_from_its_first_day_until_the_day_on_which_it_ends() -> None:
    for ident, area in REGION.items():
        for edge, letters in (("since", "-xx"), ("until", "x--")):
            if area.get(edge):
                day = date.fromisoformat(area[edge])
                assert find_contested([f"{day + timedelta(n)}" for n in (-1, 0, 1)])[0][ident] == letters, (
                    ident
                )


@pytest.mark.parametrize("name", ["region", "sco", "trip", "flows", "votes", "january"])
def test_the_small_print_names_what_is_hatched_and_nothing_else(name: str) -> None:
    never = set()
    for ident, area in areas(name).items():
        called = area.get("part_of") or area.get("listed") or area["name"]
        hatched = "x" in spec(name)["status"][ident]
        if called.casefold() in note(name).casefold():
            assert hatched, f"{called} is named, and hatched at no step"
        elif hatched:
            never.add(ident)
    beyond = {"golan", "halaib", "kurils", "north_cyprus"} if name in ("trip", "january") else set()
    assert never == beyond  # the view
    if name == "sco":  # the years of change are beside what changed
        assert "Crimea (from 2014)" in note(name) and "Nagorno-Karabakh (to 2023)" in note(name)


def edges(kind: str, numbers: list[Any]) -> tuple[list[int], list[int]]:
    """Return all x and all y coordinates of a shape."""
    flat = [numbers[:2]] if kind == "dot" else [ring for polygon in numbers for ring in polygon]
    xs, ys = ([at for ring in flat for at in accumulate(ring[axis::2])] for axis in (0, 1))
    return xs, ys


@pytest.mark.parametrize("name", ["region", "sco", "trip", "votes"])
def test_each_name_is_within_the_bounds_of_its_state(name: str) -> None:
    shapes = {ident: edges(kind, numbers) for ident, _, kind, numbers in panes(name)["states"]}
    labels = [label for label in spec(name)["labels"] if label[0] in shapes]
    assert len(labels) > 15
    for ident, text, x, y, *_ in labels:
        known = areas(name)[ident]["name"] if ident in areas(name) else places.name(ident)
        assert text in (known, {"ARE": "UAE", "GBR": "UK", "USA": "USA"}.get(ident)), ident
        xs, ys = shapes[ident]
        aside = 60 if len(xs) == 1 else 0
        assert min(xs) - aside < x < max(xs) + aside and min(ys) - aside < y < max(ys) + aside, text


def test_every_member_of_the_un_is_drawn() -> None:
    for layer in ("world", "world_coarse"):
        drawn_states = {one["properties"]["id"] for one in geo.load(layer)["features"]}
        assert set(data.load("un_votes")["iso3"]) <= drawn_states


@pytest.mark.parametrize(
    ("draw", "wrong", "error", "code", "fields"),
    [
        *((maps.sco, v, OutOfRange, "outside the map", {"first": 1996, "last": 2025}) for v in (1995, 2026)),
        *(
            (maps.flows, v, OutOfRange, "outside the map", {"first": 2020, "last": 2024})
            for v in (2019, 2025)
        ),
        *((maps.sco, v, WrongType, "not whole", {"given": v}) for v in ("2022", 2.5, None, True)),
        *((maps.january, v, OutOfRange, "outside the map", {"first": 2, "last": 19}) for v in (1, 20)),
        *((maps.january, v, WrongType, "not whole", {"given": v}) for v in ("6", True)),
        (maps.region, ["Kazakstan"], UnknownName, "unknown name", {"near": "Kazakhstan"}),
        (maps.region, ["USA"], UnknownName, "unknown name", {"name": "United States"}),
        (maps.region, 3, WrongType, "not a text", {"given": 3}),
        (maps.votes, "es114", UnknownName, "unknown name", {"near": "es_11_4"}),
    ],
)
def test_what_a_map_cannot_show_is_refused(
    draw: Any, wrong: Any, error: type[CourseError], code: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(error) as raised:
        draw(wrong)
    assert raised.value.code == code and fields.items() <= raised.value.fields.items()


def test_states_to_highlight_may_be_names_or_codes() -> None:
    assert repr(maps.region(["Kazakhstan", "uzb", "KAZ"])) == repr(maps.region())
    assert {k for k, v in maps.region("Nepal").scene.status.items() if v == "h"} == {"NPL"}


def test_what_titles_claim_holds() -> None:
    """The states that a title names are read from it: a wrong one is found."""
    code = data.load("places").set_index("name")["iso3"].to_dict() | {"Europe": "EUR"}

    def named(said: str) -> list[str]:
        return [code[name] for name in re.findall(rf"\b(?:{'|'.join(code)})\b", said)]

    scene = maps.residuals().scene
    more, less = map(named, scene.title.split(", less with"))
    assert len(more) > 1 < len(less)
    assert {iso3 for iso3 in more if not set(scene.status[iso3]) <= set("p")} == set()
    assert {iso3 for iso3 in less if not set(scene.status[iso3]) <= set("l")} == set()
    assert all(set(scene.status[iso3]) == {"c"} for iso3 in CENTRAL_ASIA)
    oil = data.load("energy_flows").query("origin == 'RUS' and product == 'crude oil'")
    sold = oil.pivot(index="destination", columns="year", values="value")
    grew = sold.iloc[:, -1] > sold.iloc[:, 0]
    fell, rose = (list(grew[named(said)]) for said in maps.flows().scene.title.split(" to "))
    assert (fell, rose) == ([False], [True, True])
    assert trade.FLOWS[-1].width(100) < trade.FLOWS[0].width(100), "100 bcm of gas, 100 Mt of oil"
    west = data.load("routes").groupby("route").agg({"node": set, "lon": "last"}).query("lon < 55")["node"]
    by = {"Russia": {"Samara", "Astrakhan (north of it)"}, "Caspian": {"Baku"}}
    through = [by[word] for word in re.findall(r"\b[A-Z]\w+", maps.corridors().scene.title)[1:]]
    assert len(west) > 3 and all(any(nodes & some for some in through) for nodes in west)
    labels = {name: mark.label for name, mark in style.read_marks("factors", n=gravity.FEW).items()}
    for times, word in ((11, "twice"), (2.1, "twice"), (0.4, "half or less"), (0.6, "factor of two")):
        assert word in labels[gravity.classify_state(math.log(times), gravity.FEW)]
    scene = maps.trip().scene
    for at, step in enumerate(scene.steps):
        for state in (
            text.rpartition(", ")[2] for text, _ in step.events if text.rpartition(", ")[2] in code
        ):
            assert scene.status[code[state]][at - 1 : at + 1] == "-b", "met in this stage, and not before"
    days = data.load("trip")["day"].nunique()
    assert any(figure.admits(days) for figure in figures.read_figures(maps.trip().scene.title))


def test_the_title_of_a_map_says_figures_of_its_tables() -> None:
    ballots, votes = data.load("un_votes"), maps.votes().scene
    for vote, step in zip(data.load("resolutions").sort_values("day").itertuples(), votes.steps, strict=True):
        said = ballots[vote.vote][ballots[vote.vote] != "not a member"]
        held = ballots["iso3"].isin(data.members(vote.day)["iso3"])
        most = said[held].value_counts()
        voters, yes, n, members = map(int, re.findall(r"\d+", step.title))
        assert (yes, voters, n, members) == ((said == "yes").sum(), len(said), most.iloc[0], most.sum())
    assert votes.title == votes.steps[0].title
    assert maps.votes("es_11_4").scene.title == maps.votes("es_11_4").scene.steps[-1].title
    six, founded, joined = map(int, re.findall(r"\d+", maps.sco().scene.title))
    count = data.members_by_year(founded, 2025)["members"]
    assert (six, six + joined) == (count.iloc[0], count.iloc[-1]), "and none has left"
    for name in NAMES:
        assert 20 < len(drawn(name).scene.title) <= 80, "a finding, and not too long"


def test_what_the_graph_says_of_neighbours_is_counted() -> None:
    scene = maps.network().scene
    ties = data.load("ties").query("in_article")
    pairs = {frozenset(pair) for pair in ties[["actor", "target"]].to_numpy()}
    neighbours = Counter(end for pair in pairs for end in pair)
    for actor, n in neighbours.items():
        assert re.fullmatch(rf"{n} neighbours?", scene.names[actor].about)
    russia, china, kazakhstan = (neighbours[state] for state in ("RUS", "CHN", "KAZ"))
    assert (
        scene.title
        == f"The article ties Russia to {russia} of {len(neighbours) - 1} others, China to {china}"
    )
    assert f"Russia {russia} and Kazakhstan {kazakhstan}" in scene.steps[0].say
    hostile = Counter(ties.query("sign == -1")[["actor", "target"]].to_numpy().ravel())
    assert scene.steps[2].say.endswith(f"Most are Russia’s: {hostile['RUS']}.")


def test_a_map_is_saved_as_a_page_and_a_missing_layer_is_named(tmp_path: Path, copy: Path) -> None:
    maps.region().save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == maps.region().page()
    (copy / "geo" / "region.geojson").unlink()
    with pytest.raises(DamagedData) as error:
        maps.sco()
    assert (error.value.code, error.value.fields["file"]) == ("missing", copy / "geo" / "region.geojson")
