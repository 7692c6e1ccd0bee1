"""Practice of lesson 10: which forecasts can be scored, what was announced, what a miss costs."""

from collections.abc import Callable, Collection
from itertools import product

import pandas as pd

from samarkand import data, measures
from samarkand.answers import kinds
from samarkand.common.words import tr
from samarkand.practice import forecasts
from samarkand.practice.tasks._engine import task


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
    task(
        "10.1",
        kinds.Settling(after="2022-09-12"),
        lambda: ("2023-12-31", "China's customs report less trade with Russia than a year before"),
    ),
    task(
        "10.2",
        kinds.Shown(),
        _cross_table,
        compares_each=lambda: _cross_table(known=["CL02"]),
        whole_cells=lambda: _cross_table(known=list(data.load("announced")["claims"])),
        verifiable=lambda: _cross_table("verifiable"),
    ),
    task(
        "10.3",
        kinds.Texts(tr("ids")),
        lambda: _ids(_unannounced().query("verifiable == 'yes'")),
        given=lambda: _ids(_forecasts().query("verifiable == 'yes'")),
        partly_too=lambda: _ids(_unannounced()),
        announced=lambda: _ids(_forecasts()[lambda t: t["announced"]].query("verifiable == 'yes'")),
        partly=lambda: _ids(_unannounced().query("verifiable == 'partly'")),
        borne_out=lambda: _ids(_unannounced().query("verdict == 'borne out'")),
    ),
    task(
        "10.4",
        kinds.ByKey(kinds.Number(tolerance=0, low=0, high=1), keys=tr("forecasts"), key=kinds.Whole()),
        lambda: _by_sound(forecasts.SOUNDS),
        given=lambda: _by_sound(dict.fromkeys(forecasts.SOUNDS, 0.5)),
    ),
    task(
        "10.5",
        kinds.Number(tolerance=0.001),
        lambda: 0.6**2,
        if_it_had_happened=lambda: 0.4**2,
        meeting_putin=lambda: 0.25**2,
        not_squared=lambda: 0.6,
        per_cent=lambda: 60**2,
    ),
    task(
        "10.6",
        kinds.Texts(tr("ids")),
        lambda: _ids_missed(_misses().abs()),
        said_more=lambda: _ids_missed(_misses()),
        said_less=lambda: _ids_missed(-_misses()),
        missed_less=lambda: _ids(_forecasts()[_misses().abs() < 0.2]),
    ),
    task(
        "10.7",
        kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        lambda: _rivals(lambda miss: (miss**2).mean()),
        given=lambda: _rivals(lambda miss: miss.mean()),
        mean_first=lambda: _rivals(lambda miss: miss.mean() ** 2),
        not_squared=lambda: _rivals(lambda miss: miss.abs().mean()),
        sums=lambda: _rivals(lambda miss: (miss**2).sum()),
    ),
    task(
        "10.8",
        kinds.Together((kinds.Number(tolerance=0.001),) * 3),
        lambda: [*_mean_outcomes(14, 3), -1],
        given=lambda: [14, 3, 2],
        ask_yet=lambda: _mean_outcomes(14, 3, 2),
        three_enough=lambda: [*_mean_outcomes(14), -1, -1],
        wrong_way=lambda: [-1, -1, *_mean_outcomes(2)],
    ),
    task(
        "10.9",
        kinds.ByKey(kinds.Number(tolerance=0.001), keys=tr("speakers")),
        lambda: _by_speaker("mean"),
        fourteen=lambda: _by_speaker("mean", _forecasts()),
        forecasts_each=lambda: _by_speaker("count"),
        points=lambda: _by_speaker("sum"),
        percentages=lambda: 100 * _by_speaker("mean"),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "10.verdicts": lambda: int((_forecasts()["verdict"] == "borne out").sum()),
    "10.calendar": lambda: int(_forecasts()["announced"].sum()),
    "10.rival": _rival,
    "10.beats": _count_wins,
}
