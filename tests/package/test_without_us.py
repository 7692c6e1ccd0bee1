"""The last lesson: its two plain files, and what `check` says of what a student leaves behind."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from samarkand import cli
from samarkand.common import home
from samarkand.practice import without_us
from samarkand.practice.without_us import files, own_files
from tools.author import lessons

READ: dict[str, Any] = {"sep": ";", "decimal": ",", "skipfooter": 2, "engine": "python"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder with the two files, in an empty ``my_work``."""
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    assert without_us.begin()
    return without_us.find_folder()


def solve(
    folder: Path, read: dict[str, Any] = READ, day: str = "%d.%m.%Y", how: str = "left"
) -> pd.DataFrame:
    """Return the table of a student who goes the right way, unless told otherwise."""
    gas = pd.read_csv(folder / "pipeline_gas.csv", **read)
    if day:
        gas["Published"] = pd.to_datetime(gas["Published"], format=day, errors="coerce")
    gas[["seller", "buyer"]] = gas["Route"].str.split("-", expand=True)
    regions = pd.read_csv(folder / "regions.csv")
    return gas.merge(regions, left_on="seller", right_on="code", how=how)


def swap_day_and_month(table: pd.DataFrame) -> pd.DataFrame:
    swapped = [d.replace(day=d.month, month=d.day) if d.day <= 12 else d for d in table["Published"]]
    return table.assign(Published=swapped)


#: Wrong tables, each with words of the reply that lead to the fault.
WRONG: dict[str, tuple[Callable[[Path], pd.DataFrame], str]] = {
    "separator": (lambda f: pd.read_csv(f / "pipeline_gas.csv", skipfooter=2, engine="python"), "divides"),
    "footer": (lambda f: solve(f, READ | {"skipfooter": 0}), "last rows are not figures"),
    "one line of footer": (lambda f: solve(f, READ | {"skipfooter": 1}), "last rows are not figures"),
    "decimal comma": (lambda f: solve(f, READ | {"decimal": "."}), "texts such as"),
    "thousands": (lambda f: solve(f, READ | {"decimal": ".", "thousands": ","}), "thousand times"),
    "days as texts": (lambda f: solve(f, day=""), "only days can be compared"),
    "month first": (lambda f: solve(f, day="%m.%d.%Y"), "Some days are empty"),
    "swapped": (lambda f: swap_day_and_month(solve(f)), "is the month"),
    "inner join": (lambda f: solve(f, how="inner"), "rows of MMR"),
    "no join": (lambda f: solve(f).drop(columns="region"), "region is missing"),
    "empty region": (lambda f: solve(f).assign(region=""), "no row found a partner"),
    "wrong region": (lambda f: solve(f).assign(region="Asia"), "What does regions.csv say"),
    "codes not split": (lambda f: solve(f).drop(columns=["seller", "buyer"]), "two codes"),
    "names for codes": (
        lambda f: solve(f).drop(columns="seller").rename(columns={"name": "seller"}),
        "codes",
    ),
    "a result": (lambda f: solve(f).groupby("region")["Volume"].sum().reset_index(), "This is a result"),
    "a year alone": (lambda f: solve(f).query("Year == 2022"), "rows of 2020"),
    "twice": (lambda f: pd.concat([solve(f), solve(f).head(1)]), "is there twice"),
    "rounded": (lambda f: solve(f).round({"Volume": 0}), "rounded"),
    "without the sum": (lambda f: solve(f).query("seller != 'WLD'"), "rows of WLD are gone"),
    "seller and buyer": (
        lambda f: solve(f).rename(columns={"seller": "buyer", "buyer": "seller"}),
        "has the buyers",
    ),
    "years for days": (
        lambda f: solve(f).assign(Published=lambda t: t["Published"].dt.year),
        "years alone",
    ),
    "the first rows": (lambda f: solve(f).head(20), "kept only some rows"),
    "another name for the region": (
        lambda f: solve(f).rename(columns={"region": "part"}),
        'in the column "part"',
    ),
    "the second file": (lambda f: pd.read_csv(f / "regions.csv"), "the second file"),
    "one number": (
        lambda f: solve(f).assign(Volume=lambda t: t["Volume"].replace(6.795, 7.695)),
        "Compare it",
    ),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_table_is_told_where_to_look_first(fault: str, folder: Path) -> None:
    make, words = WRONG[fault]
    make(folder).to_csv(folder / "gas.csv", index=False)
    reply = without_us.check("gas.csv")
    assert reply.state == "wrong" and words in reply.sentence


@pytest.mark.parametrize("index", [True, False])
def test_a_right_table_is_right_in_any_order(index: bool, folder: Path) -> None:
    solve(folder).sort_values("Volume")[::-1].to_csv(folder / "gas.csv", index=index)
    assert without_us.check("gas.csv")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n1,2,3\n", "same number of cells"),
        ("seller;year;v\nx;1;2\n", "semicolons"),
        ('{"seller":{"0":"KAZ"}}', "JSON"),
        ("KAZ-CHN,2020,2021-07-08\nMMR-CHN,2020,2021-07-08\n", "no line of names"),
    ],
)
def test_a_file_that_is_no_table_is_a_sentence(text: str, words: str, folder: Path) -> None:
    (folder / "gas.csv").write_text(text, encoding="utf-8")
    assert words in without_us.check("gas.csv").sentence


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ((12, 39.756, 55.92), ""),
        ((6, 39.756, 55.92), "compared, letter by letter"),
        ((9, 39.756, 55.92), "1: not yet"),
        ((30, 39.756, 55.92), "1: those are all rows"),
        ((10, 39.756, 55.92), "those of WLD are rows, too"),
        ((18, 39.756, 55.92), "Which way does the sign point?"),
        (("12 rows", 39.756, 55.92), 'The value of question 1 is "12 rows"'),
        ((12, 116.803, 55.92), "the sum as well"),
        ((12, 13.252, 55.92), "are they added up?"),
        ((12, 40, 55.92), "2: that is rounded"),
        ((12, 39.756, 178.82), "upside down"),
        ((12, 39.756, 56), ""),
        ((12, 39.756, 0.5592), "per cent"),
        ((12, 39.756, 27.96), "3: half of it"),
        ((12, 39.756, 82.7), "3: not yet"),
        ((12, 39.756, None), "the question 3"),
    ],
)
def test_each_count_is_looked_at(values: tuple[float, ...], words: str, folder: Path) -> None:
    table = pd.DataFrame({"question": [1, 2, 3], "value": values})
    table.to_csv(folder / "answers.csv", index=False)
    reply = without_us.check("answers.csv")
    assert words in reply.sentence and bool(reply) == (not words)


def test_a_chart_has_a_title_that_says_something_a_unit_and_no_sum(folder: Path) -> None:
    import altair as alt

    def check(title: str, unit: str, rows: pd.DataFrame) -> str:
        chart = alt.Chart(rows, title=title).mark_bar()
        chart = chart.encode(x="Year:O", y=alt.Y("sum(Volume)", title=unit), color="seller")
        chart.save(folder / "chart.json")
        return without_us.check("chart.json").sentence

    table = solve(folder)[["seller", "region", "Year", "Volume"]]
    sellers, says = table[table["seller"] != "WLD"], "Russia sold more each year"
    assert "read once more" in check(says, "bcm", sellers)
    assert "no title" in check("", "bcm", sellers)
    assert "as a sentence" in check("Gas to China", "bcm", sellers)
    assert "its unit" in check(says, "volume", sellers)
    assert "sum beside its parts" in check(says, "bcm", table)
    assert "chart of the example" in check(says, "tonnes", sellers.assign(sort="tea"))
    (folder / "chart.json").write_text("[]", encoding="utf-8")
    assert "not a chart" in without_us.check("chart.json").sentence


def test_our_way_in_an_empty_notebook_is_right(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code alone is run, in the folder, without any name of the course."""
    lesson = lessons.read_lesson(lessons.find_lessons(["12"])[0])
    ours = [code for cell, code in lesson.shown if cell == "ours"]
    monkeypatch.chdir(folder)
    exec(ours[0], {"__name__": "__main__"})
    assert [without_us.check(name).state for name in without_us.LEFT] == ["right"] * 3


def test_what_is_there_stays_and_what_is_missing_is_named(folder: Path) -> None:
    (folder / "regions.csv").write_text("mine", encoding="utf-8")
    assert without_us.begin()
    assert (folder / "regions.csv").read_text(encoding="utf-8") == "mine"
    (folder / "gas (1).csv").touch()
    reply = without_us.check("gas.csv")
    assert reply.state == "open" and "gas (1).csv" in reply.sentence
    (folder / "chart.html").touch()
    assert "There is chart.html" in without_us.check("chart.json").sentence


def test_the_file_has_a_day_that_can_be_read_both_ways() -> None:
    days = re.findall(r"(\d\d)\.\d\d\.\d{4}", files.write_texts()["pipeline_gas.csv"])
    assert {day for day in days if int(day) <= 12}


def test_an_empty_notebook_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    assert cli.main(["notebook", "my_article"]) == 0
    path = home.my_work() / "my_article.ipynb"
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"] == []
    path.write_text("mine", encoding="utf-8")
    assert cli.main(["notebook", "my_article.ipynb"]) == 1
    assert path.read_text(encoding="utf-8") == "mine"
    assert cli.main(["notebook", "../elsewhere"]) == 1
    assert not (tmp_path / "elsewhere.ipynb").exists()
    assert str(path) in capsys.readouterr().out


# ------------------------------------------------------------------------------------ the graded set


def read_own(number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Put the files with that number into a folder, and read the lorries by pandas alone."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    without_us.put_files({"file": number}, "lorries.csv", "regions.csv")
    lines = Path("lorries.csv").read_text(encoding="utf-8").splitlines()
    sign = lines[0].removeprefix("State")[0]
    below = sum(sign not in line for line in lines)
    return pd.read_csv("lorries.csv", sep=sign, decimal=",", skipfooter=below, engine="python")


def test_own_files_hold_what_the_checks_compute_and_a_join_that_loses_a_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 66):
        lorries = read_own(number, tmp_path / str(number), monkeypatch)
        drawn = [(row.state, row.day, row.tonnes) for row in own_files.draw_file(number).rows]
        days = pd.to_datetime(lorries["Day"], format=own_files.DAY).dt.date
        assert list(zip(lorries["State"], days, lorries["Tonnes"], strict=True)) == drawn
        joined = lorries.merge(pd.read_csv("regions.csv"), left_on="State", right_on="code")
        lost = set(lorries["State"]) - set(joined["State"])
        assert len(lost) == 2 and own_files.SUM in lost
        assert set(joined["region"]) == set(own_files.REGIONS)
        sums = lorries[lorries["State"] == own_files.SUM]["Tonnes"].sum()
        assert lorries["Tonnes"].sum() == pytest.approx(2 * sums)


def test_the_files_of_two_students_differ_in_rows_and_signs() -> None:
    every = [own_files.draw_file(number) for number in range(1, 66)]
    assert len({own.rows for own in every}) == len(every)
    assert {own.sign for own in every} == {";", "|"} and len({own.below for own in every}) > 2
