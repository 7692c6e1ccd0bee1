"""A warm kernel is a stock kernel to whoever looks, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from nbformat import NotebookNode, read, write
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools import suite
from tools.warm_kernel import __main__, server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WARM = ["-m", "tools.warm_kernel"]
SENTENCE = "No warm kernels here, every kernel is a stock one: they need Linux.\n"


@pytest.fixture(scope="session")
def forks(need: Callable[[object, str], None]) -> None:
    need(sys.platform == "linux", "Warm kernels need Linux.")


def start(arguments: list[str], *, path: str = "", **options: Any) -> subprocess.Popen[str]:
    """Start this Python in the course's folder, as a maintainer would."""
    # A worker of pytest-xdist has variables that would make its own pytest a worker too, and the suite may
    # have warm kernels itself.
    unwanted = ("PYTEST_", "PYTHONPATH", "WARM_KERNEL", "JUPYTER_DEFAULT_PROVISIONER_NAME")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    environment |= {"PYTHONPATH": path} if path else {}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, text=True, **pipes)


def by_kind(arguments: Callable[[str], list[str]]) -> dict[str, tuple[int, str, str]]:
    """Run the same with stock and with warm kernels, at once; return status, output and errors of each."""
    kinds = {"stock": [*WARM, "--stock"], "warm": WARM}
    running = {kind: start([*how, *arguments(kind)]) for kind, how in kinds.items()}
    said = {kind: process.communicate(timeout=300) for kind, process in running.items()}
    return {kind: (running[kind].returncode, *said[kind]) for kind in kinds}


@pytest.fixture(scope="session")
def seen(forks: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return what a client sees of each kind of kernel, and what is written to its terminal."""
    folder = tmp_path_factory.mktemp("kernels")
    folders = {"stock": folder / "stock" / "same", "warm": folder / "warm" / "same"}
    for path in folders.values():
        path.mkdir(parents=True)
    ran = by_kind(lambda kind: [str(HERE / "client.py"), str(folders[kind])])
    for status, _, errors in ran.values():
        assert status == 0, errors
    # Each kind has a folder of its own, and that alone tells their paths apart.
    said = {kind: [text.replace(str(folders[kind]), "/folder") for text in ran[kind][1:]] for kind in ran}
    return {kind: json.loads(output) | {"errors": errors} for kind, (output, errors) in said.items()}


def test_what_is_decided_at_the_start_is_equal(seen: dict[str, dict[str, Any]]) -> None:
    stock, warm = (seen[kind]["settings"] for kind in ("stock", "warm"))
    assert stock["pandas display.max_columns"] == "20"
    assert stock.keys() == warm.keys()
    assert {name: (stock[name], warm[name]) for name in stock if stock[name] != warm[name]} == {}


def test_directory_and_environment_are_the_clients(seen: dict[str, dict[str, Any]]) -> None:
    settings = seen["warm"]["settings"]
    assert settings["directory"] == settings["temporary files"] == "/folder"
    assert settings["environment"]["OF_THE_CLIENT"] == "yes"
    assert settings["time zone"] != list(time.tzname)
    assert not {"WARM_KERNEL", "JUPYTER_DEFAULT_PROVISIONER_NAME"} & settings["environment"].keys()


def test_interrupt_restart_shutdown_death_and_kill_are_equal(seen: dict[str, dict[str, Any]]) -> None:
    assert (seen["stock"]["warm"], seen["warm"]["warm"]) == ("False\n", "True\n")
    expected = {
        "own process": True,
        "interrupted": "KeyboardInterrupt",
        "after it": "pipe\n",
        "restarted": ["NameError", True],
        "shut down": 0,
        "died": [3, False],
        "killed": -signal.SIGKILL,
    }
    for kind in ("stock", "warm"):
        assert {name: seen[kind][name] for name in expected} == expected, kind


def test_no_port_is_chosen_that_another_could_take_before_the_kernel(seen: dict[str, dict[str, Any]]) -> None:
    assert {kind: seen[kind]["reached by"] for kind in seen} == {"stock": "ipc", "warm": "ipc"}


def test_two_kernels_draw_different_numbers_and_names(seen: dict[str, dict[str, Any]]) -> None:
    one, two = (line.strip("[]\n").split(", ") for line in seen["warm"]["draws"])
    assert len(one) == len(two) == 7
    assert not set(one) & set(two)


def test_the_course_itself_is_imported_afresh(seen: dict[str, dict[str, Any]]) -> None:
    """A start-up file of the environment may import it, in each kernel; the warm process never does."""
    assert seen["warm"]["settings"]["samarkand"] == seen["stock"]["settings"]["samarkand"]
    assert not [name for name in server.WARM if name.startswith("samarkand")]


def test_what_a_fork_cannot_give_is_given_by_a_stock_kernel(seen: dict[str, dict[str, Any]]) -> None:
    for name in ("hash", "hidden"):
        assert seen["stock"][name] == seen["warm"][name], name
    assert seen["warm"]["hidden"] == "a file of the folder\n"
    because = re.findall(r"A stock kernel instead of a warm one: (.*)\.\n", seen["warm"]["errors"])
    assert because == [
        "PYTHONHASHSEED is not what it was when the warm process began",
        "/folder/hiding holds a folium of its own",
    ]


LOOK = "import sys; print(sys.ran_first, 'server.py' in open('/proc/self/cmdline').read())"
ASK = """
import sys
from client import Client
for folder in sys.argv[2:]:
    kernel = Client(folder, PYTHONPATH=folder)
    print(kernel.run(sys.argv[1]), end="")
    kernel.end()
"""


def test_what_python_runs_first_has_run_in_a_warm_kernel_too(forks: None, tmp_path: Path) -> None:
    """The browser's JupyterLab watches each Python of it in this way (`tools/lab/watch`)."""
    for name in ("ours", "another"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sitecustomize.py").write_text(f"import sys; sys.ran_first = {name!r}")
    ours, another = str(tmp_path / "ours"), str(tmp_path / "another")
    process = start([*WARM, "-c", ASK, LOOK, ours, another], path=os.pathsep.join([ours, str(HERE)]))
    output, errors = process.communicate(timeout=60)
    assert output == "ours True\nanother False\n", errors
    assert f"its PYTHONPATH lacks the sitecustomize of {ours}" in errors


def cell(source: str, *outputs: NotebookNode) -> NotebookNode:
    return new_code_cell(source, execution_count=1, outputs=list(outputs))


SIX = new_output("execute_result", {"text/plain": "6"}, execution_count=1)
#: Notebooks, by what their kernel does: it goes on after each of the first cells, so that they may share one.
MUTANTS = {
    "lives": [cell("2 * 3", SIX), cell("2 * 4", SIX), cell("2 * 3"), cell("raise ValueError('no')", SIX)],
    "dies": [cell("import os; os._exit(3)", SIX)],
    "hangs": [cell("import time; time.sleep(600)", SIX)],
}


def verdicts(report: Path) -> dict[str, str]:
    """Return what pytest says of each cell, without what differs from run to run."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        parts = [
            f"{part.tag}: {part.get('message')}\n{part.text}" for part in case if part.tag != "system-out"
        ]
        text = re.sub(r"\x1b\[[\d;]*m|#x1B\[[\d;]*m|ipykernel_\d+|0x[0-9a-f]+", "", "\n".join(parts))
        found[f"{case.get('classname')} {case.get('name')}"] = text
    return found


def test_verdicts_on_mutants_are_equal(forks: None, tmp_path: Path) -> None:
    for name, cells in MUTANTS.items():
        for kind in ("stock", "warm"):
            (tmp_path / kind).mkdir(exist_ok=True)
            write(new_notebook(cells=[*cells, cell("1 + 5", SIX)]), tmp_path / kind / f"{name}.ipynb")
    options = ["-c", os.devnull, "-q", "-p", "no:cacheprovider", "--nbval-cell-timeout", "3"]
    ran = by_kind(
        lambda kind: [
            *("-m", "pytest", "--nbval", str(tmp_path / kind), "--rootdir", str(tmp_path / kind)),
            *(*options, "--junitxml", str(tmp_path / f"{kind}.xml")),
        ]
    )
    assert ran["stock"][0] == ran["warm"][0] == 1, ran
    stock, warm = (verdicts(tmp_path / f"{kind}.xml") for kind in ("stock", "warm"))
    assert len(stock) == sum(len(cells) + 1 for cells in MUTANTS.values())
    assert warm == stock
    fine = {name for name, text in stock.items() if not text}
    assert fine == {"lives.ipynb Cell 0", "lives.ipynb Cell 4", "hangs.ipynb Cell 1"}, stock
    # What comes after a kernel's end, or is run when it was interrupted, is not among what has passed.
    for _, output, _ in ran.values():
        assert "5 failed, 2 passed, 1 xfailed, 1 xpassed" in output
    assert {"Timeout of 3 seconds" in stock[f"{name}.ipynb Cell 0"] for name in ("dies", "hangs")} == {
        True
    }, stock


def soon(true: Callable[[], bool]) -> bool:
    """Whether something becomes true within some seconds: a process that is told to end takes a moment."""
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_two_workers_share_one_warm_process_and_a_lesson_is_equal(forks: None, tmp_path: Path) -> None:
    lesson = min((ROOT / "notebooks").glob("*.ipynb"), key=lambda path: path.stat().st_size)
    notebook = read(lesson, 4)
    note = "import os; _ = open(f\"{os.environ['PYTEST_XDIST_WORKER']}.txt\", 'w').write(str(os.getppid()))"
    notebook.cells.append(cell(note))
    write(notebook, tmp_path / "one.ipynb")
    write(new_notebook(cells=[cell(note)]), tmp_path / "two.ipynb")
    cells = 1 + sum(each.cell_type == "code" for each in notebook.cells)
    options = ["-c", os.devnull, "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadscope"]
    process = start([*WARM, "-m", "pytest", "--nbval", str(tmp_path), "--rootdir", str(tmp_path), *options])
    output, errors = process.communicate(timeout=300)
    assert f"{cells} passed" in output, output + errors
    parents = [path.read_text() for path in sorted(tmp_path.glob("gw*.txt"))]
    assert len(parents) == 2
    assert len(set(parents)) == 1
    assert soon(lambda: not running(int(parents[0])))


def running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended(*processes: int) -> bool:
    """Wait until none of these runs; return False if one still does after ten seconds."""
    deadline = time.monotonic() + 10
    while any(map(running, processes)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def victim(forks: None) -> Iterator[subprocess.Popen[str]]:
    process = start([*WARM, str(HERE / "victim.py")], stderr=None)
    yield process
    process.kill()
    process.communicate()


def test_a_killed_client_takes_its_kernels_along(victim: subprocess.Popen[str]) -> None:
    assert victim.stdout
    lines = sorted((list(map(int, victim.stdout.readline().split())) for _ in range(2)), key=len)
    (worker, workers_kernel), (_, first, kernel) = lines
    assert first == victim.pid
    server = parent(kernel)
    assert server == parent(workers_kernel)
    assert parent(server) == first
    os.kill(worker, signal.SIGKILL)
    assert ended(workers_kernel)
    assert running(kernel)
    victim.kill()
    assert ended(kernel, server)


def test_nothing_is_imported_before_a_kernel_is_asked_for(forks: None) -> None:
    code = "import os; print(os.environ['JUPYTER_DEFAULT_PROVISIONER_NAME'], flush=True); input()"
    process = start([*WARM, "-c", code], stdin=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == "warm-kernel\n"
    numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    (server,) = (number for number in numbers if running(number) and parent(number) == process.pid)
    time.sleep(0.2)
    assert "numpy" not in Path(f"/proc/{server}/maps").read_text()
    process.communicate("\n")
    assert process.returncode == 0
    assert ended(server)


def test_elsewhere_it_says_so_and_stays_stock() -> None:
    code = (
        "import runpy, sys; sys.platform = 'elsewhere'; "
        "sys.argv = ['-', '-c', 'import os; print(os.environ.get(\"WARM_KERNEL\")); exit(4)']; "
        "runpy.run_module('tools.warm_kernel', run_name='__main__')"
    )
    process = start(["-c", code])
    assert process.communicate(timeout=60) == ("None\n", SENTENCE)
    assert process.returncode == 4


def test_it_becomes_what_the_suite_asks_for_to_the_word(forks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []

    def become(program: str, command: list[str], environment: dict[str, str]) -> None:
        ours = {"PYTHONPATH", "JUPYTER_DEFAULT_PROVISIONER_NAME"}
        assert {name for name in environment if environment[name] != os.environ.get(name)} <= ours
        became.append([program, *command[1:]])
        raise SystemExit

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(__main__, "start", dict)
    steps = [step for step in suite.STEPS if step.module == "tools.warm_kernel"]
    for step in steps:
        with pytest.raises(SystemExit):
            __main__.main(list(step.options))
    assert [step.name for step in steps] == ["tests", "notebooks"]
    assert became == [[sys.executable, *step.options[step.options[0] == "--stock" :]] for step in steps]


def test_without_a_command_it_says_what_to_write() -> None:
    process = start(WARM)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (2, "")
    assert errors.startswith("usage: python -m tools.warm_kernel")
