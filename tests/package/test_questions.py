"""Questions as data: in form, whole, once; texts for translators; a damaged file is a sentence."""

import re
import shutil
from pathlib import Path

import pytest

from samarkand.ground.errors import CourseError, DamagedData
from samarkand.practice import questions
from tools.author import rules_of_questions

QUIZ = """
[quiz."03.size"]
text = "How large is the club?"
options = [
  { text = "Eight members", right = true },
  { text = "Five members", hint = "Who came in 2001 and later?" },
]
why = "Two came in 2017."
[quiz."03.size".tied]
"came in 2017" = "right: Eight members"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of questions with one valid file."""
    (tmp_path / "sco.toml").write_text(QUIZ, encoding="utf-8")
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", questions.files(), ids=lambda path: path.stem)
def test_the_files_of_the_course_are_in_order(path: Path) -> None:
    found = rules_of_questions.faults(path)
    assert not found, "\n".join(found)


def test_nobody_is_asked_to_guess_how_many_died() -> None:
    for prediction in questions.every("predict").values():
        assert not re.search(r"\bdied\b|\bdead\b|\bdeath", prediction.text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("right = true", 'hint = "Or is it so?"', "does not contain items matching"),
        (', hint = "Who came in 2001 and later?"', "", "option 2: {'text': 'Five members'} is not valid"),
        ('hint = "Who', 'right = true, hint = "Who', "option 2: "),
        ("Five members", "eight members", "two options are alike"),
        ("and later?", "but the eight members of the year?", "gives the answer away"),
        ("How large is the club?", "Are there eight members?", "the question says its answer"),
        ("03.size", "3.size", "'3.size' does not match"),
        ('came in 2017" =', 'came in 2023" =', "'came in 2023' is said to be a reason, and does not stand"),
        ("right: Eight", "right: Nine", "is the reason for 'Nine members', which is not among its right"),
        ("why =", "because =", "Additional properties are not allowed"),
        ("[quiz.", "[quiz", "it cannot be read"),
        (
            "]\nwhy",
            '  { text = "Ten", hint = "Who came in 2001 and later?" },\n]\nwhy',
            "two wrong options have one hint",
        ),
        ("\n[quiz", QUIZ.replace("03.size", "04.size") + "\n[quiz", "a file belongs to one"),
    ],
)
def test_a_file_that_is_not_in_order_is_told(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in QUIZ
    path = tmp_path / "sco.toml"
    path.write_text(QUIZ.replace(old, new, 1), encoding="utf-8")
    found = rules_of_questions.faults(path)
    assert any(says in sentence and sentence.startswith("sco.toml: ") for sentence in found), found


def test_two_files_with_one_id_are_a_sentence(folder: Path) -> None:
    assert list(questions.every("quiz")) == ["03.size"]
    shutil.copy(folder / "sco.toml", folder / "trade.toml")
    with pytest.raises(CourseError, match=r"Two questions have the id 03\.size"):
        questions.every("quiz")


@pytest.mark.parametrize("damaged", [b"[quiz", b"\xff\xfe", b'[quiz."03.x"]\ntext = "So?"', b'quiz = "03.x"'])
def test_a_damaged_file_is_a_sentence_that_names_it(damaged: bytes, folder: Path) -> None:
    (folder / "sco.toml").write_bytes(damaged)
    with pytest.raises(DamagedData, match=r"The file sco\.toml is damaged\. Get a fresh copy of"):
        questions.every("quiz")
