"""The charts of lesson 03, counted a second time."""

from __future__ import annotations

from counting import Says, table


def members_chart() -> Says:
    spells = [row for row in table("sco_membership") if row["status"] == "member"]
    count = {
        year: sum(row["from"] <= f"{year}-12-31" < (row["to"] or "9999") for row in spells)
        for year in range(2001, 2026)
    }
    new = [year for year in count if count[year] != count.get(year - 1)]
    least, most = min(count.values()), max(count.values())
    so_long = [year for year in count if count[year] == least]
    return Says(
        f"{least} members for {len(so_long)} years, {most} by {new[-1]}",
        [figure for year in new for figure in (str(count[year]), str(year))]
        + [str(year) for year in new[1:]],
        so_long == list(range(2001, 2001 + len(so_long))),
        "Members of the SCO on 31 December",
    )


def shares_chart() -> Says:
    value = {
        (row["iso3"], row["indicator"]): float(row["value"])
        for row in table("indicators")
        if row["year"] == "2021"
    }
    figures, grown = [], {}
    for iso3 in ("CHN", "IND", "RUS", "PAK"):
        nominal = value[iso3, "gdp_current_usd"] / value["WLD", "gdp_current_usd"] * 100
        people = value[iso3, "population_persons"]
        at_ppp = value[iso3, "gdp_per_head_ppp"] * people / value["WLD", "gdp_ppp"] * 100
        grown[iso3] = at_ppp / nominal
        figures += [f"{round(nominal, 2):.1f}", f"{round(at_ppp, 2):.1f}"]
    holds = 2 < grown["IND"] < 3
    subtitle = "Share of world GDP, 2021"
    return Says("At purchasing power parity India more than doubles", figures, holds, subtitle)
