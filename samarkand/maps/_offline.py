"""folium without the network: Leaflet in the page, numbered ids, a titled frame over a still picture."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template as Page
from typing import Any, Literal

import folium
from branca.element import Element, MacroElement
from folium.template import Template

from samarkand.common.errors import DamagedData
from samarkand.common.reading import cache_reader
from samarkand.common.words import tr
from samarkand.html.markup import theme_declarations
from samarkand.html.style import PAPER, make_css, patterns_svg
from samarkand.maps import _still
from samarkand.maps._scene import Key, Scene
from samarkand.maps._shapes import ASSETS, Shape, list_numbers


def write_compact(value: Any) -> str:
    """Return JSON without spaces, safe inside a ``<script>``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub(r"(?<=\d)\.0(?=[],])", "", text).replace("</", "<\\/")


class Raw(Element):
    """Literal HTML, not a template."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html

    def render(self, **_kwargs: Any) -> str:
        """Return the HTML."""
        return self.html


class Shapes(MacroElement):
    """A layer of shapes, drawn in their order in a pane of its own; later panes are above.

    folium's own `GeoJson` takes 12 bytes a point and a style per shape; this takes 6, and styles by class.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = samarkand.shapes({{ this.json }}, "
        '"{{ this.pane }}").addTo({{ this._parent.get_name() }});{% endmacro %}'
    )

    def __init__(self, shapes: Iterable[Shape], pane: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Shapes"
        self.pane = pane
        self.json = write_compact([[s.id, s.style, s.kind, list_numbers(s)] for s in shapes])


class Start(MacroElement):
    """The call that starts the script of a map, after its layers."""

    _template = Template(
        "{% macro script(this, kwargs) %}samarkand.start({{ this._parent.get_name() }}, {{ this.json }});"
        "{% endmacro %}"
    )

    def __init__(self, scene: Scene) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.json = write_compact(scene.spec())


class OfflineMap(folium.Map):
    """A self-contained map of a scene, shown as one frame with a title; the still has the shapes `coarse`."""

    # folium would fetch these from elsewhere
    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(self, scene: Scene, coarse: Iterable[Shape]) -> None:
        (west, south), (east, north) = scene.bounds
        super().__init__(
            ((south + north) / 2, (west + east) / 2),
            tiles=None,
            crs="Simple",
            attribution_control=False,
            scroll_wheel_zoom=False,
            keyboard=False,
            zoom_snap=0,
            zoom_delta=0.75,
            zoom_start=-3,
            minZoom=-5,  # folium keeps its own min_zoom for tiles
            maxZoom=1.5,
        )
        self.scene = scene
        self.still = _still.draw_still(scene, coarse)
        self._page: str | None = None
        figure: Any = self.get_root()
        figure.title = scene.title
        js, leaflet_css = read_leaflet()
        marks = [key.mark for key in scene.keys]
        self.add_html(f"<style>{leaflet_css}</style><script>{js}</script>")
        self.add_html(f"<script>{read_asset('map.js')}</script>")
        look = read_asset("map.css")
        if scene.stacked:
            look = look.replace("(max-width:859px)", "all") + read_asset("stacked.css")
        if not scene.plays:
            look += read_asset("by_hand.css")
        shape = f"--aside:{scene.aside_px}px;--shape:{(east - west) / (north - south):.2f}"
        self._style = Raw(f"<style>{make_css(marks)}:root{{{shape}}}{look}</style>")
        self.add_html(_write_beside(scene), "html")

    def add_html(self, html: str, where: Literal["header", "html"] = "header") -> None:
        """Add literal HTML to the head of the page, or to its body (``html``)."""
        getattr(self.get_root(), where).add_child(Raw(html))

    def page(self) -> str:
        """Return the document inside the frame, the same bytes for the same map on every machine.

        It is rendered once, after all layers were added, since folium's ``render`` changes the tree.
        """
        if self._page is None:
            self.add_child(Start(self.scene))
            figure = self.get_root()
            for number, element in enumerate(_list_descendants(figure)):
                element._id = str(number)
            page = figure.render().replace("<html>", '<html lang="en">', 1)
            page = re.sub(
                r'<meta name="viewport"[^>]*>', '<meta name="viewport" content="width=device-width">', page
            )
            # folium sets margin, padding and size of the page late in the head: our style comes after it
            page = page.replace("</head>", f"{self._style.html}</head>", 1)
            self._page = re.sub(r"\n\s+", "\n", page)
        return self._page

    def _repr_html_(self, **_kwargs: Any) -> str:
        """Return the still picture and, over it, the frame, which an untrusted notebook drops."""
        scene = self.scene
        still_px = _still.find_width(scene, scene.height_px[0] - 44)
        return write_frame(
            self.page(),
            self.still,
            title=scene.title,
            alt=scene.alt,
            sentence=scene.sentence,
            height_px=scene.height_px,
            still_px=still_px,
        )

    def __repr__(self) -> str:
        return self.scene.sentence

    __str__ = __repr__

    def save(self, outfile: str | Path, **_kwargs: Any) -> None:  # type: ignore[override]
        """Write the map as a page of its own."""
        Path(outfile).write_bytes(self.page().encode())


def write_frame(  # noqa: PLR0913 - what a frame shows in each place
    page: str,
    still: str,
    *,
    title: str,
    alt: str,
    sentence: str,
    height_px: tuple[int, int],
    still_px: int,
) -> str:
    """Return the HTML of a still picture and, over it, the frame with a page.

    Parameters
    ----------
    page, still : str
        The document in the frame, and the picture below it (SVG) for notebooks that drop the frame.
    title, alt, sentence : str
        Of the frame; of the picture; and the line below the picture.
    height_px : (int, int)
        Height of the frame when it is wide, and when it is narrow.
    still_px : int
        The largest width of the picture.
    """
    wide, narrow = height_px
    # A single-quoted attribute needs no more.
    framed = page.replace("&", "&amp;").replace("'", "&#39;")
    return Page(read_asset("output.html")).substitute(
        title=escape(title),
        alt=escape(alt),
        sentence=escape(sentence),
        invitation=escape(
            tr("This is a still picture: run the cell, or trust the notebook, for the map itself.")
        ),
        picture=still.translate(_IN_URI),
        still=still_px,
        wide=wide,
        narrow=narrow,
        paper=theme_declarations(f"background:{PAPER['paper']}"),
        soft=theme_declarations(f"color:{PAPER['soft']}"),
        page=framed,
    )


def _list_descendants(root: Element) -> list[Element]:
    """Return an element and all its descendants, level by level."""
    out = [root]
    for element in out:
        out += element._children.values()
    return out


_IN_URI = str.maketrans({"&": "%26", "#": "%23", "%": "%25", "<": "%3C", ">": "%3E", '"': "'", "\n": " "})

_SWATCH = '<svg viewBox="0 0 28 15" aria-hidden="true"><path {look}/></svg>'


def read_asset(name: str) -> str:
    """Return a file of ``samarkand/assets/map`` without comments and needless spaces."""
    return _read_asset_file(ASSETS / name)


@cache_reader
def _read_asset_file(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        # One line: in a saved notebook the end of each costs a dozen bytes more.
        text = re.sub(r"(?m)^\s+|\s*(?<!:)//(?= ).*$", "", text).replace("\n", " ")
    return write_tight(text) if path.suffix == ".css" else text.strip()


def write_tight(text: str) -> str:
    """Return a style sheet without comments and needless spaces.

    Examples
    --------
    >>> write_tight("a, b { color: red; }  /* why */")
    'a,b{color:red}'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,>]) ?|(?<=:) ", lambda m: m[1] or "", text).replace(";}", "}").strip()


@lru_cache(maxsize=1)
def read_leaflet() -> tuple[str, str]:
    """Return Leaflet's script and style sheet, from the package XStatic-Leaflet.

    Rules for parts that the course's maps lack, such as pins and popups, are left out, and so is the link in
    the attribution, which is not shown. `DamagedData` if the package is missing or incomplete.
    """
    try:
        from xstatic.pkg import leaflet as files

        base = Path(files.BASE_DIR)
        js = (base / "leaflet.js").read_text(encoding="utf-8")
        style = (base / "leaflet.css").read_text(encoding="utf-8")
    except (ImportError, OSError) as error:
        text = tr("Maps need the package XStatic-Leaflet, which is not whole here ({error}).", error=error)
        raise DamagedData(text, code="not installed", program="XStatic-Leaflet") from None
    js = js.replace("//# sourceMappingURL=leaflet.js.map", "").replace(
        "https://leafletjs.com", "leafletjs.com"
    )
    return js.strip(), re.sub(r"([^{}]*)\{[^{}]*\}", _keep_if_used, write_tight(style))


def _keep_if_used(rule: re.Match[str]) -> str:
    """Return a rule of Leaflet's style sheet, or "" if it is for parts that the course's maps do not have."""
    absent = all(re.search("popup|tooltip|layers|scale|tile|marker|image", one) for one in rule[1].split(","))
    return "" if absent or "url(" in rule[0] else rule[0]


def _look_of_swatch(key: Key) -> str:
    """Return the attributes of the path in a legend's swatch: an area, or a line."""
    if key.line:
        return f'class="{key.line}" data-s="{key.mark.code}" d="M0 8h28"'
    fill = key.mark.fill if key.mark.pattern != "solid" else f"var(--{key.mark.code})"
    return f'style="fill:{fill};stroke:var(--{key.mark.code}-thin)" d="M0 0h28v15H0z"'


def _write_beside(scene: Scene) -> str:
    """Return the HTML around the map: headline, legend, range, small print."""
    extra = ""
    if any(step.events for step in scene.steps):
        extra += '<ul id="events"></ul>'
    if any(name.card for name in scene.names.values()):
        extra += '<dl id="card"></dl>'
    return Page(read_asset("frame.html")).substitute(
        patterns=patterns_svg(key.mark for key in scene.keys),
        title=escape(scene.title),
        lead=escape(scene.lead),
        step_class="" if len(scene.steps[0].label) < 6 else "words",
        keys="".join(_write_key(key) for key in scene.keys),
        extra=extra,
        time=_write_time(scene) if len(scene.steps) > 1 else "",
        note=scene.note,
        table=escape(tr("As a table")),
        png=escape(tr("Save as a picture")),
        csv=escape(tr("Save as CSV")),
        close=escape(tr("Close")),
    )


def _write_key(key: Key) -> str:
    """Return the HTML of an entry of the legend."""
    count = '<span class="count"></span>' if key.counted else ""
    if key.text is None:
        text = "<p></p>"
    elif key.text:
        text = f"<p data-fixed>{escape(key.text)}</p>"
    else:
        text = ""
    always = " data-always" if key.always else ""
    heading = f"<h2>{_SWATCH.format(look=_look_of_swatch(key))}{escape(key.heading)}{count}</h2>"
    return f'<section class="key" data-key="{key.mark.code}"{always}>{heading}{text}</section>'


def _write_time(scene: Scene) -> str:
    """Return the HTML of what chooses a step: buttons if steps have no order, else a range with labels."""
    ticks = scene.ticks if isinstance(scene.ticks, Mapping) else dict(enumerate(scene.ticks))
    last = len(scene.steps) - 1
    marks = ""
    for step, text in ticks.items():
        marks += _write_choice(step, text) if scene.apart else _write_tick(step, last, text)
    return Page(read_asset("choices.html" if scene.apart else "time.html")).substitute(
        range_label=escape(scene.range_label),
        play=escape(tr("Play")),
        last=last,
        step=scene.step,
        marks=marks,
    )


def _write_choice(step: int, text: str) -> str:
    """Return the HTML of the button of a step: its name, and what is small below it."""
    name, _, more = text.partition("\n")
    return Page(read_asset("choice.html")).substitute(at=step, name=escape(name), more=escape(more))


def _write_tick(step: int, last: int, text: str) -> str:
    """Return the HTML of a label below the range, at the place of its step."""
    if step == 0:
        kind = "first"
    elif step == last:
        kind = "last"
    else:
        kind = "minor" if text.startswith(" ") else ""
    left = f"calc(8px + (100% - 16px) * {step / last:.4f})"
    return f'<span class="{kind}" style="left:{left}">{escape(text.strip())}</span>'
