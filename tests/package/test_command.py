"""The ``samarkand`` command: its verbs, what it says, and its exit status."""

import re
import sys
from pathlib import Path

import pytest

from samarkand import cli
from tools.author import build, lessons, rules_of_lessons

Patch = pytest.MonkeyPatch
Capture = pytest.CaptureFixture[str]

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("build 00_start_her", 'No lesson "00_start_her". Did you mean "00_start_here"?'),
        ("renew trip indicatorz", 'No table "indicatorz". Did you mean "indicators"?'),
        ("test notebooks/00_start_her.ipynb", "There is no file notebooks/00_start_her.ipynb"),
        ("data check nowhere", "There is nothing to check: nowhere is not a folder"),
        ("check ex03 --notebook nowhere.ipynb", "There is no notebook nowhere.ipynb to check."),
    ],
)
def test_what_is_not_there_gets_a_sentence(command: str, said: str, capsys: Capture) -> None:
    assert cli.main(command.split()) == 1
    told = capsys.readouterr()
    assert told.err.startswith(said) and not told.out


@pytest.mark.parametrize(("command", "module"), [("data check", "frictionless"), ("sheet 03", "mistune")])
def test_what_is_not_installed_gets_a_sentence(
    command: str, module: str, monkeypatch: Patch, capsys: Capture, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    assert cli.main(command.split()) == 1
    assert capsys.readouterr().err.startswith(f"{module} is missing here. python3 start.py")


def test_lessons_are_found_by_number_name_and_path(monkeypatch: Patch) -> None:
    first = lessons.find_lessons()[0]
    here = f"./{first.name}"
    for name in (first.stem[:2], first.stem, first.name, str(first), f"notebooks/{first.name}", here):
        monkeypatch.chdir(first.parent if name == here else ROOT)
        assert lessons.find_lessons([name]) == [first]


def test_pages_name_verbs_options_and_versions_of_python_that_there_are() -> None:
    verbs, text = cli.parser()[1], ""
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("d*/**/*.md"))]:
        text += page.read_text(encoding="utf-8").replace("\\\n", " ")
    called = [one.split() for one in re.findall(r"(?:`|^|/)samarkand ([a-z][^`\n]*)", text, re.MULTILINE)]
    assert len(called) > 100 and {verb for verb, *_ in called} <= verbs.keys()
    for verb, *words in called:
        kinds = getattr(verbs[verb].get_default("group"), "choices", {})
        options = " ".join(one.format_help() for one in (verbs[verb], *kinds.values()))
        # `samarkand hub` hands JupyterHub's own settings on.
        ours = [word for word in words if not word.startswith("--JupyterHub.")]
        assert not [word for word in ours if word[:2] == "--" and word.split("=")[0] not in options], verb
    assert len({*re.findall(r"3\.\d+ to 3\.\d+", text)}) == 1


@pytest.mark.parametrize("command", ["", "bild", "build --chekc", "data"])
def test_what_is_not_understood_ends_with_2(command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(command.split())
    assert ended.value.code == 2


def test_checking_runs_and_writes_nothing(monkeypatch: Patch, capsys: Capture) -> None:
    asked: list[str] = []  # what the rules answer is asked of each lesson in tests/notebooks
    monkeypatch.setattr(
        rules_of_lessons, "find_faults_of_lesson", lambda lesson: asked.append(lesson.name) or []
    )
    monkeypatch.setattr(build, "build_notebook", lambda path, **_: pytest.fail(f"{path} was run"))
    assert cli.main(["build", "--check"]) == 0
    assert asked == [path.stem for path in lessons.find_lessons()]
    assert f"{len(asked)} notebooks are in normal form" in capsys.readouterr().out
