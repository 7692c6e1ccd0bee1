"""A class that has worked on set 06."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021").set_index("iso3")["value"]
at = data.load("places").set_index("iso3")
km = lambda a, b: geo.distance_km((at.capital_lat[a], at.capital_lon[a]), (at.capital_lat[b], at.capital_lon[b]))
home, first, second = given["three"]
flows = data.load("gravity").set_index("year")["flow_usd_mn"][given["year"]]
mine = pd.DataFrame(given["buyers"], columns=["iso3", "gdp", "km", "sold"]).set_index("iso3")
pull = mine["gdp"] / mine["km"]
factors = mine["sold"] / mine["sold"].sum() / (pull / pull.sum())
"""

FACTOR = "def factor(sold, all_sold, pull, all_pull):\n    "

CLASS = [
    A("q1", "a numpy number", "ratio = gdp[first] / gdp[second] * km(home, second) / km(home, first)"),
    A("q1", "a Series of one", "ratio = pd.Series({'ratio': gdp[first] / km(home, first) / (gdp[second] / km(home, second))})"),
    A("q1", "the other way round", "ratio = gdp[second] / gdp[first] * km(home, first) / km(home, second)", 0, "You swapped the two partners"),
    A("q1", "by size alone", "ratio = gdp[first] / gdp[second]", 0, "the distances are missing"),
    A("q2", "counted", "share = 100 * len(flows[flows <= given['small']]) / len(flows)"),
    A("q2", "the complement", "share = 100 - (flows > given['small']).mean() * 100"),
    A("q2", "a fraction", "share = (flows <= given['small']).mean()", 1, ""),
    A("q2", "above it", "share = (flows > given['small']).mean() * 100", 0, "above that amount"),
    A("q2", "as it is given", "share = (flows == 0).mean() * 100", 0, "without trade"),
    A("q2", "without zeros", "share = (flows[flows > 0] <= given['small']).mean() * 100", 0, "left out the pairs without trade"),
    A("q3", "a column", "expected = (pull / pull.sum() * 100)[given['one']]"),
    A("q3", "an array of one", "expected = (pull / pull.sum() * 100).loc[[given['one']]].to_numpy()"),
    A("q3", "a fraction", "expected = pull[given['one']] / pull.sum()", 1, ""),
    A("q3", "what was counted", "expected = mine['sold'][given['one']] / mine['sold'].sum() * 100", 0, "share that was counted"),
    A("q3", "by size alone", "expected = mine['gdp'][given['one']] / mine['gdp'].sum() * 100", 0, "What about the distances"),
    A("q4", "one fraction", FACTOR + "return sold * all_pull / (all_sold * pull) if all_sold and pull else 0"),
    A("q4", "two steps", FACTOR + "if all_sold == 0 or pull == 0:\n        return 0\n    counted = sold / all_sold\n    return counted / (pull / all_pull)"),
    A("q4", "forgets the edges", FACTOR + "return sold / all_sold / (pull / all_pull)", 1.5, "stops with ZeroDivisionError"),
    A("q4", "upside down", FACTOR + "if not (sold and all_sold and pull):\n        return 0\n    return pull / all_pull / (sold / all_sold)", 0, "expected divided by what was counted"),
    A("q4", "the share alone", FACTOR + "return sold / all_sold if all_sold and pull else 0", 0, "share that was counted"),
    A("q5", "an index", "more = factors[factors > 2].index"),
    A("q5", "a comprehension, small letters", "more = {code.lower() for code in factors.index if factors[code] > 2}"),
    A("q5", "more than expected", "more = set(factors[factors > 1].index)", 0, "but not all of them twice as much"),
    A("q5", "the others", "more = set(factors[factors <= 2].index)", 0, "at most twice as much"),
    A("q5", "how many", "more = int((factors > 2).sum())", 0, ""),
]  # fmt: skip
