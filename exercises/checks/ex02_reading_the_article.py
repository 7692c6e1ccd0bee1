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
from samarkand_grading.marking.checks import Given, asked, exercise, spread

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
    shares, experts = _expert_shares(given), _expert_shares({"without": []}).index
    if len(shares) == len(experts):
        raise LookupError("nobody is silent")
    return shares.reindex(experts, fill_value=0.0)


def _left_out() -> list[list[str]]:
    """Draw groups of three paragraphs to leave out; at least one of each group quotes an expert."""
    blocks = data.load("blocks")
    quoting = {*blocks[blocks["quoted_speaker"].isin(EXPERTS)]["block"]}
    found = (group for group in _draw(3, 2000) if quoting.intersection(group))
    told_apart = spread(found, lambda group: repr(_expert_shares({"without": group}).round(3).to_dict()))
    return [*itertools.islice(told_apart, 40)]


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


SET = exercise(
    __file__,
    {"without": _left_out(), "blocks": _groups(), "column": COLUMNS},
    q1=asked(
        ByKey(PerCent(0.1, 0, 100), keys="experts"),
        _expert_shares,
        fractions=lambda g: _expert_shares(g) / 100,
        whole_article=lambda g: _expert_shares({"without": []}),
        of_all_quoted=lambda g: 100 * _quoted(g) / _kept(g)["quoted_words"].sum(),
        of_all_words=lambda g: 100 * _quoted(g) / data.load("blocks")["words"].sum(),
        quotations=lambda g: _expert_shares(g, "quotations"),
        silent_too=_with_the_silent,
    ),
    q2=asked(
        ByKey(Whole("claims", 0), keys="types of claim", zeros=True),
        lambda g: _types(_inside(g)),
        all_claims=lambda g: _types(data.load("claims")),
        outside=lambda g: _types(_outside(g)),
        newsroom=lambda g: _types(_inside(g).query("speaker == 'narrator'")),
        first_three=lambda g: _types(_inside({"blocks": ["P01", "P02", "P03"]})),
        verdicts=lambda g: _inside(g)["verdict"].value_counts().to_dict(),
    ),
    q3=asked(
        Together((Whole("claims", 0), PerCent(0.1, 0, 100), PerCent(0.1, 0, 100))),
        _hedged,
        fractions=lambda g: (_hedged(g)[0], _hedged(g)[1] / 100, _hedged(g)[2] / 100),
        of_forecasts=_hedged_of_forecasts,
        all_claims=lambda g: _caution(data.load("claims")),
        inside=lambda g: _caution(_inside(g)),
        second_number=lambda g: (
            _hedged(g)[0],
            _hedged(g)[1] * len(_outside(g)) / len(data.load("claims")),
            _hedged(g)[2],
        ),
        third_number_divided=lambda g: (*_hedged(g)[:2], _hedged(g)[1] * _hedged(g)[2] / 100),
        two_shares=lambda g: (_hedged(g)[0], *_hedged(g)[:0:-1]),
        unhedged=_unhedged,
    ),
    q4=asked(
        Together((Whole("claims", 0), PerCent(0.1, 0, 100))),
        _of_blocks,
        fraction=lambda g: (_of_blocks(g)[0], _of_blocks(g)[1] / 100),
        second_number_value=lambda g: (_of_blocks(g)[0], _of_blocks(g)[0] * _of_blocks(g)[1] / 100),
        first_number=lambda g: (_inside(g)[g["column"]].nunique(), _of_blocks(g)[1]),
        of_all=lambda g: (_of_blocks(g)[0], math.prod(_of_blocks(g)) / len(data.load("claims"))),
        all_claims=lambda g: _of_blocks(_every(g["column"])),
        first_alone=lambda g: _of_blocks({**g, "blocks": g["blocks"][:1]}),
        rarest=lambda g: _of_blocks(g, min),
    ),
    q5=asked(
        PerCent(0.1, 0, 100),
        _quoted_share,
        fraction=lambda g: _quoted_share(g) / 100,
        whole_article=lambda g: _quoted_share(_every("")),
        of_unquoted=lambda g: 100 / (100 / _quoted_share(g) - 1),
        of_all_words=lambda g: _quoted_share(g, of_all=True),
    ),
)
