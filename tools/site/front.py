"""Make the site's front page: a sentence, a living map with a question, three doors, and a card a lesson.

Figures, titles, questions and minutes come from the lessons and tables, so that none is written twice. The
page is one file that loads nothing.
"""

import itertools
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from samarkand import data, geo, places
from samarkand.common.words import write_day
from samarkand.html.markup import escape_html
from samarkand.maps._shapes import Shape, contested_areas, read_features
from samarkand.sources import cite
from tools.author import lessons
from tools.site.cells import make_element
from tools.site.deck import render_template

HERE = Path(__file__).resolve().parent / "front"
NAME = "Samarkand 2022: reading a summit with data"
DESCRIPTION = (
    "A free course in reading the news with data: one article about a summit, {many} lessons, and tables "
    "and maps to test what it says. No Python needed to begin."
)
#: Whole numbers in words, from none on.
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
)
#: Width and height of the map in units of its drawing, kilometres in a unit, and its north-western corner.
WIDTH, HEIGHT, SCALE, WEST, NORTH = 720, 500, 5.5, -2180, 1330
#: The four capitals of the question: where each name is written, from its dot.
ASKED = {
    "RUS": (0, -14, "start"),
    "TUR": (-6, -14, "start"),
    "IRN": (0, 26, "middle"),
    "IND": (0, 26, "middle"),
}
#: The leaders of the question, as the table of the trip calls their states.
LEADERS = {"RUS": "Putin", "TUR": "Erdogan", "IRN": "Raisi", "IND": "Modi"}
#: Latitude and longitude of the names of states.
STATES = {
    "RUS": (59, 75),
    "CHN": (33.5, 103),
    "KAZ": (48.2, 64),
    "IND": (24.6, 80),
    "IRN": (32, 54.5),
    "MNG": (48.6, 101),
}
#: Where he landed: the name, and where it is written.
STOPS = {"Beijing": (2, -16, "middle"), "Nur-Sultan": (0, -16, "middle"), "Samarkand": (-14, -8, "end")}
Spot = tuple[int, int]


@dataclass(frozen=True)
class Card:
    """A lesson's card: what identifies it, and what a reader wants to know before she opens it.

    Attributes
    ----------
    name : str
        The notebook's, without its ending.
    number : str
        Two digits, ``"03"``.
    title, question : str
        As at the top of the lesson.
    minutes : str
        Its time as the lesson's own card has it, such as ``"44 and 44"``; "" if it says none.
    total : int
        The sum of these minutes.
    motif : str
        The picture, as SVG.
    """

    name: str
    number: str
    title: str
    question: str
    minutes: str
    total: int
    motif: str


@cache
def make_cards() -> list[Card]:
    """Return a card for each lesson, in order."""
    motifs = tomllib.loads((HERE / "motifs.toml").read_text(encoding="utf-8"))
    found = []
    for lesson in lessons.read_all_lessons():
        top = "\n".join(cell.source for cell in lesson.prose[:4])  # the lesson's own card is in it
        time = re.search(r"\*\*Time\*\* \| (.*?) minutes? *\|", top)
        minutes = time[1] if time else ""
        halves = [int(digits) for digits in re.findall(r"\d+", minutes)]
        card = Card(
            name=lesson.name,
            number=lesson.number,
            title=lesson.title,
            question=lesson.question,
            minutes=minutes,
            total=sum(halves),
            motif=motifs.get(lesson.number, motifs["00"]),
        )
        found.append(card)
    return found


def render_front_page(*, lite: bool, head: str, foot: str) -> str:
    """Return the front page; `head` and `foot` are what all pages of the site have in theirs, as HTML.

    With `lite`, the door *Run it here* leads to the course in the page; else to the page that explains it.
    """
    shown = make_cards()
    trip = data.load("trip")
    met = trip[trip["type"] == "bilateral"]
    unmet = trip[(trip["type"] == "non-event") & trip["counterpart_iso3"].notna()].iloc[0]
    absent = LEADERS[unmet["counterpart_iso3"]]
    guesses = []
    for code, name in LEADERS.items():
        says = f"Yes: {name}." if name == absent else f"No: he met {name}. It was {absent}."
        guesses.append({"name": name, "place": places.get(code).capital, "says": says})
    hours = round(sum(card.total for card in shown) / 60)
    first, last = (trip["day"].min(), trip["day"].max())
    return render_template(
        "front.html",
        name=NAME,
        description=describe_course(),
        many=in_words(len(shown)),
        hours=hours,
        lessons=shown,
        lite=lite,
        first=shown[1],
        map=draw_map(),
        guesses=guesses,
        met=in_words(len(met)),
        unmet=absent,
        days=f"{first.day} to {write_day(last)}",
        head=head,
        foot=foot,
        css=read_text("front.css"),
        sources=[cite[key] for key in unmet["source"].split(";")],
        js=read_text("front.js"),
        course=json.dumps(in_schema(hours), ensure_ascii=False),
    )


def render_missing_page(address: str) -> str:
    """Return the page that a server shows for an address that does not exist, of a site at `address`."""
    base = re.sub(r"^https?://[^/]+", "", address) or "/"
    return render_template("missing.html", base=base, lessons=make_cards(), css=read_text("front.css"))


def describe_course() -> str:
    """Return a sentence or two on the course for search engines, and for who gets a link to it."""
    return DESCRIPTION.format(many=in_words(len(make_cards())))


def in_words(number: int) -> str:
    """Return a whole number in words, a large one in figures."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def in_schema(hours: int) -> dict[str, Any]:
    """Return the course as schema.org describes one."""
    return {
        "@context": "https://schema.org",
        "@type": "Course",
        "name": NAME,
        "description": describe_course(),
        "provider": {"@type": "Organization", "name": "The maintainers of Samarkand 2022"},
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "educationalLevel": "beginner",
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "online",
            "courseWorkload": f"PT{hours}H",
        },
    }


def read_text(name: str) -> str:
    """Return a file of the front page."""
    return (HERE / name).read_text(encoding="utf-8").strip()


def draw_map() -> str:
    """Return the map as SVG: land, contested areas, the flights, and hidden the meetings."""
    trip = data.load("trip")
    then = f"{trip['day'].max():%Y-%m-%d}"
    known = contested_areas("region_coarse")
    claimed = {one["id"] for one in known if one["since"] <= then < (one["until"] or "9999")}
    areas = [shape for shape in read_features("region_coarse") if shape.kind == "area"]
    land = "".join(draw_outline(one) for one in areas if one.id not in claimed)
    hatched = "".join(draw_outline(one) for one in areas if one.id in claimed)
    flights = trip[trip["to_place"].notna()]
    legs = ""
    spots: dict[str, Spot] = {}
    for flight in flights.to_dict("records"):
        ends = ((flight["lat"], flight["lon"]), (flight["to_lat"], flight["to_lon"]))
        line = [place_location(*point) for point in geo.great_circle(*ends, steps=12)]
        legs += make_element("path", class_="leg", d="M" + "L".join(f"{x},{y}" for x, y in line))
        spots |= {flight["place"]: line[0], flight["to_place"]: line[-1]}
    host = spots["Samarkand"]
    meetings = ""
    for code in trip.loc[trip["type"] == "bilateral", "counterpart_iso3"]:
        if code not in ("KAZ", "UZB"):  # his hosts, where he is already
            x, y = place_capital(code)
            meetings += make_element("path", class_="meet", d=f"M{host[0]},{host[1]}L{x},{y}")
            meetings += make_element("circle", class_="meet", cx=x, cy=y, r=5)
    names = "".join(
        write_name(place_location(*at), places.name(code).upper(), "state") for code, at in STATES.items()
    )
    for code, (right, down, anchor) in ASKED.items():
        x, y = place_capital(code)
        names += make_element("circle", class_="asked", cx=x, cy=y, r=6)
        names += write_name((x + right, y + down), str(places.get(code).capital), choose_side(down), anchor)
    for place, (right, down, anchor) in STOPS.items():
        x, y = spots[place]
        names += make_element("circle", class_="stop", cx=x, cy=y, r=7)
        names += write_name((x + right, y + down), place, f"b {choose_side(down)}", anchor)
    said = "Map of Asia: Xi Jinping flies from Beijing to Nur-Sultan and Samarkand and back."
    hatch = '<path fill="var(--land)" d="M0 0h5v5H0z"/><path fill="var(--hatch)" d="M0 0h1.2v5H0z"/>'
    inner = (
        f'<defs><pattern id="hatch" width="5" height="5" patternTransform="rotate(-45)" '
        f'patternUnits="userSpaceOnUse">{hatch}</pattern></defs>'
        f'<path fill="var(--sea)" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>'
        f'<path fill="var(--land)" stroke="var(--border)" stroke-width=".7" d="{land}"/>'
        f'<path fill="url(#hatch)" d="{hatched}"/>{meetings}{legs}{names}'
    )
    return make_element("svg", inner, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=said)


def choose_side(down: int) -> str:
    """Return the class of a name above or below its dot."""
    return "above" if down < 0 else "below"


def write_name(at: Spot, words: str, look: str, anchor: str = "middle") -> str:
    """Return a name on the map."""
    return make_element("text", escape_html(words), x=at[0], y=at[1], text_anchor=anchor, class_=look)


def place_location(lat: float, lon: float) -> Spot:
    """Return where a place is in the drawing."""
    return place_point(geo.REGION.exact(lat, lon))


def place_capital(code: str) -> Spot:
    """Return where a state's capital is in the drawing."""
    place = places.get(code)
    return place_location(float(place.lat or 0), float(place.lon or 0))


def place_point(point: Sequence[float]) -> Spot:
    """Return a projected point, in kilometres, in the units of the drawing."""
    x, y = point
    return round((x - WEST) / SCALE), round((NORTH - y) / SCALE)


def draw_outline(shape: Shape) -> str:
    """Return the path of an area, without rings that are out of the picture or too small to be seen."""
    paths = []
    for polygon in shape.coordinates:
        for ring in polygon:
            corners: list[Spot] = []
            for point in map(place_point, ring):
                if not corners or corners[-1] != point:
                    corners.append(point)
            xs, ys = [x for x, _ in corners], [y for _, y in corners]
            outside = max(xs) < 0 or min(xs) > WIDTH or max(ys) < 0 or min(ys) > HEIGHT
            if outside or max(xs) - min(xs) + max(ys) - min(ys) < 6:
                continue
            steps = [f"{x - u},{y - v}" for (u, v), (x, y) in itertools.pairwise(corners[:-1])]
            paths.append(f"M{xs[0]},{ys[0]}l{' '.join(steps)}z")
    return "".join(paths).replace(",-", "-").replace(" -", "-")
