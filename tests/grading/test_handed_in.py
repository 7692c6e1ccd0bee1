"""Files as students submit them: answers get their marks, and irregularities a remark."""

import copy
import json
import os
import re
import time
from pathlib import Path

import pytest
import workshop

from samarkand_grading.submission import reading, rebuilding

WANTED = f"{workshop.NAME}.ipynb"


@pytest.fixture
def solved(blank):
    return workshop.fill(blank, **workshop.ANSWERS)


def assess(assessor, tmp_path, body, path=WANTED):
    folder = tmp_path / "ada" / workshop.NAME
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("submission_secret.txt", "timestamp.txt"):  # nbgrader's own files are no remark
        (folder / name).write_text("0123")
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return assessor.assess("ada", folder)


def code_of_refusal(folder):
    """Return the code of the error with which a folder's notebook is refused."""
    with pytest.raises(reading.Unreadable) as refusal:
        reading.read_file(folder, workshop.NAME)
    return refusal.value.code


@pytest.mark.parametrize(
    ("path", "remarks"),
    [
        ("EX90_TEST.IPYNB", {"renamed": ("EX90_TEST.IPYNB",)}),
        ("homework.ipynb.txt", {"renamed": ("homework.ipynb.txt",)}),
        (
            f"exercises/release/{workshop.NAME}/{WANTED}",
            {"own folder": (f"exercises/release/{workshop.NAME}",)},
        ),
        (
            "my work/Copy of ex90_test.ipynb",
            {"own folder": ("my work",), "renamed": ("Copy of ex90_test.ipynb",)},
        ),
    ],
)
def test_a_notebook_under_another_name_or_further_down(assessor, solved, tmp_path, path, remarks):
    result = assess(assessor, tmp_path, solved, path)
    assert (result.points, {one.code: one.about for one in result.remarks}) == (10, remarks)


def test_of_several_notebooks_the_one_that_can_be_meant(assessor, solved, blank, tmp_path):
    folder = tmp_path / "ada" / workshop.NAME
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / ".ipynb_checkpoints" / "ex90_test-checkpoint.ipynb").write_text(json.dumps(blank))
    (folder / "._ex90_test.ipynb").write_bytes(b"\x00\x05\x16\x07")
    (folder / "notes.ipynb").write_text(json.dumps(blank))
    result = assess(assessor, tmp_path, solved, "ex90_test-final.ipynb")
    assert result.points == 10
    (several,) = [remark for remark in result.remarks if remark.code == "several notebooks"]
    assert several.about == ("ex90_test-final.ipynb", "notes.ipynb")
    (folder / "ex90_test-final2.ipynb").write_text(json.dumps(blank))
    result = assessor.assess("ada", folder)
    assert (result.points, result.ended) == (0, "unreadable")
    assert code_of_refusal(folder) == "ambiguous"
    assert assess(assessor, tmp_path, solved).points == 10  # its own name settles it


def test_a_file_is_read_up_to_its_limit_and_not_beyond(tmp_path):
    folder = tmp_path / workshop.NAME
    folder.mkdir()
    with (folder / WANTED).open("wb") as file:
        file.truncate(reading.MOST_BYTES)
    assert len(reading.read_file(folder, workshop.NAME).body) == reading.MOST_BYTES
    with (folder / WANTED).open("wb") as file:
        file.truncate(reading.MOST_BYTES + 1)
    assert code_of_refusal(folder) == "large"


def test_a_folder_without_a_notebook_is_refused_and_its_files_are_named(assessor, tmp_path):
    result = assess(assessor, tmp_path, b"PK\x03\x04", "ex90_test.zip")
    assert (result.points, result.ended) == (0, "unreadable")
    assert result.remarks[0].code == "none" and "ex90_test.zip" in result.remarks[0].sentence
    assert code_of_refusal(tmp_path / "ada" / workshop.NAME) == "none"


def test_any_encoding_that_json_may_have_and_pictures_of_any_size(assessor, solved, tmp_path):
    shown = {"image/png": "A" * (12 << 20), "application/json": [float("nan")]}
    picture = {"output_type": "display_data", "metadata": {}, "data": shown}
    solved["cells"][2]["outputs"] = [picture]
    assert assess(assessor, tmp_path, solved).points == 10
    solved["cells"][2]["outputs"] = []
    solved["cells"].append(workshop.cell("markdown", "note", "Zoë Müller"))
    text = json.dumps(solved, ensure_ascii=False)
    for encoding in ("utf-8-sig", "utf-16", "utf-32-le", "cp1252"):
        assert assess(assessor, tmp_path, text.encode(encoding)).points == 10
    assert assess(assessor, tmp_path, solved | {"nbformat": 2}).ended == "unreadable"


def test_programs_that_drop_ids_and_strip_lines(assessor, solved, tmp_path):
    """Answers are read by name, wherever they are; a written one waits for a person."""
    for number, cell in enumerate(solved["cells"]):
        cell["source"] = "Because." if cell["id"] == "w1" else cell["source"].replace("\n", "  \r\n")
        cell["id"], cell["metadata"] = f"new{number}", {"id": "abc", "vscode": {"languageId": "python"}}
        cell["source"] = cell["source"].splitlines(keepends=True)
    # A copy further up is not the place where the answer is read.
    solved["cells"].insert(2, workshop.cell("code", "copy", "desk.look('q1', product)"))
    result = assess(assessor, tmp_path, solved)
    assert (result.points, result.written) == (10, ["w1"])
    about = {remark.code: remark.about for remark in result.remarks}
    assert "lost names" in about and about["missing cells"] == ("q1-check", "q2")  # neither copy is a place
    assert {cell["id"]: cell["source"] for cell in result.notebook["cells"]}["w1"].strip() == "Because."


@pytest.mark.parametrize("kept", ["nothing", "ids", "names"])
def test_a_written_answer_is_in_its_place_whatever_a_program_has_dropped(assessor, solved, tmp_path, kept):
    """And so is code that is not asked for by this name: it stays an added cell."""
    scratch = workshop.cell("code", "scratch", "x = 2")
    for number, cell in enumerate(solved["cells"]):
        cell["source"] = "Because." if cell["id"] == "w1" else cell["source"]
        cell["id"] = cell["id"] if kept == "ids" else f"new{number}"
        cell["metadata"] = cell["metadata"] if kept == "names" else {}
    solved["cells"].insert(3, scratch)
    result = assess(assessor, tmp_path, solved)
    assert (result.points, result.written) == (10, ["w1"])
    cells = {cell["id"]: cell["source"] for cell in result.notebook["cells"]}
    assert cells["w1"] == "Because." and cells["q1"] == workshop.ANSWERS["q1"]
    assert cells["added-code-1"] == "x = 2"
    assert len(result.remarks) == (1 if kept != "nothing" else 2)


QUESTION = "## w1: Why?\n\nWrite a sentence or two, and say how you know."
TEXT = "Because the polls say so."


def ask_w1(released, *, behind=True):
    """Put the question in front of w1, and another text behind it, as the course's own sets have them."""
    cells = released["cells"]
    cells.insert(len(cells) - 1, workshop.cell("markdown", "w1-question", QUESTION))
    if behind:
        cells.append(workshop.cell("markdown", "end", "## The end\n\nSave the notebook."))


def find_place(cells, name):
    return next(number for number, cell in enumerate(cells) if cell["id"] == name)


def answer_w1(cells, source=TEXT):
    cells[find_place(cells, "w1")]["source"] = source


def split(cells):
    answer_w1(cells, "Because")
    again = cells[find_place(cells, "w1")] | {"id": "half", "source": "the polls say so."}
    cells.insert(find_place(cells, "w1") + 1, again)


def merge_with_question(cells):
    del cells[find_place(cells, "w1")]
    cells[find_place(cells, "w1-question")]["source"] += f"\n\n{TEXT}"


def merge_question_into_answer(cells):
    answer_w1(cells, f"{QUESTION}\n\n{TEXT}")
    del cells[find_place(cells, "w1-question")]


def merge_with_next(cells):
    answer_w1(cells, f"{TEXT}\n\n{cells[find_place(cells, 'end')]['source']}")
    del cells[find_place(cells, "end")]


def write_into_question(cells):
    cells[find_place(cells, "w1-question")]["source"] += f"  \n\n{TEXT}\n"


def reword_question_and_write_into_it(cells):
    cells[find_place(cells, "w1-question")]["source"] = f"## w1: Why?\n\n{TEXT}"


def copy_the_question(cells):
    answer_w1(cells)
    cells.insert(3, dict(cells[find_place(cells, "w1-question")], id="copy"))


def drop_the_question(cells):
    answer_w1(cells)
    del cells[find_place(cells, "w1-question")]


def make_raw(cells):
    answer_w1(cells)
    cells[find_place(cells, "w1")]["cell_type"] = "raw"


def make_code(cells):
    answer_w1(cells)
    cells[find_place(cells, "w1")] |= {"cell_type": "code", "outputs": [], "execution_count": None}


def move_to_the_top(cells):
    answer_w1(cells)
    cells.insert(0, cells.pop(find_place(cells, "w1")))


def answer_in_a_cell_of_her_own(cells):
    cells.insert(find_place(cells, "w1") + 1, workshop.cell("markdown", "mine", TEXT))


TRICKS = [
    *(answer_w1, split, merge_with_question, merge_question_into_answer, merge_with_next),
    *(write_into_question, reword_question_and_write_into_it, copy_the_question, drop_the_question),
    *(make_raw, make_code, move_to_the_top, answer_in_a_cell_of_her_own),
]


@pytest.mark.parametrize("dropped", ["nothing", "names", "names and ids"])
@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_a_written_answer_is_found_whole_however_its_cells_were_changed(blank, tmp_path, trick, dropped):
    """By its ids, by its place, or as the one text that is a student's own."""
    blank = copy.deepcopy(blank)
    ask_w1(blank)
    path = workshop.write(tmp_path, blank)
    released = rebuilding.Released(path, {"q1": "product", "q2": "border_shares", "q3": "was_member"})
    trick(blank["cells"])
    for number, cell in enumerate(blank["cells"]):
        if "ids" in dropped:
            cell["id"] = f"new{number}"
        if "names" in dropped:
            cell["metadata"] = {}
    rebuilt = released.rebuild(reading.parse_cells(json.dumps(blank).encode()))
    sources = {cell["id"]: cell["source"] for cell in rebuilt.notebook["cells"]}
    # A question that was written anew, in a file that has lost all names, is shown with its answer.
    assert " ".join(sources["w1"].split()).removeprefix("## w1: Why? ") == TEXT
    assert rebuilt.written == ["w1"] and sources["w1-question"] == QUESTION


def test_an_answer_that_nobody_wrote_waits_for_nobody(blank, tmp_path):
    blank = copy.deepcopy(blank)
    ask_w1(blank, behind=False)
    path = workshop.write(tmp_path, blank)
    released = rebuilding.Released(path, {"q1": "product", "q2": "border_shares", "q3": "was_member"})
    question = workshop.cell("markdown", "copy", QUESTION)
    blank["cells"] += [question, dict(blank["cells"][find_place(blank["cells"], "w1")], id="again")]
    assert released.rebuild(reading.parse_cells(json.dumps(blank).encode())).written == []


def test_all_that_is_missing_is_one_remark(assessor, solved, tmp_path):
    solved["cells"] = [cell for cell in solved["cells"] if cell["id"] in ("q2", "q3")]
    (remark,) = assess(assessor, tmp_path, solved).remarks
    assert remark.code == "missing cells"
    assert remark.about == ("setup", "q1", "q1-check", "q2-check", "q3-check", "w1")


def test_ids_that_are_there_twice_or_are_no_texts(assessor, solved, tmp_path):
    for cell in solved["cells"]:
        cell["id"] = "q1-check"
    solved["cells"][2]["id"] = {"not": "a text"}
    solved["cells"][3]["metadata"]["nbgrader"]["grade_id"] = ["q1"]
    solved["cells"].append(workshop.cell("code", "q2", "border_shares = 1"))
    assert assess(assessor, tmp_path, solved).points == 10


def test_a_cell_far_too_long_costs_no_other(assessor, solved, tmp_path):
    solved["cells"].insert(2, workshop.cell("code", "data", "x = '" + "y" * 300_000 + "'"))
    solved["cells"].insert(2, workshop.cell("code", "more", "x = '" + "y" * 90_000 + "'"))
    before = time.process_time()
    result = assess(assessor, tmp_path, solved)
    assert time.process_time() - before < 3
    assert result.points == 10 and "too long" in [remark.code for remark in result.remarks]


def test_folders_beyond_the_longest_path_are_refused(assessor, tmp_path, monkeypatch):
    (tmp_path / "ada").mkdir()
    monkeypatch.chdir(tmp_path / "ada")
    for name in (workshop.NAME, *["n" * 250] * 20):
        Path(name).mkdir()
        os.chdir(name)
    folder = tmp_path / "ada" / workshop.NAME
    assert assessor.assess("ada", folder).ended == "unreadable"
    assert code_of_refusal(folder) == "deep"


@pytest.mark.parametrize("piece", [b"[", b'{"a', b'"', b'{"outputs": [', b'"",', b"9", b'{"cells":'])
def test_no_file_takes_long_to_refuse(piece):
    body = piece * ((20 << 20) // len(piece))
    before = time.process_time()
    with pytest.raises(reading.Unreadable):
        reading.parse_cells(body)
    assert time.process_time() - before < 5


def test_whatever_cannot_be_read_is_said_with_what_helps(tmp_path):
    """Each code has a next step, and what the reader says ends with it."""
    raised = set(re.findall(r'Unreadable\(\s*"([\w ]+)"', Path(reading.__file__).read_text(encoding="utf-8")))
    assert raised and raised <= set(reading.WHAT_HELPS)
    for code, body in {"empty": b" ", "not JSON": b"{", "not a notebook": b"[]"}.items():
        with pytest.raises(reading.Unreadable) as refused:
            reading.parse_cells(body)
        assert refused.value.code == code and str(refused.value).endswith(reading.WHAT_HELPS[code])
