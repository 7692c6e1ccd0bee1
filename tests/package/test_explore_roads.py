"""Two partners of a state: what is expected and what was counted, against the tables' own rows."""

from __future__ import annotations

import html
import math
import re

import pytest
from as_text import rows_of

from samarkand import explore
from samarkand.ground.errors import UnknownName


def rows(table: str, **where: object) -> list[dict[str, str]]:
    return [row for row in rows_of(table) if all(row[key] == str(value) for key, value in where.items())]


def only(table: str, **where: object) -> dict[str, str]:
    (found,) = rows(table, **where)
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


@pytest.mark.parametrize(("home_state", "expected"), [("KAZ", 6.02), ("UZB", 6.86), ("TJK", 7.13)])
def test_what_size_and_distance_lead_one_to_expect(home_state: str, expected: float) -> None:
    gdp = {
        one: float(only("indicators", iso3=one, year=2021, indicator="gdp_current_usd")["value"])
        for one in ("CHN", "RUS")
    }
    ratio = gdp["CHN"] / gdp["RUS"] * apart(home_state, "RUS") / apart(home_state, "CHN")
    assert ratio == pytest.approx(expected, abs=0.02)
    assert f"China should have been {ratio:.1f} times as large a partner" in said(home=home_state)


def test_by_kazakhstans_own_count() -> None:
    total = {}
    for partner in ("CHN", "RUS"):
        row = only("partners", year=2012, partner=partner)
        total[partner] = float(row["exports_usd_mn"]) + float(row["imports_usd_mn"])
    assert f"it was {total['CHN'] / total['RUS']:.2f} times as large" in said(year=2012)


def test_by_the_count_of_whoever_sells() -> None:
    total = {
        partner: sum(
            float(only("gravity", year=2012, origin=a, destination=b)["flow_usd_mn"])
            for a, b in (("KAZ", partner), (partner, "KAZ"))
        )
        for partner in ("CHN", "RUS")
    }
    assert f"it was {total['CHN'] / total['RUS']:.2f} times as large" in said(year=2012, count="sellers")


def test_by_the_factbook_of_what_was_sold() -> None:
    share = {
        one: float(only("partner_shares", iso3="TKM", flow="exports", year=2016, partner=one)["share_pct"])
        for one in ("CHN", "RUS")
    }
    ratio = share["CHN"] / share["RUS"]
    told = said(home="TKM", year=2016, count="factbook")
    assert f"Of what Turkmenistan sold, China took {ratio:.1f} times as much." in told


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
        ({"year": 2012, "count": "factbook"}, "no trade of Kazakhstan with Russia in this count and year"),
    ],
)
def test_what_cannot_be_compared_has_a_sentence(values: dict[str, object], sentence: str) -> None:
    assert sentence in said(**values)


@pytest.mark.parametrize(
    "wrong", [{"home": "CHN"}, {"first": "XXX"}, {"second": "DEU"}, {"year": 2022}, {"count": "nobody"}]
)
def test_a_start_that_the_controls_do_not_have(wrong: dict[str, object]) -> None:
    with pytest.raises(UnknownName):
        explore.two_countries(**wrong)  # type: ignore[arg-type]
