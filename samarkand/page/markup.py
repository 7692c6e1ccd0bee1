"""Small accessible HTML: sentences that are read out, tables, pictures, and the white card they stand on.

Everything is styled by a ``style`` attribute of its own, copied from ``assets/markup.css``: JupyterLab keeps
that in a notebook it does not trust, and takes style sheets, SVG and scripts away. `still` prepares for it.
"""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Iterable, Sequence
from functools import lru_cache

from samarkand.ground import home

_CSS = home.ASSETS / "markup.css"
_CLASS = re.compile(r' class="([a-z]+)"')
_SVG = re.compile(r"<svg\b[^>]*>.*?</svg>", re.DOTALL)
_LABEL = re.compile(r'<svg\b[^>]*? aria-label="([^"]*)"')


@lru_cache(maxsize=1)
def _rules() -> dict[str, str]:
    """Return each class of the style sheet with its declarations on one line."""
    text = re.sub(r"/\*.*?\*/", "", _CSS.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {name: " ".join(body.split()) for name, body in re.findall(r"\.([a-z]+)\s*\{([^}]*)\}", text)}


def escape(text: object) -> str:
    """Return a text that can stand anywhere in HTML, also within a quoted attribute.

    Examples
    --------
    >>> escape("Q & A <1991>")
    'Q &amp; A &lt;1991&gt;'
    """
    return html.escape(str(text), quote=True)


def styled(source: str) -> str:
    """Replace each ``class="name"`` of the course by the style that the name stands for.

    Parameters
    ----------
    source : str
        HTML; a class that ``assets/markup.css`` does not hold stays as it is.

    Returns
    -------
    str
        The same HTML, which needs no style sheet.

    Examples
    --------
    >>> styled('<p class="unheard">x</p>')
    '<p class="unheard">x</p>'
    >>> styled('<tr class="row"></tr>')
    '<tr style="background: #ffffff; color: #1a1a1a;"></tr>'
    """
    rules = _rules()
    return _CLASS.sub(lambda m: f' style="{rules[m[1]]}"' if m[1] in rules else m[0], source)


def status(sentence: str, kind: str = "say") -> str:
    """Return a sentence that a screen reader speaks when it changes.

    Parameters
    ----------
    sentence : str
        Plain text.
    kind : {"say", "right", "wrong", "open"}
        ``say`` is a line within a card, the others are coloured notices that stand alone.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> status("2022: 8 members.")[:40]
    '<div role="status" aria-live="polite" st'
    """
    if not sentence:  # nothing to see yet, also in a dark theme
        return '<div role="status" aria-live="polite"></div>'
    return styled(f'<div role="status" aria-live="polite" class="{kind}">{escape(sentence)}</div>')


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Iterable[str] = (),
    chosen: int | None = None,
) -> str:
    """Return a table whose first column names the row.

    Parameters
    ----------
    caption : str
        What the table shows; it stands above it.
    columns : sequence of str
        Heads of the columns, with their units.
    rows : iterable of sequences
        As many cells each as there are columns; already rounded and formatted.
    numbers : iterable of str, optional
        Columns to set right-aligned.
    chosen : int, optional
        Position of a row to mark.

    Returns
    -------
    str
        HTML in a frame that scrolls sideways where the window is narrow.

    Examples
    --------
    >>> "<caption" in table("Capitals", ["State", "Capital"], [["China", "Beijing"]])
    True
    """
    right = set(numbers)
    head = "".join(
        f'<th scope="col" class="{"headnumber" if c in right else "head"}">{escape(c)}</th>' for c in columns
    )
    body = []
    for position, row in enumerate(rows):
        first, *rest = row
        cells = f'<th scope="row" class="cell">{escape(first)}</th>'
        for column, value in zip(columns[1:], rest, strict=True):
            cells += f'<td class="{"number" if column in right else "cell"}">{escape(value)}</td>'
        body.append(f'<tr class="{"chosen" if position == chosen else "row"}">{cells}</tr>')
    return styled(
        f'<div class="scroll"><table class="table"><caption class="caption">{escape(caption)}</caption>'
        f'<thead><tr class="row">{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
    )


def picture(drawing: str, alt: str, width: float, height: float) -> str:
    """Return a drawing as an SVG image with a text for those who do not see it.

    Parameters
    ----------
    drawing : str
        SVG elements.
    alt : str
        One real sentence: what the picture shows.
    width, height : float
        Extent of the drawing in its own units; on the page it fills the width there is.

    Returns
    -------
    str
        An ``<svg>`` element; `still` turns it into an ``<img>``.

    Examples
    --------
    >>> picture("<path d='M0 0h9'/>", "A line.", 9, 1)[:62]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 1" role'
    """
    return styled(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(alt)}" font-family="Helvetica, Arial, sans-serif" fill="#1a1a1a" '
        f'class="picture">{drawing}</svg>'
    )


def card(title: str, sentence: str, body: str, source: str = "") -> str:
    """Return a white card: title, the sentence that changes, what is shown, where it is from.

    Parameters
    ----------
    title, sentence, source : str
        Plain text; an empty `title` or `source` leaves its line out.
    body : str
        HTML.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> "Source: World Bank" in card("Share", "China: 18 %.", "", "World Bank")
    True
    """
    foot = f'<div class="note">Source: {escape(source)}</div>' if source else ""
    head = f'<div class="title">{escape(title)}</div>' if title else ""
    return styled(f'<div class="card">{head}{status(sentence)}{body}{foot}</div>')


def still(source: str) -> str:
    """Return HTML that JupyterLab also shows without trust: each SVG becomes an image with alt text.

    Parameters
    ----------
    source : str
        HTML as `card` gives it.

    Returns
    -------
    str
        HTML without ``<svg>``.

    Examples
    --------
    >>> still('<svg aria-label="A line."><path d="M0 0h9"/></svg>')[:40]
    '<img alt="A line." src="data:image/svg+x'
    """

    def image(found: re.Match[str]) -> str:
        label = _LABEL.match(found[0])
        # Percent-encoding, not base64: shorter for SVG, and a difference between two versions can be read.
        data = urllib.parse.quote(found[0], safe="~()*!.'/:?@,;= ")
        return styled(
            f'<img alt="{label[1] if label else ""}" src="data:image/svg+xml,{data}" class="picture">'
        )

    return _SVG.sub(image, source)
