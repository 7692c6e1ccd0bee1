"""Practice of lesson 11: a page read as a table, before one's own is written."""

from collections import Counter
from dataclasses import dataclass

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Mistake
from samarkand.common.words import listed, tr
from samarkand.practice import briefing
from samarkand.practice.tasks._engine import Task

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
    Task(
        "11.1",
        kind=kinds.Whole(tr("words")),
        solution=lambda: briefing.WORDS - _sum("words"),
        taught="1. A page is a table, too",
        right="There is room for one more figure or one more doubt, but not for both at length.",
        hint="Add up the column of words, and subtract the sum from what is allowed.",
        mistakes=(
            Mistake(
                "That is how many it has. How many more could it have?",
                lambda: _sum("words"),
            ),
            Mistake(
                "You counted sentences. Which column counts words?",
                lambda: briefing.WORDS - len(briefing.example("good").lines),
            ),
            Mistake(
                "The other way round: subtract the sum from 450.",
                lambda: _sum("words") - briefing.WORDS,
            ),
        ),
    ),
    Task(
        "11.2",
        kind=kinds.Whole(tr("sentences")),
        solution=_bare,
        given=lambda: int((briefing.example("middling").lines["figures"] > 0).sum()),
        taught="2. Each figure has a source",
        right="Two of them are the writer's own chances, which have no source. Find the third.",
        hint="Two conditions must be true at once: figures above 0, and 0 citations.",
        mistakes=(
            Mistake(
                "That is one or the other: `|`. Both must be true.",
                lambda: _bare(either=True),
            ),
            Mistake(
                "Those have a citation. Which have none?",
                lambda: _bare(cited=True),
            ),
        ),
    ),
    Task(
        "11.3",
        kind=kinds.Texts(tr("citations, such as NU037")),
        solution=_refs,
        taught="3. What could be known on the day",
        right="Both are of 2023. The minister who read this page could not have had them.",
        hint="Compare the column known with the day, and choose the column ref.",
        mistakes=(
            Mistake(
                "Those were known in time. Which came later?",
                lambda: _refs(later=False),
            ),
            Mistake(
                "Those are all its citations.",
                lambda: _refs() | _refs(later=False),
            ),
        ),
    ),
    Task(
        "11.4",
        kind=kinds.ByKey(kinds.Whole(), keys=tr("publishers")),
        solution=lambda: _made("publisher"),
        given=lambda: _made("state"),
        taught="4. Whose word is it?",
        right="Four publishers. Whose count would you trust least, and would the page fall without it?",
        hint="Count the values of one column. Its name is in the table above.",
        mistakes=(
            Mistake(
                "Those are the citations, each of them once.",
                lambda: _made("ref"),
            ),
        ),
    ),
    Task(
        "11.5",
        kind=kinds.Whole(tr("rows")),
        solution=lambda: sum(n for state, n in _made("state").items() if state),
        taught="4. Whose word is it?",
        right="More than half. A state's office can count well, but it is not outside the story.",
        hint="Keep the rows whose state is not an empty text, and count them.",
        mistakes=(
            Mistake(
                "That is all of them.",
                lambda: len(briefing.example("good").sources),
            ),
            Mistake(
                "Those belong to no state.",
                lambda: _made("state")[""],
            ),
            Mistake(
                "That is how many states. How many rows?",
                lambda: len(_made("state")) - 1,
            ),
        ),
    ),
    Task(
        "11.6",
        kind=kinds.Together((kinds.Text(),) * len(ORDER)),
        solution=lambda: ORDER,
        given=lambda: ("limits", "answer", "change", "evidence", "against"),
        taught="5. What counts against it",
        right="The answer comes first: many readers stop there. What is about the future comes last.",
        hint="What does a minister with one minute need first? Which part is about the future?",
        mistakes=(
            Mistake(
                "You put the evidence first, as in an essay. One minute may end before the answer.",
                lambda: ("evidence", "against", "limits", "answer", "change"),
            ),
            Mistake(
                "You put doubts before there is anything to doubt.",
                lambda: ("answer", "against", "evidence", "limits", "change"),
            ),
        ),
        typed=True,
    ),
    Task(
        "11.7",
        kind=Points(),
        solution=_points,
        taught="6. How a page is marked",
        right="Now compare with ours below. Where you differ by two points, read that row of the rubric again.",
        hint="Five whole numbers from 0 to 4, in the order of the rubric.",
        free=True,
        typed=True,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"11.known": lambda: float(100 * (data.load("numbers")["known_by"] <= DAY).mean())}
