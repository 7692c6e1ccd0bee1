"""The wheel alone, in an environment without a checkout: lessons, tables, maps, server extension."""

import email
import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

import samarkand

ROOT = Path(__file__).resolve().parents[2]
RELEASED = ROOT / "exercises" / "release"


def build(project: Path, folder: Path) -> Path:
    """Build a wheel with what is installed here, without network."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the course's wheel: what a student installs."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a new environment with the wheel; its dependencies are those installed here."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", symlinks=os.name == "posix")
    variables = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    python = Path(sysconfig.get_path("scripts", "venv", variables)) / Path(sys.executable).name
    uv = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    command = [uv, "pip", "install", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(command, check=True, capture_output=True)
    site = Path(sysconfig.get_path("purelib", "venv", variables))
    # Links to all but our own packages, whose .pth files would lead back into this repository.
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "samarkand" not in path.name and not (site / path.name).exists():
            (site / path.name).symlink_to(path)
    return python


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return environment variables without this repository and anybody's Jupyter settings."""
    unwanted = ("PYTHONPATH", "VIRTUAL_ENV", "SAMARKAND_", "JUPYTER", "JPY_", "IPYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"HOME": str(tmp_path / "home"), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}


@pytest.fixture
def run(installed: Path, environment: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    """Return ``run(*arguments)``: run the environment's Python in an empty folder; return what it printed."""

    def run(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [installed, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    return run


def test_a_students_wheel_holds_neither_grader_nor_workshop_nor_solution(wheel: Path, tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [name for name in tracked.splitlines() if (ROOT / name).is_file()]
    course = {name for name in files if name.startswith("samarkand/")}
    given = ("course_data/", "notebooks/", "exercises/release/", "docs/python.md")
    left_out = "course_data/prepare/"
    inside = {f"samarkand/{n}" for n in files if n.startswith(given) and not n.startswith(left_out)}
    assert len(course) > 80 and len(inside) > 60
    placed = {name for name in names if ".data/" in name or ".dist-info/" in name}
    assert names - placed == course | inside
    data = {name.split(".data/data/")[1] for name in names if ".data/" in name}
    own = ("etc/jupyter/jupyter_server_config.d/", "etc/ipython/startup/", "share/jupyter/labextensions/")
    own += ("share/jupyter/nbconvert/templates/samarkand",)
    assert {name for name in data if not name.startswith(own)} == set()
    grader = zipfile.ZipFile(build(ROOT / "packages/grading", tmp_path)).namelist()
    assert {name.split("/")[0] for name in grader if ".dist-info" not in name} == {"samarkand_grading"}
    exercises = {name for name in grader if name.startswith("samarkand_grading/exercises/")}
    read = ("exercises/checks/", "exercises/release/", "exercises/source/")
    assert exercises == {f"samarkand_grading/{name}" for name in files if name.startswith(read)}


@pytest.mark.parametrize("project", [ROOT, ROOT / "packages/grading"], ids=["course", "grader"])
@pytest.mark.parametrize("repository", ["", "https://code.example.edu/course"])
def test_the_package_index_takes_the_wheels_and_each_link_leads_somewhere(
    project: Path, repository: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMARKAND_REPOSITORY", repository)
    monkeypatch.setenv("SAMARKAND_VERSION_TAG", "v1.2.3")
    built = build(project, tmp_path)
    command = [sys.executable, "-m", "twine", "check", "--strict", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(built) as held:
        (name,) = (one for one in held.namelist() if one.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(held.read(name))
    description = str(metadata.get_payload())
    assert len(description) > 1000
    targets = re.findall(r"\]\(([^)\s]+)\)", description)
    assert bool(metadata.get_all("Project-URL")) == bool(repository)
    for target in targets:
        assert target.startswith("https://")
        kind, _, place = target.removeprefix(f"{repository}/").partition("/v1.2.3/")
        if repository and kind in ("blob", "raw"):
            assert (ROOT / unquote(place.partition("#")[0])).exists(), place
    if project == ROOT and repository:
        assert len(targets) > 20
    assert metadata["Version"] == samarkand.__version__
    if project != ROOT:
        assert f"samarkand=={samarkand.__version__}" in metadata.get_all("Requires-Dist")


def test_a_machine_with_the_wheels_grades_for_one_with_a_checkout(wheel: Path, tmp_path: Path) -> None:
    """They have the same versions: samarkand grade --run-on refuses a machine that has others."""
    for one in (wheel, build(ROOT / "packages/grading", tmp_path)):
        zipfile.ZipFile(one).extractall(tmp_path / "installed")
    code = "import json; from samarkand_grading.sandbox import versions as found\n"
    code += "print(json.dumps([found.__file__, found.list_versions()]))"
    said = []
    for place in (tmp_path / "installed", f"{ROOT}{os.pathsep}{ROOT / 'packages/grading'}"):
        environment = os.environ | {"PYTHONPATH": str(place)}
        text = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True, cwd=tmp_path)
        said.append(json.loads(text))
    (one, there), (other, here) = said
    assert one != other and there == here


def test_the_wheels_alone_mark_ones_own_work(
    run: Callable[..., str], installed: Path, wheel: Path, tmp_path: Path
) -> None:
    """From an empty folder: the model solution of each question counts, and a class needs a checkout."""
    built = build(ROOT / "packages/grading", tmp_path / "grader")
    uv = Path(sysconfig.get_path("scripts")) / ("uv.exe" if os.name == "nt" else "uv")
    command = [uv, "pip", "install", "--offline", "--no-deps", "--python", installed, built]
    subprocess.run(command, check=True, capture_output=True)
    try:
        model = ROOT / "exercises" / "source" / "ex03_the_sco" / "ex03_the_sco.ipynb"
        said = run("-m", "samarkand", "check", "ex03", "--notebook", str(model), "--solutions")
        assert said.startswith("ex03_the_sco: 10 of 10 points\n") and "    one way:\n" in said
        said = run("-m", "samarkand", "grade", "ex03", status=1)
        assert said.startswith("This samarkand was installed without the course's folder")
    finally:
        subprocess.run([uv, "pip", "uninstall", "--python", installed, "samarkand-grading"], check=True)


def test_copies_are_handed_out_and_renewed_by_the_wheel_alone(
    run: Callable[..., str], installed: Path, tmp_path: Path
) -> None:
    count = len([*ROOT.glob("notebooks/*.ipynb"), *RELEASED.glob("*/*.ipynb")])
    said = run("-m", "samarkand", "lessons")
    assert said.startswith(f"Your copies of {count} notebooks are in {tmp_path / 'my_work'}: ")
    assert run("-m", "samarkand", "lessons") == "Nothing to do: every copy is there, and of today's course.\n"
    copy = tmp_path / "my_work/lessons/03_the_sco.ipynb"
    copy.write_text("my own", encoding="utf-8")
    assert "Your old one is kept as 03_the_sco.kept.ipynb." in run("-m", "samarkand", "fresh", "03")
    assert copy.with_name("03_the_sco.kept.ipynb").read_text(encoding="utf-8") == "my own"
    run("-m", "samarkand", "lessons", str(tmp_path / "hub"))
    assert (tmp_path / "hub/my_work/sets/ex03_the_sco/ex03_the_sco.ipynb").is_file()
    code = (
        "from samarkand import data, maps\nprint(len(data.load('sco_membership'))); print(maps.sco())\n"
        "import os; from samarkand.common import home; os.chdir('my_work/lessons'); print(home.my_work())\n"
        "os.chdir('../..'); os.mkdir('aside'); os.chdir('aside'); print(home.my_work())"
    )
    rows, sco, *mine = run("-c", code).splitlines()
    assert int(rows) == sum(1 for _ in (ROOT / "course_data" / "sco_membership.csv").open("rb")) - 1
    assert sco.startswith("Map of the SCO, 1996 to ")
    assert mine == [str(tmp_path / "my_work")] * 2


def test_what_the_wheel_lacks_is_said_in_a_sentence(run: Callable[..., str]) -> None:
    for words in (("build", "03"), ("check", "ex03"), ("grade", "ex03"), ("data", "check")):
        said = run("-m", "samarkand", *words, status=1)
        assert said == "This is a student's copy; it cannot mark or build. Ask your instructor.\n"


def test_any_server_of_the_environment_loads_the_extension_that_keeps_stills(run: Callable[..., str]) -> None:
    told = run("-m", "jupyter_server.extension.serverextension", "list")
    assert re.search(r"samarkand\.lab .*enabled", told) and re.search(r"samarkand\.lab .*OK", told)


KERNEL = """import json, sys
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
notebook = new_notebook(cells=[new_code_cell(code) for code in json.loads(sys.argv[2])])
where = {"metadata": {"path": sys.argv[1]}}
NotebookClient(notebook, allow_errors=True, kernel_name="python3", resources=where).execute()
print(json.dumps([cell.outputs for cell in notebook.cells]))"""


def outputs(run: Callable[..., str], folder: Path, *cells: str) -> Any:
    """Run cells in a kernel in a folder; return the outputs of each."""
    return json.loads(run("-c", KERNEL, str(folder), json.dumps(cells)).splitlines()[0])


def test_a_kernel_in_my_work_says_errors_in_words_and_keeps_the_traceback(
    run: Callable[..., str], environment: dict[str, str], tmp_path: Path
) -> None:
    mine = tmp_path / "my_work" / "lessons"
    mine.mkdir(parents=True)
    (mine / "mine.damaged.ipynb").touch()
    environment["JPY_SESSION_NAME"] = "mine.ipynb"
    code = ("0", "\n\nlen(tripp)", "x = (", "assert False", "sorted(dir())")
    (_, news), *shown = outputs(run, mine, *code)
    assert 'beside it: <a href="mine.damaged.ipynb">' in news["data"]["text/html"]
    # Lines are counted as JupyterLab numbers them.
    says = ('Line 3 of this cell: No name "tripp".', "Line 1 of this cell: The cell ends too early")
    for (folded, last), sentence in zip(shown[:2], says, strict=True):
        assert re.search("Traceback|SyntaxError", folded["data"]["text/plain"])
        assert folded["data"]["text/html"].startswith("<details><summary>Full error message")
        error, told = last["traceback"]
        assert error.startswith(f"{last['ename']}: {last['evalue'].partition(' (')[0]}")
        assert ".py" not in error, "no file that a student has never seen"
        assert told.startswith(sentence)
    assert [one["output_type"] for one in shown[2]] == ["error"], "nothing to add: as IPython shows it"
    names = shown[3][0]["data"]["text/plain"]
    assert "samarkand" not in names and "errors" not in names, "no name comes into the notebook"


def test_an_empty_notebook_draws_a_chart_without_a_network(run: Callable[..., str], tmp_path: Path) -> None:
    lines = (
        "import altair as alt",
        "alt.Chart({'values': [{'a': 1}]}, title='One bar').mark_bar().encode(x='a:Q')",
    )
    _, (chart,) = outputs(run, tmp_path, *lines)
    assert chart["data"]["text/plain"] == "Chart: One bar"
    assert chart["data"]["application/vnd.vegalite.v5+json"]["mark"] == {"type": "bar"}
    assert not {"text/html", "application/vnd.vegalite.v6.json"} & set(chart["data"])


def test_a_renderer_that_somebody_has_chosen_stays(run: Callable[..., str], tmp_path: Path) -> None:
    choose = "import altair as alt; _ = alt.renderers.enable('json')"
    *_, (chart,) = outputs(run, tmp_path, choose, "alt.renderers.active")
    assert chart["data"]["text/plain"] == "'json'"


def test_a_kernel_of_another_project_is_left_alone_until_it_uses_the_course(
    run: Callable[..., str], tmp_path: Path
) -> None:
    code = ("len(tripp)", "from samarkand import data; data.load", "len(tripp)")
    (before,), _, after = outputs(run, tmp_path, *code)
    assert before["output_type"] == "error" and len(before["traceback"]) > 2
    assert [one["output_type"] for one in after] == ["display_data", "error"]
