"""Ties of figures to expressions: the values that a figure admits, and the sentence on a broken tie."""

import datetime as dt
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand.practice import questions
from tools.author import build, figures, lessons, normal_form, tied
from tools.author.lessons import BuildError, Lesson


@pytest.mark.parametrize(
    ("text", "fits", "not_"),
    [
        ("24 %", [24, 24.49, 23.5], [24.6, 0.24]),
        ("nearly a quarter", [0.241, 0.25], [0.26, 0.19]),
        ("more than half", [0.51, 0.6], [0.49, 0.7]),
        ("about nine thousand", [9133, 9.133], [7900, 1e4]),
        ("1.4 billion", [1.4e9, 1.38e9, 1.4], [1.5e9]),
        ("\u22122.7", [-2.7], [2.7]),
        ("twice", [2.0, 2.05], [2.2]),
        ("a third", [0.333, 0.32], [0.31, 0.35]),
        ("15 September 2022", [pd.Timestamp("2022-09-15")], [pd.Timestamp("2021-09-15"), 15]),
        ("in September", [dt.date(2021, 9, 3)], [dt.date(2021, 8, 3), 9]),
        ("the 16th", [dt.date(2022, 9, 16)], [dt.date(2022, 9, 15)]),
        ("Thursday", [dt.date(2022, 9, 15)], [dt.date(2022, 9, 16), 3]),
        ("in 2021", [2021, dt.date(2021, 5, 1)], [2022, dt.date(2022, 5, 1)]),
    ],
)
def test_a_figure_admits_what_its_words_say(text: str, fits: list[Any], not_: list[Any]) -> None:
    (figure,) = figures.read_figures(text)
    assert [value for value in fits if not figure.admits(value)] == []
    assert [value for value in not_ if figure.admits(value)] == []


def lesson(words: str, ties: dict[str, Any], code: str = "") -> Lesson:
    cell = new_markdown_cell(words, id="read", metadata={"samarkand": {"tied": ties}})
    return Lesson(Path("03_x.ipynb"), new_notebook(cells=[new_code_cell(code, id="load"), cell]))


def faults(words: str, on: object, tied_words: str = "", code: str = "") -> list[str]:
    one = lesson(words, {tied_words or words: on}, code)
    return list(tied.find_untrue(one, tied.names_of(one)))


@pytest.mark.parametrize(
    ("words", "on"),
    [
        ("on 15 June 2001", "TL011.day"),
        ("published in 2018", "SCOCGTN.published"),
        ("members from 2017", "row('sco_membership', iso3='IND', status='member')['from']"),
        ("more than 7 members", "len(club)"),
        ("more than 7, and three of them new", ["len(club)", "3"]),
        ("from 2001 to 2003", "range(2001, 2004, 2)"),
    ],
)
def test_true_figures_hold(words: str, on: object) -> None:
    assert faults(words, on, code="club = range(8)") == []


@pytest.mark.parametrize(
    ("words", "on", "says"),
    [
        ("9 members", "len(club)", "rests on len(club), which is 8."),
        ("9 members", "len(clubb)", "len(clubb): NameError: name 'clubb' is not defined"),
        ("9 members", "NU068.amount", 'No column "amount".'),
        ("9 members", "rows('trip', days=1)", 'No column "days". Did you mean "day"?'),
        ("9 members", "NU056.period_start", "NU056.period_start: the cell there is empty."),
        ("9 of 10 members", "len(club)", "rests on 1 values, and has 2 figures."),
        ("9 members", "[]", "rests on 0 values, and has 1 figures."),
        ("9 members", "len(club) > 7", "bool is neither number nor day."),
        ("9 members", "'nine'", "str is neither number nor day."),
        (
            "8 members, three of them new",
            ["len(club)", "len(club) - 6"],
            "rests on len(club) - 6, which is 2.",
        ),
        ("on 16 June 2001", "TL011.day", "which is 2001-06-15."),
    ],
)
def test_a_tie_that_does_not_hold_is_named_with_cell_words_and_value(
    words: str, on: object, says: str
) -> None:
    (found,) = faults(words, on, code="club = range(8)")
    assert found.startswith(f'read: "{words}" rests on ') and says in found


@pytest.mark.parametrize(
    ("words", "loose"),
    [
        ("It has 9 members.", ["9"]),
        ("It began on 15 June 2001.", ["15"]),
        ("It began on a Friday in 2001.", ["Friday", "2001"]),
        ("It has nine members, a third of them new, twice as many.", []),
        ("It has 9 members [TASS0916].", []),
        ("It has 9 members. So says its page [TASS0916].", []),
        ("It has 9 members.\n\nSo says its page [TASS0916].", ["9"]),
        ("- It has 9 members.\n- It is old [TASS0916].", ["9"]),
        ("|a|b|\n|---|---|\n| 9 | old |\n| 8 | new [TASS0916] |", ["9"]),
    ],
)
def test_digits_and_days_need_a_tie_or_a_source_in_their_paragraph(words: str, loose: list[str]) -> None:
    found = list(tied.find_loose(lesson(words, {})))
    assert [sentence.split('"')[1] for sentence in found] == loose


def test_words_without_a_figure_are_not_tied() -> None:
    (sentence,) = tied.find_loose(lesson("China buys more.", {"buys more": "1"}))
    assert sentence == 'read: "buys more" is tied, and has no figure.'


def test_the_key_of_a_source_claims_nothing() -> None:
    words = "It sold oil [UN4b; 24KGCKU]."
    assert tied.read_words(new_markdown_cell(words)) == (words, "It sold oil ······ ········.")


def test_lost_words_and_a_loose_figure_are_both_named() -> None:
    assert list(tied.find_loose(lesson("**Half way.** Two of them, within 0.1.", {}))) == []
    gone, loose = tied.find_loose(lesson("It has 9 members.", {"8 members": "8"}))
    assert gone == 'read: the tied words "8 members" stand there no longer.'
    assert loose.startswith('read: "9" in "It has 9 members." is tied to nothing')


def stored(folder: Path, words: str, ties: dict[str, Any], code: str) -> Path:
    path = folder / "03_x.ipynb"
    notebook = normal_form.normalise_notebook(lesson(words, ties, code).notebook)
    path.write_text(normal_form.text_of_file(nbformat.from_dict(notebook)), encoding="utf-8")
    return path


def test_building_stores_nothing_that_is_untrue(tmp_path: Path) -> None:
    path = stored(tmp_path, "It has 9 members.", {"9 members": "members"}, "members = 8")
    before = path.read_bytes()
    with pytest.raises(BuildError) as error:
        build.build_notebook(path, hold_to=lambda one: tied.find_broken_ties(one.path))
    assert (error.value.code, error.value.fields["file"]) == ("rules broken", path)
    assert error.value.fields["faults"] == ['read: "9 members" rests on members, which is 8.']
    assert path.read_bytes() == before


def test_the_tables_that_ties_name_count_as_read(tmp_path: Path) -> None:
    ties = {"9 members": ["NU068.value", "rows('states')"]}
    path = stored(tmp_path, "It has 9 members.", ties, "members = 8")
    assert tied.find_tables(lessons.read_lesson(path)) == {"numbers", "states"}


def test_what_a_lesson_asks_is_held_like_its_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong figure in a quiz, and one without a tie, are found."""
    file = tmp_path / "sco.toml"
    monkeypatch.setattr(questions, "FOLDER", tmp_path)

    def found(why: str, on: str) -> list[str]:
        file.write_text(
            f"""[quiz."03.x"]\ntext = "How many?"\nwhy = "{why}"\noptions = [{{ text = "a" }}]\n"""
            f"""[quiz."03.x".tied]\n"{on}" = "len(rows('states', iso3='UZB')) + 7"\n""",
            encoding="utf-8",
        )
        code = new_code_cell('quiz.ask("03.x")', id="asked")
        one = Lesson(Path("03_x.ipynb"), new_notebook(cells=[code]))
        return [*tied.find_loose(one), *tied.find_untrue(one, {})]

    assert found("There are 8 members.", "8 members") == []
    (untrue,) = found("There are 9 members.", "9 members")
    assert untrue.startswith('sco.toml, quiz 03.x: "9 members" rests on') and untrue.endswith("which is 8.")
    (loose,) = found("There are 8 members of 12.", "8 members")
    assert loose.startswith('sco.toml, quiz 03.x: "12" in "any? ¶ There are 8 members of 12. ¶ a" is tied to')
