"""Answers that would stay the same whatever the student's numbers are: work runs once more with others.

A look at the source comes first (:func:`find_unreached`): only where nothing of `given` can have reached an
answer is the work run again, with a second draw in which every number and every right answer differs. The
draw hangs on the instructor's key and on the text of the work, as the inputs of functions do: the seed of the
first draw is in the students' copies. Nothing of the second run reaches a student but whether an answer
moved.
"""

import ast
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from samarkand.answers.kinds import WrongForm
from samarkand.practice.sets.reach import Reach, list_statements
from samarkand_grading.marking.checks import ExerciseSet, Given, Question, Verdict, read_answer
from samarkand_grading.sandbox.work import Cell, Limits, Outcome, Result
from samarkand_grading.submission.remarks import Remark

#: How many draws are tried; the first is nearly always one.
TRIES = 200
#: The least seconds of computing time of a second run, however little the first has used.
LEAST_CPU = 2.0

STAYS = (
    "With other values of `given` this stays the same. In a Write question take them from `given`, and let "
    "Python work the answer out."
)
#: The same for an answer that keeps its points.
STAYS_TOLD = "With other values of `given` this stays the same."
SETS_GIVEN = Remark(
    "sets given",
    "`given` is set in a cell of this notebook. Take it from the desk: only then does everything hang on "
    "your own numbers.",
)
Run = Callable[[Given, Limits], Outcome]


# ------------------------------------------------------------------------------- a look at the source


@dataclass(frozen=True)
class Unreached:
    """What the source of some work says.

    Attributes
    ----------
    questions : frozenset of str
        The questions whose answers nothing of `given` can have reached.
    sets_given : bool
        Whether the work gives `given` a value of its own.
    """

    questions: frozenset[str] = frozenset()
    sets_given: bool = False


def find_unreached(cells: Sequence[Cell]) -> Unreached:
    """Return the answers that nothing of `given` can have reached, by the source alone: see `Reach`.

    Examples
    --------
    >>> sorted(find_unreached([Cell("a", "y = 8"), Cell("q2", hold="y")]).questions)
    ['q2']
    """
    reach = Reach()
    unreached = set()
    sets_given = False
    for cell in cells:
        if cell.hold:
            if cell.hold not in reach.names:
                unreached.add(cell.id)
            continue
        reach.follow(cell.code)
        sets_given = sets_given or "given" not in reach.names
    return Unreached(frozenset(unreached), sets_given)


# ------------------------------------------------------------------------------------ the second draw


def draw_other(exercise: ExerciseSet, key: str, given: Given) -> Given | None:
    """Return numbers of which each differs from a student's, and all parts of each right answer too.

    None if there are none within `TRIES` draws.
    """
    rights = {question.id: _find_right(question, given) for question in _list_varying(exercise)}
    for attempt in range(TRIES):
        other = {}
        for name, choices in exercise.options.items():
            left = [one for one in choices if one != given.get(name)]
            if not left:
                return None
            message = "\x1f".join((exercise.id, "second run", name, str(attempt))).encode()
            drawn = hmac.new(key.encode(), message, hashlib.sha256).digest()
            other[name] = left[int.from_bytes(drawn) % len(left)]
        if all(_differs_for(question, rights[question.id], other) for question in _list_varying(exercise)):
            return other
    return None


def _list_varying(exercise: ExerciseSet) -> list[Question]:
    return [question for question in exercise.questions if question.varies]


def _find_right(question: Question, given: Given) -> Any:
    names = question.uses or tuple(given)
    return read_answer(question.kind, question.solution({name: given[name] for name in names}))


def _differs_for(question: Question, right: Any, other: Given) -> bool:
    second = _find_right(question, other)
    if question.kind.in_any_unit().same(right, second):
        return False
    parts, others = _list_parts(right), _list_parts(second)
    return all(key not in others or others[key] != part for key, part in parts.items())


def _list_parts(value: Any) -> dict[Any, Any]:
    """Return the parts of an answer that could be typed one by one."""
    if isinstance(value, dict):
        return dict(value)
    return dict(enumerate(value)) if isinstance(value, tuple) else {"": value}


# ---------------------------------------------------------------------------------- what is said of it


@dataclass
class SecondRun:
    """What a second run says of the answers that nothing of `given` has reached.

    Attributes
    ----------
    verdicts : list of Verdict
        All verdicts of the first run, changed where an answer stays.
    told : dict of str to str
        By question: "moved" (right both times), "stays", "half" (another one, not right), or "silent".
    remarks : list of Remark
        For student and instructor.
    """

    verdicts: list[Verdict]
    told: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """Some work that has run once.

    Attributes
    ----------
    exercise : ExerciseSet
        The set.
    cells : sequence of Cell
        The cells of the work.
    given : dict
        The student's own numbers.
    key : str
        That of :func:`inputs.derive_key`.
    outcome : Outcome
        That of the first run.
    limits : Limits
        Those of the first run.
    run : callable
        Runs the cells with other numbers, within limits.
    """

    exercise: ExerciseSet
    cells: Sequence[Cell]
    given: Given
    key: str
    outcome: Outcome
    limits: Limits
    run: Run


def run_again(work: Work, verdicts: Sequence[Verdict]) -> SecondRun:
    """Run work once more if it may have typed an answer, and change the `verdicts` on answers that stay."""
    result = SecondRun(list(verdicts))
    look = find_unreached(work.cells)
    with_points = {verdict.question for verdict in verdicts if verdict.points}
    asked = []
    for question in _list_varying(work.exercise):
        if question.id in look.questions & with_points and not question.typed:
            asked.append(question)
    if not asked:
        return result
    if look.sets_given:
        result.remarks.append(SETS_GIVEN)
        return result
    other = draw_other(work.exercise, work.key, work.given)
    if other is None:
        return result
    cpu = min(work.limits.cpu, max(LEAST_CPU, 2 * work.outcome.cpu))
    second = work.run(other, replace(work.limits, cpu=cpu))
    for question in asked:
        result.told[question.id] = _compare_answers(question, work.outcome, second, other)
    result.verdicts = [_judge_answer(work, verdict, result.told) for verdict in verdicts]
    return result


def _compare_answers(question: Question, first: Outcome, second: Outcome, other: Given) -> str:
    """Return what became of an answer. Two answers are compared exactly: a calculation may move a little."""
    one = _read_answer(question, first.held.get(question.id))
    two = _read_answer(question, second.held.get(question.id))
    if one is None or two is None:
        return "silent"
    if question.kind.same(two, _find_right(question, other)):
        return "moved"
    return "stays" if question.kind.exactly().same(one, two) else "half"


def _read_answer(question: Question, result: Result | None) -> Any:
    if result is None or result.error or result.value is ...:
        return None
    try:
        return question.kind.read(result.value)
    except WrongForm:
        return None


def _judge_answer(work: Work, verdict: Verdict, told: dict[str, str]) -> Verdict:
    """Return the verdict on an answer: only one that stays is changed, and one slip is not paid twice."""
    if told.get(verdict.question) != "stays":
        return verdict
    question = work.exercise.get_question(verdict.question)
    others = {
        work.exercise.get_question(one).name for one in told if one != question.id and told[one] == "stays"
    }
    if not question.moves or _names_in(work.cells, question) & others:
        return replace(verdict, reason=f"{verdict.reason} {STAYS_TOLD}")
    return replace(verdict, points=0, state="wrong", reason=STAYS)


def _names_in(cells: Sequence[Cell], question: Question) -> set[str]:
    """Return the names that the statements mention which store the answer to a question."""
    found = set()
    for cell in cells:
        for statement in list_statements(cell.code):
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            if any(node.id == question.name and isinstance(node.ctx, ast.Store) for node in names):
                found |= {node.id for node in names if isinstance(node.ctx, ast.Load)}
    return found
