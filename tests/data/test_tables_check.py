"""`samarkand data check` names the file, the line and the column, in a sentence."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import pytest
from our_tables import FOLDER, NAMES, RESOURCE, WHOLE, wrong_in

from samarkand import cli
from samarkand.ground.errors import DamagedData
from tools.author import integrity, rules, tables
from tools.author.rules import Table


def change(folder, name, old, new):
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def sentences(folder):
    return [str(p) for p in tables.check(folder)]


def test_only_what_is_yet_to_come_out_is_from_the_future():
    def found(day):
        row = {"url": "https://example.org", "published": str(day)}
        table = Table("sources", Path("sources.csv"), {}, [], [row], [2])
        return [sentence for *_, sentence in integrity.addresses({"sources": table})]

    today = dt.date.today()
    later = today + dt.timedelta(days=2)
    assert (found(today), found(later)) == ([], [f"{later} lies in the future."])


def test_a_copy_is_as_good_as_the_course(copy):
    assert sentences(copy) == []
    assert sentences(copy / "datapackage.json") == []


ADDRESS = next(row["url"] for row in WHOLE["sources"].rows if row["key"] == "ART")
#: A table, what stands in it, what is put in its place, and what is then said.
DAMAGE = [
    ("trip", "TR01,2022-09-14", "TR01,14.9.2022", 'trip.csv, line 2, column "day": "14.9.2022" is not a day'),
    ("trip", ",3652,", ",far,", 'trip.csv, line 2, column "distance_km": "far" is not a whole number'),
    ("trip", ",3652,", ",-3652,", 'trip.csv, line 2, column "distance_km": "-3652" is below 1000'),
    ("trip", ",3652,", ",3662,", 'trip.csv, line 2, column "distance_km": the great circle is 3652 km long'),
    ("sco_membership", "SM13,BLR", "SM13,BLX", 'line 19, column "iso3": "BLX" is not in the table states'),
    ("sco_membership", "India,observer", "India,spy", 'line 13, column "status": "spy" is none of: Shang'),
    ("sco_membership", "-10,2024-07-04", "-10,2024-07-05", "this spell of BLR overlaps the one in"),
    ("sco_membership", "-10,2024-07-04", "-10,2010-07-04", "ends on 2010-07-04, but begins only on"),
    ("sco_membership", "SM07,IND,India", "SM07,PAK,India", 'column "country": PAK is Pakistan, not India'),
    ("claims", "CL95,X1", "CL95,X2", 'claims.csv, line 96, column "block": "X2" is not in the table blocks'),
    ("resolutions", "141,5,35", "141,35,5", "resolutions.csv, line 2.*the official total is .141, 5, 35."),
    ("un_votes", "AGO,Angola,abstain", "AGO,Angola,yes", r"the votes add up to \(142, 5, 34\), officially"),
    ("unga_agreement", "1995,RUS,CHN,76,0.4474", "1995,RUS,CHN,76,0.4524", "no possible figure for 76 votes"),
    ("trade_cn_ru_cumulative", ",38.17,", ",39.17,", "16.44 and 21.73 do not add up to 39.17"),
    ("trade_cn_ru_cumulative", ",65.81,", ",50.81,", "50.81 is not more than 51.09 up to 2022-04-30"),
    ("trade_cn_ru_cumulative", "-13,TRADE21H1", "-14,TRADE21H1", "its event are of 2021-07-13"),
    ("energy_flows", "KAZ,CHN,5.922", "KAZ,CHN,5.222", "the origins of 2021 add up to"),
    ("trip", "TR01,2022-09-14", "TR01,2022-09-15", "2022-09-14 comes after 2022-09-15 in the table"),
    (
        "trip",
        "hour,,,,XH0914;XH0917;PDTIME0918;MIRROR0914",
        "hour,,,TASS21,TASS21",
        "every source was published before 2022-09-14",
    ),
    (
        "trade_with_china",
        '89.4,61.4,28.0,"GACC, China customs",press report,,2024-01-31,CACN23',
        '89.4,61.4,28.0,"GACC, China customs",press report,,2023-12-31,CENS',
        "2023-12-31, but its sources and its event are of no day",
    ),
    (
        "numbers",
        "146.887,USD bn,2021-01-01",
        "146.887,USD bn,2022-01-01",
        "2021-12-31 comes before period_start",
    ),
    (
        "org_membership",
        "ARM,Armenia,treaty party,1992-05-15,2002",
        "ARM,Armenia,treaty party,1992-05-15,2003",
        "of ARM in CSTO overlaps",
    ),
    ("places", "\nKAZ,", "\nKGZ,", "places.csv, line .*: the key of the row stands twice"),
    ("indicators", "3603,persons", "3603,USD", '"unit": population_persons is elsewhere in "persons"'),
    ("blocks", "words,quotations", "wörds,quotations", 'line 1, column "words": the file has no such'),
    ("blocks", "words,quotations", "wörds,quotations", 'line 1, column "wörds": the description does'),
    ("blocks", "block,order", "order,block", "blocks.csv, line 1: the columns stand in another order"),
    ("blocks", "\nT1,1,title,11", "\nT1,1,title,11,7", "blocks.csv, line 2: the row has more cells"),
    ("timeline", ",GT0110\n", ",GT0110;NONE\n", 'line 43, column "source": "NONE" is not in the table sou'),
    # A plan cited for what came of it; and the exception, named in the row until now.
    ("timeline", ",SPUDUSH21;S", ",SPUDUSH21;TASS21;S", "TASS21 is of 2021-09-09, before 2021-09-17"),
    (
        "timeline",
        " [ATEUCA25].",
        ".",
        "ATEUCA25 is of 2025-02, before 2025-04-04: a plan, or the row must na",
    ),
    ("sco_membership", ";SPUDUSH21\nSM25", ";TASS21\nSM25", "TASS21 is of 2021-09-09"),
    # A row that a rule looks for by its key.
    ("numbers", "\nNU012,", "\nNU912,", "the rule same_figures stops with KeyError.'NU012'."),
    ("numbers", "2022-08-16,2022-08-16", "2022-08-16,2022-09-16", "BABEL is of 2022-08, before"),
    # A row that nobody could know on that day: no source came out, nothing happened.
    (
        "energy_flows",
        "83.445,million tonnes,70th,,2021-07-08",
        "83.445,million tonnes,70th,,2021-07-09",
        "2021-07-09, but its sources and its event are of 2021-07-08",
    ),
    ("timeline", "1991-12-08,KREMCIS", "1991-12-18,KREMCIS", "1991-12-18, but its sources and its event"),
    # An announcement dated before anybody reported it, and one after the event.
    ("announced", "2021-09-17", "2021-09-11", "announced.csv.*SPUUZ21 is of .*: no report of 2021-09-11"),
    ("claims", "yes,borne out,2022-10-16", "yes,borne out,2022-08-30", "CL05 had come to pass on 2022-08-30"),
    # What was known then, from a list of two years later; what became known later, from a report of before.
    ("claims", ",BRIGF;XHBRI22\n", ",BRIGF\n", 'column "known_then": no source of it was in print by then'),
    ("claims", ",OIL22;BABOIL22;USBAN22", ",USBAN22", "every source of it was in print before"),
    ("claims", "81.3%) that", "81.3%), and 2025, that", "it speaks of 2025, its sources end"),
    ("kandas", ",KND2102", ",KND2102;ART", "the article is a source of its own words alone"),
    ("claims", "USD 25bn in 2021.", "USD 25bn in 3021.", "3021 is no year"),
    (
        "un_votes",
        "UN4;HRC51;NIE1007",
        "UN4;NIE1007",
        "is none of: UN1;UN3AJ;UN4;HRC51, UN1;UN3AJ;UN4;HRC51;NIE1007",
    ),
    (
        "claims",
        '"None of the five voted with Russia on ES-11/4 either; Kazakhstan did on human rights in Crimea'
        ' (15 Dec 2022), as in earlier years.",2022-12-16,',
        ",,",
        "2022-10-12; on what",
    ),
    # A verdict that its own note takes back.
    ("claims", "INDSR;TWN,yes,partly", "INDSR;TWN,yes,borne out", 'the note says "not found"'),
    # A treaty that is signed and not yet in force.
    ("org_membership", "in force since 20 April 1994. Likely", "Likely", "since when is the treaty in force"),
    # A series with a hole, partners larger than the world, a first figure far from the final one.
    ("partners", "\n2019,KAZ,RUS,", "\n2010,KAZ,RUS,", "trade with Russia was counted for half of 2010"),
    ("partners", "2012,KAZ,WLD,92281.52", "2012,KAZ,WLD,12281.52", "the partners of 2012 add up to"),
    (
        "partners",
        "2012,KAZ,CHN,16484.41",
        "2012,KAZ,CHN,1648.41",
        "CHN jumps from 16291.51 to 1648.41 in 2012",
    ),
    (
        "partners",
        "2022,KAZ,CHN,13060.2",
        "2022,KAZ,CHN,16060.2",
        "trade_with_china.*the final figure is 27.20",
    ),
    # Lists of shares that say nothing of their errors.
    (
        "partner_shares",
        "China,CHN,28,2013,The list of this edition lacks Russia altogether.",
        "China,CHN,28,2013,",
        "a list of imports without Russia says so",
    ),
    (
        "partner_shares",
        "China,CHN,40,2021,Rounded: the list adds up to 102.",
        "China,CHN,40,2021,",
        "imports of TJK in 2019 add up to 102 per cent",
    ),
    (
        "partner_shares",
        "The Gambia,GMB,4,2025",
        "The Gambia,GMB,4,2035",
        'column "edition": "2035" is above 2025',
    ),
    # Pairs: another distance in another year, zeros that were lost, an exporter that never reports.
    (
        "gravity",
        "\n2006,CHN,KAZ,5226.68,4008,",
        "\n2006,CHN,KAZ,5226.68,4018,",
        "where another row of the pair has 4008|4008, where another row of the pair has 4018",
    ),
    (
        "gravity",
        "\n2006,CHN,KAZ,5226.68,",
        "\n2006,CHN,KAZ,0,",
        "273 of 976 pairs of 2006 have no trade, not 272",
    ),
    ("gravity", "\n2016,KAZ,UZB,", "\n2016,UZB,KAZ,", "Uzbekistan reports no exports: they are missing"),
    ("gravity_gdp", "\n2006,KAZ,77236.9,", "\n2006,KAZ,7723.9,", "KAZ jumps from"),
    # Who counted: another toll than in the numbers, a range upside down, a figure where none was given.
    (
        "who_counted",
        "official statement,2022-03-14,230,",
        "official statement,2022-03-14,320,",
        "320 dead of January 2022 stand in one of two tables only",
    ),
    ("who_counted", "2019-11-30,,0.9,1.8,", "2019-11-30,,1.8,0.9,", "low, value and high are not in order"),
    (
        "who_counted",
        "no number given,2022-08-31,,",
        "no number given,2022-08-31,1,",
        "a row has a figure, or the method",
    ),
    (
        "who_counted",
        "census,2020-11-01,11.62,,,million persons",
        "census,2020-11-01,11.62,,,persons",
        "Uyghurs in Xinjiang is elsewhere in",
    ),
    # Viewpoints: an abstention made a position, a position without a document, a viewer that is lost.
    (
        "viewpoints",
        "crimea,India,viewer,no position found",
        "crimea,India,viewer,of Ukraine",
        "an abstention is no pos",
    ),
    (
        "viewpoints",
        "siachen,Ukraine,viewer,no position found",
        "siachen,Ukraine,viewer,disputed",
        "nothing was found, so",
    ),
    ("viewpoints", "siachen,Ukraine,viewer", "siachen,Japan,party", "siachen has no row for Ukraine"),
    # Positions: one source is too few, an own text that is no source, a lack that is none.
    ("positions", "SCIO0730,SCIO0730;AP0730", "SCIO0730,SCIO0730", "two sources, one of them its own"),
    ("positions", "SCIO0730,SCIO0730;AP0730", "SCIO0731,SCIO0730;AP0730", "is not among the sources"),
    ("positions", "2019-08-01,SCIO0730,", "2019-08-01,,", "two sources, one of them its own"),
    (
        "census",
        "1970,KAZ,Uyghurs,120881,",
        "1970,KAZ,Uyghurs,20881,",
        "Uyghurs in KAZ: 59840 to 20881 in 1970",
    ),
    (
        "census",
        "2020,Xinjiang,Uyghurs,11624257,44.96",
        "2020,Xinjiang,Uyghurs,11624257,49.46",
        "are another share",
    ),
    (
        "kandas",
        "13362,68.7,10,",
        "13362,86.7,10,",
        "the shares add up to 118.0, and the note does not say so",
    ),
    ("dependence", "arms imports,Russia,88,", "arms imports,Russia,78,", "arms imports: 90 per cent in all"),
    (
        "publishers",
        "\nDW,DW | Deutsche Welle Chinese,",
        "\nDW,DW,",
        "“Deutsche Welle Chinese” stands in 0 rows",
    ),
    # What else a slip of the hand does, for each rule that nothing above breaks.
    ("trip", "Tokayev,KAZ,,XH0914;", "Tokayev,UZB,,XH0914;", "Kassym-Jomart Tokayev speaks for KAZ"),
    ("trip", ",3652,", ",03652,", '"03652" is not written plainly'),
    ("entities", "\nPUTIN,Vladimir Putin,person,", "\nPUTIN,Vladimir Putin,state,", "PUTIN is not the code"),
    ("routes", ",2,Bukhara,39.77,64.43", ",2,Bukhara,9.77,64.43", "km from the place before"),
    ("places", ",Kabul,34.5553,", ",Kabul,24.5553,", "away from the capital in places.csv"),
    ("claims", "\nCL01,T1,", "\nCL01,P02,", "the claims do not follow the order of the article"),
    ("ties", "\nRE001,RUS,UKR,", "\nRE001,RUS,RUS,", "nobody is tied to himself"),
    ("second_coding", "\nRE001,-1,", "\nRE002,-1,", "a tie of the article, and no second sign"),
    ("second_coding", "\nRE001,-1,harm", "\nRE001,-1,harm" * 2, "the row says the same as line 2"),
    ("numbers", "146.887,USD bn", "146.889,USD bn", "another table has 146.887 for this figure"),
    (
        "indicators",
        "AFG,2001,gdp_current_usd,2813571754",
        "AFG,2001,gdp_current_usd,281357175",
        "of AFG jumps",
    ),
    ("sources", "http://en.people.cn/n3/2022/0912/c90000-10145872.html", ADDRESS, "has the same address"),
    ("trade_cn_ru_monthly", "derived,Year minus Jan-Nov,", "derived,,", "the row does not say how"),
    ("gravity", "\n2006,CHN,KAZ,5226.68,4008,", "\n2006,CHN,KAZ,5226.68,8004,", "the capitals are"),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), DAMAGE)
def test_damage_is_named(tmp_path, name, old, new, expected):
    shutil.copy(FOLDER / f"{name}.csv", tmp_path)
    change(tmp_path, name, old, new)
    found = list(map(str, wrong_in(name, tmp_path)))
    assert any(re.search(expected, s) for s in found), found


class Asked(dict[str, Table]):
    """Tables that note which of them are looked at."""

    def __init__(self):
        super().__init__(WHOLE)
        self.names = set()

    def __getitem__(self, name):
        self.names.add(name)
        return super().__getitem__(name)


def test_each_rule_is_broken_by_some_damage(tmp_path):
    """By finding something, not by an error of its own; a rule that nothing breaks may be none."""
    damaged = []
    for name, old, new, _ in DAMAGE:
        shutil.copy(FOLDER / f"{name}.csv", tmp_path)
        change(tmp_path, name, old, new)
        damaged.append(tables.read(tmp_path, {"resources": [RESOURCE[name]]})[0])

    def breaks(rule, *given):
        try:
            return any(True for _ in rule(*given))
        except (LookupError, ValueError, ArithmeticError):
            return False

    unbroken = [
        rule
        for rule in rules.RULES
        if not any(breaks(rule, table, WHOLE | found) for found in damaged for table in found.values())
    ]
    for rule in integrity.RULES:
        asked = Asked()
        assert not breaks(rule, asked)
        if not any(breaks(rule, WHOLE | found) for found in damaged if found.keys() & asked.names):
            unbroken.append(rule)
    assert unbroken == []


@pytest.mark.parametrize("name", NAMES)
def test_missing_empty_and_mangled_files(copy, name):
    path = copy / f"{name}.csv"
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert f"{name}.csv: the file is empty." in sentences_of(copy, name)
    path.write_bytes(whole[:200] + b"\xff\xfe" + whole[200:])
    assert any("a character that is no UTF-8" in s for s in sentences_of(copy, name))
    path.unlink()
    assert f"{name}.csv: the file is missing." in sentences_of(copy, name)


def sentences_of(folder, name):
    """Read the table only: what cannot be read needs no rules."""
    package = tables.read_package(folder / "datapackage.json")
    package["resources"] = [one for one in package["resources"] if one["name"] == name]
    return list(map(str, tables.read(folder, package)[1]))


def test_a_broken_description(copy):
    path = copy / "datapackage.json"
    path.write_text(path.read_text(encoding="utf-8")[:-300], encoding="utf-8")
    with pytest.raises(DamagedData, match=r"datapackage.json, line \d+: no valid JSON"):
        tables.check(copy)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(DamagedData, match="lists no tables"):
        tables.check(copy)
    with pytest.raises(DamagedData, match="nothing to check"):
        tables.check(copy / "no such folder")


def test_a_table_of_ones_own_by_convention(tmp_path):
    """Without a description the names of the columns say what they must hold."""
    path = tmp_path / "my visits.csv"
    path.write_text(
        "iso3,country,day,lat,lon,from,to,source\n"
        "KAZ,Kazakhstan,2022-09-14,51.1,71.4,2020-01-01,2021-01-01,XH0914\n"
        "KAZ,Kasachstan,2022-09-31,151.1,71.4,2020-06-01,,XH0914;XXX\n"
        "XYZ,Nowhere,2022-09-14,1,1,2020-01-01,,\n",
        encoding="utf-8",
    )
    found = [str(p) for p in tables.check(path)]
    for expected in (
        'my visits.csv, line 3, column "country": KAZ is Kazakhstan, not Kasachstan.',
        'my visits.csv, line 3, column "day": "2022-09-31" is not a day like 2022-09-15.',
        'my visits.csv, line 3, column "lat": "151.1" is above 90.',
        'my visits.csv, line 3, column "from": this spell of KAZ overlaps the one in line 2.',
        'my visits.csv, line 3, column "source": "XXX" is not in the table sources.',
        'my visits.csv, line 4, column "iso3": "XYZ" is not in the table states.',
        'my visits.csv, line 4, column "source": the cell is empty, but may not be.',
    ):
        assert expected in found
    assert len(found) == 7


def test_a_table_of_ones_own_with_a_schema(tmp_path):
    (tmp_path / "tea.csv").write_text("iso3,cups\nKAZ,3\nUZB,many\n", encoding="utf-8")
    schema = {"fields": [{"name": "iso3", "type": "string"}, {"name": "cups", "type": "integer"}]}
    (tmp_path / "tea.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    assert [str(p) for p in tables.check(tmp_path / "tea.csv")] == [
        'tea.csv, line 3, column "cups": "many" is not a whole number.'
    ]


def test_a_table_added_to_the_package(copy):
    package = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    (copy / "tea.csv").write_text("iso3,cups\nKAZ,3\nQQQ,4\n", encoding="utf-8")
    schema = {
        "fields": [{"name": "iso3", "type": "string"}, {"name": "cups", "type": "integer"}],
        "primaryKey": "iso3",
        "foreignKeys": [{"fields": "iso3", "reference": {"resource": "states", "fields": "iso3"}}],
    }
    package["resources"].append({"name": "tea", "path": "tea.csv", "schema": schema})
    (copy / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    found = [str(p) for p in tables.check(copy / "tea.csv")]
    assert found == ['tea.csv, line 3, column "iso3": "QQQ" is not in the table states.'] == sentences(copy)


def test_the_command(copy, capsys, monkeypatch):
    assert cli.main(["data", "check"]) == 0
    assert "as their schema says" in capsys.readouterr().out
    monkeypatch.setattr(tables, "changes", dict)
    assert cli.main(["renew"]) == 0
    assert "No table has changed" in capsys.readouterr().out
    change(copy, "trip", ",3652,", ",far,")
    assert cli.main(["data", "check", str(copy)]) == 1
    assert 'trip.csv, line 2, column "distance_km": "far" is not a whole number' in capsys.readouterr().err
