"""Small accessible HTML: status sentences for screen readers, tables, and cards.

Every element is written by `make_element`. It is styled by a ``style`` attribute of its own, copied from
``assets/markup.css``: JupyterLab keeps that in a notebook it does not trust, and takes style sheets, SVG and
scripts away. `make_still` prepares for it.
"""

import base64
import html
import re
import urllib.parse
from collections.abc import Iterable, Sequence
from functools import lru_cache

from samarkand.common import home
from samarkand.common.words import tr
from samarkand.html import style

_CSS = home.ASSETS / "markup.css"
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_STYLE = re.compile(r' style="[^"]*"')
_SVG = re.compile(r"<svg\b|</svg>")
_KEPT = re.compile(r' (aria-label|width|height|style)="([^"]*)"')
#: Void elements, which have no content.
_EMPTY, _EMPTY_SVG = frozenset(("br", "img")), frozenset(("circle", "line", "path", "rect"))


@lru_cache(maxsize=1)
def _read_style_rules() -> dict[str, str]:
    """Return {class: declarations on one line} of the style sheet."""
    text = re.sub(r"/\*.*?\*/", "", _CSS.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = text.replace("var(--font)", style.FONT.replace('"', "'"))  # it will stand between double quotes
    return {
        name: theme_declarations(" ".join(body.split()))
        for name, body in re.findall(r"\.([a-z]+)\s*\{([^}]*)\}", text)
    }


def theme_declarations(declarations: str) -> str:
    """Return CSS declarations with each colour given twice: plain, and as a pair for light and dark pages.

    A sanitiser that drops what it does not know leaves the plain one, for paper and ink alike.
    """
    out = []
    for one in filter(None, map(str.strip, declarations.split(";"))):
        both = _COLOUR.sub(lambda found: style.pair_colours(found[0]), one)
        out += [one] if both == one else [one, both]
    return "; ".join(out) + ";"


class Markup(str):
    """A text that is markup already, where plain text is expected."""


def escape_html(text: object) -> str:
    """Escape a text for HTML, including quoted attributes.

    Examples
    --------
    >>> escape_html("Q & A <1991>")
    'Q &amp; A &lt;1991&gt;'
    """
    return html.escape(str(text), quote=True)


def make_element(name: str, /, *children: str, **attributes: object) -> str:
    """Return an element of HTML or SVG; its children are markup: plain text goes through `escape_html` first.

    Attributes are plain text or numbers, rounded to a tenth; ``font_size`` stands for ``font-size``. None and
    False leave an attribute out, True gives it no value. ``class_`` names a rule of ``assets/markup.css``,
    which becomes the style. A colour becomes a pair for light and dark pages (`style.pair_colours`).

    Examples
    --------
    >>> make_element("text", escape_html("R & D"), x=3.14159, font_size=13, fill=None)
    '<text x="3.1" font-size="13">R &amp; D</text>'
    >>> make_element("summary", class_="said")
    '<summary style="cursor: pointer;"></summary>'
    """
    head = name
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        if key == "class_":
            head += f' style="{_read_style_rules()[str(value)]}"'
        elif value is True:
            head += f" {key}"
        else:
            said = f"{round(value, 1):g}" if isinstance(value, float) else value
            if isinstance(said, str):
                said = escape_html(style.pair_colours(said))
            head += f' {key.replace("_", "-")}="{said}"'
    if name in _EMPTY_SVG:
        return f"<{head}/>"
    return f"<{head}>" if name in _EMPTY else f"<{head}>{''.join(children)}</{name}>"


def make_status(sentence: str, kind: str = "say") -> str:
    """Return a sentence, given as plain text, that a screen reader speaks when it changes.

    The kind ``say`` is a line within a card; ``right``, ``wrong`` and ``open`` are coloured notices that
    stand alone.

    Examples
    --------
    >>> make_status("2022: 8 members.")[:40]
    '<div role="status" aria-live="polite" st'
    """
    # Without a sentence there is nothing to see yet, also in a dark theme.
    look = kind if sentence else None
    return make_element("div", escape_html(sentence), role="status", aria_live="polite", class_=look)


def make_table(  # noqa: PLR0913 - all but three are named
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Iterable[str] = (),
    chosen: int | None = None,
    keys: Sequence[str] = (),
    broad: bool = False,
    long: bool = False,
) -> str:
    """Return a table whose first column names the row; it scrolls sideways where the window is narrow.

    The caption stands above it; cells are plain text, rounded and formatted already, or `Markup`. `numbers`
    are the columns to set right-aligned, `chosen` is the position of a row to mark. `keys` join each row to
    what has the same key in a picture: choosing one marks the other. A `broad` table holds sentences: it
    keeps its breadth, so that its rows do not grow tall where the window is narrow; a `long` one is broad,
    and scrolls in a frame of its own.

    Examples
    --------
    >>> "<caption" in make_table("Capitals", ["State", "Capital"], [["China", "Beijing"]])
    True
    """
    right = set(numbers)
    heads = []
    for column in columns:
        kind = "headnumber" if column in right else "head"
        heads.append(make_element("th", escape_html(column), scope="col", class_=kind))
    body = ""
    for position, (first, *rest) in enumerate(rows):
        cells = make_element("th", _make_cell(first), scope="row", class_="cell")
        for column, value in zip(columns[1:], rest, strict=True):
            kind = "number" if column in right else "cell"
            cells += make_element("td", _make_cell(value), class_=kind)
        look = "joined" if keys else "row"
        if position == chosen:
            look = "chosen"
        key = keys[position] if keys else None
        body += make_element("tr", cells, class_=look, data_key=key)
    whole = make_element(
        "table",
        make_element("caption", escape_html(caption), class_="caption"),
        make_element("thead", make_element("tr", *heads, class_="row")),
        make_element("tbody", body),
        class_="table",
    )
    if not broad and not long:
        return make_element("div", whole, class_="scroll")
    return frame_markup(
        make_element("div", whole, class_="breadth"), caption, "records" if long else "scroll"
    )


def _make_cell(value: object) -> str:
    """Return the markup of a cell: text is escaped, markup stays as it is."""
    return value if isinstance(value, Markup) else escape_html(value)


def frame_markup(body: str, label: str, kind: str = "records") -> str:
    """Return markup in a frame that scrolls, and shows that it does; the Tab key reaches it.

    The frame ``records`` is for long lists, ``scroll`` for what is broad.
    """
    return make_element("div", body, class_=kind, tabindex=0, role="region", aria_label=label)


def remove_styles(source: str) -> str:
    """Return HTML without its ``style`` attributes: the page decides its look.

    Examples
    --------
    >>> remove_styles(make_element("summary", "More", class_="said"))
    '<summary>More</summary>'
    """
    return _STYLE.sub("", source)


def extract_text(source: str) -> str:
    """Return the text in HTML.

    Examples
    --------
    >>> extract_text(make_element("p", "R &amp; ", make_element("b", "D")))
    'R & D'
    """
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", source)).split())


def fold_markup(summary: str, body: str, *, unfolded: bool = False) -> str:
    """Return a ``details`` element that unfolds markup at a click on its summary, which is markup too."""
    head = make_element("summary", summary, class_="said")
    return make_element("details", head, body, class_="record", open=unfolded)


def make_card(title: str, sentence: str, body: str, source: str = "") -> str:
    """Return a white card: title, status sentence, body (HTML) and source.

    An empty title or source leaves its line out.

    Examples
    --------
    >>> "Source: World Bank" in make_card("Share", "China: 18 %.", "", "World Bank")
    True
    """
    head = make_element("div", escape_html(title), class_="title") if title else ""
    foot = (
        make_element("div", escape_html(tr("Source: {source}", source=source)), class_="note")
        if source
        else ""
    )
    return make_element("div", head, make_status(sentence), body, foot, class_="card")


def link_to_download(words: str, name: str, body: bytes, media_type: str) -> str:
    """Return a link that holds a whole file, which a page can save without a server.

    Parameters
    ----------
    words : str
        What the link says, as plain text.
    name : str
        The name under which the file is saved.
    body : bytes
        What is in it.
    media_type : str
        Its kind, such as ``application/zip``.

    Examples
    --------
    >>> link_to_download("Download", "a.txt", b"1", "text/plain")
    '<a href="data:text/plain;base64,MQ==" download="a.txt">Download</a>'
    """
    address = f"data:{media_type};base64,{base64.b64encode(body).decode()}"
    return make_element("a", escape_html(words), href=address, download=name)


def make_still(source: str) -> str:
    """Return HTML that JupyterLab shows untrusted, too: each SVG becomes an image with alt text.

    Examples
    --------
    >>> make_still('<svg aria-label="A line."><path d="M0 0h9"/></svg>')[:40]
    '<img alt="A line." src="data:image/svg+x'
    """
    out, begun, depth, end = "", 0, 0, 0
    for found in _SVG.finditer(source):
        if found[0] == "<svg":
            if not depth:
                out = out + source[end : found.start()]
                begun = found.start()
            depth += 1
        else:
            depth -= 1
            if not depth:
                end = found.end()
                out += _make_image(source[begun:end])
    return out + source[end:]


def _make_image(drawing: str) -> str:
    """Return an SVG as an ``<img>`` of the same size and alt text."""
    head, _, rest = drawing.partition(">")
    kept = {key: html.unescape(value) for key, value in _KEPT.findall(head)}
    # The image stands on the page as the drawing did, margins and all; within it they would cut the drawing.
    # It follows the page's theme only if it says so itself.
    drawing = remove_styles(head) + ' style="color-scheme:light dark">' + rest
    # Percent-encoding, not base64: shorter for SVG, and a difference between two versions can be read.
    data = urllib.parse.quote(drawing, safe="~()*!.'/:?@,;= ")
    return make_element("img", alt=kept.pop("aria-label", ""), src=f"data:image/svg+xml,{data}", **kept)
