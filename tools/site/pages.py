"""The site's pages besides lessons: tables, sources, and the conversion of links."""

import csv
import html
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from samarkand.ground import reading
from samarkand.ground.home import course_data
from samarkand.sources import cite

_LINK = re.compile(r'(!?)\[([^\[\]]*)\]\(([^)#\s]*)(#[^)\s]*)?((?: "[^"]*")?)\)')
#: Parts of Markdown without glossary links: code, links, tags, headings, rows of tables.
_LEFT = r"```[\s\S]*?```|`[^`]*`|!?\[[^\]]*\]\([^)]*\)|<a [\s\S]*?</a>|<[^>]*>|^[#|].*$"
#: The paths of repository files on the site, as (pattern, replacement).
PLACES = (
    (re.compile(r"^notebooks/(.+\.ipynb)$"), r"lessons/\1"),
    (re.compile(r"^exercises/release/[^/]+/(.+\.ipynb)$"), r"sets/\1"),
    (re.compile(r"^docs/(.+\.md)$"), r"docs/\1"),
    (re.compile(r"^README\.md$"), "index.md"),
    (re.compile(r"^install$"), "install.md"),
)


def relinked(text: str, path: str, page: str, repository: str) -> str:
    """Return Markdown with its links converted for the site.

    Parameters
    ----------
    text : str
        Markdown with links as in the repository.
    path, page : str
        Its path in the repository and on the site, each from the root.
    repository : str
        URL of the repository for files that are not on the site; if empty, their links become text.
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
        for pattern, place in PLACES:
            if pattern.match(there):
                address = relpath(pattern.sub(place, there), str(PurePosixPath(page).parent))
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


def tables(folder: Path, static: Path) -> Iterator[str]:
    """Write a page for each table and an index, and copy the files for download; yield the index's name."""
    package = json.loads((course_data() / "datapackage.json").read_text(encoding="utf-8"))
    (static / "data").mkdir()
    rows = []
    for resource in package["resources"]:
        name, source = resource["name"], course_data() / resource["path"]
        shutil.copyfile(source, static / "data" / source.name)
        (folder / f"{name}.md").write_text(table(resource, source), encoding="utf-8")
        rows.append(f"| [{name}]({name}.md) | {cell(resource['title'])} |")
    text = f"# The tables\n\n{package['description']}\n\n| table | holds |\n|---|---|\n" + "\n".join(rows)
    names = [resource["name"] for resource in package["resources"]]
    (folder / "index.md").write_text(f"{text}\n\n{contents(names, hidden=True)}", encoding="utf-8")
    yield "index"


def table(resource: Mapping[str, Any], source: Path) -> str:
    """Return the page of one table: description, columns, sources, licence, and a download link."""
    text = f"# {resource['name']}\n\n**{resource['title']}.** {resource['description']}\n\n"
    text += f'<a href="../_static/data/{source.name}" download>Download {source.name}</a>'
    if source.suffix == ".csv":
        with source.open(encoding="utf-8", newline="") as file:
            text += f" ({sum(1 for _ in csv.reader(file)) - 1:,} rows)"
    text += "\n\n"
    if fields := resource.get("schema", {}).get("fields"):
        text += "## Columns\n\n| column | type | unit | what it holds |\n|---|---|---|---|\n"
        for field in fields:
            parts = [
                f"`{field['name']}`",
                field["type"],
                cell(field.get("unit", "")),
                cell(field["description"]),
            ]
            text += f"| {' | '.join(parts)} |\n"
    for heading, key in (("Sources", "sources"), ("Licence", "licenses")):
        named = [
            f"- [{one['title']}]({one['path']})" if "://" in one.get("path", "") else f"- {one['title']}"
            for one in resource.get(key, ())
        ]
        if named:
            text += f"\n\n## {heading}\n\n" + "\n".join(named)
    return text + "\n"


def cell(text: str) -> str:
    """Return a text escaped for a cell of a Markdown table."""
    return re.sub(r"\s+", " ", text).replace("|", r"\|").replace("<", "&lt;")


def sources() -> str:
    """Return the page of all sources, each with an anchor, sorted by publisher."""
    found = [cite[row["key"]] for row in reading.rows(course_data() / "sources.csv")]
    found.sort(key=lambda one: (one.publisher.casefold(), one.published, one.key))
    items = []
    for one in found:
        title = f'<a href="{html.escape(one.url)}" rel="noreferrer">{html.escape(one.title)}</a>'
        text = html.escape(str(one)).replace(html.escape(one.title), title, 1)
        note = f" {html.escape(one.note)}" if one.note else ""
        items.append(
            f'<li id="{one.key.lower()}">{text} <small>{one.key}; read: {one.seen}.{note}</small></li>'
        )
    return "# Sources\n\nEach statement of fact in the course names one of these.\n\n" + (
        f'<ul class="sam-sources">{"".join(items)}</ul>\n'
    )


def contents(names: list[str], *, caption: str = "", hidden: bool = False) -> str:
    """Return a table of contents for Sphinx."""
    options = (
        [":maxdepth: 1"] + ([f":caption: {caption}"] if caption else []) + ([":hidden:"] if hidden else [])
    )
    return "\n".join(["```{toctree}", *options, "", *names, "```", ""])
