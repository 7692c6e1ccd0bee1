"""Each command that students or teachers read on a page runs with what that page installs."""

import re
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from samarkand import cli

ROOT = Path(__file__).resolve().parents[2]
#: Every page that somebody may read: what Git knows, so that a new page needs no list.
PAGES = [
    ROOT / name
    for name in subprocess.run(
        [
            "git",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.md",
            "*.html",
            "*.tmpl",
            "*.ipynb",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
]
#: Why a verb is not run here.
OF_A_CLASS = "needs nbgrader, a gradebook and submissions: tests/grading runs it in a class of its own"
#: Of a verb that writes into the checkout.
OF_AN_AUTHOR = "changes the checkout: run on a copy of it by"
#: By command, as a pattern of its words after ``samarkand``: why it is not run here.
NOT_RUN = {
    r"site\b.*": "needs Sphinx, which the page says how to get: tests/browser runs it",
    r"start\b.*": "opens JupyterLab until it is stopped: test_first_start.py runs it",
    r"hub\b.*": "serves until it is stopped, with what requirements-hub.lock holds: test_hub.py runs it",
    r"class\b.*": "needs a hub or a file of guesses: tests/grading/test_class_view.py has both",
    r"(collect|due|excuse|explain|extend|feedback|forget|grade)\b.*": OF_A_CLASS,
    r"(marks?|regrade|release|restore)\b.*": OF_A_CLASS,
    r"new (before-after|question)\b.*": OF_A_CLASS,
    r"(build|renew)\b.*": f"{OF_AN_AUTHOR} tests/notebooks/test_contributing.py and test_checked.py",
    r"new (exercise|explorer|lesson|map)\b.*": f"{OF_AN_AUTHOR} tests/notebooks/test_contributing.py",
    r"data check\b.*": "needs what start.py test installs, as it says: tests/data/test_tables_check.py",
    r"setup\b.*": "fetches nbgrader: tests/start/test_start.py sees that start.py hands it on",
    r"test\b.*": "runs tests itself: tests/package/test_changes.py asks it what it would run",
    r"slides .*--own mine.md": "needs a file of the teacher's: tests/notebooks/test_guides.py has one",
    r"bring FILE.zip": "needs work that was taken elsewhere: tests/package/test_work_zip.py has some",
    r"sandbox\b.*": "is started by grade --run-on: tests/grading/test_run_on.py runs it",
    r"--version": "prints the version and ends",
    r"(VERB|check|new|slides|take)?": "is the command's name and not a command",
}
#: By command: its arguments, where a page leaves a gap.
GAPS = {
    "log FILE": "log mine.csv",
    "lessons": "lessons there",
    "lessons DIR": "lessons there",
    "lessons FOLDER": "lessons there",
    "pages": "pages --out pages",
}
LESSONS = sorted(path.stem[:2] for path in (ROOT / "notebooks").glob("*.ipynb"))[1:-1]


def find_commands(path: Path) -> set[str]:
    """Return what follows ``samarkand`` in each command on a page."""
    text = re.sub(r"\\\n\s*", "", path.read_text(encoding="utf-8"))
    code = [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        code += block.splitlines()
    code += re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    found = set()
    for line in code:
        for part in line.split("&&"):
            words = part.partition("#")[0].strip()
            command = re.match(r"(?:\S*bin[/\\]+)?(?:\S*python3? -m )?samarkand(?: (.*))?$", words)
            # What start.py does not know itself it hands on, once the course is set up.
            command = command or re.match(r"(?:python3?|py) start\.py (?!test\b|-)(.*)$", words)
            if command:
                found.add((command[1] or "").partition(" >")[0].strip())
    return found


COMMANDS = sorted(set().union(*(find_commands(path) for path in PAGES)))
RUN = [one for one in COMMANDS if not any(re.fullmatch(pattern, one) for pattern in NOT_RUN)]
#: What is said for one lesson is run for every lesson that is taught.
EACH = [f"{kind} {number}" for kind in ("slides", "sheet") for number in LESSONS]


def only_of_lock() -> str:
    """Return code that hides from Python whatever ``requirements.lock`` does not have."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = re.findall(r"^[a-zA-Z0-9].*?(?= \\$|$)", text, re.MULTILINE)
    locked = {canonicalize_name(Requirement(line).name) for line in lines}
    locked |= {"samarkand", "samarkand-grading"}
    hidden = []
    for module, names in metadata.packages_distributions().items():
        if not {canonicalize_name(name) for name in names} & locked:
            hidden.append(module)
    assert "vl_convert" in hidden and "pandas" not in hidden
    return f"import sys; sys.modules.update(dict.fromkeys({hidden!r}))"


@pytest.fixture(scope="module")
def hiding() -> str:
    return only_of_lock()


def test_the_pages_name_commands() -> None:
    assert {"slides 03", "sheet 03", "pages --out pages", "check ex03", "take FILE.zip", "fresh 03"} <= set(
        RUN
    )
    assert {ROOT / name for name in ("docs/promises.md", "CONTRIBUTING.md", "docs/teaching/06.md")} <= {
        *PAGES
    }
    assert len(COMMANDS) > 30


@pytest.mark.parametrize("command", sorted({*RUN, *EACH}))
def test_a_command_of_a_page_runs_with_what_start_installs(
    command: str, hiding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / "my_work"))
    monkeypatch.setenv("HOME", str(tmp_path))
    words = [part.strip("\"'") for part in GAPS.get(command, command).split()]
    code = f"{hiding}\nfrom samarkand import cli\nsys.exit(cli.main({words!r}))"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "is missing" not in ran.stderr and "Traceback" not in ran.stderr, ran.stderr

    assert ran.returncode == 0, ran.stderr


def test_what_is_not_run_is_still_on_a_page() -> None:
    for pattern in NOT_RUN:
        assert any(re.fullmatch(pattern, command) for command in COMMANDS), pattern


#: What a page writes of a verb alone, or with a gap.
BARE = {"", "VERB", "build", "check", "forget", "grade", "hub", "new", "release", "renew"} | {
    *("new lesson", "restore", "take", "site", "slides", "start", "test"),
}


@pytest.mark.parametrize("command", sorted({*COMMANDS} - {*RUN, "--version"} - BARE))
def test_what_is_not_run_here_is_at_least_understood(command: str) -> None:
    """A page of commands that a class needs is copied line by line: each has its verb and its options."""
    parser, _ = cli.parser()
    options, others = parser.parse_known_args(shlex.split(command.replace("hub ...", "hub --students 2")))
    assert options.run
    assert "others" in options or others == [], "what only JupyterLab or JupyterHub takes is handed on"


def test_each_verb_says_of_itself_what_no_other_does() -> None:
    """``samarkand slides --help`` is read by somebody who asks for slides, and not for a sheet."""
    _, verbs = cli.parser()
    said: dict[str, list[str]] = {}
    for name, verb in verbs.items():
        said.setdefault(verb.description or "", []).append(name)
        kinds = getattr(verb.get_default("group"), "choices", {})
        for kind, one in kinds.items():
            said.setdefault(one.description or "", []).append(f"{name} {kind}")
    assert [names for words, names in said.items() if len(names) > 1 or not words] == []


def test_a_students_copy_knows_each_verb_that_it_does_not_have() -> None:
    _, verbs = cli.parser()
    here = {
        name
        for name, verb in verbs.items()
        if getattr(verb.get_default("run"), "__module__", "") == cli.__name__
    }
    assert set(verbs) - here == cli.ELSEWHERE
