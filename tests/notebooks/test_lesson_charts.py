"""What each chart's title and description say, counted a second time: from the tables as text, by other code.

The stored records would bless a wrong figure that is stored anew. Here each chart of the lessons has its
title and its figures worked out in another way than the lesson's; a new chart without an entry fails.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pytest

from samarkand.course import lessons
from samarkand.ground.home import course_data

VEGALITE = "application/vnd.vegalite.v5+json"
Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (course_data() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Says(NamedTuple):
    """The title that the tables bear out, the figures of the description, what must hold, the subtitle."""

    title: str
    figures: list[str]
    holds: bool = True
    subtitle: str = ""


def words() -> Says:
    said: Counter[str] = Counter()
    for row in table("blocks"):
        if row["quoted_speaker"]:
            said[row["quoted_speaker"]] += int(row["quoted_words"])
    (first, most), *_ = said.most_common()
    holds = first == "Niva Yau" and 2 * most > said.total()  # the researcher, and more than half
    return Says("One researcher has most of the quoted words", [str(n) for _, n in said.most_common()], holds)


def types() -> Says:
    kinds = Counter(row["type"] for row in table("claims"))
    return Says(
        f"Only {kinds['fact']} of {kinds.total()} statements are plain facts",
        [str(n) for _, n in kinds.most_common()],
        2 * kinds["fact"] < kinds.total(),
    )


def members() -> Says:
    spells = [row for row in table("sco_membership") if row["status"] == "member"]
    count = {
        year: sum(row["from"] <= f"{year}-12-31" < (row["to"] or "9999") for row in spells)
        for year in range(2001, 2026)
    }
    new = [year for year in count if count[year] != count.get(year - 1)]
    least, most = min(count.values()), max(count.values())
    so_long = [year for year in count if count[year] == least]
    return Says(
        f"{least} members for {len(so_long)} years, {most} by {new[-1]}",
        [figure for year in new for figure in (str(count[year]), str(year))]
        + [str(year) for year in new[1:]],
        so_long == list(range(2001, 2001 + len(so_long))),
        "Members of the SCO on 31 December",
    )


def shares() -> Says:
    value = {
        (row["iso3"], row["indicator"]): float(row["value"])
        for row in table("indicators")
        if row["year"] == "2021"
    }
    figures, grown = [], {}
    for iso3 in ("CHN", "IND", "RUS", "PAK"):
        nominal = value[iso3, "gdp_current_usd"] / value["WLD", "gdp_current_usd"] * 100
        people = value[iso3, "population_persons"]
        at_ppp = value[iso3, "gdp_per_head_ppp"] * people / value["WLD", "gdp_ppp"] * 100
        grown[iso3] = at_ppp / nominal
        figures += [f"{round(nominal, 2):.1f}", f"{round(at_ppp, 2):.1f}"]
    holds = 2 < grown["IND"] < 3
    subtitle = "Share of world GDP, 2021"
    return Says("At purchasing power parity India more than doubles", figures, holds, subtitle)


def first_picture() -> Says:
    totals = [
        float(row["total_usd_bn"])
        for row in sorted(table("trade_cn_ru_cumulative"), key=lambda row: row["period_end"])
        if row["period_start"] == "2022-01-01" and row["known_when"] <= "2022-09-14"
    ]
    return Says(
        "A first picture: trade more than quadruples",
        [f"{value:.1f}" for value in totals],
        totals[-1] > 4 * totals[0] and totals == sorted(totals),
        "Trade of China and Russia from January on, 2022",
    )


def months() -> Says:
    rows = sorted(
        (
            row
            for row in table("trade_cn_ru_cumulative")
            if row["period_start"] == "2022-01-01" and row["known_when"] <= "2022-09-14"
        ),
        key=lambda row: row["period_end"],
    )
    august = next(row for row in table("trade_cn_ru_monthly") if row["month"] == "2022-08-01")
    by_month: dict[str, dict[int, float]] = {}
    for column in ("china_imports_usd_bn", "china_exports_usd_bn"):
        so_far = {int(row["period_end"][5:7]): float(row[column]) for row in rows if row[column]}
        by_month[column] = {
            month: so_far[month] - so_far[month - 1] for month in so_far if month - 1 in so_far
        }
        by_month[column][8] = float(august[column])
    figures = []
    for flow in by_month.values():
        ends = (3, 8)
        low, high = min(flow, key=flow.__getitem__), max(flow, key=flow.__getitem__)
        for month in (*ends, *(one for one in (low, high) if one not in ends)):
            figures.append(f"{flow[month]:.1f}")
    buys, sells = by_month.values()
    ahead = all(buys[month] > sells[month] for month in sells)
    subtitle = "China's trade with Russia by month, March to August 2022"
    return Says("Buying ran ahead of selling", figures, ahead and (min(buys), max(buys)) == (3, 8), subtitle)


def years() -> Says:
    total = {
        int(row["year"]): float(row["total_usd_bn"])
        for row in table("trade_with_china")
        if (row["reporter"], row["partner"]) == ("CHN", "RUS")
    }
    figures = [figure for year in sorted(total) for figure in (str(year), f"{total[year]:.1f}")]
    up = 100 * (total[2021] / total[2020] - 1)
    fell = [year for year in total if year - 1 in total and total[year] < total[year - 1]]
    return Says(
        f"Up by {up:.0f} per cent before the war, down in 2025",
        [*figures, "2022"],
        fell == [2020, 2025]
        and up == max(100 * (total[y] / total[y - 1] - 1) for y in total if y - 1 in total),
        "Trade of China and Russia in whole years; the report's year stands out",
    )


def oil() -> Says:
    sold: dict[str, dict[int, float]] = defaultdict(dict)
    for row in table("energy_flows"):
        if (row["origin"], row["product"]) == ("RUS", "crude oil"):
            sold[row["destination"]][int(row["year"])] = float(row["value"])
    figures = [
        figure
        for buyer in ("CHN", "IND", "EUR", "USA")
        for year in sorted(sold[buyer])
        for figure in (f"{sold[buyer][year]:,.0f}", str(year))
    ]
    more = {buyer: flow[2024] - flow[2021] for buyer, flow in sold.items()}
    mostly = more["IND"] > sum(up for buyer, up in more.items() if up > 0) / 2
    subtitle = "Russian crude oil by buyer, million tonnes; Europe includes Turkey"
    holds = mostly and more["EUR"] < 0
    return Says("Mostly India: what became of Europe's share", figures, holds, subtitle)


def in_favour() -> Says:
    votes = sorted(
        (row for row in table("resolutions") if row["vote"] != "hrc_xinjiang"), key=lambda r: r["day"]
    )
    yes = [int(row["yes"]) for row in votes]
    figures = [figure for row in votes for figure in (*re.findall(r"\d+", row["number"]), row["yes"])]
    march_april = [row["day"][:7] for row in votes[:2]] == ["2022-03", "2022-04"]
    return Says(
        f"{100 * (yes[0] - yes[1]) / yes[0]:.0f}% of the support lost from March to April?",
        figures,
        march_april,
        "States that voted yes in the UN General Assembly, 2022",
    )


def _told(series: dict[int, float]) -> list[str]:
    ends = (min(series), max(series))
    extremes = (min(series, key=series.__getitem__), max(series, key=series.__getitem__))
    return [
        figure
        for year in (*ends, *(one for one in extremes if one not in ends))
        for figure in (f"{series[year]:.2f}", str(year))
    ]


def _agreement(states: set[str], reference: str) -> dict[int, float]:
    found: dict[int, list[float]] = defaultdict(list)
    for row in table("unga_agreement"):
        if row["iso3"] in states and row["reference"] == reference:
            found[int(row["year"])].append(float(row["agreement_index"]))
    assert {len(one) for one in found.values()} == {len(states)}
    return {year: sum(one) / len(one) for year, one in found.items()}


def powers() -> Says:
    together, china, russia = (
        _agreement({one}, other) for one, other in (("CHN", "RUS"), ("CHN", "USA"), ("RUS", "USA"))
    )
    nearer = together[2019] > together[1995]
    farther = all(pair[2019] < pair[1995] for pair in (china, russia))
    figures = [*_told(together), *_told(china), *_told(russia)]
    subtitle = "Agreement in recorded votes of the UN General Assembly, 0 to 1"
    return Says("Nearer to each other, farther from Washington", figures, nearer and farther, subtitle)


def five() -> Says:
    states = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    china, russia, usa = (_agreement(states, reference) for reference in ("CHN", "RUS", "USA"))
    since = min(year for year in china if all(china[y] > russia[y] for y in china if y >= year))
    return Says(
        f"Since {since} the five have voted nearer to China than to Russia",
        [*_told(china), *_told(russia), *_told(usa)],
        subtitle="Mean agreement of five Central Asian states with three powers, 0 to 1",
    )


def _forecasts() -> list[Row]:
    return [row for row in table("claims") if row["type"] == "forecast"]


def verdicts() -> Says:
    found = Counter(row["verdict"] for row in _forecasts())
    figures = [str(found[one]) for one in ("borne out", "partly", "contested", "not borne out")]
    return Says(
        "Never wrong?", figures, found["not borne out"] == 0 and sum(map(int, figures)) == len(_forecasts())
    )


def left() -> Says:
    announced = {claim for row in table("announced") for claim in row["claims"].split(";")}
    before = sum(row["id"] in announced for row in _forecasts())
    clear = sum(row["verifiable"] == "yes" and row["id"] not in announced for row in _forecasts())
    every = len(_forecasts())
    return Says(
        f"Of {every} forecasts, {clear} were open and can be settled",
        [str(before), str(clear), str(every - before - clear), str(every)],
    )


def _pairs_of_2006() -> list[Row]:
    return [row for row in table("gravity") if row["year"] == "2006"]


def ratio() -> Says:
    total: dict[str, dict[int, float]] = {"CHN": {}, "RUS": {}}
    for row in table("partners"):
        if row["partner"] in total and row["exports_usd_mn"] and row["imports_usd_mn"]:
            flows = float(row["exports_usd_mn"]), float(row["imports_usd_mn"])
            total[row["partner"]][int(row["year"])] = sum(flows)
    china, russia = total.values()
    by_year = {year: china[year] / russia[year] for year in sorted(china.keys() & russia.keys())}
    above = [year for year, one in by_year.items() if one > 1]
    times = sum(year - 1 not in above for year in above)
    return Says(
        f"China passed Russia {'once' if times == 1 else 'twice'}, and never by a quarter",
        [*_told(by_year), "1.00"],
        times == 2 and max(by_year.values()) < 1.25,
        "Kazakhstan's trade with China, divided by its trade with Russia",
    )


def _points(least: float) -> list[str]:
    """Return how many flows of Kazakhstan exceed some value, and the ends of their distances and sizes."""
    own = [row for row in _pairs_of_2006() if row["origin"] == "KAZ"]
    own = [row for row in own if float(row["flow_usd_mn"]) > least]
    km = [int(row["distance_km"]) for row in own]
    flow = [float(row["flow_usd_mn"]) for row in own]
    low = f"{min(flow):.2f}" if min(flow) >= 0.01 else "0.01" if min(flow) else "0"
    return [str(len(own)), f"{min(km):,}", f"{max(km):,}", low, f"{max(flow):,.0f}"]


def blot() -> Says:
    subtitle = "What Kazakhstan sold in 2006, a point for each buyer"
    return Says("A blot in the corner", _points(-1), subtitle=subtitle)


def cloud() -> Says:
    return Says("The same on logarithmic axes: farther is less", _points(0))


def rulers() -> Says:
    five = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    gdp = {row["iso3"]: float(row["gdp_usd_mn"]) for row in table("gravity_gdp") if row["year"] == "2006"}
    pairs = [row for row in _pairs_of_2006() if float(row["flow_usd_mn"])]
    logs = np.log(
        [[np.e, gdp[row["origin"]], gdp[row["destination"]], float(row["distance_km"])] for row in pairs]
    )
    trade = np.log([float(row["flow_usd_mn"]) for row in pairs])
    fitted = trade - logs @ np.linalg.solve(logs.T @ logs, logs.T @ trade)
    simple = trade - logs @ [0, 1, 1, -1]
    simple -= simple.mean()
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row, one, other in zip(pairs, simple, fitted, strict=True):
        if partners := {row["origin"], row["destination"]} - five:
            found[partners.pop()].append((one, other))
    means = {who: np.mean(values, axis=0) for who, values in found.items() if len(values) >= 6}
    ends = [f"{abs(end(mean[n] for mean in means.values())):.2f}" for n in (0, 1) for end in (min, max)]
    return Says(
        "Some stand high or low by both rulers, some by one",
        [str(len(means)), *ends],
        min(means["UKR"]) > 1 and max(means["EGY"]) < -1 and abs(means["USA"][0]) < 0.1 < means["USA"][1] - 1,
        "Mean residual of each partner in 2006; on the line both rulers say the same",
    )


def _range(parts: list[float], whole: float) -> tuple[float, float]:
    """Return the Herfindahl index of parts, without the rest of a whole and with as few more as fit."""
    shares = [part / whole for part in parts]
    rest = 1 - sum(shares)
    while rest > 1e-9:
        shares.append(min(rest, min(parts) / whole))
        rest -= shares[-1]
    return sum((part / whole) ** 2 for part in parts), sum(share**2 for share in shares)


def one_scale() -> Says:
    of = {
        flow: [float(row["share_pct"]) for row in table("partner_shares")
               if (row["iso3"], row["year"], row["flow"]) == ("KAZ", "2022", flow)]
        for flow in ("exports", "imports")
    }  # fmt: skip
    rows = table("dependence")
    found = {flow: _range(shares, 100) for flow, shares in of.items()}
    crossed: Counter[str] = Counter()
    for dimension in {row["dimension"] for row in rows}:
        mine = [row for row in rows if row["dimension"] == dimension]
        parts = [float(row["value"]) for row in mine if row["part"] != "not listed"]
        found[dimension] = _range(parts, sum(float(row["value"]) for row in mine))
        if dimension.startswith("oil"):
            crossed.update({row["through"]: 0 for row in mine})
            for row in mine:
                crossed[row["through"]] += float(row["value"])  # type: ignore[assignment]
    found["door"] = _range(list(crossed.values()), crossed.total())
    told = [
        end
        for ends in sorted(found.values())
        for end in dict.fromkeys(f"{end:.3f}".rstrip("0") for end in ends)
    ]
    return Says("Many customers, one door", told, found["exports"][1] < 0.1 and found["door"][0] > 0.8)


def _own_count(partner: str) -> dict[str, float]:
    return {
        row["year"]: (float(row["exports_usd_mn"]) + float(row["imports_usd_mn"])) / 1000
        for row in table("partners")
        if row["partner"] == partner and row["exports_usd_mn"] and row["imports_usd_mn"]
    }


def two_offices() -> Says:
    own = _own_count("CHN")
    china = {
        row["year"]: float(row["total_usd_bn"])
        for row in table("trade_with_china")
        if (row["reporter"], row["partner"], row["months"]) == ("CHN", "KAZ", "12")
    }
    figures = [said for year in sorted(china) for said in (year, f"{china[year]:.1f}", f"{own[year]:.1f}")]
    holds = all(china[year] >= 1.25 * own[year] for year in china)
    return Says("Each year China counts at least a quarter more", figures, holds)


def ten_years() -> Says:
    own = {year: figure for year, figure in _own_count("CHN").items() if year > "2000"}
    first, last, least = min(own), max(own), min(own, key=own.__getitem__)
    told = [said for year in dict.fromkeys((first, last, least)) for said in (f"{own[year]:.1f}", year)]
    return Says(
        "Announced in 2013, back where it had been in 2022",
        told,
        abs(own["2022"] / own["2012"] - 1) < 0.02 and last > "2022",
    )


def the_dead() -> Says:
    rows = [row for row in table("who_counted") if row["quantity"] == "dead of January 2022"]
    told = []
    for row in rows:
        year, _, day = row["day"].split("-")
        told += [row["value"], str(int(day)), year]
    return Says("Nine counts of those who died", told, len(rows) == 9)


def _counters(quantity: str) -> tuple[list[float], list[str]]:
    """Return the figure of each counter of a quantity, and the numbers told: of name, count and day."""
    found, told = [], []
    for row in table("who_counted"):
        if row["quantity"] == quantity:
            figures = [float(row[column]) for column in ("low", "value", "high") if row[column]]
            year, _, day = row["day"].split("-")
            found += figures[-1:]
            told += [
                *re.findall(r"\d+", row["counter"]),
                *(f"{n:,.10g}" for n in figures),
                str(int(day)),
                year,
            ]
    return found, told


def border() -> Says:
    lengths, told = _counters("length of the border of China and Kazakhstan")
    return Says("One border, five lengths", told, len(set(lengths)) == 5)


def uyghurs() -> Says:
    counted = {
        row["year"]: int(row["persons"])
        for row in table("census")
        if (row["place"], row["people"], row["method"]) == ("KAZ", "Uyghurs", "census")
    }
    first, *_, last = sorted(counted)
    return Says(
        "Eight times as many at the eighth census as at the first",
        [f"{counted[first]:,}", first, f"{counted[last]:,}", last],
        len(counted) == 8 and round(counted[last] / counted[first]) == 8,
    )


def neighbours() -> Says:
    counts, told = _counters("Uyghurs in Kyrgyzstan")
    return Says(
        "The largest figure is almost five times the smallest", told, 4.5 < max(counts) / min(counts) < 5
    )


def wrong_line() -> Says:
    counts, told = _counters("Uyghurs in Xinjiang")
    return Says(
        "A first picture, and a wrong one",
        [f"{counts[0]:.1f}", *told[1:3], f"{counts[1]:.1f}", *told[4:]],
    )


def numbers() -> Says:
    counts, told = _counters("people held in Xinjiang’s camps or centres")
    return Says("Who gave a number, and who gave none", told, len(counts) == 4)


def _ways(near: dict[str, set[str]], start: str) -> tuple[dict[str, int], Counter[str]]:
    """Return how far each actor is from one of them, and on how many shortest ways it is reached."""
    far, ways = {start: 0}, Counter({start: 1})
    queue = [start]
    for one in queue:
        for other in near[one]:
            if other not in far:
                far[other] = far[one] + 1
                queue.append(other)
            if far[other] == far[one] + 1:
                ways[other] += ways[one]
    return far, ways


def _between(near: dict[str, set[str]]) -> dict[str, float]:
    """Add up, for each actor, its shares of the shortest ways between all the others."""
    reached = {one: _ways(near, one) for one in near}
    return {
        middle: sum(
            reached[a][1][middle] * reached[middle][1][b] / reached[a][1][b]
            for a in near
            for b in reached[a][0]
            if middle in reached[a][0]
            and middle not in (a, b)
            and reached[a][0][middle] + reached[middle][0][b] == reached[a][0][b]
        )
        for middle in near
    }


def forty() -> Says:
    """Count who is first: five sets of ties, persons apart or not, Central Asia in or out, two measures."""
    told = [row for row in table("ties") if row["in_article"] == "true"]
    second = {row["tie"]: row["sign"] for row in table("second_coding")}
    state = {row["id"]: row["iso3"] for row in table("entities") if row["type"] == "person" and row["iso3"]}
    kept = [
        told,
        [row for row in told if row["sign"] != "0"],
        [row for row in told if second[row["id"]] != "0"],
        [row for row in told if row["kind"] != "contact"],
        [row for row in told if not re.search("not certain|Implied", row["note"])],
    ]
    first: Counter[tuple[bool, str]] = Counter()
    for rows in kept:
        for apart in (True, False):
            for without in ("", "CENTRAL_ASIA"):
                near: dict[str, set[str]] = defaultdict(set)
                for row in rows:
                    a, b = (one if apart else state.get(one, one) for one in (row["actor"], row["target"]))
                    near[a], near[b] = near[a] | {b}, near[b] | {a}
                for one in near.pop(without, set()):
                    near[one].discard(without)
                degree = {one: len(others) for one, others in near.items()}
                for measure in (degree, _between(dict(near))):
                    first[apart, max(measure, key=measure.__getitem__)] += 1
    counts = [first[True, "RUS"], first[False, "CHN"], first[False, "RUS"]]
    return Says(
        "Persons apart, Russia is first in every coding",
        [str(n) for n in counts],
        first.total() == sum(counts) == 2 * first[True, "RUS"] == 40,
        "Who is first, in how many of 40 codings of the report",
    )


CHARTS: dict[str, Callable[[], Says]] = {
    "words-chart": words,
    "types-chart": types,
    "members-chart": members,
    "shares-chart": shares,
    "first-picture": first_picture,
    "months-chart": months,
    "years-chart": years,
    "oil-chart": oil,
    "yes-chart": in_favour,
    "powers-chart": powers,
    "five-chart": five,
    "scale-chart": one_scale,
    "both-chart": two_offices,
    "decade-chart": ten_years,
    "dead-chart": the_dead,
    "verdicts-chart": verdicts,
    "left-chart": left,
    "ratio-chart": ratio,
    "blot": blot,
    "cloud": cloud,
    "forty-chart": forty,
    "rulers-chart": rulers,
    "border-chart": border,
    "census-chart": uyghurs,
    "kyrgyz-chart": neighbours,
    "wrong-chart": wrong_line,
    "held-chart": numbers,
}
#: Made of probabilities that the lesson itself assigns: its description is tested with the chart.
OWN = {"calibration"}


def drawn() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield lesson, cell, title, subtitle and description of each chart that is stored."""
    for lesson in lessons.every():
        for cell, spec in lesson.outputs(VEGALITE):
            title = spec["vconcat"][0]["title"]
            yield lesson.name, cell, title["text"], title.get("subtitle", ""), spec["description"]


STORED = {cell: said for _, cell, *said in drawn()}
LESSONS = {cell: name for name, cell, *_ in drawn()}


def test_each_chart_of_the_lessons_is_counted_a_second_time() -> None:
    assert set(STORED) == set(CHARTS) | OWN


@pytest.mark.parametrize("cell", CHARTS, ids=lambda cell: f"{LESSONS.get(cell, '')} {cell}")
def test_title_and_figures_are_those_of_the_tables(cell: str) -> None:
    title, subtitle, description = STORED[cell]
    due = CHARTS[cell]()
    assert (title, subtitle) == (due.title, due.subtitle)
    assert due.holds, f"{title}: the tables no longer say so"
    figures = description.partition(" show")[2] or description  # points and counts are not introduced
    assert re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", figures) == due.figures
