"""Practice of lesson 11: a page read as a table, before one's own is written."""

from collections import Counter
from dataclasses import dataclass

from samarkand import data
from samarkand.answers import kinds
from samarkand.common.words import listed, tr
from samarkand.practice import briefing
from samarkand.practice.tasks._engine import task

DAY = "2022-09-14"
ORDER = ("answer", "evidence", "against", "limits", "change")


def _sum(column: str) -> int:
    return int(briefing.example("good").lines[column].sum())


def _bare(*, either: bool = False, cited: bool = False) -> int:
    """Count the middling page's sentences with figures and no citation; the options give the usual slips."""
    lines = briefing.example("middling").lines
    figures, without = lines["figures"] > 0, (lines["citations"] > 0) == cited
    return int((figures | without if either else figures & without).sum())


def _refs(*, later: bool = True) -> set[str]:
    sources = briefing.example("middling").sources
    return set(sources[(sources["known"] > DAY) == later]["ref"])


def _made(column: str) -> Counter[str]:
    return Counter(briefing.example("good").sources[column])


def _points() -> tuple[int, ...]:
    """Return our points for the middling page, in the order of the rubric."""
    return tuple(briefing.marks("middling")["points"].tolist())


@dataclass(frozen=True)
class Points(kinds.Together):
    """Points from 0 to 4 for each row of the rubric; the reply says where they are far from ours."""

    parts: tuple[kinds.Kind, ...] = (kinds.Whole(tr("points"), 0, 4),) * len(ORDER)

    def clue(self, answer: tuple[int, ...], expected: tuple[int, ...]) -> str:
        """Name the rows of the rubric in which the points differ from ours, and by how much."""
        rows = zip(briefing.marks("middling")["row"], answer, expected, strict=True)
        differ = [tr("{row} by {n}", row=row, n=abs(own - ours)) for row, own, ours in rows if own != ours]
        return tr("Your points and ours differ: {rows}.", rows=listed(differ)) if differ else ""


TASKS = (
    task(
        "11.1",
        kinds.Whole(tr("words")),
        lambda: briefing.WORDS - _sum("words"),
        its_words=lambda: _sum("words"),
        counted_sentences=lambda: briefing.WORDS - len(briefing.example("good").lines),
        swapped=lambda: _sum("words") - briefing.WORDS,
    ),
    task(
        "11.2",
        kinds.Whole(tr("sentences")),
        _bare,
        given=lambda: int((briefing.example("middling").lines["figures"] > 0).sum()),
        either=lambda: _bare(either=True),
        cited=lambda: _bare(cited=True),
    ),
    task(
        "11.3",
        kinds.Texts(tr("citations, such as NU037")),
        _refs,
        known_in_time=lambda: _refs(later=False),
        all_citations=lambda: _refs() | _refs(later=False),
    ),
    task(
        "11.4",
        kinds.ByKey(kinds.Whole(), keys=tr("publishers")),
        lambda: _made("publisher"),
        given=lambda: _made("state"),
        citations_each=lambda: _made("ref"),
    ),
    task(
        "11.5",
        kinds.Whole(tr("rows")),
        lambda: sum(n for state, n in _made("state").items() if state),
        all_rows=lambda: len(briefing.example("good").sources),
        no_state=lambda: _made("state")[""],
        states=lambda: len(_made("state")) - 1,
    ),
    task(
        "11.6",
        kinds.Together((kinds.Text(),) * len(ORDER)),
        lambda: ORDER,
        given=lambda: ("limits", "answer", "change", "evidence", "against"),
        evidence_first=lambda: ("evidence", "against", "limits", "answer", "change"),
        doubts_first=lambda: ("answer", "against", "evidence", "limits", "change"),
    ),
    task("11.7", Points(), _points),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"11.known": lambda: float(100 * (data.load("numbers")["known_when"] <= DAY).mean())}
