"""What a cell's source shows of a slip: in its letters, days, brackets and words."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from samarkand.answers import kinds
from samarkand.common import letters, slips
from samarkand.lab import cells
from samarkand.practice import briefing, check
from samarkand.practice.reply import Reply
from samarkand.practice.tasks import Task, collect_tasks

#: Lines that run, give a wrong result, and show why: the line, and a piece of what is said.
SHOWN = {
    "a Russian letter in a text": ('len(legs[legs["kind"] == "tri\u0440"])', 'in "tri\u0440" is Cyrillic'),
    "a Greek letter in a text": ('len(legs[legs["kind"] == "tr\u03b9p"])', "trip"),
    "a day first": ('len(legs[legs["day"] == "14.09.2022"])', "year first"),
    "no brackets around conditions": (
        'len(legs[legs["kind"].isin(["trip"]) & legs["km"] == 3652])', "brackets of its own"
    ),
    "a condition counted": ('len(legs["kind"] == "trip")', "True or False for every row"),
    "a condition counted by a method": ('(legs["kind"] == "trip").count()', "True or False for every row"),
    "a capital letter": ('len(legs[legs["kind"] == "Trip"])', 'Did you mean "trip"?'),
    "a space in a text": ('len(legs[legs["kind"] == "trip "])', 'Did you mean "trip"?'),
    "a word that is not there": ('len(legs[legs["kind"].isin(["flight"])])', '"kind" is "flight".'),
    "a number that is not there": ('len(legs[legs["km"] == 5000])', "it runs from 1306 to 4175"),
    "a day that is not there": ('len(legs[legs["day"] == "2022-10-01"])', 'is the day "2022-10-01"'),
    "a comma for thousands": ('290,000 + len(legs)', "Write 290000."),
    "a whole table added up": ('legs[["kind", "km"]].sum()', "Choose the column first."),
    "a table for a number": ('legs[legs["km"] > 2000]', "Count its rows, or choose the column"),
    "a comma forgotten": ('len(legs[legs["kind"].isin(["trip" "vote"])])', 'a comma is missing'),
    "a text where numbers are": ('len(legs[legs["km"] == "3652"])', "has numbers: compare it without"),
    "two words at once": ('len(legs[(legs["kind"] == "trip") & (legs["kind"] == "vote")])', "meets all"),
    "an empty text": ('len(legs[legs["kind"] == ""])', "isna() asks which cells are empty"),
    "a join of names and numbers": ('len(legs.merge(legs, left_on="paid", right_on="km"))', "its partner"),
    "a word not in a column": ('int((legs["kind"] != "trips").sum())', 'Did you mean "trip"?'),
    "a decimal comma": ('legs["km"].head(2) * 0,5', "Write 0.5."),
    "a word not in a column behind a dot": ('len(legs[legs.kind.isin(["Trip"])])', 'Did you mean "trip"?'),
    "conditions counted": ('((legs["km"] > 1) & (legs["km"] > 2)).count()', "True or False for every row"),
    "a day after the last one": ('len(legs[legs["day"] > "2023-01-01"])', "from 2022-09-14 to 2022-09-16"),
    "a number above all": ('len(legs[legs["km"] > 9000])', "runs from 1306 to 4175"),
    "None for an empty cell": ('len(legs[legs["kind"] == None])', "isna() asks"),
    "True where texts are": ('len(legs[legs["kind"] == True])', "has texts"),
    "a text made by a line": ('legs["kind"].sum()', "only numbers added up"),
    "a power by another sign": ('(legs["km"] ^ 2).sum()', "The sign ^ does not."),
    "empty cells of a full column": ('len(legs[legs["km"].isna()])', "A 0 is a number"),
    "a whole table counted": ('legs[legs["kind"] == "trip"].count()', "counts each of its columns"),
    "a whole table counted by a named condition": ('legs[~far].count()', "counts each of its columns"),
    "a condition where a number is asked for": ('legs["km"] > 2000', "its sum() counts the True"),
    "different values of a table counted": ('legs[legs["km"] > 2000].nunique()', "in each of its columns"),
    "rows of a query counted": ('legs.query("km > 2000").count()', "counts each of its columns"),
    "rows of a query counted whole": (
        'legs.assign(x=None).dropna().value_counts().sum()', "counts whole rows"),
    "a difference of nothing": ('legs["km"].sum() - legs["km"].sum()', "as large as what it is"),
    "two columns joined": ('(legs["kind"] + legs["said"] == "trip").sum()', "joins the texts of both"),
    "places for names": ('legs["km"][2021:2024].sum()', "counts places from 0"),
    "a number where days are": ('len(legs[legs["day"] == 14])', "has days, and 14 is a number"),
    "a word of another table": ('len(legs[legs["kind"] == "debate"])', "in more one is"),
    "a word of another table, loaded here": (
        'len(data.load("trip")[data.load("trip")["type"] == True])', "no True or False"),
    "no word of a map": ('legs["kind"].map({}).value_counts().sum()', "map has found none"),
    "tables under one another": ('len(pd.concat([legs, legs]))', "puts one table under the other"),
    "days that are texts": ('len(legs[legs["said"] <= "2022-09-14"])', '"14.09.2022", and no days'),
    "days that are texts, compared day first": ('len(legs[legs["said"] <= "01.09.2022"])', "and no days"),
    "a day that another table has": ('len(legs[legs["day"] == "2022-09-15"])', 'is the day "2022-09-15"'),
    "nothing without a condition": ('legs["km"].head(0).sum()', "Look at each step"),
    "nothing given back": ('legs.copy().sort_values("km", inplace=True)', "Without it the line gives"),
    "rows of other names": ('legs["km"].head(1) - legs["km"].tail(1)', "All of it is empty"),
    "a column of texts as a condition": ('len(legs[(legs["km"] > 1) & legs["kind"]])', "stand conditions"),
    "a word that map does not find": (
        'legs["kind"].map({"trip": 1, "votes": 0}).sum()', 'Did you mean "vote"?'),
    "an empty cell": ('legs["paid"].iloc[0] - 1', 'the column "paid" has an empty cell in row 0'),
}  # fmt: skip
#: Lines in which nothing is a slip.
CLEAN = (
    'more[more["since"] <= "2022-09-14"]["ref"]',
    'legs[(legs["kind"] == "trip") & (legs["km"] == 3652)]',
    'legs[legs["kind"] == "trip"]["km"].sum()',
    'legs["km"].loc[1, 200]',
    'pd.to_datetime(["14.09.2022"], format="%d.%m.%Y")',
    'legs[legs["day"] >= "2022-09-01"]',
    'legs[legs["km"] > 5000]',
    "legs.query(\"kind == 'trip'\")",
    '"да, trip"',
    "x = [1, 200, 300]",
    "print(3, 100)",
    "((legs['km'] > 3) & (legs['km'] < 9)) == True",
)
LEGS = pd.DataFrame({
    "day": pd.to_datetime(["2022-09-14", "2022-09-14", "2022-09-16"]), "kind": ["trip", "trip", "vote"],
    "km": [3652, 1306, 4175], "paid": [None, 2.0, 3.0], "said": ["14.09.2022", "14.09.2022", "16.09.2022"],
})  # fmt: skip
Run = Callable[[str], Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    one = Task("99.1", kinds.Whole(), lambda: 4958, "Good.", "Look.", taught="2. Rows")
    monkeypatch.setitem(collect_tasks(), one.id, one)
    monkeypatch.setattr(cells, "WATCHES", [])
    shell = InteractiveShell()
    cells.watch_cells(shell)
    shell.user_ns["legs"] = LEGS
    shell.user_ns["more"] = pd.DataFrame({"kind": ["trip", "vote", "debate", "vote"]})
    shell.user_ns["far"] = LEGS["km"] > 2000
    shell.run_cell("import pandas as pd\nfrom samarkand import data\nfrom samarkand.practice import check")

    def run(line: str) -> Any:
        return shell.run_cell(f'answer = {line}\ncheck("99.1", answer)', store_history=True).result

    yield run
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("name", SHOWN)
def test_a_wrong_answer_is_told_the_slip_that_its_line_shows(run: Run, name: str) -> None:
    line, piece = SHOWN[name]
    reply: Reply = run(line)
    assert reply.state == "wrong"
    assert piece in reply.sentence


@pytest.mark.parametrize("line", CLEAN)
def test_a_line_without_a_slip_is_left_alone(line: str) -> None:
    more = pd.DataFrame({"since": ["2022-01-26", "2023-02-01"], "ref": ["A", "B"]})
    assert slips.find_in_cell(line, {"legs": LEGS, "more": more}) == ""
    assert slips.find_bracket(line) == ""


def test_a_right_answer_from_a_day_that_begins_with_the_day_is_right_with_a_warning(run: Run) -> None:
    reply = run('legs[legs["day"] == "14.09.2022"]["km"].sum()')
    assert reply and "year first" in reply.sentence


def test_each_wrong_answer_is_told_more_and_a_right_one_begins_anew(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(collect_tasks()["99.1"], "recipe", "Take three steps.")
    wrong, right = 'legs["km"].max() - 7', 'legs["km"].head(2).sum()'
    said = [run(wrong).sentence for _ in range(4)]
    assert ["2. Rows" in one for one in said] == [True, False, False, False]
    assert ["Look." in one for one in said] == [False, True, False, False]
    assert ["three steps" in one for one in said] == [False, False, True, True]
    assert run(right)
    assert "2. Rows" in run(wrong).sentence


def test_a_word_of_another_alphabet_is_no_slip() -> None:
    assert letters.disguised_word("\u043d\u0435 \u0442\u0430\u043a, \u0430 \u0434\u0430") == ""
    assert letters.disguised_word("\u0420\u043e\u0441\u0441\u0438\u044f: tri\u0440") == "tri\u0440"
    assert letters.disguised_word("\u042002") == "\u042002"


@pytest.mark.parametrize(
    "first",
    ["import numpy as n\nprint([n.int64(9133)])", "import pandas as p\nprint([p.Series([9133]).sum()])"],
)
def test_the_first_number_of_a_kernel_is_a_number_and_no_news_of_pandas_is_shown(first: str) -> None:
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
from samarkand.lab import kernel
shell = InteractiveShell.instance()
kernel.print_numbers_plainly(shell)
shell.run_cell({first!r})
shell.run_cell("import pandas as pd; x = pd.Series([True]) & pd.Series(['a'])")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "[9133]" in done.stdout
    assert done.stderr == ""


def test_two_tables_are_not_added() -> None:
    tables = {"legs": LEGS, "again": LEGS, "km": LEGS["km"]}
    assert "merge" in slips.find_added_tables('legs[legs["km"] > 1] + legs[legs["km"] < 1]', tables)
    assert "merge" in slips.find_added_tables("both = legs + again", tables)
    assert slips.find_added_tables("both = km + km", tables) == ""


def test_a_column_of_true_and_false_has_no_texts() -> None:
    names = {"legs": LEGS.assign(far=LEGS["km"] > 2000)}
    assert "True and False" in slips.find_unknown_value('legs[legs["far"] == "yes"]', names)
    assert slips.find_unknown_value('legs[legs["far"] == True]', names) == ""


def test_a_name_in_quotation_marks_is_seen_where_it_is_compared() -> None:
    names = {"day": pd.Timestamp("2022-09-14")}
    assert '"day"' in slips.find_quoted_name('legs["day"] > "day"', names)
    assert slips.find_quoted_name('legs["kind"] == "trip"', names) == ""


def judged(task: str, value: object) -> str:
    """Return what the check says of a wrong answer."""
    reply = check(task, value)
    assert reply.state == "wrong"
    return reply.sentence


def test_labels_are_told_before_the_values_that_have_them() -> None:
    """The years too many have no value: to speak of empty cells leads away."""
    gaps = pd.Series({2020: float("nan"), 2021: 1.0, 2022: 1.0, 2023: 1.0, 2024: 1.0})
    assert "0 missing, 1 too many" in judged("07.4", gaps)
    assert "empty cell" in judged("07.4", gaps.drop(2020).replace({1.0: float("nan")}))


def test_other_labels_are_named_and_not_counted() -> None:
    assert "other labels than those asked for: conflict" in judged("00.3", {"conflict": 3, "trip": 4})


def test_of_a_table_with_many_columns_one_is_asked_for() -> None:
    grouped = LEGS.groupby("kind").count()
    assert "Choose the one column" in judged("00.3", grouped)
    assert "in groups" in judged("00.3", LEGS.groupby("kind")["km"])
    assert "several values" in judged("00.3", LEGS[["kind", "km"]].value_counts())


def test_a_label_that_is_no_text_is_told_as_it_is() -> None:
    assert "empty (nan)" in judged("05.4", {1: 93, 0: 58, -1: 24, float("nan"): 18})
    assert "is 0.5" in judged("05.4", {1: 93, 0.5: 58, 0: 24})


def test_a_list_that_is_shorter_than_asked_is_not_right() -> None:
    assert "At least 3" in judged("01.7", ["TL063", "TL066"])
    assert check("01.7", ["TL063", "TL066", "TL070"])


@pytest.mark.parametrize(
    ("task", "answer", "says"),
    [
        ("01.4", 76, "That counts both ends"),
        ("01.5", 9, "The days before"),
        ("05.5", 1, "the mean of the three"),
        ("04.6", 98, "upside down"),
        ("04.2", 10.2, "another one"),
    ],
)
def test_a_wrong_way_that_by_chance_gives_what_another_gives_is_said_as_well(
    task: str, answer: float, says: str
) -> None:
    assert says in judged(task, answer)


def test_a_number_that_the_task_asks_for_by_hand_may_be_typed() -> None:
    assert collect_tasks()["09.4"].typed


def test_points_outside_their_bounds_have_no_other_unit_and_parts_are_said_once() -> None:
    marks = [(9, "a direction and how sure"), *collect_tasks()["11.5"].expected[1:]]
    assert "outside 0 to" in judged("11.5", marks) and "unit" not in judged("11.5", marks)
    assert judged("11.5", marks[:2]).count("points") == 1


def test_the_other_page_and_empty_cells_are_told() -> None:
    good = briefing.example("good").lines
    assert "good page" in judged("11.1", int(((good["figures"] > 0) & (good["citations"] == 0)).sum()))
    crossed = pd.DataFrame(collect_tasks()["10.2"].solution()).replace(0, float("nan"))
    assert "some cells are empty" in judged("10.2", crossed)


def test_what_is_near_and_wrong_is_not_called_other_rows() -> None:
    crossed = pd.DataFrame(collect_tasks()["02.4"].solution()) / 95
    assert "what stands in them" in judged("02.4", crossed)
    assert "empty" in judged("02.4", pd.DataFrame())
    ceremonies: pd.DataFrame = collect_tasks()["01.1"].solution()  # type: ignore[assignment]
    assert "in another order" in judged("01.1", ceremonies[::-1])


def test_a_function_without_return_is_told_so(run: Run) -> None:
    inside = "None\ndef add(a):\n    a + 1\nanswer = add(1)"
    assert "add works something out, and does not give it back" in run(inside).sentence
    assert slips.find_no_return("def f(x):\n    return x + 1") == ""


def test_texts_where_numbers_belong_are_told_as_a_column() -> None:
    kinds_of_block = dict.fromkeys(collect_tasks()["02.1"].expected, "paragraph")
    assert "Which column has numbers?" in judged("02.1", kinds_of_block)


@pytest.mark.parametrize("task", ["00.4", "01.1"])
def test_a_condition_is_told_from_a_column(task: str) -> None:
    assert "It is a condition" in judged(task, LEGS["km"] > 2000)
    assert "It is a condition" not in judged(task, LEGS["km"])


@pytest.mark.parametrize("written", ["2", "P2", "P02.", "paragraph 2"])
def test_the_right_paragraph_in_another_form_is_not_sent_back_to_the_article(written: str) -> None:
    assert "You found it" in judged("00.7", written)
