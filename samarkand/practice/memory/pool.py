"""The questions from memory, and which of them a lesson asks of a student whose log chooses none.

A question asks again for one thing that a lesson of the core has taught, on a table that this lesson did not
use.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice.tasks._engine import Task


@dataclass(frozen=True)
class Question:
    """A question from memory.

    Attributes
    ----------
    name : str
        Its name.
    lesson : str
        The lesson that has taught it; later ones may ask it.
    asks : str
        Code that the answer needs, such as ``".groupby("``. The question repeats the tasks whose model
        answer has it.
    table : str
        The table that it is about.
    text : str
        The question, with code between backticks.
    model : str
        A line that answers it, in which `table` is that table, and `pd` and `data` are as in a lesson.
    kind : kinds.Kind
        The form of the answer.
    hint : str
        The reply to a wrong answer that nobody foresaw.
    mistakes : dict of str to str
        The reply to each known wrong answer, and a line that makes it.
    """

    name: str
    lesson: str
    asks: str
    table: str
    text: str
    model: str
    kind: kinds.Kind
    hint: str
    mistakes: dict[str, str]

    @cached_property
    def task(self) -> Task:
        """The question as a task, which judges answers."""
        mistakes = []
        for reason, line in self.mistakes.items():
            mistakes.append(Mistake(reason, lambda line=line: self.run(line)))
        return Task(
            f"memory.{self.name}",
            kind=self.kind,
            solution=lambda: self.run(self.model),
            right=tr("You still know it."),
            hint=self.hint,
            mistakes=tuple(mistakes),
        )

    def run(self, line: str) -> Any:
        """Return the value of a line of this question."""
        return eval(line, {"pd": pd, "data": data, "table": data.load(self.table)})


_ALL = (
    Question(
        "count",
        lesson="00",
        asks=".value_counts()",
        table="routes",
        text="How many rows has each `mode`?",
        model='table["mode"].value_counts()',
        kind=kinds.ByKey(kinds.Whole(tr("rows")), keys=tr("modes")),
        hint="Choose the column; one method counts how often each value is in it.",
        mistakes={
            "That counts the names of the routes. Which column says how things move?": (
                'table["name"].value_counts()'
            ),
        },
    ),
    Question(
        "rows",
        lesson="00",
        asks="len(",
        table="viewpoints",
        text='How many rows have the `viewer` `"China"`?',
        model='len(table[table["viewer"] == "China"])',
        kind=kinds.Whole(tr("rows")),
        hint="Keep the rows with a condition in brackets, and count them.",
        mistakes={
            "That is the whole table: is the condition inside the brackets?": "len(table)",
        },
    ),
    Question(
        "days",
        lesson="01",
        asks=".days",
        table="sco_days",
        text="The table names the days of the founding, 15 June 2001, and of Samarkand, 15 September 2022. How "
        "many days are between them?",
        model='(pd.Timestamp("2022-09-15") - pd.Timestamp("2001-06-15")).days',
        kind=kinds.Whole(tr("days")),
        hint="Make a day of each text, subtract, and ask the difference for its days.",
        mistakes={
            "You subtracted the later day from the earlier one: swap them.": (
                '(pd.Timestamp("2001-06-15") - pd.Timestamp("2022-09-15")).days'
            ),
            "That is another day of the table. Which one is Samarkand's?": (
                '(pd.Timestamp("2017-06-09") - pd.Timestamp("2001-06-15")).days'
            ),
        },
    ),
    Question(
        "sort",
        lesson="01",
        asks=".sort_values(",
        table="polls",
        text="Put the rows in order by `answer_pct`, the largest first, and show the columns `place` and "
        "`answer_pct` of the first three.",
        model='table.sort_values("answer_pct", ascending=False)[["place", "answer_pct"]].head(3)',
        kind=kinds.Shown(),
        hint="One method puts rows in order; a word in its brackets turns the order round. Show three rows.",
        mistakes={
            "Those are the smallest. What turns the order round?": (
                'table.sort_values("answer_pct")[["place", "answer_pct"]].head(3)'
            ),
            "The order and the columns are right. How many rows should there be?": (
                'table.sort_values("answer_pct", ascending=False)[["place", "answer_pct"]]'
            ),
        },
    ),
    Question(
        "share",
        lesson="01",
        asks=".sum()",
        table="publishers",
        text='Each row is a publisher. In what share of the rows is `state_funded` equal to `"yes"`, in per '
        "cent (within 0.1)?",
        model='(table["state_funded"] == "yes").sum() / len(table) * 100',
        kind=kinds.PerCent(0.1),
        hint="Compare the column with the word, count what is True, and divide by the number of rows.",
        mistakes={
            "That is a fraction. What turns it into per cent?": (
                '(table["state_funded"] == "yes").sum() / len(table)'
            ),
            "That is a number of rows. Of how many?": '(table["state_funded"] == "yes").sum()',
        },
    ),
    Question(
        "groups",
        lesson="02",
        asks=".groupby(",
        table="gravity",
        text="`flow_usd_mn` is what one state sold to another in a year. What do the rows of each `destination` "
        "add up to (within 1)?",
        model='table.groupby("destination")["flow_usd_mn"].sum()',
        kind=kinds.ByKey(kinds.Number(tr("USD mn"), 1), keys=tr("destinations")),
        hint="The column in the first brackets makes the groups, the one in the second is added up.",
        mistakes={
            "That counts rows. Which column is to be added up?": 'table["destination"].value_counts()',
            "That is for those who sold. Which column has those who bought?": (
                'table.groupby("origin")["flow_usd_mn"].sum()'
            ),
        },
    ),
    Question(
        "empty",
        lesson="02",
        asks="isna()",
        table="org_membership",
        text="In how many rows is the cell `to` empty?",
        model='table["to"].isna().sum()',
        kind=kinds.Whole(tr("rows")),
        hint="One method asks each row whether its cell is empty, a second one counts what is True.",
        mistakes={
            "Those are the rows in which it is filled.": 'table["to"].notna().sum()',
            "That is the whole table.": "len(table)",
        },
    ),
    Question(
        "both",
        lesson="02",
        asks=") & (",
        table="org_membership",
        text='How many rows have the `organisation` `"EAEU"` and the `status` `"member"`?',
        model='len(table[(table["organisation"] == "EAEU") & (table["status"] == "member")])',
        kind=kinds.Whole(tr("rows")),
        hint="Two conditions, each in round brackets of its own, and between them the sign for and.",
        mistakes={
            "That is one of the two conditions alone.": 'len(table[table["organisation"] == "EAEU"])',
            "That is the other condition alone.": 'len(table[table["status"] == "member"])',
        },
    ),
    Question(
        "cross",
        lesson="02",
        asks="crosstab(",
        table="org_membership",
        text="Cross the columns `organisation` and `status`: how many rows has each pair?",
        model='pd.crosstab(table["organisation"], table["status"])',
        kind=kinds.Shown(),
        hint="pandas itself counts two columns against each other: both are in its brackets, the rows first.",
        mistakes={
            "The first column makes the rows. Which of the two is named first?": (
                'pd.crosstab(table["status"], table["organisation"])'
            ),
        },
    ),
    Question(
        "column",
        lesson="03",
        asks='"] = ',
        table="gravity",
        text="`distance_km` is in kilometres. Make a column in thousand kilometres. What is its largest "
        "value (within 0.01)?",
        model='(table["distance_km"] / 1000).max()',
        kind=kinds.Number(tr("thousand km"), 0.01),
        hint="Divide the whole column at once, and ask the result for its largest value.",
        mistakes={
            "That is in kilometres. How many of them are a thousand?": 'table["distance_km"].max()',
            "That is the smallest value.": '(table["distance_km"] / 1000).min()',
        },
    ),
    Question(
        "row",
        lesson="03",
        asks=".loc[",
        table="places",
        text='Make `iso3` the names of the rows, and pick the `capital` of `"UZB"`.',
        model='table.set_index("iso3").loc["UZB", "capital"]',
        kind=kinds.Text(tr("a name")),
        hint="One method names the rows after a column; the other picks by the row's name and the column's.",
        mistakes={
            "That is the name of the state.": 'table.set_index("iso3").loc["UZB", "name"]',
        },
    ),
    Question(
        "join",
        lesson="03",
        asks=".merge(",
        table="partners",
        text='Join the table with `data.load("states")`, so that each row has the `name` of its `partner`. How '
        "many rows has each name then?",
        model='table.merge(data.load("states"), left_on="partner", right_on="iso3")["name"].value_counts()',
        kind=kinds.ByKey(kinds.Whole(tr("rows")), keys=tr("names")),
        hint="Say which column of the left table and which of the right one have the same codes; then count.",
        mistakes={
            "That joined the name of the reporter. Which column has the partner?": (
                'table.merge(data.load("states"), left_on="reporter", right_on="iso3")["name"].value_counts()'
            ),
            "Those are codes, and not names.": 'table["partner"].value_counts()',
        },
    ),
    Question(
        "mean",
        lesson="05",
        asks=".mean()",
        table="blocks",
        text="How many `words` has a row on average (within 0.1)?",
        model='table["words"].mean()',
        kind=kinds.Number(tr("words"), 0.1),
        hint="A column has a method for its mean.",
        mistakes={
            "That is the sum. Divide it by the number of rows, or ask for the mean.": 'table["words"].sum()',
            "Those are the words in quotation marks alone.": 'table["quoted_words"].mean()',
        },
    ),
    Question(
        "among",
        lesson="01",
        asks=".isin(",
        table="un_votes",
        text='How many states voted `"no"` or `"abstain"` in the column `es_11_1`? Use a list of the two words.',
        model='table["es_11_1"].isin(["no", "abstain"]).sum()',
        kind=kinds.Whole(tr("states")),
        hint="One method asks each row whether its cell is among the words of a list; count what is True.",
        mistakes={
            "That is one of the two words alone.": '(table["es_11_1"] == "no").sum()',
            "That is the other word alone.": '(table["es_11_1"] == "abstain").sum()',
            "Those are the states with another answer.": '(~table["es_11_1"].isin(["no", "abstain"])).sum()',
        },
    ),
    Question(
        "filled",
        lesson="02",
        asks=".notna()",
        table="partners",
        text="In how many rows is the cell `imports_usd_mn` filled?",
        model='table["imports_usd_mn"].notna().sum()',
        kind=kinds.Whole(tr("rows")),
        hint="One method asks each row whether its cell is filled, a second one counts what is True.",
        mistakes={
            "Those are the rows in which it is empty.": 'table["imports_usd_mn"].isna().sum()',
            "That is the whole table.": "len(table)",
        },
    ),
    Question(
        "dropped",
        lesson="03",
        asks=".drop(",
        table="census",
        text="Count the rows of each `place`, and leave Xinjiang out of the result.",
        model='table["place"].value_counts().drop("Xinjiang")',
        kind=kinds.ByKey(kinds.Whole(tr("rows")), keys=tr("places")),
        hint="Count the column, and take one name out of the result by a method.",
        mistakes={
            "Xinjiang is still in it. What takes a name out?": 'table["place"].value_counts()',
        },
    ),
    Question(
        "apart",
        lesson="05",
        asks=".abs()",
        table="partners",
        text="How far apart are `exports_usd_mn` and `imports_usd_mn` where they are farthest apart, whichever "
        "is larger (within 0.1)?",
        model='(table["exports_usd_mn"] - table["imports_usd_mn"]).abs().max()',
        kind=kinds.Number(tr("USD mn"), 0.1),
        hint="Subtract one column from the other, take the signs away, and ask for the largest.",
        mistakes={
            "That is the sum of all gaps. We asked for one of them.": (
                '(table["exports_usd_mn"] - table["imports_usd_mn"]).abs().sum()'
            ),
            "That is the largest of the exports.": 'table["exports_usd_mn"].max()',
        },
    ),
    Question(
        "others",
        lesson="06",
        asks="~",
        table="un_votes",
        text='How many states gave an answer in `es_11_4` that is not among `"yes"` and `"no"`? Turn a '
        "condition with a list around.",
        model='(~table["es_11_4"].isin(["yes", "no"])).sum()',
        kind=kinds.Whole(tr("states")),
        hint="Ask with a list which rows are among the two words; one sign before it turns True and False around.",
        mistakes={
            "Those are the states among the two words. Which sign turns them around?": (
                'table["es_11_4"].isin(["yes", "no"]).sum()'
            ),
            "That leaves out one of the two words alone.": '(table["es_11_4"] != "yes").sum()',
        },
    ),
)
#: The questions by name.
QUESTIONS = {question.name: question for question in _ALL}
#: What each lesson asks if the log chooses nothing: names of `QUESTIONS`.
CHOICE = {
    "02": ("count", "share", "days"),
    "03": ("groups", "days", "rows"),
    "04": ("count", "sort", "column"),
    "05": ("column", "groups", "row"),
    "06": ("sort", "both", "count"),
    "07": ("count", "mean", "share"),
    "08": ("column", "both", "sort"),
    "09": ("groups", "cross", "rows"),
    "10": ("join", "mean", "share"),
    "11": ("cross", "sort", "row"),
}
