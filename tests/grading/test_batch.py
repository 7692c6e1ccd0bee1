"""A whole class through nbgrader's pipeline: marks, comments, penalties, resuming, troubles."""

from __future__ import annotations

import contextlib
import functools
import gzip
import io
import json
import resource
import shutil
import signal
import sqlite3
import unicodedata
import zipfile
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
import workshop

from samarkand import cli
from samarkand.ground.errors import CourseError
from samarkand_grading.classroom import batch, gradebook, records, workers
from samarkand_grading.sandbox.box import Sandbox
from samarkand_grading.submission import rebuilding

pytestmark = pytest.mark.usefixtures("one_server")


def released(course):
    path = course.root / "release" / workshop.NAME / f"{workshop.NAME}.ipynb"
    return json.loads(path.read_text())


def hand_in(course, student, **sources):
    return workshop.write(
        course.root / "submitted" / student / workshop.NAME, workshop.fill(released(course), **sources)
    )


def grade(course, **options):
    lines = []
    summary = batch.grade(course, "ex90", limits=workshop.LIMITS, say=lines.append, **options)
    return summary, lines


def scores(course):
    return {row["student"]: row["score"] for row in gradebook.marks(course.gradebook, workshop.NAME)}


@pytest.fixture
def marked(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    hand_in(course, "bob")
    hand_in(course, "Zoë Müller", q2=workshop.ANSWERS["q2"])
    return course


def test_scores_and_comments_are_nbgraders_own(marked):
    summary, lines = grade(marked)
    assert (summary.graded, summary.troubles) == (["Zoë Müller", "ada", "bob"], [])
    assert len(lines) == 3
    rows = {row["student"]: row for row in gradebook.marks(marked.gradebook, workshop.NAME)}
    assert {student: row["score"] for student, row in rows.items()} == {"ada": 10, "bob": 0, "Zoë Müller": 3}
    assert rows["ada"]["questions"] == {"q1-check": 2, "q2-check": 3, "q3-check": 5}
    with gradebook.opened(marked.gradebook) as book:
        comment = book.find_comment("q1", workshop.NAME, workshop.NAME, "bob")
        assert comment.comment == "0 of 2. Not answered yet."


def test_nothing_is_graded_twice(marked):
    grade(marked)
    summary, lines = grade(marked)
    assert (summary.graded, lines, len(summary.unchanged)) == ([], [], 3)
    hand_in(marked, "bob", q1=workshop.ANSWERS["q1"])
    assert grade(marked)[0].graded == ["bob"]
    assert len(grade(marked, force=True)[0].graded) == 3
    assert scores(marked) == {"ada": 10, "bob": 2, "Zoë Müller": 3}


def test_a_new_mark_keeps_what_a_person_gave(marked):
    grade(marked)
    with gradebook.opened(marked.gradebook) as book:
        book.find_grade("q1-check", workshop.NAME, workshop.NAME, "bob").manual_score = 1.5
        book.db.commit()
    grade(marked, force=True)
    rows = scores(marked)
    assert rows["bob"] == 1.5


def test_two_jobs_give_the_same_marks(marked):
    summary, _ = grade(marked, jobs=2)
    assert len(summary.graded) == 3
    assert scores(marked) == {"ada": 10, "bob": 0, "Zoë Müller": 3}


def test_a_class_of_all_sorts(marked, tmp_path):
    """Broken and hostile files cost their senders alone, and the rest goes on."""
    folder = marked.root / "submitted"

    def plant(student, body=None):
        target = folder / student / workshop.NAME
        target.mkdir(parents=True)
        path = target / f"{workshop.NAME}.ipynb"
        if body is not None:
            path.write_bytes(body)
        return path

    plant("empty", b"")
    plant("text", b"not a notebook")
    plant("binary", bytes(range(256)) * 10)
    plant("deep", b'{"cells":' * 10000)
    plant("twice", b'{"nbformat": 4, "cells": [], "cells": []}')
    plant("nan", b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": NaN}]}')
    plant("huge", b"[" + b" " * (9 << 20) + b"]")
    plant("number", b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}')
    for student, body in bombs().items():
        plant(student, body)
    plant("nothing")
    plant("linked").symlink_to(folder / "ada" / workshop.NAME / f"{workshop.NAME}.ipynb")
    hard = plant("hard")
    hard.hardlink_to(folder / "ada" / workshop.NAME / f"{workshop.NAME}.ipynb")
    import os

    os.mkfifo(plant("fifo"))
    (folder / "folderlink").mkdir()
    (folder / "folderlink" / workshop.NAME).symlink_to(folder / "ada" / workshop.NAME)
    (folder / "person").symlink_to(folder / "ada")
    (folder / ".hidden" / workshop.NAME).mkdir(parents=True)
    (folder / "glob*").mkdir()
    (folder / "glob*" / workshop.NAME).mkdir()
    path = hand_in(marked, "files", **workshop.ANSWERS)
    (path.parent / "sitecustomize.py").write_text("raise SystemExit")
    (path.parent / "pandas.py").write_text("raise SystemExit")
    (path.parent / "loop").symlink_to(path.parent)
    summary, _ = grade(marked)
    rows = scores(marked)
    zero = [
        "empty",
        "text",
        "binary",
        "deep",
        "twice",
        "nan",
        "huge",
        "number",
        "nothing",
        "linked",
        "hard",
        "fifo",
        *bombs(),
    ]
    assert {student: rows[student] for student in zero} == dict.fromkeys(zero, 0)
    assert (rows["folderlink"], rows["person"], rows["files"]) == (0, 0, 10)
    assert (rows["bob"], rows["Zoë Müller"]) == (0, 3)
    named = {trouble.split(":")[0] for trouble in summary.troubles}
    can_be_read = {"keys", "long"}
    assert named == {"'.hidden'", "'glob*'", "folderlink", "person", *zero} - can_be_read
    record = records.read(marked, workshop.NAME, "files")
    assert "loop, pandas.py, sitecustomize.py" in " ".join(record.remarks)
    # a hard link costs whoever made it, and nobody else
    assert (rows["ada"], "hard link" in " ".join(records.read(marked, workshop.NAME, "ada").remarks)) == (
        10,
        True,
    )


def zipped(body):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{workshop.NAME}.ipynb", body)
    return file.getvalue()


@functools.cache
def bombs():
    """Files that are small, or allowed, and would grow: what is packed, beyond what a notebook may have."""
    start = b'{"nbformat": 4, "cells": ['
    return {
        "zip": zipped(b"0" * (65 << 20)),
        "gzip": gzip.compress(start + b"]}" + b" " * (64 << 20)),
        "parts": start + b"{}," * 2_000_000 + b"{}]}",
        "cells": start + b'{"cell_type": "raw"},' * 1000 + b"{}]}",
        "digits": start + b'], "n": ' + b"9" * 1_000_000 + b"}",
        "long": start + b'{"source": "' + b"x" * 200_000 + b'"}]}',
        "keys": json.dumps({"nbformat": 4, "cells": [], **{str(n): n for n in range(300_000)}}).encode(),
    }


def test_folders_that_look_like_others(marked):
    """Planted databases, results, times and names: nothing of a submission is taken for the course's own."""
    before = {"ada": 10, "bob": 0, "Zoë Müller": 3}
    path = hand_in(marked, "eve", q1=workshop.ANSWERS["q1"])
    shutil.copy(marked.gradebook, path.parent / "gradebook.db")
    for name in ("autograded", "feedback", "release", "source", "checks", f"{workshop.NAME}_files"):
        (path.parent / name).mkdir()
        (path.parent / name / f"{workshop.NAME}.ipynb").write_text("{}")
    (path.parent / "nbgrader_config.py").write_text("raise SystemExit")
    (path.parent / "timestamp.txt").symlink_to(marked.root / "nbgrader_config.py")
    decomposed = unicodedata.normalize("NFD", "Zoë Müller")
    for name in (decomposed, "new\nline", " ada", "ada ", "a" * 90 + "é" * 10, "tab\t", "\u202eada"):
        hand_in(marked, name, **workshop.ANSWERS)
    summary, lines = grade(marked)
    assert scores(marked) == before | {"eve": 2}
    assert len(summary.troubles) == 7
    twins = [trouble for trouble in summary.troubles if "no student can have this id" not in trouble]
    assert len(twins) == 1 and twins[0].startswith(f"{decomposed!r}: a second folder of this student")
    assert not any(character in "".join(lines + summary.troubles) for character in "\n\t\u202e")
    written = marked.root / "autograded" / "eve" / workshop.NAME
    assert [path.name for path in written.iterdir()] == [f"{workshop.NAME}.ipynb"]


def test_cells_that_share_an_id(marked):
    """Ids that stand twice, or that belong to others, cost nobody anything: each answer is found."""
    notebook = workshop.fill(released(marked), **workshop.ANSWERS)
    for cell in notebook["cells"]:
        cell["id"] = "q1-check"
    notebook["cells"][2]["id"] = {"not": "a text"}
    notebook["cells"][3]["metadata"]["nbgrader"]["grade_id"] = ["q1"]
    notebook["cells"] += [
        workshop.cell("code", "q2", "border_shares = 1"),
        workshop.cell("code", "added-1", "x"),
    ]
    workshop.write(marked.root / "submitted" / "eve" / workshop.NAME, notebook)
    summary, _ = grade(marked)
    assert summary.troubles == []
    assert scores(marked) == {"ada": 10, "bob": 0, "Zoë Müller": 3, "eve": 10}


def test_a_gradebook_that_is_locked_half_way(marked, monkeypatch):
    """What could not be written is named, nothing is half written, and a second run completes it."""
    monkeypatch.setattr(gradebook, "WAIT", 1)
    with contextlib.closing(sqlite3.connect(marked.gradebook, isolation_level=None)) as other:

        def lock_at_first(line):
            if line.startswith("[1/3]"):
                other.execute("BEGIN EXCLUSIVE")

        summary = batch.grade(marked, "ex90", limits=workshop.LIMITS, say=lock_at_first)
        other.execute("ROLLBACK")
    assert summary.graded == ["Zoë Müller"]
    assert [trouble.split(":")[0] for trouble in summary.troubles] == ["ada", "bob"]
    assert all("locked" in trouble for trouble in summary.troubles), summary.troubles
    again, _ = grade(marked)
    assert (again.graded, again.unchanged, again.troubles) == (["ada", "bob"], ["Zoë Müller"], [])
    assert scores(marked) == {"ada": 10, "bob": 0, "Zoë Müller": 3}


def on_a_small_disk(course, largest):
    """Grade on a disk that takes no file larger than so many bytes; return the command's status and words."""

    def shrunk():
        workers.Sandbox = Sandbox  # its own: `one_server` is for runs in the process of the tests
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        return cli.main(["grade", "ex90", "--course", str(course.root), "--secret", str(course.secret)])

    said = course.root.parent / "said.txt"
    return workshop.ended(workshop.forked(shrunk, said)), said.read_text()


def test_a_full_disk(marked, monkeypatch):
    """Whoever does not fit is named, the rest goes on, and the gradebook is whole."""
    long_winded = [workshop.cell("markdown", f"note-{n}", "much to say " * 6000) for n in range(8)]
    notebook = workshop.fill(released(marked), **workshop.ANSWERS)
    notebook["cells"] += long_winded
    workshop.write(marked.root / "submitted" / "cyn" / workshop.NAME, notebook)
    room = max(marked.gradebook.stat().st_size * 2, 400_000)
    assert room < sum(len(cell["source"]) for cell in long_winded)
    status, said = on_a_small_disk(marked, room)
    assert status == 1
    assert "cyn: " in said
    assert "Traceback" not in said
    rows = scores(marked)
    assert {s: rows.get(s) for s in ("ada", "bob", "Zoë Müller")} == {"ada": 10, "bob": 0, "Zoë Müller": 3}
    kept = marked.gradebook.read_bytes()
    hand_in(marked, "bob", q1=workshop.ANSWERS["q1"])
    status, said = on_a_small_disk(marked, len(kept) // 2)
    assert status == 1
    assert "disk full" in said
    assert marked.gradebook.read_bytes() == kept
    assert not list((marked.root / "backups").glob("*.part"))
    assert grade(marked)[0].troubles == []
    assert scores(marked) == {"ada": 10, "bob": 2, "Zoë Müller": 3, "cyn": 10}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1 << 20))
    with pytest.raises(CourseError, match="disk is full"):
        grade(marked, force=True)


def test_forged_structure_changes_nothing(marked):
    notebook = workshop.fill(released(marked), **workshop.ANSWERS)
    by_id = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]}
    by_id["q1-check"]["metadata"]["nbgrader"]["points"] = 1000
    by_id["q1"]["metadata"]["nbgrader"] |= {"grade": True, "points": 50}
    by_id["q2-check"]["source"] = "99"
    by_id["q2-check"]["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1}
    ]
    by_id["q3"]["metadata"] = {}
    by_id["setup"]["source"] = "given = {'factor': 0}"
    by_id["q2"]["cell_type"] = "markdown"
    notebook["cells"].append(json.loads(json.dumps(by_id["q2"])))
    notebook["cells"].remove(by_id["q3-check"])
    notebook["cells"].reverse()
    notebook["cells"].sort(key=lambda cell: cell is by_id["q2"])
    notebook["metadata"] = {
        "kernelspec": {"name": "evil", "display_name": "evil"},
        "nbgrader": {"points": 99},
    }
    workshop.write(marked.root / "submitted" / "eve" / workshop.NAME, notebook)
    grade(marked)
    rows = {row["student"]: row for row in gradebook.marks(marked.gradebook, workshop.NAME)}
    assert rows["eve"]["max_score"] == 10
    assert rows["eve"]["score"] <= 10
    remarks = " ".join(records.read(marked, workshop.NAME, "eve").remarks)
    for word in (
        "points",
        "locked cell setup",
        "output of its own",
        "markdown",
        "2 times",
        "missing",
        "another order",
    ):
        assert word in remarks, word
    assert {s: rows[s]["score"] for s in ("ada", "bob")} == {"ada": 10, "bob": 0}


PLAIN = "https://example.org/"


@pytest.mark.parametrize(
    "prose",
    [
        "<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)>",
        "[a](javascript:alert(1)) [b](javascript&#58;alert(1)) [c](javascript\\:alert(1)) [d](java&Tab;script:a)",  # noqa: E501
        "[e]: javascript:alert(1)\n\n[e] [f][e] [g][]\n\n[g]: https://example.org/track",
        "![h](https://example.org/pixel.png) ![i](data:image/svg+xml;base64,PHN2Zz4=) <https://example.org/>",
        '<a href="javascript:alert(1)">j</a> &lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;script&amp;gt;',
        "``<b>`` `</code><script>alert(1)</script>` ```\n</pre><iframe srcdoc=x>\n```",
        "<!-- --!><script>alert(1)</script> <![CDATA[<script>alert(1)</script>]]> <?php <script>",
    ],
)
def test_prose_that_a_browser_would_obey(prose):
    """What formgrader shows of a student's prose holds no element that runs, loads or leads elsewhere."""
    from nbconvert.filters import markdown2html

    class Elements(HTMLParser):
        def handle_starttag(self, tag, attributes):
            # a bare address becomes a link; nothing else does
            assert tag in ("p", "em", "code", "pre", "br", "div", "span", "a"), tag
            assert all(name == "class" or (tag, value[:20]) == ("a", PLAIN) for name, value in attributes)

    Elements().feed(markdown2html(rebuilding.harmless(prose)))


def test_late_work_pays_what_the_course_says(course):
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    with gradebook.opened(course.gradebook) as book:
        book.update_or_create_assignment(workshop.NAME, duedate="2022-09-14 12:00:00 UTC")
    for student, time in (
        ("early", "2022-09-14 11:00:00 UTC"),
        ("late", "2022-09-15 12:00:00 UTC"),
        ("odd", "soon"),
    ):
        path = hand_in(course, student, **workshop.ANSWERS)
        (path.parent / "timestamp.txt").write_text(time)
    summary, _ = grade(course)
    rows = {row["student"]: row for row in gradebook.marks(course.gradebook, workshop.NAME)}
    assert (rows["early"]["late_penalty"], rows["late"]["late_penalty"]) == (0, 10)
    assert summary.troubles == ["odd: timestamp.txt holds no time; no late penalty was worked out."]


def test_every_trouble_has_its_sentence(course):
    with pytest.raises(CourseError, match="Nothing was handed in"):
        grade(course)
    hand_in(course, "ada", **workshop.ANSWERS)
    summary, _ = grade(course, students=["ada", "nobody"])
    assert summary.troubles == ["nobody: nothing was handed in for ex90_test."]
    with pytest.raises(CourseError, match=r'No set "ex9"'):
        batch.grade(course, "ex9")
    (course.root / "roster.csv").write_text("id\nbob\n")
    with gradebook.opened(course.gradebook) as book:
        book.remove_student("ada")
    assert "not on the roster" in grade(course, force=True)[0].troubles[0]


def test_a_gradebook_that_cannot_be_used(course):
    hand_in(course, "ada", **workshop.ANSWERS)
    with sqlite3.connect(course.gradebook, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(CourseError, match="locked"):
            grade(course)
        other.execute("ROLLBACK")
    kept = course.gradebook.read_bytes()
    course.gradebook.write_bytes(b"SQLite format 3\0" + bytes(5000))
    with pytest.raises(CourseError, match=r"damaged|cannot be used"):
        grade(course)
    course.gradebook.write_bytes(kept)
    course.gradebook.rename(course.root / "elsewhere")
    with pytest.raises(CourseError, match="no gradebook"):
        grade(course)


def test_the_gradebook_is_saved_aside_before_each_write(marked):
    for question in ("q1", "q2", "q3"):
        hand_in(marked, "bob", **{question: workshop.ANSWERS[question]})
        grade(marked)
    copies = sorted((marked.root / "backups").glob("*.db"))
    assert len(copies) >= 3
    with sqlite3.connect(copies[-1]) as copy:
        assert copy.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (3,)


def test_a_clock_that_was_wrong_takes_no_copy_away(marked):
    """Twenty copies dated in the future, by a clock that was put right since: each new one stays."""
    folder = marked.root / "backups"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for n in range(gradebook.KEPT):
        (folder / f"gradebook-{n + 1:05}-20990101-000000-{n:06}.db").write_bytes(b"later")
    (folder / "gradebook-20980101-000000-000000.db").write_bytes(b"by an earlier version, without a number")
    (folder / "gradebook-before-the-exam.db").write_bytes(b"somebody's own")
    made = []
    for n in range(3):
        with sqlite3.connect(marked.gradebook) as book:
            book.execute(f"CREATE TABLE something_{n} (id)")
        made.append(gradebook.backup(marked.gradebook))
    assert [path.name.split("-")[1] for path in made] == ["00021", "00022", "00023"]
    assert gradebook.backup(marked.gradebook) == made[-1]  # nothing has changed since
    kept = sorted(path.name for path in folder.iterdir())
    assert kept[-1] == "gradebook-before-the-exam.db"
    assert [int(name.split("-")[1]) for name in kept[:-1]] == list(range(4, 24))
