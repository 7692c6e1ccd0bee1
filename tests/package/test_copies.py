"""The student's own copies: handed out, renewed while nobody works in them, and never written over."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from samarkand.common import files, home
from samarkand.common.errors import UnknownName
from samarkand.lab import copies
from samarkand_grading.submission import reading, rebuilding

ONE, SET = "01_the_road", "ex01_the_road"


def cell(source: str) -> nbformat.NotebookNode:
    shown = new_output("stream", text="41")
    return new_code_cell(source, id="sum", outputs=[shown], execution_count=1)


def store(path: Path, *cells: nbformat.NotebookNode, **metadata: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=list(cells), metadata=metadata), path)


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the lesson of a course that has, besides, a lesson 02 and a set."""
    monkeypatch.setattr(home, "LESSONS", tmp_path / "course" / "notebooks")
    monkeypatch.setattr(home, "SETS", tmp_path / "course" / "exercises" / "release")
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    path = home.LESSONS / f"{ONE}.ipynb"
    store(path, new_markdown_cell("## 1. How far?", id="how-far"), cell("40 + 1"))
    links = (
        f"[a](../{home.SETS.relative_to(home.LESSONS.parent)}/{SET}/{SET}.ipynb) [b]({ONE}.ipynb) [c](#here) "
        "[d](https://example.org/01_the_road.ipynb) [e](../docs/x.md)"
    )
    store(home.LESSONS / "02_the_river.ipynb", new_markdown_cell(links))
    question = f"[a](../../../notebooks/{ONE}.ipynb#1.-How-far?) <a href='x'>b</a>"
    made = home.SETS / SET / f"{SET}.ipynb"
    store(made, new_markdown_cell(question), samarkand={"form": {"high": 5.0}})
    return path


@pytest.fixture
def mine(lesson: Path) -> Path:
    """Return the student's copy of the lesson, handed out."""
    copies.hand_out()
    return home.my_work() / "lessons" / lesson.name


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def change(path: Path, source: str) -> bytes:
    """Change the source of a copy's last cell; return the file's bytes."""
    notebook = read(path)
    notebook["cells"][-1]["source"] = source
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path.read_bytes()


def run(path: Path) -> None:
    """Change a copy as a run in JupyterLab does: outputs, an empty last cell, numbers as in JavaScript."""
    notebook = read(path)
    for one in notebook["cells"]:
        if one["cell_type"] == "code":
            one["execution_count"] = 7
            one["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "41"}]
        one["source"] = "".join(one["source"])
    notebook["cells"].append(new_code_cell("\n"))
    notebook["metadata"]["kernelspec"] = {"name": "python3"}
    path.write_text(json.dumps(notebook).replace("5.0", "5"), encoding="utf-8")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder with copies of the whole course."""
    work = tmp_path_factory.mktemp("student") / "my_work"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(work.parent / "data"))
        copies.hand_out(work)
        yield work


def test_every_lesson_and_every_released_set_is_handed_out_without_results(whole: Path) -> None:
    lessons, sets = home.ROOT / "notebooks", home.ROOT / "exercises" / "release"
    expected = {f"lessons/{path.name}" for path in lessons.glob("*.ipynb")}
    expected |= {f"sets/{path.stem}/{path.name}" for path in sets.glob("*/*.ipynb")}
    assert names(whole) == expected | {copies.PAGE.as_posix()}
    assert len(expected) > 10
    for name in expected:
        copy = nbformat.read(whole / name, as_version=4)
        shown = [one.source[:13] for one in copy.cells if one.get("outputs")]
        cites = name.startswith("lessons/") and not name.startswith("lessons/99")
        assert shown == ["cite.sources("] * cites, "footnotes lead to the list of sources"
        assert not any(one.get("execution_count") for one in copy.cells)
        assert NotebookNotary().check_signature(copy)


def test_their_links_lead_to_copies_and_to_cells_that_are_there(whole: Path) -> None:
    followed = 0
    for name in names(whole) - {copies.PAGE.as_posix()}:
        text = "\n".join("".join(one["source"]) for one in read(whole / name)["cells"])
        for link in re.findall(r"\]\(([^)\s]*\.ipynb[^)\s]*)", text):  # a title may follow
            target, mark, fragment = link.partition("#")
            copy = ((whole / name).parent / target).resolve()
            assert copy.is_relative_to(whole) and copy.is_file(), (name, link)
            if mark:
                kind, _, cell_id = fragment.partition("=")
                ids = {one["id"] for one in read(copy)["cells"]}
                assert kind == "cell-id" and cell_id in ids, (name, link)
                followed += 1
    assert followed > 20


def test_a_set_worked_on_in_its_copy_is_handed_in_without_a_remark(whole: Path) -> None:
    for original in copies.list_originals():
        if original.place.parts[0] == "sets":
            released = rebuilding.Released(original.path, {})
            submission = released.rebuild(reading.parse_cells((whole / original.place).read_bytes()))
            assert submission.remarks == []


@pytest.mark.parametrize("words", ["", "Mine: the share fell."])
def test_a_written_answer_in_a_copy_is_what_she_wrote_also_if_names_of_cells_are_lost(
    whole: Path, words: str
) -> None:
    """Links of a copy lead elsewhere than those of the released set: no question is taken for her text."""
    original = next(one for one in copies.list_originals() if one.path.stem == "ex05_taking_sides")
    notebook = read(whole / original.place)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "w1" and words:
            cell["source"] = words
        cell["id"] = f"x{cell['id']}"
        cell["metadata"] = {}
    submitted = reading.parse_cells(json.dumps(notebook).encode())
    rebuilt = rebuilding.Released(original.path, {}).rebuild(submitted)
    assert {remark.code for remark in rebuilt.remarks} <= {"lost names", "lacks cells"}
    (cell,) = (
        c for c in rebuilt.notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "w1"
    )
    assert rebuilt.written == (["w1"] if words else [])
    assert not words or cell["source"] == words


def test_the_page_on_python_lies_where_the_copies_look_for_it(whole: Path) -> None:
    text = "\n".join("".join(one["source"]) for one in read(whole / copies.FIRST)["cells"])
    (link,) = re.findall(r"\]\(([^)]*\.md)\)", text)
    page = (whole / "lessons" / link).resolve()
    links = set(re.findall(r"\]\((.*?\.ipynb)\)", page.read_text(encoding="utf-8")))
    assert len(links) > 5 and all((page.parent / one).is_file() for one in links)
    page.write_text("of last year", encoding="utf-8")
    assert copies.hand_out(whole) == [] and "of last year" not in page.read_text(encoding="utf-8")


def test_a_copy_nobody_worked_in_is_renewed_though_it_was_run(lesson: Path, mine: Path) -> None:
    run(mine)
    run(home.my_work() / "sets" / SET / f"{SET}.ipynb")
    assert copies.hand_out() == []
    assert read(mine)["cells"][1]["outputs"], "what was run stays until the course changes"
    change(lesson, "40 + 2")
    before = mine.read_bytes()
    (said,) = copies.hand_out(renew=False)
    assert "JupyterLab is open in this folder" in said and ONE in said and mine.read_bytes() == before
    assert copies.hand_out() == [
        f"The course has changed. You had not worked in these copies, so they were updated: {ONE}."
    ]
    assert "".join(read(mine)["cells"][1]["source"]) == "40 + 2"
    assert names(mine.parent) == {lesson.name, "02_the_river.ipynb"}


def test_a_copy_with_work_is_kept_and_the_new_one_is_put_beside_it(lesson: Path, mine: Path) -> None:
    work, beside = change(mine, "my own"), mine.with_name(f"{ONE}.new.ipynb")
    assert copies.hand_out() == copies.find_news(mine) == []
    change(lesson, "40 + 2")
    assert f"the new one is next to it: {ONE}.new.ipynb." in copies.hand_out()[0]
    ((said, path),) = copies.find_news(mine)
    assert "Yours is kept as it is" in said and path == beside
    assert copies.hand_out() == [], "once is enough"
    change(lesson, "40 + 3")
    before = beside.read_bytes()
    (said,) = copies.hand_out(renew=False)
    assert f"so {ONE}.new will be updated" in said and beside.read_bytes() == before
    assert len(copies.hand_out()) == 1
    assert "".join(read(beside)["cells"][1]["source"]) == "40 + 3"
    also = change(beside, "my own, again")
    assert copies.find_news(mine) == copies.find_news(beside) == [], "somebody works in that one now"
    change(lesson, "40 + 4")
    assert copies.hand_out()[0].endswith(f"{ONE}.new-2.ipynb.")
    assert (mine.read_bytes(), beside.read_bytes()) == (work, also)


@pytest.mark.parametrize(
    "left", [{}, {"samarkand": None}, {"samarkand": {}}, {"samarkand": {"copy": {}}}, None]
)
def test_a_copy_that_has_lost_its_metadata_counts_as_worked_in(
    lesson: Path, mine: Path, left: dict[str, Any] | None
) -> None:
    """Another program may drop what says where a copy is from: then nobody knows that nobody worked in it."""
    change(mine, "my own")
    notebook = read(mine)
    if left is None:
        del notebook["metadata"]
    else:
        notebook["metadata"] = left
    mine.write_text(json.dumps(notebook), encoding="utf-8")
    work = mine.read_bytes()
    for edition in ("40 + 1", "40 + 2"):
        change(lesson, edition)
        copies.hand_out()
        assert mine.read_bytes() == work
    assert "".join(read(mine.with_name(f"{ONE}.new.ipynb"))["cells"][1]["source"]) == "40 + 2"


def test_a_set_whose_form_has_changed_is_another(mine: Path) -> None:
    for high, told in ((5.0, 1), (6.0, 1), (6.0, 0)):
        path = home.SETS / SET / f"{SET}.ipynb"
        store(path, new_markdown_cell("x", id="q"), samarkand={"form": {"high": high}})
        assert len(copies.hand_out()) == told


def test_a_renamed_lesson_stays_and_its_name_is_handed_out_anew(mine: Path) -> None:
    other = mine.rename(mine.with_name("Meine Straße.ipynb"))
    work = change(other, "my own")
    assert "You keep Meine Straße.ipynb, which began as a copy of it." in copies.hand_out()[1]
    assert other.read_bytes() == work and mine.is_file()
    assert copies.hand_out() == []


@pytest.mark.parametrize(("name", "place"), [("01", f"lessons/{ONE}"), ("ex01", f"sets/{SET}/{SET}")])
def test_a_fresh_copy_keeps_the_old_one(mine: Path, name: str, place: str) -> None:
    copy = home.my_work() / f"{place}.ipynb"
    fresh = copy.read_bytes()
    assert copies.replace_copy(name) == f"my_work/{place}.ipynb is fresh already: nobody has worked in it."
    for kept in (f"{copy.stem}.kept.ipynb", f"{copy.stem}.kept-2.ipynb"):
        work = change(copy, f"my own {kept}")
        assert f"Your old one is kept as {kept}." in copies.replace_copy(name)
        assert (copy.read_bytes(), copy.with_name(kept).read_bytes()) == (fresh, work)
    copy.unlink()
    assert copies.replace_copy(name) == f"my_work/{place}.ipynb is handed out."
    with pytest.raises(UnknownName):
        copies.replace_copy("01_the_raod")


@pytest.mark.parametrize("rest", [b"", b"\xff\xfe", b"[]", b'{"cells": [3]}'])
def test_what_is_left_of_a_damaged_copy_is_kept(mine: Path, rest: bytes) -> None:
    fresh = mine.read_bytes()
    mine.write_bytes(rest)
    assert "left as it is" in copies.hand_out(renew=False)[0], "JupyterLab may just be saving it"
    assert mine.read_bytes() == rest
    assert f"What is left of yours is kept as {ONE}.damaged.ipynb." in copies.hand_out()[0]
    assert mine.with_name(f"{ONE}.damaged.ipynb").read_bytes() == rest
    assert mine.read_bytes() == fresh and copies.hand_out() == []


def test_a_save_that_was_cut_short_gives_back_the_one_before(mine: Path) -> None:
    """JupyterLab copies a file aside, writes it anew in its place, and may be killed between."""
    work = change(mine, "my own")
    before = mine.with_name(f".~{mine.name}")
    before.write_bytes(work)
    mine.write_bytes(work[:100])
    assert "was damaged, and is again as it was saved before." in copies.hand_out()[0]
    assert read(mine) == json.loads(work)
    assert mine.with_name(f"{ONE}.damaged.ipynb").read_bytes() == work[:100]
    assert not before.exists() and copies.hand_out() == []


def test_folders_and_files_in_the_way_are_left_alone(mine: Path, lesson: Path) -> None:
    mine.unlink()
    (mine / "inside").mkdir(parents=True)
    assert "left as it is" in copies.hand_out()[0]
    assert (mine / "inside").is_dir()
    lesson.write_text("{", encoding="utf-8")
    assert f"{lesson} is damaged and is not handed out." in copies.hand_out()[-1]
    shutil.rmtree(home.my_work())
    home.my_work().write_text("not a folder")
    with pytest.raises(copies.CopyError) as error:
        copies.hand_out()
    assert (error.value.code, error.value.fields["folder"]) == ("not written", home.my_work())
    assert home.my_work().read_text() == "not a folder"


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("error", [Killed(), OSError(28, "No space left on device")], ids=["killed", "full"])
def test_stopped_at_any_write_what_is_there_is_whole(
    error: BaseException, lesson: Path, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each step of each file; the next start completes the work."""
    work, river = change(mine, "my own"), mine.with_name("02_the_river.ipynb")

    def stopped(act: Callable[[], object], step: int) -> None:
        left = iter(range(step))

        def count(real: Any) -> Any:
            def write(*arguments: Any) -> Any:
                if next(left, None) is None:
                    raise error
                return real(*arguments)

            return write

        with monkeypatch.context() as stopping, pytest.raises((Killed, copies.CopyError)) as raised:
            stopping.setattr(os, "fsync", count(os.fsync))
            stopping.setattr(Path, "replace", count(Path.replace))
            act()
        if isinstance(raised.value, copies.CopyError):
            assert (raised.value.code, raised.value.fields["why"]) == ("not written", 28)
        else:
            assert isinstance(error, Killed)

    for step in range(4):
        change(lesson, f"40 + {step}")
        change(home.LESSONS / river.name, f"river {step}")
        stopped(copies.hand_out, step)
        assert all(copies.digest_notebook(read(path)) for path in home.my_work().rglob("*.ipynb"))
        assert mine.read_bytes() == work
        copies.hand_out()
        assert "".join(read(river)["cells"][0]["source"]) == f"river {step}"
        assert names(mine.parent) == {lesson.name, river.name, f"{ONE}.new.ipynb"}
    own = change(river, "my own")
    stopped(lambda: copies.replace_copy("02"), 0)
    assert river.read_bytes() == own


@pytest.mark.skipif(sys.platform == "win32", reason="locks on folders are POSIX's")
def test_two_at_once_wait_for_each_other(lesson: Path) -> None:
    home.my_work().mkdir()
    said: list[str] = []

    def wait(line: str) -> None:
        said.append(line)
        raise KeyboardInterrupt

    with files.lock_course(home.my_work()), pytest.raises(KeyboardInterrupt):
        copies.hand_out(say=wait)
    assert "Another samarkand works on" in said[0]
    assert names(home.my_work()) == set()
    assert len(copies.hand_out()) == 1
