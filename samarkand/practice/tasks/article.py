"""Practice of lesson 02: who has the words, what kinds of claim there are, and a table of one's own."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import article, drawn
from samarkand.practice.briefing import sentences
from samarkand.practice.tasks._engine import Task

_EXPERTS = ("Niva Yau", "Chien-yu Shih", "Bradley Jardine")


def _sum_words(by: str, words: str) -> pd.Series:
    return data.load("blocks").groupby(by)[words].sum()


def _count_blocks(by: str) -> pd.Series:
    """Return the number of blocks by one of their columns."""
    return data.load("blocks")[by].value_counts()


def _count_quoted_words() -> int:
    """Return the number of the researcher's words inside quotation marks."""
    return int(_sum_words("quoted_speaker", "quoted_words")["Niva Yau"])


def _count_all_words(words: str = "quoted_words", speakers: tuple[str, ...] = ()) -> int:
    blocks = data.load("blocks")
    kept = blocks["quoted_speaker"].isin(speakers) if speakers else blocks["order"] > 0
    return int(blocks.loc[kept, words].sum())


def _choose_claims(type_: str = "", speaker: str = "") -> pd.DataFrame:
    claims = data.load("claims")
    claims = claims[claims["type"] == type_] if type_ else claims
    return claims[claims["speaker"] == speaker] if speaker else claims


def _cross_with_hedges(column: str) -> pd.DataFrame:
    return pd.crosstab(_choose_claims()[column], _choose_claims()["hedge"].notna())


def _count_types(claims: pd.DataFrame) -> pd.Series:
    return claims["type"].value_counts()


def _count_own_types() -> pd.Series:
    """Count the claims of each type in the student's own table, or in the example."""
    return _count_types(pd.read_csv(article.path("claims")))


def _find_other_table(chart: dict[str, Any]) -> str:
    """Return the sentence for a chart of the lesson's claims where those of the student are asked for, or ""."""
    drawn_counts = drawn.count_bars(chart, "type")
    lessons = _count_types(_choose_claims()).to_dict()
    if drawn_counts != lessons or lessons == _count_own_types().to_dict():
        return ""
    return tr('Those are the claims of the lesson. Read your own: article.path("claims") is where they are.')


def _list_ids(claims: pd.DataFrame, kept: pd.Series) -> frozenset[str]:
    return frozenset(claims.loc[kept, "id"])


def _measure_largest_voice() -> float:
    """Return the largest expert's per cent of the words quoted from all experts."""
    quoted = data.load("blocks").groupby("quoted_speaker")["quoted_words"].sum()[list(_EXPERTS)]
    return float(100 * quoted.max() / quoted.sum())


def _count_officials() -> int:
    return int(_choose_claims()["speaker_country"].isin(["Kazakhstan", "Uzbekistan"]).sum())


def _find_most_hedged() -> str:
    claims = _choose_claims()
    return str(claims["hedge"].notna().groupby(claims["type"]).mean().idxmax())


def _write_bars() -> str:
    """Write the bars of the student's own table, as `Headline` reads them."""
    return ", ".join(f"{kind} {count}" for kind, count in _count_own_types().items())


@dataclass(frozen=True)
class Headline(kinds.Text):
    """A title: four words or more, with a figure; each figure in it has to be right.

    The right text names every bar: ``"fact 5, forecast 2"``. A figure is right if it is a bar's, that of all
    claims, the number of bars, or a bar's share in per cent; also the sum of the bars that the title names.
    If it names one bar, that one's figure has to be among them, or with *not* that of all others.
    """

    what: str = tr("a title, in quotation marks")

    def same(self, answer: str, expected: str) -> bool:
        """Return whether the title states a figure, and only right ones."""
        stated = read_figures(answer)
        return len(answer.split()) >= 4 and bool(stated) and not _find_wrong(answer, expected)

    def clue(self, answer: str, expected: str) -> str:
        """Name a figure that is not right."""
        wrong = _find_wrong(answer, expected)
        stated = read_figures(answer)
        if not wrong:
            return "" if stated else tr("No number of the bars is in it.")
        if any(one.per_cent and one.written == wrong[0] for one in stated):
            return tr("No bar is {n} per cent of all claims.", n=wrong[0])
        if re.search(rf"\b{re.escape(wrong[0])}\b", expected):
            return tr("{n} is another bar than the one that the title names.", n=wrong[0])
        return tr("No bar has {n}.", n=wrong[0])


@dataclass(frozen=True)
class Figure:
    """A figure of a title: as it is written, its value, and whether it is a share in per cent."""

    written: str
    value: float
    per_cent: bool

    def is_near(self, right: float) -> bool:
        """Return whether the figure is a number, rounded as the figure is."""
        decimals = len(self.written.partition(".")[2])
        return abs(self.value - right) <= (0.5 * 10**-decimals if self.per_cent else 0) + 1e-9


#: Numbers in words that a title may have; "one" mostly counts nothing.
_IN_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NOT = re.compile(r"\b(?:not|no|nor|other|others|rest|without|except|than)\b|n[’']t\b")


def read_figures(text: str) -> list[Figure]:
    """Return the figures in a text, whatever stands around them; days, years and names such as G20 are none.

    Examples
    --------
    >>> [one.value for one in read_figures("Four of 1,030 (“2 claims”), $5 and ~30.")]
    [4.0, 1030.0, 2.0, 5.0, 30.0]
    >>> read_figures("In 2022 a fifth, or 20.5 %")
    [Figure(written='20.5', value=20.5, per_cent=True)]
    """
    numbered = text.casefold()
    for number, word in enumerate(_IN_WORDS, 2):
        numbered = re.sub(rf"\b{word}\b", str(number), numbered)
    shares = Counter(sentences.find_per_cents(numbered))
    found: list[Figure] = []
    for written in sentences.find_figures(numbered):
        plain = re.sub(r",(?=\d{3}(?:\D|$))", "", written).replace(",", ".")
        value = float(plain) if plain.count(".") <= 1 else math.nan
        found.append(Figure(plain, value, shares[written] > 0))
        shares[written] -= 1
    return found


def _find_wrong(title: str, expected: str) -> list[str]:
    """Return the figures of a title that are not right, as they are written."""
    bars = {kind.strip(): float(count) for kind, count in re.findall(r"([^,\d]+?) (\d+)", expected)}
    named = [kind for kind in bars if re.search(rf"\b{re.escape(kind)}", title)]
    whole = sum(bars.values())
    several = sum(bars[kind] for kind in named)
    own: list[float] = []
    if named:
        own = [several, whole - several] if _NOT.search(title) else [several]
    right = [*bars.values(), *own]
    stated = read_figures(title)

    def is_one_of(figure: Figure, numbers: list[float]) -> bool:
        shares = [100 * number / whole for number in numbers] if whole else []
        return any(figure.is_near(number) for number in (shares if figure.per_cent else numbers))

    wrong = [one.written for one in stated if not is_one_of(one, [*right, whole, _count_bars(one, bars)])]
    if wrong or len(named) != 1 or any(is_one_of(one, own) for one in stated):
        return wrong
    return [one.written for one in stated if not is_one_of(one, [whole])]


def _count_bars(figure: Figure, bars: dict[str, float]) -> float:
    """Return the number of bars, which is no share of anything."""
    return math.nan if figure.per_cent else float(len(bars))


TASKS = (
    Task(
        "02.1",
        kind=kinds.ByKey(kinds.Whole(tr("words")), keys=tr("kinds of block")),
        solution=lambda: _sum_words("kind", "words"),
        taught="1. Whose words are they?",
        right="Nearly all of the article is in its paragraphs.",
        hint="Make a group of each kind of block, and add up the column that counts all words.",
        mistakes=(
            Mistake(
                "Those are words inside quotation marks. Which column counts all?",
                lambda: _sum_words("kind", "quoted_words"),
            ),
            Mistake(
                "Those are blocks of each kind. What adds up the words in them?",
                lambda: _count_blocks("kind"),
            ),
            Mistake(
                "That makes a group of each speaker. Which column has the kind of block?",
                lambda: _sum_words("quoted_speaker", "words"),
            ),
            Mistake(
                "That makes a group of each speaker. Which column has the kind of block?",
                lambda: _sum_words("quoted_speaker", "quoted_words"),
            ),
        ),
    ),
    Task(
        "02.2",
        kind=kinds.PerCent(0.1),
        solution=lambda: _count_quoted_words() / _count_all_words() * 100,
        taught="1. Whose words are they?",
        right="She has nearly two thirds of all quoted words, and four fifths of those of experts.",
        hint="Divide the words of Niva Yau by the sum of all in quoted, and multiply by 100.",
        mistakes=(
            Mistake(
                "That is her share of the three experts' words. Here politicians count too.",
                lambda: _count_quoted_words() / _count_all_words(speakers=_EXPERTS) * 100,
            ),
            Mistake(
                "That is her share of all words of the article. Which are inside quotation marks?",
                lambda: _count_quoted_words() / _count_all_words("words") * 100,
            ),
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _count_quoted_words() / _count_all_words(),
            ),
        ),
    ),
    Task(
        "02.3",
        kind=kinds.Texts(tr("ids")),
        solution=lambda: _list_ids(_choose_claims("forecast"), _choose_claims("forecast")["hedge"].isna()),
        taught="3. Facts, forecasts, and small words",
        right="Three are about days and places that had been announced; the fourth is an expert’s firm word.",
        hint='Keep rows whose type is "forecast" and whose hedge is missing: isna() finds them.',
        mistakes=(
            Mistake(
                "Those have a hedge. isna() asks for what is missing, notna() for what is there.",
                lambda: _list_ids(_choose_claims("forecast"), _choose_claims("forecast")["hedge"].notna()),
            ),
            Mistake(
                "Those are all forecasts. Which of them go without a hedge?",
                lambda: frozenset(_choose_claims("forecast")["id"]),
            ),
            Mistake(
                "Those are all claims without a hedge. Which of them are forecasts?",
                lambda: _list_ids(_choose_claims(), _choose_claims()["hedge"].isna()),
            ),
        ),
    ),
    Task(
        "02.4",
        kind=kinds.Shown(),
        solution=lambda: _cross_with_hedges("type"),
        taught="3. Facts, forecasts, and small words",
        right="Most forecasts have a hedge, and no fact and no interpretation has one.",
        hint="The types are at the left; above are True and False, the answers to the question whether there is a hedge.",
        mistakes=(
            Mistake(
                "That crosses speakers. Which column has the kinds of claim?",
                lambda: _cross_with_hedges("speaker"),
            ),
            Mistake(
                "True and False have changed places. Which of isna and notna asks whether a hedge is there?",
                lambda: pd.crosstab(_choose_claims()["type"], _choose_claims()["hedge"].isna()),
            ),
            Mistake(
                "Every hedge got a column of its own. Ask only whether there is one.",
                lambda: pd.crosstab(_choose_claims()["type"], _choose_claims()["hedge"]),
            ),
        ),
    ),
    Task(
        "02.5",
        kind=kinds.Texts(tr("a chart with bars")),
        refused=_find_other_table,
        solution=lambda: ["bar", "count", "type"],
        taught="Practice",
        right="You have read a file and drawn it, and nothing of the course was needed.",
        hint="alt.Chart takes the table of counts, mark_bar draws bars, and encode names the columns count and type.",
        mistakes=(
            Mistake(
                "The bars are there, but no column is on an axis: encode says which.",
                lambda: ["bar"],
            ),
            Mistake(
                "Only one axis has a column. Which column is on the other?",
                lambda: ["bar", "count"],
            ),
            Mistake(
                "Only one axis has a column. Which column is on the other?",
                lambda: ["bar", "type"],
            ),
            *[
                Mistake(
                    "The columns are right. Which mark draws bars?",
                    lambda mark=mark: [mark, "count", "type"],
                )
                for mark in ("point", "circle", "line", "area", "arc", "tick", "square", "text", "rect")
            ],
        ),
    ),
    Task(
        "02.6",
        kind=Headline(),
        solution=_write_bars,
        given=lambda: "Kinds of claims",
        taught="Practice",
        right="That title says what a reader can see in the chart.",
        hint="Say what the bars show, in a sentence of four words or more, with a number of one of the bars in digits.",
        own=True,
        typed=True,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "02.voices": _measure_largest_voice,
    "02.officials": _count_officials,
    "02.hedged": _find_most_hedged,
}
