"""The site's pages besides lessons: tables, sources, and the conversion of links."""

import html
import json
import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from samarkand.ground import reading
from samarkand.ground.home import course_data
from samarkand.sources import cite
from tools.site.deck import render

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
