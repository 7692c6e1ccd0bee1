"""Checks of set 10, what happened next: scoring forecasts."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import pandas as pd

from samarkand import data
from samarkand.grading.checks import Case, Diagnosis, ExerciseSet, Given, Practice, Question
from samarkand.grading.kinds import ByKey, Number, Together, Whole

#: What became of a forecast, as a number.
OUTCOME = {"borne out": 1.0, "partly": 0.5, "contested": 0.5, "not borne out": 0.0}
HERS = [0.56, 0.59, 0.61, 0.65, 0.75, 0.79, 0.83, 0.84, 0.87]
OTHERS = [0.55, 0.58, 0.63, 0.72, 0.73, 0.74, 0.85, 0.9, 0.93]
SPEAKERS = ["narrator", "Niva Yau"]
TYPES = ("fact", "interpretation", "forecast")


def _forecasts() -> pd.DataFrame:
    return data.load("claims").query("type == 'forecast'")


def _borne_out(given: Given) -> float:
    return float(100 * (_forecasts()["verdict"] == "borne out").mean())


def _score(probability: float, forecasts: pd.DataFrame, outcome: dict[str, float] | None = None) -> float:
    happened = forecasts["verdict"].map(outcome or OUTCOME)
    return float(((probability - happened) ** 2).mean())


def brier(forecasts: pd.Series, outcomes: pd.Series) -> float:
    """Return the mean squared difference of forecasts and outcomes, over those that have an outcome; 0 if none has."""
    squares = ((forecasts - outcomes) ** 2).dropna()
    return float(squares.mean()) if len(squares) else 0.0


def _not_squared(forecasts: pd.Series, outcomes: pd.Series) -> float:
    found = (forecasts - outcomes).abs().dropna()
    return float(found.mean()) if len(found) else 0.0


def _missing_is_zero(forecasts: pd.Series, outcomes: pd.Series) -> float:
    squares = (forecasts - outcomes.fillna(0)) ** 2
    return float(squares.mean()) if len(squares) else 0.0


def _over_all(forecasts: pd.Series, outcomes: pd.Series) -> float:
    squares = (forecasts - outcomes) ** 2
    return float(squares.sum() / len(squares)) if len(squares) else 0.0


def _sum(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return float(((forecasts - outcomes) ** 2).sum())


def _cases(given: Given) -> list[Case]:
    def series(*values: float | None) -> pd.Series:
        return pd.Series(values, dtype="float64")

    return [
        Case((series(0.8, 0.3, 0.5), series(1, 0, 1))),
        Case((series(0.9, 0.9), series(1, 0))),
        Case((series(0.1, 0.6, 0.7, 0.2), series(0, 0.5, 1, 0))),
        Case((series(0.5), series(1))),
        Case((series(1, 0, 0.4), series(1, 0, 0.5))),
        Case((series(0.8, 0.3, 0.6), series(1, None, 0)), edge=True),
        Case((series(0.8), series(None)), edge=True),
        Case((series(), series()), edge=True),
    ]


def _by_speaker(given: Given) -> pd.Series:
    forecasts = _forecasts()
    return 100 * (forecasts["verdict"] == "borne out").groupby(forecasts["speaker"]).mean()


def _probabilities(given: Given) -> pd.Series:
    own = _forecasts()["speaker"] == given["speaker"]
    return own.map({True: given["probability"], False: given["other"]})


def _squares(given: Given, outcome: dict[str, float] | None = None) -> pd.Series:
    return (_probabilities(given) - _forecasts()["verdict"].map(outcome or OUTCOME)) ** 2


def _own_score(given: Given) -> float:
    return float(_squares(given).mean())


def _of_the_speaker(given: Given) -> float:
    return float(_squares(given)[_forecasts()["speaker"] == given["speaker"]].mean())


def _mean_of_means(given: Given) -> float:
    own = _forecasts()["speaker"] == given["speaker"]
    return float((_squares(given)[own].mean() + _squares(given)[~own].mean()) / 2)


def _swapped(given: Given) -> float:
    return _own_score({**given, "probability": given["other"], "other": given["probability"]})


def _days_until_known(given: Given) -> tuple[int, ...]:
    """Sum the days from the article to what became known later, type by type."""
    claims = data.load("claims")
    days = (claims["later_day"] - pd.Timestamp("2022-09-12")).dt.days
    return tuple(int(days[claims["type"] == kind].sum()) for kind in TYPES)


SET = ExerciseSet(
    id="ex10_what_happened_next",
    lesson="10_what_happened_next",
    options={"speaker": SPEAKERS, "probability": HERS, "other": OTHERS},
    questions=(
        Question(
            "q1", "borne_out", 1, Number("per cent", 0.1, 0, 100), _borne_out,
            "Keep the claims of type forecast, and take the share whose verdict is borne out.",
            "10_what_happened_next, verdicts",
            (
                Diagnosis("This is a share of one: the question asks for per cent.", lambda g: _borne_out(g) / 100),
                Diagnosis("These are all claims, not only the forecasts.",
                          lambda g: float(100 * (data.load("claims")["verdict"] == "borne out").mean())),
                Diagnosis("Partly borne out is counted as borne out.",
                          lambda g: float(100 * _forecasts()["verdict"].isin(["borne out", "partly"]).mean())),
            ),
        ),
        Question(
            "q2", "by_speaker", 2, ByKey(Number("per cent", 0.1, 0, 100), keys="speakers"), _by_speaker,
            "For each speaker of a forecast, the share of that speaker's forecasts that were borne out.",
            "10_what_happened_next, verdicts",
            (
                Diagnosis("These are shares of one: the question asks for per cent.", lambda g: _by_speaker(g) / 100),
                Diagnosis("You divided by all forecasts, not by those of each speaker.",
                          lambda g: 100 * _forecasts().query("verdict == 'borne out'").groupby("speaker").size()
                          / len(_forecasts())),
                Diagnosis("These are numbers of forecasts, not shares.",
                          lambda g: _forecasts().query("verdict == 'borne out'").groupby("speaker").size()),
            ),
        ),
        Question(
            "q3", "coin", 1, Number("Brier score", 0.001, 0, 1), lambda g: _score(0.5, _forecasts()),
            "Give each forecast one half, square the difference from its outcome, and take the mean.",
            "10_what_happened_next, Brier score",
            (
                Diagnosis("You did not square the differences.",
                          lambda g: float((0.5 - _forecasts()["verdict"].map(OUTCOME)).abs().mean())),
                Diagnosis("Half outcomes are counted as whole ones or none: partly and contested are 0.5.",
                          lambda g: _score(0.5, _forecasts(), dict.fromkeys(OUTCOME, 0.0) | {"borne out": 1.0})),
                Diagnosis("You took the square root of the mean: the Brier score has none.",
                          lambda g: _score(0.5, _forecasts()) ** 0.5),
            ),
        ),
        Question(
            "q4", "own_score", 3, Number("Brier score", 0.0002, 0, 1), _own_score,
            "Give each forecast its probability first: one for your speaker, the other for all the rest; then one mean over all.",
            "10_what_happened_next, Brier score",
            (
                Diagnosis("You did not square the differences.", lambda g: float((_squares(g) ** 0.5).mean())),
                Diagnosis("The two probabilities have changed places.", _swapped),
                Diagnosis("Only the forecasts of your speaker are scored.", _of_the_speaker),
                Diagnosis("This is the mean of two means: each forecast counts alike, whoever made it.", _mean_of_means),
                Diagnosis("This is the sum of the squares, not their mean.", lambda g: float(_squares(g).sum())),
                Diagnosis("Partly and contested are 0.5, not 0.",
                          lambda g: float(_squares(g, dict.fromkeys(OUTCOME, 0.0) | {"borne out": 1.0}).mean())),
            ),
            varies=True,
        ),
        Question(
            "q5", "brier", 3, Number("Brier score", 0.0005, 0, 1), brier,
            "Square before you take the mean; leave out forecasts without an outcome; think of an empty Series.",
            "10_what_happened_next, Brier score",
            (
                Diagnosis("You did not square the differences.", _not_squared),
                Diagnosis("A forecast without an outcome is counted as if nothing had happened.", _missing_is_zero),
                Diagnosis("A forecast without an outcome still counts in the number you divide by.", _over_all),
                Diagnosis("This is the sum of the squares, not their mean.", _sum),
            ),
            cases=_cases,
        ),
    ),
    practice=(
        Practice(
            "p1", "days_until_known", Together((Whole("days", 0, 10**6),) * 3), _days_until_known,
            "Subtract 12 September 2022 from later_day, leave out what has none, and sum the days of each type.",
            "10_what_happened_next, verdicts",
        ),
    ),
)  # fmt: skip
