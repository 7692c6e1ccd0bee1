"""A hub's folder is backed up to one file and put back: all work is there, and nothing of anybody else."""

import contextlib
import errno
import os
import sqlite3
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from samarkand import cli
from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub import backup, class_list


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """Return the folder of a hub with two students, one of whom has planted what is no plain file."""
    folder = tmp_path / "hub"
    (folder / "homes").mkdir(parents=True)
    class_list.write_class(folder, {"ada": "ada", "zoë_müller": "Zoë Müller"})
    lessons = folder / "homes" / "ada" / "my_work" / "lessons"
    lessons.mkdir(parents=True)
    (lessons / "03 für mich.ipynb").write_bytes(b"ada's")
    (folder / "homes" / "Zoë Müller" / "notes.txt").write_bytes(b"zoe's")
    with sqlite3.connect(folder / "jupyterhub.sqlite") as database:
        database.execute("create table users (name)")
        database.execute("insert into users values ('ada')")
    (tmp_path / "secret").write_text("TEACHER'S SECRET", encoding="utf-8")
    (lessons / "link").symlink_to(tmp_path / "secret")
    (lessons / "folder").symlink_to(tmp_path)
    os.mkfifo(lessons / "pipe")
    return folder


def test_all_work_is_put_back_elsewhere_and_nothing_of_anybody_elses(hub: Path, tmp_path: Path) -> None:
    saved, again = tmp_path / "saved.tar.gz", tmp_path / "elsewhere" / "hub"
    done = backup.back_up(hub, saved)
    assert (done.students, done.files) == (2, 2)
    assert sorted(done.left_out) == [f"ada/my_work/lessons/{name}" for name in ("folder", "link", "pipe")]
    assert saved.stat().st_mode & 0o077 == 0
    assert b"TEACHER" not in b"".join(read_archive(saved).values())
    assert backup.put_back(saved, again) == 2
    assert (again / "homes/ada/my_work/lessons/03 für mich.ipynb").read_bytes() == b"ada's"
    assert (again / "homes/Zoë Müller/notes.txt").read_bytes() == b"zoe's"
    assert (again / "class.csv").read_bytes() == (hub / "class.csv").read_bytes()
    with sqlite3.connect(again / "jupyterhub.sqlite") as database:
        assert database.execute("select name from users").fetchall() == [("ada",)]
    class_list.write_class(
        again, {"ada": "ada", "zoë_müller": "Zoë Müller"}
    )  # as the hub does when it starts
    assert (again / "class.csv").read_bytes() == (hub / "class.csv").read_bytes(), "passwords stay"


def read_archive(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {one.name: archive.extractfile(one).read() for one in archive if one.isreg()}


def test_a_backup_is_made_while_somebody_writes_to_the_database(hub: Path, tmp_path: Path) -> None:
    writing = sqlite3.connect(hub / "jupyterhub.sqlite")
    writing.execute("insert into users values ('half')")
    backup.back_up(hub, tmp_path / "saved.tar.gz")
    writing.close()
    backup.put_back(tmp_path / "saved.tar.gz", tmp_path / "again")
    with sqlite3.connect(tmp_path / "again" / "jupyterhub.sqlite") as database:
        assert database.execute("select name from users").fetchall() == [("ada",)]


def test_nothing_is_put_back_over_anything(hub: Path, tmp_path: Path) -> None:
    backup.back_up(hub, tmp_path / "saved.tar.gz")
    before = sorted(hub.rglob("*"))
    with pytest.raises(backup.FolderInUse) as caught:
        backup.put_back(tmp_path / "saved.tar.gz", hub)
    assert caught.value.folder == hub and sorted(hub.rglob("*")) == before


@pytest.mark.parametrize("damage", ["cut short", "no archive", "a way out", "a link", "a file of its own"])
def test_what_is_no_backup_puts_nothing_back(damage: str, hub: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar.gz"
    backup.back_up(hub, saved)
    if damage == "cut short":
        saved.write_bytes(saved.read_bytes()[:-40])
    elif damage == "no archive":
        saved.write_bytes(b"PK")
    else:
        names = {
            "a way out": "homes/ada/../../../out",
            "a link": "homes/ada/link",
            "a file of its own": "x.py",
        }
        with tarfile.open(saved, "w:gz") as archive:
            entry = tarfile.TarInfo(names[damage])
            if damage == "a link":
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc"
            archive.addfile(entry)
    with pytest.raises(backup.NotABackup) as caught:
        backup.put_back(saved, tmp_path / "again")
    assert caught.value.path == saved
    assert not (tmp_path / "again").exists() and not (tmp_path / "out").exists()


def test_the_command_says_what_it_did(hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, again = str(tmp_path / "saved.tar.gz"), str(tmp_path / "again")
    assert cli.main(["hub", "--folder", str(hub), "--back-up", saved]) == 0
    assert "2 files of 2 students" in capsys.readouterr().out
    assert cli.main(["hub", "--folder", again, "--put-back", saved]) == 0
    assert "2 students' folders were put back" in capsys.readouterr().out
    for words in (["--back-up", saved, "--put-back", saved], ["--back-up", f"{hub}/inside"], []):
        assert cli.main(["hub", "--folder", str(hub), *words]) == 1


def test_what_cannot_be_backed_up_is_named(hub: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError) as inside:
        backup.back_up(hub, hub / "inside")
    assert (inside.value.code, inside.value.fields["file"]) == ("backup in the folder", hub / "inside")
    with pytest.raises(CourseError) as none:
        backup.back_up(tmp_path / "no hub", tmp_path / "saved.tar.gz")
    assert (none.value.code, none.value.fields["folder"]) == ("no hub", tmp_path / "no hub")


@contextlib.contextmanager
def bury(folder: Path, depth: int) -> Iterator[None]:
    """Make folders within folders, deeper than a path may be long, with a file in each tenth; remove them.

    What is left of them would stop whoever tidies up after the tests.
    """
    before = Path.cwd()
    try:
        folder.mkdir()
        os.chdir(folder)
        for number in range(depth):
            if number % 10 == 0:
                Path("file.txt").write_text(str(number), encoding="utf-8")
            name = "d" * 100
            Path(name).mkdir()
            os.chdir(name)
        os.chdir(before)
        yield
    finally:
        os.chdir(before)
        subprocess.run(["rm", "-r", folder], check=True)


def test_no_student_keeps_the_others_work_out_of_a_backup(hub: Path, tmp_path: Path, monkeypatch) -> None:
    """Neither by depth nor by names, by files with holes, by two names of one, or by what nobody may read."""
    ada = hub / "homes" / "ada"
    monkeypatch.setattr(backup, "MOST_BYTES", 3 << 20)
    whole = ada / "mine.bin"
    whole.write_bytes(b"x" * (1 << 20))
    with (ada / "zz_holes.bin").open("wb") as file:
        file.truncate(1 << 40)
    for number in range(9):
        (ada / f"zy_again{number}.bin").hardlink_to(whole)
    odd = ada / os.fsdecode(b"not \xff utf-8\n\x1b[2J.txt")
    odd.write_bytes(b"odd")
    (ada / "closed").mkdir(mode=0o000)
    saved = tmp_path / "saved.tar.gz"
    began = time.monotonic()
    with bury(ada / "deep", 1500):
        done = backup.back_up(hub, saved)
    assert time.monotonic() - began < 30 and saved.stat().st_size < 1 << 20
    assert {"ada/zy_again2.bin", "ada/zy_again8.bin", "ada/zz_holes.bin"} <= set(done.left_out)
    assert any("/".join(["d" * 100] * 5) in path for path in done.left_out)
    backup.put_back(saved, tmp_path / "again")
    again = tmp_path / "again" / "homes"
    assert (again / "Zoë Müller" / "notes.txt").read_bytes() == b"zoe's"
    assert (again / "ada" / "mine.bin").stat().st_size == 1 << 20
    assert b"odd" in [path.read_bytes() for path in (again / "ada").glob("not *")]


def test_a_file_that_is_being_written_is_backed_up_as_long_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345678")
    for now, expected in ((b"12345678and more", b"12345678"), (b"123", b"123\0\0\0\0\0")):
        with path.open("rb") as opened:
            steady = backup.Steady(opened, 8)
            path.write_bytes(now)
            assert steady.read(4) + steady.read(4) + steady.read(4) == expected


def test_a_full_disk_leaves_the_last_backup_and_no_half_of_another(
    hub: Path, tmp_path: Path, monkeypatch
) -> None:
    saved = tmp_path / "saved.tar.gz"
    backup.back_up(hub, saved)
    before = saved.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(backup, "add_bytes", fail)
    with pytest.raises(OSError, match="No space"):
        backup.back_up(hub, saved)
    assert saved.read_bytes() == before
    assert [path.name for path in tmp_path.glob("saved*")] == ["saved.tar.gz"]
    with pytest.raises(CourseError) as folder:
        backup.back_up(hub, tmp_path)
    assert folder.value.code == "a folder"


def test_the_command_prints_no_letter_that_a_terminal_obeys_and_no_endless_list(
    hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(backup.NAMED + 10):
        (hub / "homes" / "ada" / f"a\x1b[2J\n{number}").symlink_to("/etc")
    assert cli.main(["hub", "--folder", str(hub), "--back-up", str(tmp_path / "saved.tar.gz")]) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told and len(told.splitlines()) == backup.NAMED + 2
