"""A class that has worked on set 02."""

# ruff: noqa: E501, N817 - cells are quoted as students write them
from workshop import Answer as A

BEFORE = """
from collections import Counter
from fractions import Fraction
claims = data.load("claims")
mine = claims[claims["block"].isin(given["blocks"])]
rest = claims.drop(mine.index)
quoted = Counter()
for row in data.load("blocks").to_dict("records"):
    if row["quoted_speaker"] in ("Niva Yau", "Chien-yu Shih", "Bradley Jardine") and row["block"] not in given["without"]:
        quoted[row["quoted_speaker"]] += row["quoted_words"]
"""

CLASS = [
    A("q1", "a Counter", "expert_shares = Counter({k: 100 * v / quoted.total() for k, v in quoted.items()})"),
    A("q1", "fractions", "expert_shares = {k: Fraction(100 * v, quoted.total()) for k, v in quoted.items()}"),
    A("q1", "rounds too far", "expert_shares = {k: round(100 * v / quoted.total()) for k, v in quoted.items()}", 0, "rounded too far"),
    A("q2", "groupby.apply", "types = mine.groupby('type').apply(len)"),
    A("q2", "nullable numbers", "types = mine['type'].value_counts().astype('Int64').reset_index()"),
    A("q2", "a list of numbers", "types = mine['type'].value_counts().tolist()", 0, "This is a list of"),
    A("q3", "an array", "h = rest['hedge'].notna()\nhedged = [h.sum(), h.mean() * 100, rest[h]['type'].eq('forecast').mean() * 100]"),
    A("q3", "a dict", "h = rest.dropna(subset='hedge')\nhedged = dict(n=len(h), share=100 * len(h) / len(rest), forecasts=100 * sum(h.type == 'forecast') / len(h))"),
    A("q3", "of all forecasts", "h = rest['hedge'].notna()\nhedged = h.sum(), h.mean() * 100, h[rest['type'] == 'forecast'].mean() * 100", 0, "what share of the hedged claims are forecasts"),
    A("q4", "a Series", "commonest = pd.Series([len(mine), 100 * mine[given['column']].value_counts(normalize=True).max()], index=['b', 'a'])"),
    A("q5", "a numpy number", "b = data.load('blocks').set_index('block').loc[given['blocks']]\nquoted_share = b['quoted_words'].sum() / b['words'].sum() * 100"),
    A("q5", "of one", "b = data.load('blocks').set_index('block').loc[given['blocks']]\nquoted_share = b['quoted_words'].sum() / b['words'].sum()", 1.5, "to get per cent"),
]  # fmt: skip
