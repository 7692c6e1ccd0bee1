"""The files, folders and modules that pages for readers and contributors name are there."""

import importlib.util
import re
import subprocess
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIT = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
TRACKED = set(
    subprocess.run(GIT, cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\0")
) - {""}
FOLDERS = {str(parent) for name in TRACKED for parent in PurePosixPath(name).parents}
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "course_data/README.md", "settings/README.md")
    ),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("docs/teaching/*.md")),
    *sorted(ROOT.glob("deploy/*.md")),
]
#: What somebody's work, a class or a command makes: it is named, and is in no clone.
MADE = (
    r"03_the_sco\.new\.ipynb|NAME\.brought-\w+\.ipynb|(secret_sign|timestamp)\.txt|samarkand\.py",
    r"my_work/.*|DIR/my_work|lessons/|sets/|site/.*|pages/.*",
    r"exercises/(own|submitted|marking|marks|backups|autograded|feedback)/.*|(exercises/)?(gradebook\.db|secret_sign\.txt)",
    r"(hub/)?(class\.csv|homes/.*|logs/.*)|class/|backups/|roster\.csv|job\.json|ready\.csv",
    r"(etc|share)/(jupyter|ipython)/.*",  # where an installation puts the files of settings/
    r"\d{4}-\d\d/\d{4}-\d\d",  # months
)
#: Where a page's short name of a file or folder may be meant from.
FROM = (
    "",
    "samarkand",
    "packages/grading",
    "packages/grading/samarkand_grading",
    "tools",
    "tests",
    "settings/lab",
)


def find_names(text: str) -> set[str]:
    """Return the spans of code on a page that are paths or files."""
    spans = re.findall(r"(?<!`)`([^`\s<>{}*]+)`(?!`)", text)
    file = r"[\w.-]+\.(?:py|pyi|toml|csv|md|js|css|html|json|lock|sh|yml|yaml|sql|txt|ipynb|cff)"
    path = rf"(?:\.\./)*[\w.-]+/(?:[\w.-]+/)*(?:{file}|[\w-]+)?"
    return {span for span in spans if re.fullmatch(rf"{file}|{path}", span)}


def is_there(name: str, page: Path) -> bool:
    """Return whether a page's name of a file or folder is one in the repository, or one that is made."""
    if any(re.fullmatch(pattern, name) for pattern in MADE):
        return True
    plain = name.rstrip("/")
    beside = (page.parent / plain).resolve()
    if ROOT in beside.parents and beside.relative_to(ROOT).as_posix() in TRACKED | FOLDERS:
        return True
    if any(f"{place}/{plain}".lstrip("/") in TRACKED | FOLDERS for place in FROM):
        return True
    return "/" not in plain and any(one.endswith(f"/{plain}") for one in TRACKED | FOLDERS)


@pytest.mark.skipif(not TRACKED, reason="this folder is no clone")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [name for name in sorted(find_names(text)) if not is_there(name, page)] == []
    modules = re.findall(r"`((?:samarkand|samarkand_grading|tools)(?:\.[a-z_]\w*)+)`", text)
    known = (".verbs", ".db")  # the group of entry points
    for module in modules:
        if not module.endswith(known):
            found = importlib.util.find_spec(module) or importlib.util.find_spec(module.rpartition(".")[0])
            assert found, module


@pytest.mark.skipif(not TRACKED, reason="this folder is no clone")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_a_name_of_what_is_gone_is_seen() -> None:
    page = ROOT / "docs" / "house.md"
    assert find_names("in `tools/suite.py` and `ground/words.py`") == {"tools/suite.py", "ground/words.py"}
    assert not is_there("tools/suite.py", page) and not is_there("ground/words.py", page)
    assert is_there("tests/suite.py", page) and is_there("maps/sco_map.py", page)
