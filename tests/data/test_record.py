"""The tables are what a reviewer last saw."""

import json
from pathlib import Path

from samarkand.course import tables

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
