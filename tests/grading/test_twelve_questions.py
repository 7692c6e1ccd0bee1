"""The twelve questions before and after the course are sets like any other: released, marked, compared."""

import json
import random

import pytest
import workshop

from samarkand_grading.classroom import batch, release, report
from samarkand_grading.classroom.course import Course
from tools.author import skeletons
from tools.site import before_after as forms


@pytest.mark.usefixtures("one_server")
def test_a_class_answers_both_forms(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skeletons, "EXERCISES", course.root)
    monkeypatch.setattr(skeletons, "CHECKS", course.check_folder)
    for path, text in skeletons.before_and_after().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    release.make(course, list(forms.SETS), lambda *_: [], lambda path: None)
    for name, hard in (("ex00_before", 8), ("ex12_after", 2)):  # so many items are answered at random
        for student in range(5):
            hand_in(course, name, f"s{student}", hard)
        assert len(batch.grade(course, name, limits=workshop.LIMITS, say=str).graded) == 5
    before, after = (forms.of_set(course, name) for name in forms.SETS)
    assert before.sum(axis="columns").tolist() == [4] * 5  # the first eight items, wherever they are asked
    assert after[sorted(after)].sum().tolist() == [0, 0, *[5] * 10]
    assert "Right of 12: 4.0 before, 10.0 after. Gain: +6.0" in forms.report(before, after)
    report.write_pages(course, "ex00_before")
    page = (course.root / "marks" / "s1" / "ex00_before.html").read_text()
    assert page.count("This question is about") == 8  # and which letter was right is not said


def hand_in(course: Course, name: str, student: str, wrong: int) -> None:
    """Submit a form with its first `wrong` items wrong and all others right."""
    notebook = json.loads(course.notebook("release", name).read_text())
    draw = random.Random(student)
    for place, (number, _, order) in enumerate(forms.form(forms.SETS[name]), 1):
        letter = draw.choice([forms.LETTERS[n] for n in range(4) if (order[n] == 0) != (number <= wrong)])
        (cell,) = [cell for cell in notebook["cells"] if cell["id"] == f"q{place}"]
        cell["source"] = f'answer_{place} = "{letter}"'
    workshop.write(course.root / "submitted" / student / name, notebook, name)
