"""Practice of lesson 02: who has the words, which forecasts have a hedge, which verdicts came later."""

import pandas as pd

from samarkand import data
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

_EVE = pd.Timestamp("2022-09-15")
_EXPERTS = ("Niva Yau", "Chien-yu Shih", "Bradley Jardine")


def _words(speaker: str = "quoted_speaker", words: str = "quoted_words") -> int:
    """Return how many words the researcher has, inside quotation marks or in paragraphs attributed to her."""
    blocks = data.load("blocks")
    return int(blocks.loc[blocks[speaker] == "Niva Yau", words].sum())


def _all(words: str = "quoted_words", speakers: tuple[str, ...] = ()) -> int:
    blocks = data.load("blocks")
    kept = blocks["quoted_speaker"].isin(speakers) if speakers else blocks["order"] > 0
    return int(blocks.loc[kept, words].sum())


def _claims(type_: str = "", speaker: str = "") -> pd.DataFrame:
    claims = data.load("claims")
    claims = claims[claims["type"] == type_] if type_ else claims
    return claims[claims["speaker"] == speaker] if speaker else claims


def _ids(claims: pd.DataFrame, kept: pd.Series) -> frozenset[str]:
    return frozenset(claims.loc[kept, "id"])


def _voices() -> float:
    """Return the largest share that one of the experts has of all their quoted words, in per cent."""
    quoted = data.load("blocks").groupby("quoted_speaker")["quoted_words"].sum()[list(_EXPERTS)]
    return float(100 * quoted.max() / quoted.sum())


def _officials() -> int:
    return int(_claims()["speaker_country"].isin(["Kazakhstan", "Uzbekistan"]).sum())


def _hedged() -> str:
    claims = _claims()
    return str(claims["hedge"].notna().groupby(claims["type"]).mean().idxmax())


TASKS = (
    Task(
        "02.1",
        kinds.PerCent(0.1),
        lambda: _words() / _all() * 100,
        right=tr("Nearly two thirds of everything quoted, and four fifths of what experts are quoted with."),
        hint=tr("Divide her quoted_words by those of the whole table, not by all words of the article."),
        diagnoses=(
            Diagnosis(
                tr(
                    "That is her share of what the three experts say. Here all quoted words count, those of"
                    " politicians too."
                ),
                lambda: _words() / _all(speakers=_EXPERTS) * 100,
            ),
            Diagnosis(
                tr("That divides by all words of the article. Which of them stand inside quotation marks?"),
                lambda: _words() / _all("words") * 100,
            ),
            Diagnosis(
                tr("That takes all words of her paragraphs, also those outside quotation marks."),
                lambda: _words("attributed_to", "words") / _all("words") * 100,
            ),
            Diagnosis(
                tr("That divides the words of her paragraphs by the quoted words: two different things."),
                lambda: _words("attributed_to", "words") / _all() * 100,
            ),
        ),
        taught="1. Whose words are they?",
    ),
    Task(
        "02.2",
        kinds.Texts(tr("ids")),
        lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].isna()),
        right=tr(
            "Three are about days and places that had been announced; the fourth is an expert’s firm word."
        ),
        hint=tr('Keep rows whose type is "forecast" and whose hedge is missing: isna() finds them.'),
        diagnoses=(
            Diagnosis(
                tr(
                    "Those are the forecasts that have a hedge. isna() asks for what is missing, notna() "
                    "for what is there."
                ),
                lambda: _ids(_claims("forecast"), _claims("forecast")["hedge"].notna()),
            ),
            Diagnosis(
                tr("Those are all forecasts. Which of them go without a hedge?"),
                lambda: frozenset(_claims("forecast")["id"]),
            ),
            Diagnosis(
                tr("Those are all claims without a hedge. Which of them are forecasts?"),
                lambda: _ids(_claims(), _claims()["hedge"].isna()),
            ),
        ),
        taught="3. Facts, forecasts, and small words",
    ),
    Task(
        "02.3",
        kinds.Whole(),
        lambda: int((_claims(speaker="Niva Yau")["verdict_day"] > _EVE).sum()),
        right=tr("More than a third of what she says could not be judged on the day."),
        hint=tr('Two conditions: the speaker is "Niva Yau", and verdict_day lies after the 15th.'),
        diagnoses=(
            Diagnosis(
                tr("That counts everybody's claims. Only hers are asked for."),
                lambda: int((_claims()["verdict_day"] > _EVE).sum()),
            ),
            Diagnosis(
                tr("That counts the 15th itself, too. Only days after it are asked for."),
                lambda: int((_claims(speaker="Niva Yau")["verdict_day"] >= _EVE).sum()),
            ),
            Diagnosis(
                tr(
                    "As many of her claims have a verdict by the 15th, and as many have something in "
                    "known_later. For how many does verdict_day lie after the 15th?"
                ),
                lambda: int((_claims(speaker="Niva Yau")["verdict_day"] <= _EVE).sum()),
            ),
            Diagnosis(
                tr("Those are all her claims. For how many does verdict_day lie after the 15th?"),
                lambda: len(_claims(speaker="Niva Yau")),
            ),
        ),
        taught="5. A verdict is a judgement",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {
    "02.voices": _voices,
    "02.officials": _officials,
    "02.hedged": _hedged,
    "02.later": lambda: int((_claims()["verdict_day"] > _EVE).sum()),
}
