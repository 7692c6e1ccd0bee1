"""Rules for single rows of the course's own tables, one entry each."""

import re

from our_tables import CENTRAL_ASIA

from tools.author.rules import number

#: Viewers whose maps and documents are compared for each area.
VIEWERS = {
    *("China", "India", "Kazakhstan", "Kyrgyzstan", "Pakistan", "Russia", "Turkey", "Ukraine"),
    *("United Nations", "United States", "Uzbekistan"),
}
BLOCKS = {"T": "title", "P": "paragraph", "H": "heading", "C": "caption", "X": "credit"}
#: Edition of the Review that first has the energy flows of a year.
EDITIONS = {"2020": "70th", "2021": "71st", "2022": "72nd", "2023": "73rd", "2024": "74th"}
INDICATOR_YEARS = {"2001", "2005", "2010", "2015", "2019", "2021", "2022"}
CITIES = {"Beijing": "8", "Nur-Sultan": "6", "Samarkand": "5"}
DOUBT = re.compile(r"\bnot (\w+ )?(verified|confirmed|seen|found|checked)\b")


def some_but_not_all(row, *columns):
    return len({bool(row[column]) for column in columns}) > 1


def parts_of(cell):
    return {key for key in cell.split(";") if key}


def range_of(row):
    return [figure for figure in map(number, (row["low"], row["value"], row["high"])) if figure is not None]


def counter_of(row):
    return "WITS" if int(row["year"]) < 2020 else "Bureau of National Statistics"


def whole(row):
    """Return whether a position has two sources, one of them the holder's own."""
    return len(parts_of(row["source"])) > 1 and bool(row["own"])


#: (table, column, predicate that is true of a wrong row, message with cells of the row in braces).
ROWS = [
    ("trip", "utc_offset_h", lambda r: r["utc_offset_h"] != CITIES[r["place"].split(",")[0]],
     "{place} was not {utc_offset_h} hours ahead of UTC."),
    ("trip", "to_place", lambda r: some_but_not_all(r, "to_place", "to_lat", "to_lon", "distance_km")
     or bool(r["to_place"]) != (r["type"] == "leg"), "a flight, and only a flight, has an end and a length."),
    ("resolutions", "voters", lambda r: sum(int(r[c]) for c in ("yes", "no", "abstain", "did_not_vote"))
     != int(r["voters"]), "the four counts do not add up to the number of voters."),
    ("entities", "lat", lambda r: r["type"] in ("person", "ethnic group", "actor group") and r["lat"],
     "a {type} has no point on the map."),
    ("entities", "lat", lambda r: r["type"] in ("place", "event", "state") and not r["lat"],
     "a {type} has a point on the map."),
    ("entities", "lat", lambda r: some_but_not_all(r, "lat", "lon"),
     "latitude and longitude stand together or not at all."),
    ("timeline", "lat", lambda r: some_but_not_all(r, "lat", "lon")
     or bool(r["lat"]) == (r["place"] == "online"),
     "an event has a latitude and a longitude, unless it took place online."),
    ("entities", "in_article", lambda r: (r["in_article"] == "true") != bool(r["blocks"]),
     "an actor is in the article if, and only if, blocks name it."),
    ("blocks", "kind", lambda r: r["kind"] != BLOCKS.get(r["block"][:1]), "the block {block} is no {kind}."),
    ("blocks", "quoted_words", lambda r: int(r["quoted_words"]) > int(r["words"]),
     "more words are quoted than the block has."),
    ("blocks", "quoted_speaker", lambda r: len({bool(r["quoted_speaker"]), int(r["quotations"]) > 0,
     int(r["quoted_words"]) > 0}) > 1, "quotations, their words and their speaker do not agree."),
    ("claims", "verdict_precision", lambda r: some_but_not_all(r, "verdict_day", "verdict_precision"),
     "verdict_day and verdict_precision stand together or not at all."),
    ("claims", "later_day", lambda r: some_but_not_all(r, "known_later", "later_day"),
     "known_later and later_day stand together or not at all."),
    ("claims", "verdict", lambda r: r["type"] == "opinion" and r["verdict"] != "opinion",
     "an opinion is neither borne out nor not."),
    ("claims", "verdict", lambda r: r["verdict"] == "borne out"
     and DOUBT.search(f"{r['known_then']} {r['known_later']}"),
     "borne out, but its note says that something was not seen or not verified."),
    ("org_membership", "note", lambda r: (r["status"] == "treaty party" or "charter signed" in r["basis"])
     and "in force since" not in r["note"],
     "it counts from the signature: since when is the treaty in force?"),
    ("ties", "block", lambda r: (r["in_article"] == "true") != bool(r["block"]) and r["target"] != "CSTO",
     "a tie of the article, and no other, names its block."),
    ("ties", "target", lambda r: r["actor"] == r["target"], "nobody is tied to himself."),
    ("numbers", "value", lambda r: r["value"].startswith("-") and r["unit"] != "percent year on year",
     "{unit} cannot be negative."),
    ("trade_cn_ru_monthly", "note", lambda r: r["basis"] == "derived" and not r["note"],
     "the figure is derived, but the row does not say how."),
    ("trade_cn_ru_monthly", "month", lambda r: not r["month"].endswith("-01"),
     "{month} is not the first day of a month."),
    ("trade_with_china", "note", lambda r: r["basis"] == "derived" and not r["note"],
     "the figure is derived, but the row does not say how."),
    ("energy_flows", "edition", lambda r: r["edition"] != EDITIONS.get(r["year"]),
     "{year} is first in another edition."),
    ("indicators", "year", lambda r: r["year"] not in INDICATOR_YEARS,
     "{year} is none of the seven years of the table."),
    ("partners", "counter", lambda r: r["counter"] != counter_of(r), "the series takes {year} from another."),
    ("partners", "partner", lambda r: (r["year"], r["partner"]) == ("2010", "RUS"),
     "trade with Russia was counted for half of 2010 only."),
    ("partners", "exports_usd_mn", lambda r: not r["exports_usd_mn"] and not r["imports_usd_mn"],
     "neither exports nor imports: leave the row out."),
    ("partners", "known_when", lambda r: int(r["known_when"][:4]) != int(r["year"]) + 1,
     "the figures of {year} are out in the next year."),
    ("partner_shares", "partner", lambda r: r["partner"] == r["iso3"], "no state is its own partner."),
    ("partner_shares", "edition", lambda r: not 0 <= int(r["edition"]) - int(r["year"]) <= 6,
     "no edition of {edition} first has {year}."),
    ("partner_shares", "known_when", lambda r: r["known_when"] != f"{r['edition']}-12-31",
     "it is the last day of the edition’s year."),
    ("gravity", "destination", lambda r: r["origin"] == r["destination"],
     "a state does not trade with itself."),
    ("gravity", "origin", lambda r: not {r["origin"], r["destination"]} & {*CENTRAL_ASIA},
     "none of the two is one of the five."),
    ("gravity", "origin", lambda r: r["origin"] == "UZB",
     "Uzbekistan reports no exports: they are missing, not zero."),
    ("who_counted", "value", lambda r: (r["method"] == "no number given") == bool(range_of(r)),
     "a row has a figure, or the method “no number given”."),
    ("who_counted", "value", lambda r: range_of(r) != sorted(range_of(r)),
     "low, value and high are not in order."),
    ("who_counted", "note", lambda r: r["method"] == "computed" and not r["note"],
     "the figure is computed, but the row does not say how."),
    ("viewpoints", "role", lambda r: (r["role"] == "viewer") != (r["viewer"] in VIEWERS),
     "{viewer} is a viewer if, and only if, it is one of the eleven."),
    ("viewpoints", "drawn_as", lambda r: r["drawn_as"] == f"of {r['viewer']}",
     "what a viewer draws as its own is “own”."),
    ("viewpoints", "drawn_as", lambda r: r["certainty"] == "nothing found"
     and r["drawn_as"] != "no position found", "nothing was found, so no position was."),
    ("viewpoints", "document", lambda r: bool(r["document"]) == (r["certainty"] == "nothing found"),
     "a row names a document, or nothing was found."),
    ("viewpoints", "source", lambda r: bool(r["source"]) == (r["certainty"] == "nothing found"),
     "a row names a source, or nothing was found."),
    ("viewpoints", "drawn_as", lambda r: "abstained" in r["names"] and r["drawn_as"] != "no position found",
     "an abstention is no position."),
    ("positions", "own", lambda r: parts_of(r["own"]) - parts_of(r["source"]),
     "what is the holder’s own is not among the sources."),
    ("positions", "missing", lambda r: whole(r) == bool(r["missing"]),
     "a row has two sources, one of them its own, or says what it lacks."),
    ("publishers", "basis", lambda r: bool(r["basis"]) == (r["certainty"] == "not looked up"),
     "a row rests on something, or nothing was looked up."),
    ("publishers", "which_state", lambda r: r["controlled_by_state"] == "yes" and r["iso3"]
     and not r["which_state"], "controlled by a state: by which?"),
]  # fmt: skip


def wrong_rows(tables, rules=ROWS):
    """Yield each row that breaks one of the rules."""
    for name, column, is_wrong, says in rules:
        for line, row in tables[name].numbered():
            if is_wrong(row):
                yield tables[name], line, column, says.format(**row)
