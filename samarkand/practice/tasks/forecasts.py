"""Practice of lesson 10: which forecasts can be scored, how many came true, what a fixed number scores."""

from itertools import product

import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.practice import forecasts
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

#: What the forecaster of task 10.3 says to everything.
SAID = 0.9


def _looks() -> pd.DataFrame:
    """Return the article's forecasts, with a column that says whether they had been announced."""
    claims = data.load("claims")
    looks = claims[claims["type"] == "forecast"].fillna({"hedge": ""})
    known = data.all_keys(data.load("announced")["claims"])
    return looks.assign(announced=looks["id"].isin(known))


def _ids(rows: pd.DataFrame) -> frozenset[str]:
    return frozenset(rows["id"])


def _share(rows: pd.DataFrame, *verdicts: str) -> float:
    """Return the share of rows with one of these verdicts, in per cent."""
    return float(100 * rows["verdict"].isin(verdicts or ("borne out",)).mean())


def _open() -> pd.DataFrame:
    looks = _looks()
    return looks[~looks["announced"]]


def _misses(rows: pd.DataFrame, said: float = SAID, **worth: float) -> pd.Series:
    """Return what was said minus what came, one figure a forecast."""
    return said - rows["verdict"].map(forecasts.WORTH | worth)


def _brier(rows: pd.DataFrame, said: float = SAID, **worth: float) -> float:
    return float((_misses(rows, said, **worth) ** 2).mean())


def _rival() -> str:
    """Return who has the lowest Brier score over what had not been announced."""
    looks = _looks().query("not announced")
    came = looks["verdict"].map(forecasts.WORTH)
    said = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    rules = {"report": said, "half": 0 * came + 0.5, "sure": 0 * came + 1, "base": 0 * came + came.mean()}
    scores = {rule: measures.brier(chances, came) for rule, chances in rules.items()}
    return min(scores, key=lambda rule: scores[rule])


def _beats() -> int:
    """Count in how many of 24 ways to keep the record the report beats the base rate, by Brier score."""
    looks = _looks().assign(said=lambda t: t["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS))
    every, settled = looks["id"] != "", looks["verifiable"] == "yes"
    kept = (every, ~looks["announced"], settled, settled & ~looks["announced"])
    found = 0
    for rows, undecided, strict in product(kept, (0.5, 0.0, None), ("borne out", "partly")):
        verdict = looks["verdict"].mask(looks["id"] == "CL61", strict)
        came = verdict.map(forecasts.WORTH | {"contested": undecided}).astype("float64")[rows].dropna()
        rival = 0 * came + came.mean()
        found += measures.brier(looks["said"][came.index], came) < measures.brier(rival, came)
    return found


TASKS = (
    Task(
        "10.1",
        kinds.Texts(tr("ids")),
        lambda: _ids(_open().query("verifiable == 'yes'")),
        right=tr(
            "Of fourteen forecasts these are the ones that could have gone either way, and that somebody "
            "could score."
        ),
        hint=tr("Two conditions must hold at once: announced is False, and verifiable is yes."),
        diagnoses=(
            Diagnosis(
                tr("Some of those had been announced: a second condition is missing."),
                lambda: _ids(_looks().query("verifiable == 'yes'")),
            ),
            Diagnosis(
                tr("Some of those can be checked only partly: a second condition is missing."),
                lambda: _ids(_open()),
            ),
            Diagnosis(
                tr("Those had been announced. Which had not?"),
                lambda: _ids(_looks()[lambda t: t["announced"]].query("verifiable == 'yes'")),
            ),
            Diagnosis(
                tr("Those can be checked only partly. Which can be checked?"),
                lambda: _ids(_open().query("verifiable == 'partly'")),
            ),
            Diagnosis(
                tr(
                    "Those were borne out. Whether a forecast came true is another question than whether it"
                    " could be checked."
                ),
                lambda: _ids(_open().query("verdict == 'borne out'")),
            ),
        ),
        taught="2. What would count as right?",
    ),
    Task(
        "10.2",
        kinds.PerCent(0.1),
        lambda: _share(_open()),
        right=tr("A little over half: without the calendar the report looks much less sure."),
        hint=tr("Keep the rows that had not been announced, and take the share whose verdict is borne out."),
        diagnoses=(
            Diagnosis(
                tr("That is a share of 1. In per cent it is a hundred times as much."),
                lambda: _share(_open()) / 100,
            ),
            Diagnosis(
                tr("That is the share of all fourteen. Which of them had been announced?"),
                lambda: _share(_looks()),
            ),
            Diagnosis(tr("That counts partly as borne out."), lambda: _share(_open(), "borne out", "partly")),
            Diagnosis(
                tr(
                    "That is the share of the forecasts borne out that had not been announced. Divide by "
                    "all that had not."
                ),
                lambda: (
                    100
                    * len(_open().query("verdict == 'borne out'"))
                    / len(_looks().query("verdict == 'borne out'"))
                ),
            ),
            Diagnosis(
                tr("That is how many there are, not their share."),
                lambda: len(_open().query("verdict == 'borne out'")),
            ),
            Diagnosis(
                tr("You divided by all fourteen. Divide by those that had not been announced."),
                lambda: 100 * len(_open().query("verdict == 'borne out'")) / len(_looks()),
            ),
        ),
        taught="3. The verdicts, and the calendar",
    ),
    Task(
        "10.3",
        kinds.Number(tolerance=0.001),
        lambda: _brier(_looks()),
        right=tr("Much better than a coin, without reading a word of the report."),
        hint=tr("Take 0.9 minus each outcome, square it, and take the mean."),
        diagnoses=(
            Diagnosis(
                tr("You did not square the differences."), lambda: float(_misses(_looks()).abs().mean())
            ),
            Diagnosis(
                tr(
                    "You took the mean of the differences themselves: misses in both directions cancel out."
                    " Square them first."
                ),
                lambda: float(_misses(_looks()).mean()),
            ),
            Diagnosis(
                tr("You took the root of the mean: the Brier score has none."),
                lambda: _brier(_looks()) ** 0.5,
            ),
            Diagnosis(
                tr("That is the sum of the squares. Divide by how many there are."),
                lambda: float((_misses(_looks()) ** 2).sum()),
            ),
            Diagnosis(
                tr("You wrote 90, a number of per cent. A probability lies between 0 and 1."),
                lambda: _brier(_looks(), 90.0),
            ),
            Diagnosis(
                tr("Partly and contested are counted as 0. They count one half."),
                lambda: _brier(_looks(), partly=0.0, contested=0.0),
            ),
            Diagnosis(
                tr("Partly and contested are left out, or counted as 1. They count one half."),
                lambda: _brier(_looks(), partly=1.0, contested=1.0),
            ),
            Diagnosis(
                tr("That is the score without what had been announced. All fourteen are asked for."),
                lambda: _brier(_open()),
            ),
            Diagnosis(tr("That is the score of who always says 50 per cent."), lambda: _brier(_looks(), 0.5)),
        ),
        taught="4. Words into numbers: the Brier score",
    ),
)
#: What the predictions of the lesson come to.
RESULTS = {
    "10.verdicts": lambda: int((_looks()["verdict"] == "borne out").sum()),
    "10.calendar": lambda: int(_looks()["announced"].sum()),
    "10.rival": _rival,
    "10.beats": _beats,
}
