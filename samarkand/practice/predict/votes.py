"""What the predictions of lesson 05 come to."""

from __future__ import annotations

from samarkand import data

#: The votes of 2 March, 7 April and 12 October 2022, as columns and rows name them; the day of the summit.
MARCH, APRIL, OCTOBER, MET = "es_11_1", "es_11_3", "es_11_4", "2022-09-15"


def _april() -> int:
    return int(data.load("resolutions").set_index("vote")["yes"][APRIL])


def _members() -> int:
    votes = data.load("un_votes").set_index("iso3")[APRIL]
    return int((votes[list(data.members(MET)["iso3"])] == "no").sum())


def _years() -> float:
    table = data.load("unga_agreement").query("iso3 == 'CHN' and reference == 'RUS' and year == 2019")
    return float(table["agreement_index"].item())


def _nearer() -> int:
    """Count in how many of nine ways China's votes lie nearer to Russia's than to the USA's."""
    said = data.load("un_votes").set_index("iso3")[[MARCH, APRIL, OCTOBER]]
    coded = (said == "yes").astype(int) - (said == "no").astype(int)
    found = 0
    for asked in ([MARCH, APRIL, OCTOBER], [MARCH, APRIL], [MARCH, OCTOBER]):
        for given in (coded, coded.where(said != "did not vote"), coded.where(coded != 0)):
            apart = (given.loc[["RUS", "USA"], asked] - given.loc["CHN", asked]).abs().mean(axis=1)
            found += bool(apart["RUS"] < apart["USA"])
    return found


TRUTHS = {"05.april": _april, "05.members": _members, "05.nearer": _nearer, "05.years": _years}
