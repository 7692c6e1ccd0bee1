"""The plain files of the practice tasks: they are put into ``my_work``, and nothing there is written over."""

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

from samarkand.practice import files
from tools.author import lessons


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    return tmp_path / "my_work" / files.FOLDER


def test_a_file_is_put_beside_the_folder_of_the_lessons(folder: Path) -> None:
    reply = files.begin("forecasts.csv")
    assert reply and (folder / "forecasts.csv").is_file()
    (path,) = re.findall(r'"(\.\./[^"]+)"', reply.sentence)
    assert (folder.parent / "lessons" / path).resolve() == (folder / "forecasts.csv").resolve()


def test_a_file_that_a_student_has_changed_stays(folder: Path) -> None:
    files.begin("forecasts.csv")
    (folder / "forecasts.csv").write_text("mine", encoding="utf-8")
    assert files.begin("forecasts.csv")
    assert (folder / "forecasts.csv").read_text(encoding="utf-8") == "mine"


def test_a_misspelt_name_gets_a_sentence_and_writes_nothing(folder: Path) -> None:
    reply = files.begin("forecast.csv")
    assert not reply and '"forecasts.csv"' in reply.sentence and not folder.exists()


@pytest.mark.parametrize("name", files.list_files())
def test_a_file_has_more_than_one_column_and_row_by_its_own_sign(name: str) -> None:
    first, *rest = files.list_files()[name]().splitlines()
    sign = ";" if ";" in first else ","
    assert len(first.split(sign)) > 1 and len(rest) > 1


def test_each_file_that_an_answer_reads_is_put_there_by_the_same_lesson() -> None:
    begun, read = set[tuple[str, str]](), set[tuple[str, str]]()
    for lesson in lessons.read_all_lessons():
        for cell in lesson.code:
            begun |= {(lesson.number, name) for name in re.findall(r'files\.begin\("([^"]+)"\)', cell.source)}
        for task in lesson.tasks:
            read |= {(lesson.number, name) for name in re.findall(r'"\.\./files/([^"]+)"', task.answer)}
    assert read == begun and {name for _, name in begun} == set(files.list_files())


def test_an_answer_that_reads_a_file_runs_in_an_empty_notebook(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It uses no name of the lesson but `check`."""
    (folder.parent / "lessons").mkdir(parents=True)
    monkeypatch.chdir(folder.parent / "lessons")
    for lesson in lessons.read_all_lessons():
        for task in lesson.tasks:
            if '"../files/' in task.answer:
                for name in re.findall(r'"\.\./files/([^"]+)"', task.answer):
                    files.begin(name)
                space = {"check": lambda name, answer: None}
                exec(compile(ast.parse(task.answer), task.number, "exec"), space)
                assert isinstance(space["pd"], type(pd)), task.number
