"""A figure on a state's success that only its own newsroom gives says so, or has a second source."""

import csv
import re

import pytest

from samarkand.common.home import ROOT
from samarkand.sources import KEY
from tools.author.lessons import read_lesson

#: Words that tell of a success, and words by which a sentence says whose word it is.
SUCCESS = re.compile(
    r"\b(goals?|targets?|record|reached|achieve\w*|achieving|fulfil\w+|success\w*|ahead of"
    r"|(?:has|have|had) (?:grown|doubled|tripled))\b"
)
WHOSE = re.compile(
    r"by its own account|by the \w+'s count|according to|\b(sa(?:ys|id)|tells?|told|writes?|wrote|names?"
    r"|named|puts?|gives?|gave|counts?|counted|calls?|called|spoke|speaks|claims?|claimed|expects?|expected|promised"
    r"|answered)\b"
)
#: How a text names a state that owns newsrooms, or those who lead it.
NAMES = {
    "RUS": r"Russia|Putin|Moscow|Kremlin|Gazprom",
    "CHN": r"Chin(?:a|ese)|\bXi\b|Beijing",
    "KAZ": r"Kazakh|Tokayev",
    "UZB": r"Uzbek|Mirziyoyev|Tashkent",
}


def _table(name):
    with (ROOT / "course_data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: {key of a source: the state that owns its newsroom, or ""}.
OWNER = {}
_SPELLED = {
    spelling.strip(): row
    for row in _table("publishers")
    for spelling in (row["spellings"] or row["publisher"]).split("|")
}
for _source in _table("sources"):
    _row = _SPELLED.get(_source["publisher"], {})
    OWNER[_source["key"]] = _row["which_state"] if _row.get("controlled_by_state") == "yes" else ""


def unsupported(text):
    """Yield the paragraphs, items and cells with a success that only the state's own newsroom tells."""
    for block in re.split(r"\n\s*\n|\n(?=[|*-])", text):
        for part in block.split("|") if block.startswith("|") else [block]:
            keys = re.findall(KEY, " ".join(re.findall(r"\[([A-Z0-9a-z, -]+)\]", part)))
            owners = {OWNER.get(key, "") for key in keys}
            state = owners.pop() if len(owners) == 1 else ""
            words = re.sub(r"\[[^\]]*\]", "", part)
            told = SUCCESS.search(words) and re.search(r"\d", words)
            if told and state in NAMES and re.search(NAMES[state], block) and not WHOSE.search(words):
                yield part.strip()


LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_success_is_told_by_somebody_else_too_or_by_its_own_account(path):
    texts = [cell.source for cell in read_lesson(path).prose]
    assert [block for text in texts for block in unsupported(text)] == []


def test_the_goal_that_one_agency_told_would_be_seen():
    told = (
        "| Putin and Xi, February 2022 | Their goal: trade of 200 billion dollars by 2024. [SPULI22] "
        "| They reached it in 2023: 240.1. [MT2501] |"
    )
    assert list(unsupported(told)) == ["Their goal: trade of 200 billion dollars by 2024. [SPULI22]"]
    assert not list(unsupported(told.replace("[SPULI22]", "[SPULI22, MT2501]")))
    assert not list(unsupported(told.replace("2024.", "2024, by its own account.")))
