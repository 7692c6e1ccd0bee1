"""A class that has worked on set 08."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
import pandas as pd
place, people, first, last = given["censuses"]
counted = data.load("census").query("method == 'census'").set_index(["place", "people", "year"])["persons"]
before, after = (int(counted[place, people, year]) for year in (first, last))
table = data.load("viewpoints").query("role == 'viewer'").set_index(["viewer", "area"])["drawn_as"]
mine = {viewer: table[viewer].replace("own", f"of {viewer}") for viewer in given["viewers"]}
drawn = pd.DataFrame(mine)
all_three = (drawn != "no position found").all(axis=1)
unlike = drawn.nunique(axis=1) > 1
method = dict(zip(data.load("who_counted")["id"], data.load("who_counted")["method"]))
votes = data.load("un_votes").set_index("iso3")["hrc_xinjiang"]
voted = [votes[code] for code in given["states"] if votes[code] != "not a member"]
def kind(row):
    if method.get(row) in ("census", "names collected", "customs"):
        return "count"
    return "estimate" if method.get(row) in ("estimate", "computed", "reports received") else "claim"
"""

CLASS = [
    A("q1", "a fraction", "from fractions import Fraction\ngrowth_pct = Fraction(100 * (after - before), before)"),
    A("q1", "one cell of a table", "growth_pct = pd.DataFrame({'pct': [100 * after / before - 100]})"),
    A("q1", "a year", "growth_pct = 100 * ((after / before) ** (1 / (last - first)) - 1)", 0, "the growth of one year"),
    A("q1", "of the later", "growth_pct = 100 * (after - before) / after", 0, "divided by the later census"),
    A("q2", "a boolean mask's index", "drawn_differently = drawn.index[all_three & unlike]"),
    A("q2", "capital letters, a list", "drawn_differently = [area.upper() for area in drawn.index if all_three[area] and len(set(drawn.loc[area])) > 1]"),
    A("q2", "silence as a position", "drawn_differently = set(drawn.index[unlike])", 0, "there is nothing to compare"),
    A("q2", "two of the three", "first, second, _ = mine.values()\ndrawn_differently = set(drawn.index[(first != second) & (first != 'no position found') & (second != 'no position found')])", 0, "only the first two"),
    A("q2", "those alike", "drawn_differently = set(drawn.index[all_three & ~unlike])", 0, "that all three draw alike"),
    A("q2", "how many", "drawn_differently = int((all_three & unlike).sum())", 0, "Which ones are they"),
    A("q3", "a fraction", "from fractions import Fraction\nno_share = Fraction(100 * voted.count('no'), len(voted))"),
    A("q3", "value_counts", "no_share = pd.Series(voted).value_counts(normalize=True)['no'] * 100"),
    A("q3", "of one", "no_share = voted.count('no') / len(voted)", 1.5, "This is a fraction"),
    A("q3", "of all", "no_share = 100 * voted.count('no') / len(given['states'])", 0, "some had no vote"),
    A("q3", "yes and no", "no_share = 100 * voted.count('no') / (voted.count('no') + voted.count('yes'))", 0, "that abstained"),
    A("q3", "how many", "no_share = voted", 0, ""),
    A("q4", "a Series", "kinds = pd.Series({row: kind(row) for row in given['statements']})"),
    A("q4", "a table, capital letters", "kinds = pd.DataFrame([(row, kind(row).title()) for row in given['statements']], columns=['id', 'kind'])"),
    A("q4", "what was computed as a count", "kinds = {row: kind(row).replace('estimate', 'count') for row in given['statements']}", 0, "is not a count"),
    A("q4", "a list", "kinds = [kind(row) for row in given['statements']]", 0, ""),
]  # fmt: skip
