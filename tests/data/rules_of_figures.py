"""Consistency rules for figures: totals, series, equal figures in two tables, viewpoints, publishers.

A rule takes the tables and yields problems, as in `rules_of_events`.
"""

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise

from our_tables import CENTRAL_ASIA, great_circle_km
from rules_of_rows import EDITIONS, VIEWERS

from tools.author.rules import defined, number

AREAS = 19
#: Owners that a viewer may name although they are not states in the course's tables.
RECOGNISED_BY_ONE = {"Abkhazia", "South Ossetia", "Northern Cyprus"}
#: Number of pairs in `gravity` without reported trade, and of all pairs, by year.
ZERO_FLOWS = {
    "2000": (449, 965),
    "2004": (358, 869),
    "2008": (311, 866),
    "2012": (281, 864),
    "2016": (273, 859),
}
#: Largest factor by which a figure may grow or shrink from one row of a series to the next.
JUMPS = [
    ("partners", ("partner",), "exports_usd_mn", 5),
    ("partners", ("partner",), "imports_usd_mn", 5),
    ("gravity_gdp", ("iso3",), "gdp_usd_mn", 6),
    ("census", ("people", "place"), "persons", {"all": 2.1, "Uyghurs": 2.1}),
    (
        *("indicators", ("indicator", "iso3"), "value"),
        {
            **{"population_persons": 2, "gdp_current_usd": 4.5, "gdp_per_head_ppp": 2.2},
            **{"military_pct_gdp": 8, "remittances_pct_gdp": 3, "gdp_ppp": 3},
        },
    ),
]
#: Figures of `numbers` that other tables repeat: China with Russia by period, trade by year and pair.
CUMULATIVE = {
    "NU001": ("2021-01-01", "2021-12-31", "total_usd_bn"),
    "NU002": ("2022-01-01", "2022-08-31", "total_usd_bn"),
    "NU003": ("2022-01-01", "2022-12-31", "total_usd_bn"),
    "NU004": ("2023-01-01", "2023-12-31", "total_usd_bn"),
    "NU005": ("2022-01-01", "2022-12-31", "china_exports_usd_bn"),
    "NU006": ("2022-01-01", "2022-12-31", "china_imports_usd_bn"),
}
TRADE = {
    "NU037": ("2021", "CHN", "KAZ"),
    "NU038": ("2022", "CHN", "KAZ"),
    "NU039": ("2022", "KAZ", "CHN"),
    "NU040": ("2021", "KAZ", "CHN"),
    "NU042": ("2024", "CHN", "KAZ"),
    "NU043": ("2024", "CHN", "KGZ"),
    "NU044": ("2024", "CHN", "UZB"),
    "NU045": ("2024", "CHN", "TKM"),
    "NU046": ("2024", "CHN", "TJK"),
}


def amount(row, column="total_usd_bn"):
    return number(row[column]) or Decimal(0)


def parts_and_totals(tables):
    """Exports and imports add up to the total, within the rounding of the three: the press truncates."""
    for name in ("trade_with_china", "trade_cn_ru_cumulative", "trade_cn_ru_monthly"):
        table = tables[name]
        two = [column for column in table.header if column.endswith(("exports_usd_bn", "imports_usd_bn"))]
        for line, row in table.numbered():
            cells = [row[column] for column in ("total_usd_bn", *two)]
            whole, *known = (value for value in map(number, cells) if value is not None)
            slack = sum(Decimal(1).scaleb(value.as_tuple().exponent) for value in (whole, *known))
            if len(known) == 2 and abs(sum(known) - whole) > slack:
                says = f"{cells[1]} and {cells[2]} do not add up to {cells[0]}."
                yield table, line, "total_usd_bn", says
            if len(known) == 1 and known[0] > whole + slack:
                yield table, line, "total_usd_bn", f"{known[0]} is more than the total, {cells[0]}."


def trade_series(tables):
    """Cumulative figures grow within a year, and growth rates fit the year before."""
    table = tables["trade_cn_ru_cumulative"]
    last, totals = {}, {}
    for line, row in sorted(table.numbered(), key=lambda item: item[1]["period_end"]):
        end = row["period_end"]
        for column in ("total_usd_bn", "china_exports_usd_bn", "china_imports_usd_bn"):
            value, before = number(row[column]), last.get((row["period_start"], column))
            if value is not None:
                if before is not None and value <= before[1]:
                    yield table, line, column, f"{value} is not more than {before[1]} up to {before[0]}."
                last[row["period_start"], column] = (end, value)
        earlier, growth = totals.get(f"{int(end[:4]) - 1}{end[4:]}"), number(row["growth_yoy_pct"])
        if growth is not None and earlier and abs((amount(row) / earlier - 1) * 100 - growth) > 2:
            yield table, line, "growth_yoy_pct", f"{growth} per cent does not fit {earlier} a year before."
        totals[end] = amount(row)


def trade_months(tables):
    """Months are in order, and equal the differences of the cumulative figures."""
    totals = {row["period_end"]: amount(row) for row in tables["trade_cn_ru_cumulative"].rows}
    months = tables["trade_cn_ru_monthly"]
    for (_, previous), (line, row) in pairwise(months.numbered()):
        if not previous["month"] < row["month"]:
            yield months, line, "month", f"{row['month']} does not follow {previous['month']}."
    for line, row in months.numbered():
        first, day = dt.date.fromisoformat(row["month"]), dt.timedelta(days=1)
        end, before = str((first + 31 * day).replace(day=1) - day), str(first - day)
        if end in totals and (before in totals or first.month == 1):
            due = totals[end] - (totals[before] if first.month > 1 else 0)
            if abs(amount(row) - due) > Decimal("0.6"):
                yield months, line, "total_usd_bn", f"the cumulative figures leave {due} for this month."


def same_figures(tables):
    """A figure is the same in every table that states it."""
    numbers, table = tables["numbers"], tables["trade_with_china"]
    figures = {row["id"]: row["value"] for row in numbers.rows}
    lines = {row["id"]: line for line, row in numbers.numbered()}
    trade = {(r["year"], r["months"], r["reporter"], r["partner"]): r for r in table.rows}
    series = {(r["period_start"], r["period_end"]): r for r in tables["trade_cn_ru_cumulative"].rows}
    flows = {(r["year"], r["product"], r["origin"], r["destination"]): r for r in tables["energy_flows"].rows}
    for line, row in table.numbered():
        other = series.get((f"{row['year']}-01-01", f"{row['year']}-12-31"))
        of_china = (row["reporter"], row["partner"], row["months"]) == ("CHN", "RUS", "12")
        if of_china and other and other["total_usd_bn"] != row["total_usd_bn"]:
            yield table, line, "total_usd_bn", f"the cumulative table has {other['total_usd_bn']}."
        if (row["reporter"], row["partner"]) == ("CHN", "CA5"):
            five = sum(amount(trade[row["year"], row["months"], "CHN", p]) for p in CENTRAL_ASIA)
            if abs(five - amount(row)) > Decimal("0.5"):
                yield table, line, "total_usd_bn", f"the five states add up to {five}."
    pairs = {key: series[start, end][column] for key, (start, end, column) in CUMULATIVE.items()}
    pairs |= {key: trade[year, "12", *who]["total_usd_bn"] for key, (year, *who) in TRADE.items()}
    for key, due in pairs.items():
        if number(figures[key]) != number(due):
            yield numbers, lines[key], "value", f"another table has {due} for this figure."
    share = float(figures["NU012"]) / float(figures["NU014"]) * 100
    if abs(share - float(figures["NU016"])) > 0.06:
        yield numbers, lines["NU016"], "value", f"the two quantities give {share:.1f} per cent."
    for key, origin in (("NU012", "RUS"), ("NU013", "SAU")):
        other = flows["2022", "crude oil", origin, "CHN"]["value"]
        if abs(float(figures[key]) - float(other)) > 0.05:
            yield numbers, lines[key], "value", f"the table of energy flows has {other}."


def gas_totals(tables):
    """Pipeline gas by origin adds up to the total; each flow has all years, each edition one source."""
    table = tables["energy_flows"]
    sums = defaultdict(Decimal)
    for _, row in table.numbered():
        if row["product"] == "pipeline gas" and row["origin"] != "WLD":
            sums[row["year"]] += amount(row, "value")
    for line, row in table.numbered():
        gap = abs(sums[row["year"]] - amount(row, "value"))
        if (row["product"], row["origin"]) == ("pipeline gas", "WLD") and gap > Decimal("0.005"):
            yield table, line, "value", f"the origins of {row['year']} add up to {sums[row['year']]}."
    for flow, rows in Counter((r["product"], r["origin"], r["destination"]) for r in table.rows).items():
        if rows != len(EDITIONS):
            yield table, None, "origin", f"{', '.join(flow)} has {rows} years, not {len(EDITIONS)}."
    if len({(r["edition"], r["known_when"], r["source"].split(";")[0]) for r in table.rows}) > len(EDITIONS):
        yield table, None, "known_when", "one edition has two days of publication or two sources."


def jumps(tables):
    """A series does not jump by more than the factor allowed for its kind."""
    for name, keys, column, most in JUMPS:
        table, series = tables[name], defaultdict(list)
        for line, row in table.numbered():
            if (value := number(row[column])) is not None:
                series[tuple(row[key] for key in keys)].append((int(row["year"]), float(value), line))
        for key, found in series.items():
            times = most.get(key[0], 0) if isinstance(most, dict) else most
            for (earlier, before, _), (year, after, line) in pairwise(sorted(found)):
                next_ = name != "partners" or year == earlier + 1
                if times and before and next_ and not before / times < after < before * times:
                    says = f"{' of '.join(key)} jumps from {before:g} to {after:g} in {year}."
                    yield table, line, column, says


def parts_of_the_world(tables):
    """A state is less than a third of the world, series have seven years, partners are most of the world."""
    table = tables["indicators"]
    world = {(r["indicator"], r["year"]): float(r["value"]) for r in table.rows if r["iso3"] == "WLD"}
    for line, row in table.numbered():
        most = 0.35 * world.get((row["indicator"], row["year"]), float("inf"))
        if row["iso3"] != "WLD" and float(row["value"]) > most:
            yield table, line, "value", "the figure is more than a third of the world."
    whole = ("population_persons", "gdp_current_usd", "gdp_per_head_ppp")
    for (iso3, indicator), rows in Counter((r["iso3"], r["indicator"]) for r in table.rows).items():
        if indicator in whole and rows != 7:
            yield table, None, "iso3", f"{indicator} of {iso3} has {rows} years, not seven."
    table = tables["partners"]
    for column in ("exports_usd_mn", "imports_usd_mn"):
        sums = defaultdict(Decimal)
        for _, row in table.numbered():
            sums[row["year"]] += amount(row, column) if row["partner"] != "WLD" else 0
        for line, row in table.numbered():
            total = amount(row, column)
            if row["partner"] == "WLD" and not total * Decimal("0.3") < sums[row["year"]] <= total:
                says = f"the partners of {row['year']} add up to {sums[row['year']]}."
                yield table, line, column, says


def partners_and_press(tables):
    """The final figures are near the first ones, which the press printed."""
    final = {(r["year"], r["partner"]): r for r in tables["partners"].rows}
    press = tables["trade_with_china"]
    for line, row in press.numbered():
        ours = final.get((row["year"], row["partner"]))
        if row["reporter"] == "KAZ" and row["months"] == "12" and ours:
            total = (amount(ours, "exports_usd_mn") + amount(ours, "imports_usd_mn")) / 1000
            if abs(total / amount(row) - 1) > Decimal("0.02"):
                yield press, line, "total_usd_bn", f"the final figure is {total:.2f}."


def lists_of_partners(tables):
    """A list of shares is from one edition, and has a note if it adds up to more than 100."""
    table = tables["partner_shares"]
    lists, codes = defaultdict(list), defaultdict(set)
    for line, row in table.numbered():
        lists[row["iso3"], row["flow"], row["year"]].append((line, row))
        codes[row["printed"]].add(row["partner"])
        if len(codes[row["printed"]]) > 1:
            yield table, line, "partner", f"{row['printed']} has another code elsewhere."
    for (state, flow, year), rows in lists.items():
        line, first = rows[0]
        total = sum(Decimal(row["share_pct"]) for _, row in rows)
        if total > 100 and "adds up to" not in first["note"]:
            yield table, line, "share_pct", f"{flow} of {state} in {year} add up to {total} per cent."
        if len({row["edition"] for _, row in rows}) > 1:
            yield table, line, "edition", "one list is from two editions."
        due = int(year) >= 2000 and state in ("KAZ", "TJK") and flow == "imports"
        lacks = all(row["partner"] != "RUS" for _, row in rows)
        if due and lacks and "lacks Russia" not in first["note"]:
            yield table, line, "note", "a list of imports without Russia says so."


def pairs_of_states(tables):
    """A pair's distance is the same each year and near that of the capitals; zero flows are as counted."""
    table = tables["gravity"]
    gdp = {(r["year"], r["iso3"]) for r in tables["gravity_gdp"].rows}
    where = {r["iso3"]: (float(r["capital_lat"]), float(r["capital_lon"])) for r in tables["places"].rows}
    pairs, zeros, rows = {}, Counter(), Counter()
    for line, row in table.numbered():
        ends = (row["origin"], row["destination"])
        for column in ("distance_km", "shared_border", "shared_language"):
            due = pairs.setdefault((frozenset(ends), column), row[column])
            if row[column] != due:
                yield table, line, column, f"{row[column]}, where another row of the pair has {due}."
        for column, end in zip(("origin", "destination"), ends, strict=True):
            if (row["year"], end) not in gdp:
                yield table, line, column, f"gravity_gdp has no {end} in {row['year']}."
        if {*ends} <= where.keys():
            far = great_circle_km(*where[ends[0]], *where[ends[1]])
            if abs(float(row["distance_km"]) - far) > 450 + 0.35 * far:
                yield table, line, "distance_km", f"the capitals are {far:.0f} km apart."
        rows[row["year"]] += 1
        zeros[row["year"]] += row["flow_usd_mn"] == "0"
    for year, (zero, every) in ZERO_FLOWS.items():
        if (zeros[year], rows[year]) != (zero, every):
            found = f"{zeros[year]} of {rows[year]} pairs of {year} have no trade"
            yield table, None, "flow_usd_mn", f"{found}, not {zero} of {every}."


def counters(tables):
    """A quantity has two counters or more with comparable figures, and its rows are together."""
    table = tables["who_counted"]
    quantities = defaultdict(list)
    for line, row in table.numbered():
        quantities[row["quantity"]].append((line, row))
    for quantity, rows in quantities.items():
        line = rows[0][0]
        if len({row["counter"] for _, row in rows}) < 2:
            yield table, line, "quantity", f"{quantity} has one counter: nothing to compare."
        known = [figure for figure in (number(row["value"]) for _, row in rows) if figure]
        if known and max(known) > 8 * min(known):
            yield table, line, "value", f"{quantity}: {max(known)} is not the same as {min(known)}."
        if rows[-1][0] - line + 1 != len(rows):
            yield table, line, "quantity", f"the rows of {quantity} are not together."
    ours = {row["value"] for _, row in quantities["dead of January 2022"]}
    theirs = {r["value"] for r in tables["numbers"].rows if r["indicator"] == "Dead in January 2022 unrest"}
    for value in sorted(ours ^ theirs):
        yield table, None, "value", f"{value} dead of January 2022 are in one of two tables only."


def viewpoints(tables):
    """Each viewer has a position on each area; each owner is a state."""
    table = tables["viewpoints"]
    names = {r["name"] for r in tables["states"].rows} | RECOGNISED_BY_ONE
    seen = defaultdict(set)
    for line, row in table.numbered():
        seen[row["area"]] |= {row["viewer"]} if row["role"] == "viewer" else set()
        owner = row["drawn_as"].removeprefix("of ")
        if owner != row["drawn_as"] and owner not in names:
            yield table, line, "drawn_as", f"{owner} is not a state of the course."
    for area, viewers in seen.items():
        for viewer in sorted(VIEWERS - viewers):
            yield table, None, "viewer", f"{area} has no row for {viewer}."
    if len(seen) != AREAS:
        yield table, None, "area", f"{len(seen)} areas, not {AREAS}."


def shares(tables):
    """Shares of a whole add up to 100 or to the sum that the row states; those of a census fit it."""
    table = tables["census"]
    whole = {(r["year"], r["place"]): int(r["persons"]) for r in table.rows if r["people"] == "all"}
    for line, row in table.numbered():
        total, share = whole.get((row["year"], row["place"])), number(row["share_pct"])
        if total and int(row["persons"]) > total:
            yield table, line, "persons", f"more than all of {row['place']}, {total}."
        if total and share is not None and abs(100 * int(row["persons"]) / total - float(share)) > 0.01:
            yield table, line, "share_pct", f"{row['persons']} of {total} are another share."
    table, last = tables["kandas"], 0
    columns = [column for column in table.header if column.endswith("_pct")]
    for line, row in table.numbered():
        total = sum(amount(row, column) for column in columns)
        said = f"{total}" in row["note"] or f"{100 - total}" in row["note"]
        if abs(total - 100) > Decimal("0.2") and not said:
            yield table, line, columns[0], f"the shares add up to {total}, and the note does not say so."
        if row["since_1991_persons"]:
            if int(row["since_1991_persons"]) < last:
                yield table, line, "since_1991_persons", f"it was {last} before."
            last = int(row["since_1991_persons"])
    for name, keys, column, least in (
        ("dependence", ("dimension",), "value", 100),
        ("polls", ("question", "place", "from", "by"), "answer_pct", 0),
    ):
        table, sums, lines = tables[name], Counter(), {}
        for line, row in table.numbered():
            if row.get("unit", "percent") == "percent":
                key = tuple(row[each] for each in keys)
                sums[key] += Decimal(row[column])
                lines.setdefault(key, line)
        for key, total in sums.items():
            if not least <= total <= Decimal("100.2"):
                yield table, lines[key], column, f"{', '.join(key)}: {total} per cent in all."


def publishers(tables):
    """Each publisher of a source has one row in the table of publishers, and nobody else has."""
    table = tables["publishers"]
    used = {row["publisher"] for row in tables["sources"].rows}
    named = Counter()
    for line, row in table.numbered():
        for one in row["spellings"].split(" | "):
            named[one] += 1
            if one not in used:
                yield table, line, "spellings", f"no source has the publisher “{one}”."
    for one in sorted(used):
        if named[one] != 1:
            yield table, None, "spellings", f"“{one}” is in {named[one]} rows, not in one."


RULES = defined(globals())
