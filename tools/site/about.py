"""What each page of the site says of itself: to search engines, to those who share it, and below its text."""

import re
import subprocess
from dataclasses import dataclass, field
from functools import cache
from html import escape
from posixpath import relpath

from samarkand import __version__
from samarkand.common.home import ROOT
from tools.site.front import NAME

#: The picture of the site that is shown with a link to it, below its root.
PICTURE = "_static/social.png"
#: The longest description, in characters.
LONGEST = 200


@dataclass(frozen=True)
class Site:
    """Where the site will be served and where its source is: addresses, each empty if it is not known.

    `address` ends with a slash. `described` maps a page's name to what it is about.
    """

    address: str = ""
    repository: str = ""
    described: dict[str, str] = field(default_factory=dict)

    def head(self, page: str, title: str) -> str:
        """Return the HTML for the head of a page, named as Sphinx does (``lessons/03_the_sco``)."""
        about = escape(self.described.get(page, ""))
        lines = []
        if about and page != "index":  # whose template says it
            lines.append(f'<meta name="description" content="{about}">')
        facts = {"og:type": "website", "og:site_name": NAME, "og:title": title, "og:description": about}
        if self.address:
            lines.append(f'<link rel="canonical" href="{self.address}{page}.html">')
            facts |= {"og:url": f"{self.address}{page}.html", "og:image": f"{self.address}{PICTURE}"}
        lines += [
            f'<meta property="{name}" content="{escape(said)}">' for name, said in facts.items() if said
        ]
        lines.append('<meta name="twitter:card" content="summary_large_image">')
        return "\n".join(lines)

    def foot(self, page: str, source: str = "") -> str:
        """Return the HTML below a page that is made from `source`: licence, citation, source, last change."""
        cite = relpath("cite.html", page.rpartition("/")[0] or ".")
        parts = ["Text: CC BY 4.0. Code: BSD 3-Clause.", f'<a href="{cite}">How to cite</a>']
        if self.repository:
            there = f"{self.repository}/blob/main/{source}" if source else self.repository
            parts.append(f'<a href="{there}">Source of this page</a>')
        day = find_last_changes().get(source)
        if day:
            parts.append(f"Last change: {day}.")
        parts.append(f"Version {__version__}.")
        return " ".join(f"<span>{part}</span>" for part in parts)

    def map(self, pages: list[str]) -> str:
        """Return the site's map for search engines."""
        places = "".join(f"<url><loc>{self.address}{page}</loc></url>\n" for page in pages)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'


def describe_page(markdown: str) -> str:
    r"""Return the first paragraph of a page as plain text, cut at a word, for search engines.

    Examples
    --------
    >>> describe_page("# Title\n\nSome *words* with a [link](x.md).\n\nMore.")
    'Some words with a link.'
    """
    for part in re.split(r"\n\s*\n", markdown):
        text = part.strip()
        if not text or re.match(r"#|<|\||```|!\[|\*\*By the end|:::", text):
            continue
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>|[*`_]", lambda found: found[1] or "", text)
        return shorten_text(" ".join(text.split()))
    return ""


def shorten_text(text: str) -> str:
    """Return a text cut at a word, if it is too long for a description."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"


@cache
def find_last_changes() -> dict[str, str]:
    """Map each file of the checkout to the day of its last change; empty where Git does not know."""
    command = ["git", "-C", str(ROOT), "log", "--format=%x00%cs", "--name-only", "--no-renames"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, str] = {}
    day = ""
    for line in done.stdout.splitlines():
        if line.startswith("\0"):
            day = line[1:]
        elif line:
            found.setdefault(line, day)
    return found
