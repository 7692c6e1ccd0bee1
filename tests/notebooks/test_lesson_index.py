"""The pages generated from lessons, sets and tables are up to date."""

import pytest

from samarkand.common.errors import CourseError
from tools.author import concepts, lessons, pages
from tools.author.lessons import BuildError

TEXT = pages.README.read_text(encoding="utf-8")


def test_pages_are_as_they_are_made() -> None:
    old = [str(path) for path, text in pages.make_pages() if path.read_text(encoding="utf-8") != text]
    assert old == [], "run samarkand build, or samarkand renew"


def test_the_readme_lists_each_lesson_with_its_question_and_keeps_the_rest() -> None:
    for one in lessons.read_all_lessons():
        assert f"| [{one.title}](notebooks/{one.path.name}) | {one.question} |" in TEXT
        assert one.question.endswith("?")
    behind = TEXT.replace(lessons.read_all_lessons()[3].question, "Why?")
    assert behind != TEXT and pages.renew_readme(behind) == TEXT
    with pytest.raises(CourseError) as error:
        pages.renew_readme(TEXT.replace(pages.END, ""))
    assert error.value.code == "no marks"


def test_the_page_of_python_names_everything_once_and_no_row_is_cut_by_a_bar() -> None:
    text = pages.PYTHON.read_text(encoding="utf-8")  # as it is made, by the first test
    rows = [line for line in text.splitlines() if line.startswith("|")]
    names = [row.split("`")[1].replace("\\|", "|") for row in rows if row.startswith("| `")]
    assert sorted(names) == sorted(concepts.read_catalogue())
    assert {row.replace("\\|", "").count("|") for row in rows} == {3, 5}


def test_the_data_statement_counts_the_sources() -> None:
    publishers = ["TASS", "Xinhua", "Xinhua", "Reuters", "CCTV"]
    sources = [{"publisher": name} for name in publishers]
    text = "**Voices.** TASS (49), Xinhua (47) and CCTV (6) are 102 of the course’s 1014 sources: so."
    says = "TASS (1), Xinhua (2), Sputnik (0) and CCTV (1) are 4 of the course’s 5 sources"
    assert pages.count_voices(text, sources) == f"**Voices.** {says}: so."
    with pytest.raises(BuildError) as error:
        pages.count_voices("Nothing is counted here.", sources)
    assert (error.value.code, error.value.fields["begins"]) == ("no such sentence", "TASS")
