"""Maps, charts, what is asked, and errors in the made-up language en-XA: what bypasses the catalogue is seen.

This file is both the test and, run by itself in that language, what gathers the texts.
"""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from said import Said

from samarkand import charts, cite, data, geo, maps, measures, notes, places, predict, questions, quiz
from samarkand.course.facts import widgets_in
from samarkand.ground import home, rooms, words
from samarkand.ground.errors import CourseError
from samarkand.page.style import STATUS

OWN = "\u27e6own\u27e7"  # what a notebook says itself
TEXTS = {"title": OWN, "source": OWN, "subtitle": OWN}
PEOPLE = pd.DataFrame({"state": ["China", "India"], "share_pct": [17.8, 17.7], "kind": ["giant", "rest"]})
YEARS = pd.DataFrame({"year": [2001, 2017], "oil_mt": [6.5, 8.0], "to": ["China", "India"]})
GROUPS = pd.DataFrame({"said": [0.5, 0.9], "came": [0.4, 0.75], "cases": [1, 4]})

CHARTS: dict[str, Callable[[], Any]] = {
    "bars": lambda: charts.bars(PEOPLE, "share_pct", "state", group="kind", reference={OWN: 20}, **TEXTS),
    "standing": lambda: charts.bars(PEOPLE, "state", "share_pct", marked=["India"], **TEXTS),
    "lines": lambda: charts.lines(YEARS, "year", "oil_mt", **TEXTS),
    "steps": lambda: charts.steps(YEARS, "year", "oil_mt", group="to", **TEXTS),
    "bands": lambda: charts.bands(YEARS, "year", "oil_mt", "to", **TEXTS),
    "calibration": lambda: charts.calibration(GROUPS, source=OWN),
    "named": lambda: charts.calibration(GROUPS.assign(name=["likely", "sure"]), source=OWN),
}

SPELLS = pd.DataFrame(
    {"iso3": "A", "status": "x", "from": pd.to_datetime(["2000-01-01"] * 2), "to": [pd.NaT] * 2}
)

ERRORS: dict[str, Callable[[], Any]] = {
    "no such table": lambda: data.load("sco_member"),
    "no day": lambda: data.members("yesterday"),
    "a day outside": lambda: data.members("1990-01-01"),
    "no such status": lambda: data.members("2022-09-15", "members"),
    "a year outside": lambda: data.status_by_year(1990, 2000),
    "no year": lambda: data.status_by_year("2000"),  # type: ignore[arg-type]
    "years the wrong way": lambda: data.status_by_year(2010, 2009),
    "two spells at once": lambda: data._by_year(SPELLS, 2000, 2001),
    "not cut off at a day": lambda: data.load("sco_membership", "2022-09-15"),
    "no such place": lambda: places.find("Kazakhstn"),
    "no code": lambda: places.get("Kazakhstan"),
    "no place": lambda: places.find(7),  # type: ignore[arg-type]
    "no such language": lambda: places.name("KAZ", "fr"),
    "no name in it": lambda: places.name("BRA", "ru"),
    "no such source": lambda: cite["XH914"],
    "several sources": lambda: cite["XH0914;ART"],
    "no source at all": cite.sources,
    "no such layer": lambda: geo.load("regoin"),
    "no point": lambda: geo.distance_km("Beijing", (0, 0)),  # type: ignore[arg-type]
    "latitude and longitude": lambda: geo.REGION.whole(116.58, 40.08),
    "opposite points": lambda: geo.great_circle((0, 0), (0, 180)),
    "shares of nothing": lambda: measures.shares(pd.Series([0.0])),
    "a negative share": lambda: measures.shares(pd.Series([-1.0])),
    "no group": lambda: measures.jaccard("KAZ", {"KAZ"}),
    "no probability": lambda: measures.brier([80], [1]),
    "not as many": lambda: measures.brier([0.8], [1, 0]),
    "no number": lambda: measures.herfindahl(["a"]),  # type: ignore[list-item]
    "no value": lambda: measures.herfindahl([]),
    "no such vote": lambda: measures.vote_agreement(["yess"], ["yes"]),
    "no such state on the map": lambda: maps.region(["USA"]),
    "a year without map": lambda: maps.sco(1990),
    "a year that is none": lambda: maps.flows("2022"),
    "no such resolution": lambda: maps.votes("es114"),
    "no such chart column": lambda: charts.bars(PEOPLE, "share_pc", "state", **TEXTS),
    "no title": lambda: charts.bars(PEOPLE, "share_pct", "state", **(TEXTS | {"title": ""})),
    "no figures": lambda: charts.lines(PEOPLE, "share_pct", "kind", **TEXTS),
    "nothing to draw": lambda: charts.bars(PEOPLE.head(0), "share_pct", "state", **TEXTS),
    "no table": lambda: charts.bars([1], "x", "y", **TEXTS),
    "no such quiz": lambda: quiz.ask("03.gpd"),
}


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a nest of lists, tuples and dicts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def of_a_map(name: str) -> Iterator[str]:
    drawn = getattr(maps, name)()
    if name != "region":
        assert len(drawn.scene.steps) > 3
    scene = drawn.scene
    yield from (scene.title, scene.lead, scene.sentence, scene.alt, repr(drawn))
    yield from (scene.range_label, scene.list_label)
    for key in scene.keys:
        yield from (key.heading, key.text or "", key.mark.label)
    yield from strings([scene.steps, list(scene.names.values()), [one.text for one in scene.labels]])
    yield from scene.ticks.values()
    yield from Said(drawn._repr_html_()).parts
    yield from Said(drawn.page()).parts
    yield from (
        one.text or "" for one in ElementTree.fromstring(drawn.still).iter() if one.tag.endswith("text")
    )


def of_the_script() -> Iterator[str]:
    """Yield what Leaflet's and the course's script write into a map."""
    script = "".join(re.findall(r"<script>(.*?)</script>", maps.region().page(), re.DOTALL))
    yield from re.findall(r'(?:textContent = |title: |"aria-label", |zoom(?:In|Out)Title:)"([^"]+)"', script)


def of_a_chart(name: str) -> Iterator[str]:
    made = CHARTS[name]().to_dict()

    def read_out(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("title", "text", "subtitle", "description", "side", "label"):
                    yield from strings(value if not isinstance(value, dict) else value.get("text", ""))
                yield from read_out(value)
        elif isinstance(part, list):
            for one in part:
                yield from read_out(one)

    yield from read_out(made)


def of_the_quiz() -> Iterator[str]:
    own = (questions.Option("A1", ""), questions.Option("B1", ""), questions.Option("C1", OWN))
    several = quiz.Choice(questions.Quiz("00.x", OWN, own, OWN))
    yield from (several.answer(*chosen) for chosen in ((), (0,), (2,), (0, 1)))
    for asked in (several, *map(quiz.ask, questions.every("quiz"))):
        yield repr(asked)
        yield from Said(asked._repr_mimebundle_()[0]["text/html"]).parts
        yield from (one.description for one in asked.children if getattr(one, "description", ""))
        yield from (one.tooltip for one in asked.children if getattr(one, "tooltip", ""))
    for id in questions.every("quiz"):
        yield from (quiz.ask(id).answer(n) for n in range(3))


def of_the_forms() -> Iterator[str]:
    """Yield what predictions and notes say: asked, filled in badly and well, seen, added up."""
    with tempfile.TemporaryDirectory() as work:
        os.environ["SAMARKAND_WORK"] = work
        yield predict.scores().sentence
        yield from (predict.see(id).sentence for id in ("04.oil", "01.distance"))
        for id, asked in questions.every("predict").items():
            form = predict.ask(id)
            yield repr(form)
            yield form.save()
            typed = [("x", "", "1,000"), ("1", "2", "1"), ("1", "0", "0"), ("1e9", "1", "1"), ("1", "0", "1")]
            for guess in [*asked.options] or typed:
                form.fill(*([guess] if asked.options else guess))
                yield form.save()
                yield from (field.complaint for field in form._fields.values() if field.complaint)
            yield predict.ask(id)._reply.value
            yield predict.see(id).sentence
            yield form.save()
            yield from (line.description for line in widgets_in(form) if getattr(line, "description", ""))
            yield from (one.tooltip for one in widgets_in(form) if getattr(one, "tooltip", ""))
            yield from Said(form._repr_mimebundle_()[0]["text/html"]).parts
        shown = predict.scores()
        yield shown.sentence
        yield from Said(shown.children[0].value).parts
        for id in questions.every("note"):
            paper = notes.note(id)
            yield from (repr(paper), paper.save(), notes.recall(id).sentence)
            paper.fill(OWN)
            yield from (paper.save(), notes.note(id)._reply.value, notes.recall(id).sentence)
            yield from Said(paper._then.value).parts
            yield from Said(paper._repr_mimebundle_()[0]["text/html"]).parts
            yield from (one.tooltip for one in widgets_in(paper) if getattr(one, "tooltip", ""))


def of_an_error(name: str) -> Iterator[str]:
    with pytest.raises(CourseError) as error:
        ERRORS[name]()
    yield str(error.value)


def gather() -> dict[str, list[str]]:
    """Return all texts by what says them."""
    found = {
        f"map {name}": list(of_a_map(name))
        for name in sorted(rooms.offers("samarkand.maps"))
        if name != "world"
    }
    status = data.status_by_year(2022, 2023)
    drawn = maps.world(status, STATUS, title=OWN, sentence=OWN, source=OWN)
    found["map world"] = [drawn.scene.alt, drawn.scene.range_label, *Said(drawn.page()).parts]
    found |= {f"chart {name}": list(of_a_chart(name)) for name in CHARTS}
    found |= {f"error {name}": list(of_an_error(name)) for name in ERRORS}
    found["quiz"] = list(of_the_quiz())
    found["forms"] = list(of_the_forms())
    found["script"] = list(of_the_script())
    listed = cite.sources("ART")
    found["sources"] = [*Said(listed._repr_html_()).parts[:1], repr(listed)]
    return found


@pytest.fixture(scope="module")
def said(spoken: Callable[..., str]) -> dict[str, list[str]]:
    return dict(json.loads(spoken("test_words_maps")))


@functools.cache
def cells() -> re.Pattern[str]:
    """Return what is data: cells of tables, names on the maps, properties of the geometry."""
    found: set[str] = set()
    for path in [*home.course_data().glob("*.csv"), *(home.ASSETS / "map").glob("*.csv")]:
        with path.open(encoding="utf-8", newline="") as file:
            found.update(cell for row in csv.reader(file) for cell in row)
    for layer in geo.LAYERS:
        found.update(value for one in geo.load(layer)["features"] for value in one["properties"].values())
    found.update(
        re.split(r"; | \(", event)[0] for event in data.load("trip")["event"]
    )  # all a map keeps of one
    found.update(
        short.partition(" (")[0] for short in data.load("resolutions")["short"]
    )  # without its number
    found = {cell for cell in found if len(cell) > 3 and (" " in cell or not cell.islower())}
    found |= {words.capitalised(cell) for cell in found}
    found |= {
        *places.LANGUAGES,
        *data.tables()["name"],
        *data.load("ties")["relation"].str.replace("-", " "),
        *(column.replace("_", " ") for column in PEOPLE.columns),
    }
    return re.compile(
        r"(?<!\w)(" + "|".join(map(re.escape, sorted(found, key=len, reverse=True))) + r")(?!\w)"
    )


#: A word of letters that the made-up language would have given accents.
WORD = r"(?<![\w.])(?=[A-Za-z]*[aceinosuyACEINOSUY])[A-Za-z]{2,}(?!\w)"
RUN = re.compile(rf"{WORD}[ ,:;]+{WORD}")


def bare(text: str, *, data_too: bool = True) -> list[str]:
    """Return the runs of English words in a text that are no data; charts here show none of the course."""
    plain = re.sub(r"<[^>]*>|https?://\S+", " ", text)
    # The names of all data are looked for where there is something to take out: that takes long.
    return RUN.findall(cells().sub("#", plain)) if data_too and RUN.search(plain) else RUN.findall(plain)


def test_the_search_finds_what_it_should() -> None:
    assert bare("Source: own count") and bare("\u27e6Ñö tàblé\u27e7 There is none") and bare("Play again")
    assert not bare("\u27e6Thé ïñ ~~~\u27e7 Saudi Arabia") and not bare("Nagorno-Karabakh 2022")


def test_every_text_bears_the_marks_and_no_english_is_left(said: dict[str, list[str]]) -> None:
    for what, texts in said.items():
        assert any("\u27e6" in text and "~" in text for text in texts), what
    left = {
        what: [
            (text, found) for text in texts if (found := bare(text, data_too=not what.startswith("chart ")))
        ]
        for what, texts in said.items()
    }
    assert not {what: found[:6] for what, found in left.items() if found}


def test_errors_replies_and_buttons_bear_them_each(said: dict[str, list[str]]) -> None:
    for what, texts in said.items():
        if what.startswith("error ") or what in ("quiz", "script"):
            unmarked = [
                text for text in texts if "\u27e6" not in text and text not in ("A1", "B1", "C1", "\u21ba")
            ]
            assert texts and not unmarked, what
    assert len(said["script"]) == 6  # zoom in and out, the whole map twice, Play, Pause


def test_marks_are_closed_as_often_as_they_are_opened(said: dict[str, list[str]]) -> None:
    for what, texts in said.items():
        whole = "".join(texts)
        assert whole.count("\u27e6") == whole.count("\u27e7"), what


if __name__ == "__main__":
    print(json.dumps(gather()))
