"""Practice of lesson 07: how concentrated, how far apart two counts, and a sum in which some stand twice."""

import re

import pandas as pd

from samarkand import data, measures
from samarkand.ground.words import tr
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

YEAR = 2019
#: The rows of ``who_counted`` with China's and Kyrgyzstan's count of one flow, and with the parts of 230.
SOLD, BOUGHT, PARTS = "WC033", "WC034", "WC003"


def _parts(flow: str = "exports", year: int = YEAR) -> tuple[pd.Series, float]:
    """Return what Kazakhstan's listed partners took, or sold, in a year, and what the world did; USD mn."""
    table = data.load("partners").query("year == @year").set_index("partner")
    column = table[f"{flow}_usd_mn"].dropna()
    return column.drop("WLD"), float(column["WLD"])


def _floor(flow: str = "exports", year: int = YEAR) -> float:
    return measures.herfindahl_bounds(*_parts(flow, year))[0]


def _counted(row: str) -> float:
    return float(data.load("who_counted").set_index("id")["value"][row])


def _gap() -> float:
    return measures.mirror_gap(_counted(SOLD), _counted(BOUGHT))


def _named() -> list[int]:
    """Return the four parts that the prosecutor general named: Almaty, elsewhere, civilians, officers."""
    return [int(n) for n in re.findall(r"\d+", data.load("who_counted").set_index("id")["includes"][PARTS])]


def _outside(*, civilians_of_almaty: bool = False, officers: bool = False) -> float:
    """Return how many died outside Almaty, if what the parts have too many are civilians of Almaty."""
    _, elsewhere, civilians, police = _named()
    twice = sum(_named()) - _counted(PARTS)
    return elsewhere + civilians - (0 if civilians_of_almaty else twice) + (police if officers else 0)


TASKS = (
    Task(
        "07.1",
        kinds.Number("", 0.001),
        _floor,
        right=tr("As in 2022: many customers, in another year and by another counter."),
        hint=tr("Divide what each partner took by the world's row, square it, and sum."),
        diagnoses=(
            Diagnosis(
                tr("The row WLD is among the parts: it is the whole. Did you drop it?"), lambda: _floor() + 1
            ),
            Diagnosis(
                tr("You divided by the sum of those listed. Of which whole are they parts?"),
                lambda: measures.herfindahl(_parts()[0]),
            ),
            Diagnosis(
                tr("Those are shares in per cent, squared. An index has shares of one."),
                lambda: 10_000 * _floor(),
            ),
            Diagnosis(tr("That is what it bought. What did it sell?"), lambda: _floor("imports")),
            Diagnosis(
                tr("That is the ceiling: the rest is in it. The floor leaves the rest out."),
                lambda: measures.herfindahl_bounds(*_parts())[1],
            ),
            Diagnosis(tr("That is 2012. The question is about 2019."), lambda: _floor(year=2012)),
        ),
        taught="1. What it sells, and to whom",
    ),
    Task(
        "07.2",
        kinds.PerCent(0.5),
        _gap,
        right=tr("Most of what China counts as sold to Kyrgyzstan, Kyrgyzstan does not count as bought."),
        hint=tr("China's count divided by Kyrgyzstan's, minus 1, times 100."),
        diagnoses=(
            Diagnosis(
                tr("You divided by China's count. More than what?"),
                lambda: measures.mirror_gap(_counted(BOUGHT), _counted(SOLD)),
            ),
            Diagnosis(
                tr("That is China's count in per cent of Kyrgyzstan's. How much more is it?"),
                lambda: 100 + _gap(),
            ),
            Diagnosis(
                tr("That is the difference in USD bn. In per cent of what?"),
                lambda: _counted(SOLD) - _counted(BOUGHT),
            ),
            Diagnosis(
                tr("That is how many times as much it is. By how many per cent more?"),
                lambda: _counted(SOLD) / _counted(BOUGHT),
            ),
        ),
        taught="3. Two customs offices, one trade",
    ),
    Task(
        "07.3",
        kinds.Whole(),
        _outside,
        right=tr(
            "So the parts add up to the total, if the supposition holds. It is ours; we found no office that "
            "says so."
        ),
        hint=tr("Those called assailants elsewhere, and the civilians without those of Almaty."),
        diagnoses=(
            Diagnosis(
                tr("That takes in all civilians. Did all of them die outside Almaty?"),
                lambda: _outside(civilians_of_almaty=True),
            ),
            Diagnosis(
                tr("That takes in the officers; where they died was not said."),
                lambda: _outside(officers=True),
            ),
            Diagnosis(
                tr("That takes in the officers, and the civilians of Almaty as well."),
                lambda: _outside(civilians_of_almaty=True, officers=True),
            ),
            Diagnosis(
                tr("Those are the ones called assailants alone. Who else died outside Almaty?"),
                lambda: _named()[1],
            ),
            Diagnosis(
                tr("Those are the civilians outside Almaty alone. Who else died there?"),
                lambda: _outside() - _named()[1],
            ),
        ),
        taught="5. Who counted the dead",
    ),
)
