"""The course's maps by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from samarkand import data, geo, places
from samarkand.ground.errors import OutOfRange, WrongType, unknown
from samarkand.maps.journey import Flight, Stage, on, stages, ticks
from samarkand.maps.layers import Key, Label, Name, Scene, Shape, Step, features, globe, graticule, labels
from samarkand.maps.offline import OfflineMap, Shapes
from samarkand.page.style import PLACES, STATUS, VOTES, Mark

#: Corners of the views, (x, y) in map units: all of Eurasia with Egypt and Maldives; Turkey and Belarus to
#: Beijing.
EURASIA = ((-2900, -2330), (2350, 2640))
WORLD = ((-1690, -640), (1690, 840))
HEARTLAND = ((-2060, -1290), (1820, 1500))

#: Capitals that were called otherwise on the days of the journey; the table ``places`` tells when and why.
CAPITALS_2022 = {"KAZ": "Nur-Sultan"}

_BORDERS = (
    "Lambert’s equal-area projection. Borders by who holds the ground: Natural Earth 1:50m, public domain."
)
_CONTESTED = (
    "<b>Hatched</b>, claimed by more than one side and in no state’s colour: Abkhazia, Arunachal Pradesh, "
    "Crimea (from 2014), Golan Heights, Halaib Triangle, Kashmir in all its parts, Nagorno-Karabakh "
    "(to 2023), Northern Cyprus, South Ossetia, southern Kuril Islands, Taiwan, Transnistria, and the "
    "regions of Ukraine that Russia declared annexed on 30 September 2022: Donetsk, Kherson, Luhansk and "
    "Zaporizhzhia."
)


def sco(year: int = 2022) -> OfflineMap:
    """Draw the Shanghai Cooperation Organisation, year by year.

    A range inside the map runs from 1996 to 2025; each year shows the status on 31 December.

    Parameters
    ----------
    year : int, default 2022
        The year shown first.

    Returns
    -------
    OfflineMap
        A folium map; the last line of a cell shows it.

    Raises
    ------
    OutOfRange
        If the year is not covered.
    WrongType
        If the year is no whole number.

    Examples
    --------
    >>> sco(2022)
    Map of the SCO, 1996 to 2025. 2022: 8 members, 4 observers, 9 dialogue partners on 31 December.
    """
    held = data.status_by_year()
    years = [int(y) for y in held.columns]
    at = place_of(year, years, "the SCO")
    status = {
        str(iso3): "".join("-" if pd.isna(one) else STATUS[one].code for one in row)
        for iso3, row in zip(held.index, held.to_numpy(), strict=True)
    }
    steps = sco_steps(status, years)
    contested, about = contested_areas([f"{y}-12-31" for y in years])
    shown = steps[at]
    family = ("member", "observer", "dialogue partner", "SCO partner", "Shanghai Five")
    keys = [Key(STATUS[one], _capital(STATUS[one].plural), counted=True) for one in family]
    scene = Scene(
        title="The Shanghai Cooperation Organisation",
        lead="Who belonged to it, and how closely",
        sentence=f"Map of the SCO, {years[0]} to {years[-1]}. {shown.say}.",
        alt="Map of Asia and eastern Europe: states of the Shanghai Cooperation Organisation on 31 December "
        f"{year}. {_listed(status, at)}",
        bounds=EURASIA,
        keys=[*keys, Key(STATUS["contested"], "Contested", "named below")],
        steps=steps,
        step=at,
        status=status | contested,
        names=_names(status) | about,
        labels=labels(),
        ticks={years.index(y): f"{blank}{y}" for y, blank in _TICKS if y in years},
        first="KAZ",
        height_px=(690, 900),
        note=f"<b>Bold</b>: new in the year shown. {_CONTESTED} {_BORDERS} "
        "Source: declarations of the SCO and press (table <i>sco_membership</i>).",
    )
    return _drawn(scene)


_TICKS = [
    (1996, ""),
    (2001, ""),
    (2005, " "),
    (2009, ""),
    (2012, " "),
    (2015, ""),
    (2017, " "),
    (2022, ""),
    (2025, ""),
]


def sco_steps(status: dict[str, str], years: Sequence[int]) -> list[Step]:
    """Say for each year how many states had which status, and what was new.

    Parameters
    ----------
    status : dict of str to str
        For each state (ISO3) one letter a year, `Mark.code` of `style.STATUS` or ``-``.
    years : sequence of int
        The years.

    Returns
    -------
    list of Step
    """
    marks = [m for name, m in STATUS.items() if name != "contested"]
    steps = []
    for i, year in enumerate(years):
        count = {m.code: sum(row[i] == m.code for row in status.values()) for m in marks}
        if count["f"]:
            say = f"{year}: the Shanghai Five, not yet an organisation"
        else:
            parts = [
                f"{count[m.code]} {m.plural if count[m.code] > 1 else m.label}"
                for m in marks
                if count[m.code]
            ]
            say = f"{year}: " + ", ".join(parts) + " on 31 December"
        new = {
            m.code: sorted(places.name(k) for k, row in status.items() if row[i] == m.code != row[i - 1])
            for m in marks
            if i
        }
        if not i:
            more = "China, Kazakhstan, Kyrgyzstan, Russia and Tajikistan meet in Shanghai."
        elif new["m"] and any(row[i - 1] == "f" for row in status.values()):
            joined = [places.name(k) for k, row in status.items() if row[i] == "m" and row[i - 1] != "f"]
            more = f"The five and {_and(joined)} found the organisation."
        elif new["p"] and not count["o"] + count["d"]:
            joined = [places.name(k) for k, row in status.items() if row[i] == "p" and row[i - 1] == "-"]
            more = f"Observers and dialogue partners become SCO partners; {_and(joined)} joins them."
        else:
            more = " ".join(
                f"New {m.plural if len(new[m.code]) > 1 else m.label}: {_and(new[m.code])}."
                for m in marks
                if new[m.code]
            )
        steps.append(Step(str(year), say, more))
    return steps


def region(highlight: Iterable[str] | str | None = None, *, title: str | None = None) -> OfflineMap:
    """Draw a first map of the region: the states of the SCO's world by name, some picked out.

    Hovering or focusing a state gives its names in five languages and its capital.

    Parameters
    ----------
    highlight : str or iterable of str, optional
        States to pick out, by name or ISO3 code; Kazakhstan and Uzbekistan if left out.
    title : str, optional
        Another headline.

    Returns
    -------
    OfflineMap

    Raises
    ------
    UnknownName
        If a state is not known, or is not on this map.

    Examples
    --------
    >>> region(["Mongolia"])
    Map of Asia and eastern Europe with Mongolia picked out.
    """
    asked = (
        ["KAZ", "UZB"]
        if highlight is None
        else [highlight]
        if isinstance(highlight, str)
        else list(highlight)
    )
    chosen = list(dict.fromkeys(places.find(one) for one in asked))
    on_map = {shape.id for shape in features("region")}
    world = {str(iso3) for iso3 in data.status_by_year().index}
    known = sorted(on_map & {place.iso3 for place in places.all()})
    for iso3 in chosen:
        if iso3 not in known:
            raise unknown(
                "state on the map of the region", places.name(iso3), [places.name(k) for k in known]
            )
    picked = _and([places.name(one) for one in chosen]) or "nothing"
    status = {iso3: "h" if iso3 in chosen else "s" for iso3 in sorted(world | set(chosen))}
    contested, about = contested_areas(["2022-09-15"])
    capitals = [places.get(iso3) for iso3 in chosen]
    seats = {p.iso3: geo.project(p.lat, p.lon) for p in capitals if p.lat is not None and p.lon is not None}
    cities = [
        Label(
            "",
            CAPITALS_2022.get(p.iso3, p.capital),
            *seats[p.iso3],
            11,
            7,
            9 if p.iso3 == "UZB" else -9,
            "city small",
        )
        for p in capitals
        if p.iso3 in seats
    ]
    scene = Scene(
        title=title or "Between Moscow, Beijing and Tehran",
        lead="Point at a state, or press the arrow keys, for its names in five languages",
        sentence=f"Map of Asia and eastern Europe with {picked} picked out.",
        alt=f"Map of Asia and eastern Europe with {picked} picked out, among the {len(world)} states that "
        "belong to the world of the Shanghai Cooperation Organisation: members, observers and "
        "partners, 1996 to 2025.",
        bounds=EURASIA,
        keys=[
            Key(PLACES["chosen"], picked, text=""),
            Key(
                PLACES["around"],
                "SCO world",
                text="Members, observers and partners of the Shanghai Cooperation Organisation, 1996 to 2025",
            ),
            Key(STATUS["contested"], "Contested", "named below"),
        ],
        steps=[Step("")],
        status=status | contested,
        names={iso3: _in_five_languages(iso3) for iso3 in known} | about,
        labels=[*cities, *labels()],
        first=chosen[0] if chosen else "",
        note=f"{_CONTESTED} {_BORDERS} Names and capitals: table <i>places</i>.",
        news=False,
    )
    return _drawn(scene, [Shape("", "capital", "dot", list(xy), 3.5) for xy in seats.values()])


def trip() -> OfflineMap:
    """Draw the journey of 14 to 16 September 2022: Beijing, Nur-Sultan, Samarkand, Beijing.

    Great circles, numbered; a range inside the map goes through the journey, fills the states whose leaders
    were met and lists what happened.

    Returns
    -------
    OfflineMap

    Examples
    --------
    >>> trip()
    Map of the journey Beijing - Nur-Sultan - Samarkand - Beijing, 14 to 16 September 2022: 9,133 km.
    """
    journey = stages(data.load("trip"))
    flights = [stage.flight for stage in journey if stage.flight]
    states = sorted({iso3 for stage in journey for iso3 in stage.met})
    contested, about = contested_areas(["2022-09-16"] * (len(journey) + 1))
    total = sum(flight.km for flight in flights)
    route = " - ".join([flights[0].start, *(flight.end for flight in flights)])
    days = f"{journey[0].day.day} to {on(journey[-1].day)}"
    overview = Step(
        f"{total:,} km",
        f"{len(flights)} flights, {len(states)} leaders met one to one",
        events=tuple((f"{f.number}  {f.start} to {f.end}", f"{f.km:,} km") for f in flights),
    )
    scene = Scene(
        title="Three days in September",
        lead=f"Xi Jinping’s journey, {days}",
        sentence=f"Map of the journey {route}, {days}: {total:,} km.",
        alt=f"Map of Xi Jinping’s journey {route}, {days}, on great circles: "
        + ", ".join(f"leg {f.number} {f.km:,} km" for f in flights)
        + f". Filled: the {len(states)} states whose leaders he met one to one: "
        + _and(sorted(places.name(one) for one in states))
        + ".",
        bounds=HEARTLAND,
        keys=[
            Key(PLACES["route"], "Flights, on great circles", text=""),
            Key(PLACES["met"], "Leaders met one to one", "", counted=True),
            Key(STATUS["contested"], "Contested", text=""),
        ],
        steps=[overview, *(stage.step for stage in journey)],
        status=_until_now(journey, states) | contested,
        names=_names(states)
        | {
            f.id: Name(f"Leg {f.number}: {f.start} to {f.end}", "", f"{f.km:,} km, {on(f.day)}")
            for f in flights
        }
        | about,
        labels=[
            *_route_labels(flights),
            *labels({"KAZ": (48.4, 77.0), "KGZ": (40.4, 77.5), "MNG": (44.6, 105.5)}, seas=False),
        ],
        ticks=dict(enumerate(["All", *ticks(journey)])),
        range_label="Stage of the journey",
        list_label="States and flights on the map. Arrow keys go from one to the next.",
        first="KAZ",
        pace_ms=2400,
        aside_px=290,
        height_px=(680, 940),
        note="Great-circle distances between airports. "
        "<b>Hatched</b>, claimed by more than one side: Abkhazia, Arunachal Pradesh, Crimea, Kashmir in "
        f"all its parts, Nagorno-Karabakh, South Ossetia, Taiwan, Transnistria. {_BORDERS} "
        "Source: Xinhua and other agencies (table <i>trip</i>).",
    )
    casing = [Shape("", "casing", "line", [f.line]) for f in flights]
    lines = [Shape(f.id, "leg", "line", [f.line]) for f in flights]
    stops = [Shape("", "stop", "dot", list(geo.project(*f.a)), 5) for f in flights]
    return _drawn(scene, [*casing, *lines, *stops])


def votes(resolution: str = "es_11_1") -> OfflineMap:
    """Draw how the states of the world voted on Ukraine and on Xinjiang in 2022.

    Four votes, chosen inside the map: three of the General Assembly, one of the Human Rights Council.

    Parameters
    ----------
    resolution : str, default "es_11_1"
        The vote shown first, by its name in the table ``resolutions``.

    Returns
    -------
    OfflineMap

    Raises
    ------
    UnknownName
        If there is no such vote.

    Examples
    --------
    >>> votes()
    World map of four votes in the UN, 2022. ES-11/1, 2 March 2022: 141 yes, 5 no, 35 abstained.
    """
    table = data.load("resolutions").sort_values("day")
    names = [str(name) for name in table["vote"]]
    if resolution not in names:
        raise unknown("vote", resolution, names)
    at = names.index(resolution)
    records = table.to_dict("records")
    first = records[at]
    return world(
        data.load("un_votes").set_index("iso3")[names],
        VOTES,
        title="How the world voted in 2022",
        sentence="World map of four votes in the UN, 2022. "
        f"{first['number']}, {on(first['day'])}: {_tally(first)}.",
        steps=[_vote(record) for record in records],
        step=at,
        ticks=[on(record["day"], year=False) for record in records],
        listed=["no"],
        range_label="Vote",
        source="roll calls as printed by the UN and the press (tables <i>un_votes</i>, <i>resolutions</i>)",
    )


def _tally(vote: dict[Hashable, Any]) -> str:
    return f"{vote['yes']} yes, {vote['no']} no, {vote['abstain']} abstained"


def _vote(vote: dict[Hashable, Any]) -> Step:
    missed = f", {vote['did_not_vote']} did not vote" if vote["did_not_vote"] else ""
    passed = "" if vote["yes"] > vote["no"] else ", rejected"
    said = f"{vote['body']}, {on(vote['day'])}: {_tally(vote)}{missed}"
    return Step(str(vote["title"]), said, f"{vote['number']}{passed}")


def world(  # noqa: PLR0913 - all but two are named
    values: pd.DataFrame,
    marks: Mapping[str, Mark],
    *,
    title: str,
    sentence: str,
    steps: Sequence[Step] | None = None,
    step: int = 0,
    ticks: Sequence[str] | None = None,
    listed: Iterable[str] = (),
    range_label: str = "Step",
    source: str = "",
) -> OfflineMap:
    """Draw values of the states of the world, one step a column.

    Parameters
    ----------
    values : pandas.DataFrame
        Index ISO3; cells are keys of `marks`, or missing.
    marks : mapping of str to Mark
        How each value looks.
    title, sentence : str
        Headline, and what ``repr`` says.
    steps : sequence of Step, optional
        What is said at each column; its name if left out.
    step : int
        The column shown first.
    ticks : sequence of str, optional
        What is written below the range.
    listed : iterable of str
        The values whose states are listed by name, too.
    range_label : str
        What the range is called.
    source : str
        Where the values come from; HTML.

    Returns
    -------
    OfflineMap

    Raises
    ------
    UnknownName
        If a state is not on the map, or a cell is no key of `marks`.
    """
    shapes = features("world", projection=geo.project_world_exact)
    drawn = {shape.id for shape in shapes}
    status = {}
    for iso3, row in zip(values.index, values.to_numpy(), strict=True):
        if iso3 not in drawn:
            raise unknown("state on the world map", iso3, drawn)
        for cell in row:
            if not pd.isna(cell) and cell not in marks:
                raise unknown("mark", cell, marks)
        status[str(iso3)] = "".join("-" if pd.isna(cell) else marks[cell].code for cell in row)
    said = list(steps) if steps else [Step(str(name)) for name in values.columns]
    contested, about = contested_areas(["2022-12-31"] * len(said), "world", "region_coarse")
    region = features("region_coarse", projection=geo.project_world_exact)
    overlay = [s for s in region if s.id in contested and s.id not in drawn and s.id != "taiwan"]
    contested = {area: contested[area] for area in sorted((drawn | {s.id for s in overlay}) & set(contested))}
    borne = {letter for letters in status.values() for letter in letters}
    named = set(listed)
    keys = [
        Key(m, _capital(m.label), None if name in named else "", counted=True) for name, m in marks.items()
    ]
    scene = Scene(
        title=title,
        sentence=sentence,
        alt=f"{sentence} A map of the world with its states filled by colour and pattern; the tables it is "
        "drawn from hold the same for each state by name.",
        bounds=WORLD,
        keys=[*(key for key in keys if key.mark.code in borne), Key(STATUS["contested"], "Contested", "")],
        steps=said,
        step=step,
        status=status | contested,
        names=_names(status) | {area: about[area] for area in contested},
        labels=labels(world=True),
        ticks=dict(enumerate(ticks or [s.label for s in said])),
        range_label=range_label,
        first=next(iter(status), ""),
        pace_ms=2400,
        news=False,
        height_px=(690, 640),
        stacked=True,
        note="<b>Hatched</b>: contested, among them Crimea and the regions of Ukraine that Russia declared "
        "annexed, Kashmir, Arunachal Pradesh, Taiwan, Western Sahara, Kosovo, Somaliland. Equal Earth "
        "projection, equal-area. Borders by who holds the ground: Natural Earth 1:110m, public domain. "
        f"Source: {source}.",
    )
    grid = graticule(geo.project_world_exact, world=True)
    ground = [globe(), grid, *(s for s in shapes if s.style == "land")]
    states = [s for s in shapes if s.style != "land" and s.kind != "dot"]
    dots = [s._replace(radius=3) for s in shapes if s.kind == "dot"]
    coarse = features("world_coarse", projection=geo.project_world_exact)
    still = [s._replace(radius=2) if s.kind == "dot" else s for s in coarse]
    picture = OfflineMap(scene, [globe(), grid, *still, *overlay])
    picture.add_child(Shapes(ground, "land"))
    picture.add_child(Shapes([*states, *overlay, *dots], "states"))
    return picture


def _until_now(journey: list[Stage], states: list[str]) -> dict[str, str]:
    """Return the states met and the flights flown up to each stage; the first step shows all."""
    done: set[str] = set()
    seen = dict.fromkeys(states, "b") | {stage.flight.id: "r" for stage in journey if stage.flight}
    for stage in journey:
        done |= {*stage.met, stage.flight.id if stage.flight else ""}
        for ident in seen:
            mark = "r" if ident.startswith("leg") else "b"
            seen[ident] += mark if ident in done else "-"
    return seen


def _route_labels(flights: list[Flight]) -> list[Label]:
    """Return the names of the stops, and number and length of each flight half way."""
    stops = {f.start: f.a for f in flights}
    beside = {"Beijing": (10, -12), "Nur-Sultan": (0, -16), "Samarkand": (-12, 4)}
    out = [
        Label("", city, *geo.project(*at), 13.5, *beside.get(city, (10, -10)), "city")
        for city, at in stops.items()
    ]
    for f in flights:
        x, y = f.line[len(f.line) // 2]
        steep = abs(f.line[0][1] - f.line[-1][1]) > abs(f.line[0][0] - f.line[-1][0])
        dx, dy = (-9, 0) if steep else (0, -12)
        out.append(Label(f.id, f"{f.number}: {f.km:,} km", x, y, 12.5, dx, dy, "leg"))
    return out


def _drawn(scene: Scene, above: Sequence[Shape] = ()) -> OfflineMap:
    """Return the map of a scene of the region: sea, lines, land, states, and what lies above them."""
    grid = graticule()
    fine, coarse = features("region"), features("region_coarse")
    drawn = OfflineMap(scene, [grid, *coarse, *above])
    drawn.add_child(Shapes([grid, *(s for s in fine if s.style == "land")], "land"))
    drawn.add_child(Shapes([s for s in fine if s.style != "land"], "states"))
    if above:
        drawn.add_child(Shapes(list(above), "above"))
    return drawn


def place_of(year: int, years: Sequence[int], what: str) -> int:
    """Return where a year stands among those of a map; one that does not is told so in a sentence.

    Raises
    ------
    OutOfRange, WrongType
        As for `sco`.
    """
    if isinstance(year, bool) or not isinstance(year, int):
        raise WrongType(f"The year is a whole number, such as 2022; got {year!r}.")
    if year not in years:
        raise OutOfRange(f"The map of {what} covers {years[0]} to {years[-1]}; {year} lies outside.")
    return years.index(year)


def contested_areas(days: Sequence[str], *layers: str) -> tuple[dict[str, str], dict[str, Name]]:
    """Return for each contested area whether it was so on each day, and what to say of it."""
    status, names = {}, {}
    for feature in (f for layer in layers or ("region",) for f in geo.load(layer)["features"]):
        p = feature["properties"]
        if p["kind"] == "contested":
            status[p["id"]] = "".join(
                "x" if p["since"] <= day < (p["until"] or "9999") else "-" for day in days
            )
            about = f"held by {p['held_by']}; claimed by {p['claimed_by']}"
            names[p["id"]] = Name(p["name"], p["part_of"], about)
    return status, names


def _names(states: Iterable[str]) -> dict[str, Name]:
    return {iso3: Name(places.name(iso3)) for iso3 in states}


def _in_five_languages(iso3: str) -> Name:
    place = places.get(iso3)
    capital = CAPITALS_2022.get(iso3, place.capital)
    card = [(places.LANGUAGES[code], places.name(iso3, code), code) for code in ("zh", "ru", "kk", "uz")]
    return Name(
        place.name,
        card=(*card, ("Capital", capital, "en"), ("Note", place.note, "en"))[: 5 + bool(place.note)],
    )


def _listed(status: dict[str, str], at: int) -> str:
    """Name the states of each status in a sentence."""
    parts = []
    for mark in STATUS.values():
        who = sorted(places.name(iso3) for iso3, row in status.items() if row[at] == mark.code)
        if who:
            parts.append(f"{_capital(mark.plural if len(who) > 1 else mark.label)}: {_and(who)}.")
    return " ".join(parts)


def _capital(text: str) -> str:
    """Return a text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
