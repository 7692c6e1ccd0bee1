"""Two partners of a state: what is expected and what was counted, against the tables' own rows."""

from __future__ import annotations

import html
import math
import re

import pytest
from as_text import rows_of

from samarkand import explore


def only(table: str, **where: object) -> dict[str, str]:
    (found,) = (row for row in rows_of(table) if all(row[key] == str(v) for key, v in where.items()))
    return found


def said(**values: object) -> str:
    card = explore.two_countries().render(**values)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", card)).split())


def apart(one: str, other: str) -> float:
    """Return the kilometres between two capitals by the law of cosines."""
    a, b = (only("places", iso3=state) for state in (one, other))
    lat = [math.radians(float(place["capital_lat"])) for place in (a, b)]
    between = math.radians(float(a["capital_lon"]) - float(b["capital_lon"]))
    cosine = math.sin(lat[0]) * math.sin(lat[1]) + math.cos(lat[0]) * math.cos(lat[1]) * math.cos(between)
    return 6371.0 * math.acos(cosine)


def test_what_size_and_distance_lead_one_to_expect() -> None:
    gdp = [
        float(only("indicators", iso3=one, year=2021, indicator="gdp_current_usd")["value"])
        for one in ("CHN", "RUS")
    ]
    ratio = gdp[0] / gdp[1] * apart("UZB", "RUS") / apart("UZB", "CHN")
    assert ratio == pytest.approx(6.86, abs=0.02)
    assert f"China should have been {ratio:.1f} times as large a partner" in said(home="UZB")


def test_what_was_counted_by_each_count() -> None:
    own, sellers, shares = ([], [], [])
    for state in ("CHN", "RUS"):
        row = only("partners", year=2012, partner=state)
        own.append(float(row["exports_usd_mn"]) + float(row["imports_usd_mn"]))
        ways = (("KAZ", state), (state, "KAZ"))
        flows = (only("gravity", year=2012, origin=a, destination=b) for a, b in ways)
        sellers.append(sum(float(flow["flow_usd_mn"]) for flow in flows))
        share = only("partner_shares", iso3="TKM", flow="exports", year=2016, partner=state)
        shares.append(float(share["share_pct"]))
    assert f"it was {own[0] / own[1]:.2f} times as large" in said(year=2012)
    assert f"it was {sellers[0] / sellers[1]:.2f} times as large" in said(year=2012, count="sellers")
    told = said(home="TKM", year=2016, count="factbook")
    assert f"Of what Turkmenistan sold, China took {shares[0] / shares[1]:.1f} times as much." in told


def test_clubs_and_money_sent_home() -> None:
    told = said(home="TJK", year=2021)
    share = float(only("indicators", iso3="TJK", year=2021, indicator="remittances_pct_gdp")["value"])
    assert f"{share:.0f} % of Tajikistan’s GDP in 2021" in told
    assert "Tajikistan and China: SCO; Tajikistan and Russia: CIS, CSTO and SCO." in told
    assert "no figure on money sent home to Kazakhstan" in said()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"second": "CHN"}, "Choose two different states."),
        ({"first": "KAZ"}, "Kazakhstan lies at no distance from itself"),
        ({"home": "UZB"}, "Of own counts our tables have Kazakhstan’s alone"),
        ({"first": "PAK"}, "no trade of Kazakhstan with Pakistan in this count and year: missing, not zero"),
    ],
)
def test_what_cannot_be_compared_has_a_sentence(values: dict[str, object], sentence: str) -> None:
    assert sentence in said(**values)
