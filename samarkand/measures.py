"""Measures that lessons teach and pandas lacks: concentration, overlap, agreement, calibration, balance ...

Each function takes plain lists, sets or pandas objects; its errors say why it cannot work with them.
"""

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from samarkand.common.errors import OutOfRange, WrongType, make_unknown_name
from samarkand.common.words import tr, trn

#: A list, Series or other iterable of numbers.
Numbers = Iterable[float]

#: Maximum number of combinations of choices, so that nobody waits long.
MOST_UNIVERSES = 20_000

#: Votes as numbers; absence has none.
_BALLOTS: Mapping[str, int | None] = {
    "yes": 1,
    "abstain": 0,
    "no": -1,
    "did not vote": None,
    "not a member": None,
}


def herfindahl_bounds(listed: Numbers, whole: float) -> tuple[float, float]:
    """Return the smallest and the largest Herfindahl index that an incomplete list allows.

    The Herfindahl-Hirschman index says how concentrated a total is on few parts: ``H = s_1^2 + ... + s_n^2``
    with the shares ``s_i``; 1 if one part is the total, 1/n if n parts are equal. A list of the largest parts
    leaves a remainder. The index is smallest if the remainder is split among very many parts, and largest if
    it is split among as few as possible: none of them larger than the smallest part listed.

    Formula: ``floor = s_1^2 + ... + s_k^2`` over the listed shares of the total;
    ``ceiling = floor + m s_k^2 + (r - m s_k)^2`` with the remainder ``r`` and ``m``, the number of times that
    ``s_k`` goes into it.

    Parameters
    ----------
    listed : iterable of float
        Quantities of the largest parts, in the unit of `whole`.
    whole : float
        The total of all parts, for example 100 for shares in per cent.

    Returns
    -------
    tuple of float
        Floor and ceiling, from 0 to 1, without unit; equal if the list leaves no remainder.

    Raises
    ------
    WrongType
        If a value is not a number.
    OutOfRange
        If there are no values, one is missing or negative, or they add up to more than the total.

    References
    ----------
    A. O. Hirschman, "The paternity of an index", American Economic Review 54 (1964), 761-762; the bounds
    follow from the convexity of the square.

    Examples
    --------
    >>> floor, ceiling = herfindahl_bounds([40, 20], 100)
    >>> round(floor, 2), round(ceiling, 2)
    (0.2, 0.28)
    """
    what = tr("the bounds of a Herfindahl index")
    parts, (total,) = _numbers(listed, what), _numbers([whole], what)
    if min(parts) < 0:
        text = tr("{value:g} is negative; {what} are of quantities.", value=min(parts), what=what)
        raise OutOfRange(text, code="negative", given=min(parts))
    if total <= 0:
        text = tr("The whole is {whole:g}: its parts have no shares.", whole=total)
        raise OutOfRange(text, code="no whole", given=total)
    rest = 1 - math.fsum(parts) / total
    if rest < -1e-9:
        text = tr(
            "The parts add up to {sum:g}, more than the whole, {whole:g}.", sum=math.fsum(parts), whole=total
        )
        raise OutOfRange(text, code="more than the whole", sum=math.fsum(parts), whole=total)
    rest = max(rest, 0.0)
    floor = math.fsum((part / total) ** 2 for part in parts)
    size = min((part for part in parts if part), default=total) / total
    full = math.floor(rest / size + 1e-9)
    return floor, floor + full * size**2 + max(rest - full * size, 0.0) ** 2


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
            text = tr('A group is a set or list, such as {{"KAZ", "RUS"}}, not {given!r}.', given=group)
            raise WrongType(text, code="no group", given=group)
    first, second = set(a), set(b)
    if not first | second:
        raise OutOfRange(tr("Both groups are empty: their overlap is not defined."), code="no value")
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


def calibration(forecasts: Numbers, outcomes: Numbers) -> pd.DataFrame:
    """Return, for each stated probability, how often the forecast events happened.

    Of all forecasts of 70 per cent, about seven in ten should come true: then they are calibrated.

    Parameters
    ----------
    forecasts : iterable of float
        Probabilities from 0 to 1.
    outcomes : iterable of float
        1 for what happened, 0 for what did not; between them where the record is mixed.

    Returns
    -------
    pandas.DataFrame
        ``said`` and ``came`` (probability and mean outcome, 0 to 1) and ``cases`` (int), one row for each
        probability that has a forecast; sorted by ``said``.

    Raises
    ------
    WrongType, OutOfRange
        As for `brier`.

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
    frame = pd.DataFrame({"said": said, "came": came})
    return frame.groupby("said")["came"].agg(came="mean", cases="size").reset_index()


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
        If there are no values, or a year or day occurs twice.

    Examples
    --------
    >>> year_on_year(pd.Series({2021: 146.887, 2022: 190.27})).round(1).to_dict()
    {2021: nan, 2022: 29.5}
    """
    if not isinstance(values, pd.Series):
        raise WrongType(
            tr("Year on year needs a column with years or days as its index."),
            code="no Series",
            given=values,
        )
    index: Any = values.index  # of years or of days
    if not len(values):
        raise OutOfRange(tr("Year on year of nothing: there is no value."), code="no value")
    if not pd.api.types.is_numeric_dtype(values.dtype):
        raise WrongType(tr("Year on year needs numbers."), code="no numbers", given=values)
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise OutOfRange(tr("{what} occurs twice in the index.", what=twice), code="twice", given=twice)
    if isinstance(index, pd.DatetimeIndex):
        before = index - pd.DateOffset(years=1)
    elif pd.api.types.is_integer_dtype(index.dtype):
        before = index - 1
    else:
        raise WrongType(tr("The index must be years, such as 2022, or days."), code="no years")
    earlier = values.astype("float64").reindex(before).set_axis(index)
    growth = (values.astype("float64") / earlier.where(earlier != 0) - 1) * 100
    return growth.sort_index()


def vote_agreement(a: Iterable[str], b: Iterable[str]) -> float:
    """Return how far two voters agree: 1 for equal votes throughout, 0 for yes against no throughout.

    Formula: ``A = 1 - (|a_1 - b_1| + ... + |a_n - b_n|) / (2 n)`` with yes as 1, abstain as 0 and no as -1,
    over the n votes in which both took part: the mean of 1 for the same vote, 0.5 for yes or no against an
    abstention, and 0 for yes against no.

    Parameters
    ----------
    a, b : iterable of str
        Votes in the same order: ``yes``, ``abstain`` or ``no``. A vote is left out if either side has
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
        text = tr(
            "{n} votes and {m} votes: each vote of one needs one of the other.", n=len(one), m=len(other)
        )
        raise OutOfRange(text, code="other lengths", lengths=(len(one), len(other)))
    apart = [abs(x - y) for x, y in zip(one, other, strict=True) if x is not None and y is not None]
    if not apart:
        text = tr("There is no vote in which both took part, so their agreement is not defined.")
        raise OutOfRange(text, code="no vote in common")
    return 1 - sum(apart) / (2 * len(apart))


def _votes(words: Iterable[str]) -> list[int | None]:
    """Return votes as numbers; None for a voter who took no part."""
    if isinstance(words, str) or not isinstance(words, Iterable):
        text = tr('Votes are a list or a column of words, such as ["yes", "no"], not {given!r}.', given=words)
        raise WrongType(text, code="no votes", given=words)
    given: list[Any] = list(words)
    present = [word for word in given if isinstance(word, str) or not pd.isna(word)]
    strange = [word for word in present if word not in _BALLOTS]
    if strange:
        raise make_unknown_name(tr("vote"), strange[0], _BALLOTS)
    return [_BALLOTS.get(word) for word in given]


#: Rules that reduce the signs of a pair's ties to one.
RULES = ("sum", "last", "worst")


def pair_signs(ties: pd.DataFrame) -> pd.DataFrame:
    """Return one sign for each pair of actors by three rules, since pairs may have several ties.

    Parameters
    ----------
    ties : pandas.DataFrame
        One row a tie: ``actor``, ``target`` and ``sign`` (1, 0 or -1), and ``day``, or else rows in order of
        time. Direction does not matter; a tie of an actor with itself is left out.

    Returns
    -------
    pandas.DataFrame
        Index ``first`` and ``second`` (actors, in alphabetical order), sorted; ``ties`` (int, the number of
        ties), and a sign for each rule: that of their ``sum``, the ``last`` one, the ``worst`` one.

    Raises
    ------
    UnknownName
        If a column is missing.
    OutOfRange
        If a sign is neither 1, 0 nor -1.

    Examples
    --------
    >>> two = pd.DataFrame({"actor": ["CHN", "RUS"], "target": ["RUS", "CHN"], "sign": [1, -1]})
    >>> pair_signs(two).reset_index().values.tolist()
    [['CHN', 'RUS', 2, 0, -1, -1]]
    """
    for column in ("actor", "target", "sign"):
        if column not in ties.columns:
            raise make_unknown_name(tr("column"), column, map(str, ties.columns))
    strange = [s for s in ties["sign"] if pd.isna(s) or s not in (-1, 0, 1)]
    if strange:
        text = tr("A sign is 1, 0 or -1, not {given!r}.", given=strange[0])
        raise OutOfRange(text, code="no sign", given=strange[0])
    ties = ties[ties["actor"] != ties["target"]]
    if "day" in ties:
        ties = ties.sort_values("day", kind="stable")
    first, second = np.sort(ties[["actor", "target"]].to_numpy(dtype=object), axis=1).T
    both = ties.assign(first=first, second=second)
    found = both.groupby(["first", "second"])["sign"].agg(ties="size", sum="sum", last="last", worst="min")
    found["sum"] = found["sum"].clip(-1, 1)
    return pd.DataFrame(found)


def signed_triangles(ties: pd.DataFrame, rule: str = "sum") -> pd.DataFrame:
    """List every triangle of a signed network, and whether it is balanced.

    A triangle is balanced if the product of its three signs is positive: the friend of a friend is a friend,
    and so is the enemy of an enemy. Ties without a sign (0), ties of an actor with itself, and pairs without
    a sign by the rule are left out.

    Parameters
    ----------
    ties : pandas.DataFrame
        One row for each tie, as for `pair_signs`.
    rule : {"sum", "last", "worst"}
        How the ties of a pair become one sign; see `pair_signs`.

    Returns
    -------
    pandas.DataFrame
        ``first``, ``second``, ``third`` (actors, in alphabetical order), ``signs`` (``"+ + -"``, of the pairs
        first-second, first-third, second-third) and ``balanced`` (bool); sorted by the three actors.

    Raises
    ------
    UnknownName
        If a column is missing, or there is no such rule.
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
    if rule not in RULES:
        raise make_unknown_name(tr("rule"), rule, RULES)
    pairs: Any = pair_signs(ties)[rule].items()
    signed = {pair: int(sign) for pair, sign in pairs if sign}
    found = []
    for three in combinations(sorted(set[str]().union(*signed)), 3):
        signs = [signed.get(pair, 0) for pair in combinations(three, 2)]
        if all(signs):
            text = " ".join("+" if sign > 0 else "-" for sign in signs)
            found.append((*three, text, math.prod(signs) > 0))
    columns = ["first", "second", "third", "signs", "balanced"]
    return pd.DataFrame(found, columns=columns).astype({"balanced": "bool"})


def multiverse(choices: Mapping[str, Collection[Any]], holds: Callable[..., bool]) -> pd.DataFrame:
    """Return whether a sentence holds under each combination of defensible choices.

    Whether a sentence about data is true may depend on choices that could have been made otherwise: which
    ties count, whether the EU is one partner or 27, where a hedge begins. The share of combinations in which
    it holds shows how much of it is due to the data, and how much to us.

    Parameters
    ----------
    choices : mapping of str to collection
        The options of each choice.
    holds : callable
        Takes one option of each choice by name, and returns a bool: whether the sentence is true.

    Returns
    -------
    pandas.DataFrame
        One row a combination, one column a choice, and ``holds`` (bool). The mean of ``holds`` is the share.

    Raises
    ------
    WrongType
        If `holds` does not return a bool.
    OutOfRange
        If there is no choice, a choice has no option, a choice is called "holds", or there are more than
        20,000 combinations.

    References
    ----------
    S. Steegen, F. Tuerlinckx, A. Gelman and W. Vanpaemel, "Increasing transparency through a multiverse
    analysis", Perspectives on Psychological Science 11 (2016), 702-712.

    Examples
    --------
    >>> tried = multiverse({"unit": ["EU as one", "states"], "year": [2021, 2022]},
    ...                    lambda unit, year: unit == "EU as one" or year == 2022)
    >>> float(tried["holds"].mean())
    0.75
    """
    if not choices:
        raise OutOfRange(tr("Without a choice there is nothing to vary."), code="no choice")
    if "holds" in choices:
        text = tr("No choice can be called “holds”: that is the column of the answer.")
        raise OutOfRange(text, code="a name in use", name="holds")
    for name, options in choices.items():
        if not len(options):
            raise OutOfRange(tr("The choice “{name}” has no option.", name=name), code="no option", name=name)
    universes = math.prod(len(options) for options in choices.values())
    if universes > MOST_UNIVERSES:
        text = tr(
            "{n} combinations are too many to try; {most} are the most.", n=universes, most=MOST_UNIVERSES
        )
        raise OutOfRange(text, code="too many", given=universes, most=MOST_UNIVERSES)
    rows = []
    for options in product(*choices.values()):
        taken = dict(zip(choices, options, strict=True))
        answer: Any = holds(**taken)
        if not isinstance(answer, (bool, np.bool_)):
            text = tr("A sentence is true or false; {given!r} is neither.", given=answer)
            raise WrongType(text, code="not true or false", given=answer)
        rows.append({**taken, "holds": bool(answer)})
    return pd.DataFrame(rows, columns=[*choices, "holds"])


def gravity(flow: pd.Series, **known: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Fit a gravity equation by least squares, and return its coefficients and residuals.

    Formula: ``log f = c + b_1 log x_1 + ... + b_k log x_k + r`` with the coefficients that minimise the sum
    of the squared residuals ``r``; ``exp(r)`` is the trade counted divided by the trade expected.

    Parameters
    ----------
    flow : pandas.Series
        Trade of each pair, in one unit and above zero.
    **known : pandas.Series
        Quantities on which trade may depend, such as sizes and distances; index of `flow`, above zero.

    Returns
    -------
    coefficients : pandas.Series
        The exponent of each quantity by its name, and ``constant``.
    residuals : pandas.Series
        Natural logarithms, with the index of `flow`.

    Raises
    ------
    WrongType
        If no quantity is given, or an index differs from that of `flow`.
    OutOfRange
        If a value is missing, zero or negative, or there are fewer pairs than coefficients.

    References
    ----------
    J. Tinbergen, Shaping the World Economy, New York 1962, appendix VI.

    Examples
    --------
    >>> size, km = pd.Series([1.0, 2, 4, 8]), pd.Series([1.0, 1, 2, 5])
    >>> coefficients, residuals = gravity(3 * size / km, size=size, km=km)
    >>> coefficients.round(2).to_dict()
    {'size': 1.0, 'km': -1.0, 'constant': 1.1}
    """
    both = (flow, *known.values())
    if not known or not all(isinstance(one, pd.Series) and one.index.equals(flow.index) for one in both):
        text = tr("Trade and what it depends on are columns with the same index.")
        raise WrongType(text, code="another index")
    table = pd.DataFrame({**known, "_flow": flow}).astype("float64")
    if len(table) <= len(known):
        text = trn(
            "{n} pair is too few for {m} coefficients.",
            "{n} pairs are too few for {m} coefficients.",
            len(table),
            m=len(known) + 1,
        )
        raise OutOfRange(text, code="too few", pairs=len(table), coefficients=len(known) + 1)
    lost = int((~(table > 0)).any(axis="columns").sum())
    if lost:
        text = trn(
            "{n} pair has a value that is missing, zero or negative, and so no logarithm.",
            "{n} pairs have a value that is missing, zero or negative, and so no logarithm.",
            lost,
        )
        raise OutOfRange(text, code="no logarithm", pairs=lost)
    logs = pd.DataFrame(np.log(table.to_numpy()), table.index, table.columns)
    trade = logs.pop("_flow")
    matrix = logs.assign(constant=1.0)
    found = np.linalg.lstsq(matrix.to_numpy(), trade.to_numpy(), rcond=None)[0]
    return pd.Series(found, matrix.columns), (trade - matrix @ found).rename("residual")


def _numbers(values: Numbers, what: str) -> list[float]:
    """Return values as floats; `OutOfRange` if there are none, or one is missing or infinite."""
    if isinstance(values, (str, Mapping)) or not isinstance(values, Iterable):
        text = tr("For {what} give a list or a column of numbers, not {given!r}.", what=what, given=values)
        raise WrongType(text, code="no list", given=values)
    found: list[Any] = list(values)
    if not found:
        text = tr("There is no value, and so nothing from which to calculate {what}.", what=what)
        raise OutOfRange(text, code="no value")
    if any(not isinstance(value, (list, tuple)) and pd.isna(value) for value in found):
        text = tr("A value is missing; leave it out before asking for {what}.", what=what)
        raise OutOfRange(text, code="a value missing")
    for value in found:
        if isinstance(value, (str, bool, list, tuple)) or not hasattr(value, "__float__"):
            text = tr("For {what} give numbers, not {given!r}.", what=what, given=value)
            raise WrongType(text, code="no number", given=value)
        if not math.isfinite(value):
            text = tr("A value is infinite; leave it out before asking for {what}.", what=what)
            raise OutOfRange(text, code="infinite")
    return [float(value) for value in found]


def _pairs(forecasts: Numbers, outcomes: Numbers, what: str) -> tuple[list[float], list[float]]:
    """Return forecasts and outcomes as floats from 0 to 1, one outcome for each forecast."""
    said, came = _numbers(forecasts, what), _numbers(outcomes, what)
    if len(said) != len(came):
        text = tr(
            "{n} forecasts and {m} outcomes: each forecast needs one outcome.", n=len(said), m=len(came)
        )
        raise OutOfRange(text, code="other lengths", lengths=(len(said), len(came)))
    for value in (*said, *came):
        if not 0 <= value <= 1:
            text = tr("{value:g} is no probability: 80 per cent is written 0.8.", value=value)
            raise OutOfRange(text, code="no probability", given=value)
    return said, came
