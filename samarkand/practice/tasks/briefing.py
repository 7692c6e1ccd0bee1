"""Practice of lesson 11: a page read as a table, before one's own is written."""

from collections import Counter

from samarkand import data
from samarkand.ground.words import tr
from samarkand.practice import briefing
from samarkand.practice.answers import kinds
from samarkand.practice.answers.diagnose import Diagnosis
from samarkand.practice.tasks._engine import Task

DAY = "2022-09-14"
#: Another reader's points for the middling page, as the lesson gives them.
THEIRS = (2, 2, 2, 1, 2)
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


TASKS = (
    Task(
        "11.1",
        kinds.Whole(tr("words")),
        lambda: briefing.WORDS - _sum("words"),
        right=tr("There is room for one more figure or one more doubt, but not for both at length."),
        hint=tr("Add up the column of words, and subtract the sum from what is allowed."),
        diagnoses=(
            Diagnosis(tr("That is how many it has. How many more could it have?"), lambda: _sum("words")),
            Diagnosis(
                tr("You counted sentences. Which column counts words?"),
                lambda: briefing.WORDS - len(briefing.example("good").lines),
            ),
            Diagnosis(
                tr("The other way round: subtract the sum from 450."), lambda: _sum("words") - briefing.WORDS
            ),
        ),
        taught="1. A page is a table, too",
    ),
    Task(
        "11.2",
        kinds.Whole(tr("sentences")),
        _bare,
        right=tr("Two of them are the writer's own chances, which have no source. Find the third."),
        hint=tr("Two conditions must be true at once: figures above 0, and 0 citations."),
        diagnoses=(
            Diagnosis(tr("That is one or the other: `|`. Both must be true."), lambda: _bare(either=True)),
            Diagnosis(tr("Those have a citation. Which have none?"), lambda: _bare(cited=True)),
        ),
        taught="2. Each figure has a source",
        given=lambda: int((briefing.example("middling").lines["figures"] > 0).sum()),
    ),
    Task(
        "11.3",
        kinds.Texts(tr("citations, such as NU037")),
        _refs,
        right=tr("Both are of 2023. The minister who read this page could not have had them."),
        hint=tr("Compare the column known with the day, and choose the column ref."),
        diagnoses=(
            Diagnosis(tr("Those were known in time. Which came later?"), lambda: _refs(later=False)),
            Diagnosis(tr("Those are all its citations."), lambda: _refs() | _refs(later=False)),
        ),
        taught="3. What could be known on the day",
    ),
    Task(
        "11.4",
        kinds.ByKey(kinds.Whole(), keys=tr("publishers")),
        lambda: _made("publisher"),
        right=tr("Four publishers. Whose count would you trust least, and would the page fall without it?"),
        hint=tr("Count the values of one column. Its name is in the table above."),
        diagnoses=(Diagnosis(tr("Those are the citations, each of them once."), lambda: _made("ref")),),
        taught="4. Whose word is it?",
        given=lambda: _made("state"),
    ),
    Task(
        "11.5",
        kinds.Whole(tr("rows")),
        lambda: sum(n for state, n in _made("state").items() if state),
        right=tr("More than half. A state's office can count well, but it is not outside the story."),
        hint=tr("Keep the rows whose state is not an empty text, and count them."),
        diagnoses=(
            Diagnosis(tr("That is all of them."), lambda: len(briefing.example("good").sources)),
            Diagnosis(tr("Those belong to no state."), lambda: _made("state")[""]),
            Diagnosis(tr("That is how many states. How many rows?"), lambda: len(_made("state")) - 1),
        ),
        taught="4. Whose word is it?",
    ),
    Task(
        "11.6",
        kinds.Together((kinds.Text(),) * len(ORDER)),
        lambda: ORDER,
        right=tr("The answer comes first: many readers stop there. What is about the future comes last."),
        hint=tr("What does a minister with one minute need first? Which part is about the future?"),
        diagnoses=(
            Diagnosis(
                tr("You put the evidence first, as in an essay. One minute may end before the answer."),
                lambda: ("evidence", "against", "limits", "answer", "change"),
            ),
            Diagnosis(
                tr("You put doubts before there is anything to doubt."),
                lambda: ("answer", "against", "evidence", "limits", "change"),
            ),
        ),
        taught="5. What counts against it",
        given=lambda: ("limits", "answer", "change", "evidence", "against"),
    ),
    Task(
        "11.7",
        kinds.Together((kinds.Whole(tr("points"), 0, 4),) * len(THEIRS)),
        lambda: THEIRS,
        right=tr(
            "Now compare with ours below. Where you differ by two points, read that row of the rubric again."
        ),
        hint=tr("Five whole numbers from 0 to 4, in the order of the rubric."),
        taught="6. How a page is marked",
        free=True,
    ),
)
#: Results of the lesson's predictions, by question id.
RESULTS = {"11.known": lambda: float(100 * (data.load("numbers")["known_when"] <= DAY).mean())}
