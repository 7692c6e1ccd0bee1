"""The measures that lessons teach and pandas lacks: shares, overlap, agreement, calibration, balance ...

Each function takes plain lists, sets or pandas objects; if it cannot work with them, its error says why.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from samarkand.ground.errors import OutOfRange, WrongType, unknown
from samarkand.ground.words import tr

#: What a measure accepts as a series of numbers.
Numbers = Iterable[float]

#: Votes as numbers; a state that took no part has none.
_BALLOTS: Mapping[str, int | None] = {
    "yes": 1,
    "abstain": 0,
    "no": -1,
    "did not vote": None,
    "not a member": None,
}


def shares(values: pd.Series) -> pd.Series:
    """Return the share of each value in the sum of all.

    Formula: ``s_i = x_i / (x_1 + ... + x_n)``

    Parameters
    ----------
    values : pandas.Series
        Quantities in one unit, none negative or missing.

    Returns
    -------
    pandas.Series
        Shares from 0 to 1, with the index of `values`; they add up to 1.

    Raises
    ------
    WrongType
        If a value is not a number.
    OutOfRange
        If there are no values, one is missing or negative, or all are zero.

    Examples
    --------
    >>> shares(pd.Series({"CHN": 30.0, "RUS": 10.0})).to_dict()
    {'CHN': 0.75, 'RUS': 0.25}
    """
    series = pd.Series(_numbers(values, tr("shares")), index=getattr(values, "index", None))
    _no_negative(series, tr("shares"))
    if series.sum() == 0:
        raise OutOfRange(tr("Shares of nothing: all values are zero."))
    return series / series.sum()


def herfindahl(values: Numbers) -> float:
    """Return the Herfindahl-Hirschman index: how strongly a total is concentrated on a few.

    Formula: ``H = s_1^2 + ... + s_n^2`` with the shares ``s_i`` of the values in their sum. H is 1 when one
    value makes up the whole, and 1/n when n values are equal.

    Parameters
    ----------
    values : iterable of float
        Quantities in one unit, for example trade by partner; they need not add up to 1.

    Returns
    -------
    float
        From 1/n to 1, without unit.

    Raises
    ------
    WrongType
        If a value is not a number.
    OutOfRange
        If there are no values, one is missing or negative, or all are zero.

    References
    ----------
    A. O. Hirschman, "The paternity of an index", American Economic Review 54 (1964), 761-762.

    Examples
    --------
    >>> herfindahl([50, 50])
    0.5
    >>> herfindahl([100, 0])
    1.0
    """
    return float((shares(pd.Series(_numbers(values, tr("a Herfindahl index")))) ** 2).sum())


def jaccard(a: Collection[Hashable], b: Collection[Hashable]) -> float:
    """Return the Jaccard index: how much two groups overlap.

    Formula: ``J = |A and B| / |A or B|``, members of both over members of either.

    Parameters
    ----------
    a, b : collection
        Members of the two groups; repeated members count once.

    Returns
    -------
    float
        From 0 (nothing in common) to 1 (the same group), without unit.

    Raises
    ------
    WrongType
        If a group is a single text.
    OutOfRange
        If both groups are empty.

    References
    ----------
    P. Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11 (1912), 37-50.

    Examples
    --------
    >>> jaccard({"CHN", "KAZ", "RUS"}, {"KAZ", "RUS", "ARM"})
    0.5
    """
    for group in (a, b):
        if isinstance(group, str) or not isinstance(group, Iterable):
            raise WrongType(
                tr('A group is a set or list, such as {{"KAZ", "RUS"}}, not {given!r}.', given=group)
            )
    first, second = set(a), set(b)
    if not first | second:
        raise OutOfRange(tr("Both groups are empty: their overlap is not defined."))
    return len(first & second) / len(first | second)


def brier(forecasts: Numbers, outcomes: Numbers) -> float:
    """Return the Brier score: how far forecasts were from what happened.

    Formula: ``B = ((f_1 - o_1)^2 + ... + (f_n - o_n)^2) / n``

    Parameters
    ----------
    forecasts : iterable of float
        Probabilities from 0 to 1.
    outcomes : iterable of float
        1 for what happened, 0 for what did not; between them where the record is mixed.

    Returns
    -------
    float
        From 0 (perfect) to 1, without unit. Always saying 50 per cent scores 0.25.

    Raises
    ------
    WrongType
        If a value is not a number.
    OutOfRange
        If there are no values, one is missing or outside 0 to 1, or the lengths differ.

    References
    ----------
    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78
    (1950), 1-3; halved, as is now usual for a yes-or-no question.

    Examples
    --------
    >>> brier([0.5, 1.0], [1, 1])
    0.125
    """
    said, came = _pairs(forecasts, outcomes, tr("a Brier score"))
    return math.fsum((f - o) ** 2 for f, o in zip(said, came, strict=True)) / len(said)


def calibration(forecasts: Numbers, outcomes: Numbers, *, bins: int = 0) -> pd.DataFrame:
    """Return, for each stated probability, how often the forecast events happened.

    Of all forecasts of 70 per cent, about seven in ten should come true: then they are calibrated.

    Parameters
    ----------
    forecasts : iterable of float
        Probabilities from 0 to 1.
    outcomes : iterable of float
        1 for what happened, 0 for what did not; between them where the record is mixed.
    bins : int, default 0
        Sort the probabilities into this many bins of equal width first; 0 keeps every probability apart.

    Returns
    -------
    pandas.DataFrame
        ``said`` and ``came`` (mean probability and mean outcome, 0 to 1) and ``cases`` (int), one row for
        each probability or bin that has a forecast; sorted by ``said``.

    Raises
    ------
    WrongType, OutOfRange
        As for `brier`, or if `bins` is negative.

    References
    ----------
    A. H. Murphy and R. L. Winkler, "Reliability of subjective probability forecasts of precipitation and
    temperature", Journal of the Royal Statistical Society C 26 (1977), 41-47.

    Examples
    --------
    >>> calibration([0.9, 0.9, 0.5], [1, 0, 1]).values.tolist()
    [[0.5, 1.0, 1.0], [0.9, 0.5, 2.0]]
    """
    said, came = _pairs(forecasts, outcomes, tr("calibration"))
    if bins < 0:
        raise OutOfRange(
            tr("{bins} bins are none: take a positive number, or 0 for no bins at all.", bins=bins)
        )
    frame = pd.DataFrame({"said": said, "came": came})
    # The last bin includes its upper end: a probability of 1 has no bin of its own.
    group = (frame["said"] * bins).astype(int).clip(upper=bins - 1) if bins else frame["said"]
    found = frame.groupby(group.rename("group")).agg(
        said=("said", "mean"), came=("came", "mean"), cases=("came", "size")
    )
    return found.sort_values("said").reset_index(drop=True)


def year_on_year(values: pd.Series) -> pd.Series:
    """Return the change of each value from the one a year before, in per cent.

    Formula: ``g_t = 100 (x_t / x_(t-1) - 1)``

    Parameters
    ----------
    values : pandas.Series
        Quantities in one unit, indexed by year (int), or by day (datetime), in any order.

    Returns
    -------
    pandas.Series
        Per cent, in order of time; missing where the value a year before is missing or zero.

    Raises
    ------
    WrongType
        If the index is neither years nor days, or a value is not a number.
    OutOfRange
        If there are no values, or a year or day appears twice.

    Examples
    --------
    >>> year_on_year(pd.Series({2021: 146.887, 2022: 190.27})).round(1).to_dict()
    {2021: nan, 2022: 29.5}
    """
    index = getattr(values, "index", None)
    if not isinstance(values, pd.Series) or index is None:
        raise WrongType(tr("Year on year needs a Series with years or days as its index."))
    if not len(values):
        raise OutOfRange(tr("Year on year of nothing: there is no value."))
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise WrongType(tr("Year on year needs numbers."))
    if index.has_duplicates:
        raise OutOfRange(tr("{what} stands twice in the index.", what=index[index.duplicated()][0]))
    if isinstance(index, pd.DatetimeIndex):
        before = index - pd.DateOffset(years=1)
    elif pd.api.types.is_integer_dtype(index.dtype):
        before = index - 1
    else:
        raise WrongType(tr("The index must be years, such as 2022, or days."))
    earlier = values.astype("float64").reindex(before).set_axis(index)
    growth = (values.astype("float64") / earlier.where(earlier != 0) - 1) * 100
    return growth.sort_index()


def mirror_gap(reported: float, mirrored: float) -> float:
    """Return how much more one side records of the same trade than the other, in per cent.

    Formula: ``g = 100 (x / m - 1)``

    Parameters
    ----------
    reported : float
        What one side records.
    mirrored : float
        What the other side records of the same flow, in the same unit and period.

    Returns
    -------
    float
        Per cent of the other side's figure; 0 when both agree, negative when the first is smaller.

    Raises
    ------
    WrongType
        If a figure is not a number.
    OutOfRange
        If one is missing or negative, or the other side's figure is zero.

    Examples
    --------
    >>> round(mirror_gap(31.2, 24.1), 1)
    29.5
    """
    here, there = _numbers([reported, mirrored], tr("a mirror gap"))
    if here < 0 or there < 0:
        raise OutOfRange(tr("Trade is not negative: a mirror gap compares two counts of one flow."))
    if there == 0:
        raise OutOfRange(tr("The other side counts nothing: a gap in per cent of nothing is not defined."))
    return 100 * (here / there - 1)


def vote_agreement(a: Iterable[str], b: Iterable[str]) -> float:
    """Return how far two voters agree: 1 for equal votes throughout, 0 for yes against no throughout.

    Formula: ``A = 1 - (|a_1 - b_1| + ... + |a_n - b_n|) / (2 n)`` with yes as 1, abstain as 0 and no as -1,
    over the n votes in which both took part: the mean of 1 for the same vote, 0.5 for yes or no against an
    abstention, and 0 for yes against no.

    Parameters
    ----------
    a, b : iterable of str
        Votes in the same order: ``yes``, ``abstain`` or ``no``. A vote is left out if either side holds
        ``did not vote``, ``not a member`` or nothing: to be absent is not to abstain.

    Returns
    -------
    float
        From 0 to 1, without unit.

    Raises
    ------
    UnknownName
        If the votes contain any other word.
    OutOfRange
        If the lengths differ, or there is no vote in which both took part.

    References
    ----------
    The index of agreement in the data of A. Strezhnev and E. Voeten, "United Nations General Assembly Voting
    Data", Harvard Dataverse; a distance turned into an agreement as in C. S. Signorino and J. M. Ritter,
    "Tau-b or not tau-b", International Studies Quarterly 43 (1999), 115-144.

    Examples
    --------
    >>> vote_agreement(["yes", "no", "abstain"], ["yes", "abstain", "did not vote"])
    0.75
    """
    one, other = _votes(a), _votes(b)
    if len(one) != len(other):
        raise OutOfRange(
            tr("{n} votes and {m} votes: each vote of one needs one of the other.", n=len(one), m=len(other))
        )
    apart = [abs(x - y) for x, y in zip(one, other, strict=True) if x is not None and y is not None]
    if not apart:
        raise OutOfRange(tr("There is no vote in which both took part, so their agreement is not defined."))
    return 1 - sum(apart) / (2 * len(apart))


def _votes(words: Iterable[str]) -> list[int | None]:
    """Return votes as numbers; None for a voter who took no part."""
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise WrongType(
            tr('Votes are a list or Series of words, such as ["yes", "no"], not {given!r}.', given=words)
        )
    given: list[Any] = list(words)
    numbers: list[int | None] = []
    for word in given:
        if isinstance(word, str) and word in _BALLOTS:
            numbers.append(_BALLOTS[word])
        elif not isinstance(word, str) and pd.isna(word):
            numbers.append(None)
        else:
            raise unknown(tr("vote"), word, _BALLOTS)
    return numbers


def signed_triangles(
    ties: pd.DataFrame, a: str = "actor", b: str = "target", sign: str = "sign"
) -> pd.DataFrame:
    """List every triangle of a signed network, and whether it is balanced.

    A triangle is balanced when the product of its three signs is positive: the friend of a friend is a
    friend, and so is the enemy of an enemy. Ties without a sign (0) and ties of an actor with itself are left
    out. Where two actors have several ties, the sign of their sum counts; a pair whose ties cancel out has no
    sign.

    Parameters
    ----------
    ties : pandas.DataFrame
        One row for each tie.
    a, b, sign : str
        Columns with the two ends of a tie and its sign: 1, 0 or -1. Direction does not matter.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``third`` (actors, in alphabetical order), ``signs`` (``"+ + -"``,
        of the pairs first-second, first-third, second-third) and ``balanced`` (bool); sorted by the three
        actors. It has no rows if there are no triangles.

    Raises
    ------
    UnknownName
        If a column is missing.
    OutOfRange
        If a sign is neither 1, 0 nor -1.

    References
    ----------
    D. Cartwright and F. Harary, "Structural balance: a generalization of Heider's theory", Psychological
    Review 63 (1956), 277-293.

    Examples
    --------
    >>> ties = pd.DataFrame({"actor": ["CHN", "CHN", "RUS"], "target": ["RUS", "USA", "USA"],
    ...                      "sign": [1, -1, -1]})
    >>> signed_triangles(ties)[["signs", "balanced"]].values.tolist()
    [['+ - -', True]]
    """
    for column in (a, b, sign):
        if column not in ties.columns:
            raise unknown(tr("column"), column, map(str, ties.columns))
    strange = [s for s in ties[sign] if pd.isna(s) or s not in (-1, 0, 1)]
    if strange:
        raise OutOfRange(tr("A sign is 1, 0 or -1, not {given!r}.", given=strange[0]))
    sums: dict[frozenset[str], int] = {}
    for one, other, value in zip(ties[a], ties[b], ties[sign], strict=True):
        if one != other:
            pair = frozenset((one, other))
            sums[pair] = sums.get(pair, 0) + int(value)
    signed = {pair: (1 if total > 0 else -1) for pair, total in sums.items() if total}
    return pd.DataFrame(_triangles(signed), columns=["first", "second", "third", "signs", "balanced"]).astype(
        {"balanced": "bool"}
    )


def _triangles(signed: Mapping[frozenset[str], int]) -> list[tuple[str, str, str, str, bool]]:
    """Return the triangles of a graph, given as the signs of its pairs."""
    neighbours: dict[str, set[str]] = {}
    for pair in signed:
        one, other = pair
        neighbours.setdefault(one, set()).add(other)
        neighbours.setdefault(other, set()).add(one)
    found = []
    for first in sorted(neighbours):
        for second, third in combinations(sorted(n for n in neighbours[first] if n > first), 2):
            if third in neighbours[second]:
                signs = [signed[frozenset(p)] for p in ((first, second), (first, third), (second, third))]
                text = " ".join("+" if s > 0 else "-" for s in signs)
                found.append((first, second, third, text, math.prod(signs) > 0))
    return found


def _numbers(values: Numbers, what: str) -> list[float]:
    """Return values as floats; there must be at least one, and none may be missing."""
    if isinstance(values, (str, Mapping)) or not isinstance(values, Iterable):
        raise WrongType(
            tr("For {what} give a list or Series of numbers, not {given!r}.", what=what, given=values)
        )
    found = list(values)
    if not found:
        raise OutOfRange(tr("There is no value, so {what} is not defined.", what=what))
    numbers = []
    for value in found:
        if isinstance(value, (str, bool, list, tuple)):
            raise WrongType(tr("For {what} give numbers, not {given!r}.", what=what, given=value))
        if pd.isna(value):
            raise OutOfRange(tr("A value is missing; leave it out before asking for {what}.", what=what))
        if not hasattr(value, "__float__"):
            raise WrongType(tr("For {what} give numbers, not {given!r}.", what=what, given=value))
        if not math.isfinite(value):
            raise OutOfRange(tr("A value is infinite; leave it out before asking for {what}.", what=what))
        numbers.append(float(value))
    return numbers


def _pairs(forecasts: Numbers, outcomes: Numbers, what: str) -> tuple[list[float], list[float]]:
    """Return forecasts and outcomes as floats from 0 to 1, one outcome for each forecast."""
    said, came = _numbers(forecasts, what), _numbers(outcomes, what)
    if len(said) != len(came):
        raise OutOfRange(
            tr("{n} forecasts and {m} outcomes: each forecast needs one outcome.", n=len(said), m=len(came))
        )
    for value in (*said, *came):
        if not 0 <= value <= 1:
            raise OutOfRange(tr("{value:g} is no probability: 80 per cent is written 0.8.", value=value))
    return said, came


def _no_negative(series: pd.Series, what: str) -> None:
    if (series < 0).any():
        raise OutOfRange(
            tr(
                "{value:g} is negative; {what} are of quantities.",
                value=series[series < 0].iloc[0],
                what=what,
            )
        )
