"""The charts of lesson 05, counted a second time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from counting import Says, table, told


def members() -> Says:
    days = {row["vote"]: row["day"] for row in table("resolutions") if row["vote"].startswith("es_")}
    states = {
        row["iso3"]
        for row in table("sco_membership")
        if row["status"] == "member" and row["from"] <= "2022-09-15" < (row["to"] or "9999")
    }
    figures, against = [], {}
    for vote, day in sorted(days.items(), key=lambda one: one[1]):
        counts = Counter(row[vote] for row in table("un_votes") if row["iso3"] in states)
        figures += [str(int(day[8:])), *(str(n) for _, n in counts.most_common())]
        against[day] = counts["no"]
    return Says(
        f"In April {against['2022-04-07']} of the {len(states)} voted no",
        figures,
        len(states) == 8 and against == {"2022-03-02": 1, "2022-04-07": 6, "2022-10-12": 1},
        "How the SCO's members voted in the UN General Assembly, 2022",
    )


def yes_chart() -> Says:
    votes = sorted(
        (row for row in table("resolutions") if row["vote"] != "hrc_xinjiang"), key=lambda r: r["day"]
    )
    yes = [int(row["yes"]) for row in votes]
    figures = [figure for row in votes for figure in (*re.findall(r"\d+", row["number"]), row["yes"])]
    march_april = [row["day"][:7] for row in votes[:2]] == ["2022-03", "2022-04"]
    return Says(
        f"{100 * (yes[0] - yes[1]) / yes[0]:.0f}% of the support lost from March to April?",
        figures,
        march_april,
        "States that voted yes in the UN General Assembly, 2022",
    )


def _agreement(states: set[str], reference: str) -> dict[int, float]:
    found: dict[int, list[float]] = defaultdict(list)
    for row in table("unga_agreement"):
        if row["iso3"] in states and row["reference"] == reference:
            found[int(row["year"])].append(float(row["agreement_index"]))
    assert {len(one) for one in found.values()} == {len(states)}
    return {year: sum(one) / len(one) for year, one in found.items()}


def powers_chart() -> Says:
    together, china, russia = (
        _agreement({one}, other) for one, other in (("CHN", "RUS"), ("CHN", "USA"), ("RUS", "USA"))
    )
    nearer = together[2019] > together[1995]
    farther = all(pair[2019] < pair[1995] for pair in (china, russia))
    figures = [*told(together), *told(china), *told(russia)]
    subtitle = "Agreement in recorded votes of the UN General Assembly, 0 to 1"
    return Says("Nearer to each other, farther from Washington", figures, nearer and farther, subtitle)


def five_chart() -> Says:
    states = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    china, russia, usa = (_agreement(states, reference) for reference in ("CHN", "RUS", "USA"))
    since = min(year for year in china if all(china[y] > russia[y] for y in china if y >= year))
    return Says(
        f"Since {since} the five have voted nearer to China than to Russia",
        [*told(china), *told(russia), *told(usa)],
        subtitle="Mean agreement of five Central Asian states with three powers, 0 to 1",
    )
