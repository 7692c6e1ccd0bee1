"""Checks of set 10, what happened next: scoring forecasts."""

import itertools
import random
from functools import cache

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Number, PerCent
from samarkand_grading.marking.checks import Given, asked, exercise, spread
from samarkand_grading.marking.inputs import Case

#: Outcome of a forecast as a number, by verdict.
OUTCOME = {"borne out": 1.0, "partly": 0.5, "contested": 0.5, "not borne out": 0.0}
NO_HALVES = dict.fromkeys(OUTCOME, 0.0) | {"borne out": 1.0}
HERS = [0.56, 0.59, 0.61, 0.65, 0.75, 0.79, 0.83, 0.84, 0.87]
OTHERS = [0.55, 0.58, 0.63, 0.72, 0.73, 0.74, 0.85, 0.9, 0.93]
SPEAKERS = ["narrator", "Niva Yau"]
TYPES = ("fact", "interpretation", "forecast")
BORNE_OUT = f"verdict == 'borne out' and type in {TYPES}"


@cache
def _forecasts() -> pd.DataFrame:
    return data.load("claims").query("type == 'forecast'")


def _came_true(claims: pd.DataFrame) -> float:
    return float(100 * (claims["verdict"] == "borne out").mean())


def _checkable(claims: pd.DataFrame) -> pd.DataFrame:
    return claims[claims["verifiable"] == "yes"]


def _outside(given: Given) -> pd.DataFrame:
    """Return the claims outside the ten paragraphs."""
    claims = data.load("claims")
    return claims[~claims["block"].isin(given["blocks"])]


def _inside(given: Given) -> pd.DataFrame:
    claims = _checkable(data.load("claims"))
    return claims[claims["block"].isin(given["blocks"])]


def _borne_out(given: Given) -> float:
    return _came_true(_checkable(_outside(given)))


def _by_type(claims: pd.DataFrame, types: tuple[str, ...] = TYPES) -> pd.Series:
    """Return the per cent of claims borne out, by type."""
    kept = claims[claims["type"].isin(types)]
    return 100 * (kept["verdict"] == "borne out").groupby(kept["type"]).mean()


def _groups() -> list[list[str]]:
    """Draw groups of ten paragraphs to leave out, for which the shares of the three types differ."""
    blocks = data.load("blocks").query("kind == 'paragraph'")["block"].tolist()
    draws = (sorted(random.Random(number).sample(blocks, 10)) for number in range(2000))
    shares = ((group, _by_type(_outside({"blocks": group}))) for group in draws)
    told_apart = ((group, each) for group, each in shares if each.nunique() == 3)
    found = spread(told_apart, lambda one: (round(_borne_out({"blocks": one[0]}), 1), *one[1].round(1)))
    return [group for group, _ in itertools.islice(found, 60)]


def _score(probability: float, forecasts: pd.DataFrame, outcome: dict[str, float] | None = None) -> float:
    happened = forecasts["verdict"].map(outcome or OUTCOME)
    return float(((probability - happened) ** 2).mean())


SCORE = Number("Brier score", 0.0002, 0, 1)


def _shown(probability: float) -> bool:
    """Return whether the score rounded to three decimals, as the lesson shows it, would be accepted."""
    score = _score(probability, _forecasts())
    return SCORE.same(round(score, 3), score)


CONSTANTS = [n / 100 for n in range(11, 90) if n % 10 and n != 51 and not _shown(n / 100)]


def _mean(misses: pd.Series) -> float:
    return float(misses.mean()) if misses.notna().any() else 0.0


def brier(forecasts: pd.Series, outcomes: pd.Series) -> float:
    """Return the Brier score over the forecasts that have an outcome; 0 if none has."""
    return _mean((forecasts - outcomes) ** 2)


def _missing_is_zero(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return brier(forecasts, outcomes.fillna(0))


def _sum(forecasts: pd.Series, outcomes: pd.Series) -> float:
    return float(((forecasts - outcomes) ** 2).sum())


def _series(*values: float | None) -> pd.Series:
    return pd.Series(values, dtype="float64")


#: Number of forecasts of a case, and least and greatest miss in hundredths: no two cases have the same score,
#: and the sum of the squares, a known wrong way, is at most 1.
MISSES = [(3, 12, 20), (5, 25, 33), (4, 38, 48), (2, 55, 70)]


def ordinary(forecasts: pd.Series, outcomes: pd.Series) -> bool:
    """Return whether an input is free of edge cases; tests compare this with the labels in `_cases`."""
    return len(forecasts) > 1 and bool(outcomes.notna().all())


def _cases(draw: random.Random) -> list[Case]:
    def scored(size: int, low: int, high: int) -> tuple[list[float], list[float]]:
        """Draw forecasts and outcomes; `low` and `high` bound the misses, in hundredths."""
        happened = draw.choices([0.0, 0.5, 1.0] if high < 50 else [0.0, 1.0], k=size)
        return [round(abs(h - draw.randint(low, high) / 100), 2) for h in happened], happened

    def gap(size: int) -> tuple[pd.Series, pd.Series]:
        """Insert a forecast without an outcome; it would have the largest miss if the outcome were 0."""
        forecasts, happened = scored(size, 12, 48)
        place = draw.randint(0, size)
        forecasts.insert(place, draw.randint(60, 88) / 100)
        return _series(*forecasts), _series(*happened[:place], None, *happened[place:])

    return [
        Case((_series(0.8, 0.3, 0.5), _series(1, 0, 1))),
        *(
            Case((_series(*forecasts), _series(*happened)))
            for forecasts, happened in itertools.starmap(scored, MISSES)
        ),
        Case(gap(draw.randint(2, 4)), edge="an outcome is missing"),
        Case((_series(draw.randint(12, 88) / 100), _series(None)), edge="no outcome is known"),
        Case((_series(), _series()), edge="two empty Series"),
    ]


def _probabilities(given: Given) -> pd.Series:
    own = _forecasts()["speaker"] == given["speaker"]
    return own.map({True: given["probability"], False: given["other"]})


def _squares(given: Given, outcome: dict[str, float] | None = None) -> pd.Series:
    return (_probabilities(given) - _forecasts()["verdict"].map(outcome or OUTCOME)) ** 2


def _own_score(given: Given) -> float:
    return float(_squares(given).mean())


def _of(given: Given, *, own: bool) -> float:
    """Return the score of the speaker's own forecasts, or of the others'."""
    return float(_squares(given)[(_forecasts()["speaker"] == given["speaker"]) == own].mean())


SET = exercise(
    __file__,
    {"blocks": _groups(), "constant": CONSTANTS, "speaker": SPEAKERS, "probability": HERS, "other": OTHERS},
    q1=asked(
        PerCent(0.1, 0, 100),
        _borne_out,
        fraction=lambda g: _borne_out(g) / 100,
        unverifiable=lambda g: _came_true(_outside(g)),
        inside=lambda g: _came_true(_inside(g)),
        all_claims=lambda g: _borne_out({"blocks": []}),
        partly=lambda g: float(100 * _checkable(_outside(g))["verdict"].isin(["borne out", "partly"]).mean()),
    ),
    q2=asked(
        ByKey(PerCent(0.1, 0, 100), keys="types of claim"),
        lambda g: _by_type(_outside(g)),
        fractions=lambda g: _by_type(_outside(g)) / 100,
        all_claims=lambda g: _by_type(data.load("claims")),
        verifiable=lambda g: _by_type(_checkable(_outside(g))),
        all_types=lambda g: _by_type(_outside(g), tuple(data.load("claims")["type"].unique())),
        counts=lambda g: _outside(g).query(BORNE_OUT)["type"].value_counts(),
        inside=lambda g: _by_type(_inside(g)),
    ),
    q3=asked(
        SCORE,
        lambda g: _score(g["constant"], _forecasts()),
        not_squared=lambda g: float((g["constant"] - _forecasts()["verdict"].map(OUTCOME)).abs().mean()),
        half_as_0=lambda g: _score(g["constant"], _forecasts(), NO_HALVES),
        root=lambda g: _score(g["constant"], _forecasts()) ** 0.5,
        one_half=lambda g: _score(0.5, _forecasts()),
        outside=lambda g: _score(g["constant"], _outside(g).query("type == 'forecast'")),
        verifiable=lambda g: _score(g["constant"], _forecasts().query("verifiable == 'yes'")),
    ),
    q4=asked(
        Number("Brier score", 0.0002, 0, 1),
        _own_score,
        not_squared=lambda g: float((_squares(g) ** 0.5).mean()),
        swapped=lambda g: _own_score({**g, "probability": g["other"], "other": g["probability"]}),
        speaker_alone=lambda g: _of(g, own=True),
        mean_of_means=lambda g: (_of(g, own=True) + _of(g, own=False)) / 2,
        sum=lambda g: float(_squares(g).sum()),
        same_for_all=lambda g: _score(g["probability"], _forecasts()),
        half_as_0=lambda g: float(_squares(g, NO_HALVES).mean()),
    ),
    q5=asked(
        Number("Brier score", 0.0005, 0, 1),
        brier,
        cases=_cases,
        not_squared=lambda f, o: _mean((f - o).abs()),
        missing_as_0=_missing_is_zero,
        missing_as_0_but_all=lambda f, o: _missing_is_zero(f, o) if o.notna().any() else 0.0,
        of_all=lambda f, o: _sum(f, o) / (len(f) or 1),
        sum=_sum,
    ),
)
