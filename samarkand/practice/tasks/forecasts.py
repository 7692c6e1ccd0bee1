"""Practice of lesson 10: which forecasts can be scored, what was announced, what a miss costs."""

from collections.abc import Collection
from itertools import product
from typing import Any

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn, forecasts
from samarkand.practice.tasks._engine import Task


def _load_forecasts() -> pd.DataFrame:
    """Return the article's forecasts with a bool column `announced`."""
    claims = data.load("claims")
    looks = claims[claims["type"] == "forecast"].fillna({"hedge": ""})
    known = data.all_keys(data.load("announced")["claims"])
    return looks.assign(announced=looks["id"].isin(known))


def _list_ids(rows: pd.DataFrame) -> frozenset[str]:
    """Return the ids of forecasts."""
    return frozenset(rows["id"])


def _choose_announced() -> pd.DataFrame:
    """Return the forecasts of what had been announced."""
    looks = _load_forecasts()
    return looks[looks["announced"]]


def _choose_unannounced() -> pd.DataFrame:
    """Return the forecasts of what had not been announced."""
    looks = _load_forecasts()
    return looks[~looks["announced"]]


def _measure_misses() -> pd.Series:
    """Return forecast probability minus outcome, with the lesson's reading of the hedges."""
    looks = _load_forecasts()
    return _group_by_sound(forecasts.SOUNDS) - looks["verdict"].map(forecasts.WORTH)


def _group_by_sound(numbers: dict[str, float]) -> pd.Series:
    return _load_forecasts()["hedge"].map(forecasts.tones()).map(numbers)


def _cross_table(with_: str = "verdict", known: Collection[str] | None = None) -> pd.DataFrame:
    """Cross-tabulate announced or not with a column; `known` overrides the ids that count as announced."""
    looks = _load_forecasts()
    told = looks["announced"] if known is None else looks["id"].isin(known)
    return pd.crosstab(told, looks[with_])


def _find_outcomes() -> pd.Series:
    """Return what became of each forecast: 1, 0, or one half."""
    return _load_forecasts()["verdict"].map(forecasts.WORTH)


def _misses_of(always: float) -> pd.Series:
    """Return probability minus outcome of a rival who says the same to every forecast."""
    misses: pd.Series = always - _find_outcomes()
    return misses


def _score_constant(always: float) -> float:
    """Return the Brier score of a rival who says the same to every forecast."""
    return float((_misses_of(always) ** 2).mean())


def _sum_squares(misses: pd.Series) -> float:
    return float((misses**2).sum())


def _choose_later() -> pd.DataFrame:
    """Return the forecasts that were settled after September 2022."""
    looks = _load_forecasts()
    return looks[looks["verdict_day"] > "2022-09-30"]


def _group_by_speaker(figures: pd.Series) -> Any:
    """Return figures of forecasts, of those alone that were settled later, in groups by their speakers."""
    later = _choose_later()
    return figures[later.index].groupby(later["speaker"])


def _costs_by_speaker(looks: pd.DataFrame) -> pd.Series:
    """Return the Brier score of each speaker over some of the forecasts."""
    costs = (_measure_misses() ** 2)[looks.index]
    scores: pd.Series = costs.groupby(looks["speaker"]).mean()
    return scores


def _days_as_texts() -> pd.Series:
    days: pd.Series = _load_forecasts()["verdict_day"].dt.strftime("%d.%m.%Y")
    return days


def _write_forecasts() -> str:
    """Return the text of ``forecasts.csv``: semicolons, days with the day first, and a note below."""
    looks = _load_forecasts()
    rows = pd.DataFrame(
        {
            "id": looks["id"],
            "speaker": looks["speaker"],
            "settled": _days_as_texts(),
            "said": _group_by_sound(forecasts.SOUNDS),
            "came": _find_outcomes(),
        }
    )
    note = "Said: how sure the words sound to us. Came: what became of it, by our verdict. The article gives no numbers."
    return rows.to_csv(index=False, sep=";", lineterminator="\n") + note + "\n"


def _find_best_rival() -> str:
    """Return the rule with the lowest Brier score over the forecasts that had not been announced."""
    looks = _load_forecasts().query("not announced")
    outcomes = looks["verdict"].map(forecasts.WORTH)
    of_article = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    scores = {
        "article": measures.brier(of_article, outcomes),
        "half": measures.brier(_repeat(0.5, outcomes), outcomes),
        "sure": measures.brier(_repeat(1.0, outcomes), outcomes),
        "base": measures.brier(_repeat(outcomes.mean(), outcomes), outcomes),
    }
    return min(scores, key=lambda rule: scores[rule])


def _repeat(chance: float, outcomes: pd.Series) -> pd.Series:
    """Return the forecasts of a rival who says the same chance, from 0 to 1, of each outcome."""
    return pd.Series(chance, index=outcomes.index)


def _count_wins() -> int:
    """Count in how many of 24 ways to keep the record the article's Brier score beats the base rate's."""
    looks = _load_forecasts()
    of_article = looks["hedge"].map(forecasts.tones()).map(forecasts.SOUNDS)
    every = looks["id"] != ""
    settled = looks["verifiable"] == "yes"
    new = ~looks["announced"]
    ways_to_choose = (every, new, settled, settled & new)
    worths_of_contested = (0.5, 0.0, None)  # None: it is not counted
    verdicts_on_disputed = ("borne out", "partly")
    wins = 0
    for chosen, contested, verdict in product(ways_to_choose, worths_of_contested, verdicts_on_disputed):
        verdicts = looks["verdict"].mask(looks["id"] == "CL61", verdict)
        worths = forecasts.WORTH | {"contested": contested}
        outcomes = verdicts.map(worths).astype("float64")[chosen].dropna()
        score = measures.brier(of_article[outcomes.index], outcomes)
        if score < measures.brier(_repeat(outcomes.mean(), outcomes), outcomes):
            wins += 1
    return wins


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
        hint="crosstab takes two columns: announced for the rows, and the verdicts beside it.",
        mistakes=(
            Mistake(
                "That is the example. Which column says what became of a forecast?",
                lambda: pd.crosstab(_load_forecasts()["speaker"], _load_forecasts()["announced"]),
            ),
            Mistake(
                "That is who made them. Which column says what became of a forecast?",
                lambda: _cross_table("speaker"),
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
        solution=lambda: _list_ids(_choose_unannounced().query("verifiable == 'yes'")),
        taught="3. The verdicts, and the calendar",
        right="Of fourteen forecasts these are the ones that could have gone either way, and that somebody could score.",
        hint="Two conditions must be true at once: announced is False, and verifiable is yes.",
        mistakes=(
            Mistake(
                "Some of those can be checked only in part. You need a second condition.",
                lambda: _list_ids(_choose_unannounced()),
            ),
            Mistake(
                "Some of those had been announced. You need a second condition.",
                lambda: _list_ids(_load_forecasts().query("verifiable == 'yes'")),
            ),
            Mistake(
                "That is the example: what the newsroom wrote. Ask about verifiable in place of the speaker.",
                lambda: _list_ids(_choose_unannounced().query("speaker == 'narrator'")),
            ),
            Mistake(
                "Those had been announced. Which had not?",
                lambda: _list_ids(_choose_announced().query("verifiable == 'yes'")),
            ),
            Mistake(
                "Those can be checked only in part. Which can be checked fully?",
                lambda: _list_ids(_choose_unannounced().query("verifiable == 'partly'")),
            ),
            Mistake(
                "Those were borne out. Whether a forecast came true is another question than whether it could be checked.",
                lambda: _list_ids(_choose_unannounced().query("verdict == 'borne out'")),
            ),
        ),
    ),
    Task(
        "10.4",
        kind=kinds.ByKey(kinds.Number(tolerance=0, low=0, high=1), keys=tr("forecasts"), key=kinds.Whole()),
        solution=lambda: _group_by_sound(forecasts.SOUNDS),
        given=lambda: _group_by_sound(dict.fromkeys(forecasts.SOUNDS, 0.5)),
        taught="4. Words into numbers: the Brier score",
        right="They are your numbers. Compare them with your neighbour's: on which word are you farthest apart?",
        hint="Give each of the four tones a number from 0 to 1.",
        free=True,
    ),
    Task(
        "10.5",
        kind=kinds.Number(tolerance=0.001),
        solution=lambda: _score_constant(0.5),
        taught="4. Words into numbers: the Brier score",
        right="The article does much better than a coin. That is not hard: most of the fourteen came true.",
        hint="Take the difference, square it, and only then the mean.",
        mistakes=(
            Mistake(
                "You took the mean first. Square each miss, then take the mean.",
                lambda: _misses_of(0.5).mean() ** 2,
            ),
            Mistake(
                "You did not square the differences.",
                lambda: _misses_of(0.5).mean(),
            ),
            Mistake(
                "You dropped the signs, and did not square the differences.",
                lambda: _misses_of(0.5).abs().mean(),
            ),
            Mistake(
                "That is a sum. Take the mean, so that the number of forecasts does not matter.",
                lambda: _sum_squares(_misses_of(0.5)),
                seen_in=r"\bsum\b",
            ),
            Mistake(
                "That is the article's own score. What does the coin say?",
                lambda: float((_measure_misses() ** 2).mean()),
            ),
        ),
    ),
    Task(
        "10.6",
        kind=kinds.Number(tolerance=0.001),
        solution=lambda: _score_constant(_find_outcomes().mean()),
        taught="4. Words into numbers: the Brier score",
        right="Nearly as good as the article, without having read a word of it.",
        hint="Work out the base rate first. Then it is the line for the coin, with the base rate in it.",
        mistakes=(
            Mistake(
                "That is the base rate itself. How much do its misses cost?",
                lambda: _find_outcomes().mean(),
            ),
            Mistake(
                "That is the coin again. Put base in place of its number.",
                lambda: _score_constant(0.5),
            ),
            Mistake(
                "You dropped the signs, and did not square the differences.",
                lambda: _misses_of(_find_outcomes().mean()).abs().mean(),
            ),
            Mistake(
                "That is a sum. Take the mean, so that the number of forecasts does not matter.",
                lambda: _sum_squares(_misses_of(_find_outcomes().mean())),
                seen_in=r"\bsum\b",
            ),
            Mistake(
                "That is the base rate of those that had not been announced. Take all fourteen.",
                lambda: _score_constant(_choose_unannounced()["verdict"].map(forecasts.WORTH).mean()),
            ),
        ),
    ),
    Task(
        "10.7",
        kind=kinds.Bars(kinds.Number(tolerance=0.001), keys=tr("speakers")),
        solution=lambda: drawn.make_bars(_costs_by_speaker(_choose_later())),
        taught="4. Words into numbers: the Brier score",
        right="You read that alone. The newsroom's one forecast was on a calendar; two for an expert are no record.",
        hint="Read, make days, square the misses, keep the later rows, and take the mean for each speaker.",
        mistakes=(
            Mistake(
                "Those are all fourteen. Keep what was settled after the day in the question.",
                lambda: drawn.make_bars(_costs_by_speaker(_load_forecasts())),
            ),
            Mistake(
                "That is what was settled earlier. Which way does the sign point?",
                lambda: drawn.make_bars(_costs_by_speaker(_load_forecasts().drop(_choose_later().index))),
            ),
            Mistake(
                "Texts were compared with a text, sign by sign. Make days of the column settled first.",
                lambda: drawn.make_bars(
                    _costs_by_speaker(_load_forecasts()[_days_as_texts() > "2022-09-30"])
                ),
            ),
            Mistake(
                "Those are the misses, with their signs. Square each of them before you take the mean.",
                lambda: drawn.make_bars(_group_by_speaker(_measure_misses()).mean()),
            ),
            Mistake(
                "Those are sums. The mean of each group is a score.",
                lambda: drawn.make_bars(_group_by_speaker(_measure_misses() ** 2).sum()),
            ),
            Mistake(
                "That is how many forecasts each made.",
                lambda: drawn.make_bars(_choose_later().groupby("speaker").size()),
            ),
        ),
    ),
)
#: The plain files of the lesson's practice, with what writes them.
FILES = {"forecasts.csv": _write_forecasts}
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "10.verdicts": lambda: int((_load_forecasts()["verdict"] == "borne out").sum()),
    "10.calendar": lambda: int(_load_forecasts()["announced"].sum()),
    "10.rival": _find_best_rival,
    "10.beats": _count_wins,
}
