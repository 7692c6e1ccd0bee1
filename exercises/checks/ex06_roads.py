"""Checks of set 06, roads: the simple ruler, rows that a merge loses, residuals, expected trade, ways to a coast."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import functools
import itertools
import math
import random
from collections.abc import Callable

from samarkand import data, geo
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import Codes, Number
from samarkand_grading.marking.checks import ExerciseSet, Given, Question
from samarkand_grading.marking.inputs import Case

#: The years of the products in the first question, the second and the third.
SIZES, MERGED, PAIRED = 2021, 2016, 2012
RATIO = Number("times", 0.002, 0)
#: The lesson and its practice tell what these can expect.
SHOWN = {"KAZ", "KGZ", "TJK", "TKM", "UZB", "MNG"}
#: Old and wrong codes that tables of trade do have.
ODD = ["ROM", "ZAR", "TMP", "YUG", "DDR", "SUN", "BUR", "UKM"]


# ------------------------------------------------------------------------------------ the simple ruler


@functools.cache
def _gdp() -> dict[str, float]:
    table = data.load("indicators")
    table = table[(table["indicator"] == "gdp_current_usd") & (table["year"] == SIZES)]
    return dict(zip(table["iso3"], table["value"], strict=True))


@functools.cache
def _capitals() -> dict[str, geo.Point]:
    table = data.load("places")
    return dict(zip(table["iso3"], zip(table["capital_lat"], table["capital_lon"], strict=True), strict=True))


@functools.cache
def _km(one: str, other: str) -> float:
    return geo.distance_km(_capitals()[one], _capitals()[other])


def _sizes(given: Given) -> float:
    _, first, second = given["three"]
    return _gdp()[first] / _gdp()[second]


def _nearness(given: Given) -> float:
    home, first, second = given["three"]
    return _km(home, second) / _km(home, first)


def _ratio(given: Given) -> float:
    return _sizes(given) * _nearness(given)


def _triples() -> list[list[str]]:
    """Draw three states each, for which all known wrong ways give another number than the right one.

    So do the three digits that the lesson's explorer shows.
    """
    states = sorted(_gdp().keys() & _capitals().keys())
    homes = sorted(set(states) - SHOWN)
    draw, found = random.Random("near and far"), []
    while len(found) < 120:
        home = draw.choice(homes)
        three = {"three": [home, *draw.sample([one for one in states if one != home], 2)]}
        right, size, near = _ratio(three), _sizes(three), _nearness(three)
        wrong = (1 / right, size, near, size / near, size * near**2)
        apart = not RATIO.same(float(f"{right:.3g}"), right) and all(abs(one - right) > 0.05 for one in wrong)
        if 0.2 < right < 40 and apart and three["three"] not in found:
            found.append(three["three"])
    return found


# ------------------------------------------------------------------------------------ rows that are lost


@functools.cache
def _products(year: int) -> dict[str, float]:
    table = data.load("gravity_gdp")
    table = table[table["year"] == year]
    return dict(zip(table["iso3"], table["gdp_usd_mn"], strict=True))


@functools.cache
def _in_other_years() -> list[str]:
    """Return the states that have a product in some year of the table, and none in that of the question."""
    return sorted(set(data.load("gravity_gdp")["iso3"]) - set(_products(MERGED)))


def _own_tables() -> list[list[list[object]]]:
    """Draw tables of eight states: six have a product in 2016, one has it in other years, one has a wrong code."""
    draw, found = random.Random("rows"), []
    for _ in range(80):
        codes = [*draw.sample(sorted(_products(MERGED)), 6), draw.choice(_in_other_years()), draw.choice(ODD)]
        draw.shuffle(codes)
        found.append([[code, draw.randint(1, 900)] for code in codes])
    return found


def _codes(given: Given) -> list[str]:
    return [str(code) for code, _ in given["trade"]]


def _lost(given: Given) -> set[str]:
    return set(_codes(given)) - set(_products(MERGED))


# ------------------------------------------------------------------------------------ residuals


@functools.cache
def _pairs() -> dict[tuple[str, str], tuple[float, float]]:
    """Return flow and distance of each pair with trade."""
    table = data.load("gravity")
    table = table[(table["year"] == PAIRED) & (table["flow_usd_mn"] > 0)]
    return {(r.origin, r.destination): (r.flow_usd_mn, r.distance_km) for r in table.itertuples()}


def _coefficients() -> list[list[float]]:
    """Draw constants and the coefficients of seller, buyer and distance, near those of the year's own ruler."""
    draw, spans = random.Random("coefficients"), ((1.0, 2.0), (1.2, 1.32), (0.78, 0.86), (-2.95, -2.8))
    return [[round(draw.uniform(*span), 2) for span in spans] for _ in range(20)]


COEFFICIENTS = _coefficients()


def _logs(given: Given) -> tuple[float, float, float, float]:
    """Return the logarithms of flow, seller's size, buyer's size and distance of the student's pair."""
    origin, destination = given["pair"]
    flow, km = _pairs()[origin, destination]
    sizes = (_products(PAIRED)[one] for one in (origin, destination))
    flow, seller, buyer, km = map(math.log, (flow, *sizes, km))
    return flow, seller, buyer, km


def _residual(given: Given, *, whole: bool = True, swapped: bool = False) -> float:
    flow, seller, buyer, km = _logs(given)
    constant, b_seller, b_buyer, b_km = given["coefficients"]
    if swapped:
        b_seller, b_buyer = b_buyer, b_seller
    return flow - (constant * whole + b_seller * seller + b_buyer * buyer + b_km * km)


def _pair_options() -> list[list[str]]:
    """Choose pairs of unlike sizes, with a residual that no guess hits, by all coefficients."""
    found = []
    for origin, destination in sorted(_pairs()):
        pair = {"pair": [origin, destination]}
        _, seller, buyer, _ = _logs(pair)
        values = [_residual(pair | {"coefficients": some}) for some in COEFFICIENTS]
        guessed = any(min(abs(value), abs(value - 1)) < 0.02 or abs(value) > 9 for value in values)
        if abs(seller - buyer) > 1 and not guessed:
            found.append(pair["pair"])
    return sorted(random.Random("pair").sample(found, 60))


# ------------------------------------------------------------------------------------ expected trade


def expected_trade(seller: float, buyer: float, km: float, coefficients: list[float]) -> float:
    """Return the trade that a gravity equation expects, in million dollars; 0 where a size or the distance is 0."""
    if min(seller, buyer, km) <= 0:
        return 0.0
    constant, b_seller, b_buyer, b_km = coefficients
    return float(math.exp(constant) * seller**b_seller * buyer**b_buyer * km**b_km)


def _changed(change: Callable[[list[float]], list[float]]) -> Callable[..., float]:
    """Return the right way with other coefficients."""
    return lambda seller, buyer, km, coefficients: expected_trade(seller, buyer, km, change(coefficients))


def _as_logarithm(seller: float, buyer: float, km: float, coefficients: list[float]) -> float:
    trade = expected_trade(seller, buyer, km, coefficients)
    return math.log(trade) if trade else 0.0


def ordinary(seller: float, buyer: float, km: float, coefficients: list[float]) -> bool:
    """Tell an input that asks for nothing but what the example asks for; tests hold `_cases` to it."""
    return min(seller, buyer, km) > 0


def _pair(draw: random.Random) -> tuple[float, float, float, list[float]]:
    """Draw two unlike sizes, a distance, and coefficients with which the trade is neither tiny nor vast."""
    seller = float(draw.randint(2_000, 40_000))
    buyer = float(draw.randint(5, 50)) * seller
    km = float(draw.randint(400, 9_000))
    powers = [round(draw.uniform(*span), 2) for span in ((1.0, 1.4), (0.5, 0.9), (-2.9, -1.2))]
    logs = [math.log(one) for one in (seller, buyer, km)]
    wanted = draw.uniform(math.log(20), math.log(9_000))
    constant = round(wanted - sum(b * x for b, x in zip(powers, logs, strict=True)), 2)
    return seller, buyer, km, [constant or 1.0, *powers]


def _cases(draw: random.Random) -> list[Case]:
    """Draw what the function is called with: first the example, then ordinary inputs, then edges."""
    (seller, buyer, _, some), (one, other, km, more) = _pair(draw), _pair(draw)
    sizes = draw.choice([(0.0, other), (one, 0.0)])
    return [
        Case((50_000.0, 400_000.0, 2_000.0, [2.0, 1.0, 0.5, -1.5])),
        *(Case(_pair(draw)) for _ in range(6)),
        Case((seller, buyer, 0.0, some), edge="a distance of zero"),
        Case((*sizes, km, more), edge="a GDP of zero"),
    ]


# ------------------------------------------------------------------------------------ ways to a coast

#: Codes of invented states.
LAND = ["ARD", "BEL", "COR", "DUN", "ELM", "FEN", "GIL", "HAV", "ILM"]

Borders = list[tuple[str, str]]


def _around(borders: Borders, state: str) -> set[str]:
    return {b for a, b in borders if a == state} | {a for a, b in borders if b == state}


def _locked(
    borders: Borders, coast: set[str], asked: Callable[[list[bool]], bool] = all, *, own: bool = True
) -> set[str]:
    """Return the states without a coast of which all neighbours, or some, have none."""
    states = set(itertools.chain(*borders))
    return {
        state
        for state in states
        if not (own and state in coast) and asked([one not in coast for one in _around(borders, state)])
    }


def _one_way(borders: Borders, coast: set[str]) -> set[str]:
    """Return what is found by who reads a border only from its first state to its second."""
    firsts = {a for a, _ in borders} - coast
    return {one for one in firsts if all(b not in coast for a, b in borders if a == one)}


def _lands() -> list[list[list[object]]]:
    """Draw lands in which every known wrong way finds other states than the right one."""
    draw, found = random.Random("land"), []
    while len(found) < 60:
        links = {(a, b) for a, b in itertools.pairwise(draw.sample(LAND, len(LAND)))}
        links |= {tuple(draw.sample(LAND, 2)) for _ in range(4)}
        borders = sorted({tuple(sorted(link, key=lambda one: draw.random())) for link in sorted(links)})
        if len({frozenset(link) for link in borders}) < len(borders):
            continue
        coast = set(draw.sample(LAND, 3))
        right = _locked(borders, coast)
        wrong = [
            set(LAND) - coast,
            _locked(borders, coast, any),
            _locked(borders, coast, own=False),
            _one_way(borders, coast),
        ]
        if 1 <= len(right) <= 3 and all(way != right for way in wrong):
            found.append([sorted(coast), [list(link) for link in borders]])
    return found


def _of(given: Given) -> tuple[Borders, set[str]]:
    coast, borders = given["land"]
    return [(str(a), str(b)) for a, b in borders], set(coast)


SET = ExerciseSet(
    id="ex06_roads",
    lesson="06_roads",
    options={
        "three": _triples(),
        "trade": _own_tables(),
        "pair": _pair_options(),
        "coefficients": COEFFICIENTS,
        "land": _lands(),
    },
    questions=(
        Question(
            "q1", "ratio", 1, RATIO, _ratio,
            "The first partner's GDP divided by the second's, times the distance to the second divided by that to the first.",
            "06_roads: 2. What should one expect?",
            (
                Diagnosis("The two partners have changed places: the first is divided by the second.", lambda g: 1 / _ratio(g), excluded_by="a state, a first partner and a second one ... with the first partner as with the second"),
                Diagnosis("The distances have changed places: trade falls with distance.", lambda g: _sizes(g) / _nearness(g)),
                Diagnosis("This is the ratio of sizes alone: the distances are missing.", _sizes),
                Diagnosis("This is the ratio of distances alone: the sizes are missing.", _nearness),
                Diagnosis("The distances are squared: the simple ruler takes them as they are.",
                          lambda g: _sizes(g) * _nearness(g) ** 2),
            ),
            varies=True, uses=("three",),
        ),
        Question(
            "q2", "lost", 2, Codes(), _lost,
            "Merge with the rows of 2016 only, keep all rows of yours, and look at those that found no match.",
            "06_roads: 4. Gravity by hand",
            (
                Diagnosis("These found their match: the question asks for the others.", lambda g: set(_codes(g)) - _lost(g), excluded_by="Two of your codes find no match there"),
                Diagnosis("These are all of your codes: which of them found no match?", lambda g: set(_codes(g))),
                Diagnosis("One of them has a GDP in another year: keep the rows of 2016 before you merge.",
                          lambda g: set(_codes(g)) - set(data.load("gravity_gdp")["iso3"]), excluded_by="the rows of `gravity_gdp` for 2016"),
            ),
            varies=True, uses=("trade",),
        ),
        Question(
            "q3", "residual", 2, Number("natural logarithm", 0.01), _residual,
            "The logarithm of the trade counted, minus the constant and the coefficients times the logarithms of sizes and distance.",
            "06_roads: 4. Gravity by hand",
            (
                Diagnosis("The sign is turned: it is counted minus expected.", lambda g: -_residual(g),
                          excluded_by="the natural logarithm (`np.log`) of the trade counted, minus that of the trade expected"),
                Diagnosis("This is the factor: the question asks for the residual, a logarithm.", lambda g: math.exp(_residual(g))),
                Diagnosis("The constant is missing.", lambda g: _residual(g, whole=False)),
                Diagnosis("The coefficients of seller and buyer have changed places.", lambda g: _residual(g, swapped=True), excluded_by="the seller's GDP, the buyer's GDP and the distance"),
                Diagnosis("This is the logarithm of the trade expected: take it from that of the trade counted.",
                          lambda g: _logs(g)[0] - _residual(g)),
                Diagnosis("This is the logarithm of the trade counted: what is expected?", lambda g: _logs(g)[0]),
            ),
            varies=True, uses=("pair", "coefficients"),
        ),
        Question(
            "q4", "expected_trade", 3, Number("USD mn", 0.1, 0), expected_trade,
            "Add up the constant and, for each quantity, its coefficient times its np.log; np.exp of this sum is the trade. Return 0 where a GDP or the distance is 0.",
            "06_roads: 4. Gravity by hand",
            (
                Diagnosis("This is the logarithm of the trade: np.exp(...) makes dollars of it.", _as_logarithm, excluded_by="It returns the trade that the equation expects, in million dollars"),
                Diagnosis("The constant is missing: it belongs in the sum, inside the brackets of np.exp.", _changed(lambda c: [0.0, *c[1:]])),
                Diagnosis("The coefficients of seller and buyer have changed places.", _changed(lambda c: [c[0], c[2], c[1], c[3]]), excluded_by="the coefficients of seller, buyer and distance"),
                Diagnosis("Trade grows with the distance here: the coefficient of the distance keeps its sign.",
                          _changed(lambda c: [*c[:3], -c[3]])),
                Diagnosis("The constant is used as a power of 10: these are natural logarithms, which np.exp undoes.",
                          _changed(lambda c: [c[0] * math.log(10), *c[1:]])),
                Diagnosis("This is the simple ruler: use the coefficients.", _changed(lambda c: [0.0, 1.0, 1.0, -1.0])),
            ),
            cases=_cases,
        ),
        Question(
            "q5", "locked", 2, Codes(), lambda g: _locked(*_of(g)),
            "A state is meant if it has no coast, and no state that it borders on has one.",
            "06_roads: 6. A road is an argument, too",
            (
                Diagnosis("These have no coast. Keep only those whose neighbours all have no coast either.",
                          lambda g: {one for link in _of(g)[0] for one in link} - _of(g)[1]),
                Diagnosis("These have at least one neighbour without a coast: all of their neighbours must be without one.", lambda g: _locked(*_of(g), any),
                          excluded_by="and only neighbours that have none"),
                Diagnosis("Among these is one that has a coast itself.", lambda g: _locked(*_of(g), own=False), excluded_by="Which states have no coast themselves"),
                Diagnosis("A border is read one way only: a state may stand second in the pair.", lambda g: _one_way(*_of(g)), excluded_by="in either order"),
            ),
            varies=True, uses=("land",),
        ),
    ),
)  # fmt: skip
