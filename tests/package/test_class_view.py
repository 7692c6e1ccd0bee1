"""What a class expects is counted without names, and never shown of fewer than five."""

import json

import pytest

from samarkand.common.errors import UnknownName
from samarkand.practice import class_progress, progress
from samarkand.practice.predict import class_view

ID = "06.partner"


def write_home(folder, student, *entries):
    path = folder / "homes" / student / "my_work" / "predictions.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries), encoding="utf-8")


@pytest.fixture
def hub(tmp_path):
    for number in range(6):
        first, last = ({"id": ID, "guess": guess, "late": False} for guess in (50, number + 1))
        write_home(tmp_path, f"student{number}", first, last, {"id": ID, "guess": 77, "late": True})
    return tmp_path


def test_the_last_guess_in_time_of_each_student_counts(hub):
    guesses = class_view.read_homes(hub)
    assert sorted(guess.value for guess in guesses) == [1, 2, 3, 4, 5, 6]
    shown = class_view.show(hub, ID)
    assert "6 have answered." in shown and "student" not in shown
    assert class_view.show(hub, "06").splitlines()[0].split() == [ID, "6"]


def write_log(hub, student, *ids):
    path = hub / "homes" / student / "my_work" / "log.jsonl"
    path.write_text("".join(f'{{"id": "{id}", "result": "wrong"}}\n' for id in ids), encoding="utf-8")


def read_sections(shown):
    """Return what stands behind each heading."""
    return [line[46:].strip() for line in shown.splitlines()[1:]]


def test_a_lesson_says_how_many_have_reached_each_section(hub):
    lesson = next(one for one in progress.lessons() if one.number == "06")
    for number in range(5):
        write_log(hub, f"student{number}", "06.1", "06.4", "07.1")
    reached = dict(class_progress.count_reached(hub, lesson))
    counts = list(reached.values())
    assert counts == sorted(counts, reverse=True) and counts[0] == 6 and counts[-1] == 0
    third = next(heading for heading in reached if heading.startswith("3."))
    assert reached[third] == 5
    shown = class_progress.show(hub, "06")
    assert "student" not in shown and read_sections(shown)[-1] == "fewer than 5"


def test_of_four_students_no_section_tells(hub):
    for number in (0, 1):
        (hub / "homes" / f"student{number}" / "my_work" / "predictions.jsonl").unlink()
    assert set(read_sections(class_progress.show(hub, "06"))) == {"fewer than 5"}


def test_a_lesson_that_is_not_there_is_named(hub):
    with pytest.raises(UnknownName):
        class_progress.show(hub, "77")


def test_of_four_nothing_is_shown(hub):
    for number in (0, 1):
        (hub / "homes" / f"student{number}" / "my_work" / "predictions.jsonl").unlink()
    with pytest.raises(class_view.TooFew) as caught:
        class_view.show(hub, ID)
    assert caught.value.id == ID
    assert class_view.show(hub, "06").splitlines()[0].endswith("fewer than 5")


def test_pasted_lines_are_read_whatever_else_was_written(tmp_path):
    path = tmp_path / "chat.txt"
    lines = [f"10:0{n} somebody: {ID} {n},5" for n in range(1, 6)]
    path.write_text("\n".join([*lines, "hello", f"{ID} many", "99.nothing 3", f"{ID} 1e9"]), encoding="utf-8")
    assert [guess.value for guess in class_view.read_lines(path)] == [1.5, 2.5, 3.5, 4.5, 5.5]


@pytest.mark.parametrize(
    "line",
    ["[", "7", '{"id": 3}', '{"id": "06.partner", "guess": [1]}', '{"id": "06.partner", "guess": true}'],
)
def test_what_a_student_wrote_into_a_journal_breaks_nothing(hub, line):
    path = hub / "homes" / "student0" / "my_work" / "predictions.jsonl"
    path.write_text(line, encoding="utf-8")
    assert len(class_view.read_homes(hub)) == 5


def test_no_link_of_a_students_is_followed(hub, tmp_path):
    other = tmp_path / "secret.jsonl"
    other.write_text(json.dumps({"id": ID, "guess": 9, "late": False}))
    path = hub / "homes" / "student0" / "my_work" / "predictions.jsonl"
    path.unlink()
    path.symlink_to(other)
    assert len(class_view.read_homes(hub)) == 5
