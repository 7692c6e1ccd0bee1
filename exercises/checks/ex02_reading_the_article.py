"""Checks of set 02, reading the article: who speaks, in what kind of sentence, with how much caution."""

# ruff: noqa: E501 - a question reads best in few lines
import collections
import functools
import random

import pandas as pd

from samarkand import data
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.answers.kinds import ByKey, PerCent, Together, Whole
from samarkand_grading.marking.checks import ExerciseSet, Given, Question

EXPERTS = ["Niva Yau", "Chien-yu Shih", "Bradley Jardine"]
COLUMNS = ["type", "speaker", "verdict", "certainty", "verifiable"]


@functools.cache
def _by_block(column: str) -> list[tuple[str, str]]:
    """Return (block, value of the column) of each claim as plain tuples, since drawing groups counts hundreds of times."""
    claims = data.load("claims")
    return list(zip(claims["block"], claims[column], strict=True))


def _of_blocks(given: Given) -> tuple[int, float]:
    """Return the number of claims in the given blocks and the per cent of them with the column's commonest value."""
    own = [value for block, value in _by_block(given["column"]) if block in given["blocks"]]
    return len(own), 100 * collections.Counter(own).most_common(1)[0][1] / len(own)


def _rarest(given: Given) -> tuple[int, float]:
    own = [value for block, value in _by_block(given["column"]) if block in given["blocks"]]
    return len(own), 100 * min(collections.Counter(own).values()) / len(own)


def _groups(most: int = 40) -> list[list[str]]:
    """Draw groups of ten paragraphs in which no single value covers 95 per cent of a column."""
    blocks = data.load("blocks")
    paragraphs = list(blocks[blocks["kind"] == "paragraph"]["block"])
    groups: list[list[str]] = []
    for number in range(1000):
        group = sorted(random.Random(number).sample(paragraphs, 10))
        if all(_of_blocks({"blocks": group, "column": column})[1] < 95 for column in COLUMNS):
            groups.append(group)
        if len(groups) == most:
            break
    return groups


GROUPS = _groups()


def _quoted(given: Given, column: str = "quoted_words") -> pd.Series:
    """Sum a column by quoted expert, over the blocks that are not in `given["without"]`."""
    blocks = data.load("blocks")
    kept = blocks[~blocks["block"].isin(given["without"])]
    experts = kept[kept["quoted_speaker"].isin(EXPERTS)]
    return experts.groupby("quoted_speaker")[column].sum()


def _expert_shares(given: Given) -> pd.Series:
    quoted = _quoted(given)
    return 100 * quoted / quoted.sum()


def _with_the_silent(given: Given) -> pd.Series:
    """Return the shares with 0 for experts who are not quoted; raise `LookupError` if all are quoted."""
    shares, experts = _expert_shares(given), _of_whole_article(given).index
    if len(shares) == len(experts):
        raise LookupError("nobody is silent")
    return shares.reindex(experts, fill_value=0.0)


def _of_whole_article(given: Given) -> pd.Series:
    return _expert_shares({"without": []})


def _of_all_quoted(given: Given) -> pd.Series:
    blocks = data.load("blocks")
    return 100 * _quoted(given) / blocks[~blocks["block"].isin(given["without"])]["quoted_words"].sum()


def _of_all_words(given: Given) -> pd.Series:
    return 100 * _quoted(given) / data.load("blocks")["words"].sum()


def _by_quotations(given: Given) -> pd.Series:
    counts = _quoted(given, "quotations")
    return 100 * counts / counts.sum()


def _left_out(most: int = 40) -> list[list[str]]:
    """Draw groups of three paragraphs to leave out; at least one of each group quotes an expert."""
    blocks = data.load("blocks").set_index("block")
    paragraphs = list(blocks[blocks["kind"] == "paragraph"].index)
    quoting = set(blocks.index[blocks["quoted_speaker"].isin(EXPERTS)])
    groups, seen = [], set()
    for number in range(2000):
        group = sorted(random.Random(number).sample(paragraphs, 3))
        if not quoting.intersection(group):
            continue
        answer = repr(sorted(_expert_shares({"without": group}).round(3).items()))
        if answer not in seen:
            groups.append(group)
            seen.add(answer)
        if len(groups) == most:
            break
    return groups


LEFT_OUT = _left_out()


def _inside(given: Given) -> pd.DataFrame:
    claims = data.load("claims")
    return claims[claims["block"].isin(given["blocks"])]


def _outside(given: Given) -> pd.DataFrame:
    claims = data.load("claims")
    return claims[~claims["block"].isin(given["blocks"])]


def _types(claims: pd.DataFrame) -> dict[str, int]:
    return {str(k): int(v) for k, v in claims["type"].value_counts().items()}


def _caution(claims: pd.DataFrame) -> tuple[int, float, float]:
    """Return the number of hedged claims, their share of all claims, and the share of forecasts among them, in per cent."""
    hedged = claims[claims["hedge"].notna()]
    of_all = 100 * len(hedged) / len(claims)
    return len(hedged), of_all, float(100 * (hedged["type"] == "forecast").mean()) if len(hedged) else 0.0


def _hedged(given: Given) -> tuple[int, float, float]:
    return _caution(_outside(given))


def _hedged_of_forecasts(given: Given) -> tuple[int, float, float]:
    claims = _outside(given)
    forecasts = claims[claims["type"] == "forecast"]
    return (*_hedged(given)[:2], float(100 * forecasts["hedge"].notna().mean()))


def _unhedged(given: Given) -> tuple[int, float, float]:
    """Return the result with hedged and unhedged claims swapped."""
    claims = _outside(given)
    return _caution(claims.assign(hedge=claims["hedge"].isna().map({True: "none", False: None})))


def _mode_over_all(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    count, share = _of_blocks(given)
    return count, share * count / len(claims)


def _mode_of_all(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    return len(claims), float(100 * claims[given["column"]].value_counts(normalize=True).iloc[0])


def _by_first_only(given: Given) -> tuple[int, float]:
    return _of_blocks({**given, "blocks": given["blocks"][:1]})


def _quoted_share(given: Given) -> float:
    blocks = data.load("blocks")
    mine = blocks[blocks["block"].isin(given["blocks"])]
    return float(100 * mine["quoted_words"].sum() / mine["words"].sum())


def _quoted_of_all(given: Given) -> float:
    blocks = data.load("blocks")
    mine = blocks[blocks["block"].isin(given["blocks"])]
    return float(100 * mine["quoted_words"].sum() / blocks["words"].sum())


SET = ExerciseSet(
    id="ex02_reading_the_article",
    lesson="02_reading_the_article",
    options={"without": LEFT_OUT, "blocks": GROUPS, "column": COLUMNS},
    questions=(
        Question(
            "q1", "expert_shares", 2, ByKey(PerCent(0.1, 0, 100), keys="experts"), _expert_shares,
            "Leave your paragraphs out, keep the blocks that quote one of the three, sum the quoted words of each, divide by the sum of all three; leave out an expert who has none.",
            "02_reading_the_article: 1. Whose words are they?",
            (
                Diagnosis("These are fractions: multiply them by 100 to get per cent.", lambda g: _expert_shares(g) / 100, excluded_by="Unit: per cent"),
                Diagnosis("These are the shares in the whole article: leave your paragraphs out.", _of_whole_article, excluded_by="printed without the three paragraphs"),
                Diagnosis("You divided by all quoted words, Li Zhanshu's too: divide by the experts' words.", _of_all_quoted,
                          excluded_by="What share of all words quoted from experts would each expert have"),
                Diagnosis("You divided by all words of the article.", _of_all_words),
                Diagnosis("You counted quotations, not quoted words.", _by_quotations, excluded_by="all words quoted"),
                Diagnosis("An expert without any words is among them, with 0: leave that one out.", _with_the_silent, excluded_by="Leave out an expert who has no words left"),
            ),
            varies=True, uses=("without",),
        ),
        Question(
            "q2", "types", 1, ByKey(Whole("claims", 0), keys="types of claim", zeros=True), lambda g: _types(_inside(g)),
            "Keep the claims whose block is one of yours, and count their rows by the column type.",
            "02_reading_the_article: 3. Facts, forecasts, and small words",
            (
                Diagnosis("These are all claims of the article: keep those of your paragraphs.",
                          lambda g: _types(data.load("claims"))),
                Diagnosis("These are the claims outside your paragraphs.", lambda g: _types(_outside(g)), excluded_by="How many claims of each type are in them"),
                Diagnosis("You counted only the newsroom's own claims.",
                          lambda g: _types(_inside(g).query("speaker == 'narrator'"))),
                Diagnosis("These are the first three paragraphs, as in the cell above: put your own into isin.",
                          lambda g: _types(_inside({"blocks": ["P01", "P02", "P03"]}))),
                Diagnosis("These are verdicts, not types.", lambda g: _inside(g)["verdict"].value_counts().to_dict(), excluded_by="claims of each type"),
            ),
            varies=True, uses=("blocks",),
        ),
        Question(
            "q3", "hedged", 2,
            Together((Whole("claims", 0), PerCent(0.1, 0, 100), PerCent(0.1, 0, 100))), _hedged,
            "Leave the claims of your paragraphs out. A claim is hedged if its cell in hedge is not empty; then see which type those are.",
            "02_reading_the_article: 3. Facts, forecasts, and small words",
            (
                Diagnosis("The shares are fractions: multiply them by 100 to get per cent.",
                          lambda g: (_hedged(g)[0], _hedged(g)[1] / 100, _hedged(g)[2] / 100), excluded_by="both shares in per cent"),
                Diagnosis("The third number is the share of the forecasts that are hedged: the question asks what share of the hedged claims are forecasts.",
                          _hedged_of_forecasts, excluded_by="what share of these hedged claims are forecasts"),
                Diagnosis("These are all claims: leave those of your paragraphs out.", lambda g: _caution(data.load("claims")), excluded_by="leave out the claims of your ten paragraphs"),
                Diagnosis("These are the claims in your paragraphs: the question asks for all others.",
                          lambda g: _caution(_inside(g)), excluded_by="and take all others"),
                Diagnosis("For the second number you divided by all claims: divide by the others alone.",
                          lambda g: (_hedged(g)[0], _hedged(g)[1] * len(_outside(g)) / len(data.load("claims")), _hedged(g)[2]),
                          excluded_by="what share of the other claims that is"),
                Diagnosis("For the third number you divided by all the others: divide by those of them that are hedged.",
                          lambda g: (*_hedged(g)[:2], _hedged(g)[1] * _hedged(g)[2] / 100), excluded_by="what share of these hedged claims are forecasts"),
                Diagnosis("The two shares have changed places.", lambda g: (_hedged(g)[0], *_hedged(g)[:0:-1])),
                Diagnosis("You counted the claims without a hedge.", _unhedged, excluded_by="A claim is hedged if its cell in `hedge` is not empty"),
            ),
            varies=True, uses=("blocks",),
        ),
        Question(
            "q4", "commonest", 2, Together((Whole("claims", 0), PerCent(0.1, 0, 100))), _of_blocks,
            "Keep the claims whose block is one of yours; then take the commonest value of the column you were given.",
            "02_reading_the_article: 3. Facts, forecasts, and small words",
            (
                Diagnosis("The second number is a fraction: multiply it by 100 to get per cent.",
                          lambda g: (_of_blocks(g)[0], _of_blocks(g)[1] / 100), excluded_by="per cent, within 0.1"),
                Diagnosis("The second number is how many have that value: the question asks for their share.",
                          lambda g: (_of_blocks(g)[0], _of_blocks(g)[0] * _of_blocks(g)[1] / 100), excluded_by="the share of these claims that have"),
                Diagnosis("The first number is how many different values there are: count the claims.",
                          lambda g: (_inside(g)[g["column"]].nunique(), _of_blocks(g)[1]), excluded_by="the number of these claims"),
                Diagnosis("You divided by all claims, not by those of your paragraphs.", _mode_over_all, excluded_by="the share of these claims that have"),
                Diagnosis("These are all claims: keep those of your paragraphs first.", _mode_of_all, excluded_by="Keep the claims in your ten paragraphs"),
                Diagnosis("You used only the first of your paragraphs.", _by_first_only),
                Diagnosis("This is the rarest value: the question asks for the most frequent one.", _rarest, excluded_by="the most frequent value of that column"),
            ),
            varies=True, uses=("blocks", "column"),
        ),
        Question(
            "q5", "quoted_share", 3, PerCent(0.1, 0, 100), _quoted_share,
            "Keep the blocks that are yours, sum quoted_words and words, and divide one sum by the other.",
            "02_reading_the_article: 1. Whose words are they?",
            (
                Diagnosis("This is a fraction: multiply it by 100 to get per cent.", lambda g: _quoted_share(g) / 100, excluded_by="Unit: per cent"),
                Diagnosis("This is the share in the whole article.", lambda g: _quoted_share({"blocks": list(data.load("blocks")["block"])}), excluded_by="in your ten paragraphs"),
                Diagnosis("You divided by the words that are not quoted: the question asks for a share of all.", lambda g: 100 / (100 / _quoted_share(g) - 1), excluded_by="Of all words"),
                Diagnosis("You divided by all words of the article.", _quoted_of_all),
            ),
            varies=True, uses=("blocks",),
        ),
    ),
)  # fmt: skip
