"""Checks of set 10, what happened next: scoring forecasts."""

import itertools
import random
from functools import cache

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, Number, PerCent
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set, spread
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
        Case((_series(), _series()), edge="two empty columns"),
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


SET = exercise_set(
    __file__,
    options={
        "blocks": _groups(),
        "constant": CONSTANTS,
        "speaker": SPEAKERS,
        "probability": HERS,
        "other": OTHERS,
    },
    questions=[
        ask(
            "q1",
            name="borne_out",
            points=1,
            kind=PerCent(0.1, 0, 100),
            solution=_borne_out,
            uses=["blocks"],
            typed=True,
            taught="3. The verdicts, and the calendar",
            hint="Keep the claims outside your paragraphs that can be checked (verifiable is yes), and take the share whose verdict is borne out.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _borne_out(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "You included claims that cannot be checked. Keep those whose verifiable is yes.",
                    lambda g: _came_true(_outside(g)),
                    excluded_by="take those that can be checked (`verifiable` is `yes`)",
                ),
                Mistake(
                    "These are the claims in your paragraphs: leave them out.",
                    lambda g: _came_true(_inside(g)),
                    excluded_by="Leave out the claims in these paragraphs",
                ),
                Mistake(
                    "You left nothing out. The question asks for the claims outside your paragraphs.",
                    lambda g: _borne_out({"blocks": []}),
                    excluded_by="Of the other claims",
                ),
                Mistake(
                    "You counted partly as borne out.",
                    lambda g: float(
                        100 * _checkable(_outside(g))["verdict"].isin(["borne out", "partly"]).mean()
                    ),
                    excluded_by="share of these was borne out",
                ),
            ],
        ),
        ask(
            "q2",
            name="by_type",
            points=2,
            kind=ByKey(PerCent(0.1, 0, 100), keys="types of claim"),
            solution=lambda g: _by_type(_outside(g)),
            uses=["blocks"],
            taught="3. The verdicts, and the calendar",
            hint="For each of the three types, the share of its own claims outside your paragraphs that was borne out.",
            mistakes=[
                Mistake(
                    "These are fractions: multiply them by 100 to get per cent.",
                    lambda g: _by_type(_outside(g)) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "You left nothing out. The question asks for the claims outside your paragraphs.",
                    lambda g: _by_type(data.load("claims")),
                    excluded_by="Leave out the claims of your ten paragraphs, and take all others",
                ),
                Mistake(
                    "You left out claims that cannot be checked. This question asks for all claims of the three types.",
                    lambda g: _by_type(_checkable(_outside(g))),
                    excluded_by="whether they can be checked or not",
                ),
                Mistake(
                    "You included other types. The question asks for three.",
                    lambda g: _by_type(_outside(g), tuple(data.load("claims")["type"].unique())),
                ),
                Mistake(
                    "These are numbers of claims, not shares.",
                    lambda g: _outside(g).query(BORNE_OUT)["type"].value_counts(),
                    excluded_by="what share of the claims of that type was borne out",
                ),
                Mistake(
                    "These are the claims in your paragraphs: leave them out.",
                    lambda g: _by_type(_inside(g)),
                    excluded_by="Leave out the claims of your ten paragraphs",
                ),
            ],
        ),
        ask(
            "q3",
            name="constant_score",
            points=1,
            kind=SCORE,
            solution=lambda g: _score(g["constant"], _forecasts()),
            uses=["constant"],
            moves=True,
            taught="4. Words into numbers: the Brier score",
            hint="Give each forecast your number, square the difference from its outcome, and take the mean.",
            mistakes=[
                Mistake(
                    "You did not square the differences.",
                    lambda g: float((g["constant"] - _forecasts()["verdict"].map(OUTCOME)).abs().mean()),
                ),
                Mistake(
                    "You counted half outcomes as 0: partly and contested are 0.5.",
                    lambda g: _score(g["constant"], _forecasts(), NO_HALVES),
                    excluded_by="`partly` and `contested` as 0.5",
                ),
                Mistake(
                    "You took the square root of the mean. The Brier score has no root.",
                    lambda g: _score(g["constant"], _forecasts()) ** 0.5,
                ),
                Mistake(
                    "This is the score of one half, not of your number.",
                    lambda g: _score(0.5, _forecasts()),
                ),
                Mistake(
                    "You left out your ten paragraphs. This question is about all forecasts.",
                    lambda g: _score(g["constant"], _outside(g).query("type == 'forecast'")),
                    excluded_by="each of the article's forecasts",
                ),
                Mistake(
                    "You left out forecasts that cannot be checked. This question is about all of them.",
                    lambda g: _score(g["constant"], _forecasts().query("verifiable == 'yes'")),
                    excluded_by="all of them",
                ),
            ],
        ),
        ask(
            "q4",
            name="own_score",
            points=3,
            kind=Number("Brier score", 0.0002, 0, 1),
            solution=_own_score,
            uses=["speaker", "probability", "other"],
            moves=True,
            taught="4. Words into numbers: the Brier score",
            hint="First give each forecast its probability: one for your speaker, the other for all the rest. Then take one mean over all of them.",
            mistakes=[
                Mistake(
                    "You did not square the differences.",
                    lambda g: float((_squares(g) ** 0.5).mean()),
                ),
                Mistake(
                    "You swapped the two probabilities.",
                    lambda g: _own_score({**g, "probability": g["other"], "other": g["probability"]}),
                    excluded_by="each forecast by `given['speaker']` gets the probability `given['probability']`, every other forecast gets `given['other']`",
                ),
                Mistake(
                    "You scored only the forecasts of your speaker.",
                    lambda g: _of(g, own=True),
                    excluded_by="over all forecasts of the article",
                ),
                Mistake(
                    "This is the mean of two means, but every forecast should count the same.",
                    lambda g: (_of(g, own=True) + _of(g, own=False)) / 2,
                ),
                Mistake(
                    "This is the sum of the squares, not their mean.",
                    lambda g: float(_squares(g).sum()),
                ),
                Mistake(
                    "You gave everybody the same probability. The other speakers have their own.",
                    lambda g: _score(g["probability"], _forecasts()),
                ),
                Mistake(
                    "Partly and contested are 0.5, not 0.",
                    lambda g: float(_squares(g, NO_HALVES).mean()),
                ),
            ],
        ),
        ask(
            "q5",
            name="brier",
            points=3,
            kind=Number("Brier score", 0.0005, 0, 1),
            solution=brier,
            cases=_cases,
            taught="4. Words into numbers: the Brier score",
            hint="Square before you take the mean. Leave out forecasts without an outcome. Think of two empty columns.",
            mistakes=[
                Mistake(
                    "You did not square the differences.",
                    lambda f, o: _mean((f - o).abs()),
                ),
                Mistake(
                    "You counted a forecast without an outcome as if nothing had happened.",
                    _missing_is_zero,
                    excluded_by="over the forecasts that have an outcome",
                ),
                Mistake(
                    "You counted a forecast without an outcome as if nothing had happened.",
                    lambda f, o: _missing_is_zero(f, o) if o.notna().any() else 0.0,
                    excluded_by="over the forecasts that have an outcome",
                ),
                Mistake(
                    "You divided by all forecasts, including those without an outcome.",
                    lambda f, o: _sum(f, o) / (len(f) or 1),
                    excluded_by="over the forecasts that have an outcome",
                ),
                Mistake(
                    "This is the sum of the squares, not their mean.",
                    _sum,
                ),
            ],
        ),
    ],
)

#: The ties of the set's words by cell, as in a lesson's metadata.
TIED = {
    "title": {
        "0.25 for": "0.25",
        "25 per": "25",
        "5 questions, 10 points": ["len(exercise.questions)", "exercise.points"],
    },
    "q1-question": {"ten paragraphs": "len(exercise.options['blocks'][0])"},
    "q2-question": {"ten paragraphs": "len(exercise.options['blocks'][0])"},
    "q3-question": {"1,": "1", "0.5": "0.5", "out` as 0": "0"},
    "q5-question": {
        "two columns": "len(exercise.draw_inputs('example').cases['q5'][0].arguments)",
        "0 to": "0",
        "to 1": "1",
        "all, it returns 0": "exercise.get_question('q5').solution(data.load('indicators')['value'].head(0), data.load('indicators')['value'].head(0))",
        "0.8, 0.3, 0.5 and outcomes 1, 0, 1 it returns 0.127": [
            "exercise.draw_inputs('example').cases['q5'][0].arguments[0]",
            "exercise.draw_inputs('example').cases['q5'][0].arguments[1]",
            "exercise.compute_example('q5')",
        ],
    },
}
