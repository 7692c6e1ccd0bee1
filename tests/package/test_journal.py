"""Saved entries survive crashes, full disks, damage, and two processes that write at once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samarkand.common import home, journal
from samarkand.common.errors import CourseError


def test_entries_are_added_and_the_newest_counts(work: Path) -> None:
    for text in ("first\nwith a line", "ж 中 \ud800", ""):
        journal.add_entry("notes", "08.report", text=text)
    journal.add_entry("notes", "05.sides", text="other")
    texts = [entry["text"] for entry in journal.read_journal("notes").entries]
    assert texts == ["first\nwith a line", "ж 中 \ud800", "", "other"]
    assert journal.read_latest("notes")["08.report"]["text"] == ""
    assert [p.name for p in work.iterdir()] == ["notes.jsonl"]
    assert len((work / "notes.jsonl").read_bytes().splitlines()) == 4


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows sets no time zone for one program")
def test_a_day_is_that_of_the_students_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as east:
        east.setenv("TZ", "EAST-5")
        time.tzset()
        days = [journal.day_of(at) for at in ("2026-11-27T18:59:00+00:00", "2026-11-27T19:00:00+00:00", "?")]
    time.tzset()
    assert days == ["2026-11-27", "2026-11-28", "?"]


@pytest.mark.parametrize(
    ("damage", "lines"),
    [
        (b'{"at": "2022", "id": "05.ca', 1),
        (b"\xff\xfe\x00\n\xff\n", 2),
        (b"[]\nnull\n7\n", 3),
        (b"[" * 100_000 + b"\n", 1),
    ],
)
def test_damage_is_told_and_left_and_all_else_counts(damage: bytes, lines: int, work: Path) -> None:
    journal.add_entry("notes", "08.report", text="kept")
    with (work / "notes.jsonl").open("ab") as file:
        file.write(damage)
    before = (work / "notes.jsonl").read_bytes()
    entries, trouble = journal.read_journal("notes")
    assert [entry["text"] for entry in entries] == ["kept"]
    assert ("cannot be read" in trouble) == bool(lines) and (lines < 2 or f"{lines} lines of" in trouble)
    journal.add_entry("notes", "08.report", text="later")
    assert (work / "notes.jsonl").read_bytes().startswith(before)
    assert [entry["text"] for entry in journal.read_journal("notes").entries] == ["kept", "later"]


@pytest.mark.parametrize("after", [0, 7], ids=["at once", "in the middle of a line"])
def test_a_full_disk_is_a_sentence_and_leaves_the_file_as_it_was(
    after: int, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.add_entry("notes", "08.report", text="kept")
    before = (work / "notes.jsonl").read_bytes()
    write, written = os.write, []

    def full(descriptor: int, body: bytes) -> int:
        if written or not after:
            raise OSError(28, "No space left on device")
        written.append(write(descriptor, body[:after]))
        return written[0]

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(CourseError) as error:
        journal.add_entry("notes", "08.report", text="lost")
    assert (error.value.code, error.value.fields["why"]) == ("not written", 28)
    assert error.value.fields["file"] == journal.find_path("notes")
    assert (work / "notes.jsonl").read_bytes() == before


def test_a_file_that_is_a_folder_is_a_sentence(work: Path) -> None:
    (work / "notes.jsonl").mkdir(parents=True)
    with pytest.raises(CourseError) as error:
        journal.add_entry("notes", "08.report", text="x")
    assert (error.value.code, error.value.fields["file"]) == ("not written", journal.find_path("notes"))
    assert "cannot be read" in journal.read_journal("notes").trouble


def test_a_book_pasted_by_mistake_is_refused() -> None:
    with pytest.raises(CourseError) as error:
        journal.add_entry("notes", "08.report", text="x" * 20_001)
    assert (error.value.code, error.value.fields) == ("too long", {"letters": 20_001, "most": 20_000})
    assert journal.read_journal("notes").entries == []


WRITER = """
import sys
from samarkand.common import journal
for n in range(int(sys.argv[2])):
    journal.add_entry("notes", sys.argv[1], text=f"{n} " + "x" * 300)
"""


def writer(name: str, count: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(home.ROOT)}
    return subprocess.Popen([sys.executable, "-c", WRITER, name, str(count)], env=environment)


def test_two_windows_that_save_at_once_lose_nothing() -> None:
    both = [writer(name, 150) for name in ("08.report", "05.sides")]
    assert [one.wait() for one in both] == [0, 0]
    entries, trouble = journal.read_journal("notes")
    assert trouble == ""
    for name in ("08.report", "05.sides"):
        assert [int(e["text"].split()[0]) for e in entries if e["id"] == name] == list(range(150))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_what_was_saved_is_whole(work: Path) -> None:
    for _ in range(3):
        one = writer("08.report", 100_000)
        file, begun = work / "notes.jsonl", len(journal.read_journal("notes").entries)
        while len(journal.read_journal("notes").entries) < begun + 3:
            time.sleep(0.02)
        one.send_signal(signal.SIGKILL)
        one.wait()
        journal.add_entry("notes", "08.report", text="0 after")
        lines = file.read_bytes().splitlines()
        assert len([line for line in lines if not _whole(line)]) == 0
    assert journal.read_journal("notes").trouble == ""


def _whole(line: bytes) -> bool:
    try:
        return bool(json.loads(line))
    except ValueError:
        return False
