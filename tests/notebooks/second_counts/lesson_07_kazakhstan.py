"""The charts of lesson 07, counted a second time."""

from __future__ import annotations

from collections import Counter

from counting import Says, table


def _range(parts: list[float], whole: float) -> tuple[float, float]:
    """Return the Herfindahl index of parts, without the rest of a whole and with as few more as fit."""
    shares = [part / whole for part in parts]
    rest = 1 - sum(shares)
    while rest > 1e-9:
        shares.append(min(rest, min(parts) / whole))
        rest -= shares[-1]
    return sum((part / whole) ** 2 for part in parts), sum(share**2 for share in shares)


def scale_chart() -> Says:
    of = {
        flow: [float(row["share_pct"]) for row in table("partner_shares")
               if (row["iso3"], row["year"], row["flow"]) == ("KAZ", "2022", flow)]
        for flow in ("exports", "imports")
    }  # fmt: skip
    rows = table("dependence")
    found = {flow: _range(shares, 100) for flow, shares in of.items()}
    crossed: Counter[str] = Counter()
    for dimension in {row["dimension"] for row in rows}:
        mine = [row for row in rows if row["dimension"] == dimension]
        parts = [float(row["value"]) for row in mine if row["part"] != "not listed"]
        found[dimension] = _range(parts, sum(float(row["value"]) for row in mine))
        if dimension.startswith("oil"):
            crossed.update({row["through"]: 0 for row in mine})
            for row in mine:
                crossed[row["through"]] += float(row["value"])  # type: ignore[assignment]
    found["door"] = _range(list(crossed.values()), crossed.total())
    told = [
        end
        for ends in sorted(found.values())
        for end in dict.fromkeys(f"{end:.3f}".rstrip("0") for end in ends)
    ]
    return Says("Many customers, one door", told, found["exports"][1] < 0.1 and found["door"][0] > 0.8)


def _own_count(partner: str) -> dict[str, float]:
    return {
        row["year"]: (float(row["exports_usd_mn"]) + float(row["imports_usd_mn"])) / 1000
        for row in table("partners")
        if row["partner"] == partner and row["exports_usd_mn"] and row["imports_usd_mn"]
    }


def both_chart() -> Says:
    own = _own_count("CHN")
    china = {
        row["year"]: float(row["total_usd_bn"])
        for row in table("trade_with_china")
        if (row["reporter"], row["partner"], row["months"]) == ("CHN", "KAZ", "12")
    }
    figures = [said for year in sorted(china) for said in (year, f"{china[year]:.1f}", f"{own[year]:.1f}")]
    holds = all(china[year] >= 1.25 * own[year] for year in china)
    return Says("Each year China counts at least a quarter more", figures, holds)


def decade_chart() -> Says:
    own = {year: figure for year, figure in _own_count("CHN").items() if year > "2000"}
    first, last, least = min(own), max(own), min(own, key=own.__getitem__)
    told = [said for year in dict.fromkeys((first, last, least)) for said in (f"{own[year]:.1f}", year)]
    return Says(
        "In 2022 trade was back where it had been in 2012",
        told,
        abs(own["2022"] / own["2012"] - 1) < 0.02 and last > "2022",
    )


def dead_chart() -> Says:
    rows = [row for row in table("who_counted") if row["quantity"] == "dead of January 2022"]
    told = []
    for row in rows:
        year, _, day = row["day"].split("-")
        told += [row["value"], str(int(day)), year]
    return Says("Nine counts of those who died", told, len(rows) == 9)
