"""Checks of set 06, roads: the yardstick, small flows, shares of all pull, the factor, who bought more."""

import functools
import random
from collections.abc import Callable

from samarkand import data, geo
from samarkand.answers.kinds import Codes, Number, PerCent
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set
from samarkand_grading.marking.inputs import Case

#: The year of the products in the first question.
SIZES = 2021
RATIO = Number("times", 0.002, 0)
#: States left out of the draw: the lesson and its practice show their results.
SHOWN = {"KAZ", "KGZ", "TJK", "TKM", "UZB", "MNG"}
YEARS = [2000, 2004, 2008, 2012, 2016]
#: Amounts in million dollars, none of which is the flow of a pair.
SMALL = [0.3, 0.7, 1.3, 2.7, 4.3, 7.7, 13.3, 27.7]


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
    """Draw triples of states for which every known wrong way gives a wrong number.

    So do the three digits that the lesson's explorer shows.
    """
    states = sorted(_gdp().keys() & _capitals().keys())
    homes = sorted(set(states) - SHOWN)
    draw = random.Random("near and far")
    found = []
    while len(found) < 120:
        home = draw.choice(homes)
        three = {"three": [home, *draw.sample([one for one in states if one != home], 2)]}
        right, size, near = _ratio(three), _sizes(three), _nearness(three)
        wrong = (1 / right, size, near, size / near, size * near**2)
        apart = not RATIO.same(float(f"{right:.3g}"), right) and all(abs(one - right) > 0.05 for one in wrong)
        if 0.2 < right < 40 and apart and three["three"] not in found:
            found.append(three["three"])
    return found


@functools.cache
def _flows(year: int) -> list[float]:
    table = data.load("gravity")
    return list(table.loc[table["year"] == year, "flow_usd_mn"])


def _at_most(given: Given, *, least: bool = False, zeros: bool = True, per: float = 100) -> float:
    """Return the per cent of flows up to an amount, or above it (`least`); `zeros` includes flows of zero."""
    flows = [one for one in _flows(given["year"]) if zeros or one > 0]
    return per * sum((one > given["small"]) == least for one in flows) / len(flows)


def _of_all_years(given: Given) -> float:
    """Return the share of all years' pairs with a flow of at most the amount, in per cent."""
    flows = data.load("gravity")["flow_usd_mn"]
    return 100 * sum(flow <= given["small"] for flow in flows) / len(flows)


#: Codes of invented buyers.
BUYERS = ["ARD", "BEL", "COR", "DUN", "ELM", "FEN"]


def _lists() -> list[list[list[object]]]:
    """Draw lists in which one to three buyers took over twice the expected amount, none nearly twice."""
    draw = random.Random("buyers")
    found = []
    while len(found) < 60:
        rows = [
            [one, draw.randint(120, 900), draw.randint(4, 90) * 100, draw.randint(110, 990)] for one in BUYERS
        ]
        given = {"buyers": rows}
        clear = all(abs(one - 2) > 0.1 for one in _factors(given).values())
        clear = clear and _more(given) not in (_more_by_gdp(given), _above_mean(given), _more(given, 1))
        if 1 <= len(_more(given)) <= 3 and clear and min(_parts(_pulls(given)).values()) > 2:
            found.append(rows)
    return found


def _parts(amounts: dict[str, float]) -> dict[str, float]:
    """Return each amount in per cent of their sum."""
    return {one: 100 * amount / sum(amounts.values()) for one, amount in amounts.items()}


def _pulls(given: Given, power: float = -1) -> dict[str, float]:
    return {code: gdp * km**power for code, gdp, km, _ in given["buyers"]}


def _shares(given: Given) -> dict[str, float]:
    return _parts({row[0]: row[3] for row in given["buyers"]})


def _factors(given: Given) -> dict[str, float]:
    expected = _parts(_pulls(given))
    return {code: share / expected[code] for code, share in _shares(given).items()}


def _more(given: Given, limit: float = 2) -> set[str]:
    return {code for code, factor in _factors(given).items() if factor > limit}


def _more_by_gdp(given: Given) -> set[str]:
    """Return who took more than twice the share that size alone would give."""
    expected = _parts(_pulls(given, 0))
    return {code for code, share in _shares(given).items() if share / expected[code] > 2}


def _above_mean(given: Given) -> set[str]:
    """Return who took more than twice the mean."""
    return {code for code, share in _shares(given).items() if share > 200 / len(BUYERS)}


def factor(sold: float, all_sold: float, pull: float, all_pull: float) -> float:
    """Return a buyer's actual share divided by its expected share; 0 if either cannot be computed."""
    return (sold / all_sold) / (pull / all_pull) if all_sold and pull else 0.0


def _otherwise(way: Callable[..., float]) -> Callable[..., float]:
    """Wrap a wrong way so that it handles the edge cases correctly."""
    return lambda sold, all_sold, pull, all_pull: (
        way(sold, all_sold, pull, all_pull) if all_sold and pull else 0.0
    )


def ordinary(sold: float, all_sold: float, pull: float, all_pull: float) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return min(sold, all_sold, pull, all_pull) > 0


def _asked(draw: random.Random) -> tuple[float, float, float, float]:
    """Draw two parts and their wholes, with clearly different ratios."""
    sold, pull = draw.randint(20, 400), draw.randint(5, 60)
    return float(sold), float(sold * draw.randint(5, 9)), float(pull), float(pull * draw.randint(11, 30))


def _cases(draw: random.Random) -> list[Case]:
    """Draw the inputs of the function: the example, then ordinary inputs, then edge cases."""
    (_, _, pull, all_pull), (sold, all_sold, _, more) = _asked(draw), _asked(draw)
    return [
        Case((300.0, 2_000.0, 50.0, 800.0)),
        *(Case(_asked(draw)) for _ in range(6)),
        Case((0.0, 0.0, pull, all_pull), edge="nothing was bought"),
        Case((sold, all_sold, 0.0, more), edge="a buyer without pull"),
    ]


SET = exercise_set(
    __file__,
    options={"three": _triples(), "year": YEARS, "small": SMALL, "buyers": _lists(), "one": BUYERS},
    questions=[
        ask(
            "q1",
            name="ratio",
            points=1,
            kind=RATIO,
            solution=_ratio,
            uses=["three"],
            typed=True,
            taught="2. What should one expect?",
            hint="The first partner's GDP divided by the second's, times the distance to the second divided by that to the first.",
            mistakes=[
                Mistake(
                    "You swapped the two partners: divide the first by the second.",
                    lambda g: 1 / _ratio(g),
                    excluded_by="a state, a first partner and a second one ... with the first partner as with the second",
                ),
                Mistake(
                    "You swapped the distances: trade falls with distance.",
                    lambda g: _sizes(g) / _nearness(g),
                ),
                Mistake(
                    "This is only the ratio of the sizes: the distances are missing.",
                    _sizes,
                ),
                Mistake(
                    "This is only the ratio of the distances: the sizes are missing.",
                    _nearness,
                ),
                Mistake(
                    "The distances are squared: the yardstick takes them as they are.",
                    lambda g: _sizes(g) * _nearness(g) ** 2,
                ),
            ],
        ),
        ask(
            "q2",
            name="share",
            points=2,
            kind=PerCent(0.05, 0, 100),
            solution=_at_most,
            uses=["year", "small"],
            taught="3. A picture that shows nothing",
            hint="Which flows are at most that amount, those of zero among them? Ask that of each pair in the condition of the given cell.",
            mistakes=[
                Mistake(
                    "These are the pairs above that amount: the question asks for the others.",
                    lambda g: _at_most(g, least=True),
                    excluded_by="a flow of at most that amount",
                ),
                Mistake(
                    "These are only the pairs without trade: count those with a little trade as well.",
                    lambda g: _at_most({**g, "small": 0}),
                ),
                Mistake(
                    "You left out the pairs without trade, above and below the line.",
                    lambda g: _at_most(g, zeros=False),
                    excluded_by="Pairs without any trade are included",
                ),
                Mistake(
                    "Those are the pairs of all years together.",
                    _of_all_years,
                    excluded_by="the pairs of that year",
                ),
            ],
        ),
        ask(
            "q3",
            name="expected",
            points=2,
            kind=PerCent(0.05, 0, 100),
            solution=lambda g: _parts(_pulls(g))[g["one"]],
            uses=["buyers", "one"],
            moves=True,
            taught="4. More than expected, and less",
            hint="The pull is GDP divided by distance; its share is that of one buyer divided by the sum of all.",
            mistakes=[
                Mistake(
                    "This is the share that was counted. What share was expected?",
                    lambda g: _shares(g)[g["one"]],
                    excluded_by="if only size and distance mattered",
                ),
                Mistake(
                    "This is the share of all GDP. What about the distances?",
                    lambda g: _parts(_pulls(g, 0))[g["one"]],
                ),
                Mistake(
                    "You multiplied GDP by the distance: pull falls with distance.",
                    lambda g: _parts(_pulls(g, 1))[g["one"]],
                ),
            ],
        ),
        ask(
            "q4",
            name="factor",
            points=3,
            kind=Number("times", 0.01, 0),
            solution=factor,
            cases=_cases,
            taught="4. More than expected, and less",
            hint="Divide sold by all_sold, and pull by all_pull; then the first share by the second. Return 0 if all_sold or pull is 0.",
            mistakes=[
                Mistake(
                    "This is what was expected divided by what was counted.",
                    _otherwise(lambda s, a, p, q: (p / q) / (s / a) if s else 0.0),
                    excluded_by="its share of all that was bought, divided by its share of all pull",
                ),
                Mistake(
                    "This is the difference between the two shares: how many times as much is it?",
                    _otherwise(lambda s, a, p, q: max(s / a - p / q, 0.0)),
                ),
                Mistake(
                    "This is the share that was counted: divide it by the share expected.",
                    _otherwise(lambda s, a, p, q: s / a),
                ),
                Mistake(
                    "You multiplied the two shares.",
                    _otherwise(lambda s, a, p, q: s / a * (p / q)),
                ),
                Mistake(
                    "You divided each by the sum of the other: what one bought belongs to what all bought.",
                    _otherwise(lambda s, a, p, q: (s / q) / (p / a)),
                    excluded_by="its share of all that was bought, divided by its share of all pull",
                ),
                Mistake(
                    "You divided what was bought by the pull: both have to be shares first.",
                    _otherwise(lambda s, a, p, q: s / p),
                    excluded_by="its share of all that was bought, divided by its share of all pull",
                ),
            ],
        ),
        ask(
            "q5",
            name="more",
            points=2,
            kind=Codes(),
            solution=_more,
            uses=["buyers"],
            moves=True,
            taught="4. More than expected, and less",
            hint="Divide each share that was counted by the share expected; keep those above 2.",
            mistakes=[
                Mistake(
                    "These took more than expected, but not all of them twice as much.",
                    lambda g: _more(g, 1),
                    excluded_by="more than twice as much",
                ),
                Mistake(
                    "These took at most twice as much: the question asks for the others.",
                    lambda g: set(BUYERS) - _more(g),
                    excluded_by="more than twice as much",
                ),
                Mistake(
                    "These have a share of more than twice the mean: compare with the share expected.",
                    _above_mean,
                ),
                Mistake(
                    "You compared with the share of all GDP: what about the distances?",
                    _more_by_gdp,
                    excluded_by="size and distance",
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q1-question": {
        "three codes": "len(exercise.options['three'][0])",
        "second in 2021": "'2021'",
        "2021 from": "rows('indicators', indicator='gdp_current_usd', year=2021)['year'].iloc[0]",
    },
    "q3-question": {"six buyers": "len(exercise.options['buyers'][0])"},
    "q4-question": {
        "300": "300",
        "2,000": "2000",
        "50 and": "50",
        "800": "800",
        "2.4": "exercise.compute_example('q4')",
        "return 0": "exercise.get_question('q4').solution(1, 0, 1, 1)",
    },
    "q5-question": {"six took more than twice as": ["len(exercise.options['buyers'][0])", "2"]},
}
