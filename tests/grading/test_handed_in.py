"""Files as students really hand them in, and as cheats do: the mark is what the answers are worth."""

from __future__ import annotations

import codecs
import copy
import json
import os
import time

import pytest
import workshop
from test_batch import grade, hand_in, released, scores

from samarkand_grading.classroom import gradebook, records
from samarkand_grading.submission import reading

pytestmark = pytest.mark.usefixtures("one_server")

WANTED = f"{workshop.NAME}.ipynb"


def remarks(course, student):
    return " ".join(records.read(course, workshop.NAME, student).remarks)


@pytest.fixture
def solved(blank):
    return workshop.fill(blank, **workshop.ANSWERS)


def assess(assessor, tmp_path, body, path=WANTED):
    folder = tmp_path / "ada" / workshop.NAME
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return assessor.assess("ada", folder)


# --- names and places


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("EX90_TEST.IPYNB", "renamed to EX90_TEST.IPYNB"),
        ("ex90_test (1).ipynb", "renamed to ex90_test (1).ipynb"),
        ("homework.ipynb.txt", "renamed to homework.ipynb.txt"),
        (f"exercises/release/{workshop.NAME}/{WANTED}", "in a folder of its own"),
        ("my work/Copy of ex90_test.ipynb", "renamed to Copy of ex90_test.ipynb"),
    ],
)
def test_a_notebook_under_another_name_or_further_down(assessor, solved, tmp_path, path, says):
    result = assess(assessor, tmp_path, solved, path)
    assert result.points == 10
    assert says in " ".join(result.remarks)


def test_of_several_notebooks_the_one_that_can_be_meant(assessor, solved, blank, tmp_path):
    folder = tmp_path / "ada" / workshop.NAME
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / ".ipynb_checkpoints" / "ex90_test-checkpoint.ipynb").write_text(json.dumps(blank))
    (folder / "._ex90_test.ipynb").write_bytes(b"\x00\x05\x16\x07")
    (folder / "notes.ipynb").write_text(json.dumps(blank))
    result = assess(assessor, tmp_path, solved, "ex90_test-final.ipynb")
    assert result.points == 10
    assert "not used: notes.ipynb" in " ".join(result.remarks)
    (folder / "ex90_test-final2.ipynb").write_text(json.dumps(blank))
    result = assessor.assess("ada", folder)
    assert (result.points, result.ended) == (0, "unreadable")
    assert (
        "more than one that could be meant: ex90_test-final.ipynb, ex90_test-final2.ipynb"
        in result.remarks[0]
    )
    result = assess(assessor, tmp_path, solved)
    assert result.points == 10  # its own name settles it


def test_what_lies_there_in_place_of_a_notebook_is_said(assessor, tmp_path):
    result = assess(assessor, tmp_path, b"PK\x03\x04", "ex90_test.zip")
    assert result.remarks == ["There is no notebook ex90_test.ipynb in it, only: ex90_test.zip."]


def test_folders_below_are_not_followed_and_not_searched_for_ever(assessor, solved, tmp_path):
    folder = tmp_path / "ada" / workshop.NAME
    folder.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / WANTED).write_text(json.dumps(solved))
    (folder / "linked").symlink_to(elsewhere)
    (folder / "sub").mkdir()
    (folder / "sub" / WANTED).symlink_to(elsewhere / WANTED)
    assert assessor.assess("ada", folder).points == 0
    (folder / "sub" / WANTED).unlink()
    deep = folder
    for _ in range(200):
        deep /= "d"
    deep.mkdir(parents=True)
    assert "only: d, linked, sub" in assessor.assess("ada", folder).remarks[0]


# --- encodings, formats, programs


def test_any_encoding_that_json_may_have(assessor, solved, tmp_path):
    solved["cells"].append(workshop.cell("markdown", "note", "Zoë Müller"))
    text = json.dumps(solved, ensure_ascii=False)
    for body in (
        codecs.BOM_UTF8 + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-le"),
        text.encode("utf-32"),
        text.encode("cp1252"),
        text.replace('{"', '{\r\n"').encode() + b"\r\n\r\n  ",
    ):
        assert assess(assessor, tmp_path, body).points == 10


def older(notebook, minor):
    notebook = copy.deepcopy(notebook) | {"nbformat_minor": minor}
    for cell in notebook["cells"]:
        if minor < 5:
            del cell["id"]
        cell["source"] = cell["source"].splitlines(keepends=True)
    return notebook


def test_older_formats(assessor, solved, tmp_path):
    for minor in (0, 4, 5, 9):
        assert assess(assessor, tmp_path, older(solved, minor)).points == 10
    cells = older(solved, 0)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            cell["input"], cell["language"], cell["prompt_number"] = cell.pop("source"), "python", 1
    third = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    assert assess(assessor, tmp_path, third).points == 10
    assert assess(assessor, tmp_path, third | {"nbformat": 2}).ended == "unreadable"


def test_programs_that_drop_ids_and_strip_lines(assessor, solved, tmp_path):
    """Answers are found by their place, also those that a person marks."""
    for number, cell in enumerate(solved["cells"]):
        cell["id"], cell["metadata"] = f"new{number}", {"id": "abc", "vscode": {"languageId": "python"}}
        cell["source"] = cell["source"].replace("\n", "  \r\n") + "\n"
    result = assess(assessor, tmp_path, solved)
    assert (result.points, result.remarks) == (10, [])
    sources = {c["metadata"]["nbgrader"]["grade_id"]: c["source"] for c in result.notebook["cells"][2:]}
    assert "given['factor']" in sources["q1"]


@pytest.fixture
def essay(tmp_path):
    """A notebook as it is handed out, with a written answer between other cells, and what rebuilds it."""
    from samarkand_grading.submission import rebuilding

    notebook = workshop.source_notebook(solved=False)
    stub = workshop.cell("markdown", "w1", "Your answer here.", grade=True, solution=True, points=4)
    asked = workshop.cell("markdown", "w1-question", "## Why?")
    notebook["cells"] += [asked, stub, workshop.cell("markdown", "end", "That is all.")]
    made = rebuilding.Released(workshop.write(tmp_path, notebook), {"q1": "product"})

    def rebuild():
        rebuilt = made.rebuild(reading.parse(json.dumps(notebook).encode()))
        graded = {c["id"]: c["source"] for c in rebuilt.notebook["cells"]}
        return graded.pop("w1"), graded, rebuilt.remarks

    return notebook["cells"], rebuild


def test_a_written_answer_is_found_by_its_place(essay):
    cells, rebuild = essay
    for number, cell in enumerate(cells):
        cell["id"], cell["metadata"] = f"new{number}", {}
    cells[-2]["source"] = "Because."
    answer, _, remarks = rebuild()
    assert (answer, remarks) == ("Because.", [])


@pytest.mark.parametrize("stub", ["Your answer here.", "", None], ids=["left", "emptied", "deleted"])
@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
@pytest.mark.parametrize("below", [True, False], ids=["below", "above"])
def test_an_essay_beside_its_cell_is_put_into_it(essay, stub, kind, below):
    """The cell as it was handed out would have no points, and no person would look at it."""
    cells, rebuild = essay
    text = "# Because\n\n# it says so." if kind == "code" else "Because\nit says so."
    cells.insert(-1 if below else -2, workshop.cell(kind, "mine", text))
    at = next(n for n, cell in enumerate(cells) if cell["id"] == "w1")
    if stub is None:
        del cells[at]
    else:
        cells[at]["source"] = stub
    answer, others, remarks = rebuild()
    assert answer == "Because\nit says so." and text not in others.values()
    found_by_place = stub is None and kind == "markdown"
    assert ("The answer to w1 stood in another cell, and was put into its own." in remarks) != found_by_place


def test_prose_is_no_answer_beside_one_or_elsewhere_and_code_is_none(essay):
    cells, rebuild = essay
    cells.insert(-1, workshop.cell("code", "mine", "# why\n1 + 1"))
    cells.append(workshop.cell("raw", "thanks", "<b>Thanks</b>"))
    answer, others, _ = rebuild()
    assert answer == "Your answer here." and "# why\n1 + 1" in others.values()
    assert "&lt;b>Thanks&lt;/b>" in others.values()  # whoever marks sees it
    cells[-4]["source"] = "Because."
    cells.insert(-3, workshop.cell("markdown", "notes", "My notes."))
    answer, others, _ = rebuild()
    assert answer == "Because." and "My notes." in others.values()


# --- size


def picture(size):
    return {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * size}}


def test_large_outputs_cost_nothing(assessor, solved, tmp_path):
    """Pictures, charts with their data, states of widgets, and libraries that charts bring along."""
    chart = {"application/vnd.vega.v5+json": {"data": [{"a": [n], "b": {}} for n in range(100_000)]}}
    library = {"text/html": "function(){return [" * 300_000}
    solved["cells"][2]["outputs"] = [
        picture(12 << 20),
        {"output_type": "display_data", "metadata": {}, "data": chart | library},
    ]
    solved["metadata"]["widgets"] = {"state": {str(n): {"x": [1, 2]} for n in range(50_000)}}
    solved["cells"].append(workshop.cell("markdown", "note", "![](attachment:a.png)"))
    solved["cells"][-1]["attachments"] = {"a.png": {"image/png": "A" * (9 << 20)}}
    body = json.dumps(solved).encode()
    assert len(body) > 20 << 20
    before = time.process_time()
    assert assess(assessor, tmp_path, body).points == 10
    assert time.process_time() - before < 5


def test_a_cell_far_too_long_costs_no_other(assessor, solved, tmp_path):
    solved["cells"].insert(2, workshop.cell("code", "data", "x = '" + "y" * 300_000 + "'"))
    result = assess(assessor, tmp_path, solved)
    assert result.points == 10
    assert "1 cell was far too long and left out." in result.remarks


def test_a_planted_mark_is_seen_among_large_outputs(assessor, solved, tmp_path):
    solved["cells"][2]["outputs"] = [picture(9 << 20)]
    planted = {"output_type": "execute_result", "data": {"text/plain": "2.0"}, "metadata": {}}
    solved["cells"][3]["outputs"] = [planted]
    result = assess(assessor, tmp_path, solved)
    assert "The cell q1-check came with an output of its own; outputs are never used." in result.remarks


@pytest.mark.by_day(4, "kinds of large files")
@pytest.mark.parametrize(
    ("begins", "goes_on", "times"),
    [
        (b'"', b'\\"', 20 << 20),
        (b"", b'{"a', 8 << 20),
        (b"", b'"', 60 << 20),
        (b"", b'{"outputs": [', 2 << 20),
        (b'{"outputs": [', b'"",', 20 << 20),
        (b"", b'"' + b" " * 999, 60_000),
        (b"", b"[", 60 << 20),
        (b"", "[".encode("utf-16"), 15 << 20),
    ],
    ids=["escapes", "keys", "quotes", "outputs", "texts", "spaces", "brackets", "utf-16"],
)
def test_no_file_takes_long_to_refuse(begins, goes_on, times):
    body = begins + goes_on * times  # made here: half a gigabyte is not carried through all other tests
    before = time.process_time()
    with pytest.raises(reading.Unreadable):
        reading.parse(body)
    assert time.process_time() - before < 5


def test_keys_that_stand_twice(assessor, solved, tmp_path):
    """Where two programs would read different work it is refused; elsewhere it is as good as any."""
    text = json.dumps(solved)
    assert (
        assess(
            assessor, tmp_path, text.replace('"outputs": []', '"outputs": [], "outputs": []').encode()
        ).points
        == 10
    )
    twice = text.replace('"source": "product', '"source": "product = 1", "source": "product', 1)
    result = assess(assessor, tmp_path, twice.encode())
    assert (result.ended, result.remarks) == (
        "unreadable",
        ["The notebook is damaged: source stands twice in one part of it."],
    )


# --- links


def test_a_backup_made_of_links_costs_nothing(course):
    path = hand_in(course, "ada", **workshop.ANSWERS)
    (path.parent / "timestamp.txt").write_text("2022-09-14 11:00:00 UTC")
    for place in (course.root.parent / "backup", course.root / "submitted.old"):
        target = place / "ada" / workshop.NAME
        target.mkdir(parents=True)
        for file in path.parent.iterdir():
            os.link(file, target / file.name)
    os.link(path, path.parent / "ex90_test-backup.ipynb")
    summary, _ = grade(course)
    assert summary.troubles == []
    assert scores(course) == {"ada": 10}
    assert "another name (hard link) elsewhere" in remarks(course, "ada")
    with gradebook.opened(course.gradebook) as book:
        assert book.find_submission(workshop.NAME, "ada").timestamp is not None


def test_untouched_work_linked_with_the_released_notebook(course):
    """Programs that save space do that to equal files."""
    target = course.root / "submitted" / "ada" / workshop.NAME
    target.mkdir(parents=True)
    os.link(course.root / "release" / workshop.NAME / WANTED, target / WANTED)
    assert grade(course)[0].troubles == []


def test_a_link_to_somebody_elses_work_costs_its_sender_alone(course):
    path = hand_in(course, "ada", **workshop.ANSWERS)
    time.sleep(0.05)  # file systems keep times in steps
    for cheat in ("Abe", "eve"):
        target = course.root / "submitted" / cheat / workshop.NAME
        target.mkdir(parents=True)
        os.link(path, target / WANTED)
    summary, _ = grade(course)
    assert scores(course) == {"ada": 10, "Abe": 0, "eve": 0}
    assert [trouble.split(":")[0] for trouble in summary.troubles] == ["Abe", "eve"]
    assert "somebody else's file" in remarks(course, "eve")
    assert "Somebody else has handed in a second name" in remarks(course, "ada")
    assert "eve" not in remarks(course, "ada")


@pytest.mark.parametrize("place", ["source", "autograded/bob"])
def test_a_link_to_the_courses_own_files_is_refused(course, place):
    solution = course.root / place / workshop.NAME / WANTED
    if not solution.exists():
        workshop.write(solution.parent, workshop.fill(released(course), **workshop.ANSWERS))
    target = course.root / "submitted" / "eve" / workshop.NAME
    target.mkdir(parents=True)
    os.link(solution, target / WANTED)
    grade(course)
    assert scores(course) == {"eve": 0}
    assert "somebody else's file" in remarks(course, "eve")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_link_to_a_file_of_another_owner_is_refused(course):
    path = hand_in(course, "eve", **workshop.ANSWERS)
    os.chown(path.parent, 1234, 1234)
    os.link(path, course.root.parent / "elsewhere.ipynb")
    grade(course)
    assert scores(course) == {"eve": 0}
