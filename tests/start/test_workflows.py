"""What no Python reads: workflows, installs, addresses and versions that stand in several files."""

import json
import re
import shlex
import subprocess
import sysconfig
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

import samarkand
from samarkand_grading.classroom.hub import class_list
from tools.site import lite

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(ROOT.glob(".github/workflows/*.yml"))
}
JOBS = [(file, name) for file, flow in WORKFLOWS.items() for name in flow["jobs"]]
#: Files in which something is installed or fetched; a line that ends in a backslash goes on.
RECIPES = [
    *sorted(ROOT.glob(".github/workflows/*.yml")),
    *(ROOT / name for name in (".ci/run", ".ci/fetch_numpy_for_the_page", "deploy/Containerfile")),
    ROOT / ".ci/run_lessons_with_the_oldest",
    *(ROOT / name for name in (".binder/postBuild", "deploy/README.md", "docs/instructor.md", "README.md")),
]
#: Debian's packages in each workflow and image: one that is new here is a decision, not an accident.
FROM_DEBIAN = {
    "ci.yml": {"git", "ca-certificates", "bzip2", "curl", "firefox-esr", "munge", "openssh-client"}
    | {"openssh-server", "slurm-wlm", "webkit2gtk-driver", "xvfb"},
    "Containerfile": {"python3-pip", "npm", "bubblewrap", "libseccomp2", "nodejs"},
}
#: Machines that workflows, images and pages for administrators may name, without those that examples invent.
MACHINES = {"github.com", "hub.jupyter.org", "docker.io"}
#: What fetches and runs a program that nothing holds to a hash, besides pip and npm install.
UNHELD = re.compile(
    r"\b(npx|npm exec|yarn|pnpm|uvx|pipx|uv (tool|run|add)|easy_install|(gem|cargo|go) install|go run"
    r"|(conda|mamba|brew) install|(docker|podman) pull|docker run)\b|\|\s*(sudo )?(ba|da|z)?sh\b"
)


def job_of(file: str, name: str) -> dict[str, Any]:
    return WORKFLOWS[file]["jobs"][name]


def list_uses(job: dict[str, Any]) -> list[str]:
    return [step["uses"] for step in job["steps"] if "uses" in step]


def read_commands(path: Path) -> list[str]:
    """Return the lines of a file, those that go on joined, without comments."""
    text = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    return [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]


def test_no_package_of_debian_comes_in_unnoticed() -> None:
    found: dict[str, set[str]] = {}
    for path in RECIPES:
        if path.suffix == ".md" or path == ROOT / ".ci/run":  # whose packages are a list of its own
            continue
        for command in read_commands(path):
            for words in re.findall(r"\bapt(?:-get)?\b[^&|;>]*?\binstall\b([^&|;>]*)", command):
                packages = {word for word in words.split() if not word.startswith("-")}
                found.setdefault(path.name, set()).update(packages)
    assert found == FROM_DEBIAN


@pytest.mark.parametrize(("file", "name"), JOBS)
def test_each_action_is_pinned_by_a_commit_with_its_version_beside_it(file: str, name: str) -> None:
    text = (ROOT / ".github" / "workflows" / file).read_text(encoding="utf-8")
    for used in list_uses(job_of(file, name)):
        action, _, commit = used.partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit), used
        assert re.search(rf"{re.escape(used)}  # v\d+\.\d+\.\d+\n", text), used
        trusted = action.startswith("actions/") or action == "pypa/gh-action-pypi-publish"
        assert trusted, f"{action} is nobody's whom we decided to trust"


def test_one_action_has_one_commit_everywhere() -> None:
    commits: dict[str, set[str]] = {}
    for file, name in JOBS:
        for used in list_uses(job_of(file, name)):
            action, _, commit = used.partition("@")
            commits.setdefault(action, set()).add(commit)
    assert {action: found for action, found in commits.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("file", "name"), JOBS)
def test_a_job_that_runs_our_code_may_write_nothing_and_has_no_token(file: str, name: str) -> None:
    """Every package that is installed there could use what the job may do."""
    job = job_of(file, name)
    checks_out = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
    allowed = job.get("permissions", WORKFLOWS[file].get("permissions"))
    if not checks_out:  # it takes what was built, and runs nothing of it
        commands = " ".join(step.get("run", "") for step in job["steps"])
        assert not re.search(r"python|npm|\bsamarkand |\./", commands)
        return
    assert allowed == {"contents": "read"}
    for step in checks_out:
        assert step["with"]["persist-credentials"] is False
    assert not re.search(r"TOKEN|secrets\.|github\.token", yaml.safe_dump(job))


@pytest.mark.parametrize("file", WORKFLOWS)
def test_nobody_may_more_than_is_said(file: str) -> None:
    assert WORKFLOWS[file]["permissions"] in ({}, {"contents": "read"})


def test_each_variable_by_which_a_test_is_skipped_is_set_in_a_workflow() -> None:
    named = set()
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'"([A-Z][A-Z_]+)" (?:not )?in os\.environ', text))
        named |= set(re.findall(r'(?:need|skipif)\(\s*os\.environ(?:\.get\(|\[)"(\w+)"', text))
    assert "LITE_WHEELS" in named
    set_in = set()
    for file, name in JOBS:
        for place in (WORKFLOWS[file], job_of(file, name), *job_of(file, name)["steps"]):
            set_in |= set(place.get("env", {}))
    assert named - set_in == set()


def test_by_night_what_is_only_tried_by_night_is_run() -> None:
    by_night = [
        step for step in job_of("ci.yml", "everything")["steps"] if "-m nightly" in step.get("run", "")
    ]
    (step,) = by_night
    assert step["env"]["CI"] == "true"  # where a skip is a failure
    assert "schedule" in step["if"] and WORKFLOWS["ci.yml"][True]["schedule"]


def test_pyodides_version_is_written_once() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    if not tracked:
        pytest.skip("this folder is no clone")
    kinds = (".py", ".yml", ".yaml", ".js", ".mjs", ".sh", "Containerfile", "fetch_numpy_for_the_page")
    files = [name for name in tracked.split("\0") if name.endswith(kinds) and (ROOT / name).is_file()]
    found = [name for name in files if lite.PYODIDE in (ROOT / name).read_text(encoding="utf-8")]
    assert found == ["tools/site/lite.py"]
    script = (ROOT / ".ci/fetch_numpy_for_the_page").read_text(encoding="utf-8")
    reads = re.search(r"version=\$\((sed .*?) \"\$\(dirname", script)
    assert reads
    command = [*shlex.split(reads[1]), "tools/site/lite.py"]
    assert (
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        == lite.PYODIDE
    )


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_each_install_from_a_registry_is_held_to_hashes(path: Path) -> None:
    for line in read_commands(path):
        for command in re.split(r"&&|\|\||;|`", line):
            if re.search(r"\bpip\b.*\binstall\b", command):
                by_hash = "--require-hashes" in command
                ours = "--no-deps" in command and "--no-build-isolation" in command
                ours = ours or re.search(r"install samarkand-2022/", command)
                locked = re.search(r"-r requirements-\w+\.lock", command)  # every line of a lock has its hash
                a_driver = '"psycopg' in command  # said to whoever keeps a database
                assert by_hash or ours or locked or a_driver or "python3-pip" in command, command
            assert not re.search(r"\bnpm (install|i)\b(?! -)", command), command
        assert path.suffix == ".md" or not UNHELD.search(line), line


@pytest.mark.parametrize(
    "line",
    [
        *(
            "npx playwright install",
            "uvx black",
            "pipx run black",
            "uv tool install black",
            "npm exec left-pad",
        ),
        *("gem install foo", "cargo install foo", "go install example.org/x@latest", "conda install numpy"),
        *(
            "docker run alpine",
            "podman pull alpine",
            "curl -s $address | sh",
            "wget -qO- $address | sudo bash",
        ),
    ],
)
def test_what_fetches_without_a_hash_is_known(line: str) -> None:
    assert UNHELD.search(line)


@pytest.mark.parametrize("path", [*RECIPES, ROOT / "deploy/hub/values.yaml"], ids=lambda path: path.name)
def test_only_known_machines_are_named_and_only_by_https(path: Path) -> None:
    for address in re.findall(r"https?://[^\s\"')>`]+", "\n".join(read_commands(path))):
        parts = urlsplit(address)
        host = parts.hostname or ""
        if host == "$github_repository_owner.github.io":  # the course's own pages, wherever it is kept
            continue
        if path.suffix == ".md" or "." not in host or host.endswith(".example.edu") or host == "0.0.0.0":
            continue
        assert parts.scheme == "https" and host in MACHINES, address


def test_what_is_copied_into_an_image_or_run_by_a_workflow_is_there() -> None:
    for line in read_commands(ROOT / "deploy/Containerfile"):
        copied = re.match(r"COPY (?!--from|\$)(.*) \S+$", line)
        for name in copied[1].split() if copied else ():
            assert (ROOT / name).exists(), name
    for file, name in JOBS:
        for step in job_of(file, name)["steps"]:
            for script in re.findall(r"(?<!\S)(\.ci/\w+|start\.py|packages/\w+)", step.get("run", "")):
                assert (ROOT / script).exists(), script


def test_a_students_server_on_a_cluster_reaches_nothing() -> None:
    values = yaml.safe_load((ROOT / "deploy/hub/values.yaml").read_text(encoding="utf-8"))
    student = values["singleuser"]
    assert set(student["networkPolicy"]["egressAllowRules"].values()) == {False}
    assert set(student["networkPolicy"]["egressAllowRules"]) == {
        "cloudMetadataServer", "nonPrivateIPs", "privateIPs"
    }  # fmt: skip
    assert student["uid"] != 0 and student["memory"]["limit"] and student["cpu"]["limit"]
    assert values["proxy"]["https"]["enabled"] is True
    home = student["storage"]["homeMountPath"]
    assert student["extraEnv"]["HOME"] == home and student["extraEnv"]["SAMARKAND_WORK"].startswith(
        f"{home}/"
    )


def test_on_a_cluster_the_roster_alone_says_who_comes_in_and_with_which_numbers(tmp_path: Path) -> None:
    values = yaml.safe_load((ROOT / "deploy/hub/values.yaml").read_text(encoding="utf-8"))
    code = values["hub"]["extraConfig"]["class"]
    (mount,) = values["hub"]["extraVolumeMounts"]
    roster = tmp_path / "roster.csv"
    roster.write_text("name,id\nAda,ada@example.edu\nZoë,Zoë Müller\nNobody,\n", encoding="utf-8")
    assert f'"{mount["mountPath"]}/roster.csv"' in code
    settings = SimpleNamespace(Authenticator=SimpleNamespace(), KubeSpawner=SimpleNamespace(environment={}))
    exec(code.replace(f"{mount['mountPath']}/roster.csv", str(roster)), {"c": settings})
    assert settings.Authenticator.allowed_users == {"ada@example.edu", "zoë_müller"}
    assert list(class_list.choose_names(["ada@example.edu", "Zoë Müller"])) == [
        "ada@example.edu",
        "zoë_müller",
    ], "a hub of the class on one machine names them alike"
    numbers_of = settings.KubeSpawner.environment["SAMARKAND_STUDENT"]
    spawner = SimpleNamespace(user=SimpleNamespace(name="zoë_müller"))
    assert numbers_of(spawner) == "Zoë Müller"
    assert "allow_all" not in yaml.safe_dump(values)


def test_a_release_is_made_of_a_tag_alone_and_pages_of_nothing_that_is_not_on_main() -> None:
    jobs = {name: job for (file, name), job in ((key, job_of(*key)) for key in JOBS) if file == "publish.yml"}
    may_write = {name for name, job in jobs.items() if "write" in str(job["permissions"])}
    assert may_write == {"pages", "attest", "index", "release"}
    for name in ("attest", "index", "release"):
        assert jobs[name]["if"] == "github.ref_type == 'tag'"
    on_main = "github.ref_name == github.event.repository.default_branch"
    assert jobs["pages"]["if"] == f"github.ref_type == 'tag' || {on_main}"
    needed = {name: jobs[name]["needs"] for name in may_write}
    assert needed == {"pages": "build", "attest": "build", "index": "attest", "release": "attest"}


def test_a_release_holds_what_the_pages_for_readers_promise() -> None:
    commands = "\n".join(step.get("run", "") for step in job_of("publish.yml", "build")["steps"])
    assert re.search(r"samarkand site --out site --lite --wheels wheels ", commands)  # the course in the page
    assert ".ci/fetch_numpy_for_the_page wheels" in commands
    assert commands.count("hatchling build --target wheel") == 2 and "cd packages/grading" in commands
    assert commands.rstrip().endswith("sha256sum -- * > SHA256SUMS")  # of all that was packed before


def test_the_lists_of_what_a_release_is_made_of_are_written(tmp_path: Path) -> None:
    (step,) = (one for one in job_of("publish.yml", "build")["steps"] if "cyclonedx" in one.get("run", ""))
    for command in step["run"].splitlines():
        program, *words = shlex.split(command)
        assert program == ".venv/bin/cyclonedx-py"
        target = tmp_path / Path(words.pop()).name
        made = Path(sysconfig.get_path("scripts"), Path(program).name)
        subprocess.run([made, *words, str(target)], cwd=ROOT, check=True, capture_output=True)
        found = json.loads(target.read_text(encoding="utf-8"))
        lock = (ROOT / words[1]).read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))
        assert {part["name"] for part in found["components"]} == pinned
        assert found["metadata"]["component"]["name"].startswith("samarkand")
    assert len([*tmp_path.iterdir()]) == 2


def test_one_version_is_written_everywhere_and_a_tag_has_to_name_it() -> None:
    version = samarkand.__version__
    for name in ("pyproject.toml", "packages/grading/pyproject.toml"):
        project = tomllib.loads((ROOT / name).read_text(encoding="utf-8"))["project"]
        assert project["version"] == version, name
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == str(citation["preferred-citation"]["version"]) == version
    tables = json.loads((ROOT / "course_data/datapackage.json").read_text(encoding="utf-8"))
    assert tables["version"] == version
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest and newest[1] == version
    commands = [
        step for step in job_of("publish.yml", "build")["steps"] if "--version" in step.get("run", "")
    ]
    checks_tag = [step for step in commands if "GITHUB_REF_NAME" in step["run"]]
    assert len(checks_tag) == 1 and checks_tag[0]["if"] == "github.ref_type == 'tag'"


def test_no_image_runs_as_root() -> None:
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8")
    users = re.findall(r"^USER (\d+):(\d+)$", text, re.MULTILINE)
    assert users and all(int(user) > 0 and int(group) > 0 for user, group in users)
