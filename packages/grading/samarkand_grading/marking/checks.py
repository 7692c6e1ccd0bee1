"""Questions and their marking: the name to read, the right answer, the known mistakes.

The checks of a set are separate from its notebook, in ``exercises/checks/<set>.py``, as one object ``SET``.
No expected value is typed in. Each question has a *solution*, a function of the student's own numbers, and a
list of *mistakes*, whose results are computed too. Both run here, outside the sandbox; the
results of a student's work are compared as plain values (:mod:`samarkand.answers.decode`).
"""

from __future__ import annotations

# ruff: noqa: PLR0911 - one return a kind of answer reads best
import builtins
import contextlib
import copy
import functools
import itertools
import json
import math
import random
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from samarkand.answers import decode, diagnose, encode
from samarkand.answers.diagnose import Mistake
from samarkand.answers.kinds import Kind, WrongForm, refused
from samarkand.common import modules
from samarkand.common.errors import CourseError, DamagedData, unknown
from samarkand_grading.marking import chance, inputs
from samarkand_grading.marking.inputs import Case, Cases, Inputs
from samarkand_grading.sandbox.work import Cell, Outcome, Ran, Result

Given = dict[str, Any]
T = TypeVar("T")

#: The error name that the sandbox reports for code that ran too long.
OUT_OF_TIME = "OutOfTime"
#: The maximum number of other variants to compare a wrong answer with.
VARIANTS_TRIED = 1500


@dataclass(frozen=True)
class Question:
    """One auto-graded question.

    The cell ``"q1"`` holds the answer, ``"q1-check"`` the check of its form; `name` is read from the
    student's work. `kind` is the form and unit of the answer, or of the return value of a function.
    `solution` is the reference, a function of the student's numbers, or the requested function itself.
    A wrong answer gets the reason of its mistake (the likeliest come first), or else `hint`.
    `taught` names the lesson and, after a colon, the heading of its section. `cases` gives the inputs of a
    function, drawn for each submission (see :mod:`inputs`); the first is the example of the notebook.
    `varies` says whether the answer depends on the student's numbers, `uses` on which; if empty, on all.
    """

    id: str
    name: str
    points: int
    kind: Kind
    solution: Callable[..., Any]
    hint: str
    taught: str
    mistakes: tuple[Mistake, ...] = ()
    cases: Cases | None = None
    varies: bool = False
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A question with a written answer, marked by a person with a rubric of 4 points for each criterion.

    The rubric has by criterion what earns 0, 1 and more points, each with an example.
    """

    id: str
    title: str
    rubric: Mapping[str, Sequence[str]]

    @property
    def points(self) -> int:
        """The maximum of points: four for each criterion."""
        return 4 * len(self.rubric)


@dataclass(frozen=True)
class ExerciseSet:
    """One set: its auto-graded questions in the order of the notebook, and its written ones.

    The id is that of folder and notebook, ``"ex03_the_sco"``; `lesson` is ``"03_the_sco"``; `options` are the
    values that each of the student's own numbers may take.
    """

    id: str
    lesson: str
    questions: tuple[Question, ...]
    options: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    written: tuple[Written, ...] = ()
    _elsewhere: dict[str, list[tuple[Given, Any]]] = field(default_factory=dict, repr=False, compare=False)
    _chances: dict[tuple[str, int], float] = field(default_factory=dict, repr=False, compare=False)

    def question(self, name: str) -> Question:
        """Return the question with that id."""
        found = {question.id: question for question in self.questions}
        if name not in found:
            raise unknown("question", name, found)
        return found[name]

    def read_again(self, verdict: Verdict) -> str:
        """Return a sentence naming the section to read again; empty if the answer is right.

        Empty too if the set no longer has the question, since a record may be older.
        """
        taught = next((q.taught for q in self.questions if q.id == verdict.question), "")
        lesson, _, section = taught.partition(": ")
        wrong = verdict.points < verdict.out_of
        return f"Read again: lesson {lesson[:2]}, “{section}”." if wrong and taught else ""

    @property
    def points(self) -> int:
        """The sum of the points of all auto-graded questions."""
        return sum(question.points for question in self.questions)

    @property
    def worth(self) -> dict[str, float]:
        """The points of each grade cell of the notebook, by its id."""
        found: dict[str, float] = {f"{q.id}-check": q.points for q in self.questions}
        return found | {w.id: w.points for w in self.written}

    def example(self, name: str) -> Any:
        """Return a function's right result for the notebook's example; `CourseError` if there is none."""
        question = self.question(name)
        if question.cases is None:
            raise CourseError(f"{self.id}, {name} asks for no function, and shows no example.")
        return question.solution(*question.cases(random.Random(0))[0].arguments)

    def inputs(self, key: str) -> Inputs:
        """Draw the inputs for the functions of one submission: see :func:`inputs.derive_key`."""
        return Inputs(key, self.id, {q.id: q.cases for q in self.questions if q.cases is not None})

    def elsewhere(self, question: Question) -> list[tuple[Given, Any]]:
        """Return the right answers for other variants of a question (cached).

        Pairs of the numbers that the answer depends on and the answer, up to `VARIANTS_TRIED` of them.
        """
        if question.id not in self._elsewhere:
            names = question.uses or tuple(self.options)
            choices = itertools.product(*(self.options[name] for name in names))
            givens = (dict(zip(names, c, strict=True)) for c in itertools.islice(choices, VARIANTS_TRIED))
            answers = [(g, read_answer(question.kind, question.solution(g))) for g in givens]
            self._elsewhere[question.id] = answers
        return self._elsewhere[question.id]

    def tells_apart(self, question: Question, answer: Any) -> bool:
        """Return whether answers with as many digits as this hardly ever fit other numbers by chance."""
        key = question.id, chance.count_digits(answer)
        if key not in self._chances:
            answers = [right for _, right in self.elsewhere(question)]
            fits = functools.partial(_fits, question.kind)
            self._chances[key] = chance.measure_chance(answers, fits, key[1])
        return self._chances[key] < chance.MOST


@dataclass(frozen=True)
class Verdict:
    """The mark of one question.

    `state` is ``"right"``, ``"partly"``, ``"wrong"``, ``"form"``, ``"error"`` or ``"unanswered"``; `reason`,
    for the student, does not give the answer away. For the instructor: `read`, the value; `rule`, the
    comparison and its tolerance; `others`, the numbers of other variants (those that the question uses) for
    which the wrong answer is exactly right, where slips hardly ever are; `example`, whether it is right for
    the numbers that a student sees who has not signed in.
    """

    question: str
    points: float
    out_of: float
    state: str
    reason: str
    read: str = ""
    rule: str = ""
    others: list[Given] = field(default_factory=list)
    example: bool = False


def spread(options: Iterable[T], answer: Callable[[T], object], each: int = 1) -> Iterator[T]:
    """Yield at most `each` options that have the same answer, so that few students share one."""
    kept = Counter[object]()
    for one in options:
        kept[key := answer(one)] += 1
        if kept[key] <= each:
            yield one


def ask(  # noqa: PLR0913 - a question says all of itself in one place
    id: str,
    *,
    name: str,
    points: int,
    kind: Kind,
    solution: Callable[..., Any],
    taught: str,
    hint: str,
    mistakes: Sequence[Mistake],
    cases: Cases | None = None,
    uses: Sequence[str] = (),
) -> Question:
    """Return a question of a set, as its file of checks writes it.

    Parameters
    ----------
    id : str
        The id of the cell with the answer: ``"q1"``.
    name : str
        The name that the student's work gives the answer.
    points : int
        What a right answer earns.
    kind : Kind
        The form and unit of the answer, or of what the function returns.
    solution : callable
        The right answer from the student's own numbers, or the function itself where `cases` are given.
    taught : str
        The heading of the section in which the lesson of the set teaches it.
    hint : str
        What a wrong answer is told that is none of the mistakes.
    mistakes : sequence of Mistake
        Known mistakes, the likeliest first.
    cases : callable, optional
        Draws what a function is called with; the first case is the example of the notebook.
    uses : sequence of str
        On which of the student's own numbers the answer depends; empty if it depends on all.
    """
    return Question(
        id=id,
        name=name,
        points=points,
        kind=kind,
        solution=solution,
        hint=hint,
        taught=taught,
        mistakes=tuple(mistakes),
        cases=cases,
        varies=cases is None,
        uses=tuple(uses),
    )


def exercise_set(
    file: str,
    *,
    options: Mapping[str, Sequence[Any]],
    questions: Sequence[Question],
    written: Sequence[Written] = (),
) -> ExerciseSet:
    """Return the set whose checks are in `file`; the file's name gives its id and its lesson.

    Parameters
    ----------
    file : str
        ``__file__`` of the module.
    options : mapping of str to sequence
        The values that each of the student's own numbers may take.
    questions : sequence of Question
        In the order of the notebook; see `ask`.
    written : sequence of Written
        Questions with a written answer.

    Raises
    ------
    DamagedData
        If two questions have one id.
    """
    set_id = Path(file).stem
    lesson = set_id.removeprefix("ex")
    asked: dict[str, Question] = {}
    for question in questions:
        if question.id in asked:
            raise DamagedData(f"{set_id} has two questions {question.id}.")
        asked[question.id] = replace(question, taught=f"{lesson}: {question.taught}")
    return ExerciseSet(set_id, lesson, tuple(asked.values()), options, tuple(written))


def load(folder: Path, name: str) -> ExerciseSet:
    """Load the checks of one set, the object ``SET`` of its module, by its id or its number (``"ex03"``).

    `UnknownName` if there is no such set, `DamagedData` if the module cannot be loaded or holds no ``SET``.
    """
    names = list_sets(folder)
    full = [n for n in names if n == name] or [n for n in names if n.split("_")[0] == name]
    if len(full) != 1:
        raise unknown("set", name, names)
    path = folder / f"{full[0]}.py"
    if not isinstance(found := run_file(path, path.read_bytes()).get("SET"), ExerciseSet):
        raise DamagedData(f"{path.name} holds no ExerciseSet under the name SET.")
    return found


def run_file(path: Path, code: bytes | str) -> dict[str, Any]:
    """Run the code of a file of checks and return its namespace; `DamagedData` if it fails."""
    module = types.ModuleType(f"samarkand_checks_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    try:
        with modules.without_collecting():
            exec(compile(code, str(path), "exec"), module.__dict__)
    except CourseError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise DamagedData(f"The checks in {path.name} cannot be loaded: {why}") from error
    return module.__dict__


def list_sets(folder: Path) -> list[str]:
    """List the ids of all sets that have checks."""
    return sorted(path.stem for path in folder.glob("ex*.py"))


def make_form(exercise: ExerciseSet) -> dict[str, Any]:
    """Return the part of a set that students may have: its options, and each question's kind and example.

    It is plain JSON and holds no answers.
    """
    questions: dict[str, Any] = {q.id: {"kind": q.kind.to_json()} for q in exercise.questions}
    for name, cases in exercise.inputs(inputs.DEMONSTRATION).cases.items():
        example = [encode.encode(argument) for argument in cases[0].arguments]
        questions[name] |= {"function": True, "example": example}
    options = {name: list(choices) for name, choices in exercise.options.items()}
    return {"set": exercise.id, "options": options, "questions": questions}


def read_answer(kind: Kind, value: object) -> Any:
    """Convert a reference value to the form for comparison, as student answers are converted."""
    return kind.read(decode.plain(value))


@dataclass
class Marker:
    """Marker of one submission; computes each expected value once.

    `known` is a cache of right answers, shared by all markers of a class. With `alone` (self-study) a reason
    names the input on which a function is wrong and quotes Python's error; in graded work only the kind of
    input and the error's type, since text written by a student could reveal a hidden input. `examples` are
    the numbers that a student sees who has not signed in.
    """

    exercise: ExerciseSet
    given: Given
    inputs: Inputs
    known: dict[Any, Any] = field(default_factory=dict)
    alone: bool = False
    examples: Sequence[Given] = ()

    @functools.cached_property
    def expected(self) -> dict[str, list[Any]]:
        """The right answers by question: the only one, or one for each input of a function."""
        return {q.id: self._work_out(q, q.solution) for q in self.exercise.questions}

    def _work_out(self, question: Question, way: Callable[..., Any]) -> list[Any]:
        """Return the results of a solution or of a known mistake, in the form for comparison."""
        if question.cases is not None:
            # One mistake must not see what another has changed. A table that cases share is copied once.
            copies = copy.deepcopy([case.arguments for case in self.inputs.cases[question.id]])
            return [read_answer(question.kind, way(*arguments)) for arguments in copies]
        if way is not question.solution:
            return [read_answer(question.kind, way(self.given))]
        names = (question.uses or tuple(self.given)) if question.varies else ()
        used = {name: self.given[name] for name in names}
        key = (way, json.dumps(used))
        if key not in self.known:  # nor was it worked out for another student
            self.known[key] = read_answer(question.kind, way(used))
        return [self.known[key]]

    def mark(self, outcome: Outcome, cells: Sequence[Cell]) -> list[Verdict]:
        """Return the verdict on each question, in the order of the set; say which names no cell has."""
        code, found = "\n".join(cell.code for cell in cells), []
        for question in self.exercise.questions:
            verdict, name = self.judge(question, outcome), question.name
            if verdict.state == "unanswered" and not re.search(rf"\b{re.escape(name)}\b", code):
                verdict = replace(verdict, reason=f"There is no {name}: the answer is read from that name.")
            found.append(verdict)
        return self._tell_of_numbers(found)

    def judge(self, question: Question, outcome: Outcome) -> Verdict:
        """Return the verdict on one question; if its cell stopped with an error, the reason says so first."""
        verdict = self._judge(question, outcome)
        error = outcome.ran.get(f"cell {question.id}", Ran()).error
        if not error or verdict.state == "right":
            return verdict
        reason = "The cell ran for too long and was stopped: does a loop never end?"
        if not error.startswith(OUT_OF_TIME):
            reason = f"The cell stopped with an error: {_end(error)}"
            reason += f" {verdict.reason}" if verdict.state != "unanswered" else ""
        return replace(verdict, state="partly" if verdict.points else "error", reason=reason)

    def _judge(self, question: Question, outcome: Outcome) -> Verdict:
        """Return the verdict on what was read, whatever became of the question's cell."""
        held, cases = outcome.held.get(question.id), self.inputs.cases.get(question.id, ())
        none = Verdict(question.id, 0, question.points, "error", "")
        if held is None:
            ended = f"{STOPPED[outcome.ended]} and was stopped" if outcome.ended in STOPPED else "ended"
            return replace(none, reason=f"Your work {ended} before this was reached.")
        if held.error:
            return replace(none, reason=f"{question.name}: {held.error}.")
        if held.value is ...:
            return replace(none, state="unanswered", reason="Not answered yet.", read="nothing")
        if not cases:
            return self._compare(question, [held], none)
        if getattr(held.value, "kind", "") != "function":
            reason = str(refused(held.value, "a function"))
            return replace(none, state="form", reason=reason, read=decode.show(held.value))
        lost = Result(error=OUT_OF_TIME if outcome.ended in ("cpu", "wall") else "not reached")
        got = [outcome.called.get(f"{question.id}/{n}", lost) for n in range(len(cases))]
        returns = self.expected[question.id][0] is not None
        if returns and all(not r.error and (r.value is ... or r.value is None) for r in got):
            nothing = ": the function returns nothing" if all(r.value is None for r in got) else ""
            read = "a function that returns nothing"
            return replace(none, state="unanswered", reason=f"Not answered yet{nothing}.", read=read)
        return self._compare(question, got, none)

    def _compare(self, question: Question, got: list[Result], none: Verdict) -> Verdict:
        """Return the verdict on the value of a question, or on the values of all calls of a function."""
        kind, right, cases = question.kind, self.expected[question.id], self.inputs.cases.get(question.id, ())

        def read_as(kind: Kind) -> tuple[Sequence[Any], Sequence[str], list[bool]]:
            answers, problems = zip(*(self._read(question, kind, result) for result in got), strict=True)
            same = [a is not None and kind.same(a, e) for a, e in zip(answers, right, strict=True)]
            return answers, problems, same

        answers, problems, same = read_as(kind)
        read, rule = self._describe(question, got, same)
        wrong = replace(none, state="wrong", read=read, rule=rule)
        if all(same):
            reason = "Right, on inputs you have not seen too." if cases else "Right."
            return replace(wrong, state="right", reason=reason, points=question.points)
        half = replace(wrong, state="partly", points=question.points / 2)
        known = self._find_mistake(question, answers)
        if cases and all(ok or case.edge for ok, case in zip(same, cases, strict=True)):
            wrong, lead = half, "It is right on ordinary inputs, not on all."
        elif all(read_as(kind.in_any_unit())[2]):
            return replace(half, reason=f"{known or f'Asked for was {kind.asked()}.'} {_OTHER_UNIT}")
        else:
            lead = "It is not right on all ordinary inputs."
        if problems[0] and not cases:
            return replace(wrong, state="form", reason=problems[0])
        if known or all(a is not None and _as_written(a, e) for a, e in zip(answers, right, strict=True)):
            return replace(wrong, reason=known or TOO_COARSE)
        if cases:
            # Nothing after a call that never ended was reached, so report that call first; then the example.
            failed = [n for n, ok in enumerate(same) if not ok]
            first = min(failed, key=lambda n: (problems[n] != _ENDLESS, n > 0, not problems[n]))
            told = _end(problems[first]) if problems[first] else f"it gives another answer. {question.hint}"
            return replace(wrong, reason=f"{lead} {self._place(question, cases[first], first)} {told}")
        wrong = replace(wrong, reason=question.hint)
        if not question.varies:
            return wrong
        elsewhere = self.exercise.elsewhere(question)
        others = [given for given, answer in elsewhere if _fits(kind, answers[0], answer)]
        if others and not self.exercise.tells_apart(question, answers[0]):
            others = []
        return replace(wrong, others=others, example=self._is_of_example(question, answers[0]))

    def _is_of_example(self, question: Question, answer: Any) -> bool:
        """Return whether an answer is right for the numbers that a student sees who has not signed in."""
        for numbers in self.examples:
            key = ("example", question.id, json.dumps(numbers))
            if key not in self.known:  # nor was it worked out for another student
                self.known[key] = read_answer(question.kind, question.solution(numbers))
            if _fits(question.kind, answer, self.known[key]):
                return True
        return False

    def _tell_of_numbers(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Add to reasons that the answers fit the example's numbers, or others; not where chance would.

        One answer may be the example's by a slip; two are not, nor is one that fits `others`: no slip does.
        """
        fitting = [verdict for verdict in verdicts if verdict.example]
        sure = len(fitting) > 1 or any(verdict.others for verdict in fitting)
        told = []
        for verdict in verdicts:
            if verdict.example and sure:
                reason = f"{_OF_EXAMPLE} {verdict.reason}"
                told.append(replace(verdict, reason=reason, others=[]))
            elif verdict.others:
                reason = f"{_OF_OTHERS} {verdict.reason}"
                told.append(replace(verdict, reason=reason, example=False))
            else:
                told.append(replace(verdict, example=False))
        return told

    def _describe(self, question: Question, got: list[Result], same: list[bool]) -> tuple[str, str]:
        """Return what was read and by which rule it was compared, for the instructor."""
        kind, right, cases = question.kind, self.expected[question.id], self.inputs.cases.get(question.id, ())
        of = getattr(kind, "of", None)
        tolerance = getattr(kind, "tolerance", None) or getattr(of, "tolerance", None)
        within = f", within {tolerance:g}" if tolerance else ""
        shown = [result.error or decode.show(result.value, 60 if cases else 120) for result in got]
        labels = [f"{n}{f' ({case.edge})' if case.edge else ''}: " for n, case in enumerate(cases)] or [""]
        # Sets are sorted, since their own order changes from run to run.
        expected = [", ".join(sorted(e)) if isinstance(e, frozenset) else repr(e) for e in right]
        rule = f"{kind.asked()}{within}; expected {'; '.join(expected)}"
        if cases:
            rule += f"; right: {same}; all right gives {question.points}, all but edges gives half"
        return "; ".join(map(str.__add__, labels, shown)), rule

    def _find_mistake(self, question: Question, answers: Sequence[Any]) -> str | None:
        """Return the reason of the mistake with the same answers, or None."""

        def work_out(mistake: Mistake) -> list[Any] | None:
            with contextlib.suppress(Exception):  # a wrong way may fail on these numbers
                return self._work_out(question, mistake.wrong)
            return None

        wrong = ((mistake.reason, work_out(mistake)) for mistake in question.mistakes)
        return diagnose.known(question.kind, answers, wrong)

    def _read(self, question: Question, kind: Kind, result: Result) -> tuple[Any, str]:
        """Return the value as the kind reads it and ``""``, or None and the problem."""
        if error := result.error:
            stops = f"it stops with {error if self.alone else error_name(error)}"
            return None, _ENDLESS if error.startswith(OUT_OF_TIME) else stops
        try:
            return kind.read(result.value), ""
        except WrongForm as problem:
            if question.cases is None:
                return None, decode.show(str(problem), 1000)  # it may quote a key
            # What it says of the result of a call could carry a hidden input.
            if result.value is None:
                return None, "it gives back nothing"
            if isinstance(result.value, float) and not math.isfinite(result.value):
                return None, "it gives back no number (nan or inf)"
            return None, f"it gives back something else than {kind.asked()}"

    def _place(self, question: Question, case: Case, number: int) -> str:
        """Return words for the input on which a function is wrong; a hidden input is not shown."""
        if number == 0:
            return "On the example in the question"
        if self.alone:
            arguments = ", ".join(decode.show(decode.plain(one), 80) for one in case.arguments)
            return f"On {question.name}({arguments})"
        return f"On one of the edges ({case.edge})" if case.edge else "On one of them"


#: What work did that was stopped, by :attr:`Outcome.ended`.
STOPPED = {
    "wall": "ran for too long",
    "cpu": "used too much computing time",
    "memory": "used too much memory",
    "output": "gave back far more than was asked for",
}
#: The reason for an answer that is right as far as it is written, and is not written far enough.
TOO_COARSE = "This is rounded too far: the question says how exact it must be."
_OTHER_UNIT = "Apart from its unit this is right: half of the points."
_OF_EXAMPLE = (
    "With the example's numbers this would be right: sign in with desk.sign_in and your id, and take your "
    "own from given."
)
_OF_OTHERS = "For other numbers this would be right: did you take yours from given?"
_ENDLESS = "it ran too long and was stopped"


def _fits(kind: Kind, answer: Any, right: Any) -> bool:
    """Return whether an answer is right, and has all the digits that it is written with."""
    return kind.same(answer, right) and _as_written(answer, right)


def _as_written(answer: Any, right: Any) -> bool:
    """Return whether `right`, rounded to the digits of `answer`, equals it: stricter than a tolerance.

    Examples
    --------
    >>> _as_written((8, 23.5), (8, 23.4581)), _as_written((8, 23.49), (8, 23.4581))
    (True, False)
    """
    if isinstance(answer, dict):
        return answer.keys() == right.keys() and all(_as_written(answer[k], right[k]) for k in right)
    if isinstance(answer, tuple):
        return len(answer) == len(right) and all(map(_as_written, answer, right))
    if isinstance(answer, float):
        digits = 0 if answer.is_integer() else len(f"{answer:.12f}".rstrip("0").partition(".")[2])
        return math.isclose(answer, right, rel_tol=1e-9) or answer == round(right, digits)
    return bool(answer == right)


def error_name(error: str) -> str:
    """Return the type name of an error without its message; ``"an error"`` if it is not a builtin.

    Text written by a student could reveal a hidden input.

    Examples
    --------
    >>> error_name("KeyError: 'KAZ'"), error_name("Secret: 7"), error_name("")
    ('KeyError', 'an error', '')
    """
    name = error.partition(":")[0]
    return name if not error or isinstance(getattr(builtins, name, None), type) else "an error"


def _end(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."
