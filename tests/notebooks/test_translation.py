"""A lesson in another language: its texts are translated and no more, and its code gives the same values."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from samarkand import cli
from samarkand.course import lessons, normal_form, translation
from samarkand.course.lessons import Lesson
from samarkand.ground.words import CLOSING, OPENING, PSEUDO

PROSE = """# The SCO

A paragraph on
two lines, with `code`, a [link](03_the_sco.ipynb#1.-Who) and a source [ART, XHSCO].

- one
- *two*
  goes on

| **Time** | 55 minutes |
|---|---|

> **What do you expect?**

<details><summary>Hint</summary>

```python
answer = 1
```

</details>"""

CODE = """charts.bars(
    frame, x="share_pct", y="iso3",
    title="Für mich", subtitle=f"In {year:d}: {'a' + b} of {n}",
    description="One "
    "sentence.",
    source="UN",
)
quiz.ask("03.gdp")
print("not this")"""


def lesson_of(*cells: nbformat.NotebookNode) -> Lesson:
    return Lesson(Path("03_x.ipynb"), nbformat.from_dict({"cells": list(cells), "metadata": {}}))


def texts(*cells: nbformat.NotebookNode) -> list[str]:
    found: list[str] = []
    translation.translated(lesson_of(*cells).notebook, lambda text: found.append(text) or text)
    return list(dict.fromkeys(found))


def test_each_text_is_a_whole_one_without_marks_of_layout() -> None:
    assert texts(new_markdown_cell(PROSE)) == [
        "The SCO",
        "A paragraph on two lines, with `code`, a [link](03_the_sco.ipynb#1.-Who) and a source [ART, XHSCO].",
        "one",
        "*two* goes on",
        "**Time**",
        "55 minutes",
        "**What do you expect?**",
        "Hint",
    ]


def test_the_sentences_of_charts_are_texts_and_nothing_else_in_code_is() -> None:
    assert sorted(texts(new_code_cell(CODE))) == sorted(
        ["Für mich", "In {0}: {1} of {2}", "One sentence.", "UN"]
    )


def test_keys_of_sources_are_no_text() -> None:
    assert "[UN4b; 24KGCKU]" in translation._with_gaps("It sold oil [UN4b; 24KGCKU].", PSEUDO)


def test_a_translation_may_put_gaps_into_another_order() -> None:
    def other(text: str) -> str:
        return "{2}, {1} \"und\" '{0}'" if "{0}" in text else f"«{text}»"

    made = translation._code(CODE, other)
    call = ast.parse(made).body[0].value  # type: ignore[attr-defined]
    told = {one.arg: one.value for one in call.keywords}
    values = {"year": 2022, "b": "c", "n": 3}
    assert eval(ast.unparse(told["subtitle"]), values) == "3, ac \"und\" '2022'"
    assert ast.literal_eval(told["title"]) == "«Für mich»"
    assert made.endswith('print("not this")')
    assert 'x="share_pct", y="iso3",' in made


def test_untranslated_a_lesson_says_what_it_said(lesson: Lesson) -> None:
    same = translation.translated(lesson.notebook, lambda text: text)
    for cell, before in zip(same.cells, lesson.cells, strict=True):
        if cell.cell_type == "code":
            assert ast.dump(ast.parse(cell.source)) == ast.dump(ast.parse(before.source)), cell.id
        else:
            assert cell.source.split() == before.source.split(), cell.id


def test_in_the_made_up_language_links_keys_and_code_are_as_they_were(lesson: Lesson) -> None:
    kept = r"`[^`]+`|\]\([^)]+\)|\[[A-Z][A-Z0-9]{2,}[A-Z0-9, ]*\]|^#+ "
    made = translation.translated(lesson.notebook, lambda text: translation._with_gaps(text, PSEUDO))
    for cell, before in zip(made.cells, lesson.cells, strict=True):
        if cell.cell_type == "markdown":
            assert OPENING in cell.source, cell.id
            found, wanted = (re.findall(kept, one.source, re.MULTILINE) for one in (cell, before))
            assert found == wanted, cell.id


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The first lesson in the made-up language, run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translation, "FOLDER", translation.ROOT / "build")
        assert cli.main(["build", "00", "--language", PSEUDO]) == 0
    return lessons.read(translation.FOLDER / PSEUDO / "00_start_here.ipynb")


def test_run_in_another_language_code_gives_the_same_values(made: Lesson) -> None:
    """A text that went through the catalogue bears marks, and has the same figures; all else is the same."""
    english = lessons.read(lessons.paths(["00"])[0])
    assert normal_form.faults(made.notebook) == []
    translated = 0
    for cell, before in zip(made.code, english.code, strict=True):
        assert len(cell.outputs) == len(before.outputs), cell.id
        for output, was in zip(cell.outputs, before.outputs, strict=True):
            now, then = (o.get("text", o.get("data", {}).get("text/plain", "")) for o in (output, was))
            if OPENING in now:
                assert CLOSING in now
                assert sorted(re.findall(r"\d+", now)) == sorted(re.findall(r"\d+", then)), cell.id
                translated += 1
            else:
                assert now == then, cell.id
    assert translated >= 3


def test_the_stored_lessons_are_left_alone(made: Lesson) -> None:
    assert made.path.parent.name == PSEUDO
    assert OPENING not in lessons.paths(["00"])[0].read_text(encoding="utf-8")


def test_a_language_without_a_catalogue_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["build", "00", "--language", "xx"]) == 1
    assert 'No language "xx"' in capsys.readouterr().err
