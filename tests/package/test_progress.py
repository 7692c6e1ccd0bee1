"""The student's progress is logged, shown at a lesson's end, and exported by its owner alone."""

import datetime as dt
import errno
import html
import json
import re
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.common import home, journal, log
from samarkand.common.errors import CourseError
from samarkand.practice import notes, predict, progress, quiz, without_us
from samarkand.practice.tasks import check, collect_tasks

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_notebook(monkeypatch: Patch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def seen(shown: progress.Shown) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", shown.html))


def rows(shown: progress.Shown) -> dict[str, list[str]]:
    """Return the cells of each row of the table, by its first cell."""
    found = {}
    for line in re.findall(r"<tr[^>]*>(.*?)</tr>", shown.html):
        first, *rest = (re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", line))
        found[first] = rest
    return found


def test_each_run_of_check_and_quiz_is_noted_and_answers_are_not(work: Path) -> None:
    check("03.1", ...)
    check("no such task", 1)
    assert not work.exists(), "nothing was answered yet"
    check("03.1", 44)
    check("03.1", 43)
    check("03.1", 45)
    quiz.ask("03.gdp").answer(0)
    lines = [json.loads(line) for line in (work / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    noted = [("03.1", "wrong"), ("03.1", "wrong"), ("03.1", "right"), ("03.gdp", "wrong")]
    assert [(line["id"], line["result"]) for line in lines] == noted
    assert all(set(line) == {"at", "id", "version", "result"} for line in lines)


def test_the_next_day_is_noted_again_and_what_was_right_stays_right(work: Path) -> None:
    work.mkdir()
    line = '{"at": "2026-01-02T10:00:00+00:00", "id": "03.1", "result": "right"}\n'
    (work / "log.jsonl").write_text(line, encoding="utf-8")
    check("03.1", 45)
    check("03.1", 44)
    assert [entry["result"] for entry in journal.read_journal("log").entries] == ["right", "right", "wrong"]
    assert log.read_results() == {"03.1": "right"}
    with (work / "log.jsonl").open("ab") as file:
        file.write(b'{"half\n')
    assert "One line of" in seen(progress.lesson("03"))


def test_a_lesson_ends_with_what_was_done_and_links_to_what_to_repeat(monkeypatch: Patch) -> None:
    shown = progress.lesson("03")
    assert rows(shown)["Practice"] == ["0", "0", "7"]
    check("03.1", 45)
    check("03.5", 1)
    form = predict.ask("03.members")
    form.fill("4", "3", "5")
    form.save()
    assert rows(shown)["Practice"] == ["1", "1", "5"], "it follows what is done meanwhile"
    assert 'href="03_the_sco.ipynb#cell-id=gdp-text"' in shown.html
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/my third lesson.ipynb")
    assert 'href="my%20third%20lesson.ipynb#cell-id=gdp-text"' in progress.lesson("03").html
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/lessons/")  # all that classic Notebook tells
    assert 'href="03_the_sco.ipynb#cell-id=gdp-text"' in progress.lesson("03").html
    assert rows(shown)["Predictions"][0] == "1"
    text = seen(shown)
    repeat, _, still_open = text.partition("Still open")
    assert "3. Thirty per cent of the money? : 03.5" in " ".join(repeat.partition("To review")[2].split())
    assert "03.6" in still_open and "03.5" not in still_open
    assert "3. Thirty per cent of the money? : 03.6 and 1 question" in " ".join(still_open.split())


def test_what_came_too_late_is_told_and_no_longer_asked_for() -> None:
    for id in ("03.members", "03.direction"):
        predict.see(id).show()
    form = predict.ask("03.members")
    form.fill("8", "6", "10")
    form.save()
    shown = progress.lesson("03")
    assert rows(shown)["Predictions"] == ["0", "", "1"]
    text = " ".join(seen(shown).split())
    assert "2 predictions can no longer count: their results were shown first." in text
    assert "2. Forty per cent of the people? : 03.4 3. Thirty" in text.partition("Still open")[2]
    for id in ("03.1", "03.2", "03.3", "03.4", "03.5", "03.6", "03.7"):
        assert "All 7 practice tasks are right." not in seen(shown)
        check(id, collect_tasks()[id].solution())
    assert "All 7 practice tasks are right." in seen(shown)


def test_all_done_says_so(monkeypatch: Patch) -> None:
    for item in progress.list_items(progress.read_lessons()[0]):
        log.log_result(item.id, "right")
    shown = progress.lesson("00")
    assert "You have done all of it." in seen(shown)
    assert "To review" not in seen(shown) and "Still open" not in seen(shown)


@pytest.mark.parametrize("one", progress.read_lessons(), ids=lambda one: one.file)
def test_each_thing_a_lesson_asks_has_a_section_to_go_to(one: progress.Lesson) -> None:
    items = progress.list_items(one)
    left_behind = {f"12.{Path(name).stem}" for name in without_us.LEFT}  # files, and no tasks
    asked = {id for id in [*collect_tasks(), *left_behind] if id.startswith(one.number)}
    assert {item.id for item in items if item.kind == "check"} == asked
    assert [item.id for item in items if item.section is None] == []
    stored = json.loads((home.LESSONS / one.file).read_text(encoding="utf-8"))
    ids = {cell["id"] for cell in stored["cells"]}
    assert {item.section.cell for item in items if item.section} <= ids


def test_the_course_lists_every_lesson_with_what_is_done_in_it() -> None:
    paper = notes.note("05.sides")
    paper.fill("Mine.")
    paper.save()
    lines = rows(progress.course())
    assert list(lines)[1:] == [f"{one.number} {one.title}" for one in progress.read_lessons()]
    assert lines["05 Taking sides"] == ["0 of 6", "0 of 3", "0 of 2", "1 of 1"]


def test_an_answer_is_judged_also_where_nothing_can_be_noted(work: Path, monkeypatch: Patch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.write", full)
    reply = check("03.1", 45)
    assert reply and reply.sentence.endswith(f"This could not be noted in {work / 'log.jsonl'}.")
    assert quiz.ask("03.gdp").answer(0).sentence.startswith("Not yet. First you would have to know")


def test_its_owner_exports_it(tmp_path: Path, capsys: Capture) -> None:
    check("03.1", 45)
    assert cli.main(["log"]) == 0
    printed = capsys.readouterr().out
    assert re.fullmatch(r"at,id,result,points,out_of\n\d{4}-\d\d-\d\dT[\d:]+\+00:00,03\.1,right,,\n", printed)
    file = tmp_path / "mine.csv"
    assert cli.main(["log", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == printed
    assert cli.main(["log", str(file)]) == 1
    assert "is there already" in capsys.readouterr().err


ASKS = {"cell_type": "code", "id": "a", "source": 'notes.note("05.sides")'}


@pytest.mark.parametrize("text", ["{", json.dumps({"cells": [ASKS]})])
def test_a_lesson_that_cannot_be_read_is_left_out(text: str, tmp_path: Path, monkeypatch: Patch) -> None:
    (tmp_path / "03_broken.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setattr(home, "LESSONS", tmp_path)
    assert progress.read_lessons() == []
    with pytest.raises(CourseError):
        progress.lesson("03")


def test_a_course_updated_in_the_middle_of_a_lesson(tmp_path: Path, monkeypatch: Patch) -> None:
    """Renamed items are found under their new names, and dropped ones are left out."""
    lesson = tmp_path / "03_the_sco.ipynb"
    text = (home.LESSONS / lesson.name).read_text(encoding="utf-8")
    lesson.write_text(text, encoding="utf-8")
    monkeypatch.setattr(home, "LESSONS", tmp_path)
    check("03.5", 1)
    shown = progress.lesson("03")
    for old, new in (
        ("1. Who belongs, and since when?", "1. Whose club?"),
        ("3. Thirty per cent of the money?", "3. The money"),
        ('quiz.ask(\\"03.gdp\\")', "1"),
    ):
        assert old in text
        text = text.replace(old, new)
    lesson.write_text(text, encoding="utf-8")
    again = progress.lesson("03")
    assert "1. Whose club?" in again.html and "1. Who belongs, and since when?" not in again.html
    assert rows(again)["Practice"] == ["0", "1", "6"]
    assert "Questions" in rows(shown) and "Questions" not in rows(again)
    lesson.unlink()
    shown.renew()
    assert rows(shown)["Practice"] == ["0", "1", "6"], "the page that is open keeps what it knew"


def test_the_course_says_that_it_works_with_the_same_words_for_all(work: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(progress, "today", lambda: dt.date(2022, 9, 15))
    said = progress.ready().sentence
    assert said.startswith("The course works on this computer. The words of the day: ")
    assert progress.ready().sentence == said and len(re.split(", | and ", said.partition(": ")[2])) == 3
    assert "ready" in log.read_results()
    monkeypatch.setattr(progress, "today", lambda: dt.date(2022, 9, 16))
    assert progress.ready().sentence != said


def test_the_last_lesson_is_listed_by_the_files_to_leave_behind(work: Path) -> None:
    (last,) = (one for one in progress.read_lessons() if one.number == "12")
    assert {item.id: item.state for item in progress.list_items(last)} == {
        "12.gas": "open",
        "12.answers": "open",
        "12.chart": "open",
    }
    log.log_result("12.gas", "right")
    log.log_result("12.chart", "wrong")
    states = {item.id: item.state for item in progress.list_items(last)}
    assert (states["12.gas"], states["12.chart"]) == ("done", "tried")
