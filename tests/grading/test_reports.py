"""Marks, reasons and changes by hand agree on the page, in exports and in reports."""

import csv
import html
import io
import json
import re
import time

import pytest
import workshop
from test_batch import NAME, grade, hand_in

from samarkand.common.errors import CourseError
from samarkand_grading.classroom import (
    batch,
    gradebook,
    records,
    release,
    report,
    rosters,
    selfstudy,
    similar_answers,
)
from samarkand_grading.marking import checks
from samarkand_grading.marking.assessment import Assessment
from samarkand_grading.marking.checks import Verdict

pytestmark = pytest.mark.usefixtures("one_server")


def four(course):
    """Ada is right, Bob makes typical mistakes, both wrote; Cyn has nothing, Dai a loop."""
    hand_in(course, "ada", **workshop.ANSWERS, w1="Because.", last="desk.sign_in('ada')")
    slips = {"q2": workshop.ANSWERS["q2"].replace("100 * ", ""), "q1": "product = 1 / 0", "w1": "So."}
    path = hand_in(course, "bob", **slips, added="x = 1", last="desk.sign_in('ada')")
    (path.parent / f"{NAME} (1).ipynb").write_text("{}")
    hand_in(course, "cyn", last="# me\n\ndesk.sign_in('cyn')  # once\n# done\n")
    hand_in(course, "dai", **workshop.ANSWERS | {"q2": "border_shares = {}\nwhile True: pass"})
    rosters.enter_students(
        course, {"ada": {"first_name": "Ada", "last_name": "Lovelace"}, "bob": {}, "cyn": {}, "dai": {}}
    )
    assert len(grade(course, jobs=1)[0].graded) == 4


@pytest.fixture
def graded(once):
    return once(four)


def page(course, student):
    paths = {path.parent.name: path for path in report.write_pages(course, "ex90")}
    text = paths[student].read_text()
    assert "http:" not in text and "https:" not in text
    text = re.sub("</?bdi>", "", text)  # within a sentence
    bare = re.sub("<style>.*?</style>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def exported(course, form):
    return {row[0]: row[1:] for row in csv.reader(io.StringIO(report.export_marks(course, "ex90", form)))}


def test_a_mark_by_hand_is_the_same_on_the_page_in_words_and_in_each_export(graded):
    with gradebook.open_book(graded) as book:
        book.find_grade("q2-check", NAME, NAME, "bob").manual_score = 1
        book.find_grade("q1-check", NAME, NAME, "dai").manual_score = 0  # which is a mark, too
        book.find_comment("q2", NAME, NAME, "bob").manual_comment = "The <b>way</b> is right."
        for student, points in (("ada", 3.5), ("bob", 2)):
            grade_cell = book.find_grade("w1", NAME, NAME, student)
            grade_cell.manual_score, grade_cell.needs_manual_grade = points, False
        book.find_comment("w1", NAME, NAME, "ada").manual_comment = "Well said."
        book.db.commit()
    for again in ({}, {"force": True}):  # a regrade takes nothing back, and asks nobody to look again
        grade(graded, **again)
        assert "bob: 3 of 14" in page(graded, "bob") and "The <b>way</b> is right." in page(graded, "bob")
        assert "Ada Lovelace (ada): 13.5 of 14" in page(graded, "ada") and "Well said." in page(graded, "ada")
        said = report.explain_marks(graded, "ex90", "bob")
        assert "q2: 1 of 3 (by hand)" in said and "bob, ex90_test: 3 of 14" in said
        row = ["0.0", "1.0", "0.0", "2.0", "0.0", "3.0", "14.0", "no", "", ""]
        assert exported(graded, "csv")["bob"] == row
        assert exported(graded, "moodle") == {
            "Username": [NAME], "ada": ["13.5"], "bob": ["3.0"], "cyn": ["0.0"], "dai": ["5.0"],
        }  # fmt: skip
        assert exported(graded, "canvas")["Lovelace, Ada"] == ["", "ada", "ada", "", "13.5"]
        assert "Waiting" not in report.sum_up(graded, "ex90")
        assert "Changed by hand:\n  bob: q2\n  dai: q1" in report.sum_up(graded, "ex90")
    workshop.nbgrader(graded.root, "export")
    written = csv.DictReader((graded.root / "grades.csv").open())
    own = {row["student_id"]: float(row["score"]) for row in written}
    assert own == {"ada": 13.5, "bob": 3, "cyn": 0, "dai": 5}
    hand_in(graded, "ada", **workshop.ANSWERS, w1="Because it is so.")  # other work: a person looks again
    grade(graded)
    assert "Waiting for a person:\n  ada: w1" in report.sum_up(graded, "ex90")


def test_open_work_is_not_0_and_nobody_else_waits(graded, capsys):
    assert exported(graded, "moodle")["ada"] == [""] == exported(graded, "moodle")["bob"]
    assert exported(graded, "csv")["ada"] == ["2.0", "3.0", "5.0", "", "0.0", "", "14.0", "yes", "", ""]
    assert exported(graded, "csv")["cyn"][-5:] == ["0.0", "14.0", "no", "", ""]
    assert "10 of 10" in page(graded, "ada") and "still to mark w1" in page(graded, "ada")
    assert "Waiting for a person:\n  ada: w1\n  bob: w1" in report.sum_up(graded, "ex90")
    assert workshop.samarkand(graded, "marks", "ex90", "--export", "canvas") == 0
    out, err = capsys.readouterr()
    assert "    Points Possible,,,,,14" in out and "written answers: ada, bob" in err


def test_a_page_says_what_was_asked_and_answered_and_why(graded):
    bob, dai = page(graded, "bob"), page(graded, "dai")
    assert "q2" in bob and "your answer KAZ 0.69" in bob
    assert "your lines product = 1 / 0" in bob and "your text So." in bob
    assert "These are fractions: multiply them by 100 to get per cent." in bob
    assert "an error: ZeroDivisionError: Line 1 of this cell: You are dividing by 0. Read again" in bob
    assert f"factor {records.read_record(graded, NAME, 'bob').given['factor']}" in bob
    expected = str(17 * records.read_record(graded, NAME, "bob").given["factor"] + 40961)
    assert expected not in bob and "expected" not in bob
    assert "The cell ran for too long and was stopped" in dai and "Zero, or nothing" not in dai
    assert "your answer 0: " not in dai, "it would tell what hidden inputs gave"
    assert "your lines" not in page(graded, "cyn"), "the given lines are nobody's own"
    path = graded.root / "submitted" / "eve" / NAME
    workshop.write(path, {"nbformat": 4, "cells": []}).write_text("no notebook")
    (graded.root / "roster.csv").unlink()
    grade(graded)
    eve = page(graded, "eve")
    assert eve.startswith("Test, eve Test eve: not marked yet The notebook is not valid JSON")
    assert re.search(r"Marked on \d{4}-\d\d-\d\d\.$", eve)


def test_the_instructor_is_told_what_is_unusual(graded):
    """Two notebooks, and another sign-in; a cell that signs in is not an added cell, and not copying."""
    (trouble,) = grade(graded)[0].troubles
    assert (trouble.about, trouble.code) == ("bob", "several notebooks")
    assert trouble.line.endswith(f"{NAME}.ipynb was marked, {NAME} (1).ipynb was not.")
    text = report.sum_up(graded, "ex90")
    assert "Added cells of their own:\n  bob\n" in text
    assert f"{NAME} (1).ipynb was not.; The notebook was signed in as ada." in text
    flagged = text.partition("Flagged:")[2].partition("Waiting")[0]
    assert "ada: " not in flagged and "cyn: " not in flagged
    with gradebook.open_book(graded) as book:
        book.add_student("zed")
    with pytest.raises(report.NotGraded) as error:
        report.explain_marks(graded, "ex90", "zed")
    assert error.value.fields == {"set": NAME, "student": "zed"}
    said = report.explain_marks(graded, "ex90", "bob")
    assert "read:   KAZ 0.69" in said and "rule:" in said and "numbers: factor " in said
    assert not re.search(r"\d\.\d{7}|[{}]|series|tuple:", said), "a teacher reads it"
    said = report.explain_marks(graded, "ex90", "ada")
    assert "all right gives 5 points, all but edges half; right in all" in said
    assert "read:   the example: True; 1: " in said and "expected the example: True; 1: " in said


def test_points_are_set_in_the_checks_and_follow_everywhere(graded, capsys):
    path = graded.check_folder / f"{NAME}.py"
    text = path.read_text()
    path.write_text(text.replace('"was_member", 5,', '"was_member", 8,'))
    with pytest.raises(CourseError) as error:
        grade(graded)
    assert (error.value.code, error.value.fields["set"]) == ("released otherwise", NAME)
    release.release_sets(graded, ["ex90"], lambda *_: [], lambda path: None)
    assert "4 submissions have marks out of the old points" in capsys.readouterr().out
    assert len(grade(graded)[0].graded) == 4
    assert gradebook.read_rows(graded.gradebook, NAME)["ada"].max_score == 17
    path.write_text(text.replace('"q3", "was_member"', '"q7", "was_member"'))
    source, released = (graded.notebook(stage, NAME) for stage in ("source", "release"))
    with pytest.raises(CourseError) as error:
        release.set_points(source, graded.exercise("ex90"))
    assert error.value.code == "in one place" and error.value.fields["only_in"] == f"{NAME}.ipynb"
    assert error.value.fields["cells"] == ["q3-check", "q7-check"]
    path.write_text(text)
    notebook, before = json.loads(source.read_text()), released.read_bytes()
    notebook["cells"] += [cell | {"id": "again"} for cell in notebook["cells"] if cell["id"] == "q1"]
    source.write_text(json.dumps(notebook))
    with pytest.raises(CourseError) as error:
        release.generate_set(graded, graded.exercise("ex90"))
    assert (error.value.code, error.value.fields["set"]) == ("nbgrader failed", NAME)
    assert released.read_bytes() == before


def test_who_copied_is_named_with_the_source_and_nobody_else():
    """An answer right for one's own numbers is not a copy, nor is a slip that is right for nobody."""

    def work(student, given, *others):
        verdicts = [
            Verdict(f"q{n}", 0 if fits else 1, 1, "wrong" if fits else "right", "", others=fits or [])
            for n, fits in enumerate(others, 1)
        ]
        return Assessment(student, "ex90", verdicts, given=given)

    a, b, mine = {"year": 2004, "day": 1}, {"year": 2017, "day": 1}, {"year": 2022, "day": 9}
    results = [
        work("ada", a, None, None),
        work("bob", b, None, None),
        work("cyn", mine, [{"year": 2004}], [{"day": 1}]),  # q2 was right for both, all of it for ada
        work("dai", mine, [{"year": 1996}], None),
        work("eve", a, None, None),
        work("fay", mine, None, [{"day": 1}]),
    ]
    told = ["cyn: q1, q2 as ada or eve had it"]
    assert list(report.find_copies(results)) == told  # one answer alone names nobody
    lines = {"fay": {"q2": "x =  1"}, "bob": {"q2": "x = 1"}, "ada": {"q2": "x = 2"}, "eve": {"q2": ""}}
    assert list(report.find_copies(results, lines)) == [*told, "fay: q2 as bob had it"]


LONG = """def was(since, until, day):
    begun = since <= day
    running = until is None or day < until
    both = [begun, running]
    return all(both)"""
EITHER = "if day:\n    x = since\n    y = day\nelse:\n    x = day\n    y = until"
RENAMED = """def was(a, b, c):
    # mine
    x = a <= c

    y = (b is None
         or c < b)
    z = [x, y]
    return all(z)"""
ANNOTATED = '''def was(since: "date", until: int, day: "date") -> bool:
    """Whether."""
    begun: bool = since <= day
    running: "bool" = until is None or day < until
    both: list[bool]
    both = [begun, running]
    return all(both)'''
GIVEN = ["import pandas as pd", "def was(since, until, day):\n    # your code here\n    return ..."]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"ada": {"q3": LONG}, "fay": {"q3": RENAMED}}, ["q3: ada, fay"]),
        ({"ada": {"q3": EITHER}, "fay": {"q3": EITHER.replace("y =", "1\n    y =")}}, ["q3: ada, fay"]),
        ({"ada": {"q3": LONG}, "fay": {"q3": ANNOTATED}}, ["q3: ada, fay"]),
        ({"ada": {"q3": LONG}, "fay": {"q3": LONG.replace("all(", "any(")}}, []),  # Python's own names count
        ({"ada": {"q3": "x = 1\ny = x"}, "fay": {"q3": "x = 1\ny = x"}}, []),  # two lines are chance
        ({"ada": {"q3": GIVEN[1]}, "fay": {"q3": GIVEN[1]}}, []),  # nobody's own
        ({"ada": {"q3": LONG + "("}, "fay": {"q3": LONG + "("}}, []),  # no Python: nothing to compare
        ({who: dict.fromkeys(("q1", "q2", "q3", "q4"), "x = 1") for who in ("ada", "fay")}, []),
        ({who: {"q3": "x = 1\ny = x\nz = y"} for who in ("ada", "fay")}, ["q3: ada, fay"]),  # three are not
        ({who: {"q3": LONG} for who in "abcde"}, ["q3: a, b, c, d, e"]),
        ({str(n): {"q3": LONG} for n in range(7)}, ["q3: 7 of 7 students, too many for a hint"]),
        (  # what too many share makes nobody's notebook a copy of another
            {str(n): {"q1": "p = 7", "q2": f"r = {n % 4}", "q3": LONG, "q4": "s = p"} for n in range(8)},
            ["q3: 8 of 8 students, too many for a hint"],
        ),
        (
            {
                "ada": {"q1": "p = 7", "q2": "r = p\ns = r", "q3": LONG},
                "cyn": {"q1": "p = 7", "q2": "r = 7 + 1", "q3": "..."},
                "fay": {"q1": "p = 7", "q2": "r = p\ns = r", "q3": LONG, "q4": "own = 3"},
                "gus": {"q3": RENAMED},
            },
            ["ada, fay: whole notebook (q1, q2, q3)", "q3: ada, fay, gus"],
        ),
    ],
)
def test_similar_answers_and_whole_notebooks_are_hints(answers, told):
    found = list(similar_answers.find_groups(GIVEN, answers))
    assert [entry.split("\n")[0] for entry in found] == told
    assert all("your code here" not in entry and max(map(len, entry.split("\n"))) < 110 for entry in found)
    if answers.get("fay") == {"q3": RENAMED}:
        rows = [[part.strip() for part in row.split(" | ")] for row in found[0].split("\n")[1:]]
        assert rows[:2] == [["ada", "fay"], ["begun = since <= day", "def was(a, b, c):"]]


TOP = """states = ["UZB", "KAZ"]
shares = {}
for state in states:
    shares[state] = 100 * given[state]
answer = shares"""
LOOP = "for state in states:\n"
#: What a copier adds or changes so that the lines look like her own, and what each leaves as it was.
DISGUISES = {
    "pass": TOP.replace(LOOP, f"{LOOP}    pass\n"),
    "a text alone": f"{TOP}\n'done'",
    "a name alone": f"{TOP}\nshares",
    "a sum alone": f"{TOP}\n1 + len(shares)",
    "to itself": TOP.replace(LOOP, f"states = states\n{LOOP}"),
    "a column to itself": TOP.replace("answer =", "shares['UZB'] = shares['UZB']\nanswer ="),
    "a dead branch": f"if False:\n    answer = 3\n{TOP}",
    "a dead branch by numbers": f"if 1 == 2:\n    answer = 3\n{TOP}",
    "a dead loop": f"while 0:\n    answer = 3\n{TOP}",
    "in a branch that always runs": "if True:\n" + "".join(f"    {line}\n" for line in TOP.splitlines()),
    "in a try": "try:\n"
    + "".join(f"    {line}\n" for line in TOP.splitlines())
    + "except KeyError:\n    pass",
    "a name that nobody reads": f"helper = 12\n{TOP}",
    "two that read each other": f"one = 12\ntwo = one + 1\none = two\n{TOP}",
    "a counter that nobody reads": f"n = 0\n{TOP}".replace(LOOP, f"{LOOP}    n += 1\n"),
    "a loop that does nothing": f"{TOP}\nfor state in states:\n    pass",
    "a branch that does nothing": f"{TOP}\nif len(states) > 2:\n    pass\nelse:\n    twice = states",
    "a value that is overwritten": f"answer = {{}}\n{TOP}",
    "a function that nobody calls": f"def helper(x):\n    return x + 1\n{TOP}",
    "an import that nobody uses": f"import math\n{TOP}",
    "what only shows": f"{TOP}\nprint(answer)\ndisplay(answer)\nanswer.keys()",
    "a name removed": f"helper = 12\n{TOP}\ndel helper",
    "an assertion": f"{TOP}\nassert len(answer) == 2",
    "a second name": TOP.replace("answer = shares", "answer = helper = shares"),
    "a name in brackets": f"{TOP}\n(helper := 3)",
    "a flag": f"flag = False\nif flag:\n    answer = 3\n{TOP}",
    "nothing added": TOP.replace("given[state]", "given[state] + 0"),
    "times one": TOP.replace("100 * ", "1 * 100 * "),
    "not not, and": TOP.replace("answer = shares", "answer = True and (shares if not False else 3)"),
}


#: A longer answer, and the same in other words: an order, names and imports that come to the same.
TABLE = """import pandas as pd
table = pd.read_csv(given["file"])
rate = given["rate"]
limit = given["limit"] / 2
found = {}
for row in table.itertuples():
    if row.trade > limit:
        found[row.iso3] = rate * row.trade
answer = found"""
RATE = 'rate = given["rate"]\n'
DISGUISES |= {
    "another order": TOP.replace(
        'states = ["UZB", "KAZ"]\nshares = {}', 'shares = {}\nstates = ["UZB", "KAZ"]'
    ),
    "a second name to read by": TOP.replace(LOOP, f"s = states\n{LOOP}").replace("in states", "in s"),
    "no name for a list": TOP.replace('states = ["UZB", "KAZ"]\n', "").replace(
        "in states", 'in ["UZB", "KAZ"]'
    ),
}


@pytest.mark.parametrize(
    "theirs",
    [
        TABLE.replace(RATE, "").replace("found = {}\n", f"found = {{}}\n{RATE}"),
        TABLE.replace("found = {}", "found = {}\nt = table").replace("in table.", "in t."),
        TABLE.replace("import pandas as pd", "from pandas import read_csv").replace(
            "pd.read_csv", "read_csv"
        ),
        TABLE.replace("import pandas as pd", "import pandas").replace("pd.read_csv", "pandas.read_csv"),
        TABLE.replace('table = pd.read_csv(given["file"])\n', "").replace(
            "in table.", 'in pd.read_csv(given["file"]).'
        ),
        TABLE.replace('pd.read_csv(given["file"])', "pd.read_csv(path)").replace(
            "table = pd", 'path = given["file"]\ntable = pd'
        ),
    ],
    ids=["order", "alias", "from import", "whole import", "inlined", "taken apart"],
)
def test_other_words_for_the_same_hide_no_copy(theirs):
    compile(theirs, "theirs", "exec")
    assert theirs != TABLE
    answers = {"ada": {"q1": TABLE}, "fay": {"q1": theirs}}
    (told,) = similar_answers.find_groups([], answers, {"q1": "answer"})
    assert told.startswith("q1: ada, fay")


def change_table(*changes):
    """Return the longer answer with texts replaced; each has to be in it."""
    text = TABLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def indent(text):
    return "".join(f"    {line}\n" for line in text.splitlines())


SETTINGS = 'rate = given["rate"]\nlimit = given["limit"] / 2\n'
MINE = ("> limit", "> mine.limit"), ("= rate *", "= mine.rate *")
FILL = "        found[row.iso3] = rate * row.trade\n"
BRANCH = f"    if row.trade > limit:\n{FILL}"
RETURNED = TABLE.replace("answer =", "return")
WHOLE_LOOP = f"found = {{}}\nfor row in table.itertuples():\n{BRANCH}"
#: The longer answer in Python's shorter and rarer forms.
FORMS = {
    "a dataclass": change_table(
        (
            SETTINGS,
            "from dataclasses import dataclass\n@dataclass\nclass Mine:\n    rate: float\n    limit: float\n"
            'mine = Mine(given["rate"], limit=given["limit"] / 2)\n',
        ),
        *MINE,
    ),
    "a class": change_table((SETTINGS, f"class mine:\n{indent(SETTINGS)}"), *MINE),
    "a namespace": change_table(
        (
            SETTINGS,
            'import types\nmine = types.SimpleNamespace(rate=given["rate"], limit=given["limit"] / 2)\n',
        ),
        *MINE,
    ),
    "a dict": change_table(
        (SETTINGS, 'mine = {"rate": given["rate"], "limit": given["limit"] / 2}\n'),
        ("> limit", '> mine["limit"]'),
        ("= rate *", '= mine["rate"] *'),
    ),
    "a name in a loop's head": change_table(
        ('table = pd.read_csv(given["file"])\n', ""),
        ("in table.", 'in (table := pd.read_csv(given["file"])).'),
    ),
    "a name alone on a line": change_table(('limit = given["limit"] / 2', '(limit := given["limit"] / 2)')),
    "a text in pieces": change_table(('"file"', "f\"{'fi'}{'le'}\""), ('"rate"', '"ra" + "te"')),
    "a number computed": change_table(("/ 2", "/ (1 + 1.0)")),
    "a comprehension": change_table(
        (WHOLE_LOOP, "found = {r.iso3: rate * r.trade for r in table.itertuples() if r.trade > limit}\n")
    ),
    "pairs for dict": change_table(
        (
            WHOLE_LOOP,
            "found = dict((r.iso3, rate * r.trade) for r in table.itertuples() if r.trade > limit)\n",
        )
    ),
    "a function": f"def work():\n{indent(RETURNED)}answer = work()",
    "a function with what is given": f"def work(given):\n{indent(RETURNED)}answer = work(given)",
    "a lambda": change_table(
        ("found = {}", "found = {}\nvalue = lambda one: rate * one.trade"),
        ("= rate * row.trade", "= value(row)"),
    ),
    "turned round": change_table(
        ("row.trade > limit", "limit < row.trade"), ("rate * row.trade", "row.trade * rate")
    ),
    "what is skipped": change_table(
        (BRANCH, "    if row.trade <= limit:\n        continue\n    found[row.iso3] = rate * row.trade\n")
    ),
    "else": change_table(
        (
            BRANCH,
            f"    if not row.trade > limit:\n        pass\n    else:\n{FILL}",
        )
    ),
    "names in the loop": change_table(
        (
            "        found[row.iso3] = rate * row.trade",
            "        code = row.iso3\n        value = rate * row.trade\n        found[code] = value",
        )
    ),
    "other calls": change_table(
        ("found = {}", "found = dict()"),
        ('given["rate"]', 'given.get("rate")'),
        ("row.trade >", "getattr(row, 'trade') >"),
    ),
    "update": change_table(
        ("found[row.iso3] = rate * row.trade", "found.update({row.iso3: rate * row.trade})")
    ),
    "a number that nobody reads": change_table(
        ("for row in table.itertuples()", "for n, row in enumerate(list(table.itertuples()))")
    ),
    "two at once": change_table((SETTINGS, 'rate, limit = given["rate"], given["limit"] / 2\n')),
    "a loop of one": f"for _ in range(1):\n{indent(TABLE)}",
    "a match": change_table(
        (
            BRANCH,
            f"    match row.trade > limit:\n        case True:\n    {FILL}",
        )
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_other_forms_hide_no_copy(form):
    compile(FORMS[form], form, "exec")
    answers = {"ada": {"q1": TABLE}, "fay": {"q1": FORMS[form]}}
    (told,) = similar_answers.find_groups([], answers, {"q1": "answer"})
    assert told.startswith("q1: ada, fay")


@pytest.mark.parametrize(
    "change",
    [
        ("rate * row.trade", "rate / row.trade"),
        ("rate * row.trade", "row.trade - rate"),
        ("row.trade > limit", "row.trade >= limit"),
        ("row.trade > limit", "row.trade < limit"),
        ("found[row.iso3] =", "found[row.name] ="),
        (BRANCH, "    if row.trade > limit:\n        continue\n    found[row.iso3] = rate * row.trade\n"),
        (WHOLE_LOOP, "found = [rate * row.trade for row in table.itertuples() if row.trade > limit]\n"),
        (WHOLE_LOOP, "found = {row.iso3: rate * row.trade for row in table.itertuples()}\n"),
        (
            SETTINGS,
            'mine = {"limit": given["rate"], "rate": given["limit"] / 2}\n'
            'rate, limit = mine["rate"], mine["limit"]\n',
        ),
        ("answer = found", "def work(found):\n    return len(found)\nanswer = work(found)"),
    ],
)
def test_other_forms_of_something_else_are_no_copy(change):
    answers = {"ada": {"q1": TABLE}, "fay": {"q1": change_table(change)}}
    assert not list(similar_answers.find_groups([], answers, {"q1": "answer"}))


@pytest.mark.parametrize(
    "change",
    [
        ("found = {}\n", "found = {}\nlimit = limit + 1\n"),
        ("answer = found", "answer = table"),
        ("rate * row.trade", "limit * row.trade"),
        ("pd.read_csv", "pd.read_table"),
        ('given["limit"] / 2', 'given["limit"] / 3'),
    ],
)
def test_other_words_for_something_else_are_no_copy(change):
    answers = {"ada": {"q1": TABLE}, "fay": {"q1": TABLE.replace(*change)}}
    assert not list(similar_answers.find_groups([], answers, {"q1": "answer"}))


def test_who_works_by_habit_is_like_nobody():
    for name in checks.list_sets(workshop.EXERCISES / "checks"):
        names = {question.id: question.name for question in workshop.course_set(name).questions}
        work = {}
        for number, answer in enumerate(workshop.class_of(name)[1]):
            work[str(number)] = {answer.question: answer.code}
        assert not list(similar_answers.find_groups([], work, names)), name


@pytest.mark.parametrize(
    "long",
    [
        "".join(f"a{n}=b{n}\n" for n in range(600)),
        "".join(f"a{n}=len(a{n + 1})\n" for n in range(190)),
        f"import {'.'.join('a' * 2000)} as x\n" + "x\n" * 500,
        "answer=" + "-" * 3000 + "1",
    ],
    ids=["aliases", "chain", "path", "signs"],
)
def test_no_answer_keeps_a_report_waiting(long):
    began = time.monotonic()
    list(similar_answers.find_groups([], {"ada": {"q1": long}, "fay": {"q1": long}}, {"q1": "answer"}))
    assert time.monotonic() - began < 20


def test_what_is_short_in_one_way_is_alike_by_chance():
    mine = 'trade = given["trade"]\ngdp = given["gdp"]\nanswer = 100 * trade / gdp'
    theirs = 'trade = 100 * given["trade"]\ngdp = given["gdp"]\nanswer = trade / gdp'
    answers = {"ada": {"q1": mine}, "fay": {"q1": theirs}}
    assert not list(similar_answers.find_groups([], answers, {"q1": "answer"}))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_does_nothing_hides_no_copy(disguise):
    compile(DISGUISES[disguise], disguise, "exec")
    answers = {"ada": {"q1": TOP}, "fay": {"q1": DISGUISES[disguise].replace("shares", "per_cent")}}
    assert [entry.split("\n")[0] for entry in similar_answers.find_groups([], answers, {"q1": "answer"})] == [
        "q1: ada, fay"
    ]


@pytest.mark.parametrize(
    "change",
    [
        ("100 *", "10 *"),
        ("answer = shares", "on = False\nfor state in states:\n    on = True\nif on:\n    answer = shares"),
        ("answer = shares", "(answer := 3)\nshares['UZB'] = answer"),
        ("given[state]", "given[state] + 1"),
        ("answer = shares", "shares.clear()\nanswer = shares"),
        ("answer = shares", "shares.update(UZB=1)\nanswer = shares"),
        ("answer = shares", "if states:\n    answer = shares"),
        ("answer = shares", "answer = 3\nprint(shares)"),
        (LOOP, f"{LOOP}    states = states[1:]\n"),
    ],
)
def test_what_does_something_makes_answers_differ(change):
    answers = {"ada": {"q1": TOP}, "fay": {"q1": TOP.replace(*change)}}
    assert not list(similar_answers.find_groups([], answers, {"q1": "answer"}))


def test_lines_that_do_nothing_make_no_long_answer_and_no_whole_notebook():
    padded = "answer = 1\npass\n'so'\nhelper = 3\nif False:\n    answer = 2"
    alone = {who: {"q1": padded} for who in ("ada", "fay")}
    assert not list(similar_answers.find_groups([], alone, {"q1": "answer"}))
    mine = {"q1": "p = 7", "q2": "r = p\ns = r", "q3": LONG}
    theirs = {
        "q1": "p = 7\npass",
        "q2": "'so'\nr = p\ns = r",
        "q3": LONG.replace("    both", "    day\n    both"),
    }
    names = {"q1": "p", "q2": "s", "q3": "was"}
    (told,) = similar_answers.find_groups([], {"ada": mine, "fay": theirs}, names)
    assert told.startswith("ada, fay: whole notebook (q1, q2, q3)")


def test_the_class_report_shows_who_is_alike_and_takes_no_mark(course):
    hand_in(course, "ada", **workshop.ANSWERS | {"q3": LONG.replace("was", "was_member")})
    hand_in(
        course,
        "fay",
        **workshop.ANSWERS | {"q3": RENAMED.replace("was", "was_member")},
        last="desk.sign_in('fay')",
    )
    grade(course)
    text = report.sum_up(course, "ex90").partition("Alike but for blanks, comments, names and lines")[2]
    assert "q3: ada, fay\n" in text and "both = [begun, running]" in text and "z = [x, y]" in text
    assert exported(course, "csv")["fay"][2] == "5.0" and "ada" not in page(course, "fay")


def test_a_solution_is_found_by_nbgraders_id_and_what_has_none_is_said(graded):
    source, record = graded.notebook("source", NAME), records.read_record(graded, NAME, "ada")
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        cell.pop("id")
    source.write_text(json.dumps(notebook))
    assert "    | product = 17 * given['factor'] + 40961" in selfstudy.report_own_work(
        graded, record, solutions=True
    )
    source.write_text(json.dumps(notebook | {"cells": []}))
    with pytest.raises(CourseError) as error:
        selfstudy.report_own_work(graded, record, solutions=True)
    assert (error.value.code, error.value.fields["question"]) == ("no solution", "q1")


def test_a_file_that_cannot_be_read_is_open_until_a_person_gives_points(graded):
    """A wrong file is a question to the student, and not 0."""
    rosters.enter_students(graded, {"ada": {}, "bob": {}, "cyn": {}, "dai": {}, "eve": {}})
    workshop.write(graded.root / "submitted" / "eve" / NAME, {"nbformat": 4}).write_text("no notebook")
    (trouble,) = [one for one in grade(graded)[0].troubles if one.about == "eve"]
    assert trouble.code == "unreadable" and trouble.line.endswith(batch.NOTHING_TO_MARK)
    assert [exported(graded, form)["eve"][-1] for form in ("canvas", "moodle")] == ["", ""]
    assert exported(graded, "csv")["eve"][7] == "yes"
    assert "  eve: q1, q2, q3, w1" in report.sum_up(graded, "ex90")
    assert "5 students, 1 of them (-) not marked, mean" in report.sum_up(graded, "ex90")
    assert "q1              0.50      2       0      1           1" in report.sum_up(graded, "ex90")
    with gradebook.open_book(graded) as book:
        book.find_grade("q1-check", NAME, NAME, "eve").manual_score = 0
        book.db.commit()
    assert exported(graded, "moodle")["eve"] == ["0.0"] and "eve: 0 of 14" in page(graded, "eve")


def test_how_many_made_which_mistake_is_told_without_names(graded, capsys):
    assert workshop.samarkand(graded, "marks", "ex90", "--mistakes") == 0
    told = capsys.readouterr().out
    assert "    1  These are fractions: multiply them by 100 to get per cent.\n" in told
    assert "q3: 2 of 4 right\n    2  Nothing was answered." in told
    assert not any(student in told for student in ("ada", "bob", "cyn", "dai"))
