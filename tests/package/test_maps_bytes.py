"""Maps: the same bytes everywhere, nothing from elsewhere, nothing left out."""

import hashlib
import os
import re
import subprocess
import sys
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from samarkand import data, geo, maps, places
from samarkand.ground import home, rooms
from samarkand.ground.errors import DamagedData, OutOfRange, UnknownName, WrongType
from samarkand.maps._shapes import features, globe
from samarkand.page import style

NAMES = [name for name in sorted(rooms.offers("samarkand.maps")) if name != "world"]  # needs values
LIMIT = 300_000


@pytest.fixture(scope="module", params=NAMES)
def drawn(request: pytest.FixtureRequest):
    return getattr(maps, request.param)()


class Parts(HTMLParser):
    """The tags of a piece of HTML with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def one(self, tag: str) -> dict[str, str | None]:
        (found,) = [attributes for name, attributes in self.tags if name == tag]
        return found


def test_repr_is_one_sentence(drawn) -> None:
    assert re.fullmatch(r"(Map|World map) of .+\.", repr(drawn))
    assert "\n" not in repr(drawn)
    assert str(drawn) == repr(drawn)


def test_size_stays_below_the_limit(drawn) -> None:
    assert len(drawn._repr_html_().encode()) <= LIMIT
    assert len(drawn.still.encode()) <= 30_000


def test_showing_a_map_twice_gives_the_same(drawn) -> None:
    assert drawn._repr_html_() == drawn._repr_html_()


def test_bytes_are_the_same_in_another_process_with_another_hash_seed() -> None:
    code = (
        "import hashlib, sys; from samarkand import maps\n"
        f"print([hashlib.sha256(getattr(maps, n)()._repr_html_().encode()).hexdigest() for n in {NAMES!r}])"
    )
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # the other process is this one
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(home.ROOT), "PYTHONHASHSEED": seed},
    ).stdout
    here = [hashlib.sha256(getattr(maps, name)()._repr_html_().encode()).hexdigest() for name in NAMES]
    assert said == f"{here}\n"
    assert len(set(here)) == len(NAMES)


def test_nothing_is_loaded_from_elsewhere(drawn) -> None:
    html = drawn._repr_html_()
    page = drawn.page()
    for text in (html, page):
        assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", text)
        assert not re.search(r"url\(\s*['\"]?(?!#|%23|&#39;)", text)
        assert "@import" not in text
        assert "fetch(" not in text
        assert "XMLHttpRequest" not in text
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # the name of SVG, not a place


def test_the_frame_has_a_title_a_language_and_lets_readers_zoom(drawn) -> None:
    frame = Parts(drawn._repr_html_()).one("iframe")
    assert frame["title"] == drawn.scene.title
    assert frame["srcdoc"] == drawn.page()
    assert '<html lang="en">' in drawn.page()
    assert "user-scalable" not in drawn.page()
    assert "maximum-scale" not in drawn.page()


def test_the_still_picture_is_svg_with_a_real_sentence_as_alt_text(drawn) -> None:
    image = Parts(drawn._repr_html_()).one("img")
    alt, source = image["alt"], image["src"]
    assert alt
    assert alt.endswith(".")
    assert len(alt.split()) > 12
    kind, picture = source.split(",", 1)
    assert kind == "data:image/svg+xml"
    assert not set('<>"#\n') & set(picture)
    svg = ElementTree.fromstring(urllib.parse.unquote(picture))
    assert svg.tag == "{http://www.w3.org/2000/svg}svg"
    drawn_paths = svg.findall(".//{http://www.w3.org/2000/svg}path")
    assert len(drawn_paths) > 40
    assert drawn.scene.sentence in drawn._repr_html_()


def test_every_mark_of_the_legend_is_defined_and_used(drawn) -> None:
    used = {letter for states in drawn.scene.status.values() for letter in states} - {"-"}
    assert used == {key.mark.code for key in drawn.scene.keys}
    for key in drawn.scene.keys:
        if key.mark.pattern != "solid":
            assert f'id="p-{key.mark.code}"' in drawn.page()


def test_every_shape_that_can_be_pointed_at_is_drawn(drawn) -> None:
    shapes = {
        shape.id for layer in drawn._children.values() if hasattr(layer, "shapes") for shape in layer.shapes
    }
    assert set(drawn.scene.names) <= shapes
    assert set(drawn.scene.status) <= shapes
    steps = len(drawn.scene.steps)
    assert {len(states) for states in drawn.scene.status.values()} == {steps}


def test_title_and_sources_are_in_the_page(drawn) -> None:
    page = drawn.page()
    assert f"<h1>{drawn.scene.title}</h1>" in page
    assert "Natural Earth" in page
    assert "equal-area" in page
    assert re.search(r"[Tt]ables? <i>\w+</i>", page)


# -- the SCO


@pytest.mark.parametrize("year", [1996, 2000, 2001, 2005, 2009, 2012, 2015, 2017, 2022, 2023, 2024, 2025])
def test_the_sentence_of_a_year_counts_what_the_table_holds(year: int) -> None:
    held = data.members(f"{year}-12-31", status=None)["status"].value_counts()
    (step,) = [step for step in maps.sco(year).scene.steps if step.label == str(year)]
    if "Shanghai Five" in held:
        assert step.say == f"{year}: the Shanghai Five, not yet an organisation"
        return
    parts = [
        f"{held[name]} {mark.label if held[name] == 1 else mark.plural}"
        for name, mark in style.STATUS.items()
        if name in held
    ]
    assert step.say == f"{year}: {', '.join(parts)} on 31 December"


def test_the_year_of_the_summit() -> None:
    assert repr(maps.sco()) == (
        "Map of the SCO, 1996 to 2025. 2022: 8 members, 4 observers, 9 dialogue partners on 31 December."
    )
    steps = {step.label: step for step in maps.sco().scene.steps}
    assert list(steps) == [str(year) for year in range(1996, 2026)]
    assert steps["2001"].more == "The five and Uzbekistan found the organisation."
    assert steps["2017"].more == "New members: India and Pakistan."
    assert steps["2022"].more == "New dialogue partners: Egypt, Qatar and Saudi Arabia."
    assert steps["2025"].more == "Observers and dialogue partners become SCO partners; Laos joins them."


def test_every_state_of_the_sco_world_has_a_shape_and_a_label() -> None:
    scene = maps.sco().scene
    world = set(data.load("sco_membership")["iso3"])
    shapes = {f["properties"]["id"] for f in geo.load("region")["features"]}
    coarse = {f["properties"]["id"] for f in geo.load("region_coarse")["features"]}
    labelled = {label.id for label in scene.labels}
    assert world <= shapes
    assert world <= coarse
    assert world <= labelled
    assert world <= set(scene.names)
    assert {scene.names[iso3].name for iso3 in world} == {places.name(iso3) for iso3 in world}


def test_contested_areas_change_with_the_years_and_are_named() -> None:
    scene = maps.sco().scene
    years = [int(step.label) for step in scene.steps]

    def hatched(area: str) -> list[int]:
        return [year for year, letter in zip(years, scene.status[area], strict=True) if letter == "x"]

    assert hatched("crimea") == list(range(2014, 2026))
    assert hatched("annexed_2022") == list(range(2022, 2026))
    assert hatched("karabakh") == list(range(1996, 2023))
    assert hatched("taiwan") == hatched("kashmir_india") == years
    for word in (
        "Crimea",
        "Kashmir",
        "Arunachal Pradesh",
        "Taiwan",
        "Kuril",
        "Abkhazia",
        "South Ossetia",
        "Donetsk",
    ):
        assert word in scene.note
    assert scene.names["aksai_chin"].about == "held by China; claimed by India"


@pytest.mark.parametrize("year", [1995, 2026, 0, -5])
def test_a_year_that_is_not_covered(year: int) -> None:
    with pytest.raises(OutOfRange, match=rf"covers 1996 to 2025; {year} lies outside"):
        maps.sco(year)


def test_a_year_may_come_out_of_a_table() -> None:
    year = data.load("resolutions")["day"].dt.year.max()
    assert repr(maps.sco(year)) == repr(maps.sco(int(year)))


@pytest.mark.parametrize("year", ["2022", 2022.5, None, True])
def test_a_year_that_is_no_year(year: object) -> None:
    with pytest.raises(WrongType, match=r"^The year is a whole number, such as 2022; got "):
        maps.sco(year)  # type: ignore[arg-type]


# -- the region


def test_states_to_pick_out_may_be_names_or_codes() -> None:
    assert repr(maps.region(["Kazakhstan", "uzb", "KAZ"])) == repr(maps.region())
    assert repr(maps.region("Mongolia")).endswith("with Mongolia picked out.")
    assert {k for k, v in maps.region("Nepal").scene.status.items() if v == "h"} == {"NPL"}


def test_a_state_that_is_not_known_or_not_on_the_map() -> None:
    with pytest.raises(UnknownName, match='Did you mean "Kazakhstan"'):
        maps.region(["Kazakstan"])
    with pytest.raises(UnknownName, match='state on the map of the region "United States"'):
        maps.region(["USA"])
    with pytest.raises(UnknownName):
        maps.region("Brazil")
    with pytest.raises(WrongType, match="found by a name or code in quotes, not by 3"):
        maps.region(3)


def test_names_in_five_languages() -> None:
    card = maps.region().scene.names["UZB"].card
    assert [text for _, text, _ in card][:5] == [
        *(places.name("UZB", code) for code in ("zh", "ru", "kk", "uz")),
        "Tashkent",
    ]
    assert ("Capital", "Nur-Sultan", "en") in maps.region().scene.names["KAZ"].card


# -- the journey


def test_the_journey_has_its_legs_and_meetings() -> None:
    scene = maps.trip().scene
    assert [step.label for step in scene.steps if step.label.startswith("Leg")] == ["Leg 1", "Leg 2", "Leg 3"]
    met = set(data.load("trip").query("type == 'bilateral'")["counterpart_iso3"])
    assert {k for k, v in scene.status.items() if v[0] == "b"} == met
    assert {k for k, v in scene.status.items() if v[-1] == "b"} == met
    assert len(met) == 12
    assert [label.text for label in scene.labels if label.style == "leg"] == [
        "1: 3,652 km",
        "2: 1,306 km",
        "3: 4,175 km",
    ]
    fifteenth = next(step for step in scene.steps if step.say == "15 September 2022")
    assert ("Vladimir Putin, Russia", "afternoon") in fifteenth.events


# -- the world


def test_the_votes_are_counted_as_the_table_of_resolutions_has_them() -> None:
    scene = maps.votes().scene
    marks = {key.mark.label: key.mark.code for key in scene.keys}
    for i, vote in enumerate(data.load("resolutions").sort_values("day").to_dict("records")):
        letters = [states[i] for states in scene.status.values()]
        assert letters.count(marks["voted yes"]) == vote["yes"]
        assert letters.count(marks["voted no"]) == vote["no"]
        assert letters.count(marks["abstained"]) == vote["abstain"]
        assert scene.steps[i].label == vote["title"]
    assert repr(maps.votes("hrc_xinjiang")).endswith("17 yes, 19 no, 11 abstained.")
    with pytest.raises(UnknownName, match='Did you mean "es_11_4"'):
        maps.votes("es114")


def test_every_member_of_the_un_is_on_the_world_map() -> None:
    for layer in ("world", "world_coarse"):
        on_map = {f["properties"]["id"] for f in geo.load(layer)["features"]}
        assert set(data.load("un_votes")["iso3"]) <= on_map
    assert len(data.load("un_votes")) == 193


def test_every_island_lies_on_the_globe() -> None:
    (rim,) = globe().coordinates[0]
    for shape in features("world", geo.WORLD):
        points = (
            [shape.coordinates]
            if shape.kind == "dot"
            else [at for part in shape.coordinates for at in part[0]]
        )
        for x, y in points:
            edge = max(abs(a) for a, b in rim if abs(b - y) <= 30)
            assert abs(x) <= edge + 5, shape.id


def test_a_world_map_of_own_values() -> None:
    held = data.status_by_year(2022, 2022)
    drawn = maps.world(
        held, style.STATUS, title="SCO", sentence="World map of the SCO in 2022.", source="SCO"
    )
    assert repr(drawn) == "World map of the SCO in 2022."
    assert sum(states == "m" for states in drawn.scene.status.values()) == 8
    assert len(drawn._repr_html_().encode()) <= LIMIT
    with pytest.raises(UnknownName, match='No mark "membr"'):
        maps.world(held.replace("member", "membr"), style.STATUS, title="", sentence="", source="")
    with pytest.raises(UnknownName, match='state on the world map "XYZ"'):
        maps.world(held.rename(index={"KAZ": "XYZ"}), style.STATUS, title="", sentence="", source="")


# -- the house


def test_importing_maps_loads_neither_folium_nor_pandas() -> None:
    heavy = "sorted({'folium', 'pandas', 'jinja2'} & set(sys.modules))"
    code = f"import sys; from samarkand import maps; dir(maps); print({heavy})"
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=home.ROOT
    )
    assert said.stdout.strip() == "[]"


def test_a_map_that_the_course_does_not_have() -> None:
    with pytest.raises(AttributeError, match="no attribute 'atlantis'"):
        maps.atlantis  # noqa: B018


def test_a_missing_geometry_is_named(copy: Path) -> None:
    (copy / "geo" / "region.geojson").unlink()
    with pytest.raises(DamagedData, match=r"region\.geojson is missing"):
        maps.sco()


def test_a_map_is_saved_as_a_page(tmp_path: Path) -> None:
    drawn = maps.region()
    drawn.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == drawn.page()
