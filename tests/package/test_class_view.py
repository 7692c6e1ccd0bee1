"""What a class expects is counted without names, and never shown of fewer than five."""

import json

import pytest

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
