"""`samarkand data check` names the file, the line and the column, in a sentence; each rule is broken once."""

import contextlib
import datetime as dt
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.common.errors import DamagedData
from tools.author import rules, rules_between_tables, rules_of_readme, tables
from tools.author.our_tables import FOLDER, RESOURCE
from tools.author.rules import Table


def change(folder, name, old, new):
    path = folder / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_the_course_keeps_its_rules():
    """The one test that fails for a wrong row, with the messages of `samarkand data check`."""
    found = tables.check_tables()
    assert not found, "\n".join(found)


#: (table, original text, damaged text, expected message), one per line of the file.
DAMAGE = [
    tuple(part.replace("\\n", "\n") for part in line.split(" ~ "))
    for line in Path(__file__).with_name("damage.txt").read_text(encoding="utf-8").splitlines()
]
#: Damages whose original text is not in the table once; one test reports all of them.
GONE = [one for one in DAMAGE if (FOLDER / f"{one[0]}.csv").read_text(encoding="utf-8").count(one[1]) != 1]
DAMAGE = [one for one in DAMAGE if one not in GONE]


def test_each_damage_is_to_something_that_a_table_says_once():
    assert [f"{name}.csv: {old}" for name, old, *_ in GONE] == [], "change these lines of damage.txt"


@pytest.mark.parametrize(("name", "old", "new", "expected"), DAMAGE)
def test_damage_is_named(tmp_path, name, old, new, expected):
    shutil.copy(FOLDER / f"{name}.csv", tmp_path)
    change(tmp_path, name, old, new)
    found = []
    with contextlib.closing(rules_between_tables.find_problems_in_folder(name, tmp_path)) as problems:
        for sentence in map(str, problems):
            if re.search(expected, sentence):
                return
            found.append(sentence)
    pytest.fail(f"nobody says {expected!r}: {found}")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("| [polls.csv]", "| [poles.csv]", "its list of tables and the folder differ by poles."),
        ("### polls\n", "### poles\n", "it has no section polls."),
        ("**Units.**", "Units:", "the section blocks does not say **Units.**"),
        ("| TR13 |", "| TR1 |", "trip has no such row any more: TR1 |"),
        ("| TR13 |", "TR13 |", "the section trip shows 0 rows"),
    ],
)
def test_what_the_readme_says_is_held_to_the_tables(monkeypatch, tmp_path, old, new, says):
    text = rules_of_readme.README.path.read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(text.replace(old, new, 1), encoding="utf-8")
    readme = replace(rules_of_readme.README, path=tmp_path / "README.md")
    monkeypatch.setattr(rules_of_readme, "README", readme)
    found = list(rules_between_tables.find_problems([rules_of_readme.check_readme]))
    assert any(says in str(one) for one in found), found


def test_each_pair_of_days_that_has_an_order_is_put_out_of_it():
    said = "".join(says for *_, says in DAMAGE)
    assert [first for first, _ in rules.IN_ORDER if f"comes before {first}" not in said] == []


def test_only_what_is_yet_to_come_out_is_from_the_future(tmp_path):
    (rule,) = (one for one in rules_between_tables.RULES if "the future" in getattr(one, "sentence", ""))
    for days, there in ((0, 0), (2, 1)):
        row = {"published": str(dt.date.today() + dt.timedelta(days=days))}
        rules_between_tables.store_table(
            Table("sources", tmp_path, {"fields": []}, [*row], [row], [2]), "temp"
        )
        assert len(rules_between_tables.DB.execute(rule.query).fetchall()) == there
        rules_between_tables.DB.execute("DROP TABLE temp.sources")


@pytest.mark.parametrize(("sentence", "query"), [("A.", "SELECT x FROM trip"), ("{x}", "SELECT * FROM trip")])
def test_a_rule_that_stops_is_a_problem_by_itself(sentence, query):
    (found,) = rules_between_tables.find_problems(
        [rules_between_tables.Rule("trip", "id", sentence, query, {"trip"})]
    )
    assert str(found).startswith(f'course_data: the rule "{sentence}" stops with ') and "x" in str(found)


# ------------------------------------------------------------------------------- files and descriptions


def test_a_folder_or_its_description_may_be_named(copy):
    change(copy, *DAMAGE[0][:3])
    assert tables.check_tables(copy) == tables.check_tables(copy / "datapackage.json") != []


def test_missing_empty_and_mangled_files(tmp_path):
    path, whole = tmp_path / "trip.csv", (FOLDER / "trip.csv").read_bytes()
    for content, says in (
        (None, "trip.csv: the file is missing."),
        (b"", "trip.csv: the file is empty."),
        (whole[:200] + b"\xff\xfe" + whole[200:], "trip.csv: line 2: a character that is not UTF-8."),
    ):
        if content is not None:
            path.write_bytes(content)
        tables_, problems = tables.read_tables(tmp_path, {"resources": [RESOURCE["trip"]]})
        assert (tables_, list(map(str, problems))) == ({}, [says])


def test_a_broken_description(copy):
    path = copy / "datapackage.json"
    path.write_text(path.read_text(encoding="utf-8")[:-300], encoding="utf-8")
    lines = path.read_text(encoding="utf-8").count("\n") + 1
    with pytest.raises(DamagedData) as broken:
        tables.check_tables(copy)
    assert broken.value.code == "not JSON"
    assert broken.value.fields == {"file": path, "line": lines}
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(DamagedData) as empty:
        tables.check_tables(copy)
    assert (empty.value.code, empty.value.fields["file"]) == ("no tables", path)
    with pytest.raises(DamagedData) as missing:
        tables.check_tables(copy / "no such folder")
    assert (missing.value.code, missing.value.fields["file"]) == ("missing", copy / "no such folder")


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
    found = ['tea.csv, line 3, column "iso3": "QQQ" is not in the table states.']
    assert tables.check_tables(copy) == found
    with pytest.raises(DamagedData) as error:
        tables.check_tables(copy / "tea.csv")
    assert (error.value.code, error.value.fields["file"]) == ("missing", copy / "tea.csv")


def test_the_command(copy, capsys, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(tables.fresh_process, "run_python", lambda *asked: (0, ""))
        patch.setenv("SAMARKAND_DATA", str(copy))
        assert cli.main(["data", "check"]) == 0
    assert "as their schema says" in capsys.readouterr().out
    monkeypatch.setattr(tables, "find_changed_rows", dict)
    monkeypatch.setattr(
        tables, "check_tables", lambda path=None, check=tables.check_tables: check(path) if path else []
    )
    assert cli.main(["renew"]) == 0
    assert "No table has changed" in capsys.readouterr().out
    *damage, says = DAMAGE[0]
    change(copy, *damage)
    assert cli.main(["data", "check", str(copy)]) == 1
    assert re.search(says, capsys.readouterr().err)
