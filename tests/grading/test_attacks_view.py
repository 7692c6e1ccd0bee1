"""What a submission can see of the machine: what stands on a list, and nothing beside it."""

# ruff: noqa: E501 - an attack is quoted as it was written
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import workshop
from test_attacks import A, deserves
from test_batch import grade, hand_in

from samarkand_grading.sandbox import view
from samarkand_grading.sandbox.box import NoSandbox, Sandbox

#: Looks for notebooks of others wherever a folder can be listed or is known by name, and runs what it finds.
COPY = """
import json, os, sys
tops = [f"{top}/share" for top in (sys.prefix, sys.base_prefix, "/usr/local")] + ["/srv", "/home", "/root", "/mnt", "/opt"]
for top in tops:
    for folder, _, names in os.walk(top):
        for name in names:
            if name.endswith(".ipynb"):
                text = open(os.path.join(folder, name)).read()
                for cell in json.loads(text)["cells"] if "os.walk" not in text else ():
                    try: get_ipython().run_cell("".join(cell["source"]))
                    except Exception: pass
"""


@pytest.mark.parametrize("share", [Path(sys.prefix, "share"), Path("/usr/local/share")])
def test_a_classmates_work_beside_the_libraries_is_not_there(share, assessor, canaries, blank, tmp_path):
    """nbgrader's exchange lies by default in a folder that a Python may have for its own too."""
    if not os.access(share, os.W_OK):
        pytest.skip(f"{share} may not be written to")
    with tempfile.TemporaryDirectory(dir=share) as folder:
        Path(folder).chmod(0o755)
        inbound = Path(folder, "nbgrader", "exchange", "samarkand", "inbound", "ada")
        workshop.write(inbound, workshop.fill(blank, **workshop.ANSWERS))
        deserves(A("copies", COPY), assessor, canaries, blank, tmp_path)


#: Everything that can be named from the top, as whoever is under no further lock sees it: places and mounts.
WALK = """
import json, os, sys
found, stack = [], ["/"]
known = set(json.loads(sys.argv[1]))
while stack:
    folder = stack.pop()
    for entry in os.scandir(folder):
        found.append(entry.path)
        if entry.is_dir(follow_symlinks=False) and entry.path not in known: stack.append(entry.path)
mounts = [line.split()[4].encode().decode("unicode_escape") for line in open("/proc/self/mountinfo")]
os.write(1, json.dumps([found, mounts]).encode())
"""


def test_a_walk_of_the_view_finds_the_list_and_nothing_else(sandbox):
    """By root's way or by a user's, whichever runs this."""
    sandbox.start()  # its staging folder is in use
    seen = view.view(sandbox.data)
    command = sandbox._command()
    spec = json.loads(command[-1])
    known = [*seen.shown, *seen.emptied, "/proc", "/dev", "/tmp"]
    spec["after"][-2:] = ["-c", WALK, json.dumps(known)]
    run = subprocess.run([*command[:-1], json.dumps(spec)], capture_output=True, text=True, check=True)
    found, mounts = json.loads(run.stdout)
    places = {*seen.shown, "/proc", "/dev", "/tmp"}
    places |= {str(Path(link).parent.resolve() / Path(link).name) for link in seen.links}
    # A Python below the scratch folder has a test of its own: the walk stops there.
    places = {place for place in places if not place.startswith("/tmp/")}
    on_the_way = {str(parent) for place in places for parent in Path(place).parents}
    assert places <= set(found) <= places | on_the_way
    assert {place for place in mounts if not place.startswith(("/dev", "/proc"))} == {
        "/", "/tmp", *seen.shown, *seen.emptied
    }  # fmt: skip


def test_no_place_on_the_list_holds_more_than_it_says(sandbox):
    """No folder that programs of all kinds share, no home, no settings."""
    seen = view.view(sandbox.data)
    for place in (
        "/",
        "/usr",
        "/usr/local",
        "/usr/share",
        "/usr/bin",
        "/etc",
        "/var",
        "/home",
        sys.prefix,
        sys.base_prefix,
    ):
        assert place not in seen.shown
        assert place not in seen.shown.values()
    for name in ("share", "etc", "man", "include", "src"):
        for prefix in (sys.prefix, sys.base_prefix, "/usr", "/usr/local"):
            assert not any(
                place.startswith(f"{prefix}/{name}/") for place in seen.shown if "zoneinfo" not in place
            )


@pytest.mark.parametrize("what", ["an exchange", "a home", "a mount"])
def test_what_is_in_view_and_should_not_be_is_refused(what, sandbox, course, monkeypatch):
    place = Path(pytest.__file__).parent
    box = Sandbox(sandbox.data, warm=sandbox.warm)
    if what == "an exchange":
        (course.root / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.Exchange.root = {str(place)!r}\n"
        )
        hand_in(course, "ada", **workshop.ANSWERS)
        with pytest.raises(NoSandbox, match=rf"{place} lies in .*, which student code can read\."):
            grade(course)
        return
    if what == "a home":
        monkeypatch.setenv("HOME", str(place))
    else:
        monkeypatch.setattr(view, "_mounts", lambda: [Path("/"), place])
    with pytest.raises(NoSandbox, match=rf"{place} lies in .*, which student code can read\."):
        box.start()


# --- a class that hands in through the exchange, graded by an ordinary user -----------------------------------

#: As root, in mounts of its own: a folder for the exchange where nbgrader has it, then on as nobody.
AS_NOBODY = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0 and libc.mount(b"none", b"/", None, (1 << 18) | (1 << 14), None) == 0
os.makedirs("/usr/local/share", exist_ok=True)
assert libc.mount(b"tmpfs", b"/usr/local/share", b"tmpfs", 0, b"mode=755") == 0
os.makedirs("/usr/local/share/nbgrader/exchange")
for folder in ("/usr/local/share/nbgrader", "/usr/local/share/nbgrader/exchange"): os.chown(folder, 65534, 65534)
os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
os.execv(sys.argv[1], sys.argv[1:])
"""

#: As nobody: two students hand in, the instructor collects and grades.
CLASS = """
import json, os, shutil, sys
from pathlib import Path
sys.path[:0] = json.loads(sys.argv[1])
import workshop
from samarkand_grading.classroom import batch, gradebook
from samarkand_grading.classroom.course import Course
root, copy = Path(sys.argv[2]), sys.argv[3]
course = Course(root, root.parent / "secret")
released = json.loads((root / "release" / workshop.NAME / f"{workshop.NAME}.ipynb").read_text())
inbound = Path("/usr/local/share/nbgrader/exchange/samarkand/inbound")
for student, sources in (("ada", workshop.ANSWERS), ("eve", {"added": copy})):
    folder = inbound / f"{student}+{workshop.NAME}+2022-09-15 12:00:00 UTC+abc"
    workshop.write(folder, workshop.fill(released, **sources))
    (folder / "timestamp.txt").write_text("2022-09-15 12:00:00 UTC")
    shutil.copytree(folder, root / "submitted" / student / workshop.NAME)
batch.grade(course, "ex90", limits=workshop.LIMITS, say=lambda line: None)
marks = {row["student"]: row["score"] for row in gradebook.marks(course.gradebook, workshop.NAME)}
print(json.dumps([os.getuid(), sorted(map(str, inbound.glob("*/*.ipynb"))), marks]))
"""


def others_python() -> str | None:
    """Find a Python of this version that any user can run: root's own may lie in root's home."""
    name = "python{}.{}".format(*sys.version_info)
    for path in filter(None, (shutil.which(name, path="/usr/local/bin:/usr/bin:/opt/bin"), sys.executable)):
        run = subprocess.run(
            [path, "-c", ""],
            user=65534,
            group=65534,
            extra_groups=[],
            cwd="/",
            check=False,
            capture_output=True,
        )
        if run.returncode == 0:
            return path
    return None


def test_a_user_who_grades_through_the_exchange_shows_it_to_nobody(template, need):
    need(
        hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("bwrap"), "only root can become a user"
    )
    try:
        python = others_python()
    except (OSError, PermissionError):
        python = None
    need(python, "there is no Python here that another user may run")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        top = Path(folder)
        subprocess.run([python, "-m", "venv", "--without-pip", top / "python"], check=True)
        (packages,) = (top / "python" / "lib").glob("python3*/site-packages")
        more = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
        (packages / "more.pth").write_text("\n".join(more))
        shutil.copytree(template, top / "course")
        shutil.copy(template.parent / "secret", top)
        for path in (top, *top.rglob("*")):
            os.chown(path, 65534, 65534, follow_symlinks=False)
        roots = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
        command = [top / "python" / "bin" / "python", "-c", CLASS, json.dumps(roots), top / "course", COPY]
        run = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, *map(str, command)],
            env={"PATH": os.environ["PATH"], "HOME": str(top), "LANG": "C.UTF-8"},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stderr[-2000:]
    user, handed_in, marks = json.loads(run.stdout.splitlines()[-1])
    assert user == 65534
    assert len(handed_in) == 2  # they lay there all the time
    assert marks == {"ada": 10, "eve": 0}
