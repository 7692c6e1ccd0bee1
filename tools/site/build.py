"""Build the reading site from stored lessons, sets, tables and pages, without running any notebook."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

import nbformat
from nbformat import NotebookNode

from samarkand import __version__
from samarkand.common import reading
from samarkand.common.errors import CourseError
from samarkand.common.home import LESSONS, ROOT, SETS, course_data
from samarkand.sources import cite
from tools.site import cells
from tools.site.deck import render

HERE = Path(__file__).resolve().parent
#: The file that marks a folder as a site, which may be replaced.
MARK = ".samarkand-site"
#: The maximum size of a page in bytes.
LARGEST = 700_000
DOCS = ["glossary", "python", "fairness", "instructor", "reliance", "review_08"]
DOCS += ["without_installing", "decisions", "house"]
_LINK = re.compile(r'(!?)\[([^\[\]]*)\]\(([^)#\s]*)(#[^)\s]*)?((?: "[^"]*")?)\)')
#: Parts of Markdown without glossary links: code, links, tags, headings, rows of tables.
_LEFT = r"```[\s\S]*?```|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<a [\s\S]*?</a>|<[^>]*>|^[#|].*$"
#: The paths of repository files on the site, by pattern.
PLACES = {r"^notebooks/(.+\.ipynb)$": r"lessons/\1", r"^exercises/release/[^/]+/(.+\.ipynb)$": r"sets/\1"}
PLACES |= {r"^docs/(.+\.md)$": r"docs/\1", r"^README\.md$": "index.md", r"^install$": "install.md"}


def build(out: Path, *, repository: str = "", lite: bool = False) -> str:
    """Write the site into a folder; return a sentence with the number of pages.

    `repository` is the address that *edit* and *report* lead to; with `lite`, each lesson links to the course
    in the page (``lite/``). `CourseError` if Sphinx is missing, if the folder holds something else, if a
    lesson has no outputs, or if Sphinx warns of anything.
    """
    if not (find_spec("sphinx") and find_spec("myst_nb") and find_spec("sphinx_book_theme")):
        raise CourseError("The site needs Sphinx: python3 start.py test --version installs it.")
    lite = lite or (out / "lite").is_dir()
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise CourseError(f"{out} holds something that is no site of this course: it is left as it is.")
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "made")
        lay_out(source, repository, lite=lite)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-d", f"{work}/trees"]
        settings = {"SITE_VERSION": __version__, "SITE_REPOSITORY": repository, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "sphinx", *options, str(source), str(made)]
        environment = os.environ | settings
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            warned = "\n".join(done.stderr.strip().splitlines()[-20:]).replace(str(source), "")
            raise CourseError(f"The site was not made:\n{warned}")
        (made / MARK).touch()
        # Maps in files of their own do not count.
        inside = (path for path in made.rglob("*.html") if made / "_static" not in path.parents)
        heavy = [f"{p.name} ({size:,} bytes)" for p in inside if (size := p.stat().st_size) > LARGEST]
        if heavy:
            raise CourseError(f"Pages of more than {LARGEST:,} bytes: {', '.join(sorted(heavy))}.")
        if (out / "lite").is_dir():
            shutil.move(out / "lite", made / "lite")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    count = sum(1 for path in out.rglob("*.html") if not {"_static", "lite"} & {*path.parts})
    return f"{count} pages are in {out}. To look: python -m http.server --bind 127.0.0.1 --directory {out}"


def lay_out(source: Path, repository: str, *, lite: bool) -> None:
    """Write all source files for Sphinx."""
    shutil.copytree(HERE / "static", source / "static")
    shutil.copy(ROOT / "settings/lab/nbconvert/samarkand/words.js", source / "static")
    shutil.copyfile(HERE / "conf.py", source / "conf.py")
    static = source / "static"
    lessons, sets = (
        [notebook(path, source / folder, static, repository, lite) for path in sorted(paths)]
        for folder, paths in (("lessons", LESSONS.glob("*.ipynb")), ("sets", SETS.glob("*/*.ipynb")))
    )
    docs = [page(ROOT / "docs" / f"{name}.md", source, repository) for name in DOCS]
    docs += [page(path, source, repository) for path in sorted((ROOT / "docs").glob("*/*.md"))]
    (source / "data").mkdir()
    tables(source / "data", static)
    (source / "sources.md").write_text(sources(), encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    start = readme[readme.index("## Install") : readme.index("## The lessons")]
    install = relinked(f"# Install\n{start}", "README.md", "install.md", repository)
    (source / "install.md").write_text(install, encoding="utf-8")
    front = re.sub(r"!\[[^\]]*\]\([^)]*\)\n", "", readme[: readme.index("## Install")])
    ways = "- **Read**: choose a lesson. Maps, quizzes, predictions and most explorers work in the page.\n"
    if lite:
        ways += "- **Run it in the browser**: the link at the top of each lesson. Nothing is installed.\n"
    ways += "- **[Install it](install.md)**: two commands, and the course works without a network.\n"
    toc = [("Lessons", ["install", *lessons]), ("Graded sets", sets)]
    toc.append(("Tables and sources", ["data/index", "sources"]))
    toc.append(("About the course", [*filter(None, docs)]))
    listing = "\n".join(contents(names, caption=title, hidden=True) for title, names in toc)
    index = relinked(f"{front}{ways}\n{listing}", "README.md", "index.md", repository)
    (source / "index.md").write_text(index, encoding="utf-8")


def page(path: Path, source: Path, repository: str) -> str:
    """Write a page of docs/ for the site; return its name there, ``""`` if there is no such page."""
    if not path.is_file():
        return ""
    name = path.relative_to(ROOT).as_posix()
    place = source / name
    place.parent.mkdir(parents=True, exist_ok=True)
    text = relinked(path.read_text(encoding="utf-8"), name, name, repository)
    place.write_text(text, encoding="utf-8")
    return name.removesuffix(".md")


def notebook(path: Path, folder: Path, static: Path, repository: str, lite: bool) -> str:
    """Write a notebook for the site; return its name there."""
    read: NotebookNode = nbformat.read(path, as_version=4)
    lesson = folder.name == "lessons"
    if lesson and not any(cell.get("outputs") for cell in read.cells):
        raise CourseError(f"{path.name} has no outputs: run samarkand build {path.stem[:2]} first.")
    cells.transform(read, path.stem, static)
    there = path.relative_to(ROOT).as_posix()
    explained: set[str] = set()
    for cell in read.cells:
        if cell.cell_type == "markdown":
            cell.source = relinked(cell.source, there, f"{folder.name}/{path.name}", repository)
            cell.source = glossed(cell.source, explained) if lesson else cell.source
    if lite:
        place = f"lessons/{path.name}" if lesson else f"sets/{path.stem}/{path.name}"
        link = f'<a href="../lite/lab/index.html?path=my_work/{place}">Run this in your browser</a>'
        first, rest = (read.cells[0].source + "\n").split("\n", 1)
        link += " (up to 55 MB the first time; later visits need no network)"
        read.cells[0].source = f"{first}\n\n{link}\n{rest}"
    folder.mkdir(exist_ok=True)
    nbformat.write(read, folder / path.name)
    return f"{folder.name}/{path.stem}"


def relinked(text: str, path: str, page: str, repository: str) -> str:
    """Return Markdown with its links converted for the site.

    `path` and `page` are its paths in the repository and on the site, each from the root. Without the URL of
    a `repository`, links to files that are not on the site become text.
    """

    def link(found: re.Match[str]) -> str:
        image, words, target, anchor, title = found.groups(default="")
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        anchor = re.sub(r"[^\w#-]", "", anchor.lower()) if anchor else ""
        if not target:
            return f"{image}[{words}]({anchor}{title})"
        there = normpath(str(PurePosixPath(path).parent / target))
        if (there, anchor) == ("README.md", "#install"):
            there, anchor = "install", ""
        for pattern, place in PLACES.items():
            if re.match(pattern, there):
                address = relpath(re.sub(pattern, place, there), str(PurePosixPath(page).parent))
                return f"[{words}]({address}{anchor}{title})"
        return f"[{words}]({repository}/blob/main/{there}{title})" if repository else words

    return _LINK.sub(link, text)


@cache
def _terms() -> dict[str, tuple[str, str]]:
    """Map the glossary's terms, without people and places, in lower case to (id, meaning)."""
    rows = (row for row in reading.rows(course_data() / "glossary.csv") if row["kind"] == "term")
    return {row["term"].partition(" (")[0].casefold(): (row["id"], row["meaning"]) for row in rows}


def glossed(text: str, seen: set[str]) -> str:
    """Return Markdown with a glossary link at the first use of each term; add the terms to `seen`."""

    def link(found: re.Match[str]) -> str:
        word = found["term"]
        if not word or word.casefold() in seen:
            return found[0]
        seen.add(word.casefold())
        id, meaning = _terms()[word.casefold()]
        return f'<a href="../docs/glossary.html#{id}" title="{html.escape(meaning)}">{word}</a>'

    words = "|".join(map(re.escape, sorted(_terms(), key=len, reverse=True)))
    return re.sub(rf"{_LEFT}|\b(?P<term>{words})\b", link, text, flags=re.IGNORECASE | re.MULTILINE)


def tables(folder: Path, static: Path) -> None:
    """Write a page for each table and an index, and copy the files for download."""
    package = json.loads((course_data() / "datapackage.json").read_text(encoding="utf-8"))
    (static / "data").mkdir()
    for resource in package["resources"]:
        source = course_data() / resource["path"]
        shutil.copyfile(source, static / "data" / source.name)
        (folder / f"{resource['name']}.md").write_text(table(resource, source), encoding="utf-8")
    toc = contents([resource["name"] for resource in package["resources"]], hidden=True)
    (folder / "index.md").write_text(render("tables.md", package=package, toc=toc), encoding="utf-8")


def table(resource: Mapping[str, Any], source: Path) -> str:
    """Return the page of one table: description, columns, sources, licence, and a download link."""
    rows = len(reading.rows(source)) if source.suffix == ".csv" else 0
    known: dict[str, Any] = {"schema": {"fields": ()}, "sources": (), "licenses": ()}
    return render("table.md", file=source, rows=rows, **known | dict(resource))


def sources() -> str:
    """Return the page of all sources, each with an anchor, sorted by publisher."""
    found = [cite[row["key"]] for row in reading.rows(course_data() / "sources.csv")]
    found.sort(key=lambda one: (one.publisher.casefold(), one.published, one.key))
    items = []
    for one in found:
        title = f'<a href="{html.escape(one.url)}" rel="noreferrer">{html.escape(one.title)}</a>'
        text = html.escape(str(one)).replace(html.escape(one.title), title, 1)
        note = f" {html.escape(one.note)}" if one.note else ""
        about = f"<small>{one.key}; read: {one.seen}.{note}</small>"
        items.append(f'<li id="{one.key.lower()}">{text} {about}</li>')
    return "# Sources\n\nEach statement of fact in the course names one of these.\n\n" + (
        f'<ul class="sam-sources">{"".join(items)}</ul>\n'
    )


def contents(names: list[str], *, caption: str = "", hidden: bool = False) -> str:
    """Return a table of contents for Sphinx."""
    options = [":maxdepth: 1", f":caption: {caption}" * bool(caption), ":hidden:" * hidden]
    return "\n".join(["```{toctree}", *filter(None, options), "", *names, "```", ""])
