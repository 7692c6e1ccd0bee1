"""Practice of lesson 11: a page read as a table, before one's own is written."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers import decode, kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import join_in_words, tr
from samarkand.practice import briefing, drawn
from samarkand.practice.tasks._engine import Task

DAY = "2022-09-14"
#: The most points of each row of the rubric, and the fewest words of a reason.
MOST, FEWEST = (4, 4, 4, 4, 4, 4, 3, 1), 3
#: Points with reasons for the middling page.
MARKS = (
    (3, "a direction and how sure, but by whose count?"),
    (2, "the list of projects does not bear on it"),
    (2, "named, and left as it is"),
    (1, "the limit would fit any page"),
    (3, "neutral, but who says 13.8 billion?"),
    (3, "a day and a chance, but nobody counts"),
    (0, "one figure has no source, two came too late"),
    (1, "all parts are filled"),
)


def _count_bare_sentences(*, either: bool = False, cited: bool = False) -> int:
    """Count the middling page's sentences with figures and no citation; the options give the usual slips."""
    lines = briefing.example("middling").lines
    figures = lines["figures"] > 0
    without = (lines["citations"] > 0) == cited
    return int((figures | without if either else figures & without).sum())


def _list_refs(*, later: bool = True) -> set[str]:
    sources = briefing.example("middling").sources
    return set(sources[(sources["known"] > DAY) == later]["ref"])


def _count_uncited() -> int:
    """Return how many lines of the good example have figures and no citation."""
    lines = briefing.example("good").lines
    return int(((lines["figures"] > 0) & (lines["citations"] == 0)).sum())


def _count_by(column: str) -> Counter[str]:
    """Count the sources of the good example by a column."""
    return Counter(briefing.example("good").sources[column])


def _choose_known(topic: str = "trade", unit: str = "USD bn", last: str = DAY) -> pd.DataFrame:
    """Return the course's figures on a topic, in a unit, that were known by a day; "" takes all."""
    numbers = data.load("numbers")
    rows = numbers[numbers["known_by"] <= last]
    if topic:
        rows = rows[rows["topic"] == topic]
    if unit:
        rows = rows[rows["unit"] == unit]
    return rows


def _draw_figures(rows: pd.DataFrame) -> dict[str, Any]:
    """Return a chart with a bar for each figure."""
    return drawn.make_bars(rows.set_index("id")["value"].astype(float))


def _write_figures() -> str:
    """Return the text of ``figures_known.csv``: semicolons, and days with the day first."""
    numbers = data.load("numbers")
    table = pd.DataFrame(
        {
            "id": numbers["id"],
            "topic": numbers["topic"],
            "figure": numbers["indicator"].str.replace(";", ","),
            "value": numbers["value"],
            "unit": numbers["unit"].str.replace(";", ","),
            "known_by": numbers["known_by"].dt.strftime("%d.%m.%Y"),
        }
    )
    return table.to_csv(index=False, sep=";", lineterminator="\n")


@dataclass(frozen=True)
class Reason(kinds.Text):
    """A reason of three words or more; its quality is not judged."""

    what: str = tr("a reason in quotation marks")

    def read(self, value: decode.Value) -> str:
        """Take a text of three words or more."""
        text = super().read(value)
        if len(text.split()) < FEWEST:
            said = tr("A reason has three words or more: what did you see, or miss?")
            raise kinds.WrongForm(said, code="a short reason")
        return text


@dataclass(frozen=True)
class Points(kinds.Together):
    """A pair of points and a reason for each row of the rubric; the reply says where they are far from ours."""

    parts: tuple[kinds.Kind, ...] = tuple(
        kinds.Together((kinds.Whole(tr("points"), 0, most), Reason())) for most in MOST
    )

    def clue(self, answer: tuple[Any, ...], expected: tuple[Any, ...]) -> str:
        """Name the rows of the rubric in which the points differ from ours, and by how much."""
        ours = briefing.marks("middling")
        differ = []
        for row, points, (own, _) in zip(ours["row"], ours["points"], answer, strict=True):
            if own != points:
                differ.append(tr("{row} by {n}", row=row, n=abs(own - points)))
        return tr("Your points and ours differ: {rows}.", rows=join_in_words(differ)) if differ else ""


TASKS = (
    Task(
        "11.1",
        kind=kinds.Whole(tr("sentences")),
        solution=_count_bare_sentences,
        taught="2. Each figure has a source",
        right="Two of them are the writer's own chances, which have no source. Find the third.",
        hint="Two conditions must be true at once: figures above 0, and 0 citations.",
        mistakes=(
            Mistake(
                "Those are all with a figure, as in the example. You need a second condition.",
                lambda: int((briefing.example("middling").lines["figures"] > 0).sum()),
                seen_in="figures",
                not_in="citations",
            ),
            Mistake(
                "Those have no citation. Which of them have a figure?",
                lambda: int((briefing.example("middling").lines["citations"] == 0).sum()),
                seen_in="citations",
                not_in="figures",
            ),
            Mistake(
                "Those are the good page's. The middling page's sentences are in rows.",
                _count_uncited,
                seen_in="good",
            ),
            Mistake(
                "That is one or the other: `|`. Both must be true.",
                lambda: _count_bare_sentences(either=True),
                seen_in=r"\|",
            ),
            Mistake(
                "Those have a citation. Which have none?",
                lambda: _count_bare_sentences(cited=True),
                seen_in="citations",
            ),
        ),
    ),
    Task(
        "11.2",
        kind=kinds.Texts(tr("citations, such as NU037")),
        solution=_list_refs,
        taught="3. What could be known on the day",
        right="Both are of 2023. The minister who read this page could not have had them.",
        hint="Compare the column known with the day, and choose the column ref.",
        mistakes=(
            Mistake(
                "Those were known in time. Which came later?",
                lambda: _list_refs(later=False),
            ),
            Mistake(
                "Those are all its citations.",
                lambda: _list_refs() | _list_refs(later=False),
            ),
        ),
    ),
    Task(
        "11.3",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("publishers")),
        solution=lambda: _count_by("publisher"),
        taught="4. Whose word is it?",
        right="Four publishers. Whose count would you trust least, and would the page fall without it?",
        hint="Take the sources of the good page, and count the values of its column publisher.",
        mistakes=(
            Mistake(
                "Those are states, as in the example. Which column has the publishers?",
                lambda: _count_by("state"),
            ),
            Mistake(
                "Those are the citations, each of them once.",
                lambda: _count_by("ref"),
            ),
        ),
    ),
    Task(
        "11.4",
        kind=kinds.Bars(kinds.Number(tolerance=0), keys=tr("figures")),
        solution=lambda: _draw_figures(_choose_known()),
        taught="5. What counts against it",
        right="Three of the five are on one trade, that of Kazakhstan. Which of them would somebody choose who disagrees?",
        hint="Read, make days of known_by, keep the rows for which three conditions are true, and draw them.",
        mistakes=(
            Mistake(
                "Some of those became known later. You need a condition on the day, too.",
                lambda: _draw_figures(_choose_known(last="2030-12-31")),
            ),
            Mistake(
                "Dollars and per cent stand side by side. You need a condition on the column unit, too.",
                lambda: _draw_figures(_choose_known(unit="")),
            ),
            Mistake(
                "That is the whole file. Keep one topic, one unit, and what was known by the day of the question.",
                lambda: _draw_figures(_choose_known("", "", "2030-12-31")),
            ),
            Mistake(
                "Those became known later. Which way does the sign point?",
                lambda: _draw_figures(_choose_known(last="2030-12-31").drop(_choose_known().index)),
            ),
        ),
    ),
    Task(
        "11.5",
        kind=Points(),
        solution=lambda: MARKS,
        taught="6. How a page is marked",
        right="Now compare with ours below. Where you differ by two points, read that row of the rubric again.",
        hint="Eight pairs of points and a reason in quotation marks, in the order of the rubric.",
        free=True,
        typed=True,
    ),
)
#: The plain files of the lesson, with what writes them.
FILES = {"figures_known.csv": _write_figures}
#: Results of the lesson's predictions, by question id.
RESULTS = {"11.known": lambda: float(100 * (data.load("numbers")["known_by"] <= DAY).mean())}
