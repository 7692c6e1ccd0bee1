"""Functions that answer known inputs and compute nothing: who has read the public checks gains nothing.

What is drawn differs from course to course; that it is always fair is held for two hundred courses.
"""

from __future__ import annotations

import ast
import functools
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import workshop

from samarkand import data
from samarkand.answers import encode, kinds
from samarkand.exercise import numbers
from samarkand.grading.classroom import selfstudy
from samarkand.grading.classroom.course import Course
from samarkand.grading.marking import checks, inputs
from samarkand.grading.marking.assessment import Assessor
from samarkand.grading.sandbox import view
from samarkand.grading.submission import rebuilding
from samarkand.ground import home
from samarkand.ground.errors import OutOfRange

EXERCISES = home.ROOT / "exercises"
SETS = {name: checks.load(EXERCISES / "checks", name) for name in checks.available(EXERCISES / "checks")}
FUNCTIONS = [(name, question.id) for name in SETS for question in SETS[name].questions if question.cases]
KEYS = [f"course {n}" for n in range(200)]
#: Which of the course's tables the example of a function is taken from; none takes numbers alone.
TABLES = {
    "ex01_the_trip": "trip",
    "ex02_reading_the_article": "blocks",
    "ex03_the_sco": "sco_membership",
    "ex04_china_and_russia": "trade_cn_ru_cumulative",
    "ex05_taking_sides": "un_votes",
}


@functools.cache
def cases_of(name, key, question):
    return SETS[name].inputs(key).cases[question]


@functools.cache
def forms_of(name, key, question):
    return SETS[name].inputs(key).forms[question]


def gives(question, way, cases):
    """What a way gives for each case, in the form that answers are compared in."""
    return [checks._canonical(question.kind, way(*case.arguments)) for case in cases]


@functools.cache
def right_of(name, key, question):
    asked = SETS[name].question(question)
    return gives(asked, asked.solution, cases_of(name, key, question))


def points(name, key, question, answers):
    """Mark answers as the marker does; none stands for an error."""
    asked = SETS[name].question(question)
    hits = [
        (a is not None and asked.kind.same(a, right), case.edge)
        for a, right, case in zip(
            answers, right_of(name, key, question), cases_of(name, key, question), strict=True
        )
    ]
    if all(hit for hit, _ in hits):
        return asked.points
    return asked.points / 2 if all(hit for hit, edge in hits if not edge) else 0


# --- the key ------------------------------------------------------------------------------------------------


def test_the_key_stays_with_the_instructor_and_the_seed_does_not_lead_to_it(tmp_path):
    (tmp_path / "checks").mkdir()
    course = Course(tmp_path, tmp_path / "secret")
    assert course.key() == inputs.DEMONSTRATION
    seed = course.seed(create=True)
    key = course.key()
    assert key == course.key() == Course(tmp_path, tmp_path / "secret").key()
    assert key not in {numbers.derived(s.encode(), "samarkand: key of inputs") for s in (seed, seed * 2)}
    assert seed not in key
    with pytest.raises(OutOfRange, match="too short"):
        inputs.key(b"guessed")
    assert Path(inputs.__file__).relative_to(home.PACKAGE).parts[0] in view.NOT_FOR_STUDENTS


def test_what_is_graded_before_the_secret_changes_is_graded_anew(course):
    from samarkand.grading.classroom import batch

    released = json.loads((course.root / "release" / workshop.NAME / f"{workshop.NAME}.ipynb").read_text())
    for student in ("ada", "bob"):
        folder = course.root / "submitted" / student / workshop.NAME
        workshop.write(folder, workshop.fill(released, **workshop.ANSWERS))

    def grade():
        done = batch.grade(course, "ex90", limits=workshop.LIMITS, say=lambda line: None)
        return len(done.graded), len(done.unchanged)

    assert grade() == (2, 0)
    assert grade() == (0, 2)
    seed = course.seed()
    course.seed = lambda **_: seed  # the key alone changes
    course.secret.write_text("fedcba9876543210" * 4)
    assert grade() == (2, 0)


def test_the_released_form_holds_the_example_alone_and_the_same_in_every_course():
    for name, key in FUNCTIONS:
        form = json.loads((EXERCISES / "release" / name / "form.json").read_text(encoding="utf-8"))
        shown = json.loads(json.dumps(form["questions"][key]["example"]))
        for course in (inputs.DEMONSTRATION, *KEYS[:20]):
            assert json.loads(forms_of(name, course, key)[0]) == shown
            assert not any(json.loads(other) == shown for other in forms_of(name, course, key)[1:])
        assert set(form["questions"][key]) == {"name", "points", "kind", "function", "example"}


DRAWN = """
import sys
from pathlib import Path
from samarkand.grading.marking import checks
folder = Path(sys.argv[1])
print({name: checks.load(folder, name).inputs("course 7").forms for name in checks.available(folder)})
"""


def test_a_course_has_the_same_inputs_in_every_run_and_no_other_course_has_them():
    run = subprocess.run(
        [sys.executable, "-c", DRAWN, str(EXERCISES / "checks")],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(home.ROOT)},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert ast.literal_eval(run.stdout) == {name: SETS[name].inputs("course 7").forms for name in SETS}
    for name, key in FUNCTIONS:
        drawn = [
            form
            for course in KEYS
            for form, case in zip(forms_of(name, course, key), cases_of(name, course, key), strict=True)
            if not case.edge
        ]
        counts = Counter(drawn)
        assert counts.pop(drawn[0]) == len(KEYS)  # the example
        assert max(counts.values()) <= 3


# --- fairness -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_whatever_is_drawn_each_known_wrong_way_has_its_mark_and_its_own_reason(name, key):
    question = SETS[name].question(key)
    marks = set()
    for course in KEYS:
        cases, right = cases_of(name, course, key), right_of(name, course, key)
        ways = [gives(question, diagnosis.wrong, cases) for diagnosis in question.diagnoses]
        for way, other in itertools.combinations([right, *ways], 2):
            assert not all(map(question.kind.same, way, other)), course
        marks.add(tuple(points(name, course, key, way) for way in ways))
    assert len(marks) == 1  # in every course the same, nothing or half
    assert set(marks.pop()) <= {0, question.points / 2}


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_a_course_is_no_harder_than_another(name, key):
    edges = {tuple(case.edge for case in cases_of(name, course, key)) for course in KEYS}
    assert len(edges) == 1
    (asked,) = edges
    assert sum(not edge for edge in asked) >= 5
    assert sum(map(bool, asked)) >= 2
    assert len(asked) <= 11


def is_ordinary(name, arguments):
    """Say whether an input asks for nothing but what the example asks for."""
    if name == "ex01_the_trip":
        trip, code = arguments
        codes = trip["counterpart_iso3"].dropna()
        return (
            len(codes) > 0
            and not (trip["type"][codes[codes.str.contains(code)].index] == "multilateral").any()
        )
    if name == "ex02_reading_the_article":
        return arguments[1] in set(arguments[0]["kind"])
    if name == "ex03_the_sco":
        table, iso3, day = arguments
        own = table[table["iso3"] == iso3]
        return (
            len(table) > 0
            and not ((own["from"] == day) | (own["to"] == day)).any()
            and (own["from"] - day).dt.days.ne(1).all()
        )
    if name == "ex04_china_and_russia":
        table, day = arguments
        return (
            table["known_when"].min() < day
            and day not in {*table["known_when"], *table["period_end"]}
            and table["period_end"].is_monotonic_increasing
        )
    if name == "ex05_taking_sides":
        votes, a, b = arguments
        return a != b and not (votes[votes["iso3"].isin([a, b])] == "did not vote").any(axis=None)
    forecasts, outcomes = arguments
    return len(forecasts) > 1 and outcomes.notna().all()


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_what_is_drawn_as_ordinary_is_ordinary(name, key):
    for course in KEYS:
        for case in cases_of(name, course, key):
            assert bool(case.edge) != is_ordinary(name, case.arguments), (course, case)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_handed_over_has_the_form_of_the_courses_table(name):
    """The columns that the question names, of the same types, in every case."""
    (key,) = [k for n, k in FUNCTIONS if n == name]
    notebook = json.loads((EXERCISES / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    asked = next("".join(c["source"]) for c in notebook["cells"] if c["id"] == f"{key}-question")
    own = data.load(TABLES[name])
    for course in KEYS[:20]:
        for case in cases_of(name, course, key):
            table = case.arguments[0]
            assert all(f"`{column}`" in asked for column in table.columns)
            assert table.dtypes.equals(own.dtypes[table.columns])
            sent = encode.decode(json.loads(json.dumps(encode.encode(table))))
            pd.testing.assert_frame_equal(sent, table, check_index_type=False)


# --- honest ways other than the reference's ----------------------------------------------------------------


def ex01_exploded(trip, code):
    met = trip.query("type in ['bilateral', 'multilateral']")
    return met["counterpart_iso3"].str.split(";").explode().eq(code).sum()


def ex01_contains(trip, code):
    kinds = (trip["type"] == "bilateral") | (trip["type"] == "multilateral")
    return len(trip[kinds & trip["counterpart_iso3"].str.contains(code, na=False)])


def ex01_loop(trip, code):
    n = 0
    for _, row in trip.iterrows():
        if row["type"] in ("bilateral", "multilateral") and isinstance(row["counterpart_iso3"], str):
            n += code in row["counterpart_iso3"].split(";")
    return n


def ex02_grouped(blocks, kind):
    words = blocks.groupby("kind")["words"].sum()
    return 100 * words.get(kind, 0) / words.sum() if words.sum() else 0


def ex02_loop(blocks, kind):
    whole = sum(blocks.words)
    return whole and sum(w for k, w in zip(blocks.kind, blocks.words, strict=True) if k == kind) / whole * 100


def ex03_filled(table, iso3, day):
    ends = table["to"].fillna(pd.Timestamp("2200-01-01"))
    found = table.loc[(table["iso3"] == iso3) & (table["from"] <= day) & (day < ends), "status"]
    return "none" if found.empty else found.item()


def ex03_loop(table, iso3, day):
    status = "none"
    for row in table.itertuples():
        if row.iso3 == iso3 and row[3] <= day:
            status = row.status if pd.isnull(row.to) or row.to > day else "none"
    return status


def ex03_day_by_day(table, iso3, day):
    own = table[table.iso3 == iso3].set_index("from")["status"].sort_index()
    found = own[:day]
    return found.iloc[-1] if len(found) else "none"


def ex04_largest(table, day):
    known = table[table["known_when"] <= day]
    return 0 if known.empty else known.loc[known["period_end"].idxmax(), "total_usd_bn"]


def ex04_loop(table, day):
    best, value = None, 0
    for row in table.itertuples():
        if row.known_when <= day and (best is None or row.period_end > best):
            best, value = row.period_end, row.total_usd_bn
    return value


def ex05_replaced(votes, a, b):
    coded = votes.set_index("iso3").replace({"yes": 1, "no": -1, "abstain": 0, "did not vote": 0}).astype(int)
    return np.abs(coded.loc[a].to_numpy() - coded.loc[b].to_numpy()).sum()


def ex05_loop(votes, a, b):
    def value(word):
        return (word == "yes") - (word == "no")

    columns = [c for c in votes.columns if c.startswith("es_11")]
    one, other = (votes[votes["iso3"] == code].iloc[0] for code in (a, b))
    return sum(abs(value(one[c]) - value(other[c])) for c in columns)


def ex10_kept(forecasts, outcomes):
    kept = outcomes.notna()
    return 0 if not kept.any() else np.mean((forecasts[kept] - outcomes[kept]) ** 2)


def ex10_loop(forecasts, outcomes):
    squares = [(f - o) ** 2 for f, o in zip(forecasts, outcomes, strict=True) if not np.isnan(o)]
    return sum(squares) / max(1, len(squares))


def ex10_filled(forecasts, outcomes):
    score = forecasts.sub(outcomes).pow(2).mean()
    return 0.0 if np.isnan(score) else score


HONEST = [
    ex01_exploded,
    ex01_contains,
    ex01_loop,
    ex02_grouped,
    ex02_loop,
    ex03_filled,
    ex03_loop,
    ex03_day_by_day,
    ex04_largest,
    ex04_loop,
    ex05_replaced,
    ex05_loop,
    ex10_kept,
    ex10_loop,
    ex10_filled,
]


@pytest.mark.parametrize("way", HONEST, ids=lambda way: way.__name__)
def test_other_honest_ways_have_all_points_whatever_is_drawn(way):
    ((name, key),) = [(n, k) for n, k in FUNCTIONS if n.startswith(way.__name__[:4])]
    for course in KEYS[:60]:
        answers = gives(SETS[name].question(key), way, cases_of(name, course, key))
        assert points(name, course, key, answers) == SETS[name].question(key).points, course


# --- cheats, marked outside ---------------------------------------------------------------------------------


def constants(name, course, key):
    """Every answer that is right at least once, and what costs nothing to try."""
    question = SETS[name].question(key)
    for value in (True, False, 0, 1, 2, "none", "member", ""):
        try:
            yield checks._canonical(question.kind, value)
        except kinds.WrongForm:
            continue
    yield from right_of(name, course, key)


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_a_function_that_always_gives_the_same_has_nothing(name, key):
    same = SETS[name].question(key).kind.same
    for course in KEYS:
        ordinary = [
            r
            for r, c in zip(right_of(name, course, key), cases_of(name, course, key), strict=True)
            if not c.edge
        ]
        for always in constants(name, course, key):
            assert sum(same(always, right) for right in ordinary) <= len(ordinary) / 2


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_a_lookup_table_of_other_courses_has_nothing(name, key):
    """By all arguments, by all but the table, by each alone; and for what is not in it, any answer."""
    known = [inputs.DEMONSTRATION, *(f"another course {n}" for n in range(40))]

    def parts(form):
        arguments = json.loads(form)
        texts = [json.dumps(a) for a in arguments]
        return [
            form,
            *(json.dumps(arguments[1:]) for _ in arguments[1:2]),
            *(f"{n}: {t}" for n, t in enumerate(texts)),
        ]

    tables: dict[str, Counter] = {}
    for other in known:
        for form, right in zip(forms_of(name, other, key), right_of(name, other, key), strict=True):
            for part in parts(form):
                tables.setdefault(part, Counter())[right] += 1
    tries = lucky = 0
    for course in KEYS:
        looked = [parts(form) for form in forms_of(name, course, key)]
        for which in range(len(looked[0])):
            found = [tables[p[which]].most_common(1)[0][0] if p[which] in tables else None for p in looked]
            assert found[0] is not None  # the example
            for otherwise in (None, *set(constants(name, course, key))):
                answers = [otherwise if hit is None else hit for hit in found]
                gained = points(name, course, key, answers)
                if which < 2:
                    assert gained == 0, (course, otherwise)
                tries, lucky = tries + 1, lucky + (gained > 0)
    assert lucky <= tries / 1000  # by one argument alone it is guessing


@pytest.mark.parametrize("name", TABLES)
def test_a_function_that_takes_the_courses_own_table_has_nothing(name):
    (key,) = [k for n, k in FUNCTIONS if n == name]
    question, own = SETS[name].question(key), data.load(TABLES[name])

    def way(table, *rest):
        try:
            return checks._canonical(question.kind, question.solution(own, *rest))
        except LookupError:
            return None

    for course in KEYS:
        answers = [way(*case.arguments) for case in cases_of(name, course, key)]
        assert points(name, course, key, answers) == 0, course


# --- cheats, handed in --------------------------------------------------------------------------------------

#: A function that looks its arguments up: by what they hold, however they were built.
LOOKUP = """
def {function}(*arguments):
    def written(a):
        return a.to_csv() if hasattr(a, "to_csv") else str(a)
    known = {known!r}
    return known.get("|".join(map(written, arguments)), {otherwise!r})
"""


def lookup(name, key, courses, otherwise):
    """Write that function with all inputs of some courses."""
    question = SETS[name].question(key)
    known = {}
    for course in courses:
        for case in cases_of(name, course, key):
            sent = [encode.decode(json.loads(json.dumps(encode.encode(a)))) for a in case.arguments]
            text = "|".join(a.to_csv() if isinstance(a, pd.DataFrame | pd.Series) else str(a) for a in sent)
            known[text] = question.solution(*case.arguments)
    return LOOKUP.format(function=question.name, known=known, otherwise=otherwise)


def own_table(name, key, courses, otherwise):
    """Write a right function that loads the course's table in place of the one it is handed."""
    cells = json.loads((EXERCISES / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = next("".join(cell["source"]) for cell in cells if cell["id"] == key)
    head, _, body = code.partition("\n")
    first = head.partition("(")[2].partition(",")[0]
    return f"{head}\n    {first} = data.load({TABLES[name]!r})\n{body}" if name in TABLES else "..."


def always(name, key, courses, otherwise):
    """Write a function that always gives the answer to the example."""
    return f"{SETS[name].question(key).name} = lambda *arguments: {otherwise!r}"


def marks(box, folder, name, key, code):
    """Hand a set in with right answers to all but one question."""
    solved = json.loads((EXERCISES / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    released = EXERCISES / "release" / name / f"{name}.ipynb"
    notebook = json.loads(released.read_text(encoding="utf-8"))
    answers = {c["id"]: "".join(c["source"]) for c in solved["cells"] if c["cell_type"] == "code"}
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution") and cell["id"] in answers:
            cell["source"] = answers[cell["id"]] if cell["id"] != key else code
    workshop.write(folder / "eve" / name, notebook, name)
    names = rebuilding.Released(released, {q.id: q.name for q in SETS[name].questions})
    result = Assessor(SETS[name], names, workshop.SEED, box, key=workshop.KEY).assess(
        "eve", folder / "eve" / name
    )
    return {verdict.question: verdict.points for verdict in result.verdicts}


@pytest.mark.parametrize("cheat", [lookup, own_table, always])
@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_a_cheat_that_is_handed_in_has_nothing_for_that_question(box, tmp_path, name, key, cheat):
    """Made from the public checks, with every key a student can think of: the seed is in the bundle."""
    guessed = [
        inputs.DEMONSTRATION,
        workshop.SEED,
        "",
        numbers.derived(workshop.SEED.encode(), "samarkand: key of inputs"),
    ]
    question = SETS[name].question(key)
    example = question.solution(*cases_of(name, inputs.DEMONSTRATION, key)[0].arguments)
    found = marks(box, tmp_path, name, key, cheat(name, key, guessed, example))
    assert found == {q.id: 0 if q.id == key else q.points for q in SETS[name].questions}


@pytest.mark.parametrize(("name", "key"), FUNCTIONS)
def test_the_same_lookup_table_would_be_right_for_whoever_had_the_key(box, tmp_path, name, key):
    """The attack above fails for want of the key, not because the table is badly made."""
    found = marks(box, tmp_path, name, key, lookup(name, key, [workshop.KEY], None))
    assert found == {q.id: q.points for q in SETS[name].questions}


def test_the_instructor_sees_all_inputs_of_the_course(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("0123456789abcdef" * 4)
    course = Course(None, secret)
    shown = selfstudy.preview(course, "ex03", "ada", answers=True)
    for case, right in zip(
        cases_of("ex03_the_sco", course.key(), "q2"),
        right_of("ex03_the_sco", course.key(), "q2"),
        strict=True,
    ):
        _, iso3, day = case.arguments
        assert f"{iso3}, {day.isoformat()}" in shown
        assert f": {right}" in shown
        assert case.edge in shown
    assert "the very day" not in selfstudy.preview(course, "ex04", "ada")
