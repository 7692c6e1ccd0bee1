"""Make a built site light: no source maps, no script of icons, no rules that no page uses, maps' parts once.

What several maps have in common (Leaflet, our own script, borders) is a file of its own, named by its
content, which a browser fetches once. No corner of a table is a heading without words, and what is pressed
has the name that is seen on it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2  # type: ignore[import-untyped]

#: Files of the theme that nothing loads any more.
NEEDLESS = ("*.map", "fontawesome.js", "fontawesome.js.LICENSE.txt", "theme.css", "fa-*.woff2", "fa-*.ttf")
#: What is smaller, in characters, stays in the page.
LEAST = 2000
_BLOCK = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_SHAPES = re.compile(r"samarkand\.shapes\((\[.*?\]), \"")
_CORNER = re.compile(r"<th(?: [^>]*)?>(?:<p></p>)?</th>")
#: Names that the theme gives to controls with words of their own: who speaks to a machine says what she sees.
_OTHER_NAME = re.compile(r'(<summary|<button class="btn search-button-field[^>]*) aria-label="[^"]*"')
#: Parts of a page in which each blank and line counts.
_AS_IT_IS = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL)
_BLANKS = re.compile(r"[ \t]*\n\s*")
_NO_HEAD = re.compile(r"<thead>\s*<tr[^>]*>(?:\s*<td></td>)+\s*</tr>\s*</thead>")
_WORD = re.compile(r"[\w-]+")
_ICON = re.compile(r"^(\.fa[bsr]?\b|\.fa-|:is\(\.fa)")
_CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")


def lighten_site(site: Path) -> None:
    """Rewrite the files of a built site."""
    static = site / "_static"
    for pattern in NEEDLESS:
        for path in static.rglob(pattern):
            path.unlink()
    share_parts_of_maps(static / "maps")
    free_corners(site)
    keep_names_that_are_seen(site)
    for page in site.rglob("*.html"):
        page.write_text(without_blank_lines(page.read_text(encoding="utf-8")), encoding="utf-8")
    used = words_of(site)
    sheets = {*static.glob("*.css"), *(static / "styles").glob("*.css")} - {static / "site.css"}
    for sheet in sorted(sheets):
        sheet.write_text(without_unused_rules(sheet.read_text(encoding="utf-8"), used), encoding="utf-8")


def free_corners(site: Path) -> None:
    """Make cells of headings that head nothing plain cells, and take away heads that have no other."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        freed = _NO_HEAD.sub("", _CORNER.sub("<td></td>", text))
        if freed != text:
            page.write_text(freed, encoding="utf-8")


def keep_names_that_are_seen(site: Path) -> None:
    """Take away names of controls that differ from the words on them."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        named = _OTHER_NAME.sub(r"\1", text)
        if named != text:
            page.write_text(named, encoding="utf-8")


def without_blank_lines(page: str) -> str:
    r"""Return a page without the blank lines and indents that templates leave, but for text that has its own.

    Examples
    --------
    >>> without_blank_lines("<p>a\n\n  b</p> <pre>c\n\n  d</pre>")
    '<p>a\nb</p> <pre>c\n\n  d</pre>'
    """
    text, at = "", 0
    for kept in _AS_IT_IS.finditer(page):
        text += _BLANKS.sub("\n", page[at : kept.start()]) + kept[0]
        at = kept.end()
    return text + _BLANKS.sub("\n", page[at:])


def share_parts_of_maps(folder: Path) -> None:
    """Move long scripts, and the shapes, of maps into files that they share; a saved picture needs styles."""
    for page in sorted(folder.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        shapes: list[str] = []

        def take_shapes(found: re.Match[str], kept: list[str] = shapes) -> str:
            name = hash_name(found[1])
            write_once(folder / f"{name}.js", f'(self.shapes ??= {{}})["{name}"]={found[1]};\n')
            kept.append(f'<script src="{name}.js"></script>')
            return f'samarkand.shapes(shapes["{name}"], "'

        def take_block(found: re.Match[str]) -> str:
            if len(found[1]) < LEAST:
                return found[0]
            name = f"{hash_name(found[1])}.js"
            write_once(folder / name, found[1])
            return f'<script src="{name}"></script>'

        text = _SHAPES.sub(take_shapes, text)
        last = text.rindex("<script>")
        text = _BLOCK.sub(take_block, text[:last]) + "".join(shapes) + text[last:]
        page.write_text(text, encoding="utf-8")


def hash_name(text: str) -> str:
    """Return a name made of a text's content."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def write_once(path: Path, text: str) -> None:
    """Write a file that is named by its content, if it is not there."""
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def words_of(site: Path) -> set[str]:
    """Return all words in the site's pages and scripts: a class that is none of them is used by no page."""
    found: set[str] = set()
    for path in (
        *site.rglob("*.html"),
        *(site / "_static").glob("*.js"),
        *(site / "_static/scripts").glob("*.js"),
    ):
        found |= set(_WORD.findall(path.read_text(encoding="utf-8")))
    return found


def without_unused_rules(sheet: str, used: set[str]) -> str:
    """Return a style sheet without rules for classes that are not among the words `used`, and without icons.

    Examples
    --------
    >>> without_unused_rules(".a,.b{color:red}@media print{.b{color:red}}", {"a"})
    '.a{color:red}'
    """
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=False, skip_whitespace=True)
    return "".join(keep_used_rules(rules, used))


def keep_used_rules(rules: Iterable[Any], used: set[str]) -> Iterator[str]:
    """Yield the text of each rule that is used."""
    for rule in rules:
        if rule.type == "comment":
            if rule.value.startswith("!"):  # a licence
                yield f"/*{rule.value}*/"
        elif rule.type == "qualified-rule":
            selectors = [
                one for one in split_selectors(tinycss2.serialize(rule.prelude)) if is_used(one, used)
            ]
            if selectors:
                yield f"{','.join(selectors)}{{{tinycss2.serialize(rule.content).strip()}}}"
        elif rule.type == "at-rule" and rule.at_keyword in ("media", "supports") and rule.content is not None:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = "".join(keep_used_rules(inner, used))
            if body:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{body}}}"
        elif rule.type == "at-rule" and not is_of_icons(rule.serialize()):
            yield rule.serialize()


def is_of_icons(rule: str) -> bool:
    """Return whether a rule loads a font of icons or moves them: site.css draws the few that are used."""
    return "font awesome" in rule.lower() or rule.startswith("@keyframes fa-")


def split_selectors(prelude: str) -> list[str]:
    """Return the selectors of a rule.

    Examples
    --------
    >>> split_selectors("a, b:is(.c, .d)")
    ['a', 'b:is(.c, .d)']
    """
    found, depth = [""], 0
    for letter in prelude:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def is_used(selector: str, used: set[str]) -> bool:
    """Return whether each class of a selector may be on a page, but for those in `:not()` and `:is()`."""
    plain = re.sub(r":(?:not|is|where)\((?:[^()]|\([^()]*\))*\)", "", selector)
    names = [name.replace("\\", "") for name in _CLASS.findall(plain)]
    return all(name in used for name in names) and not _ICON.search(selector)
