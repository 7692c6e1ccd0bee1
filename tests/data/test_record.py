"""The tables are what a reviewer last saw."""

import json
import subprocess
from pathlib import Path

import pytest

from samarkand.course import tables
from samarkand.ground.errors import CourseError

RECORD = Path(__file__).with_name("record.json")


def test_tables_are_as_recorded():
    """A table changed on purpose is recorded anew with `samarkand data record`, and the diff reviewed."""
    stored, found = json.loads(RECORD.read_text(encoding="utf-8")), tables.record()
    assert stored.keys() == found.keys()
    for name, now in found.items():
        was = stored[name]
        changed = [
            k for k in {**was["digests"], **now["digests"]} if was["digests"].get(k) != now["digests"].get(k)
        ]
        assert changed == [], f"{name}: these rows are not as recorded: {changed[:10]}"
        assert now == was, name


def test_the_record_is_written_as_it_is_read():
    text = RECORD.read_text(encoding="utf-8")
    assert text == tables.as_text(json.loads(text))


def test_a_changed_cell_is_said_as_it_was_and_as_it_is(copy, monkeypatch):
    """What the last commit has is compared if it is what was recorded; without git the row is named alone."""
    monkeypatch.setenv("SAMARKAND_DATA", str(copy))
    path = copy / "numbers.csv"
    whole = path.read_text(encoding="utf-8")
    assert whole.count(",1782.75,") == 1
    path.write_text(whole.replace(",1782.75,", ",1872.75,"), encoding="utf-8")
    assert tables.changes() == {"numbers": ["NU056 has changed"]}
    path.write_text(whole, encoding="utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "all")):
        subprocess.run(["git", *command], cwd=copy, check=True)
    path.write_text(whole.replace(",1782.75,", ",1872.75,"), encoding="utf-8")
    assert tables.changes() == {"numbers": ['NU056 has changed: value was "1782.75", is "1872.75"']}
    path.write_text(whole + "NU999,a,b,1,km,,,,2022-09-15,BORDX\n", encoding="utf-8")
    assert tables.changes() == {"numbers": ["NU999 is new"]}


def test_a_record_that_cannot_be_read_is_named_and_made_anew(tmp_path, monkeypatch):
    stored = RECORD.read_text(encoding="utf-8")
    record = tmp_path / "record.json"
    monkeypatch.setattr(tables, "RECORD", record)
    monkeypatch.setattr(tables, "ROOT", tmp_path)
    for damage in (None, "[1, 2]", stored[:-20], "<<<<<<< HEAD\n" + stored):
        if damage is not None:
            record.write_text(damage, encoding="utf-8")
        with pytest.raises(CourseError, match=r"record\.json|Expecting|cannot convert"):
            tables.changes()
        assert tables.store().startswith("The record is stored anew in record.json")
        assert record.read_text(encoding="utf-8") == stored
        record.unlink()
