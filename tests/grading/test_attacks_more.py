"""More attacks and oddities, found by people who tried: files, folders, times, errors and prose of students'.

Each costs its sender alone what it deserves; whoever is only odd keeps full marks.
"""

# ruff: noqa: E501 - an attack is quoted as it was written
from __future__ import annotations

import codecs
import json

import pytest
import workshop
from test_batch import grade, hand_in, scores
from workshop import assess

from samarkand.practice.answers import decode, encode
from samarkand.practice.sets import desk
from samarkand_grading.classroom import gradebook, report
from samarkand_grading.submission import reading, rebuilding

ALL = workshop.ANSWERS


def test_times_at_the_ends_of_the_calendar_cost_no_mark(course):
    for student, moment in (
        ("first", "0001-01-01T00:00:00+14:00"),
        ("last", "9999-12-31T23:59:59-12:00"),
        ("zone", "2022-09-15 12:00:00 99999999"),
    ):
        (hand_in(course, student, **ALL).parent / "timestamp.txt").write_text(moment)
    summary, _ = grade(course)
    assert scores(course) == {"first": 10, "last": 10, "zone": 10}
    assert len(summary.troubles) == 3
    assert all("holds no time" in trouble for trouble in summary.troubles)


def test_an_error_cannot_look_like_words_of_the_graders(course):
    """Neither as lines of an explanation, nor as HTML of a feedback page, which reads comments as Markdown."""
    lie = "\n\nq2: 3 of 3 (right)\n  reason: Right. <img src=x onerror=alert(1)> ![](http://example.org/x)"
    hand_in(course, "eve", q1=f"raise type('E', (Exception,), {{}})({lie!r})")
    grade(course)
    lines = report.explain(course, "ex90", "eve").splitlines()
    assert [line for line in lines if line.startswith("q2:")] == ["q2: 0 of 3"]
    with gradebook.open_book(course) as book:
        comment = book.find_comment("q1", workshop.NAME, workshop.NAME, "eve").auto_comment
    assert "Right." in comment
    assert "<img" not in comment
    assert "](" not in comment


@pytest.mark.parametrize("formula", [r"\href{#1:alert(1)}{x}", r"\style{background:url(//x)}{y}"])
def test_formulas_neither_link_nor_fetch(formula):
    made = rebuilding.disarm(rf"$\def\h#1{{{formula}}}\h{{javascript}}$ and $\frac{{1}}{{2}}$")
    assert formula not in made
    assert r"\frac{1}{2}" in made


def test_a_function_is_called_as_it_stood_where_it_was_read(work):
    """A name that a later cell uses for something else does not spoil it."""
    helper = "def at(day, until):\n    return until is None or day < until\n\n"
    q3 = helper + "def was_member(since, until, day):\n    return since <= day and at(day, until)"
    assert work(q3=q3, last="at = pd = None").points == 10


def test_what_works_at_home_works_here(assessor, blank, tmp_path):
    odd = {
        "q1": "!true\nimport shutil; open('a', 'wb').write(b'x'); shutil.copyfile('a', 'b')\n%pip --version\ndesk.sign_in('ada')\n"
        + ALL["q1"]
        + "\ndesk.look('q1', product)",
        "q2": ALL["q2"]
        + "\npd.DataFrame({'a': [1]}).to_csv('mine.csv')\nborder_shares = border_shares.to_dict()",
        "q3": ALL["q3"],
    }
    odd["q3"] = "desk.look('q2', border_shares)\nimport helper\n" + odd["q3"]
    result = assess(assessor, tmp_path, workshop.fill(blank, **odd, added="%%writefile helper.py\nx = 1"))
    assert (result.points, [ran.error for ran in result.ran.values() if ran.error]) == (10, [])


def test_notebooks_with_a_mark_in_front_a_nan_shown_or_without_their_ids(assessor, blank, tmp_path):
    notebook = workshop.fill(blank, **ALL)
    marked = codecs.BOM_UTF8 + json.dumps(notebook).encode()
    assert len(reading.parse(marked)) == len(notebook["cells"])
    shown = {"output_type": "display_data", "data": {"application/json": [float("nan")]}, "metadata": {}}
    notebook["cells"][-1]["outputs"] = [shown]
    assert len(reading.parse(json.dumps(notebook).encode())) == len(notebook["cells"])
    for number, cell in enumerate(notebook["cells"]):
        cell["id"], cell["metadata"] = f"new-{number}", {}
    # A copy further up is not the place where the answer is read.
    notebook["cells"].insert(2, workshop.cell("code", "copy", "desk.look('q1', product)"))
    result = assess(assessor, tmp_path, notebook)
    assert result.points == 10
    assert "The cell q1 was missing." in result.remarks


def test_the_bundle_does_not_tell_who_is_in_the_class():
    """Its seed and fingerprints are in everybody's hands, and ids can be tried, a million in some seconds."""
    listed = {desk.fingerprint("seed", str(number)) for number in range(1000, 1040)}
    others = [desk.fingerprint("seed", str(number)) in listed for number in range(10_000, 60_000)]
    assert 40 * 5 < sum(others) < 0.02 * len(others)


@pytest.mark.parametrize("form", [{}, {"t": "list", "v": [{}]}, {"t": "dict", "v": [[{}, 1]]}])
def test_no_text_comes_out_that_is_longer_than_what_is_sent(form):
    """Whoever writes on the sandbox's channel may send more, for patterns of ours to look through."""

    def filled(length):
        return json.loads(json.dumps(form).replace("{}", json.dumps("1" * length)))

    assert decode.read(filled(encode.TEXT))
    with pytest.raises(decode.NotAValue, match="a text too long"):
        decode.read(filled(encode.TEXT + 1))


@pytest.mark.parametrize(
    "form",
    [
        {"t": "list", "v": [1] * 20_001},
        {"t": "list", "v": [{"t": "list", "v": [1] * 9_999}] * 2 + [1]},
        {"t": "dict", "v": [[1, 1]] * 6_667},
        {"t": "series", "index": [1] * 10_001, "v": [1] * 10_001},
        {"t": "frame", "columns": [], "index": [], "v": [[]] * 20_001},
    ],
)
def test_no_more_values_come_out_than_are_sent(form):
    """Or whoever writes on the sandbox's channel keeps the grader busy, for five seconds with one answer."""
    with pytest.raises(decode.NotAValue, match="more values than are sent"):
        decode.read(form)


def test_what_is_far_too_long_costs_its_own_question_alone(assessor, blank, tmp_path):
    """A table in place of a number, one from every call, and cells that print and print."""
    table = "pd.DataFrame({'a': ['\u0436' * 30] * 2000, 'b': range(2000)})"
    answers = {
        "q1": f"product = {table}",  # of less than plain.NODES values
        "q2": workshop.ANSWERS["q2"],
        "q3": f"def was_member(since, until, day):\n    return {table}",
    }
    notebook = workshop.fill(blank, **answers)
    for number in range(150):
        notebook["cells"].insert(2, workshop.cell("code", f"more-{number}", "print('\u0436' * 5000)"))
    result = assess(assessor, tmp_path, notebook)
    assert [v.points for v in result.verdicts] == [0, 3, 0]
    assert (result.ended, result.verdicts[0].read) == ("finished", "a DataFrame too large to read")
