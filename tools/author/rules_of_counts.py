"""What the tables of counts, partners, viewpoints and publishers must agree on.

`RULES` holds the rules, each a function from the tables to what is wrong, as in `tools.author.integrity`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from tools.author.rules import CENTRAL_ASIA, Table, Tables, defined, great_circle_km, number

#: A table, and a line of it, a column, and what is wrong there.
Found = tuple[Table, int | None, str | None, str]

#: The nine whose maps and documents are compared, for each of the seventeen areas.
VIEWERS = {
    "China",
    "India",
    "Kazakhstan",
    "Pakistan",
    "Russia",
    "Turkey",
    "Ukraine",
    "United Nations",
    "United States",
}
AREAS = 17

#: Owners that a viewer may name, though no table of the course has them as a state.
RECOGNISED_BY_ONE = {"Abkhazia", "South Ossetia", "Northern Cyprus"}

#: Pairs in `gravity` for which no trade was reported, year by year, and all pairs of that year.
ZERO_FLOWS = {
    "2000": (449, 965),
    "2004": (358, 869),
    "2006": (272, 976),
    "2008": (311, 866),
    "2012": (281, 864),
    "2016": (273, 859),
}


def one_counter_at_a_time(tables: Tables) -> Iterator[Found]:
    """Check that each year of the partners has one edition, and none that is known to have a hole."""
    table = tables["partners"]
    for line, row in table.numbered():
        due = "WITS" if int(row["year"]) < 2020 else "Bureau of National Statistics"
        if row["counter"] != due:
            yield table, line, "counter", f"the series takes {row['year']} from: {due}."
        if (row["year"], row["partner"]) == ("2010", "RUS"):
            yield table, line, "partner", "trade with Russia was counted for half of 2010 only."
        if not row["exports_usd_mn"] and not row["imports_usd_mn"]:
            yield table, line, "exports_usd_mn", "neither exports nor imports: leave the row out."
        if int(row["known_when"][:4]) != int(row["year"]) + 1:
            yield table, line, "known_when", "the figures of a year are out in the next."


def partners_and_the_world(tables: Tables) -> Iterator[Found]:
    """Check that no year's partners trade more than the world does, and that no series jumps fivefold."""
    table = tables["partners"]
    for column in ("exports_usd_mn", "imports_usd_mn"):
        parts: dict[str, Decimal] = defaultdict(Decimal)
        world: dict[str, tuple[int, Decimal]] = {}
        series: dict[str, list[tuple[int, Decimal, int]]] = defaultdict(list)
        for line, row in table.numbered():
            value = number(row[column])
            if value is None:
                continue
            series[row["partner"]].append((int(row["year"]), value, line))
            if row["partner"] == "WLD":
                world[row["year"]] = (line, value)
            else:
                parts[row["year"]] += value
        for year, (line, total) in world.items():
            if not total * Decimal("0.3") < parts[year] <= total:
                yield table, line, column, f"the partners of {year} add up to {parts[year]}."
        for partner, found in series.items():
            for (before_year, before, _), (when, after, line) in pairwise(sorted(found)):
                if when == before_year + 1 and not before / 5 < after < before * 5:
                    yield table, line, column, f"{partner} jumps from {before} to {after} in {when}."


def partners_and_press(tables: Tables) -> Iterator[Found]:
    """Check that the final figures lie near the first ones, which the press printed."""
    final = {(r["year"], r["partner"]): r for r in tables["partners"].rows}
    press = tables["trade_with_china"]
    for line, row in press.numbered():
        ours = final.get((row["year"], row["partner"])) if row["reporter"] == "KAZ" else None
        if ours is None or row["months"] != "12":
            continue
        total = Decimal(ours["exports_usd_mn"]) + Decimal(ours["imports_usd_mn"])
        if abs(total / 1000 / Decimal(row["total_usd_bn"]) - 1) > Decimal("0.02"):
            yield press, line, "total_usd_bn", f"the final figure is {total / 1000:.2f}."


def lists_of_partners(tables: Tables) -> Iterator[Found]:
    """Check that a list of shares is of one edition, and says so if it adds up to more than a hundred."""
    table = tables["partner_shares"]
    lists: dict[tuple[str, str, str], list[tuple[int, dict[str, str]]]] = defaultdict(list)
    codes: dict[str, set[str]] = defaultdict(set)
    for line, row in table.numbered():
        lists[row["iso3"], row["flow"], row["year"]].append((line, row))
        codes[row["printed"]].add(row["partner"])
        if row["partner"] == row["iso3"]:
            yield table, line, "partner", "no state is its own partner."
        if not int(row["year"]) <= int(row["edition"]) <= int(row["year"]) + 6:
            yield table, line, "edition", f"no edition of {row['edition']} first has {row['year']}."
        if row["known_when"] != f"{row['edition']}-12-31":
            yield table, line, "known_when", "it is the last day of the edition’s year."
        if len(codes[row["printed"]]) > 1:
            yield table, line, "partner", f"{row['printed']} has another code elsewhere."
    for (state, flow, year), rows in lists.items():
        line = rows[0][0]
        total = sum(Decimal(row["share_pct"]) for _, row in rows)
        if total > 100 and "adds up to" not in rows[0][1]["note"]:
            yield table, line, "share_pct", f"{flow} of {state} in {year} add up to {total} per cent."
        if len({row["edition"] for _, row in rows}) > 1:
            yield table, line, "edition", "one list is from two editions."
        lacks = int(year) >= 2000 and all(row["partner"] != "RUS" for _, row in rows)
        if (
            lacks
            and state in ("KAZ", "TJK")
            and flow == "imports"
            and "lacks Russia" not in rows[0][1]["note"]
        ):
            yield table, line, "note", "a list of imports without Russia says so."


def pairs_of_states(tables: Tables) -> Iterator[Found]:
    """Check that a pair lies as far apart in each year and direction, and has one of the five in it."""
    table = tables["gravity"]
    gdp = {(r["year"], r["iso3"]) for r in tables["gravity_gdp"].rows}
    pairs: dict[frozenset[str], tuple[str, str, str]] = {}
    zeros: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for line, row in table.numbered():
        pair = frozenset((row["origin"], row["destination"]))
        if len(pair) < 2:
            yield table, line, "destination", "a state does not trade with itself."
        if not pair & set(CENTRAL_ASIA):
            yield table, line, "origin", "none of the two is one of the five."
        same = (row["distance_km"], row["shared_border"], row["shared_language"])
        for column, value, due in zip(
            ("distance_km", "shared_border", "shared_language"),
            same,
            pairs.setdefault(pair, same),
            strict=True,
        ):
            if value != due:
                yield table, line, column, f"{value}, where another row of the pair has {due}."
        for column in ("origin", "destination"):
            if (row["year"], row[column]) not in gdp:
                yield table, line, column, f"gravity_gdp has no {row[column]} in {row['year']}."
        if row["origin"] == "UZB" and row["year"] != "2006":
            yield table, line, "origin", "Uzbekistan reports no exports: they are missing, not zero."
        rows[row["year"]] += 1
        zeros[row["year"]] += row["flow_usd_mn"] == "0"
    for year, due_counts in ZERO_FLOWS.items():
        if (zeros[year], rows[year]) != due_counts:
            found = f"{zeros[year]} of {rows[year]} pairs of {year} have no trade"
            yield table, None, "flow_usd_mn", f"{found}, not {due_counts[0]} of {due_counts[1]}."


def distances(tables: Tables) -> Iterator[Found]:
    """Check that the distances of the pairs are near those of the capitals."""
    where = {r["iso3"]: (float(r["capital_lat"]), float(r["capital_lon"])) for r in tables["places"].rows}
    table = tables["gravity"]
    for line, row in table.numbered():
        if row["origin"] in where and row["destination"] in where:
            far = great_circle_km(*where[row["origin"]], *where[row["destination"]])
            if abs(float(row["distance_km"]) - far) > 450 + 0.35 * far:
                yield table, line, "distance_km", f"the capitals are {far:.0f} km apart."


def products(tables: Tables) -> Iterator[Found]:
    """Check that no state's product grows or falls more than sixfold in four years."""
    table = tables["gravity_gdp"]
    series: dict[str, list[tuple[int, float, int]]] = defaultdict(list)
    for line, row in table.numbered():
        series[row["iso3"]].append((int(row["year"]), float(row["gdp_usd_mn"]), line))
    for iso3, found in series.items():
        for (_, before, _), (year, after, line) in pairwise(sorted(found)):
            if not 1 / 6 < after / before < 6:
                yield (table, line, "gdp_usd_mn", f"{iso3} jumps from {before:g} to {after:g} in {year}.")


def counters(tables: Tables) -> Iterator[Found]:
    """Check that a quantity has two counters, each with a figure or a range, or saying none."""
    table = tables["who_counted"]
    of_quantity: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    for line, row in table.numbered():
        of_quantity[row["quantity"]].append((line, row))
        figures = [number(row[c]) for c in ("low", "value", "high")]
        given = [f for f in figures if f is not None]
        if (row["method"] == "no number given") != (not given):
            yield table, line, "value", "a row has a figure, or the method “no number given”."
        if given != sorted(given):
            yield table, line, "value", "low, value and high are not in order."
        if row["method"] == "computed" and not row["note"]:
            yield table, line, "note", "the figure is computed, but the row does not say how."
    for quantity, rows in of_quantity.items():
        line = rows[0][0]
        if len({row["counter"] for _, row in rows}) < 2:
            yield table, line, "quantity", f"{quantity} has one counter: nothing to compare."
        figures = [number(row["value"]) for _, row in rows]
        known = [f for f in figures if f]
        if known and max(known) > 8 * min(known):
            yield table, line, "value", f"{quantity}: {max(known)} is not the same as {min(known)}."
        if [row["quantity"] for _, row in rows] != [r["quantity"] for r in table.rows[line - 2 :]][
            : len(rows)
        ]:
            yield table, line, "quantity", f"the rows of {quantity} do not stand together."


def the_same_dead(tables: Tables) -> Iterator[Found]:
    """Check that the counts of the dead of January 2022 are those of the table of numbers."""
    table = tables["who_counted"]
    ours = {r["value"] for r in table.rows if r["quantity"] == "dead of January 2022"}
    theirs = {r["value"] for r in tables["numbers"].rows if r["indicator"] == "Dead in January 2022 unrest"}
    for value in sorted(ours ^ theirs):
        yield table, None, "value", f"{value} dead of January 2022 stand in one of two tables only."


def viewpoints(tables: Tables) -> Iterator[Found]:
    """Check that each of the nine has an answer for each area, and that an answer rests on what it says."""
    table = tables["viewpoints"]
    names = {r["name"] for r in tables["states"].rows} | RECOGNISED_BY_ONE
    seen: dict[str, set[str]] = defaultdict(set)
    for line, row in table.numbered():
        if row["role"] == "viewer":
            seen[row["area"]].add(row["viewer"])
        if (row["role"] == "viewer") != (row["viewer"] in VIEWERS):
            yield (
                table,
                line,
                "role",
                f"{row['viewer']} is{'' if row['role'] == 'party' else ' not'} one of the nine.",
            )
        owner = row["drawn_as"].removeprefix("of ")
        if owner != row["drawn_as"] and owner not in names:
            yield table, line, "drawn_as", f"{owner} is no state of the course."
        if owner == row["viewer"]:
            yield table, line, "drawn_as", "what a viewer draws as its own is “own”."
        nothing = row["certainty"] == "nothing found"
        if nothing and row["drawn_as"] != "no position found":
            yield table, line, "drawn_as", "nothing was found, so no position was."
        for column in ("document", "source"):
            if bool(row[column]) == nothing:
                yield (table, line, column, "a row names a document and its source, or nothing was found.")
        if "abstained" in row["names"] and row["drawn_as"] != "no position found":
            yield table, line, "drawn_as", "an abstention is no position."
    for area, viewers in seen.items():
        for viewer in sorted(VIEWERS - viewers):
            yield table, None, "viewer", f"{area} has no row for {viewer}."
    if len(seen) != AREAS:
        yield table, None, "area", f"{len(seen)} areas, not {AREAS}."


def positions(tables: Tables) -> Iterator[Found]:
    """Check that a position has two sources, one of them the holder's own, or says what it lacks."""
    table = tables["positions"]
    for line, row in table.numbered():
        sources, own = ({key for key in row[c].split(";") if key} for c in ("source", "own"))
        if own - sources:
            yield table, line, "own", "what is the holder’s own is not among the sources."
        if (len(sources) > 1 and bool(own)) == bool(row["missing"]):
            yield table, line, "missing", "a row has two sources, one of them its own, or says what it lacks."


def peoples(tables: Tables) -> Iterator[Found]:
    """Check that a people does not triple between two counts, and that shares are those of the whole."""
    table = tables["census"]
    whole = {(r["year"], r["place"]): int(r["persons"]) for r in table.rows if r["people"] == "all"}
    series: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    for line, row in table.numbered():
        if row["people"] in ("all", "Uyghurs"):
            series[row["place"], row["people"]].append((int(row["year"]), int(row["persons"]), line))
        total, share = whole.get((row["year"], row["place"])), number(row["share_pct"])
        if total and int(row["persons"]) > total:
            yield table, line, "persons", f"more than all of {row['place']}, {total}."
        if total and share is not None and abs(100 * int(row["persons"]) / total - float(share)) > 0.01:
            yield table, line, "share_pct", f"{row['persons']} of {total} are another share."
    for (place, people), found in series.items():
        for (_, before, _), (year, after, line) in pairwise(sorted(found)):
            if not before / 2.1 < after < before * 2.1:
                yield table, line, "persons", f"{people} in {place}: {before} to {after} in {year}."


def shares_add_up(tables: Tables) -> Iterator[Found]:
    """Check that shares of one whole add up to a hundred, unless the row says what they add up to."""
    table = tables["kandas"]
    columns = [c for c in table.header if c.endswith("_pct")]
    last = 0
    for line, row in table.numbered():
        total = sum((number(row[c]) or Decimal(0) for c in columns), Decimal(0))
        if (
            abs(total - 100) > Decimal("0.2")
            and f"{total}" not in row["note"]
            and f"{100 - total}" not in row["note"]
        ):
            yield (table, line, columns[0], f"the shares add up to {total}, and the note does not say so.")
        if row["since_1991_persons"]:
            if int(row["since_1991_persons"]) < last:
                yield table, line, "since_1991_persons", f"it was {last} before."
            last = int(row["since_1991_persons"])
    for name, group, value, wanted in (
        ("dependence", ("dimension",), "value", 100),
        ("polls", ("question", "place", "from", "by"), "answer_pct", 0),
    ):
        table = tables[name]
        sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
        first: dict[tuple[str, ...], int] = {}
        for line, row in table.numbered():
            if row.get("unit", "percent") == "percent":
                key = tuple(row[c] for c in group)
                sums[key] += Decimal(row[value])
                first.setdefault(key, line)
        for key, total in sums.items():
            if total > Decimal("100.2") or total < wanted:
                yield table, first[key], value, f"{', '.join(key)}: {total} per cent in all."


def everybody_has_a_publisher(tables: Tables) -> Iterator[Found]:
    """Check that each publisher of a source stands in one row of the publishers, and no other does."""
    table = tables["publishers"]
    used = {row["publisher"] for row in tables["sources"].rows}
    stands: Counter[str] = Counter()
    for line, row in table.numbered():
        spellings = row["spellings"].split(" | ")
        stands.update(spellings)
        for one in spellings:
            if one not in used:
                yield table, line, "spellings", f"no source has the publisher “{one}”."
        if bool(row["basis"]) == (row["certainty"] == "not looked up"):
            yield table, line, "basis", "a row rests on something, or nothing was looked up."
        if row["controlled_by_state"] == "yes" and not row["which_state"] and row["iso3"]:
            yield table, line, "which_state", "controlled by a state: by which?"
    for one in sorted(used):
        if stands[one] != 1:
            yield table, None, "spellings", f"“{one}” stands in {stands[one]} rows, not in one."


RULES = defined(globals())
