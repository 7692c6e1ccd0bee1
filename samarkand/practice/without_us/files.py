"""The two plain files of the lesson *Without us*, and what a right result holds.

They are made from the table ``energy_flows``, with the signs of another writer: semicolons, decimal commas,
days as texts with the day first, two codes in one column, and two lines below that are no rows. The second
file has no line for `WITHOUT_REGION`, so a plain join loses its rows.
"""

from dataclasses import dataclass
from functools import cache

import pandas as pd

from samarkand import data

#: Name and region of each seller, by its code.
SELLERS = {
    "KAZ": ("Kazakhstan", "Central Asia"),
    "MMR": ("Myanmar", "South-East Asia"),
    "RUS": ("Russia", "Russia"),
    "TKM": ("Turkmenistan", "Central Asia"),
    "UZB": ("Uzbekistan", "Central Asia"),
    "WLD": ("all sellers", "total"),
}
#: The seller that the second file leaves out, and the code of the sum of all sellers.
WITHOUT_REGION, SUM = "MMR", "WLD"
#: How the file writes a day. The earliest, 8 July 2021, can be read month first as well.
DAY = "%d.%m.%Y"
#: The day, the region, and the years that the three counts are about.
KNOWN_ON, REGION, YEAR, SHARE_YEAR = "2022-09-14", "Central Asia", 2022, 2024


@dataclass(frozen=True)
class Right:
    """What a right result holds.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each seller and year, shape (30, 6): `seller`, `buyer`, `year`, `published`, `volume` in
        billion cubic metres, `region` (None for `WITHOUT_REGION`).
    known : int
        Rows published by `KNOWN_ON`.
    sold, share : pandas.Series
        Gas from `REGION` in billion cubic metres, and its share of all in per cent, by year.
    """

    table: pd.DataFrame
    known: int
    sold: "pd.Series[float]"
    share: "pd.Series[float]"


@cache
def find_right() -> Right:
    """Return the right result."""
    flows = data.load("energy_flows")
    gas = flows[flows["product"] == "pipeline gas"]
    table = gas[["origin", "destination", "year", "published", "value"]].reset_index(drop=True)
    table.columns = pd.Index(["seller", "buyer", "year", "published", "volume"])
    regions = {code: region for code, (_, region) in SELLERS.items() if code != WITHOUT_REGION}
    table["region"] = table["seller"].map(regions)
    sold = table[table["region"] == REGION].groupby("year")["volume"].sum()
    in_all = table[table["seller"] == SUM].set_index("year")["volume"]
    return Right(
        table,
        known=int((table["published"] <= KNOWN_ON).sum()),
        sold=sold,
        share=sold / in_all * 100,
    )


def write_texts() -> dict[str, str]:
    """Return the texts of the two files, by their names."""
    lines = ["Route;Year;Published;Volume"]
    for row in find_right().table.to_dict("records"):
        volume = f"{row['volume']:.3f}".replace(".", ",")
        day = row["published"].strftime(DAY)
        lines.append(f"{row['seller']}-{row['buyer']};{row['year']};{day};{volume}")
    lines.append("Source: Statistical Review of World Energy, editions 70 to 74.")
    lines.append("Volume in billion cubic metres (bcm). WLD is the sum of all sellers and not a seller.")
    regions = ["code,name,region"]
    for code, (name, region) in SELLERS.items():
        if code != WITHOUT_REGION:
            regions.append(f"{code},{name},{region}")
    return {"pipeline_gas.csv": "\n".join(lines) + "\n", "regions.csv": "\n".join(regions) + "\n"}
