"""What the course's own tables must agree on: counts by day, totals, series, one figure in two tables.

Each rule yields what is wrong. A rule here knows the subject of its tables; rules for any table are in
`tools.author.rules`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from tools.author import rules_of_counts
from tools.author.rules import CENTRAL_ASIA, Problem, Tables, defined, great_circle_km, number
from tools.author.rules_of_counts import Found

#: Members, observers, dialogue partners and SCO partners on days for which the SCO's own history gives them.
SCO_COUNTS = {
    "2001-06-15": (6, 0, 0, 0),
    "2017-06-09": (8, 4, 6, 0),
    "2022-09-13": (8, 4, 6, 0),
    "2022-09-16": (8, 4, 9, 0),
    "2023-07-04": (9, 3, 13, 0),
    "2023-07-15": (9, 3, 14, 0),
    "2024-07-04": (10, 2, 14, 0),
    "2025-09-01": (10, 0, 0, 17),
}

#: Official totals: in favour, against, abstaining (UN press releases; Human Rights Council, 51st session).
OFFICIAL_TOTALS = {
    "es_11_1": (141, 5, 35),
    "es_11_3": (93, 24, 58),
    "es_11_4": (143, 5, 35),
    "hrc_xinjiang": (17, 19, 11),
}

#: The last day on which a reader of 15 September 2022 could have read something; three more for the press.
IN_PRINT = "2022-09-18"

#: Tables whose sources are compared with a day of the row: the columns with that day (the earliest counts),
#: and the columns whose text may name an older source.
DATED = {
    "timeline": (("day",), ("text",)),
    "trip": (("day",), ("event", "documents")),
    "sco_membership": (("decided", "from"), ("note",)),
    "org_membership": (("from",), ("note",)),
    "resolutions": (("day",), ()),
    "outcomes": (("day",), ("record",)),
    "announced": (("day",), ()),
    "numbers": (("period_end",), ("note",)),
    "ties": (("day",), ("note",)),
    "trade_cn_ru_cumulative": (("period_end",), ()),
    "trade_cn_ru_monthly": (("month",), ()),
    "who_counted": (("day",), ("note",)),
    "viewpoints": (("day",), ("note",)),
    "positions": (("day",), ("note",)),
    "kandas": (("period_end",), ("note",)),
    "polls": (("to",), ("note",)),
}

#: Tables whose rows were first known when a source of them came out, or on the last day of the event itself,
#: if there are columns with that day.
KNOWN = {
    "timeline": ("end_day", "day"),
    "numbers": ("period_end",),
    "trade_cn_ru_cumulative": (),
    "trade_cn_ru_monthly": (),
    "trade_with_china": (),
    "energy_flows": (),
}
#: Rows known by neither: NU056 has sources without a day, TL062 was published just before midnight in Geneva.
UNDATED = {"NU056": "2022-09-15", "NU080": "2022-06-30", "TL062": "2022-09-01"}

#: How the ties between actors name the statuses of the SCO.
TIE_STATUS = {"member-of": "member", "observer-of": "observer", "dialogue-partner-of": "dialogue partner"}


def of_the_course(tables: Tables, *, damaged: bool = False) -> list[Problem]:
    """Apply the rules that know the subjects of the course's own tables.

    A rule that fails is a problem by itself, such as one that looks for a row that is gone; but not if the
    tables are `damaged`, so that a missing column, or a cell that is no number, has been reported already.
    """
    problems: list[Problem] = []
    for rule in RULES:
        try:
            problems += [found[0].problem(*found[1:]) for found in rule(tables)]
        except (LookupError, ValueError, ArithmeticError) as error:
            if not damaged:
                why = f"the rule {rule.__name__} stops with {error!r}: is a row gone, or has it another name?"
                problems.append(Problem("course_data", None, None, why))
    return problems


def sco_counts(tables: Tables) -> Iterator[Found]:
    """Check that the SCO has as many members and partners on given days as its history says."""
    table = tables["sco_membership"]
    statuses = ("member", "observer", "dialogue partner", "SCO partner")
    for day, due in SCO_COUNTS.items():
        held = Counter(r["status"] for r in table.rows if r["from"] <= day < (r["to"] or "9999"))
        found = tuple(held[s] for s in statuses)
        for status, is_, should in zip(statuses, found, due, strict=True):
            if is_ != should:
                yield table, None, "status", f"{day} has {is_} with status {status}, not {should}."


def sco_leaves_nobody_out(tables: Tables) -> Iterator[Found]:
    """Check that a state with a status in the SCO kept it or received another: nobody has left."""
    table = tables["sco_membership"]
    spells_of: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for line, row in table.numbered():
        spells_of[row["iso3"]].append((row["from"], row["to"], line))
    for iso3, found in spells_of.items():
        for (_, to, earlier), (start, _, _) in pairwise(sorted(found)):
            if to != start:
                yield table, earlier, "to", f"the next spell of {iso3} begins on {start}."
        if sorted(found)[-1][1]:
            yield table, sorted(found)[-1][2], "to", f"the last spell of {iso3} has not ended."


def vote_totals(tables: Tables) -> Iterator[Found]:
    """Check that the votes of the states add up to the official totals."""
    votes, table = tables["un_votes"], tables["resolutions"]
    for line, row in table.numbered():
        column = row["vote"]
        counts = Counter(r[column] for r in votes.rows)
        found = (counts["yes"], counts["no"], counts["abstain"])
        if found != OFFICIAL_TOTALS.get(column):
            says = f"the votes add up to {found}, officially {OFFICIAL_TOTALS.get(column)}."
            yield votes, None, column, says
        stated = {k: int(row[k]) for k in ("yes", "no", "abstain", "did_not_vote", "voters")}
        if (stated["yes"], stated["no"], stated["abstain"]) != OFFICIAL_TOTALS.get(column):
            yield table, line, "yes", f"the official total is {OFFICIAL_TOTALS.get(column)}."
        if stated["yes"] + stated["no"] + stated["abstain"] + stated["did_not_vote"] != stated["voters"]:
            yield table, line, "voters", "the four counts do not add up to the number of voters."
        if counts["did not vote"] != stated["did_not_vote"]:
            yield votes, None, column, f"{counts['did not vote']} did not vote, not {stated['did_not_vote']}."
        day = {"es_11_1": "2022-03-02", "es_11_3": "2022-04-07", "es_11_4": "2022-10-12"}.get(
            column, "2022-10-06"
        )
        body = "UN Human Rights Council" if column == "hrc_xinjiang" else "UN General Assembly"
        for name, due in (("day", day), ("body", body)):
            if row[name] != due:
                yield table, line, name, f"{row[name]} where {due} is due."
    members = {r["iso3"] for r in tables["states"].rows if r["kind"] == "UN member"}
    if {r["iso3"] for r in votes.rows} != members or len(members) != 193:
        yield votes, None, "iso3", "the rows are not the 193 members of the United Nations."


def agreement(tables: Tables) -> Iterator[Found]:
    """Check that shares are those of whole numbers of votes, and that the index lies within its bounds."""
    table = tables["unga_agreement"]
    for line, row in table.numbered():
        votes, same, index = int(row["votes"]), float(row["identical_share"]), float(row["agreement_index"])
        for column, points in (("identical_share", votes * same), ("agreement_index", 2 * votes * index)):
            if abs(points - round(points)) > 1e-4 * votes:
                yield table, line, column, f"{row[column]} is no possible figure for {votes} votes."
        if not same - 1e-4 <= index <= (1 + same) / 2 + 1e-4:
            yield table, line, "agreement_index", "the index does not fit the share of identical votes."
    groups = Counter((row["year"], row["reference"]) for row in table.rows)
    usual = Counter(reference for _, reference in groups)
    for (year, reference), rows in groups.items():
        of_reference = [n for (_, other), n in groups.items() if other == reference]
        if rows != max(of_reference) or usual[reference] != max(usual.values()):
            yield table, None, "reference", f"{reference} in {year} has {rows} rows, unlike elsewhere."


def flights(tables: Tables) -> Iterator[Found]:
    """Check that flights follow one another, each as long as the great circle between its ends."""
    table = tables["trip"]
    legs = [(line, row) for line, row in table.numbered() if row["type"] == "leg"]
    for line, row in legs:
        ends = [float(row[c]) for c in ("lat", "lon", "to_lat", "to_lon")]
        if abs(great_circle_km(*ends) - float(row["distance_km"])) > 1:
            yield table, line, "distance_km", f"the great circle is {great_circle_km(*ends):.0f} km long."
    for (_, before), (line, after) in pairwise(legs):
        here = (after["place"], after["lat"], after["lon"])
        there = (before["to_place"], before["to_lat"], before["to_lon"])
        if here != there:
            yield table, line, "place", f"the flight starts in {here}, but the last one ended in {there}."
    for line, row in table.numbered():
        filled = [bool(row[c]) for c in ("to_place", "to_lat", "to_lon", "distance_km")]
        if any(filled) != (row["type"] == "leg") or any(filled) != all(filled):
            yield table, line, "to_place", "a flight, and only a flight, has an end and a length."
    # One place has one point: meeting places lie within a few kilometres of their city.
    cities = {"Beijing": (40, 116.5), "Nur-Sultan": (51.1, 71.4), "Samarkand": (39.68, 67.0)}
    offsets = {"Beijing": "8", "Nur-Sultan": "6", "Samarkand": "5"}
    for line, row in table.numbered():
        city = row["place"].split(",")[0]
        if great_circle_km(*cities[city], float(row["lat"]), float(row["lon"])) > 15:
            yield table, line, "lat", f"the point does not lie in {city}."
        if row["utc_offset_h"] != offsets[city]:
            yield table, line, "utc_offset_h", f"{city} was {offsets[city]} hours ahead of UTC."


def meetings(tables: Tables) -> Iterator[Found]:
    """Check that a person who was met represents the right state, and that a place has one point."""
    table = tables["trip"]
    homes = {r["name"]: r["iso3"] for r in tables["entities"].rows if r["type"] == "person"}
    points = Counter((r["lat"], r["lon"]) for r in table.rows)
    points.update((r["to_lat"], r["to_lon"]) for r in table.rows)
    for line, row in table.numbered():
        states = [homes[name] for name in row["counterpart"].split("; ") if name in homes]
        if states and row["counterpart_iso3"] != ";".join(states):
            yield table, line, "counterpart_iso3", f"{row['counterpart']} speaks for {';'.join(states)}."
        if (row["type"] == "bilateral") and len(states) != 1:
            yield table, line, "type", "a bilateral meeting has one counterpart."
        if points[(row["lat"], row["lon"])] < 2:
            yield table, line, "lat", "no other row has this point, but every place of the trip has two."


def actors(tables: Tables) -> Iterator[Found]:
    """Check that actors are of the kind that their key and their place say."""
    table = tables["entities"]
    states = {r["iso3"] for r in tables["states"].rows}
    nowhere = ("person", "ethnic group", "actor group")
    for line, row in table.numbered():
        if (row["type"] in ("state", "contested territory")) != (row["id"] in states):
            says = f"{row['id']} is{'' if row['id'] in states else ' not'} the code of a state."
            yield table, line, "type", says
        if row["id"] in states and row["iso3"] != row["id"]:
            yield table, line, "iso3", f"the state is {row['id']} itself."
        if row["type"] in nowhere and row["lat"]:
            yield table, line, "lat", f"a {row['type']} has no point on the map."
        if row["type"] in ("place", "event", "state") and not row["lat"]:
            yield table, line, "lat", f"a {row['type']} has a point on the map."


def routes(tables: Tables) -> Iterator[Found]:
    """Check that a route has one name, kind and state, and that its places follow one another."""
    table = tables["routes"]
    for (_, before), (line, after) in pairwise(table.numbered()):
        if before["route"] == after["route"]:
            for column in ("name", "mode", "status_2022", "source"):
                if before[column] != after[column]:
                    yield table, line, column, "the row differs from the one before on the same route."
            ends = [float(r[c]) for r in (before, after) for c in ("lat", "lon")]
            if not 20 < great_circle_km(*ends) < 2200:
                yield table, line, "lat", f"it is {great_circle_km(*ends):.0f} km from the place before."


def capitals(tables: Tables) -> Iterator[Found]:
    """Check that a state lies where its capital lies, in every table."""
    places = {r["iso3"]: (float(r["capital_lat"]), float(r["capital_lon"])) for r in tables["places"].rows}
    table = tables["entities"]
    for line, row in table.numbered():
        if row["type"] == "state" and row["id"] in places and row["lat"]:
            far = great_circle_km(*places[row["id"]], float(row["lat"]), float(row["lon"]))
            if far > 15:
                yield table, line, "lat", f"the point is {far:.0f} km away from the capital in places.csv."
        if bool(row["lat"]) != bool(row["lon"]):
            yield table, line, "lat", "latitude and longitude stand together or not at all."
    known: dict[str, tuple[str, float, float]] = {}
    for name, column in (("timeline", "place"), ("routes", "node"), ("entities", "name")):
        table = tables[name]
        for line, row in table.numbered():
            if not row["lat"] or not row["lon"]:
                continue
            point = (float(row["lat"]), float(row["lon"]))
            where, *first = known.setdefault(row[column], (name, *point))
            if great_circle_km(first[0], first[1], *point) > 40:
                yield table, line, "lat", f"{row[column]} lies elsewhere in the table {where}."
            if name == "timeline" and first != list(point):
                yield table, line, "lat", f"{row[column]} has another point in an earlier row."


def blocks_and_claims(tables: Tables) -> Iterator[Found]:
    """Check that every block has a claim, and that quotations agree with their speakers."""
    blocks, claims = tables["blocks"], tables["claims"]
    kinds = {"T": "title", "P": "paragraph", "H": "heading", "C": "caption", "X": "credit"}
    claimed = {row["block"] for row in claims.rows}
    for line, row in blocks.numbered():
        if row["block"] not in claimed:
            yield blocks, line, "block", f"no claim names the block {row['block']}."
        if row["kind"] != kinds.get(row["block"][:1]):
            yield blocks, line, "kind", f"the block {row['block']} is no {row['kind']}."
        if int(row["quoted_words"]) > int(row["words"]):
            yield blocks, line, "quoted_words", "more words are quoted than the block has."
        quoted = {bool(row["quoted_speaker"]), int(row["quotations"]) > 0, int(row["quoted_words"]) > 0}
        if len(quoted) > 1:
            yield blocks, line, "quoted_speaker", "quotations, their words and their speaker do not agree."


def the_article(tables: Tables) -> Iterator[Found]:
    """Check that the article is a source of its own words alone."""
    for name in tables.keys() - {"blocks", "claims", "corrections"}:
        table = tables[name]
        for line, row in table.numbered() if table.has("source") else ():
            if "ART" in row["source"].split(";") and row.get("in_article") != "true":
                yield table, line, "source", "the article is a source of its own words alone."


#: Columns of words in which a figure of four digits is a year: larger figures have a comma.
IN_WORDS = (
    "text",
    "title",
    "event",
    "note",
    "known_then",
    "known_later",
    "paraphrase",
    "then",
    "later",
    "includes",
)


def years_in_words(tables: Tables) -> Iterator[Found]:
    """Check that a year in the words of a table is one that somebody can mean.

    Sources and publishers are left out: there documents are called by their numbers.
    """
    for name in tables.keys() - {"sources", "publishers"}:
        table = tables[name]
        columns = list(filter(table.has, IN_WORDS))
        for line, row in table.numbered():
            for column in columns:
                for year in re.findall(r"(?<![\w,.])\d{4}(?![\w,])", row[column]):
                    if not 1850 <= int(year) <= 2050:
                        says = f"{year} is no year; a figure has a comma between the thousands."
                        yield table, line, column, says


def claims_in_order(tables: Tables) -> Iterator[Found]:
    """Check that claims follow the article, and that what was found out later has a day."""
    blocks, claims = tables["blocks"], tables["claims"]
    order = {row["block"]: int(row["order"]) for row in blocks.rows}
    last = 0
    for line, row in claims.numbered():
        if order.get(row["block"], last) < last:
            yield claims, line, "block", "the claims do not follow the order of the article."
        last = order.get(row["block"], last)
        for columns in (("verdict_day", "verdict_precision"), ("known_later", "later_day")):
            if len({bool(row[c]) for c in columns}) > 1:
                yield claims, line, columns[1], f"{columns[0]} and {columns[1]} stand together or not at all."
        if (row["type"] == "opinion") and row["verdict"] != "opinion":
            yield claims, line, "verdict", "an opinion is neither borne out nor not."
    same: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for line, row in claims.numbered():
        same[row["speaker"]].add((row["affiliation"], row["role"], row["speaker_country"]))
        if len(same[row["speaker"]]) > 1:
            yield claims, line, "speaker", f"{row['speaker']} has another affiliation or role elsewhere."
    entities = tables["entities"]
    for line, row in entities.numbered():
        if (row["in_article"] == "true") != bool(row["blocks"]):
            yield entities, line, "in_article", "an actor is in the article if, and only if, blocks name it."


def ties_and_spells(tables: Tables) -> Iterator[Found]:
    """Check that ties that are memberships begin with the spell in the table of memberships."""
    table = tables["ties"]
    sco = {(r["iso3"], r["status"]): r["from"] for r in tables["sco_membership"].rows}
    other = {
        (r["iso3"], r["organisation"]): r["from"]
        for r in tables["org_membership"].rows
        if r["status"] == "member"
    }
    for line, row in table.numbered():
        if row["relation"] in TIE_STATUS:
            key = (row["actor"], TIE_STATUS[row["relation"]])
            day = sco.get(key) if row["target"] == "SCO" else other.get((row["actor"], row["target"]))
            if day is None:
                yield table, line, "relation", "no table of memberships has this spell."
            elif day != row["day"]:
                yield table, line, "day", f"the spell began on {day}."
        if (row["in_article"] == "true") != bool(row["block"]) and row["target"] != "CSTO":
            yield table, line, "block", "a tie of the article, and no other, names its block."
    usual: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in table.rows:
        usual[row["relation"]][(row["sign"], row["directed"])] += 1
    for line, row in table.numbered():
        sign, directed = usual[row["relation"]].most_common(1)[0][0]
        if row["relation"] != "met-with" and row["sign"] != sign:
            yield table, line, "sign", f"{row['relation']} has the sign {sign} elsewhere."
        if row["directed"] != directed:
            yield table, line, "directed", f"{row['relation']} is elsewhere directed: {directed}."
        if row["actor"] == row["target"]:
            yield table, line, "target", "nobody is tied to himself."


def kinds_and_second_signs(tables: Tables) -> Iterator[Found]:
    """Check that a relation is of one kind, and that a second coder signed the ties of the article alone."""
    table = tables["ties"]
    kinds = {row["relation"]: row["kind"] for row in reversed(table.rows)}
    for line, row in table.numbered():
        if row["kind"] != kinds[row["relation"]]:
            yield table, line, "kind", f"{row['relation']} is elsewhere of the kind {kinds[row['relation']]}."
    second = tables["second_coding"]
    coded = {row["tie"] for row in second.rows}
    told = {row["id"]: row["in_article"] == "true" for row in table.rows}
    for line, row in second.numbered():
        if not told.get(row["tie"], True):
            yield second, line, "tie", "the second coder coded ties of the article alone."
    for line, row in table.numbered():
        if told[row["id"]] and row["id"] not in coded:
            yield table, line, "id", "a tie of the article, and no second sign."


def trade_series(tables: Tables) -> Iterator[Found]:
    """Check that cumulative figures grow within a year, and that growth rates fit the year before."""
    table = tables["trade_cn_ru_cumulative"]
    columns = ("total_usd_bn", "china_exports_usd_bn", "china_imports_usd_bn")
    last: dict[tuple[str, str], tuple[str, Decimal]] = {}
    totals: dict[str, Decimal] = {}
    for line, row in sorted(table.numbered(), key=lambda item: item[1]["period_end"]):
        for column in columns:
            value, before = number(row[column]), last.get((row["period_start"], column))
            if value is not None:
                if before is not None and value <= before[1]:
                    yield table, line, column, f"{value} is not more than {before[1]} up to {before[0]}."
                last[(row["period_start"], column)] = (row["period_end"], value)
        total, growth = number(row["total_usd_bn"]), number(row["growth_yoy_pct"])
        earlier = totals.get(f"{int(row['period_end'][:4]) - 1}{row['period_end'][4:]}")
        if total is not None and growth is not None and earlier is not None:
            found = (total / earlier - 1) * 100
            if abs(found - growth) > 2:
                says = f"{growth} per cent does not fit {earlier} a year before."
                yield table, line, "growth_yoy_pct", says
        if total is not None:
            totals[row["period_end"]] = total


def trade_months(tables: Tables) -> Iterator[Found]:
    """Check that months follow one another, and fit what the cumulative figures leave for them."""
    totals = {
        row["period_end"]: Decimal(row["total_usd_bn"]) for row in tables["trade_cn_ru_cumulative"].rows
    }
    months = tables["trade_cn_ru_monthly"]
    for (_, previous), (line, row) in pairwise(months.numbered()):
        if not previous["month"] < row["month"]:
            yield months, line, "month", f"{row['month']} does not follow {previous['month']}."
    for line, row in months.numbered():
        if not row["month"].endswith("-01"):
            yield months, line, "month", f"{row['month']} is not the first day of a month."
        first, day = dt.date.fromisoformat(row["month"]), dt.timedelta(days=1)
        end, before_end = str((first + 31 * day).replace(day=1) - day), str(first - day)
        if end in totals and (before_end in totals or row["month"].endswith("-01-01")):
            due = totals[end] - totals.get(before_end, Decimal(0))
            value = number(row["total_usd_bn"])
            if value is not None and abs(value - due) > Decimal("0.6"):
                yield months, line, "total_usd_bn", f"the cumulative figures leave {due} for this month."


def same_figures(tables: Tables) -> Iterator[Found]:
    """Check that a figure is the same in every table that states it."""
    figures = {r["id"]: r for r in tables["numbers"].rows}
    trade = {
        (r["year"], r["months"], r["reporter"], r["partner"]): r for r in tables["trade_with_china"].rows
    }
    cumulative = {(r["period_start"], r["period_end"]): r for r in tables["trade_cn_ru_cumulative"].rows}
    table = tables["trade_with_china"]
    for line, row in table.numbered():
        if (row["reporter"], row["partner"], row["months"]) == ("CHN", "RUS", "12"):
            other = cumulative.get((f"{row['year']}-01-01", f"{row['year']}-12-31"))
            if other and other["total_usd_bn"] != row["total_usd_bn"]:
                yield table, line, "total_usd_bn", f"the cumulative table has {other['total_usd_bn']}."
        if row["reporter"] == "CHN" and row["partner"] == "CA5":
            five = [
                number(trade[(row["year"], row["months"], "CHN", p)]["total_usd_bn"]) or Decimal(0)
                for p in CENTRAL_ASIA
            ]
            if abs(sum(five, Decimal(0)) - Decimal(row["total_usd_bn"])) > Decimal("0.5"):
                yield table, line, "total_usd_bn", f"the five states add up to {sum(five, Decimal(0))}."
    numbers = tables["numbers"]
    for line, row in numbers.numbered():
        if row["value"].startswith("-") and row["unit"] != "percent year on year":
            yield numbers, line, "value", f"{row['unit']} cannot be negative."
    lines = {row["id"]: line for line, row in numbers.numbered()}
    year = ("2022-01-01", "2022-12-31")
    pairs = {
        "NU001": cumulative[("2021-01-01", "2021-12-31")]["total_usd_bn"],
        "NU002": cumulative[("2022-01-01", "2022-08-31")]["total_usd_bn"],
        "NU003": cumulative[year]["total_usd_bn"],
        "NU004": cumulative[("2023-01-01", "2023-12-31")]["total_usd_bn"],
        "NU005": cumulative[year]["china_exports_usd_bn"],
        "NU006": cumulative[year]["china_imports_usd_bn"],
        "NU037": trade[("2021", "12", "CHN", "KAZ")]["total_usd_bn"],
        "NU038": trade[("2022", "12", "CHN", "KAZ")]["total_usd_bn"],
        "NU039": trade[("2022", "12", "KAZ", "CHN")]["total_usd_bn"],
        "NU040": trade[("2021", "12", "KAZ", "CHN")]["total_usd_bn"],
        "NU042": trade[("2024", "12", "CHN", "KAZ")]["total_usd_bn"],
        "NU043": trade[("2024", "12", "CHN", "KGZ")]["total_usd_bn"],
        "NU044": trade[("2024", "12", "CHN", "UZB")]["total_usd_bn"],
        "NU045": trade[("2024", "12", "CHN", "TKM")]["total_usd_bn"],
        "NU046": trade[("2024", "12", "CHN", "TJK")]["total_usd_bn"],
    }
    for key, due in pairs.items():
        if number(figures[key]["value"]) != number(due):
            yield numbers, lines[key], "value", f"another table has {due} for this figure."
    share = float(figures["NU012"]["value"]) / float(figures["NU014"]["value"]) * 100
    if abs(share - float(figures["NU016"]["value"])) > 0.06:
        yield numbers, lines["NU016"], "value", f"the two quantities give {share:.1f} per cent."
    flows = {(r["year"], r["product"], r["origin"], r["destination"]): r for r in tables["energy_flows"].rows}
    for key, origin in (("NU012", "RUS"), ("NU013", "SAU")):
        other = flows[("2022", "crude oil", origin, "CHN")]
        if abs(float(figures[key]["value"]) - float(other["value"])) > 0.05:
            yield numbers, lines[key], "value", f"the table of energy flows has {other['value']}."


def gas_totals(tables: Tables) -> Iterator[Found]:
    """Check that China's pipeline gas by origin adds up to the total, and that editions fit their years."""
    table = tables["energy_flows"]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    whole: dict[str, tuple[int, Decimal]] = {}
    editions = {"2020": "70th", "2021": "71st", "2022": "72nd", "2023": "73rd", "2024": "74th"}
    for line, row in table.numbered():
        if row["product"] == "pipeline gas":
            value = number(row["value"]) or Decimal(0)
            if row["origin"] == "WLD":
                whole[row["year"]] = (line, value)
            else:
                sums[row["year"]] += value
        if row["edition"] != editions.get(row["year"]):
            says = f"{row['year']} is first in the edition {editions.get(row['year'])}."
            yield table, line, "edition", says
    series = Counter((r["product"], r["origin"], r["destination"]) for r in table.rows)
    for flow, rows in series.items():
        if rows != len(editions):
            yield table, None, "origin", f"{', '.join(flow)} has {rows} years, not {len(editions)}."
    for year, (line, value) in whole.items():
        if abs(sums[year] - value) > Decimal("0.005"):
            yield table, line, "value", f"the origins of {year} add up to {sums[year]}."
    keys = {(r["edition"], r["known_when"], r["source"].split(";")[0]) for r in table.rows}
    if len(keys) > len(editions):
        yield table, None, "known_when", "one edition has two days of publication or two sources."


def indicators(tables: Tables) -> Iterator[Found]:
    """Check that series move as populations and economies do, and that parts are less than the world."""
    table = tables["indicators"]
    jumps = {"population_persons": 2, "gdp_current_usd": 4.5, "gdp_per_head_ppp": 2.2, "military_pct_gdp": 8}
    world = {(r["indicator"], r["year"]): float(r["value"]) for r in table.rows if r["iso3"] == "WLD"}
    values: dict[tuple[str, str], list[tuple[int, float, int]]] = defaultdict(list)
    for line, row in table.numbered():
        values[(row["iso3"], row["indicator"])].append((int(row["year"]), float(row["value"]), line))
        most = world.get((row["indicator"], row["year"]), math.inf)
        if row["iso3"] != "WLD" and float(row["value"]) > 0.35 * most:
            yield table, line, "value", "the figure is more than a third of the world."
    for (iso3, indicator), series in values.items():
        most = jumps.get(indicator, 3)
        for (_, before, _), (year, after, line) in pairwise(sorted(series)):
            if before > 0 and not 1 / most < after / before < most:
                yield table, line, "value", f"{indicator} of {iso3} jumps: {before:g} to {after:g}, {year}."
    kept = ("population_persons", "gdp_current_usd", "gdp_per_head_ppp")
    whole = Counter((r["iso3"], r["indicator"]) for r in table.rows if r["indicator"] in kept)
    for (iso3, indicator), rows in whole.items():
        if rows != 7:
            yield table, None, "iso3", f"{indicator} of {iso3} has {rows} years, not seven."
    years = {"2001", "2005", "2010", "2015", "2019", "2021", "2022"}
    for line, row in table.numbered():
        if row["year"] not in years:
            yield table, line, "year", f"{row['year']} is none of the seven years of the table."


def addresses(tables: Tables) -> Iterator[Found]:
    """Check that no two sources share an address, and that no source is from the future."""
    table = tables["sources"]
    seen: dict[str, int] = {}
    for line, row in table.numbered():
        plain = row["url"].split("://")[-1].rstrip("/").casefold()
        if plain in seen:
            yield table, line, "url", f"line {seen[plain]} has the same address."
        seen.setdefault(plain, line)
        if row["published"] > str(dt.date.today()):
            yield table, line, "published", f"{row['published']} lies in the future."


def chronology(tables: Tables) -> Iterator[Found]:
    """Check that events follow one another in time, and that not every source of one predates it."""
    published = _published(tables)
    for name in ("timeline", "trip"):
        table, before = tables[name], ""
        for line, row in table.numbered():
            if row["day"] < before:
                yield table, line, "day", f"{row['day']} comes after {before} in the table."
            before = row["day"]
            days = [_last_day(published.get(key, "")) or before for key in row["source"].split(";")]
            if max(days) < before:
                yield table, line, "day", f"every source was published before {before}."


def sources_of_their_day(tables: Tables) -> Iterator[Found]:
    """Check that no source is older than what it is cited for: a plan is not a record.

    A row may name an exception by its key, in its own words. What the article says of its own day may rest on
    earlier sources.
    """
    published = _published(tables)
    for name, (columns, words) in DATED.items():
        table = tables[name]
        for line, row in table.numbered():
            day = min(filter(None, (row[c] for c in columns)), default="")
            said = " ".join(row[c] for c in words)
            if name == "ties" and row["in_article"] == "true":
                continue
            for key in row["source"].split(";"):
                when = published.get(key, "")
                if when and when < day[: len(when)] and key not in said:
                    says = f"{key} is of {when}, before {day}: a plan, or the row must name it in its words."
                    yield table, line, "source", says


def first_known(tables: Tables) -> Iterator[Found]:
    """Check that a row could first be known on the day of a source of it, or of the event itself."""
    published = _published(tables)
    for name, columns in KNOWN.items():
        table = tables[name]
        for line, row in table.numbered():
            dated = [published.get(key, "") for key in row["source"].split(";")]
            # A bare year dates no figure that is published by months.
            days = {_last_day(when) for when in dated if columns or len(when) > 4}
            days.add(next(filter(None, (row[column] for column in columns)), ""))
            days.add(UNDATED.get(row.get("id", ""), ""))
            if row["known_when"] not in days:
                told = ", ".join(sorted(filter(None, days))) or "no day"
                says = f"{row['known_when']}, but its sources and its event are of {told}."
                yield table, line, "known_when", says


def announcements(tables: Tables) -> Iterator[Found]:
    """Check that an announcement was reported within three days, and made before its event."""
    published, table = _published(tables), tables["announced"]
    verdicts = {row["id"]: row["verdict_day"] for row in tables["claims"].rows}
    for line, row in table.numbered():
        latest = str(dt.date.fromisoformat(row["day"]) + dt.timedelta(days=3))
        for key in row["source"].split(";"):
            when = published.get(key, "")
            if when > latest[: len(when)]:
                yield table, line, "source", f"{key} is of {when}: no report of {row['day']}."
        for claim in row["claims"].split(";"):
            if verdicts.get(claim, "9999") <= row["day"]:
                yield table, line, "day", f"{claim} had come to pass on {verdicts[claim]}."


def then_and_later(tables: Tables) -> Iterator[Found]:
    """Check that what was known then has a source of that time, and what became known later a later one."""
    published, table = _published(tables), tables["claims"]
    for line, row in table.numbered():
        days = [published.get(key, "") for key in row["source"].split(";")]
        fact = row["verdict"] not in ("opinion", "not-a-claim")
        if row["known_then"] and fact and all(d > IN_PRINT[: len(d)] for d in days):
            yield table, line, "known_then", "no source of it was in print by then."
        # During the summit "later" is the next day, and one report may cover both.
        if row["later_day"] > IN_PRINT and all(d and d <= IN_PRINT[: len(d)] for d in days):
            yield table, line, "known_later", "every source of it was in print before."
        if row["verdict_day"] > IN_PRINT and not row["known_later"]:
            yield table, line, "known_later", f"the verdict rests on {row['verdict_day']}; on what?"
        newest = max(days)
        years = re.findall(r"\b20\d\d\b", row["known_then"] + row["known_later"])
        if all(days) and years and max(years) > newest[:4]:
            yield table, line, "known_later", f"it speaks of {max(years)}, its sources end in {newest}."


def verdicts_and_notes(tables: Tables) -> Iterator[Found]:
    """Check that no claim counts as borne out if its own note says that a part was not verified."""
    table = tables["claims"]
    doubt = re.compile(r"\bnot (\w+ )?(verified|confirmed|seen|found|checked)\b")
    for line, row in table.numbered():
        found = doubt.search(f"{row['known_then']} {row['known_later']}")
        if row["verdict"] == "borne out" and found:
            yield table, line, "verdict", f'borne out, but the note says "{found[0]}".'


def signed_and_in_force(tables: Tables) -> Iterator[Found]:
    """Check that a row that counts from a signature says since when the treaty is in force."""
    table = tables["org_membership"]
    for line, row in table.numbered():
        signed = row["status"] == "treaty party" or "charter signed" in row["basis"]
        if signed and "in force since" not in row["note"]:
            yield table, line, "note", "it counts from the signature: since when is the treaty in force?"


def _last_day(when: str) -> str:
    """Return the last day of a day, month or year, as ``YYYY-MM-DD``; nothing of nothing."""
    if len(when) == 7:
        late = dt.date.fromisoformat(f"{when}-28") + dt.timedelta(days=4)
        return str(late - dt.timedelta(days=late.day))
    return f"{when}-12-31" if len(when) == 4 else when


def _published(tables: Tables) -> dict[str, str]:
    return {row["key"]: row["published"] for row in tables["sources"].rows}


#: Those for the course's own tables.
RULES = [*defined(globals()), *rules_of_counts.RULES]
