"""Practice of lesson 05: who said no, what carried a vote, how far apart two voters are."""

from collections.abc import Iterable

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import tr
from samarkand.practice import drawn
from samarkand.practice.tasks._engine import Task

RESOLUTIONS = ["es_11_1", "es_11_3", "es_11_4"]
DAY = "2022-09-15"
#: Opposite votes are 2 apart, yes or no and an abstention 1.
CODE = {"yes": 1, "abstain": 0, "no": -1}


def _load_votes() -> pd.DataFrame:
    return data.load("un_votes").set_index("iso3")


def _count_answers(states: Iterable[str], resolution: str, *words: str) -> int:
    """Return how many of some states gave one of these answers to a resolution."""
    return int(_load_votes().loc[list(states), resolution].isin(words).sum())


def _divide_yes_by_no() -> float:
    """Return how many states voted yes, per hundred that voted no, on the Human Rights Council."""
    states = _load_votes().index
    yes = _count_answers(states, "es_11_3", "yes")
    return float(100 * yes) / _count_answers(states, "es_11_3", "no")


def _list_members(day: str = DAY, status: str = "member") -> list[str]:
    return list(data.members(day, status)["iso3"])


def _share_of_yes(*others: str, resolution: str = "es_11_3") -> float:
    answers = _load_votes()[resolution].value_counts()
    return float(100 * answers["yes"] / (answers["yes"] + answers[list(others)].sum()))


def _count_codes(**code: int) -> pd.Series:
    """Count the states that a coding of the April vote gives each number."""
    given = {word.replace("_", " "): number for word, number in code.items()}
    return _load_votes()["es_11_3"].map(given).value_counts()


def _answer_shares(*wrong: int) -> list[float]:
    """Return the answers to 05.5, with -1 also in each of the places named."""
    right = [_share_of_yes("no"), 50, 100, 0, -1]
    return [-1 if place in wrong else share for place, share in enumerate(right)]


def _subtract_codes(one: str, other: str) -> pd.Series:
    """Return the signed difference of two voters' codes, over the votes in which both took part."""
    coded = _load_votes()[RESOLUTIONS].apply(lambda column: column.map(CODE))
    apart: pd.Series = coded.loc[one] - coded.loc[other]
    return apart.dropna()


def _count_nearer() -> int:
    """Count in how many of nine ways to code votes China's are nearer to Russia's than to the USA's."""
    votes = _load_votes()[RESOLUTIONS]
    coded = votes.apply(lambda column: column.map(CODE)).fillna(0)
    march, april, october = RESOLUTIONS
    found = 0
    for asked in ([march, april, october], [march, april], [march, october]):
        for given in (coded, coded.where(votes != "did not vote"), coded.where(coded != 0)):
            apart = (given.loc[["RUS", "USA"], asked] - given.loc["CHN", asked]).abs().mean(axis=1)
            found += bool(apart["RUS"] < apart["USA"])
    return found


def _read_yearly() -> float:
    table = data.load("unga_agreement").query("iso3 == 'CHN' and reference == 'RUS' and year == 2019")
    return float(table["agreement_index"].item())


def _find_groups() -> dict[str, str]:
    """Return the name of the group of each state that has a status in the SCO; the others have none."""
    found = {}
    for status in ("member", "observer", "dialogue partner"):
        for code in _list_members(status=status):
            found[code] = f"SCO {status}s"
    return found


def _tabulate_scores() -> pd.DataFrame:
    """Return a row for each state and vote: `day`, `code`, `group`, `score` (empty for who did not vote)."""
    votes, groups = _load_votes(), _find_groups()
    days = data.load("resolutions").set_index("vote")["day"]
    parts = []
    for vote in RESOLUTIONS:
        part = pd.DataFrame({"code": votes.index, "score": votes[vote].map(CODE).to_numpy()})
        part["day"] = days[vote]
        part["group"] = part["code"].map(groups).fillna("all others")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _mean_scores(until: str = "2022-09-14", *, absent: float | None = None) -> pd.Series:
    """Return the mean score of each group over the votes until a day; `absent` scores an absence."""
    scores = _tabulate_scores()
    if absent is not None:
        scores["score"] = scores["score"].fillna(absent)
    return scores[scores["day"] <= until].groupby("group")["score"].mean()


def _sums_of_scores() -> pd.Series:
    scores = _tabulate_scores()
    return scores[scores["day"] <= DAY].groupby("group")["score"].sum()


def _write_votes() -> str:
    """Return the scores as another office would send them."""
    lines = ["day;code;group;score"]
    for row in _tabulate_scores().to_dict("records"):
        score = "" if pd.isna(row["score"]) else f"{row['score']:.1f}".replace(".", ",")
        lines.append(f"{row['day']:%d.%m.%Y};{row['code']};{row['group']};{score}")
    return "\n".join(lines) + "\n"


TASKS = (
    Task(
        "05.1",
        kind=kinds.PerCent(0.1),
        solution=lambda: _share_of_yes("no"),
        taught="2. Votes",
        right="Well above two thirds. States that abstained or stayed away did not count, so they could not stop it.",
        hint="Divide the yes votes by yes and no together. Abstentions and absences do not count.",
        mistakes=(
            Mistake(
                "That is the share of all states. Which of them count here?",
                lambda: _share_of_yes("no", "abstain", "did not vote"),
            ),
            Mistake(
                "You counted the abstentions as votes. Do they count here?",
                lambda: _share_of_yes("no", "abstain"),
            ),
            Mistake(
                "You counted the absent as votes. Do they count here?",
                lambda: _share_of_yes("no", "did not vote"),
            ),
            Mistake(
                "You divided yes by no. Divide by both together, in round brackets.",
                _divide_yes_by_no,
            ),
            Mistake(
                "Put the sum in round brackets: without them Python divides first.",
                lambda: float(1 + _count_answers(_load_votes().index, "es_11_3", "no")) * 100,
                seen_in=r"/.*\+",
            ),
        ),
    ),
    Task(
        "05.2",
        kind=kinds.Whole(tr("states")),
        solution=lambda: _count_answers(_list_members(), "es_11_1", "abstain", "did not vote"),
        taught="2. Votes",
        right="All but Russia itself. One of them did not vote: that is not an abstention.",
        hint="Of the eight members, count those for whom the one word or the other is in the column.",
        mistakes=(
            Mistake(
                "That is another vote. Which column has the one of March?",
                lambda: _count_answers(_list_members(), "es_11_3", "abstain", "did not vote"),
                seen_in="es_11_3",
            ),
            Mistake(
                "That counts abstentions only. The question asks for those who did not vote, too.",
                lambda: _count_answers(_list_members(), "es_11_1", "abstain"),
                seen_in="'abstain'",
                not_in="did not vote|!=",
            ),
            Mistake(
                "That counts only those who did not vote. The question asks for abstentions, too.",
                lambda: _count_answers(_list_members(), "es_11_1", "did not vote"),
                seen_in="did not vote",
                not_in="'abstain'",
            ),
            Mistake(
                "That counts all states. Keep the members.",
                lambda: _count_answers(_load_votes().index, "es_11_1", "abstain", "did not vote"),
                not_in="members",
            ),
        ),
        lucky=(
            Mistake(
                "The number fits only because no member voted yes. Ask for the two answers that the question names.",
                lambda: len(_list_members()) - _count_answers(_list_members(), "es_11_1", "no"),
                seen_in="!= 'no'|~.*'no'",
                not_in="'abstain'|!= 'yes'",
            ),
            Mistake(
                "The number fits by chance: that is the vote of October. Which column has the one of March?",
                lambda: _count_answers(_list_members(), "es_11_4", "abstain", "did not vote"),
                seen_in="es_11_4",
                not_in="es_11_1",
            ),
        ),
    ),
    Task(
        "05.3",
        kind=kinds.Together((kinds.PerCent(0.1),) * 5),
        solution=_answer_shares,
        given=lambda: [-1] * 5,
        taught="2. Votes",
        right="Now the function knows what to do when there is nothing to divide by.",
        hint="Ask whether yes and no together are 0. Write two equals signs, and end with a colon.",
        mistakes=(
            Mistake(
                "A single vote is enough for a share. Give -1 only if there is none at all.",
                lambda: _answer_shares(2, 3),
            ),
            Mistake(
                "Four yes and four no are 50 per cent. Ask whether the two together are 0.",
                lambda: _answer_shares(1),
            ),
            Mistake(
                "If nobody says no, the share is 100. Ask for both together.",
                lambda: _answer_shares(2),
            ),
            Mistake(
                "If nobody says yes, the share is 0. Ask for both together.",
                lambda: _answer_shares(3),
            ),
        ),
    ),
    Task(
        "05.4",
        kind=kinds.ByKey(kinds.Whole(tr("states")), keys=tr("numbers")),
        solution=lambda: _count_codes(**CODE),
        taught="4. Distance between voters",
        right="Who did not vote has no number: an absence is not an opinion.",
        hint='The dictionary has three entries: "yes" leads to 1, "abstain" to 0, "no" to -1.',
        mistakes=(
            Mistake(
                "That is the vote of March. Which column has the one of April?",
                lambda: _load_votes()["es_11_1"].map(CODE).value_counts(),
            ),
            Mistake(
                "The absent got a number, too. A 0 would be an opinion.",
                lambda: _count_codes(**CODE, did_not_vote=0),
            ),
            Mistake(
                "A no counts like a yes here. It is the opposite: minus 1.",
                lambda: _count_codes(**CODE | {"no": 1}),
            ),
            Mistake(
                "A no counts like an abstention here. It is the opposite of yes: minus 1.",
                lambda: _count_codes(**CODE | {"no": 0}),
            ),
            Mistake(
                "A no has no number here. It is minus 1.",
                lambda: _count_codes(yes=1, abstain=0),
            ),
            Mistake(
                "An abstention has no number here. It is 0.",
                lambda: _count_codes(yes=1, no=-1),
            ),
        ),
    ),
    Task(
        "05.5",
        kind=kinds.Whole(),
        solution=lambda: int(_subtract_codes("IND", "USA").abs().sum()),
        taught="4. Distance between voters",
        right="Three abstentions against three times yes. India is just as far from Russia.",
        hint="Subtract one row from the other, drop the signs, and add up.",
        mistakes=(
            Mistake(
                "A distance has no sign: abs.",
                lambda: int(_subtract_codes("IND", "USA").sum()),
                not_in=r"abs|\*\*",
            ),
            Mistake(
                "That is how far China is from the United States.",
                lambda: int(_subtract_codes("CHN", "USA").abs().sum()),
                seen_in="CHN",
                not_in="IND",
            ),
            Mistake(
                "That is how far India is from China. Which state is asked for?",
                lambda: int(_subtract_codes("IND", "CHN").abs().sum()),
                seen_in="CHN",
            ),
            Mistake(
                "That is the mean of the three distances. Add them up.",
                lambda: int(_subtract_codes("IND", "USA").abs().mean()),
                seen_in="mean",
            ),
        ),
        lucky=(
            Mistake(
                "The number fits by chance: that is how far India is from Russia. Which state is asked for?",
                lambda: int(_subtract_codes("IND", "RUS").abs().sum()),
                seen_in="'RUS'",
                not_in="'USA'",
            ),
            Mistake(
                "The number fits only because the three differences have one sign. Drop the signs, then add up.",
                lambda: abs(int(_subtract_codes("IND", "USA").sum())),
                seen_in=r"sum\(\) - |\.sum\(\)\)|sum\(\)\.abs",
                not_in=r"\.abs\(\)\.sum|abs\([^()]*\)\.sum|sum\(abs",
            ),
        ),
    ),
    Task(
        "05.6",
        kind=kinds.Bars(kinds.Number(tolerance=0.01), keys=tr("groups")),
        solution=lambda: drawn.make_bars(_mean_scores()),
        taught="Practice",
        right="Members and observers are below 0, partners and all others above it. But a mean hides who gave which answer, and to what question.",
        hint="Two votes were known by that day. groupby makes the groups, and mean passes over empty cells.",
        mistakes=(
            Mistake(
                "That counts October's vote as well. Was it known by that day?",
                lambda: drawn.make_bars(_mean_scores("2022-12-31")),
            ),
            Mistake(
                "That adds the scores up, and a large group has a large sum. What takes the mean?",
                lambda: drawn.make_bars(_sums_of_scores()),
            ),
            Mistake(
                "That counts an absence as a 0. mean passes over empty cells: leave them empty.",
                lambda: drawn.make_bars(_mean_scores(absent=0)),
            ),
        ),
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {
    "05.april": lambda: int(data.load("resolutions").set_index("vote")["yes"]["es_11_3"]),
    "05.nearer": _count_nearer,
    "05.years": _read_yearly,
}
#: The plain files of the lesson's practice, with what writes them.
FILES = {"votes.csv": _write_votes}
