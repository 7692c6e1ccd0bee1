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
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

import nbformat
from nbformat import NotebookNode

from samarkand import __version__
from samarkand.common import reading
from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT, SETS, course_data
from samarkand.sources import cite
from tools.author import lessons as author
from tools.author import terms
from tools.site import about, cells, front
from tools.site.about import Site
from tools.site.deck import render_template
from tools.site.figures import Picture
from tools.site.lighten import lighten_site

HERE = Path(__file__).resolve().parent
#: The file that marks a folder as a site, which may be replaced.
MARK = ".samarkand-site"
#: The maximum size of a page in bytes.
LARGEST = 700_000
#: Pages of docs/ in the two groups of the menu: for who learns, and for who teaches or maintains.
LEARN, TEACH = (
    ["without_installing", "python", "glossary", "corrections"],
    ["instructor", "reliance", "fairness"],
)
MAINTAIN = ["review_08", "decisions", "house"]
#: Pages beside docs/ for who teaches or maintains.
BESIDE = ["deploy/README.md", "deploy/grader.md", "course_data/README.md"]
LINK = re.compile(r'(!?)\[([^\[\]]*)\]\(([^)#\s]*)(#[^)\s]*)?((?: "[^"]*")?)\)')
#: How a link to a cell of a notebook begins, as JupyterLab has it.
CELL = "#cell-id="
#: The paths of repository files on the site, by pattern.
PLACES = {
    r"^notebooks/99_glossary\.ipynb$": "docs/glossary.md",
    r"^notebooks/(.+\.ipynb)$": r"lessons/\1",
    r"^exercises/release/[^/]+/(.+\.ipynb)$": r"sets/\1",
}
PLACES |= {r"^((?:docs/.+|deploy/[^/]+|course_data/README)\.md)$": r"\1", r"^(docs/.+\.csv)$": r"\1"}
PLACES |= {r"^README\.md$": "index.md", r"^install$": "install.md"}


def build_site(out: Path, *, address: str = "", repository: str = "", lite: bool = False) -> str:
    """Write the site into a folder; return a sentence with the number of pages.

    `address` is where it will be served, for search engines; `repository` is the address that *edit* and
    *report* lead to; with `lite`, each lesson links to the course in the page (``lite/``). `CourseError` if
    Sphinx is missing, if the folder holds something else, if a lesson has no outputs, or if Sphinx warns of
    anything.
    """
    if not (find_spec("sphinx") and find_spec("myst_nb") and find_spec("sphinx_book_theme")):
        text = "The site needs Sphinx: python3 start.py test --version installs it."
        raise CourseError(text, code="not installed", program="sphinx")
    lite = lite or (out / "lite").is_dir()
    need_place(out)
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work, "source"), Path(work, "made")
        site, pictures = lay_out(source, address and f"{address.rstrip('/')}/", repository, lite=lite)
        options = ["-q", "-W", "--keep-going", "-b", "html", "-d", f"{work}/trees"]
        settings = {"SITE_REPOSITORY": repository, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "sphinx", *options, str(source), str(made)]
        environment = os.environ | settings
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            warned = "\n".join(done.stderr.strip().splitlines()[-20:]).replace(str(source), "")
            raise CourseError(f"The site was not made:\n{warned}", code="program failed", program="sphinx")
        (made / MARK).touch()
        finish_site(made, site, pictures, lite=lite)
        lighten_site(made)
        # Maps in files of their own do not count.
        heavy = []
        for path in made.rglob("*.html"):
            size = path.stat().st_size
            if size > LARGEST and made / "_static" not in path.parents:
                heavy.append(f"{path.name} ({size:,} bytes)")
        if heavy:
            text = f"Pages of more than {LARGEST:,} bytes: {', '.join(sorted(heavy))}."
            raise CourseError(text, code="too large", pages=heavy)
        if (out / "lite").is_dir():
            shutil.move(out / "lite", made / "lite")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    count = len(pages_of(out))
    return f"{count} pages are in {out}. To look: python -m http.server --bind 127.0.0.1 --directory {out}"


def need_place(out: Path) -> None:
    """Raise `CourseError` if a folder holds anything but a site of this course."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        text = f"{out} holds something that is no site of this course: it is left as it is."
        raise CourseError(text, code="no site", folder=out)


def begin_folder(out: Path) -> None:
    """Make a folder for a site, or take one that holds a site. `CourseError` as `need_place`."""
    need_place(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).touch()


def pages_of(site: Path) -> list[str]:
    """Return the addresses of a site's pages from its root, sorted."""
    found = (path.relative_to(site) for path in site.rglob("*.html"))
    return sorted(path.as_posix() for path in found if not {"_static", "lite"} & {*path.parts})


def finish_site(made: Path, site: Site, pictures: list[Picture], *, lite: bool) -> None:
    """Write what Sphinx does not make: the front page, a page a picture, what search engines read."""
    write_pictures(made / "pictures", site, pictures)
    head = site.head("index", front.NAME)
    foot = site.foot("index", "README.md")
    (made / "index.html").write_text(
        front.render_front_page(lite=lite, head=head, foot=foot), encoding="utf-8"
    )
    robots = "User-agent: *\nAllow: /\n"
    if site.address:
        shown = [name for name in pages_of(made) if name != "search.html"]
        (made / "sitemap.xml").write_text(site.map(shown), encoding="utf-8")
        robots += f"Sitemap: {site.address}sitemap.xml\n"
    (made / "robots.txt").write_text(robots, encoding="utf-8")
    (made / "404.html").write_text(front.render_missing_page(site.address), encoding="utf-8")


def write_pictures(folder: Path, site: Site, pictures: list[Picture]) -> None:
    """Write a page for each chart and map: its address, what it says, how to save, embed and cite it."""
    folder.mkdir()
    titles = {card.name: card.title for card in front.make_cards()}
    here = site.address or "{here}"
    for one in pictures:
        name = f"pictures/{one.name}"
        site.described[name] = about.shorten_text(one.description or one.title)
        said = html.escape(one.title)
        place = f"{here}_static/maps/{one.name}.html"
        embed = f'<iframe src="{place}" title="{said}" width="100%" height="700"></iframe>'
        if one.kind == "chart":
            said = html.escape(f"{one.title}. {one.description}")
            embed = f'<img src="{here}_static/charts/{one.name}.svg" alt="{said}">'
        whole = f"{front.NAME}, version {__version__}, lesson {one.lesson[:2]}"
        words = f"“{one.title}”. {whole}. {here}{name}.html"
        head = site.head(name, one.title)
        foot = site.foot(name, f"notebooks/{one.lesson}.ipynb")
        made = render_template(
            "picture.html",
            one=one,
            lesson=titles[one.lesson],
            embed=embed,
            cite=words,
            head=head,
            foot=foot,
            css=front.read_text("front.css"),
        )
        (folder / f"{one.name}.html").write_text(made, encoding="utf-8")


def lay_out(source: Path, address: str, repository: str, *, lite: bool) -> tuple[Site, list[Picture]]:
    """Write all source files for Sphinx; return what the site says of its pages, and its pictures."""
    copy_static_files(source)
    static = source / "static"
    pictures: list[Picture] = []
    lessons = []
    for path in sorted(author.find_lessons()):
        lessons.append(write_notebook(path, source / "lessons", static, repository, lite, pictures))
    sets = []
    for path in sorted(SETS.glob("*/*.ipynb")):
        sets.append(write_notebook(path, source / "sets", static, repository, lite, pictures))
    learn = [write_page_of_docs(ROOT / "docs" / f"{name}.md", source, repository) for name in LEARN]
    teach = [write_page_of_docs(ROOT / name, source, repository) for name in list_pages_for_teachers()]
    (source / "data").mkdir()
    write_tables(source / "data", static)
    texts = {
        "sources.md": render_sources(),
        "install.md": write_install(repository),
        "cite.md": render_template("cite.md", cited=read_citation()),
        "sets/index.md": write_shelf("sets", [name.removeprefix("sets/") for name in sets]),
        "teachers.md": write_shelf("teachers", teach),
        "index.md": write_index([*lessons, "install", *learn, "sets/index", "data/index", "sources"]),
    }
    for name, text in texts.items():
        (source / name).write_text(text, encoding="utf-8")
    site = Site(address, repository, describe_pages(source))
    (source / "pages.json").write_text(json.dumps(list_heads_and_feet(site, source)), encoding="utf-8")
    return site, [one for one in pictures if (source / "lessons" / f"{one.lesson}.ipynb").is_file()]


def copy_static_files(source: Path) -> None:
    """Copy what Sphinx takes as it is: style, scripts, settings, and the tables beside pages."""
    for folder in ("static", "templates"):
        shutil.copytree(HERE / folder, source / folder)
    for name in (
        "settings/lab/nbconvert/samarkand/words.js",
        "settings/lab/labextension/static/marks.js",
        "docs/pictures/social.png",
    ):
        shutil.copy(ROOT / name, source / "static")
    shutil.copyfile(HERE / "conf.py", source / "conf.py")
    for path in (ROOT / "docs").rglob("*.csv"):
        place = source / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)


def list_pages_for_teachers() -> list[str]:
    """Return the paths in the repository of the pages for who teaches or maintains, in their order."""
    names = [f"docs/{name}.md" for name in TEACH]
    names.append("docs/teaching/README.md")
    lessons = (ROOT / "docs/teaching").glob("[0-9s]*.md")
    names += sorted(path.relative_to(ROOT).as_posix() for path in lessons)
    names += BESIDE
    names += [f"docs/{name}.md" for name in MAINTAIN]
    return names


def write_install(repository: str) -> str:
    """Return the page on installing, which is a part of the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    start = readme[readme.index("## Install") : readme.index("## What is in which folder")]
    return convert_links(f"# Install\n{start}", "README.md", "install.md", repository)


def write_index(learn: list[str]) -> str:
    """Return the page with the menu of all pages; `learn` are those for who learns."""
    for_learners = list_contents(learn, caption="Learn", hidden=True)
    for_others = list_contents(["teachers", "cite"], caption="For teachers and maintainers", hidden=True)
    return f"# {front.NAME}\n\n{for_learners}\n{for_others}"


def list_heads_and_feet(site: Site, source: Path) -> dict[str, dict[str, str]]:
    """Return what each page of the site has in its head and at its foot, by name; "" is the search."""
    said = {}
    for name, title in find_titles(source).items():
        said[name] = {"site_head": site.head(name, title), "site_foot": site.foot(name, find_origin(name))}
    said[""] = {"site_head": site.head("search", front.NAME), "site_foot": site.foot("search")}
    return said


def write_shelf(name: str, pages: list[str]) -> str:
    """Return a page that lists other pages, which the menu folds below it."""
    return f"{render_template(f'{name}.md')}\n{list_contents(pages)}"


def read_citation() -> dict[str, Any]:
    """Return what CITATION.cff says of the course."""
    import yaml  # type: ignore[import-untyped]

    found: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def find_titles(source: Path) -> dict[str, str]:
    """Map the name of each page to its first heading."""
    found = {}
    for path in (*source.rglob("*.md"), *source.rglob("*.ipynb")):
        heading = re.search(r"^# (.+)$", read_text_of_page(path), re.MULTILINE)
        name = path.relative_to(source).with_suffix("").as_posix()
        found[name] = re.sub(r"[*`]", "", heading[1]) if heading else front.NAME
    return found


def describe_pages(source: Path) -> dict[str, str]:
    """Map the name of each page to what it is about: a lesson's question, or a page's first paragraph."""
    found = {}
    for name in find_titles(source):
        page, notebook = source / f"{name}.md", source / f"{name}.ipynb"
        found[name] = about.describe_page(read_text_of_page(page if page.is_file() else notebook))
    found |= {f"lessons/{card.name}": f"Lesson {card.number}: {card.question}" for card in front.make_cards()}
    return found | {"index": front.describe_course()}


def read_text_of_page(path: Path) -> str:
    """Return the text of a page; of a notebook that of its first cells."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells[:4] if cell.cell_type == "markdown")


def find_origin(name: str) -> str:
    """Return the path in the repository of what a page is made from."""
    folder, _, rest = name.partition("/")
    places = {
        "lessons": f"notebooks/{rest}.ipynb",
        "sets": f"exercises/release/{rest}/{rest}.ipynb",
        "data": f"course_data/{rest}.csv",
        "install": "README.md",
        "sources": "course_data/sources.csv",
        "cite": "CITATION.cff",
    }
    found = places.get(folder, f"{name}.md")
    return found if (ROOT / found).is_file() else ""


def write_page_of_docs(path: Path, source: Path, repository: str) -> str:
    """Write a page of docs/ for the site; return its name there, ``""`` if there is no such page."""
    if not path.is_file():
        return ""
    name = path.relative_to(ROOT).as_posix()
    place = source / name
    place.parent.mkdir(parents=True, exist_ok=True)
    text = convert_links(path.read_text(encoding="utf-8"), name, name, repository)
    place.write_text(text, encoding="utf-8")
    return name.removesuffix(".md")


def write_notebook(  # noqa: PLR0913, PLR0917
    path: Path, folder: Path, static: Path, repository: str, lite: bool, pictures: list[Picture]
) -> str:
    """Write a notebook for the site, and add its charts and maps to `pictures`; return its name there."""
    read: NotebookNode = nbformat.read(path, as_version=4)
    lesson = folder.name == "lessons"
    if lesson and not any(cell.get("outputs") for cell in read.cells):
        text = f"{path.name} has no outputs: run samarkand build {path.stem[:2]} first."
        raise CourseError(text, code="no outputs", file=path)
    pictures += cells.transform_cells(read, path.stem, static)
    there = path.relative_to(ROOT).as_posix()
    for cell in read.cells:
        if cell.cell_type == "markdown":
            cell.source = convert_links(
                lead_to_glossary(cell.source), there, f"{folder.name}/{path.name}", repository
            )
    if lesson:
        read.cells[0].source = read.cells[0].source.replace("# ", f"# {path.stem[:2]} ", 1)
    if lite:
        place = f"lessons/{path.name}" if lesson else f"sets/{path.stem}/{path.name}"
        link = f'<a href="../lite/lab/index.html?path=my_work/{place}">Run this in your browser</a>'
        first, rest = (read.cells[0].source + "\n").split("\n", 1)
        link += " (up to 55 MB the first time; later visits need no network)"
        read.cells[0].source = f"{first}\n\n{link}\n{rest}"
    mark_cells(read, list_cells_led_to(path.name))
    folder.mkdir(exist_ok=True)
    nbformat.write(read, folder / path.name)
    return f"{folder.name}/{path.stem}"


def list_cells_led_to(name: str) -> set[str]:
    """Return the ids of the cells of a notebook to which pages for teachers lead."""
    link = re.compile(rf"/{re.escape(name)}{CELL}([\w-]+)")
    found: set[str] = set()
    for path in (ROOT / "docs" / "teaching").glob("*.md"):
        found |= set(link.findall(path.read_text(encoding="utf-8")))
    return found


def mark_cells(notebook: NotebookNode, names: set[str]) -> None:
    """Put an anchor before each of these cells, in a cell of its own: code has no place for one."""
    marked = []
    for cell in notebook.cells:
        if cell.id in names:
            anchor = f'<div id="{CELL.removeprefix("#")}{cell.id}"></div>'
            marked.append(nbformat.v4.new_markdown_cell(anchor, id=f"{cell.id[:50]}-anchor"))
        marked.append(cell)
    notebook.cells = marked


def convert_links(text: str, path: str, page: str, repository: str) -> str:
    """Return Markdown with its links converted for the site.

    `path` and `page` are its paths in the repository and on the site, each from the root. Without the URL of
    a `repository`, links to files that are not on the site become text.
    """

    def link(found: re.Match[str]) -> str:
        image, words, target, anchor, title = found.groups(default="")
        if "://" in target or target.startswith("mailto:"):
            return found[0]
        cell = anchor if anchor.startswith(CELL) else ""
        anchor = re.sub(r"[^\w#-]", "", anchor.lower()) if anchor else ""
        if not target:
            return f"{image}[{words}]({anchor}{title})"
        there = normpath(str(PurePosixPath(path).parent / target))
        if (there, anchor) == ("README.md", "#install"):
            there, anchor = "install", ""
        for pattern, place in PLACES.items():
            if re.match(pattern, there):
                address = relpath(re.sub(pattern, place, there), str(PurePosixPath(page).parent))
                if cell:  # Sphinx knows headings alone
                    address = f"{address.removesuffix('.ipynb')}.html{cell}"
                    return f'<a href="{html.escape(address)}">{words}</a>'
                return f"[{words}]({address}{anchor}{title})"
        return f"[{words}]({repository}/blob/main/{there}{title})" if repository else words

    return LINK.sub(link, text)


def lead_to_glossary(text: str) -> str:
    """Return the text of a cell with its links to the glossary leading to the entries of the site's page."""

    def link(found: re.Match[str]) -> str:
        id = terms.list_ids()[terms.find_entry(found["words"])]
        return f'<a href="../docs/glossary.html#{id}" title="{found["meaning"]}">{found["words"]}</a>'

    return terms.LINK.sub(link, text)


def write_tables(folder: Path, static: Path) -> None:
    """Write a page for each table and an index, and copy the files for download."""
    package = json.loads((course_data() / "datapackage.json").read_text(encoding="utf-8"))
    (static / "data").mkdir()
    for resource in package["resources"]:
        source = course_data() / resource["path"]
        shutil.copyfile(source, static / "data" / source.name)
        (folder / f"{resource['name']}.md").write_text(render_table(resource, source), encoding="utf-8")
    toc = list_contents([resource["name"] for resource in package["resources"]], hidden=True)
    (folder / "index.md").write_text(render_template("tables.md", package=package, toc=toc), encoding="utf-8")


def render_table(resource: Mapping[str, Any], source: Path) -> str:
    """Return the page of one table: description, columns, sources, licence, and a download link."""
    rows = len(reading.read_rows(source)) if source.suffix == ".csv" else 0
    known: dict[str, Any] = {"schema": {"fields": ()}, "sources": (), "licenses": ()}
    return render_template("table.md", file=source, rows=rows, **known | dict(resource))


def render_sources() -> str:
    """Return the page of all sources, each with an anchor, sorted by publisher."""
    found = [cite[row["key"]] for row in reading.read_rows(course_data() / "sources.csv")]
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


def list_contents(names: list[str], *, caption: str = "", hidden: bool = False) -> str:
    """Return a table of contents for Sphinx."""
    options = [":maxdepth: 1", f":caption: {caption}" * bool(caption), ":hidden:" * hidden]
    return "\n".join(["```{toctree}", *filter(None, options), "", *names, "```", ""])
