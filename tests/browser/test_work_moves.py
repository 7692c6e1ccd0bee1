"""By night: a student's work goes from the page to her computer, to a hub, and back into the page."""

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from first_cell import change_first_cell, read_first_cell
from sets_in_page import ASK, RUN_SOME, SET_SOURCE, by_night_in_the_page, open_in_page

from samarkand.common import journal
from samarkand.common.version import VERSION
from samarkand.lab import copies

STUDENT = "ada"
LATER = "lessons/03_the_sco.ipynb"
PORT = 9470
#: The cells of lesson 00 that import what it uses, and that show the two buttons.
BUTTONS = ("first", "move")
#: Student's code: keep a guess and a line, as anywhere.
SAVE = """from samarkand.practice import note, predict
predict.answer({question!r}, {guess!r})
note({place!r}, {text!r})"""
#: Student's code on the hub: bring in the file beside the lessons, save, and print all work as one file.
GO_ON = """import base64, subprocess, sys
bring = [sys.executable, "-P", "-m", "samarkand", "bring", "../my_work.zip"]
subprocess.run(bring, check=True, capture_output=True)
{save}
from samarkand.practice import work_zip
print(base64.b64encode(work_zip.pack_work()).decode())"""
#: What she saves at each place: the question that she predicts, her guess, and where she writes.
SAVED = {
    "in the page": ("00.conflicts", 31, "05.sides"),
    "at home": ("03.members", 8, "05.sides"),
    "on the hub": ("00.neighbour", 1, "07.line"),
}


def write_save(where: str) -> str:
    """Return the code with which she saves something at a place."""
    question, guess, place = SAVED[where]
    return SAVE.format(question=question, guess=guess, place=place, text=where)


def list_saved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return what was saved in a student's work, as pairs of id and the version that wrote it, sorted."""
    monkeypatch.setenv("SAMARKAND_WORK", str(folder))
    found = []
    for name in ("predictions", "notes"):
        written = journal.read_journal(name)
        assert written.trouble == ""
        for entry in written.entries:
            if "guess" in entry or "text" in entry:
                found.append((entry["id"], entry[journal.WRITTEN_BY]))
    return sorted(found)


@pytest.fixture
def hub_folder(need_hub: None) -> Iterator[Path]:
    """Yield a folder that other users may traverse, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="samarkand-moves-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def take_from_page(page: Any, file: Path) -> None:
    """Run the cell with the buttons, press *Take my work with me*, and keep what is downloaded."""
    page.evaluate(RUN_SOME, list(BUTTONS))
    page.get_by_role("button", name="Take my work with me").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download my_work-").click()
    downloading.value.save_as(file)


def bring_into_page(page: Any, file: Path) -> str:
    """Run the cell with the buttons, choose a file for *Bring it in*, and return what is said."""
    page.evaluate(RUN_SOME, list(BUTTONS))
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Bring it in").click()
    choosing.value.set_files(file)
    reply = page.locator("[role=status]", has_text="here").last
    reply.wait_for()
    return str(reply.text_content())


def work_on_hub(folder: Path, brought: Path, taken: Path) -> None:
    """Sign in at a hub, upload a file, bring it in, save something, and take all work."""
    from benchmarks.hub import Hub

    roster = folder / "roster.csv"
    roster.write_text(f"id\n{STUDENT}\n", encoding="utf-8")
    with Hub(folder / "hub", PORT, str(roster), "--secret", str(folder / "secret")) as hub:
        assert hub.students, hub.said
        (student,) = hub.students
        assert student.sign_in()
        student.open(copies.FIRST)
        student.begin(copies.FIRST)
        content = {"type": "file", "format": "base64"}
        content["content"] = base64.b64encode(brought.read_bytes()).decode()
        student.ask("contents/my_work.zip", "PUT", content)
        messages = student.run(GO_ON.format(save=write_save("on the hub")))
        printed = [one["content"] for one in messages if one["msg_type"] in ("stream", "error")]
        assert [one.get("name") for one in printed] == ["stdout"], printed
        taken.write_bytes(base64.b64decode(printed[0]["text"]))
        assert read_first_cell(hub.home(student) / "my_work" / copies.FIRST) == "Typed in the page."
        assert read_first_cell(hub.home(student) / "my_work" / LATER) == "Typed at home."


@by_night_in_the_page
def test_work_goes_from_the_page_to_a_computer_to_a_hub_and_back(
    address: str, browser: Any, hub_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_page, from_home, from_hub = (tmp_path / f"{n}.zip" for n in ("page", "home", "hub"))
    home = tmp_path / "home" / "my_work"

    def run_at_home(*words: object) -> None:
        command = [sys.executable, "-P", *map(str, words)]
        subprocess.run(command, check=True, env=os.environ | {"SAMARKAND_WORK": str(home)}, cwd=tmp_path)

    with browser.new_context(accept_downloads=True) as context:
        page = context.new_page()
        open_in_page(page, address, copies.FIRST)
        signed = page.evaluate(ASK, f"from samarkand.practice.sets import desk; desk.sign_in({STUDENT!r})")
        assert "Error" not in signed
        page.evaluate(ASK, write_save("in the page"))
        first = page.evaluate("() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).id")
        page.evaluate(SET_SOURCE, {first: "Typed in the page."})
        take_from_page(page, from_page)
        page.close()

        run_at_home("-m", "samarkand", "lessons", home.parent)
        run_at_home("-m", "samarkand", "bring", from_page)
        assert read_first_cell(home / copies.FIRST) == "Typed in the page."
        change_first_cell(home / LATER, "Typed at home.")
        run_at_home("-c", write_save("at home"))
        run_at_home("-m", "samarkand", "take", from_home)

        work_on_hub(hub_folder, from_home, from_hub)

        page = context.new_page()
        open_in_page(page, address, copies.FIRST)
        assert "Here now" in bring_into_page(page, from_hub)
        assert "Everything in this file is here already" in bring_into_page(page, from_hub)
        back = tmp_path / "back.zip"
        take_from_page(page, back)
        page.close()
        page = context.new_page()
        open_in_page(page, address, LATER)
        source = (
            "() => window.jupyterapp.shell.currentWidget.content.model.cells.get(0).sharedModel.getSource()"
        )
        assert page.evaluate(source) == "Typed at home."

    whole = tmp_path / "whole" / "my_work"
    monkeypatch.setenv("SAMARKAND_WORK", str(whole))
    run_whole = [sys.executable, "-P", "-m", "samarkand", "bring", str(back)]
    subprocess.run(run_whole, check=True)
    expected = []
    for question, _, place in SAVED.values():
        expected += [(question, VERSION), (place, VERSION)]
    assert list_saved(whole, monkeypatch) == sorted(expected), "each once, with the version that wrote it"
