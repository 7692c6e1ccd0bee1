"""A class of students: each by habit, with the code of an answer and the mark that it deserves.

Of all sets. Who answers rightly in an unforeseen way has all points; a slip costs its question and is told
by a sentence that is true of it. Everybody has numbers of their own.
"""

# ruff: noqa: E501 - cells are quoted as students write them
from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest
import workshop

from samarkand.grading.classroom import report
from samarkand.grading.marking.assessment import Assessment, Assessor
from samarkand.grading.marking.checks import Verdict
from samarkand.grading.submission import rebuilding

EXERCISES = workshop.EXERCISES


@dataclass
class Answer:
    """An answer to a question, by whom; where it is not right, the points it deserves and words of the reason."""

    question: str
    habit: str
    code: str
    points: float | None = None
    says: str = "Right"


A = Answer

#: What stands in a cell of the student's own in front of all answers, by set.
BEFORE = {
    "ex01_the_trip": """
import csv, sqlite3
from decimal import Decimal
from functools import partial
import numpy as np
TRIP, KINDS = data.load("trip"), {"bilateral", "multilateral"}
capital = {r.iso3: (r.capital_lat, r.capital_lon) for r in data.load("places").itertuples()}
legs = [geo.distance_km(capital[a], capital[b]) for a, b in zip(given["route"], given["route"][1:])]
event = data.load("timeline").set_index("id").loc[given["event"], "day"]
def met(states):
    return TRIP[TRIP["type"].isin(KINDS) & np.array([bool(set(str(c).split(";")) & set(states)) for c in TRIP["counterpart_iso3"]])]
""",
    "ex02_reading_the_article": """
from collections import Counter
from fractions import Fraction
claims = data.load("claims")
mine = claims[claims["block"].isin(given["blocks"])]
rest = claims.drop(mine.index)
quoted = Counter()
for row in data.load("blocks").to_dict("records"):
    if row["quoted_speaker"] in ("Niva Yau", "Chien-yu Shih", "Bradley Jardine") and row["block"] not in given["without"]:
        quoted[row["quoted_speaker"]] += row["quoted_words"]
""",
    "ex03_the_sco": """
from typing import NamedTuple
day = pd.Timestamp(given["day"])
running = lambda t: t[(t["from"] <= day) & ~(t["to"] <= day)]
now = running(data.load("sco_membership"))
one = set(now[now["status"].isin(given["statuses"])]["iso3"])
clubs = running(data.load("org_membership").query("organisation == @given['club'] and status == 'member'"))
two = set(clubs["iso3"])
wide = data.load("indicators").pivot(index=["iso3", "year"], columns="indicator", values="value")
people = wide["population_persons"].unstack()[given["year"]]
""",
    "ex04_china_and_russia": """
import sqlite3
trade = data.load("trade_cn_ru_cumulative")
row = trade.set_index("period_end").loc[given["end"]]
more = row.china_imports_usd_bn - row.china_exports_usd_bn
total = data.load("trade_with_china").query("months == 12 and reporter == 'CHN' and partner == 'RUS'").set_index("year")["total_usd_bn"]
then = trade[trade["known_when"] <= given["day"]].sort_values("period_end").iloc[-1]
crude = data.load("energy_flows").query("product == 'crude oil' and origin == 'RUS'").pivot(index="year", columns="destination", values="value")
mine = crude.loc[given["years"], given["destination"]]
share = 100 * mine / crude.sum(axis=1)[given["years"]]
""",
    "ex05_taking_sides": """
from itertools import combinations
import numpy as np
votes = data.load("un_votes").set_index("iso3")[["es_11_1", "es_11_3", "es_11_4"]]
coded = ((votes == "yes").astype(float) - (votes == "no")).where(votes != "did not vote")
near = lambda a, b: float(1 - (coded.loc[a] - coded.loc[b]).abs().mean() / 2)
far = pd.Series({v: near(v, given["from"]) for v in given["voters"]})
pairs = [near(*pair) for pair in combinations(given["group"], 2)]
""",
    "ex06_roads": """
import numpy as np
gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021").set_index("iso3")["value"]
at = data.load("places").set_index("iso3")
km = lambda a, b: geo.distance_km((at.capital_lat[a], at.capital_lon[a]), (at.capital_lat[b], at.capital_lon[b]))
home, first, second = given["three"]
mine = pd.DataFrame(given["trade"], columns=["iso3", "trade_usd_mn"])
sizes = data.load("gravity_gdp").pivot(index="iso3", columns="year", values="gdp_usd_mn")
row = data.load("gravity").query("year == 2012").set_index(["origin", "destination"]).loc[tuple(given["pair"])]
logs = np.log([np.e, *sizes.loc[given["pair"], 2012], row["distance_km"]])
coast, borders = given["land"]
around = lambda state: {one for pair in borders if state in pair for one in pair}
""",
    "ex07_kazakhstan": """
import numpy as np
import pandas as pd
def printed(iso3, flow, year):
    return data.load("partner_shares").query("iso3 == @iso3 and flow == @flow and year == @year").set_index("printed")["share_pct"]
mine = printed(*given["list"])
*where, bloc = given["bloc"]
theirs = printed(*where) / 100
first, second = data.load("who_counted").set_index("id").loc[given["pair"], "value"]
seed, asked, share, points = given["poll"]
polls = default_rng(int(seed)).binomial(int(asked), share / 100, 200) / asked * 100
def bounds(shares):
    listed = sorted(s / 100 for s in shares if s)
    rest, pieces = 1 - sum(listed), list(listed)
    while listed and rest > listed[0]:
        pieces.append(listed[0])
        rest -= listed[0]
    return sum(s * s for s in listed), sum(s * s for s in [*pieces, rest])
""",
    "ex08_borders": """
import pandas as pd
place, people, first, last = given["censuses"]
counted = data.load("census").query("method == 'census'").set_index(["place", "people", "year"])["persons"]
before, after = (int(counted[place, people, year]) for year in (first, last))
table = data.load("viewpoints").query("role == 'viewer'").set_index(["viewer", "area"])["drawn_as"]
mine = {viewer: table[viewer].replace("own", f"of {viewer}") for viewer in given["viewers"]}
one, other = mine.values()
both = (one != "no position found") & (other != "no position found")
method = dict(zip(data.load("who_counted")["id"], data.load("who_counted")["method"]))
def kind(row):
    if method.get(row) in ("census", "names collected", "customs"):
        return "count"
    return "estimate" if method.get(row) in ("estimate", "computed", "reports received") else "claim"
""",
    "ex09_network": """
import numpy as np
kinds, last, mine = given["slice"]
every = data.load("ties")
part = every[every["kind"].isin(kinds) & (every["day"] <= pd.Timestamp(last))]
others = [b if a == mine else a for a, b in zip(part["actor"], part["target"]) if mine in (a, b)]
friendly = sum(part.loc[(part["actor"] == mine) | (part["target"] == mine), "sign"] > 0)
article = every[every["in_article"]]
drawn = nx.Graph(list(zip(article["actor"], article["target"])))
way = nx.shortest_path(drawn, *given["two"])
def triangles(table, one, other, third):
    ends = zip(table["actor"], table["target"], table["sign"])
    rows = [(a, b, -s if {a, b} == {one, other} else s) for a, b, s in ends if third not in (a, b)]
    return measures.signed_triangles(pd.DataFrame(rows, columns=["actor", "target", "sign"]))["balanced"]
one, other = given["codings"]
""",
    "ex10_what_happened_next": """
from decimal import Decimal
from statistics import fmean
claims = data.load("claims")
rest = claims.query("block not in @given['blocks']")
scored = claims.query("type == 'forecast'").assign(o=lambda t: t["verdict"].map({"borne out": 1, "partly": 0.5, "contested": 0.5, "not borne out": 0}))
believed = scored["speaker"].eq(given["speaker"]).map({True: given["probability"], False: given["other"]})
""",
}

MEETINGS = "def meetings_with(trip, code):\n    "
SHARE = "def word_share(blocks, kind):\n    "
STATUS = "def status_on(table, iso3, day):\n    "
LATEST = "def latest_known(table, day):\n    "
AGREEMENT = "def agreement(votes, a, b):\n    "
EXPECTED = "def expected_trade(seller, buyer, km, coefficients):\n    "
BOUNDS = "def floor_and_ceiling(shares):\n    "
SHARES = "def check_shares(shares, tolerance):\n    "
DEGREE = "def degree(ties, node, rule):\n    "
BRIER = "def brier(forecasts, outcomes):\n    "

CLASS = {
    "ex01_the_trip": [
        A("q1", "hands in a span of time", "gap_days = pd.Timestamp('2022-09-14') - event"),
        A("q1", "divides spans in numpy", "gap_days = np.array([(pd.Timestamp(2022, 9, 14) - event) / np.timedelta64(1, 'D')])"),
        A("q1", "counts both ends", "gap_days = (pd.Timestamp('2022-09-15') - event).days", 0, "both the first and the last"),
        A("q1", "writes the unit into it", "gap_days = f'{(pd.Timestamp(2022, 9, 14) - event).days} days'", 0, "This is a text"),
        A("q2", "a table of one cell", "flight_km = pd.DataFrame({'km': [geo.distance_km(capital[given['start']], capital[given['end']])]})"),
        A("q2", "decimals", "flight_km = Decimal(round(geo.distance_km(capital[given['start']], capital[given['end']])))"),
        A("q2", "async", "async def fly(a, b):\n    return geo.distance_km(capital[a], capital[b])\nflight_km = await fly(given['start'], given['end'])"),
        A("q2", "in miles", "flight_km = geo.distance_km(capital[given['start']], capital[given['end']]) / 1.609344", 0, "in miles"),
        A("q3", "periods as index", "meetings = met(given['states'])['day'].dt.to_period('D').value_counts()"),
        A("q3", "texts as index, in a table", "meetings = met(given['states']).groupby(met(given['states'])['day'].astype(str)).size().reset_index(name='n')"),
        A("q3", "the number in the month", "meetings = met(given['states'])['day'].dt.day.value_counts()", 0, "A key is a number; expected was a day"),
        A("q4", "a partial function", "def count(kinds, trip, code):\n    return np.int16(sum(k in kinds and code in str(c).split(';') for k, c in zip(trip.type, trip.counterpart_iso3)))\nmeetings_with = partial(count, KINDS)"),
        A("q4", "match, and prints a lot", "%%time\n" + MEETINGS + "n = 0\n    for kind, cell in zip(trip['type'], trip['counterpart_iso3']):\n        match kind:\n            case 'bilateral' | 'multilateral':\n                n += code in str(cell).split(';')\n    print(code, n)\n    return n"),
        A("q4", "prints instead", MEETINGS + "print(1)", 0, "the function returns nothing"),
        A("q4", "only meetings of two", MEETINGS + "return (trip.query(\"type == 'bilateral'\")['counterpart_iso3'].fillna('').str.split(';').map(lambda c: code in c)).sum()", 1.5, "Meetings of three and more"),
        A("q5", "a dict", "journey = {'km': sum(legs), 'longest': 100 * max(legs) / sum(legs)}"),
        A("q5", "a row of a table", "journey = pd.DataFrame([[sum(legs), 100 * max(legs) / sum(legs)]], columns=['km', 'pct'])"),
        A("q5", "a set", "journey = {sum(legs), 100 * max(legs) / sum(legs)}", 0, "A set has no order"),
        A("q5", "share of one", "journey = sum(legs), max(legs) / sum(legs)", 0, "share of one"),
    ],
    "ex02_reading_the_article": [
        A("q1", "a Counter", "expert_shares = Counter({k: 100 * v / quoted.total() for k, v in quoted.items()})"),
        A("q1", "fractions", "expert_shares = {k: Fraction(100 * v, quoted.total()) for k, v in quoted.items()}"),
        A("q1", "rounds too far", "expert_shares = {k: round(100 * v / quoted.total()) for k, v in quoted.items()}", 0, "rounded too far"),
        A("q2", "groupby.apply", "types = mine.groupby('type').apply(len)"),
        A("q2", "nullable numbers", "types = mine['type'].value_counts().astype('Int64').reset_index()"),
        A("q2", "a list of numbers", "types = mine['type'].value_counts().tolist()", 0, "This is a list of"),
        A("q3", "an array", "h = rest['hedge'].notna()\nhedged = [h.sum(), h.mean() * 100, rest[h]['type'].eq('forecast').mean() * 100]"),
        A("q3", "a dict", "h = rest.dropna(subset='hedge')\nhedged = dict(n=len(h), share=100 * len(h) / len(rest), forecasts=100 * sum(h.type == 'forecast') / len(h))"),
        A("q3", "of all forecasts", "h = rest['hedge'].notna()\nhedged = h.sum(), h.mean() * 100, h[rest['type'] == 'forecast'].mean() * 100", 0, "the other way round"),
        A("q4", "a Series", "commonest = pd.Series([len(mine), 100 * mine[given['column']].value_counts(normalize=True).max()], index=['b', 'a'])"),
        A("q5", "recursion and type hints", "def word_share(blocks: pd.DataFrame, kind: str) -> float:\n    rows = list(zip(blocks['kind'], blocks['words']))\n    def add(i: int, only) -> int:\n        return 0 if i == len(rows) else (rows[i][1] if only in (None, rows[i][0]) else 0) + add(i + 1, only)\n    return 100 * add(0, kind) / whole if (whole := add(0, None)) else 0"),
        A("q5", "forgets the empty table", SHARE + "return 100 * blocks.loc[blocks['kind'] == kind, 'words'].sum() / blocks['words'].sum()", 1.5, "no number (nan or inf)"),
        A("q5", "gives a text back", SHARE + "return f\"{100 * blocks[blocks.kind == kind].words.sum() / max(blocks.words.sum(), 1):.1f} %\"", 0, "something else than a number"),
    ],
    "ex03_the_sco": [
        A("q1", "crosstab and reindex", "n = now['status'].value_counts().reindex(['member', 'observer', 'dialogue partner'])\nnew = now[now['status'].isin(n.index)]['from'].max()\ncounts = pd.concat([n, pd.Series({'days': (day - new).days})])"),
        A("q1", "a named tuple", "class Counts(NamedTuple):\n    m: int; o: int; d: int; days: int\nkinds = ['member', 'observer', 'dialogue partner']\nheld = now[now['status'].isin(kinds)]\ncounts = Counts(*(sum(held['status'] == k) for k in kinds), (day - held['from']).min().days)"),
        A("q6", "a class", "class Status:\n    def __call__(self, table, iso3, day):\n        for r in table.to_dict('records'):\n            if r['iso3'] == iso3 and r['from'] <= day and not r['to'] <= day:\n                return r['status'].upper()\n        return 'none'\nstatus_on = Status()"),
        A("q6", "an open end never runs", STATUS + "t = table[(table.iso3 == iso3) & (table['from'] <= day) & (table['to'] > day)]\n    return t.status.iloc[0] if len(t) else 'none'", 0, "A spell whose to is empty"),
        A("q6", "the last day too", STATUS + "t = table[(table.iso3 == iso3) & (table['from'] <= day) & ~(table['to'] < day)]\n    return t.status.iloc[0] if len(t) else 'none'", 1, "the end is not part of it"),
        A("q2", "numpy number", "import numpy as np\npeople_share = np.float32(100 * people[given['states']].sum() / people['WLD'])"),
        A("q2", "just outside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0511", 0, "Sum the population"),
        A("q2", "just inside", "people_share = 100 * people[given['states']].sum() / people['WLD'] + 0.0499"),
        A("q3", "nullable array", "y = wide.xs(2021, level='year')\ng = y.loc[given['states']]\ngdp_shares = pd.array([100 * (g.gdp_per_head_ppp * g.population_persons).sum() / y.gdp_ppp['WLD'], 100 * g.gdp_current_usd.sum() / y.gdp_current_usd['WLD']], dtype='Float64')"),
        A("q4", "categories", "in_one_only = pd.Series(sorted(one ^ two), dtype='category')"),
        A("q4", "keys of a dict, small letters", "in_one_only = {code.lower(): 1 for code in one ^ two}.keys()"),
        A("q4", "one text", "in_one_only = ', '.join(one ^ two)", 0, "Not all of these are country codes"),
        A("q5", "a row of a table", "both = one & two\nsimilarity = pd.DataFrame([(len(both), len(both) / len(one | two), 100 * people[sorted(both)].sum() / people[sorted(one)].sum())])"),
    ],
    "ex04_china_and_russia": [
        A("q1", "two columns of one row", "surplus = pd.DataFrame({'d': [more], 'p': [100 * more / row.china_exports_usd_bn]})"),
        A("q1", "rounds too far", "surplus = round(more), round(100 * more / row.china_exports_usd_bn)", 0, "rounded too far"),
        A("q2", "pct_change", "growth = total[given['span']].pct_change().tail(1) * 100"),
        A("q2", "a year", "first, last = given['span']\ngrowth = 100 * ((total[last] / total[first]) ** (1 / (last - first)) - 1)", 0, "mean growth a year"),
        A("q3", "a period", "known_then = pd.Period(then['period_end'], 'D'), then['total_usd_bn']"),
        A("q3", "a dict with a text", "known_then = {'day': f\"{then['period_end']:%Y-%m-%d}\", 'total': then['total_usd_bn']}"),
        A("q3", "day, month, year", "known_then = f\"{then['period_end']:%d.%m.%Y}\", then['total_usd_bn']", 0, "expected was a day"),
        A("q4", "a Series and a difference", "oil = [*share, mine.diff().iloc[-1]]"),
        A("q4", "the shares the wrong way round", "oil = [*share[::-1], mine.diff().iloc[-1]]", 0, "first two numbers"),
        A("q5", "SQL", LATEST + "con = sqlite3.connect(':memory:')\n    table.to_sql('t', con)\n    found = con.execute('select total_usd_bn from t where known_when <= ? order by period_end desc limit 1', [str(day)]).fetchone()\n    return found[0] if found else 0"),
        A("q5", "sorts what it was given", LATEST + "table.sort_values('period_end', inplace=True)\n    known = table[table.known_when <= day]\n    return known.total_usd_bn.tail(1) if len(known) else 0"),
        A("q5", "sorts by what came out", LATEST + "known = table[table.known_when <= day].sort_values('known_when', kind='stable')\n    return known.total_usd_bn.iloc[-1] if len(known) else 0", 1.5, "What came out last"),
        A("q5", "looks at the course's table only", LATEST + "known = trade[trade.known_when <= day].sort_values('period_end')\n    return known.total_usd_bn.iloc[-1] if len(known) else 0", 0, "not right on all ordinary inputs"),
    ],
    "ex05_taking_sides": [
        A("q1", "a dict", "yes_votes = {c: int((votes.loc[given['voters'], c] == 'yes').sum()) for c in votes}"),
        A("q1", "an array", "yes_votes = (votes.loc[given['voters']].to_numpy() == 'yes').sum(axis=0)"),
        A("q1", "of all", "yes_votes = (votes == 'yes').sum()", 0, "not only your twenty"),
        A("q2", "floats in a table", "agreements = pd.Series({g: near(g, given['from']) for g in given['group']}).astype('float32').rename_axis('iso3').reset_index()"),
        A("q2", "the absent as 0", "zero = coded.fillna(0)\nagreements = (1 - (zero - zero.loc[given['from']]).abs().sum(axis=1) / 6)[given['group']]", 0, "leave such a vote out"),
        A("q3", "an index", "nearest = far.index[far == far.max()]"),
        A("q3", "a column", "nearest = pd.DataFrame({'iso3': far[far == far.max()].index})"),
        A("q3", "the indices themselves", "nearest = far[far == far.max()]", 0, "in the index is not read"),
        A("q4", "rounded", "group_agreement = [round(np.mean([near(g, 'RUS') for g in given['group']]), 3), round(sum(pairs) / 10, 3)]"),
        A("q4", "their sum", "group_agreement = np.mean([near(g, 'RUS') for g in given['group']]), sum(pairs)", 0, "the sum over the pairs"),
        A("q5", "melt and pivot", AGREEMENT + "t = votes.melt('iso3', ['es_11_1', 'es_11_3', 'es_11_4'])\n    t['n'] = t['value'].map({'yes': 1, 'no': -1, 'abstain': 0}).astype(float)\n    p = t.pivot(index='variable', columns='iso3', values='n')\n    found = 1 - (p[a] - p[b]).abs().mean() / 2\n    return -1 if np.isnan(found) else found"),
        A("q5", "counts equal answers", AGREEMENT + "t = votes.set_index('iso3')[['es_11_1', 'es_11_3', 'es_11_4']]\n    return (t.loc[a] == t.loc[b]).mean()", 0, "the share of equal answers"),
        A("q5", "forgets who was away", AGREEMENT + "n = {'yes': 1, 'no': -1, 'abstain': 0}\n    t = votes.set_index('iso3')\n    return 1 - sum(abs(n[t.loc[a, c]] - n[t.loc[b, c]]) for c in ('es_11_1', 'es_11_3', 'es_11_4')) / 6", 1.5, "stops with KeyError"),
    ],
    "ex06_roads": [
        A("q1", "a numpy number", "ratio = np.float64(gdp[first] / gdp[second] * km(home, second) / km(home, first))"),
        A("q1", "a Series of one", "ratio = pd.Series({'ratio': gdp[first] / km(home, first) / (gdp[second] / km(home, second))})"),
        A("q1", "the other way round", "ratio = gdp[second] / gdp[first] * km(home, first) / km(home, second)", 0, "The two partners have changed places"),
        A("q1", "by size alone", "ratio = gdp[first] / gdp[second]", 0, "the distances are missing"),
        A("q2", "a merge", "lost = mine.merge(sizes[2016].dropna().reset_index(), how='left', indicator=True).query(\"_merge == 'left_only'\")['iso3']"),
        A("q2", "isin, small letters", "lost = {code.lower() for code in mine[~mine['iso3'].isin(sizes[2016].dropna().index)]['iso3']}"),
        A("q2", "those that are there", "lost = set(mine['iso3']) & set(sizes[2016].dropna().index)", 0, "These found their match"),
        A("q2", "of all years", "lost = set(mine['iso3']) - set(sizes.index)", 0, "in another year"),
        A("q2", "how many", "lost = 2", 0, ""),
        A("q3", "a dot product", "residual = np.log(row['flow_usd_mn']) - logs @ given['coefficients']"),
        A("q3", "an array of one", "residual = np.log([row['flow_usd_mn']]) - sum(c * x for c, x in zip(given['coefficients'], logs))"),
        A("q3", "the factor", "residual = row['flow_usd_mn'] / np.exp(logs @ given['coefficients'])", 0, "This is the factor"),
        A("q3", "the wrong sign", "residual = logs @ given['coefficients'] - np.log(row['flow_usd_mn'])", 0, "The sign is turned"),
        A("q3", "without constant", "residual = np.log(row['flow_usd_mn']) - logs[1:] @ given['coefficients'][1:]", 0, "The constant is missing"),
        A("q4", "powers", EXPECTED + "c, s, b, d = coefficients\n    return np.exp(c) * seller**s * buyer**b * km**d if min(seller, buyer, km) > 0 else 0"),
        A("q4", "a dot product", EXPECTED + "if 0 in (seller, buyer, km):\n        return 0\n    return np.exp(np.dot(coefficients, [1, *np.log([seller, buyer, km])]))"),
        A("q4", "forgets a distance of zero", EXPECTED + "c, s, b, d = coefficients\n    return np.exp(c) * seller**s * buyer**b * km**d", 1.5, "stops with ZeroDivisionError"),
        A("q4", "the logarithm", EXPECTED + "return np.dot(coefficients, [1, *np.log([seller, buyer, km])]) if seller * buyer * km else 0", 0, "This is the logarithm"),
        A("q4", "powers of ten", EXPECTED + "c, s, b, d = coefficients\n    return 10**c * seller**s * buyer**b * km**d if min(seller, buyer, km) > 0 else 0", 0, "another base"),
        A("q5", "a set", "locked = {one for pair in borders for one in pair if not around(one) & set(coast)}"),
        A("q5", "an index", "states = pd.Index(sorted({one for pair in borders for one in pair}))\nlocked = states[[around(one).isdisjoint(coast) for one in states]]"),
        A("q5", "no coast of their own", "locked = {one for pair in borders for one in pair} - set(coast)", 0, "These have no coast"),
        A("q5", "their neighbours alone", "locked = {one for pair in borders for one in pair if not (around(one) - {one}) & set(coast)}", 0, "has a coast itself"),
    ],
    "ex07_kazakhstan": [
        A("q1", "a dict", "low, high = bounds(mine)\nfloor_and_ceiling_of_mine = {'floor': low, 'ceiling': high}"),
        A("q1", "an array", "floor_and_ceiling_of_mine = np.array(bounds(mine))"),
        A("q1", "the rest as one", "s = mine / 100\nfloor_and_ceiling_of_mine = (s**2).sum(), (s**2).sum() + (1 - s.sum()) ** 2", 0, "taken as one customer"),
        A("q1", "in per cent", "floor_and_ceiling_of_mine = [1e4 * b for b in bounds(mine)]", 0, "ten thousand times too large"),
        A("q2", "a loop", "as_one = sum(theirs[n] for n in bloc) ** 2\nfor n, s in theirs.items():\n    as_one += 0 if n in bloc else s**2"),
        A("q2", "drop and dot", "rest = theirs.drop(bloc)\nas_one = rest @ rest + theirs[bloc].sum() ** 2"),
        A("q2", "one by one", "as_one = (theirs**2).sum()", 0, "squared one by one"),
        A("q3", "one cell of a table", "gap = pd.DataFrame({'gap_pct': [100 * first / second - 100]})"),
        A("q3", "of the first", "gap = 100 * (second / first - 1)", 0, "in per cent of the second"),
        A("q3", "the ratio", "gap = 100 * first / second", 0, "not how much more it is"),
        A("q4", "an array, by a loop", BOUNDS + "return np.array(bounds(shares)) if shares else (0, 1)"),
        A("q4", "forgets the empty list", BOUNDS + "return bounds(shares) if min(shares) >= 0 else None", 1, "stops with ValueError"),
        A("q4", "the last is the smallest", BOUNDS + "s = [x / 100 for x in shares if x] or [1]\n    if not shares:\n        return 0, 1\n    rest, f = 1 - sum(s), sum(x * x for x in s)\n    n = rest // s[-1]\n    return f, f + n * s[-1] ** 2 + (rest - n * s[-1]) ** 2", 1, ""),
        A("q4", "the rest as one", BOUNDS + "f = sum((x / 100) ** 2 for x in shares)\n    return f, f + (1 - sum(shares) / 100) ** 2", 0, "taken as one customer"),
        A("q5", "a sum of numpy truths", "far_off = (np.abs(polls - share) > points).sum()"),
        A("q5", "a Series", "far_off = pd.Series(polls).sub(share).abs().gt(points).value_counts()[True]"),
        A("q5", "above alone", "far_off = sum(polls > share + points)", 0, "too low is off as well"),
        A("q5", "in per cent", "far_off = int(50 * (abs(polls - share) > points).mean()) * 2", 0, ""),
    ],
    "ex08_borders": [
        A("q1", "a fraction", "from fractions import Fraction\ngrowth_pct = Fraction(100 * (after - before), before)"),
        A("q1", "one cell of a table", "growth_pct = pd.DataFrame({'pct': [100 * after / before - 100]})"),
        A("q1", "a year", "growth_pct = 100 * ((after / before) ** (1 / (last - first)) - 1)", 0, "the growth of one year"),
        A("q1", "of the later", "growth_pct = 100 * (after - before) / after", 0, "divided by the later census"),
        A("q2", "a boolean mask's index", "drawn_differently = one.index[both & (one != other)]"),
        A("q2", "capital letters, a list", "drawn_differently = [area.upper() for area in one.index if both[area] and one[area] != other[area]]"),
        A("q2", "silence as a position", "drawn_differently = set(one.index[one != other])", 0, "nothing can be compared"),
        A("q2", "those alike", "drawn_differently = set(one.index[both & (one == other)])", 0, "that both draw alike"),
        A("q2", "how many", "drawn_differently = int((both & (one != other)).sum())", 0, "Which ones are they"),
        A("q3", "a loop", SHARES + "total = sum(s for s in shares if s == s)\n    gaps = [n for n in shares.index if shares[n] != shares[n]]\n    if not gaps and abs(total - 100) <= tolerance:\n        return []\n    return [n for n in gaps or shares.index if 0 <= 100 - total + (0 if gaps else shares[n]) <= 100]"),
        A("q3", "the course's own measure", "from samarkand import measures\n" + SHARES + "if shares.notna().all() and abs(shares.sum() - 100) <= tolerance:\n        return set()\n    return set(measures.restored_shares(shares).dropna().index)"),
        A("q3", "forgets the tolerance", SHARES + "r = 100 - shares.sum() + shares.fillna(0)\n    r = r[shares.isna()] if shares.isna().any() else r\n    return set(r.index[(r >= 0) & (r <= 100)])", 1.5, ""),
        A("q3", "all of them", SHARES + "return set(shares.index) if abs(shares.sum() - 100) > tolerance else set()", 0, "Not every share can be the wrong one"),
        A("q4", "a Series", "kinds = pd.Series({row: kind(row) for row in given['statements']})"),
        A("q4", "a table, capital letters", "kinds = pd.DataFrame([(row, kind(row).title()) for row in given['statements']], columns=['id', 'kind'])"),
        A("q4", "what was computed as a count", "kinds = {row: kind(row).replace('estimate', 'count') for row in given['statements']}", 0, "is no count"),
        A("q4", "a list", "kinds = [kind(row) for row in given['statements']]", 0, ""),
    ],
    "ex09_network": [
        A("q1", "a list of numpy numbers", "three_counts = [np.int64(len(others)), pd.Series(others).nunique(), np.int64(friendly)]"),
        A("q1", "a dict", "three_counts = {'ties': len(others), 'neighbours': len(set(others)), 'friendly': friendly}"),
        A("q1", "the other way round", "three_counts = len(set(others)), len(others), friendly", 0, "have changed places"),
        A("q1", "one way alone", "out = part[part['actor'] == mine]\nthree_counts = len(out), out['target'].nunique(), (out['sign'] == 1).sum()", 0, ""),
        A("q1", "all are friends", "three_counts = len(others), len(set(others)), len(others)", 0, "look at their signs"),
        A("q2", "a set", "between_my_two = set(way) - set(given['two'])"),
        A("q2", "a Series, small letters", "between_my_two = pd.Series(way[1:-1]).str.lower()"),
        A("q2", "with the ends", "between_my_two = way", 0, "Your two are among them"),
        A("q2", "how many", "between_my_two = len(way) - 2", 0, "not how many"),
        A("q3", "a mean in per cent", "balanced_pct = 100 * triangles(every, *given['flip']).mean()"),
        A("q3", "a Series of one", "balanced_pct = triangles(every, *given['flip']).to_frame('balanced').mean().mul(100)"),
        A("q3", "turns nothing", "balanced_pct = 100 * triangles(every, '', '', given['flip'][2]).mean()", 0, "No sign is turned yet"),
        A("q3", "leaves nobody out", "balanced_pct = 100 * triangles(every, *given['flip'][:2], '').mean()", 0, "still there"),
        A("q4", "a loop", DEGREE + "sums = {}\n    rows = [(b if a == node else a, s) for a, b, s in zip(ties['actor'], ties['target'], ties['sign']) if node in (a, b) and a != b]\n    for o, s in rows:\n        sums[o] = sums.get(o, 0) + s\n    return {'ties': len(rows), 'neighbours': len(sums), 'friends': sum(s > 0 for s in sums.values())}[rule]"),
        A("q4", "leading away", DEGREE + "away = ties[(ties['actor'] == node) & (ties['target'] != node)]\n    out = away.groupby('target')['sign'].sum()\n    return len(away) if rule == 'ties' else len(out) if rule == 'neighbours' else (out > 0).sum()", 0, "Only ties that lead away"),
        A("q5", "numpy", "a, b = np.array(one), np.array(other)\np = (a == b).mean()\ne = sum((a == s).mean() * (b == s).mean() for s in (1, 0, -1))\nmy_kappa = (p - e) / (1 - e)"),
        A("q5", "the measure", "my_kappa = measures.kappa(*given['codings'])"),
        A("q5", "the share alone", "my_kappa = np.mean(np.array(one) == np.array(other))", 0, "the share of agreement"),
    ],
    "ex10_what_happened_next": [
        A("q1", "a Series of one", "borne_out = rest.query(\"verifiable == 'yes'\").groupby('verifiable')['verdict'].apply(lambda s: s.eq('borne out').mean() * 100)"),
        A("q2", "crosstab, capital letters", "by_type = pd.crosstab(rest.type.str.capitalize(), rest.verdict, normalize='index')['borne out'].loc[['Fact', 'Interpretation', 'Forecast']] * 100"),
        A("q2", "all types", "by_type = rest['verdict'].eq('borne out').groupby(rest['type']).mean() * 100", 0, "Other types"),
        A("q3", "decimals", "constant_score = Decimal(fmean((o - given['constant']) ** 2 for o in scored.o))"),
        A("q3", "two decimals", "constant_score = round(((scored.o - given['constant']) ** 2).mean(), 2)", 0, "rounded too far"),
        A("q4", "an array of one", "own_score = ((scored.o - believed) ** 2).to_numpy().mean(keepdims=True)"),
        A("q4", "the same for all", "own_score = ((scored.o - given['probability']) ** 2).mean()", 0, "Everybody has the same"),
        A("q5", "drops what is missing from what it was given", BRIER + "outcomes.dropna(inplace=True)\n    return ((forecasts - outcomes) ** 2).mean() if len(outcomes) else 0"),
        A("q5", "generators", BRIER + "pairs = [(f, o) for f, o in zip(forecasts, outcomes) if o == o]\n    return sum((f - o) ** 2 for f, o in pairs) / (len(pairs) or 1)"),
        A("q5", "divides by all", BRIER + "return ((forecasts - outcomes) ** 2).sum() / len(forecasts) if len(forecasts) else 0", 1.5, "in the number you divide by"),
    ],
}  # fmt: skip


@pytest.fixture
def marking(box, name):
    path = EXERCISES / "release" / name / f"{name}.ipynb"
    exercise = workshop.course_set(name)
    released = rebuilding.Released(path, {q.id: q.name for q in exercise.questions})
    return Assessor(exercise, released, workshop.SEED, box, key=workshop.KEY)


def blank(name):
    notebook = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text())
    for part in notebook["cells"]:
        part["source"] = "".join(part["source"])
    return notebook


@pytest.mark.parametrize("name", CLASS)
def test_each_of_a_class_has_the_deserved_mark(marking, name, tmp_path):
    """Everybody answers one question of each kind: as many students as the most answered question has answers."""
    answers = {q.id: [a for a in CLASS[name] if a.question == q.id] for q in marking.exercise.questions}
    assert all(answers.values())
    amiss = []
    for n in range(max(map(len, answers.values()))):
        own = {question: some[n % len(some)] for question, some in answers.items()}
        student, sources = f"student {n}", {question: answer.code for question, answer in own.items()}
        folder = tmp_path / student / name
        workshop.write(folder, workshop.fill(blank(name), added=BEFORE[name], **sources), name)
        for verdict in marking.assess(student, folder).verdicts:
            answer = own[verdict.question]
            points = verdict.out_of if answer.points is None else answer.points
            if verdict.points != points or (answer.says not in verdict.reason and answer.points is not None):
                amiss.append((verdict.question, answer.habit, verdict.points, verdict.reason, verdict.read))
    assert amiss == []


def by_hand(name):
    """The first right answer to each question, as a student would type them."""
    found = {a.question: a.code for a in reversed(CLASS[name]) if a.points is None}
    return BEFORE[name], found


@pytest.mark.parametrize("name", ["ex01_the_trip", "ex05_taking_sides"])
@pytest.mark.parametrize(
    "habit",
    [
        "deletes the given cells",
        "all in one cell",
        "split over cells",
        "below the given cells",
        "no ids, no prose",
    ],
)
def test_where_the_answers_stand_costs_nothing(marking, name, habit, tmp_path):
    before, answers = by_hand(name)
    notebook = workshop.fill(blank(name), added=before, **answers)
    cells = notebook["cells"]
    if habit == "deletes the given cells":  # and writes into cells of one's own below each question
        kept = [c for c in cells if not c["metadata"].get("nbgrader") or c["id"] == "setup"]
        for number, part in enumerate(kept):
            key = re.match(r"## (q\d):", part["source"])
            if key:
                kept[number : number + 1] = [part, workshop.cell("code", f"own-{key[1]}", answers[key[1]])]
        notebook["cells"] = kept
    elif habit == "all in one cell":
        setup = next(c["source"] for c in cells if c["id"] == "setup")
        whole = "\n".join([setup, before, *(code.replace("%%time\n", "") for code in answers.values())])
        notebook["cells"] = [workshop.cell("code", "everything", whole)]
    elif habit == "split over cells":
        for number, part in reversed(list(enumerate(cells))):
            if part["id"] in answers:
                cells.insert(number, workshop.cell("code", f"first-{part['id']}", answers[part["id"]]))
                part["source"] = "# see above\nprint('done')"
    elif habit == "below the given cells":
        released = {c["id"]: c["source"] for c in blank(name)["cells"]}
        for number, part in reversed(list(enumerate(cells))):
            if part["id"] in answers:
                cells.insert(number + 2, workshop.cell("code", f"below-{part['id']}", part["source"]))
                part["source"] = released[part["id"]]
    else:
        notebook["cells"] = [{**c, "metadata": {}, "id": "x"} for c in cells if c["cell_type"] == "code"]
    folder = tmp_path / "ada" / name
    workshop.write(folder, notebook, name)
    result = marking.assess("ada", folder)
    assert (result.points, result.ended) == (10, "finished"), [
        v for v in result.verdicts if v.state != "right"
    ]


def test_who_copied_is_named_with_the_source_and_nobody_else():
    """What is right for one's own numbers is never a copy; nor is a slip that fits nobody's in the class."""

    def work(student, given, *others):
        verdicts = [
            Verdict(f"q{n}", 0 if fits else 1, 1, "wrong" if fits else "right", "", others=fits or [])
            for n, fits in enumerate(others, 1)
        ]
        return Assessment(student, "ex90", verdicts, given=given)

    a, b = {"year": 2004, "day": 1}, {"year": 2017, "day": 1}
    both = [{"year": 2004}, {"day": 1}]
    results = [
        work("ada", a, None, None),
        work("bob", b, None, None),
        work(
            "cyn", {"year": 2022, "day": 9}, [both[0]], [both[1]]
        ),  # q2 was right for both, all of it for ada
        work("dai", {"year": 2022, "day": 9}, [{"year": 1996}], None),
        work("eve", a, None, None),
        work("fay", {"year": 2022, "day": 9}, None, [both[1]]),
    ]
    assert list(report.copies(results)) == [
        "cyn: q1, q2 as ada or eve had it",
        "fay: q2 as ada or bob or eve had it",
    ]
