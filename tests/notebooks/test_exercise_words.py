"""The texts of the sets are true: they are tied to checks and tables, in a file of their own."""

import re
from functools import cache
from pathlib import Path

import pytest

from samarkand.answers import kinds
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand_grading.marking import checks
from tools.author import lessons, statements, tied

EXERCISES = ROOT / "exercises"
NAMES = checks.list_sets(EXERCISES / "checks")


@cache
def exercise(name: str) -> checks.ExerciseSet:
    return checks.load_set(EXERCISES / "checks", name)


def source(name: str) -> Path:
    return EXERCISES / "source" / name / f"{name}.ipynb"


def said(name: str, notebook: Path) -> list[str]:
    ties = statements.read_ties_of_set((EXERCISES / "checks" / f"{name}.py").read_text(encoding="utf-8"))
    return tied.find_untrue_in_set(notebook, ties, {"exercise": exercise(name)})


@pytest.mark.parametrize("name", NAMES)
def test_words_of_a_set_are_true(name: str) -> None:
    assert said(name, source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_set_ends_in_the_words_of_all_sets_which_say_what_to_do_without_a_button(name: str) -> None:
    template = (ROOT / "tools/author/templates/exercise.tmpl").read_text(encoding="utf-8")
    common = template.partition("=== markdown marks-text\n")[2].partition("\n===")[0]
    assert "stops at the first error" in common
    (cell,) = [cell for cell in lessons.read_lesson(source(name)).prose if cell.id == "marks-text"]
    assert cell.source == common
    cells = lessons.read_lesson(source(name)).cells
    assert [one.id for one in cells][-2:] == ["marks-text", "marks"], "the cell below is the set's last"


@pytest.mark.parametrize("name", NAMES)
def test_a_question_names_the_tolerances_of_its_checks_and_no_other(name: str) -> None:
    cells = {cell.id: cell.source for cell in lessons.read_lesson(source(name)).prose}
    for question in exercise(name).questions:
        asked = re.findall(r"within (\d+(?:\.\d+)?)", cells[f"{question.id}-question"], re.IGNORECASE)
        parts = getattr(question.kind, "parts", None) or [getattr(question.kind, "of", question.kind)]
        held = {part.tolerance for part in parts if isinstance(part, kinds.Number)}
        assert {float(text) for text in asked} == held, question.id


#: Words that determine the question: with their opposite it asks for something else.
DECIDING = re.compile(
    r"\b(first|second|third|earlier|later|before|after|more than|less|imports|exports|largest|"
    r"smallest|greatest|least|newest|nearest|last|longest|minus|without|leaves?|left|all others|"
    r"in (?:that|this) order|only|no longer)\b",
    re.IGNORECASE,
)
#: Instructions on writing an answer, which do not change the question.
HELP = re.compile(
    r"The cell below.*?(?:\.(?= )|$)|\((?:`|Step|Your line)(?:[^()]|\([^()]*\)){30,}\)|`[^`]*`|\d\. .*|"
    r"last line of the cell|may be left out"
)


@pytest.mark.parametrize("name", NAMES)
def test_each_word_that_decides_is_tied_to_the_wrong_way_that_it_excludes(name: str) -> None:
    """This finds a question that asks for the opposite of what is marked."""
    cells = {cell.id: cell.source for cell in lessons.read_lesson(source(name)).prose}
    for question in exercise(name).questions:
        text = re.split(r"\n\n\*\w+\.\*", cells[f"{question.id}-question"])[0]
        asked = " ".join(text.partition("\n")[2].split())
        quoted = [part for way in question.mistakes for part in way.excluded_by.split(" ... ") if part]
        assert [words for words in quoted if words not in asked] == [], question.id
        places = [HELP, *(re.compile(re.escape(words)) for words in quoted)]
        tied_to = {n for place in places for found in place.finditer(asked) for n in range(*found.span())}
        loose = [found[0] for found in DECIDING.finditer(asked) if found.start() not in tied_to]
        assert quoted and loose == [], question.id


@pytest.mark.parametrize("name", NAMES)
def test_no_student_gets_the_ties_of_a_set(name: str) -> None:
    for stage in ("source", "release"):
        text = (EXERCISES / stage / name / f"{name}.ipynb").read_text(encoding="utf-8")
        assert '"tied"' not in text


@pytest.mark.parametrize(
    ("name", "was", "is_", "cell"),
    [
        ("ex01_the_trip", "14 September 2022", "15 September 2022", "q1-question"),
        ("ex03_the_sco", "in these five", "in these four", "q6-question"),
        ("ex04_china_and_russia", "to four destinations", "to five destinations", "q5-question"),
        ("ex05_taking_sides", "140-5-38, China", "140-6-38, China", "w1-question"),
        ("ex05_taking_sides", "101-7-19, China", "101-8-19, China", "w1-question"),
    ],
)
def test_a_wrong_statement_in_a_set_is_named_with_its_cell(
    name: str, was: str, is_: str, cell: str, tmp_path: Path
) -> None:
    text = source(name).read_text(encoding="utf-8")
    assert text.count(was) == 1
    wrong = tmp_path / f"{name}.ipynb"
    wrong.write_text(text.replace(was, is_), encoding="utf-8")
    found = said(name, wrong)
    assert found and all(sentence.startswith(f"{cell}: ") for sentence in found)


def test_ties_of_a_cell_that_is_gone_are_named(tmp_path: Path) -> None:
    name = "ex01_the_trip"
    text = source(name).read_text(encoding="utf-8")
    moved = tmp_path / f"{name}.ipynb"
    moved.write_text(text.replace('"q1-question"', '"q1-text"'), encoding="utf-8")
    assert said(name, moved)[0] == "q1-question: words are tied there, and there is no such cell."


def test_an_example_is_one_of_a_function() -> None:
    roads = exercise("ex06_roads")
    assert round(roads.compute_example("q4"), 1) == 2.4
    with pytest.raises(CourseError) as error:
        roads.compute_example("q1")
    assert (error.value.code, error.value.fields["question"]) == ("no function", "q1")
