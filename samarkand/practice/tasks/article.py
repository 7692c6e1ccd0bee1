"""Practice of lesson 02: who has the words, what kinds of claim there are, and a table of one's own."""

import re
from dataclasses import dataclass

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice import article
from samarkand.practice.tasks._engine import task

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


_SORTS = ("fact", "forecast", "interpretation", "opinion")

TASKS = (
    task(
        "02.1",
        kinds.ByKey(kinds.Whole(tr("words")), keys=tr("kinds of block")),
        lambda: _sums("kind", "words"),
        quoted=lambda: _sums("kind", "quoted_words"),
        by_speaker=lambda: _sums("quoted_speaker", "words"),
        quoted_by_speaker=lambda: _sums("quoted_speaker", "quoted_words"),
    ),
    task(
        "02.2",
        kinds.PerCent(0.1),
        lambda: _words() / _all() * 100,
        of_experts=lambda: _words() / _all(speakers=_EXPERTS) * 100,
        of_all_words=lambda: _words() / _all("words") * 100,
        fraction=lambda: _words() / _all(),
    ),
    task(
        "02.3",
        kinds.Together((kinds.Choice(options=_SORTS),) * 3),
        lambda: [_claims().set_index("id")["type"][id] for id in ("CL81", "CL82", "CL51")],
    ),
    task(
        "02.4",
        kinds.Whole(tr("claims")),
        lambda: int(_claims()["hedge"].notna().sum()),
        without_hedge=lambda: int(_claims()["hedge"].isna().sum()),
        all_claims=lambda: len(_claims()),
    ),
    task(
        "02.5",
        kinds.Texts(tr("ids")),
        lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].isna()),
        hedge=lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].notna()),
        all_forecasts=lambda: frozenset(_claims("forecast")["id"]),
        without_hedge=lambda: _ids(_claims(), _claims()["hedge"].isna()),
    ),
    task(
        "02.6",
        kinds.Shown(),
        lambda: _crossed("type"),
        crosses_speakers=lambda: _crossed("speaker"),
        by_hedge=lambda: pd.crosstab(_claims()["type"], _claims()["hedge"]),
    ),
    task(
        "02.7",
        kinds.ByKey(kinds.Whole(tr("claims")), keys=tr("kinds")),
        _own,
        given=lambda: _kinds(_claims()),
    ),
    task(
        "02.8",
        Headline(),
        lambda: f"{' and '.join(map(str, _own()))} of {_own().sum()} claims",
        given=lambda: "Kinds of claims",
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"02.voices": _voices, "02.officials": _officials, "02.hedged": _hedged}
