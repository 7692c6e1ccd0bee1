"""Questions as data: in form, whole, once; texts for translators; a damaged file is a sentence."""

import re
import shutil
from pathlib import Path

import pytest

from samarkand.common.errors import CourseError, DamagedData
from samarkand.practice import questions
from tools.author import rules_of_words

QUIZ = """
[quiz."03.size"]
text = "How large is the club?"
options = [
  { text = "Eight members", right = true },
  { text = "Five members", hint = "Who came in 2001 and later?" },
]
why = "Two came in 2017."
[quiz."03.size".tied]
"2017" = "TL030.day"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of questions with one valid file."""
    (tmp_path / "sco.toml").write_text(QUIZ, encoding="utf-8")
    monkeypatch.setattr(questions, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("path", questions.list_files(), ids=lambda path: path.stem)
def test_the_files_of_the_course_are_in_order(path: Path) -> None:
    found = rules_of_words.find_faults_of_questions(path)
    assert not found, "\n".join(found)


def test_nobody_is_asked_to_guess_how_many_died() -> None:
    for prediction in questions.read_questions("predict").values():
        assert not re.search(r"\bdied\b|\bdead\b|\bdeath", prediction.text)


#: (text, slip, expected message), one per line of the file.
SLIPS = Path(__file__).with_name("question_slips.txt").read_text(encoding="utf-8").splitlines()
SLIPS = [line.replace("\\n", "\n").split(" ~ ") for line in SLIPS]


@pytest.mark.parametrize(("old", "new", "says"), SLIPS)
def test_a_file_that_is_not_in_order_is_told(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert old in QUIZ
    path = tmp_path / "sco.toml"
    path.write_text(QUIZ.replace(old, new, 1), encoding="utf-8")
    found = rules_of_words.find_faults_of_questions(path)
    assert any(says in sentence and sentence.startswith("sco.toml: ") for sentence in found), found


def test_two_files_with_one_id_are_refused(folder: Path) -> None:
    assert list(questions.read_questions("quiz")) == ["03.size"]
    shutil.copy(folder / "sco.toml", folder / "trade.toml")
    with pytest.raises(CourseError) as error:
        questions.read_questions("quiz")
    assert (error.value.code, error.value.fields["id"]) == ("twice", "03.size")


@pytest.mark.parametrize("damaged", [b"[quiz", b"\xff\xfe", b'[quiz."03.x"]\ntext = "So?"', b'quiz = "03.x"'])
def test_a_damaged_file_is_named(damaged: bytes, folder: Path) -> None:
    (folder / "sco.toml").write_bytes(damaged)
    with pytest.raises(DamagedData) as error:
        questions.read_questions("quiz")
    assert (error.value.code, error.value.fields["file"]) == ("damaged", folder / "sco.toml")
