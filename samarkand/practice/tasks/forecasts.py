"""Practice of lesson 10: which forecasts can be scored, what was announced, what a miss costs."""

from collections.abc import Callable, Collection
from itertools import product

import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.practice import forecasts
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task


def _looks() -> pd.DataFrame:
    """Return the article's forecasts with a bool column `announced`."""
    claims = data.load("claims")
    looks = claims[claims["type"] == "forecast"].fillna({"hedge": ""})
    known = data.all_keys(data.load("announced")["claims"])
    return looks.assign(announced=looks["id"].isin(known))


def _ids(rows: pd.DataFrame) -> frozenset[str]:
    return frozenset(rows["id"])


def _open() -> pd.DataFrame:
    looks = _looks()
    return looks[~looks["announced"]]


def _misses() -> pd.Series:
    """Return forecast probability minus outcome, with the lesson's reading of the hedges."""
    looks = _looks()
    return _sounds(forecasts.SOUNDS) - looks["verdict"].map(forecasts.WORTH)


def _sounds(numbers: dict[str, float]) -> pd.Series:
    return _looks()["hedge"].map(forecasts.tones()).map(numbers)


def _missed(miss: pd.Series) -> frozenset[str]:
    return _ids(_looks()[miss > 0.2])


def _crossed(with_: str = "verdict", known: Collection[str] | None = None) -> pd.DataFrame:
    """Cross-tabulate announced or not with a column; `known` overrides the ids that count as announced."""
    looks = _looks()
    told = looks["announced"] if known is None else looks["id"].isin(known)
    return pd.crosstab(told, looks[with_])


def _rivals(cost: Callable[[pd.Series], float]) -> list[float]:
    """Return the cost of the misses of three constant forecasts: 0.5, 0.9 and 1."""
    came = _looks()["verdict"].map(forecasts.WORTH)
    return [float(cost(always - came)) for always in (0.5, 0.9, 1)]


def _by_speaker(of: str, looks: pd.DataFrame | None = None) -> pd.Series:
    """Aggregate the outcomes by speaker, by default of the forecasts that had not been announced."""
    looks = _open() if looks is None else looks
    return looks["verdict"].map(forecasts.WORTH).groupby(looks["speaker"]).agg(of)


def _true_of(*numbers: int) -> list[float]:
    """Return the mean outcome of the first forecasts, for each number of them."""
    came = _looks()["verdict"].map(forecasts.WORTH)
    return [float(came.head(number).mean()) for number in numbers]


def _rival() -> str:
    """Return the rule with the lowest Brier score over the forecasts that had not been announced."""
    looks = _looks().query("not announced")
    came = looks["verdict"].map(forecasts.WORTH)
    said = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    rules = {"article": said, "half": 0 * came + 0.5, "sure": 0 * came + 1, "base": 0 * came + came.mean()}
    scores = {rule: measures.brier(chances, came) for rule, chances in rules.items()}
    return min(scores, key=lambda rule: scores[rule])


def _beats() -> int:
    """Count the ways, of 24 to keep the record, in which the article's Brier score beats the base rate."""
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


_RIGHT, _CALENDAR = "2. What would count as right?", "3. The verdicts, and the calendar"
_SCORE = "4. Words into numbers: the Brier score"

TASKS = (
    Task(
        "10.1",
        kinds.Settling(after="2022-09-12"),
        lambda: ("2023-12-31", "China's customs report less trade with Russia than a year before"),
        right=tr(
            "Now a stranger could keep a record of it. Read it to your neighbour: do you both mean the same?"
        ),
        hint=tr("Write a day and a rule, each in quotation marks, in round brackets."),
        taught=_RIGHT,
        free=True,
    ),
    Task(
        "10.2",
        kinds.Shown(),
        _crossed,
        right=tr("Everything that had been announced was borne out. Of the rest, a little over half was."),
        hint=tr("isin asks of each id whether it is among the known ones."),
        diagnoses=(
            Diagnosis(
                tr("That compares each id with one text. isin compares it with a list."),
                lambda: _crossed(known=["CL02"]),
            ),
            Diagnosis(
                tr("A cell of that column may hold two ids. The list known has them one by one."),
                lambda: _crossed(known=list(data.load("announced")["claims"])),
            ),
            Diagnosis(
                tr("That is whether a record can settle it. How was it settled? Look at verdict."),
                lambda: _crossed("verifiable"),
            ),
        ),
        taught=_CALENDAR,
    ),
    Task(
        "10.3",
        kinds.Texts(tr("ids")),
        lambda: _ids(_open().query("verifiable == 'yes'")),
        right=tr(
            "Of fourteen forecasts these are the ones that could have gone either way, and that somebody "
            "could score."
        ),
        hint=tr("Two conditions must be true at once: announced is False, and verifiable is yes."),
        diagnoses=(
            Diagnosis(
                tr("Some of those can be checked only in part. You need a second condition."),
                lambda: _ids(_open()),
            ),
            Diagnosis(
                tr("Those had been announced. Which had not?"),
                lambda: _ids(_looks()[lambda t: t["announced"]].query("verifiable == 'yes'")),
            ),
            Diagnosis(
                tr("Those can be checked only in part. Which can be checked fully?"),
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
        taught=_CALENDAR,
        given=lambda: _ids(_looks().query("verifiable == 'yes'")),
    ),
    Task(
        "10.4",
        kinds.ByKey(kinds.Number(tolerance=0, low=0, high=1), keys=tr("forecasts"), key=kinds.Whole()),
        lambda: _sounds(forecasts.SOUNDS),
        right=tr(
            "They are your numbers. Compare them with your neighbour's: on which word are you farthest apart?"
        ),
        hint=tr("Give each of the four tones a number from 0 to 1."),
        taught=_SCORE,
        given=lambda: _sounds(dict.fromkeys(forecasts.SOUNDS, 0.5)),
        free=True,
    ),
    Task(
        "10.5",
        kinds.Number(tolerance=0.001),
        lambda: 0.6**2,
        right=tr("That is nearly six times the cost of the cautious word that came true."),
        hint=tr("What was said is 0.60, what happened is 0. Take the difference, and square it."),
        diagnoses=(
            Diagnosis(tr("That would be the cost if it had happened."), lambda: 0.4**2),
            Diagnosis(
                tr("That is the meeting with Putin, above. What was said now, and what happened?"),
                lambda: 0.25**2,
            ),
            Diagnosis(tr("Square the difference: ** 2."), lambda: 0.6),
            Diagnosis(tr("You wrote a percentage. A probability is between 0 and 1."), lambda: 60**2),
        ),
        taught=_SCORE,
    ),
    Task(
        "10.6",
        kinds.Texts(tr("ids")),
        lambda: _missed(_misses().abs()),
        right=tr("Two of the six missed by 0.4: both sounded sure, and no record can settle either."),
        hint=tr("Take the difference, drop its sign with abs, and ask whether it is above 0.2."),
        diagnoses=(
            Diagnosis(
                tr("Those said more than what came true. Drop the sign first, with abs, to get both kinds."),
                lambda: _missed(_misses()),
            ),
            Diagnosis(
                tr("Those said less than what came true. Drop the sign first, with abs, to get both kinds."),
                lambda: _missed(-_misses()),
            ),
            Diagnosis(
                tr("Those missed by less. Which way does the sign point?"),
                lambda: _ids(_looks()[_misses().abs() < 0.2]),
            ),
        ),
        taught=_SCORE,
    ),
    Task(
        "10.7",
        kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        lambda: _rivals(lambda miss: (miss**2).mean()),
        right=tr(
            "Two of the three score only a little worse than the article, without having read a word of it."
        ),
        hint=tr("Take the difference, square it, and only then the mean."),
        diagnoses=(
            Diagnosis(
                tr("You took the mean first. Square each miss, then take the mean."),
                lambda: _rivals(lambda miss: miss.mean() ** 2),
            ),
            Diagnosis(
                tr("You did not square the differences."), lambda: _rivals(lambda miss: miss.abs().mean())
            ),
            Diagnosis(
                tr("Those are sums. Take the mean, so that the number of forecasts does not matter."),
                lambda: _rivals(lambda miss: (miss**2).sum()),
            ),
        ),
        taught=_SCORE,
        given=lambda: _rivals(lambda miss: miss.mean()),
    ),
    Task(
        "10.8",
        kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        lambda: [*_true_of(14, 3), -1],
        right=tr("A function that knows when to keep quiet. The set asks for one, too."),
        hint=tr("Count the rows with len. If there are fewer than three, return -1; else return the mean."),
        diagnoses=(
            Diagnosis(tr("It does not ask yet how many rows there are: if."), lambda: _true_of(14, 3, 2)),
            Diagnosis(tr("Three are enough: less than three is <."), lambda: [*_true_of(14), -1, -1]),
            Diagnosis(
                tr("That is the wrong way round: which sign means fewer?"), lambda: [-1, -1, *_true_of(2)]
            ),
        ),
        taught=_SCORE,
        given=lambda: [14, 3, 2],
    ),
    Task(
        "10.9",
        kinds.ByKey(kinds.Number(tolerance=0.001), keys=tr("speakers")),
        lambda: _by_speaker("mean"),
        right=tr(
            "High for all three. But three forecasts of the newsroom, or two of an expert, are no record."
        ),
        hint=tr("Keep the rows that had not been announced, make groups, and take the mean of came."),
        diagnoses=(
            Diagnosis(
                tr("Those are all fourteen. Keep what had not been announced: ~."),
                lambda: _by_speaker("mean", _looks()),
            ),
            Diagnosis(tr("That is how many forecasts each made."), lambda: _by_speaker("count")),
            Diagnosis(tr("Those are points. The mean of each group is a share."), lambda: _by_speaker("sum")),
            Diagnosis(
                tr("Those are percentages. Give shares from 0 to 1."), lambda: 100 * _by_speaker("mean")
            ),
        ),
        taught=_SCORE,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "10.verdicts": lambda: int((_looks()["verdict"] == "borne out").sum()),
    "10.calendar": lambda: int(_looks()["announced"].sum()),
    "10.rival": _rival,
    "10.beats": _beats,
}
