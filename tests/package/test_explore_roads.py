"""Two partners of a state: expected and counted ratios, compared with the tables' own rows."""

import html
import re

from as_text import rows_of

from samarkand import explore


def only(table: str, **where: object) -> dict[str, str]:
    (found,) = (row for row in rows_of(table) if all(row[key] == str(v) for key, v in where.items()))
    return found


def said(**values: object) -> str:
    card = explore.two_countries().render(**values)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", card)).split())


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
