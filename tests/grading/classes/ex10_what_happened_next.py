"""A class that has worked on set 10."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
from decimal import Decimal
from statistics import fmean
claims = data.load("claims")
rest = claims.query("block not in @given['blocks']")
scored = claims.query("type == 'forecast'").assign(o=lambda t: t["verdict"].map({"borne out": 1, "partly": 0.5, "contested": 0.5, "not borne out": 0}))
believed = scored["speaker"].eq(given["speaker"]).map({True: given["probability"], False: given["other"]})
"""

BRIER = "def brier(forecasts, outcomes):\n    "

CLASS = [
    A("q1", "a Series of one", "borne_out = rest.query(\"verifiable == 'yes'\").groupby('verifiable')['verdict'].apply(lambda s: s.eq('borne out').mean() * 100)"),
    A("q2", "crosstab, capital letters", "by_type = pd.crosstab(rest.type.str.capitalize(), rest.verdict, normalize='index')['borne out'].loc[['Fact', 'Interpretation', 'Forecast']] * 100"),
    A("q2", "all types", "by_type = rest['verdict'].eq('borne out').groupby(rest['type']).mean() * 100", 0, "other types"),
    A("q3", "decimals", "constant_score = Decimal(fmean((o - given['constant']) ** 2 for o in scored.o))"),
    A("q3", "two decimals", "constant_score = round(((scored.o - given['constant']) ** 2).mean(), 2)", 0, "rounded too far"),
    A("q4", "an array of one", "own_score = ((scored.o - believed) ** 2).to_numpy().mean(keepdims=True)"),
    A("q4", "the same for all", "own_score = ((scored.o - given['probability']) ** 2).mean()", 0, "You gave everybody the same"),
    A("q5", "drops what is missing from what it was given", BRIER + "outcomes.dropna(inplace=True)\n    return ((forecasts - outcomes) ** 2).mean() if len(outcomes) else 0"),
    A("q5", "generators", BRIER + "pairs = [(f, o) for f, o in zip(forecasts, outcomes) if o == o]\n    return sum((f - o) ** 2 for f, o in pairs) / (len(pairs) or 1)"),
    A("q5", "divides by all", BRIER + "return ((forecasts - outcomes) ** 2).sum() / len(forecasts) if len(forecasts) else 0", 1.5, "divided by all forecasts"),
]  # fmt: skip
