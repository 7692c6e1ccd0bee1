"""What the predictions of lesson 05 come to."""

from __future__ import annotations

from samarkand import data

#: The vote of 7 April 2022, as its column and its row are called; the day of the summit.
APRIL, MET = "es_11_3", "2022-09-15"


def _april() -> int:
    return int(data.load("resolutions").set_index("vote")["yes"][APRIL])


def _members() -> int:
    votes = data.load("un_votes").set_index("iso3")[APRIL]
    return int((votes[list(data.members(MET)["iso3"])] == "no").sum())


def _years() -> float:
    table = data.load("unga_agreement").query("iso3 == 'CHN' and reference == 'RUS' and year == 2019")
    return float(table["agreement_index"].item())


TRUTHS = {"05.april": _april, "05.members": _members, "05.years": _years}
