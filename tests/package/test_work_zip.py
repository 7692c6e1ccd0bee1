"""Work that moves: one zip, taken in one place and brought into another, where nothing is written over."""

import base64
import datetime as dt
import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from first_cell import change_first_cell, read_first_cell

from samarkand import __version__, cli
from samarkand.common import journal
from samarkand.lab import copies
from samarkand.practice import notes, progress, work_zip
from samarkand.practice.sets import desk
from samarkand.practice.work_zip import ABOUT, CannotMove

Patch = pytest.MonkeyPatch
LESSON = "lessons/00_start_here.ipynb"
NOTE = "07.line"


@pytest.fixture
def go(tmp_path: Path, monkeypatch: Patch) -> Callable[[str], Path]:
    """Return a function that goes to a place with a ``my_work`` of its own: the page, home, a hub."""

    def visit(name: str) -> Path:
        folder = tmp_path / name / "my_work"
        monkeypatch.setenv("SAMARKAND_WORK", str(folder))
        if not folder.exists():
            copies.replace_copy("00")
        return folder

    return visit


def note(text: str) -> None:
    form = notes.note(NOTE)
    form.fill(text)
    form.save()


def list_texts(name: str = "notes") -> list[str]:
    return [entry["text"] for entry in journal.read_journal(name).entries]


def list_files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_work_goes_from_the_page_to_home_to_a_hub_and_back(go: Callable[[str], Path]) -> None:
    page = go("page")
    desk.sign_in("ada")
    change_first_cell(page / LESSON, "in the page")
    note("in the page")
    (page / "article").mkdir()
    (page / "article" / "claims.csv").write_text("id\nA01\n", encoding="utf-8")
    taken = work_zip.pack_work()

    home = go("home")
    note("at home")
    work_zip.bring_work(taken)
    assert read_first_cell(home / LESSON) == "in the page", "nobody had worked in the copy that was there"
    assert (home / "article" / "claims.csv").read_text(encoding="utf-8") == "id\nA01\n"
    assert desk.find_student() == "ada"
    assert sorted(list_texts()) == ["at home", "in the page"]
    change_first_cell(home / LESSON, "at home")

    hub = go("hub")
    work_zip.bring_work(taken)
    go("home")
    brought_home = work_zip.pack_work()
    go("hub")
    work_zip.bring_work(brought_home)
    assert read_first_cell(hub / LESSON) == "in the page", "what is there stays"
    (beside,) = hub.glob("lessons/*.brought-*.ipynb")
    assert read_first_cell(beside) == "at home"
    assert sorted(list_texts()) == ["at home", "in the page"]

    before = list_files(hub)
    assert work_zip.bring_work(taken) == work_zip.bring_work(brought_home) == []
    assert list_files(hub) == before, "a second time nothing changes"


def test_what_comes_back_from_a_journey_below_another_name_is_here_once(go: Callable[[str], Path]) -> None:
    page = go("page")
    change_first_cell(page / LESSON, "in the page")
    taken = work_zip.pack_work()
    home = go("home")
    change_first_cell(home / LESSON, "at home")
    work_zip.bring_work(taken)
    (beside,) = home.glob("lessons/*.brought-*.ipynb")
    assert read_first_cell(beside) == "in the page"
    # Another program, such as the page's storage, writes the same cells in other bytes.
    beside.write_text(json.dumps(json.loads(beside.read_bytes()), indent=4), encoding="utf-8")
    back = work_zip.pack_work()

    go("page")
    assert len(work_zip.bring_work(back)) == 1, "the lesson of home, and not that of the page once more"
    texts = {path.name: read_first_cell(path) for path in page.glob("lessons/*.ipynb")}
    assert sorted(text for text in texts.values() if text in ("in the page", "at home")) == [
        "at home",
        "in the page",
    ]
    assert texts["00_start_here.ipynb"] == "in the page", "what is there stays"
    go("home")
    assert work_zip.bring_work(taken) == []


def test_a_zip_holds_what_the_student_made_and_says_which_version_wrote_it(go: Callable[[str], Path]) -> None:
    work = go("home")
    note("mine")
    (work / ".lab").mkdir()
    (work / ".lab" / "tabs").write_text("{}", encoding="utf-8")
    (work / "earlier.zip").write_bytes(work_zip.pack_work())
    (work / "linked").symlink_to(work / "notes.jsonl")
    packed = work_zip.unpack_work(work_zip.pack_work())
    assert [*packed.files] == ["notes.jsonl"]
    assert packed.version == __version__
    assert journal.read_latest("notes")[NOTE]["version"] == __version__
    assert work_zip.pack_work() == work_zip.pack_work()


def test_the_same_cells_written_by_another_program_are_the_same_work(go: Callable[[str], Path]) -> None:
    work = go("page")
    change_first_cell(work / LESSON, "mine")
    taken = work_zip.pack_work()
    content = json.loads((work / LESSON).read_bytes())
    content["metadata"]["written_by"] = "another program"
    (work / LESSON).write_text(json.dumps(content, indent=4), encoding="utf-8")
    assert work_zip.bring_work(taken) == []


# --------------------------------------------------------------------------------------------- journals


def entry(at: str, text: str) -> bytes:
    return json.dumps({"at": at, "id": NOTE, "text": text}).encode()


def test_journals_are_merged_by_time_and_a_damaged_line_stays_where_it_was(work: Path) -> None:
    work.mkdir()
    file = work / "notes.jsonl"
    first, second, third = (entry(f"2026-12-0{day}T10:00:00+00:00", f"day {day}") for day in (1, 2, 3))
    file.write_bytes(first + b'\n{"half\n' + third)
    assert journal.merge_journal(file, second + b"\n" + third + b"\n" + third + b"\n") == 2
    assert file.read_bytes().splitlines() == [first, b'{"half', second, third, third]
    assert journal.merge_journal(file, second) == 0


def test_what_another_window_saves_while_work_is_brought_in_is_not_lost(work: Path) -> None:
    note("begin")
    file = work / "notes.jsonl"

    def save() -> None:
        for number in range(40):
            journal.add_entry("notes", NOTE, text=f"saved {number}")

    window = threading.Thread(target=save)
    window.start()
    for number in range(40):
        journal.merge_journal(file, entry("2026-12-01T10:00:00+00:00", f"brought {number}"))
    window.join()
    assert len(list_texts()) == len({*list_texts()}) == 81


# -------------------------------------------------------------------------------------------- bad input


def change(body: bytes, **about: Any) -> bytes:
    """Return a zip of work with other words in the file that says what it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as read, zipfile.ZipFile(out, "w") as written:
        for name in read.namelist():
            content = read.read(name)
            if name == ABOUT:
                content = json.dumps(json.loads(content) | about).encode()
            written.writestr(name, content)
    return out.getvalue()


def with_file(body: bytes, name: str) -> bytes:
    """Return a zip of work with one file more, of any name."""
    digest = hashlib.sha256(b"bad").hexdigest()
    changed = io.BytesIO(change(body, files={name: digest}))
    with zipfile.ZipFile(changed, "a") as packed:
        packed.writestr(f"my_work/{name}", b"bad")
    return changed.getvalue()


def as_zip(**texts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in texts.items():
            packed.writestr(name, text)
    return out.getvalue()


BAD: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "no zip": ("no_zip", lambda body: b"hello"),
    "half of it": ("no_zip", lambda body: body[: len(body) // 2]),
    "empty": ("no_zip", lambda body: b""),
    "another zip": ("no_work", lambda body: as_zip(a=b"b")),
    "not JSON": ("no_work", lambda body: as_zip(**{ABOUT: b"\xff"})),
    "not a table": ("no_work", lambda body: as_zip(**{ABOUT: b"[]"})),
    "another course": ("no_work", lambda body: change(body, course="other")),
    "no number": ("no_work", lambda body: change(body, format="1")),
    "no files": ("no_work", lambda body: change(body, files=["notes.jsonl"])),
    "of a later version": ("newer", lambda body: change(body, format=work_zip.FORMAT + 1)),
    "other words": ("damaged", lambda body: change(body, files={"notes.jsonl": "0" * 64})),
    "a file is missing": ("damaged", lambda body: change(body, files={"other.jsonl": "0" * 64})),
    "another student": ("other_student", lambda body: change(body, student="bob")),
    **{
        name: ("bad_name", lambda body, name=name: with_file(body, name))  # type: ignore[misc]
        for name in ("../up", "/root", "a/../../up", "C:/up", "a\\..\\up", ".hidden", "", "linked/file")
    },
    "many files": (
        "too_large",
        lambda body: as_zip(**{f"f{n}": b"" for n in range(work_zip.MOST_FILES + 1)}),
    ),
}


@pytest.mark.parametrize(("code", "spoil"), BAD.values(), ids=BAD)
def test_bad_input_is_one_sentence_and_changes_nothing(
    code: str, spoil: Callable[[bytes], bytes], go: Callable[[str], Path], tmp_path: Path
) -> None:
    work = go("home")
    desk.sign_in("ada")
    note("mine")
    body = work_zip.pack_work()
    (tmp_path / "elsewhere").mkdir()
    (work / "linked").symlink_to(tmp_path / "elsewhere")
    before = list_files(tmp_path)
    with pytest.raises(CannotMove) as told:
        work_zip.bring_work(spoil(body))
    assert told.value.code == code
    assert str(told.value).count("\n") == 0
    assert list_files(tmp_path) == before


def test_a_file_that_cannot_be_written_is_named_and_the_rest_stays(go: Callable[[str], Path]) -> None:
    go("page")
    note("mine")
    taken = work_zip.pack_work()
    home = go("home")
    (home / "notes.jsonl").mkdir()
    came = work_zip.bring_work(taken)
    assert came and (home / "notes.jsonl").is_dir()
    other = go("other")
    (other / "article").write_text("a file in the place of a folder", encoding="utf-8")
    go("page").joinpath("article").mkdir()
    go("page").joinpath("article", "claims.csv").write_text("id\n", encoding="utf-8")
    taken = work_zip.pack_work()
    go("other")
    with pytest.raises(CannotMove) as told:
        work_zip.bring_work(taken)
    assert (told.value.code, told.value.fields["name"]) == ("not_written", "article/claims.csv")


def test_what_is_too_much_for_one_zip_is_said(go: Callable[[str], Path], monkeypatch: Patch) -> None:
    go("home")
    note("mine")
    monkeypatch.setattr(work_zip, "MOST_BYTES", 3)
    with pytest.raises(CannotMove) as told:
        work_zip.pack_work()
    assert told.value.code == "too_large"


# ------------------------------------------------------------------------------- the buttons and verbs


def test_the_buttons_take_work_and_bring_it_in(go: Callable[[str], Path]) -> None:
    go("page")
    note("in the page")
    form = progress.move_work()
    form.take()
    (address,) = re.findall(r'href="data:application/zip;base64,([^"]+)"', form.children[2].value)
    assert 'download="my_work-' in form.children[2].value
    go("home")
    form = progress.move_work()
    upload = form.children[3]
    chosen = {"name": "w.zip", "type": "", "size": 1, "last_modified": dt.datetime.now(dt.UTC)}
    upload.value = ({**chosen, "content": memoryview(base64.b64decode(address))},)
    assert list_texts() == ["in the page"]
    assert "notes.jsonl" in form.children[-1].value
    upload.value = ({**chosen, "content": memoryview(b"no")},)
    assert form.said == str(CannotMove("no_zip"))


def test_the_verbs_do_the_same_in_a_terminal(
    go: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go("home")
    note("at home")
    file = tmp_path / "work.zip"
    assert cli.main(["take", str(file)]) == 0
    before = file.read_bytes()
    assert cli.main(["take", str(file)]) == 1 and file.read_bytes() == before
    go("hub")
    assert cli.main(["bring", str(file)]) == 0
    assert list_texts() == ["at home"]
    capsys.readouterr()
    assert cli.main(["bring", str(tmp_path / "nowhere.zip")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
