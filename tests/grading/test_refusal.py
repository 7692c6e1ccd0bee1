"""Where student code cannot be confined it is not run; whoever says otherwise is quoted in each report."""

from __future__ import annotations

import pytest
import workshop
from test_batch import grade, hand_in

from samarkand.grading import batch, feedback
from samarkand.grading.sandbox import NoSandbox, Sandbox


def test_without_bubblewrap_it_refuses_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        NoSandbox, match=r"bubblewrap is not installed.*deploy/grader\.md.*--i-trust-these-students"
    ):
        Sandbox(tmp_path).start()


def test_a_course_that_students_could_read_is_refused(canaries):
    with pytest.raises(NoSandbox, match="which student code can read"):
        Sandbox(canaries.folder, secret=[canaries.folder]).start()


def test_trust_is_never_silent(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    summary, lines = grade(course, trusted=True)
    assert summary.trusted
    assert lines[0].startswith("WITHOUT A SANDBOX")
    assert lines[1].endswith("[no sandbox]")
    assert batch.recorded(course, workshop.NAME, "ada").points == 10
    (page,) = feedback.write(course, "ex90")
    assert "without a sandbox" in page.read_text()
