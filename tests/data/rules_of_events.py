"""Consistency rules for the tables of memberships, votes, journeys, claims, ties and sources.

A rule takes the tables and yields problems: table, line (None if it is not a single one), column, sentence.
"""

import datetime as dt
import re
from collections import Counter, defaultdict
from itertools import pairwise

from our_tables import great_circle_km

from tools.author.rules import defined

#: Numbers of members, observers, dialogue partners and SCO partners on days, from the SCO's own history.
SCO_COUNTS = {
    "2001-06-15": (6, 0, 0, 0),
    "2005-07-05": (6, 4, 0, 0),
    "2017-06-08": (6, 6, 6, 0),
    "2017-06-09": (8, 4, 6, 0),
    "2022-09-13": (8, 4, 6, 0),
    "2022-09-14": (8, 4, 8, 0),
    "2022-09-16": (8, 4, 9, 0),
    "2023-07-04": (9, 3, 13, 0),
    "2023-07-15": (9, 3, 14, 0),
    "2024-07-04": (10, 2, 14, 0),
    "2025-09-01": (10, 0, 0, 17),
}
STATUSES = ("member", "observer", "dialogue partner", "SCO partner")
#: (In favour, against, abstaining), day, body: UN press releases; Human Rights Council, 51st session.
VOTES = {
    "es_11_1": ((141, 5, 35), "2022-03-02", "UN General Assembly"),
    "es_11_3": ((93, 24, 58), "2022-04-07", "UN General Assembly"),
    "es_11_4": ((143, 5, 35), "2022-10-12", "UN General Assembly"),
    "hrc_xinjiang": ((17, 19, 11), "2022-10-06", "UN Human Rights Council"),
}
#: Last day of publication for what was known on 15 September 2022, with three days for the press.
IN_PRINT = "2022-09-18"
#: Tables whose sources are compared with a day of the row: columns with that day (the earliest counts),
#: and columns whose text may name an older source.
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
#: Tables whose rows were first known when a source was published, or on the last day of the event, if
#: there are columns with that day.
KNOWN = {
    "timeline": ("end_day", "day"),
    "numbers": ("period_end",),
    "trade_cn_ru_cumulative": (),
    "trade_cn_ru_monthly": (),
    "trade_with_china": (),
    "energy_flows": (),
}
#: Exceptions: NU056 has sources without a day, TL062 was published just before midnight in Geneva.
UNDATED = {"NU056": "2022-09-15", "NU080": "2022-06-30", "TL062": "2022-09-01"}
#: Kind of tie by status in the SCO.
TIE_STATUS = {"member-of": "member", "observer-of": "observer", "dialogue-partner-of": "dialogue partner"}
#: Text columns in which a number of four digits is a year, since other numbers have a comma.
IN_WORDS = (
    *("text", "title", "event", "note", "known_then", "known_later"),
    *("paraphrase", "then", "later", "includes"),
)
#: Columns of the glossary, and of the table of places.
LANGUAGES = {"term": "name", "zh": "name_zh", "ru": "name_ru", "kk_cyrl": "name_kk", "uz": "name_uz"}
#: Kazakh letters in the standard of 2021; it has none for ч.
KAZAKH_LATIN = dict(
    zip("аәбвгғдежзийкқлмнңоөпрстуұүфхһшщыіэ", "aäbvgğdejziikqlmnñoöprstuūüfhhşşyıe", strict=True)
) | {"ё": "io", "ц": "ts", "ч": "tş", "ь": "", "ю": "iu", "я": "ia"}
#: (lat, lon) of each city of the trip; meeting places are within a few kilometres.
CITIES = {"Beijing": (40, 116.5), "Nur-Sultan": (51.1, 71.4), "Samarkand": (39.68, 67.0)}


def sco_counts(tables):
    """The SCO has as many members and partners on given days as its history says."""
    table = tables["sco_membership"]
    for day, due in SCO_COUNTS.items():
        there = Counter(r["status"] for r in table.rows if r["from"] <= day < (r["to"] or "9999"))
        for status, should in zip(STATUSES, due, strict=True):
            if there[status] != should:
                says = f"{day} has {there[status]} with status {status}, not {should}."
                yield table, None, "status", says


def sco_leaves_nobody_out(tables):
    """A state with a status in the SCO kept it or received another: nobody has left."""
    table = tables["sco_membership"]
    spells = defaultdict(list)
    for line, row in table.numbered():
        spells[row["iso3"]].append((row["from"], row["to"], line))
    for iso3, found in spells.items():
        for (_, to, earlier), (start, _, _) in pairwise(sorted(found)):
            if to != start:
                yield table, earlier, "to", f"the next spell of {iso3} begins on {start}."
        if sorted(found)[-1][1]:
            yield table, sorted(found)[-1][2], "to", f"the last spell of {iso3} has not ended."


def vote_totals(tables):
    """The votes of the states add up to the official totals."""
    votes, table = tables["un_votes"], tables["resolutions"]
    for line, row in table.numbered():
        column = row["vote"]
        official, day, body = VOTES[column]
        counts = Counter(r[column] for r in votes.rows)
        found = (counts["yes"], counts["no"], counts["abstain"])
        if found != official:
            yield votes, None, column, f"the votes add up to {found}, officially {official}."
        if tuple(int(row[k]) for k in ("yes", "no", "abstain")) != official:
            yield table, line, "yes", f"the official total is {official}."
        if str(counts["did not vote"]) != row["did_not_vote"]:
            says = f"{counts['did not vote']} did not vote, not {row['did_not_vote']}."
            yield votes, None, column, says
        for name, due in (("day", day), ("body", body)):
            if row[name] != due:
                yield table, line, name, f"{row[name]} where {due} is due."
    members = {r["iso3"] for r in tables["states"].rows if r["kind"] == "UN member"}
    if {r["iso3"] for r in votes.rows} != members or len(members) != 193:
        yield votes, None, "iso3", "the rows are not the 193 members of the United Nations."


def agreement(tables):
    """Shares are those of whole numbers of votes, and the index lies within its bounds."""
    table = tables["unga_agreement"]
    for line, row in table.numbered():
        votes, same, index = int(row["votes"]), float(row["identical_share"]), float(row["agreement_index"])
        for column, points in (("identical_share", votes * same), ("agreement_index", 2 * votes * index)):
            if abs(points - round(points)) > 1e-4 * votes:
                yield table, line, column, f"{row[column]} is no possible figure for {votes} votes."
        if not same - 1e-4 <= index <= (1 + same) / 2 + 1e-4:
            yield table, line, "agreement_index", "the index does not fit the share of identical votes."
    years = defaultdict(Counter)
    for row in table.rows:
        years[row["reference"]][row["year"]] += 1
    for reference, rows in years.items():
        for year in {year for one in years.values() for year in one}:
            if rows[year] != max(rows.values()):
                says = f"{reference} in {year} has {rows[year]} rows, unlike elsewhere."
                yield table, None, "reference", says


def flights(tables):
    """Flights follow one another, each as long as the great circle between its ends; cities stay in place."""
    table = tables["trip"]
    legs = [(line, row) for line, row in table.numbered() if row["type"] == "leg"]
    for line, row in legs:
        length = great_circle_km(*(float(row[c]) for c in ("lat", "lon", "to_lat", "to_lon")))
        if abs(length - float(row["distance_km"])) > 1:
            yield table, line, "distance_km", f"the great circle is {length:.0f} km long."
    for (_, before), (line, after) in pairwise(legs):
        here = (after["place"], after["lat"], after["lon"])
        there = (before["to_place"], before["to_lat"], before["to_lon"])
        if here != there:
            yield table, line, "place", f"the flight starts in {here}, but the last one ended in {there}."
    for line, row in table.numbered():
        city = row["place"].split(",")[0]
        if great_circle_km(*CITIES[city], float(row["lat"]), float(row["lon"])) > 15:
            yield table, line, "lat", f"the point does not lie in {city}."


def meetings(tables):
    """A person who was met represents the right state, and a place has one point."""
    table = tables["trip"]
    homes = {r["name"]: r["iso3"] for r in tables["entities"].rows if r["type"] == "person"}
    points = Counter(
        (r[lat], r[lon]) for r in table.rows for lat, lon in (("lat", "lon"), ("to_lat", "to_lon"))
    )
    for line, row in table.numbered():
        states = [homes[name] for name in row["counterpart"].split("; ") if name in homes]
        if states and row["counterpart_iso3"] != ";".join(states):
            yield table, line, "counterpart_iso3", f"{row['counterpart']} speaks for {';'.join(states)}."
        if row["type"] == "bilateral" and len(states) != 1:
            yield table, line, "type", "a bilateral meeting has one counterpart."
        if points[row["lat"], row["lon"]] < 2:
            yield table, line, "lat", "no other row has this point, but every place of the trip has two."


def actors(tables):
    """An actor with the code of a state is that state."""
    table = tables["entities"]
    states = {r["iso3"] for r in tables["states"].rows}
    for line, row in table.numbered():
        if (row["type"] in ("state", "contested territory")) != (row["id"] in states):
            says = f"{row['id']} is{'' if row['id'] in states else ' not'} the code of a state."
            yield table, line, "type", says
        if row["id"] in states and row["iso3"] != row["id"]:
            yield table, line, "iso3", f"the state is {row['id']} itself."


def routes(tables):
    """A route has one name, kind and status; its places are numbered and follow one another."""
    table = tables["routes"]
    for (_, before), (line, after) in pairwise([(1, dict.fromkeys(table.header, "")), *table.numbered()]):
        same = before["route"] == after["route"]
        due = int(before["seq"]) + 1 if same else 1
        if after["seq"] != str(due):
            yield table, line, "seq", f"{after['seq']} where {due} is due."
        for column in ("name", "mode", "status_2022", "source"):
            if same and before[column] != after[column]:
                yield table, line, column, "the row differs from the one before on the same route."
        far = great_circle_km(*(float(r[c]) for r in (before, after) for c in ("lat", "lon"))) if same else 99
        if not 20 < far < 2200:
            yield table, line, "lat", f"it is {far:.0f} km from the place before."


def places(tables):
    """A state's point is its capital's, and a place has the same point in every table."""
    capitals = {r["iso3"]: (float(r["capital_lat"]), float(r["capital_lon"])) for r in tables["places"].rows}
    known = {}
    for name, column in (("timeline", "place"), ("routes", "node"), ("entities", "name")):
        table = tables[name]
        for line, row in table.numbered():
            if not (row["lat"] and row["lon"]):
                continue
            point = (float(row["lat"]), float(row["lon"]))
            where, first = known.setdefault(row[column], (name, point))
            if great_circle_km(*first, *point) > 40:
                yield table, line, "lat", f"{row[column]} lies elsewhere in the table {where}."
            if name == "timeline" and first != point:
                yield table, line, "lat", f"{row[column]} has another point in an earlier row."
            if name == "entities" and row["type"] == "state" and row["id"] in capitals:
                far = great_circle_km(*capitals[row["id"]], *point)
                if far > 15:
                    yield table, line, "lat", f"it is {far:.0f} km away from the capital in places.csv."


def names_of_states(tables):
    """A code and the name beside it mean the same state."""
    names = {row["iso3"]: row["name"] for row in tables["states"].rows}
    for table, column in ((tables["places"], "name"), (tables["entities"], "name")):
        for line, row in table.numbered():
            code = row["iso3"] if table.name == "places" else row["id"]
            if row.get("type", "state") == "state" and names.get(code, row[column]) != row[column]:
                yield table, line, column, f"{code} is {names[code]}, not {row[column]}."


def glossary(tables):
    """Entries are sorted; names agree with other tables; both scripts of Kazakh spell the same word."""
    table, actors = tables["glossary"], {row["id"]: row["name"] for row in tables["entities"].rows}
    states = {row["iso3"]: row for row in tables["places"].rows}
    before = ""
    for line, row in table.numbered():
        if row["term"].casefold() < before:
            yield table, line, "term", f"it comes before {before}."
        before = row["term"].casefold()
        term, actor = row["term"].partition(" (")[0], row["entity"]
        if row["kind"] in ("person", "organisation") and actors.get(actor) != term:
            yield table, line, "term", f"{actor or 'an unknown actor'} is {actors.get(actor)}, not {term}."
        for column in LANGUAGES if actor in states else ():
            if row[column] != states[actor][LANGUAGES[column]]:
                yield table, line, column, f"in places.csv it is {states[actor][LANGUAGES[column]]}."
        latin = "".join(KAZAKH_LATIN.get(letter, letter) for letter in row["kk_cyrl"].lower())
        if latin.upper() != row["kk_latn"].replace("İ", "I").upper():
            yield table, line, "kk_latn", f"the standard of 2021 writes {latin}."


def claims(tables):
    """Every block has a claim, claims follow the article, and a speaker has one role."""
    blocks, table = tables["blocks"], tables["claims"]
    claimed = {row["block"] for row in table.rows}
    for place, (line, row) in enumerate(blocks.numbered(), 1):
        if row["block"] not in claimed:
            yield blocks, line, "block", f"no claim names the block {row['block']}."
        if row["order"] != str(place):
            yield blocks, line, "order", f"{row['order']} where {place} is due."
    order = {row["block"]: int(row["order"]) for row in blocks.rows}
    roles, last = {}, 0
    for line, row in table.numbered():
        if order.get(row["block"], last) < last:
            yield table, line, "block", "the claims do not follow the order of the article."
        last = order.get(row["block"], last)
        role = (row["affiliation"], row["role"], row["speaker_country"])
        if roles.setdefault(row["speaker"], role) != role:
            yield table, line, "speaker", f"{row['speaker']} has another affiliation or role elsewhere."


def years_in_words(tables):
    """A year in a text column is plausible.

    Sources and publishers are left out, since document numbers occur there.
    """
    for table in (tables[name] for name in tables.keys() - {"sources", "publishers"}):
        for line, row in table.numbered():
            for column in filter(table.has, IN_WORDS):
                for year in re.findall(r"(?<![\w,.])\d{4}(?![\w,])", row[column]):
                    if not 1850 <= int(year) <= 2050:
                        says = f"{year} is no year; a figure has a comma between the thousands."
                        yield table, line, column, says


def ties_and_spells(tables):
    """Ties that are memberships begin with the spell in the table of memberships."""
    table = tables["ties"]
    began = {(r["iso3"], "SCO", r["status"]): r["from"] for r in tables["sco_membership"].rows}
    began |= {(r["iso3"], r["organisation"], r["status"]): r["from"] for r in tables["org_membership"].rows}
    for line, row in table.numbered():
        if row["relation"] in TIE_STATUS:
            status = TIE_STATUS[row["relation"]] if row["target"] == "SCO" else "member"
            day = began.get((row["actor"], row["target"], status))
            if day is None:
                yield table, line, "relation", "no table of memberships has this spell."
            elif day != row["day"]:
                yield table, line, "day", f"the spell began on {day}."


def relations(tables):
    """A relation has one kind, sign and direction; a second coder signed the ties of the article alone."""
    table, second = tables["ties"], tables["second_coding"]
    for column in ("kind", "directed", "sign"):
        usual = defaultdict(Counter)
        for row in table.rows:
            usual[row["relation"]][row[column]] += 1
        for line, row in table.numbered():
            ((most, _),) = usual[row["relation"]].most_common(1)
            if row[column] != most and (column, row["relation"]) != ("sign", "met-with"):
                yield table, line, column, f"{row['relation']} is elsewhere {most}."
    coded = {row["tie"] for row in second.rows}
    told = {row["id"]: row["in_article"] == "true" for row in table.rows}
    for line, row in second.numbered():
        if not told.get(row["tie"], True):
            yield second, line, "tie", "the second coder coded ties of the article alone."
    for line, row in table.numbered():
        if told[row["id"]] and row["id"] not in coded:
            yield table, line, "id", "a tie of the article, and no second sign."


# ------------------------------------------------------------------------------------------------ sources


def addresses(tables):
    """No two sources share an address, and no source is from the future."""
    table = tables["sources"]
    seen = {}
    for line, row in table.numbered():
        plain = row["url"].split("://")[-1].rstrip("/").casefold()
        if seen.setdefault(plain, line) != line:
            yield table, line, "url", f"line {seen[plain]} has the same address."
        if row["published"] > str(dt.date.today()):
            yield table, line, "published", f"{row['published']} lies in the future."


def the_article(tables):
    """The article is cited only for its own words."""
    for table in (tables[name] for name in tables.keys() - {"blocks", "claims", "corrections"}):
        for line, row in table.numbered() if table.has("source") else ():
            if "ART" in row["source"].split(";") and row.get("in_article") != "true":
                yield table, line, "source", "the article is a source of its own words alone."


def chronology(tables):
    """Events are in order of time, and at least one source of each is not older than it."""
    published = _published(tables)
    for table in (tables["timeline"], tables["trip"]):
        before = ""
        for line, row in table.numbered():
            if row["day"] < before:
                yield table, line, "day", f"{row['day']} comes after {before} in the table."
            before = row["day"]
            if max(_last_day(published.get(key, "")) or before for key in row["source"].split(";")) < before:
                yield table, line, "day", f"every source was published before {before}."


def sources_of_their_day(tables):
    """No source is older than what it is cited for: a plan is not a record.

    A row's text may name an exception by its key. Claims of the article on its own day may rest on
    earlier sources.
    """
    published = _published(tables)
    for name, (columns, words) in DATED.items():
        table = tables[name]
        for line, row in table.numbered():
            day = min(filter(None, (row[c] for c in columns)), default="")
            for key in row["source"].split(";") if row.get("in_article") != "true" else ():
                when = published.get(key, "")
                if when and when < day[: len(when)] and key not in " ".join(row[c] for c in words):
                    says = f"{key} is of {when}, before {day}: a plan, or the row must name it in its words."
                    yield table, line, "source", says


def first_known(tables):
    """The day on which a row became known is that of one of its sources, or of the event itself."""
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


def announcements(tables):
    """An announcement was reported within three days, and made before its event."""
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


def then_and_later(tables):
    """Columns on what was known then cite a source of that time, and those on later knowledge a later one."""
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
        years = re.findall(r"\b20\d\d\b", row["known_then"] + row["known_later"])
        if all(days) and years and max(years) > max(days)[:4]:
            says = f"it speaks of {max(years)}, its sources end in {max(days)}."
            yield table, line, "known_later", says


def _last_day(when):
    """Return the last day of a day, month or year, as ``YYYY-MM-DD``; "" for ""."""
    if len(when) == 7:
        late = dt.date.fromisoformat(f"{when}-28") + dt.timedelta(days=4)
        return str(late - dt.timedelta(days=late.day))
    return f"{when}-12-31" if len(when) == 4 else when


def _published(tables):
    return {row["key"]: row["published"] for row in tables["sources"].rows}


RULES = defined(globals())
