"""What a class expects is counted without names, and never shown of fewer than five."""

import json
import re

import pytest

from samarkand.common.errors import CourseError, UnknownName
from samarkand.practice import class_progress, progress, questions
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
    shown = class_view.describe_guesses(hub, ID)
    assert "6 have answered." in shown and "student" not in shown
    assert class_view.describe_guesses(hub, "06").splitlines()[0].split() == [ID, "6"]


def write_log(hub, student, *ids):
    path = hub / "homes" / student / "my_work" / "log.jsonl"
    path.write_text("".join(f'{{"id": "{id}", "result": "wrong"}}\n' for id in ids), encoding="utf-8")


def read_sections(shown):
    """Return what stands behind each heading."""
    return [line[46:].strip() for line in shown.splitlines()[1:]]


def test_a_lesson_says_how_many_have_reached_each_section(hub):
    lesson = next(one for one in progress.read_lessons() if one.number == "06")
    for number in range(5):
        write_log(hub, f"student{number}", "06.1", "06.4", "07.1")
    reached = dict(class_progress.count_reached(hub, lesson))
    counts = list(reached.values())
    assert counts == sorted(counts, reverse=True) and counts[0] == 6 and counts[-1] == 0
    third = next(heading for heading in reached if heading.startswith("3."))
    assert reached[third] == 5
    shown = class_progress.describe_progress(hub, "06")
    assert "student" not in shown and read_sections(shown)[-1] == "fewer than 5"


def test_of_four_students_no_section_tells(hub):
    for number in (0, 1):
        (hub / "homes" / f"student{number}" / "my_work" / "predictions.jsonl").unlink()
    assert set(read_sections(class_progress.describe_progress(hub, "06"))) == {"fewer than 5"}


def test_a_lesson_that_is_not_there_is_named(hub):
    with pytest.raises(UnknownName):
        class_progress.describe_progress(hub, "77")


def test_of_four_nothing_is_shown(hub):
    for number in (0, 1):
        (hub / "homes" / f"student{number}" / "my_work" / "predictions.jsonl").unlink()
    with pytest.raises(class_view.TooFew) as caught:
        class_view.describe_guesses(hub, ID)
    assert caught.value.id == ID
    assert class_view.describe_guesses(hub, "06").splitlines()[0].endswith("fewer than 5")


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


def write_class(folder, **sections):
    """Write the class list of a hub with two sections, and a guess of each student."""
    lines = ["id,sign_in_as,password,section"]
    for section, count in sections.items():
        for number in range(count):
            student = f"{section.lower()}{number}"
            write_home(folder, student, {"id": ID, "guess": number + 1, "late": False})
            lines.append(f"{student},{student},secret,{section}")
    (folder / "class.csv").write_text("\n".join(lines), encoding="utf-8")


def test_a_section_of_the_class_is_shown_alone(tmp_path):
    write_class(tmp_path, Morning=6, Evening=5)
    assert "6 have answered." in class_progress.describe_progress(tmp_path, ID, "morning")
    assert "5 have answered." in class_progress.describe_progress(tmp_path, ID, "Evening")
    assert "11 have answered." in class_progress.describe_progress(tmp_path, ID)
    shown = class_progress.describe_progress(tmp_path, "06", "Morning")
    assert "6" in read_sections(shown) and "11" not in read_sections(shown) and "morning0" not in shown


@pytest.mark.parametrize(("morning", "evening"), [(4, 9), (9, 4), (9, 1)])
def test_neither_a_small_section_nor_what_it_leaves_is_told(tmp_path, morning, evening):
    """Whoever knows the class and one section knows the other."""
    write_class(tmp_path, Morning=morning, Evening=evening)
    for section in ("Morning", "Evening"):
        with pytest.raises(class_view.TooFew) as caught:
            class_progress.describe_progress(tmp_path, ID, section)
        assert caught.value.of_the_rest is ((morning if section == "Morning" else evening) >= 5)
        assert not any(
            text.isdecimal()
            for text in read_sections(class_progress.describe_progress(tmp_path, "06", section))
        )


def test_a_section_that_is_the_whole_class_is_the_class(tmp_path):
    write_class(tmp_path, Morning=6)
    assert class_progress.describe_progress(tmp_path, ID, "Morning") == class_progress.describe_progress(
        tmp_path, ID
    )
    assert class_progress.describe_progress(tmp_path, "06", "Morning") == class_progress.describe_progress(
        tmp_path, "06"
    )


def test_a_section_that_nobody_knows_is_named(tmp_path, hub):
    with pytest.raises(CourseError) as none:
        class_progress.describe_progress(hub, ID, "Morning")
    assert none.value.code == "no sections"
    (tmp_path / "other").mkdir()
    write_class(tmp_path / "other", Morning=6)
    with pytest.raises(UnknownName) as unknown:
        class_progress.describe_progress(tmp_path / "other", ID, "Mornin")
    assert unknown.value.fields["near"] == "Morning"


@pytest.mark.parametrize(
    "values", [[0.8, 3, 6, 1, 2, 5], [0.1, 0.12, 0.13, 0.19, 0.3], [2, 2, 2, 2, 2], [0, 7, 30, 31, 99, 100]]
)
def test_the_ranges_of_a_histogram_begin_at_round_numbers_and_count_each_guess_once(values):
    asked = questions.find_question("predict", ID)
    lines = class_view.draw_histogram(asked, values).splitlines()[2:]
    assert sum(int(line.split()[-1]) for line in lines) == len(values) and 1 <= len(lines) <= 6
    for line in lines:
        for number in re.findall(r"\d[\d.]*", line.partition("█")[0].rpartition("  ")[0]):
            assert len(number.replace(".", "").strip("0")) <= 2, line


def test_without_a_hub_and_a_file_the_way_with_a_file_is_said(tmp_path):
    with pytest.raises(CourseError) as caught:
        class_view.describe_guesses(tmp_path / "hub", ID)
    assert caught.value.code == "unreadable" and "--source" in str(caught.value)
