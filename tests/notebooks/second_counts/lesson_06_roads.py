"""The charts of lesson 06, counted a second time."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from counting import Row, Says, table, told


def _pairs_of_2006() -> list[Row]:
    return [row for row in table("gravity") if row["year"] == "2006"]


def ratio_chart() -> Says:
    total: dict[str, dict[int, float]] = {"CHN": {}, "RUS": {}}
    for row in table("partners"):
        if row["partner"] in total and row["exports_usd_mn"] and row["imports_usd_mn"]:
            flows = float(row["exports_usd_mn"]), float(row["imports_usd_mn"])
            total[row["partner"]][int(row["year"])] = sum(flows)
    china, russia = total.values()
    by_year = {year: china[year] / russia[year] for year in sorted(china.keys() & russia.keys())}
    holes = [
        year for year in sorted(china.keys() ^ russia.keys()) if year > 1998
    ]  # from where the lesson begins
    above = [year for year, one in by_year.items() if one > 1]
    times = sum(year - 1 not in above for year in above)
    return Says(
        f"China passed Russia {'once' if times == 1 else 'twice'}, and never by a quarter",
        [*told(by_year), *map(str, holes), "1.00"],
        times == 2 and max(by_year.values()) < 1.25,
        "Kazakhstan's trade with China, divided by its trade with Russia",
    )


def _points(least: float) -> list[str]:
    """Return how many flows of Kazakhstan exceed some value, and the ends of their distances and sizes."""
    own = [row for row in _pairs_of_2006() if row["origin"] == "KAZ"]
    own = [row for row in own if float(row["flow_usd_mn"]) > least]
    km = [int(row["distance_km"]) for row in own]
    flow = [float(row["flow_usd_mn"]) for row in own]
    low = f"{min(flow):.2f}" if min(flow) >= 0.01 else "0.01" if min(flow) else "0"
    return [str(len(own)), f"{min(km):,}", f"{max(km):,}", low, f"{max(flow):,.0f}"]


def blot() -> Says:
    subtitle = "What Kazakhstan sold in 2006, a point for each buyer"
    return Says("A blot in the corner", _points(-1), subtitle=subtitle)


def cloud() -> Says:
    return Says("The same on logarithmic axes: farther is less", _points(0))


def rulers_chart() -> Says:
    five = {"KAZ", "KGZ", "TJK", "TKM", "UZB"}
    gdp = {row["iso3"]: float(row["gdp_usd_mn"]) for row in table("gravity_gdp") if row["year"] == "2006"}
    pairs = [row for row in _pairs_of_2006() if float(row["flow_usd_mn"])]
    logs = np.log(
        [[np.e, gdp[row["origin"]], gdp[row["destination"]], float(row["distance_km"])] for row in pairs]
    )
    trade = np.log([float(row["flow_usd_mn"]) for row in pairs])
    fitted = trade - logs @ np.linalg.solve(logs.T @ logs, logs.T @ trade)
    simple = trade - logs @ [0, 1, 1, -1]
    simple -= simple.mean()
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row, one, other in zip(pairs, simple, fitted, strict=True):
        if partners := {row["origin"], row["destination"]} - five:
            found[partners.pop()].append((one, other))
    means = {who: np.mean(values, axis=0) for who, values in found.items() if len(values) >= 6}
    ends = [f"{abs(end(mean[n] for mean in means.values())):.2f}" for n in (0, 1) for end in (min, max)]
    return Says(
        "Some stand high or low by both rulers, some by one",
        [str(len(means)), *ends],
        min(means["UKR"]) > 1 and max(means["EGY"]) < -1 and abs(means["USA"][0]) < 0.1 < means["USA"][1] - 1,
        "Mean residual of each partner in 2006; on the line both rulers say the same",
    )
