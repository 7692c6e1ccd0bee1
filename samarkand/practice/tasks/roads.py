"""Practice of lesson 06: whose word it is, what size and distance lead one to expect, and who counted."""

import math
from typing import Any

import pandas as pd

from samarkand import data, geo, measures
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn
from samarkand.practice.tasks._engine import Task

#: The year of the fourth task, and that of the lesson's pictures and equation.
YEAR, SHOWN = 2016, 2008
#: What the plain file has counts of.
CARGO = "cargo on the Middle Corridor, 2022"
BYPASS = "oil of Kazakhstan that bypassed Russia, 2022"
CROSSING = "share of China-Europe transit by land that crosses Kazakhstan"


def _select_claims(speaker: str) -> pd.DataFrame:
    """Return the speaker's claims among the lesson's five."""
    claims = data.load("claims")
    words = claims[claims["id"].isin(["CL01", "CL38", "CL39", "CL51", "CL52"])]
    return words[words["speaker"] == speaker][["speaker", "paraphrase"]]


def _divide_sizes() -> float:
    """Return China's GDP in 2021 divided by Russia's."""
    gdp = data.load("indicators").query("indicator == 'gdp_current_usd' and year == 2021")
    size = gdp.set_index("iso3")["value"] / 1e9
    return float(size["CHN"] / size["RUS"])


def _measure_km(one: str, other: str) -> float:
    at = data.load("places").set_index("iso3")[["capital_lat", "capital_lon"]]
    return round(geo.distance_km(tuple(at.loc[one]), tuple(at.loc[other])))


def _expect_ratio(to_beijing: str = "UZB", to_moscow: str = "UZB", power: float = 1.0) -> float:
    """Return the ratio of trade that size and distance predict; each distance starts from a given state."""
    return float(_divide_sizes() / (_measure_km(to_beijing, "CHN") / _measure_km(to_moscow, "RUS")) ** power)


def _count_trade() -> pd.DataFrame:
    """Return Kazakhstan's trade with China and with Russia, in billion dollars, by year."""
    table = data.load("partners").query("partner in ['CHN', 'RUS'] and year > 1998")
    total = (table["exports_usd_mn"] + table["imports_usd_mn"]) / 1000
    return table.assign(total=total).pivot(index="year", columns="partner", values="total").dropna()


def _divide_trade(first: str = "CHN", second: str = "RUS") -> pd.Series:
    return _count_trade()[first] / _count_trade()[second]


def _tabulate_ratio(ratio: pd.Series) -> pd.DataFrame:
    """Return a ratio by year as a table with the columns `year` and `ratio`."""
    return ratio.rename("ratio").rename_axis("year").reset_index()


def _write_trade() -> str:
    """Return the text of ``trade.csv``: semicolons, decimal commas, billion dollars."""
    table = _count_trade().rename(columns={"CHN": "china", "RUS": "russia"})
    return table.to_csv(sep=";", decimal=",", float_format="%.5f", lineterminator="\n")


def _share_dropped(year: int = YEAR, *, kept: bool = False, share: float = 100.0) -> float:
    """Return the per cent of a year's pairs whose flow is zero, or is not (`kept`)."""
    flows = data.load("gravity").query("year == @year")["flow_usd_mn"]
    return float(share * ((flows > 0) if kept else (flows == 0)).mean())


def _choose_pairs() -> tuple[pd.DataFrame, dict[str, pd.Series]]:
    """Return the lesson year's pairs, and the GDP of their origins and of their destinations."""
    pairs = data.load("gravity").query("year == @SHOWN")
    gdp = data.load("gravity_gdp").query("year == @SHOWN").set_index("iso3")["gdp_usd_mn"]
    return pairs, {end: pairs[end].map(gdp) for end in ("origin", "destination")}


def _rank_customers() -> pd.DataFrame:
    """Return Kazakhstan's buyers: pull, sales, and expected and actual share of its exports in per cent."""
    pairs, sizes = _choose_pairs()
    table = pairs.assign(pull=sizes["destination"] / pairs["distance_km"]).query("origin == 'KAZ'")
    table = table.set_index("destination")
    table["expected_pct"] = table["pull"] / table["pull"].sum() * 100
    table["counted_pct"] = table["flow_usd_mn"] / table["flow_usd_mn"].sum() * 100
    return table


def _divide_shares() -> pd.Series:
    return _rank_customers()["counted_pct"] / _rank_customers()["expected_pct"]


def _roads_known(last: str) -> pd.DataFrame:
    """Return the counts of what goes over the roads that were known by a day, the largest first."""
    table = data.load("who_counted")
    rows = table[table["quantity"].isin((CROSSING, BYPASS, CARGO)) & (table["known_by"] <= last)]
    return rows.sort_values("value", ascending=False, kind="stable")


def _choose_cargo(last: str) -> pd.DataFrame:
    """Return the counts of the Middle Corridor's cargo that were known by a day."""
    rows = _roads_known(last)
    return rows[rows["quantity"] == CARGO][["counter", "value"]]


def _draw_counts(rows: pd.DataFrame) -> dict[str, Any]:
    """Return a chart with a bar for each counter, as long as all its values."""
    return drawn.make_bars(rows.groupby("counter")["value"].sum())


def _write_corridor() -> str:
    """Return the text of ``corridor.csv``: semicolons, and days with the day first."""
    rows = _roads_known("2030-12-31").sort_values("id", kind="stable")
    table = pd.DataFrame(
        {
            "quantity": rows["quantity"],
            "counter": rows["counter"],
            "known_by": rows["known_by"].dt.strftime("%d.%m.%Y"),
            "value": rows["value"],
            "unit": rows["unit"],
        }
    )
    return table.to_csv(index=False, sep=";", lineterminator="\n")


def _name_remainder() -> str:
    """Return what remains of trade at twice the distance by the fitted equation: half, quarter or seventh."""
    pairs, sizes = _choose_pairs()
    traded = pairs["flow_usd_mn"] > 0
    sizes = {end: size[traded] for end, size in sizes.items()}
    weights, _ = measures.gravity(pairs["flow_usd_mn"][traded], **sizes, km=pairs["distance_km"][traded])
    left = {"half": 1 / 2, "quarter": 1 / 4, "seventh": 1 / 7}
    return min(left, key=lambda one: abs(math.log2(left[one]) - weights["km"]))


TASKS = (
    Task(
        "06.1",
        kind=kinds.Shown(),
        solution=lambda: _select_claims("Chien-yu Shih"),
        taught="1. Whose word is it?",
        right="Two of the five are his. The others are the newsroom's.",
        hint="The line of the example keeps one speaker's rows. Put the other name into it.",
        mistakes=(
            Mistake(
                "Those are the newsroom's, as in the example. Whose are asked for?",
                lambda: _select_claims("narrator"),
            ),
            Mistake(
                "No row has that name. Write it as it is in the table, with its hyphen.",
                lambda: _select_claims("Shih"),
            ),
        ),
    ),
    Task(
        "06.2",
        kind=kinds.Number(tr("times"), 0.05),
        solution=_expect_ratio,
        taught="2. What should one expect?",
        right="Beijing is a little nearer here, compared with Moscow, so the yardstick expects more.",
        hint="Both distances are those of Uzbekistan: its name has to be in the line twice.",
        mistakes=(
            Mistake(
                "That is the ratio of the distances. The ratio of the sizes is divided by it.",
                lambda: _measure_km("UZB", "CHN") / _measure_km("UZB", "RUS"),
            ),
            Mistake(
                "Those are Kazakhstan's distances, as in the example.",
                lambda: _expect_ratio("KAZ", "KAZ"),
            ),
            Mistake(
                "The distance to Moscow is still Kazakhstan's.",
                lambda: _expect_ratio("UZB", "KAZ"),
            ),
            Mistake(
                "The distance to Beijing is still Kazakhstan's.",
                lambda: _expect_ratio("KAZ", "UZB"),
            ),
            Mistake(
                "The distances have changed places. Does trade grow or fall with distance?",
                lambda: _expect_ratio(power=-1.0),
            ),
            Mistake(
                "That is size alone. What became of the distances?",
                _divide_sizes,
            ),
        ),
    ),
    Task(
        "06.3",
        kind=kinds.Rows({"year": kinds.Whole(), "ratio": kinds.Number(tr("times"), 0.005)}),
        solution=lambda: _tabulate_ratio(_divide_trade()),
        taught="2. What should one expect?",
        right="A ratio of 1 means equal trade with both.",
        hint="Read the file with its two signs, then divide one column by the other: Python does it for each row.",
        recipe="A new column is named in square brackets before the sign =; a list of two labels picks the columns to show.",
        mistakes=(
            Mistake(
                "That is a difference. How many *times* as much is it?",
                lambda: _tabulate_ratio(_count_trade()["CHN"] - _count_trade()["RUS"]),
            ),
            Mistake(
                "That is the example's difference. How many *times* as much is it?",
                lambda: _tabulate_ratio(_count_trade()["RUS"] - _count_trade()["CHN"]),
            ),
            Mistake(
                "That is Russia divided by China.",
                lambda: _tabulate_ratio(_divide_trade("RUS", "CHN")),
            ),
            Mistake(
                "Those are percentages. How many *times* as much is it?",
                lambda: _tabulate_ratio(_divide_trade() * 100),
            ),
        ),
    ),
    Task(
        "06.4",
        kind=kinds.PerCent(0.1),
        solution=_share_dropped,
        taught="3. A picture that shows nothing",
        right="Nearly a third, eight years later. On logarithmic axes you see only the pairs that trade.",
        hint="Keep the rows of the year. The lost pairs are those whose flow is zero: take the mean of that condition, times 100.",
        mistakes=(
            Mistake(
                "That is a number of pairs. What share of the year's pairs is it?",
                lambda: _share_dropped(share=float(len(data.load("gravity").query("year == @YEAR")))),
            ),
            Mistake(
                "That is the share that stays. Which pairs have no logarithm?",
                lambda: _share_dropped(kept=True),
            ),
            Mistake(
                "That is 2008. Which year does the question ask for?",
                lambda: _share_dropped(SHOWN),
            ),
            Mistake(
                "That is a fraction. Multiply it by 100 to get per cent.",
                lambda: _share_dropped(share=1.0),
            ),
        ),
    ),
    Task(
        "06.5",
        kind=kinds.ByKey(kinds.Number(tr("times"), 0.01)),
        solution=_divide_shares,
        taught="4. More than expected, and less",
        right="Above 1, a state bought more than size and distance would lead you to expect; below 1, less.",
        hint="How many times as much: divide what was counted by what was expected.",
        mistakes=(
            Mistake(
                "That is a difference. How many *times* as much is it?",
                lambda: _rank_customers()["counted_pct"] - _rank_customers()["expected_pct"],
            ),
            Mistake(
                "Those are dollars for each unit of pull. Compare the two shares.",
                lambda: _rank_customers()["flow_usd_mn"] / _rank_customers()["pull"],
            ),
        ),
    ),
    Task(
        "06.6",
        kind=kinds.Bars(kinds.Number(tolerance=0), keys=tr("counters")),
        solution=lambda: _draw_counts(_choose_cargo("2023-12-31")),
        taught="5. A road is an argument, too",
        right="One quantity, and whoever counts has another number. The largest is of nine months only.",
        hint="Read, make days of known_by, keep the rows for which two conditions are true, and draw them.",
        mistakes=(
            Mistake(
                "Some of those became known later. You need a second condition, on the day.",
                lambda: _draw_counts(_choose_cargo("2030-12-31")),
            ),
            Mistake(
                "Other quantities are in it. You need a second condition, on the column quantity.",
                lambda: _draw_counts(_roads_known("2023-12-31")),
            ),
            Mistake(
                "That is the whole file. Keep one quantity, and what was known by the day of the question.",
                lambda: _draw_counts(_roads_known("2030-12-31")),
            ),
            Mistake(
                "Those became known later. Which way does the sign point?",
                lambda: _draw_counts(_choose_cargo("2030-12-31").drop(_choose_cargo("2023-12-31").index)),
            ),
        ),
    ),
)
#: The plain files of the lesson's practice, with what writes them.
FILES = {"trade.csv": _write_trade, "corridor.csv": _write_corridor}
#: Results of the lesson's predictions, by question id.
RESULTS = {"06.partner": lambda: float(_divide_trade()[2021]), "06.distance": _name_remainder}
