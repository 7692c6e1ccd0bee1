"""The gain of simulated classes is estimated, and an invalid file is refused with its line."""

import csv
import random
import re
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError
from tools.site import before_after as forms


def a_class(path: Path, name: str, chance: list[float], students: int, seed: int) -> Path:
    """Write a file of answers; each student knows item n with probability `chance[n]`, else guesses."""
    drawn = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "form", *range(1, 13)])
        for student in range(students):
            talent = drawn.uniform(-0.2, 0.2)
            answers = []
            for number, _, order in forms.form(name):
                knows = drawn.random() < chance[number - 1] + talent
                answers.append(forms.LETTERS[order.index(0) if knows else drawn.randrange(4)])
            rows.writerow([f"s{student}", name, *answers])
    return path


def test_a_gain_is_found_and_no_gain_is_not(tmp_path: Path) -> None:
    before = forms.read(a_class(tmp_path / "b.csv", "A", [0.2] * 12, 80, 1))
    learnt = forms.read(a_class(tmp_path / "a.csv", "B", [0.9, *[0.5] * 10, 0.0], 80, 2))
    same = forms.read(a_class(tmp_path / "c.csv", "B", [0.2] * 12, 80, 3))
    # Who does not know guesses one of four: 0.2 + 0.8 / 4 = 0.4 before, 0.925, 0.625 and 0.25 after.
    low, high = interval(forms.report(before, learnt))
    assert low < 12 * -0.4 + 0.925 + 10 * 0.625 + 0.25 < high and low > 0
    low, high = interval(forms.report(before, same))
    assert low < 0 < high
    items = forms.report(before, learnt).splitlines()[4:]
    after = [int(re.findall(r"(\d+)%", line)[1]) for line in items]
    assert len(items) == 12 and max(after) == after[0] and min(after) == after[11]


def interval(report: str) -> tuple[float, float]:
    found = re.search(r"interval ([+-]\d+\.\d) to ([+-]\d+\.\d)", report)
    assert found
    return float(found[1]), float(found[2])


def test_the_forms_ask_the_same_in_two_orders() -> None:
    orders = [[number for number, _, _ in forms.form(name)] for name in forms.FORMS]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == list(range(1, 13))
    assert forms.moodle("A").count("=") == 12 and forms.paper("B").count("<b>d</b>") == 12


HEAD = "student,form," + ",".join(map(str, range(1, 13))) + "\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs rows with the columns student"),
        ("student,form,1\nann,A,a\n", "the columns 2, 3"),
        (f"{HEAD}ann,C{',a' * 12}\n", "line 2: it has the form 'C'"),
        (f"{HEAD}ann,A{',a' * 12}\nann,A{',a' * 12}\n", "line 3: it has ann a second time"),
        (f"{HEAD},A{',a' * 12}\n", "line 2: it has no student"),
        (f"{HEAD}ann,A{',a' * 11},e\n", "line 2, question 12: 'e' is none of"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=re.escape(says)):
        forms.read(path)


def test_of_a_class_of_one_nothing_is_said(tmp_path: Path) -> None:
    one = forms.read(a_class(tmp_path / "one.csv", "A", [0.5] * 12, 1, 4))
    with pytest.raises(CourseError, match="both forms: 1"):
        forms.report(one, one)
