"""Practice of lesson 10: which forecasts can be scored, what was announced, what a miss costs."""

from collections.abc import Callable, Collection
from itertools import product

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import forecasts
from samarkand.practice.tasks._engine import Task


def _forecasts() -> pd.DataFrame:
    """Return the article's forecasts with a bool column `announced`."""
    claims = data.load("claims")
    looks = claims[claims["type"] == "forecast"].fillna({"hedge": ""})
    known = data.all_keys(data.load("announced")["claims"])
    return looks.assign(announced=looks["id"].isin(known))


def _ids(rows: pd.DataFrame) -> frozenset[str]:
    return frozenset(rows["id"])


def _unannounced() -> pd.DataFrame:
    looks = _forecasts()
    return looks[~looks["announced"]]


def _misses() -> pd.Series:
    """Return forecast probability minus outcome, with the lesson's reading of the hedges."""
    looks = _forecasts()
    return _by_sound(forecasts.SOUNDS) - looks["verdict"].map(forecasts.WORTH)


def _by_sound(numbers: dict[str, float]) -> pd.Series:
    return _forecasts()["hedge"].map(forecasts.tones()).map(numbers)


def _ids_missed(miss: pd.Series) -> frozenset[str]:
    return _ids(_forecasts()[miss > 0.2])


def _cross_table(with_: str = "verdict", known: Collection[str] | None = None) -> pd.DataFrame:
    """Cross-tabulate announced or not with a column; `known` overrides the ids that count as announced."""
    looks = _forecasts()
    told = looks["announced"] if known is None else looks["id"].isin(known)
    return pd.crosstab(told, looks[with_])


def _rivals(cost: Callable[[pd.Series], float]) -> list[float]:
    """Return the cost of the misses of three constant forecasts: 0.5, 0.9 and 1."""
    came = _forecasts()["verdict"].map(forecasts.WORTH)
    return [float(cost(always - came)) for always in (0.5, 0.9, 1)]


def _by_speaker(of: str, looks: pd.DataFrame | None = None) -> pd.Series:
    """Aggregate the outcomes by speaker, by default of the forecasts that had not been announced."""
    looks = _unannounced() if looks is None else looks
    return looks["verdict"].map(forecasts.WORTH).groupby(looks["speaker"]).agg(of)


def _mean_outcomes(*numbers: int) -> list[float]:
    """Return the mean outcome of the first forecasts, for each number of them."""
    came = _forecasts()["verdict"].map(forecasts.WORTH)
    return [float(came.head(number).mean()) for number in numbers]


def _rival() -> str:
    """Return the rule with the lowest Brier score over the forecasts that had not been announced."""
    looks = _forecasts().query("not announced")
    came = looks["verdict"].map(forecasts.WORTH)
    said = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    rules = {"article": said, "half": 0 * came + 0.5, "sure": 0 * came + 1, "base": 0 * came + came.mean()}
    scores = {rule: measures.brier(chances, came) for rule, chances in rules.items()}
    return min(scores, key=lambda rule: scores[rule])


def _count_wins() -> int:
    """Count in how many of 24 ways to keep the record the article's Brier score beats the base rate's."""
    looks = _forecasts().assign(said=lambda t: t["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS))
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
        kind=kinds.Settling(after="2022-09-12"),
        solution=lambda: ("2023-12-31", "China's customs report less trade with Russia than a year before"),
        taught="2. What would count as right?",
        right="Now a stranger could keep a record of it. Read it to your neighbour: do you both mean the same?",
        hint="Write a day and a rule, each in quotation marks, in round brackets.",
        free=True,
        typed=True,
    ),
    Task(
        "10.2",
        kind=kinds.Shown(),
        solution=_cross_table,
        taught="3. The verdicts, and the calendar",
        right="Everything that had been announced was borne out. Of the rest, a little over half was.",
        hint="isin asks of each id whether it is among the known ones.",
        mistakes=(
            Mistake(
                "That compares each id with one text. isin compares it with a list.",
                lambda: _cross_table(known=["CL02"]),
            ),
            Mistake(
                "A cell of that column may hold two ids. The list known has them one by one.",
                lambda: _cross_table(known=list(data.load("announced")["claims"])),
            ),
            Mistake(
                "That is whether a record can settle it. How was it settled? Look at verdict.",
                lambda: _cross_table("verifiable"),
            ),
        ),
    ),
    Task(
        "10.3",
        kind=kinds.Texts(tr("ids")),
        solution=lambda: _ids(_unannounced().query("verifiable == 'yes'")),
        given=lambda: _ids(_forecasts().query("verifiable == 'yes'")),
        taught="3. The verdicts, and the calendar",
        right="Of fourteen forecasts these are the ones that could have gone either way, and that somebody could score.",
        hint="Two conditions must be true at once: announced is False, and verifiable is yes.",
        mistakes=(
            Mistake(
                "Some of those can be checked only in part. You need a second condition.",
                lambda: _ids(_unannounced()),
            ),
            Mistake(
                "Those had been announced. Which had not?",
                lambda: _ids(_forecasts()[lambda t: t["announced"]].query("verifiable == 'yes'")),
            ),
            Mistake(
                "Those can be checked only in part. Which can be checked fully?",
                lambda: _ids(_unannounced().query("verifiable == 'partly'")),
            ),
            Mistake(
                "Those were borne out. Whether a forecast came true is another question than whether it could be checked.",
                lambda: _ids(_unannounced().query("verdict == 'borne out'")),
            ),
        ),
    ),
    Task(
        "10.4",
        kind=kinds.ByKey(kinds.Number(tolerance=0, low=0, high=1), keys=tr("forecasts"), key=kinds.Whole()),
        solution=lambda: _by_sound(forecasts.SOUNDS),
        given=lambda: _by_sound(dict.fromkeys(forecasts.SOUNDS, 0.5)),
        taught="4. Words into numbers: the Brier score",
        right="They are your numbers. Compare them with your neighbour's: on which word are you farthest apart?",
        hint="Give each of the four tones a number from 0 to 1.",
        free=True,
    ),
    Task(
        "10.5",
        kind=kinds.Number(tolerance=0.001),
        solution=lambda: 0.6**2,
        taught="4. Words into numbers: the Brier score",
        right="That is nearly six times the cost of the cautious word that came true.",
        hint="What was said is 0.60, what happened is 0. Take the difference, and square it.",
        mistakes=(
            Mistake(
                "That would be the cost if it had happened.",
                lambda: 0.4**2,
            ),
            Mistake(
                "That is the meeting with Putin, above. What was said now, and what happened?",
                lambda: 0.25**2,
            ),
            Mistake(
                "Square the difference: ** 2.",
                lambda: 0.6,
            ),
            Mistake(
                "You wrote a percentage. A probability is between 0 and 1.",
                lambda: 60**2,
            ),
        ),
    ),
    Task(
        "10.6",
        kind=kinds.Texts(tr("ids")),
        solution=lambda: _ids_missed(_misses().abs()),
        taught="4. Words into numbers: the Brier score",
        right="Two of the six missed by 0.4: both sounded sure, and no record can settle either.",
        hint="Take the difference, drop its sign with abs, and ask whether it is above 0.2.",
        mistakes=(
            Mistake(
                "Those sounded too sure. Drop the sign first, with abs, to get both kinds.",
                lambda: _ids_missed(_misses()),
            ),
            Mistake(
                "Those sounded too careful. Drop the sign first, with abs, to get both kinds.",
                lambda: _ids_missed(-_misses()),
            ),
            Mistake(
                "Those missed by less. Which way does the sign point?",
                lambda: _ids(_forecasts()[_misses().abs() < 0.2]),
            ),
        ),
    ),
    Task(
        "10.7",
        kind=kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        solution=lambda: _rivals(lambda miss: (miss**2).mean()),
        given=lambda: _rivals(lambda miss: miss.mean()),
        taught="4. Words into numbers: the Brier score",
        right="Two of the three score only a little worse than the article, without having read a word of it.",
        hint="Take the difference, square it, and only then the mean.",
        mistakes=(
            Mistake(
                "You took the mean first. Square each miss, then take the mean.",
                lambda: _rivals(lambda miss: miss.mean() ** 2),
            ),
            Mistake(
                "You did not square the differences.",
                lambda: _rivals(lambda miss: miss.abs().mean()),
            ),
            Mistake(
                "Those are sums. Take the mean, so that the number of forecasts does not matter.",
                lambda: _rivals(lambda miss: (miss**2).sum()),
            ),
        ),
    ),
    Task(
        "10.8",
        kind=kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        solution=lambda: [*_mean_outcomes(14, 3), -1],
        given=lambda: [14, 3, 2],
        taught="4. Words into numbers: the Brier score",
        right="A function that knows when to keep quiet. The set asks for one, too.",
        hint="Count the rows with len. If there are fewer than three, return -1; else return the mean.",
        mistakes=(
            Mistake(
                "Two rows still get a mean. Ask for len(rows) with if, and return -1.",
                lambda: _mean_outcomes(14, 3, 2),
            ),
            Mistake(
                "Three are enough: less than three is <.",
                lambda: [*_mean_outcomes(14), -1, -1],
            ),
            Mistake(
                "That is the wrong way round: which sign means fewer?",
                lambda: [-1, -1, *_mean_outcomes(2)],
            ),
        ),
    ),
    Task(
        "10.9",
        kind=kinds.ByKey(kinds.Number(tolerance=0.001), keys=tr("speakers")),
        solution=lambda: _by_speaker("mean"),
        taught="4. Words into numbers: the Brier score",
        right="High for all three. But three forecasts of the newsroom, or two of an expert, are no record.",
        hint="Keep the rows that had not been announced, make groups, and take the mean of came.",
        mistakes=(
            Mistake(
                "Those are all fourteen. Keep what had not been announced: ~.",
                lambda: _by_speaker("mean", _forecasts()),
            ),
            Mistake(
                "That is how many forecasts each made.",
                lambda: _by_speaker("count"),
            ),
            Mistake(
                "Those are points. The mean of each group is a share.",
                lambda: _by_speaker("sum"),
            ),
            Mistake(
                "Those are percentages. Give shares from 0 to 1.",
                lambda: 100 * _by_speaker("mean"),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "10.verdicts": lambda: int((_forecasts()["verdict"] == "borne out").sum()),
    "10.calendar": lambda: int(_forecasts()["announced"].sum()),
    "10.rival": _rival,
    "10.beats": _count_wins,
}
