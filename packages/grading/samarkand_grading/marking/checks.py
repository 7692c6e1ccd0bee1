"""The questions of a set: the name to read, the right answer, the known mistakes.

The checks of a set are separate from its notebook, in ``exercises/checks/<set>.py``, as one object ``SET``.
No expected value is typed in. Each question has a *solution*, a function of the student's own numbers, and a
list of *mistakes*, whose results are computed too. A student's results are compared with both in
:mod:`~samarkand_grading.marking.marker`.
"""

from __future__ import annotations

import functools
import itertools
import math
import random
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from samarkand.answers import decode, encode
from samarkand.answers.diagnose import Mistake
from samarkand.answers.kinds import Kind
from samarkand.common import modules
from samarkand.common.errors import CourseError, DamagedData, make_unknown_name
from samarkand_grading.marking import chance, inputs
from samarkand_grading.marking.inputs import Cases, Inputs

Given = dict[str, Any]
T = TypeVar("T")

#: The maximum number of other variants to compare a wrong answer with.
VARIANTS_TRIED = 1500


@dataclass(frozen=True)
class Follows:
    """How an answer hangs on an earlier one, so that a slip in that one is paid once.

    Attributes
    ----------
    question : str
        The id of the earlier question.
    solution : callable
        The right answer from the student's own numbers and that earlier answer, as its kind reads it.
    """

    question: str
    solution: Callable[[Given, Any], Any]


@dataclass(frozen=True)
class Question:
    """One auto-graded question.

    Parameters
    ----------
    id : str
        The cell ``"q1"`` holds the answer, ``"q1-check"`` the check of its form.
    name : str
        The name that is read from the student's work.
    points : int
        What a right answer earns.
    kind : Kind
        The form and unit of the answer, or of the return value of a function.
    solution : callable
        The reference: a function of the student's numbers, or the requested function itself.
    hint : str
        The reason for a wrong answer that is none of the mistakes.
    taught : str
        The lesson and, after a colon, the heading of its section.
    mistakes : tuple of Mistake
        Known mistakes, the likeliest first.
    cases : callable, optional
        The inputs of a function, drawn for each submission (see :mod:`inputs`); the first is the example of
        the notebook.
    varies : bool
        Whether the answer depends on the student's numbers.
    uses : tuple of str
        The numbers that it depends on; empty if it depends on all.
    moves : bool
        Whether an answer that stays with other numbers has no points: a *Write* question that is no function.
    typed : bool
        Whether the answer is read off and typed in: a *Read* question.
    follows : Follows, optional
        How the answer hangs on an earlier one.
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
    moves: bool = False
    typed: bool = False
    follows: Follows | None = None


@dataclass(frozen=True)
class Written:
    """A question with a written answer, marked by a person with a rubric: up to 4 points for each criterion.

    The rubric has by criterion what earns 0, 1 and more points, each with an example. The answer is `worth`
    so many points beside the questions of its set; 0: as many as the rubric has.
    """

    id: str
    title: str
    rubric: Mapping[str, Sequence[str]]
    worth: int = 0

    @property
    def rubric_points(self) -> int:
        """The maximum of points in the rubric, over all criteria."""
        return sum(self.most(criterion) for criterion in self.rubric)

    def most(self, criterion: str) -> int:
        """Return the maximum of points of a criterion: its first level earns 0."""
        return len(self.rubric[criterion]) - 1

    @property
    def points(self) -> int:
        """The maximum of the mark."""
        return self.worth or self.rubric_points

    def convert(self, rows: Mapping[str, int]) -> float:
        """Return the mark that the points of the rubric's rows make."""
        return sum(rows.values()) * self.points / self.rubric_points


@dataclass(frozen=True)
class Variant:
    """A question with some of a student's own numbers: those that it uses, and the right answer for them."""

    given: Given
    answer: Any


@dataclass(frozen=True)
class Verdict:
    """The mark of one question.

    `state` is ``"right"``, ``"partly"``, ``"wrong"``, ``"form"``, ``"error"`` or ``"unanswered"``; `reason`,
    for the student, does not give the answer away. For the instructor: `read`, the value; `rule`, the
    comparison and its tolerance; `others`, the numbers of other variants (those that the question uses) for
    which the wrong answer is exactly right, where slips hardly ever are; `example`, whether it is right for
    the numbers that a student sees who has not signed in, and `unlike`, in how many of its parts it then
    differs from the right answer.
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
    unlike: int = 0


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

    def get_question(self, question_id: str) -> Question:
        """Return the question with that id; `UnknownName` if there is none."""
        by_id = {question.id: question for question in self.questions}
        if question_id not in by_id:
            raise make_unknown_name("question", question_id, by_id)
        return by_id[question_id]

    def suggest_section(self, verdict: Verdict) -> str:
        """Return a sentence naming the section to read again; empty if the answer is right.

        Empty too if the set no longer has the question, since a record may be older.
        """
        if verdict.points >= verdict.out_of:
            return ""
        for question in self.questions:
            if question.id == verdict.question and question.taught:
                lesson, _, section = question.taught.partition(": ")
                return f"Read again: lesson {lesson[:2]}, “{section}”."
        return ""

    @property
    def points(self) -> int:
        """The sum of the points of all auto-graded questions."""
        return sum(question.points for question in self.questions)

    @property
    def points_by_cell(self) -> dict[str, float]:
        """The points of each grade cell of the notebook, by its id."""
        points: dict[str, float] = {}
        for question in self.questions:
            points[f"{question.id}-check"] = question.points
        for written in self.written:
            points[written.id] = written.points
        return points

    def compute_example(self, question_id: str) -> Any:
        """Return a function's right result for the notebook's example; `CourseError` if there is none."""
        question = self.get_question(question_id)
        if question.cases is None:
            text = f"{self.id}, {question_id} asks for no function, and shows no example."
            raise CourseError(text, code="no function", set=self.id, question=question_id)
        example = question.cases(random.Random(0))[0]
        return question.solution(*example.arguments)

    def draw_inputs(self, key: str) -> Inputs:
        """Draw the inputs for the functions of one submission: see :func:`inputs.derive_key`."""
        functions = {}
        for question in self.questions:
            if question.cases is not None:
                functions[question.id] = question.cases
        return Inputs(key, self.id, functions)

    @functools.cached_property
    def _variants(self) -> dict[str, list[Variant]]:
        """The variants that were computed already, by question."""
        return {}

    def list_variants(self, question: Question) -> list[Variant]:
        """Return the variants of a question with their right answers, up to `VARIANTS_TRIED` (cached)."""
        if question.id not in self._variants:
            names = question.uses or tuple(self.options)
            choices = itertools.product(*(self.options[name] for name in names))
            variants = []
            for values in itertools.islice(choices, VARIANTS_TRIED):
                given = dict(zip(names, values, strict=True))
                answer = read_answer(question.kind, question.solution(given))
                variants.append(Variant(given, answer))
            self._variants[question.id] = variants
        return self._variants[question.id]

    @functools.cached_property
    def _chances(self) -> dict[tuple[str, int], float]:
        """The chances that were measured already, by question and number of digits."""
        return {}

    def can_tell_apart(self, question: Question, answer: Any) -> bool:
        """Return whether answers with as many digits as this hardly ever fit other numbers by chance."""
        digits = chance.count_digits(answer)
        key = (question.id, digits)
        if key not in self._chances:
            answers = [variant.answer for variant in self.list_variants(question)]
            fits = functools.partial(fits_exactly, question.kind)
            self._chances[key] = chance.measure_chance(answers, fits, digits)
        return self._chances[key] < chance.MOST


def spread(options: Iterable[T], answer: Callable[[T], object], each: int = 1) -> Iterator[T]:
    """Yield at most `each` options that have the same answer, so that few students share one."""
    kept = Counter[object]()
    for option in options:
        key = answer(option)
        if kept[key] < each:
            kept[key] += 1
            yield option


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
    moves: bool = False,
    typed: bool = False,
    follows: Follows | None = None,
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
    moves : bool
        Whether an answer that stays with other numbers has no points: in each *Write* question that is no
        function.
    typed : bool
        Whether the answer may be typed in: in each *Read* question.
    follows : Follows, optional
        How the answer hangs on an earlier one.
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
        moves=moves,
        typed=typed,
        follows=follows,
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
    by_id: dict[str, Question] = {}
    for question in questions:
        if question.id in by_id:
            text = f"{set_id} has two questions {question.id}."
            raise DamagedData(text, code="twice", set=set_id, question=question.id)
        by_id[question.id] = replace(question, taught=f"{lesson}: {question.taught}")
    return ExerciseSet(
        id=set_id, lesson=lesson, questions=tuple(by_id.values()), options=options, written=tuple(written)
    )


def load_set(folder: Path, name: str) -> ExerciseSet:
    """Load the checks of one set, the object ``SET`` of its module, by its id or its number (``"ex03"``).

    `UnknownName` if there is no such set, `DamagedData` if the module cannot be loaded or holds no ``SET``.
    """
    set_id = find_set(list_sets(folder), name)
    path = folder / f"{set_id}.py"
    exercise = run_file(path, path.read_bytes()).get("SET")
    if not isinstance(exercise, ExerciseSet):
        text = f"{path.name} holds no ExerciseSet under the name SET."
        raise DamagedData(text, code="no set", file=path)
    return exercise


def find_set(set_ids: Sequence[str], name: str) -> str:
    """Return the id of the set with that id or number; `UnknownName` if there is none, or more than one."""
    if name in set_ids:
        return name
    numbered = [set_id for set_id in set_ids if set_id.split("_")[0] == name]
    if len(numbered) != 1:
        raise make_unknown_name("set", name, set_ids)
    return numbered[0]


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
        text = f"The checks in {path.name} cannot be loaded: {why}"
        raise DamagedData(text, code="damaged", file=path) from error
    return module.__dict__


def list_sets(folder: Path) -> list[str]:
    """List the ids of all sets that have checks."""
    return sorted(path.stem for path in folder.glob("ex*.py"))


def make_form(exercise: ExerciseSet) -> dict[str, Any]:
    """Return the part of a set that students may have: its options, and each question's kind and example.

    It is plain JSON and holds no answers.
    """
    questions: dict[str, Any] = {}
    for question in exercise.questions:
        questions[question.id] = {"kind": question.kind.to_json()}
        if question.moves:
            questions[question.id]["moves"] = question.name
    for question_id, cases in exercise.draw_inputs(inputs.DEMONSTRATION).cases.items():
        questions[question_id]["function"] = True
        questions[question_id]["example"] = [encode.encode_value(argument) for argument in cases[0].arguments]
    options = {name: list(choices) for name, choices in exercise.options.items()}
    return {"set": exercise.id, "options": options, "questions": questions}


def read_answer(kind: Kind, value: object) -> Any:
    """Convert a reference value to the form for comparison, as student answers are converted."""
    return kind.read(decode.make_plain(value))


def fits_exactly(kind: Kind, answer: Any, right: Any) -> bool:
    """Return whether an answer is right, and has all the digits that it is written with."""
    return kind.same(answer, right) and equals_as_written(answer, right)


def equals_as_written(answer: Any, right: Any) -> bool:
    """Return whether `right`, rounded to the digits of `answer`, equals it: stricter than a tolerance.

    Examples
    --------
    >>> equals_as_written((8, 23.5), (8, 23.4581)), equals_as_written((8, 23.49), (8, 23.4581))
    (True, False)
    """
    if isinstance(answer, dict):
        return answer.keys() == right.keys() and all(equals_as_written(answer[k], right[k]) for k in right)
    if isinstance(answer, tuple):
        return len(answer) == len(right) and all(map(equals_as_written, answer, right))
    if isinstance(answer, float):
        digits = 0
        if not answer.is_integer():
            decimals = f"{answer:.12f}".rstrip("0").partition(".")[2]
            digits = len(decimals)
        return math.isclose(answer, right, rel_tol=1e-9) or answer == round(right, digits)
    return bool(answer == right)
