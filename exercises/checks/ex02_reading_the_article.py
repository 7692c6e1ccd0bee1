"""Checks of set 02, reading the article: who speaks, in what kind of sentence, with how much caution."""

from __future__ import annotations

# ruff: noqa: E501 - a question reads best in few lines
import random

import pandas as pd

from samarkand import data
from samarkand.grading.checks import Case, Diagnosis, ExerciseSet, Given, Practice, Question
from samarkand.grading.kinds import ByKey, Number, Together, Whole

EXPERTS = ["Niva Yau", "Chien-yu Shih", "Bradley Jardine"]
VOICES = ["narrator", "Li Zhanshu", "Chien-yu Shih", "Niva Yau", "Bradley Jardine"]
COLUMNS = ["type", "speaker", "verdict", "certainty", "verifiable"]


def _of_blocks(given: Given) -> tuple[int, float]:
    """Count the claims of some blocks, and the share of the commonest value in a column."""
    claims = data.load("claims")
    own = claims[claims["block"].isin(given["blocks"])][given["column"]]
    return len(own), float(100 * own.value_counts().iloc[0] / len(own))


def _groups(most: int = 40) -> list[list[str]]:
    """Draw groups of ten paragraphs; in none does a column hold one value only."""
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


def _quoted() -> pd.Series:
    blocks = data.load("blocks")
    experts = blocks[blocks["quoted_speaker"].isin(EXPERTS)]
    return experts.groupby("quoted_speaker")["quoted_words"].sum()


def _expert_shares(given: Given) -> pd.Series:
    return 100 * _quoted() / _quoted().sum()


def _of_all_quoted(given: Given) -> pd.Series:
    return 100 * _quoted() / data.load("blocks")["quoted_words"].sum()


def _of_all_words(given: Given) -> pd.Series:
    return 100 * _quoted() / data.load("blocks")["words"].sum()


def _by_quotations(given: Given) -> pd.Series:
    blocks = data.load("blocks")
    counts = blocks[blocks["quoted_speaker"].isin(EXPERTS)].groupby("quoted_speaker")["quotations"].sum()
    return 100 * counts / counts.sum()


def _types(claims: pd.DataFrame) -> dict[str, int]:
    return {str(k): int(v) for k, v in claims["type"].value_counts().items()}


def _hedged(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    hedged = claims[claims["hedge"].notna()]
    return len(hedged), float(100 * (hedged["type"] == "forecast").mean())


def _hedged_of_forecasts(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    forecasts = claims[claims["type"] == "forecast"]
    return _hedged(given)[0], float(100 * forecasts["hedge"].notna().mean())


def _mode_over_all(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    count, share = _of_blocks(given)
    return count, share * count / len(claims)


def _mode_of_all(given: Given) -> tuple[int, float]:
    claims = data.load("claims")
    return len(claims), float(100 * claims[given["column"]].value_counts(normalize=True).iloc[0])


def _by_first_only(given: Given) -> tuple[int, float]:
    return _of_blocks({**given, "blocks": given["blocks"][:1]})


def _words_by_voice(given: Given) -> tuple[int, ...]:
    words = data.load("blocks").groupby("attributed_to")["words"].sum()
    return tuple(int(words[voice]) for voice in VOICES)


def word_share(blocks: pd.DataFrame, kind: str) -> float:
    """Return the share of one kind of block in all words, in per cent."""
    total = blocks["words"].sum()
    return float(100 * blocks.loc[blocks["kind"] == kind, "words"].sum() / total) if total else 0.0


def _row_share(blocks: pd.DataFrame, kind: str) -> float:
    return float(100 * (blocks["kind"] == kind).mean()) if len(blocks) else 0.0


def _cases(given: Given) -> list[Case]:
    blocks = data.load("blocks")[["block", "kind", "words", "quoted_words"]]
    return [
        Case((blocks, "paragraph")),
        Case((blocks, "heading")),
        Case((blocks, "caption")),
        Case((blocks.iloc[5:12], "paragraph")),
        Case((blocks.iloc[:3], "paragraph")),
        Case((blocks, "map"), edge=True),
        Case((blocks.iloc[:0], "paragraph"), edge=True),
    ]


SET = ExerciseSet(
    id="ex02_reading_the_article",
    lesson="02_reading_the_article",
    options={"blocks": GROUPS, "column": COLUMNS},
    questions=(
        Question(
            "q1", "expert_shares", 2, ByKey(Number("per cent", 0.1, 0, 100), keys="experts"), _expert_shares,
            "Keep the blocks that quote one of the three, sum the quoted words of each, divide by the sum of all three.",
            "02_reading_the_article, who speaks",
            (
                Diagnosis("These are shares of one: the question asks for per cent.", lambda g: _expert_shares(g) / 100),
                Diagnosis("You divided by all quoted words, Li Zhanshu's too: the question asks for expert words.", _of_all_quoted),
                Diagnosis("You divided by all words of the article.", _of_all_words),
                Diagnosis("You counted quotations, not quoted words.", _by_quotations),
            ),
        ),
        Question(
            "q2", "types", 1, ByKey(Whole("claims", 0), keys="types of claim"), lambda g: _types(data.load("claims")),
            "Count the rows of claims by the column type.",
            "02_reading_the_article, claims by type",
            (
                Diagnosis("Only claims that can be verified are counted.",
                          lambda g: _types(data.load("claims").query("verifiable == 'yes'"))),
                Diagnosis("Only what the newsroom says itself is counted.",
                          lambda g: _types(data.load("claims").query("speaker == 'narrator'"))),
                Diagnosis("These are verdicts, not types.",
                          lambda g: data.load("claims")["verdict"].value_counts().to_dict()),
            ),
        ),
        Question(
            "q3", "hedged", 2, Together((Whole("claims", 0), Number("per cent", 0.1, 0, 100))), _hedged,
            "A claim is hedged if its cell in hedge is not empty; then see which type those claims are.",
            "02_reading_the_article, hedges",
            (
                Diagnosis("The second number is a share of one: the question asks for per cent.",
                          lambda g: (_hedged(g)[0], _hedged(g)[1] / 100)),
                Diagnosis("The second number is the share of forecasts that are hedged: it was asked the other way round.",
                          _hedged_of_forecasts),
                Diagnosis("The second number is the share of hedged claims in all claims.",
                          lambda g: (_hedged(g)[0], 100 * _hedged(g)[0] / len(data.load("claims")))),
            ),
        ),
        Question(
            "q4", "commonest", 2, Together((Whole("claims", 0), Number("per cent", 0.1, 0, 100))), _of_blocks,
            "Keep the claims whose block is one of yours; then take the commonest value of the column you were given.",
            "02_reading_the_article, claims by type",
            (
                Diagnosis("The second number is a share of one: the question asks for per cent.",
                          lambda g: (_of_blocks(g)[0], _of_blocks(g)[1] / 100)),
                Diagnosis("You divided by all claims, not by those of your paragraphs.", _mode_over_all),
                Diagnosis("These are all claims: keep those of your paragraphs first.", _mode_of_all),
                Diagnosis("Only the first of your paragraphs is looked at.", _by_first_only),
            ),
            varies=True,
        ),
        Question(
            "q5", "word_share", 3, Number("per cent", 0.05, 0, 100), word_share,
            "Sum words, do not count rows; and think of a kind that is not there, and of an empty table.",
            "02_reading_the_article, words by speaker",
            (
                Diagnosis("This is the share of blocks, not of words.", _row_share),
                Diagnosis("This is a share of one: the question asks for per cent.", lambda b, k: word_share(b, k) / 100),
                Diagnosis("These are quoted words: the question asks for all words.",
                          lambda b, k: float(100 * b.loc[b["kind"] == k, "quoted_words"].sum() / b["words"].sum())
                          if len(b) else 0.0),
            ),
            cases=_cases,
        ),
    ),
    practice=(
        Practice(
            "p1", "voices", Together((Whole("words", 0, 5000),) * 5), _words_by_voice,
            "Group blocks by attributed_to, sum all words (not only the quoted ones), and mind the order.",
            "02_reading_the_article, words by speaker",
        ),
    ),
)  # fmt: skip
