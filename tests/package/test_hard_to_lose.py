"""What a student could lose on its way: by names that not every system has, zips of any bytes, odd files."""

import io
import json
import os
import random
import sys
import zipfile
from pathlib import Path

import pytest

from samarkand.common import files
from samarkand.lab import copies
from samarkand.practice import work_zip
from samarkand.practice.work_zip import CannotMove

Patch = pytest.MonkeyPatch
#: Names that some system cannot have, or has for something else.
ODD = [
    "a: plan.txt",
    "C:evil.txt",
    "back\\slash.txt",
    "aux.csv",
    "nul",
    "what?.txt",
    "end. ",
    "tab\tin it.txt",
    os.fsdecode(b"not \xff utf-8.txt"),
    "Zoe\u0308.txt",
    "\u4e2d" * 80 + ".txt",
    "x" * 250 + ".csv",
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: Patch) -> Path:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    (tmp_path / "my_work").mkdir()
    return tmp_path / "my_work"


def read_all(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot have these names")
def test_what_has_an_odd_name_comes_along_and_can_be_brought_in(place: Path, tmp_path: Path) -> None:
    for number, name in enumerate(ODD):
        (place / name).write_text(str(number), encoding="utf-8")
    (place / "a_ plan.txt").write_text("another", encoding="utf-8")
    taken = work_zip.pack_work()
    assert taken == work_zip.pack_work(), "the same work gives the same bytes"
    there = tmp_path / "there"
    work_zip.bring_work(taken, there)
    came = read_all(there)
    assert sorted(came.values()) == sorted(
        [*(str(number).encode() for number in range(len(ODD))), b"another"]
    )
    assert came["a_ plan.txt"] == b"another"
    assert [name for name in came if work_zip.make_portable(name) != name] == []
    assert len({name.casefold() for name in came}) == len(came)
    before = read_all(place)
    work_zip.bring_work(taken)
    again = read_all(place)
    assert again | before == again, "nothing that was here is another now"
    work_zip.bring_work(work_zip.pack_work())
    assert read_all(place) == again, "and it does not grow with each journey"


def test_a_zip_of_any_bytes_is_one_sentence(place: Path) -> None:
    (place / "notes.txt").write_text("mine " * 50, encoding="utf-8")
    whole = work_zip.pack_work()
    random.seed(20220915)
    refused = 0
    for _ in range(600):
        body = bytearray(whole)
        for _ in range(random.choice((1, 2, 8))):
            body[random.randrange(len(body))] = random.choice(
                (0, 1, 8, 0x7F, 0x80, 0xFF, random.randrange(256))
            )
        if random.random() < 0.2:
            del body[random.randrange(len(body)) :]
        try:
            assert work_zip.bring_work(bytes(body)) == []
        except CannotMove as error:
            assert "\n" not in str(error)
            refused += 1
    assert refused > 300 and read_all(place) == {"notes.txt": b"mine " * 50}


def test_a_far_place_within_a_zip_is_one_sentence(place: Path) -> None:
    """zipfile raises `OverflowError` of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(work_zip.ABOUT, "{}")
        packed.filelist[0].header_offset = 1 << 63
    with pytest.raises(CannotMove):
        work_zip.bring_work(out.getvalue())


@pytest.mark.skipif(sys.platform == "win32", reason="as a folder of another disk")
def test_a_place_that_leads_outside_is_not_taken_along(
    place: Path, tmp_path: Path, monkeypatch: Patch
) -> None:
    """As a junction of Windows does, which is no link."""
    (place / "junction").mkdir()
    (place / "junction" / "secret.txt").write_text("secret", encoding="utf-8")
    resolve = Path.resolve
    outside = tmp_path / "outside"

    def lead_out(path: Path, strict: bool = False) -> Path:
        inner = path.relative_to(place) if path.is_relative_to(place) else Path()
        return outside / inner if inner.parts[:1] == ("junction",) else resolve(path, strict)

    monkeypatch.setattr(Path, "resolve", lead_out)
    with zipfile.ZipFile(io.BytesIO(work_zip.pack_work())) as packed:
        assert packed.namelist() == [work_zip.ABOUT]


def test_a_zip_of_the_students_own_that_is_damaged_is_only_a_file(place: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("\u00fc.txt", "x")
    body = out.getvalue().replace("\u00fc".encode(), b"\xff\xff")
    (place / "own.zip").write_bytes(body)
    with zipfile.ZipFile(io.BytesIO(work_zip.pack_work())) as packed:
        assert packed.read("my_work/own.zip") == body


def test_a_long_name_is_written_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / ("y" * 255)
    files.write_whole(path, b"1")
    files.write_whole(path, b"2")
    assert read_all(tmp_path) == {path.name: b"2"}


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 100_000, "9" * 5000, "[1, 2"])
def test_a_copy_of_any_content_stops_nobody_from_starting(body: str, place: Path) -> None:
    copies.hand_out(place)
    copy = place / copies.FIRST
    copy.write_text(body, encoding="utf-8")
    (sentence,) = [line for line in copies.hand_out(place) if "damaged" in line]
    assert copies.find_state(copy) == "untouched" and "00_start_here.damaged.ipynb" in sentence
    assert copy.with_name("00_start_here.damaged.ipynb").read_text(encoding="utf-8") == body


def test_a_save_with_half_a_letter_is_given_back(place: Path) -> None:
    copies.hand_out(place)
    copy = place / copies.FIRST
    notebook = json.loads(copy.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = "half \ud83d of it"
    copy.with_name(f".~{copy.name}").write_text(json.dumps(notebook), encoding="utf-8")
    copy.write_text("{", encoding="utf-8")
    copies.hand_out(place)
    assert json.loads(copy.read_text(encoding="utf-8"))["cells"][0]["source"] == "half \ud83d of it"
