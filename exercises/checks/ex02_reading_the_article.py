"""Checks of set 02, reading the article: who speaks, in what kind of sentence, with how much caution."""

import functools
import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator

import pandas as pd

from samarkand import data
from samarkand.answers.kinds import ByKey, PerCent, Together, Whole
from samarkand_grading.marking.checks import Given, Mistake, ask, exercise_set, spread

EXPERTS = ["Niva Yau", "Chien-yu Shih", "Bradley Jardine"]
COLUMNS = ["type", "speaker", "verdict", "certainty", "verifiable"]


@functools.cache
def _by_block(column: str) -> list[tuple[str, str]]:
    """Return (block, value of the column) of each claim as tuples: drawing groups counts them often."""
    claims = data.load("claims")
    return list(zip(claims["block"], claims[column], strict=True))


def _of_blocks(given: Given, which: Callable[..., int] = max) -> tuple[int, float]:
    """Return the number of claims in the blocks, and the per cent with the commonest value (or `min`)."""
    own = [value for block, value in _by_block(given["column"]) if block in given["blocks"]]
    return len(own), 100 * which(Counter(own).values()) / len(own)


@functools.cache
def _paragraphs() -> list[str]:
    return data.load("blocks").query("kind == 'paragraph'")["block"].tolist()


def _draw(size: int, tries: int) -> Iterator[list[str]]:
    """Draw groups of paragraphs."""
    return (sorted(random.Random(number).sample(_paragraphs(), size)) for number in range(tries))


def _groups() -> list[list[str]]:
    """Draw groups of ten paragraphs in which no single value covers 95 per cent of a column."""
    mixed = (
        group
        for group in _draw(10, 1000)
        if all(_of_blocks({"blocks": group, "column": column})[1] < 95 for column in COLUMNS)
    )
    return [*itertools.islice(mixed, 40)]


def _kept(given: Given) -> pd.DataFrame:
    """Return the blocks that are not left out."""
    blocks = data.load("blocks")
    return blocks[~blocks["block"].isin(given["without"])]


def _quoted(given: Given, column: str = "quoted_words") -> pd.Series:
    """Sum a column by quoted expert, over the blocks that are not left out."""
    kept = _kept(given)
    return kept[kept["quoted_speaker"].isin(EXPERTS)].groupby("quoted_speaker")[column].sum()


def _expert_shares(given: Given, column: str = "quoted_words") -> pd.Series:
    quoted = _quoted(given, column)
    return 100 * quoted / quoted.sum()


def _with_the_silent(given: Given) -> pd.Series:
    """Return the shares with 0 for experts who are not quoted; raise `LookupError` if all are quoted."""
    shares = _expert_shares(given)
    experts = _expert_shares({"without": []}).index
    if len(shares) == len(experts):
        raise LookupError("nobody is silent")
    return shares.reindex(experts, fill_value=0.0)


def _draw_left_out() -> list[list[str]]:
    """Draw 40 groups of three paragraphs to leave out, of which no two lead to the same shares.

    At least one paragraph of each group quotes an expert: without it, the shares stay as they were.
    """
    blocks = data.load("blocks")
    with_expert = set(blocks[blocks["quoted_speaker"].isin(EXPERTS)]["block"])
    groups = [group for group in _draw(3, 2000) if with_expert.intersection(group)]

    def write_shares(group: list[str]) -> str:
        """Write the answer for a group, so that two can be compared."""
        shares = _expert_shares({"without": group}).round(3)
        return repr(shares.to_dict())

    return list(itertools.islice(spread(groups, write_shares), 40))


def _inside(given: Given) -> pd.DataFrame:
    claims = data.load("claims")
    return claims[claims["block"].isin(given["blocks"])]


def _outside(given: Given) -> pd.DataFrame:
    claims = data.load("claims")
    return claims[~claims["block"].isin(given["blocks"])]


def _types(claims: pd.DataFrame) -> dict[str, int]:
    return {str(k): int(v) for k, v in claims["type"].value_counts().items()}


def _caution(claims: pd.DataFrame) -> tuple[int, float, float]:
    """Return the number of hedged claims, their per cent of all, and the per cent of forecasts among them."""
    hedged = claims[claims["hedge"].notna()]
    of_all = 100 * len(hedged) / len(claims)
    return len(hedged), of_all, float(100 * (hedged["type"] == "forecast").mean()) if len(hedged) else 0.0


def _hedged(given: Given) -> tuple[int, float, float]:
    return _caution(_outside(given))


def _hedged_of_forecasts(given: Given) -> tuple[int, float, float]:
    forecasts = _outside(given).query("type == 'forecast'")
    return (*_hedged(given)[:2], float(100 * forecasts["hedge"].notna().mean()))


def _unhedged(given: Given) -> tuple[int, float, float]:
    """Return the result with hedged and unhedged claims swapped."""
    claims = _outside(given)
    return _caution(claims.assign(hedge=claims["hedge"].isna().map({True: "none", False: None})))


def _every(kind: str) -> Given:
    return {"blocks": data.load("blocks")["block"].tolist(), "column": kind}


def _quoted_share(given: Given, *, of_all: bool = False) -> float:
    blocks = data.load("blocks")
    mine = blocks[blocks["block"].isin(given["blocks"])]
    return float(100 * mine["quoted_words"].sum() / (blocks if of_all else mine)["words"].sum())


SET = exercise_set(
    __file__,
    options={"without": _draw_left_out(), "blocks": _groups(), "column": COLUMNS},
    questions=[
        ask(
            "q1",
            name="expert_shares",
            points=2,
            kind=ByKey(PerCent(0.1, 0, 100), keys="experts"),
            solution=_expert_shares,
            uses=["without"],
            typed=True,
            taught="1. Whose words are they?",
            hint="Leave your paragraphs out, keep the blocks that quote one of the three, sum the quoted words of each, divide by the sum of all three; leave out an expert who has none.",
            mistakes=[
                Mistake(
                    "These are fractions: multiply them by 100 to get per cent.",
                    lambda g: _expert_shares(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "These are the shares in the whole article: leave your paragraphs out.",
                    lambda g: _expert_shares({"without": []}),
                    excluded_by="printed without the three paragraphs",
                ),
                Mistake(
                    "You divided by all quoted words, Li Zhanshu's too: divide by the experts' words.",
                    lambda g: 100 * _quoted(g) / _kept(g)["quoted_words"].sum(),
                    excluded_by="What share of all words quoted from experts would each expert have",
                ),
                Mistake(
                    "You divided by all words of the article.",
                    lambda g: 100 * _quoted(g) / data.load("blocks")["words"].sum(),
                ),
                Mistake(
                    "You counted quotations, not quoted words.",
                    lambda g: _expert_shares(g, "quotations"),
                    excluded_by="all words quoted",
                ),
                Mistake(
                    "An expert without any words is among them, with 0: leave that one out.",
                    _with_the_silent,
                    excluded_by="Leave out an expert who has no words left",
                ),
            ],
        ),
        ask(
            "q2",
            name="types",
            points=1,
            kind=ByKey(Whole("claims", 0), keys="types of claim", zeros=True),
            solution=lambda g: _types(_inside(g)),
            uses=["blocks"],
            taught="3. Facts, forecasts, and small words",
            hint="Keep the claims whose block is one of yours, and count their rows by the column type.",
            mistakes=[
                Mistake(
                    "These are all claims of the article: keep those of your paragraphs.",
                    lambda g: _types(data.load("claims")),
                ),
                Mistake(
                    "These are the claims outside your paragraphs.",
                    lambda g: _types(_outside(g)),
                    excluded_by="How many claims of each type are in them",
                ),
                Mistake(
                    "You counted only the newsroom's own claims.",
                    lambda g: _types(_inside(g).query("speaker == 'narrator'")),
                ),
                Mistake(
                    "These are the first three paragraphs, as in the cell above: put your own into isin.",
                    lambda g: _types(_inside({"blocks": ["P01", "P02", "P03"]})),
                ),
                Mistake(
                    "These are verdicts, not types.",
                    lambda g: _inside(g)["verdict"].value_counts().to_dict(),
                    excluded_by="claims of each type",
                ),
            ],
        ),
        ask(
            "q3",
            name="hedged",
            points=2,
            kind=Together((Whole("claims", 0), PerCent(0.1, 0, 100), PerCent(0.1, 0, 100))),
            solution=_hedged,
            uses=["blocks"],
            moves=True,
            taught="3. Facts, forecasts, and small words",
            hint="Leave the claims of your paragraphs out. A claim is hedged if its cell in hedge is not empty; then see which type those are.",
            mistakes=[
                Mistake(
                    "The shares are fractions: multiply them by 100 to get per cent.",
                    lambda g: (_hedged(g)[0], _hedged(g)[1] / 100, _hedged(g)[2] / 100),
                    excluded_by="both shares in per cent",
                ),
                Mistake(
                    "The third number is the share of the forecasts that are hedged: the question asks what share of the hedged claims are forecasts.",
                    _hedged_of_forecasts,
                    excluded_by="what share of these hedged claims are forecasts",
                ),
                Mistake(
                    "These are all claims: leave those of your paragraphs out.",
                    lambda g: _caution(data.load("claims")),
                    excluded_by="leave out the claims of your ten paragraphs",
                ),
                Mistake(
                    "These are the claims in your paragraphs: the question asks for all others.",
                    lambda g: _caution(_inside(g)),
                    excluded_by="and take all others",
                ),
                Mistake(
                    "For the second number you divided by all claims: divide by the others alone.",
                    lambda g: (
                        _hedged(g)[0],
                        _hedged(g)[1] * len(_outside(g)) / len(data.load("claims")),
                        _hedged(g)[2],
                    ),
                    excluded_by="what share of the other claims that is",
                ),
                Mistake(
                    "For the third number you divided by all the others: divide by those of them that are hedged.",
                    lambda g: (*_hedged(g)[:2], _hedged(g)[1] * _hedged(g)[2] / 100),
                    excluded_by="what share of these hedged claims are forecasts",
                ),
                Mistake(
                    "The two shares have changed places.",
                    lambda g: (_hedged(g)[0], *_hedged(g)[:0:-1]),
                ),
                Mistake(
                    "You counted the claims without a hedge.",
                    _unhedged,
                    excluded_by="A claim is hedged if its cell in `hedge` is not empty",
                ),
            ],
        ),
        ask(
            "q4",
            name="commonest",
            points=2,
            kind=Together((Whole("claims", 0), PerCent(0.1, 0, 100))),
            solution=_of_blocks,
            uses=["blocks", "column"],
            moves=True,
            taught="3. Facts, forecasts, and small words",
            hint="Keep the claims whose block is one of yours; then take the commonest value of the column you were given.",
            mistakes=[
                Mistake(
                    "The second number is a fraction: multiply it by 100 to get per cent.",
                    lambda g: (_of_blocks(g)[0], _of_blocks(g)[1] / 100),
                    excluded_by="per cent, within 0.1",
                ),
                Mistake(
                    "The second number is how many have that value: the question asks for their share.",
                    lambda g: (_of_blocks(g)[0], _of_blocks(g)[0] * _of_blocks(g)[1] / 100),
                    excluded_by="the share of these claims that have",
                ),
                Mistake(
                    "The first number is how many different values there are: count the claims.",
                    lambda g: (_inside(g)[g["column"]].nunique(), _of_blocks(g)[1]),
                    excluded_by="the number of these claims",
                ),
                Mistake(
                    "You divided by all claims, not by those of your paragraphs.",
                    lambda g: (_of_blocks(g)[0], math.prod(_of_blocks(g)) / len(data.load("claims"))),
                    excluded_by="the share of these claims that have",
                ),
                Mistake(
                    "These are all claims: keep those of your paragraphs first.",
                    lambda g: _of_blocks(_every(g["column"])),
                    excluded_by="Keep the claims in your ten paragraphs",
                ),
                Mistake(
                    "You used only the first of your paragraphs.",
                    lambda g: _of_blocks({**g, "blocks": g["blocks"][:1]}),
                ),
                Mistake(
                    "This is the rarest value: the question asks for the most frequent one.",
                    lambda g: _of_blocks(g, min),
                    excluded_by="the most frequent value of that column",
                ),
            ],
        ),
        ask(
            "q5",
            name="quoted_share",
            points=3,
            kind=PerCent(0.1, 0, 100),
            solution=_quoted_share,
            uses=["blocks"],
            moves=True,
            taught="1. Whose words are they?",
            hint="Keep the blocks that are yours, sum quoted_words and words, and divide one sum by the other.",
            mistakes=[
                Mistake(
                    "This is a fraction: multiply it by 100 to get per cent.",
                    lambda g: _quoted_share(g) / 100,
                    excluded_by="Unit: per cent",
                ),
                Mistake(
                    "This is the share in the whole article.",
                    lambda g: _quoted_share(_every("")),
                    excluded_by="in your ten paragraphs",
                ),
                Mistake(
                    "You divided by the words that are not quoted: the question asks for a share of all.",
                    lambda g: 100 / (100 / _quoted_share(g) - 1),
                    excluded_by="Of all words",
                ),
                Mistake(
                    "You divided by all words of the article.",
                    lambda g: _quoted_share(g, of_all=True),
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
    "q1-question": {
        "three experts": "len({'Niva Yau', 'Chien-yu Shih', 'Bradley Jardine'} & set(data.load('blocks')['quoted_speaker']))",
        "three paragraphs": "len(exercise.options['without'][0])",
    },
    "q2-question": {"ten paragraphs": "len(exercise.options['blocks'][0])", "have 0": "0"},
    "q3-question": {
        "ten paragraphs": "len(exercise.options['blocks'][0])",
        "three numbers": "len(exercise.get_question('q3').kind.parts)",
    },
    "q4-question": {
        "ten paragraphs,": "len(exercise.options['blocks'][0])",
        "your ten paragraphs": "len(exercise.options['blocks'][0])",
    },
    "q5-question": {"ten paragraphs": "len(exercise.options['blocks'][0])"},
}
