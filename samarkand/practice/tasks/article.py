"""Practice of lesson 02: who has the words, what kinds of claim there are, and a table of one's own."""

import re
from dataclasses import dataclass

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import article
from samarkand.practice.tasks._engine import Task

_EXPERTS = ("Niva Yau", "Chien-yu Shih", "Bradley Jardine")


def _sums(by: str, words: str) -> pd.Series:
    return data.load("blocks").groupby(by)[words].sum()


def _words() -> int:
    """Return the number of the researcher's words inside quotation marks."""
    return int(_sums("quoted_speaker", "quoted_words")["Niva Yau"])


def _all(words: str = "quoted_words", speakers: tuple[str, ...] = ()) -> int:
    blocks = data.load("blocks")
    kept = blocks["quoted_speaker"].isin(speakers) if speakers else blocks["order"] > 0
    return int(blocks.loc[kept, words].sum())


def _claims(type_: str = "", speaker: str = "") -> pd.DataFrame:
    claims = data.load("claims")
    claims = claims[claims["type"] == type_] if type_ else claims
    return claims[claims["speaker"] == speaker] if speaker else claims


def _crossed(column: str) -> pd.DataFrame:
    return pd.crosstab(_claims()[column], _claims()["hedge"].notna())


def _kinds(claims: pd.DataFrame) -> pd.Series:
    return claims["type"].value_counts()


def _own() -> pd.Series:
    """Count the claims of each type in the student's own table, or in the example."""
    return _kinds(pd.read_csv(article.path("claims")))


def _ids(claims: pd.DataFrame, kept: pd.Series) -> frozenset[str]:
    return frozenset(claims.loc[kept, "id"])


def _voices() -> float:
    """Return the largest expert's per cent of the words quoted from all experts."""
    quoted = data.load("blocks").groupby("quoted_speaker")["quoted_words"].sum()[list(_EXPERTS)]
    return float(100 * quoted.max() / quoted.sum())


def _officials() -> int:
    return int(_claims()["speaker_country"].isin(["Kazakhstan", "Uzbekistan"]).sum())


def _hedged() -> str:
    claims = _claims()
    return str(claims["hedge"].notna().groupby(claims["type"]).mean().idxmax())


@dataclass(frozen=True)
class Headline(kinds.Text):
    """A title: four words or more with a figure; the right text has all figures that may be in it."""

    what: str = tr("a title, in quotation marks")

    def same(self, answer: str, expected: str) -> bool:
        """Return whether the title has one of the right figures."""
        return len(answer.split()) >= 4 and bool(figures(answer) & figures(expected))

    def clue(self, answer: str, expected: str) -> str:
        """Name a figure that no bar has."""
        found = sorted(figures(answer) - figures(expected))
        return tr("No bar has {n}.", n=found[0]) if found else ""


def figures(text: str) -> set[str]:
    """Return the figures in a text, whatever stands around them.

    Examples
    --------
    >>> sorted(figures("4 of 10 (“2 claims”), $5 and ~30."))
    ['10', '2', '30', '4', '5']
    """
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


TASKS = (
    Task(
        "02.1",
        kind=kinds.ByKey(kinds.Whole(tr("words")), keys=tr("kinds of block")),
        solution=lambda: _sums("kind", "words"),
        taught="1. Whose words are they?",
        right="Nearly all of the article is in its paragraphs.",
        hint="Which column says what kind of block it is, and which counts all words?",
        mistakes=(
            Mistake(
                "Those are words inside quotation marks. Which column counts all?",
                lambda: _sums("kind", "quoted_words"),
            ),
            Mistake(
                "That makes a group of each speaker. Which column has the kind of block?",
                lambda: _sums("quoted_speaker", "words"),
            ),
            Mistake(
                "That makes a group of each speaker. Which column has the kind of block?",
                lambda: _sums("quoted_speaker", "quoted_words"),
            ),
        ),
    ),
    Task(
        "02.2",
        kind=kinds.PerCent(0.1),
        solution=lambda: _words() / _all() * 100,
        taught="1. Whose words are they?",
        right="She has nearly two thirds of all quoted words, and four fifths of those of experts.",
        hint="Divide her quoted_words by those of the whole table, not by all words of the article.",
        mistakes=(
            Mistake(
                "That is her share of the three experts' words. Here politicians count too.",
                lambda: _words() / _all(speakers=_EXPERTS) * 100,
            ),
            Mistake(
                "That is her share of all words of the article. Which are inside quotation marks?",
                lambda: _words() / _all("words") * 100,
            ),
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _words() / _all(),
            ),
        ),
    ),
    Task(
        "02.3",
        kind=kinds.Texts(tr("ids")),
        solution=lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].isna()),
        taught="3. Facts, forecasts, and small words",
        right="Three are about days and places that had been announced; the fourth is an expert’s firm word.",
        hint='Keep rows whose type is "forecast" and whose hedge is missing: isna() finds them.',
        mistakes=(
            Mistake(
                "Those have a hedge. isna() asks for what is missing, notna() for what is there.",
                lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].notna()),
            ),
            Mistake(
                "Those are all forecasts. Which of them go without a hedge?",
                lambda: frozenset(_claims("forecast")["id"]),
            ),
            Mistake(
                "Those are all claims without a hedge. Which of them are forecasts?",
                lambda: _ids(_claims(), _claims()["hedge"].isna()),
            ),
        ),
    ),
    Task(
        "02.4",
        kind=kinds.Shown(),
        solution=lambda: _crossed("type"),
        taught="3. Facts, forecasts, and small words",
        right="Most forecasts have a hedge, and no fact and no interpretation has one.",
        hint="Which column holds the kinds? And for the hedge, ask only whether there is one.",
        mistakes=(
            Mistake(
                "That crosses speakers. Which column has the kinds of claim?",
                lambda: _crossed("speaker"),
            ),
            Mistake(
                "Every hedge got a column of its own. Ask only whether there is one.",
                lambda: pd.crosstab(_claims()["type"], _claims()["hedge"]),
            ),
        ),
    ),
    Task(
        "02.5",
        kind=kinds.Texts(tr("a chart with bars")),
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
            Mistake(
                "The columns are right. Which mark draws bars?",
                lambda: ["point", "count", "type"],
            ),
        ),
    ),
    Task(
        "02.6",
        kind=Headline(),
        solution=lambda: f"{' and '.join(map(str, _own()))} of {_own().sum()} claims",
        given=lambda: "Kinds of claims",
        taught="Practice",
        right="That title says what a reader can see in the chart.",
        hint="A label is not a title. Say what the bars show, in a sentence with a number such as 6.",
        own=True,
        typed=True,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"02.voices": _voices, "02.officials": _officials, "02.hedged": _hedged}
