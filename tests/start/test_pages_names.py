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
#: The page that is handed out at the top of a students' copy: what it names and links is beside it there.
STUDENTS = ROOT / "packages/grading/samarkand_grading/classroom/students.md"
#: Every page in Markdown, so that a new one needs no list.
PAGES = sorted(ROOT / name for name in TRACKED if name.endswith(".md") and (ROOT / name).is_file())
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
    assert find_dead_links(page, page.read_text(encoding="utf-8")) == []


def find_dead_links(page: Path, text: str) -> list[str]:
    """Return the links of a page to files that are not there, and to headings that no page has."""
    folder = ROOT if page == STUDENTS else page.parent
    dead = []
    for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)", text):
        name, _, place = target.partition("#")
        leads_to = folder / name if name else page
        if not leads_to.exists():
            dead.append(target)
        elif place and leads_to.suffix == ".md":
            words = leads_to.read_text(encoding="utf-8") if name else text
            if place not in find_places(words):
                dead.append(target)
    return dead


def find_places(text: str) -> set[str]:
    """Return what a link may name behind ``#`` on a page: headings as code hosts write them, and ids."""
    places = set(re.findall(r'<a id="([^"]+)"', text))
    without_code = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for heading in re.findall(r"^#+ (.+)$", without_code, re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        places.add(re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-"))
    return places


@pytest.mark.skipif(not TRACKED, reason="this folder is no clone")
def test_the_readme_says_what_is_in_each_folder() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([\w.]+)/` \|", text, re.MULTILINE))
    folders = {name.partition("/")[0] for name in TRACKED if "/" in name}
    assert rows == {name for name in folders if not name.startswith(".")}


def test_a_link_to_a_heading_that_is_gone_is_seen() -> None:
    page = ROOT / "docs" / "house.md"
    assert find_dead_links(page, "## What is *here*\n[a](#what-is-here) [b](decisions.md#decisions)") == []
    dead = ["#what-was-here", "decisions.md#a-decision-that-nobody-took", "gone.md"]
    assert find_dead_links(page, "## What is here\n" + " ".join(f"[a]({one})" for one in dead)) == dead


def test_a_name_of_what_is_gone_is_seen() -> None:
    page = ROOT / "docs" / "house.md"
    assert find_names("in `tools/suite.py` and `ground/words.py`") == {"tools/suite.py", "ground/words.py"}
    assert not is_there("tools/suite.py", page) and not is_there("ground/words.py", page)
    assert is_there("tests/suite.py", page) and is_there("maps/sco_map.py", page)
